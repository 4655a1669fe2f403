//! Descriptions from doc comments, C comments from descriptions, and characters that text from other
//! people's files must not bring to a terminal or into source.

/// Returns the description of a doc comment, in pieces: trims the lines, joins those of a paragraph
/// by a space, and paragraphs by a line end.
pub fn join_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let mut separator = "";
    lines
        .into_iter()
        .map(str::trim)
        .filter_map(move |line| {
            if line.is_empty() {
                // Blank lines before the first paragraph are skipped.
                separator = if separator.is_empty() { "" } else { "\n" };
                return None;
            }
            Some([core::mem::replace(&mut separator, " "), line])
        })
        .flatten()
}

/// Returns a text as C comment lines, in pieces.
pub fn c_comment(text: &str) -> impl Iterator<Item = &str> {
    let mut separator = "// ";
    text.split('\n').flat_map(move |line| {
        let before = core::mem::replace(&mut separator, "\n// ");
        [before, line]
    })
}

/// Returns whether a character acts on its surroundings instead of being shown: controls, line and
/// paragraph separators, and the marks that reorder text, which can make it read as other text.
#[must_use]
pub const fn is_hidden_control(c: char) -> bool {
    c.is_ascii_control()
        || matches!(
            c,
            '\u{80}'..='\u{9f}'
                | '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

/// Returns a character of text from other people's files as it can be shown: itself, or U+FFFD if it
/// is a [hidden control](is_hidden_control) other than a line end.
#[must_use]
pub const fn shown(c: char) -> char {
    match c {
        '\n' => c,
        _ if is_hidden_control(c) => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::String;

    #[test]
    fn lines_and_paragraphs_are_joined() {
        let joined = |lines: &[&'static str]| join_lines(lines.iter().copied()).collect::<String>();
        assert_eq!(joined(&[]), "");
        assert_eq!(joined(&["", " a", "b ", "", "", "c", ""]), "a b\nc");
    }

    #[test]
    fn letters_of_any_script_are_shown() {
        assert!(
            "Größe 状態 مرحبا\u{a0}"
                .chars()
                .all(|c| !is_hidden_control(c))
        );
        let hidden = "\0\t\n\x1b\x7f\u{85}\u{9b}\u{200f}\u{202e}\u{2066}\u{feff}";
        assert!(hidden.chars().all(is_hidden_control));
        let visible: String = "a\n\u{202e}b".chars().map(shown).collect();
        assert_eq!(visible, "a\n\u{fffd}b");
    }

    #[test]
    fn every_comment_line_has_slashes() {
        assert_eq!(c_comment("a\nb").collect::<String>(), "// a\n// b");
        assert_eq!(c_comment("").collect::<String>(), "// ");
    }
}
