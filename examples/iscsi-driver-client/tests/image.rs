//! The driver's image as it would be shipped: what it needs of the kernel, and what it lacks.

#![cfg(windows)]

use std::collections::BTreeSet;
use std::fs;

use iscsi_driver_client::{checked_image, release_image};
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

#[test]
fn it_imports_these_functions_of_the_kernel_and_nothing_else() {
    let image = fs::read(release_image()).unwrap();
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
    assert_eq!(imports(&image), expected.map(of_kernel).into());
}

#[test]
fn it_cannot_panic() {
    let image = fs::read(release_image()).unwrap();
    assert!(!can_panic(&image));
    // Nor is there a text of a panic, or the place of one.
    for text in [
        "panicked",
        "/src/",
        "overflow",
        "out of range",
        "unwrap",
        "core::",
    ] {
        let found = image
            .windows(text.len())
            .position(|bytes| bytes == text.as_bytes());
        assert_eq!(found, None, "{text}");
    }
}

/// The test above would pass if it looked for the wrong thing.
#[test]
fn a_panic_would_be_found() {
    let image = fs::read(checked_image()).unwrap();
    assert!(can_panic(&image), "it checks for overflows");
}

#[test]
fn it_is_a_driver_that_can_be_moved() {
    let image = fs::read(release_image()).unwrap();
    let file = PeFile64::parse(image.as_slice()).unwrap();
    let header = &file.nt_headers().file_header;
    let optional = &file.nt_headers().optional_header;
    assert_eq!(optional.subsystem.get(LE), pe::IMAGE_SUBSYSTEM_NATIVE);
    let flags = header.characteristics.get(LE);
    assert_eq!(
        flags.0 & pe::IMAGE_FILE_DLL.0,
        0,
        "its entry is no `DllMain`"
    );
    assert!(!flags.contains(pe::IMAGE_FILE_RELOCS_STRIPPED));
    let directories = file.data_directories();
    assert!(
        directories
            .get(pe::IMAGE_DIRECTORY_ENTRY_BASERELOC)
            .is_some()
    );
    assert!(directories.get(pe::IMAGE_DIRECTORY_ENTRY_EXPORT).is_none());
    let memory = optional.dll_characteristics.get(LE);
    for flag in [
        pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT,
        pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE,
    ] {
        assert!(memory.contains(flag), "{flag:?}");
    }
    assert_ne!(optional.check_sum.get(LE), 0);
}
