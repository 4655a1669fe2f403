//! The framework's callbacks, called at `PASSIVE_LEVEL` and not serialised.

use core::ffi::c_void;
use core::sync::atomic::Ordering;

use wmi_core::NtStatus;
use wmi_core::provider::kmdf::{self, ProviderControl};
use wmi_core::provider::{BlockInstance, Minor, Outcome, RefusalCause};

use super::framework::{Framework, Handle};
use super::{INSTANCE, InstanceContext, PROVIDER, ProviderContext};
use crate::request::bytes;
use crate::status::{INVALID_DEVICE_STATE, raw};

/// No buffer of WMI has more bytes.
const LARGEST_BUFFER: u32 = u32::MAX / 2;

/// Returns the instance of a handle.
///
/// # Safety
///
/// `handle` is the argument of a callback, for an instance that this crate created with this `A`.
unsafe fn called<'a, A: Sync + 'static>(handle: Handle) -> Option<BlockInstance<'a, A>> {
    // SAFETY: guaranteed by the caller.
    let context = unsafe { Framework::context(handle, &INSTANCE) };
    let context = context.cast_const().cast::<InstanceContext<A>>();
    // SAFETY: the context is written before the instance is registered, and outlives it.
    let context = unsafe { context.as_ref() }?;
    // SAFETY: the driver's context stays as long as the device.
    let device = unsafe { &*context.context };
    let instance = BlockInstance::new(context.block, device, context.index);
    Some(instance.reporting_to(context.provider))
}

/// Returns the buffer of a query or a method, or `None` if the size is the result of an underflow:
/// the framework subtracts the data offset of the WNODE, which it does not check, from the size of
/// the buffer.
///
/// # Safety
///
/// The arguments are those of a callback.
unsafe fn room<'b>(size: u32, buffer: *mut c_void) -> Option<&'b mut [u8]> {
    if size > LARGEST_BUFFER {
        return None;
    }
    // SAFETY: the framework passes a buffer of this size, and nobody else uses it during the call.
    Some(unsafe { bytes(buffer, size) })
}

/// Returns the data of a set callback, without the bytes that follow an instance of fixed size.
///
/// The framework passes the size that the WNODE claims. A driver that calls
/// [`check_sets`](super::check_sets) never gets one that leaves the buffer. For all others, this
/// borrows no more than the block can have.
///
/// # Safety
///
/// The arguments are those of a callback, for an instance of this block.
unsafe fn data<'b, A>(
    instance: &BlockInstance<'_, A>,
    size: u32,
    data: *mut c_void,
) -> Option<&'b [u8]> {
    if size > LARGEST_BUFFER {
        return None;
    }
    let largest = instance.block().instance_size();
    let largest = largest.and_then(|largest| u32::try_from(largest).ok());
    let size = largest.map_or(size, |largest| size.min(largest));
    // SAFETY: guaranteed by the caller.
    unsafe { room(size, data) }.map(|data| &*data)
}

/// Refuses a request whose data is not in its buffer.
fn misplaced<A>(instance: &BlockInstance<'_, A>, minor: Minor) -> Outcome {
    instance.refuse(minor, NtStatus::INVALID_PARAMETER, RefusalCause::DataPlace)
}

/// Stores the number of bytes used or needed, and returns the status. The framework keeps no
/// request of a callback.
///
/// # Safety
///
/// `used` is the argument of a callback.
unsafe fn finish(outcome: Outcome, used: *mut u32) -> i32 {
    let response = outcome.immediate();
    let information = u32::try_from(response.information).unwrap_or(u32::MAX);
    // SAFETY: guaranteed by the caller.
    unsafe { used.write(information) };
    raw(response.status)
}

/// # Safety
///
/// The arguments are those of `EvtWmiInstanceQueryInstance`.
pub(super) unsafe extern "system" fn query_instance<A: Sync + 'static>(
    handle: Handle,
    size: u32,
    buffer: *mut c_void,
    used: *mut u32,
) -> i32 {
    // SAFETY: guaranteed by the caller.
    let Some(instance) = (unsafe { called::<A>(handle) }) else {
        return raw(INVALID_DEVICE_STATE);
    };
    // SAFETY: guaranteed by the caller.
    let outcome = match unsafe { room(size, buffer) } {
        Some(buffer) => instance.query(buffer),
        None => misplaced(&instance, Minor::QuerySingleInstance),
    };
    // SAFETY: guaranteed by the caller.
    unsafe { finish(outcome, used) }
}

/// # Safety
///
/// The arguments are those of `EvtWmiInstanceSetInstance`.
pub(super) unsafe extern "system" fn set_instance<A: Sync + 'static>(
    handle: Handle,
    size: u32,
    buffer: *mut c_void,
) -> i32 {
    // SAFETY: guaranteed by the caller.
    let Some(instance) = (unsafe { called::<A>(handle) }) else {
        return raw(INVALID_DEVICE_STATE);
    };
    // SAFETY: guaranteed by the caller.
    let outcome = match unsafe { data(&instance, size, buffer) } {
        Some(data) => instance.set(data),
        None => misplaced(&instance, Minor::ChangeSingleInstance),
    };
    raw(outcome.immediate().status)
}

/// # Safety
///
/// The arguments are those of `EvtWmiInstanceSetItem`.
pub(super) unsafe extern "system" fn set_item<A: Sync + 'static>(
    handle: Handle,
    item: u32,
    size: u32,
    buffer: *mut c_void,
) -> i32 {
    // SAFETY: guaranteed by the caller.
    let Some(instance) = (unsafe { called::<A>(handle) }) else {
        return raw(INVALID_DEVICE_STATE);
    };
    // SAFETY: guaranteed by the caller.
    let outcome = match unsafe { data(&instance, size, buffer) } {
        Some(data) => instance.set_item(item, data),
        None => misplaced(&instance, Minor::ChangeSingleItem),
    };
    raw(outcome.immediate().status)
}

/// # Safety
///
/// The arguments are those of `EvtWmiInstanceExecuteMethod`.
pub(super) unsafe extern "system" fn execute_method<A: Sync + 'static>(
    handle: Handle,
    method: u32,
    input: u32,
    output: u32,
    buffer: *mut c_void,
    used: *mut u32,
) -> i32 {
    // SAFETY: guaranteed by the caller.
    let Some(instance) = (unsafe { called::<A>(handle) }) else {
        return raw(INVALID_DEVICE_STATE);
    };
    // The framework does not check that the input fits in the buffer, whose size is that of the
    // output.
    // SAFETY: guaranteed by the caller.
    let outcome = match (unsafe { room(output, buffer) }, usize::try_from(input)) {
        (Some(buffer), Ok(input)) if input <= buffer.len() => {
            instance.execute(method, input, buffer)
        }
        _ => misplaced(&instance, Minor::ExecuteMethod),
    };
    // SAFETY: guaranteed by the caller.
    unsafe { finish(outcome, used) }
}

/// # Safety
///
/// The arguments are those of `EvtWmiProviderFunctionControl`.
pub(super) unsafe extern "system" fn function_control<A: Sync + 'static>(
    handle: Handle,
    control: i32,
    enable: u8,
) -> i32 {
    // SAFETY: guaranteed by the caller.
    let context = unsafe { Framework::context(handle, &PROVIDER) };
    let context = context.cast_const().cast::<ProviderContext<A>>();
    // SAFETY: the context has this type, and is zeroed until it is written.
    if context.is_null() || !unsafe { &(*context).is_ready }.load(Ordering::Acquire) {
        return raw(INVALID_DEVICE_STATE);
    }
    // SAFETY: the context is written.
    let block = unsafe { (*context).block };
    // SAFETY: as above.
    let provider = unsafe { (*context).provider };
    // SAFETY: as above.
    let device = unsafe { (*context).context };
    let control = u32::try_from(control).ok();
    let Some(control) = control.and_then(ProviderControl::from_value) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    // SAFETY: the driver's context stays as long as the device.
    let device = unsafe { &*device };
    let status = kmdf::function_control(provider, block, device, control, enable != 0);
    raw(status)
}
