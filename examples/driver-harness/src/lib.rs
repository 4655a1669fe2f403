//! Code shared by the tests of all example drivers: checks of the shipped image and, on Windows, the
//! service that loads it and the stand-in for the kernel.
//!
//! Wine has no WMI, no port driver and no Plug and Play manager. The package `stand-in` replaces
//! them: the driver imports from this module instead of `ntoskrnl.exe` or `storport.sys`.

#[cfg(windows)]
mod driver;
#[cfg(windows)]
#[expect(unsafe_code, reason = "a function of Windows")]
mod host;
mod image;
pub mod protocol;
#[cfg(windows)]
mod service;

use std::env;
use std::path::PathBuf;

#[cfg(windows)]
pub use driver::{Driver, alone, start};
#[cfg(windows)]
pub use host::Host;
pub use image::{Image, Machine};
#[cfg(windows)]
pub use service::{Service, install};

/// Returns the path of an image in the folder that the environment variable `DRIVER_IMAGES`
/// names.
///
/// # Panics
///
/// Panics if the variable is not set.
#[must_use]
pub fn image_path(name: &str) -> PathBuf {
    let folder = env::var_os("DRIVER_IMAGES");
    let folder = folder.expect("DRIVER_IMAGES names the folder of the drivers' images");
    PathBuf::from(folder).join(name)
}
