//! Writes texts as doc comments and literals.

use wmi_vocabulary::text::{is_hidden_control, join_lines};

use super::meta::{WIDTH, push_spaces};

/// Returns doc comment lines from which the derive makes exactly this text, if possible.
pub(super) fn exact_lines(text: &str, indent: usize) -> Option<Vec<String>> {
    let lines = lines(text, indent);
    let joined: String = join_lines(lines.iter().map(String::as_str)).collect();
    (joined == text && !text.is_empty() && text.chars().all(is_plain)).then_some(lines)
}

/// Returns a text as a one-line comment.
pub(super) fn one_line(text: &str) -> String {
    let plain = text.chars().map(|c| match c {
        '\n' => ' ',
        c if is_plain(c) => c,
        _ => ' ',
    });
    plain.collect()
}

/// Returns doc comment lines for readers, in which white space may differ.
pub(crate) fn readable_lines(text: &str, indent: usize) -> Vec<String> {
    let paragraphs: Vec<String> = text
        .split('\n')
        .map(|paragraph| {
            let plain = one_line(paragraph);
            plain.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    match &*paragraphs {
        [] => Vec::new(),
        paragraphs => lines(&paragraphs.join("\n"), indent),
    }
}

/// Returns whether a character is allowed in a comment.
const fn is_plain(c: char) -> bool {
    c == '\n' || !is_hidden_control(c)
}

/// Breaks a text at spaces.
fn lines(text: &str, indent: usize) -> Vec<String> {
    let width = WIDTH.saturating_sub(indent).saturating_sub("/// ".len());
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let length = line.chars().count().saturating_add(word.chars().count());
            if !line.is_empty() && length >= width && !word.is_empty() {
                lines.push(core::mem::take(&mut line));
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Returns a literal: raw, with its line breaks, if it has several visible lines.
pub(super) fn lines_or_escapes(text: &str) -> String {
    let lines = text.split('\n').filter(|line| !line.is_empty()).count();
    if lines < 2 || !text.chars().all(|c| is_plain(c) || c == '\t') {
        return format!("{text:?}");
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Writes a doc comment.
pub(super) fn comment(lines: &[String], out: &mut String, indent: usize) {
    for line in lines {
        push_spaces(out, indent);
        out.push_str(if line.is_empty() { "///" } else { "/// " });
        out.push_str(line);
        out.push('\n');
    }
}

/// Returns a literal: raw if that reads better.
pub(super) fn literal(text: &str) -> String {
    if text.contains('\\') && !text.contains(|c: char| c == '"' || is_hidden_control(c)) {
        format!("r\"{text}\"")
    } else {
        format!("{text:?}")
    }
}
