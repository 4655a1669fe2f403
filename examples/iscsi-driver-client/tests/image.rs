//! The driver's image as it would be shipped: its contents, its imports from the kernel, and what
//! it must not contain.

#![cfg(windows)]

use std::collections::BTreeSet;
use std::fs;

use iscsi_driver_client::schema::SCHEMA;
use iscsi_driver_client::{RELEASE_IMAGES, binary_mof};
use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{Import, PeFile64};
use wmi_tools::bmf::{self, Packing};

/// Returns the functions that an image imports, each with the module that exports it.
fn imports(image: &[u8]) -> BTreeSet<(String, String)> {
    let file = PeFile64::parse(image).unwrap();
    let table = file.import_table().unwrap().expect("an import table");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut imports = BTreeSet::new();
    let mut modules = table.descriptors().unwrap();
    while let Some(module) = modules.next().unwrap() {
        let name = text(table.name(module.name.get(LE)).unwrap());
        let mut thunks = table.thunks(module.original_first_thunk.get(LE)).unwrap();
        while let Some(thunk) = thunks.next::<pe::ImageNtHeaders64>().unwrap() {
            let Import::Name(_, function) = table.import::<pe::ImageNtHeaders64>(thunk).unwrap()
            else {
                panic!("{name} by ordinal");
            };
            imports.insert((name.clone(), text(function)));
        }
    }
    imports
}

/// Returns whether code in the image can panic: whether it imports the one function that the panic
/// handler calls.
fn can_panic(image: &[u8]) -> bool {
    imports(image)
        .iter()
        .any(|(_, function)| function == "KeBugCheckEx")
}

/// The image for ARM64, which cannot run here.
const ARM64_IMAGE: &str = "iscsi-arm64.sys";

fn read(name: &str) -> Vec<u8> {
    fs::read(iscsi_driver_client::image(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// Returns each image that would be shipped, with its name.
fn shipped() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let names = RELEASE_IMAGES.into_iter().chain([ARM64_IMAGE]);
    names.map(|name| (name, read(name)))
}

#[test]
fn image_holds_the_binary_mof() {
    let expected = bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap();
    for (name, image) in shipped() {
        assert_eq!(binary_mof(&image), expected, "{name}");
    }
}

#[test]
fn image_imports_only_these_kernel_functions() {
    let expected = [
        "ExAllocatePoolWithTag",
        "ExFreePoolWithTag",
        "IoCreateDevice",
        "IoCreateSymbolicLink",
        "IoDeleteDevice",
        "IoDeleteSymbolicLink",
        "IoWMIDeviceObjectToProviderId",
        "IoWMIRegistrationControl",
        "IoWMIWriteEvent",
        "IofCompleteRequest",
        "memcpy",
        "memmove",
        "memset",
    ];
    let of_kernel = |function: &str| ("ntoskrnl.exe".to_owned(), function.to_owned());
    for (name, image) in shipped() {
        assert_eq!(imports(&image), expected.map(of_kernel).into(), "{name}");
    }
}

#[test]
fn image_cannot_panic() {
    for (name, image) in shipped() {
        assert!(!can_panic(&image), "{name}");
    }
    // The check finds a single panic in an image of the same profile.
    assert!(can_panic(&read("panics.sys")));
}

/// Returns the size in bytes of every stack frame in an x64 image, computed from its unwind data.
fn frames(image: &[u8]) -> Vec<usize> {
    let file = PeFile64::parse(image).unwrap();
    let sections = file.section_table();
    let directory = file.data_directories();
    let functions = directory.get(pe::IMAGE_DIRECTORY_ENTRY_EXCEPTION).unwrap();
    let functions = functions.data(image, &sections).unwrap();
    let frame = |function: &[u8]| {
        let info = u32::from_le_bytes(function[8..].try_into().unwrap());
        let info = sections.pe_data_at(image, info).unwrap();
        let mut codes = info[4..][..2 * usize::from(info[2])].chunks(2);
        let mut size = 0;
        while let Some(code) = codes.next() {
            let mut word = || {
                let word = codes.next().unwrap();
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
                unknown => panic!("{unknown:?}"),
            };
        }
        size
    };
    functions.chunks_exact(12).map(frame).collect()
}

/// A kernel stack has six pages, and much of it is used before a driver is called.
#[test]
fn stack_frames_stay_below_a_kilobyte() {
    for name in RELEASE_IMAGES {
        let frames = frames(&read(name));
        let largest = frames.iter().max();
        // The lower bound shows that frames are found: there are arrays on the stack.
        assert!(
            (256..1024).contains(largest.unwrap()),
            "{name}: {largest:?}"
        );
    }
}

/// Measures a counter class without its part of the binary MOF and without its counters' memory.
#[test]
fn counter_class_costs_less_than_a_kilobyte() {
    let size = |name| {
        let image = read(name);
        let file = PeFile64::parse(image.as_slice()).unwrap();
        let sections = file.section_table();
        let sizes = sections.iter().map(|section| section.virtual_size.get(LE));
        sizes.sum::<u32>()
    };
    let cost = size("iscsi-gnu.sys") - size("without-ports.sys");
    assert!((256..1024).contains(&cost), "{cost}");
}

/// Names and descriptions of counters are in the compressed binary MOF alone. Only a class that can
/// be set needs its schema in the code.
#[test]
fn image_holds_no_text_of_counters() {
    for (name, image) in shipped() {
        let holds = |text: &str| {
            let mut places = image.windows(text.len());
            places.any(|bytes| bytes == text.as_bytes())
        };
        assert!(holds("LoginTimeout"), "{name}");
        for text in ["TransportBytesSent", "security parameters", "PerfDetail"] {
            assert!(!holds(text), "{name}: {text}");
        }
    }
}

/// Computes `CheckSum` as Windows does: the sum of all 16-bit words with carries, plus the length.
fn checksum(image: &[u8], at: usize) -> u32 {
    let mut sum = 0;
    for (index, word) in image.chunks(2).enumerate() {
        // The checksum's own bytes do not count.
        if !(at..at + 4).contains(&(index * 2)) {
            let high = word.get(1).copied().unwrap_or(0);
            sum += u32::from(u16::from_le_bytes([word[0], high]));
            sum = (sum & 0xffff) + (sum >> 16);
        }
    }
    sum + u32::try_from(image.len()).unwrap()
}

#[test]
fn image_is_a_relocatable_driver() {
    for (name, image) in shipped() {
        let file = PeFile64::parse(image.as_slice()).unwrap();
        let optional = &file.nt_headers().optional_header;
        let subsystem = optional.subsystem.get(LE);
        assert_eq!(subsystem, pe::IMAGE_SUBSYSTEM_NATIVE, "{name}");
        assert_ne!(optional.address_of_entry_point.get(LE), 0, "{name}");
        let machine = match name {
            ARM64_IMAGE => pe::IMAGE_FILE_MACHINE_ARM64,
            _ => pe::IMAGE_FILE_MACHINE_AMD64,
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
        for section in file.section_table().iter() {
            let flags = section.characteristics.get(LE);
            assert!(
                !(flags.contains(pe::IMAGE_SCN_MEM_WRITE)
                    && flags.contains(pe::IMAGE_SCN_MEM_EXECUTE)),
                "{name}: {section:?}"
            );
        }
        // After the signature, the file header, and 64 bytes of the optional header.
        let at = file.dos_header().nt_headers_offset() as usize + 4 + 20 + 64;
        assert_eq!(
            optional.check_sum.get(LE),
            checksum(&image, at),
            "{name}: Windows requires a checksum of drivers"
        );
    }
}
