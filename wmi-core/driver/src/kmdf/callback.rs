//! The framework's callbacks, called at `PASSIVE_LEVEL` and not serialised.

use core::ffi::c_void;
use core::sync::atomic::Ordering;

use wmi_core::NtStatus;
use wmi_core::provider::kmdf::{self, ProviderControl};
use wmi_core::provider::{BlockInstance, Outcome};

use super::framework::{Framework, Handle};
use super::{INSTANCE, InstanceContext, PROVIDER, ProviderContext};
use crate::request::bytes;
use crate::status::{INVALID_DEVICE_STATE, raw};

/// Returns the instance of a handle, and the buffer of a callback for it.
///
/// Fails for a size that is the result of an underflow: the framework does not check the data offset
/// of a malformed WNODE, which only the kernel can send, before it subtracts.
///
/// # Safety
///
/// The arguments are those of a callback, for an instance that this crate created with this `A`.
unsafe fn called<'a, A: Sync + 'static>(
    handle: Handle,
    size: u32,
    buffer: *mut c_void,
) -> Result<(BlockInstance<'a, A>, &'a mut [u8]), NtStatus> {
    // SAFETY: the caller's.
    let context = unsafe { Framework::context(handle, &INSTANCE) };
    let context = context.cast_const().cast::<InstanceContext<A>>();
    // SAFETY: the context is written before the instance is registered, and outlives it.
    let context = unsafe { context.as_ref() }.ok_or(INVALID_DEVICE_STATE)?;
    if size > u32::MAX / 2 {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    // SAFETY: the driver's context stays as long as the device.
    let device = unsafe { &*context.context };
    let instance = BlockInstance::new(context.block, device, context.index);
    // SAFETY: the framework passes a buffer of this size, and nobody else uses it during the call.
    Ok((instance, unsafe { bytes(buffer, size) }))
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
    match unsafe { called::<A>(handle, size, buffer) } {
        // SAFETY: the caller's.
        Ok((instance, buffer)) => unsafe { finish(instance.query(buffer), used) },
        Err(status) => raw(status),
    }
}

/// # Safety
///
/// The arguments are those of `EvtWmiInstanceSetInstance`.
pub(super) unsafe extern "system" fn set_instance<A: Sync + 'static>(
    handle: Handle,
    size: u32,
    data: *mut c_void,
) -> i32 {
    // SAFETY: the caller's.
    raw(match unsafe { called::<A>(handle, size, data) } {
        Ok((instance, data)) => instance.set(data).immediate().status,
        Err(status) => status,
    })
}

/// # Safety
///
/// The arguments are those of `EvtWmiInstanceSetItem`.
pub(super) unsafe extern "system" fn set_item<A: Sync + 'static>(
    handle: Handle,
    item: u32,
    size: u32,
    data: *mut c_void,
) -> i32 {
    // SAFETY: the caller's.
    raw(match unsafe { called::<A>(handle, size, data) } {
        Ok((instance, data)) => instance.set_item(item, data).immediate().status,
        Err(status) => status,
    })
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
    let (instance, buffer) = match unsafe { called::<A>(handle, output, buffer) } {
        Ok(called) => called,
        Err(status) => return raw(status),
    };
    // The framework does not check that the input fits in the buffer, whose size is that of the
    // output.
    match usize::try_from(input) {
        Ok(input) if input <= buffer.len() => {
            // SAFETY: the caller's.
            unsafe { finish(instance.execute(method, input, buffer), used) }
        }
        _ => raw(NtStatus::INVALID_PARAMETER),
    }
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
