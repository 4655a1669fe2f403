//! Loads the example driver as a Windows service, and queries it as WMI does.
//!
//! The driver is built with the feature `test-host`, which plays the kernel's WMI: it takes a
//! request from this program, sends it to the driver as an IRP, and returns the result. All of
//! `wmi_tools::simulator` therefore works on the driver.

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

/// The path by which programs open the driver's device.
const DEVICE: &str = r"\\.\IscsiStatistics";

/// The driver with the test host, loaded for as long as this lives.
pub struct Driver {
    /// The test host, which takes requests.
    pub host: Host,
    service: Service,
    // The last field: it is released after the service has unloaded the driver.
    _alone: MutexGuard<'static, ()>,
}

impl Driver {
    /// Loads [`test_host_image`].
    ///
    /// # Panics
    ///
    /// Panics if the driver cannot be loaded.
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

    /// Returns the binary MOF in the loaded image.
    ///
    /// # Panics
    ///
    /// Panics as [`binary_mof`] does.
    #[must_use]
    pub fn binary_mof(&self) -> Vec<u8> {
        binary_mof(&fs::read(self.service.image()).expect("the image can be read"))
    }
}

/// Returns the binary MOF in an image.
///
/// # Panics
///
/// Panics unless the image has exactly one `MOFDATA` resource, with the expected name.
#[must_use]
pub fn binary_mof(image: &[u8]) -> Vec<u8> {
    let resources = mof_resources(image).expect("the image has resources");
    let [resource] = resources.as_slice() else {
        panic!("one resource: {resources:?}");
    };
    assert!(resource.name.eq_ignore_ascii_case(schema::MOF_RESOURCE));
    resource.data.to_vec()
}

/// Makes tests that load a driver run one at a time.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The images as they would be shipped that run here: from GNU's linker, and from LLVM's, which is
/// compatible with Microsoft's.
pub const RELEASE_IMAGES: [&str; 2] = ["iscsi-gnu.sys", "iscsi-msvc.sys"];

/// Returns the image with the test host that tests query. The environment variable
/// `ISCSI_DRIVER_TEST_HOST` names it; by default it is the debug build, with Rust's debug checks.
///
/// # Panics
///
/// Panics as [`image`] does.
#[must_use]
pub fn test_host_image() -> PathBuf {
    let name = env::var("ISCSI_DRIVER_TEST_HOST");
    image(name.as_deref().unwrap_or("checked.sys"))
}

/// Returns the path of an image in the folder that the environment variable `ISCSI_DRIVER_IMAGES`
/// names.
///
/// # Panics
///
/// Panics if the variable is not set.
#[must_use]
pub fn image(name: &str) -> PathBuf {
    let folder = env::var_os("ISCSI_DRIVER_IMAGES");
    let folder = folder.expect("ISCSI_DRIVER_IMAGES names the folder of the driver's images");
    PathBuf::from(folder).join(name)
}

/// Opens the driver's device; each write to it counts as a command.
///
/// # Errors
///
/// Fails if the driver is not loaded.
pub fn open_device() -> io::Result<File> {
    OpenOptions::new().write(true).open(DEVICE)
}
