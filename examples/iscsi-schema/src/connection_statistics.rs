//! Traffic of a connection.

use core::sync::atomic::AtomicU64;

use wmi_core::{Text, WmiClass};

/// Traffic of one connection.
///
/// Registered with dynamic names of the form targetname_#:#, where the first number is the session's
/// and the second the connection's.
#[derive(Debug, WmiClass)]
#[wmi(
    guid = "{4AE27CD9-8DFA-4c37-A42C-B88A93E3E521}",
    base = "Win32_PerfRawData",
    perf_detail = 100,
    hi_perf
)]
pub struct MSiSCSI_ConnectionStatistics {
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
    /// Bytes sent.
    #[wmi(data_id = 5, counter = "PERF_COUNTER_BULK_COUNT", perf_default)]
    pub bytes_sent: AtomicU64,
    /// Bytes received.
    #[wmi(data_id = 6, counter = "PERF_COUNTER_BULK_COUNT", perf_default)]
    pub bytes_received: AtomicU64,
    /// Command PDUs sent.
    #[wmi(
        data_id = 7,
        name = "PDUCommandsSent",
        counter = "PERF_COUNTER_BULK_COUNT",
        perf_default
    )]
    pub pdu_commands_sent: AtomicU64,
    /// Response PDUs received.
    #[wmi(
        data_id = 8,
        name = "PDUResponsesReceived",
        counter = "PERF_COUNTER_BULK_COUNT",
        perf_default
    )]
    pub pdu_responses_received: AtomicU64,
}
