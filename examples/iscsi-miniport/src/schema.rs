//! The classes of the miniport, shared by the miniport and its build script.

pub use iscsi_schema::{
    MSiSCSI_ConnectionStatistics, MSiSCSI_InitiatorInstanceStatistics,
    MSiSCSI_InitiatorLoginStatistics, MSiSCSI_MMIPSECStats, MSiSCSI_NICPerformance,
    MSiSCSI_QMIPSECStats, MSiSCSI_RequestTimeStatistics, MSiSCSI_SessionStatistics,
};
use wmi_core::WmiClass;
use wmi_core::schema::Schema;

/// The name of the resource with the binary MOF.
pub const MOF_RESOURCE: &str = "IscsiMiniportMof";

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
    Negotiation::CLASS,
    LinkReset::CLASS,
]);

/// The last main mode negotiation. While one is under way, a query waits for its end.
#[derive(WmiClass)]
#[wmi(name = "IscsiMiniport_Negotiation")]
#[wmi(guid = "4a4b1f6e-0b2f-4d0f-8a57-5c2b5a0f7d21")]
pub struct Negotiation {
    /// Negotiations that have ended so far.
    #[wmi(data_id = 1)]
    pub number: u32,
    /// Seconds that the adapter waits for an answer, from 1 to 60.
    #[wmi(data_id = 2, write)]
    pub timeout: u32,
}

/// The link was reset: a new negotiation has begun.
#[derive(WmiClass)]
#[wmi(event, name = "IscsiMiniport_LinkReset", base = "WMIEvent")]
#[wmi(guid = "b1b7c6de-5d7e-4f55-9d3c-2d7f0a3c6e42")]
pub struct LinkReset {
    /// Resets so far.
    #[wmi(data_id = 1)]
    pub resets: u32,
}
