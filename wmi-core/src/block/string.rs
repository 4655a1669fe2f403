//! [`Str`]: a string in a block.

use core::fmt;

use zerocopy::little_endian::U16;

use super::utf16;

/// A string as it stands in a block, up to its first NUL; it need not be well-formed UTF-16.
///
/// [`Display`](fmt::Display) writes it with replacement characters where it is not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Str<'a>(&'a [U16]);

impl<'a> Str<'a> {
    /// The string in these units.
    pub(crate) fn new(units: &'a [U16]) -> Self {
        Self(
            units
                .split(|unit| *unit == U16::ZERO)
                .next()
                .unwrap_or_default(),
        )
    }

    /// The units where they stand.
    #[must_use]
    pub const fn as_units(self) -> &'a [U16] {
        self.0
    }

    /// The UTF-16 units.
    pub fn units(self) -> impl ExactSizeIterator<Item = u16> + 'a {
        self.0.iter().map(|unit| unit.get())
    }
}

impl PartialEq<str> for Str<'_> {
    fn eq(&self, other: &str) -> bool {
        self.units().eq(other.encode_utf16())
    }
}

impl PartialEq<&str> for Str<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        utf16::display(self.units(), f)
    }
}

impl fmt::Debug for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
