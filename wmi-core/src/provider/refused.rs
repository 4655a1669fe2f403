//! [`RefusedRequest`]: what a driver author sees of a request that failed, and why it did. It owns no
//! check: the cause is found by those that the request has passed through.

use core::fmt;

use super::{Block, Minor};
use crate::wnode::WnodeError;
use crate::{Guid, NtStatus};

/// A request that was completed with an error; see
/// [`Provider::on_refusal`](super::Provider::on_refusal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedRequest {
    /// The minor function code.
    pub minor: Minor,
    /// The GUID that the request names; `None` for registration.
    pub guid: Option<Guid>,
    /// The class with this GUID, if a block has it.
    pub class: Option<&'static str>,
    /// The status that the request is completed with.
    pub status: NtStatus,
    /// Why it is refused.
    pub cause: RefusalCause,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalCause {
    /// The data path is a number where the minor code wants a GUID, or the other way round.
    DataPath,
    /// The data path of a registration is neither `WMIREGISTER` nor `WMIUPDATE`.
    Action(usize),
    /// No block has the GUID.
    UnknownGuid,
    /// The device does not have the block now; see [`Block::present_if`](super::Block::present_if).
    AbsentBlock,
    /// The buffer has no room for the reply that says how many bytes are needed.
    ShortBuffer {
        /// Bytes that the buffer has.
        available: usize,
    },
    /// The WNODE of the request is malformed.
    Malformed(WnodeError),
    /// The request names the instance by its index, but the names of the block are dynamic.
    IndexOfDynamicNames,
    /// The request names the instance by its name, but the names of the block are static.
    NameOfStaticNames,
    /// There is no such instance, or it has no object.
    UnknownInstance,
    /// The block is an event and cannot be queried, set or called.
    EventOnly,
    /// The data or the output starts before the end of the name, or behind the buffer.
    DataPlace,
    /// The class has no methods.
    NoMethods,
    /// The class has no item, or no method, with this id.
    UnknownId(u32),
    /// The item, or every item of the block, is read-only.
    ReadOnly,
    /// The driver's own code returned the status, or gave values that do not fit the class.
    Driver,
}

impl RefusalCause {
    /// Returns why a block refused a well-formed request for an instance that exists. `id` is that of
    /// the item or the method.
    pub(super) fn of_status<A>(block: &Block<A>, minor: Minor, id: u32, status: NtStatus) -> Self {
        match status {
            NtStatus::INVALID_DEVICE_REQUEST if block.is_event_only => Self::EventOnly,
            NtStatus::INVALID_DEVICE_REQUEST
                if minor == Minor::ExecuteMethod && !block.has_methods() =>
            {
                Self::NoMethods
            }
            NtStatus::WMI_ITEMID_NOT_FOUND => Self::UnknownId(id),
            NtStatus::WMI_READ_ONLY => Self::ReadOnly,
            _ => Self::Driver,
        }
    }
}

impl fmt::Display for RefusalCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DataPath => "the data path does not suit the minor code",
            Self::Action(action) => {
                return write!(
                    f,
                    "the action {action} is neither WMIREGISTER nor WMIUPDATE"
                );
            }
            Self::UnknownGuid => "no block has this GUID; list its class in the provider",
            Self::AbsentBlock => "the device does not have the block now, by its `present_if`",
            Self::ShortBuffer { available } => {
                return write!(
                    f,
                    "a buffer of {available} bytes is too small for any reply"
                );
            }
            Self::Malformed(fault) => return fault.fmt(f),
            Self::IndexOfDynamicNames => {
                "the instance is named by its index, but the names of the block are dynamic"
            }
            Self::NameOfStaticNames => {
                "the instance is named by its name, but the names of the block are static"
            }
            Self::UnknownInstance => "there is no such instance, or it has no object",
            Self::EventOnly => "the block is an event, which cannot be queried, set or called",
            Self::DataPlace => "the data starts before the end of the name or behind the buffer",
            Self::NoMethods => "the class has no methods",
            Self::UnknownId(id) => return write!(f, "the class has no item or method {id}"),
            Self::ReadOnly => "the item, or every item of the block, is read-only",
            Self::Driver => "the driver's own code returned this, or values that do not fit",
        })
    }
}

/// One line: the class, the request, the status and the cause.
impl fmt::Display for RefusedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.class, self.guid) {
            (Some(class), _) => write!(f, "`{class}`: ")?,
            (None, Some(guid)) => write!(f, "{guid}: ")?,
            (None, None) => {}
        }
        write!(
            f,
            "{:?} fails with {}: {}",
            self.minor, self.status, self.cause
        )
    }
}
