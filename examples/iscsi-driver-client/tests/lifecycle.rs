//! The life of the driver, and that of its device.

#![cfg(windows)]

use std::io::Write;

use driver_harness::{Driver, Host, Image, alone, start};
use iscsi_driver_client::{RELEASE_IMAGES, SERVICE, load, open_device};
use wmi_core::NtStatus;

#[test]
fn driver_loads_unloads_and_loads_again() {
    let _alone = alone();
    for name in RELEASE_IMAGES {
        let mut service = start(SERVICE, &Image::read(name));
        for _ in 0..3 {
            assert!(Host::open().is_ok());
            assert!(open_device().is_err(), "the device does not exist yet");
            service.unload();
            assert!(Host::open().is_err());
            service.load();
        }
    }
}

#[test]
fn shipped_images_serve_a_device() {
    for name in RELEASE_IMAGES {
        let mut driver = Driver::load(SERVICE, Image::read(name));
        for round in 1..=2 {
            assert_eq!(driver.add(), NtStatus::SUCCESS, "{name}");
            assert_eq!(driver.state().registered, round - 1, "not before the start");
            assert_eq!(driver.start(), NtStatus::SUCCESS);
            assert_eq!(driver.state().registered, round);
            let mut device = open_device().unwrap();
            assert_eq!(device.write(&[0; 512]).unwrap(), 512);
            assert!(device.write(&[0; 262_145]).is_err(), "more than one burst");
            drop(device);
            assert_eq!(driver.remove(), NtStatus::SUCCESS);
            assert_eq!(driver.state().deregistered, round);
            assert!(open_device().is_err());
        }
    }
}

#[test]
fn stopped_devices_stay_registered() {
    let driver = load();
    assert_eq!(driver.stop(), NtStatus::SUCCESS);
    assert_eq!(driver.start(), NtStatus::SUCCESS);
    let state = driver.state();
    assert_eq!((state.registered, state.deregistered), (1, 0));
}

#[test]
fn surprise_removal_deregisters_once() {
    let mut driver = load();
    assert_eq!(driver.surprise_removal(), NtStatus::SUCCESS);
    assert_eq!(driver.state().deregistered, 1);
    // The device is there until it is removed.
    assert!(open_device().is_ok());
    assert_eq!(driver.remove(), NtStatus::SUCCESS);
    let state = driver.state();
    assert_eq!((state.registered, state.deregistered), (1, 1));
}

#[test]
fn devices_that_never_start_are_removed() {
    let mut driver = Driver::load(SERVICE, Image::read(RELEASE_IMAGES[0]));
    assert_eq!(driver.add(), NtStatus::SUCCESS);
    assert_eq!(driver.remove(), NtStatus::SUCCESS);
    let state = driver.state();
    assert_eq!((state.registered, state.deregistered), (0, 0));
}

#[test]
fn two_handles_can_be_open_at_once() {
    let _driver = load();
    let (mut first, mut second) = (open_device().unwrap(), open_device().unwrap());
    assert_eq!(first.write(b"READ(10)").unwrap(), 8);
    assert_eq!(second.write(b"WRITE(10)").unwrap(), 9);
}
