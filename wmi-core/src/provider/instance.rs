//! [`BlockInstance`]: access to a single instance of a block, for KMDF, NDIS and WMILIB, which handle
//! the WNODEs themselves and request only the data from the driver.

use core::fmt;

use super::request::Refusal;
use super::{Block, Outcome};

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
        }
    }

    /// Writes the data to the start of `buffer`.
    ///
    /// `information` is the number of bytes written or, with
    /// [`NtStatus::BUFFER_TOO_SMALL`](crate::NtStatus::BUFFER_TOO_SMALL), of bytes needed.
    pub fn query(&self, buffer: &mut [u8]) -> Outcome {
        let written = self
            .found()
            .and_then(|()| self.block.query(self.context, self.index, buffer));
        self.outcome(written)
    }

    /// Sets the instance. `information` is zero.
    pub fn set(&self, data: &[u8]) -> Outcome {
        let set = self
            .found()
            .and_then(|()| Ok(self.block.set(self.context, self.index, data)?));
        self.outcome(set.map(|()| 0))
    }

    /// Sets one item. `information` is zero.
    pub fn set_item(&self, data_item_id: u32, data: &[u8]) -> Outcome {
        let set = self.found().and_then(|()| {
            Ok(self
                .block
                .set_item(self.context, self.index, data_item_id, data)?)
        });
        self.outcome(set.map(|()| 0))
    }

    /// Executes a method. The input is the first `input` bytes of the buffer. The output overwrites
    /// it. `information` is as in [`query`](Self::query).
    pub fn execute(&self, method_id: u32, input: usize, buffer: &mut [u8]) -> Outcome {
        let written = self.found().and_then(|()| {
            let content = &self.block.content;
            content.execute(self.context, self.index, method_id, buffer, input)
        });
        self.outcome(written)
    }

    fn found(&self) -> Result<(), Refusal> {
        Ok(self.block.content.find(self.context, self.index)?)
    }

    fn outcome(&self, done: Result<usize, Refusal>) -> Outcome {
        Outcome::of(self.block.guid, done)
    }
}
