//! IRPs under the remove lock of a device: held, completed, forwarded.

use core::ffi::c_void;
use core::mem::{self, MaybeUninit};
use core::ptr;

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IO_STACK_LOCATION, IRP, KEVENT};
use windows_sys::Wdk::System::SystemServices::{
    Executive, IO_REMOVE_LOCK, IoAcquireRemoveLockEx, IoReleaseRemoveLockAndWaitEx,
    IoReleaseRemoveLockEx, IofCallDriver, IofCompleteRequest, KeInitializeEvent, KeSetEvent,
    KeWaitForSingleObject, SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_ERROR, SL_INVOKE_ON_SUCCESS,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_MORE_PROCESSING_REQUIRED, STATUS_PENDING, STATUS_SUCCESS,
};
use windows_sys::Win32::System::Kernel::NotificationEvent;
use wmi_driver::check_layout;

use super::Extension;

pub(super) const REMOVE_LOCK_SIZE: u32 = size_of::<IO_REMOVE_LOCK>() as u32;

// windows-sys has the members that the driver uses at the right places.
check_layout! {
    DeviceObject = DEVICE_OBJECT {
        flags = Flags, device_extension = DeviceExtension, stack_size = StackSize,
    }
    DriverObject = DRIVER_OBJECT { device_object = DeviceObject, major_function = MajorFunction }
    Irp = IRP {
        status = IoStatus.Anonymous.Status,
        information = IoStatus.Information,
        current_location = CurrentLocation,
        current_stack_location = Tail.Overlay.Anonymous2.Anonymous.CurrentStackLocation,
    }
    IoStackLocation = IO_STACK_LOCATION {
        minor_function = MinorFunction,
        control = Control,
        completion_routine = CompletionRoutine,
    }
}

/// The extension of a device, while its remove lock is held by an IRP.
pub(super) struct Held {
    extension: *mut Extension,
    tag: *const IRP,
}

impl Held {
    /// Acquires the lock, or completes the IRP.
    ///
    /// # Safety
    ///
    /// The arguments are those of a dispatch routine.
    pub(super) unsafe fn acquire(
        device: *const DEVICE_OBJECT,
        irp: *mut IRP,
    ) -> Result<Self, NTSTATUS> {
        // SAFETY: the device object is one of this driver.
        let extension = unsafe { (*device).DeviceExtension }.cast::<Extension>();
        // SAFETY: as above.
        let lock = unsafe { &raw mut (*extension).lock };
        // SAFETY: the lock is initialised; these are the arguments of a free build.
        let status = unsafe {
            IoAcquireRemoveLockEx(lock, irp.cast(), c"".as_ptr().cast(), 1, REMOVE_LOCK_SIZE)
        };
        if status < 0 {
            // SAFETY: the IRP is the driver's.
            return Err(unsafe { complete(irp, status, 0) });
        }
        let tag = irp;
        Ok(Self { extension, tag })
    }

    /// Returns the extension, which stays while the lock is held.
    pub(super) fn extension(&self) -> *mut Extension {
        self.extension
    }

    /// Returns the next lower device.
    pub(super) fn lower(&self) -> *mut DEVICE_OBJECT {
        // SAFETY: the extension is there while the lock is held.
        unsafe { (*self.extension).lower }
    }

    /// Releases the lock, and waits until nobody else holds it; nobody acquires it again.
    pub(super) fn release_and_wait(self) -> *mut Extension {
        let (extension, tag) = (self.extension, self.tag);
        mem::forget(self);
        // SAFETY: the lock was acquired with this tag.
        unsafe {
            let lock = &raw mut (*extension).lock;
            IoReleaseRemoveLockAndWaitEx(lock, tag.cast(), REMOVE_LOCK_SIZE);
        }
        extension
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: the lock was acquired with this tag.
        unsafe {
            let lock = &raw mut (*self.extension).lock;
            IoReleaseRemoveLockEx(lock, self.tag.cast(), REMOVE_LOCK_SIZE);
        }
    }
}

/// Completes an IRP, and returns its status for the dispatch routine to return.
///
/// # Safety
///
/// The IRP is the driver's, which does not use it any more.
pub(super) unsafe fn complete(irp: *mut IRP, status: NTSTATUS, information: usize) -> NTSTATUS {
    const IO_NO_INCREMENT: i8 = 0;
    // SAFETY: guaranteed by the caller.
    unsafe {
        (*irp).IoStatus.Anonymous.Status = status;
        (*irp).IoStatus.Information = information;
        IofCompleteRequest(irp, IO_NO_INCREMENT);
    }
    status
}

/// Returns the driver's stack location.
///
/// # Safety
///
/// The IRP is the driver's.
pub(super) unsafe fn current(irp: *mut IRP) -> *mut IO_STACK_LOCATION {
    // SAFETY: guaranteed by the caller.
    unsafe {
        (*irp)
            .Tail
            .Overlay
            .Anonymous2
            .Anonymous
            .CurrentStackLocation
    }
}

/// Passes an IRP to the lower driver, and returns its status for the dispatch routine to return.
///
/// # Safety
///
/// The IRP is the driver's, which does not use it any more; `lower` is the next lower device.
pub(super) unsafe fn forward(lower: *mut DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // `IoSkipCurrentIrpStackLocation`
    // SAFETY: guaranteed by the caller.
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
    // SAFETY: guaranteed by the caller.
    unsafe { IofCallDriver(lower, irp) }
}

/// Forwards an IRP as one that succeeds unless a lower driver fails it.
///
/// # Safety
///
/// As for [`forward`].
pub(super) unsafe fn succeed_and_forward(lower: *mut DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: guaranteed by the caller.
    unsafe { (*irp).IoStatus.Anonymous.Status = STATUS_SUCCESS };
    // SAFETY: guaranteed by the caller.
    unsafe { forward(lower, irp) }
}

/// Forwards an IRP, and returns its status when the lower drivers have completed it: the IRP is this
/// driver's again.
///
/// # Safety
///
/// The IRP is the driver's; `lower` is the next lower device.
pub(super) unsafe fn forward_and_wait(lower: *mut DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
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
    // SAFETY: guaranteed by the caller.
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
        // SAFETY: guaranteed by the caller.
        unsafe { KeSetEvent(event.cast(), 0, false) };
    }
    STATUS_MORE_PROCESSING_REQUIRED
}
