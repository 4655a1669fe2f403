//! The KMDF framework of the fake kernel: its function table, its objects, and its handling of WMI
//! requests.
//!
//! It follows the framework's published source where that matters to a driver: which objects the
//! framework refuses, which buffers it passes to callbacks, and how it treats their answers.

use core::ffi::c_void;
use core::ptr;
use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use wmi_core::{Guid, NtStatus};

use super::state::Memory;
use super::{Irql, Kernel, current};
use crate::kmdf::object::{
    FunctionControl, InstanceConfig, ObjectAttributes, ProviderConfig, TypeInfo, size_of_u32,
};
use crate::layout::UnicodeString;
use crate::status::{INVALID_DEVICE_STATE, from_raw, raw};

const INFO_LENGTH_MISMATCH: NtStatus = NtStatus(0xc000_0004);
const INTEGER_OVERFLOW: NtStatus = NtStatus(0xc000_0095);
const UNSUCCESSFUL: NtStatus = NtStatus(0xc000_0001);
const ATTRIBUTES_INVALID: NtStatus = NtStatus(0xc020_0209);
const OBJECT_NAME_EXISTS: NtStatus = NtStatus(0x4000_0000);

const EVENT_ONLY: u32 = 1;
const EXPENSIVE: u32 = 2;
const TRACING: u32 = 4;

/// Entries of the table in version 1.31.
const FUNCTIONS: usize = 458;

/// Alignment of each instance's data in a `WNODE_ALL_DATA`, in bytes.
const ALIGNMENT: usize = 16;

/// Offset of `OffsetInstanceDataAndLength` in a `WNODE_ALL_DATA`.
const PLACES: usize = 60;

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

/// The globals behind `WdfDriverGlobals`, of the right size.
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
        /// Whether events, and whether instances, are enabled.
        enabled: [bool; 2],
        /// The registered instances, in order.
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

/// An event fired by a driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WdfEvent {
    /// The block.
    pub guid: Guid,
    /// The number of the instance.
    pub instance: usize,
    /// The data.
    pub data: Vec<u8>,
}

/// The framework's completion of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WdfAnswer {
    /// The status.
    pub status: NtStatus,
    /// Bytes used or, with `STATUS_BUFFER_TOO_SMALL`, bytes needed.
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

/// A block as the framework registers it with WMI.
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

    /// `WdfDeviceCreate`: creates a device.
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

    /// Registers the device with WMI, as the framework does after starting it.
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

    /// Deregisters the device but keeps its objects.
    pub fn deregister_wdf_device(&self, device: WdfDevice) {
        if let Some(Kind::Device { is_removed, .. }) = self.shared.lock().wdf.kind(device.0.addr())
        {
            *is_removed = true;
        }
    }

    /// Returns the MOF resource name assigned by the driver.
    #[must_use]
    pub fn wdf_resource(&self, device: WdfDevice) -> Option<String> {
        match self.shared.lock().wdf.kind(device.0.addr()) {
            Some(Kind::Device { resource, .. }) => resource.clone(),
            _ => None,
        }
    }

    /// Returns how many times the framework told WMI of a change.
    #[must_use]
    pub fn wdf_updates(&self, device: WdfDevice) -> usize {
        match self.shared.lock().wdf.kind(device.0.addr()) {
            Some(Kind::Device { updates, .. }) => *updates,
            _ => 0,
        }
    }

    /// Returns the events fired since the last call.
    #[must_use]
    pub fn take_wdf_events(&self) -> Vec<WdfEvent> {
        core::mem::take(&mut self.shared.lock().wdf.events)
    }

    /// Returns the registered blocks of a device.
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

    /// Queries one instance, with room for `room` bytes of data.
    pub fn wdf_query(
        &self,
        device: WdfDevice,
        guid: Guid,
        instance: usize,
        room: usize,
    ) -> WdfAnswer {
        let found = self.shared.lock().wdf.instance(device, guid, instance);
        let (handle, callbacks, min) = match found {
            Ok(found) => found,
            Err(status) => return WdfAnswer::failure(status),
        };
        if callbacks.query.is_none() && callbacks.execute.is_none() {
            return WdfAnswer::failure(NtStatus::INVALID_DEVICE_REQUEST);
        }
        if room < min {
            return WdfAnswer {
                status: NtStatus::BUFFER_TOO_SMALL,
                used: min,
                data: Vec::new(),
            };
        }
        query(handle, callbacks, room)
    }

    /// Queries all instances, with a buffer of `size` bytes for the whole `WNODE_ALL_DATA`. The
    /// answer's data is the data of all instances, concatenated.
    pub fn wdf_query_all(&self, device: WdfDevice, guid: Guid, size: usize) -> WdfAnswer {
        let mut count = 0;
        while let Ok((_, _, _)) = self.shared.lock().wdf.instance(device, guid, count) {
            count += 1;
        }
        if count == 0 {
            let status = match self.shared.lock().wdf.provider(device, guid) {
                Some(_) => NtStatus::WMI_INSTANCE_NOT_FOUND,
                None => NtStatus::WMI_GUID_NOT_FOUND,
            };
            return WdfAnswer::failure(status);
        }
        let start = (PLACES + 8 * count).next_multiple_of(ALIGNMENT);
        let min = match self.shared.lock().wdf.instance(device, guid, 0) {
            Ok((_, _, min)) => min,
            Err(status) => return WdfAnswer::failure(status),
        };
        let all = start + (count - 1) * min.next_multiple_of(ALIGNMENT) + min;
        if min > 0 && size < all {
            return WdfAnswer {
                status: NtStatus::BUFFER_TOO_SMALL,
                used: all,
                data: Vec::new(),
            };
        }
        let (mut used, mut data, mut fits) = (start, Vec::new(), true);
        for index in 0..count {
            let found = self.shared.lock().wdf.instance(device, guid, index);
            let Ok((handle, callbacks, _)) = found else {
                return WdfAnswer::failure(NtStatus::WMI_INSTANCE_NOT_FOUND);
            };
            let answer = query(handle, callbacks, size.saturating_sub(used));
            fits &= answer.status == NtStatus::SUCCESS;
            if !fits
                && answer.status != NtStatus::SUCCESS
                && answer.status != NtStatus::BUFFER_TOO_SMALL
            {
                return answer;
            }
            used += answer.used;
            if index + 1 < count {
                used = used.next_multiple_of(ALIGNMENT);
            }
            data.extend(answer.data);
        }
        fits &= used <= size;
        let (status, data) = match fits {
            true => (NtStatus::SUCCESS, data),
            false => (NtStatus::BUFFER_TOO_SMALL, Vec::new()),
        };
        WdfAnswer { status, used, data }
    }

    /// Sets one instance.
    pub fn wdf_set(&self, device: WdfDevice, guid: Guid, instance: usize, data: &[u8]) -> NtStatus {
        let found = self.shared.lock().wdf.instance(device, guid, instance);
        let (handle, callbacks, min) = match found {
            Ok(found) => found,
            Err(status) => return status,
        };
        let Some(set) = callbacks.set else {
            return NtStatus::WMI_READ_ONLY;
        };
        if data.len() < min {
            return NtStatus::WMI_SET_FAILURE;
        }
        let status = with_data(data, |start, size| {
            // SAFETY: the arguments are those of the callback.
            from_raw(unsafe { set(handle, size, start) })
        });
        set_status(status)
    }

    /// Sets one item of one instance.
    pub fn wdf_set_item(
        &self,
        device: WdfDevice,
        guid: Guid,
        instance: usize,
        item: u32,
        data: &[u8],
    ) -> NtStatus {
        let found = self.shared.lock().wdf.instance(device, guid, instance);
        let (handle, callbacks, _) = match found {
            Ok(found) => found,
            Err(status) => return status,
        };
        let Some(set_item) = callbacks.set_item else {
            return NtStatus::WMI_READ_ONLY;
        };
        let status = with_data(data, |start, size| {
            // SAFETY: the arguments are those of the callback.
            from_raw(unsafe { set_item(handle, item, size, start) })
        });
        set_status(status)
    }

    /// Calls a method of the first instance with a buffer of `room` bytes. `claimed` is the size of
    /// the input passed to the callback, which a malformed WNODE may state wrongly.
    pub fn wdf_execute(
        &self,
        device: WdfDevice,
        guid: Guid,
        method: u32,
        input: &[u8],
        claimed: u32,
        room: usize,
    ) -> WdfAnswer {
        let found = self.shared.lock().wdf.instance(device, guid, 0);
        let (handle, callbacks, _) = match found {
            Ok(found) => found,
            Err(status) => return WdfAnswer::failure(status),
        };
        let Some(execute) = callbacks.execute else {
            return WdfAnswer::failure(NtStatus::INVALID_DEVICE_REQUEST);
        };
        let mut bytes = std::vec![0; room];
        for (slot, byte) in bytes.iter_mut().zip(input) {
            *slot = *byte;
        }
        let mut used = 0;
        let mut data = Vec::new();
        let status = with_memory(&bytes, |memory, start, size| {
            // SAFETY: the arguments are those of the callback.
            let status = unsafe { execute(handle, method, claimed, size, start, &raw mut used) };
            data = memory.map_or_else(Vec::new, |memory| memory.bytes(memory.size));
            from_raw(status)
        });
        let used = usize::try_from(used).unwrap_or(usize::MAX);
        data.truncate(if status.is_success() { used } else { 0 });
        WdfAnswer { status, used, data }
    }

    /// Enables or disables events (`is_event`) or the collection of a block.
    pub fn wdf_control(
        &self,
        device: WdfDevice,
        guid: Guid,
        is_event: bool,
        enable: bool,
    ) -> NtStatus {
        let mut state = self.shared.lock();
        let Some(provider) = state.wdf.provider(device, guid) else {
            return NtStatus::WMI_GUID_NOT_FOUND;
        };
        let handle = state.wdf.handle(provider);
        let Some(Kind::Provider {
            control, enabled, ..
        }) = state.wdf.kind(provider)
        else {
            return NtStatus::WMI_GUID_NOT_FOUND;
        };
        let which = usize::from(!is_event);
        enabled[which] = enable;
        let Some(control) = *control else {
            return NtStatus::SUCCESS;
        };
        drop(state);
        // SAFETY: the arguments are those of the callback.
        let status =
            from_raw(unsafe { control(handle, if is_event { 1 } else { 2 }, u8::from(enable)) });
        if !status.is_success() {
            let mut state = self.shared.lock();
            if let Some(Kind::Provider { enabled, .. }) = state.wdf.kind(provider) {
                enabled[which] = false;
            }
        }
        status
    }
}

/// Calls the query callback of an instance, and treats its answer as the framework does.
fn query(handle: Handle, callbacks: Callbacks, room: usize) -> WdfAnswer {
    let Some(query) = callbacks.query else {
        return WdfAnswer {
            status: NtStatus::SUCCESS,
            used: 0,
            data: Vec::new(),
        };
    };
    // Without room, the framework passes one spare byte, so that the callback reports the size
    // needed.
    let given = room.max(1);
    let memory = Memory::zeroed(given);
    let mut used = 0;
    let size = u32::try_from(given).expect("buffers are small");
    // SAFETY: the arguments are those of the callback.
    let status = unsafe { query(handle, size, memory.start.cast(), &raw mut used) };
    let bytes = memory.bytes(given);
    memory.free();
    let used = usize::try_from(used).unwrap_or(usize::MAX);
    match from_raw(status) {
        NtStatus::PENDING => WdfAnswer::failure(UNSUCCESSFUL),
        status if status.is_success() && used > given => WdfAnswer::failure(UNSUCCESSFUL),
        status if status.is_success() && used > room => WdfAnswer {
            status: NtStatus::BUFFER_TOO_SMALL,
            used,
            data: Vec::new(),
        },
        status if status.is_success() => WdfAnswer {
            status,
            used,
            data: bytes[..used].to_vec(),
        },
        status => WdfAnswer {
            status,
            used,
            data: Vec::new(),
        },
    }
}

/// Returns the framework's status for the status of a set callback.
const fn set_status(status: NtStatus) -> NtStatus {
    match status {
        NtStatus::BUFFER_TOO_SMALL => NtStatus::WMI_SET_FAILURE,
        NtStatus::PENDING => UNSUCCESSFUL,
        status => status,
    }
}

fn with_data<R>(data: &[u8], f: impl FnOnce(*mut c_void, u32) -> R) -> R {
    with_memory(data, |_, start, size| f(start, size))
}

/// Calls `f` with memory of exactly these bytes, or with null if there are none.
fn with_memory<R>(data: &[u8], f: impl FnOnce(Option<Memory>, *mut c_void, u32) -> R) -> R {
    let memory = (!data.is_empty()).then(|| Memory::filled(data));
    let start = memory.map_or(ptr::null_mut(), |memory| memory.start.cast());
    let result = f(
        memory,
        start,
        u32::try_from(data.len()).expect("buffers are small"),
    );
    if let Some(memory) = memory {
        memory.free();
    }
    result
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

    /// Tells WMI of a change, if the device is registered.
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

/// Address of the type, and size, of the context in the attributes of a new object.
type Context = Option<(usize, usize)>;

/// Checks attributes, which may be null.
///
/// # Safety
///
/// `attributes` is null or valid.
unsafe fn context_of(attributes: *const ObjectAttributes) -> Result<Context, NtStatus> {
    // SAFETY: the caller's.
    let Some(attributes) = (unsafe { attributes.as_ref() }) else {
        return Ok(None);
    };
    if !attributes.is_valid() {
        return Err(ATTRIBUTES_INVALID);
    }
    Ok(attributes.context().map(|(info, size)| (info.addr(), size)))
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

unsafe extern "system" fn allocate_context(
    _: *mut c_void,
    object: Handle,
    attributes: *const ObjectAttributes,
    context: *mut *mut c_void,
) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(
        Irql::Dispatch,
        "WdfObjectAllocateContext above DISPATCH_LEVEL",
    );
    // SAFETY: the caller's attributes are valid.
    let (key, size) = match unsafe { context_of(attributes) } {
        Ok(Some(context)) => context,
        Ok(None) => return raw(NtStatus::INVALID_PARAMETER),
        Err(status) => return raw(status),
    };
    let existing = state.wdf.objects.get(&object.addr());
    let existing = existing
        .and_then(|object| object.contexts.get(&key))
        .copied();
    if existing.is_none() {
        state.wdf.add_context(object.addr(), key, size);
    }
    let memory = state.wdf.objects.get(&object.addr());
    let memory = memory.and_then(|object| object.contexts.get(&key));
    let start = memory.map_or(ptr::null_mut(), |memory| memory.start.cast());
    // SAFETY: the caller's.
    unsafe { context.write(start) };
    raw(if existing.is_some() {
        OBJECT_NAME_EXISTS
    } else {
        NtStatus::SUCCESS
    })
}

unsafe extern "system" fn create_provider(
    _: *mut c_void,
    device: Handle,
    config: *const ProviderConfig,
    attributes: *const ObjectAttributes,
    provider: *mut Handle,
) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(Irql::Dispatch, "WdfWmiProviderCreate above DISPATCH_LEVEL");
    // SAFETY: the caller's configuration is valid.
    let config = unsafe { &*config };
    // SAFETY: the caller's attributes are valid.
    let context = match unsafe { context_of(attributes) } {
        Ok(context) => context,
        Err(status) => return raw(status),
    };
    if let Err(status) = check_provider(config) {
        return raw(status);
    }
    let Some(Kind::Device { is_removed, .. }) = state.wdf.kind(device.addr()) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    if *is_removed {
        return raw(INVALID_DEVICE_STATE);
    }
    let guid = Guid::from_bytes(config.guid);
    let is_second = state.wdf.provider(WdfDevice(device), guid).is_some();
    let handle = state.wdf.insert(Kind::Provider {
        device: device.addr(),
        guid: config.guid,
        flags: config.flags,
        min: config.min_instance_buffer_size,
        control: config.function_control,
        enabled: [false; 2],
        instances: Vec::new(),
    });
    if let Some((key, size)) = context {
        state.wdf.add_context(handle.addr(), key, size);
    }
    if is_second {
        // The framework accepts the second provider, but never finds it again.
        state.bug_check(0x10d, 0, "a second provider of one GUID is created");
    } else if let Some(Kind::Device { providers, .. }) = state.wdf.kind(device.addr()) {
        providers.push(handle.addr());
    }
    // SAFETY: the caller's.
    unsafe { provider.write(handle) };
    raw(NtStatus::SUCCESS)
}

fn check_provider(config: &ProviderConfig) -> Result<(), NtStatus> {
    if config.size != size_of_u32::<ProviderConfig>() {
        return Err(INFO_LENGTH_MISMATCH);
    }
    let flags = config.flags;
    let is_tracing = flags & TRACING != 0;
    let is_controlled = config.function_control.is_some();
    if flags & !(EVENT_ONLY | EXPENSIVE | TRACING) != 0
        || (is_tracing && flags != TRACING)
        || (is_controlled && flags & (TRACING | EXPENSIVE) == 0)
        || config.guid == [0; 16]
    {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    Ok(())
}

unsafe extern "system" fn is_enabled(_: *mut c_void, provider: Handle, control: i32) -> u8 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(
        Irql::Dispatch,
        "WdfWmiProviderIsEnabled above DISPATCH_LEVEL",
    );
    match (state.wdf.kind(provider.addr()), control) {
        (Some(Kind::Provider { enabled, .. }), 1) => u8::from(enabled[0]),
        (Some(Kind::Provider { enabled, .. }), 2) => u8::from(enabled[1]),
        _ => {
            state.bug_check(
                0x10d,
                0,
                "the handle is not a provider, or the control is unknown",
            );
            0
        }
    }
}

unsafe extern "system" fn create_instance(
    _: *mut c_void,
    _: Handle,
    config: *const InstanceConfig,
    attributes: *const ObjectAttributes,
    instance: *mut Handle,
) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(Irql::Dispatch, "WdfWmiInstanceCreate above DISPATCH_LEVEL");
    // SAFETY: the caller's configuration is valid.
    let config = unsafe { &*config };
    // SAFETY: the caller's attributes are valid.
    let context = match unsafe { context_of(attributes) } {
        Ok(context) => context,
        Err(status) => return raw(status),
    };
    // The fake framework ignores `ProviderConfig` here.
    if config.size != size_of_u32::<InstanceConfig>() {
        return raw(INFO_LENGTH_MISMATCH);
    }
    let provider = config.provider.addr();
    let Some(Kind::Provider { flags, min, .. }) = state.wdf.kind(provider) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    let (flags, min) = (*flags, usize::try_from(*min).unwrap_or(usize::MAX));
    if let Err(status) = check_instance(config, context, flags, min) {
        return raw(status);
    }
    let handle = state.wdf.insert(Kind::Instance {
        provider,
        config: Callbacks {
            query: config.query_instance,
            set: config.set_instance,
            set_item: config.set_item,
            execute: config.execute_method,
        },
    });
    if let Some((key, size)) = context {
        state.wdf.add_context(handle.addr(), key, size);
    }
    if config.register != 0 {
        let added = state.wdf.add_instance(handle.addr());
        if !added.is_success() {
            if let Some(object) = state.wdf.objects.remove(&handle.addr()) {
                object.free();
            }
            return raw(added);
        }
    }
    // SAFETY: the caller's.
    unsafe { instance.write(handle) };
    raw(NtStatus::SUCCESS)
}

fn check_instance(
    config: &InstanceConfig,
    context: Context,
    flags: u32,
    min: usize,
) -> Result<(), NtStatus> {
    let uses_context = config.use_context_for_query != 0;
    let sets = config.set_instance.is_some() || config.set_item.is_some();
    let has_callbacks = sets || config.query_instance.is_some() || config.execute_method.is_some();
    if flags & EVENT_ONLY != 0 && (uses_context || has_callbacks) {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    if !uses_context {
        return Ok(());
    }
    let Some((_, size)) = context.filter(|_| !sets) else {
        return Err(NtStatus::INVALID_PARAMETER);
    };
    if u32::try_from(size).is_err() {
        return Err(INTEGER_OVERFLOW);
    }
    if size < min {
        return Err(NtStatus::BUFFER_TOO_SMALL);
    }
    Ok(())
}

impl Objects {
    fn add_instance(&mut self, instance: usize) -> NtStatus {
        let Some(Kind::Instance { provider, .. }) = self.kind(instance) else {
            return NtStatus::INVALID_PARAMETER;
        };
        let provider = *provider;
        match self.kind(provider) {
            Some(Kind::Provider {
                flags, instances, ..
            }) if *flags & TRACING == 0 && !instances.contains(&instance) => {
                instances.push(instance);
            }
            _ => return NtStatus::INVALID_DEVICE_REQUEST,
        }
        self.changed(provider);
        NtStatus::SUCCESS
    }
}

unsafe extern "system" fn register_instance(_: *mut c_void, instance: Handle) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(Irql::Passive, "WdfWmiInstanceRegister above PASSIVE_LEVEL");
    raw(state.wdf.add_instance(instance.addr()))
}

unsafe extern "system" fn deregister_instance(_: *mut c_void, instance: Handle) {
    let shared = current();
    let mut state = shared.lock();
    state.limit(
        Irql::Dispatch,
        "WdfWmiInstanceDeregister above DISPATCH_LEVEL",
    );
    let Some(Kind::Instance { provider, .. }) = state.wdf.kind(instance.addr()) else {
        return;
    };
    let provider = *provider;
    if let Some(Kind::Provider { instances, .. }) = state.wdf.kind(provider) {
        instances.retain(|own| *own != instance.addr());
    }
    state.wdf.changed(provider);
}

unsafe extern "system" fn fire_event(
    _: *mut c_void,
    instance: Handle,
    size: u32,
    data: *const c_void,
) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(Irql::Apc, "WdfWmiInstanceFireEvent above APC_LEVEL");
    let status = state.event_status;
    let Some(Kind::Instance { provider, .. }) = state.wdf.kind(instance.addr()) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    let provider = *provider;
    let Some(Kind::Provider {
        guid, instances, ..
    }) = state.wdf.kind(provider)
    else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    let number = instances.iter().position(|own| *own == instance.addr());
    let (guid, number) = (Guid::from_bytes(*guid), number.unwrap_or(instances.len()));
    if status != NtStatus::SUCCESS {
        return raw(status);
    }
    let data = match data.is_null() {
        true => Vec::new(),
        false => {
            let size = usize::try_from(size).unwrap_or(0);
            // SAFETY: the caller's data has this size.
            unsafe { core::slice::from_raw_parts(data.cast::<u8>(), size) }.to_vec()
        }
    };
    state.wdf.events.push(WdfEvent {
        guid,
        instance: number,
        data,
    });
    raw(NtStatus::SUCCESS)
}
