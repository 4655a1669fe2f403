//! The binary MOF as a resource of a Windows image, in two forms for the different linkers.
//!
//! Microsoft's linker and LLD read any number of `.res` files. GNU ld reads only objects, and
//! merges their resources. Sources: "Resource File Formats" (Win32 documentation) and "PE Format",
//! the `.rsrc` section and COFF objects.

use std::env;

use super::BuildError;

/// The type of the resource.
const TYPE: &str = "MOFDATA";

/// A resource of type `MOFDATA`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resource<'a> {
    /// The name; case is ignored.
    pub(super) name: &'a str,
    /// The `LANGID`.
    pub(super) language: u16,
    /// The binary MOF.
    pub(super) data: &'a [u8],
}

/// The form of a resource for a linker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceForm {
    /// A `.res` file, for Microsoft's linker and LLD: any number of them, for any machine.
    Compiled,
    /// A COFF object, for GNU ld, which merges the resources of several objects.
    Object(Machine),
}

/// An architecture of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Machine {
    /// `x86_64`.
    X64,
    /// `aarch64`.
    Arm64,
    /// `x86`.
    X86,
}

impl ResourceForm {
    /// Returns the target architecture of the running build script.
    pub(super) fn of_target() -> Result<Self, BuildError> {
        if env::var_os("CARGO_CFG_TARGET_ENV").is_some_and(|env| env == "msvc") {
            return Ok(Self::Compiled);
        }
        let arch = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
        let machine = match &*arch {
            "x86_64" => Machine::X64,
            "aarch64" => Machine::Arm64,
            "x86" => Machine::X86,
            _ => return Err(BuildError::Machine(arch)),
        };
        Ok(Self::Object(machine))
    }

    /// Returns the extension of the file.
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Compiled => "res",
            Self::Object(_) => "res.o",
        }
    }
}

impl Machine {
    /// Returns `IMAGE_FILE_MACHINE_..`.
    const fn number(self) -> u16 {
        match self {
            Self::X64 => 0x8664,
            Self::Arm64 => 0xaa64,
            Self::X86 => 0x014c,
        }
    }

    /// Returns `IMAGE_REL_.._ADDR32NB`: the relocation to an address relative to the image.
    const fn image_relative(self) -> u16 {
        match self {
            Self::X64 => 3,
            Self::Arm64 => 2,
            Self::X86 => 7,
        }
    }
}

impl Resource<'_> {
    pub(super) fn bytes(&self, form: ResourceForm) -> Vec<u8> {
        match form {
            ResourceForm::Compiled => self.compiled(),
            ResourceForm::Object(machine) => self.object(machine),
        }
    }

    /// Returns the `.res` file.
    fn compiled(&self) -> Vec<u8> {
        let mut file = Bytes::default();
        // An empty entry marks the 32-bit format.
        file.entry(&[0xffff, 0], &[0xffff, 0], 0, 0, &[]);
        // Movable and pure, as resource compilers mark unknown types.
        file.entry(
            &terminated(TYPE),
            &terminated(self.name),
            0x30,
            self.language,
            self.data,
        );
        file.0
    }

    /// Returns the object file, with one section and a symbol for it.
    fn object(&self, machine: Machine) -> Vec<u8> {
        const HEADERS: usize = 20 + 40;
        let (section, relocation) = self.section();
        let mut file = Bytes::default();
        let relocations = HEADERS.saturating_add(section.len());
        let symbols = relocations.saturating_add(10);
        // The header: one section, no time stamp, one symbol, no flags.
        file.short(machine.number())
            .short(1)
            .long(0)
            .size(symbols)
            .long(1)
            .short(0)
            .short(0);
        // The section: no address, one relocation, no line numbers; initialised data for reading,
        // aligned to four bytes.
        file.bytes(b".rsrc\0\0\0")
            .long(0)
            .long(0)
            .size(section.len())
            .size(HEADERS);
        file.size(relocations)
            .long(0)
            .short(1)
            .short(0)
            .long(0x4030_0040);
        file.bytes(&section);
        // The offset, the symbol, the kind.
        file.size(relocation)
            .long(0)
            .short(machine.image_relative());
        // The symbol of the first section, static and at its start.
        file.bytes(b".rsrc\0\0\0")
            .long(0)
            .short(1)
            .short(0)
            .bytes(&[3, 0]);
        // The table of long names: only its size.
        file.long(4);
        file.0
    }

    /// Returns the `.rsrc` section, and the offset in it of the data's address. Until the section
    /// is linked, the address is relative to the section.
    fn section(&self) -> (Vec<u8>, usize) {
        /// A directory with one entry.
        const DIRECTORY: usize = 16 + 8;
        /// Three directories come first: types, names, languages.
        const DATA_ENTRY: usize = 3 * DIRECTORY;
        const STRINGS: usize = DATA_ENTRY + 16;
        /// Marks an offset to a name, or to another directory.
        const INNER: usize = 0x8000_0000;
        let (kind, name) = (counted(TYPE), counted(self.name));
        let name_at = STRINGS.saturating_add(2usize.saturating_mul(kind.len()));
        let strings_end = name_at.saturating_add(2usize.saturating_mul(name.len()));
        let data = strings_end.next_multiple_of(8);

        let mut section = Bytes::default();
        section
            .directory(1, 0)
            .size(INNER | STRINGS)
            .size(INNER | DIRECTORY);
        section
            .directory(1, 0)
            .size(INNER | name_at)
            .size(INNER | (2 * DIRECTORY));
        section
            .directory(0, 1)
            .long(self.language.into())
            .size(DATA_ENTRY);
        section.size(data).size(self.data.len()).long(0).long(0);
        section
            .shorts(&kind)
            .shorts(&name)
            .pad(8)
            .bytes(self.data)
            .pad(4);
        (section.0, DATA_ENTRY)
    }
}

/// Returns text with a NUL after it. Resource names are upper-case, because look-ups are.
fn terminated(text: &str) -> Vec<u16> {
    text.to_ascii_uppercase()
        .encode_utf16()
        .chain([0])
        .collect()
}

/// Returns text with its number of units before it.
fn counted(text: &str) -> Vec<u16> {
    let text = text.to_ascii_uppercase();
    let length = text.encode_utf16().count();
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    core::iter::once(length)
        .chain(text.encode_utf16())
        .collect()
}

/// Little-endian output.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend(bytes);
        self
    }

    fn short(&mut self, number: u16) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    fn shorts(&mut self, numbers: &[u16]) -> &mut Self {
        numbers
            .iter()
            .fold(self, |bytes, number| bytes.short(*number))
    }

    fn long(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    /// Writes a size or an offset. A binary MOF of more than 4 GiB was refused earlier.
    fn size(&mut self, size: usize) -> &mut Self {
        self.long(u32::try_from(size).unwrap_or(u32::MAX))
    }

    fn pad(&mut self, to: usize) -> &mut Self {
        let length = self.0.len().next_multiple_of(to);
        self.0.resize(length, 0);
        self
    }

    /// Writes an entry of a `.res` file: a header with sizes, aligned type and name, then the data.
    fn entry(&mut self, kind: &[u16], name: &[u16], flags: u16, language: u16, data: &[u8]) {
        let mut names = Self::default();
        names.shorts(kind).shorts(name).pad(4);
        self.size(data.len())
            .size(names.0.len().saturating_add(24))
            .bytes(&names.0);
        self.long(0).short(flags).short(language).long(0).long(0);
        self.bytes(data).pad(4);
    }

    /// Writes a directory of the `.rsrc` section with this many named and numbered entries.
    fn directory(&mut self, named: u16, numbered: u16) -> &mut Self {
        self.long(0).long(0).long(0).short(named).short(numbered)
    }
}
