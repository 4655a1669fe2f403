//! Named objects in ASL, written by hand or by `iasl -d`.
//!
//! Owns what of ASL tells WMI's objects: scopes, names, methods and lists of bytes. Comments, which in
//! listings show the bytes as text, are skipped.

use std::borrow::Cow;

use super::{AcpiValue, DEEPEST, Objects};

/// A token of ASL, or of C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A name, keyword or number.
    Word(&'t str),
    /// The text between quotes, as spelled.
    Text(&'t str),
    /// Any other character.
    Symbol(char),
}

/// The tokens of a text.
#[derive(Clone)]
pub(super) struct Tokens<'t> {
    rest: &'t str,
}

impl<'t> Tokens<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    /// Returns the bytes of a list, behind its opening brace; `None` if it holds anything but numbers
    /// of one byte.
    pub(super) fn bytes(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                Token::Symbol('}') => return Some(bytes),
                Token::Symbol(',') => {}
                Token::Word(word) => bytes.push(u8::try_from(number(word)?).ok()?),
                _ => return None,
            }
        }
    }

    fn takes(&mut self, symbol: char) -> bool {
        let mut after = self.clone();
        let is = after.next() == Some(Token::Symbol(symbol));
        if is {
            *self = after;
        }
        is
    }

    fn word(&mut self) -> Option<&'t str> {
        match self.next()? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Skips to behind the parenthesis that closes the one before.
    fn skip_arguments(&mut self) {
        let mut depth = 1usize;
        for token in self.by_ref() {
            match token {
                Token::Symbol('(') => depth = depth.saturating_add(1),
                Token::Symbol(')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Reads a buffer behind the word, and returns its bytes, of which those of a string end with a NUL,
    /// and its size, if that is a number. Other braces are left to read.
    fn buffer(&mut self) -> Option<(Vec<u8>, Option<u64>)> {
        let mut size = None;
        if self.takes('(') {
            size = self.clone().word().and_then(number);
            self.skip_arguments();
        }
        let mut list = self.clone();
        if !list.takes('{') {
            return None;
        }
        let mut text = list.clone();
        if let Some(bytes) = list.bytes() {
            *self = list;
            return Some((bytes, size));
        }
        let Token::Text(bytes) = text.next()? else {
            return None;
        };
        if text.takes('}') {
            *self = text;
        }
        Some((bytes.bytes().chain([0]).collect(), size))
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            self.rest = self.rest.trim_start();
            let comment = self.rest.get(..2);
            let end = match comment {
                Some("//") => self.rest.find('\n'),
                Some("/*") => {
                    let body = self.rest.get(2..)?;
                    body.find("*/").map(|end| end.saturating_add(4))
                }
                _ => break,
            };
            self.rest = self.rest.get(end?..)?;
        }
        let first = self.rest.chars().next()?;
        if first == '"' {
            let body = self.rest.get(1..)?;
            let end = body.find(['"', '\n']).unwrap_or(body.len());
            let (text, behind) = body.split_at(end);
            self.rest = behind.strip_prefix('"').unwrap_or(behind);
            return Some(Token::Text(text));
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '\\' | '^' | '.');
        let end = self.rest.find(|c| !is_word(c));
        let end = end.unwrap_or(self.rest.len());
        if end == 0 {
            self.rest = self.rest.get(first.len_utf8()..)?;
            return Some(Token::Symbol(first));
        }
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(Token::Word(word))
    }
}

/// Returns the number that a word spells in ASL.
fn number(word: &str) -> Option<u64> {
    if let Some(digits) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).ok();
    }
    match word {
        "Zero" => Some(0),
        "One" => Some(1),
        "Ones" => Some(u64::MAX),
        _ => word.parse().ok(),
    }
}

/// What a pair of braces holds.
#[derive(Clone, Copy)]
enum Braces {
    /// The terms of a scope.
    Scope(usize),
    /// Statements, or anything else that names no objects.
    Skipped,
}

/// Adds the objects of ASL.
pub(super) fn walk(text: &str, objects: &mut Objects<'_>) {
    let root = objects.scopes.len();
    objects.scopes.push("\\".to_owned());
    let mut tokens = Tokens::new(text);
    let mut open = vec![Braces::Scope(root)];
    // Braces deeper than are followed.
    let mut deeper = 0usize;
    // What the next pair of braces holds.
    let mut next = None;
    while let Some(token) = tokens.next() {
        let inner = open.last().copied().unwrap_or(Braces::Skipped);
        match (token, inner) {
            (Token::Symbol('{'), _) if open.len() >= DEEPEST => {
                deeper = deeper.saturating_add(1);
                next = None;
            }
            (Token::Symbol('{'), _) => open.push(next.take().unwrap_or(inner)),
            (Token::Symbol('}'), _) if deeper > 0 => deeper = deeper.saturating_sub(1),
            (Token::Symbol('}'), _) => {
                open.pop();
                if open.is_empty() {
                    open.push(Braces::Scope(root));
                }
            }
            (Token::Word(word), Braces::Scope(scope)) if deeper == 0 => {
                if let Some(braces) = read_term(word, &mut tokens, scope, objects) {
                    next = Some(braces);
                }
            }
            _ => {}
        }
    }
}

/// Reads a term behind its first word, and returns what its braces hold.
fn read_term(
    word: &str,
    tokens: &mut Tokens<'_>,
    scope: usize,
    objects: &mut Objects<'_>,
) -> Option<Braces> {
    match word {
        "Device" | "Scope" | "Processor" | "PowerResource" | "ThermalZone" => {
            let mut head = tokens.clone();
            if !head.takes('(') {
                return None;
            }
            let name = head.word()?.to_owned();
            head.skip_arguments();
            *tokens = head;
            Some(match objects.scope(scope, &padded(&name)) {
                Some(scope) => Braces::Scope(scope),
                None => Braces::Skipped,
            })
        }
        "Method" => {
            let mut head = tokens.clone();
            if !head.takes('(') {
                return None;
            }
            let name = padded(head.word()?);
            let arguments = match head.takes(',') {
                true => head.word().and_then(number),
                false => Some(0),
            };
            head.skip_arguments();
            *tokens = head.clone();
            let buffer = match name.ends_with("_WDG") {
                true => first_buffer(head),
                false => None,
            };
            let arguments = arguments.and_then(|count| u8::try_from(count).ok());
            let buffer = buffer.map(Cow::Owned);
            objects.add(scope, &name, AcpiValue::Method { arguments, buffer });
            Some(Braces::Skipped)
        }
        "Name" => {
            let mut head = tokens.clone();
            if !head.takes('(') {
                return None;
            }
            let name = padded(head.word()?);
            if !head.takes(',') {
                return None;
            }
            let value = value(&mut head);
            *tokens = head;
            objects.add(scope, &name, value);
            None
        }
        "Field" | "IndexField" | "BankField" | "Package" | "Buffer" => Some(Braces::Skipped),
        _ => None,
    }
}

fn value(tokens: &mut Tokens<'_>) -> AcpiValue<'static> {
    let mut ahead = tokens.clone();
    match ahead.next() {
        Some(Token::Word("Buffer")) => {
            let buffer = ahead.buffer();
            // Also without bytes: what was passed is not read again.
            *tokens = ahead;
            buffer.map_or(AcpiValue::Other, |(bytes, size)| AcpiValue::Buffer {
                bytes: Cow::Owned(bytes),
                size,
            })
        }
        Some(Token::Word("EisaId" | "EISAID")) if ahead.takes('(') => match ahead.next() {
            Some(Token::Text(text)) => AcpiValue::String(short(text)),
            _ => AcpiValue::Other,
        },
        Some(Token::Word(word)) => number(word).map_or(AcpiValue::Other, AcpiValue::Integer),
        Some(Token::Text(text)) => AcpiValue::String(short(text)),
        _ => AcpiValue::Other,
    }
}

/// No id is longer.
fn short(text: &str) -> String {
    text.chars().take(256).collect()
}

/// Returns the bytes of the first buffer in the braces that follow.
fn first_buffer(mut tokens: Tokens<'_>) -> Option<Vec<u8>> {
    let mut depth = 0usize;
    while let Some(token) = tokens.next() {
        match token {
            Token::Symbol('{') => depth = depth.saturating_add(1),
            Token::Symbol('}') => depth = depth.saturating_sub(1),
            Token::Word("Buffer") => return tokens.buffer().map(|(bytes, _)| bytes),
            _ => {}
        }
        if depth == 0 {
            return None;
        }
    }
    None
}

/// Returns a name whose segments have four characters each, as iasl pads them with underscores.
fn padded(name: &str) -> String {
    let start = name.find(|c| !matches!(c, '\\' | '^'));
    let (prefix, path) = name.split_at(start.unwrap_or(name.len()));
    let segments = path.split('.').map(|segment| match segment {
        "" => String::new(),
        segment => format!("{segment:_<4}"),
    });
    let segments: Vec<_> = segments.collect();
    format!("{prefix}{}", segments.join("."))
}
