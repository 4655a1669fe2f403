//! What the miniport needs of `storport.h` besides WMI, for 64-bit Windows.

use core::ffi::{c_char, c_int, c_void};
use core::mem::offset_of;

use wmi_driver::layout::{ScsiWmiRequestBlock, StorageRequestBlock};
use wmi_driver::storport::{SRB_EXTENSION_SIZE, SrbStatus};

pub(super) type FindAdapter = unsafe extern "system" fn(
    *mut c_void,
    *mut c_void,
    *mut c_void,
    *mut c_void,
    *const c_char,
    *mut PortConfigurationInformation,
    *mut u8,
) -> u32;

/// `HW_INITIALIZATION_DATA`.
#[repr(C)]
pub(super) struct HwInitializationData {
    pub(super) size: u32,
    pub(super) adapter_interface_type: i32,
    pub(super) initialize: Option<unsafe extern "system" fn(*mut c_void) -> u8>,
    pub(super) start_io: Option<unsafe extern "system" fn(*mut c_void, *mut c_void) -> u8>,
    pub(super) interrupt: usize,
    pub(super) find_adapter: Option<FindAdapter>,
    pub(super) reset_bus: Option<unsafe extern "system" fn(*mut c_void, u32) -> u8>,
    pub(super) dma_started: usize,
    pub(super) adapter_state: usize,
    pub(super) device_extension_size: u32,
    pub(super) specific_lu_extension_size: u32,
    pub(super) srb_extension_size: u32,
    pub(super) number_of_access_ranges: u32,
    pub(super) reserved: usize,
    pub(super) map_buffers: u8,
    pub(super) need_physical_addresses: u8,
    pub(super) tagged_queuing: u8,
    pub(super) auto_request_sense: u8,
    pub(super) multiple_request_per_lu: u8,
    pub(super) receive_event: u8,
    pub(super) vendor_id_length: u16,
    pub(super) vendor_id: usize,
    pub(super) port_version_flags: u16,
    pub(super) device_id_length: u16,
    pub(super) device_id: usize,
    pub(super) adapter_control:
        Option<unsafe extern "system" fn(*mut c_void, i32, *mut c_void) -> i32>,
    pub(super) build_io: usize,
    pub(super) free_adapter_resources: Option<unsafe extern "system" fn(*mut c_void)>,
    pub(super) process_service_request: usize,
    pub(super) complete_service_irp: usize,
    pub(super) initialize_tracing: usize,
    pub(super) cleanup_tracing: usize,
    pub(super) tracing_enabled: usize,
    pub(super) feature_support: u32,
    pub(super) srb_type_flags: u32,
    pub(super) address_type_flags: u32,
    pub(super) reserved_1: u32,
    pub(super) unit_control: usize,
}

/// `STOR_MAP_ALL_BUFFERS_INCLUDING_READ_WRITE`.
const MAP_ALL_BUFFERS: u8 = 3;

/// Any `BOOLEAN` but zero.
pub(super) const TRUE: u8 = 1;

impl HwInitializationData {
    /// The data of a virtual miniport without its routines, whose adapters have no extension.
    pub(super) const VIRTUAL_MINIPORT: Self = {
        /// `STOR_FEATURE_VIRTUAL_MINIPORT`.
        const FEATURES: u32 = 1;
        /// `SRB_TYPE_FLAG_SCSI_REQUEST_BLOCK` and `SRB_TYPE_FLAG_STORAGE_REQUEST_BLOCK`: both are
        /// understood.
        const SRB_TYPES: u32 = 1 | 2;
        /// `ADDRESS_TYPE_FLAG_BTL8`.
        const ADDRESS_TYPES: u32 = 1;
        Self {
            size: size_of::<Self>() as u32,
            adapter_interface_type: 0,
            initialize: None,
            start_io: None,
            interrupt: 0,
            find_adapter: None,
            reset_bus: None,
            dma_started: 0,
            adapter_state: 0,
            device_extension_size: 0,
            specific_lu_extension_size: 0,
            // WMI keeps a request that a handler answers later by its extension.
            srb_extension_size: SRB_EXTENSION_SIZE,
            number_of_access_ranges: 0,
            reserved: 0,
            map_buffers: MAP_ALL_BUFFERS,
            need_physical_addresses: 0,
            tagged_queuing: TRUE,
            auto_request_sense: TRUE,
            multiple_request_per_lu: TRUE,
            receive_event: 0,
            vendor_id_length: 0,
            vendor_id: 0,
            port_version_flags: 0,
            device_id_length: 0,
            device_id: 0,
            adapter_control: None,
            build_io: 0,
            free_adapter_resources: None,
            process_service_request: 0,
            complete_service_irp: 0,
            initialize_tracing: 0,
            cleanup_tracing: 0,
            tracing_enabled: 0,
            feature_support: FEATURES,
            srb_type_flags: SRB_TYPES,
            address_type_flags: ADDRESS_TYPES,
            reserved_1: 0,
            unit_control: 0,
        }
    };
}

/// `PORT_CONFIGURATION_INFORMATION`, as far as the miniport writes it. The port driver allocates it.
#[repr(C)]
pub(super) struct PortConfigurationInformation {
    reserved: [u32; 6],
    pub(super) maximum_transfer_length: u32,
    reserved_1: [u32; 5],
    pub(super) alignment_mask: u32,
    reserved_2: [u32; 5],
    pub(super) number_of_buses: u8,
    reserved_3: [u8; 8],
    pub(super) scatter_gather: u8,
    reserved_4: [u8; 7],
    pub(super) map_buffers: u8,
    reserved_5: [u8; 7],
    pub(super) maximum_number_of_targets: u8,
    reserved_6: [u8; 48],
    pub(super) maximum_number_of_logical_units: u8,
    /// The port driver has set it, and the miniport does not change it.
    pub(super) wmi_data_provider: u8,
    pub(super) synchronization_model: i32,
    reserved_7: [u8; 44],
    pub(super) virtual_device: u8,
}

impl PortConfigurationInformation {
    /// Describes a virtual adapter with room for one unit.
    pub(super) const fn set_virtual_adapter(&mut self) {
        /// `SP_UNINITIALIZED_VALUE`: any length.
        const ANY: u32 = u32::MAX;
        /// `StorSynchronizeFullDuplex`.
        const FULL_DUPLEX: i32 = 1;
        self.maximum_transfer_length = ANY;
        self.alignment_mask = 3;
        self.number_of_buses = 1;
        self.scatter_gather = TRUE;
        self.map_buffers = MAP_ALL_BUFFERS;
        self.maximum_number_of_targets = 1;
        self.maximum_number_of_logical_units = 1;
        self.synchronization_model = FULL_DUPLEX;
        self.virtual_device = TRUE;
    }
}

const _: () = {
    assert!(size_of::<HwInitializationData>() == 208);
    assert!(offset_of!(HwInitializationData, initialize) == 0x08);
    assert!(offset_of!(HwInitializationData, start_io) == 0x10);
    assert!(offset_of!(HwInitializationData, find_adapter) == 0x20);
    assert!(offset_of!(HwInitializationData, reset_bus) == 0x28);
    assert!(offset_of!(HwInitializationData, device_extension_size) == 0x40);
    assert!(offset_of!(HwInitializationData, srb_extension_size) == 0x48);
    assert!(offset_of!(HwInitializationData, map_buffers) == 0x58);
    assert!(offset_of!(HwInitializationData, tagged_queuing) == 0x5a);
    assert!(offset_of!(HwInitializationData, vendor_id_length) == 0x5e);
    assert!(offset_of!(HwInitializationData, port_version_flags) == 0x68);
    assert!(offset_of!(HwInitializationData, adapter_control) == 0x78);
    assert!(offset_of!(HwInitializationData, free_adapter_resources) == 0x88);
    assert!(offset_of!(HwInitializationData, feature_support) == 0xb8);
    assert!(offset_of!(HwInitializationData, srb_type_flags) == 0xbc);
    assert!(offset_of!(HwInitializationData, unit_control) == 0xc8);
    assert!(offset_of!(PortConfigurationInformation, maximum_transfer_length) == 0x18);
    assert!(offset_of!(PortConfigurationInformation, alignment_mask) == 0x30);
    assert!(offset_of!(PortConfigurationInformation, number_of_buses) == 0x48);
    assert!(offset_of!(PortConfigurationInformation, scatter_gather) == 0x51);
    assert!(offset_of!(PortConfigurationInformation, map_buffers) == 0x59);
    assert!(offset_of!(PortConfigurationInformation, maximum_number_of_targets) == 0x61);
    assert!(
        offset_of!(
            PortConfigurationInformation,
            maximum_number_of_logical_units
        ) == 0x92
    );
    assert!(offset_of!(PortConfigurationInformation, wmi_data_provider) == 0x93);
    assert!(offset_of!(PortConfigurationInformation, synchronization_model) == 0x94);
    assert!(offset_of!(PortConfigurationInformation, virtual_device) == 0xc4);
};

/// The controls of `HwAdapterControl`.
pub(super) mod controls {
    pub(crate) const QUERY_SUPPORTED: i32 = 0;
    pub(crate) const STOP: i32 = 1;
    pub(crate) const RESTART: i32 = 2;
    /// Its results.
    pub(crate) const SUCCESS: i32 = 0;
    pub(crate) const UNSUCCESSFUL: i32 = 1;
}

/// Tells the port driver which controls the miniport has.
///
/// # Safety
///
/// The list is a `SCSI_SUPPORTED_CONTROL_TYPE_LIST`: the number of entries, and a byte for each.
pub(super) unsafe fn support_controls(list: *mut c_void, controls: &[i32]) {
    // SAFETY: guaranteed by the caller.
    let count = unsafe { list.cast::<u32>().read() };
    for control in controls {
        let control = control.unsigned_abs();
        if control < count {
            // SAFETY: the list has this many entries.
            unsafe { list.byte_add(4 + control as usize).cast::<u8>().write(TRUE) };
        }
    }
}

const SRB_FUNCTION_STORAGE_REQUEST_BLOCK: u8 = 0x28;

/// Returns the function of an SRB of either kind.
///
/// # Safety
///
/// The SRB is that of `HwStartIo`.
pub(super) unsafe fn function(srb: *mut c_void) -> u32 {
    // SAFETY: guaranteed by the caller; both kinds have a function here.
    let function = unsafe { (*srb.cast::<ScsiWmiRequestBlock>()).function };
    if function != SRB_FUNCTION_STORAGE_REQUEST_BLOCK {
        return function.into();
    }
    // SAFETY: the function says that the SRB is of this kind.
    unsafe { (*srb.cast::<StorageRequestBlock>()).srb_function }
}

/// Completes an SRB without data.
///
/// # Safety
///
/// The SRB is that of `HwStartIo` of the adapter with this extension, which does not use it any more.
pub(super) unsafe fn complete(extension: *mut c_void, srb: *mut c_void, status: SrbStatus) {
    const REQUEST_COMPLETE: c_int = 0;
    // SAFETY: guaranteed by the caller; both kinds have their status here.
    unsafe { (*srb.cast::<ScsiWmiRequestBlock>()).srb_status = status.value() };
    // SAFETY: guaranteed by the caller.
    unsafe { StorPortNotification(REQUEST_COMPLETE, extension, srb) };
}

#[cfg_attr(
    windows,
    link(name = "storport.sys", kind = "raw-dylib", modifiers = "+verbatim")
)]
unsafe extern "system" {
    pub(super) fn StorPortInitialize(
        driver: *mut c_void,
        registry_path: *mut c_void,
        data: *const HwInitializationData,
        context: *mut c_void,
    ) -> i32;
}

#[cfg_attr(
    windows,
    link(name = "storport.sys", kind = "raw-dylib", modifiers = "+verbatim")
)]
unsafe extern "C" {
    fn StorPortNotification(kind: c_int, extension: *mut c_void, ...);
}
