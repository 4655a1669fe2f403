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

use std::env;
use std::fs::{File, OpenOptions};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use driver_harness::{Image, Service};
pub use host::Host;

/// The path by which programs open the driver's device.
const DEVICE: &str = r"\\.\IscsiStatistics";

/// The driver with the test host, loaded for as long as this lives.
pub struct Driver {
    /// The test host, which takes requests.
    pub host: Host,
    image: Image,
    _service: Service,
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
        let image = test_host_image();
        let service = start(&image);
        let host = Host::open().expect("the test host can be opened");
        Self {
            host,
            image,
            _service: service,
            _alone: alone,
        }
    }

    /// Returns the binary MOF in the loaded image.
    ///
    /// # Panics
    ///
    /// Panics as [`Image::binary_mof`] does.
    #[must_use]
    pub fn binary_mof(&self) -> Vec<u8> {
        self.image.binary_mof(schema::MOF_RESOURCE)
    }
}

/// Makes tests that load a driver run one at a time.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The images as they would be shipped that run here: from GNU's linker, and from LLVM's, which is
/// compatible with Microsoft's.
pub const RELEASE_IMAGES: [&str; 2] = ["iscsi-gnu.sys", "iscsi-msvc.sys"];

/// Reads the image with the test host that tests query. The environment variable
/// `ISCSI_DRIVER_TEST_HOST` names it; by default it is the debug build, with Rust's debug checks.
///
/// # Panics
///
/// Panics as [`Image::read`] does.
#[must_use]
pub fn test_host_image() -> Image {
    let name = env::var("ISCSI_DRIVER_TEST_HOST");
    Image::read(name.as_deref().unwrap_or("checked.sys"))
}

/// Loads an image of the driver.
///
/// # Panics
///
/// Panics as [`Service::start`] does.
#[must_use]
pub fn start(image: &Image) -> Service {
    Service::start("IscsiStatistics", &image.bytes)
}

/// Opens the driver's device; each write to it counts as a command.
///
/// # Errors
///
/// Fails if the driver is not loaded.
pub fn open_device() -> io::Result<File> {
    OpenOptions::new().write(true).open(DEVICE)
}
