//! [`BuildError`]: why artefacts cannot be written.

use core::fmt;
use std::io;
use std::path::PathBuf;

use crate::bmf::BmfEncodeError;

/// Why artefacts cannot be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The schema has no classes.
    NoClasses,
    /// This is not a valid file name.
    Name(String),
    /// This is not a valid resource name.
    ResourceName(String),
    /// The language of the resource is 0, which is not a language.
    NoLanguage,
    /// This is not the name of a section of an INF.
    InstallSection(String),
    /// Cargo has not set `OUT_DIR`.
    NoOutDir,
    /// No resource can be linked for this architecture.
    Machine(String),
    /// The schema cannot be encoded as binary MOF.
    BinaryMof(BmfEncodeError),
    /// A translation of the localised texts is not MOF, or has a text without a place in the schema;
    /// the text shows where.
    Translation(String),
    /// The earlier edition of this name cannot be read, or has no classes; the text says why.
    Earlier(String, String),
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoClasses => f.write_str("the schema has no classes; add those of the driver"),
            Self::Name(name) => write!(
                f,
                "{name:?} is not a file name; give one without folder and extension"
            ),
            Self::ResourceName(name) => write!(
                f,
                "{name:?} is not a resource name; use letters, digits and `_`, not starting with a \
                 digit"
            ),
            Self::InstallSection(name) => write!(
                f,
                "{name:?} is not the name of an install section; give it as it stands in the INF, \
                 without brackets, such as `Vendor_Install.NT`"
            ),
            Self::NoLanguage => f.write_str(
                "0 is not the `LANGID` of a language; leave `language` out for US English, or name \
                 the one of the class texts, such as 0x407",
            ),
            Self::NoOutDir => f.write_str(
                "OUT_DIR is not set; call this from a build script, or use `write_to` elsewhere",
            ),
            Self::Machine(arch) => write!(
                f,
                "no resource object can be made for the architecture {arch:?}; use `write` instead \
                 of `link`, and compile the `.rc` file with the tools of the target"
            ),
            Self::BinaryMof(why) => write!(f, "the schema cannot be encoded as binary MOF: {why}"),
            Self::Translation(errors) => {
                write!(
                    f,
                    "a translation of the localised texts has errors:\n{errors}"
                )
            }
            Self::Earlier(name, why) => write!(
                f,
                "{name}: this is not an earlier edition of the schema: {why}"
            ),
            Self::File(path, why) => write!(f, "{}: {why}", path.display()),
        }
    }
}

// The message includes the cause.
impl core::error::Error for BuildError {}
