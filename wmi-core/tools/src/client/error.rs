//! The errors of decoding and encoding values.

use core::fmt;

use crate::layout::LayoutError;
use wmi_core::Guid;
use wmi_core::block::{DecodeError, EncodeError};
use wmi_core::wnode::WnodeError;

/// Why bytes are not a block of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ItemDecodeError {
    /// The path of the item at fault: `LUNList[2].OSLUN`.
    pub item: String,
    /// The offset in bytes from the start of the block, and the fault.
    pub error: DecodeError,
}

impl ItemDecodeError {
    pub(super) fn within(self, outer: &str) -> Self {
        let item = join(outer, &self.item);
        Self { item, ..self }
    }
}

impl fmt::Display for ItemDecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Decoding by type has no names, so the error shows only the offset.
        match &*self.item {
            "" => self.error.fmt(f),
            item => write!(f, "`{item}`: {}", self.error),
        }
    }
}

// The message includes the cause.
impl core::error::Error for ItemDecodeError {}

/// Why values cannot be encoded as a block of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValueError {
    /// The path of the item at fault: `LUNList[2].OSLUN`.
    pub item: String,
    /// The fault of its value.
    pub fault: ValueFault,
}

/// The fault of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueFault {
    /// The item has no value.
    Missing,
    /// The class has no such item.
    UnknownItem,
    /// The value is of another type than the item.
    WrongType {
        /// The kind of the value.
        found: &'static str,
        /// The kind that the item takes.
        expected: &'static str,
    },
    /// The integer does not fit the type of the item.
    OutOfRange {
        /// The integer.
        value: i128,
    },
    /// The array has a different length than the class declares.
    WrongLength {
        /// The number of given elements.
        given: usize,
        /// The number of elements in the class.
        length: u32,
    },
    /// The number of elements of an array differs from its count, or from another array with the
    /// same count.
    WrongCount {
        /// The given number.
        given: i128,
        /// The required number.
        count: i128,
    },
    /// The string has more UTF-16 units than `MaxLen`, or than a string can count.
    TextTooLong {
        /// The number of units.
        units: usize,
        /// The number of units that fit.
        max: u16,
    },
    /// The string contains a NUL, at which readers would stop.
    Nul {
        /// The index of the NUL in UTF-16 units.
        unit: usize,
    },
    /// The block would be larger than a WNODE can count.
    TooLarge,
}

impl ValueError {
    pub(super) fn within(self, outer: &str) -> Self {
        let item = join(outer, &self.item);
        Self { item, ..self }
    }
}

impl From<ValueFault> for ValueError {
    fn from(fault: ValueFault) -> Self {
        let item = String::new();
        Self { item, fault }
    }
}

impl From<EncodeError> for ValueError {
    /// An encoder with enough room only refuses sizes.
    fn from(_: EncodeError) -> Self {
        ValueFault::TooLarge.into()
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: ", self.item)?;
        match &self.fault {
            ValueFault::Missing => f.write_str("has no value; give one"),
            ValueFault::UnknownItem => f.write_str("the class has no such item"),
            ValueFault::WrongType { found, expected } => {
                write!(f, "cannot be {found}; give {expected}")
            }
            ValueFault::OutOfRange { value } => {
                write!(f, "{value} does not fit the type of the item")
            }
            ValueFault::WrongLength { given, length } => {
                write!(f, "the array has {length} elements, not {given}")
            }
            ValueFault::WrongCount { given, count } => {
                write!(
                    f,
                    "{given} was given where {count} elements are counted; let both agree"
                )
            }
            ValueFault::TextTooLong { units, max } => {
                write!(
                    f,
                    "the text has {units} UTF-16 units, but {max} fit; shorten it"
                )
            }
            ValueFault::Nul { unit } => write!(
                f,
                "the text has a NUL as unit {unit}, where readers stop; remove it"
            ),
            ValueFault::TooLarge => f.write_str("a data block cannot be larger than 4 GiB"),
        }
    }
}

impl core::error::Error for ValueError {}

/// Joins `outer.inner` or `outer[index]`.
fn join(outer: &str, inner: &str) -> String {
    let dot = if inner.is_empty() || inner.starts_with('[') {
        ""
    } else {
        "."
    };
    format!("{outer}{dot}{inner}")
}

/// Why a WNODE cannot be decoded as a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyError {
    /// A size or an offset of the WNODE is wrong.
    Wnode(WnodeError),
    /// The WNODE is a `WNODE_TOO_SMALL`.
    TooSmall {
        /// The size in bytes that the buffer needs.
        size_needed: u32,
    },
    /// No class has the GUID.
    UnknownClass {
        /// The GUID.
        guid: Guid,
    },
    /// No item of the class has the `WmiDataId`.
    UnknownItem {
        /// The class.
        class: String,
        /// The id.
        id: u32,
    },
    /// No method of the class has the `WmiMethodId`.
    UnknownMethod {
        /// The class.
        class: String,
        /// The id.
        id: u32,
    },
    /// The class has no layout.
    Layout(LayoutError),
    /// Instances or names overlap: together they are larger than the WNODE.
    Overlap,
    /// The data of an instance is not a block of the class.
    Data {
        /// The index of the instance in the WNODE.
        instance: u32,
        /// The bad item, with offsets from the start of the data.
        error: ItemDecodeError,
    },
}

impl ReplyError {
    /// Makes the error of the first or only instance.
    pub(crate) const fn first(error: ItemDecodeError) -> Self {
        let instance = 0;
        Self::Data { instance, error }
    }
}

impl From<WnodeError> for ReplyError {
    fn from(error: WnodeError) -> Self {
        Self::Wnode(error)
    }
}

impl From<LayoutError> for ReplyError {
    fn from(error: LayoutError) -> Self {
        Self::Layout(error)
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wnode(error) => error.fmt(f),
            Self::TooSmall { size_needed } => {
                write!(f, "the buffer was too small; give it {size_needed} bytes")
            }
            Self::UnknownClass { guid } => write!(f, "no class of the schema has the GUID {guid}"),
            Self::UnknownItem { class, id } => write!(f, "`{class}` has no `WmiDataId({id})`"),
            Self::UnknownMethod { class, id } => {
                write!(f, "`{class}` has no `WmiMethodId({id})`")
            }
            Self::Layout(error) => error.fmt(f),
            Self::Overlap => {
                f.write_str("instances or names overlap: together they exceed the WNODE")
            }
            Self::Data { instance, error } => write!(f, "instance {instance}: {error}"),
        }
    }
}

// The message includes the cause.
impl core::error::Error for ReplyError {}
