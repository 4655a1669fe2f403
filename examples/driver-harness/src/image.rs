//! [`Image`]: the file of a driver, and its required and forbidden contents.

use std::collections::BTreeSet;
use std::fs;

use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{Import, PeFile64};
use wmi_tools::image::mof_resources;

use crate::image_path;

/// The bytes of a page, and the limit of one stack frame: a kernel stack has six pages, and much of
/// it is in use before a driver is called.
const PAGE: usize = 4096;

/// The processor that an image is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// x64.
    X64,
    /// ARM64.
    Arm64,
}

/// The image of a driver. Every method panics if the file is not such an image.
#[derive(Debug)]
pub struct Image {
    /// The name of the file, for messages.
    pub name: String,
    /// The content of the file.
    pub bytes: Vec<u8>,
}

impl Image {
    /// Reads an image of the folder with the drivers' images.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    #[must_use]
    pub fn read(name: &str) -> Self {
        let bytes = fs::read(image_path(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
        let name = name.to_owned();
        Self { name, bytes }
    }

    fn file(&self) -> PeFile64<'_> {
        PeFile64::parse(self.bytes.as_slice())
            .unwrap_or_else(|why| panic!("{} is not an image: {why}", self.name))
    }

    /// Returns the functions that the image imports, each as `module!function`.
    ///
    /// # Panics
    ///
    /// Panics if it imports by ordinal.
    #[must_use]
    pub fn imports(&self) -> BTreeSet<String> {
        let file = self.file();
        let table = file
            .import_table()
            .expect("the import table can be read")
            .expect("there is an import table");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("names are ASCII");
        let mut imports = BTreeSet::new();
        let mut modules = table.descriptors().expect("the modules can be read");
        while let Some(module) = modules.next().expect("the module can be read") {
            let name = text(table.name(module.name.get(LE)).expect("it has a name"));
            let thunks = table.thunks(module.original_first_thunk.get(LE));
            let mut thunks = thunks.expect("it has functions");
            while let Some(thunk) = thunks
                .next::<pe::ImageNtHeaders64>()
                .expect("the function can be read")
            {
                let import = table.import::<pe::ImageNtHeaders64>(thunk);
                let Ok(Import::Name(_, function)) = import else {
                    panic!("{}: {name} is imported by ordinal", self.name);
                };
                imports.insert(format!("{name}!{}", text(function)));
            }
        }
        imports
    }

    /// Returns whether the image imports from a module.
    #[must_use]
    pub fn imports_from(&self, module: &str) -> bool {
        let imports = self.imports();
        let mut modules = imports.iter().filter_map(|import| import.split_once('!'));
        modules.any(|(name, _)| name == module)
    }

    /// Returns the bytes of the image with another module, whose name is not longer, in place of one
    /// that it imports from.
    ///
    /// # Panics
    ///
    /// Panics if the image does not name the module, or if the other name is longer.
    #[must_use]
    pub fn importing_from(&self, module: &str, instead: &str) -> Vec<u8> {
        let padding = module.len().checked_sub(instead.len());
        let padding = padding.expect("the name has room in place of the other");
        let instead = [instead.as_bytes(), &vec![0; padding]].concat();
        let mut bytes = self.bytes.clone();
        let name = format!("{module}\0");
        let places = (0..bytes.len()).filter(|place| bytes[*place..].starts_with(name.as_bytes()));
        let places: Vec<_> = places.collect();
        assert_ne!(places, [], "{} does not name {module}", self.name);
        for place in places {
            bytes[place..][..instead.len()].copy_from_slice(&instead);
        }
        bytes
    }

    /// Asserts that the image imports these functions, each as `module!function`, and no others.
    ///
    /// # Panics
    ///
    /// Panics if it does not.
    pub fn assert_imports(&self, expected: &[&str]) {
        let imports = self.imports();
        let imports: Vec<_> = imports.iter().map(String::as_str).collect();
        assert_eq!(imports, expected, "{}", self.name);
    }

    /// Returns whether code in the image can panic: whether it imports the one function that the
    /// panic handlers of the example drivers call.
    #[must_use]
    pub fn can_panic(&self) -> bool {
        self.imports().contains("ntoskrnl.exe!KeBugCheckEx")
    }

    /// Returns the binary MOF of the only `MOFDATA` resource.
    ///
    /// # Panics
    ///
    /// Panics unless there is exactly one, of this name.
    #[must_use]
    pub fn binary_mof(&self, resource: &str) -> Vec<u8> {
        let resources = mof_resources(&self.bytes).expect("the image has resources");
        let [only] = resources.as_slice() else {
            panic!("{}: not one resource: {resources:?}", self.name);
        };
        assert!(only.name.eq_ignore_ascii_case(resource), "{}", self.name);
        only.data.to_vec()
    }

    /// Returns how many bytes the sections take in memory.
    #[must_use]
    pub fn size_in_memory(&self) -> u32 {
        let file = self.file();
        let sections = file.section_table();
        let sizes = sections.iter().map(|section| section.virtual_size.get(LE));
        sizes.sum()
    }

    /// Returns whether the bytes of this text are anywhere in the image.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let mut places = self.bytes.windows(text.len());
        places.any(|bytes| bytes == text.as_bytes())
    }

    /// Returns the size in bytes of every stack frame in an x64 image, computed from its unwind
    /// data.
    #[must_use]
    pub fn frames(&self) -> Vec<usize> {
        let file = self.file();
        let sections = file.section_table();
        let functions = file
            .data_directories()
            .get(pe::IMAGE_DIRECTORY_ENTRY_EXCEPTION)
            .expect("there is unwind data");
        let functions = functions
            .data(self.bytes.as_slice(), &sections)
            .expect("the unwind data can be read");
        let frame = |function: &[u8]| {
            let info = number(function, 8);
            let info = sections.pe_data_at(self.bytes.as_slice(), info);
            let info = info.expect("a function has unwind data");
            let mut codes = info[4..][..2 * usize::from(info[2])].chunks(2);
            let mut size = 0;
            while let Some(code) = codes.next() {
                let mut word = || {
                    let word = codes.next().expect("a code is complete");
                    usize::from(u16::from_le_bytes([word[0], word[1]]))
                };
                // `UNWIND_CODE` in "x64 exception handling" of Microsoft's documentation.
                size += match (code[1] & 15, usize::from(code[1] >> 4)) {
                    (0, _) => 8,
                    (1, 0) => word() * 8,
                    (1, _) => word() | word() << 16,
                    (2, info) => info * 8 + 8,
                    (3, _) => 0,
                    (4 | 8, _) => {
                        word();
                        0
                    }
                    unknown => panic!("{}: {unknown:?}", self.name),
                };
            }
            size
        };
        functions.chunks_exact(12).map(frame).collect()
    }

    /// Asserts that no stack frame of an x64 image is larger than `limit` bytes, which is less than
    /// a page.
    ///
    /// # Panics
    ///
    /// Panics if one is, or if no frame is found.
    pub fn assert_frames_below(&self, limit: usize) {
        assert!(limit < PAGE);
        let largest = self.frames().into_iter().max().expect("there are frames");
        // The driver has arrays on the stack; a smaller maximum means that frames were missed.
        assert!((128..limit).contains(&largest), "{}: {largest}", self.name);
    }

    /// Asserts that Windows would take the image as a driver: its processor, its subsystem, its
    /// entry, relocations, a checksum, and no memory that is both writable and executable.
    ///
    /// # Panics
    ///
    /// Panics if it would not.
    pub fn assert_is_driver(&self, machine: Machine) {
        let name = &self.name;
        let file = self.file();
        let optional = &file.nt_headers().optional_header;
        let subsystem = optional.subsystem.get(LE);
        assert_eq!(subsystem, pe::IMAGE_SUBSYSTEM_NATIVE, "{name}");
        assert_ne!(optional.address_of_entry_point.get(LE), 0, "{name}");
        let machine = match machine {
            Machine::X64 => pe::IMAGE_FILE_MACHINE_AMD64,
            Machine::Arm64 => pe::IMAGE_FILE_MACHINE_ARM64,
        };
        let header = &file.nt_headers().file_header;
        assert_eq!(header.machine.get(LE), machine, "{name}");
        let flags = header.characteristics.get(LE);
        assert!(
            !flags.contains(pe::IMAGE_FILE_DLL),
            "{name}: its entry point is not a `DllMain`"
        );
        assert!(!flags.contains(pe::IMAGE_FILE_RELOCS_STRIPPED), "{name}");
        let has = |directory| file.data_directories().get(directory).is_some();
        assert!(has(pe::IMAGE_DIRECTORY_ENTRY_BASERELOC), "{name}");
        assert!(!has(pe::IMAGE_DIRECTORY_ENTRY_EXPORT), "{name}");
        let memory = optional.dll_characteristics.get(LE);
        assert!(
            memory.contains(pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT),
            "{name}"
        );
        assert!(
            memory.contains(pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE),
            "{name}"
        );
        // Memory integrity (HVCI) maps whole pages, with one right each.
        assert!(optional.section_alignment.get(LE) >= 0x1000, "{name}");
        for section in file.section_table().iter() {
            let flags = section.characteristics.get(LE);
            assert!(
                !(flags.contains(pe::IMAGE_SCN_MEM_WRITE)
                    && flags.contains(pe::IMAGE_SCN_MEM_EXECUTE)),
                "{name}: {section:?}"
            );
        }
        // After the signature, the file header, and 64 bytes of the optional header.
        let place = file.dos_header().nt_headers_offset();
        let place = usize::try_from(place).expect("the image is small") + 4 + 20 + 64;
        assert_eq!(
            optional.check_sum.get(LE),
            checksum(&self.bytes, place),
            "{name}: Windows requires a checksum of drivers"
        );
    }
}

/// The 32-bit number at a place of some bytes.
fn number(bytes: &[u8], place: usize) -> u32 {
    let bytes = bytes[place..].first_chunk().expect("there are four bytes");
    u32::from_le_bytes(*bytes)
}

/// Computes `CheckSum` as Windows does: the sum of all 16-bit words with carries, plus the length.
fn checksum(image: &[u8], place: usize) -> u32 {
    let mut sum = 0;
    for (index, word) in image.chunks(2).enumerate() {
        // The checksum's own bytes do not count.
        if !(place..place + 4).contains(&(index * 2)) {
            let high = word.get(1).copied().unwrap_or(0);
            sum += u32::from(u16::from_le_bytes([word[0], high]));
            sum = (sum & 0xffff) + (sum >> 16);
        }
    }
    sum + u32::try_from(image.len()).expect("images are below 4 GiB")
}
