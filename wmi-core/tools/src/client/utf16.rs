//! [`Utf16`]: the text of a data block.

use std::borrow::Cow;

use core::fmt;

use zerocopy::little_endian::U16;

use wmi_core::block::Str;

/// A string of a data block: UTF-16, which may be malformed. A decoded string borrows the block.
///
/// [`Display`](fmt::Display) writes replacement characters for malformed parts.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Utf16<'a>(Cow<'a, [U16]>);

impl Utf16<'_> {
    /// Returns the text, borrowed.
    #[must_use]
    pub fn as_str(&self) -> Str<'_> {
        Str::from_units(&self.0)
    }

    /// Returns the UTF-16 units.
    pub fn units(&self) -> impl ExactSizeIterator<Item = u16> + '_ {
        self.as_str().units()
    }

    /// Returns the number of units.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no units.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Copies borrowed text.
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

/// Collects UTF-16 units, well-formed or not.
impl FromIterator<u16> for Utf16<'_> {
    fn from_iter<I: IntoIterator<Item = u16>>(units: I) -> Self {
        Self(units.into_iter().map(U16::new).collect::<Vec<_>>().into())
    }
}

impl From<&str> for Utf16<'_> {
    fn from(text: &str) -> Self {
        text.encode_utf16().collect()
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
