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

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}
