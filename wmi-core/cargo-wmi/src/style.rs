//! The few styles of the output; anstream takes them away unless it is a terminal.

use anstyle::{AnsiColor, Style};

pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const NOTE: Style = AnsiColor::Cyan.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Text from a schema, without the control characters that could change a terminal or break a
/// picture.
pub(crate) fn printable(text: &str) -> String {
    let printable = |c: char| match c {
        '\n' => c,
        _ if c.is_control() => char::REPLACEMENT_CHARACTER,
        _ => c,
    };
    text.chars().map(printable).collect()
}

/// A class, or its member, or a parameter of that.
pub(crate) fn path(class: &str, member: Option<&str>, parameter: Option<&str>) -> String {
    let parts = [Some(class), member, parameter].into_iter().flatten();
    parts.collect::<Vec<_>>().join(".")
}
