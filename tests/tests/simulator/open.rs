//! The first client of a block switches events or collection on, the last one off.

use core::cell::RefCell;
use wmi_core::provider::{Block, DataPath, Minor, Provider, Request, Response};
use wmi_core::wnode::Target;
use wmi_core::{DataBlock, Guid, NtStatus};
use wmi_tools::simulator::{EventQueue, Failure, ProtocolRule, Violation};

use super::device::*;
use super::kinds::{SCHEMA, simulator};
use super::shared::{Boxed, boxed};

/// Returns the switches of collection since the last call.
fn told(device: &Device) -> Vec<bool> {
    core::mem::take(&mut device.collecting.lock().unwrap())
}

#[test]
fn collection_is_on_from_the_first_reader_to_the_last() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.enable_collection::<Settings>().unwrap();
    wmi.enable_collection::<Settings>().unwrap();
    wmi.disable_collection::<Settings>().unwrap();
    assert_eq!(told(&device), [true]);
    // Other clients read and verify in between.
    wmi.query::<Settings>(0).unwrap();
    assert_eq!(wmi.verify(), []);
    assert_eq!(told(&device), []);
    wmi.disable_collection::<Settings>().unwrap();
    assert_eq!(told(&device), [false]);
    let guid = Settings::GUID;
    assert_eq!(
        wmi.disable_collection::<Settings>(),
        Err(Failure::NotOpen { guid })
    );
    assert_eq!(told(&device), []);
}

/// The kernel opens an expensive block for each client that queries it.
#[test]
fn queries_open_expensive_blocks() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.query::<Settings>(0).unwrap();
    wmi.query_all::<Settings>().unwrap();
    assert_eq!(told(&device), [true, false, true, false]);
    // Also for a query that fails.
    wmi.query::<Settings>(1).unwrap_err();
    assert_eq!(told(&device), [true, false]);
    // WMI queries before it executes a method.
    wmi.execute::<Settings, SetSpeed>(0, &SetSpeedIn { speed: 7 })
        .unwrap();
    assert_eq!(told(&device), [true, false]);
    wmi.set_item(0, Settings::MODE, 7).unwrap();
    assert_eq!(told(&device), []);
}

/// Returns a provider with a device, and the requests it receives.
fn asked<'a>(device: &'a Device, asked: &'a RefCell<Vec<Minor>>, guid: Guid) -> Boxed<'a> {
    boxed(move |request: Request<'_>| {
        if request.data_path == DataPath::Guid(guid) {
            asked.borrow_mut().push(request.minor);
        }
        PROVIDER.dispatch(device, request).immediate()
    })
}

#[test]
fn collection_is_not_switched_for_cheap_blocks() {
    let (device, minors) = (Device::new(), RefCell::default());
    let mut wmi = asked(&device, &minors, PortStats::GUID);
    wmi.register().unwrap();
    wmi.enable_collection::<PortStats>().unwrap();
    wmi.disable_collection::<PortStats>().unwrap();
    assert_eq!(*minors.borrow(), []);
}

#[test]
fn events_are_on_from_the_first_listener_to_the_last() {
    let (device, minors) = (Device::new(), RefCell::default());
    let mut wmi = asked(&device, &minors, Alarm::GUID);
    wmi.register().unwrap();
    wmi.enable_events::<Alarm>().unwrap();
    wmi.enable_events::<Alarm>().unwrap();
    assert_eq!(wmi.verify(), []);
    wmi.disable_events::<Alarm>().unwrap();
    assert_eq!(
        *minors.borrow(),
        [
            Minor::EnableEvents,
            // By `verify`: an event is not expensive.
            Minor::EnableCollection,
            Minor::DisableCollection,
        ]
    );
    // One listener is left.
    let queue = EventQueue::new();
    let alarm = Alarm { code: 7, port: 2 };
    device
        .alarm
        .send(&queue, Target::Static(0), &alarm)
        .unwrap();
    assert_eq!(wmi.receive(&queue).unwrap().len(), 1);
    wmi.disable_events::<Alarm>().unwrap();
    assert_eq!(minors.borrow().last(), Some(&Minor::DisableEvents));
    let guid = Alarm::GUID;
    assert_eq!(
        wmi.disable_events::<Alarm>(),
        Err(Failure::NotOpen { guid })
    );
}

#[test]
fn deregistered_blocks_are_closed() {
    let (device, minors) = (Device::new(), RefCell::default());
    let mut wmi = asked(&device, &minors, Note::GUID);
    wmi.register().unwrap();
    let guid = Note::GUID;
    let not_open = Err(Failure::NotOpen { guid });
    // A registration that keeps the block changes nothing.
    wmi.enable_collection::<Note<'_>>().unwrap();
    wmi.register().unwrap();
    wmi.update().unwrap();
    wmi.disable_collection::<Note<'_>>().unwrap();

    wmi.enable_collection::<Note<'_>>().unwrap();
    device.has_notes.set(false);
    wmi.update().unwrap();
    device.has_notes.set(true);
    wmi.update().unwrap();
    assert_eq!(wmi.disable_collection::<Note<'_>>(), not_open);

    wmi.enable_collection::<Note<'_>>().unwrap();
    wmi.deregister().unwrap();
    wmi.register().unwrap();
    assert_eq!(wmi.disable_collection::<Note<'_>>(), not_open);
}

/// A provider that was switched on is switched off even after the block is gone.
#[test]
fn removed_blocks_are_disabled() {
    static FADING: Provider<Device> =
        Provider::new(&[&Block::counters(|device: &Device, lane| {
            Some(&device.lanes.get(lane)?.1)
        })
        .dynamic(|device, lane| Some(&device.lanes.get(lane)?.0))
        .expensive(|_, _| Ok(()))
        .present_if(|device| &device.has_notes)]);
    let minors = RefCell::new(Vec::new());
    let (note, lane) = (Note::GUID.into(), Lane::GUID.into());
    for (provider, path) in [(&PROVIDER, note), (&FADING, lane)] {
        let device = Device::new();
        let mut wmi = boxed(|request: Request<'_>| {
            if request.data_path == path {
                minors.borrow_mut().push(request.minor);
            }
            provider.dispatch(&device, request).immediate()
        });
        wmi.register().unwrap();
        for _ in 0..2 {
            if path == note {
                wmi.enable_events::<Note<'_>>().unwrap();
                wmi.enable_collection::<Note<'_>>().unwrap();
            } else {
                wmi.enable_collection::<Lane>().unwrap();
                wmi.enable_collection::<Lane>().unwrap();
            }
            device.has_notes.set(false);
            wmi.update().unwrap();
            device.has_notes.set(true);
            wmi.update().unwrap();
        }
        wmi.deregister().unwrap();
        let switch = match path == note {
            true => [Minor::EnableEvents, Minor::DisableEvents],
            false => [Minor::EnableCollection, Minor::DisableCollection],
        };
        assert_eq!(minors.take(), switch.repeat(2));
    }
}

/// A provider may no longer know a removed block; any other status is a failure.
#[test]
fn removed_blocks_may_be_unknown() {
    for (status, is_taken) in [
        (NtStatus::WMI_GUID_NOT_FOUND, true),
        (NtStatus::NOT_SUPPORTED, false),
    ] {
        let device = Device::new();
        let mut wmi = boxed(|request: Request<'_>| match request.minor {
            Minor::DisableEvents => Response::new(status, 0),
            _ => PROVIDER.dispatch(&device, request).immediate(),
        });
        wmi.register().unwrap();
        wmi.enable_events::<Note<'_>>().unwrap();
        device.has_notes.set(false);
        let updated = wmi.update().map(|_| ());
        let failed = updated.map_err(|failure| failure.status());
        assert_eq!(failed, if is_taken { Ok(()) } else { Err(Some(status)) });
        assert!(wmi.registration().block(Note::GUID).is_none());
    }
}

/// Returns the violations and the requests if a block refuses a request.
fn refused(minor: Minor, guid: Guid) -> (Vec<Violation>, Vec<Minor>) {
    let device = Device::new();
    let minors = RefCell::new(Vec::new());
    let mut wmi = boxed(|request: Request<'_>| {
        let is_refused = (request.minor, request.data_path) == (minor, guid.into());
        if request.data_path == DataPath::Guid(guid) {
            minors.borrow_mut().push(request.minor);
        }
        let mut response = PROVIDER.dispatch(&device, request).immediate();
        if is_refused {
            response.status = NtStatus::NOT_SUPPORTED;
            response.information = 0;
        }
        response
    });
    (wmi.verify(), minors.take())
}

/// Only a block with events, or an expensive one, must accept the switch.
#[test]
fn refused_switches_are_found() {
    for (minor, guid, must) in [
        (Minor::EnableEvents, Alarm::GUID, true),
        (Minor::EnableEvents, Lane::GUID, false),
        (Minor::EnableCollection, Settings::GUID, true),
        (Minor::EnableCollection, Lane::GUID, false),
    ] {
        let (violations, minors) = refused(minor, guid);
        let (status, expected) = (NtStatus::NOT_SUPPORTED, "STATUS_SUCCESS is expected");
        let rule = ProtocolRule::WrongStatus { status, expected };
        let found: Vec<_> = violations
            .into_iter()
            .map(|violation| (violation.minor, violation.guid, violation.rule))
            .collect();
        let expected = (Some(minor), Some(guid), rule);
        assert_eq!(found, Vec::from_iter(must.then_some(expected)));
        // A switch that was never on is not switched off.
        let off = match minor {
            Minor::EnableEvents => Minor::DisableEvents,
            _ => Minor::DisableCollection,
        };
        assert!(!minors.contains(&off), "{minors:?}");
    }
}

/// A failure in two classes gives two violations.
#[test]
fn violations_name_their_class() {
    let device = Device::new();
    let mut wmi = boxed(|request: Request<'_>| {
        let is_failing = [Lane::GUID, PortStats::GUID].map(DataPath::Guid);
        if request.minor == Minor::QueryAllData && is_failing.contains(&request.data_path) {
            return PROVIDER
                .dispatch(&device, Request::new(request.minor, Guid::NIL, &mut []))
                .immediate();
        }
        PROVIDER.dispatch(&device, request).immediate()
    });
    let violations = wmi.verify();
    for guid in [Lane::GUID, PortStats::GUID] {
        assert!(violations.iter().any(|violation| {
            let is_wrong = matches!(violation.rule, ProtocolRule::WrongStatus { .. });
            is_wrong && violation.guid == Some(guid)
        }));
    }
    let failure = wmi.query_all::<Lane>().unwrap_err();
    let (guid, status) = (Lane::GUID, NtStatus::WMI_GUID_NOT_FOUND);
    let expected = format!("QueryAllData of {guid} was completed with {status}");
    assert_eq!(failure.to_string(), expected);
    // The schema knows the name as well.
    let mut wmi = wmi.with_schema(&SCHEMA);
    let failure = wmi.query_all::<Lane>().unwrap_err();
    let expected = format!("QueryAllData of Vendor_Lane {guid} was completed with {status}");
    assert_eq!(failure.to_string(), expected);
    let violations = wmi.verify();
    let mut violations = violations.iter();
    let violation = violations
        .find(|violation| violation.guid == Some(guid))
        .unwrap();
    let expected = format!(
        "QueryAllData of Vendor_Lane {guid}: completed with {status}; STATUS_SUCCESS is expected"
    );
    assert_eq!(violation.to_string(), expected);
}
