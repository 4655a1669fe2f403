//! The format of the input is recognised from its content.

use std::fs;

use super::{binary, fails, folder, mof, succeeds};
use wmi_tests::image::link;
use wmi_tests::resources::{ADDRESS, START, image_of};
use wmi_tools::bmf::{self, Packing};

#[test]
fn every_encoding_and_container_is_recognised() {
    let folder = folder("recognise");
    let (text, binary) = (mof(), binary());
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| {
        let units = core::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(bytes).collect::<Vec<u8>>()
    };
    // A firmware buffer is longer than its contents.
    let slack = [&binary[..], &[0; 512]].concat();
    let table = [b"SSDT\0\0", &binary[..], b"\0\0"].concat();
    for (kind, input) in [
        ("UTF-8", text.clone().into_bytes()),
        (
            "UTF-8 with a mark",
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        ),
        ("UTF-16, little-endian", utf_16(u16::to_le_bytes)),
        ("UTF-16, big-endian", utf_16(u16::to_be_bytes)),
        ("Latin-1", [b"// \xa9\n", text.as_bytes()].concat()),
        ("binary MOF", binary.clone()),
        ("binary MOF and slack", slack),
        ("payload", bmf::decode_container(&binary).unwrap()),
        ("table", table),
    ] {
        let (compiled, _) = succeeds(&folder, &["compile", "-"], &input);
        assert_eq!(compiled, binary, "{kind}");
    }
}

#[test]
fn offset_of_embedded_binary_mof_is_reported() {
    let table = [b"SSDT\0\0", &binary()[..]].concat();
    let (_, said) = succeeds(&folder("found"), &["decompile", "-"], &table);
    assert_eq!(said, "note: <stdin>: binary MOF at byte 0x6\n");
}

#[test]
fn unrecognised_input_is_refused_with_a_reason() {
    let folder = folder("nothing");
    let one = binary();
    let several = [b"\0", &one[..], b"\0", &one].concat();
    let second = 2 + one.len();
    for (input, expected) in [
        (&b""[..], "the input is empty".to_owned()),
        (
            b"\x7fELF\0\0\0\0",
            "this is neither MOF text nor binary MOF, nor an image or table that contains one"
                .into(),
        ),
        (
            &several,
            format!(
                "this contains 2 binary MOFs: at byte 0x1, at byte {second:#x}; choose one with \
                 `--at OFFSET`"
            ),
        ),
    ] {
        let said = fails(&folder, &["layout", "-"], input, 1);
        assert_eq!(said, format!("error: <stdin>: {expected}\n"));
    }
}

#[test]
fn at_and_all_select_binary_mofs() {
    let folder = folder("table");
    let one = binary();
    let arena = wmi_tools::Arena::new();
    let other = br#"#pragma namespace("root/other") class Vendor_Other {};"#;
    let other = wmi_tools::mof::Reader::new(&arena).read("other.mof", other);
    let other = bmf::encode(&other.file, Packing::Greedy).unwrap();
    let table = [b"\0", &one[..], b"\0", &other].concat();
    let second = (2 + one.len()).to_string();
    for (offset, expected) in [("1", &one), ("0x1", &one), (&*second, &other)] {
        let (compiled, _) = succeeds(&folder, &["compile", "-", "--at", offset], &table);
        assert_eq!(&compiled, expected);
    }
    let said = fails(&folder, &["compile", "-", "--at", "2"], &table, 1);
    assert_eq!(
        said,
        "error: <stdin>: no binary MOF starts at byte 0x2; leave out `--at` to see where one does\n"
    );
    fails(&folder, &["compile", "-", "--at", "two"], &table, 2);

    // Of the two inputs of `diff`, the choice is for the one that has several.
    let (text, _) = succeeds(&folder, &["decompile", "-"], &one);
    std::fs::write(folder.join("one.mof"), text).unwrap();
    for inputs in [["-", "one.mof"], ["one.mof", "-"]] {
        let [old, new] = inputs;
        succeeds(&folder, &["diff", old, new, "--at", "1"], &table);
        fails(&folder, &["diff", old, new], &table, 1);
    }
    succeeds(&folder, &["diff", "-", "one.mof"], &one);
    fails(&folder, &["diff", "-", "one.mof", "--at", "1"], &one, 1);

    // The text contains the classes of both, each in its namespace.
    let (text, said) = succeeds(&folder, &["decompile", "-", "--all"], &table);
    assert_eq!(said.lines().count(), 2, "{said}");
    let (both, _) = succeeds(&folder, &["compile", "-"], &text);
    let objects = |bytes: &[u8]| bmf::decode(&arena, bytes).unwrap().objects;
    assert_eq!(objects(&both), [objects(&one), objects(&other)].concat());
    fails(&folder, &["decompile", "-", "--all"], text.as_slice(), 1);
}

#[test]
fn image_resource_is_read() {
    let folder = folder("image");
    fs::write(folder.join("iscsi.bmf"), binary()).unwrap();
    let script = "IscsiMof MOFDATA \"iscsi.bmf\"\n";
    let Some(image) = link(&folder, script, &[]) else {
        return;
    };
    let (compiled, said) = succeeds(&folder, &["compile", "-"], &image);
    assert_eq!(compiled, binary());
    let place = "note: <stdin>: binary MOF in resource ISCSIMOF of language 0x409\n";
    assert!(said.starts_with(place), "{said}");

    let other = format!("{script}Other MOFDATA \"iscsi.bmf\"\n");
    let image = link(&folder, &other, &[]).unwrap();
    let said = fails(&folder, &["compile", "-"], &image, 1);
    let several =
        "this contains 2 binary MOFs: in resource ISCSIMOF of language 0x409, in resource OTHER";
    assert!(said.contains(several), "{said}");
    let one = ["compile", "-", "--resource", "IscsiMof"];
    assert_eq!(succeeds(&folder, &one, &image).0, binary());
    let said = fails(&folder, &["compile", "-", "--resource", "Third"], &image, 1);
    assert!(
        said.contains("does not have a resource `Third` of type `MOFDATA`"),
        "{said}"
    );

    let none = link(&folder, "Other RCDATA { \"no MOF\" }\n", &[]).unwrap();
    let said = fails(&folder, &["compile", "-"], &none, 1);
    assert!(
        said.contains("does not have a resource of type `MOFDATA`"),
        "{said}"
    );
    // A driver may serve its MOF itself.
    let served = [&none[..], &binary()].concat();
    assert_eq!(succeeds(&folder, &["compile", "-"], &served).0, binary());

    let said = fails(&folder, &one, mof().as_bytes(), 1);
    assert_eq!(
        said,
        "error: <stdin>: this is not an image and has no resources; leave out `--resource`\n"
    );
}

#[test]
fn shared_resource_is_decompiled_once() {
    // Two names share a table of one language, whose data follows its description.
    let bytes = |numbers: &[u32]| -> Vec<u8> {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
        bytes.collect()
    };
    let languages = START + 16 + 2 * 8;
    let data = languages + 16 + 8 + 16;
    let table = 1 << 31 | languages;
    let binary = binary();
    let size = u32::try_from(binary.len()).unwrap();
    let mut resources = bytes(&[0, 0, 0, 2 << 16, 1, table, 2, table]);
    resources.extend(bytes(&[0, 0, 0, 1 << 16, 0x409, languages + 16 + 8]));
    resources.extend(bytes(&[ADDRESS + data, size, 0, 0]));
    resources.extend(&binary);
    let image = image_of(&resources);
    let folder = folder("shared");
    let said = fails(&folder, &["decompile", "-"], &image, 1);
    assert!(said.contains("2 binary MOFs"), "{said}");
    let (text, said) = succeeds(&folder, &["decompile", "-", "--all"], &image);
    assert!(
        said.starts_with("note: <stdin>: binary MOF in resource #1"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(succeeds(&folder, &["compile", "-"], &text).0, binary);
}
