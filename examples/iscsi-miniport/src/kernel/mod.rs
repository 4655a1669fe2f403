//! All unsafe code of the miniport: what the port driver calls. WMI's part is that of `wmi-driver`,
//! called in three places.
//!
//! `runtime` and `storport` are files that `cargo wmi new` writes.

#[path = "../../../../wmi-core/cargo-wmi/src/new/runtime.rs"]
mod runtime;
#[path = "../../../../wmi-core/cargo-wmi/src/new/storport/storport.rs"]
mod storport;

use core::ffi::{c_char, c_void};
use core::ptr;

use wmi_driver::storport::{SrbStatus, Wmi};

use self::storport::{
    HwInitializationData, PortConfigurationInformation, StorPortInitialize, TRUE, complete,
    controls, function, support_controls,
};
use crate::adapter::{Adapter, State};
use crate::provider::PROVIDER;

static DATA: HwInitializationData = HwInitializationData {
    initialize: Some(initialize),
    start_io: Some(start_io),
    find_adapter: Some(find_adapter),
    reset_bus: Some(reset_bus),
    adapter_control: Some(adapter_control),
    free_adapter_resources: Some(free_adapter_resources),
    device_extension_size: size_of::<Adapter>() as u32,
    ..HwInitializationData::VIRTUAL_MINIPORT
};

/// The kernel calls this when the miniport is loaded.
///
/// # Safety
///
/// The arguments are those of the kernel.
#[unsafe(no_mangle)]
unsafe extern "system" fn DriverEntry(driver: *mut c_void, registry_path: *mut c_void) -> i32 {
    // SAFETY: the arguments are those of `DriverEntry`, and the data says what the miniport has.
    unsafe { StorPortInitialize(driver, registry_path, &DATA, ptr::null_mut()) }
}

/// Returns the adapter in a device extension.
///
/// # Safety
///
/// `find_adapter` has written it, and `free_adapter_resources` was not called.
unsafe fn adapter<'a>(extension: *mut c_void) -> &'a Adapter {
    // SAFETY: guaranteed by the caller. All fields that change are atomic.
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
    // SAFETY: the structure is the port driver's, and the miniport's during this call.
    unsafe { (*configuration).set_virtual_adapter() };
    // SAFETY: as above.
    unsafe { again.write(0) };
    // SAFETY: this is the extension of the adapter, which stays.
    let wmi = unsafe { Wmi::adapter(&PROVIDER, extension) };
    let adapter = extension.cast::<Adapter>();
    // SAFETY: the extension has the size of an adapter.
    unsafe { (&raw mut (*adapter).wmi).write(wmi) };
    // SAFETY: as above.
    unsafe { (&raw mut (*adapter).state).write(const { State::new() }) };
    FOUND
}

/// `HwInitialize`.
unsafe extern "system" fn initialize(_: *mut c_void) -> u8 {
    TRUE
}

/// `HwStartIo`.
///
/// # Safety
///
/// As [`find_adapter`].
unsafe extern "system" fn start_io(extension: *mut c_void, srb: *mut c_void) -> u8 {
    // SAFETY: the adapter was found, and is not freed while it gets requests.
    let adapter = unsafe { adapter(extension) };
    // SAFETY: the port driver gave this SRB to the adapter.
    if unsafe { adapter.wmi.start_io(adapter, srb) } {
        return TRUE;
    }
    // SAFETY: as above.
    let status = adapter.serve(unsafe { function(srb) });
    // SAFETY: as above; it is not used any more.
    unsafe { complete(extension, srb, status) };
    TRUE
}

/// `HwResetBus`.
///
/// # Safety
///
/// As [`find_adapter`].
unsafe extern "system" fn reset_bus(extension: *mut c_void, _path: u32) -> u8 {
    // SAFETY: as in `start_io`.
    unsafe { adapter(extension) }.reset();
    TRUE
}

/// `HwAdapterControl`.
///
/// # Safety
///
/// As [`find_adapter`].
unsafe extern "system" fn adapter_control(
    extension: *mut c_void,
    control: i32,
    parameters: *mut c_void,
) -> i32 {
    match control {
        controls::QUERY_SUPPORTED => {
            let supported = [controls::QUERY_SUPPORTED, controls::STOP, controls::RESTART];
            // SAFETY: the parameters of this control are the list of those that are supported.
            unsafe { support_controls(parameters, &supported) };
            controls::SUCCESS
        }
        controls::STOP => {
            // SAFETY: as in `start_io`.
            unsafe { adapter(extension) }
                .wmi
                .abort(SrbStatus::NO_DEVICE);
            controls::SUCCESS
        }
        controls::RESTART => controls::SUCCESS,
        _ => controls::UNSUCCESSFUL,
    }
}

/// `HwFreeAdapterResources`: the adapter has nothing but its extension.
///
/// # Safety
///
/// As [`find_adapter`].
unsafe extern "system" fn free_adapter_resources(extension: *mut c_void) {
    // SAFETY: as in `start_io`; nothing is kept after this.
    unsafe { adapter(extension) }
        .wmi
        .abort(SrbStatus::NO_DEVICE);
    // SAFETY: the port driver does not use the adapter any more.
    unsafe { extension.cast::<Adapter>().drop_in_place() };
}
