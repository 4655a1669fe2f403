//! The faults that a WNODE can have, with their places.

use core::fmt;

/// Why a WNODE cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WnodeError {
    /// The member at fault, as `wmistr.h` names it.
    pub member: &'static str,
    /// Where the member stands, in bytes from the start of the WNODE.
    pub offset: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// A fault of a member of a WNODE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The WNODE, or the structure that its flags say it is, has `needed` bytes; there are only
    /// `available`.
    Truncated {
        /// Bytes that there should be.
        needed: usize,
        /// Bytes that there are.
        available: usize,
    },
    /// It names `length` bytes at `start`, which do not lie where they may.
    OutOfBounds {
        /// The first byte, from the start of the WNODE.
        start: usize,
        /// How many bytes.
        length: usize,
        /// Where they may start: after the fixed part and what describes them.
        first: usize,
        /// Where they must end: bytes of the WNODE.
        end: usize,
    },
    /// It names the byte `start`, which is not a multiple of `alignment`.
    Misaligned {
        /// The byte, from the start of the WNODE.
        start: usize,
        /// The alignment, in bytes.
        alignment: usize,
    },
    /// These flags name no structure that this reader knows.
    UnknownKind {
        /// The flags.
        flags: u32,
    },
    /// It is not the GUID of the class that was asked for.
    WrongGuid,
    /// It is not the size of the class that was asked for.
    WrongSize {
        /// The size that the class has.
        expected: usize,
        /// The size that was found.
        found: usize,
    },
    /// A string in the data is shorter than its place, so the items after it stand elsewhere than
    /// the class says; [`Wire::decode`](crate::Wire::decode) reads such data.
    ShortText,
    /// It counts an odd number of bytes, which cannot be UTF-16.
    OddLength {
        /// The count.
        length: usize,
    },
}

impl fmt::Display for WnodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at byte {}: ", self.member, self.offset)?;
        match self.fault {
            Fault::Truncated { needed, available } => {
                write!(f, "the WNODE needs {needed} bytes, but has {available}")
            }
            Fault::OutOfBounds {
                start,
                length,
                first,
                end,
            } => {
                write!(
                    f,
                    "{length} bytes from {start} do not lie within {first}..{end}"
                )
            }
            Fault::Misaligned { start, alignment } => {
                write!(f, "{start} is not a multiple of {alignment}")
            }
            Fault::UnknownKind { flags } => {
                write!(f, "{flags:#010x} names no structure that can be read here")
            }
            Fault::WrongGuid => f.write_str("it is not the GUID of the class"),
            Fault::WrongSize { expected, found } => {
                write!(f, "the class has {expected} bytes, not {found}")
            }
            Fault::ShortText => {
                f.write_str("a string is shorter than its place; read the data by `Wire::decode`")
            }
            Fault::OddLength { length } => {
                write!(f, "{length} bytes are not a whole number of UTF-16 units")
            }
        }
    }
}

impl core::error::Error for WnodeError {}

/// Why a WNODE was not written. The buffer is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The buffer is shorter than the WNODE.
    BufferTooSmall {
        /// Bytes of the whole WNODE: what `SizeNeeded` of a `WNODE_TOO_SMALL` holds.
        needed: usize,
    },
    /// The WNODE would be larger than the 4 GiB that its members can count.
    TooLarge,
    /// The instance name has more than 32767 UTF-16 units.
    NameTooLong {
        /// Which instance, from zero.
        instance: usize,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => write!(f, "the buffer must hold {needed} bytes"),
            Self::TooLarge => f.write_str("a WNODE cannot be larger than 4 GiB"),
            Self::NameTooLong { instance } => {
                write!(
                    f,
                    "the name of instance {instance} is longer than 32767 UTF-16 units"
                )
            }
        }
    }
}

impl core::error::Error for WriteError {}
