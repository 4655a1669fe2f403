//! The page of a schema.

mod browser;
mod content;
mod firmware;
mod form;
mod hostile;
mod links;

use wmi_core::schema::File;
use wmi_tools::Arena;
use wmi_tools::doc::SchemaPage;
use wmi_tools::mof::Reader;

/// A schema with everything that a page shows.
const EXAMPLE: &str = include_str!("example.mof");

/// Returns the classes of MOF text.
fn read<'a>(arena: &'a Arena, text: &str) -> File<'a> {
    let reading = Reader::new(arena).read("example.mof", text.as_bytes());
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    reading.file
}

/// Returns the page of MOF text.
fn page(text: &str) -> String {
    let arena = Arena::new();
    SchemaPage::new("example", &read(&arena, text)).to_string()
}

/// Returns the part of a page from the card of a class on.
#[track_caller]
fn card<'p>(page: &'p str, class: &str) -> &'p str {
    let start = format!("<article id=\"{class}\"");
    let start = page
        .find(&start)
        .unwrap_or_else(|| panic!("no card of {class}"));
    let card = &page[start..];
    &card[..card.find("</article>").unwrap()]
}

/// Returns the values of an attribute of all elements, as they are spelled.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!(" {name}=\"");
    let parts = page.split(start.as_str()).skip(1);
    parts.map(|part| part.split('"').next().unwrap()).collect()
}
