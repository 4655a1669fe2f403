//! Reads MOF text into the [`schema`](wmi_core::schema): the classes, instances, qualifiers and
//! pragmas that Microsoft's compiler accepts, after a C preprocessor.
//!
//! The stages, one module each: bytes to text (`source`), text to tokens (`lexer`), directives and
//! macros (`preprocess`), tokens to the schema (`parser`).

mod diagnostic;
mod expression;
mod files;
mod lexer;
mod literal;
mod parser;
mod preprocess;
mod render;
mod source;

pub use diagnostic::Diagnostic;
pub use files::SearchPath;
pub use source::{SourceFile, Sources, Span, is_text};

use core::fmt;
use std::collections::BTreeMap;

use crate::classes::Name;
use crate::{Arena, Severity};
use wmi_core::schema::File;

/// Reads MOF text.
///
/// ```
/// use wmi_tools::mof::Reader;
/// use wmi_tools::Arena;
///
/// let text = br#"
///     #define DATA_ID(n) WmiDataId(n), read
///     [WMI, guid("{2c1f0b7e-6d0b-4d2e-9a3f-5b6c7d8e9f01}")]
///     class Vendor_Queue
///     {
///         [DATA_ID(1), Description("Requests that " "wait.")] uint32 Length;
///     };
/// "#;
/// let arena = Arena::new();
/// let reading = Reader::new(&arena).read("queue.mof", text);
/// assert!(!reading.has_errors());
///
/// let class = reading.file.classes().next().unwrap();
/// assert_eq!(class.property("length").unwrap().data_id(), Some(1));
/// ```
///
/// # Accepted input
///
/// - UTF-16 and UTF-8, with or without a byte order mark. Other bytes are read as Windows-1252,
///   with a warning at the first such character in a literal. Text in another code page, such as
///   Shift-JIS, is an error.
/// - `#include`, `#define` with and without parameters, `#if` and its family, `#pragma include`,
///   `#pragma once`; continued lines; `//` and `/* */`. A `//` comment ends with its line even
///   after a backslash, except in a directive.
/// - Classes, instances and pragmas. Keywords in any case; names keep their spelling.
/// - For a number, also C's operators: `(PERF_SIZE_LARGE | PERF_TYPE_NUMBER)`; `0x1f`, `017`
///   (octal), `101b`.
/// - A comma after the last value of a list.
/// - Qualifiers of an embedded instance, which only decompiled files have.
/// - `{}` for a list, and `NULL` for a value.
/// - Qualifier declarations in Microsoft's and the DMTF's form. Their flavors apply to every later
///   use without flavors of its own.
///
/// Unknown pragmas, and those that delete or amend, have no counterpart in a schema and give a
/// warning. So does a type that resembles one of MOF or C, such as `unit32` or `ULONG`: it is read
/// as a class name.
///
/// # Limits
///
/// Memory and time are bounded by the size of the text: macros make at most 65,536 tokens
/// plus sixteen per byte; files include each other at most 64 deep; instances nest at
/// most 16 deep; reading stops after 64 errors.
#[must_use = "a reader does nothing until `read` is called"]
pub struct Reader<'a, 'l> {
    arena: &'a Arena,
    defines: String,
    loader: Option<&'l mut dyn Loader>,
}

impl fmt::Debug for Reader<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("defines", &self.defines)
            .field("includes", &self.loader.is_some())
            .finish_non_exhaustive()
    }
}

/// A source of included files.
pub trait Loader {
    /// Loads the file `name`, which the file `from` includes.
    ///
    /// # Errors
    ///
    /// A message if the file cannot be found or read, such as ``cannot find `common.h` in ..``.
    fn load(&mut self, name: &str, from: &str) -> Result<Loaded, String>;
}

/// An included file.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The name in messages; a file always has the same name.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// The result of reading a text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reading<'a> {
    /// The objects without errors.
    pub file: File<'a>,
    /// Errors and warnings, in the order of discovery.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics refer to.
    pub sources: Sources<'a>,
    located: BTreeMap<(Name<'a>, Option<Name<'a>>), Span>,
}

/// The location of a name.
#[derive(Clone, Copy, Debug)]
struct Located<'a> {
    class: &'a str,
    member: Option<&'a str>,
    span: Span,
}

impl<'a, 'l> Reader<'a, 'l> {
    /// Creates a reader into `arena`, without macros or included files.
    pub const fn new(arena: &'a Arena) -> Self {
        Self {
            arena,
            defines: String::new(),
            loader: None,
        }
    }

    /// Defines a macro, as `#define NAME VALUE` does.
    pub fn define(mut self, name: &str, value: &str) -> Self {
        for part in ["#define ", name, " ", value, "\n"] {
            self.defines.push_str(part);
        }
        self
    }

    /// Sets the source of included files.
    pub fn loader(mut self, loader: &'l mut dyn Loader) -> Self {
        self.loader = Some(loader);
        self
    }

    /// Reads a text, which messages call `name`.
    #[must_use]
    pub fn read(self, name: &str, bytes: &[u8]) -> Reading<'a> {
        let mut tokens = preprocess::Preprocessor::new(self.arena, self.loader);
        tokens.open(name, bytes);
        if !self.defines.is_empty() {
            tokens.open("<defines>", self.defines.as_bytes());
        }
        let outcome = parser::parse(tokens);
        let mut located = BTreeMap::new();
        for Located {
            class,
            member,
            span,
        } in outcome.located
        {
            let key = (Name(class), member.map(Name));
            located.entry(key).or_insert(span);
        }
        Reading {
            file: outcome.file,
            diagnostics: outcome.tokens.diagnostics,
            sources: outcome.tokens.sources,
            located,
        }
    }
}

impl<'a> Reading<'a> {
    /// Returns whether a diagnostic is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns where a class, or one of its properties and methods, is declared. Names are compared
    /// without case.
    #[must_use]
    pub fn location(&self, class: &str, member: Option<&str>) -> Option<Span> {
        let key = (Name(class), member.map(Name));
        self.located.get(&key).copied()
    }
}
