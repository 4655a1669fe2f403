//! Splits text into tokens. Owns white space, comments and continued lines. The preprocessor and
//! the parser interpret the tokens, so the lexer reports no errors.

use super::Span;
use crate::classes::{continues_name, starts_name};

/// The lexical kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Identifier,
    /// Starts with a digit, or a point and a digit; may be malformed.
    Number,
    /// With its quotes; the closing one is missing if the line ends before it.
    String,
    /// Like a string, in single quotes.
    Character,
    Punctuator,
    /// `#pragma`, made by the preprocessor.
    Pragma,
    /// A character that cannot start a token.
    Unknown,
    /// The end of the text.
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// The text as spelled.
    pub(super) text: &'a str,
    pub(super) span: Span,
    /// The macro use that produced this token, if any.
    pub(super) used_at: Option<Span>,
    /// Whether the token is the first of its line.
    pub(super) starts_line: bool,
    /// Whether white space stands before it.
    pub(super) after_space: bool,
    /// Whether the token is the name of a macro that must not be expanded again.
    pub(super) is_final: bool,
}

impl<'a> Token<'a> {
    /// Returns whether the token is this punctuator.
    pub(super) fn is(&self, punctuator: &str) -> bool {
        self.kind == Kind::Punctuator && self.text == punctuator
    }

    /// Returns whether the token is this keyword, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Identifier && self.text.eq_ignore_ascii_case(word)
    }

    /// Returns the text of an identifier.
    pub(super) fn identifier(&self) -> Option<&'a str> {
        (self.kind == Kind::Identifier).then_some(self.text)
    }

    /// Returns the location to show: the token, or the macro use that produced it.
    pub(super) fn seen_at(&self) -> Span {
        self.used_at.unwrap_or(self.span)
    }
}

/// The punctuators of more than one character.
const LONG: [&str; 9] = ["<<", ">>", "==", "!=", "<=", ">=", "&&", "||", "##"];
const SHORT: &str = "{}[]();:,=$#-+~!|&^*/%<>?.@";

#[derive(Clone, Copy)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    source: usize,
    position: usize,
    at_line_start: bool,
    /// Whether the line is a directive, whose comments continue after a backslash.
    in_directive: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(source: usize, text: &'a str) -> Self {
        Self {
            text,
            source,
            position: 0,
            at_line_start: true,
            in_directive: false,
        }
    }

    /// Returns the source, and the length of its text.
    pub(super) fn end(&self) -> (usize, usize) {
        (self.source, self.text.len())
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or("")
    }

    fn advance(&mut self, bytes: usize) {
        self.position = self.position.saturating_add(bytes).min(self.text.len());
    }

    pub(super) fn next(&mut self) -> Token<'a> {
        let before = self.position;
        self.skip_space();
        let start = self.position;
        let rest = self.rest();
        let (kind, length) = token(rest);
        self.advance(length);
        let token = Token {
            kind,
            text: rest.get(..length).unwrap_or(rest),
            span: Span::new(self.source, start, self.position),
            used_at: None,
            starts_line: self.at_line_start,
            after_space: start > before,
            is_final: false,
        };
        if token.starts_line && token.is("#") {
            self.in_directive = true;
        }
        self.at_line_start = false;
        token
    }

    fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            let length = match rest.chars().next() {
                Some('\n') => {
                    self.at_line_start = true;
                    self.in_directive = false;
                    1
                }
                // The last one is DOS's end-of-file mark.
                Some(c) if c.is_whitespace() || c == '\u{feff}' || c == '\x1a' => c.len_utf8(),
                Some('\\') => match continued_line(rest) {
                    Some(length) => length,
                    None => return,
                },
                Some('/') if rest.starts_with("//") => self.line_comment(rest),
                Some('/') if rest.starts_with("/*") => {
                    match rest.get(2..).and_then(|inner| inner.find("*/")) {
                        Some(end) => end.saturating_add(4),
                        None => return,
                    }
                }
                _ => return,
            };
            self.advance(length);
        }
    }

    fn line_comment(&self, rest: &str) -> usize {
        let mut length = 0usize;
        loop {
            let tail = rest.get(length..).unwrap_or("");
            let end = tail.find('\n').unwrap_or(tail.len());
            let line = tail.get(..end).unwrap_or(tail);
            length = length.saturating_add(end);
            if !(self.in_directive && line.trim_end().ends_with('\\') && end < tail.len()) {
                return length;
            }
            length = length.saturating_add(1);
        }
    }
}

/// Returns the length of a backslash and the line end after it.
fn continued_line(rest: &str) -> Option<usize> {
    let after = rest.get(1..)?.trim_start_matches([' ', '\t', '\r']);
    let before = rest.len().saturating_sub(after.len());
    after.starts_with('\n').then(|| before.saturating_add(1))
}

/// Returns the first token of a text that does not start with white space.
fn token(rest: &str) -> (Kind, usize) {
    let mut chars = rest.chars();
    let Some(first) = chars.next() else {
        return (Kind::End, 0);
    };
    let second = chars.next();
    match first {
        '"' => (Kind::String, quoted(rest, '"')),
        '\'' => (Kind::Character, quoted(rest, '\'')),
        '0'..='9' => (Kind::Number, number(rest)),
        '.' if second.is_some_and(|c| c.is_ascii_digit()) => (Kind::Number, number(rest)),
        c if starts_name(c) => (Kind::Identifier, word(rest)),
        _ if LONG.iter().any(|long| rest.starts_with(long)) => (Kind::Punctuator, 2),
        // An unterminated comment; the parser reports it.
        '/' if second == Some('*') => (Kind::Unknown, rest.len()),
        c if SHORT.contains(c) => (Kind::Punctuator, 1),
        c => (Kind::Unknown, c.len_utf8()),
    }
}

fn word(rest: &str) -> usize {
    rest.find(|c| !continues_name(c)).unwrap_or(rest.len())
}

/// Returns the length of a number with everything attached to it, so that errors show it whole.
fn number(rest: &str) -> usize {
    let is_hex = rest.starts_with("0x") || rest.starts_with("0X");
    let mut before = ' ';
    rest.find(|c: char| {
        let exponent = !is_hex && matches!(before, 'e' | 'E') && matches!(c, '+' | '-');
        before = c;
        !(continues_name(c) || c == '.' || exponent)
    })
    .unwrap_or(rest.len())
}

/// Returns the length of a literal, up to its closing quote or the end of the line.
fn quoted(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' => return at,
            _ if c == quote => return at.saturating_add(1),
            '\\' => match continued_line(rest.get(at..).unwrap_or("")) {
                // The literal continues on the next line.
                Some(length) => {
                    let after = at.saturating_add(length);
                    while chars.clone().next().is_some_and(|(next, _)| next < after) {
                        chars.next();
                    }
                }
                None => {
                    chars.next();
                }
            },
            _ => {}
        }
    }
    rest.len()
}
