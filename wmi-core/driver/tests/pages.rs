//! Limits the code that the documentation pages require of a driver.

/// Returns the first code block of a page without its hidden lines.
fn shown(page: &str) -> Vec<&str> {
    let (_, code) = page.split_once("```\n").expect("the page has code");
    let (code, _) = code.split_once("```").expect("the code ends");
    code.lines()
        .filter(|line| *line != "#" && !line.starts_with("# "))
        .collect()
}

/// Counts the lines that are not blank, a comment or `use`, and those of them with `unsafe`.
fn counted(page: &str) -> (usize, usize) {
    let lines = shown(page);
    let lines = lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with("use "));
    let is_unsafe = |line: &&str| {
        line.split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == "unsafe")
    };
    (lines.clone().count(), lines.filter(is_unsafe).count())
}

#[track_caller]
fn at_most(page: &str, lines: usize, unsafes: usize) {
    let counted = counted(page);
    assert!(counted.0 <= lines && counted.1 <= unsafes, "{counted:?}");
    // rustfmt would break longer lines.
    for line in shown(page) {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn wdm_takes_15_lines_and_3_unsafe() {
    at_most(include_str!("../src/wdm.md"), 15, 3);
}

#[test]
fn storport_takes_8_lines_and_2_unsafe() {
    at_most(include_str!("../src/storport.md"), 8, 2);
}

#[test]
fn ndis_takes_12_lines_and_2_unsafe() {
    at_most(include_str!("../src/ndis.md"), 12, 2);
}

#[test]
fn kmdf_takes_8_lines_and_2_unsafe() {
    at_most(include_str!("../src/kmdf.md"), 8, 2);
}

#[test]
fn kmdf_before_the_framework_takes_15_lines_and_4_unsafe() {
    let page = include_str!("../src/kmdf.md");
    let (_, page) = page.split_once("# Names of the driver's own").unwrap();
    at_most(page, 15, 4);
}
