//! [`Place`]: the source of input or the destination of output.

use core::fmt;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A file, or a standard stream, given as `-` on the command line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place(Option<PathBuf>);

impl Place {
    /// Standard input or output.
    pub(crate) const STANDARD: Self = Self(None);

    /// Returns the file, or `None` for a standard stream.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// Returns the name for messages about input.
    pub(crate) fn input_name(&self) -> String {
        match self.file() {
            Some(path) => path.display().to_string(),
            None => "<stdin>".to_owned(),
        }
    }
}

impl From<OsString> for Place {
    fn from(argument: OsString) -> Self {
        Self((argument != "-").then(|| PathBuf::from(argument)))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file() {
            Some(path) => path.display().fmt(f),
            None => f.write_str("standard stream"),
        }
    }
}
