//! The driver: its entry, its devices, and the timer that measures.

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use wmi_driver::kmdf::{Wmi, check_sets};
use wmi_driver::layout::{DriverObject, UnicodeString};

use crate::thermometer::{Device, PROVIDER};
use crate::timer::{self, TimerConfig};
use crate::wdf::{
    self, ContextType, DriverConfig, Handle, NtStatus, ObjectAttributes, PnpPowerCallbacks, SUCCESS,
};

/// What the framework keeps with the device.
struct Context {
    device: Device,
    timer: AtomicPtr<c_void>,
    is_measuring: AtomicBool,
}

static CONTEXT: ContextType = ContextType {
    size: size_of::<ContextType>() as u32,
    name: c"Context".as_ptr(),
    context_size: size_of::<Context>(),
    unique_type: &raw const CONTEXT,
    get_unique_type: ptr::null(),
};

/// A second, relative to now.
const SECOND: i64 = -10_000_000;

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
        self_managed_io_init: Some(resume),
        self_managed_io_suspend: Some(suspend),
        self_managed_io_restart: Some(resume),
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
        device: Device::new(),
        timer: AtomicPtr::new(ptr::null_mut()),
        is_measuring: AtomicBool::new(false),
    };
    // SAFETY: nobody uses the context before the device has started.
    unsafe { context.write(content) };
    // SAFETY: as above.
    let own = unsafe { &raw mut (*context).device };

    // SAFETY: the table is the framework's, and the context lives as long as the device.
    match unsafe { Wmi::create(&PROVIDER, functions, globals, device, own) } {
        // SAFETY: nobody else uses the context before the device has started.
        Ok(wmi) => unsafe { (*own).wmi = Some(wmi) },
        Err(status) => return status.value() as i32,
    }

    let config = TimerConfig {
        size: size_of::<TimerConfig>() as u32,
        function: Some(measure),
        period: 0,
        automatic_serialization: 0,
        tolerable_delay: 0,
        use_high_resolution: 0,
    };
    // Events are fired at `APC_LEVEL` or lower.
    let attributes = ObjectAttributes {
        parent: device,
        execution_level: timer::PASSIVE,
        ..ObjectAttributes::new()
    };
    let mut timer = ptr::null_mut();
    // SAFETY: all pointers are valid during the call.
    let status = unsafe { timer::create_timer(&config, &attributes, &mut timer) };
    // SAFETY: the context is written.
    unsafe { &(*context).timer }.store(timer, Ordering::Release);
    status
}

/// # Safety
///
/// The device is one of [`device_add`].
unsafe fn context_of<'a>(device: Handle) -> &'a Context {
    // SAFETY: guaranteed by the caller.
    let context = unsafe { wdf::context(device, &CONTEXT) };
    // SAFETY: the context was written before the device has started.
    unsafe { &*context.cast::<Context>() }
}

/// `EvtDeviceSelfManagedIoInit` and `EvtDeviceSelfManagedIoRestart`: starts to measure.
unsafe extern "system" fn resume(device: Handle) -> NtStatus {
    // SAFETY: the argument is that of the framework.
    let context = unsafe { context_of(device) };
    context.is_measuring.store(true, Ordering::SeqCst);
    // SAFETY: the timer is one of the framework.
    unsafe { timer::start_timer(context.timer.load(Ordering::Acquire), SECOND) };
    SUCCESS
}

/// `EvtDeviceSelfManagedIoSuspend`: stops to measure.
unsafe extern "system" fn suspend(device: Handle) -> NtStatus {
    // SAFETY: the argument is that of the framework.
    let context = unsafe { context_of(device) };
    context.is_measuring.store(false, Ordering::SeqCst);
    let timer = context.timer.load(Ordering::Acquire);
    // The first call waits for a measurement that may have started the timer once more.
    for _ in 0..2 {
        // SAFETY: the timer is one of the framework, and this is not its function.
        unsafe { timer::stop_timer(timer, 1) };
    }
    SUCCESS
}

/// `EvtTimerFunc`, at `PASSIVE_LEVEL`.
unsafe extern "system" fn measure(timer: Handle) {
    // SAFETY: the argument is that of the framework.
    let device = unsafe { timer::timer_parent(timer) };
    // SAFETY: the parent is the device.
    let context = unsafe { context_of(device) };
    context.device.measure();
    if context.is_measuring.load(Ordering::SeqCst) {
        // SAFETY: the timer is one of the framework.
        unsafe { timer::start_timer(timer, SECOND) };
    }
}
