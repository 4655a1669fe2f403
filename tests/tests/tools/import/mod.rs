//! The importer writes source as a person would, formatted as by `rustfmt`, which compiles to the
//! original binary MOF.

mod amendments;
mod cases;
mod closed_loop;
mod hostile;
mod provider;
mod source;

use wmi_core::schema::File;
use wmi_tools::Arena;
use wmi_tools::import::{Import, Options, rust};
use wmi_tools::mof::Reader;

use super::mof_reader::with_headers::WithHeaders;

/// MOF text with every construct of a driver's schema.
const EVERYTHING: &str = include_str!("everything.mof");

/// Reads MOF text without errors.
fn read<'a>(arena: &'a Arena, name: &str, text: &[u8]) -> File<'a> {
    let mut headers = WithHeaders;
    let reading = Reader::new(arena).loader(&mut headers).read(name, text);
    assert!(!reading.has_errors(), "{name}: {:?}", reading.diagnostics);
    reading.file
}

fn import(text: &str) -> Import {
    let arena = Arena::new();
    let file = read(&arena, "test.mof", text.as_bytes());
    rust(&file, &Options::new("test.mof"))
}
