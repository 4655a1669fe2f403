//! The texts that are read: their names, their decoding, and places in them.

use core::ops::Range;

use crate::Arena;

/// A place in one of the [`Sources`]: bytes of its text, which is UTF-8 once it is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    source: u32,
    start: u32,
    end: u32,
}

impl Span {
    pub(super) fn new(source: usize, start: usize, end: usize) -> Self {
        let narrow = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            source: narrow(source),
            start: narrow(start),
            end: narrow(end),
        }
    }

    /// The source, as [`Sources::get`] counts them.
    #[must_use]
    pub fn source(&self) -> usize {
        wide(self.source)
    }

    /// The bytes of the source's text.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        wide(self.start)..wide(self.end)
    }

    /// From the start of this to the end of `other`, where both are in one source.
    pub(super) fn to(self, other: Self) -> Self {
        if self.source == other.source && self.start <= other.end {
            Self {
                end: other.end,
                ..self
            }
        } else {
            self
        }
    }
}

fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// One text: the file that was given, or one that it includes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Source<'a> {
    /// The name that the file was read by.
    pub name: &'a str,
    /// The decoded text.
    pub text: &'a str,
}

/// All texts of a [`Reading`](super::Reading).
#[derive(Clone, Debug, Default)]
pub struct Sources<'a> {
    sources: Vec<Source<'a>>,
}

impl<'a> Sources<'a> {
    /// The source of this number, from 0.
    #[must_use]
    pub fn get(&self, source: usize) -> Option<Source<'a>> {
        self.sources.get(source).copied()
    }

    /// The line and the column of a place, both from 1; columns are characters.
    #[must_use]
    pub fn line_and_column(&self, span: Span) -> (usize, usize) {
        let text = self.get(span.source()).map_or("", |source| source.text);
        let before = text.get(..span.range().start).unwrap_or(text);
        let lines = before.bytes().filter(|byte| *byte == b'\n').count();
        let line = before.rsplit('\n').next().unwrap_or("");
        (
            lines.saturating_add(1),
            line.chars().count().saturating_add(1),
        )
    }

    pub(super) fn len(&self) -> usize {
        self.sources.len()
    }

    pub(super) fn add(&mut self, name: &'a str, text: &'a str) -> usize {
        self.sources.push(Source { name, text });
        self.sources.len().saturating_sub(1)
    }

    /// The number of a file that was read before.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.sources.iter().position(|source| source.name == name)
    }
}

/// The text of a file, and where it is not what it pretends to be.
pub(super) struct Decoded<'a> {
    pub(super) text: &'a str,
    /// The first place in `text` that stands for something undecodable.
    pub(super) fault: Option<(usize, &'static str)>,
}

/// Decodes UTF-16 with a byte order mark, UTF-8 with or without one, and else Latin-1.
pub(super) fn decode<'a>(arena: &'a Arena, bytes: &[u8]) -> Decoded<'a> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(arena, rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(arena, rest, u16::from_be_bytes),
        [1..=0xff, 0, ..] => unmarked(utf16(arena, bytes, u16::from_le_bytes)),
        [0, 1..=0xff, ..] => unmarked(utf16(arena, bytes, u16::from_be_bytes)),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            let text = match core::str::from_utf8(bytes) {
                Ok(text) => arena.text(text),
                Err(_) => {
                    let latin: String = bytes.iter().copied().map(char::from).collect();
                    arena.text(&latin)
                }
            };
            Decoded { text, fault: None }
        }
    }
}

/// UTF-16 that does not say so is read, but not accepted.
fn unmarked(decoded: Decoded<'_>) -> Decoded<'_> {
    Decoded {
        fault: Some((0, "UTF-16 without a byte order mark")),
        ..decoded
    }
}

fn utf16<'a>(arena: &'a Arena, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded<'a> {
    let mut pairs = bytes.chunks_exact(2);
    let mut fault = None;
    let mut text = String::with_capacity(bytes.len());
    let units = pairs.by_ref().map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        _ => 0,
    });
    for decoded in char::decode_utf16(units) {
        if decoded.is_err() && fault.is_none() {
            fault = Some((text.len(), "half of a surrogate pair"));
        }
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !pairs.remainder().is_empty() && fault.is_none() {
        fault = Some((text.len(), "UTF-16 of an odd number of bytes"));
    }
    Decoded {
        text: arena.text(&text),
        fault,
    }
}
