//! Reads a schema in any format.

use core::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::Args;
use wmi_core::schema::{Class, File};
use wmi_tools::Arena;
use wmi_tools::Severity;
use wmi_tools::bmf;
use wmi_tools::firmware;
use wmi_tools::mof::{Reader, Reading, SearchPath};

use crate::failure::{Failure, Result};
use crate::place::Place;
use crate::recognise::{self, Choice, Found};
use crate::style::{ERROR, NOTE, WARNING, printable};

const PREPROCESSOR: &str = "Preprocessor of MOF text";

/// A schema to read.
#[derive(Args)]
pub(crate) struct Input {
    /// Schema to read: MOF text, binary MOF, or an image, table or listing of a table that contains
    /// one; `-` for standard input
    #[arg(value_name = "IN")]
    pub(crate) place: Place,
    #[command(flatten)]
    options: Options,
}

/// How a schema is read.
#[derive(Args)]
pub(crate) struct Options {
    /// Read the `MOFDATA` resource of this name, if the image has several
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// Read the binary MOF at this offset, decimal or `0x..`, if the table has several
    #[arg(long, value_name = "OFFSET", value_parser = offset, conflicts_with = "resource")]
    at: Option<usize>,
    /// Search DIR for included files, after the folder of the including file
    #[arg(short = 'I', long = "include", value_name = "DIR", help_heading = PREPROCESSOR)]
    folders: Vec<PathBuf>,
    /// Define a macro, as 1 if VALUE is omitted
    #[arg(short = 'D', long = "define", value_name = "NAME[=VALUE]", help_heading = PREPROCESSOR)]
    macros: Vec<Macro>,
}

#[derive(Clone)]
struct Macro {
    name: String,
    value: String,
}

/// A schema that was read.
pub(crate) struct Schema<'a> {
    pub(crate) file: File<'a>,
    /// The locations in the text, if the input was text.
    pub(crate) reading: Option<Reading<'a>>,
    /// The unpacked binary MOF, if it was one.
    pub(crate) payload: Option<Vec<u8>>,
    place: Place,
}

impl Input {
    /// Reads the schema and prints its diagnostics.
    pub(crate) fn read<'a>(&self, arena: &'a Arena) -> Result<Schema<'a>> {
        self.options.read(&self.place, arena)
    }

    /// Reads all binary MOFs of an image or table and prints their diagnostics.
    pub(crate) fn read_all<'a>(&self, arena: &'a Arena) -> Result<Vec<File<'a>>> {
        Options::read_all(&self.place, arena)
    }
}

/// Parses a byte offset, decimal or hexadecimal.
fn offset(text: &str) -> core::result::Result<usize, &'static str> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => usize::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| "an offset is a number such as 512 or 0x200")
}

impl Options {
    /// Reads the schema at `place` and prints its diagnostics.
    pub(crate) fn read<'a>(&self, place: &Place, arena: &'a Arena) -> Result<Schema<'a>> {
        let bytes = source(place)?;
        let choice = match (self.resource.as_deref(), self.at) {
            (Some(name), _) => Choice::Resource(name),
            (None, Some(at)) => Choice::At(at),
            (None, None) => Choice::Only,
        };
        let found = recognise::find(&bytes, choice);
        let damaged = |why| Failure::input(place, format_args!("this binary MOF is damaged {why}"));
        let payload = match found.map_err(|why| Failure::input(place, why))? {
            Found::Text => {
                let reading = self.text(place, &bytes, arena)?;
                return Ok(Schema {
                    file: reading.file,
                    reading: Some(reading),
                    payload: None,
                    place: place.clone(),
                });
            }
            Found::Payload => bytes,
            Found::Binary {
                bytes,
                place: within,
            } => {
                if let Some(within) = within {
                    note(format_args!("{}: binary MOF {within}", place.input_name()));
                }
                bmf::decode_container(bytes).map_err(damaged)?
            }
        };
        Ok(Schema {
            file: bmf::decode_payload(arena, &payload).map_err(damaged)?,
            reading: None,
            payload: Some(payload),
            place: place.clone(),
        })
    }

    /// Reads all binary MOFs at `place` in order.
    fn read_all<'a>(place: &Place, arena: &'a Arena) -> Result<Vec<File<'a>>> {
        let bytes = source(place)?;
        let found = recognise::all(&bytes).map_err(|why| Failure::input(place, why))?;
        let decoded = found.iter().map(|found| {
            let within = &found.place;
            note(format_args!("{}: binary MOF {within}", place.input_name()));
            bmf::decode(arena, found.bytes).map_err(|why| {
                Failure::input(
                    place,
                    format_args!(
                        "the binary MOF {within} is damaged {why}; leave out `--all` and choose one \
                         of the others"
                    ),
                )
            })
        });
        decoded.collect()
    }

    fn text<'a>(&self, place: &Place, bytes: &[u8], arena: &'a Arena) -> Result<Reading<'a>> {
        let folders = self.folders.iter();
        let mut files = folders.fold(SearchPath::new(), |path, folder| path.folder(folder));
        if let Some(path) = place.file() {
            files = files.file(&place.input_name(), path);
        }
        let macros = self.macros.iter();
        let reader = macros.fold(Reader::new(arena), |reader, Macro { name, value }| {
            reader.define(name, value)
        });
        let reading = reader.loader(&mut files).read(&place.input_name(), bytes);
        let mut errors = 0usize;
        for diagnostic in &reading.diagnostics {
            errors += usize::from(diagnostic.severity == Severity::Error);
            tell(reading.sources.render_styled(diagnostic) + "\n");
        }
        match errors {
            0 => Ok(reading),
            _ => Err(Failure::input(place, counted(errors, "error", "errors"))),
        }
    }
}

impl<'a> Schema<'a> {
    /// Returns the classes, at least one: an empty result would hide a mistake, such as an
    /// undefined macro.
    pub(crate) fn classes(&self) -> Result<Vec<&'a Class<'a>>> {
        let classes: Vec<_> = self.file.classes().collect();
        if classes.is_empty() {
            return Err(self.fault("it has no classes"));
        }
        Ok(classes)
    }

    /// Returns the failure of a malformed schema.
    pub(crate) fn fault(&self, why: impl fmt::Display) -> Failure {
        Failure::input(&self.place, why)
    }
}

/// Parses `NAME` or `NAME=VALUE`.
impl core::str::FromStr for Macro {
    type Err = &'static str;

    fn from_str(text: &str) -> core::result::Result<Self, Self::Err> {
        let (name, value) = text.split_once('=').unwrap_or((text, "1"));
        let mut characters = name.chars();
        let starts = characters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
        if !starts || !characters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(
                "a macro name consists of letters, digits and `_`, and does not start with a digit",
            );
        }
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// Reads the bytes at `place`, or those that a text there lists.
fn source(place: &Place) -> Result<Vec<u8>> {
    let bytes = bytes(place)?;
    let Some(listed) = firmware::listed_bytes(&bytes) else {
        return Ok(bytes);
    };
    note(format_args!(
        "{}: this text lists {}",
        place.input_name(),
        counted(listed.len(), "byte", "bytes")
    ));
    Ok(listed)
}

/// Reads the bytes at `place`.
pub(crate) fn bytes(place: &Place) -> Result<Vec<u8>> {
    let read = match place.file() {
        Some(path) => fs::read(path),
        None => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
    };
    read.map_err(|why| Failure::File(place.clone(), why))
}

/// Prints a note.
pub(crate) fn note(what: impl fmt::Display) {
    tell(format_args!(
        "{NOTE}note{NOTE:#}: {}",
        printable(&what.to_string())
    ));
}

/// Prints a warning.
pub(crate) fn warning(what: impl fmt::Display) {
    tell(format_args!(
        "{WARNING}warning{WARNING:#}: {}",
        printable(&what.to_string())
    ));
}

/// Prints an error that does not end the command.
pub(crate) fn error(what: impl fmt::Display) {
    tell(format_args!(
        "{ERROR}error{ERROR:#}: {}",
        printable(&what.to_string())
    ));
}

/// Returns `1 error` or `2 errors`.
pub(crate) fn counted(count: usize, one: &str, several: &str) -> String {
    let what = if count == 1 { one } else { several };
    format!("{count} {what}")
}

fn tell(what: impl fmt::Display) {
    // If standard error cannot be written, there is nobody to report to.
    let _ = writeln!(anstream::stderr(), "{what}");
}
