//! [`Instance`]: one instance of a block on its own, for whoever writes the WNODEs itself and asks the
//! driver for the data alone, as KMDF, NDIS and WMILIB do.

use core::fmt;

use super::request::Refusal;
use super::{Block, Outcome};

/// One instance of a block, without the WNODEs around its data: what a `WDFWMIINSTANCE`, an OID or a
/// callback of WMILIB stands for. The crate `wmi-driver` has their callbacks and objects.
///
/// Each method returns an [`Outcome`]; a caller that cannot keep a request calls
/// [`immediate`](Outcome::immediate).
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

    /// Writes the data to the start of `buffer`.
    ///
    /// `information` is how many bytes were written, or with
    /// [`NtStatus::BUFFER_TOO_SMALL`](crate::NtStatus::BUFFER_TOO_SMALL) how many are needed.
    pub fn query(&self, buffer: &mut [u8]) -> Outcome {
        let written = self
            .found()
            .and_then(|()| self.block.query(self.context, self.index, buffer));
        self.outcome(written)
    }

    /// Takes new data. `information` is zero.
    pub fn set(&self, data: &[u8]) -> Outcome {
        let set = self
            .found()
            .and_then(|()| Ok(self.block.set(self.context, self.index, data)?));
        self.outcome(set.map(|()| 0))
    }

    /// Takes a new value of one item. `information` is zero.
    pub fn set_item(&self, data_item_id: u32, data: &[u8]) -> Outcome {
        let set = self.found().and_then(|()| {
            Ok(self
                .block
                .set_item(self.context, self.index, data_item_id, data)?)
        });
        self.outcome(set.map(|()| 0))
    }

    /// Executes a method. The input is the first `input` bytes of the buffer, and the output is written
    /// over it. `information` is as in [`query`](Self::query).
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
