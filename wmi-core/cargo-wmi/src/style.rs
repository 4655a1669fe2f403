//! The styles of the output; anstream removes them unless the output is a terminal.

use anstyle::{AnsiColor, Style};
use wmi_vocabulary::text::shown;

pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const NOTE: Style = AnsiColor::Cyan.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Returns text from a schema without control characters, which could change a terminal or break a
/// picture.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(shown).collect()
}

/// Returns the path of a class, of its member, or of a parameter of the member.
pub(crate) fn path(class: &str, member: Option<&str>, parameter: Option<&str>) -> String {
    let parts = [Some(class), member, parameter].into_iter().flatten();
    parts.collect::<Vec<_>>().join(".")
}
