//! `wdfldr.sys` and the framework behind it: one driver with one device, which lives as the framework
//! says.
//!
//! The fake framework of `wmi-driver` creates the objects of WMI, answers its requests and checks the
//! driver. Added here is what only a loaded image needs: the binding, the driver object, the device's
//! context and callbacks, and timers, which run when the test program says so. What is read of the
//! driver's structures is read by its offset in the headers of the framework.

use core::ffi::c_void;
use core::mem::transmute;
use core::ptr;
use core::sync::atomic::Ordering;
use std::boxed::Box;
use std::sync::{Mutex, PoisonError};
use std::vec::Vec;

use windows_sys::Wdk::Foundation::DRIVER_OBJECT;
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS, UNICODE_STRING,
};
use wmi_core::provider::Minor;
use wmi_core::{Guid, NtStatus};
use wmi_driver::fake::{IrpRequest, Kernel, KernelHandle, WdfDevice, WdfDeviceInit};

use crate::control::{FORWARDED, expect, violation};
use crate::memory::Buffer;
use crate::protocol::{
    STEP_ADD, STEP_REMOVE, STEP_START, STEP_SURPRISE_REMOVAL, STEP_TIMERS, Send, Sent, Step,
};
use crate::{checked, wmi};

/// Functions of version 1.15.
const FUNCTIONS: usize = 444;
/// Bytes of `WDF_DRIVER_GLOBALS`, and where `DisplaceDriverUnload` is in it.
const GLOBALS_SIZE: usize = 56;
const DISPLACE_DRIVER_UNLOAD: usize = 0x30;
/// Bytes of `WDF_BIND_INFO`, and places in it.
const BIND_INFO_SIZE: u32 = 48;
const BIND_COMPONENT: usize = 8;
const BIND_VERSION: usize = 0x10;
const BIND_FUNCTION_COUNT: usize = 0x1c;
const BIND_FUNCTION_TABLE: usize = 0x20;

/// Places in `WDF_PNPPOWER_EVENT_CALLBACKS`.
const SELF_MANAGED_IO_INIT: usize = 0x48;
const SELF_MANAGED_IO_SUSPEND: usize = 0x50;

type Callback = unsafe extern "system" fn(*mut c_void) -> NTSTATUS;
type DeviceAdd = unsafe extern "system" fn(*mut c_void, *mut c_void) -> NTSTATUS;

/// The driver that is bound.
struct Bound {
    kernel: KernelHandle,
    globals: Box<[u8; GLOBALS_SIZE]>,
    _table: Box<[*const c_void; FUNCTIONS]>,
    info: usize,
    device_add: Option<DeviceAdd>,
    /// In `EvtDriverDeviceAdd`: what it was called with, and the kernel of its thread.
    init: Option<WdfDeviceInit>,
    adding: *const Kernel,
    device: Option<WdfDevice>,
    /// `EvtDeviceSelfManagedIoInit` and `EvtDeviceSelfManagedIoSuspend`.
    callbacks: [Option<Callback>; 2],
    #[expect(clippy::vec_box, reason = "the address of a timer is its handle")]
    timers: Vec<Box<Timer>>,
    is_running: bool,
}

// SAFETY: the pointers are addresses of the driver's memory, which stays until it is unbound.
unsafe impl core::marker::Send for Bound {}

struct Timer {
    function: unsafe extern "system" fn(*mut c_void),
    parent: *mut c_void,
    is_started: bool,
}

static BOUND: Mutex<Option<Bound>> = Mutex::new(None);

/// Calls `f` with the driver that is bound. The driver itself is called without this lock.
fn with<R>(f: impl FnOnce(&mut Bound) -> R) -> Option<R> {
    let mut bound = BOUND.lock().unwrap_or_else(PoisonError::into_inner);
    bound.as_mut().map(f)
}

/// Makes the kernel of the fake framework that of this thread.
fn enter() -> Option<Kernel> {
    let handle = with(|bound| bound.kernel.clone())?;
    Some(handle.enter())
}

/// Returns whether a driver is bound.
pub(crate) fn is_there() -> bool {
    with(|_| ()).is_some()
}

/// Reads a member of one of the driver's structures.
///
/// # Safety
///
/// The structure has a `T` at this offset.
unsafe fn member<T>(structure: *const c_void, offset: usize) -> T {
    // SAFETY: guaranteed by the caller.
    unsafe { structure.byte_add(offset).cast::<T>().read() }
}

/// `WdfVersionBind`.
#[unsafe(no_mangle)]
unsafe extern "system" fn WdfVersionBind(
    driver: *mut DRIVER_OBJECT,
    registry_path: *const UNICODE_STRING,
    info: *const c_void,
    globals: *mut *mut c_void,
) -> NTSTATUS {
    // SAFETY: the arguments are those of the image.
    let (size, count, name) = unsafe {
        let name = member::<*const u16>(info, BIND_COMPONENT);
        (
            member::<u32>(info, 0),
            member::<u32>(info, BIND_FUNCTION_COUNT),
            core::slice::from_raw_parts(name, 12),
        )
    };
    // SAFETY: as above.
    let version = unsafe { [0, 4].map(|at| member::<u32>(info, BIND_VERSION + at)) };
    let component = name.iter().copied().eq("KmdfLibrary\0".encode_utf16());
    // SAFETY: as above.
    let has_path = unsafe { (*registry_path).Length } > 0;
    expect(component && has_path && !driver.is_null());
    if size != BIND_INFO_SIZE || version != [1, 15] || count as usize != FUNCTIONS || is_there() {
        violation();
        return STATUS_INVALID_PARAMETER;
    }
    let kernel = Kernel::new();
    let table = table(&kernel);
    let mut own = Box::new([0; GLOBALS_SIZE]);
    own[DISPLACE_DRIVER_UNLOAD] = 1;
    // SAFETY: the members are those of the image.
    unsafe {
        globals.write(own.as_mut_ptr().cast());
        let place = member::<*mut *const c_void>(info, BIND_FUNCTION_TABLE);
        place.write(table.as_ptr().cast());
    }
    let bound = Bound {
        kernel: kernel.handle(),
        globals: own,
        _table: table,
        info: info.addr(),
        device_add: None,
        init: None,
        adding: ptr::null(),
        device: None,
        callbacks: [None; 2],
        timers: Vec::new(),
        is_running: false,
    };
    *BOUND.lock().unwrap_or_else(PoisonError::into_inner) = Some(bound);
    STATUS_SUCCESS
}

/// `WdfVersionUnbind`: the fake framework finds what the driver has left.
#[unsafe(no_mangle)]
unsafe extern "system" fn WdfVersionUnbind(
    registry_path: *const UNICODE_STRING,
    info: *const c_void,
    globals: *const c_void,
) -> NTSTATUS {
    let bound = BOUND.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(bound) = bound else {
        violation();
        return STATUS_INVALID_PARAMETER;
    };
    // SAFETY: the argument is that of the image.
    let has_path = unsafe { (*registry_path).Length } > 0;
    let is_own = bound.info == info.addr() && ptr::eq(bound.globals.as_ptr().cast(), globals);
    expect(has_path && is_own && bound.device.is_none());
    let kernel = bound.kernel.enter();
    drop(bound);
    for _ in kernel.take_bug_checks() {
        violation();
    }
    // It panics where memory or objects are left.
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(kernel)));
    expect(dropped.is_ok());
    STATUS_SUCCESS
}

/// `IofCompleteRequest`, by which a driver completes a request before the framework gets it: the IRP is
/// one of the fake framework.
#[unsafe(no_mangle)]
unsafe extern "system" fn complete_request_of_framework(irp: *mut c_void, _: i8) {
    // SAFETY: guaranteed by the caller.
    unsafe { Kernel::complete(irp) };
}

/// The table of the fake framework, with what it lacks.
fn table(kernel: &Kernel) -> Box<[*const c_void; FUNCTIONS]> {
    // SAFETY: the fake framework's table has more entries.
    let mut table = unsafe { Box::new(kernel.wdf_functions().cast::<[_; FUNCTIONS]>().read()) };
    for (index, function) in [
        (55, set_pnp_power_callbacks as *const c_void),
        (75, create_device as *const c_void),
        (116, create_driver as *const c_void),
        (318, create_timer as *const c_void),
        (319, start_timer as *const c_void),
        (320, stop_timer as *const c_void),
        (321, timer_parent as *const c_void),
    ] {
        table[index] = function;
    }
    table
}

/// `WdfDriverCreate`.
unsafe extern "system" fn create_driver(
    globals: *const c_void,
    driver: *mut DRIVER_OBJECT,
    _: *const UNICODE_STRING,
    _: *const c_void,
    config: *const c_void,
    _: *mut *mut c_void,
) -> NTSTATUS {
    // SAFETY: the arguments are those of the driver.
    let (size, device_add) = unsafe { (member::<u32>(config, 0), member(config, 8)) };
    let done = with(|bound| {
        expect(size == 32 && ptr::eq(bound.globals.as_ptr().cast(), globals));
        bound.device_add = device_add;
    });
    expect(done.is_some());
    // SAFETY: the driver object is that of `DriverEntry`, which calls this.
    unsafe { (*driver).DriverUnload = Some(unload) };
    STATUS_SUCCESS
}

/// The framework's `DriverUnload`: removes the device that is left.
unsafe extern "system" fn unload(_: *const DRIVER_OBJECT) {
    if with(|bound| bound.device).flatten().is_some() {
        let Some(kernel) = enter() else { return };
        remove(&kernel);
    }
}

/// `WdfDeviceInitSetPnpPowerEventCallbacks`.
unsafe extern "system" fn set_pnp_power_callbacks(
    _: *const c_void,
    init: *const c_void,
    callbacks: *const c_void,
) {
    // SAFETY: the structure is the driver's.
    let size = unsafe { member::<u32>(callbacks, 0) };
    let places = [SELF_MANAGED_IO_INIT, SELF_MANAGED_IO_SUSPEND];
    // SAFETY: as above.
    let callbacks = places.map(|place| unsafe { member(callbacks, place) });
    with(|bound| {
        let is_own = bound
            .init
            .is_some_and(|own| own.as_ptr().cast_const() == init);
        expect(size == 144 && is_own);
        bound.callbacks = callbacks;
    });
}

/// `WdfDeviceCreate`.
unsafe extern "system" fn create_device(
    globals: *mut c_void,
    init: *mut *mut c_void,
    attributes: *const c_void,
    device: *mut *mut c_void,
) -> NTSTATUS {
    type AllocateContext = unsafe extern "system" fn(
        *mut c_void,
        *mut c_void,
        *const c_void,
        *mut *mut c_void,
    ) -> NTSTATUS;
    // SAFETY: the argument is the driver's.
    let given = unsafe { init.read() };
    let own = with(|bound| bound.init.take()).flatten();
    let Some(own) = own.filter(|own| own.as_ptr() == given) else {
        violation();
        return STATUS_INVALID_PARAMETER;
    };
    let kernel = with(|bound| bound.adding).unwrap_or(ptr::null());
    // SAFETY: `add` is calling the driver, and lends the kernel meanwhile.
    let Some(kernel) = (unsafe { kernel.as_ref() }) else {
        return STATUS_INVALID_PARAMETER;
    };
    let created = kernel.create_wdf_device(own);
    with(|bound| bound.device = Some(created));
    // SAFETY: as above.
    unsafe { init.write(ptr::null_mut()) };
    // SAFETY: as above.
    unsafe { device.write(created.as_ptr()) };
    // SAFETY: the entry with this number is a function of this type.
    let allocate = unsafe {
        let entry = kernel.wdf_functions().cast::<*const c_void>().add(203);
        transmute::<*const c_void, AllocateContext>(entry.read())
    };
    let mut context = ptr::null_mut();
    // SAFETY: the attributes are those of the driver.
    unsafe { allocate(globals, created.as_ptr(), attributes, &mut context) }
}

/// `WdfTimerCreate`.
unsafe extern "system" fn create_timer(
    _: *const c_void,
    config: *const c_void,
    attributes: *const c_void,
    timer: *mut *mut c_void,
) -> NTSTATUS {
    const PASSIVE: i32 = 2;
    // SAFETY: the structures are the driver's.
    let (size, period, level) = unsafe {
        (
            member::<u32>(config, 0),
            member::<u32>(config, 0x10),
            member::<i32>(attributes, 0x18),
        )
    };
    // SAFETY: as above.
    let (function, parent) = unsafe { (member(config, 8), member(attributes, 0x20)) };
    let new = Box::new(Timer {
        function,
        parent,
        is_started: false,
    });
    // SAFETY: as above.
    unsafe { timer.write(handle_of(&new)) };
    with(|bound| {
        let parent = bound.device.map(WdfDevice::as_ptr);
        expect(size == 40 && period == 0 && level == PASSIVE && parent == Some(new.parent));
        bound.timers.push(new);
    });
    STATUS_SUCCESS
}

fn handle_of(timer: &Timer) -> *mut c_void {
    (&raw const *timer).cast_mut().cast()
}

/// Finds a timer by its handle.
fn timer<R>(handle: *mut c_void, f: impl FnOnce(&mut Timer) -> R) -> Option<R> {
    let found = with(|bound| {
        let mut timers = bound.timers.iter_mut();
        timers
            .find(|timer| handle_of(timer) == handle)
            .map(|timer| f(timer))
    });
    expect(matches!(found, Some(Some(_))));
    found.flatten()
}

/// `WdfTimerStart`.
unsafe extern "system" fn start_timer(_: *const c_void, handle: *mut c_void, due: i64) -> u8 {
    expect(due < 0);
    let was_started = timer(handle, |timer| {
        core::mem::replace(&mut timer.is_started, true)
    });
    was_started.unwrap_or(false).into()
}

/// `WdfTimerStop`.
unsafe extern "system" fn stop_timer(_: *const c_void, handle: *mut c_void, _: u8) -> u8 {
    let was_started = timer(handle, |timer| core::mem::take(&mut timer.is_started));
    was_started.unwrap_or(false).into()
}

/// `WdfTimerGetParentObject`.
unsafe extern "system" fn timer_parent(_: *const c_void, handle: *mut c_void) -> *mut c_void {
    timer(handle, |timer| timer.parent).unwrap_or(ptr::null_mut())
}

pub(crate) fn step(step: &Step) -> Result<(), NtStatus> {
    let failed = NtStatus::INVALID_DEVICE_REQUEST;
    let kernel = enter().ok_or(failed)?;
    let done = match step.step {
        STEP_ADD => add(&kernel),
        STEP_START => start(&kernel),
        STEP_SURPRISE_REMOVAL => {
            suspend();
            let device = with(|bound| bound.device).flatten().ok_or(failed)?;
            kernel.surprise_remove_wdf_device(device);
            Ok(())
        }
        STEP_REMOVE => {
            remove(&kernel);
            Ok(())
        }
        STEP_TIMERS => {
            run_timers();
            Ok(())
        }
        _ => Err(NtStatus::INVALID_PARAMETER),
    };
    collect(&kernel);
    done
}

/// `EvtDriverDeviceAdd`.
fn add(kernel: &Kernel) -> Result<(), NtStatus> {
    let init = kernel.create_wdf_device_init();
    let device_add = with(|bound| {
        bound.init = Some(init);
        bound.adding = kernel;
        bound.device_add
    });
    let Some(device_add) = device_add.flatten() else {
        return Err(NtStatus::NOT_SUPPORTED);
    };
    // SAFETY: the arguments are those of the callback, for whose driver one handle is enough.
    let added = checked(unsafe { device_add(ptr::null_mut(), init.as_ptr()) });
    with(|bound| bound.adding = ptr::null());
    added?;
    expect(with(|bound| bound.device.is_some()) == Some(true));
    Ok(())
}

/// Starts the device: the driver's own start, then the registration with WMI.
fn start(kernel: &Kernel) -> Result<(), NtStatus> {
    let failed = NtStatus::INVALID_DEVICE_REQUEST;
    let started = with(|bound| {
        bound.is_running = true;
        (bound.device, bound.callbacks)
    });
    let (device, [init, _]) = started.ok_or(failed)?;
    let device = device.ok_or(failed)?;
    if let Some(init) = init {
        // SAFETY: the argument is that of the callback.
        checked(unsafe { init(device.as_ptr()) })?;
    }
    kernel.start_wdf_device(device)?;
    if kernel.registration(device.object()).is_some() {
        wmi::registered_by_framework(true);
    }
    Ok(())
}

fn suspend() {
    let running = with(|bound| {
        let was_running = core::mem::take(&mut bound.is_running);
        (was_running, bound.device, bound.callbacks)
    });
    if let Some((true, Some(device), [_, Some(suspend)])) = running {
        // SAFETY: the argument is that of the callback.
        expect(unsafe { suspend(device.as_ptr()) } == STATUS_SUCCESS);
    }
}

/// `IRP_MN_REMOVE_DEVICE`: suspends the device, deregisters it, and deletes its objects.
fn remove(kernel: &Kernel) {
    suspend();
    let device = with(|bound| {
        expect(bound.timers.iter().all(|timer| !timer.is_started));
        bound.timers.clear();
        bound.device.take()
    });
    let Some(device) = device.flatten() else {
        violation();
        return;
    };
    if kernel.registration(device.object()).is_some() {
        wmi::registered_by_framework(false);
    }
    kernel.remove_wdf_device(device);
}

/// Runs each timer that is started, once.
fn run_timers() {
    let due = with(|bound| {
        let started = bound.timers.iter_mut().filter(|timer| timer.is_started);
        let due = started.map(|timer| {
            timer.is_started = false;
            (timer.function, handle_of(timer))
        });
        due.collect::<Vec<_>>()
    });
    for (function, timer) in due.unwrap_or_default() {
        // SAFETY: the timer is there until the device is removed, which only this thread does.
        unsafe { function(timer) };
    }
}

/// Sends a request of WMI to the device.
pub(crate) fn send(send: &Send, content: &[u8]) -> Result<(Sent, Option<Buffer>), NtStatus> {
    let failed = NtStatus::INVALID_DEVICE_REQUEST;
    let kernel = enter().ok_or(failed)?;
    let device = with(|bound| bound.device).flatten().ok_or(failed)?;
    let provider = if send.is_foreign == 0 {
        device.object()
    } else {
        device.pdo()
    };
    let minor = send.minor as u8;
    let mut bytes = content.to_vec();
    bytes.resize(send.buffer_size as usize, 0);
    let request = IrpRequest::raw(minor, provider.as_ptr().addr()).bytes(bytes);
    let request = if Minor::from_code(minor).is_some_and(Minor::is_registration) {
        request.action(send.action as usize)
    } else {
        request.guid(Guid::from_bytes(send.guid))
    };
    let completed = kernel.send(device.object(), request);
    if completed.was_forwarded {
        FORWARDED.fetch_add(1, Ordering::Relaxed);
    }
    collect(&kernel);
    let buffer = Buffer::new(completed.buffer.len(), &completed.buffer);
    let sent = Sent {
        returned: completed.status.value(),
        status: completed.status.value(),
        information: completed.information as u64,
        completions: 1,
        // The fake framework lends memory of the very size.
        overrun: 0,
        id: 0,
        padding: 0,
    };
    Ok((sent, Some(buffer.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?)))
}

/// Takes the events and the violations that the fake framework has noted.
fn collect(kernel: &Kernel) {
    for event in kernel.take_events() {
        wmi::copy_event(&event);
    }
    for _ in kernel.take_bug_checks() {
        violation();
    }
}
