//! How long requests take.
//!
//! The published counter type is a rate, so the derive only makes methods that count up. Store a
//! time into the field itself.

use core::sync::atomic::AtomicU32;

use wmi_core::{Text, WmiClass};

/// How long the requests of one connection take.
///
/// Registered with dynamic names of the form targetname_#:#, where the first number is the session's
/// and the second the connection's.
#[derive(Debug, WmiClass)]
#[wmi(
    guid = "{E0B40AA8-544B-4d5e-BA60-A03F136DA83D}",
    base = "Win32_PerfRawData",
    perf_detail = 100,
    hi_perf
)]
pub struct MSiSCSI_RequestTimeStatistics {
    /// The iSCSI name of the target.
    #[wmi(data_id = 1, name = "iSCSIName", version = 1)]
    pub iscsi_name: Text<223>,
    /// The number of the connection in its session.
    #[wmi(data_id = 2, name = "CID", version = 1)]
    pub cid: u16,
    /// The number that the driver gave the session at its login, unique on the machine.
    #[wmi(data_id = 3, name = "USID", version = 1)]
    pub usid: u64,
    /// A number unique to the adapter on the machine and equal in all classes; the address of its
    /// device extension will do.
    #[wmi(data_id = 4, read = false, display_in_hex)]
    pub unique_adapter_id: u64,
    /// The longest time that a request took.
    // The counter type has 64 bits, the published item 32.
    #[wmi(
        data_id = 5,
        counter = "PERF_COUNTER_BULK_COUNT",
        perf_default,
        allow(counter_width)
    )]
    pub maximum_processing_time: AtomicU32,
    /// The time that a request took on average.
    // The counter type has 64 bits, the published item 32.
    #[wmi(
        data_id = 6,
        counter = "PERF_COUNTER_BULK_COUNT",
        perf_default,
        allow(counter_width)
    )]
    pub average_processing_time: AtomicU32,
}
