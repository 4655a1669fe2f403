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
use crate::{Arena, Severity, amendment};
use wmi_core::schema::{ChangeFlags, File, Object, parse_locale_namespace};

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
/// Unknown pragmas, and those that delete, have no counterpart in a schema and give a warning. So does a
/// type that resembles one of MOF or C, such as `unit32` or `ULONG`: it is read as a class name. The
/// locale of `#pragma amendment` is in [`Reading::amendment`].
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
    initial: Pragmas<'a>,
}

/// The pragmas in force.
#[derive(Clone, Copy, Debug)]
struct Pragmas<'a> {
    namespace: &'a str,
    class_flags: Option<ChangeFlags>,
    instance_flags: Option<ChangeFlags>,
}

impl fmt::Debug for Reader<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("defines", &self.defines)
            .field("includes", &self.loader.is_some())
            .field("initial", &self.initial)
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
    /// The `LANGID` of `#pragma amendment("MS_409")`, which has `mofcomp` split the text into
    /// neutral MOF and MFL.
    pub amendment: Option<u32>,
    located: BTreeMap<LocationKey<'a>, Span>,
}

/// The class, its member, and the language of the namespace if it holds texts.
type LocationKey<'a> = (Name<'a>, Option<Name<'a>>, Option<u32>);

/// The location of a name.
#[derive(Clone, Copy, Debug)]
struct Located<'a> {
    namespace: &'a str,
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
            initial: Pragmas {
                namespace: Object::DEFAULT_NAMESPACE,
                class_flags: None,
                instance_flags: None,
            },
        }
    }

    /// Sets the namespace of objects before the first `#pragma namespace`, as `mofcomp -N` does.
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.initial.namespace = self.arena.text(namespace);
        self
    }

    /// Sets the flags of objects before the first `#pragma classflags`, as `mofcomp -class` does.
    pub const fn class_flags(mut self, flags: ChangeFlags) -> Self {
        self.initial.class_flags = Some(flags);
        self
    }

    /// Sets the flags of objects before the first `#pragma instanceflags`, as `mofcomp -instance`
    /// does.
    pub const fn instance_flags(mut self, flags: ChangeFlags) -> Self {
        self.initial.instance_flags = Some(flags);
        self
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
        self.read_all(&[(name, bytes)])
    }

    /// Reads several texts with their names as one, each after the other: the pragmas and macros of
    /// one hold in the next.
    ///
    /// Neutral MOF and the MFL of each language become one file like this, as `wmimofck -y -z`
    /// makes it.
    #[must_use]
    pub fn read_all(self, texts: &[(&str, &[u8])]) -> Reading<'a> {
        let mut tokens = preprocess::Preprocessor::new(self.arena, self.loader);
        for (name, bytes) in texts {
            tokens.append(name, bytes);
        }
        if !self.defines.is_empty() {
            tokens.open("<defines>", self.defines.as_bytes());
        }
        let outcome = parser::parse(tokens, self.initial);
        let mut located = BTreeMap::new();
        for Located {
            namespace,
            class,
            member,
            span,
        } in outcome.located
        {
            let language = parse_locale_namespace(namespace).map(|(_, language)| language);
            located
                .entry((Name(class), member.map(Name), language))
                .or_insert(span);
        }
        Reading {
            file: outcome.file,
            diagnostics: outcome.tokens.diagnostics,
            sources: outcome.tokens.sources,
            amendment: outcome.amendment,
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
        let mut found = self.located.range((key.0, key.1, None)..);
        let ((class, member, _), span) = found.next()?;
        ((*class, *member) == key).then_some(*span)
    }

    /// Returns a warning for each localised text without a place at a class; see
    /// [`misplaced`](crate::amendment::misplaced).
    #[must_use]
    pub fn misplaced_texts(&self) -> Vec<Diagnostic> {
        let texts = amendment::misplaced(&self.file).into_iter();
        let warnings = texts.filter_map(|text| {
            let key = (Name(text.class), text.member.map(Name), Some(text.language));
            let span = self.located.get(&key)?;
            Some(Diagnostic::new(Severity::Warning, *span, text.to_string()))
        });
        warnings.collect()
    }
}
