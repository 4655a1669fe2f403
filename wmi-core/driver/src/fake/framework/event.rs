//! Events, and whether somebody listens to them.

use core::ffi::c_void;
use core::slice;

use wmi_core::wnode::{SingleWnodeWriter, Target};
use wmi_core::{Guid, NtStatus};

use super::{Handle, Kind, WDF_VIOLATION};
use crate::fake::routines::Fake;
use crate::fake::{Irql, current};
use crate::status::{from_raw, raw};
use crate::wdm::routines::Routines as _;

pub(super) unsafe extern "system" fn is_enabled(
    _: *mut c_void,
    provider: Handle,
    control: i32,
) -> u8 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(
        Irql::Dispatch,
        "WdfWmiProviderIsEnabled above DISPATCH_LEVEL",
    );
    match (state.wdf.provider(provider.addr()), control) {
        (Some(provider), 1) => u8::from(provider.enabled[0]),
        (Some(provider), 2) => u8::from(provider.enabled[1]),
        _ => {
            let finding = "the handle is not a provider, or the control is unknown";
            state.bug_check(WDF_VIOLATION, 0, finding);
            0
        }
    }
}

/// Sends an event, whether or not somebody listens. An instance that is not registered has the number
/// behind the last.
pub(super) unsafe extern "system" fn fire_event(
    _: *mut c_void,
    instance: Handle,
    size: u32,
    data: *const c_void,
) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(Irql::Apc, "WdfWmiInstanceFireEvent above APC_LEVEL");
    let provider = match state.wdf.kind(instance.addr()) {
        Some(Kind::Instance { provider, .. }) => state.wdf.provider(*provider),
        _ => None,
    };
    let Some(provider) = provider else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    let instances = &provider.instances;
    let index = instances.iter().position(|it| *it == instance.addr());
    let index = u32::try_from(index.unwrap_or(instances.len())).expect("there are few");
    let guid = Guid::from_bytes(provider.guid);
    let Some(device) = state.wdf.device(provider.device) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    let device = device.device.object();
    drop(state);
    let data = match usize::try_from(size) {
        // SAFETY: the caller's data has this size.
        Ok(size) if !data.is_null() => unsafe { slice::from_raw_parts(data.cast::<u8>(), size) },
        _ => &[],
    };
    // SAFETY: the device object is there.
    let provider_id = unsafe { Fake::provider_id(device.as_ptr().cast()) };
    let writer = SingleWnodeWriter::instance(guid, Target::Static(index))
        .time_stamp(Fake::system_time())
        .event(provider_id);
    let Ok(needed) = writer.needed(data.len()) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    let memory = Fake::allocate(needed);
    if memory.is_null() {
        return raw(NtStatus::INSUFFICIENT_RESOURCES);
    }
    // SAFETY: the memory has just been allocated with this size.
    unsafe { memory.cast::<u8>().write_bytes(0, needed) };
    // SAFETY: as above; nobody else has it.
    let wnode = unsafe { slice::from_raw_parts_mut(memory.cast::<u8>(), needed) };
    writer.write(data, wnode).expect("there is room");
    // SAFETY: the memory holds a WNODE.
    let status = unsafe { Fake::write_event(memory) };
    if !from_raw(status).is_success() {
        // SAFETY: WMI has not taken the memory.
        unsafe { Fake::free(memory) };
    }
    status
}
