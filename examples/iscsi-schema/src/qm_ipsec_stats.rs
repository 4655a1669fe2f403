//! Quick mode IPsec statistics.

use core::sync::atomic::AtomicU64;

use wmi_core::WmiClass;

/// Quick mode IPsec statistics of an adapter that negotiates IPsec itself.
///
/// Registered with the name of the adapter's PDO, one instance.
#[derive(Debug, WmiClass)]
#[wmi(
    guid = "{B4D1C606-8682-4b7a-AC6B-D883D91555FB}",
    base = "Win32_PerfRawData",
    perf_detail = 100,
    hi_perf
)]
pub struct MSiSCSI_QMIPSECStats {
    /// Security associations (SAs) that are in use.
    #[wmi(
        data_id = 1,
        name = "ActiveSA",
        counter = "PERF_COUNTER_LARGE_RAWCOUNT"
    )]
    pub active_sa: AtomicU64,
    /// Key operations that have begun and not ended.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub pending_key_operations: AtomicU64,
    /// SAs that were negotiated successfully.
    #[wmi(data_id = 3, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub key_additions: AtomicU64,
    /// SAs whose keys were deleted.
    #[wmi(data_id = 4, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub key_deletions: AtomicU64,
    /// Times that an SA was given new keys.
    #[wmi(data_id = 5, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub re_keys: AtomicU64,
    /// Tunnels that are in use.
    #[wmi(data_id = 6, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub active_tunnels: AtomicU64,
    /// Packets whose security parameters index belongs to no SA.
    #[wmi(
        data_id = 7,
        name = "BadSPIPackets",
        counter = "PERF_COUNTER_LARGE_RAWCOUNT"
    )]
    pub bad_spi_packets: AtomicU64,
    /// Packets that could not be decrypted.
    #[wmi(data_id = 8, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub packets_not_decrypted: AtomicU64,
    /// Packets whose origin and integrity could not be verified.
    #[wmi(data_id = 9, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub packets_not_authenticated: AtomicU64,
    /// Packets with a sequence number that was checked against replay.
    #[wmi(data_id = 10, counter = "PERF_COUNTER_BULK_COUNT")]
    pub packets_with_replay_detection: AtomicU64,
    /// Bytes sent encrypted, in ESP.
    #[wmi(data_id = 11, counter = "PERF_COUNTER_BULK_COUNT")]
    pub confidential_bytes_sent: AtomicU64,
    /// Bytes received encrypted, in ESP.
    #[wmi(data_id = 12, counter = "PERF_COUNTER_BULK_COUNT")]
    pub confidential_bytes_received: AtomicU64,
    /// Bytes sent authenticated, in AH.
    #[wmi(data_id = 13, counter = "PERF_COUNTER_BULK_COUNT")]
    pub authenticated_bytes_sent: AtomicU64,
    /// Bytes received authenticated, in AH.
    #[wmi(data_id = 14, counter = "PERF_COUNTER_BULK_COUNT")]
    pub authenticated_bytes_received: AtomicU64,
    /// Bytes sent under IPsec.
    #[wmi(data_id = 15, counter = "PERF_COUNTER_BULK_COUNT")]
    pub transport_bytes_sent: AtomicU64,
    /// Bytes received under IPsec.
    #[wmi(data_id = 16, counter = "PERF_COUNTER_BULK_COUNT")]
    pub transport_bytes_received: AtomicU64,
    /// Bytes sent through tunnels.
    #[wmi(data_id = 17, counter = "PERF_COUNTER_BULK_COUNT")]
    pub tunnel_bytes_sent: AtomicU64,
    /// Bytes received through tunnels.
    #[wmi(data_id = 18, counter = "PERF_COUNTER_BULK_COUNT")]
    pub tunnel_bytes_received: AtomicU64,
}
