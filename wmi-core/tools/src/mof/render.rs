//! Renders diagnostics with their source lines.

use core::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Sources, Span};
use crate::Severity;

impl Sources<'_> {
    /// Renders a diagnostic with its source lines, like the Rust compiler.
    #[must_use]
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        self.render_with(diagnostic, &Renderer::plain())
    }

    /// Renders a diagnostic with its source lines and ANSI colours.
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

    /// Returns the lines of a span, or a part of very long lines: the renderer reads everything it
    /// is given.
    fn snippet<'s>(
        &'s self,
        kind: AnnotationKind,
        (span, label): (Span, &'s str),
    ) -> Vec<Element<'s>> {
        let Some(source) = self.get(span.source()) else {
            return Vec::new();
        };
        let place = span.range();
        let whole = lines_of(source.text, place.clone());
        let is_long = whole.len() > MAX_SHOWN;
        let shown = if is_long {
            part_of(source.text, place.clone(), whole)
        } else {
            whole
        };
        let (line, column) = self.line_and_column(span);
        let within = place.start.saturating_sub(shown.start)
            ..place.end.min(shown.end).saturating_sub(shown.start);
        let mut annotation = kind.span(within);
        if !label.is_empty() {
            annotation = annotation.label(label);
        }
        // Without the last line's terminator, which would be shown.
        let text = source.text.get(shown).unwrap_or("");
        let snippet = Snippet::source(text.trim_end_matches('\r'))
            .line_start(line)
            .annotation(annotation);
        if is_long {
            let origin = Origin::path(source.name).line(line).char_column(column);
            vec![origin.into(), snippet.into()]
        } else {
            vec![snippet.path(source.name).into()]
        }
    }
}

/// The maximum number of bytes of lines shown whole.
const MAX_SHOWN: usize = 4096;
/// The number of bytes shown on each side of the start of the span in longer lines.
const MARGIN: usize = 256;

/// Returns the part of long lines to show: around the start of the span, within its first line.
fn part_of(text: &str, place: Range<usize>, lines: Range<usize>) -> Range<usize> {
    let mut start = place.start.saturating_sub(MARGIN).max(lines.start);
    let mut end = place.start.saturating_add(MARGIN).min(lines.end);
    while !text.is_char_boundary(start) {
        start = start.saturating_sub(1);
    }
    while !text.is_char_boundary(end) {
        end = end.saturating_add(1);
    }
    let first = text.get(place.start..end).unwrap_or("");
    let length = first.find('\n').unwrap_or(first.len());
    start..place.start.saturating_add(length)
}

/// Returns the byte range of the lines of a span.
fn lines_of(text: &str, place: Range<usize>) -> Range<usize> {
    let before = text.get(..place.start).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
    let after = text.get(place.end..).unwrap_or("");
    let end = after
        .find('\n')
        .map_or(text.len(), |length| place.end.saturating_add(length));
    start..end
}
