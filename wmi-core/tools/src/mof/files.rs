//! Included files from folders.

use std::path::{Path, PathBuf};

use super::{Loaded, Loader};

/// Finds included files beside the file that includes them, then in these folders, in order.
#[derive(Clone, Debug, Default)]
pub struct SearchPath {
    folders: Vec<PathBuf>,
}

impl SearchPath {
    /// No folder but that of the including file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more folder at the end.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }
}

impl Loader for SearchPath {
    fn load(&mut self, name: &str, from: &str) -> Result<Loaded, String> {
        // Windows' separator is understood everywhere.
        let name = name.replace('\\', "/");
        let beside = Path::new(from).parent().map(Path::to_owned);
        let folders = beside.iter().chain(&self.folders);
        for folder in folders.clone() {
            let path = folder.join(&name);
            if path.is_file() {
                let bytes = std::fs::read(&path)
                    .map_err(|why| format!("cannot read `{}`: {why}", path.display()))?;
                return Ok(Loaded {
                    name: path.display().to_string(),
                    bytes,
                });
            }
        }
        let folders: Vec<String> = folders
            .map(|folder| match folder.as_os_str().is_empty() {
                true => ".".to_owned(),
                false => folder.display().to_string(),
            })
            .collect();
        Err(format!("cannot find `{name}` in {}", folders.join(", ")))
    }
}
