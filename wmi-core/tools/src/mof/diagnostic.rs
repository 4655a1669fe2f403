//! Diagnostics: the fault in a text, its location, and the remedy.

use core::fmt;

use super::Span;
use crate::Severity;

/// A fault of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The severity; an error makes the text unusable.
    pub severity: Severity,
    /// The fault.
    pub message: String,
    /// The location.
    pub span: Span,
    /// A note at the location; may be empty.
    pub label: String,
    /// Related locations, each with a note.
    pub related: Vec<(Span, String)>,
    /// The remedy.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Creates a diagnostic with only a message, for further findings about a text.
    #[must_use]
    pub fn new(severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// Creates an error with its remedy.
    pub(super) fn error(span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::with_help(Severity::Error, span, message, help)
    }

    /// Creates a warning with its remedy.
    pub(super) fn warning(span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::with_help(Severity::Warning, span, message, help)
    }

    fn with_help(
        severity: Severity,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            help: Some(help.into()),
            ..Self::new(severity, span, message)
        }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(super) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }
}

/// Writes only the message; [`Sources::render`](super::Sources::render) shows the location.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.message)
    }
}

impl core::error::Error for Diagnostic {}
