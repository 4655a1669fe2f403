//! Traffic and errors of a session.

use core::sync::atomic::AtomicU64;

use wmi_core::{Text, WmiClass};

/// Traffic and errors of one session, over all of its connections.
///
/// Registered with dynamic names of the form targetname_#, where the number is the session's.
#[derive(Debug, WmiClass)]
#[wmi(
    guid = "{C827993C-6D1F-4194-9B5C-D7C0A5F1CFB7}",
    base = "Win32_PerfRawData",
    perf_detail = 100,
    hi_perf
)]
pub struct MSiSCSI_SessionStatistics {
    /// The iSCSI name of the target.
    #[wmi(data_id = 1, name = "iSCSIName", version = 1)]
    pub iscsi_name: Text<223>,
    /// The number that the driver gave the session at its login, unique on the machine.
    #[wmi(data_id = 2, name = "USID", version = 1)]
    pub usid: u64,
    /// A number unique to the adapter on the machine and equal in all classes; the address of its
    /// device extension will do.
    #[wmi(data_id = 3, read = false, display_in_hex)]
    pub unique_adapter_id: u64,
    /// Bytes sent.
    #[wmi(data_id = 4, counter = "PERF_COUNTER_BULK_COUNT", perf_default)]
    pub bytes_sent: AtomicU64,
    /// Bytes received.
    #[wmi(data_id = 5, counter = "PERF_COUNTER_BULK_COUNT", perf_default)]
    pub bytes_received: AtomicU64,
    /// Command PDUs sent.
    #[wmi(
        data_id = 6,
        name = "PDUCommandsSent",
        counter = "PERF_COUNTER_BULK_COUNT",
        perf_default
    )]
    pub pdu_commands_sent: AtomicU64,
    /// Response PDUs received.
    #[wmi(
        data_id = 7,
        name = "PDUResponsesReceived",
        counter = "PERF_COUNTER_BULK_COUNT",
        perf_default
    )]
    pub pdu_responses_received: AtomicU64,
    /// Headers and data whose digest was wrong.
    #[wmi(data_id = 8, counter = "PERF_COUNTER_LARGE_RAWCOUNT", perf_default)]
    pub digest_errors: AtomicU64,
    /// Connections that were given up because the other side did not answer in time.
    #[wmi(data_id = 9, counter = "PERF_COUNTER_LARGE_RAWCOUNT", perf_default)]
    pub connection_timeout_errors: AtomicU64,
    /// PDUs that were malformed.
    #[wmi(data_id = 10, counter = "PERF_COUNTER_LARGE_RAWCOUNT", perf_default)]
    pub format_errors: AtomicU64,
}
