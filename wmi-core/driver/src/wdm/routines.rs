//! The kernel routines that WDM drivers need, and their implementation.
//!
//! Each routine is an associated function of [`Routines`], documented with its IRQL limit.
//! [`Kernel`] names the implementation in use: the imports from `ntoskrnl.exe`, or the fake kernel.

use core::ffi::c_void;

use crate::layout::{DeviceObject, Irp, KEvent};

#[cfg(feature = "fake")]
pub(crate) use crate::fake::Fake as Kernel;
#[cfg(not(feature = "fake"))]
pub(crate) use imports::Imports as Kernel;

/// Action codes of `IoWMIRegistrationControl`. Source: `wdm.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Action {
    Register = 1,
    Deregister = 2,
    UpdateGuids = 4,
}

/// A routine that a work item calls at `PASSIVE_LEVEL`.
pub(crate) type WorkRoutine = unsafe extern "system" fn(*mut DeviceObject, *mut c_void);

/// The routines of the kernel. For all pointers, the kernel's own documentation holds.
pub(crate) trait Routines {
    /// `IoWMIRegistrationControl`. IRQL: `PASSIVE_LEVEL`.
    unsafe fn registration_control(device: *mut DeviceObject, action: Action) -> i32;

    /// `IoWMIWriteEvent`. IRQL: `APC_LEVEL` or lower. Takes the memory if, and only if, it returns
    /// `STATUS_SUCCESS`.
    unsafe fn write_event(wnode: *mut c_void) -> i32;

    /// `IoWMIDeviceObjectToProviderId`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn provider_id(device: *mut DeviceObject) -> u32;

    /// `IofCompleteRequest` without a boost. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn complete_request(irp: *mut Irp);

    /// `IofCallDriver`. IRQL: `PASSIVE_LEVEL` for WMI requests.
    unsafe fn call_driver(device: *mut DeviceObject, irp: *mut Irp) -> i32;

    /// `ObfReferenceObject`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn reference_object(object: *mut c_void);

    /// `IoAcquireRemoveLockEx`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn acquire_remove_lock(lock: *mut c_void, tag: *mut c_void, size: u32) -> i32;

    /// `IoReleaseRemoveLockEx`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn release_remove_lock(lock: *mut c_void, tag: *mut c_void, size: u32);

    /// `KeQuerySystemTime`. IRQL: any.
    fn system_time() -> i64;

    /// `ExAllocatePoolWithTag` from `NonPagedPoolNx`, not zeroed. IRQL: `DISPATCH_LEVEL` or lower.
    fn allocate(size: usize) -> *mut c_void;

    /// `ExFreePoolWithTag`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn free(memory: *mut c_void);

    /// `IoAllocateWorkItem`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn allocate_work_item(device: *mut DeviceObject) -> *mut c_void;

    /// `IoQueueWorkItem` to the delayed queue. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn queue_work_item(item: *mut c_void, routine: WorkRoutine, context: *mut c_void);

    /// `IoFreeWorkItem`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn free_work_item(item: *mut c_void);

    /// `KeInitializeEvent` for a notification event, not signalled. IRQL: any.
    unsafe fn initialize_event(event: *mut KEvent);

    /// `KeSetEvent` without a boost. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn set_event(event: *mut KEvent);

    /// `KeWaitForSingleObject` without a timeout. IRQL: `APC_LEVEL` or lower.
    unsafe fn wait(event: *mut KEvent);
}

#[cfg(not(feature = "fake"))]
mod imports {
    use core::ffi::c_char;
    use core::ptr;

    use super::{Action, DeviceObject, Irp, KEvent, Routines, WorkRoutine, c_void};

    /// Pool tag, shown as "Wmi " by the kernel's tools.
    const TAG: u32 = u32::from_le_bytes(*b"Wmi ");

    const IO_NO_INCREMENT: i8 = 0;
    const NON_PAGED_POOL_NX: i32 = 0x200;
    const DELAYED_WORK_QUEUE: i32 = 1;
    const NOTIFICATION_EVENT: i32 = 0;
    const EXECUTIVE: i32 = 0;
    const KERNEL_MODE: i8 = 0;

    imports! { "ntoskrnl.exe", extern "system" {
        fn IoWMIRegistrationControl(device: *mut DeviceObject, action: u32) -> i32;
        fn IoWMIWriteEvent(wnode: *mut c_void) -> i32;
        #[cfg(target_pointer_width = "64")]
        fn IoWMIDeviceObjectToProviderId(device: *mut DeviceObject) -> u32;
        fn IoAcquireRemoveLockEx(
            lock: *mut c_void,
            tag: *mut c_void,
            file: *const c_char,
            line: u32,
            size: u32,
        ) -> i32;
        fn IoReleaseRemoveLockEx(lock: *mut c_void, tag: *mut c_void, size: u32);
        #[cfg(target_pointer_width = "32")]
        fn KeQuerySystemTime(time: *mut i64);
        fn ExAllocatePoolWithTag(kind: i32, size: usize, tag: u32) -> *mut c_void;
        fn ExFreePoolWithTag(memory: *mut c_void, tag: u32);
        fn IoAllocateWorkItem(device: *mut DeviceObject) -> *mut c_void;
        fn IoQueueWorkItem(
            item: *mut c_void,
            routine: WorkRoutine,
            queue: i32,
            context: *mut c_void,
        );
        fn IoFreeWorkItem(item: *mut c_void);
        fn KeInitializeEvent(event: *mut KEvent, kind: i32, state: u8);
        fn KeSetEvent(event: *mut KEvent, increment: i32, wait: u8) -> i32;
        fn KeWaitForSingleObject(
            object: *mut c_void,
            reason: i32,
            mode: i8,
            alertable: u8,
            timeout: *const i64,
        ) -> i32;
    } }

    imports! { "ntoskrnl.exe", extern fastcall {
        fn IofCompleteRequest(irp: *mut Irp, boost: i8);
        fn IofCallDriver(device: *mut DeviceObject, irp: *mut Irp) -> i32;
        fn ObfReferenceObject(object: *mut c_void) -> isize;
    } }

    /// The routines of `ntoskrnl.exe`.
    #[derive(Debug)]
    pub(crate) struct Imports;

    impl Routines for Imports {
        unsafe fn registration_control(device: *mut DeviceObject, action: Action) -> i32 {
            #[expect(clippy::as_conversions, reason = "the discriminants are the codes")]
            let action = action as u32;
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMIRegistrationControl(device, action) }
        }

        unsafe fn write_event(wnode: *mut c_void) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMIWriteEvent(wnode) }
        }

        #[cfg(target_pointer_width = "64")]
        unsafe fn provider_id(device: *mut DeviceObject) -> u32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMIDeviceObjectToProviderId(device) }
        }

        // On x86, `wdm.h` defines it as a cast.
        #[cfg(target_pointer_width = "32")]
        unsafe fn provider_id(device: *mut DeviceObject) -> u32 {
            u32::try_from(device.addr()).unwrap_or(0)
        }

        unsafe fn complete_request(irp: *mut Irp) {
            // SAFETY: guaranteed by the caller.
            unsafe { IofCompleteRequest(irp, IO_NO_INCREMENT) };
        }

        unsafe fn call_driver(device: *mut DeviceObject, irp: *mut Irp) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IofCallDriver(device, irp) }
        }

        unsafe fn reference_object(object: *mut c_void) {
            // SAFETY: guaranteed by the caller.
            unsafe { ObfReferenceObject(object) };
        }

        unsafe fn acquire_remove_lock(lock: *mut c_void, tag: *mut c_void, size: u32) -> i32 {
            // File and line are those that a free build passes.
            // SAFETY: guaranteed by the caller.
            unsafe { IoAcquireRemoveLockEx(lock, tag, c"".as_ptr(), 1, size) }
        }

        unsafe fn release_remove_lock(lock: *mut c_void, tag: *mut c_void, size: u32) {
            // SAFETY: guaranteed by the caller.
            unsafe { IoReleaseRemoveLockEx(lock, tag, size) };
        }

        #[cfg(target_pointer_width = "64")]
        fn system_time() -> i64 {
            /// A `KSYSTEM_TIME` as 64-bit Windows reads it, at a multiple of 4.
            #[derive(Clone, Copy)]
            #[repr(C, packed(4))]
            struct SystemTime(i64);

            /// `KUSER_SHARED_DATA.SystemTime`, at a fixed address: 64-bit Windows exports no
            /// routine.
            const SYSTEM_TIME: *const SystemTime = ptr::without_provenance(0xffff_f780_0000_0014);

            // SAFETY: every 64-bit Windows maps the page readable, and the kernel writes the value
            // in one access. `wdm.h` reads it the same way.
            unsafe { SYSTEM_TIME.read_volatile() }.0
        }

        #[cfg(target_pointer_width = "32")]
        fn system_time() -> i64 {
            let mut time = 0;
            // SAFETY: the variable is valid during the call.
            unsafe { KeQuerySystemTime(&raw mut time) };
            time
        }

        fn allocate(size: usize) -> *mut c_void {
            // SAFETY: any size is allowed; a size that is too large returns null.
            unsafe { ExAllocatePoolWithTag(NON_PAGED_POOL_NX, size, TAG) }
        }

        unsafe fn free(memory: *mut c_void) {
            // SAFETY: guaranteed by the caller.
            unsafe { ExFreePoolWithTag(memory, TAG) };
        }

        unsafe fn allocate_work_item(device: *mut DeviceObject) -> *mut c_void {
            // SAFETY: guaranteed by the caller.
            unsafe { IoAllocateWorkItem(device) }
        }

        unsafe fn queue_work_item(item: *mut c_void, routine: WorkRoutine, context: *mut c_void) {
            // SAFETY: guaranteed by the caller.
            unsafe { IoQueueWorkItem(item, routine, DELAYED_WORK_QUEUE, context) };
        }

        unsafe fn free_work_item(item: *mut c_void) {
            // SAFETY: guaranteed by the caller.
            unsafe { IoFreeWorkItem(item) };
        }

        unsafe fn initialize_event(event: *mut KEvent) {
            // SAFETY: guaranteed by the caller.
            unsafe { KeInitializeEvent(event, NOTIFICATION_EVENT, 0) };
        }

        unsafe fn set_event(event: *mut KEvent) {
            // SAFETY: guaranteed by the caller.
            unsafe { KeSetEvent(event, 0, 0) };
        }

        unsafe fn wait(event: *mut KEvent) {
            // SAFETY: guaranteed by the caller. Without a timeout or alerts, the wait ends when the
            // event is set.
            unsafe { KeWaitForSingleObject(event.cast(), EXECUTIVE, KERNEL_MODE, 0, ptr::null()) };
        }
    }
}
