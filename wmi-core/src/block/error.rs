//! What can be wrong with a block of variable size, and where.

use core::fmt;

/// Why a block was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is shorter than the block.
    BufferTooSmall {
        /// Bytes of the block.
        needed: usize,
    },
    /// The block would be larger than the 4 GiB that a WNODE can count.
    TooLarge,
    /// The block is larger than the class may be, as an event is limited to 1 KB.
    OverLimit {
        /// Bytes of the block.
        size: usize,
        /// Bytes that it may have.
        limit: usize,
    },
    /// The string has more than 32767 UTF-16 units.
    StringTooLong {
        /// Its UTF-16 units.
        units: usize,
    },
    /// The string holds a NUL, at which readers would stop.
    Nul {
        /// Byte offset of the NUL in the string.
        offset: usize,
    },
    /// The array has more elements than its count can say.
    TooManyElements {
        /// The item that counts, as MOF names it.
        count: &'static str,
        /// The elements.
        elements: usize,
    },
    /// Arrays that share one count differ in length.
    DifferentLengths {
        /// The item that counts, as MOF names it.
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
                    "the data block has {size} bytes, but the class may have {limit}"
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

/// Why bytes are not a block of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// Where the item starts, in bytes from the start of the block: of an array or an embedded
    /// class, the element or item at fault.
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
        /// Bytes that it takes.
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
