//! Traffic of a port.

use core::sync::atomic::AtomicU32;

use wmi_core::WmiClass;

/// Traffic of one port of an adapter.
///
/// Registered with the name of the adapter's PDO, one instance for each port.
#[derive(Debug, WmiClass)]
#[wmi(
    guid = "{5C59FD61-E919-4687-84E2-7200ABE2209B}",
    base = "Win32_PerfRawData",
    perf_detail = 100,
    hi_perf
)]
pub struct MSiSCSI_NICPerformance {
    /// Bytes sent.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_COUNTER", perf_default)]
    pub bytes_transmitted: AtomicU32,
    /// Bytes received.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_COUNTER", perf_default)]
    pub bytes_received: AtomicU32,
    /// PDUs sent.
    #[wmi(
        data_id = 3,
        name = "PDUTransmitted",
        counter = "PERF_COUNTER_COUNTER",
        perf_default
    )]
    pub pdu_transmitted: AtomicU32,
    /// PDUs received.
    #[wmi(
        data_id = 4,
        name = "PDUReceived",
        counter = "PERF_COUNTER_COUNTER",
        perf_default
    )]
    pub pdu_received: AtomicU32,
}
