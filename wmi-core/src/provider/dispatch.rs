//! [`Provider`]: the blocks of a driver, and which of them a request is for.

use super::Block;
use super::call::Call;
use super::request::{DataPath, Request, Response};
use crate::{Guid, NtStatus};

/// The blocks of a driver, and how it is registered.
///
/// `A` is what the driver knows of one device. Requests come at any time and on any processor, so it
/// must be [`Sync`].
pub struct Provider<A: 'static> {
    pub(super) blocks: &'static [&'static Block<A>],
    pub(super) model: Model<A>,
    pub(super) mof_resource: Option<&'static str>,
    pub(super) registry_path: Option<fn(&A) -> &[u16]>,
}

/// Who registers the driver.
pub(super) enum Model<A> {
    /// The driver itself; the address of the physical device object, if some block is named by it.
    Wdm(Option<fn(&A) -> usize>),
    /// The port driver, for a miniport.
    Storport,
}

impl<A: Sync> Provider<A> {
    /// The blocks, in the order in which they are registered.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = &'static Block<A>> + use<A> {
        self.blocks.iter().copied()
    }

    /// Answers a request.
    ///
    /// Whether it is for this device, [`Minor::addressed`](super::Minor::addressed) has said before.
    /// A reply that does not fit leaves the buffer as it was, but for what says how many bytes are
    /// needed; so does a failure, unless a handler fails after some instances have been written.
    pub fn dispatch(&self, context: &A, request: Request<'_>) -> Response {
        let Request {
            minor,
            data_path,
            buffer,
            time_stamp,
        } = request;
        let written = match data_path {
            DataPath::Action(action) if minor.is_registration() => {
                self.register(context, action, buffer)
            }
            DataPath::Guid(guid) if !minor.is_registration() => match self.block(context, guid) {
                Some(block) => Call {
                    block,
                    context,
                    time_stamp,
                }
                .answer(minor, buffer),
                None => Err(NtStatus::WMI_GUID_NOT_FOUND.into()),
            },
            _ => Err(NtStatus::INVALID_PARAMETER.into()),
        };
        Response::of(written)
    }

    /// The block with this GUID, if this device has it.
    #[must_use]
    pub fn block(&self, context: &A, guid: Guid) -> Option<&'static Block<A>> {
        let mut blocks = self.blocks.iter().copied();
        blocks.find(|block| block.guid == guid && block.is_present(context))
    }
}
