//! Enables and disables events and collection for frameworks that handle the WNODEs themselves,
//! such as KMDF and WMILIB. The callbacks of the crate `wmi-driver` call it.

use super::request::Refusal;
use super::{Block, BlockInstance, Minor, Outcome, Provider, RefusalCause};
use crate::NtStatus;

/// `WDF_WMI_PROVIDER_CONTROL`, the argument of `EvtWmiProviderFunctionControl`. Source: `wdfwmi.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderControl {
    /// `WdfWmiEventControl`, 1: events.
    Event,
    /// `WdfWmiInstanceControl`, 2: collection of an expensive block.
    Instance,
}

impl ProviderControl {
    /// Returns the control with this number.
    #[must_use]
    pub const fn from_value(value: u32) -> Option<Self> {
        match value {
            1 => Some(Self::Event),
            2 => Some(Self::Instance),
            _ => None,
        }
    }
}

/// `EvtWmiProviderFunctionControl`: switches events or collection on or off.
#[must_use]
pub fn function_control<A>(
    provider: &Provider<A>,
    block: &Block<A>,
    context: &A,
    control: ProviderControl,
    enable: bool,
) -> NtStatus {
    let (minor, done) = match (control, enable) {
        (ProviderControl::Event, true) => (Minor::EnableEvents, block.enable(context, true)),
        (ProviderControl::Event, false) => (Minor::DisableEvents, block.enable(context, false)),
        (ProviderControl::Instance, true) => {
            (Minor::EnableCollection, block.collect(context, true))
        }
        (ProviderControl::Instance, false) => {
            (Minor::DisableCollection, block.collect(context, false))
        }
    };
    // The framework cannot keep the request of a callback.
    let outcome = Outcome::of(block.guid, done.map(|()| 0).map_err(Refusal::Status));
    let status = outcome.immediate().status;
    if status.is_success() {
        return status;
    }
    let instance = BlockInstance::new(block, context, 0).reporting_to(provider);
    let refused = instance.refuse(minor, status, RefusalCause::Driver);
    refused.immediate().status
}
