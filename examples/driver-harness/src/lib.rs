//! What the tests of all example drivers share: the checks of an image as it would be shipped, and,
//! on Windows, the service that loads it.

mod image;
#[cfg(windows)]
mod service;

use std::env;
use std::path::PathBuf;

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
