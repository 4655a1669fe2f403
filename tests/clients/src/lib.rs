//! Generated clients, of the iSCSI classes and of odd ones, compiled for Windows; see also the tests.

/// `tests/rust.rs` says whether it is fresh.
#[cfg(windows)]
#[rustfmt::skip]
#[path = "../../golden/iscsi.client.rs"]
pub mod iscsi;

/// The classes of `cases/mof/clients.mof`.
#[cfg(windows)]
#[rustfmt::skip]
#[path = "../../golden/odd.client.rs"]
pub mod odd;
