//! String and character literals: the contents between the quotes.

use super::lexer::{Kind, Token};

/// A fault in a literal, at these bytes of it.
pub(super) struct LiteralError {
    pub(super) at: core::ops::Range<usize>,
    pub(super) message: &'static str,
    pub(super) help: &'static str,
    /// Whether the literal extends to the end of its line.
    pub(super) is_open: bool,
}

/// Appends the UTF-16 units of a string or character literal.
pub(super) fn units(token: &Token<'_>, out: &mut Vec<u16>) -> Result<(), LiteralError> {
    let text = token.text;
    let quote = if token.kind == Kind::String {
        '"'
    } else {
        '\''
    };
    let Some(inner) = closed(text, quote) else {
        return Err(LiteralError {
            at: 0..text.len(),
            message: "the literal has no closing quote on its line",
            help: "close it, and continue with another literal on the next line: \
                   adjacent literals are one text",
            is_open: true,
        });
    };
    let mut rest = inner;
    while let Some(c) = rest.chars().next() {
        let at = text.len().saturating_sub(rest.len()).saturating_sub(1);
        rest = rest.get(c.len_utf8()..).unwrap_or("");
        if c == '\\' {
            rest = escape(rest, at, out)?;
        } else {
            out.extend(c.encode_utf16(&mut [0; 2]).iter());
        }
    }
    Ok(())
}

/// Returns the text between the quotes, if both are present.
fn closed(text: &str, quote: char) -> Option<&str> {
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    // After an odd number of backslashes, the last quote does not close the literal.
    let trimmed = inner.trim_end_matches('\\').len();
    let backslashes = inner.len().saturating_sub(trimmed);
    (backslashes % 2 == 0).then_some(inner)
}

/// Reads the escape after a backslash at `at`; returns the text after it.
fn escape<'t>(rest: &'t str, at: usize, out: &mut Vec<u16>) -> Result<&'t str, LiteralError> {
    let mut chars = rest.chars();
    let unit = match chars.next() {
        Some('b') => 0x08,
        Some('t') => 0x09,
        Some('n') => 0x0a,
        Some('f') => 0x0c,
        Some('r') => 0x0d,
        Some('"') => 0x22,
        Some('\'') => 0x27,
        Some('\\') => 0x5c,
        Some('x' | 'X') => {
            let hexadecimal = chars.as_str();
            let digits = hexadecimal
                .chars()
                .take(4)
                .take_while(char::is_ascii_hexdigit)
                .count();
            let number = hexadecimal.get(..digits).unwrap_or("");
            let unit = u16::from_str_radix(number, 16).map_err(|_| LiteralError {
                at: at..at.saturating_add(2),
                message: "`\\x` without hexadecimal digits",
                help: "write one to four hexadecimal digits after it",
                is_open: false,
            })?;
            out.push(unit);
            return Ok(hexadecimal.get(digits..).unwrap_or(""));
        }
        // A continued line.
        Some(c) if c.is_whitespace() => {
            let (_, after) = rest.split_once('\n').unwrap_or(("", ""));
            return Ok(after);
        }
        other => {
            let length = other.map_or(0, char::len_utf8).saturating_add(1);
            return Err(LiteralError {
                at: at..at.saturating_add(length),
                message: "unknown escape",
                help: "a backslash is written `\\\\`; the escapes are \
                       `\\b \\t \\n \\f \\r \\\" \\' \\\\ \\x`",
                is_open: false,
            });
        }
    };
    out.push(unit);
    Ok(chars.as_str())
}
