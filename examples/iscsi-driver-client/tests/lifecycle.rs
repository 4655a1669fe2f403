//! Loading and unloading the driver.

#![cfg(windows)]

use std::io::Write;

use driver_harness::Image;
use iscsi_driver_client::{
    Driver, Host, RELEASE_IMAGES, alone, open_device, start, test_host_image,
};

#[test]
fn driver_loads_unloads_and_loads_again() {
    let _alone = alone();
    let mut service = start(&test_host_image());
    for _ in 0..3 {
        assert!(Host::open().is_ok());
        assert!(open_device().is_ok());
        service.unload();
        assert!(Host::open().is_err());
        assert!(open_device().is_err());
        service.load();
    }
}

#[test]
fn shipped_images_load_and_accept_writes() {
    let _alone = alone();
    for name in RELEASE_IMAGES {
        let mut service = start(&Image::read(name));
        for _ in 0..2 {
            assert!(Host::open().is_err());
            let mut device = open_device().unwrap();
            assert_eq!(device.write(&[0; 512]).unwrap(), 512);
            assert!(device.write(&[0; 262_145]).is_err(), "more than one burst");
            drop(device);
            service.unload();
            assert!(open_device().is_err());
            service.load();
        }
    }
}

#[test]
fn two_handles_can_be_open_at_once() {
    let _driver = Driver::load();
    let (mut first, mut second) = (open_device().unwrap(), open_device().unwrap());
    assert_eq!(first.write(b"READ(10)").unwrap(), 8);
    assert_eq!(second.write(b"WRITE(10)").unwrap(), 9);
}
