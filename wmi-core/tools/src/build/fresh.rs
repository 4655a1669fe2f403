//! A test that compares committed copies of artefacts with the schema.

use core::fmt;
use std::borrow::Cow;
use std::env;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::{Artifact, Build, BuildError};

/// The environment variable that makes [`Build::assert_fresh`] write.
const REFRESH: &str = "WMI_REFRESH";

/// A committed file that differs from the artefact of the schema.
#[derive(Clone, Debug)]
pub struct Stale {
    path: PathBuf,
    difference: String,
}

impl Stale {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Writes the path, and how the file differs.
impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path.display(), self.difference)
    }
}

impl Build<'_> {
    /// Compares the artefacts with the files of a folder, and returns the files that differ. Line
    /// endings are ignored, because checkouts change them. A missing file is stale.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if an artefact cannot be made or a file cannot be read.
    pub fn stale(&self, folder: impl AsRef<Path>) -> Result<Vec<Stale>, BuildError> {
        let mut stale = Vec::new();
        for (artifact, new) in self.contents()? {
            let path = self.path(folder.as_ref(), artifact);
            let old = match fs::read(&path) {
                Ok(old) => Some(old),
                Err(why) if why.kind() == io::ErrorKind::NotFound => None,
                Err(why) => return Err(BuildError::File(path, why)),
            };
            if let Some(difference) = difference(artifact, old.as_deref(), &new) {
                stale.push(Stale { path, difference });
            }
        }
        Ok(stale)
    }

    /// Fails a test if committed copies are stale. The message shows the differences, and the
    /// command that updates the files: this test with `WMI_REFRESH=1` in its environment.
    ///
    /// A relative folder is relative to the package.
    ///
    /// ```
    /// # use wmi_core::schema::{Class, Schema};
    /// # const SCHEMA: Schema<'static> = Schema::new(&[&Class::new("Vendor_Stats")]);
    /// use wmi_tools::build::{Artifact, Build};
    ///
    /// # let folder = std::env::temp_dir().join("wmi-assert-fresh");
    /// # Build::new("vendor", &SCHEMA).write_to(&folder).unwrap();
    /// # /*
    /// #[test]
    /// # */
    /// fn committed_mof_is_current() {
    /// # let build = Build::new("vendor", &SCHEMA);
    /// # /*
    ///     let build = Build::new("vendor", &SCHEMA);
    ///     let folder = "mof";
    /// # */
    /// # let folder = std::env::temp_dir().join("wmi-assert-fresh");
    ///     build.artifacts(&[Artifact::Mof, Artifact::Mfl]).assert_fresh(folder);
    /// }
    /// # committed_mof_is_current();
    /// ```
    ///
    /// # Panics
    ///
    /// If a file differs, or an artefact cannot be made, read or written.
    #[track_caller]
    pub fn assert_fresh(&self, folder: impl AsRef<Path>) {
        let folder = folder.as_ref();
        let refreshes = env::var_os(REFRESH).is_some_and(|value| value == "1");
        let checked = if refreshes {
            self.write_to(folder).map(|_| Vec::new())
        } else {
            self.stale(folder)
        };
        let failure = match checked {
            Ok(stale) if stale.is_empty() => return,
            Ok(stale) => {
                let stale: Vec<_> = stale.iter().map(|stale| format!("{stale}\n")).collect();
                let files = stale.concat();
                format!(
                    "{files}If the schema is right, update the files with\n  {}",
                    command()
                )
            }
            Err(why) => format!("{why}"),
        };
        fail(&failure)
    }
}

#[expect(clippy::panic, reason = "this is how a test fails")]
#[track_caller]
fn fail(why: &str) -> ! {
    panic!("{why}")
}

/// Returns the command, for any shell, that runs the calling test and writes the files. Cargo sets
/// the package name, and the test harness names the thread after the test.
fn command() -> String {
    let package = env::var("CARGO_PKG_NAME").map(|name| format!(" -p {name}"));
    let thread = std::thread::current();
    let test = thread.name().filter(|name| *name != "main");
    let test = test.map(|name| format!(" {name}"));
    format!(
        "cargo test --config \"env.{REFRESH}='1'\"{}{}",
        package.unwrap_or_default(),
        test.unwrap_or_default()
    )
}

/// Describes how the old content differs from the new, if it does.
fn difference(artifact: Artifact, old: Option<&[u8]>, new: &[u8]) -> Option<String> {
    let Some(old) = old else {
        return Some("is missing".into());
    };
    if !artifact.is_text() {
        let same = || {
            old.iter()
                .zip(new)
                .take_while(|(old, new)| old == new)
                .count()
        };
        let sizes = || format!("{} bytes, and the schema gives {}", old.len(), new.len());
        return (old != new).then(|| format!("differs from byte {:#x} on: {}", same(), sizes()));
    }
    let (old, new) = (text(old), text(new));
    if old == new {
        return None;
    }
    let diff = TextDiff::from_lines(&*old, &*new);
    let mut lines = diff.unified_diff();
    Some(format!(
        "differs:\n{}",
        lines.context_radius(3).header("the file", "the schema")
    ))
}

/// Returns the text with Unix line endings.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if text.contains('\r') {
        return text.replace("\r\n", "\n").into();
    }
    text
}
