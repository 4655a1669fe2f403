//! [`Provider`]: the blocks of a driver, and the dispatch of requests to them.

use core::fmt;

use super::Block;
use super::call::Call;
use super::refused::{RefusalCause, RefusedRequest};
use super::request::{DataPath, Minor, Outcome, Request};
use crate::{Guid, NtStatus};

/// The blocks of a driver and its registration.
///
/// `A` is the driver's own data for one device. Requests arrive at any time and on any processor,
/// so it must be [`Sync`].
pub struct Provider<A: 'static> {
    pub(super) blocks: &'static [&'static Block<A>],
    pub(super) model: Model<A>,
    pub(super) mof_resource: Option<&'static str>,
    pub(super) registry_path: Option<fn(&A) -> &[u16]>,
    pub(super) next: Option<&'static Provider<A>>,
    /// Only read after a request has failed.
    pub(super) on_refusal: Option<fn(&RefusedRequest)>,
}

impl<A> fmt::Debug for Provider<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("blocks", &self.blocks)
            .finish_non_exhaustive()
    }
}

/// How the driver is registered.
pub(super) enum Model<A> {
    /// By the driver itself or its framework. Holds a function that returns the address of the
    /// physical device object, if blocks are named by it.
    Wdm(Option<fn(&A) -> usize>),
    /// By the port driver, for a miniport.
    Storport,
}

impl<A> Model<A> {
    /// Returns whether the registration contains the physical device object.
    pub(super) const fn names_pdo(&self) -> bool {
        matches!(self, Self::Wdm(Some(_)))
    }
}

impl<A: Sync> Provider<A> {
    /// Returns the name of the `MOFDATA` resource, if one was given.
    #[must_use]
    pub const fn mof_resource_name(&self) -> Option<&'static str> {
        self.mof_resource
    }

    /// Returns the blocks in registration order, without those of [following](Self::followed_by)
    /// providers.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = &'static Block<A>> + use<A> {
        self.blocks.iter().copied()
    }

    /// Returns the [`blocks`](Self::blocks) as a slice, for constants.
    #[must_use]
    pub const fn block_list(&self) -> &'static [&'static Block<A>] {
        self.blocks
    }

    /// Answers a request.
    ///
    /// The request must be for this device: call [`Minor::addressed`] first.
    ///
    /// Changes only the bytes of the reply or, if the reply does not fit, the bytes that report the
    /// size needed. In three cases, bytes after them may change too: a handler fails or the device
    /// changes while the reply is being written; a registration does not fit; or a method's long
    /// output is written behind its input.
    ///
    /// If a handler answers later, the buffer is unchanged, so that the request can be dispatched
    /// again: see [`Outcome`].
    pub fn dispatch(&self, context: &A, request: Request<'_>) -> Outcome {
        let Request {
            minor,
            data_path,
            buffer,
            time_stamp,
        } = request;
        let (guid, refusal) = match data_path {
            DataPath::Action(action) if minor.is_registration() => {
                match self.register(context, action, &mut *buffer) {
                    Ok(registered) => return registered.response(minor).into(),
                    Err(refusal) => (Guid::NIL, refusal),
                }
            }
            DataPath::Guid(guid) if !minor.is_registration() => {
                let answer = match self.asked(context, minor, guid) {
                    Some(block) => Call {
                        block,
                        context,
                        time_stamp,
                    }
                    .answer(minor, &mut *buffer),
                    None => Err(NtStatus::WMI_GUID_NOT_FOUND.into()),
                };
                match answer {
                    Ok(_) => return Outcome::of(guid, answer),
                    Err(refusal) => (guid, refusal),
                }
            }
            _ => (Guid::NIL, NtStatus::INVALID_PARAMETER.into()),
        };
        let outcome = Outcome::of(guid, Err(refusal));
        if let (Some(report), Outcome::Completed(response)) = (self.on_refusal, &outcome) {
            report(&self.refused(context, minor, data_path, buffer, response.status));
        }
        outcome
    }

    /// Says why a request failed. The buffer is as the request has left it.
    #[cold]
    #[inline(never)]
    fn refused(
        &self,
        context: &A,
        minor: Minor,
        data_path: DataPath,
        buffer: &[u8],
        status: NtStatus,
    ) -> RefusedRequest {
        let (guid, block) = match data_path {
            DataPath::Guid(guid) => (Some(guid), self.any_block(guid)),
            DataPath::Action(_) => (None, None),
        };
        let cause = match (data_path, block) {
            (DataPath::Guid(_), _) if minor.is_registration() => RefusalCause::DataPath,
            (DataPath::Action(_), _) if !minor.is_registration() => RefusalCause::DataPath,
            (DataPath::Action(action), _) if action > 1 => RefusalCause::Action(action),
            (DataPath::Action(_), _) if status == NtStatus::BUFFER_TOO_SMALL => {
                RefusalCause::ShortBuffer {
                    available: buffer.len(),
                }
            }
            (DataPath::Action(_), _) => RefusalCause::Driver,
            (DataPath::Guid(_), None) => RefusalCause::UnknownGuid,
            (DataPath::Guid(guid), Some(block)) => match self.asked(context, minor, guid) {
                Some(_) => Call {
                    block,
                    context,
                    time_stamp: 0,
                }
                .cause(minor, buffer, status),
                None => RefusalCause::AbsentBlock,
            },
        };
        RefusedRequest {
            minor,
            guid,
            class: block.map(Block::name),
            status,
            cause,
        }
    }

    /// Returns the block that a request is for.
    fn asked(&self, context: &A, minor: Minor, guid: Guid) -> Option<&'static Block<A>> {
        match minor {
            // These may arrive after the block was removed; what was switched on must still be
            // switched off.
            Minor::DisableEvents | Minor::DisableCollection => self.any_block(guid),
            _ => self.block(context, guid),
        }
    }

    /// Returns the block with this GUID, whether this device has it or not.
    fn any_block(&self, guid: Guid) -> Option<&'static Block<A>> {
        let mut blocks = self.chain().flat_map(Self::blocks);
        blocks.find(|block| block.guid == guid)
    }

    /// Returns this provider and those that follow.
    pub(super) fn chain(&self) -> impl Iterator<Item = &Self> {
        core::iter::successors(Some(self), |provider| provider.next)
    }

    /// Returns the block with this GUID, if this device has it.
    #[must_use]
    pub fn block(&self, context: &A, guid: Guid) -> Option<&'static Block<A>> {
        self.any_block(guid)
            .filter(|block| block.is_present(context))
    }
}
