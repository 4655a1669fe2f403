//! The driver's image as it would be shipped: what it needs of the kernel, and what it lacks.

#![cfg(windows)]

use std::collections::BTreeSet;
use std::fs;

use iscsi_driver_client::{arm64_image, checked_image, release_images};
use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{Import, PeFile64};

/// The functions that an image imports, each with the module that has it.
fn imports(image: &[u8]) -> BTreeSet<(String, String)> {
    let file = PeFile64::parse(image).unwrap();
    let table = file.import_table().unwrap().expect("it imports");
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

/// Whether something in the image can panic, by the only function that its panic handler calls.
fn can_panic(image: &[u8]) -> bool {
    imports(image)
        .iter()
        .any(|(_, function)| function == "KeBugCheckEx")
}

/// Each image that would be shipped, with its name.
fn shipped() -> impl Iterator<Item = (String, Vec<u8>)> {
    let images = release_images().into_iter().chain([arm64_image()]);
    images.map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
}

#[test]
fn it_imports_these_functions_of_the_kernel_and_nothing_else() {
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
        let mut imports = imports(&image);
        // By which code for Microsoft's linker asks for more than a page of stack.
        imports.remove(&of_kernel("__chkstk"));
        assert_eq!(imports, expected.map(of_kernel).into(), "{name}");
    }
}

#[test]
fn it_cannot_panic() {
    for (name, image) in shipped() {
        assert!(!can_panic(&image), "{name}");
        // Nor is there a text of a panic, or the place of one.
        for text in [
            "panicked",
            "/src/",
            "overflow",
            "out of range",
            "unwrap",
            "core::",
        ] {
            let mut places = image.windows(text.len());
            let found = places.position(|bytes| bytes == text.as_bytes());
            assert_eq!(found, None, "{name}: {text}");
        }
    }
}

/// The test above would pass if it looked for the wrong thing.
#[test]
fn a_panic_would_be_found() {
    let image = fs::read(checked_image()).unwrap();
    assert!(can_panic(&image), "it checks for overflows");
}

/// Their names and descriptions are in the binary MOF, which is compressed. Only a class that can be
/// set needs more of its schema.
#[test]
fn it_holds_no_text_of_its_counters() {
    for (name, image) in shipped() {
        for text in ["TransportBytesSent", "security parameters", "PerfDetail"] {
            let mut places = image.windows(text.len());
            let found = places.position(|bytes| bytes == text.as_bytes());
            assert_eq!(found, None, "{name}: {text}");
        }
    }
}

#[test]
fn it_is_a_driver_that_can_be_moved() {
    for (name, image) in shipped() {
        let file = PeFile64::parse(image.as_slice()).unwrap();
        let optional = &file.nt_headers().optional_header;
        let subsystem = optional.subsystem.get(LE);
        assert_eq!(subsystem, pe::IMAGE_SUBSYSTEM_NATIVE, "{name}");
        let flags = file.nt_headers().file_header.characteristics.get(LE);
        assert!(
            !flags.contains(pe::IMAGE_FILE_DLL),
            "{name}: its entry is no `DllMain`"
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
    }
}
