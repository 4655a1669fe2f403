//! What the framework refuses to create, and the contexts that objects are created with.

use core::ffi::c_void;
use core::ptr;
use std::vec::Vec;

use wmi_core::{Guid, NtStatus};

use super::callback::Callbacks;
use super::registration::update;
use super::{
    EVENT_ONLY, EXPENSIVE, Handle, INFO_LENGTH_MISMATCH, Kind, Provider, Registration, TRACING,
    WDF_VIOLATION,
};
use crate::fake::{Irql, current};
use crate::kmdf::object::{InstanceConfig, ObjectAttributes, ProviderConfig, size_of_u32};
use crate::status::{INVALID_DEVICE_STATE, raw};

const INTEGER_OVERFLOW: NtStatus = NtStatus::from_value(0xc000_0095);
const ATTRIBUTES_INVALID: NtStatus = NtStatus::from_value(0xc020_0209);
const OBJECT_NAME_EXISTS: NtStatus = NtStatus::from_value(0x4000_0000);

/// Address of the type, and size, of the context in the attributes of a new object.
type Context = Option<(usize, usize)>;

/// Checks attributes, which may be null.
///
/// # Safety
///
/// `attributes` is null or valid.
unsafe fn context_of(attributes: *const ObjectAttributes) -> Result<Context, NtStatus> {
    // SAFETY: guaranteed by the caller.
    let Some(attributes) = (unsafe { attributes.as_ref() }) else {
        return Ok(None);
    };
    if !attributes.is_valid() {
        return Err(ATTRIBUTES_INVALID);
    }
    Ok(attributes.context().map(|(info, size)| (info.addr(), size)))
}

pub(super) unsafe extern "system" fn allocate_context(
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
    // SAFETY: guaranteed by the caller.
    unsafe { context.write(start) };
    raw(if existing.is_some() {
        OBJECT_NAME_EXISTS
    } else {
        NtStatus::SUCCESS
    })
}

pub(super) unsafe extern "system" fn create_provider(
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
    match state.wdf.device(device.addr()) {
        Some(device) if device.registration == Registration::Deregistered => {
            return raw(INVALID_DEVICE_STATE);
        }
        Some(_) => {}
        None => return raw(NtStatus::INVALID_PARAMETER),
    }
    let guid = Guid::from_bytes(config.guid);
    let is_second = state.wdf.find(device.addr(), guid).is_some();
    let handle = state.wdf.insert(Kind::Provider(Provider {
        device: device.addr(),
        guid: config.guid,
        flags: config.flags,
        min: config.min_instance_buffer_size,
        control: config.function_control,
        enabled: [false; 2],
        instances: Vec::new(),
        is_removed: false,
    }));
    if let Some((key, size)) = context {
        state.wdf.add_context(handle.addr(), key, size);
    }
    if is_second {
        // The framework accepts the second provider, but never finds it again.
        let finding = "a second provider of one GUID is created";
        state.bug_check(WDF_VIOLATION, 0, finding);
    } else if let Some(device) = state.wdf.device_mut(device.addr()) {
        device.providers.push(handle.addr());
    }
    // SAFETY: guaranteed by the caller.
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

pub(super) unsafe extern "system" fn create_instance(
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
    let Some(checked) = state.wdf.provider(provider) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    if let Err(status) = check_instance(config, context, checked) {
        return raw(status);
    }
    let uses_context = config.use_context_for_query != 0;
    let handle = state.wdf.insert(Kind::Instance {
        provider,
        callbacks: Callbacks {
            query: config.query_instance,
            set: config.set_instance,
            set_item: config.set_item,
            execute: config.execute_method,
            context: context.filter(|_| uses_context).map(|(key, _)| key),
        },
    });
    if let Some((key, size)) = context {
        state.wdf.add_context(handle.addr(), key, size);
    }
    let added = match config.register {
        0 => None,
        _ => match state.wdf.add_instance(handle.addr()) {
            Ok(provider) => Some(provider),
            Err(status) => {
                state.wdf.delete(handle.addr());
                return raw(status);
            }
        },
    };
    let changed = added.and_then(|provider| state.wdf.changed(provider));
    drop(state);
    changed.into_iter().for_each(update);
    if !instance.is_null() {
        // SAFETY: guaranteed by the caller.
        unsafe { instance.write(handle) };
    }
    raw(NtStatus::SUCCESS)
}

fn check_instance(
    config: &InstanceConfig,
    context: Context,
    provider: &Provider,
) -> Result<(), NtStatus> {
    let uses_context = config.use_context_for_query != 0;
    let sets = config.set_instance.is_some() || config.set_item.is_some();
    let has_callbacks = sets || config.query_instance.is_some() || config.execute_method.is_some();
    if provider.flags & EVENT_ONLY != 0 && (uses_context || has_callbacks) {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    if !uses_context {
        return Ok(());
    }
    let Some((_, size)) = context.filter(|_| !sets) else {
        return Err(NtStatus::INVALID_PARAMETER);
    };
    let size = u32::try_from(size).map_err(|_| INTEGER_OVERFLOW)?;
    if size < provider.min {
        return Err(NtStatus::BUFFER_TOO_SMALL);
    }
    Ok(())
}
