//! All unsafe code of the driver: its entry and its devices, on the framework.

mod runtime;
mod wdf;

use core::ffi::c_void;
use core::ptr;

use wmi_driver::kmdf::{Wmi, check_sets};
use wmi_driver::layout::{DriverObject, UnicodeString};

use self::wdf::{
    ContextType, DriverConfig, Handle, NtStatus, ObjectAttributes, PnpPowerCallbacks, PowerState,
    SUCCESS,
};
use {{crate}}::provider::{Device, PROVIDER};

/// The context of a device, which the framework keeps.
struct Context {
    device: Device,
    /// WMI, once the device is created.
    wmi: Option<Wmi<Device>>,
}

static CONTEXT: ContextType = ContextType {
    size: size_of::<ContextType>() as u32,
    name: c"Context".as_ptr(),
    context_size: size_of::<Context>(),
    unique_type: &raw const CONTEXT,
    get_unique_type: ptr::null(),
};

/// The kernel calls this when the driver is loaded.
///
/// # Safety
///
/// The arguments are those of the kernel.
#[unsafe(no_mangle)]
unsafe extern "system" fn DriverEntry(
    driver: *mut DriverObject,
    registry_path: *const UnicodeString,
) -> NtStatus {
    let entry = || {
        let config = DriverConfig::new(device_add);
        // SAFETY: all pointers are valid during the call.
        unsafe { wdf::create_driver(driver, registry_path, ptr::null(), &config, ptr::null_mut()) }
    };
    // SAFETY: the arguments are those of the kernel.
    unsafe { wdf::start(driver, registry_path, entry) }
}

/// `EvtDriverDeviceAdd`: the framework calls this for each device that the driver is installed for.
///
/// # Safety
///
/// The arguments are those of the framework, as in all callbacks.
unsafe extern "system" fn device_add(_: Handle, mut init: *mut c_void) -> NtStatus {
    let callbacks = PnpPowerCallbacks {
        d0_entry: Some(d0_entry),
        ..PnpPowerCallbacks::new()
    };
    // SAFETY: the framework copies the structure.
    unsafe { wdf::set_pnp_power_callbacks(init, &callbacks) };
    let (functions, globals) = (wdf::functions(), wdf::globals());
    // SAFETY: the table is the framework's, and the device is not created yet.
    if let Err(status) = unsafe { check_sets(functions, globals, init) } {
        return status.value() as i32;
    }
    let attributes = ObjectAttributes {
        context_type: &CONTEXT,
        ..ObjectAttributes::new()
    };
    let mut device = ptr::null_mut();
    // SAFETY: all pointers are valid during the call.
    let status = unsafe { wdf::create_device(&mut init, &attributes, &mut device) };
    if status < SUCCESS {
        return status;
    }
    // SAFETY: the device has a context of this type.
    let context = unsafe { wdf::context(device, &CONTEXT) }.cast::<Context>();
    let content = Context {
        device: Device::idle(),
        wmi: None,
    };
    // SAFETY: nobody uses the context before the device has started.
    unsafe { context.write(content) };
    // SAFETY: as above.
    let own = unsafe { &raw const (*context).device };
    // SAFETY: the table is the framework's, and the context lives as long as the device.
    match unsafe { Wmi::create(&PROVIDER, functions, globals, device, own) } {
        // SAFETY: nobody else uses this member before the device has started.
        Ok(wmi) => unsafe { (*context).wmi = Some(wmi) },
        Err(status) => return status.value() as i32,
    }
    SUCCESS
}

/// `EvtDeviceD0Entry`: the device is powered up. The driver counts this, in place of work of its own.
///
/// # Safety
///
/// The arguments are those of the framework.
unsafe extern "system" fn d0_entry(device: Handle, _: PowerState) -> NtStatus {
    // SAFETY: the device is one of `device_add`, which has written its context.
    let context = unsafe { &*wdf::context(device, &CONTEXT).cast::<Context>() };
    if let (Some(event), Some(wmi)) = (context.device.count_request(), &context.wmi) {
        // There is nobody to tell of a failure, and WMI drops events when its queue is full.
        let _ = wmi.send(&context.device.limit_exceeded, 0, &event);
    }
    SUCCESS
}
