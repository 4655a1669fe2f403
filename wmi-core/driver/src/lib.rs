//! The last mile between the Windows kernel and a [`Provider`](wmi_core::provider::Provider).
//!
//! `wmi-core` answers requests as bytes. This crate takes those bytes out of each driver model's
//! IRP, SRB or callback, returns the answer, and orders registration, events and removal. It owns
//! neither the answers nor the classes.
//!
//! | driver model | module |
//! |---|---|
//! | WDM: function, filter, bus and non-PnP drivers | [`wdm`] |
//! | KMDF: function and filter drivers on the framework | [`kmdf`] |
//! | Storport: physical and virtual miniports | [`storport`] |
//! | NDIS: miniports | [`ndis`] |
//! | battery miniports and audio adapters, whose class driver takes a `WMILIB_CONTEXT` | [`wmilib`] |
//!
//! `cargo wmi new` writes a whole driver for one of the first three, which builds, tests and links on any
//! system.
//!
//! A driver that reads the blocks of others takes [`consumer`]. [`on_windows`] leads from a built driver
//! to its classes at work on Windows.
//!
//! # Bindings
//!
//! System objects are opaque pointers: each function takes `*mut T` for any `T`. Pointers from
//! windows-sys, from wdk-sys and from a driver's own declarations all fit, and this crate depends
//! on no version of a binding. [`check_layout!`] compares a driver's own declarations with the
//! [`layout`] that this crate relies on.
//!
//! # Kernel routines
//!
//! On Windows this crate imports only the routines of the driver models in use. The feature `fake`
//! replaces them with the fake kernel of the module `fake`, which enforces the rules of Driver
//! Verifier, so a test can run a driver's own WMI code on any machine. The fake kernel cannot end
//! up in a kernel image by mistake: `fake` links `std`, whose panic handler collides with the
//! driver's.
//!
//! The oldest supported system is Windows 10, version 1607. x64 and ARM64 share one layout; x86 is
//! built and its layout is tested, but nothing more.
//!
//! # What is not here
//!
//! - UMDF: it has no WMI, which Microsoft names as a reason to write a driver with KMDF instead.
//! - Traced GUIDs and WPP: they are registered like blocks, but belong to event tracing (ETW), whose
//!   crates serve them.
//! - Drivers in C: there is no C ABI. `cargo wmi header` writes the header of the data blocks and
//!   `cargo wmi compile` the binary MOF, which a dispatch routine in C uses.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(
    unsafe_code,
    reason = "of this library, only this crate talks to the kernel"
)]
#![deny(
    clippy::multiple_unsafe_ops_per_block,
    clippy::undocumented_unsafe_blocks,
    missing_debug_implementations,
    unsafe_op_in_unsafe_fn
)]
#![warn(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[cfg(feature = "fake")]
extern crate std;

#[cfg(not(feature = "fake"))]
#[macro_use]
mod imports;

pub mod consumer;
#[cfg(feature = "fake")]
pub mod fake;
pub mod kmdf;
mod later;
pub mod layout;
pub mod ndis;
#[doc = include_str!("on_windows.md")]
pub mod on_windows {}
mod registry_path;
mod request;
mod status;
pub mod storport;
mod sync;
pub mod wdm;
/// Drivers on windows-drivers-rs.
///
// Its code needs `wdk-sys`: the tests of the workspace compile it against a stand-in.
#[cfg_attr(not(doctest), doc = include_str!("windows_drivers_rs.md"))]
pub mod windows_drivers_rs {}
pub mod wmilib;

pub use registry_path::RegistryPath;
