//! The styles of the output. anstream strips them unless the output is a terminal.

use anstyle::{AnsiColor, Style};

pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const CAPTION: Style = AnsiColor::Cyan.on_default();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Returns [`FAINT`], or no style if `faint` is false.
pub(crate) fn faint_if(faint: bool) -> Style {
    if faint { FAINT } else { Style::new() }
}
