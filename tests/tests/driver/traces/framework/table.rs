//! The framework's table as a driver in C sees it, without this library's declarations of it.
//!
//! Source: `wdfobject.h`, `wdfwmi.h`, `wdffuncenum.h`.

use core::ffi::{c_char, c_void};
use core::mem::transmute;
use core::ptr;

use wmi_driver::fake::{Kernel, WdfDevice};

pub(crate) type Handle = *mut c_void;

pub(crate) type FunctionControl = unsafe extern "system" fn(Handle, i32, u8) -> i32;
pub(crate) type QueryInstance = unsafe extern "system" fn(Handle, u32, *mut u8, *mut u32) -> i32;
pub(crate) type SetInstance = unsafe extern "system" fn(Handle, u32, *mut u8) -> i32;
pub(crate) type SetItem = unsafe extern "system" fn(Handle, u32, u32, *mut u8) -> i32;
pub(crate) type ExecuteMethod =
    unsafe extern "system" fn(Handle, u32, u32, u32, *mut u8, *mut u32) -> i32;

/// `WDF_WMI_PROVIDER_CONFIG`.
#[repr(C)]
pub(crate) struct ProviderConfig {
    pub(crate) size: u32,
    pub(crate) guid: [u8; 16],
    pub(crate) flags: u32,
    pub(crate) min: u32,
    pub(crate) control: Option<FunctionControl>,
}

/// `WDF_WMI_INSTANCE_CONFIG`.
#[repr(C)]
pub(crate) struct InstanceConfig {
    pub(crate) size: u32,
    pub(crate) provider: Handle,
    pub(crate) provider_config: *const ProviderConfig,
    pub(crate) use_context_for_query: u8,
    pub(crate) register: u8,
    pub(crate) query: Option<QueryInstance>,
    pub(crate) set: Option<SetInstance>,
    pub(crate) set_item: Option<SetItem>,
    pub(crate) execute: Option<ExecuteMethod>,
}

impl Default for InstanceConfig {
    fn default() -> Self {
        Self {
            size: size_of::<Self>() as u32,
            provider: ptr::null_mut(),
            provider_config: ptr::null(),
            use_context_for_query: 0,
            register: 1,
            query: None,
            set: None,
            set_item: None,
            execute: None,
        }
    }
}

/// `WDF_OBJECT_ATTRIBUTES`, as its initialisation leaves it, but for the context.
#[repr(C)]
pub(crate) struct Attributes {
    size: u32,
    evt_cleanup: *const c_void,
    evt_destroy: *const c_void,
    execution_level: i32,
    synchronization_scope: i32,
    parent: Handle,
    context_size_override: usize,
    context_type: *const TypeInfo,
}

/// `WDF_OBJECT_CONTEXT_TYPE_INFO`. It lives as long as the objects that have such a context.
#[repr(C)]
pub(crate) struct TypeInfo {
    size: u32,
    name: *const c_char,
    context_size: usize,
    unique_type: *const c_void,
    get_unique_type: *const c_void,
}

impl TypeInfo {
    /// A type of its own.
    pub(crate) fn new(context_size: usize) -> &'static Self {
        Box::leak(Box::new(Self {
            size: size_of::<Self>() as u32,
            name: c"Context".as_ptr(),
            context_size,
            unique_type: ptr::null(),
            get_unique_type: ptr::null(),
        }))
    }
}

/// The table and the globals.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    functions: *const *const c_void,
    globals: *const c_void,
}

macro_rules! functions {
    ($($index:literal $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Table {
            $(pub(crate) fn $name(self, $($argument: $type),*) $(-> $result)? {
                type Function =
                    unsafe extern "system" fn(*const c_void $(, $type)*) $(-> $result)?;
                // SAFETY: the table has more entries than this.
                let entry = unsafe { self.functions.add($index).read() };
                // SAFETY: the entry with this number is a function of this type.
                let function = unsafe { transmute::<*const c_void, Function>(entry) };
                // SAFETY: the tests pass what the framework has given them, and nothing else.
                unsafe { function(self.globals $(, $argument)*) }
            })*
        }
    };
}

functions! {
    41 assign_mof_resource_name(device: Handle, name: *const UnicodeString) -> i32;
    202 context(object: Handle, info: *const TypeInfo) -> *mut u8;
    369 create_provider(
        device: Handle, config: *const ProviderConfig, attributes: *const c_void,
        provider: *mut Handle
    ) -> i32;
    371 is_enabled(provider: Handle, control: i32) -> u8;
    373 create_instance(
        device: Handle, config: *const InstanceConfig, attributes: *const Attributes,
        instance: *mut Handle
    ) -> i32;
    374 register(instance: Handle) -> i32;
    375 deregister(instance: Handle);
    378 fire_event(instance: Handle, size: u32, data: *const u8) -> i32;
}

/// `UNICODE_STRING`.
#[repr(C)]
pub(crate) struct UnicodeString {
    length: u16,
    maximum_length: u16,
    buffer: *const u16,
}

impl Table {
    pub(crate) fn of(kernel: &Kernel) -> Self {
        Self {
            functions: kernel.wdf_functions().cast(),
            globals: kernel.wdf_globals(),
        }
    }

    pub(crate) fn assign_resource(self, device: WdfDevice, name: &str) {
        let units: Vec<u16> = name.encode_utf16().collect();
        let length = 2 * units.len() as u16;
        let name = UnicodeString {
            length,
            maximum_length: length,
            buffer: units.as_ptr(),
        };
        assert_eq!(self.assign_mof_resource_name(device.as_ptr(), &name), 0);
    }

    pub(crate) fn provider(self, device: WdfDevice, config: &ProviderConfig) -> (i32, Handle) {
        let mut provider = ptr::null_mut();
        let status = self.create_provider(device.as_ptr(), config, ptr::null(), &mut provider);
        (status, provider)
    }

    pub(crate) fn instance(
        self,
        config: &InstanceConfig,
        context: Option<&'static TypeInfo>,
    ) -> (i32, Handle) {
        let attributes = Attributes {
            size: size_of::<Attributes>() as u32,
            evt_cleanup: ptr::null(),
            evt_destroy: ptr::null(),
            execution_level: 1,
            synchronization_scope: 1,
            parent: ptr::null_mut(),
            context_size_override: 0,
            context_type: context.map_or(ptr::null(), ptr::from_ref),
        };
        let mut instance = ptr::null_mut();
        let status = self.create_instance(ptr::null_mut(), config, &attributes, &mut instance);
        (status, instance)
    }
}
