//! The addresses of a target's logical units in Windows.

use wmi_core::{Count, Text, WmiClass};

/// One logical unit of a target and its number in Windows. Part of other classes, never
/// registered.
#[derive(Clone, Debug, WmiClass)]
#[wmi(
    embedded,
    generate_header = false,
    guid = "{994FF278-3512-4d9b-A241-54CEF45F5A25}"
)]
pub struct ISCSI_LUNList {
    /// The logical unit number that the target uses.
    #[wmi(data_id = 1, name = "TargetLUN", read = false)]
    pub target_lun: u64,
    /// The logical unit number that Windows uses.
    #[wmi(data_id = 2, name = "OSLUN", read = false)]
    pub os_lun: u32,
    /// Zero.
    #[wmi(data_id = 3, read = false)]
    pub reserved: u32,
}

/// The bus and target number under which Windows sees a target. Part of other classes, never
/// registered.
#[derive(Clone, Debug, WmiClass)]
#[wmi(
    embedded,
    variable,
    generate_header = false,
    guid = "{21A28820-3C4C-4944-AC4F-DA7FEBA21168}"
)]
pub struct ISCSI_TargetMapping<'a> {
    /// The SCSI bus number; 0xffffffff leaves the choice to the driver.
    #[wmi(data_id = 1, name = "OSBus", read = false)]
    pub os_bus: u32,
    /// The SCSI target number; 0xffffffff leaves the choice to the driver.
    #[wmi(data_id = 2, name = "OSTarget", read = false)]
    pub os_target: u32,
    /// The session that leads to the target.
    #[wmi(data_id = 3, read = false)]
    pub unique_session_id: u64,
    /// How many logical units follow.
    #[wmi(data_id = 4, name = "LUNCount", read = false)]
    pub lun_count: Count<u32>,
    /// The iSCSI name of the target.
    #[wmi(data_id = 5, read = false)]
    pub target_name: Text<223>,
    /// Whether the session is restored at every start of the machine.
    #[wmi(data_id = 6, read = false)]
    pub from_persistent_login: bool,
    /// Zero.
    #[wmi(data_id = 7, read = false)]
    pub reserved: u64,
    /// The logical units.
    #[wmi(data_id = 8, name = "LUNList", read = false, size_is = "lun_count")]
    pub lun_list: &'a [ISCSI_LUNList],
}
