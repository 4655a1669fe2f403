#![doc = include_str!("../kmdf.md")]

mod callback;
pub(crate) mod framework;
pub(crate) mod object;

use core::ffi::c_void;
use core::fmt;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use wmi_core::provider::{Block, Event, Provider};
use wmi_core::wnode::InstanceData;
use wmi_core::{DataBlock, FixedBlock, Guid, NtStatus, VariableClass, Wire};

use self::framework::{Framework, Handle};
use self::object::{InstanceConfig, ObjectAttributes, ProviderConfig, TypeInfo, size_of_u32};
use crate::layout::UnicodeString;
use crate::status::checked;
use crate::wdm::Pool;

/// `WdfWmiProviderEventOnly` and `WdfWmiProviderExpensive`.
const EVENT_ONLY: u32 = 1;
const EXPENSIVE: u32 = 2;

/// `WdfWmiEventControl`.
const EVENT_CONTROL: i32 = 1;

/// The framework starts the data of instances at multiples of this.
pub(crate) const FRAMEWORK_ALIGNMENT: u32 = if cfg!(target_pointer_width = "64") {
    16
} else {
    8
};

/// UTF-16 units of the longest name of a resource.
const RESOURCE_NAME: usize = 64;

/// WMI for one device of the framework: a handle, which is copied.
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

// SAFETY: the device context behind the handle is shared for reading, or atomic.
unsafe impl<A: Sync> Send for Wmi<A> {}
// SAFETY: as above.
unsafe impl<A: Sync> Sync for Wmi<A> {}

/// A context of the `WDFDEVICE`, which the states of its blocks follow.
struct DeviceContext<A: 'static> {
    framework: Framework,
    device: Handle,
    provider: &'static Provider<A>,
    context: *const A,
    /// How many updates are asked for that are not done.
    updates: AtomicUsize,
}

/// One block of a device. All zero before there is a provider of the framework.
struct BlockState<A: 'static> {
    provider: AtomicPtr<c_void>,
    first: AtomicPtr<InstanceContext<A>>,
}

/// The context of a `WDFWMIPROVIDER`, all zero until it is ready.
struct ProviderContext<A: 'static> {
    is_ready: AtomicBool,
    block: &'static Block<A>,
    context: *const A,
}

/// The context of a `WDFWMIINSTANCE`. It is written before the instance is registered, and stays as
/// long as the device: an instance that goes is only deregistered.
struct InstanceContext<A: 'static> {
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
    /// Creates the providers and instances of a device, and names its resource: in
    /// `EvtDriverDeviceAdd`, after `WdfDeviceCreate`.
    ///
    /// `table` is `WdfFunctions`, the address of the framework's functions, `globals` is
    /// `WdfDriverGlobals`, `device` the `WDFDEVICE`. IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of the framework's function that fails; `EvtDriverDeviceAdd` returns it.
    /// `STATUS_INVALID_PARAMETER` where the name of the resource has more than 64 UTF-16 units.
    ///
    /// # Safety
    ///
    /// The table and the globals are those of this driver. `context` and all copies of the handle that
    /// this returns are used as long as the device, which is one of the framework, and no longer.
    pub unsafe fn create(
        provider: &'static Provider<A>,
        table: *const impl Sized,
        globals: *const impl Sized,
        device: *mut impl Sized,
        context: *const A,
    ) -> Result<Self, NtStatus> {
        // SAFETY: the caller's.
        let framework = unsafe { Framework::bind(table.cast(), globals.cast()) };
        let device = device.cast();
        if let Some(name) = provider.mof_resource_name() {
            // SAFETY: the caller's.
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
        checked(status)?;
        let state = NonNull::new(memory.cast::<DeviceContext<A>>());
        let state = state.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        // The states of the blocks are right as the framework has them: zero.
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

    /// Follows blocks and instances that have come or gone. The framework tells WMI.
    ///
    /// Instances come and go at the end, so that the others keep their numbers. IRQL:
    /// `PASSIVE_LEVEL`. The caller holds no lock that a handler needs.
    ///
    /// # Errors
    ///
    /// The status of the framework's function that fails: `STATUS_INVALID_DEVICE_STATE` while the
    /// device is removed.
    pub fn update(&self) -> Result<(), NtStatus> {
        let updates = &self.state().updates;
        if updates.fetch_add(1, Ordering::AcqRel) > 0 {
            // The thread that updates does it again.
            return Ok(());
        }
        let mut result = Ok(());
        loop {
            let asked = updates.load(Ordering::Acquire);
            for (number, block) in self.state().provider.blocks().enumerate() {
                // All are tried; the first failure counts.
                result = result.and(self.follow(block, self.block(number)));
            }
            if updates.fetch_sub(asked, Ordering::AcqRel) == asked {
                return result;
            }
        }
    }

    /// Brings one block in step with the device.
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
                    // SAFETY: the instance is one of the framework, and its context is written.
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

    /// Creates an instance that is not registered yet.
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
            // A request could come before the context is written.
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
        // SAFETY: the context has this type, and nobody uses it yet.
        unsafe {
            context.write(InstanceContext {
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

    /// Returns the provider of a block, created at its first instance. There is never a second one
    /// of a GUID, with which the framework would not cope.
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
        checked(status)?;
        // SAFETY: the provider has just been created.
        let context = unsafe { Framework::context(handle, &PROVIDER) };
        let context = context.cast::<ProviderContext<A>>();
        if context.is_null() {
            return Err(NtStatus::INTERNAL_ERROR);
        }
        // SAFETY: the context has this type. A callback that comes meanwhile reads `is_ready` alone.
        unsafe { (*context).block = block };
        // SAFETY: as above.
        unsafe { (*context).context = self.state().context };
        // SAFETY: as above.
        unsafe { &(*context).is_ready }.store(true, Ordering::Release);
        state.provider.store(handle, Ordering::Release);
        Ok(handle)
    }

    /// Sends an event with the values of one instance, of a class of fixed size, while somebody
    /// listens; `event` is brought up to date with that.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// The status of `WdfWmiInstanceFireEvent`; `STATUS_WMI_GUID_NOT_FOUND` or
    /// `STATUS_WMI_INSTANCE_NOT_FOUND` where the device has no such block or instance.
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

    /// Sends an event with the values of one instance, of a class of variable size. Else as
    /// [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); `STATUS_INSUFFICIENT_RESOURCES` without memory, and
    /// `STATUS_INTERNAL_ERROR` where a value cannot be expressed.
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

    /// Returns the instance of a block to which somebody listens.
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
        // SAFETY: the handle is used as long as the device alone, and the context is written.
        unsafe { self.device.as_ref() }
    }

    /// The state of the block with this number, which is less than there are.
    fn block(&self, number: usize) -> &BlockState<A> {
        // SAFETY: the states follow the context in one allocation.
        let first = unsafe { self.device.add(1) }.cast::<BlockState<A>>();
        // SAFETY: there are as many states as blocks.
        let state = unsafe { first.add(number) };
        // SAFETY: all zero is a valid state, and they change by atomics alone.
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
    // Only an expensive provider may have the callback, and `.on_listen(..)` needs it.
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

/// Returns `MinInstanceBufferSize`: the bytes that every buffer must have before the framework calls.
///
/// A set must have as many bytes too, and a text may be shorter than its maximum. So the size is zero
/// for blocks that can be set. For other blocks it is rounded up, because of a defect: the framework
/// aligns each instance when it fills a buffer, but not when it asks for a size, so that a query of
/// all instances in exactly that size would fail again.
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

/// Names the resource in the driver's image that tells WMI of the classes.
///
/// # Safety
///
/// `device` is one of the framework.
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
