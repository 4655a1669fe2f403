//! [`LayoutError`]: why a class has no layout.

use core::fmt;

use wmi_core::schema::CimType;

/// Why a class or a method has no data block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayoutError {
    /// The class or method at fault; for an item, the class that declares it.
    pub class: String,
    /// The item at fault; empty if the whole class is.
    pub item: String,
    /// The fault.
    pub fault: LayoutFault,
}

/// A fault of a class or an item of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayoutFault {
    /// No class of this name was given.
    UnknownClass {
        /// The name.
        name: String,
    },
    /// The class of this name is in another namespace than the class that embeds it.
    OtherNamespace {
        /// The name.
        name: String,
        /// The namespace.
        namespace: String,
    },
    /// The item ids do not count up from 1, each once.
    UnexpectedId {
        /// The `WmiDataId`.
        id: u32,
        /// The expected id.
        expected: u32,
    },
    /// Data blocks cannot contain items of this type.
    UnsupportedType {
        /// The type.
        cim_type: CimType,
    },
    /// The class embeds itself, or is its own base.
    Recursive,
    /// Classes are embedded or derived more than [`MAX_DEPTH`](super::MAX_DEPTH) deep.
    TooDeep,
    /// The embedded class has no items.
    NoItems,
    /// The array has no elements: `T x[0]`.
    EmptyArray,
    /// The array has neither a length nor `WmiSizeIs` nor `MAX`.
    UnknownLength,
    /// `WmiSizeIs` does not name an item before the array.
    UnknownCount {
        /// The name in `WmiSizeIs`.
        name: String,
    },
    /// `WmiSizeIs` names an item that is not a single integer.
    NoCount {
        /// The name in `WmiSizeIs`.
        name: String,
    },
    /// `MaxLen` exceeds the 32767 UTF-16 units that a string can count.
    MaxLen {
        /// The number.
        units: u32,
    },
    /// The block exceeds the 4 GiB that a WNODE can count.
    TooLarge,
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}", self.class)?;
        if !self.item.is_empty() {
            write!(f, ".{}", self.item)?;
        }
        f.write_str("`: ")?;
        match &self.fault {
            LayoutFault::UnknownClass { name } => {
                write!(
                    f,
                    "the class `{name}` is not declared; pass its declaration too"
                )
            }
            LayoutFault::OtherNamespace { name, namespace } => {
                write!(
                    f,
                    "`{name}` is declared in another namespace, `{namespace}`"
                )
            }
            LayoutFault::UnexpectedId { id, expected } => write!(
                f,
                "`WmiDataId({id})` where {expected} is expected; number the items from 1, each once"
            ),
            LayoutFault::UnsupportedType { cim_type } => {
                write!(f, "a data block cannot hold `{}`", cim_type.keyword())
            }
            LayoutFault::Recursive => f.write_str("the class contains itself"),
            LayoutFault::TooDeep => {
                write!(
                    f,
                    "classes contain each other, or derive from each other, deeper than {}",
                    super::MAX_DEPTH
                )
            }
            LayoutFault::NoItems => f.write_str("an embedded class needs an item with `WmiDataId`"),
            LayoutFault::EmptyArray => f.write_str("a WMI array needs at least one element"),
            LayoutFault::UnknownLength => {
                f.write_str("the array has no length; add one, or `WmiSizeIs`")
            }
            LayoutFault::UnknownCount { name } => {
                write!(
                    f,
                    "`WmiSizeIs` names `{name}`, which is not an item before the array"
                )
            }
            LayoutFault::NoCount { name } => {
                write!(
                    f,
                    "`WmiSizeIs` names `{name}`, which is not a single integer"
                )
            }
            LayoutFault::MaxLen { units } => {
                write!(f, "a string has at most 32767 UTF-16 units, not {units}")
            }
            LayoutFault::TooLarge => {
                f.write_str("the data block is larger than the 4 GiB that a WNODE can count")
            }
        }
    }
}

impl core::error::Error for LayoutError {}
