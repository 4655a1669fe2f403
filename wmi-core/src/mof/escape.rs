//! MOF string literals: the escapes, and where a long text may be split.
//!
//! The output is ASCII. A character outside of it is written as `\x` and four hexadecimal digits
//! for each of its UTF-16 units; four digits always, so that what follows cannot be taken in.

use core::fmt::{self, Write};

/// Returns the columns that `c` takes inside a literal.
fn width(c: char) -> usize {
    match c {
        '\\' | '"' | '\n' | '\t' | '\r' | '\x08' | '\x0c' => 2,
        ' '..='~' => 1,
        _ => c.len_utf16().saturating_mul(6),
    }
}

/// Returns the columns that `text` takes inside a literal.
pub(super) fn text_width(text: &str) -> usize {
    text.chars().map(width).fold(0, usize::saturating_add)
}

/// Writes `text` as it stands between the quotes of a MOF string literal.
///
/// # Errors
///
/// Those of `out`.
pub fn write_text(out: &mut impl Write, text: &str) -> fmt::Result {
    text.chars().try_for_each(|c| match c {
        '\\' => out.write_str(r"\\"),
        '"' => out.write_str(r#"\""#),
        '\n' => out.write_str(r"\n"),
        '\t' => out.write_str(r"\t"),
        '\r' => out.write_str(r"\r"),
        '\x08' => out.write_str(r"\b"),
        '\x0c' => out.write_str(r"\f"),
        ' '..='~' => out.write_char(c),
        _ => c
            .encode_utf16(&mut [0; 2])
            .iter()
            .try_for_each(|unit| write!(out, "\\x{unit:04X}")),
    })
}

/// Splits off as much of `text` as fits into `columns`: up to its first line ends, else up to the
/// last space if there is one, and at least one character.
pub(super) fn split_line(text: &str, columns: usize) -> (&str, &str) {
    let mut used = 0usize;
    let mut word_end = 0;
    let mut end = 0;
    let mut ends_line = false;
    for (start, c) in text.char_indices() {
        if ends_line && c != '\n' {
            return text.split_at_checked(end).unwrap_or((text, ""));
        }
        used = used.saturating_add(width(c));
        if used > columns && start > 0 {
            let at = if word_end > 0 { word_end } else { end };
            return text.split_at_checked(at).unwrap_or((text, ""));
        }
        end = start.saturating_add(c.len_utf8());
        ends_line = c == '\n';
        if c == ' ' {
            word_end = end;
        }
    }
    (text, "")
}
