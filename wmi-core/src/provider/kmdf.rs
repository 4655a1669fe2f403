//! Enables and disables events and collection for frameworks that handle the WNODEs themselves,
//! such as KMDF and WMILIB. The callbacks of the crate `wmi-driver` call it.

use super::request::Refusal;
use super::{Block, Outcome};
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
    block: &Block<A>,
    context: &A,
    control: ProviderControl,
    enable: bool,
) -> NtStatus {
    let done = match control {
        ProviderControl::Event => block.enable(context, enable),
        ProviderControl::Instance => block.collect(context, enable),
    };
    // The framework cannot keep the request of a callback.
    Outcome::of(block.guid, done.map(|()| 0).map_err(Refusal::Status))
        .immediate()
        .status
}
