//! Suggestions for misspelt names. Owns the edit distance of names.

/// Longest name compared, in bytes; longer names are never near.
const LONGEST: usize = 64;

/// Returns the nearest known name, if at most a third of its letters differ. Ignores case.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .filter_map(|other| Some((distance(name, other)?, other)))
        .filter(|(distance, other)| is_near(*distance, name, other))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// Returns whether names with this distance are near.
#[must_use]
pub const fn is_near(distance: usize, a: &str, b: &str) -> bool {
    let longest = if a.len() > b.len() { a.len() } else { b.len() };
    distance <= longest / 3
}

/// Returns the edit distance of two names: the number of letters inserted, removed, replaced or
/// swapped with the next; `None` for names of more than 64 bytes. Ignores case.
#[must_use]
pub const fn distance(a: &str, b: &str) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > LONGEST || b.len() > LONGEST {
        return None;
    }
    // Three rows of the matrix: the last but one, the last, and the current one.
    let mut before = [0; LONGEST + 1];
    let mut last = [0; LONGEST + 1];
    let mut column = 0;
    while column <= b.len() {
        last[column] = column;
        column += 1;
    }
    let mut row = 1;
    while row <= a.len() {
        let mut present = [0; LONGEST + 1];
        present[0] = row;
        column = 1;
        while column <= b.len() {
            let same = a[row - 1].eq_ignore_ascii_case(&b[column - 1]);
            let replaced = last[column - 1] + if same { 0 } else { 1 };
            let mut least = min(replaced, min(last[column], present[column - 1]) + 1);
            let swapped = row > 1
                && column > 1
                && a[row - 1].eq_ignore_ascii_case(&b[column - 2])
                && a[row - 2].eq_ignore_ascii_case(&b[column - 1]);
            if swapped {
                least = min(least, before[column - 2] + 1);
            }
            present[column] = least;
            column += 1;
        }
        before = last;
        last = present;
        row += 1;
    }
    Some(last[b.len()])
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_edits() {
        for (a, b, expected) in [
            ("", "", 0),
            ("read", "READ", 0),
            ("raed", "read", 1),
            ("giud", "guid", 1),
            ("countr", "counter", 1),
            ("dataid", "data_id", 1),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(a, b), Some(expected), "{a} {b}");
            assert_eq!(distance(b, a), Some(expected), "{b} {a}");
        }
    }

    #[test]
    fn only_near_names_are_found() {
        let known = ["guid", "name", "base"];
        assert_eq!(nearest("giud", known), Some("guid"));
        assert_eq!(nearest("owner", known), None);
        assert_eq!(
            nearest(core::str::from_utf8(&[b'a'; 65]).unwrap(), known),
            None
        );
    }
}
