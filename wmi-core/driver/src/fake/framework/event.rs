//! Events, and whether somebody listens to them.

use core::ffi::c_void;
use std::vec::Vec;

use wmi_core::{Guid, NtStatus};

use super::{Handle, Kind, WdfEvent};
use crate::fake::{Irql, current};
use crate::status::raw;

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
    match (state.wdf.kind(provider.addr()), control) {
        (Some(Kind::Provider { enabled, .. }), 1) => u8::from(enabled[0]),
        (Some(Kind::Provider { enabled, .. }), 2) => u8::from(enabled[1]),
        _ => {
            state.bug_check(0x10d, 0, "this is not a provider, or not a control");
            0
        }
    }
}

pub(super) unsafe extern "system" fn fire_event(
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
