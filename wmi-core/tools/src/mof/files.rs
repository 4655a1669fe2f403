//! Included files from folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Loaded, Loader};

/// Finds included files next to the including file, then in these folders in order.
#[derive(Clone, Debug, Default)]
pub struct SearchPath {
    folders: Vec<PathBuf>,
    /// The paths by name in messages; names are UTF-8, whatever the path is.
    files: BTreeMap<String, PathBuf>,
}

impl SearchPath {
    /// Creates a search path with only the folder of the including file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a folder after the others.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// Sets the path of the text with this name, for paths that are not UTF-8.
    #[must_use]
    pub fn file(mut self, name: &str, path: impl Into<PathBuf>) -> Self {
        self.files.insert(name.to_owned(), path.into());
        self
    }

    /// Returns the name of a file: its path, with a mark if another file has this name.
    fn name(&mut self, path: &Path) -> String {
        let mut name = path.display().to_string();
        while self.files.get(&name).is_some_and(|known| known != path) {
            name.push('\'');
        }
        self.files.insert(name.clone(), path.to_owned());
        name
    }
}

impl Loader for SearchPath {
    fn load(&mut self, name: &str, from: &str) -> Result<Loaded, String> {
        // Windows' separator works on every system.
        let name = name.replace('\\', "/");
        let from = self
            .files
            .get(from)
            .map_or(Path::new(from), PathBuf::as_path);
        let beside = from.parent().map(Path::to_owned);
        let folders = beside.iter().chain(&self.folders);
        let mut paths = folders.clone().map(|folder| folder.join(&name));
        if let Some(path) = paths.find(|path| path.is_file()) {
            let bytes = std::fs::read(&path)
                .map_err(|why| format!("cannot read `{}`: {why}", path.display()))?;
            let name = self.name(&path);
            return Ok(Loaded { name, bytes });
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
