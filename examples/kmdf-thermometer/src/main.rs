//! A KMDF driver that publishes a thermometer through WMI, without the WDK.
//!
//! The thermometer is an imitation; the rest is as in a real driver. [`schema`] has the classes, from
//! which the build script makes the `MOFDATA` resource; [`thermometer`] is the device with its blocks
//! for WMI; [`driver`] is the driver as the framework calls it. `wdf` and `runtime` are files that
//! `cargo wmi new` writes, and `timer` adds the framework's timers.

#![cfg_attr(windows, no_std, no_main)]

#[cfg(windows)]
#[expect(unsafe_code, reason = "the framework has a C interface")]
mod driver;
#[cfg(windows)]
#[expect(unsafe_code, reason = "the kernel has a C interface")]
#[path = "../../../wmi-core/cargo-wmi/src/new/runtime.rs"]
mod runtime;
mod schema;
#[cfg_attr(not(windows), expect(dead_code, reason = "the driver uses it"))]
mod thermometer;
#[cfg(windows)]
#[expect(unsafe_code, reason = "the framework has a C interface")]
#[macro_use]
#[path = "../../../wmi-core/cargo-wmi/src/new/kmdf/wdf.rs"]
mod wdf;
// After `wdf`, whose macro it uses.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the framework has a C interface")]
mod timer;

/// The driver is for Windows; the rest compiles anywhere.
#[cfg(not(windows))]
fn main() {}
