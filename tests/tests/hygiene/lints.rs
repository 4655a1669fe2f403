//! The lints of Microsoft's driver samples, and others that users may forbid. Generated code that
//! violated one, or allowed itself to, would not compile here.

#![forbid(
    dead_code,
    deprecated,
    improper_ctypes,
    missing_docs,
    nonstandard_style,
    private_bounds,
    private_interfaces,
    rust_2018_idioms,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    unused,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(
    warnings,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::cargo
)]
#![forbid(
    clippy::alloc_instead_of_core,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_docs_in_private_items,
    clippy::multiple_unsafe_ops_per_block,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::undocumented_unsafe_blocks,
    clippy::unnecessary_safety_doc,
    clippy::unwrap_used
)]

use core::sync::atomic::{AtomicU32, AtomicU64};

use wmi_core::{DateTime, Flags, WmiClass, WmiEnum, WmiFlags};

/// Where a request came from.
#[derive(WmiClass)]
#[wmi(embedded)]
pub struct Origin {
    /// The port.
    #[wmi(data_id = 1)]
    pub port: u16,
    /// The address.
    #[wmi(data_id = 2)]
    pub address: [u8; 6],
}

/// A class whose items are plain numbers.
#[derive(Clone, Copy, Debug, WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", name = "Vendor_Limits")]
pub struct Limits {
    /// The most requests at once.
    #[wmi(data_id = 1, write)]
    pub depth: u32,
}

/// Statistics of requests.
#[derive(WmiClass)]
#[wmi(
    guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed",
    base = "Win32_PerfRawData"
)]
pub struct Stats {
    /// Reads so far.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    pub reads: AtomicU64,
    /// Reads now.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_RAWCOUNT")]
    pub pending: AtomicU32,
    /// Since when.
    #[wmi(data_id = 3, time_stamp)]
    pub since: u64,
    /// The day of the last one.
    #[wmi(data_id = 4)]
    pub last: DateTime,
    /// The sender of the last one.
    #[wmi(data_id = 5)]
    pub origin: Origin,
    /// Senders before it.
    #[wmi(data_id = 6)]
    pub origins: [Origin; 2],
    /// Private.
    #[wmi(data_id = 7)]
    secret: u8,
    /// Deprecated and unused.
    #[deprecated(note = "use `reads`")]
    #[wmi(data_id = 8, counter)]
    pub old_reads: AtomicU64,
}

/// Unused outside of its own `impl`s.
#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Private {
    /// Reads so far.
    #[wmi(data_id = 1, counter)]
    reads: AtomicU64,
    /// The most requests at once.
    #[wmi(data_id = 2)]
    depth: u32,
}

/// Variants that are used only by items.
#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(u8)]
enum Mode {
    /// Slow.
    Slow,
    /// Fast.
    Fast,
}

/// Flags that are never set.
#[derive(Clone, Copy, Debug, WmiFlags)]
#[repr(u8)]
enum Feature {
    /// Sleep.
    Sleep = 1,
    /// Wake.
    Wake = 2,
}

/// Settings that only clients use.
#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Settings {
    /// The mode.
    #[wmi(data_id = 1)]
    mode: Mode,
    /// The features.
    #[wmi(data_id = 2)]
    features: Flags<Feature>,
}

#[test]
fn unused_variants_do_not_warn() {
    assert_eq!(Settings::CLASS.properties.len(), 4);
}

#[test]
fn unused_private_class_does_not_warn() {
    let private = Private::new();
    assert_eq!(private.snapshot().as_bytes().len(), 12);
}
