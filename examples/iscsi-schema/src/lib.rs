//! The iSCSI performance classes that Windows storage miniport drivers publish for the performance
//! monitor, as annotated structs.
//!
//! Depend on this crate from the driver and, for the MOF, from its build script.
//!
//! | class | counts | instance names |
//! |---|---|---|
//! | [`MSiSCSI_MMIPSECStats`] | IPsec main mode | the PDO's, one instance |
//! | [`MSiSCSI_QMIPSECStats`] | IPsec quick mode | the PDO's, one instance |
//! | [`MSiSCSI_ConnectionStatistics`] | traffic of a connection | dynamic, `targetname_#:#` |
//! | [`MSiSCSI_SessionStatistics`] | traffic and errors of a session | dynamic, `targetname_#` |
//! | [`MSiSCSI_InitiatorLoginStatistics`] | logins and logouts | the PDO's |
//! | [`MSiSCSI_InitiatorInstanceStatistics`] | sessions that failed | the PDO's |
//! | [`MSiSCSI_NICPerformance`] | traffic of a port | the PDO's, an instance per port |
//! | [`MSiSCSI_RequestTimeStatistics`] | how long requests take | dynamic, `targetname_#:#` |
//!
//! In dynamic names the first `#` is the session's number, the second the connection's. The
//! `ISCSI_` structures are parts of classes that configure sessions. A Windows header declares
//! them, so no declarations are generated for them.

#![no_std]
// Class names are Microsoft's.
#![allow(non_camel_case_types)]

mod address;
mod connection_statistics;
mod initiator_instance_statistics;
mod initiator_login_statistics;
mod login_options;
mod mm_ipsec_stats;
mod nic_performance;
mod qm_ipsec_stats;
mod request_time_statistics;
mod session_statistics;
mod target_mapping;

use wmi_core::WmiClass;
use wmi_core::schema::Schema;

pub use address::{
    AddressType, ISCSI_IP_Address, ISCSI_IP_AddressItems, ISCSI_TargetPortal,
    ISCSI_TargetPortalGroup, ISCSI_TargetPortalGroupView, ISCSI_TargetPortalItems,
};
pub use connection_statistics::{MSiSCSI_ConnectionStatistics, MSiSCSI_ConnectionStatisticsItems};
pub use initiator_instance_statistics::{
    MSiSCSI_InitiatorInstanceStatistics, MSiSCSI_InitiatorInstanceStatisticsItems,
};
pub use initiator_login_statistics::{
    MSiSCSI_InitiatorLoginStatistics, MSiSCSI_InitiatorLoginStatisticsItems,
};
pub use login_options::{
    AuthType, DigestType, ISCSI_LoginOptions, ISCSI_LoginOptionsItems, LoginFlag, LoginOption,
};
pub use mm_ipsec_stats::{MSiSCSI_MMIPSECStats, MSiSCSI_MMIPSECStatsItems};
pub use nic_performance::{MSiSCSI_NICPerformance, MSiSCSI_NICPerformanceItems};
pub use qm_ipsec_stats::{MSiSCSI_QMIPSECStats, MSiSCSI_QMIPSECStatsItems};
pub use request_time_statistics::{
    MSiSCSI_RequestTimeStatistics, MSiSCSI_RequestTimeStatisticsItems,
};
pub use session_statistics::{MSiSCSI_SessionStatistics, MSiSCSI_SessionStatisticsItems};
pub use target_mapping::{
    ISCSI_LUNList, ISCSI_LUNListItems, ISCSI_TargetMapping, ISCSI_TargetMappingView,
};

/// All classes, in the order of the MOF file.
pub const SCHEMA: Schema<'static> = Schema::new(&[
    ISCSI_IP_Address::CLASS,
    ISCSI_TargetPortal::CLASS,
    ISCSI_TargetPortalGroup::CLASS,
    ISCSI_LoginOptions::CLASS,
    ISCSI_LUNList::CLASS,
    ISCSI_TargetMapping::CLASS,
    MSiSCSI_MMIPSECStats::CLASS,
    MSiSCSI_QMIPSECStats::CLASS,
    MSiSCSI_ConnectionStatistics::CLASS,
    MSiSCSI_SessionStatistics::CLASS,
    MSiSCSI_InitiatorLoginStatistics::CLASS,
    MSiSCSI_InitiatorInstanceStatistics::CLASS,
    MSiSCSI_NICPerformance::CLASS,
    MSiSCSI_RequestTimeStatistics::CLASS,
]);
