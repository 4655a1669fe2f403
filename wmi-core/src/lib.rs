//! WMI classes for Windows drivers from annotated Rust structs.
//!
//! A class is defined once, by a struct. Its MOF text, data block layout, WNODE bytes and counters
//! are derived from that struct, so they cannot disagree. This crate is the *provider* side, for
//! drivers; to query WMI from an application, see the `wmi` crate.
#![cfg_attr(feature = "derive", doc = include_str!("intro.md"))]
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | every attribute of the derive | [`WmiClass`](derive@WmiClass) |
//! | field types | [`WmiField`] |
//! | which counter type answers which question | [`counter`] |
//! | counters | [`Counter`], [`CounterType`] |
//! | per-processor counters | [`PerCpu`], [`SingleWriter`] |
//! | strings with a maximum length | [`Text`] |
//! | strings and arrays of any length | [`block`] |
//! | methods | [`WmiMethod`](derive@WmiMethod), [`Execute`] |
//! | named values and bits | [`WmiEnum`](derive@WmiEnum), [`WmiFlags`](derive@WmiFlags) |
//! | events and bases | [`WmiClass`](derive@WmiClass#events-and-bases) |
//! | the classes of a driver | [`schema::Schema`] |
//! | MOF text | [`mof`] |
//! | binary MOF as data in the driver | [`include_bmf!`] |
//! | dates | [`DateTime`] |
//! | the data block in bytes | [`Wire`], [`Item`], [`layout`] |
//! | WNODE structures | [`wnode`] |
//! | answering WMI's requests in a driver | [`provider`] |
//! | keeping values that clients set | [`provider::Stored`] |
//!
//! This crate runs in a driver. `wmi-tools` has the rest: binary MOF, C headers, schema readers and
//! checks, build script support, and a simulator for tests.
//!
//! # Features
//!
//! The crate is always `no_std`. No feature is enabled by default.
//!
//! - `derive`: the derive macros.
//! - `alloc`: `String` and `Vec` items in classes of variable size.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(
    missing_debug_implementations,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[cfg(feature = "alloc")]
extern crate alloc;

#[doc(hidden)]
pub mod __private;
pub mod block;
pub mod counter;
mod include;
pub mod mof;
pub mod provider;
pub mod schema;
mod sync;
pub mod wnode;

pub use block::char16::Char16;
pub use block::class::{
    CounterClass, DataBlock, FixedBlock, FixedClass, FromBlock, VariableClass, WmiClass,
};
pub use block::datetime::{DateTime, DateTimeError};
pub use block::enumeration::{Enumerated, Flags, WmiEnum, WmiFlags};
pub use block::field::WmiField;
pub use block::item::Item;
pub use block::text::{Text, TextError};
pub use block::wire::Wire;
pub use block::{Count, layout};
pub use counter::{Counter, Counter32, Counter64, PerCpu, SingleWriter};
pub use provider::method::{Execute, NoParameters, WmiMethod};
pub use provider::status::NtStatus;
pub use wmi_vocabulary::{
    CounterFormula, CounterSize, CounterSuffix, CounterType, Guid, GuidError, TimeBase,
};

#[cfg(feature = "derive")]
#[doc = include_str!("derive.md")]
pub use wmi_derive::WmiClass;

#[cfg(feature = "derive")]
#[doc = include_str!("method.md")]
pub use wmi_derive::WmiMethod;

#[cfg(feature = "derive")]
#[doc = include_str!("enumeration.md")]
pub use wmi_derive::WmiEnum;

#[cfg(feature = "derive")]
#[doc = include_str!("flags.md")]
pub use wmi_derive::WmiFlags;
