//! Writes existing schemas as Rust source: structs that the derives turn into the same schema.
//!
//! [`rust`] takes a [`File`] of any origin: MOF text, binary MOF, or the resource of a driver's
//! image. Its source, once compiled, gives the binary MOF of the file byte for byte, except for the
//! parts listed as [`Omission`]s. The source is formatted like `rustfmt`'s output. Formatter
//! libraries cannot do that for attributes with MOF in them: prettyplease breaks
//! `properties([key] string InstanceName)` after each word, and `rustfmt` leaves such an attribute
//! unchanged.
//!
//! ```
//! use wmi_tools::import::{self, Options};
//! use wmi_tools::mof::Reader;
//! use wmi_tools::Arena;
//!
//! let text = r#"
//! [Dynamic, Provider("WMIProv"), WMI, guid("{2a7f2f0e-64a1-4f6d-9d36-b8b6a2f0c7d4}"),
//!  Description("A disk.") : amended]
//! class Vendor_Disk
//! {
//!     [key, read] string InstanceName;
//!     [read] boolean Active;
//!     [WmiDataId(1), read, Description("Its size, in bytes.") : amended] uint64 Size;
//! };
//! "#;
//! let arena = Arena::new();
//! let reading = Reader::new(&arena).read("disk.mof", text.as_bytes());
//! let import = import::rust(&reading.file, &Options::new("disk.mof"));
//! assert!(import.omissions.is_empty());
//! assert!(import.source.contains("pub struct VendorDisk {"));
//! assert!(import.source.contains("    /// Its size, in bytes.\n    #[wmi(data_id = 1, read)]\n"));
//! ```

mod class;
mod constant;
mod declaration;
mod enumeration;
mod item;
mod meta;
mod method;
mod module;
pub(crate) mod name;
mod provider;
mod qualifier;
mod role;
mod sample;
pub(crate) mod text;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use core::fmt;

use module::Space;
use name::Types;
use wmi_core::schema::{Class, File, Flavor};

use crate::{Arena, amendment};

/// Returns the schema with the texts of its [amendments](crate::amendment) moved to their classes,
/// so that [`rust`] writes them as doc comments.
///
/// The binary MOF of that source therefore differs from the driver's. `language` is that of
/// [`merge`](crate::amendment::merge).
#[must_use]
pub fn amended<'a>(arena: &'a Arena, file: &File<'a>, language: Option<u32>) -> File<'a> {
    amendment::merge_as(arena, file, language, |flavor| {
        // Microsoft's split texts also have `ToSubclass`, so that derived classes inherit them.
        match flavor == Flavor::AMENDED.union(Flavor::TO_SUBCLASS) {
            true => Flavor::AMENDED,
            false => flavor,
        }
    })
}

/// How the source is written.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The name of the file that the schema came from, for the module's documentation.
    pub origin: String,
    /// Also write a provider of the classes.
    pub provider: Option<ProviderOptions>,
}

/// How the provider is written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProviderOptions {
    /// The driver model.
    pub model: DriverModel,
    /// The name of the module that holds the source of the classes, beside the provider's module.
    pub module: String,
}

impl ProviderOptions {
    /// Creates the options for a provider beside the module `schema`.
    #[must_use]
    pub fn new(model: DriverModel) -> Self {
        Self {
            model,
            module: "schema".to_string(),
        }
    }
}

/// The driver model of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DriverModel {
    /// WDM: function, filter and bus drivers.
    Wdm,
    /// KMDF: the framework registers the blocks.
    Kmdf,
    /// Storport: the port driver registers the miniport.
    Storport,
}

impl Options {
    /// Creates the default options for a schema from a file of this name.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_string(),
            provider: None,
        }
    }
}

/// Rust source of a schema.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Import {
    /// The source of a module, formatted as by `rustfmt` for edition 2024.
    pub source: String,
    /// The source of a provider, if [`Options::provider`] asks for one and a class has a block: the
    /// module with its blocks, handlers and a test. It refers to the classes as `super::schema`, or by
    /// the name in [`ProviderOptions::module`].
    ///
    /// Each place that the driver's author has to fill in is marked `TODO`. Until then the handlers take
    /// values and outputs from fields of the device, which are `None` except in the test; without a
    /// value they complete the request with `STATUS_NOT_IMPLEMENTED`. The test expects the values that it
    /// has put in, set or sent.
    ///
    /// Values that clients may set are stored: numbers and booleans, and arrays of them, in atomics that
    /// the driver reads as well; the values of a class with other items in a
    /// [`Stored`](wmi_core::provider::Stored) or a
    /// [`StoredVariable`](wmi_core::provider::StoredVariable).
    ///
    /// Not generated: methods without outputs, whose effect the schema does not tell; sets of a single
    /// item of a class of variable size, all sets of one whose values may exceed 4 kB, and all sets of a
    /// class with counters, which are refused with `STATUS_WMI_READ_ONLY`.
    pub provider: Option<String>,
    /// The parts of the file missing from the source; a comment in the source lists them too.
    pub omissions: Vec<Omission>,
}

/// A part of a file that Rust source does not express.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Omission {
    /// The class, or the class of the member.
    pub class: String,
    /// The item or method, if the part is one.
    pub member: Option<String>,
    /// The kind of part.
    pub kind: OmissionKind,
    /// The reason.
    pub why: String,
}

/// The kind of an omitted part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OmissionKind {
    /// An instance: it belongs in the repository, not in a driver.
    Instance,
    /// A class.
    Class,
    /// A method of a class.
    Method,
    /// A pragma in force at the class.
    Pragma,
    /// The types of the items: the schema declares the items, but the struct has no fields for
    /// them.
    DataBlock,
}

impl Omission {
    fn of(class: &Class<'_>, member: Option<&str>, kind: OmissionKind, why: String) -> Self {
        Self {
            class: class.name.to_string(),
            member: member.map(ToString::to_string),
            kind,
            why,
        }
    }
}

/// Writes `method Vendor_Lamp.Switch: it has no ..`.
impl fmt::Display for Omission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            OmissionKind::Instance => "instance of ",
            OmissionKind::Class => "class ",
            OmissionKind::Method => "method ",
            OmissionKind::Pragma => "pragma of ",
            OmissionKind::DataBlock => "types of the items of ",
        })?;
        f.write_str(&self.class)?;
        if let Some(member) = &self.member {
            write!(f, ".{member}")?;
        }
        write!(f, ": {}", self.why)
    }
}

/// Writes the classes of a file as Rust source.
#[must_use]
pub fn rust(file: &File<'_>, options: &Options) -> Import {
    module::write(file, options)
}

/// The state during writing.
struct Importer<'a> {
    /// The namespace of the current class.
    space: Space<'a>,
    /// The struct names that fit several methods.
    shared_methods: BTreeSet<String>,
    /// The names of the written enums, by their source without the name.
    enums: BTreeMap<String, String>,
    /// Their sources, in the order of addition.
    new_enums: Vec<String>,
    types: Types,
    /// The imports of the source.
    uses: BTreeSet<&'static str>,
    out: String,
    omissions: Vec<Omission>,
}

impl Importer<'_> {
    /// Does work that may fail, and undoes it on failure.
    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        let (out, enums, omissions) = (self.out.len(), self.new_enums.len(), self.omissions.len());
        let (types, uses) = (self.types.count(), self.uses.clone());
        work(self).inspect_err(|_| {
            self.out.truncate(out);
            for source in self.new_enums.split_off(enums) {
                self.enums.remove(&source);
            }
            self.omissions.truncate(omissions);
            self.types.release_after(types);
            self.uses = uses;
        })
    }
}
