//! The driver as it would be shipped, loaded beside a loader of the framework that the stand-in plays.

#![cfg(windows)]

use driver_harness::protocol::Send;
use driver_harness::{Driver, Host, Image, alone, start};
use kmdf_thermometer_client::schema::{
    Measurements, MeasurementsItems as _, Reset, Thermometer, ThermometerItems as _, TooHot,
    TooHotItems as _,
};
use wmi_core::provider::{Minor, Request};
use wmi_core::wnode::Wnode;
use wmi_core::{DataBlock, NoParameters, NtStatus};
use wmi_tools::simulator::{Failure, Simulator};
use zerocopy::FromZeros as _;

const SERVICE: &str = "Thermometer";
const IMAGE: &str = "thermometer.sys";

/// A simulator that has registered the device.
macro_rules! registered {
    ($driver:expr) => {{
        let host = &$driver.host;
        let mut wmi = Simulator::new(|request: Request<'_>| host.system_control(request));
        wmi.register().unwrap();
        wmi
    }};
}

#[test]
fn driver_binds_unbinds_and_binds_again() {
    let _alone = alone();
    let mut service = start(SERVICE, &Image::read(IMAGE));
    for _ in 0..3 {
        assert!(Host::open().is_ok());
        service.unload();
        assert!(Host::open().is_err());
        service.load();
    }
}

#[test]
fn devices_are_registered_once_in_their_life() {
    let mut driver = Driver::load(SERVICE, Image::read(IMAGE));
    for round in 1..3 {
        assert_eq!(driver.add(), NtStatus::SUCCESS);
        assert_eq!(driver.start(), NtStatus::SUCCESS);
        assert_eq!(driver.state().registered, round);
        if round == 2 {
            assert_eq!(driver.surprise_removal(), NtStatus::SUCCESS);
        }
        assert_eq!(driver.remove(), NtStatus::SUCCESS);
        assert_eq!(driver.state().deregistered, round);
    }
}

#[test]
fn blocks_are_queried_set_and_called() {
    let driver = Driver::load(SERVICE, Image::read(IMAGE)).with_device();
    let mut wmi = registered!(driver);
    let before = wmi.query::<Thermometer>(0).unwrap();
    assert_eq!((before.temperature(), before.limit()), (210, 800));
    for _ in 0..3 {
        assert_eq!(driver.run_timers(), NtStatus::SUCCESS);
    }
    assert_eq!(wmi.query::<Measurements>(0).unwrap().measurements(), 3);
    assert_eq!(wmi.query_all::<Measurements>().unwrap().len(), 1);

    let hottest = Thermometer {
        temperature: 0,
        limit: 900,
    };
    wmi.set(0, &hottest.snapshot()).unwrap();
    assert_eq!(wmi.query::<Thermometer>(0).unwrap().limit(), 900);
    let hotter = Thermometer {
        temperature: 0,
        limit: 901,
    };
    let refused = wmi.set(0, &hotter.snapshot()).unwrap_err();
    assert!(
        matches!(refused, Failure::Status { status, .. } if status == NtStatus::WMI_SET_FAILURE),
        "{refused}"
    );

    let highest = wmi.execute::<Thermometer, Reset>(0, &NoParameters).unwrap();
    assert_eq!(highest.view().unwrap().highest, 210 + 3 * 15);
    let _ = driver.state();
}

#[test]
fn events_are_sent_while_they_are_enabled() {
    let driver = Driver::load(SERVICE, Image::read(IMAGE)).with_device();
    let mut wmi = registered!(driver);
    let cold = Thermometer {
        temperature: 0,
        limit: 0,
    };
    wmi.set(0, &cold.snapshot()).unwrap();
    driver.run_timers();
    assert_eq!(driver.host.next_event(), None);
    wmi.enable_events::<TooHot>().unwrap();
    driver.run_timers();
    let event = driver.host.next_event().expect("it is too hot");
    let Ok(Wnode::SingleInstance(event)) = Wnode::decode(&event) else {
        panic!("{event:?}");
    };
    assert_eq!(event.block::<TooHot>().unwrap().temperature(), 210 + 2 * 15);
    wmi.disable_events::<TooHot>().unwrap();
    driver.run_timers();
    assert_eq!(driver.host.next_event(), None);
}

/// The framework passes on what the WNODE claims; the driver has it checked before.
#[test]
fn sets_whose_data_leaves_the_buffer_are_refused() {
    let driver = Driver::load(SERVICE, Image::read(IMAGE)).with_device();
    let mut wnode = [0; 72];
    wnode[44] = 0x82;
    for (offset, size, expected) in [
        (64_u32, 9_u32, NtStatus::INVALID_PARAMETER),
        (65, 8, NtStatus::INVALID_PARAMETER),
        (u32::MAX, 8, NtStatus::INVALID_PARAMETER),
        (64, 8, NtStatus::SUCCESS),
    ] {
        wnode[56..60].copy_from_slice(&offset.to_le_bytes());
        wnode[60..64].copy_from_slice(&size.to_le_bytes());
        let send = Send {
            minor: Minor::ChangeSingleInstance.code().into(),
            guid: Thermometer::GUID.to_bytes(),
            ..Send::new_zeroed()
        };
        let sent = driver.host.send(send, &mut wnode);
        assert_eq!(
            NtStatus::from_value(sent.status),
            expected,
            "{offset} {size}"
        );
    }
}

#[test]
fn requests_for_other_devices_are_forwarded() {
    let driver = Driver::load(SERVICE, Image::read(IMAGE)).with_device();
    let send = Send {
        minor: Minor::QueryAllData.code().into(),
        is_foreign: 1,
        guid: Thermometer::GUID.to_bytes(),
        ..Send::new_zeroed()
    };
    let sent = driver.host.send(send, &mut [0; 128]);
    assert_eq!(NtStatus::from_value(sent.status), NtStatus::NOT_SUPPORTED);
    assert_eq!(driver.state().forwarded, 1);
}
