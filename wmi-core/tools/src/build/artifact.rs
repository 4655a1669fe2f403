//! The artefacts and their file names.

use std::path::{Path, PathBuf};

/// A file that is generated from a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Artifact {
    /// `.mof`: the classes without localised text.
    Mof,
    /// `.mfl`: the localised text, in the language of each class's `Locale`. It is what a translator
    /// copies; it is not installed, as the binary MOF has its texts.
    Mfl,
    /// `.bmf`: the binary MOF of both, which becomes the driver's resource. Texts are at their
    /// classes, unless `Build::localised` keeps them apart, with those of other languages.
    BinaryMof,
    /// `.h`: the C header of the data blocks, for other programs.
    Header,
    /// `.rc`: a resource script with the binary MOF, for drivers that compile their own resources.
    ResourceScript,
    /// `.html`: the page of the schema; see [`doc`](crate::doc).
    #[cfg(feature = "doc")]
    Page,
}

impl Artifact {
    /// All artefacts that are written by default.
    pub const ALL: [Self; 5] = [
        Self::Mof,
        Self::Mfl,
        Self::BinaryMof,
        Self::Header,
        Self::ResourceScript,
    ];

    /// Returns the extension of the file.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Mof => "mof",
            Self::Mfl => "mfl",
            Self::BinaryMof => "bmf",
            Self::Header => "h",
            Self::ResourceScript => "rc",
            #[cfg(feature = "doc")]
            Self::Page => "html",
        }
    }

    /// Whether the file is text, so that a checkout may change its line endings.
    pub(super) const fn is_text(self) -> bool {
        !matches!(self, Self::BinaryMof)
    }

    pub(super) fn path(self, folder: &Path, name: &str) -> PathBuf {
        folder.join(format!("{name}.{}", self.extension()))
    }
}

/// The written files, and which of them changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    folder: PathBuf,
    name: String,
    changed: Vec<Artifact>,
}

impl Written {
    pub(super) const fn new(folder: PathBuf, name: String, changed: Vec<Artifact>) -> Self {
        Self {
            folder,
            name,
            changed,
        }
    }

    /// Returns the folder of the files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of an artefact.
    #[must_use]
    pub fn path(&self, artifact: Artifact) -> PathBuf {
        artifact.path(&self.folder, &self.name)
    }

    /// Returns the artefacts whose files were missing or different before.
    #[must_use]
    pub fn changed(&self) -> &[Artifact] {
        &self.changed
    }
}
