//! Source of programs that use a driver's classes: PowerShell modules, and Rust for the crate `wmi`.
//!
//! [`powershell`] takes a [`File`] of any origin. The module has functions for each class that list,
//! set, call methods, listen to events and cook counters, and one that queries every block and reports,
//! like the script of `wmimofck -t`. Text of the schema only reaches comments and quoted strings, where
//! it cannot end them.
//!
//! ```
//! use wmi_tools::Arena;
//! use wmi_tools::client_source;
//! use wmi_tools::mof::Reader;
//!
//! let text = r#"
//! [Dynamic, Provider("WMIProv"), WMI, guid("{2a7f2f0e-64a1-4f6d-9d36-b8b6a2f0c7d4}"),
//!  Description("A disk's spindle.")]
//! class Vendor_Spindle
//! {
//!     [key, read] string InstanceName;
//!     [read] boolean Active;
//!     [WmiDataId(1), read, write] uint32 Speed;
//! };
//! "#;
//! let arena = Arena::new();
//! let reading = Reader::new(&arena).read("disk.mof", text.as_bytes());
//! let client = client_source::powershell(&reading.file, "disk");
//! assert!(client.source.contains("function Get-Vendor_Spindle {"));
//! assert!(client.source.contains("function Set-Vendor_Spindle {"));
//! ```

mod model;
mod powershell;
mod rust;

use core::fmt;
#[cfg(feature = "doc")]
use std::collections::BTreeMap;

#[cfg(feature = "doc")]
use crate::classes::Name;
use model::Model;
use wmi_core::schema::File;

/// Source of a client.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientSource {
    /// The source.
    pub source: String,
    /// The number of classes that it offers. Bases and classes that are no driver's are none of these.
    pub classes: usize,
    /// The parts of the schema that the client does not offer.
    pub left_out: Vec<LeftOut>,
}

/// A part of a schema that a client does not offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The class, or the class of the member.
    pub class: String,
    /// The item, parameter or method, if the part is one.
    pub member: Option<String>,
    /// The reason.
    pub why: String,
}

/// Writes `Vendor_Lamp.Switch: its name ..`.
impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class)?;
        if let Some(member) = &self.member {
            write!(f, ".{member}")?;
        }
        write!(f, ": {}", self.why)
    }
}

/// Writes a PowerShell module for the classes of a file. `name` is the schema's name, such as the stem
/// of its file, which the module mentions.
///
/// The module needs PowerShell 5.1 or later on Windows. The source starts with a byte order mark if it
/// has characters beyond ASCII, because PowerShell 5.1 otherwise reads it in the system's code page.
#[must_use]
pub fn powershell(file: &File<'_>, name: &str) -> ClientSource {
    powershell::write(Model::of(&file.into()), name)
}

/// Writes Rust source for the classes of a file: a module for programs that depend on the crates `wmi`,
/// 0.18, and `serde`. `name` is the schema's name, which the module mentions.
///
/// Methods and items that the crate cannot send are left out.
#[must_use]
pub fn rust(file: &File<'_>, name: &str) -> ClientSource {
    rust::write(Model::of(&file.into()), name)
}

/// Returns the part of [`rust`]'s source for each class with methods that the crate can call, by
/// namespace and name.
#[cfg(feature = "doc")]
pub(crate) fn rust_with_methods<'a>(
    classes: &crate::Classes<'a>,
) -> BTreeMap<(String, Name<'a>), String> {
    rust::with_methods(&Model::of(classes))
}
