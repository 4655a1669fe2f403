//! The driver's image.

#![cfg_attr(windows, no_std, no_main)]

#[cfg(windows)]
#[expect(unsafe_code, reason = "the kernel has a C interface")]
mod kernel;

/// Elsewhere only the library and its tests are of use.
#[cfg(not(windows))]
fn main() {}
