//! [`BlockInstance`]: access to a single instance of a block, for KMDF, NDIS and WMILIB, which handle
//! the WNODEs themselves and request only the data from the driver.

use core::fmt;

use super::request::{Refusal, Response};
use super::{Block, Minor, Outcome, Provider, RefusalCause, RefusedRequest};
use crate::NtStatus;

/// One instance of a block, without the WNODEs around its data: the counterpart of a
/// `WDFWMIINSTANCE`, an OID or a callback of WMILIB. The crate `wmi-driver` has their callbacks and
/// objects.
///
/// Each method returns an [`Outcome`]; a caller that cannot keep a request calls
/// [`immediate`](Outcome::immediate).
pub struct BlockInstance<'a, A> {
    block: &'a Block<A>,
    context: &'a A,
    index: usize,
    on_refusal: Option<fn(&RefusedRequest)>,
}

impl<A> fmt::Debug for BlockInstance<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockInstance")
            .field("block", &self.block)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl<'a, A> BlockInstance<'a, A> {
    /// Returns the instance with this index, from zero.
    #[must_use]
    pub const fn new(block: &'a Block<A>, context: &'a A, index: usize) -> Self {
        Self {
            block,
            context,
            index,
            on_refusal: None,
        }
    }

    /// Returns the block.
    #[must_use]
    pub const fn block(&self) -> &'a Block<A> {
        self.block
    }

    /// Reports refused requests to [`Provider::on_refusal`]. Neither a size that is too small nor a
    /// request that a handler answers later is a refusal.
    #[must_use]
    pub const fn reporting_to(mut self, provider: &Provider<A>) -> Self {
        self.on_refusal = provider.on_refusal;
        self
    }

    /// Refuses a request that does not reach the handlers, and reports it.
    pub fn refuse(&self, minor: Minor, status: NtStatus, cause: RefusalCause) -> Outcome {
        self.report(minor, status, || cause);
        Outcome::Completed(Response::new(status, 0))
    }

    /// Writes the data to the start of `buffer`.
    ///
    /// `information` is the number of bytes written or, with
    /// [`NtStatus::BUFFER_TOO_SMALL`](crate::NtStatus::BUFFER_TOO_SMALL), of bytes needed.
    pub fn query(&self, buffer: &mut [u8]) -> Outcome {
        let written = self
            .found()
            .and_then(|()| self.block.query(self.context, self.index, buffer));
        self.outcome(Minor::QuerySingleInstance, 0, written)
    }

    /// Sets the instance. `information` is zero.
    pub fn set(&self, data: &[u8]) -> Outcome {
        let set = self
            .found()
            .and_then(|()| Ok(self.block.set(self.context, self.index, data)?));
        self.outcome(Minor::ChangeSingleInstance, 0, set.map(|()| 0))
    }

    /// Sets one item. `information` is zero.
    pub fn set_item(&self, data_item_id: u32, data: &[u8]) -> Outcome {
        let set = self.found().and_then(|()| {
            Ok(self
                .block
                .set_item(self.context, self.index, data_item_id, data)?)
        });
        self.outcome(Minor::ChangeSingleItem, data_item_id, set.map(|()| 0))
    }

    /// Executes a method. The input is the first `input` bytes of the buffer. The output overwrites
    /// it. `information` is as in [`query`](Self::query).
    pub fn execute(&self, method_id: u32, input: usize, buffer: &mut [u8]) -> Outcome {
        let written = self.found().and_then(|()| {
            let content = &self.block.content;
            content.execute(self.context, self.index, method_id, buffer, input)
        });
        self.outcome(Minor::ExecuteMethod, method_id, written)
    }

    fn found(&self) -> Result<(), Refusal> {
        Ok(self.block.content.find(self.context, self.index)?)
    }

    /// Returns the outcome of a request for the item or method with this id.
    fn outcome(&self, minor: Minor, id: u32, done: Result<usize, Refusal>) -> Outcome {
        let outcome = Outcome::of(self.block.guid, done);
        if let Outcome::Completed(Response { status, .. }) = outcome {
            if !status.is_success() && status != NtStatus::BUFFER_TOO_SMALL {
                self.report(minor, status, || match self.found() {
                    Err(_) if !self.block.is_event_only => RefusalCause::UnknownInstance,
                    _ => RefusalCause::of_status(self.block, minor, id, status),
                });
            }
        }
        outcome
    }

    fn report(&self, minor: Minor, status: NtStatus, cause: impl FnOnce() -> RefusalCause) {
        if let Some(report) = self.on_refusal {
            report(&RefusedRequest {
                minor,
                guid: Some(self.block.guid),
                class: Some(self.block.name()),
                status,
                cause: cause(),
            });
        }
    }
}
