//! UTF-16 as WMI carries it: not always well-formed.

use core::fmt::{self, Write};

/// Writes the text, with replacement characters where it is not well-formed.
pub fn display(units: impl Iterator<Item = u16>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    char::decode_utf16(units)
        .try_for_each(|c| f.write_char(c.unwrap_or(char::REPLACEMENT_CHARACTER)))
}
