//! A KMDF driver that publishes a thermometer through WMI, without the WDK.
//!
//! The thermometer is an imitation; the rest is as in a real driver. [`schema`] has the classes, from
//! which the build script makes the `MOFDATA` resource; [`thermometer`] is the device with its blocks
//! for WMI; [`wdf`] declares the functions of the framework that are needed; [`driver`] is the driver
//! as the framework calls it.

#![cfg_attr(windows, no_std, no_main)]

#[cfg(windows)]
#[expect(unsafe_code, reason = "the framework has a C interface")]
mod driver;
mod schema;
#[cfg_attr(not(windows), expect(dead_code, reason = "the driver uses it"))]
mod thermometer;
#[cfg(windows)]
#[expect(unsafe_code, reason = "the framework has a C interface")]
mod wdf;

/// The driver is for Windows; the rest compiles anywhere.
#[cfg(not(windows))]
fn main() {}
