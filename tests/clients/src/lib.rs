//! The generated client of the iSCSI classes, compiled for Windows; see also the tests.

/// `tests/rust.rs` says whether it is fresh.
#[cfg(windows)]
#[rustfmt::skip]
#[path = "../../golden/iscsi.client.rs"]
pub mod iscsi;
