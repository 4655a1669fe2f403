//! The KMDF framework of the fake kernel: its function table, its objects, and its handling of WMI
//! requests.
//!
//! It follows the framework's published source where that matters to a driver, even where that
//! source is wrong; it is tested against traces recorded from it.
//!
//! | module | owns |
//! |---|---|
//! | `device` | devices: their start and removal, and callbacks that preprocess IRPs |
//! | `create` | which providers and instances are refused |
//! | `instance` | which instances a provider has, in order |
//! | `callback` | which buffers callbacks get, and what their answers become |
//! | `request` | requests of WMI, as WNODEs |
//! | `registration` | what WMI is told of a device, and when |
//! | `event` | events, and whether somebody listens |

mod callback;
mod create;
mod device;
mod event;
mod instance;
mod registration;
mod request;

use core::ffi::c_void;
use core::ptr;
use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use wmi_core::{Guid, NtStatus};

pub use self::device::{WdfDevice, WdfDeviceInit};

use self::callback::Callbacks;
use self::create::{allocate_context, create_instance, create_provider};
use self::device::{
    Preprocess, assign_preprocess_callback, device_object, dispatch_preprocessed, physical_device,
};
use self::event::{fire_event, is_enabled};
use self::instance::{deregister_instance, register_instance};
use self::registration::assign_mof_resource_name;
use super::state::Memory;
use super::{Kernel, current};
use crate::kmdf::object::{FunctionControl, TypeInfo};

const INFO_LENGTH_MISMATCH: NtStatus = NtStatus::from_value(0xc000_0004);
const UNSUCCESSFUL: NtStatus = NtStatus::from_value(0xc000_0001);

const EVENT_ONLY: u32 = 1;
const EXPENSIVE: u32 = 2;
const TRACING: u32 = 4;

/// `WDF_VIOLATION`.
const WDF_VIOLATION: u32 = 0x10d;

/// Entries of the table in version 1.31.
const FUNCTIONS: usize = 458;

/// Larger contexts get no memory: only tests of refused sizes create them.
const LARGEST_CONTEXT: usize = 1 << 20;

type Handle = *mut c_void;

#[repr(transparent)]
struct Table([*const c_void; FUNCTIONS]);

// SAFETY: it is never written to.
unsafe impl Sync for Table {}

/// The table behind `WdfFunctions`.
static TABLE: Table = {
    let mut table = [missing as *const c_void; FUNCTIONS];
    table[31] = device_object as *const c_void;
    table[33] = physical_device as *const c_void;
    table[34] = dispatch_preprocessed as *const c_void;
    table[41] = assign_mof_resource_name as *const c_void;
    table[73] = assign_preprocess_callback as *const c_void;
    table[202] = get_context as *const c_void;
    table[203] = allocate_context as *const c_void;
    table[369] = create_provider as *const c_void;
    table[371] = is_enabled as *const c_void;
    table[373] = create_instance as *const c_void;
    table[374] = register_instance as *const c_void;
    table[375] = deregister_instance as *const c_void;
    table[378] = fire_event as *const c_void;
    Table(table)
};

/// The globals behind `WdfDriverGlobals`, of the right size.
static GLOBALS: [usize; 7] = [0; 7];

/// The objects of the framework.
pub(super) struct Objects {
    objects: BTreeMap<usize, Object>,
    /// The framework's copy of the driver's registry path.
    registry_path: String,
}

impl Default for Objects {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            registry_path: r"\Registry\Machine\System\CurrentControlSet\Services\Driver".into(),
        }
    }
}

struct Object {
    memory: Memory,
    kind: Kind,
    contexts: BTreeMap<usize, Memory>,
}

enum Kind {
    DeviceInit {
        preprocess: Vec<Preprocess>,
    },
    Device(DeviceState),
    Provider(Provider),
    Instance {
        provider: usize,
        callbacks: Callbacks,
    },
}

struct DeviceState {
    /// The device object, that of the bus, and what the driver was told they are.
    device: WdfDevice,
    preprocess: Vec<Preprocess>,
    resource: Option<String>,
    registration: Registration,
    updates: usize,
    providers: Vec<usize>,
}

/// Whether WMI knows a device.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Registration {
    NotYet,
    Registered,
    Deregistered,
}

struct Provider {
    device: usize,
    guid: [u8; 16],
    flags: u32,
    min: u32,
    control: Option<FunctionControl>,
    /// Whether events, and whether instances, are enabled.
    enabled: [bool; 2],
    /// The registered instances, in order.
    instances: Vec<usize>,
    /// The last instance has gone, of which WMI is to be told once.
    is_removed: bool,
}

/// A block as the driver has created it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WdfBlock {
    /// The block.
    pub guid: Guid,
    /// `WDF_WMI_PROVIDER_FLAGS`.
    pub flags: u32,
    /// `MinInstanceBufferSize`.
    pub min_instance_buffer_size: u32,
    /// Number of registered instances.
    pub instances: usize,
}

impl Kernel {
    /// Returns the value of a driver's `WdfFunctions`.
    #[must_use]
    pub const fn wdf_functions(&self) -> *const c_void {
        (&raw const TABLE).cast()
    }

    /// Returns the value of a driver's `WdfDriverGlobals`.
    #[must_use]
    pub const fn wdf_globals(&self) -> *const c_void {
        (&raw const GLOBALS).cast()
    }

    /// Returns the blocks of a device, as the driver has created them.
    #[must_use]
    pub fn wdf_blocks(&self, device: WdfDevice) -> Vec<WdfBlock> {
        let state = self.shared.lock();
        let providers = state.wdf.providers(device.address());
        let providers = providers.iter().filter_map(|it| state.wdf.provider(*it));
        let blocks = providers.map(|provider| WdfBlock {
            guid: Guid::from_bytes(provider.guid),
            flags: provider.flags,
            min_instance_buffer_size: provider.min,
            instances: provider.instances.len(),
        });
        blocks.collect()
    }
}

impl Objects {
    fn insert(&mut self, kind: Kind) -> Handle {
        let memory = Memory::zeroed(1);
        let object = Object {
            memory,
            kind,
            contexts: BTreeMap::new(),
        };
        self.objects.insert(memory.address(), object);
        memory.start.cast()
    }

    fn delete(&mut self, object: usize) -> Option<Kind> {
        let object = self.objects.remove(&object)?;
        object.free();
        Some(object.kind)
    }

    fn kind(&self, object: usize) -> Option<&Kind> {
        self.objects.get(&object).map(|object| &object.kind)
    }

    fn handle(&self, object: usize) -> Handle {
        let object = self.objects.get(&object);
        object.map_or(ptr::null_mut(), |object| object.memory.start.cast())
    }

    fn device(&self, device: usize) -> Option<&DeviceState> {
        match self.kind(device) {
            Some(Kind::Device(device)) => Some(device),
            _ => None,
        }
    }

    fn device_mut(&mut self, device: usize) -> Option<&mut DeviceState> {
        match &mut self.objects.get_mut(&device)?.kind {
            Kind::Device(device) => Some(device),
            _ => None,
        }
    }

    fn providers(&self, device: usize) -> &[usize] {
        self.device(device).map_or(&[], |device| &device.providers)
    }

    fn provider(&self, provider: usize) -> Option<&Provider> {
        match self.kind(provider) {
            Some(Kind::Provider(provider)) => Some(provider),
            _ => None,
        }
    }

    fn provider_mut(&mut self, provider: usize) -> Option<&mut Provider> {
        match &mut self.objects.get_mut(&provider)?.kind {
            Kind::Provider(provider) => Some(provider),
            _ => None,
        }
    }

    /// The provider of a block.
    fn find(&self, device: usize, guid: Guid) -> Option<usize> {
        let mut providers = self.providers(device).iter().copied();
        providers.find(|it| {
            let provider = self.provider(*it);
            provider.is_some_and(|provider| provider.guid == guid.to_bytes())
        })
    }

    fn add_context(&mut self, object: usize, key: usize, size: usize) {
        if let Some(object) = self.objects.get_mut(&object) {
            if size <= LARGEST_CONTEXT {
                object.contexts.insert(key, Memory::zeroed(size));
            }
        }
    }

    pub(super) fn free(&self) {
        self.objects.values().for_each(Object::free);
    }
}

impl Object {
    fn free(&self) {
        self.memory.free();
        self.contexts.values().for_each(|memory| memory.free());
    }
}

unsafe extern "system" fn missing() {
    panic!("the fake framework does not have this function");
}

/// Declares the function that uses the fastcall convention on x86.
macro_rules! fast {
    ($abi:literal) => {
        unsafe extern $abi fn get_context(
            _: *mut c_void,
            object: Handle,
            info: *const TypeInfo,
        ) -> *mut c_void {
            let shared = current();
            let state = shared.lock();
            let object = state.wdf.objects.get(&object.addr());
            let context = object.and_then(|object| object.contexts.get(&info.addr()));
            context.map_or(ptr::null_mut(), |memory| memory.start.cast())
        }
    };
}

#[cfg(target_arch = "x86")]
fast!("fastcall");
#[cfg(not(target_arch = "x86"))]
fast!("system");
