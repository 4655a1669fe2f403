//! The binary MOF as a resource of a Windows image, in the two forms that linkers take.
//!
//! Microsoft's linker and LLD read `.res` files, and any number of them; GNU's reads objects only,
//! and merges their resources. Sources: "Resource File Formats" (Win32 documentation) and "PE
//! Format", the `.rsrc` section and COFF objects.

use std::env;

use super::BuildError;

/// The type of the resource.
const TYPE: &str = "MOFDATA";

/// A resource of type `MOFDATA`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resource<'a> {
    /// The name, in any case.
    pub(super) name: &'a str,
    /// The `LANGID`.
    pub(super) language: u16,
    /// The binary MOF.
    pub(super) data: &'a [u8],
}

/// How a linker takes a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceForm {
    /// A `.res` file: Microsoft's linker and LLD, in any number and for any machine.
    Compiled,
    /// A COFF object: GNU's linker, which merges the resources of several.
    Object(Machine),
}

/// An architecture that objects are for.
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
    /// That of the target which a build script is run for.
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

    /// The extension of the file.
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Compiled => "res",
            Self::Object(_) => "res.o",
        }
    }
}

impl Machine {
    /// `IMAGE_FILE_MACHINE_..`.
    const fn number(self) -> u16 {
        match self {
            Self::X64 => 0x8664,
            Self::Arm64 => 0xaa64,
            Self::X86 => 0x014c,
        }
    }

    /// `IMAGE_REL_.._ADDR32NB`: the relocation to an address relative to the image.
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

    /// The `.res` file.
    fn compiled(&self) -> Vec<u8> {
        let mut file = Bytes::default();
        // An entry of nothing marks the 32-bit format.
        file.entry(&[0xffff, 0], &[0xffff, 0], 0, 0, &[]);
        // Movable and pure, as resource compilers have it of types that they do not know.
        file.entry(
            &terminated(TYPE),
            &terminated(self.name),
            0x30,
            self.language,
            self.data,
        );
        file.0
    }

    /// The object file, with one section and one symbol for it.
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
        // The place, the symbol, the kind.
        file.size(relocation)
            .long(0)
            .short(machine.image_relative());
        // The symbol of the first section, static and at its start.
        file.bytes(b".rsrc\0\0\0")
            .long(0)
            .short(1)
            .short(0)
            .bytes(&[3, 0]);
        // The table of long names, empty but for its size.
        file.long(4);
        file.0
    }

    /// The `.rsrc` section, and where in it stands the address of the data, which is relative to
    /// the section until it is linked.
    fn section(&self) -> (Vec<u8>, usize) {
        /// A directory with one entry.
        const DIRECTORY: usize = 16 + 8;
        /// The three directories stand first: of types, of names, of languages.
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

/// Text with a NUL behind it. Names of resources are in capitals: that is how they are looked up.
fn terminated(text: &str) -> Vec<u16> {
    text.to_ascii_uppercase()
        .encode_utf16()
        .chain([0])
        .collect()
}

/// Text with the number of its units in front.
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

    /// A size or place. A binary MOF of more than 4 GiB is refused before there is a resource.
    fn size(&mut self, size: usize) -> &mut Self {
        self.long(u32::try_from(size).unwrap_or(u32::MAX))
    }

    fn pad(&mut self, to: usize) -> &mut Self {
        let length = self.0.len().next_multiple_of(to);
        self.0.resize(length, 0);
        self
    }

    /// An entry of a `.res` file, whose header has a size and its type and name aligned.
    fn entry(&mut self, kind: &[u16], name: &[u16], flags: u16, language: u16, data: &[u8]) {
        let mut names = Self::default();
        names.shorts(kind).shorts(name).pad(4);
        self.size(data.len())
            .size(names.0.len().saturating_add(24))
            .bytes(&names.0);
        self.long(0).short(flags).short(language).long(0).long(0);
        self.bytes(data).pad(4);
    }

    /// A directory of the `.rsrc` section with this many entries that have names or numbers.
    fn directory(&mut self, named: u16, numbered: u16) -> &mut Self {
        self.long(0).long(0).long(0).short(named).short(numbered)
    }
}
