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
/// The maximum number of entries to read, more than any image has.
const MAX_ENTRIES: usize = 0x1_0000;
/// The bytes of an entry. Entries may share tables, so a small file could have endless entries; no
/// more are read than it has room for.
const ENTRY: usize = size_of::<ImageResourceDirectoryEntry>();

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

/// Returns the resources of type `MOFDATA` of a PE image, if any.
///
/// # Errors
///
/// [`ImageError`] if the bytes are not a PE image, its resources are damaged or more than 65536 or
/// than the file has room for, or their names together are longer than the file.
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
        entries: MAX_ENTRIES.min(image.len() / ENTRY),
        names: image.len(),
    };
    let mut resources = Vec::new();
    for (_, names) in walk.tables(walk.root()?, |walk, entry| walk.is_mof(entry))? {
        for (entry, languages) in walk.tables(names, |_, _| Ok(true))? {
            for language in languages.entries {
                walk.count()?;
                let found = language.data(directory).map_err(ImageError::damaged)?;
                let ResourceDirectoryEntryData::Data(data) = found else {
                    continue;
                };
                let size = usize::try_from(data.size.get(LE)).unwrap_or(usize::MAX);
                let data = sections.pe_data_at(image, data.offset_to_data.get(LE));
                let data = data.and_then(|data| data.get(..size));
                resources.push(MofResource {
                    name: walk.name(entry)?,
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

/// The resource directory, and the remaining limits.
struct Walk<'a> {
    directory: ResourceDirectory<'a>,
    /// The number of entries that may still be read.
    entries: usize,
    /// The remaining bytes for names. Entries can share a name, so the total is limited to the size
    /// of the file.
    names: usize,
}

impl<'a> Walk<'a> {
    fn root(&self) -> Result<ResourceDirectoryTable<'a>, ImageError> {
        self.directory.root().map_err(ImageError::damaged)
    }

    fn count(&mut self) -> Result<(), ImageError> {
        let left = self.entries.checked_sub(1);
        self.entries = left.ok_or(ImageError(Fault::TooMany))?;
        Ok(())
    }

    /// Returns the tables of the wanted entries of a table, each with its entry.
    fn tables(
        &mut self,
        table: ResourceDirectoryTable<'a>,
        is_wanted: impl Fn(&Self, &ImageResourceDirectoryEntry) -> Result<bool, ImageError>,
    ) -> Result<Vec<Named<'a>>, ImageError> {
        let mut tables = Vec::new();
        for entry in table.entries {
            self.count()?;
            let data = entry.data(self.directory).map_err(ImageError::damaged)?;
            if let (true, ResourceDirectoryEntryData::Table(table)) =
                (is_wanted(self, entry)?, data)
            {
                tables.push((entry, table));
            }
        }
        Ok(tables)
    }

    fn is_mof(&self, entry: &ImageResourceDirectoryEntry) -> Result<bool, ImageError> {
        let ResourceNameOrId::Name(name) = entry.name_or_id() else {
            return Ok(false);
        };
        let units = name.data(self.directory).map_err(ImageError::damaged)?;
        let folded = units.iter().map(|unit| match u8::try_from(unit.get(LE)) {
            Ok(byte) => byte.to_ascii_uppercase(),
            Err(_) => 0,
        });
        Ok(folded.eq(TYPE.bytes()))
    }

    fn name(&mut self, entry: &ImageResourceDirectoryEntry) -> Result<String, ImageError> {
        let name = match entry.name_or_id() {
            ResourceNameOrId::Id(id) => return Ok(format!("#{id}")),
            ResourceNameOrId::Name(name) => name,
        };
        let bytes = name.raw_data(self.directory).map_err(ImageError::damaged)?;
        let left = self.names.checked_sub(bytes.len());
        self.names = left.ok_or(ImageError(Fault::Names))?;
        name.to_string_lossy(self.directory)
            .map_err(ImageError::damaged)
    }
}

/// An entry of a table, and the table that it names.
type Named<'a> = (&'a ImageResourceDirectoryEntry, ResourceDirectoryTable<'a>);

/// Why the resources of bytes cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError(Fault);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    OtherKind,
    Damaged(String),
    Outside,
    TooMany,
    Names,
}

impl ImageError {
    fn damaged(why: object::Error) -> Self {
        Self(Fault::Damaged(why.to_string()))
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Fault::OtherKind => f.write_str("this is not a PE image"),
            Fault::Damaged(why) => write!(f, "this PE image is damaged: {why}"),
            Fault::Outside => {
                f.write_str("this PE image is damaged: a resource lies outside of its sections")
            }
            Fault::TooMany => f.write_str("this PE image has too many resources"),
            Fault::Names => f.write_str(
                "this PE image is damaged: the names of its resources are longer than the file",
            ),
        }
    }
}

impl core::error::Error for ImageError {}
