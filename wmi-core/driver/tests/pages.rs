//! Limits the code that the documentation pages require of a driver.
//!
//! Counted are the lines of the first code block as rustfmt leaves them, without `use`, comments and
//! blank lines, and every `unsafe`: blocks, functions and attributes. A macro could hide one, so the
//! code has none.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Returns the lines of the first code block of a page, each with whether readers see it.
fn code(page: &str) -> Vec<(&str, bool)> {
    let (_, code) = page.split_once("```\n").expect("the page has code");
    let (code, _) = code.split_once("```").expect("the code ends");
    code.lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(hidden) => (hidden, false),
            None if line == "#" => ("", false),
            None => (line, true),
        })
        .collect()
}

/// Returns the lines that count.
fn shown(page: &str) -> Vec<&str> {
    let shown = code(page).into_iter().filter(|(_, is_shown)| *is_shown);
    shown
        .map(|(line, _)| line.trim())
        .filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with("use "))
        .collect()
}

#[track_caller]
fn at_most(page: &str, lines: usize, unsafes: usize) {
    let shown = shown(page);
    let words = shown
        .iter()
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let counted = (shown.len(), words.filter(|word| *word == "unsafe").count());
    assert!(counted.0 <= lines && counted.1 <= unsafes, "{counted:?}");
    for line in &shown {
        let is_macro = ["!(", "! (", "![", "!{", "! {"]
            .iter()
            .any(|it| line.contains(it));
        assert!(!is_macro, "a macro may hide `unsafe`: {line}");
    }
    if cfg!(not(any(miri, windows))) {
        are_formatted(page, &shown);
    }
}

/// Asserts that rustfmt leaves these lines of the whole code, with its hidden lines, as they are.
#[track_caller]
fn are_formatted(page: &str, shown: &[&str]) {
    let whole: Vec<_> = code(page).into_iter().map(|(line, _)| line).collect();
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is part of the toolchain");
    let mut input = rustfmt.stdin.take().expect("it is piped");
    input.write_all(whole.join("\n").as_bytes()).unwrap();
    drop(input);
    let formatted = rustfmt.wait_with_output().unwrap();
    assert!(formatted.status.success(), "rustfmt refuses the code");
    let formatted = String::from_utf8(formatted.stdout).unwrap();
    let mut lines = formatted.lines().map(str::trim);
    for line in shown {
        assert!(
            lines.any(|it| it == *line),
            "rustfmt changes: {line}\n{formatted}"
        );
    }
}

#[test]
fn every_unsafe_and_no_macro_is_counted() {
    let page = "```\n#[unsafe(no_mangle)]\nunsafe fn f() { unsafe { g() }; unsafe { h() } }\n```";
    let refused = |lines, unsafes| {
        let result = std::panic::catch_unwind(|| at_most(page, lines, unsafes));
        *result.unwrap_err().downcast::<String>().unwrap()
    };
    assert!(refused(2, 3).contains("(2, 4)"));
    assert!(refused(1, 4).contains("(2, 4)"));
    if cfg!(not(any(miri, windows))) {
        assert!(refused(2, 4).contains("rustfmt changes"));
    }
    let hiding = std::panic::catch_unwind(|| at_most("```\nhidden!();\n```", 9, 9));
    let message = *hiding.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("a macro may hide"));
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
