//! Expands the examples of rules to MOF text. Owns the short forms used in the table, and the line
//! breaks.

/// The qualifiers and properties that classes need besides the subject of an example.
const SHORT_FORMS: [(&str, &str); 4] = [
    (
        "@R",
        r#"WMI, Dynamic, Provider("WMIProv"), guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B01}")"#,
    ),
    (
        "@E",
        r#"WMI, guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")"#,
    ),
    (
        "@O",
        r#"WMI, Dynamic, Provider("WMIProv"), guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B03}")"#,
    ),
    (
        "@P",
        "[key, read] string InstanceName; [read] boolean Active;",
    ),
];

/// Returns the text of an example: `@R`, `@O` and `@E` are the qualifiers of two registered classes
/// and of an embedded one, `@P` the pair of properties of a registered class.
pub(super) fn text(short: &str) -> String {
    let whole = SHORT_FORMS
        .iter()
        .fold(short.to_owned(), |text, (from, to)| text.replace(from, to));
    laid_out(&whole)
}

/// Returns the text with each declaration on its own line.
fn laid_out(text: &str) -> String {
    let mut lines = String::new();
    let (mut brackets, mut braces, mut quoted) = (0usize, 0usize, false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let breaks = !quoted && brackets == 0;
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => brackets = brackets.saturating_add(1),
            ']' if !quoted => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        let after = match (c, brackets) {
            ('{', 0) if breaks => {
                braces = 1;
                lines.truncate(lines.trim_end().len());
                lines.push_str("\n{\n    ");
                ""
            }
            ('}', 0) if breaks && braces > 0 => {
                braces = 0;
                lines.truncate(lines.trim_end().len());
                lines.push_str("\n}");
                ""
            }
            (';', 0) if breaks && braces > 0 => ";\n    ",
            (';', 0) if breaks => ";\n",
            (']', 0) if !quoted && braces == 0 && rest.peek() == Some(&' ') => "]\n",
            (')', 0) if breaks && braces == 0 => ")\n",
            ('{' | '}', 0) if breaks => "",
            _ => {
                lines.push(c);
                continue;
            }
        };
        lines.push_str(after);
        while rest.next_if_eq(&' ').is_some() {}
    }
    lines.trim_end().to_owned()
}
