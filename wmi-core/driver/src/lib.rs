//! The last mile between the Windows kernel and a [`Provider`](wmi_core::provider::Provider).
//!
//! `wmi-core` answers requests as bytes. This crate takes those bytes out of the IRP, the SRB or the
//! callback of each driver model, gives the answer back, and keeps the order of registration, events
//! and removal. It owns neither the answers nor the classes.
//!
//! | driver model | module |
//! |---|---|
//! | WDM: function, filter, bus and non-PnP drivers | [`wdm`] |
//! | KMDF: function and filter drivers on the framework | [`kmdf`] |
//! | Storport: physical and virtual miniports | [`storport`] |
//! | NDIS: miniports | [`ndis`] |
//!
//! # Bindings
//!
//! System objects are opaque pointers: each function takes `*mut T` for any `T`, so that the
//! pointers of windows-sys, of wdk-sys and of a driver's own declarations all fit, and no version
//! of a binding is tied to this crate. [`check_layout!`] compares a driver's own declarations with
//! the [`layout`] that this crate relies on.
//!
//! # Kernel routines
//!
//! On Windows this crate imports the routines of the models that a driver uses, and no others.
//! With the feature `fake` a kernel in the module `fake` takes their place, which keeps the rules of
//! Driver Verifier; a test then runs a driver's own WMI code on any machine. A kernel image cannot
//! be built with it by mistake: `fake` links `std`, whose panic handler collides with the driver's.
//!
//! The oldest supported system is Windows 10, version 1607. x64 and ARM64 share one layout; x86 is
//! built and its layout is tested, not more. Drivers of UMDF have no WMI.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(
    unsafe_code,
    reason = "this crate is the only one of the library that talks to the kernel"
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

#[cfg(feature = "fake")]
pub mod fake;
pub mod kmdf;
mod later;
pub mod layout;
pub mod ndis;
mod registry_path;
mod request;
mod status;
pub mod storport;
pub mod wdm;

pub use registry_path::RegistryPath;
