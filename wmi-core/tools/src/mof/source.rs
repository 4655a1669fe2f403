//! The texts being read: names, decoding, and locations.

use core::cell::OnceCell;
use core::ops::Range;

use crate::Arena;

/// A location in one of the [`Sources`]: a byte range of its text, which is UTF-8 after decoding.
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

    /// Returns the number of the source for [`Sources::get`].
    #[must_use]
    pub fn source(&self) -> usize {
        wide(self.source)
    }

    /// Returns the byte range in the source's text.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        wide(self.start)..wide(self.end)
    }

    /// Returns the span from the start of this to the end of `other`, if both are in one source.
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

/// A text: the given file, or one that it includes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SourceFile<'a> {
    /// The name under which the file was read.
    pub name: &'a str,
    /// The decoded text.
    pub text: &'a str,
}

/// All texts of a [`Reading`](super::Reading).
#[derive(Clone, Debug, Default)]
pub struct Sources<'a> {
    sources: Vec<SourceFile<'a>>,
    /// The line starts of each text, computed on first use.
    lines: Vec<OnceCell<Vec<u32>>>,
}

impl<'a> Sources<'a> {
    /// Returns the source with this number, counted from 0.
    #[must_use]
    pub fn get(&self, source: usize) -> Option<SourceFile<'a>> {
        self.sources.get(source).copied()
    }

    /// Returns the line and column of a location, counted from 1; columns count characters.
    #[must_use]
    pub fn line_and_column(&self, span: Span) -> (usize, usize) {
        let text = self.get(span.source()).map_or("", |source| source.text);
        let before = text.get(..span.range().start).unwrap_or(text);
        let starts = self.line_starts(span.source());
        let line = starts.partition_point(|start| wide(*start) <= before.len());
        let start = line.checked_sub(1).and_then(|line| starts.get(line));
        let line_before = start.and_then(|start| before.get(wide(*start)..));
        let column = line_before.unwrap_or(before).chars().count();
        (line.max(1), column.saturating_add(1))
    }

    /// Returns the starts of the lines of a source.
    fn line_starts(&self, source: usize) -> &[u32] {
        let Some(lines) = self.lines.get(source) else {
            return &[0];
        };
        lines.get_or_init(|| {
            let text = self.get(source).map_or("", |source| source.text);
            let ends = text.bytes().zip(1..).filter(|(byte, _)| *byte == b'\n');
            core::iter::once(0)
                .chain(ends.map(|(_, next)| next))
                .collect()
        })
    }

    pub(super) fn len(&self) -> usize {
        self.sources.len()
    }

    pub(super) fn add(&mut self, name: &'a str, text: &'a str) -> usize {
        self.sources.push(SourceFile { name, text });
        self.lines.push(OnceCell::new());
        self.sources.len().saturating_sub(1)
    }

    /// Returns the number of a source that was read before.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.sources.iter().position(|source| source.name == name)
    }
}

/// The decoded text of a file, and findings about its encoding.
pub(super) struct Decoded<'a> {
    pub(super) text: &'a str,
    /// The first place in `text` that could not be decoded.
    pub(super) fault: Option<Fault>,
    /// Whether the bytes were neither UTF-8 nor UTF-16 and were read as Windows-1252.
    pub(super) is_windows_1252: bool,
}

/// A place that could not be decoded.
pub(super) struct Fault {
    /// The offset in the decoded text.
    pub(super) at: usize,
    pub(super) what: &'static str,
    /// Whether the rest would be misread.
    pub(super) is_fatal: bool,
}

/// Returns whether a reader treats these bytes as text: they start with a byte order mark, are
/// UTF-16 without one, are UTF-32, which the reader refuses by name, or contain no NUL.
#[must_use]
pub fn is_text(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        || unmarked(bytes).is_some()
        || utf32(bytes).is_some()
        || !bytes.contains(&0)
}

/// Decodes UTF-16, UTF-8, or otherwise Windows-1252.
pub(super) fn decode<'a>(arena: &'a Arena, bytes: &[u8]) -> Decoded<'a> {
    if let Some(number) = utf32(bytes) {
        // Shown in the error.
        let characters = bytes.chunks_exact(4).filter_map(|bytes| {
            let number = number(*bytes.first_chunk()?);
            Some(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER))
        });
        let text: String = characters.filter(|c| *c != '\u{feff}').collect();
        return Decoded {
            text: arena.text(&text),
            fault: Some(Fault {
                at: 0,
                what: "the text is UTF-32, which MOF compilers do not read",
                is_fatal: true,
            }),
            is_windows_1252: false,
        };
    }
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf16(arena, rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf16(arena, rest, u16::from_be_bytes),
        _ => {}
    }
    if let Some(unit) = unmarked(bytes) {
        return utf16(arena, bytes, unit);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match core::str::from_utf8(bytes) {
        Ok(text) => Decoded {
            text: arena.text(text),
            fault: None,
            is_windows_1252: false,
        },
        Err(_) => windows_1252(arena, bytes),
    }
}

/// Detects UTF-16 without a byte order mark. Most characters of MOF text are ASCII, so every other
/// byte is zero.
fn unmarked(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    /// The number of bytes to examine.
    const START: usize = 1024;
    let start = bytes.get(..START).unwrap_or(bytes);
    let pairs = start.chunks_exact(2);
    let most = pairs.len() / 2;
    let zeros = |place: usize| {
        let is_zero = |pair: &&[u8]| pair.get(place) == Some(&0);
        pairs.clone().filter(is_zero).count()
    };
    match (zeros(0), zeros(1)) {
        (0, low) if low > most => Some(u16::from_le_bytes),
        (high, 0) if high > most => Some(u16::from_be_bytes),
        _ => None,
    }
}

/// Detects UTF-32, with or without a byte order mark. MOF text starts with ASCII characters.
fn utf32(bytes: &[u8]) -> Option<fn([u8; 4]) -> u32> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some(u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, ..] => Some(u32::from_be_bytes),
        [1..=255, 0, 0, 0, 1..=255, 0, 0, 0, ..] => Some(u32::from_le_bytes),
        [0, 0, 0, 1..=255, 0, 0, 0, 1..=255, ..] => Some(u32::from_be_bytes),
        _ => None,
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
    let at = |at, what| Fault {
        at,
        what,
        is_fatal: false,
    };
    for decoded in char::decode_utf16(units) {
        if decoded.is_err() && fault.is_none() {
            fault = Some(at(text.len(), "half of a surrogate pair"));
        }
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !pairs.remainder().is_empty() && fault.is_none() {
        fault = Some(at(text.len(), "UTF-16 of an odd number of bytes"));
    }
    Decoded {
        text: arena.text(&text),
        fault,
        is_windows_1252: false,
    }
}

/// The characters of the bytes 0x80 to 0x9f; NUL for bytes that Windows-1252 does not use. Every
/// other byte is the character with its number.
const WINDOWS_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘',
    '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

fn windows_1252<'a>(arena: &'a Arena, bytes: &[u8]) -> Decoded<'a> {
    let mut text = String::with_capacity(bytes.len());
    let mut fault = None;
    let foreign = foreign(bytes);
    for (index, byte) in bytes.iter().copied().enumerate() {
        if foreign == Some(index) {
            fault = Some(Fault {
                at: text.len(),
                what: "the text is neither UTF-8, UTF-16 nor Windows-1252",
                is_fatal: true,
            });
        }
        let own = usize::from(byte)
            .checked_sub(0x80)
            .and_then(|place| WINDOWS_1252.get(place));
        text.push(match own {
            Some('\0') => char::REPLACEMENT_CHARACTER,
            Some(character) => *character,
            None => char::from(byte),
        });
    }
    Decoded {
        text: arena.text(&text),
        fault,
        is_windows_1252: true,
    }
}

/// Returns the first byte that shows that a text uses another code page than Windows-1252:
///
/// - a byte that Windows-1252 does not use;
/// - four or more consecutive bytes outside of ASCII that are not one repeated character: a word in
///   Cyrillic, Greek, Chinese, Korean or Japanese;
/// - in text that is valid Shift-JIS, a pair whose first byte is a sign that precedes a letter in
///   no Western text.
fn foreign(bytes: &[u8]) -> Option<usize> {
    let unused = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    let first_unused = bytes.iter().position(unused);
    let mut run: usize = 0;
    let mut differs = false;
    let mut before = 0;
    let mut first_word = None;
    for (index, byte) in bytes.iter().copied().enumerate() {
        if byte.is_ascii() {
            (run, differs) = (0, false);
        } else {
            differs |= run > 0 && byte != before;
            run = run.saturating_add(1);
            if run >= 4 && differs {
                first_word = index.checked_sub(run.saturating_sub(1));
                break;
            }
        }
        before = byte;
    }
    let first = [first_unused, first_word, shift_jis(bytes)];
    first.into_iter().flatten().min()
}

/// Returns the first pair that cannot be Windows-1252, in a text that is valid Shift-JIS.
fn shift_jis(bytes: &[u8]) -> Option<usize> {
    let mut found = None;
    let mut rest = bytes.iter().copied().enumerate();
    while let Some((index, byte)) = rest.next() {
        match byte {
            0x81..=0x9f | 0xe0..=0xfc => match rest.next() {
                Some((_, second @ (0x40..=0x7e | 0x80..=0xfc))) => {
                    let is_sign = matches!(byte, 0x82..=0x84 | 0x86..=0x89 | 0x8b | 0x98 | 0x9b);
                    // No language has `Œ` before a letter with an accent.
                    let is_ligature = byte == 0x8c && !second.is_ascii();
                    if is_sign || is_ligature {
                        found = found.or(Some(index));
                    }
                }
                _ => return None,
            },
            0x80 | 0xa0 | 0xfd..=0xff => return None,
            _ => {}
        }
    }
    found
}
