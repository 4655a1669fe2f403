//! [`Str`]: borrowed UTF-16 text. Owns its comparison and formatting.

use core::fmt::{self, Write};

use zerocopy::little_endian::U16;

/// UTF-16 text from WMI, not necessarily well-formed.
///
/// All text types of this crate are compared and formatted through this type.
/// [`Display`](fmt::Display) writes replacement characters for units that are not well-formed, and
/// [`Debug`](fmt::Debug) escapes like that of `str`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Str<'a>(&'a [U16]);

impl<'a> Str<'a> {
    /// Returns the text of all these units.
    #[must_use]
    pub const fn from_units(units: &'a [U16]) -> Self {
        Self(units)
    }

    /// Returns the text of these units up to the first NUL, where readers of data blocks stop.
    #[must_use]
    pub fn until_nul(units: &'a [U16]) -> Self {
        let mut parts = units.split(|unit| *unit == U16::ZERO);
        Self(parts.next().unwrap_or_default())
    }

    /// Returns the units in place.
    #[must_use]
    pub const fn as_units(self) -> &'a [U16] {
        self.0
    }

    /// Returns the UTF-16 units.
    pub fn units(self) -> impl ExactSizeIterator<Item = u16> + 'a {
        self.0.iter().map(|unit| unit.get())
    }

    /// Returns the characters, with replacement characters for units that are not well-formed.
    pub fn chars(self) -> impl Iterator<Item = char> + 'a {
        char::decode_utf16(self.units()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
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
        self.chars().try_for_each(|c| f.write_char(c))
    }
}

impl fmt::Debug for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.chars() {
            match c {
                // `str` does not escape it either.
                '\'' => f.write_char(c)?,
                _ => write!(f, "{}", c.escape_debug())?,
            }
        }
        f.write_char('"')
    }
}
