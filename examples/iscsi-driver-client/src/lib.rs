//! Loads the driver of this example as a service of Windows, and asks it as WMI does.
//!
//! The driver is one with the feature `test-host`, which plays the kernel's WMI: it takes a request
//! from here, sends it as an IRP, and returns what became of it. So all of
//! `wmi_tools::simulator` works on the driver.

#![cfg(windows)]

#[expect(unsafe_code, reason = "a function of Windows")]
mod host;
#[path = "../../iscsi-driver/src/protocol.rs"]
pub mod protocol;
#[path = "../../iscsi-driver/src/schema.rs"]
pub mod schema;
mod service;

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use host::Host;
pub use service::Service;
use wmi_tools::image::mof_resources;

/// By which programs open the device of the driver.
const DEVICE: &str = r"\\.\IscsiStatistics";

/// The driver with the test host, loaded for as long as this lives.
pub struct Driver {
    /// Where requests are sent.
    pub host: Host,
    service: Service,
    // The last, as the next may be loaded only after this one is unloaded.
    _alone: MutexGuard<'static, ()>,
}

impl Driver {
    /// Loads [`test_host_image`].
    ///
    /// # Panics
    ///
    /// Where the driver cannot be loaded.
    #[must_use]
    pub fn load() -> Self {
        let alone = alone();
        let service = Service::start(&test_host_image());
        let host = Host::open().expect("the test host can be opened");
        Self {
            host,
            service,
            _alone: alone,
        }
    }

    /// The binary MOF in the image that is loaded.
    ///
    /// # Panics
    ///
    /// Where there is none.
    #[must_use]
    pub fn binary_mof(&self) -> Vec<u8> {
        binary_mof(&fs::read(self.service.image()).expect("the image can be read"))
    }
}

/// The binary MOF in an image.
///
/// # Panics
///
/// Where there is none, or more than one.
#[must_use]
pub fn binary_mof(image: &[u8]) -> Vec<u8> {
    let resources = mof_resources(image).expect("the image has resources");
    let [resource] = resources.as_slice() else {
        panic!("one resource: {resources:?}");
    };
    assert!(resource.name.eq_ignore_ascii_case(schema::MOF_RESOURCE));
    resource.data.to_vec()
}

/// Makes tests that load a driver wait for each other.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The images that run here as they would be shipped, as GNU's linker and one like Microsoft's make
/// them.
pub const RELEASE_IMAGES: [&str; 2] = ["iscsi-gnu.sys", "iscsi-msvc.sys"];

/// The driver with the test host that tests ask, which the environment variable
/// `ISCSI_DRIVER_TEST_HOST` names; where it is not set, the one without optimisation and with the
/// checks that Rust then makes.
///
/// # Panics
///
/// As [`image`].
#[must_use]
pub fn test_host_image() -> PathBuf {
    let name = env::var("ISCSI_DRIVER_TEST_HOST");
    image(name.as_deref().unwrap_or("checked.sys"))
}

/// An image in the folder that the environment variable `ISCSI_DRIVER_IMAGES` names.
///
/// # Panics
///
/// Where it is not set.
#[must_use]
pub fn image(name: &str) -> PathBuf {
    let folder = env::var_os("ISCSI_DRIVER_IMAGES");
    let folder = folder.expect("ISCSI_DRIVER_IMAGES names the folder of the driver's images");
    PathBuf::from(folder).join(name)
}

/// Opens the device of the driver; what is written to it counts.
///
/// # Errors
///
/// Where the driver is not loaded.
pub fn open_device() -> io::Result<File> {
    OpenOptions::new().write(true).open(DEVICE)
}
