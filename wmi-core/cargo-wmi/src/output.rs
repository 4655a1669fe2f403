//! Writing results: to standard output, or to a file that is replaced as a whole or not at all.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use clap::Args;
use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::place::Place;

/// Where the result goes.
#[derive(Args)]
pub(crate) struct Output {
    /// File to write, `-` for standard output
    #[arg(
        id = "output",
        short = 'o',
        long = "output",
        value_name = "OUT",
        default_value = "-",
        hide_default_value = true
    )]
    place: Place,
}

impl Output {
    /// Writes text.
    pub(crate) fn text(&self, text: &str) -> Result {
        self.write(text.as_bytes())
    }

    /// Writes text with styles, which only terminals get.
    pub(crate) fn styled(&self, text: &str) -> Result {
        match self.place.file() {
            Some(_) => self.text(&anstream::adapter::strip_str(text).to_string()),
            None => Ok(anstream::stdout().write_all(text.as_bytes())?),
        }
    }

    /// Writes JSON, for people too.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result {
        let text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
        self.text(&format!("{text}\n"))
    }

    /// Writes bytes that are no text, but not to a terminal.
    pub(crate) fn binary(&self, bytes: &[u8]) -> Result {
        if self.place == Place::STANDARD && io::stdout().is_terminal() {
            return Err(Failure::Usage(
                "the result is binary and would garble the terminal; name a file by `-o OUT`, \
                 or pipe it on"
                    .to_owned(),
            ));
        }
        self.write(bytes)
    }

    fn write(&self, bytes: &[u8]) -> Result {
        match self.place.file() {
            Some(path) => {
                replace(path, bytes).map_err(|why| Failure::File(self.place.clone(), why))
            }
            None => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(bytes)?;
                Ok(stdout.flush()?)
            }
        }
    }

    /// The file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.place.file()
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> String {
        match self.place.file() {
            Some(path) => path.display().to_string(),
            None => "standard output".to_owned(),
        }
    }
}

/// Makes `bytes` the content of a file, by way of another file beside it, so that whoever reads it
/// and whatever happens meanwhile, it is all old or all new.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        // A device or a pipe takes what is written; a file in its place would not.
        Ok(old) if !old.is_file() => return fs::write(path, bytes),
        // Renaming would get around it.
        Ok(old) if old.permissions().readonly() => {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the file is read-only",
            ));
        }
        Ok(old) => {
            // What a link points to is replaced, and not the link.
            let path = fs::canonicalize(path)?;
            let file = beside(&path, bytes)?;
            fs::set_permissions(file.path(), old.permissions())?;
            file.persist(&path)?
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => beside(path, bytes)?.persist(path)?,
        Err(why) => return Err(why),
    };
    Ok(())
}

/// A temporary file in the folder of `path`, where a rename needs no copy.
fn beside(path: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cargo-wmi-");
    // As any program creates files; the user's mask takes away from it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}
