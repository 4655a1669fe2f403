//! The classes that Windows itself declares in `root\wmi`. Owns the bases from which a driver's
//! class may derive without declaring them, and the names of blocks that it must not declare.
//!
//! Source: `wmicore.mof`, the MOF of the kernel's own providers.

/// The base classes on every machine.
///
/// All except the first two and those of performance data are empty: deriving from them does not
/// change item ids or the layout. The last ones are blocks without items.
pub const BASES: &[&str] = &[
    "WMIEvent",
    "__ExtrinsicEvent",
    "Win32_PerfRawData",
    "Win32_PerfFormattedData",
    "EventTrace",
    "MS_SmBios",
    "MS_WmiInternal",
    "MSAcpi",
    "MSAgp",
    "MSChangerDriver",
    "MSDeviceUI",
    "MSDiskDriver",
    "MSIde",
    "MSKernelPpmClass",
    "MSKeyboard",
    "MSMCAInfo",
    "MSMonitorClass",
    "MSMouse",
    "MSNdis",
    "MSParallel",
    "MSPower",
    "MSRedbook",
    "MSSerial",
    "MSStorageDriver",
    "MSTapeDriver",
    "WHEA",
    "MSMCAEvent_SwitchToCMCPolling",
    "MSMCAEvent_SwitchToCPEPolling",
    "MSNdis_NdisEnumerateVc",
    "MSNdis_NotifyFilterArrival",
    "MSNdis_NotifyFilterRemoval",
    "MSNdis_NotifyVcArrival",
    "MSNdis_NotifyVcRemoval",
    "MSNdis_StatusMediaConnect",
    "MSNdis_StatusMediaDisconnect",
    "MSNdis_StatusResetEnd",
    "MSNdis_StatusResetStart",
];

/// The data and event blocks that Windows declares for all drivers.
const BLOCKS: &[&str] = &[
    "MSAcpi_ThermalZoneTemperature",
    "MSAgp_Information",
    "MSChangerParameters",
    "MSChangerProblemDeviceError",
    "MSChangerProblemEvent",
    "MSDeviceUI_FirmwareRevision",
    "MSDiskDriver_Geometry",
    "MSDiskDriver_Performance",
    "MSIde_PortDeviceInfo",
    "MSKeyboard_ClassInformation",
    "MSKeyboard_ExtendedID",
    "MSKeyboard_PortInformation",
    "MSMouse_ClassInformation",
    "MSMouse_PortInformation",
    "MSParallel_AllocFreeCounts",
    "MSParallel_DeviceBytesTransferred",
    "MSPower_DeviceEnable",
    "MSPower_DeviceWakeEnable",
    "MSSerial_CommInfo",
    "MSSerial_CommProperties",
    "MSSerial_HardwareConfiguration",
    "MSSerial_PerformanceInformation",
    "MSSerial_PortName",
    "MSSmBios_RawSMBiosTables",
    "MSSmBios_SMBiosEventlog",
    "MSSmBios_Sysid1394List",
    "MSSmBios_SysidUUIDList",
    "MSStorageDriver_ATAPISmartData",
    "MSStorageDriver_FailurePredictData",
    "MSStorageDriver_FailurePredictEvent",
    "MSStorageDriver_FailurePredictFunction",
    "MSStorageDriver_FailurePredictStatus",
    "MSStorageDriver_FailurePredictThresholds",
    "MSStorageDriver_ScsiInfoExceptions",
    "MSTapeDriveParam",
    "MSTapeDriveProblemEvent",
    "MSTapeMediaCapacity",
    "MSTapeProblemDeviceError",
    "MSTapeProblemIoError",
    "MSTapeSymbolicName",
    "MSWmi_GuidRegistrationInfo",
    "MSWmi_MofData",
    "MSWmi_PnPDeviceId",
    "MSWmi_PnPInstanceNames",
    "MSWmi_ProviderInfo",
    "ProcessorPerformance",
    "WmiMonitorBasicDisplayParams",
    "WmiMonitorBrightness",
    "WmiMonitorBrightnessEvent",
    "WmiMonitorBrightnessMethods",
    "WmiMonitorColorCharacteristics",
    "WmiMonitorConnectionParams",
    "WmiMonitorDescriptorMethods",
    "WmiMonitorID",
    "WmiMonitorListedFrequencyRanges",
    "WmiMonitorListedSupportedSourceModes",
    "WmiMonitorRawEEdidV1Block",
];

/// The length of the longest name of a block.
const LONGEST: usize = {
    let mut longest = 0;
    let mut rest = BLOCKS;
    while let [first, others @ ..] = rest {
        if first.len() > longest {
            longest = first.len();
        }
        rest = others;
    }
    longest
};

/// The prefix of the NDIS blocks, about two hundred.
const NDIS: &str = "MSNdis_";

/// Returns whether the name, in any case, is a base class on every machine.
#[must_use]
pub const fn is_base(name: &str) -> bool {
    contains(BASES, name)
}

/// Returns whether Windows declares a data or event block of this name, in any case. A driver may
/// answer for such a block's GUID, for example `MSPower_DeviceEnable`, but must leave its MOF to
/// Windows.
#[must_use]
pub const fn is_standard_block(name: &str) -> bool {
    // Two letters decide most names, which saves steps at compile time.
    match name.as_bytes() {
        [b'M' | b'm', b'S' | b's', ..]
        | [b'W' | b'w', b'M' | b'm', ..]
        | [b'P' | b'p', b'R' | b'r', ..] => {
            starts_with(name, NDIS) || name.len() <= LONGEST && contains(BLOCKS, name)
        }
        _ => false,
    }
}

const fn contains(mut names: &[&str], name: &str) -> bool {
    while let [first, others @ ..] = names {
        if first.len() == name.len() && starts_with(name, first) {
            return true;
        }
        names = others;
    }
    false
}

const fn starts_with(name: &str, start: &str) -> bool {
    let (mut name, mut start) = (name.as_bytes(), start.as_bytes());
    while let [first, rest @ ..] = start {
        let [given, others @ ..] = name else {
            return false;
        };
        if !given.eq_ignore_ascii_case(first) {
            return false;
        }
        (start, name) = (rest, others);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_known_in_any_case() {
        assert!(is_base("msndis") && is_base("WmiEvent") && is_base("WHEA"));
        assert!(is_base("MSNdis_StatusMediaConnect") && !is_base("MSNdis_LinkSpeed"));
        assert!(!is_base("MSNdis_") && !is_base("MSNdi") && !is_base("Vendor_Base"));
    }

    #[test]
    fn blocks_of_windows_are_known_in_any_case() {
        for name in ["MSPower_DeviceEnable", "msndis_linkspeed", "WMIMONITORID"] {
            assert!(is_standard_block(name), "{name}");
        }
        for name in [
            "MSiSCSI_MMIPSECStats",
            "MSStorageDriver_SenseData",
            "WMIEvent",
            "MSNdis",
        ] {
            assert!(!is_standard_block(name), "{name}");
        }
    }
}
