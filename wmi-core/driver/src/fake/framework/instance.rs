//! Which instances a provider has: those that are registered, in order of registration.

use core::ffi::c_void;

use wmi_core::NtStatus;

use super::registration::update;
use super::{EXPENSIVE, Handle, Kind, Objects, TRACING};
use crate::fake::{Irql, current};
use crate::status::raw;

impl Objects {
    fn provider_of(&self, instance: usize) -> Option<usize> {
        match self.kind(instance) {
            Some(Kind::Instance { provider, .. }) => Some(*provider),
            _ => None,
        }
    }

    /// Adds an instance to those of its provider, which it returns.
    pub(super) fn add_instance(&mut self, instance: usize) -> Result<usize, NtStatus> {
        let number = self.provider_of(instance);
        let number = number.ok_or(NtStatus::INVALID_PARAMETER)?;
        let provider = self.provider_mut(number);
        let provider = provider.ok_or(NtStatus::INVALID_PARAMETER)?;
        if provider.flags & TRACING != 0 || provider.instances.contains(&instance) {
            return Err(NtStatus::INVALID_DEVICE_REQUEST);
        }
        provider.instances.push(instance);
        provider.is_removed = false;
        Ok(number)
    }

    /// Takes an instance from those of its provider, which it returns. The numbers of those behind
    /// it change.
    fn take_instance(&mut self, instance: usize) -> Option<usize> {
        let number = self.provider_of(instance)?;
        let provider = self.provider_mut(number)?;
        let place = provider.instances.iter().position(|it| *it == instance)?;
        provider.instances.remove(place);
        provider.is_removed = provider.instances.is_empty() && provider.flags & EXPENSIVE == 0;
        Some(number)
    }
}

pub(super) unsafe extern "system" fn register_instance(_: *mut c_void, instance: Handle) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(Irql::Passive, "WdfWmiInstanceRegister above PASSIVE_LEVEL");
    let provider = match state.wdf.add_instance(instance.addr()) {
        Ok(provider) => provider,
        Err(status) => return raw(status),
    };
    let changed = state.wdf.changed(provider);
    drop(state);
    changed.into_iter().for_each(update);
    raw(NtStatus::SUCCESS)
}

pub(super) unsafe extern "system" fn deregister_instance(_: *mut c_void, instance: Handle) {
    let shared = current();
    let mut state = shared.lock();
    state.limit(
        Irql::Dispatch,
        "WdfWmiInstanceDeregister above DISPATCH_LEVEL",
    );
    let Some(provider) = state.wdf.take_instance(instance.addr()) else {
        return;
    };
    let changed = state.wdf.changed(provider);
    drop(state);
    changed.into_iter().for_each(update);
}
