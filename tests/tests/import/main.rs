//! The importer: what it writes is what a person would write, as `rustfmt` formats it, and compiles
//! to the binary MOF that it came from.

mod amendments;
mod cases;
mod closed_loop;
mod hostile;
mod source;
#[path = "../mof_reader/with_headers.rs"]
mod with_headers;

use wmi_core::schema::File;
use wmi_tools::Arena;
use wmi_tools::import::{Import, Options, rust};
use wmi_tools::mof::Reader;

use with_headers::WithHeaders;

/// MOF text with all that a driver's schema may hold.
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
