//! Loads the example driver and the example miniport as Windows services, and queries them as WMI
//! does.
//!
//! The images are loaded as they would be shipped. The stand-in for the kernel takes a request from
//! this program, sends it to the driver as an IRP, and returns the result. All of
//! `wmi_tools::simulator` therefore works on the driver.

#![cfg(windows)]

#[path = "../../iscsi-miniport/src/schema.rs"]
pub mod miniport_schema;
#[path = "../../iscsi-driver/src/schema.rs"]
pub mod schema;

use std::env;
use std::fs::{File, OpenOptions};
use std::io;

use driver_harness::{Driver, Image};

/// The name of the driver's service.
pub const SERVICE: &str = "IscsiStatistics";

/// The path by which programs open the driver's device.
const DEVICE: &str = r"\\.\IscsiStatistics";

/// The images as they would be shipped that run here: from GNU's linker, and from LLVM's, which is
/// compatible with Microsoft's.
pub const RELEASE_IMAGES: [&str; 2] = ["iscsi-gnu.sys", "iscsi-msvc.sys"];

/// Loads the driver with a device that is started: the image that the environment variable
/// `ISCSI_DRIVER_IMAGE` names, by default the debug build, with Rust's debug checks.
///
/// # Panics
///
/// Panics if the driver cannot be loaded.
#[must_use]
pub fn load() -> Driver {
    let name = env::var("ISCSI_DRIVER_IMAGE");
    let image = Image::read(name.as_deref().unwrap_or("checked.sys"));
    Driver::load(SERVICE, image).with_device()
}

/// Returns the binary MOF in the image of a driver.
///
/// # Panics
///
/// Panics as [`Image::binary_mof`] does.
#[must_use]
pub fn binary_mof(driver: &Driver) -> Vec<u8> {
    driver.image.binary_mof(schema::MOF_RESOURCE)
}

/// Opens the driver's device; each write to it counts as a command.
///
/// # Errors
///
/// Fails if the driver has no device.
pub fn open_device() -> io::Result<File> {
    OpenOptions::new().write(true).open(DEVICE)
}
