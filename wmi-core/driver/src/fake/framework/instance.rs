//! Which instances a provider has: those that are registered, in order of registration.

use core::ffi::c_void;

use wmi_core::NtStatus;

use super::{Handle, Kind, Objects, TRACING};
use crate::fake::{Irql, current};
use crate::status::raw;

impl Objects {
    pub(super) fn add_instance(&mut self, instance: usize) -> NtStatus {
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

pub(super) unsafe extern "system" fn register_instance(_: *mut c_void, instance: Handle) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(Irql::Passive, "WdfWmiInstanceRegister above PASSIVE_LEVEL");
    raw(state.wdf.add_instance(instance.addr()))
}

pub(super) unsafe extern "system" fn deregister_instance(_: *mut c_void, instance: Handle) {
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
