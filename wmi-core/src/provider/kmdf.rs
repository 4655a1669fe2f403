//! Access to a single instance of a block, for frameworks such as KMDF and WMILIB, which handle the
//! WNODEs themselves and request only the data from the driver.
//!
//! The KMDF callbacks of the crate `wmi-driver` call it.

use core::fmt;

use super::request::Refusal;
use super::{Block, Outcome, Response};
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
    immediate(block, done.map(|()| 0).map_err(Refusal::Status)).status
}

/// Returns the response at once, as the framework cannot keep the request of a callback.
fn immediate<A>(block: &Block<A>, done: Result<usize, Refusal>) -> Response {
    Outcome::of(block.guid, done).immediate()
}

/// One instance of a block, the counterpart of a `WDFWMIINSTANCE`.
pub struct Instance<'a, A> {
    block: &'a Block<A>,
    context: &'a A,
    index: usize,
}

impl<A> fmt::Debug for Instance<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("block", &self.block)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl<'a, A> Instance<'a, A> {
    /// Returns the instance with this index, from zero.
    #[must_use]
    pub const fn new(block: &'a Block<A>, context: &'a A, index: usize) -> Self {
        Self {
            block,
            context,
            index,
        }
    }

    /// `EvtWmiInstanceQueryInstance`: writes the data to a buffer of `OutBufferSize` bytes.
    ///
    /// `information` is the value for `*BufferUsed`: the bytes written or, with
    /// [`NtStatus::BUFFER_TOO_SMALL`], the bytes needed.
    pub fn query(&self, buffer: &mut [u8]) -> Response {
        let written = self
            .found()
            .and_then(|()| self.block.query(self.context, self.index, buffer));
        immediate(self.block, written)
    }

    /// `EvtWmiInstanceSetInstance`: sets the instance to `InBufferSize` bytes of data.
    #[must_use]
    pub fn set(&self, data: &[u8]) -> NtStatus {
        let set = self
            .found()
            .and_then(|()| Ok(self.block.set(self.context, self.index, data)?));
        immediate(self.block, set.map(|()| 0)).status
    }

    /// `EvtWmiInstanceSetItem`: sets one item to `InBufferSize` bytes of data.
    #[must_use]
    pub fn set_item(&self, data_item_id: u32, data: &[u8]) -> NtStatus {
        let set = self.found().and_then(|()| {
            Ok(self
                .block
                .set_item(self.context, self.index, data_item_id, data)?)
        });
        immediate(self.block, set.map(|()| 0)).status
    }

    /// `EvtWmiInstanceExecuteMethod`: executes a method. The input is the first `input` bytes of
    /// the buffer, whose size is the larger of `InBufferSize` and `OutBufferSize`. The output
    /// overwrites it.
    ///
    /// `information` is the value for `*BufferUsed`, as in [`query`](Self::query).
    pub fn execute(&self, method_id: u32, input: usize, buffer: &mut [u8]) -> Response {
        let written = self.found().and_then(|()| {
            let content = &self.block.content;
            content.execute(self.context, self.index, method_id, buffer, input)
        });
        immediate(self.block, written)
    }

    fn found(&self) -> Result<(), Refusal> {
        Ok(self.block.content.find(self.context, self.index)?)
    }
}
