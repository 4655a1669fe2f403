//! The framework of the fake kernel: its table of functions, its objects, and what it makes of
//! requests of WMI.
//!
//! It follows the published source of the framework where that decides whether a driver works: which
//! objects it refuses, which buffers it gives to a callback, what it makes of the answer.

mod create;
mod event;
mod instance;
mod request;

use core::ffi::c_void;
use core::ptr;
use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use wmi_core::{Guid, NtStatus};

use self::create::{allocate_context, create_instance, create_provider};
use self::event::{fire_event, is_enabled};
use self::instance::{deregister_instance, register_instance};
use super::state::Memory;
use super::{Irql, Kernel, current};
use crate::kmdf::object::{FunctionControl, TypeInfo};
use crate::layout::UnicodeString;
use crate::status::raw;

const INFO_LENGTH_MISMATCH: NtStatus = NtStatus(0xc000_0004);
const UNSUCCESSFUL: NtStatus = NtStatus(0xc000_0001);

const EVENT_ONLY: u32 = 1;
const EXPENSIVE: u32 = 2;
const TRACING: u32 = 4;

/// Entries of the table, as in 1.31.
const FUNCTIONS: usize = 458;

/// The framework starts the data of instances at multiples of this.
const ALIGNMENT: usize = 16;

/// Where it puts the array of their places in a `WNODE_ALL_DATA`.
const PLACES: usize = 60;

/// Contexts of more bytes have no memory: nobody uses them but to see what is refused.
const LARGEST_CONTEXT: usize = 1 << 20;

type Handle = *mut c_void;

#[repr(transparent)]
struct Table([*const c_void; FUNCTIONS]);

// SAFETY: it is never written.
unsafe impl Sync for Table {}

/// The table that a driver finds by `WdfFunctions`.
static TABLE: Table = {
    let mut table = [missing as *const c_void; FUNCTIONS];
    table[41] = assign_mof_resource_name as *const c_void;
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

/// The globals that a driver finds by `WdfDriverGlobals`: as many bytes as there are.
static GLOBALS: [usize; 7] = [0; 7];

/// The objects of the framework.
#[derive(Default)]
pub(super) struct Objects {
    objects: BTreeMap<usize, Object>,
    events: Vec<WdfEvent>,
}

struct Object {
    memory: Memory,
    kind: Kind,
    contexts: BTreeMap<usize, Memory>,
}

enum Kind {
    Device {
        resource: Option<String>,
        is_registered: bool,
        is_removed: bool,
        updates: usize,
        providers: Vec<usize>,
    },
    Provider {
        device: usize,
        guid: [u8; 16],
        flags: u32,
        min: u32,
        control: Option<FunctionControl>,
        /// For events, and for instances.
        enabled: [bool; 2],
        /// Those that are registered, in order.
        instances: Vec<usize>,
    },
    Instance {
        provider: usize,
        config: Callbacks,
    },
}

#[derive(Clone, Copy)]
struct Callbacks {
    query: Option<crate::kmdf::object::QueryInstance>,
    set: Option<crate::kmdf::object::SetInstance>,
    set_item: Option<crate::kmdf::object::SetItem>,
    execute: Option<crate::kmdf::object::ExecuteMethod>,
}

/// A `WDFDEVICE` of the fake kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WdfDevice(Handle);

// SAFETY: this is an address.
unsafe impl Send for WdfDevice {}
// SAFETY: as above.
unsafe impl Sync for WdfDevice {}

impl WdfDevice {
    /// Returns the handle.
    #[must_use]
    pub const fn as_ptr(self) -> *mut c_void {
        self.0
    }
}

/// An event that a driver has fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WdfEvent {
    /// The block.
    pub guid: Guid,
    /// The number of the instance.
    pub instance: usize,
    /// The data.
    pub data: Vec<u8>,
}

/// What the framework completes a request with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WdfAnswer {
    /// The status.
    pub status: NtStatus,
    /// The bytes that were used or, with `STATUS_BUFFER_TOO_SMALL`, are needed.
    pub used: usize,
    /// The data.
    pub data: Vec<u8>,
}

impl WdfAnswer {
    const fn failure(status: NtStatus) -> Self {
        Self {
            status,
            used: 0,
            data: Vec::new(),
        }
    }
}

/// What the framework tells WMI of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WdfBlock {
    /// The block.
    pub guid: Guid,
    /// `WDF_WMI_PROVIDER_FLAGS`.
    pub flags: u32,
    /// `MinInstanceBufferSize`.
    pub min_instance_buffer_size: u32,
    /// How many instances are registered.
    pub instances: usize,
}

impl Kernel {
    /// Returns what a driver finds by `WdfFunctions`.
    #[must_use]
    pub const fn wdf_functions(&self) -> *const c_void {
        (&raw const TABLE).cast()
    }

    /// Returns what a driver finds by `WdfDriverGlobals`.
    #[must_use]
    pub const fn wdf_globals(&self) -> *const c_void {
        (&raw const GLOBALS).cast()
    }

    /// Does what `WdfDeviceCreate` does.
    #[must_use]
    pub fn create_wdf_device(&self) -> WdfDevice {
        WdfDevice(self.shared.lock().wdf.insert(Kind::Device {
            resource: None,
            is_registered: false,
            is_removed: false,
            updates: 0,
            providers: Vec::new(),
        }))
    }

    /// Registers the device with WMI, as the framework does when it has started it.
    pub fn start_wdf_device(&self, device: WdfDevice) {
        if let Some(Kind::Device { is_registered, .. }) =
            self.shared.lock().wdf.kind(device.0.addr())
        {
            *is_registered = true;
        }
    }

    /// Deregisters the device and deletes its objects with their contexts.
    pub fn remove_wdf_device(&self, device: WdfDevice) {
        self.shared.lock().wdf.remove(device.0.addr());
    }

    /// Deregisters the device, and leaves its objects for now.
    pub fn deregister_wdf_device(&self, device: WdfDevice) {
        if let Some(Kind::Device { is_removed, .. }) = self.shared.lock().wdf.kind(device.0.addr())
        {
            *is_removed = true;
        }
    }

    /// Returns the name of the resource that the driver has assigned.
    #[must_use]
    pub fn wdf_resource(&self, device: WdfDevice) -> Option<String> {
        match self.shared.lock().wdf.kind(device.0.addr()) {
            Some(Kind::Device { resource, .. }) => resource.clone(),
            _ => None,
        }
    }

    /// Returns how often WMI was told that something has changed.
    #[must_use]
    pub fn wdf_updates(&self, device: WdfDevice) -> usize {
        match self.shared.lock().wdf.kind(device.0.addr()) {
            Some(Kind::Device { updates, .. }) => *updates,
            _ => 0,
        }
    }

    /// Returns the events that were fired since the last call.
    #[must_use]
    pub fn take_wdf_events(&self) -> Vec<WdfEvent> {
        core::mem::take(&mut self.shared.lock().wdf.events)
    }

    /// Returns the blocks of a device, as they are registered.
    #[must_use]
    pub fn wdf_blocks(&self, device: WdfDevice) -> Vec<WdfBlock> {
        let mut state = self.shared.lock();
        let providers = state.wdf.providers(device.0.addr());
        let blocks = providers.iter().filter_map(|provider| {
            let Some(Kind::Provider {
                guid,
                flags,
                min,
                instances,
                ..
            }) = state.wdf.kind(*provider)
            else {
                return None;
            };
            Some(WdfBlock {
                guid: Guid::from_bytes(*guid),
                flags: *flags,
                min_instance_buffer_size: *min,
                instances: instances.len(),
            })
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

    fn kind(&mut self, object: usize) -> Option<&mut Kind> {
        self.objects.get_mut(&object).map(|object| &mut object.kind)
    }

    fn handle(&self, object: usize) -> Handle {
        let object = self.objects.get(&object);
        object.map_or(ptr::null_mut(), |object| object.memory.start.cast())
    }

    fn providers(&mut self, device: usize) -> Vec<usize> {
        match self.kind(device) {
            Some(Kind::Device { providers, .. }) => providers.clone(),
            _ => Vec::new(),
        }
    }

    fn provider(&mut self, device: WdfDevice, guid: Guid) -> Option<usize> {
        let providers = self.providers(device.0.addr());
        providers.into_iter().find(|provider| {
            matches!(self.kind(*provider), Some(Kind::Provider { guid: own, .. })
                if *own == guid.to_bytes())
        })
    }

    fn instance(
        &mut self,
        device: WdfDevice,
        guid: Guid,
        number: usize,
    ) -> Result<(Handle, Callbacks, usize), NtStatus> {
        let provider = self.provider(device, guid);
        let provider = provider.ok_or(NtStatus::WMI_GUID_NOT_FOUND)?;
        let Some(Kind::Provider { instances, min, .. }) = self.kind(provider) else {
            return Err(NtStatus::WMI_GUID_NOT_FOUND);
        };
        let min = usize::try_from(*min).unwrap_or(usize::MAX);
        let instance = instances.get(number).copied();
        let instance = instance.ok_or(NtStatus::WMI_INSTANCE_NOT_FOUND)?;
        match self.kind(instance) {
            Some(Kind::Instance { config, .. }) => {
                let config = *config;
                Ok((self.handle(instance), config, min))
            }
            _ => Err(NtStatus::WMI_INSTANCE_NOT_FOUND),
        }
    }

    fn remove(&mut self, device: usize) {
        let providers = self.providers(device);
        let gone = |object: &Object| match &object.kind {
            Kind::Device { .. } => object.memory.address() == device,
            Kind::Provider { device: own, .. } => *own == device,
            Kind::Instance { provider, .. } => providers.contains(provider),
        };
        self.objects.retain(|_, object| {
            let gone = gone(object);
            if gone {
                object.free();
            }
            !gone
        });
    }

    /// Tells WMI of a change, where it knows the device.
    fn changed(&mut self, provider: usize) {
        let Some(Kind::Provider { device, .. }) = self.kind(provider) else {
            return;
        };
        let device = *device;
        if let Some(Kind::Device {
            is_registered: true,
            updates,
            ..
        }) = self.kind(device)
        {
            *updates += 1;
        }
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

unsafe extern "system" fn assign_mof_resource_name(
    _: *mut c_void,
    device: Handle,
    name: *const UnicodeString,
) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(
        Irql::Passive,
        "WdfDeviceAssignMofResourceName above PASSIVE_LEVEL",
    );
    // SAFETY: the caller's string is valid.
    let units =
        unsafe { core::slice::from_raw_parts((*name).buffer, usize::from((*name).length / 2)) };
    let Some(Kind::Device { resource, .. }) = state.wdf.kind(device.addr()) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    if resource.is_some() {
        return raw(NtStatus::INVALID_DEVICE_REQUEST);
    }
    *resource = Some(String::from_utf16_lossy(units));
    raw(NtStatus::SUCCESS)
}

unsafe extern "system" fn get_context(
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
