//! Descriptions from doc comments, and C comments from descriptions.

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
    fn every_comment_line_has_slashes() {
        assert_eq!(c_comment("a\nb").collect::<String>(), "// a\n// b");
        assert_eq!(c_comment("").collect::<String>(), "// ");
    }
}
