//! What can be wrong with a binary MOF, and where.

use core::fmt;

use alloc::string::String;

/// Why bytes are no binary MOF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BmfError {
    /// The byte at fault: of the file in its header and stream, of the payload in the objects.
    pub offset: usize,
    /// What is wrong there.
    pub what: &'static str,
}

impl BmfError {
    pub(super) const fn new(offset: usize, what: &'static str) -> Self {
        Self { offset, what }
    }

    /// The same error where the bytes start later.
    pub(super) const fn within(mut self, start: usize) -> Self {
        self.offset = self.offset.saturating_add(start);
        self
    }
}

impl fmt::Display for BmfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {:#x}: {}", self.offset, self.what)
    }
}

impl core::error::Error for BmfError {}

/// Why a schema has no binary MOF.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The file would be larger than 4 GiB.
    TooLarge,
    /// This text holds a NUL, which ends a string.
    Nul(String),
    /// This integer does not fit 32 bits; what `mofcomp` makes of such a one is not known.
    Integer(i64),
    /// The values of an array are of several kinds, or there is none.
    Array,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("a binary MOF cannot be larger than 4 GiB"),
            Self::Nul(text) => write!(f, "the text {text:?} holds a NUL; remove it"),
            Self::Integer(number) => write!(f, "{number} does not fit 32 bits"),
            Self::Array => f.write_str("an array needs values of one kind"),
        }
    }
}

impl core::error::Error for EncodeError {}
