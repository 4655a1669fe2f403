//! Errors of reading and writing WNODEs.

use core::fmt;

/// The reason why a WNODE cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WnodeError {
    /// The faulty member, named as in `wmistr.h`.
    pub member: &'static str,
    /// Offset of the member in the WNODE, in bytes.
    pub offset: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// A fault of a member of a WNODE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The WNODE, or the structure named by its flags, is longer than the bytes.
    Truncated {
        /// Bytes of the WNODE or structure.
        needed: usize,
        /// Bytes available.
        available: usize,
    },
    /// The member refers to `length` bytes at `start`, which do not lie in the allowed range.
    OutOfBounds {
        /// Offset of the first byte in the WNODE.
        start: usize,
        /// Number of bytes.
        length: usize,
        /// First offset allowed: after the fixed part and the array that describes them.
        first: usize,
        /// End of the allowed range: the size of the WNODE.
        end: usize,
    },
    /// The member refers to offset `start`, which is not a multiple of `alignment`.
    Misaligned {
        /// The offset in the WNODE.
        start: usize,
        /// The alignment, in bytes.
        alignment: usize,
    },
    /// The flags do not name a structure that this reader supports.
    UnknownKind {
        /// The flags.
        flags: u32,
    },
    /// The GUID is not that of the requested class.
    WrongGuid,
    /// The size is not that of the requested class.
    WrongSize {
        /// The size of the class.
        expected: usize,
        /// The size found.
        found: usize,
    },
    /// A string in the data is shorter than its maximum, so the items after it are shifted;
    /// [`Wire::decode`](crate::Wire::decode) reads such data.
    ShortText,
    /// The byte count of a name is odd, so it is not UTF-16.
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
                write!(f, "{flags:#010x} does not name a supported structure")
            }
            Fault::WrongGuid => f.write_str("it is not the GUID of the class"),
            Fault::WrongSize { expected, found } => {
                write!(f, "the class has {expected} bytes, not {found}")
            }
            Fault::ShortText => f.write_str(
                "a string is shorter than its maximum; read the data with `Wire::decode`",
            ),
            Fault::OddLength { length } => {
                write!(f, "{length} bytes are not a whole number of UTF-16 units")
            }
        }
    }
}

impl core::error::Error for WnodeError {}

/// The reason why a WNODE was not written. The buffer is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The buffer is shorter than the WNODE.
    BufferTooSmall {
        /// Bytes of the whole WNODE, the value of `SizeNeeded` in a `WNODE_TOO_SMALL`.
        needed: usize,
    },
    /// The WNODE would exceed 4 GiB, the limit of its 32-bit members.
    TooLarge,
    /// An instance name has more than 32767 UTF-16 units.
    NameTooLong {
        /// The number of the instance, from zero.
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
