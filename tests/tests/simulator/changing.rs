//! Devices that change between requests, or contradict themselves.

use core::cell::Cell;
use core::mem::offset_of;

use wmi_core::DataBlock;
use wmi_core::provider::{DataPath, Minor, Request, Response};
use wmi_core::wnode::WmiRegInfo;
use wmi_tools::simulator::{Failure, ProtocolRule};

use super::device::*;
use super::kinds::simulator;
use super::shared::{again, boxed};

fn rule<T: core::fmt::Debug>(result: Result<T, Failure>) -> ProtocolRule {
    match result {
        Err(Failure::Violation(violation)) => violation.rule,
        other => panic!("{other:?}"),
    }
}

#[test]
fn repeated_dynamic_names_are_found() {
    let mut device = Device::new();
    device.lanes[1].0 = "LANE a".to_owned();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    let name = "LANE a".to_owned();
    assert_eq!(
        rule(wmi.query_all::<Lane>()),
        ProtocolRule::RepeatedName { name }
    );
}

/// A reply that grows between two requests is requested again a limited number of times.
#[test]
fn growing_replies_are_requested_again() {
    let asked = Cell::new(0);
    for (growths, fits) in [(3, true), (1000, false)] {
        asked.set(0);
        let mut wmi = boxed(|request: Request<'_>| {
            let mut device = Device::new();
            if request.minor == Minor::QueryAllData {
                asked.set(asked.get() + 1);
            }
            device.lanes[0].0 = "x".repeat(asked.get().min(growths));
            let (minor, path) = (request.minor, request.data_path);
            PROVIDER
                .dispatch(
                    &device,
                    Request::new(minor, path, &mut *request.buffer).at(request.time_stamp),
                )
                .immediate()
        });
        wmi.register().unwrap();
        let all = wmi.query_all::<Lane>();
        if fits {
            assert_eq!(all.unwrap()[0].name, "xxx");
        } else {
            assert_eq!(rule(all), ProtocolRule::Unstable);
        }
    }
}

/// Sessions leave after the provider has reported the needed size, so less is enough.
#[test]
fn shrinking_replies_are_accepted() {
    let asked = Cell::new(0);
    // The requests after which the first session has another name: the probe for the size, the
    // probe with one byte less, and the whole request.
    for shrinks_after in 0..5 {
        for (long, short) in [(9, 8), (9, 0), (200, 0)] {
            asked.set(0);
            let mut wmi = boxed(|request: Request<'_>| {
                let mut device = Device::new();
                let is_long = request.minor != Minor::QueryAllData || asked.get() < shrinks_after;
                device.lanes[0].0 = "x".repeat(if is_long { long } else { short });
                if request.minor == Minor::QueryAllData {
                    asked.set(asked.get() + 1);
                }
                PROVIDER.dispatch(&device, request).immediate()
            });
            wmi.register().unwrap();
            let all = wmi.query_all::<Lane>().unwrap();
            assert_eq!(all[1].name, "Lane B");
        }
    }
}

#[test]
fn updates_with_a_resource_name_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let path = request.data_path;
        let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        if path == DataPath::UPDATE && response.information > 4 {
            // An existing string.
            let name = base_name(request.buffer).to_le_bytes();
            const NAME: usize = offset_of!(WmiRegInfo, mof_resource_name);
            request.buffer[NAME..][..4].copy_from_slice(&name);
        }
        response
    });
    wmi.register().unwrap();
    let member = "MofResourceName";
    assert_eq!(rule(wmi.update()), ProtocolRule::NamedInUpdate { member });
}

/// The offset of the base name of the first block.
fn base_name(info: &[u8]) -> u32 {
    let place = &info[WmiRegInfo::GUIDS_OFFSET + 24..][..4];
    u32::from_le_bytes(place.try_into().unwrap())
}

#[test]
fn malformed_utf16_names_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let minor = request.minor;
        let response: Response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        if minor.is_registration() && response.information > 4 {
            let at = base_name(request.buffer) as usize;
            // Half of a surrogate pair.
            request.buffer[at + 2..][..2].copy_from_slice(&0xd800u16.to_le_bytes());
        }
        response
    });
    let rule = rule(wmi.register().cloned());
    assert!(
        matches!(
            rule,
            ProtocolRule::RegistrationText {
                member: "BaseNameOffset",
                ..
            }
        ),
        "{rule}"
    );
    assert!(matches!(
        wmi.query_all::<PortStats>(),
        Err(Failure::NotRegistered {
            guid: PortStats::GUID
        })
    ));
}
