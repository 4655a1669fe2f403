//! `IRP_MJ_PNP` and `IRP_MJ_POWER`: the life of a device. Each IRP goes down the stack.

use core::ffi::c_void;
use core::mem::{self, MaybeUninit};
use core::ptr;

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, IO_STACK_LOCATION, IRP, KEVENT};
use windows_sys::Wdk::System::SystemServices::{
    Executive, IRP_MN_CANCEL_REMOVE_DEVICE, IRP_MN_CANCEL_STOP_DEVICE, IRP_MN_QUERY_REMOVE_DEVICE,
    IRP_MN_QUERY_STOP_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_STOP_DEVICE,
    IRP_MN_SURPRISE_REMOVAL, IofCallDriver, KeInitializeEvent, KeSetEvent, KeWaitForSingleObject,
    SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_ERROR, SL_INVOKE_ON_SUCCESS,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_MORE_PROCESSING_REQUIRED, STATUS_PENDING, STATUS_SUCCESS,
};
use windows_sys::Win32::System::Kernel::NotificationEvent;

use super::{Held, complete, delete};

/// `IRP_MJ_PNP`.
///
/// # Safety
///
/// The arguments are those of the kernel.
pub(super) unsafe extern "system" fn dispatch(
    device: *const DEVICE_OBJECT,
    irp: *mut IRP,
) -> NTSTATUS {
    // SAFETY: the caller's.
    let held = match unsafe { Held::acquire(device, irp) } {
        Ok(held) => held,
        Err(status) => return status,
    };
    // SAFETY: the IRP is the driver's.
    let minor = unsafe { (*current(irp)).MinorFunction };
    match u32::from(minor) {
        IRP_MN_START_DEVICE => {
            // SAFETY: as above.
            let status = unsafe { forward_and_wait(held.lower(), irp) };
            if status >= 0 {
                // The device works without WMI too.
                let _ = held.initiator().wmi.register();
            }
            // SAFETY: the IRP is the driver's again.
            unsafe { complete(irp, status, 0) }
        }
        IRP_MN_SURPRISE_REMOVAL => {
            held.initiator().wmi.deregister();
            // SAFETY: the IRP is the driver's.
            unsafe { succeed_and_forward(held.lower(), irp) }
        }
        IRP_MN_REMOVE_DEVICE => {
            let lower = held.lower();
            held.initiator().wmi.deregister();
            // SAFETY: as above.
            let status = unsafe { succeed_and_forward(lower, irp) };
            let extension = held.release_and_wait();
            // SAFETY: nobody uses the extension any more.
            unsafe { (&raw mut (*extension).initiator).drop_in_place() };
            // SAFETY: nobody uses the device any more.
            unsafe { delete(device.cast_mut(), lower, true) };
            status
        }
        // Nothing of this driver hinders any of these.
        IRP_MN_QUERY_STOP_DEVICE
        | IRP_MN_CANCEL_STOP_DEVICE
        | IRP_MN_STOP_DEVICE
        | IRP_MN_QUERY_REMOVE_DEVICE
        // SAFETY: as above.
        | IRP_MN_CANCEL_REMOVE_DEVICE => unsafe { succeed_and_forward(held.lower(), irp) },
        // SAFETY: as above.
        _ => unsafe { forward(held.lower(), irp) },
    }
}

/// `IRP_MJ_POWER`: the device has no power to manage.
///
/// # Safety
///
/// The arguments are those of the kernel.
pub(super) unsafe extern "system" fn power(
    device: *const DEVICE_OBJECT,
    irp: *mut IRP,
) -> NTSTATUS {
    // SAFETY: the caller's.
    match unsafe { Held::acquire(device, irp) } {
        // SAFETY: the IRP is the driver's.
        Ok(held) => unsafe { forward(held.lower(), irp) },
        Err(status) => status,
    }
}

/// # Safety
///
/// The IRP is the driver's.
unsafe fn current(irp: *mut IRP) -> *mut IO_STACK_LOCATION {
    // SAFETY: the caller's.
    unsafe {
        (*irp)
            .Tail
            .Overlay
            .Anonymous2
            .Anonymous
            .CurrentStackLocation
    }
}

/// # Safety
///
/// The IRP is the driver's, which does not use it any more; `lower` is the next lower device.
unsafe fn forward(lower: *mut DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // `IoSkipCurrentIrpStackLocation`
    // SAFETY: the caller's.
    unsafe {
        (*irp).CurrentLocation += 1;
        let location = &raw mut (*irp)
            .Tail
            .Overlay
            .Anonymous2
            .Anonymous
            .CurrentStackLocation;
        *location = (*location).add(1);
    }
    // SAFETY: the caller's.
    unsafe { IofCallDriver(lower, irp) }
}

/// # Safety
///
/// As for [`forward`].
unsafe fn succeed_and_forward(lower: *mut DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the caller's.
    unsafe { (*irp).IoStatus.Anonymous.Status = STATUS_SUCCESS };
    // SAFETY: the caller's.
    unsafe { forward(lower, irp) }
}

/// Forwards an IRP, and returns its status when the lower drivers have completed it: the IRP is this
/// driver's again.
///
/// # Safety
///
/// The IRP is the driver's; `lower` is the next lower device.
unsafe fn forward_and_wait(lower: *mut DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    let mut event = MaybeUninit::<KEVENT>::uninit();
    let event = event.as_mut_ptr();
    // SAFETY: the memory is there until this function returns.
    unsafe { KeInitializeEvent(event, NotificationEvent, false) };
    // `IoCopyCurrentIrpStackLocationToNext` and `IoSetCompletionRoutine`
    // SAFETY: the IRP has a location for the next lower driver.
    unsafe {
        let location = current(irp);
        let next = location.sub(1);
        let size = mem::offset_of!(IO_STACK_LOCATION, CompletionRoutine);
        ptr::copy_nonoverlapping(location.cast::<u8>(), next.cast(), size);
        (*next).CompletionRoutine = Some(mem::transmute::<Completion, Bare>(completed));
        (*next).Context = event.cast();
        (*next).Control = (SL_INVOKE_ON_CANCEL | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_SUCCESS) as u8;
    }
    // SAFETY: the caller's.
    let status = unsafe { IofCallDriver(lower, irp) };
    if status == STATUS_PENDING {
        // SAFETY: the completion routine sets the event.
        unsafe { KeWaitForSingleObject(event.cast(), Executive, 0, false, ptr::null()) };
    }
    // SAFETY: the completion routine has kept the IRP for this driver.
    unsafe { (*irp).IoStatus.Anonymous.Status }
}

/// `IO_COMPLETION_ROUTINE`, which windows-sys has without its parameters.
type Completion =
    unsafe extern "system" fn(*const DEVICE_OBJECT, *const IRP, *mut c_void) -> NTSTATUS;
type Bare = unsafe extern "system" fn() -> NTSTATUS;

/// The completion routine of [`forward_and_wait`].
///
/// # Safety
///
/// The context is the event of `forward_and_wait`, which waits if the IRP is pending.
unsafe extern "system" fn completed(
    _: *const DEVICE_OBJECT,
    irp: *const IRP,
    event: *mut c_void,
) -> NTSTATUS {
    // Where nobody waits, the event may be gone.
    // SAFETY: the IRP is not completed yet.
    if unsafe { (*irp).PendingReturned } {
        // SAFETY: the caller's.
        unsafe { KeSetEvent(event.cast(), 0, false) };
    }
    STATUS_MORE_PROCESSING_REQUIRED
}
