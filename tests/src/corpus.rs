//! Third-party files that tests compare with, which are not part of the project.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::skipped;

/// Reads a file of the corpus; without a corpus, prints that the test is skipped and returns
/// `None`.
///
/// The environment variable `WMI_CORPUS` names the corpus folder; a relative path starts at the
/// root of the workspace.
///
/// # Panics
///
/// Panics if the corpus lacks the file.
#[must_use]
pub fn read(file: &str) -> Option<Vec<u8>> {
    Some(bytes(&named_by("WMI_CORPUS", file)?.join(file)))
}

/// Reads the page that documents the flagship class, named by the environment variable
/// `WMI_DOCUMENT` like the corpus by `WMI_CORPUS`. If it is not set, prints that the test is
/// skipped and returns `None`.
///
/// # Panics
///
/// Panics if the file does not exist.
#[must_use]
pub fn document() -> Option<Vec<u8>> {
    Some(bytes(&named_by("WMI_DOCUMENT", "the documentation")?))
}

/// Reads the files in a corpus folder that end in `.extension`, sorted by name; without a corpus,
/// prints that the test is skipped and returns `None`.
///
/// # Panics
///
/// Panics if the corpus lacks the folder, or the folder has no such file.
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

/// Returns the path in an environment variable; if it is not set, prints that the test is skipped
/// and returns `None`.
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

/// Returns the root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}
