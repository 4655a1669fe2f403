//! WMI classes of Windows drivers from annotated Rust structs.
//!
//! One struct is the only source of a class; its MOF text, its data block layout, its WNODE bytes
//! and its counters are derived from it and cannot disagree. This is the *provider* side, for
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
//! | counters of many processors | [`PerCpu`], [`SingleWriter`] |
//! | strings with a maximum | [`Text`] |
//! | strings and arrays without one | [`block`] |
//! | methods | [`WmiMethod`](derive@WmiMethod), [`Execute`] |
//! | named values and bits | [`WmiEnum`](derive@WmiEnum), [`WmiFlags`](derive@WmiFlags) |
//! | events and bases | [`WmiClass`](derive@WmiClass#events-and-bases) |
//! | the classes of a driver | [`schema::Schema`] |
//! | MOF text | [`mof`] |
//! | binary MOF in the driver's own data | [`include_bmf!`] |
//! | dates | [`DateTime`] |
//! | the data block in bytes | [`Wire`], [`Item`], [`layout`] |
//! | WNODE structures | [`wnode`] |
//! | answering WMI's requests in a driver | [`provider`] |
//!
//! This crate is what runs in a driver. Binary MOF, the C header, readers and checks of schemas,
//! build scripts, and a simulator for tests are in `wmi-tools`.
//!
//! # Features
//!
//! Always `no_std`; none is on by default.
//!
//! - `derive`: the derive macros.
//! - `alloc`: `String` and `Vec` as items of classes of variable size.

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
pub mod wnode;

pub use block::char16::Char16;
pub use block::class::{CounterClass, DataBlock, FixedBlock, FixedClass, VariableClass, WmiClass};
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
