//! The structures of the framework. Source: `wdfobject.h`, `wdfwmi.h`, unchanged since 1.9.

use core::ffi::c_void;
use core::mem::offset_of;
use core::ptr;

use super::framework::{CString, Handle};
use crate::layout::{Irp, by_width};

/// `WdfExecutionLevelInheritFromParent` and `WdfSynchronizationScopeInheritFromParent`.
const INHERIT_FROM_PARENT: i32 = 1;

/// `WDF_OBJECT_CONTEXT_TYPE_INFO`: its address is the key of a context.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct TypeInfo {
    size: u32,
    name: CString,
    context_size: usize,
    unique_type: *const TypeInfo,
    get_unique_type: *const c_void,
}

// SAFETY: it is never written to.
unsafe impl Sync for TypeInfo {}

impl TypeInfo {
    /// Returns the type of a context of this size; `itself` is the address of the static that holds
    /// the returned value.
    pub(crate) const fn new(name: CString, context_size: usize, itself: *const Self) -> Self {
        Self {
            size: size_of_u32::<Self>(),
            name,
            context_size,
            unique_type: itself,
            get_unique_type: ptr::null(),
        }
    }
}

/// `WDF_OBJECT_ATTRIBUTES`.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct ObjectAttributes {
    size: u32,
    evt_cleanup: *const c_void,
    evt_destroy: *const c_void,
    execution_level: i32,
    synchronization_scope: i32,
    parent: Handle,
    context_size_override: usize,
    context_type: *const TypeInfo,
}

impl ObjectAttributes {
    /// Returns the attributes of an object with a context. A `context_size_override` of 0 selects
    /// the size of the type.
    pub(crate) const fn new(context: &'static TypeInfo, context_size_override: usize) -> Self {
        Self {
            size: size_of_u32::<Self>(),
            evt_cleanup: ptr::null(),
            evt_destroy: ptr::null(),
            execution_level: INHERIT_FROM_PARENT,
            synchronization_scope: INHERIT_FROM_PARENT,
            parent: ptr::null_mut(),
            context_size_override,
            context_type: context,
        }
    }
}

#[cfg(feature = "fake")]
impl ObjectAttributes {
    /// Returns whether the framework accepts the attributes for a WMI object.
    pub(crate) fn is_valid(&self) -> bool {
        self.size == size_of_u32::<Self>()
            && self.execution_level == INHERIT_FROM_PARENT
            && self.synchronization_scope == INHERIT_FROM_PARENT
            && self.parent.is_null()
    }

    /// Returns the type and the size of the context, if there is one.
    pub(crate) fn context(&self) -> Option<(*const TypeInfo, usize)> {
        // SAFETY: the type is a static of the driver, or null.
        let info = unsafe { self.context_type.as_ref() }?;
        let size = match self.context_size_override {
            0 => info.context_size,
            size => size,
        };
        Some((self.context_type, size))
    }
}

/// `WDF_WMI_PROVIDER_CONFIG`.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct ProviderConfig {
    pub(crate) size: u32,
    /// In wire order: bytes, so that the field needs no alignment.
    pub(crate) guid: [u8; 16],
    pub(crate) flags: u32,
    pub(crate) min_instance_buffer_size: u32,
    pub(crate) function_control: Option<FunctionControl>,
}

/// `WDF_WMI_INSTANCE_CONFIG`.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct InstanceConfig {
    pub(crate) size: u32,
    pub(crate) provider: Handle,
    pub(crate) provider_config: *const ProviderConfig,
    pub(crate) use_context_for_query: u8,
    pub(crate) register: u8,
    pub(crate) query_instance: Option<QueryInstance>,
    pub(crate) set_instance: Option<SetInstance>,
    pub(crate) set_item: Option<SetItem>,
    pub(crate) execute_method: Option<ExecuteMethod>,
}

/// `EvtWmiProviderFunctionControl`.
pub(crate) type FunctionControl = unsafe extern "system" fn(Handle, i32, u8) -> i32;

/// `EvtWmiInstanceQueryInstance`.
pub(crate) type QueryInstance =
    unsafe extern "system" fn(Handle, u32, *mut c_void, *mut u32) -> i32;

/// `EvtWmiInstanceSetInstance`.
pub(crate) type SetInstance = unsafe extern "system" fn(Handle, u32, *mut c_void) -> i32;

/// `EvtWmiInstanceSetItem`.
pub(crate) type SetItem = unsafe extern "system" fn(Handle, u32, u32, *mut c_void) -> i32;

/// `EvtWmiInstanceExecuteMethod`.
pub(crate) type ExecuteMethod =
    unsafe extern "system" fn(Handle, u32, u32, u32, *mut c_void, *mut u32) -> i32;

/// `EvtDeviceWdmIrpPreprocess`.
pub(crate) type EvtPreprocess = unsafe extern "system" fn(Handle, *mut Irp) -> i32;

/// The exact size that the framework requires in a structure's `Size`.
#[expect(clippy::as_conversions, reason = "the structures are small")]
pub(crate) const fn size_of_u32<T>() -> u32 {
    size_of::<T>() as u32
}

const _: () = {
    assert!(size_of::<TypeInfo>() == by_width(40, 20));
    assert!(offset_of!(TypeInfo, name) == by_width(8, 4));
    assert!(offset_of!(TypeInfo, context_size) == by_width(0x10, 8));
    assert!(offset_of!(TypeInfo, unique_type) == by_width(0x18, 0x0c));
    assert!(size_of::<ObjectAttributes>() == by_width(56, 32));
    assert!(offset_of!(ObjectAttributes, execution_level) == by_width(0x18, 0x0c));
    assert!(offset_of!(ObjectAttributes, parent) == by_width(0x20, 0x14));
    assert!(offset_of!(ObjectAttributes, context_type) == by_width(0x30, 0x1c));
    assert!(size_of::<ProviderConfig>() == by_width(40, 32));
    assert!(offset_of!(ProviderConfig, guid) == 4);
    assert!(offset_of!(ProviderConfig, flags) == 0x14);
    assert!(offset_of!(ProviderConfig, min_instance_buffer_size) == 0x18);
    assert!(offset_of!(ProviderConfig, function_control) == by_width(0x20, 0x1c));
    assert!(size_of::<InstanceConfig>() == by_width(64, 32));
    assert!(offset_of!(InstanceConfig, provider) == by_width(8, 4));
    assert!(offset_of!(InstanceConfig, provider_config) == by_width(0x10, 8));
    assert!(offset_of!(InstanceConfig, use_context_for_query) == by_width(0x18, 0x0c));
    assert!(offset_of!(InstanceConfig, register) == by_width(0x19, 0x0d));
    assert!(offset_of!(InstanceConfig, query_instance) == by_width(0x20, 0x10));
    assert!(offset_of!(InstanceConfig, execute_method) == by_width(0x38, 0x1c));
};
