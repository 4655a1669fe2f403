//! Writes results to standard output, or to a file that is replaced as a whole or not at all.

use core::fmt::Write as _;
use core::time::Duration;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use wmi_vocabulary::text::is_hidden_control;

use crate::failure::{Failure, Result};
use crate::place::Place;

/// The destination of the result.
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

    /// Writes styled text; the styles only reach terminals.
    pub(crate) fn styled(&self, text: &str) -> Result {
        match self.place.file() {
            Some(_) => self.text(&anstream::adapter::strip_str(text).to_string()),
            None => Ok(anstream::stdout().write_all(text.as_bytes())?),
        }
    }

    /// Writes indented JSON. Characters that would act on a terminal are escaped.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result {
        let text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                // Line ends are those of the indentation: those of texts are escaped already.
                c if c != '\n' && is_hidden_control(c) => {
                    // Writing to a `String` cannot fail. All these are of one UTF-16 unit.
                    let _ = write!(escaped, "\\u{:04x}", u32::from(c));
                }
                c => escaped.push(c),
            }
        }
        self.text(&(escaped + "\n"))
    }

    /// Writes binary data, unless the output is a terminal.
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
            Some(path) if path.as_os_str().is_empty() => Err(Failure::Usage(
                "`-o` is empty; name a file, or `-` for standard output".to_owned(),
            )),
            Some(path) => replace(&[(path, bytes)]),
            None => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(bytes)?;
                Ok(stdout.flush()?)
            }
        }
    }

    /// Writes text, and beside it a file of this name, which must not exist yet: both or neither.
    /// Returns the path of the second file.
    pub(crate) fn text_and_new(&self, text: &str, name: &str, beside: &str) -> Result<PathBuf> {
        let Some(path) = self.place.file() else {
            return Err(Failure::Usage(format!(
                "`{name}` needs a folder; name the file beside it by `-o OUT`"
            )));
        };
        let new = path.with_file_name(name);
        create(&new, beside.as_bytes())
            .map_err(|why| Failure::File(Place::from(new.clone().into_os_string()), why))?;
        let written = self.text(text);
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.map(|()| new)
    }

    /// Refuses to write over an input, of which nothing would be left.
    pub(crate) fn differs_from(&self, inputs: &[Place]) -> Result {
        refuse_input(&self.place, "-o OUT", inputs)
    }

    /// Returns the file, if the output is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.place.file()
    }

    /// Returns the name for messages.
    pub(crate) fn name(&self) -> String {
        match self.place.file() {
            Some(path) => path.display().to_string(),
            None => "standard output".to_owned(),
        }
    }
}

/// Creates a file as a whole, unless it exists.
fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match beside(path, bytes)?.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(why) if why.error.kind() == io::ErrorKind::AlreadyExists => Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "the file exists, and may have been filled in; rename it, and compare it with the new one",
        )),
        Err(why) => Err(why.error),
    }
}

/// Refuses to create a folder in place of a file or a folder.
pub(crate) fn refuse_existing(path: &Path) -> Result {
    match path.symlink_metadata() {
        Ok(_) => Err(Failure::Usage(format!(
            "{}: this exists, and may have been filled in; choose another name",
            path.display()
        ))),
        Err(_) => Ok(()),
    }
}

/// Creates a folder with these files, by their paths in it: whole or not at all. It must not exist yet.
pub(crate) fn create_folder(path: &Path, files: &[(String, Vec<u8>)]) -> Result {
    let done = temporary_folder(path).and_then(|temporary| {
        for (name, content) in files {
            let file = temporary.path().join(name);
            fs::create_dir_all(folder(&file))?;
            fs::write(file, content)?;
        }
        fs::rename(temporary.path(), path)?;
        // The folder has another name now.
        let _ = temporary.keep();
        Ok(())
    });
    done.map_err(|why| Failure::File(Place::from(path.as_os_str().to_owned()), why))
}

/// Refuses to write over an input with this option.
pub(crate) fn refuse_input(output: &Place, option: &str, inputs: &[Place]) -> Result {
    let whole = |place: &Place| fs::canonicalize(place.file()?).ok();
    match whole(output) {
        Some(path)
            if path.is_file() && inputs.iter().any(|it| whole(it).as_ref() == Some(&path)) =>
        {
            Err(Failure::Usage(format!(
                "{output}: this is the input; name another file by `{option}`"
            )))
        }
        _ => Ok(()),
    }
}

/// Replaces the contents of files, all or none: no file changes before each new content is on disk
/// in its folder.
pub(crate) fn replace(files: &[(&Path, &[u8])]) -> Result {
    let failed = |path: &Path, why| Failure::File(Place::from(path.as_os_str().to_owned()), why);
    let mut prepared = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        prepared.push((
            *path,
            prepare(path, bytes).map_err(|why| failed(path, why))?,
        ));
    }
    for (path, replacement) in prepared {
        replacement.finish().map_err(|why| failed(path, why))?;
    }
    Ok(())
}

/// The new content of a file.
enum Replacement<'a> {
    /// A temporary file to rename over this one, so that a reader finds either the old or the new
    /// content, whole.
    Rename(tempfile::NamedTempFile, PathBuf),
    /// A device or a pipe, which must be written to, not replaced.
    Write(&'a Path, &'a [u8]),
}

impl Replacement<'_> {
    fn finish(self) -> io::Result<()> {
        match self {
            Self::Rename(file, path) => {
                file.persist(path)?;
                Ok(())
            }
            Self::Write(path, bytes) => fs::write(path, bytes),
        }
    }
}

/// Prepares to replace the content of a file.
fn prepare<'a>(path: &'a Path, bytes: &'a [u8]) -> io::Result<Replacement<'a>> {
    Ok(match fs::metadata(path) {
        Ok(old) if old.is_dir() => {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "this is a folder; name a file in it",
            ));
        }
        Ok(old) if !old.is_file() => Replacement::Write(path, bytes),
        // A rename would ignore the permission.
        Ok(old) if old.permissions().readonly() => {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the file is read-only; make it writable, or name another file",
            ));
        }
        Ok(old) => {
            // Replace the target of a link, not the link.
            let path = fs::canonicalize(path)?;
            let file = beside(&path, bytes)?;
            fs::set_permissions(file.path(), old.permissions())?;
            Replacement::Rename(file, path)
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let path = target(path)?;
            Replacement::Rename(beside(&path, bytes)?, path)
        }
        Err(why) => return Err(why),
    })
}

/// Returns the file, not yet existing, that a chain of links leads to.
fn target(path: &Path) -> io::Result<PathBuf> {
    /// The number of links that systems usually follow.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            // The end of the chain: a file to create.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The prefix of temporary files; the process id follows.
const PREFIX: &str = ".cargo-wmi-";

/// Makes a temporary file in the folder of `path`, so that renaming needs no copy.
fn beside(path: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let folder = prepare_folder(path)?;
    let prefix = prefix();
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix);
    // The usual mode of new files; the user's umask applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}

/// Makes a temporary folder beside `path`, likewise.
fn temporary_folder(path: &Path) -> io::Result<tempfile::TempDir> {
    let folder = prepare_folder(path)?;
    let prefix = prefix();
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.tempdir_in(folder)
}

/// Returns the folder of `path`, without the temporary files of killed runs.
fn prepare_folder(path: &Path) -> io::Result<&Path> {
    let folder = folder(path);
    if !folder.exists() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no folder `{}`; create it", folder.display()),
        ));
    }
    remove_leftovers(folder);
    Ok(folder)
}

fn prefix() -> String {
    format!("{PREFIX}{}-", std::process::id())
}

/// Removes the temporary files of killed runs. Failing to is not an error.
fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_leftover(&entry) {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let _ = match is_folder {
                true => fs::remove_dir_all(entry.path()),
                false => fs::remove_file(entry.path()),
            };
        }
    }
}

/// Whether a file is the temporary file of a process that has ended. On systems that cannot tell,
/// whether the file is so old that the process must have ended.
fn is_leftover(entry: &fs::DirEntry) -> bool {
    const LONG: Duration = Duration::from_secs(60);
    let name = entry.file_name();
    let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
        return false;
    };
    let id = rest.split_once('-').map(|(id, _)| id);
    let process = id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    let processes = Path::new("/proc");
    match process {
        // Elsewhere, for example under Wine, the ids are not those of `/proc`.
        Some(id) if cfg!(target_os = "linux") && processes.join("self").exists() => {
            !processes.join(id).exists()
        }
        _ => {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > LONG))
        }
    }
}
