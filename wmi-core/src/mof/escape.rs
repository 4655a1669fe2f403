//! MOF string literals: escapes and line breaks.
//!
//! The output is ASCII. Other characters are written as `\x` and four hexadecimal digits for each
//! UTF-16 unit; always four, so that a digit after them is not taken as part of the escape.

use core::fmt::{self, Write};

/// Returns the width of `c` inside a literal, in columns.
fn width(c: char) -> usize {
    match c {
        '\\' | '"' | '\n' | '\t' | '\r' | '\x08' | '\x0c' => 2,
        ' '..='~' => 1,
        _ => c.len_utf16().saturating_mul(6),
    }
}

/// Returns the width of `text` inside a literal, in columns.
pub(super) fn text_width(text: &str) -> usize {
    text.chars().map(width).fold(0, usize::saturating_add)
}

/// Writes `text` as the content of a MOF string literal, without the quotes.
///
/// # Errors
///
/// The error of `out`, if it fails.
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

/// Splits off as much of `text` as fits into `columns`: up to and including its first line ends,
/// otherwise up to the last space if there is one; at least one character.
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
