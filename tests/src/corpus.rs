//! Third-party files that tests compare with and the project does not hold.

use std::path::{Path, PathBuf};

use crate::skipped;

/// The bytes of a file of the corpus, or `None`, visibly, where there is none.
///
/// The environment variable `WMI_CORPUS` names its folder; a relative path starts at the root of
/// the workspace.
#[must_use]
pub fn read(file: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("WMI_CORPUS") else {
        skipped(&format!("WMI_CORPUS is not set, so {file} is not compared"));
        return None;
    };
    let path = workspace().join(folder).join(file);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(why) => {
            skipped(&format!("{}: {why}", path.display()));
            None
        }
    }
}

/// The page that documents the flagship class, which the environment variable `WMI_DOCUMENT` names
/// as `WMI_CORPUS` does its folder; `None`, visibly, where there is none.
#[must_use]
pub fn document() -> Option<Vec<u8>> {
    let Some(file) = std::env::var_os("WMI_DOCUMENT") else {
        skipped("WMI_DOCUMENT is not set, so the documentation is not compared");
        return None;
    };
    match std::fs::read(workspace().join(&file)) {
        Ok(bytes) => Some(bytes),
        Err(why) => {
            skipped(&format!("{}: {why}", Path::new(&file).display()));
            None
        }
    }
}

/// The files of a folder of the corpus that end in `.extension`, in order, each with its name; or
/// `None`, visibly, where there is none.
#[must_use]
pub fn files(folder: &str, extension: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let Some(corpus) = std::env::var_os("WMI_CORPUS") else {
        skipped(&format!(
            "WMI_CORPUS is not set, so {folder} is not compared"
        ));
        return None;
    };
    let entries = match std::fs::read_dir(workspace().join(corpus).join(folder)) {
        Ok(entries) => entries,
        Err(why) => {
            skipped(&format!("{folder}: {why}"));
            return None;
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(&format!(".{extension}")))
        .collect();
    names.sort();
    let files = names.into_iter().filter_map(|name| {
        let bytes = read(&format!("{folder}/{name}"))?;
        Some((name, bytes))
    });
    Some(files.collect())
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}
