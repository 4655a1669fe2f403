//! All unsafe code of the miniport: what the port driver calls.

mod runtime;
mod storport;

use core::ffi::{c_char, c_void};
use core::ptr;

use wmi_driver::storport::{SRB_EXTENSION_SIZE, SrbStatus, Wmi};

use self::storport::{
    HwInitializationData, PortConfigurationInformation, StorPortInitialize, complete, function,
};
use {{crate}}::provider::{Device, PROVIDER};

/// `STOR_FEATURE_VIRTUAL_MINIPORT`.
const VIRTUAL_MINIPORT: u32 = 1;
/// `STOR_MAP_ALL_BUFFERS_INCLUDING_READ_WRITE`.
const MAP_ALL_BUFFERS: u8 = 3;
/// `SRB_TYPE_FLAG_SCSI_REQUEST_BLOCK` and `SRB_TYPE_FLAG_STORAGE_REQUEST_BLOCK`: both are understood.
const SRB_TYPES: u32 = 1 | 2;
/// `ADDRESS_TYPE_FLAG_BTL8`.
const ADDRESS_TYPES: u32 = 1;

/// Any `BOOLEAN` but zero.
const TRUE: u8 = 1;

/// The content of the device extension of an adapter.
struct Adapter {
    device: Device,
    wmi: Wmi<Device>,
}

static DATA: HwInitializationData = HwInitializationData {
    size: size_of::<HwInitializationData>() as u32,
    adapter_interface_type: 0,
    initialize: Some(initialize),
    start_io: Some(start_io),
    interrupt: 0,
    find_adapter: Some(find_adapter),
    reset_bus: Some(reset_bus),
    dma_started: 0,
    adapter_state: 0,
    device_extension_size: size_of::<Adapter>() as u32,
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
    adapter_control: Some(adapter_control),
    build_io: 0,
    free_adapter_resources: Some(free_adapter_resources),
    process_service_request: 0,
    complete_service_irp: 0,
    initialize_tracing: 0,
    cleanup_tracing: 0,
    tracing_enabled: 0,
    feature_support: VIRTUAL_MINIPORT,
    srb_type_flags: SRB_TYPES,
    address_type_flags: ADDRESS_TYPES,
    reserved_1: 0,
    unit_control: 0,
};

/// The kernel calls this when the miniport is loaded.
///
/// # Safety
///
/// The arguments are those of the kernel.
#[unsafe(no_mangle)]
unsafe extern "system" fn DriverEntry(driver: *mut c_void, registry_path: *mut c_void) -> i32 {
    // SAFETY: the arguments are those of `DriverEntry`, and the data names this miniport's routines.
    unsafe { StorPortInitialize(driver, registry_path, &DATA, ptr::null_mut()) }
}

/// Returns the adapter in a device extension.
///
/// # Safety
///
/// `find_adapter` has written it, and `free_adapter_resources` was not called.
unsafe fn adapter<'a>(extension: *mut c_void) -> &'a Adapter {
    // SAFETY: the caller's. All fields that change are atomic.
    unsafe { &*extension.cast() }
}

/// `HwFindAdapter`, with the arguments of a virtual miniport.
///
/// # Safety
///
/// The arguments are those of the port driver, as in each of its routines.
unsafe extern "system" fn find_adapter(
    extension: *mut c_void,
    _pdo: *mut c_void,
    _fdo: *mut c_void,
    _lower: *mut c_void,
    _arguments: *const c_char,
    configuration: *mut PortConfigurationInformation,
    again: *mut u8,
) -> u32 {
    /// `SP_RETURN_FOUND`.
    const FOUND: u32 = 1;
    /// `SP_UNINITIALIZED_VALUE`: any length.
    const ANY: u32 = u32::MAX;
    /// `StorSynchronizeFullDuplex`.
    const FULL_DUPLEX: i32 = 1;
    // SAFETY: the structure is the port driver's, and the miniport's during this call.
    unsafe {
        (*configuration).maximum_transfer_length = ANY;
        (*configuration).alignment_mask = 3;
        (*configuration).number_of_buses = 1;
        (*configuration).scatter_gather = TRUE;
        (*configuration).map_buffers = MAP_ALL_BUFFERS;
        (*configuration).maximum_number_of_targets = 1;
        (*configuration).maximum_number_of_logical_units = 1;
        (*configuration).synchronization_model = FULL_DUPLEX;
        (*configuration).virtual_device = TRUE;
    }
    // SAFETY: as above.
    unsafe { again.write(0) };
    // SAFETY: the extension has the size of an adapter.
    let device = unsafe { &raw mut (*extension.cast::<Adapter>()).device };
    // SAFETY: as above.
    unsafe { device.write(Device::idle()) };
    // SAFETY: this is the extension of the adapter, which stays.
    let wmi = unsafe { Wmi::adapter(&PROVIDER, extension) };
    // SAFETY: as above.
    unsafe { (&raw mut (*extension.cast::<Adapter>()).wmi).write(wmi) };
    FOUND
}

/// `HwInitialize`.
unsafe extern "system" fn initialize(_: *mut c_void) -> u8 {
    TRUE
}

/// `HwStartIo`. The miniport counts its requests, in place of work of its own.
///
/// # Safety
///
/// As for [`find_adapter`].
unsafe extern "system" fn start_io(extension: *mut c_void, srb: *mut c_void) -> u8 {
    // SAFETY: the adapter was found, and is not freed while it gets requests.
    let Adapter { device, wmi } = unsafe { adapter(extension) };
    if let Some(event) = device.count_request() {
        // There is nobody to tell of a failure, and WMI drops events when its queue is full.
        let _ = wmi.send(&device.limit_exceeded, 0, &event);
    }
    // SAFETY: the port driver gave this SRB to the adapter.
    if unsafe { wmi.start_io(device, srb) } {
        return TRUE;
    }
    // SAFETY: as above.
    let status = serve(unsafe { function(srb) });
    // SAFETY: as above; it is not used any more.
    unsafe { complete(extension, srb, status) };
    TRUE
}

/// Returns the status of an SRB with this function, which is not one of WMI. The adapter has no units.
/// Source of the functions: `srb.h`.
fn serve(function: u32) -> SrbStatus {
    const EXECUTE_SCSI: u32 = 0x00;
    const SHUTDOWN: u32 = 0x07;
    const FLUSH: u32 = 0x08;
    const RESET_BUS: u32 = 0x12;
    const RESET_DEVICE: u32 = 0x13;
    const RESET_LOGICAL_UNIT: u32 = 0x20;
    const POWER: u32 = 0x24;
    const PNP: u32 = 0x25;
    match function {
        EXECUTE_SCSI => SrbStatus::NO_DEVICE,
        SHUTDOWN | FLUSH | RESET_BUS | RESET_DEVICE | RESET_LOGICAL_UNIT | POWER | PNP => {
            SrbStatus::SUCCESS
        }
        _ => SrbStatus::INVALID_REQUEST,
    }
}

/// `HwResetBus`.
///
/// # Safety
///
/// As for [`find_adapter`].
unsafe extern "system" fn reset_bus(extension: *mut c_void, _path: u32) -> u8 {
    // SAFETY: as in `start_io`.
    unsafe { adapter(extension) }.wmi.abort(SrbStatus::ABORTED);
    TRUE
}

/// `HwAdapterControl`.
///
/// # Safety
///
/// As for [`find_adapter`].
unsafe extern "system" fn adapter_control(
    extension: *mut c_void,
    control: i32,
    parameters: *mut c_void,
) -> i32 {
    const QUERY_SUPPORTED: i32 = 0;
    const STOP: i32 = 1;
    const RESTART: i32 = 2;
    const SUCCESS: i32 = 0;
    const UNSUCCESSFUL: i32 = 1;
    match control {
        QUERY_SUPPORTED => {
            // SCSI_SUPPORTED_CONTROL_TYPE_LIST: the number of entries, and a byte for each.
            // SAFETY: the parameters are such a list.
            let count = unsafe { parameters.cast::<u32>().read() };
            for kind in [QUERY_SUPPORTED, STOP, RESTART] {
                if kind.unsigned_abs() < count {
                    // SAFETY: the list has this many entries.
                    unsafe {
                        parameters
                            .byte_add(4 + kind as usize)
                            .cast::<u8>()
                            .write(TRUE)
                    };
                }
            }
            SUCCESS
        }
        STOP => {
            // SAFETY: as in `start_io`.
            let wmi = unsafe { &adapter(extension).wmi };
            wmi.abort(SrbStatus::NO_DEVICE);
            SUCCESS
        }
        RESTART => SUCCESS,
        _ => UNSUCCESSFUL,
    }
}

/// `HwFreeAdapterResources`: the adapter has nothing but its extension.
///
/// # Safety
///
/// As for [`find_adapter`].
unsafe extern "system" fn free_adapter_resources(extension: *mut c_void) {
    // SAFETY: as in `start_io`; nothing is kept after this.
    let wmi = unsafe { &adapter(extension).wmi };
    wmi.abort(SrbStatus::NO_DEVICE);
    // SAFETY: the port driver does not use the adapter any more.
    unsafe { extension.cast::<Adapter>().drop_in_place() };
}
