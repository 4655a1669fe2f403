//! The framework's callbacks, called at `PASSIVE_LEVEL` and not serialised.

use core::ffi::c_void;
use core::sync::atomic::Ordering;

use wmi_core::NtStatus;
use wmi_core::provider::kmdf::{self, ProviderControl};
use wmi_core::provider::{Instance, Outcome};

use super::framework::{Framework, Handle};
use super::{INSTANCE, InstanceContext, PROVIDER, ProviderContext};
use crate::request::bytes;
use crate::status::{INVALID_DEVICE_STATE, raw};

/// Returns the instance of a handle.
///
/// # Safety
///
/// `handle` is the argument of a callback, for an instance that this crate created with this `A`.
unsafe fn instance<'a, A: Sync + 'static>(handle: Handle) -> Option<Instance<'a, A>> {
    // SAFETY: the caller's.
    let context = unsafe { Framework::context(handle, &INSTANCE) };
    let context = context.cast_const().cast::<InstanceContext<A>>();
    // SAFETY: the context is written before the instance is registered, and outlives it.
    let context = unsafe { context.as_ref() }?;
    // SAFETY: the driver's context stays as long as the device.
    let device = unsafe { &*context.context };
    Some(Instance::new(context.block, device, context.index))
}

/// Returns whether a size is the result of an underflow: the framework does not check the data
/// offset of a malformed WNODE, which only the kernel can send, before it subtracts.
const fn is_absurd(size: u32) -> bool {
    size > u32::MAX / 2
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
    // SAFETY: the caller's.
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
    // SAFETY: the caller's.
    let Some(instance) = (unsafe { instance::<A>(handle) }) else {
        return raw(INVALID_DEVICE_STATE);
    };
    if is_absurd(size) {
        return raw(NtStatus::INVALID_PARAMETER);
    }
    // SAFETY: the framework passes a buffer of this size, and nobody else uses it during the call.
    let outcome = instance.query(unsafe { bytes(buffer, size) });
    // SAFETY: the caller's.
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
    // SAFETY: the caller's.
    let Some(instance) = (unsafe { instance::<A>(handle) }) else {
        return raw(INVALID_DEVICE_STATE);
    };
    if is_absurd(size) {
        return raw(NtStatus::INVALID_PARAMETER);
    }
    // SAFETY: as in `query_instance`.
    raw(instance
        .set(unsafe { bytes(buffer, size) })
        .immediate()
        .status)
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
    // SAFETY: the caller's.
    let Some(instance) = (unsafe { instance::<A>(handle) }) else {
        return raw(INVALID_DEVICE_STATE);
    };
    if is_absurd(size) {
        return raw(NtStatus::INVALID_PARAMETER);
    }
    // SAFETY: as in `query_instance`.
    raw(instance
        .set_item(item, unsafe { bytes(buffer, size) })
        .immediate()
        .status)
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
    // SAFETY: the caller's.
    let Some(instance) = (unsafe { instance::<A>(handle) }) else {
        return raw(INVALID_DEVICE_STATE);
    };
    // The framework does not check that the input fits in the buffer, whose size is that of the
    // output.
    if is_absurd(output) || input > output {
        return raw(NtStatus::INVALID_PARAMETER);
    }
    let Ok(input) = usize::try_from(input) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    // SAFETY: as in `query_instance`.
    let outcome = instance.execute(method, input, unsafe { bytes(buffer, output) });
    // SAFETY: the caller's.
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
    // SAFETY: the caller's.
    let context = unsafe { Framework::context(handle, &PROVIDER) };
    let context = context.cast_const().cast::<ProviderContext<A>>();
    // SAFETY: the context has this type, and is zeroed until it is written.
    if context.is_null() || !unsafe { &(*context).is_ready }.load(Ordering::Acquire) {
        return raw(INVALID_DEVICE_STATE);
    }
    // SAFETY: the context is written.
    let block = unsafe { (*context).block };
    // SAFETY: as above.
    let device = unsafe { (*context).context };
    let control = u32::try_from(control).ok();
    let Some(control) = control.and_then(ProviderControl::from_value) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    // SAFETY: the driver's context stays as long as the device.
    let device = unsafe { &*device };
    raw(kmdf::function_control(block, device, control, enable != 0))
}
