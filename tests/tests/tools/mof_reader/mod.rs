//! Reading MOF text into the schema.

mod amendment;
mod cases;
mod corpus;
mod errors;
mod grammar;
mod hostile;
mod preprocessor;
pub(crate) mod with_headers;
mod wrong_bracket;

use wmi_core::schema::Class;
use wmi_tools::Arena;
use wmi_tools::mof::{Reader, Reading};

/// Returns the diagnostics as a user sees them.
fn complaints(reading: &Reading<'_>) -> String {
    let shown = reading.diagnostics.iter();
    shown
        .map(|diagnostic| reading.sources.render(diagnostic))
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// Returns the first class of a text without diagnostics.
fn class<'a>(arena: &'a Arena, text: &str) -> Class<'a> {
    let reading = Reader::new(arena).read("test.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "", "{text}");
    *reading.file.classes().next().expect("a class")
}

/// Returns the messages of a text without their places.
fn messages(text: &str) -> Vec<String> {
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    let messages = reading.diagnostics.iter();
    messages.map(ToString::to_string).collect()
}
