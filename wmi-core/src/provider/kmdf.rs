//! One instance of a block on its own, for frameworks that write the WNODEs themselves and ask the
//! driver for the data alone, as KMDF and WMILIB do.
//!
//! The crate `wmi-driver` has the callbacks and objects of KMDF, which call this.

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
    /// The control with this number.
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

/// The framework keeps no request of a callback.
fn immediate<A>(block: &Block<A>, done: Result<usize, Refusal>) -> Response {
    Outcome::of(block.guid, done).immediate()
}

/// One instance of a block, as a `WDFWMIINSTANCE` stands for it.
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
    /// The instance with this index, from zero.
    #[must_use]
    pub const fn new(block: &'a Block<A>, context: &'a A, index: usize) -> Self {
        Self {
            block,
            context,
            index,
        }
    }

    /// `EvtWmiInstanceQueryInstance`: the data, in a buffer of `OutBufferSize` bytes.
    ///
    /// `information` is for `*BufferUsed`: the bytes that were written, or with
    /// [`NtStatus::BUFFER_TOO_SMALL`] the bytes that are needed.
    pub fn query(&self, buffer: &mut [u8]) -> Response {
        let written = self
            .found()
            .and_then(|()| self.block.query(self.context, self.index, buffer));
        immediate(self.block, written)
    }

    /// `EvtWmiInstanceSetInstance`: new data, of `InBufferSize` bytes.
    #[must_use]
    pub fn set(&self, data: &[u8]) -> NtStatus {
        let set = self
            .found()
            .and_then(|()| Ok(self.block.set(self.context, self.index, data)?));
        immediate(self.block, set.map(|()| 0)).status
    }

    /// `EvtWmiInstanceSetItem`: a new value of one item, of `InBufferSize` bytes.
    #[must_use]
    pub fn set_item(&self, data_item_id: u32, data: &[u8]) -> NtStatus {
        let set = self.found().and_then(|()| {
            Ok(self
                .block
                .set_item(self.context, self.index, data_item_id, data)?)
        });
        immediate(self.block, set.map(|()| 0)).status
    }

    /// `EvtWmiInstanceExecuteMethod`: the input is the first `input` bytes of the buffer, which has
    /// the larger of `InBufferSize` and `OutBufferSize` bytes, and the output is written over it.
    ///
    /// `information` is for `*BufferUsed`, as in [`query`](Self::query).
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
