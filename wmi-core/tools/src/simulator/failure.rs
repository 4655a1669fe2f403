//! [`Failure`]: why a call failed.

use core::fmt;

use super::Violation;
use super::rule::write_class;
use crate::client::{ItemDecodeError, ReplyError, ValueError};
use crate::cooking::NotCooked;
use crate::layout::LayoutError;
use wmi_core::block::{DecodeError, EncodeError};
use wmi_core::provider::Minor;
use wmi_core::wnode::{WnodeError, WriteError};
use wmi_core::{Guid, NtStatus, TextError};
use wmi_vocabulary::base::SUFFIX;

/// Why a call of the [`Simulator`](super::Simulator) failed. `Debug`, which tests print, writes the
/// message.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The provider refused the request with this status, without breaking a rule.
    Status {
        /// The request.
        minor: Minor,
        /// The GUID of the class, if the request was for one.
        guid: Option<Guid>,
        /// The name of the class, if the simulator knows it.
        class: Option<Box<str>>,
        /// The status.
        status: NtStatus,
        /// The provider's mistake and the remedy, if the simulator knows them.
        why: Option<&'static str>,
    },
    /// A handler answers the request later. The request stays open until then: see
    /// [`pending`](super::Simulator::pending).
    Pending {
        /// The request.
        minor: Minor,
        /// The GUID of the class, if the request is for one.
        guid: Option<Guid>,
        /// The name of the class, if the simulator knows it.
        class: Option<Box<str>>,
    },
    /// The provider broke a rule.
    Violation(Box<Violation>),
    /// The device is not registered, so it has no blocks yet.
    NotRegistered {
        /// The GUID of the class.
        guid: Guid,
    },
    /// The provider has not registered this block, or has removed it.
    NoBlock {
        /// The GUID of the class.
        guid: Guid,
        /// The name of the class, if the simulator knows it.
        class: Option<Box<str>>,
    },
    /// The block was closed more often than it was opened.
    NotOpen {
        /// The GUID of the class.
        guid: Guid,
    },
    /// The block has no instance of this name or number.
    NoInstance {
        /// The name or number.
        instance: String,
    },
    /// The schema has no class, item or method of this name.
    Unknown {
        /// The name.
        name: String,
    },
    /// The class has no layout.
    Layout(LayoutError),
    /// The values to send do not fit the class.
    Value(ValueError),
    /// The request cannot be written: a name or the data is too large.
    Request(WriteError),
    /// The values to send cannot be encoded.
    Encode(EncodeError),
    /// A text made by the test does not fit.
    Text(TextError),
    /// The bytes that the test decodes are not a block of the class.
    Decode(ItemDecodeError),
    /// The WNODE that the test decodes does not match the schema.
    Reply(ReplyError),
    /// A counter of a sampled class does not have the base that its type needs.
    NoCounterBase {
        /// The name of the counter.
        counter: Box<str>,
        /// Its counter type.
        counter_type: &'static str,
        /// The counter type of the base.
        base_type: &'static str,
    },
    /// Tools have nothing to show of a counter.
    NotCooked(NotCooked),
    /// A driver function called by the test failed, outside any request, such as one that sends an
    /// event.
    Driver(NtStatus),
}

impl Failure {
    /// Returns the violation, if the failure is one.
    #[must_use]
    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Self::Violation(violation) => Some(violation),
            _ => None,
        }
    }

    /// Returns the status with which the provider refused the request, if it did.
    #[must_use]
    pub const fn status(&self) -> Option<NtStatus> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident,)*) => {$(
        impl From<$from> for Failure {
            fn from(error: $from) -> Self {
                Self::$variant(error.into())
            }
        }
    )*};
}

impl From<Violation> for Failure {
    fn from(violation: Violation) -> Self {
        Self::Violation(violation.into())
    }
}

from! {
    LayoutError => Layout,
    ValueError => Value,
    WriteError => Request,
    EncodeError => Encode,
    TextError => Text,
    DecodeError => Decode,
    ItemDecodeError => Decode,
    WnodeError => Reply,
    ReplyError => Reply,
    NtStatus => Driver,
    NotCooked => NotCooked,
}

// Printed by `unwrap`, and by a test that returns it.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status {
                minor,
                guid,
                class,
                status,
                why,
            } => {
                write!(f, "{minor:?}")?;
                write_class(f, *guid, class.as_deref())?;
                write!(f, " was completed with {status}")?;
                why.map_or(Ok(()), |why| write!(f, ": {why}"))
            }
            Self::Pending { minor, guid, class } => {
                write!(f, "{minor:?}")?;
                write_class(f, *guid, class.as_deref())?;
                f.write_str(
                    " is pending; finish it with `Simulator::on_pending` or `Simulator::resume`",
                )
            }
            Self::Violation(violation) => write!(f, "{violation}"),
            Self::NotRegistered { guid } => {
                write!(
                    f,
                    "the block {guid} is not registered; call `register` first"
                )
            }
            Self::NoBlock { guid, class } => {
                f.write_str("the provider has not registered the block")?;
                write_class(f, Some(*guid), class.as_deref())?;
                f.write_str("; add it to the provider's list, and see that it is present")
            }
            Self::NotOpen { guid } => {
                write!(
                    f,
                    "the block {guid} is not open; enable it before disabling it"
                )
            }
            Self::NoInstance { instance } => {
                write!(f, "`{instance}` is not an instance of the block")
            }
            Self::Unknown { name } => write!(f, "the schema has no `{name}`"),
            Self::Layout(error) => write!(f, "{error}"),
            Self::Value(error) => write!(f, "{error}"),
            Self::Request(error) => write!(f, "{error}"),
            Self::Encode(error) => write!(f, "{error}"),
            Self::Text(error) => write!(f, "{error}"),
            Self::Decode(error) => write!(f, "{error}"),
            Self::Reply(error) => write!(f, "{error}"),
            Self::NoCounterBase {
                counter,
                counter_type,
                base_type,
            } => write!(
                f,
                "`{counter}` is a {counter_type}, which needs its base right behind it; add \
                 `{counter}{SUFFIX}` of the type {base_type}"
            ),
            Self::NotCooked(why) => write!(f, "there is nothing to show of the counter: {why}"),
            Self::Driver(status) => write!(f, "the driver function failed with {status}"),
        }
    }
}

// The message includes the cause.
impl core::error::Error for Failure {}
