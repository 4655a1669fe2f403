//! The routines of the kernel for consumers of WMI, and where they come from.

use core::ffi::c_void;

use crate::layout::{DeviceObject, UnicodeString};

#[cfg(feature = "fake")]
pub(crate) use crate::fake::Fake as Consumer;
#[cfg(not(feature = "fake"))]
pub(crate) use imports::Imports as Consumer;

/// A routine that WMI calls with the WNODE of an event.
pub(crate) type Notify = unsafe extern "system" fn(*mut c_void, *mut c_void);

/// The routines of the kernel. IRQL of all: `APC_LEVEL` or lower, unless they say otherwise. `block` is an
/// object of `IoWMIOpenBlock`; buffers are nonpaged.
pub(crate) trait Routines {
    /// `IoWMIOpenBlock`.
    unsafe fn open(guid: *const [u8; 16], access: u32, block: *mut *mut c_void) -> i32;

    /// `ObfDereferenceObject`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn close(block: *mut c_void);

    /// `IoWMIQueryAllData`.
    unsafe fn query_all(block: *mut c_void, size: *mut u32, buffer: *mut c_void) -> i32;

    /// `IoWMIQuerySingleInstance`.
    unsafe fn query_single(
        block: *mut c_void,
        name: *mut UnicodeString,
        size: *mut u32,
        buffer: *mut c_void,
    ) -> i32;

    /// `IoWMISetSingleInstance`.
    unsafe fn set_instance(
        block: *mut c_void,
        name: *mut UnicodeString,
        size: u32,
        value: *mut c_void,
    ) -> i32;

    /// `IoWMISetSingleItem`.
    unsafe fn set_item(
        block: *mut c_void,
        name: *mut UnicodeString,
        item: u32,
        size: u32,
        value: *mut c_void,
    ) -> i32;

    /// `IoWMIExecuteMethod`.
    unsafe fn execute(
        block: *mut c_void,
        name: *mut UnicodeString,
        method: u32,
        input: u32,
        output: *mut u32,
        buffer: *mut c_void,
    ) -> i32;

    /// `IoWMISetNotificationCallback`.
    unsafe fn set_callback(block: *mut c_void, callback: Notify, context: *mut c_void) -> i32;

    /// `IoWMIDeviceObjectToInstanceName`, whose string the caller frees.
    unsafe fn instance_name(
        block: *mut c_void,
        device: *mut DeviceObject,
        name: *mut UnicodeString,
    ) -> i32;

    /// `ExFreePool`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn free(memory: *mut c_void);
}

#[cfg(not(feature = "fake"))]
mod imports {
    use super::{DeviceObject, Notify, Routines, UnicodeString, c_void};

    /// The only version of data blocks.
    const VERSION: u32 = 0;

    imports! { "ntoskrnl.exe", extern "system" {
        fn IoWMIOpenBlock(guid: *const [u8; 16], access: u32, block: *mut *mut c_void) -> i32;
        fn IoWMIQueryAllData(block: *mut c_void, size: *mut u32, buffer: *mut c_void) -> i32;
        fn IoWMIQuerySingleInstance(
            block: *mut c_void,
            name: *mut UnicodeString,
            size: *mut u32,
            buffer: *mut c_void,
        ) -> i32;
        fn IoWMISetSingleInstance(
            block: *mut c_void,
            name: *mut UnicodeString,
            version: u32,
            size: u32,
            value: *mut c_void,
        ) -> i32;
        fn IoWMISetSingleItem(
            block: *mut c_void,
            name: *mut UnicodeString,
            item: u32,
            version: u32,
            size: u32,
            value: *mut c_void,
        ) -> i32;
        fn IoWMIExecuteMethod(
            block: *mut c_void,
            name: *mut UnicodeString,
            method: u32,
            input: u32,
            output: *mut u32,
            buffer: *mut c_void,
        ) -> i32;
        fn IoWMISetNotificationCallback(
            block: *mut c_void,
            callback: Notify,
            context: *mut c_void,
        ) -> i32;
        fn IoWMIDeviceObjectToInstanceName(
            block: *mut c_void,
            device: *mut DeviceObject,
            name: *mut UnicodeString,
        ) -> i32;
        fn ExFreePool(memory: *mut c_void);
    } }

    imports! { "ntoskrnl.exe", extern fastcall {
        fn ObfDereferenceObject(object: *mut c_void) -> isize;
    } }

    /// The routines of `ntoskrnl.exe`.
    #[derive(Debug)]
    pub(crate) struct Imports;

    impl Routines for Imports {
        unsafe fn open(guid: *const [u8; 16], access: u32, block: *mut *mut c_void) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMIOpenBlock(guid, access, block) }
        }

        unsafe fn close(block: *mut c_void) {
            // SAFETY: guaranteed by the caller.
            unsafe { ObfDereferenceObject(block) };
        }

        unsafe fn query_all(block: *mut c_void, size: *mut u32, buffer: *mut c_void) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMIQueryAllData(block, size, buffer) }
        }

        unsafe fn query_single(
            block: *mut c_void,
            name: *mut UnicodeString,
            size: *mut u32,
            buffer: *mut c_void,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMIQuerySingleInstance(block, name, size, buffer) }
        }

        unsafe fn set_instance(
            block: *mut c_void,
            name: *mut UnicodeString,
            size: u32,
            value: *mut c_void,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMISetSingleInstance(block, name, VERSION, size, value) }
        }

        unsafe fn set_item(
            block: *mut c_void,
            name: *mut UnicodeString,
            item: u32,
            size: u32,
            value: *mut c_void,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMISetSingleItem(block, name, item, VERSION, size, value) }
        }

        unsafe fn execute(
            block: *mut c_void,
            name: *mut UnicodeString,
            method: u32,
            input: u32,
            output: *mut u32,
            buffer: *mut c_void,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMIExecuteMethod(block, name, method, input, output, buffer) }
        }

        unsafe fn set_callback(block: *mut c_void, callback: Notify, context: *mut c_void) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMISetNotificationCallback(block, callback, context) }
        }

        unsafe fn instance_name(
            block: *mut c_void,
            device: *mut DeviceObject,
            name: *mut UnicodeString,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { IoWMIDeviceObjectToInstanceName(block, device, name) }
        }

        unsafe fn free(memory: *mut c_void) {
            // SAFETY: guaranteed by the caller.
            unsafe { ExFreePool(memory) };
        }
    }
}
