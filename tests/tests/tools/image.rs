//! Binary MOF in the resources of images made by GNU's tools.

use std::fs;
use std::path::{Path, PathBuf};

use iscsi_schema::SCHEMA;
use wmi_tests::image::link;
use wmi_tools::Arena;
use wmi_tools::bmf::{self, Packing};
use wmi_tools::build::{Artifact, Build, Machine, ResourceForm};
use wmi_tools::image::mof_resources;

const BUILD: Build<'static> = Build::new("iscsi", &SCHEMA);

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("image")
        .join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    BUILD.write_to(&folder).unwrap();
    folder
}

/// Builds an image with two binary MOFs, one of them in two languages, and another resource.
fn image(folder: &Path) -> Option<Vec<u8>> {
    let optimal = BUILD
        .packing(Packing::Optimal)
        .content(Artifact::BinaryMof)
        .unwrap();
    fs::write(folder.join("optimal.bmf"), optimal).unwrap();
    let script = "Other RCDATA { \"no MOF\" }\n\
                  LANGUAGE 9, 1\nIscsiMof MOFDATA \"iscsi.bmf\"\n\
                  LANGUAGE 7, 1\nIscsiMof MOFDATA \"optimal.bmf\"\n\
                  LANGUAGE 0, 0\n7 MOFDATA \"iscsi.bmf\"\n";
    link(folder, script, &[])
}

#[test]
fn resources_are_found_by_name_and_language() {
    let folder = folder("found");
    let Some(image) = image(&folder) else {
        return;
    };
    let resources = mof_resources(&image).unwrap();
    let mut found: Vec<_> = resources
        .iter()
        .map(|resource| (&*resource.name, resource.language))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [("#7", 0), ("ISCSIMOF", 0x407), ("ISCSIMOF", 0x409)]);
    for resource in &resources {
        let arena = Arena::new();
        let file = bmf::decode(&arena, resource.data).unwrap();
        assert!(file.classes().eq(SCHEMA.classes.iter().copied()));
        let parse = match resource.language {
            0x407 => Packing::Optimal,
            _ => Packing::Greedy,
        };
        assert_eq!(resource.data, bmf::encode_schema(&SCHEMA, parse).unwrap());
    }
}

#[test]
fn resource_linked_by_a_build_script_is_found() {
    let folder = folder("linked");
    let object = BUILD
        .resource_name("IscsiMof")
        .resource(ResourceForm::Object(Machine::X64));
    fs::write(folder.join("iscsi.o"), object.unwrap()).unwrap();
    let other = "Other RCDATA { \"no MOF\" }\n";
    let Some(image) = link(&folder, other, &["iscsi.o"]) else {
        return;
    };
    let resources = mof_resources(&image).unwrap();
    let [resource] = &resources[..] else {
        panic!("{resources:?}");
    };
    assert_eq!((&*resource.name, resource.language), ("ISCSIMOF", 0x409));
    assert_eq!(resource.data, fs::read(folder.join("iscsi.bmf")).unwrap());
}

#[test]
fn image_without_resources_has_none() {
    if let Some(image) = link(&folder("none"), "Other RCDATA { \"no MOF\" }\n", &[]) {
        assert_eq!(mof_resources(&image), Ok(vec![]));
    }
}

#[test]
fn non_images_are_refused() {
    for (bytes, expected) in [
        (
            &b""[..],
            "this PE image is damaged: Could not read file magic",
        ),
        (
            b"class A {};      ",
            "this PE image is damaged: Unknown file magic",
        ),
    ] {
        let why = mof_resources(bytes).unwrap_err();
        assert_eq!(why.to_string(), expected);
    }
}

/// Sets each offset, size and count of the resource section to false values.
#[test]
fn damaged_resource_sections_are_read_quickly() {
    let Some(image) = image(&folder("damage")) else {
        return;
    };
    let data = mof_resources(&image).unwrap().remove(0).data;
    let headers = image
        .windows(4)
        .position(|bytes| bytes == b"PE\0\0")
        .unwrap();
    let section = image
        .windows(32)
        .position(|bytes| bytes == &data[..32])
        .unwrap();
    let places = (headers..headers + 0x300).chain(section.saturating_sub(0x200)..section);
    for at in places {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut damaged = image.clone();
            damaged[at] = value;
            let _ = mof_resources(&damaged);
        }
    }
    for length in (0..image.len()).step_by(97) {
        let _ = mof_resources(&image[..length]);
    }
}

/// Returns the file offset of the section `.rsrc`, and its address.
fn resource_section(image: &[u8]) -> (usize, u32) {
    let header = image
        .windows(8)
        .position(|bytes| bytes == b".rsrc\0\0\0")
        .unwrap();
    let number = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().unwrap());
    (number(header + 20).try_into().unwrap(), number(header + 12))
}

/// Many resources that share one long name, in a section of less than a megabyte.
#[test]
fn shared_long_names_are_not_copied() {
    const ENTRIES: usize = 65_000;
    let Some(image) = link(&folder("names"), "Other RCDATA { \"no MOF\" }\n", &[]) else {
        return;
    };
    let (section, address) = resource_section(&image);
    let directory = |named: usize| {
        let named = u16::try_from(named).unwrap().to_le_bytes();
        [&[0; 12][..], &named, &[0, 0]].concat()
    };
    let entry = |name: usize, target: usize| {
        let flagged = |offset: usize| (0x8000_0000 | u32::try_from(offset).unwrap()).to_le_bytes();
        [flagged(name), flagged(target)].concat()
    };
    // Types, names, one table of languages shared by all names, its data, the two names.
    let names = 24;
    let languages = names + 16 + 8 * ENTRIES;
    let (data, kind) = (languages + 24, languages + 24 + 16);
    let long = kind + 2 + 2 * 7;
    let mut resources = [directory(1), entry(kind, names), directory(ENTRIES)].concat();
    for _ in 0..ENTRIES {
        resources.extend(entry(long, languages));
    }
    resources.extend([&[0; 14][..], &[1, 0]].concat());
    resources.extend(
        [1u32, u32::try_from(data).unwrap()]
            .map(u32::to_le_bytes)
            .concat(),
    );
    resources.extend([address, 4, 0, 0].map(u32::to_le_bytes).concat());
    resources.extend([7, 0]);
    resources.extend("MOFDATA".encode_utf16().flat_map(u16::to_le_bytes));
    resources.extend(u16::MAX.to_le_bytes());
    resources.resize(resources.len() + 2 * usize::from(u16::MAX), b'A');

    let mut hostile = image[..section].to_vec();
    hostile.extend(&resources);
    // Grow the section and the directory to fit.
    let size = u32::try_from(resources.len()).unwrap().to_le_bytes();
    let header = image
        .windows(8)
        .position(|bytes| bytes == b".rsrc\0\0\0")
        .unwrap();
    hostile[header + 8..header + 12].copy_from_slice(&size);
    hostile[header + 16..header + 20].copy_from_slice(&size);
    // The third data directory of a 64-bit image: address and size.
    let signature = image.windows(4).position(|bytes| bytes == b"PE\0\0");
    let directory = signature.unwrap() + 24 + 112 + 2 * 8;
    hostile[directory + 4..directory + 8].copy_from_slice(&size);

    let why = mof_resources(&hostile).unwrap_err();
    assert_eq!(
        why.to_string(),
        "this PE image is damaged: the names of its resources are longer than the file"
    );
}
