//! Binary MOF in the images of drivers: the resources of type `MOFDATA` of a PE file.
//!
//! ```no_run
//! use wmi_tools::Arena;
//! use wmi_tools::{bmf, image};
//!
//! let driver = std::fs::read("iscsi.sys")?;
//! let arena = Arena::new();
//! for resource in image::mof_resources(&driver)? {
//!     let file = bmf::decode(&arena, resource.data)?;
//!     println!("{}: {} classes", resource.name, file.classes().count());
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! Sources: "PE Format", the `.rsrc` section; "Compiling a Driver's MOF File", windows-driver-docs.

use core::fmt;

use object::FileKind;
use object::LittleEndian as LE;
use object::pe::{ImageNtHeaders32, ImageNtHeaders64, ImageResourceDirectoryEntry};
use object::read::pe::{
    ImageNtHeaders, PeFile, ResourceDirectory, ResourceDirectoryEntryData, ResourceDirectoryTable,
    ResourceNameOrId,
};

/// The type of the resources.
const TYPE: &str = "MOFDATA";
/// Entries that are looked at, more than any image has: entries may share tables, so that a small
/// file could have them without end.
const MAX_ENTRIES: usize = 0x1_0000;

/// A resource of type `MOFDATA`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MofResource<'a> {
    /// The name, in capitals as resource compilers store it, or `#` and a number.
    pub name: String,
    /// The `LANGID`.
    pub language: u16,
    /// The binary MOF.
    pub data: &'a [u8],
}

/// The resources of type `MOFDATA` of a PE image, which may have none.
///
/// # Errors
///
/// [`ImageError`] where the bytes are no PE image, or its resources are damaged.
pub fn mof_resources(image: &[u8]) -> Result<Vec<MofResource<'_>>, ImageError> {
    match FileKind::parse(image).map_err(ImageError::damaged)? {
        FileKind::Pe32 => resources_of::<ImageNtHeaders32>(image),
        FileKind::Pe64 => resources_of::<ImageNtHeaders64>(image),
        _ => Err(ImageError(Fault::OtherKind)),
    }
}

fn resources_of<H: ImageNtHeaders>(image: &[u8]) -> Result<Vec<MofResource<'_>>, ImageError> {
    let file = PeFile::<H>::parse(image).map_err(ImageError::damaged)?;
    let sections = file.section_table();
    let directory = file
        .data_directories()
        .resource_directory(image, &sections)
        .map_err(ImageError::damaged)?;
    let Some(directory) = directory else {
        return Ok(Vec::new());
    };
    let mut walk = Walk {
        directory,
        entries: 0,
    };
    let mut resources = Vec::new();
    for (_, names) in walk.tables(walk.root()?, |name| name.eq_ignore_ascii_case(TYPE))? {
        for (name, languages) in walk.tables(names, |_| true)? {
            for language in languages.entries {
                walk.count()?;
                let entry = language.data(directory).map_err(ImageError::damaged)?;
                let ResourceDirectoryEntryData::Data(data) = entry else {
                    continue;
                };
                let size = usize::try_from(data.size.get(LE)).unwrap_or(usize::MAX);
                let data = sections.pe_data_at(image, data.offset_to_data.get(LE));
                let data = data.and_then(|data| data.get(..size));
                resources.push(MofResource {
                    name: name.clone(),
                    language: match language.name_or_id() {
                        ResourceNameOrId::Id(id) => id,
                        ResourceNameOrId::Name(_) => 0,
                    },
                    data: data.ok_or(ImageError(Fault::Outside))?,
                });
            }
        }
    }
    Ok(resources)
}

/// The resource directory, and how much of it has been looked at.
struct Walk<'a> {
    directory: ResourceDirectory<'a>,
    entries: usize,
}

impl<'a> Walk<'a> {
    fn root(&self) -> Result<ResourceDirectoryTable<'a>, ImageError> {
        self.directory.root().map_err(ImageError::damaged)
    }

    fn count(&mut self) -> Result<(), ImageError> {
        self.entries = self.entries.saturating_add(1);
        if self.entries > MAX_ENTRIES {
            return Err(ImageError(Fault::TooMany));
        }
        Ok(())
    }

    /// The tables behind those entries of a table that have such a name.
    fn tables(
        &mut self,
        table: ResourceDirectoryTable<'a>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, ResourceDirectoryTable<'a>)>, ImageError> {
        let mut tables = Vec::new();
        for entry in table.entries {
            self.count()?;
            let name = self.name(entry)?;
            let data = entry.data(self.directory).map_err(ImageError::damaged)?;
            if let (true, ResourceDirectoryEntryData::Table(table)) = (is_wanted(&name), data) {
                tables.push((name, table));
            }
        }
        Ok(tables)
    }

    fn name(&self, entry: &ImageResourceDirectoryEntry) -> Result<String, ImageError> {
        match entry.name_or_id() {
            ResourceNameOrId::Id(id) => Ok(format!("#{id}")),
            ResourceNameOrId::Name(name) => name
                .to_string_lossy(self.directory)
                .map_err(ImageError::damaged),
        }
    }
}

/// Why bytes have no resources to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError(Fault);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    OtherKind,
    Damaged(String),
    Outside,
    TooMany,
}

impl ImageError {
    fn damaged(why: object::Error) -> Self {
        Self(Fault::Damaged(why.to_string()))
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Fault::OtherKind => f.write_str("this is no PE image, as drivers are"),
            Fault::Damaged(why) => write!(f, "this PE image is damaged: {why}"),
            Fault::Outside => {
                f.write_str("this PE image is damaged: a resource lies outside of its sections")
            }
            Fault::TooMany => f.write_str("this PE image has too many resources"),
        }
    }
}

impl core::error::Error for ImageError {}
