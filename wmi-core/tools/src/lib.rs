//! The host side of [`wmi-core`](wmi_core): artefacts and readers of schemas, and tests of a driver
//! without Windows.
//!
//! A schema comes from `#[derive(WmiClass)]`, MOF text or binary MOF. All of them give the types of
//! [`wmi_core::schema`], which every tool reads. Nothing here runs in a driver.
//!
//! | for | see | feature |
//! |---|---|---|
//! | build scripts | [`build`] | |
//! | binary MOF | [`bmf`] | |
//! | the C header | [`header`] | |
//! | the layout of a data block, from the schema alone | [`layout`] | |
//! | the texts of localised schemas | [`amendment`] | |
//! | MOF text | [`mof`] | `read` |
//! | checking classes by the rules for drivers | [`check`] | `check` |
//! | changes between two editions of a schema | [`diff`] | `diff` |
//! | a schema as an HTML page | [`doc`] | `doc` |
//! | layouts as pictures | [`picture`] | `doc` |
//! | Rust source of an existing schema | [`import`] | `import` |
//! | WMI in ACPI tables, and listings of them | [`firmware`] | `firmware` |
//! | binary MOF in driver images | [`image`] | `image` |
//! | replies as named values, by the schema alone | [`client`] | `cooking`, `simulator` |
//! | bytes of a hex dump | [`hex_dump`] | `cooking`, `firmware`, `simulator` |
//! | source of clients: PowerShell, Rust | [`client_source`] | `client-source` |
//! | counters as PerfMon shows them | [`cooking`] | `cooking` |
//! | testing a provider on any machine | [`simulator`] | `simulator` |
//!
//! Whoever comes from `mofcomp` and `wmimofck` finds each of their switches in [`switches`].
//!
//! The features are additive. None is on by default: a build script needs none.
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

pub mod amendment;
mod arena;
#[cfg(any(feature = "check", feature = "cooking", feature = "import"))]
mod bases;
pub mod bmf;
pub mod build;
#[cfg(feature = "check")]
pub mod check;
mod classes;
#[cfg(any(feature = "cooking", feature = "simulator"))]
pub mod client;
#[cfg(feature = "client-source")]
pub mod client_source;
#[cfg(feature = "cooking")]
pub mod cooking;
#[cfg(feature = "diff")]
pub mod diff;
#[cfg(feature = "doc")]
pub mod doc;
mod entries;
#[cfg(feature = "firmware")]
pub mod firmware;
pub mod header;
#[cfg(any(feature = "cooking", feature = "firmware", feature = "simulator"))]
pub mod hex_dump;
#[cfg(feature = "doc")]
mod html;
#[cfg(any(feature = "check", feature = "diff", feature = "firmware"))]
mod identified;
#[cfg(feature = "image")]
pub mod image;
#[cfg(feature = "import")]
pub mod import;
#[cfg(any(feature = "check", feature = "firmware", feature = "import"))]
mod kind;
pub mod layout;
#[cfg(feature = "read")]
pub mod mof;
mod namespace;
#[cfg(feature = "doc")]
pub mod picture;
mod place;
mod severity;
#[cfg(feature = "simulator")]
pub mod simulator;
#[cfg(any(feature = "check", feature = "client-source", feature = "doc"))]
mod values;

pub mod switches;

pub use arena::Arena;
pub use classes::Classes;
pub use severity::Severity;
