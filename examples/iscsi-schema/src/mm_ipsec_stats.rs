//! Main mode IPsec statistics.

use core::sync::atomic::AtomicU64;

use wmi_core::WmiClass;

/// The MSiSCSI_MMIPSECStats WMI class exposes the main mode IPsec statistics.
#[derive(Debug, WmiClass)]
#[wmi(
    guid = "{36B58EA2-C461-4bb0-AC8E-952F59D251ED}",
    base = "Win32_PerfRawData",
    perf_detail = 100,
    hi_perf
)]
pub struct MSiSCSI_MMIPSECStats {
    /// An acquire is a request by the IPsec driver to have internet key exchange (IKE) perform a
    /// task. The active acquire statistic includes the outstanding request and the number of any
    /// queued requests. Typically, the number of active acquires is 1. Under a heavy load, the
    /// number of active acquires is 1 plus the number of requests that are queued by IKE for
    /// processing.
    #[wmi(
        data_id = 1,
        counter = "PERF_COUNTER_LARGE_RAWCOUNT",
        cpp_quote = "// An acquire is a request by the IPsec driver to have IKE perform a task. The \
            active acquire statistic includes the outstanding request and the number of any \
            queued requests. Typically, the number of active acquires is 1. Under a heavy load, \
            the number of active acquires is 1 plus the number of requests that are queued by \
            IKE for processing."
    )]
    pub active_acquire: AtomicU64,
    /// The number of IKE messages received that are queued for processing.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub active_receive: AtomicU64,
    /// The number of times that an acquire has failed.
    #[wmi(data_id = 3, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub acquire_failures: AtomicU64,
    /// The number of times that the TCP stack has failed when receiving IKE messages.
    #[wmi(data_id = 4, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub receive_failures: AtomicU64,
    /// The number of times that the TCP/IP stack has failed when sending IKE messages.
    #[wmi(data_id = 5, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub send_failures: AtomicU64,
    /// The number of entries in the acquire heap, which stores active acquires. This number
    /// increases under a heavy load and then gradually decreases over time, as the acquire heap is
    /// cleared.
    #[wmi(data_id = 6, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub acquire_heap_size: AtomicU64,
    /// The number of entries in the IKE receive buffers for incoming IKE messages.
    #[wmi(data_id = 7, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub receive_heap_size: AtomicU64,
    /// The total number of negotiation failures that occurred during main mode (also known as Phase
    /// I) or quick mode (also known as Phase II) negotiation.
    #[wmi(data_id = 8, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub negotiation_failures: AtomicU64,
    /// The total number of identity authentication failures (Kerberos, certificate, and preshared
    /// key) that occurred during main mode negotiation.
    #[wmi(data_id = 9, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub authentication_failures: AtomicU64,
    /// A cookie is a value contained in a received IKE message that is used by IKE to find the
    /// state of an active main mode. A cookie in a received IKE message that cannot be matched with
    /// an active main mode is invalid.
    #[wmi(data_id = 10, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub invalid_cookies_received: AtomicU64,
    /// The total number of requests submitted by IKE to obtain a unique Security Parameters Index
    /// (SPI).
    #[wmi(
        data_id = 11,
        name = "TotalGetSPI",
        counter = "PERF_COUNTER_LARGE_RAWCOUNT",
        cpp_quote
    )]
    pub total_get_spi: AtomicU64,
    /// The number of outbound quick mode security associations (SAs) added by IKE
    #[wmi(
        data_id = 12,
        counter = "PERF_COUNTER_LARGE_RAWCOUNT",
        description = "The number of outbound quick mode security associations (SAs) added by IKE ",
        cpp_quote
    )]
    pub key_additions: AtomicU64,
    /// The number of inbound quick mode security associations (SAs) added by IKE
    #[wmi(
        data_id = 13,
        counter = "PERF_COUNTER_LARGE_RAWCOUNT",
        description = "The number of inbound quick mode security associations (SAs) added by IKE ",
        cpp_quote
    )]
    pub key_updates: AtomicU64,
    /// The total number of requests submitted by IKE to obtain a unique Security Parameters Index
    /// (SPI) that failed.
    #[wmi(
        data_id = 14,
        name = "GetSPIFailures",
        counter = "PERF_COUNTER_LARGE_RAWCOUNT",
        cpp_quote
    )]
    pub get_spi_failures: AtomicU64,
    /// The number of outbound quick mode security associations (SAs) submitted by IKE that failed
    #[wmi(data_id = 15, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub key_addition_failures: AtomicU64,
    /// The number of inbound quick mode security associations (SAs) added by IKE
    #[wmi(
        data_id = 16,
        counter = "PERF_COUNTER_LARGE_RAWCOUNT",
        description = "The number of inbound quick mode security associations (SAs) added by IKE ",
        cpp_quote
    )]
    pub key_update_failures: AtomicU64,
    /// The number of quick mode state entries.
    #[wmi(data_id = 17, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub connection_list_size: AtomicU64,
    /// The total number of successful SAs created during main mode negotiations.
    #[wmi(data_id = 18, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub oakley_main_mode: AtomicU64,
    /// The total number of successful SAs created during quick mode negotiations
    #[wmi(data_id = 19, counter = "PERF_COUNTER_LARGE_RAWCOUNT", cpp_quote)]
    pub oakley_quick_mode: AtomicU64,
    /// The number of received IKE messages that are invalid, including IKE messages with invalid
    /// header fields, incorrect payload lengths, and incorrect values for the responder cookie
    /// (when it should be set to 0).
    #[wmi(
        data_id = 20,
        counter = "PERF_COUNTER_LARGE_RAWCOUNT",
        description = "The number of received IKE messages that are invalid, including IKE messages with \
            invalid header fields, incorrect payload lengths, and incorrect values for the \
            responder cookie (when it should be set to 0). ",
        cpp_quote = "// The number of received IKE messages that are invalid, including IKE messages \
            with invalid header fields, incorrect payload lengths, and incorrect values for the \
            responder cookie (when it should be set to 0)."
    )]
    pub invalid_packets: AtomicU64,
    /// The total number of negotiations that resulted in the use of plaintext (also known as soft
    /// SAs). This typically reflects the number of associations formed with computers that did not
    /// respond to main mode negotiation attempts. This can include both non-IPsec-aware computers
    /// and IPsec-aware computers that do not have IPsec policy to negotiate security with this
    /// IPsec peer.
    #[wmi(
        data_id = 21,
        counter = "PERF_COUNTER_LARGE_RAWCOUNT",
        // The space in "non-IPsec- aware" is Microsoft's.
        cpp_quote = "// The total number of negotiations that resulted in the use of plaintext (also \
            known as soft SAs). This typically reflects the number of associations formed with \
            computers that did not respond to main mode negotiation attempts. This can include \
            both non-IPsec- aware computers and IPsec-aware computers that do not have IPsec \
            policy to negotiate security with this IPsec peer."
    )]
    pub soft_associations: AtomicU64,
}
