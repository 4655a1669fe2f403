//! Dispatch routines: which IRPs they forward and complete, and when the driver is unloaded.

use wmi_core::provider::{Minor, Request, Response};
use wmi_core::{DataBlock, NtStatus};
use wmi_tools::simulator::{
    Disposition, Failure, ProtocolRule, Registration, SimulatedIrp, Simulator, Violation,
};

use super::device::*;
use super::kinds::simulator;
use super::shared::boxed;

const DEVICE_OBJECT: usize = 0x8000;

/// Returns the violations of a routine that does this with an IRP for which it returns something.
fn found(wrong: fn(&Device, &mut SimulatedIrp<'_>) -> Option<Disposition>) -> Vec<Violation> {
    let device = Device::new();
    let mut wmi = Simulator::dispatch_routine(DEVICE_OBJECT, |irp: &mut SimulatedIrp<'_>| {
        if let Some(disposition) = wrong(&device, irp) {
            return disposition;
        }
        let Some(minor) = Minor::addressed(irp.code, irp.provider_id, DEVICE_OBJECT) else {
            return Disposition::Forwarded;
        };
        let response = PROVIDER.dispatch(&device, irp.request(minor)).immediate();
        irp.complete(response)
    });
    wmi.verify()
}

/// Returns the codes that were not forwarded, in order, after asserting that there are no other
/// violations.
fn not_forwarded(wrong: fn(&Device, &mut SimulatedIrp<'_>) -> Option<Disposition>) -> Vec<u8> {
    let code = |violation: &Violation| match violation.rule {
        ProtocolRule::NotForwarded { code } => code,
        ref rule => panic!("{rule}"),
    };
    found(wrong).iter().map(code).collect()
}

#[test]
fn routines_that_forward_foreign_irps_pass() {
    assert_eq!(found(|_, _| None), []);
}

#[test]
fn routines_and_providers_get_the_same_requests() {
    let device = Device::new();
    let mut wmi = Simulator::dispatch_routine(DEVICE_OBJECT, |irp: &mut SimulatedIrp<'_>| {
        assert_eq!(irp.status, NtStatus::NOT_SUPPORTED);
        assert_eq!((irp.information, irp.provider_id), (0, DEVICE_OBJECT));
        let minor = Minor::from_code(irp.code).unwrap();
        let response = PROVIDER.dispatch(&device, irp.request(minor)).immediate();
        irp.complete(response)
    });
    wmi.register().unwrap();
    assert_eq!(wmi.query::<PortStats>(1).unwrap().sent(), 6);
}

/// Driver Verifier: 0xC9, 0x220.
#[test]
fn completed_irps_of_other_devices_are_found() {
    let all: Vec<u8> = Minor::ALL.into_iter().map(Minor::code).collect();
    let answered = not_forwarded(|device, irp| {
        let minor = Minor::from_code(irp.code)?;
        let response = PROVIDER.dispatch(device, irp.request(minor)).immediate();
        Some(irp.complete(response))
    });
    assert_eq!(answered, all);
    // Forwarded, but changed.
    let codes = not_forwarded(|_, irp| {
        (irp.provider_id != DEVICE_OBJECT).then(|| {
            irp.status = NtStatus::SUCCESS;
            Disposition::Forwarded
        })
    });
    assert!(codes.starts_with(&all), "{codes:?}");
    let codes = not_forwarded(|_, irp| {
        (irp.provider_id != DEVICE_OBJECT).then(|| {
            irp.buffer.fill(0);
            Disposition::Forwarded
        })
    });
    assert!(codes.starts_with(&all), "{codes:?}");
}

#[test]
fn completed_codes_outside_wmi_are_found() {
    let codes = not_forwarded(|_, irp| {
        let is_unknown = Minor::from_code(irp.code).is_none();
        (is_unknown && irp.provider_id == DEVICE_OBJECT).then_some(Disposition::Completed)
    });
    assert_eq!(codes, [0x0a, 0x0c, 0xff]);
    let violations = found(|_, irp| (irp.code == 0x0a).then_some(Disposition::Completed));
    let text = violations[0].to_string();
    let expected = "IRP: `MinorFunction` 0x0a is for another device, or does not belong to WMI; \
                    forward it unchanged";
    assert_eq!((text.as_str(), violations.len()), (expected, 1));
}

/// SDV: `WmiForward`, `WmiComplete`.
#[test]
fn forwarded_requests_of_the_device_are_found() {
    let violations = found(|_, irp| {
        let is_query = irp.code == Minor::QueryAllData.code();
        is_query.then_some(Disposition::Forwarded)
    });
    assert!(violations.iter().any(|violation| {
        let guid = Some(PortStats::GUID);
        violation.rule == ProtocolRule::Forwarded && violation.guid == guid
    }));
    assert!(
        violations
            .iter()
            .all(|violation| violation.rule == ProtocolRule::Forwarded)
    );
}

/// A routine that answers only the old registration request, which Windows then sends.
#[test]
fn forwarded_registrations_are_found() {
    let device = Device::new();
    let mut wmi = Simulator::dispatch_routine(DEVICE_OBJECT, |irp: &mut SimulatedIrp<'_>| {
        match Minor::addressed(irp.code, irp.provider_id, DEVICE_OBJECT) {
            None | Some(Minor::RegInfoEx) => Disposition::Forwarded,
            Some(minor) => {
                let response = PROVIDER.dispatch(&device, irp.request(minor)).immediate();
                irp.complete(response)
            }
        }
    });
    assert_eq!(wmi.register().unwrap().blocks.len(), 7);
    assert_eq!(wmi.update().unwrap().blocks.len(), 7);
    assert_eq!(wmi.query::<PortStats>(1).unwrap().sent(), 6);
    let violations = wmi.verify();
    let [violation] = &violations[..] else {
        panic!("{violations:#?}");
    };
    assert_eq!(violation.minor, Some(Minor::RegInfoEx));
    assert_eq!(violation.rule, ProtocolRule::Forwarded);
    // A routine that forwards both cannot be registered.
    let mut wmi = Simulator::dispatch_routine(DEVICE_OBJECT, |_: &mut SimulatedIrp<'_>| {
        Disposition::Forwarded
    });
    assert_eq!(rule(wmi.register().map(|_| ())), ProtocolRule::Forwarded);
}

/// An IRP whose status the routine did not set has the status that it was sent with.
#[test]
fn unset_statuses_are_found() {
    let violations = found(|_, irp| {
        (irp.code == Minor::QueryAllData.code() && irp.provider_id == DEVICE_OBJECT)
            .then_some(Disposition::Completed)
    });
    assert!(!violations.is_empty());
    for violation in violations {
        let ProtocolRule::WrongStatus { status, .. } = violation.rule else {
            panic!("{violation}");
        };
        assert_eq!(status, NtStatus::NOT_SUPPORTED);
    }
}

fn rule(result: Result<(), Failure>) -> ProtocolRule {
    match result {
        Err(Failure::Violation(violation)) => violation.rule,
        other => panic!("{other:?}"),
    }
}

/// Driver Verifier: 0xC4, 0xDA and 0xDB.
#[test]
fn devices_are_deregistered_once() {
    let device = Device::new();
    assert_eq!(
        rule(simulator(&device).deregister()),
        ProtocolRule::NotRegistered
    );
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    assert_eq!(rule(wmi.unload()), ProtocolRule::StillRegistered);

    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.deregister().unwrap();
    let failure = wmi.query_all::<PortStats>().unwrap_err();
    let guid = PortStats::GUID;
    assert_eq!(failure, Failure::NotRegistered { guid });
    assert_eq!(rule(wmi.deregister()), ProtocolRule::NotRegistered);
    assert_eq!(rule(wmi.update().map(|_| ())), ProtocolRule::NotRegistered);
    let failure = wmi.query_all::<PortStats>().unwrap_err();
    assert_eq!(failure, Failure::NotRegistered { guid });
    assert_eq!(*wmi.registration(), Registration::default());
    wmi.register().unwrap();
    assert_eq!(wmi.query::<PortStats>(1).unwrap().sent(), 6);
    wmi.deregister().unwrap();
    wmi.unload().unwrap();
    // A driver that never registered may be unloaded.
    simulator(&device).unload().unwrap();
}

/// A registration changes no watched value.
#[test]
fn effects_of_registration_are_found() {
    let device = Device::new();
    let asked = core::cell::Cell::new(0);
    let mut wmi = boxed(|request: Request<'_>| -> Response {
        asked.set(asked.get() + 1);
        PROVIDER.dispatch(&device, request).immediate()
    })
    .watch(|| asked.get());
    let failure = wmi.register().map(|_| ()).unwrap_err();
    assert_eq!(rule(Err(failure)), ProtocolRule::SideEffect);
}
