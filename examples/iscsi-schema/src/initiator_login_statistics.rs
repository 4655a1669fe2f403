//! Logins of an initiator.

use core::sync::atomic::AtomicU32;

use wmi_core::WmiClass;

/// How the logins and logouts of one initiator ended.
///
/// Registered with the name of the adapter's PDO.
#[derive(Debug, WmiClass)]
#[wmi(
    guid = "{F022F413-3BF5-47ec-A942-33B81CF8E7FF}",
    base = "Win32_PerfRawData",
    perf_detail = 100,
    hi_perf
)]
pub struct MSiSCSI_InitiatorLoginStatistics {
    /// A number unique to the adapter on the machine and equal in all classes; the address of its
    /// device extension will do.
    #[wmi(data_id = 1, read = false, display_in_hex)]
    pub unique_adapter_id: u64,
    /// Login responses that accepted the initiator.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub login_accept_rsps: AtomicU32,
    /// Login responses that failed for a reason that no other item counts.
    #[wmi(data_id = 3, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub login_other_fail_rsps: AtomicU32,
    /// Login responses that named another address of the target.
    #[wmi(data_id = 4, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub login_redirect_rsps: AtomicU32,
    /// Login responses that reported that the initiator failed to authenticate itself.
    #[wmi(data_id = 5, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub login_auth_fail_rsps: AtomicU32,
    /// Logins that the initiator gave up because the target failed to authenticate itself.
    #[wmi(data_id = 6, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub login_authenticate_fails: AtomicU32,
    /// Logins that the initiator gave up because the two sides could not agree on parameters.
    #[wmi(data_id = 7, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub login_negotiate_fails: AtomicU32,
    /// Logouts that ended a session in the normal way.
    #[wmi(data_id = 8, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub logout_normals: AtomicU32,
    /// Logouts for any other reason.
    #[wmi(data_id = 9, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub logout_other_codes: AtomicU32,
    /// Logins that failed, whatever the reason.
    #[wmi(data_id = 10, counter = "PERF_COUNTER_RAWCOUNT", perf_default)]
    pub login_failures: AtomicU32,
}
