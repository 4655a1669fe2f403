//! Diagnostics with the lines that they are about.

use core::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostic, Sources, Span};
use crate::Severity;

impl Sources<'_> {
    /// The diagnostic as the Rust compiler would print it, with the lines that it is about.
    #[must_use]
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        self.render_with(diagnostic, &Renderer::plain())
    }

    /// The same with colours, as ANSI escape sequences.
    #[must_use]
    pub fn render_styled(&self, diagnostic: &Diagnostic) -> String {
        self.render_with(diagnostic, &Renderer::styled())
    }

    fn render_with(&self, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let primary = (diagnostic.span, diagnostic.label.as_str());
        let mut group = level
            .primary_title(diagnostic.message.as_str())
            .elements(self.snippet(AnnotationKind::Primary, primary));
        for (span, label) in &diagnostic.related {
            group = group.elements(self.snippet(AnnotationKind::Context, (*span, label)));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    /// The lines of a place. The renderer gets no more than these, as it looks at all it gets.
    fn snippet<'s>(
        &'s self,
        kind: AnnotationKind,
        (span, label): (Span, &'s str),
    ) -> Option<Snippet<'s, Annotation<'s>>> {
        let source = self.get(span.source())?;
        let lines = lines_of(source.text, span.range());
        let (line, _) = self.line_and_column(span);
        let within = span.range().start.saturating_sub(lines.start)
            ..span.range().end.saturating_sub(lines.start);
        let mut annotation = kind.span(within);
        if !label.is_empty() {
            annotation = annotation.label(label);
        }
        Some(
            // Without the rest of the last line's end, which would be shown.
            Snippet::source(source.text.get(lines)?.trim_end_matches('\r'))
                .line_start(line)
                .path(source.name)
                .annotation(annotation),
        )
    }
}

/// The bytes of the lines that a place is in.
fn lines_of(text: &str, place: Range<usize>) -> Range<usize> {
    let before = text.get(..place.start).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
    let after = text.get(place.end..).unwrap_or("");
    let end = after
        .find('\n')
        .map_or(text.len(), |length| place.end.saturating_add(length));
    start..end
}
