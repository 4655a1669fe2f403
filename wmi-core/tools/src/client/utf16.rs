//! [`Utf16`]: text as it travels.

use std::borrow::Cow;

use core::fmt;

use zerocopy::little_endian::U16;

use wmi_core::block::Str;

/// A string as a data block holds it: UTF-16, which need not be well-formed, borrowed where it was
/// read from a block.
///
/// [`Display`](fmt::Display) writes it with replacement characters where it is not.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Utf16<'a>(Cow<'a, [U16]>);

impl Utf16<'_> {
    /// The text, borrowed.
    #[must_use]
    pub fn as_str(&self) -> Str<'_> {
        Str::from_units(&self.0)
    }

    /// The UTF-16 units.
    pub fn units(&self) -> impl ExactSizeIterator<Item = u16> + '_ {
        self.as_str().units()
    }

    /// How many units there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same text, which borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Utf16<'static> {
        Utf16(Cow::Owned(self.0.into_owned()))
    }
}

impl<'a> From<Str<'a>> for Utf16<'a> {
    fn from(text: Str<'a>) -> Self {
        Self(Cow::Borrowed(text.as_units()))
    }
}

impl From<&str> for Utf16<'_> {
    fn from(text: &str) -> Self {
        Self(text.encode_utf16().map(U16::new).collect::<Vec<_>>().into())
    }
}

impl From<String> for Utf16<'_> {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl PartialEq<str> for Utf16<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<&str> for Utf16<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for Utf16<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Debug for Utf16<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_str(), f)
    }
}
