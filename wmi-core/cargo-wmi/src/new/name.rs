//! [`Name`]: the name of a new driver, which Cargo, Windows and WMI accept.

use std::path::Path;

use crate::failure::{Failure, Result};

/// The name of a package, an image, a service, and the prefix of its classes.
pub(super) struct Name<'a>(&'a str);

/// The longest name of a service on KMDF. Source: "Specifying WDF Directives in INF Files",
/// windows-driver-docs.
const LONGEST: usize = 31;

impl<'a> Name<'a> {
    /// Returns the name of a driver in this folder.
    pub(super) fn of(folder: &'a Path) -> Result<Self> {
        let refused = |why: &str| {
            let folder = folder.display();
            Failure::Usage(format!("{folder}: {why}"))
        };
        let name = folder.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| {
            refused("the last part is not a name; choose one such as `thermometer`")
        })?;
        match fault(name) {
            Some(why) => Err(refused(why)),
            None => Ok(Self(name)),
        }
    }

    pub(super) const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Returns the prefix of the names of its classes: `MyDriver` for `my-driver`.
    pub(super) fn class_prefix(&self) -> String {
        let words = self.0.split(['-', '_']).filter(|word| !word.is_empty());
        words
            .map(|word| {
                let (first, rest) = word.split_at(1);
                first.to_ascii_uppercase() + rest
            })
            .collect()
    }
}

/// Returns why this cannot be the name of a driver, and the remedy.
fn fault(name: &str) -> Option<&'static str> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some("a class of WMI and a crate start with a letter; put one before the name");
    }
    if !name.chars().all(is_letter) {
        return Some("a crate has ASCII letters, digits, `-` and `_`; leave out the others");
    }
    if name.len() > LONGEST {
        return Some("the name of a service has 31 characters at most; shorten it");
    }
    let lower = name.to_ascii_lowercase();
    if KEYWORDS.contains(&&*lower) {
        return Some("this is a keyword of Rust; add a word, as in `my-driver`");
    }
    if CRATES.contains(&&*lower.replace('_', "-")) {
        return Some("a crate of this name is in use; add a word, as in `my-driver`");
    }
    if FOLDERS.contains(&&*lower) {
        return Some("Cargo has a folder of this name beside the program; add a word");
    }
    if is_device(&lower) {
        return Some("Windows keeps this name for a device; add a word, as in `my-driver`");
    }
    None
}

/// Returns whether Windows keeps the name for a device. Source: "Naming Files, Paths, and Namespaces", Win32
/// documentation.
fn is_device(name: &str) -> bool {
    let numbered = |prefix: &str| {
        let number = name.strip_prefix(prefix);
        number.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
    };
    ["con", "prn", "aux", "nul"].contains(&name) || numbered("com") || numbered("lpt")
}

/// The keywords of Rust, which `cargo new` refuses.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Crates that the project uses, and names that `cargo new` refuses.
const CRATES: &[&str] = &[
    "alloc",
    "core",
    "proc-macro",
    "std",
    "test",
    "windows-sys",
    "wmi-core",
    "wmi-derive",
    "wmi-driver",
    "wmi-tools",
    "wmi-vocabulary",
];

/// Folders of Cargo, which `cargo new` refuses as the names of programs.
const FOLDERS: &[&str] = &["build", "deps", "examples", "incremental"];
