//! The framework's functions, called through its table.
//!
//! Each function is a table entry, with the same index in all versions, and takes the driver's
//! globals as its first argument. Source: `wdffuncenum.h`.

use core::ffi::{c_char, c_void};
use core::mem::transmute;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::object::{EvtPreprocess, InstanceConfig, ObjectAttributes, ProviderConfig, TypeInfo};
use crate::layout::{DeviceObject, Irp, UnicodeString};

/// A framework handle.
pub(crate) type Handle = *mut c_void;

/// The table and the globals of this driver's image, set when the first device is created.
///
/// The framework fills both in before `DriverEntry`, and they never change. Callbacks only get a
/// handle, so they look up both here.
static TABLE: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
static GLOBALS: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// The framework that this driver is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Framework {
    table: *const *const c_void,
    globals: *mut c_void,
}

/// Declares functions of the framework: index, name, arguments and result.
macro_rules! functions {
    ($(
        $(#[$attribute:meta])*
        $index:literal $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;
    )*) => {
        impl Framework {
            $(
                $(#[$attribute])*
                ///
                /// # Safety
                ///
                /// The arguments meet the framework's requirements.
                pub(crate) unsafe fn $name(self, $($argument: $type),*) $(-> $result)? {
                    type Function = unsafe extern "system" fn(*mut c_void, $($type),*) $(-> $result)?;
                    // SAFETY: the table has more entries than this.
                    let entry = unsafe { self.table.wrapping_add($index).read() };
                    // SAFETY: the entry with this number is a function of this type.
                    let function = unsafe { transmute::<*const c_void, Function>(entry) };
                    // SAFETY: guaranteed by the caller.
                    unsafe { function(self.globals, $($argument),*) }
                }
            )*
        }
    };
}

functions! {
    /// `WdfDeviceWdmGetDeviceObject`. IRQL: `DISPATCH_LEVEL` or lower.
    31 device_object(device: Handle) -> *mut DeviceObject;
    /// `WdfDeviceWdmGetPhysicalDevice`. IRQL: `DISPATCH_LEVEL` or lower.
    33 physical_device(device: Handle) -> *mut DeviceObject;
    /// `WdfDeviceWdmDispatchPreprocessedIrp`. IRQL: `DISPATCH_LEVEL` or lower.
    34 dispatch_preprocessed(device: Handle, irp: *mut Irp) -> i32;
    /// `WdfDeviceAssignMofResourceName`. IRQL: `PASSIVE_LEVEL`.
    41 assign_mof_resource_name(device: Handle, name: *const UnicodeString) -> i32;
    /// `WdfDeviceInitAssignWdmIrpPreprocessCallback`. IRQL: `DISPATCH_LEVEL` or lower.
    73 assign_preprocess_callback(
        init: *mut c_void,
        callback: EvtPreprocess,
        major: u8,
        minors: *const u8,
        minor_count: u32
    ) -> i32;
    /// `WdfObjectAllocateContext`. IRQL: `DISPATCH_LEVEL` or lower.
    203 allocate_context(
        object: Handle, attributes: *const ObjectAttributes, context: *mut *mut c_void
    ) -> i32;
    /// `WdfWmiProviderCreate`. IRQL: `DISPATCH_LEVEL` or lower.
    369 create_provider(
        device: Handle,
        config: *const ProviderConfig,
        attributes: *const ObjectAttributes,
        provider: *mut Handle
    ) -> i32;
    /// `WdfWmiProviderIsEnabled`. IRQL: `DISPATCH_LEVEL` or lower.
    371 is_enabled(provider: Handle, control: i32) -> u8;
    /// `WdfWmiInstanceCreate`. IRQL: `DISPATCH_LEVEL` or lower.
    373 create_instance(
        device: Handle,
        config: *const InstanceConfig,
        attributes: *const ObjectAttributes,
        instance: *mut Handle
    ) -> i32;
    /// `WdfWmiInstanceRegister`. IRQL: `PASSIVE_LEVEL`.
    374 register_instance(instance: Handle) -> i32;
    /// `WdfWmiInstanceDeregister`. IRQL: `DISPATCH_LEVEL` or lower.
    375 deregister_instance(instance: Handle);
    /// `WdfWmiInstanceFireEvent`. IRQL: `APC_LEVEL` or lower.
    378 fire_event(instance: Handle, size: u32, data: *const c_void) -> i32;
}

impl Framework {
    /// Stores the framework's table and globals.
    ///
    /// # Safety
    ///
    /// Both are those that the framework passed to this driver's image.
    pub(crate) unsafe fn bind(table: *const c_void, globals: *const c_void) -> Self {
        TABLE.store(table.cast_mut(), Ordering::Relaxed);
        GLOBALS.store(globals.cast_mut(), Ordering::Release);
        Self::bound()
    }

    /// Returns the stored table and globals. Callbacks run only after [`bind`](Self::bind).
    pub(crate) fn bound() -> Self {
        let globals = GLOBALS.load(Ordering::Acquire);
        Self {
            table: TABLE.load(Ordering::Relaxed).cast_const().cast(),
            globals,
        }
    }

    /// `WdfObjectGetTypedContextWorker`. IRQL: `DISPATCH_LEVEL` or lower.
    ///
    /// # Safety
    ///
    /// [`bind`](Self::bind) was called, and `object` is a valid handle.
    pub(crate) unsafe fn context(object: Handle, info: &'static TypeInfo) -> *mut c_void {
        let Self { table, globals } = Self::bound();
        // SAFETY: the table has more entries than this.
        let entry = unsafe { table.wrapping_add(202).read() };
        // SAFETY: the entry with this number is a function of this type.
        let function = unsafe { transmute::<*const c_void, GetContext>(entry) };
        // SAFETY: guaranteed by the caller.
        unsafe { function(globals, object, info) }
    }
}

#[cfg(target_arch = "x86")]
type GetContext = unsafe extern "fastcall" fn(*mut c_void, Handle, *const TypeInfo) -> *mut c_void;
#[cfg(not(target_arch = "x86"))]
type GetContext = unsafe extern "system" fn(*mut c_void, Handle, *const TypeInfo) -> *mut c_void;

/// A C string of the framework.
pub(crate) type CString = *const c_char;
