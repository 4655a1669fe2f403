//! Independent readers and other helpers of the tests.
//!
//! Nothing here uses the crates under test, so that a fault there cannot hide itself.

pub mod allocations;
pub mod corpus;
pub mod golden;
pub mod image;
pub mod mingw;
pub mod mof;

use std::io::Write;

/// Whether a test runs on another system than the one that it was compiled on, as Windows programs
/// do under Wine: no compiler can be started then, and no cargo.
#[must_use]
pub fn compiled_elsewhere() -> bool {
    cfg!(windows) && env!("CARGO_MANIFEST_DIR").starts_with('/')
}

/// Says why a test has nothing to do, past the harness, which keeps the output of passing tests.
pub fn skipped(why: &str) {
    // In one piece, as other tests write too. A closed stderr is no reason to fail.
    let _ = std::io::stderr().write_all(format!("\nskipped: {why}\n").as_bytes());
}

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
