//! MOF text in colours. Owns how the text of [`wmi_core::mof`] is split into spans; the text itself
//! comes unchanged, so that it reads and copies the same without a style.

use maud::{Markup, html};
use wmi_core::schema::{CimType, File, Object, ObjectKind};

use super::index::Index;
use crate::classes::{continues_name, starts_name};
use crate::html::Shown;

/// A kind of span, by its class in the style of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Keyword,
    Qualifier,
    Text,
    Number,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Keyword => "k",
            Self::Qualifier => "q",
            Self::Text => "s",
            Self::Number => "n",
        }
    }
}

const KEYWORDS: [&str; 10] = [
    "#pragma", "as", "class", "FALSE", "instance", "NULL", "of", "ref", "TRUE", "void",
];

/// MOF text, ready to copy.
pub(super) fn block(text: &str) -> Markup {
    let spans = Spans {
        rest: text,
        brackets: 0,
        inner: 0,
    };
    html! {
        pre.copy.mof tabindex="0" {
            code {
                @for (kind, text) in spans {
                    @match kind {
                        Some(kind) => span class=(kind.class()) { (Shown(text)) },
                        None => (Shown(text)),
                    }
                }
            }
        }
    }
}

/// The text of all classes in the order of their declaration, and their C header.
pub(super) fn section(index: &Index<'_>, header: &str) -> Markup {
    let namespaces: Vec<_> = index
        .entries()
        .map(|entry| format!(r"\\.\{}", index.namespace(entry)))
        .collect();
    let classes = index.entries().zip(&namespaces);
    let objects =
        classes.map(|(entry, namespace)| Object::new(namespace, ObjectKind::Class(*entry.class)));
    let objects: Vec<_> = objects.collect();
    html! {
        @if !objects.is_empty() {
            section.group id="~mof" {
                h2 { "MOF and C header" }
                details {
                    summary { "MOF of all classes" }
                    (block(&File::new(&objects).mof().to_string()))
                }
                details {
                    summary { "C header of all classes" }
                    pre.copy tabindex="0" { code { (Shown(header)) } }
                }
            }
        }
    }
}

/// Splits MOF text into spans, which are the whole text in order.
struct Spans<'t> {
    rest: &'t str,
    /// How many `[` are open, and how many `(` and `{` in them.
    brackets: usize,
    inner: usize,
}

impl<'t> Iterator for Spans<'t> {
    type Item = (Option<Kind>, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.rest.chars().next()?;
        let (kind, length) = match first {
            '"' | '\'' => (Some(Kind::Text), literal(self.rest, first)),
            _ if first == '#' || starts_name(first) => self.word(),
            '-' | '0'..='9' => (Some(Kind::Number), number(self.rest)),
            _ => (None, self.other()),
        };
        let (span, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some((kind, span))
    }
}

impl Spans<'_> {
    fn word(&self) -> (Option<Kind>, usize) {
        let end = |c: char| !continues_name(c);
        let behind = self.rest.strip_prefix('#').unwrap_or(self.rest);
        let hash = self.rest.len().saturating_sub(behind.len());
        let length = behind.find(end).unwrap_or(behind.len());
        let length = hash.saturating_add(length);
        let word = self.rest.get(..length).unwrap_or("");
        let kind = match word {
            _ if self.brackets > 0 && self.inner == 0 => Some(Kind::Qualifier),
            _ if KEYWORDS.contains(&word) || CimType::from_keyword(word) != CimType::Object => {
                Some(Kind::Keyword)
            }
            _ => None,
        };
        (kind, length)
    }

    /// Returns the length of what has no colour, and notes brackets in it.
    fn other(&mut self) -> usize {
        for (at, character) in self.rest.char_indices() {
            match character {
                '[' => self.brackets = self.brackets.saturating_add(1),
                ']' => self.brackets = self.brackets.saturating_sub(1),
                '(' | '{' if self.brackets > 0 => self.inner = self.inner.saturating_add(1),
                ')' | '}' => self.inner = self.inner.saturating_sub(1),
                '"' | '\'' | '#' | '-' | '0'..='9' => return at,
                _ if starts_name(character) => return at,
                _ => {}
            }
        }
        self.rest.len()
    }
}

/// Returns the length of a literal with its quotes, or of the rest if it does not end.
fn literal(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if character == quote => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

fn number(text: &str) -> usize {
    let is_end = |&(at, c): &(usize, char)| at > 0 && !(c.is_ascii_alphanumeric() || c == '.');
    let end = text.char_indices().find(is_end);
    end.map_or(text.len(), |(at, _)| at)
}
