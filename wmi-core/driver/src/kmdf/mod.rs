#![doc = include_str!("../kmdf.md")]

mod callback;
pub(crate) mod framework;
pub(crate) mod object;
mod preprocess;
mod set_check;

use core::ffi::c_void;
use core::fmt;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use wmi_core::provider::{Block, Event, Provider};
use wmi_core::wnode::InstanceData;
use wmi_core::{DataBlock, FixedBlock, Guid, NtStatus, VariableClass, Wire};

pub use self::preprocess::Preprocess;
pub use self::set_check::check_sets;

use self::framework::{Framework, Handle};
use self::object::{InstanceConfig, ObjectAttributes, ProviderConfig, TypeInfo, size_of_u32};
use crate::layout::UnicodeString;
use crate::status::{checked, created};
use crate::wdm::Pool;

/// `WdfWmiProviderEventOnly` and `WdfWmiProviderExpensive`.
const EVENT_ONLY: u32 = 1;
const EXPENSIVE: u32 = 2;

/// `WdfWmiEventControl`.
const EVENT_CONTROL: i32 = 1;

/// Alignment of each instance's data in the framework's replies, in bytes.
pub(crate) const FRAMEWORK_ALIGNMENT: u32 = if cfg!(target_pointer_width = "64") {
    16
} else {
    8
};

/// UTF-16 units of the longest resource name.
const RESOURCE_NAME: usize = 64;

/// WMI for one framework device: a handle that can be copied.
///
/// The handlers of the [`Provider`] get an `A`.
pub struct Wmi<A: 'static> {
    device: NonNull<DeviceContext<A>>,
}

impl<A> Clone for Wmi<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Wmi<A> {}

// SAFETY: the fields of the device context behind the handle are read only, or atomic.
unsafe impl<A: Sync> Send for Wmi<A> {}
// SAFETY: as above.
unsafe impl<A: Sync> Sync for Wmi<A> {}

/// The context of the `WDFDEVICE`. The states of its blocks follow it in memory.
struct DeviceContext<A: 'static> {
    framework: Framework,
    device: Handle,
    provider: &'static Provider<A>,
    context: *const A,
    /// Number of updates requested and not done yet.
    updates: AtomicUsize,
}

/// One block of a device. Zeroed until its framework provider is created.
struct BlockState<A: 'static> {
    provider: AtomicPtr<c_void>,
    first: AtomicPtr<InstanceContext<A>>,
}

/// The context of a `WDFWMIPROVIDER`, zeroed until it is ready.
struct ProviderContext<A: 'static> {
    is_ready: AtomicBool,
    provider: &'static Provider<A>,
    block: &'static Block<A>,
    context: *const A,
}

/// The context of a `WDFWMIINSTANCE`. It is written before the instance is registered and lives as
/// long as the device: removing an instance only deregisters it.
struct InstanceContext<A: 'static> {
    provider: &'static Provider<A>,
    block: &'static Block<A>,
    context: *const A,
    index: usize,
    handle: Handle,
    is_registered: AtomicBool,
    next: AtomicPtr<Self>,
}

// The sizes do not depend on `A`.
static DEVICE: TypeInfo = TypeInfo::new(
    c"WmiDevice".as_ptr(),
    size_of::<DeviceContext<()>>(),
    &raw const DEVICE,
);
static PROVIDER: TypeInfo = TypeInfo::new(
    c"WmiProvider".as_ptr(),
    size_of::<ProviderContext<()>>(),
    &raw const PROVIDER,
);
static INSTANCE: TypeInfo = TypeInfo::new(
    c"WmiInstance".as_ptr(),
    size_of::<InstanceContext<()>>(),
    &raw const INSTANCE,
);

impl<A: Sync + 'static> Wmi<A> {
    /// Creates the providers and instances of a device, and assigns its MOF resource name. Called
    /// in `EvtDriverDeviceAdd`, after `WdfDeviceCreate`.
    ///
    /// `table` is `WdfFunctions`, the framework's function table, `globals` is `WdfDriverGlobals`,
    /// and `device` is the `WDFDEVICE`. IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of the framework function that failed; `EvtDriverDeviceAdd` returns it.
    /// `STATUS_INVALID_PARAMETER` if the resource name has more than 64 UTF-16 units,
    /// `STATUS_OBJECT_NAME_COLLISION` if the device has a `Wmi` already: the framework would accept a
    /// second provider of a GUID, but not work with it.
    ///
    /// # Safety
    ///
    /// The table and the globals are those of this driver, and `device` is a framework device.
    /// `context` lives as long as the device, and no copy of the returned handle is used after it.
    pub unsafe fn create(
        provider: &'static Provider<A>,
        table: *const impl Sized,
        globals: *const impl Sized,
        device: *mut impl Sized,
        context: *const A,
    ) -> Result<Self, NtStatus> {
        // SAFETY: guaranteed by the caller.
        let framework = unsafe { Framework::bind(table.cast(), globals.cast()) };
        let device = device.cast();
        if let Some(name) = provider.mof_resource_name() {
            // SAFETY: guaranteed by the caller.
            unsafe { assign_resource(framework, device, name) }?;
        }
        let blocks = provider.blocks().len();
        let size = size_of::<BlockState<A>>()
            .saturating_mul(blocks)
            .saturating_add(size_of::<DeviceContext<A>>());
        let attributes = ObjectAttributes::new(&DEVICE, size);
        let mut memory = ptr::null_mut();
        // SAFETY: the caller's device; all pointers are valid during the call.
        let status =
            unsafe { framework.allocate_context(device, &raw const attributes, &raw mut memory) };
        created(status)?;
        let state = NonNull::new(memory.cast::<DeviceContext<A>>());
        let state = state.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        // The framework has zeroed the states of the blocks, which is their initial value.
        // SAFETY: the framework has just allocated the context, for this type and the blocks.
        unsafe {
            state.write(DeviceContext {
                framework,
                device,
                provider,
                context,
                updates: AtomicUsize::new(0),
            });
        };
        let wmi = Self { device: state };
        wmi.update()?;
        Ok(wmi)
    }

    /// Registers blocks and instances that were added, and deregisters those that were removed. The
    /// framework tells WMI.
    ///
    /// Instances are added and removed at the end, so that the others keep their numbers. IRQL:
    /// `PASSIVE_LEVEL`. The caller must not hold a lock that a handler needs.
    ///
    /// # Errors
    ///
    /// The status of the framework function that failed: `STATUS_INVALID_DEVICE_STATE` while the
    /// device is being removed.
    pub fn update(&self) -> Result<(), NtStatus> {
        let updates = &self.state().updates;
        if updates.fetch_add(1, Ordering::AcqRel) > 0 {
            // The thread that is updating repeats it.
            return Ok(());
        }
        let mut result = Ok(());
        loop {
            let asked = updates.load(Ordering::Acquire);
            for (number, block) in self.state().provider.blocks().enumerate() {
                // Try all blocks, and return the first failure.
                result = result.and(self.follow(block, self.block(number)));
            }
            if updates.fetch_sub(asked, Ordering::AcqRel) == asked {
                return result;
            }
        }
    }

    /// Registers and deregisters the instances of one block.
    fn follow(&self, block: &'static Block<A>, state: &BlockState<A>) -> Result<(), NtStatus> {
        let framework = self.state().framework;
        // SAFETY: the context lives as long as the device.
        let context = unsafe { &*self.state().context };
        let count = match block.is_present(context) {
            true => block.instance_count(context),
            false => 0,
        };
        let mut next = &state.first;
        for index in 0.. {
            let node = match NonNull::new(next.load(Ordering::Acquire)) {
                Some(node) => node,
                None if index >= count => break,
                None => {
                    let node = self.create_instance(block, state, index)?;
                    next.store(node.as_ptr(), Ordering::Release);
                    node
                }
            };
            // SAFETY: contexts of instances stay as long as the device.
            let node = unsafe { node.as_ref() };
            match (index < count, node.is_registered.load(Ordering::Relaxed)) {
                (true, false) => {
                    // SAFETY: the handle is a framework instance, whose context is written.
                    checked(unsafe { framework.register_instance(node.handle) })?;
                    node.is_registered.store(true, Ordering::Release);
                }
                (false, true) => {
                    node.is_registered.store(false, Ordering::Release);
                    // SAFETY: as above.
                    unsafe { framework.deregister_instance(node.handle) };
                }
                _ => {}
            }
            next = &node.next;
        }
        Ok(())
    }

    /// Creates an instance without registering it.
    fn create_instance(
        &self,
        block: &'static Block<A>,
        state: &BlockState<A>,
        index: usize,
    ) -> Result<NonNull<InstanceContext<A>>, NtStatus> {
        let provider = self.provider(block, state)?;
        let data = !block.is_event_only();
        let writable = data && block.is_writable();
        let config = InstanceConfig {
            size: size_of_u32::<InstanceConfig>(),
            provider,
            provider_config: ptr::null(),
            use_context_for_query: 0,
            // Registering now would let a request arrive before the context is written.
            register: 0,
            query_instance: data.then_some(callback::query_instance::<A>),
            set_instance: writable.then_some(callback::set_instance::<A>),
            set_item: writable.then_some(callback::set_item::<A>),
            execute_method: data.then_some(callback::execute_method::<A>),
        };
        let attributes = ObjectAttributes::new(&INSTANCE, 0);
        let mut handle = ptr::null_mut();
        // SAFETY: the provider is one of the framework; all pointers are valid during the call.
        let status = unsafe {
            self.state().framework.create_instance(
                ptr::null_mut(),
                &raw const config,
                &raw const attributes,
                &raw mut handle,
            )
        };
        checked(status)?;
        // SAFETY: the instance has just been created.
        let context = unsafe { Framework::context(handle, &INSTANCE) };
        let context = NonNull::new(context.cast::<InstanceContext<A>>());
        let context = context.ok_or(NtStatus::INTERNAL_ERROR)?;
        // SAFETY: the context has this type and is not used yet.
        unsafe {
            context.write(InstanceContext {
                provider: self.state().provider,
                block,
                context: self.state().context,
                index,
                handle,
                is_registered: AtomicBool::new(false),
                next: AtomicPtr::new(ptr::null_mut()),
            });
        };
        Ok(context)
    }

    /// Returns the framework provider of a block, created with its first instance. A GUID never
    /// gets a second provider, which the framework could not handle.
    fn provider(
        &self,
        block: &'static Block<A>,
        state: &BlockState<A>,
    ) -> Result<Handle, NtStatus> {
        let existing = state.provider.load(Ordering::Acquire);
        if !existing.is_null() {
            return Ok(existing);
        }
        let config = config(block);
        let attributes = ObjectAttributes::new(&PROVIDER, 0);
        let mut handle = ptr::null_mut();
        // SAFETY: the device is one of the framework; all pointers are valid during the call.
        let status = unsafe {
            self.state().framework.create_provider(
                self.state().device,
                &raw const config,
                &raw const attributes,
                &raw mut handle,
            )
        };
        created(status)?;
        // SAFETY: the provider has just been created.
        let context = unsafe { Framework::context(handle, &PROVIDER) };
        let context = context.cast::<ProviderContext<A>>();
        if context.is_null() {
            return Err(NtStatus::INTERNAL_ERROR);
        }
        // SAFETY: the context has this type. A concurrent callback reads only `is_ready`.
        unsafe { (*context).block = block };
        // SAFETY: as above.
        unsafe { (*context).provider = self.state().provider };
        // SAFETY: as above.
        unsafe { (*context).context = self.state().context };
        // SAFETY: as above.
        unsafe { &(*context).is_ready }.store(true, Ordering::Release);
        state.provider.store(handle, Ordering::Release);
        Ok(handle)
    }

    /// Sends an event with the values of one instance, of a class of fixed size, if the event is
    /// enabled. Also updates [`Event::is_enabled`] of `event`.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// The status of `WdfWmiInstanceFireEvent`; `STATUS_WMI_GUID_NOT_FOUND` or
    /// `STATUS_WMI_INSTANCE_NOT_FOUND` if the device has no such block or instance.
    pub fn send<C: DataBlock + FixedBlock>(
        &self,
        event: &Event<C>,
        instance: usize,
        values: &impl InstanceData<C>,
    ) -> Result<(), NtStatus> {
        let Some(target) = self.listening(event, C::GUID, instance)? else {
            return Ok(());
        };
        let mut data = Wire::<C>::zeroed();
        values.store(&mut data);
        self.fire(target, data.as_bytes())
    }

    /// Sends an event with the values of one instance, of a class of variable size. Otherwise as
    /// [`send`](Self::send).
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); `STATUS_INSUFFICIENT_RESOURCES` if memory runs out, and
    /// `STATUS_INTERNAL_ERROR` if a value cannot be encoded.
    pub fn send_variable<C, V: DataBlock + VariableClass>(
        &self,
        event: &Event<C>,
        instance: usize,
        values: &V,
    ) -> Result<(), NtStatus> {
        let Some(target) = self.listening(event, V::GUID, instance)? else {
            return Ok(());
        };
        let size = values
            .encoded_size()
            .map_err(|_| NtStatus::INTERNAL_ERROR)?;
        let mut data = Pool::zeroed(size).ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        values
            .encode(data.as_mut())
            .map_err(|_| NtStatus::INTERNAL_ERROR)?;
        self.fire(target, data.as_mut())
    }

    /// Returns the handle of an instance, or `None` if the event is not enabled.
    fn listening<C>(
        &self,
        event: &Event<C>,
        guid: Guid,
        instance: usize,
    ) -> Result<Option<Handle>, NtStatus> {
        let mut blocks = self.state().provider.blocks();
        let number = blocks.position(|block| block.guid() == guid);
        let state = self.block(number.ok_or(NtStatus::WMI_GUID_NOT_FOUND)?);
        let provider = state.provider.load(Ordering::Acquire);
        if provider.is_null() {
            return Err(NtStatus::WMI_GUID_NOT_FOUND);
        }
        // SAFETY: the provider is one of the framework.
        let is_enabled = unsafe { self.state().framework.is_enabled(provider, EVENT_CONTROL) };
        event.enable(is_enabled != 0);
        if is_enabled == 0 {
            return Ok(None);
        }
        let mut next = &state.first;
        let mut left = instance;
        while let Some(node) = NonNull::new(next.load(Ordering::Acquire)) {
            // SAFETY: contexts of instances stay as long as the device.
            let node = unsafe { node.as_ref() };
            if left == 0 {
                let is_registered = node.is_registered.load(Ordering::Acquire);
                return match is_registered {
                    true => Ok(Some(node.handle)),
                    false => Err(NtStatus::WMI_INSTANCE_NOT_FOUND),
                };
            }
            left = left.saturating_sub(1);
            next = &node.next;
        }
        Err(NtStatus::WMI_INSTANCE_NOT_FOUND)
    }

    fn fire(&self, instance: Handle, data: &[u8]) -> Result<(), NtStatus> {
        let size = u32::try_from(data.len()).map_err(|_| NtStatus::BUFFER_OVERFLOW)?;
        let data = data.as_ptr().cast();
        // SAFETY: the instance is one of the framework, which copies the data.
        checked(unsafe { self.state().framework.fire_event(instance, size, data) })
    }

    fn state(&self) -> &DeviceContext<A> {
        // SAFETY: the handle is not used after the device is gone, and the context is written.
        unsafe { self.device.as_ref() }
    }

    /// Returns the state of the block with this number, which must be in range.
    fn block(&self, number: usize) -> &BlockState<A> {
        // SAFETY: the states follow the context in one allocation.
        let first = unsafe { self.device.add(1) }.cast::<BlockState<A>>();
        // SAFETY: the device has one state per block.
        let state = unsafe { first.add(number) };
        // SAFETY: a zeroed state is valid, and states change only through their atomics.
        unsafe { state.as_ref() }
    }
}

const _: () = assert!(
    size_of::<DeviceContext<()>>() % align_of::<BlockState<()>>() == 0,
    "the states of the blocks follow the context"
);

impl<A> fmt::Debug for Wmi<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wmi").finish_non_exhaustive()
    }
}

/// Returns the configuration of the provider for a block.
fn config<A: Sync + 'static>(block: &Block<A>) -> ProviderConfig {
    // `.on_listen(..)` needs the callback, which only an expensive provider may have.
    let is_heard = block.is_expensive() || block.has_listener();
    let flags = [(block.is_event_only(), EVENT_ONLY), (is_heard, EXPENSIVE)];
    let flags = flags.into_iter().filter(|(is_set, _)| *is_set);
    ProviderConfig {
        size: size_of_u32::<ProviderConfig>(),
        guid: block.guid().to_bytes(),
        flags: flags.fold(0, |flags, (_, flag)| flags | flag),
        min_instance_buffer_size: min_instance_buffer_size(block),
        function_control: is_heard.then_some(callback::function_control::<A>),
    }
}

/// Returns `MinInstanceBufferSize`: the framework refuses smaller buffers without calling the
/// driver.
///
/// The minimum applies to sets too, in which a text may be shorter than its maximum, so writable
/// blocks get 0. For other blocks the size is rounded up because of a defect: the framework aligns
/// each instance when it fills a buffer, but not when it reports the size needed, so a query of all
/// instances with exactly that size would fail again.
fn min_instance_buffer_size<A>(block: &Block<A>) -> u32 {
    if block.is_event_only() || block.is_writable() {
        return 0;
    }
    let size = block
        .instance_size()
        .and_then(|size| u32::try_from(size).ok());
    size.and_then(|size| size.checked_next_multiple_of(FRAMEWORK_ALIGNMENT))
        .unwrap_or(0)
}

/// Assigns the name of the image's resource that holds the binary MOF.
///
/// # Safety
///
/// `device` is a framework device.
unsafe fn assign_resource(
    framework: Framework,
    device: Handle,
    name: &str,
) -> Result<(), NtStatus> {
    let mut units = [0_u16; RESOURCE_NAME];
    let mut length = 0_u16;
    for (number, unit) in name.encode_utf16().enumerate() {
        *units.get_mut(number).ok_or(NtStatus::INVALID_PARAMETER)? = unit;
        length = length.saturating_add(2);
    }
    let name = UnicodeString {
        length,
        maximum_length: length,
        buffer: units.as_mut_ptr(),
    };
    // SAFETY: the caller's device; the string is valid during the call, and copied.
    checked(unsafe { framework.assign_mof_resource_name(device, &raw const name) })
}
