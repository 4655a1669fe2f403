//! Errors of encoding and decoding blocks.

use core::fmt;

/// The reason why a block was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is shorter than the block.
    BufferTooSmall {
        /// Bytes of the block.
        needed: usize,
    },
    /// The block would exceed 4 GiB, the largest size in a WNODE.
    TooLarge,
    /// The block exceeds the limit of its class: an event is limited to 1 KB.
    OverLimit {
        /// Bytes of the block.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A string has more than 32767 UTF-16 units.
    StringTooLong {
        /// Its UTF-16 units.
        units: usize,
    },
    /// A string has a NUL, at which readers would stop.
    Nul {
        /// Byte offset of the NUL in the string.
        offset: usize,
    },
    /// An array has more elements than its count can hold.
    TooManyElements {
        /// The MOF name of the item with the count.
        count: &'static str,
        /// The elements.
        elements: usize,
    },
    /// Arrays that share a count differ in length.
    DifferentLengths {
        /// The MOF name of the item with the count.
        count: &'static str,
        /// The elements of the first array.
        first: usize,
        /// The elements of another.
        other: usize,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => write!(f, "the buffer must hold {needed} bytes"),
            Self::TooLarge => f.write_str("a data block cannot be larger than 4 GiB"),
            Self::OverLimit { size, limit } => {
                write!(
                    f,
                    "the data block has {size} bytes, but its class is limited to {limit}"
                )
            }
            Self::StringTooLong { units } => {
                write!(f, "a string has at most 32767 UTF-16 units, not {units}")
            }
            Self::Nul { offset } => {
                write!(
                    f,
                    "the string has a NUL at byte {offset}, where readers stop; remove it"
                )
            }
            Self::TooManyElements { count, elements } => {
                write!(
                    f,
                    "`{count}` cannot count {elements} elements; give it a wider type"
                )
            }
            Self::DifferentLengths {
                count,
                first,
                other,
            } => {
                write!(
                    f,
                    "`{count}` counts arrays of {first} and of {other} elements"
                )
            }
        }
    }
}

impl core::error::Error for EncodeError {}

/// The reason why bytes are not a block of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// Offset of the faulty item in the block, in bytes; in an array or an embedded class, of the
    /// faulty element or item.
    pub offset: usize,
    /// What is wrong with it.
    pub fault: DecodeFault,
}

/// What is wrong with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeFault {
    /// It ends after the bytes of the block.
    Truncated {
        /// Bytes that the item takes.
        needed: usize,
        /// Bytes that are left.
        available: usize,
    },
    /// The byte count of a string is odd.
    OddLength {
        /// The count.
        length: usize,
    },
    /// The count of an array is negative.
    NegativeCount,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the item at byte {}: ", self.offset)?;
        match self.fault {
            DecodeFault::Truncated { needed, available } => {
                write!(f, "needs {needed} bytes, but {available} are left")
            }
            DecodeFault::OddLength { length } => {
                write!(f, "{length} bytes are not a whole number of UTF-16 units")
            }
            DecodeFault::NegativeCount => f.write_str("a count cannot be negative"),
        }
    }
}

impl core::error::Error for DecodeError {}
