//! Reads a schema in any format.

use core::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use wmi_core::schema::{Class, File, parse_locale};
use wmi_tools::firmware::Firmware;
use wmi_tools::mof::{Reader, Reading, SearchPath};
use wmi_tools::{Arena, Severity, amendment, bmf, firmware, import};

use crate::failure::{Failure, Result};
use crate::place::Place;
use crate::recognise::{self, Choice, Found};
use crate::style::{ERROR, NOTE, WARNING, printable};

const PREPROCESSOR: &str = "Preprocessor of MOF text";

/// A schema to read.
#[derive(Args)]
pub(crate) struct Input {
    /// Schema to read: MOF text, binary MOF, an image, table or listing of a table that contains one, or
    /// the folder `/sys/bus/wmi/devices`; `-` for standard input. Several MOF texts, such as a neutral
    /// MOF and its MFLs, are read as one
    #[arg(value_name = "IN", required = true)]
    pub(crate) places: Vec<Place>,
    #[command(flatten)]
    options: Options,
}

/// The language of the texts, where a command shows texts.
#[derive(Args)]
pub(crate) struct Texts {
    /// Take the localised texts of this locale, such as `MS_407`, instead of English
    #[arg(long, value_name = "LOCALE", value_parser = locale)]
    language: Option<u32>,
}

/// How a schema is read.
#[derive(Args)]
pub(crate) struct Options {
    /// Read the `MOFDATA` resource of this name, if the image has several
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// Read the `MOFDATA` resource of this language, a `LANGID` such as `0x409`
    #[arg(long, value_name = "LANGID", value_parser = langid)]
    resource_language: Option<u32>,
    /// Read the binary MOF at this offset, decimal or `0x..`, if the table has several
    #[arg(long, value_name = "OFFSET", value_parser = offset)]
    #[arg(conflicts_with_all = ["resource", "resource_language"])]
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
    /// The binary MOF as it was, if it was packed.
    pub(crate) container: Option<Vec<u8>>,
    /// The inputs as they were read, in the order of the places.
    pub(crate) files: Vec<InputFile>,
    /// The names of the inputs.
    name: String,
}

/// A file that was read.
pub(crate) struct InputFile {
    /// The name without the folder, which may be private.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The content of an input.
struct Content {
    file: InputFile,
    /// The bytes that the file lists, if it is text that lists some.
    listed: Option<Vec<u8>>,
}

impl Content {
    /// Returns the bytes that hold the schema.
    fn bytes(&self) -> &[u8] {
        self.listed.as_deref().unwrap_or(&self.file.bytes)
    }
}

impl Input {
    /// Returns the first file, which names what is made of the schema, unless it is standard input.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.places.first()?.file()
    }

    /// Reads the schema and prints its diagnostics.
    pub(crate) fn read<'a>(&self, arena: &'a Arena) -> Result<Schema<'a>> {
        self.options.read(&self.places, arena)
    }

    /// Reads another edition of the schema. A choice among several binary MOFs is for the input that has
    /// several.
    pub(crate) fn read_other<'a>(&self, place: &Place, arena: &'a Arena) -> Result<Schema<'a>> {
        let content = read_content(place)?;
        let choice = match recognise::find(content.bytes(), Choice::ONLY) {
            Ok(_) => Choice::ONLY,
            Err(_) => self.options.choice(),
        };
        self.options
            .found(place, content, choice, arena, |reader| reader)
    }

    /// Reads the schema like [`read`](Self::read), with more options for MOF text.
    pub(crate) fn read_as<'a>(
        &self,
        arena: &'a Arena,
        more: impl for<'l> FnOnce(Reader<'a, 'l>) -> Reader<'a, 'l>,
    ) -> Result<Schema<'a>> {
        self.options.read_as(&self.places, arena, more)
    }

    /// Reads all binary MOFs of images or tables and prints their diagnostics.
    pub(crate) fn read_all<'a>(&self, arena: &'a Arena) -> Result<Vec<File<'a>>> {
        let mut files = Vec::new();
        for place in &self.places {
            files.extend(Options::read_all(place, arena)?);
        }
        Ok(files)
    }
}

impl Texts {
    /// Whether a language is given.
    pub(crate) const fn is_given(&self) -> bool {
        self.language.is_some()
    }

    /// Moves the localised texts to their classes.
    pub(crate) fn merge<'a>(&self, schema: &mut Schema<'a>, arena: &'a Arena) -> Result {
        let language = self.checked(schema)?;
        schema.warn_of_misplaced_texts();
        schema.file = amendment::merge(arena, &schema.file, language);
        Ok(())
    }

    /// Moves the localised texts to their classes, in the form that `import` expects.
    pub(crate) fn merge_for_import<'a>(
        &self,
        schema: &Schema<'a>,
        arena: &'a Arena,
    ) -> Result<File<'a>> {
        let language = self.checked(schema)?;
        schema.warn_of_misplaced_texts();
        Ok(import::amended(arena, &schema.file, language))
    }

    /// Returns the language, of which the schema must have texts.
    fn checked(&self, schema: &Schema<'_>) -> Result<Option<u32>> {
        let Some(language) = self.language else {
            return Ok(None);
        };
        let known = amendment::languages(&schema.file);
        if known.contains(&language) {
            return Ok(Some(language));
        }
        let known: Vec<_> = known.iter().map(|id| format!("MS_{id:X}")).collect();
        let known = match known.is_empty() {
            true => "it has none apart from its classes".to_owned(),
            false => format!("it has those of {}", known.join(", ")),
        };
        Err(schema.fault(format_args!("it has no texts of MS_{language:X}; {known}")))
    }
}

/// Parses the name of a locale.
pub(crate) fn locale(text: &str) -> core::result::Result<u32, &'static str> {
    parse_locale(text).ok_or("a locale is `MS_` and a hexadecimal LANGID, such as MS_409")
}

/// Parses a `LANGID`, decimal or hexadecimal.
fn langid(text: &str) -> core::result::Result<u32, &'static str> {
    let number = offset(text).ok().and_then(|id| u32::try_from(id).ok());
    number.ok_or("a LANGID is a number such as 1033 or 0x409")
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
    /// Reads the schema at these places and prints its diagnostics.
    pub(crate) fn read<'a>(&self, places: &[Place], arena: &'a Arena) -> Result<Schema<'a>> {
        self.read_as(places, arena, |reader| reader)
    }

    /// Reads two schemas. A choice among several binary MOFs is for the input that has several.
    pub(crate) fn read_both<'a>(
        &self,
        places: [&Place; 2],
        arena: &'a Arena,
    ) -> Result<[Schema<'a>; 2]> {
        let [old, new] = places;
        let [of_old, of_new] = [read_content(old)?, read_content(new)?];
        let is_clear = |content: &Content| recognise::find(content.bytes(), Choice::ONLY).is_ok();
        let choice = self.choice();
        let choices = match (is_clear(&of_old), is_clear(&of_new)) {
            (true, false) => [Choice::ONLY, choice],
            (false, true) => [choice, Choice::ONLY],
            _ => [choice, choice],
        };
        let [old_choice, new_choice] = choices;
        Ok([
            self.found(old, of_old, old_choice, arena, |reader| reader)?,
            self.found(new, of_new, new_choice, arena, |reader| reader)?,
        ])
    }

    fn choice(&self) -> Choice<'_> {
        match self.at {
            Some(at) => Choice::At(at),
            None => Choice::Resource {
                name: self.resource.as_deref(),
                language: self.resource_language,
            },
        }
    }

    fn read_as<'a>(
        &self,
        places: &[Place],
        arena: &'a Arena,
        more: impl for<'l> FnOnce(Reader<'a, 'l>) -> Reader<'a, 'l>,
    ) -> Result<Schema<'a>> {
        if places.iter().filter(|place| place.file().is_none()).count() > 1 {
            return Err(Failure::Usage(
                "only one input can be standard input".to_owned(),
            ));
        }
        if let [place] = places {
            return self.found(place, read_content(place)?, self.choice(), arena, more);
        }
        let contents = places.iter().map(read_content);
        let contents: Vec<_> = contents.collect::<Result<_>>()?;
        for (place, content) in places.iter().zip(&contents) {
            if recognise::find(content.bytes(), Choice::ONLY) != Ok(Found::Text) {
                return Err(Failure::input(
                    place,
                    "several inputs are read as one MOF text, and this is not text; \
                     `cargo wmi decompile` makes text of binary MOF",
                ));
            }
        }
        self.text(places, contents, arena, more)
    }

    /// Reads the schema in an input.
    fn found<'a>(
        &self,
        place: &Place,
        content: Content,
        choice: Choice<'_>,
        arena: &'a Arena,
        more: impl for<'l> FnOnce(Reader<'a, 'l>) -> Reader<'a, 'l>,
    ) -> Result<Schema<'a>> {
        let found = recognise::find(content.bytes(), choice);
        let damaged = |why| Failure::input(place, format_args!("this binary MOF is damaged {why}"));
        let (payload, container) = match found.map_err(|why| Failure::input(place, why))? {
            Found::Text => {
                return self.text(core::slice::from_ref(place), vec![content], arena, more);
            }
            Found::Payload => (content.bytes().to_owned(), None),
            Found::Binary {
                bytes,
                place: within,
            } => {
                if let Some(within) = within {
                    note(format_args!("{}: binary MOF {within}", place.input_name()));
                }
                let container = bmf::container(bytes).map_err(damaged)?;
                let payload = bmf::decode_container(container).map_err(damaged)?;
                (payload, Some(container.to_owned()))
            }
        };
        Ok(Schema {
            file: bmf::decode_payload(arena, &payload).map_err(damaged)?,
            reading: None,
            payload: Some(payload),
            container,
            files: vec![content.file],
            name: place.input_name(),
        })
    }

    /// Reads all binary MOFs at `place` in order.
    fn read_all<'a>(place: &Place, arena: &'a Arena) -> Result<Vec<File<'a>>> {
        let content = read_content(place)?;
        let found = recognise::all(content.bytes()).map_err(|why| Failure::input(place, why))?;
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

    fn text<'a>(
        &self,
        places: &[Place],
        contents: Vec<Content>,
        arena: &'a Arena,
        more: impl for<'l> FnOnce(Reader<'a, 'l>) -> Reader<'a, 'l>,
    ) -> Result<Schema<'a>> {
        let folders = self.folders.iter();
        let mut files = folders.fold(SearchPath::new(), |path, folder| path.folder(folder));
        let names: Vec<_> = places.iter().map(Place::input_name).collect();
        for (place, name) in places.iter().zip(&names) {
            if let Some(path) = place.file() {
                files = files.file(name, path);
            }
        }
        let macros = self.macros.iter();
        let reader = macros.fold(Reader::new(arena), |reader, Macro { name, value }| {
            reader.define(name, value)
        });
        let texts = names.iter().zip(&contents);
        let texts: Vec<_> = texts.map(|(name, text)| (&**name, text.bytes())).collect();
        let reading = more(reader.loader(&mut files)).read_all(&texts);
        let mut errors = 0usize;
        for diagnostic in &reading.diagnostics {
            errors += usize::from(diagnostic.severity == Severity::Error);
            tell(reading.sources.render_styled(diagnostic) + "\n");
        }
        let name = names.join(", ");
        match errors {
            0 => Ok(Schema {
                file: reading.file,
                reading: Some(reading),
                payload: None,
                container: None,
                files: contents.into_iter().map(|content| content.file).collect(),
                name,
            }),
            _ => Err(Failure::Input(format!(
                "{name}: {}",
                counted(errors, "error", "errors")
            ))),
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

    /// Warns about localised texts that have no place at a class.
    pub(crate) fn warn_of_misplaced_texts(&self) {
        match &self.reading {
            Some(reading) => {
                for text in reading.misplaced_texts() {
                    tell(reading.sources.render_styled(&text) + "\n");
                }
            }
            None => {
                for text in amendment::misplaced(&self.file) {
                    warning(self.fault(text));
                }
            }
        }
    }

    /// Returns the failure of a malformed schema.
    pub(crate) fn fault(&self, why: impl fmt::Display) -> Failure {
        Failure::Input(format!("{}: {why}", self.name))
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

/// Reads the file at `place`, and the bytes that it lists if it is text that lists some.
fn read_content(place: &Place) -> Result<Content> {
    if let Some(folder) = place.file().filter(|path| path.is_dir()) {
        let file = of_devices(place, folder)?;
        return Ok(Content { file, listed: None });
    }
    let name = match place.file().and_then(Path::file_name) {
        Some(name) => name.to_string_lossy().into_owned(),
        None => "standard input".to_owned(),
    };
    let bytes = bytes(place)?;
    let listed = firmware::listed_bytes(&bytes);
    if let Some(listed) = &listed {
        note(format_args!(
            "{}: this text lists {}",
            place.input_name(),
            counted(listed.len(), "byte", "bytes")
        ));
    }
    let file = InputFile { name, bytes };
    Ok(Content { file, listed })
}

/// Reads the binary MOF of a folder like `/sys/bus/wmi/devices`.
fn of_devices(place: &Place, folder: &Path) -> Result<InputFile> {
    let firmware = Firmware::read_sysfs(folder);
    let firmware = firmware.map_err(|why| Failure::File(place.clone(), why))?;
    match <[_; 1]>::try_from(firmware.binary_mofs) {
        Ok([mof]) => Ok(InputFile {
            name: mof.path,
            bytes: mof.bytes.into_owned(),
        }),
        Err(mofs) if mofs.is_empty() => Err(Failure::input(
            place,
            "this folder has no binary MOF that can be read; name a file, or \
             `/sys/bus/wmi/devices` as root",
        )),
        Err(mofs) => {
            let names: Vec<_> = mofs.iter().map(|mof| &*mof.path).collect();
            Err(Failure::input(
                place,
                format_args!(
                    "this folder has {} binary MOFs; name one of {}",
                    mofs.len(),
                    names.join(", ")
                ),
            ))
        }
    }
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

/// Prints a message.
pub(crate) fn tell(what: impl fmt::Display) {
    // If standard error cannot be written, there is nobody to report to.
    let _ = writeln!(anstream::stderr(), "{what}");
}
