//! Sessions that failed.

use core::sync::atomic::AtomicU32;

use wmi_core::WmiClass;

/// Why sessions of one initiator failed.
///
/// Registered with the name of the adapter's PDO.
#[derive(Debug, WmiClass)]
#[wmi(
    guid = "{FA30C290-68DB-430a-AF76-91A2E1C49154}",
    base = "Win32_PerfRawData",
    perf_detail = 100,
    hi_perf
)]
pub struct MSiSCSI_InitiatorInstanceStatistics {
    /// A number unique to the adapter on the machine and equal in all classes; the address of its
    /// device extension will do.
    #[wmi(data_id = 1, read = false, display_in_hex)]
    pub unique_adapter_id: u64,
    /// Sessions that failed because a digest was wrong.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub session_digest_error_count: AtomicU32,
    /// Sessions that failed because the target did not answer in time.
    #[wmi(data_id = 3, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub session_connection_timeout_error_count: AtomicU32,
    /// Sessions that failed because a PDU was malformed.
    #[wmi(data_id = 4, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub session_format_error_count: AtomicU32,
    /// Sessions that failed, whatever the reason.
    #[wmi(data_id = 5, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub session_failure_count: AtomicU32,
}
