//! Independent readers and other helpers of the tests.
//!
//! Nothing here uses the crates under test, so a fault in them cannot hide itself.

pub mod allocations;
pub mod browser;
pub mod corpus;
pub mod golden;
pub mod image;
pub mod mingw;
pub mod mof;
pub mod resources;
pub mod wmistr;

use std::io::Write;

/// Returns whether the test runs on another system than it was compiled on, as Windows programs
/// under Wine do. Such a test can start neither a compiler nor Cargo.
#[must_use]
pub fn compiled_elsewhere() -> bool {
    cfg!(windows) && env!("CARGO_MANIFEST_DIR").starts_with('/')
}

/// Prints why a test is skipped, directly to stderr: the harness captures the output of passing
/// tests.
pub fn skipped(why: &str) {
    // In one write, as other tests write at the same time. A closed stderr is not a failure.
    let _ = std::io::stderr().write_all(format!("\nskipped: {why}\n").as_bytes());
}

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The page about windows-drivers-rs, compiled against the stand-in for `wdk-sys`.
#[cfg(doctest)]
#[doc = include_str!("../../wmi-core/driver/src/windows_drivers_rs.md")]
pub struct WindowsDriversRs;
