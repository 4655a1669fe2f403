//! [`Failure`]: why a call got no answer.

use core::fmt;

use super::Violation;
use super::rule::write_class;
use crate::client::{ItemDecodeError, ReplyError, ValueError};
use crate::layout::LayoutError;
use wmi_core::block::{DecodeError, EncodeError};
use wmi_core::provider::Minor;
use wmi_core::wnode::{WnodeError, WriteError};
use wmi_core::{Guid, NtStatus, TextError};

/// Why a call of the [`Simulator`](super::Simulator) got no answer. `Debug`, which tests print, is
/// the text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The provider completed the request with this status, as it may.
    Status {
        /// The request.
        minor: Minor,
        /// The GUID of the class that it was for, if it was for one.
        guid: Option<Guid>,
        /// The name of the class, where the simulator knows it.
        class: Option<Box<str>>,
        /// The status.
        status: NtStatus,
        /// What is wrong in the provider, and the remedy, where the simulator can tell.
        why: Option<&'static str>,
    },
    /// A handler answers the request later, and it is open until then: see
    /// [`pending`](super::Simulator::pending).
    Pending {
        /// The request.
        minor: Minor,
        /// The GUID of the class that it is for, if it is for one.
        guid: Option<Guid>,
        /// The name of the class, where the simulator knows it.
        class: Option<Box<str>>,
    },
    /// The provider broke a rule.
    Violation(Box<Violation>),
    /// The device is not registered, and so no block of it.
    NotRegistered {
        /// The GUID of the class.
        guid: Guid,
    },
    /// The provider has registered other blocks than this, or it is gone.
    NoBlock {
        /// The GUID of its class.
        guid: Guid,
        /// The name of the class, where the simulator knows it.
        class: Option<Box<str>>,
    },
    /// Nobody listens to the events of the block, or reads it, so that nobody can cease to.
    NotOpen {
        /// The GUID of its class.
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
    /// The values that were to be sent do not fit the class.
    Value(ValueError),
    /// The request cannot be written.
    Request(WriteError),
    /// The values that were to be sent cannot be expressed.
    Encode(EncodeError),
    /// A text that the test made does not fit.
    Text(TextError),
    /// The test read a block, and the bytes are not one of the class.
    Decode(ItemDecodeError),
    /// The test read a WNODE that is not a reply of a class of the schema.
    Reply(ReplyError),
    /// What the test called of the driver failed, such as to send an event. It answers no request.
    Driver(NtStatus),
}

impl Failure {
    /// The rule that was broken, if one was.
    #[must_use]
    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Self::Violation(violation) => Some(violation),
            _ => None,
        }
    }

    /// The status that the provider completed the request with, if that is why.
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
}

// What `unwrap` and a test that returns it print.
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
                    " is pending; finish it by `Simulator::on_pending` or `Simulator::resume`",
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
                f.write_str("the provider has registered no block")?;
                write_class(f, Some(*guid), class.as_deref())?;
                f.write_str(": is it in the provider's list, and present?")
            }
            Self::NotOpen { guid } => {
                write!(
                    f,
                    "the block {guid} is not open; enable before it is disabled"
                )
            }
            Self::NoInstance { instance } => write!(f, "there is no instance `{instance}`"),
            Self::Unknown { name } => write!(f, "the schema has no `{name}`"),
            Self::Layout(error) => write!(f, "{error}"),
            Self::Value(error) => write!(f, "{error}"),
            Self::Request(error) => write!(f, "{error}"),
            Self::Encode(error) => write!(f, "{error}"),
            Self::Text(error) => write!(f, "{error}"),
            Self::Decode(error) => write!(f, "{error}"),
            Self::Reply(error) => write!(f, "{error}"),
            Self::Driver(status) => write!(f, "the driver's call failed with {status}"),
        }
    }
}

// Its text has the cause in it.
impl core::error::Error for Failure {}
