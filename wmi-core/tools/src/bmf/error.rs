//! The errors of reading and writing binary MOF.

use core::fmt;

/// Why bytes are not a binary MOF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BmfDecodeError {
    /// The offset of the bad byte: in the file for its header and stream, in the payload for
    /// objects.
    pub offset: usize,
    /// The fault.
    pub what: &'static str,
}

impl BmfDecodeError {
    pub(super) const fn new(offset: usize, what: &'static str) -> Self {
        Self { offset, what }
    }

    /// Moves the error to bytes that start later.
    pub(super) const fn within(mut self, start: usize) -> Self {
        self.offset = self.offset.saturating_add(start);
        self
    }
}

impl fmt::Display for BmfDecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {:#x}: {}", self.offset, self.what)
    }
}

impl core::error::Error for BmfDecodeError {}

/// Why a schema has no binary MOF.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BmfEncodeError {
    /// The class, or the class of the instance; `None` if the fault is of the whole file.
    pub class: Option<String>,
    /// The property or method; `None` if the fault is of the class itself.
    pub member: Option<String>,
    /// The fault.
    pub what: Inexpressible,
}

impl BmfEncodeError {
    /// Creates an error of the whole file.
    pub(super) const fn of_file(what: Inexpressible) -> Self {
        Self {
            class: None,
            member: None,
            what,
        }
    }
}

impl fmt::Display for BmfEncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.class, &self.member) {
            (Some(class), Some(member)) => write!(f, "in `{member}` of `{class}`: ")?,
            (Some(class), None) => write!(f, "in `{class}`: ")?,
            (None, _) => {}
        }
        self.what.fmt(f)
    }
}

impl core::error::Error for BmfEncodeError {}

/// A part of a schema that binary MOF cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inexpressible {
    /// A file of more than 4 GiB.
    TooLarge,
    /// This text with a NUL, which ends a string.
    Nul(String),
    /// This integer of more than 32 bits; the form that `mofcomp` gives it is not known.
    Integer(i64),
    /// `NULL` among the values of a list.
    Null,
    /// A list of values of several kinds.
    Array,
}

impl fmt::Display for Inexpressible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("a binary MOF cannot be larger than 4 GiB"),
            Self::Nul(text) => write!(f, "the text {text:?} holds a NUL; remove it"),
            Self::Integer(number) => write!(
                f,
                "{number} does not fit a number of binary MOF, which has 32 bits with a sign; write it \
                 as a text: \"{number}\""
            ),
            Self::Null => f.write_str("a list in binary MOF cannot hold NULL; leave it out"),
            Self::Array => f.write_str("a list needs values of one kind"),
        }
    }
}
