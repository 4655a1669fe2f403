//! The classes of the driver, shared by the driver and its build script.

pub use iscsi_schema::{
    MSiSCSI_ConnectionStatistics, MSiSCSI_InitiatorInstanceStatistics,
    MSiSCSI_InitiatorLoginStatistics, MSiSCSI_MMIPSECStats, MSiSCSI_NICPerformance,
    MSiSCSI_QMIPSECStats, MSiSCSI_RequestTimeStatistics, MSiSCSI_SessionStatistics,
};
use wmi_core::schema::Schema;
use wmi_core::{WmiClass, WmiMethod};

/// The name of the resource with the binary MOF.
pub const MOF_RESOURCE: &str = "IscsiStatisticsMof";

/// All classes. Only the build script uses it.
#[allow(dead_code)]
pub const SCHEMA: Schema<'static> = Schema::new(&[
    MSiSCSI_MMIPSECStats::CLASS,
    MSiSCSI_QMIPSECStats::CLASS,
    MSiSCSI_ConnectionStatistics::CLASS,
    MSiSCSI_SessionStatistics::CLASS,
    MSiSCSI_InitiatorLoginStatistics::CLASS,
    MSiSCSI_InitiatorInstanceStatistics::CLASS,
    MSiSCSI_NICPerformance::CLASS,
    MSiSCSI_RequestTimeStatistics::CLASS,
    Initiator::CLASS,
    Reconnected::CLASS,
]);

/// The initiator's settings and methods.
#[derive(WmiClass)]
#[wmi(name = "IscsiStatistics_Initiator", methods(Reconnect))]
#[wmi(guid = "a9a9b1fa-8b34-4545-bcb0-82b7d4544fa5")]
pub struct Initiator {
    /// Sessions with targets.
    #[wmi(data_id = 1)]
    pub sessions: u32,
    /// Seconds that a login may take, from 1 to 60.
    #[wmi(data_id = 2, write)]
    pub login_timeout: u32,
}

/// Logs a session out, and in again.
#[derive(WmiMethod)]
#[wmi(id = 1)]
#[allow(
    dead_code,
    reason = "the method has views and encoders of its own; Rust 1.85 takes the fields for unused"
)]
pub struct Reconnect {
    /// The number of the session.
    #[wmi(in, out)]
    pub session: u32,
    /// Logins that targets have accepted so far.
    #[wmi(out)]
    pub logins: u32,
}

/// A session was logged out and in again.
#[derive(WmiClass)]
#[wmi(event, name = "IscsiStatistics_Reconnected", base = "WMIEvent")]
#[wmi(guid = "0eba3524-4600-499e-9c11-2a59dfc007bd")]
pub struct Reconnected {
    /// The number of the session.
    #[wmi(data_id = 1)]
    pub session: u32,
    /// Logins that targets have accepted so far.
    #[wmi(data_id = 2)]
    pub logins: u32,
}
