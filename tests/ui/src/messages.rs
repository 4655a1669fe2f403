//! Every message of the derive and of the trait bounds in `wmi-core` has a case.
//!
//! The table of the derive is included, and the attributes of the traits, which no code can name, are
//! read from the sources; so a new message without a case fails here.

use core::fmt::Debug;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

macro_rules! messages {
    ($($name:ident($($argument:ident),*) => $text:literal;)*) => {
        const MESSAGES: &[&str] = &[$($text),*];
    };
}

include!("../../../wmi-derive/src/messages.rs");

#[test]
fn every_message_of_the_derive_has_a_case() {
    assert_shown(MESSAGES);
}

#[test]
fn every_trait_bound_has_a_case() {
    let mut templates = Vec::new();
    for path in files(&cases().join("../../../wmi-core/src"), "rs") {
        let source = fs::read_to_string(path).unwrap();
        for attribute in source.split("#[diagnostic::on_unimplemented(").skip(1) {
            for key in ["message = \"", "label = \""] {
                let (_, text) = attribute.split_once(key).unwrap();
                templates.push(literal(text));
            }
        }
    }
    assert!(!templates.is_empty());
    assert_shown(&templates);
}

#[test]
fn every_case_has_expected_output() {
    let stems = |extension| -> BTreeSet<PathBuf> {
        let files = files(&cases(), extension);
        files.iter().map(|path| path.with_extension("")).collect()
    };
    let (programs, expectations) = (stems("rs"), stems("stderr"));
    let alone: Vec<_> = programs.symmetric_difference(&expectations).collect();
    assert!(alone.is_empty(), "without a partner: {alone:#?}");
    assert!(programs.len() >= 50, "only {} cases", programs.len());
}

/// Asserts that each template matches a line of an expected output.
fn assert_shown<T: AsRef<str> + Debug>(templates: &[T]) {
    let expectations: String = files(&cases(), "stderr")
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let is_shown = |template: &str| expectations.lines().any(|line| matches(template, line));
    let missing: Vec<&T> = templates
        .iter()
        .filter(|template| !is_shown(template.as_ref()))
        .collect();
    assert!(missing.is_empty(), "without a case: {missing:#?}");
}

/// Returns whether the fixed parts of the template follow one another in the line.
fn matches(template: &str, line: &str) -> bool {
    let mut rest = line;
    fixed_parts(template).iter().all(|part| {
        let found = rest.split_once(part.as_str());
        rest = found.map_or("", |(_, after)| after);
        found.is_some()
    })
}

/// Returns the parts between the `{holes}` of a template, in which `{{` is a brace.
fn fixed_parts(template: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = template.chars().peekable();
    while let Some(char) = chars.next() {
        let is_brace = matches!(char, '{' | '}');
        if is_brace && chars.peek() != Some(&char) {
            chars.by_ref().find(|&other| other == '}');
            parts.push(String::new());
        } else {
            if is_brace {
                chars.next();
            }
            parts.last_mut().expect("never empty").push(char);
        }
    }
    parts
}

/// Returns the value of a string literal, starting after its opening quote.
fn literal(source: &str) -> String {
    let mut value = String::new();
    let mut chars = source.chars();
    loop {
        match chars.next().expect("the literal ends") {
            '"' => return value,
            '\\' => value.extend(chars.next()),
            other => value.push(other),
        }
    }
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Returns the files with this extension in a folder and its subfolders.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found
}
