//! The C preprocessor, on tokens: `#include`, conditions, macros. Drivers usually preprocess their
//! MOF before Microsoft's compiler reads it. Here it is part of the reader, so errors keep their
//! locations.

mod condition;
mod directive;
mod expand;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::lexer::{Kind, Lexer, Token};
use super::source::{Fault, Span, decode};
use super::{Diagnostic, Loader, Sources};
use crate::Arena;

/// The maximum nesting depth of includes.
const MAX_INCLUDES: usize = 64;
/// The maximum number of files, counted by name.
const MAX_FILES: usize = 4096;
/// Tokens that macros may make per byte of the sources, so that a few lines cannot fill the memory.
const MAX_GROWTH: usize = 16;
/// Tokens that macros may always make.
const MIN_BUDGET: usize = 1 << 16;
/// Bytes per token in the budget; a longer token counts as several.
const TOKEN_SIZE: usize = 16;
/// The number of errors after which reading stops.
const MAX_ERRORS: usize = 64;

pub(super) struct Preprocessor<'a, 'l> {
    pub(super) arena: &'a Arena,
    pub(super) sources: Sources<'a>,
    pub(super) diagnostics: Vec<Diagnostic>,
    loader: Option<&'l mut dyn Loader>,
    files: Vec<OpenFile<'a>>,
    /// The sources to read after all open files.
    later: VecDeque<usize>,
    macros: BTreeMap<&'a str, Macro<'a>>,
    expansions: Vec<Expansion<'a>>,
    /// Expansions below this one are not read: a macro's argument is expanded in isolation.
    floor: usize,
    /// A token that was read ahead and comes next.
    returned: Option<Token<'a>>,
    /// The remaining number of tokens that macros may make.
    budget: usize,
    errors: usize,
    /// The sources with `#pragma once`.
    once: BTreeSet<usize>,
    /// The sources in Windows-1252 that had no warning yet.
    windows_1252: BTreeSet<usize>,
    /// Whether reading has stopped.
    stopped: bool,
}

/// A file being read.
struct OpenFile<'a> {
    lexer: Lexer<'a>,
    conditions: Vec<Condition>,
}

/// An `#if` whose `#endif` has not come yet.
struct Condition {
    opened: Span,
    /// Whether one of its branches was selected.
    taken: bool,
    after_else: bool,
}

#[derive(Clone, Copy)]
struct Macro<'a> {
    /// `None` for a macro without a parameter list.
    parameters: Option<&'a [&'a str]>,
    body: &'a [Token<'a>],
    defined: Span,
}

/// The tokens of a macro being read.
struct Expansion<'a> {
    /// The macro, which is not expanded again in them; `None` for an isolated argument.
    name: Option<&'a str>,
    tokens: Vec<Token<'a>>,
    next: usize,
}

/// Truncates a long message.
fn shorten(text: &mut String) {
    const LONGEST: usize = 1024;
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
        text.push_str("..");
    }
}

impl<'a, 'l> Preprocessor<'a, 'l> {
    pub(super) fn new(arena: &'a Arena, loader: Option<&'l mut dyn Loader>) -> Self {
        Self {
            arena,
            sources: Sources::default(),
            diagnostics: Vec::new(),
            loader,
            files: Vec::new(),
            later: VecDeque::new(),
            macros: BTreeMap::new(),
            expansions: Vec::new(),
            floor: 0,
            returned: None,
            budget: MIN_BUDGET,
            errors: 0,
            once: BTreeSet::new(),
            windows_1252: BTreeSet::new(),
            stopped: false,
        }
    }

    /// Opens a text to read before the rest of the current file.
    pub(super) fn open(&mut self, name: &str, bytes: &[u8]) {
        let source = self.add(name, bytes);
        self.reopen(source);
    }

    /// Adds a text to read after all others.
    pub(super) fn append(&mut self, name: &str, bytes: &[u8]) {
        let source = self.add(name, bytes);
        if self.files.is_empty() {
            self.reopen(source);
        } else {
            self.later.push_back(source);
        }
    }

    /// Decodes a text and returns the number of its source.
    fn add(&mut self, name: &str, bytes: &[u8]) -> usize {
        let decoded = decode(self.arena, bytes);
        let source = self.sources.add(self.arena.text(name), decoded.text);
        if let Some(Fault { at, what, is_fatal }) = decoded.fault {
            let wrong = decoded.text.get(at..).unwrap_or("").chars().next();
            let end = at.saturating_add(wrong.map_or(0, char::len_utf8));
            let help = "save the file as UTF-8, or as UTF-16 with a byte order mark";
            self.report(Diagnostic::error(Span::new(source, at, end), what, help));
            self.stopped |= is_fatal;
        }
        if decoded.is_windows_1252 {
            self.windows_1252.insert(source);
        }
        self.budget = self
            .budget
            .saturating_add(decoded.text.len().saturating_mul(MAX_GROWTH));
        source
    }

    /// Opens a text, possibly again.
    fn reopen(&mut self, source: usize) {
        let text = self.sources.get(source).map_or("", |source| source.text);
        self.files.push(OpenFile {
            lexer: Lexer::new(source, text),
            conditions: Vec::new(),
        });
    }

    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        if self.stopped {
            return;
        }
        let Diagnostic { message, help, .. } = &mut diagnostic;
        for text in [message].into_iter().chain(help) {
            shorten(text);
        }
        let span = diagnostic.span;
        if diagnostic.severity == crate::Severity::Error {
            self.errors = self.errors.saturating_add(1);
        }
        self.diagnostics.push(diagnostic);
        if self.errors >= MAX_ERRORS || self.diagnostics.len() >= MAX_ERRORS.saturating_mul(4) {
            self.diagnostics.push(Diagnostic::error(
                span,
                "too many errors; the rest is not read",
                "correct these first",
            ));
            self.stopped = true;
        }
    }

    /// Returns the next token after macro expansion; `End` after the last one.
    pub(super) fn next(&mut self) -> Token<'a> {
        loop {
            let token = self.unexpanded();
            if token.kind == Kind::Identifier && !token.is_final && self.try_expand(token) {
                continue;
            }
            return token;
        }
    }

    /// Returns the next token before macro expansion, after executing directives.
    fn unexpanded(&mut self) -> Token<'a> {
        if self.stopped {
            return self.end();
        }
        if let Some(token) = self.returned.take() {
            return token;
        }
        while self.expansions.len() > self.floor {
            let Some(top) = self.expansions.last_mut() else {
                break;
            };
            if let Some(token) = top.tokens.get(top.next) {
                top.next = top.next.saturating_add(1);
                return *token;
            }
            self.expansions.pop();
        }
        if self.floor > 0 {
            return self.end();
        }
        loop {
            let Some(file) = self.files.last_mut() else {
                return self.end();
            };
            let token = file.lexer.next();
            if token.kind == Kind::End {
                self.close_conditions();
                if self.files.len() == 1 {
                    let Some(next) = self.later.pop_front() else {
                        // Keep the last file open, so that the end has a location.
                        return token;
                    };
                    self.reopen(next);
                    self.files.swap_remove(0);
                    continue;
                }
                self.files.pop();
                continue;
            }
            if token.starts_line && token.is("#") {
                if let Some(pragma) = self.directive(token) {
                    return pragma;
                }
                continue;
            }
            if !self.windows_1252.is_empty() {
                self.note_windows_1252(token);
            }
            return token;
        }
    }

    /// Warns about the first literal of a source whose characters depend on a code page.
    fn note_windows_1252(&mut self, token: Token<'a>) {
        if token.kind != Kind::String || token.text.is_ascii() {
            return;
        }
        if self.windows_1252.remove(&token.span.source()) {
            let at = token.text.find(|c: char| !c.is_ascii()).unwrap_or_default();
            let rest = token.text.get(at..).unwrap_or_default();
            let length = rest.chars().next().map_or(0, char::len_utf8);
            let start = token.span.range().start.saturating_add(at);
            let span = Span::new(token.span.source(), start, start.saturating_add(length));
            let message = "the text is not UTF-8 and is read as Windows-1252";
            let help =
                "save the file as UTF-16 or UTF-8; other compilers may assume another code page";
            self.report(
                Diagnostic::warning(span, message, help)
                    .label("the first such character in a literal"),
            );
        }
    }

    fn close_conditions(&mut self) {
        let conditions = self.files.last_mut().map(|file| &mut file.conditions);
        let open = conditions.map(core::mem::take).unwrap_or_default();
        for condition in open {
            let message = "this condition has no `#endif`";
            let help = "add `#endif` in the same file";
            self.report(Diagnostic::error(condition.opened, message, help));
        }
    }

    /// Returns the end token at the current location.
    fn end(&self) -> Token<'a> {
        let (source, length) = match self.files.last() {
            Some(file) => file.lexer.end(),
            None => (0, 0),
        };
        Token {
            kind: Kind::End,
            text: "",
            span: Span::new(source, length, length),
            used_at: None,
            starts_line: true,
            after_space: false,
            is_final: false,
        }
    }

    /// Skips the rest of a line, unless a macro produced it.
    pub(super) fn skip_line(&mut self) {
        if self.expansions.is_empty() && self.returned.is_none() {
            self.line();
        }
    }

    /// Returns the tokens up to the end of the line, including continued lines.
    fn line(&mut self) -> Vec<Token<'a>> {
        let mut tokens = Vec::new();
        while let Some(file) = self.files.last_mut() {
            let before = file.lexer;
            let token = file.lexer.next();
            if token.starts_line || token.kind == Kind::End {
                file.lexer = before;
                break;
            }
            tokens.push(token);
        }
        tokens
    }

    /// Opens the file named by `#include` or `#pragma include`.
    fn include(&mut self, name: &str, span: Span) {
        let from = self.sources.get(span.source()).map_or("", |from| from.name);
        if self.files.len() >= MAX_INCLUDES {
            return self.unguarded(span, "files include each other too deeply");
        }
        if self.sources.len() >= MAX_FILES {
            return self.unguarded(span, "too many files are included");
        }
        let Some(loader) = self.loader.as_deref_mut() else {
            let message = "a file is included, but the reader has no loader";
            self.report(Diagnostic::error(span, message, "give the reader a loader"));
            return;
        };
        match loader.load(name, from) {
            Ok(loaded) => match self.sources.find(&loaded.name) {
                Some(source) => self.include_again(source, span),
                None => self.open(&loaded.name, &loaded.bytes),
            },
            Err(why) => {
                let help = "correct the name, or add the folder of the file to the search path";
                self.report(Diagnostic::error(span, why, help));
            }
        }
    }

    /// Opens a file again, at the cost of macro budget, so that cycles end.
    fn include_again(&mut self, source: usize, span: Span) {
        if self.once.contains(&source) {
            return;
        }
        let text = self.sources.get(source).map_or("", |source| source.text);
        let cost = text.len().max(MAX_INCLUDES);
        if cost > self.budget {
            return self.unguarded(span, "files are included too often");
        }
        self.budget = self.budget.saturating_sub(cost);
        self.reopen(source);
    }

    /// Reports endless inclusion, and stops reading.
    fn unguarded(&mut self, span: Span, message: &str) {
        let help = "guard the file with `#ifndef NAME`, `#define NAME` and `#endif`";
        self.report(Diagnostic::error(span, message, help));
        self.stopped = true;
    }

    fn text_of(&self, tokens: &[Token<'a>]) -> String {
        let mut text = String::new();
        for (index, token) in tokens.iter().enumerate() {
            if index > 0 && token.after_space {
                text.push(' ');
            }
            text.push_str(token.text);
        }
        text
    }
}
