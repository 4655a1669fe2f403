//! Sizes of `wmistr.h` that depend on the size of an address: those of the target of the tests.

/// Bytes of a `WMIREGINFOW` before its entries.
pub const REGINFO: usize = if usize::BITS == 64 { 24 } else { 20 };

/// Bytes of a `WMIREGGUIDW`.
pub const REGGUID: usize = if usize::BITS == 64 { 32 } else { 28 };
