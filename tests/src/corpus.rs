//! Third-party files that tests compare with and the project does not hold.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::skipped;

/// The bytes of a file of the corpus, or `None`, visibly, where there is no corpus.
///
/// The environment variable `WMI_CORPUS` names its folder; a relative path starts at the root of
/// the workspace.
///
/// # Panics
///
/// Where the corpus has no such file.
#[must_use]
pub fn read(file: &str) -> Option<Vec<u8>> {
    Some(bytes(&named_by("WMI_CORPUS", file)?.join(file)))
}

/// The page that documents the flagship class, which the environment variable `WMI_DOCUMENT` names
/// as `WMI_CORPUS` does its folder; `None`, visibly, where it is not set.
///
/// # Panics
///
/// Where there is no such file.
#[must_use]
pub fn document() -> Option<Vec<u8>> {
    Some(bytes(&named_by("WMI_DOCUMENT", "the documentation")?))
}

/// The files of a folder of the corpus that end in `.extension`, in order, each with its name; or
/// `None`, visibly, where there is no corpus.
///
/// # Panics
///
/// Where the corpus has no such folder, or it has no such file.
#[must_use]
pub fn files(folder: &str, extension: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let path = named_by("WMI_CORPUS", folder)?.join(folder);
    let entries = fs::read_dir(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(&format!(".{extension}")))
        .collect();
    assert!(!names.is_empty(), "{}: no .{extension}", path.display());
    names.sort();
    let files = names.into_iter().map(|name| {
        let bytes = bytes(&path.join(&name));
        (name, bytes)
    });
    Some(files.collect())
}

/// The path that an environment variable gives, or `None`, visibly, where it is not set.
fn named_by(variable: &str, what: &str) -> Option<PathBuf> {
    let path = env::var_os(variable);
    if path.is_none() {
        skipped(&format!("{variable} is not set, so {what} is not compared"));
    }
    Some(workspace().join(path?))
}

fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}
