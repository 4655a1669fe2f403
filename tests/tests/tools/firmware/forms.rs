//! Every form of a table gives the same devices.

use core::fmt::Write;
use std::fs;
use std::path::Path;

use super::{ASL, BROKEN, DUMP, LISTING, VENDOR, read};
use wmi_tools::Arena;
use wmi_tools::bmf;
use wmi_tools::firmware::{AcpiValue, Firmware, FirmwareError, WdgEntry, WdgKind, listed_bytes};

#[test]
fn entries_objects_and_binary_mof_are_found() {
    let firmware = read(VENDOR);
    let table = &firmware.tables[0];
    assert_eq!((&*table.signature, &*table.oem_id), ("SSDT", "VENDOR"));
    assert!(table.is_sum_right);
    let [device] = &firmware.devices[..] else {
        panic!("{firmware:?}");
    };
    assert_eq!(device.path, r"\_SB.WMI1");
    assert_eq!(
        (device.uid.as_deref(), device.is_mapper),
        (Some("VND"), Some(true))
    );
    assert_eq!((device.excess, device.is_method), (0, false));
    let kinds: Vec<_> = device.entries.iter().map(WdgEntry::kind).collect();
    use WdgKind::{Data, Event, Method};
    assert_eq!(kinds, [Data, Data, Method, Event, Data]);
    let objects = device.entries.iter().flat_map(WdgEntry::required_objects);
    let objects: Vec<_> = objects.collect();
    assert_eq!(objects, ["WQBA", "WQAA", "WCAA", "WMBB", "WEA0", "WQCC"]);
    for name in &objects {
        assert!(device.object(name).is_some(), "{name}");
    }
    let methods = device.object("WMBB").unwrap();
    assert!(matches!(
        methods.value,
        AcpiValue::Method {
            arguments: Some(3),
            ..
        }
    ));
    let [mof] = &firmware.binary_mofs[..] else {
        panic!("{firmware:?}");
    };
    assert_eq!(mof.path, r"\_SB.WMI1.WQBA");
    let arena = Arena::new();
    let classes = bmf::decode(&arena, &mof.bytes).unwrap().classes().count();
    assert_eq!(classes, 4);
}

/// Returns the bytes as `xxd` shows them.
fn xxd(bytes: &[u8]) -> String {
    let rows = bytes.chunks(16).enumerate().map(|(number, row)| {
        let words: Vec<String> = row
            .chunks(2)
            .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        // Text that looks like more bytes.
        format!("{:08x}: {:39}  abcd ef01\n", number * 16, words.join(" "))
    });
    rows.collect()
}

/// Returns the bytes as `hexdump -C` shows them, with a `*` for repeated rows.
fn hexdump(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut last: &[u8] = &[];
    let mut is_starred = false;
    for (number, row) in bytes.chunks(16).enumerate() {
        if row == last {
            if !is_starred {
                text.push_str("*\n");
            }
            is_starred = true;
            continue;
        }
        (last, is_starred) = (row, false);
        let half = |half: &[u8]| {
            let pairs: Vec<_> = half.iter().map(|byte| format!("{byte:02x}")).collect();
            pairs.join(" ")
        };
        let (first, second) = row.split_at(row.len().min(8));
        let pairs = format!("{}  {}", half(first), half(second));
        writeln!(text, "{:08x}  {pairs:49} |abcd ef01|", number * 16).unwrap();
    }
    writeln!(text, "{:08x}", bytes.len()).unwrap();
    text
}

/// Returns the bytes as `xxd -i` shows them.
fn array(bytes: &[u8]) -> String {
    let rows = bytes.chunks(12).map(|row| {
        let row: Vec<_> = row.iter().map(|byte| format!("0x{byte:02x}")).collect();
        format!("  {}", row.join(", "))
    });
    let rows: Vec<_> = rows.collect();
    format!(
        "unsigned char ssdt[] = {{\n{}\n}};\nunsigned int ssdt_len = {};\n",
        rows.join(",\n"),
        bytes.len()
    )
}

#[test]
fn dumps_list_the_bytes_of_the_table() {
    for text in [
        String::from_utf8(DUMP.to_vec()).unwrap(),
        xxd(VENDOR),
        hexdump(VENDOR),
        array(VENDOR),
        // Windows line ends, and lines around it.
        format!("$ xxd table\r\n{}", xxd(VENDOR).replace('\n', "\r\n")),
    ] {
        assert!(
            listed_bytes(text.as_bytes()).as_deref() == Some(VENDOR),
            "{text}"
        );
        assert_eq!(read(text.as_bytes()), read(VENDOR).into_owned());
    }
}

#[test]
fn repeated_rows_of_a_dump_are_kept() {
    let bytes = [VENDOR, &[0; 160], VENDOR].concat();
    assert!(hexdump(&bytes).contains("\n*\n"));
    assert_eq!(listed_bytes(hexdump(&bytes).as_bytes()), Some(bytes));
}

#[test]
fn asl_and_its_listing_give_the_devices_of_the_table() {
    let expected = read(VENDOR);
    for text in [ASL, LISTING] {
        let firmware = read(text);
        assert!(firmware.tables.is_empty());
        assert_eq!(firmware.binary_mofs, expected.binary_mofs);
        let (device, other) = (&firmware.devices[0], &expected.devices[0]);
        assert_eq!(
            (&device.path, &device.entries),
            (&other.path, &other.entries)
        );
        assert_eq!(
            (&device.uid, device.is_mapper),
            (&other.uid, other.is_mapper)
        );
        let names = |device: &wmi_tools::firmware::WmiDevice<'_>| -> Vec<String> {
            let objects = device.objects.iter().flatten();
            objects
                .map(|object| format!("{} {}", object.name, arguments(&object.value)))
                .collect()
        };
        assert_eq!(names(device), names(other));
    }
}

fn arguments(value: &AcpiValue<'_>) -> String {
    match value {
        AcpiValue::Method { arguments, .. } => format!("{arguments:?}"),
        _ => String::new(),
    }
}

#[test]
fn hand_written_asl_is_read() {
    let asl = r#"
        // Name (_WDG, Buffer () { 1 }) in a comment
        /* Device (NONE) { */
        DEFINITIONBLOCK
        Scope (\_SB_.PCI0) {
          Device(AMW0) {
            Name(_HID, "pnp0c14") Name(_UID, 0x0)
            Name(_WDG, Buffer() {
              0x21,0x12,0x90,5,102,213,0xD1,0x11,0xB2,0xF0,Zero,0xA0,0xC9,6,0x29,0x10,
              0x42,0x41,One,Zero
            })
          }
        }
        Scope (\_SB.PCI0.AMW0) { Name (WQBA, Buffer () { "FOMB" }) }
        Name (\_SB.PCI0.AMW0.WQZZ, Zero)
    "#;
    let firmware = read(asl.as_bytes());
    let device = &firmware.devices[0];
    assert_eq!(device.path, r"\_SB.PCI0.AMW0");
    assert_eq!(
        (device.uid.as_deref(), device.is_mapper),
        (Some("0"), Some(true))
    );
    assert_eq!(device.entries[0].guid, WdgEntry::BINARY_MOF);
    assert!(
        matches!(&device.object("WQBA").unwrap().value, AcpiValue::Buffer { bytes, .. } if **bytes == *b"FOMB\0")
    );
    assert!(device.object("WQZZ").is_some());
}

#[test]
fn tables_one_after_another_are_read_together() {
    // A table that holds no AML.
    let mut other = [b"ABCD\x28\0\0\0\x01\0VENDORVENDOR  ", &[0; 16][..]].concat();
    other[9] = other.iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
    let all = [&other, BROKEN, VENDOR].concat();
    let firmware = read(&all);
    assert_eq!(firmware.tables.len(), 2);
    // The device `\_SB.WMI1` is in both; the first counts.
    let paths: Vec<_> = firmware
        .devices
        .iter()
        .map(|device| &*device.path)
        .collect();
    assert_eq!(paths, [r"\_SB.WMI1", r"\_SB.WMI2", r"\_SB.WMI3"]);
    assert_eq!(firmware.binary_mofs.len(), 2);
}

/// Returns the rows of `acpidump` for a table.
fn acpidump(signature: &str, table: &[u8]) -> String {
    let mut text = format!("{signature} @ 0x0000000000000000\n");
    for (row, at) in table.chunks(16).zip((0..).step_by(16)) {
        let pairs: Vec<_> = row.iter().map(|byte| format!("{byte:02X}")).collect();
        let shown = row.iter().map(|byte| match byte {
            0x20..=0x7e => char::from(*byte),
            _ => '.',
        });
        let shown: String = shown.collect();
        text += &format!("  {at:04X}: {:47}  {shown}\n", pairs.join(" "));
    }
    text + "\n"
}

/// Sets a byte so that all add up to zero.
fn add_up(bytes: &mut [u8], at: usize) {
    bytes[at] = bytes
        .iter()
        .fold(bytes[at], |sum, byte| sum.wrapping_sub(*byte));
}

/// The pointer at the start and the FACS have no header like that of other tables.
#[test]
fn dumps_of_all_tables_are_read_table_by_table() {
    // A device without a binary MOF, which would be found anywhere.
    let mut table = b"SSDT\0\0\0\0\x02\0VENDORALONE   ".to_vec();
    table.resize(36, 0);
    table.extend(b"\x08_WDG\x11\x17\x0a\x14");
    table.extend([7; 16]);
    table.extend(b"AA\x01\0");
    table[4] = u8::try_from(table.len()).unwrap();
    add_up(&mut table, 9);
    let mut other = b"FACP\x28\0\0\0\x01\0VENDORVENDOR  ".to_vec();
    // As a term of AML, this would open a scope around all that follows.
    other.resize(40, 0);
    other[36..].copy_from_slice(&[0x10, 0xcf, 0xff, 0xff]);
    add_up(&mut other, 9);
    for revision in [0, 2] {
        let mut pointer = b"RSD PTR \0VENDOR\0\0\0\0\0".to_vec();
        pointer[15] = revision;
        add_up(&mut pointer, 8);
        if revision > 0 {
            pointer.extend(36u32.to_le_bytes());
            pointer.resize(36, 0);
        }
        let facs = [&b"FACS\x40\0\0\0"[..], &[0x10; 56]].concat();
        let tables = [
            ("RSD PTR", &pointer),
            ("FACP", &other),
            ("FACS", &facs),
            ("SSDT", &table),
        ];
        let dump: String = tables.iter().map(|(name, it)| acpidump(name, it)).collect();
        let whole: Vec<u8> = tables
            .iter()
            .flat_map(|(_, it)| it.iter())
            .copied()
            .collect();
        for input in [dump.as_bytes(), &whole] {
            let firmware = read(input);
            let tables: Vec<_> = firmware.tables.iter().map(|it| &*it.oem_table_id).collect();
            assert_eq!(tables, ["ALONE"]);
            assert_eq!(firmware.devices[0].path, "\\");
            assert_eq!(firmware.devices[0].entries[0].object_id(), "AA");
        }
    }
}

/// The listing of `iasl -l` has the source, with numbers of its lines, between rows of the table.
#[test]
fn listings_of_source_and_bytes_give_the_table() {
    let mut text = "Compilation of \"vendor.asl\"\n".to_owned();
    let source = String::from_utf8_lossy(ASL);
    let mut lines = source.lines().zip(1..);
    for (row, at) in VENDOR.chunks(7).zip((0..).step_by(7)) {
        if let Some((line, number)) = lines.next() {
            text += &format!("\n    {number:4}:  {line}\n\n");
        }
        let pairs: Vec<_> = row.iter().map(|byte| format!("{byte:02X}")).collect();
        let dots = ".".repeat((8 - row.len()) * 3);
        text += &format!("{at:08X}:  {} {dots}    \"text\"\n", pairs.join(" "));
    }
    let firmware = read(text.as_bytes());
    assert_eq!(firmware, read(VENDOR));
}

#[test]
fn texts_in_buffers_do_not_close_their_device() {
    let asl = r#"
        Device (A) {
            Name (WQAA, Buffer () { "text" })
            Name (WQBB, Buffer () { "text", 1 })
            Device (B) { Name (_WDG, Buffer (Arg0) {}) }
            Name (_WDG, Buffer (22) { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x41, 0x41, 1, 0 })
        }"#;
    let firmware = read(asl.as_bytes());
    let devices = firmware.devices.iter();
    let devices: Vec<_> = devices.map(|it| (&*it.path, it.excess)).collect();
    assert_eq!(devices, [(r"\A.B", 0), (r"\A", 2)]);
}

#[test]
fn entries_of_a_method_are_those_of_its_first_buffer() {
    let firmware = read(BROKEN);
    let device = &firmware.devices[1];
    assert!(device.is_method);
    assert_eq!(device.entries.len(), 1);
    assert_eq!(device.entries[0].object_id(), "EE");
}

#[test]
fn binary_mof_alone_is_firmware_without_devices() {
    let firmware = read(VENDOR);
    let mof = &firmware.binary_mofs[0].bytes;
    let alone = read(mof);
    assert_eq!((alone.devices.len(), alone.binary_mofs.len()), (0, 1));
}

#[test]
fn what_is_no_firmware_is_refused_with_a_reason() {
    let none = [b"SSDT\x24\0\0\0", &[0; 28][..]].concat();
    for (bytes, expected) in [
        (&b""[..], FirmwareError::Empty),
        (b"class A {};", FirmwareError::Unknown),
        (b"\x7fELF\0\0\0\0", FirmwareError::Unknown),
        (&none, FirmwareError::NoWmi),
        (
            &VENDOR[..VENDOR.len() - 1],
            FirmwareError::Truncated { offset: 0 },
        ),
    ] {
        assert_eq!(Firmware::read(bytes), Err(expected));
    }
    let second = [VENDOR, &VENDOR[..100]].concat();
    let offset = VENDOR.len();
    assert_eq!(
        Firmware::read(&second),
        Err(FirmwareError::Truncated { offset })
    );
    assert_eq!(
        FirmwareError::Truncated { offset: 16 }.to_string(),
        "the table at byte 0x10 is longer than the input; dump it again"
    );
}

#[test]
fn folders_of_linux_are_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("firmware_sysfs");
    let _ = fs::remove_dir_all(&folder);
    let firmware = read(VENDOR);
    let mof: &[u8] = &firmware.binary_mofs[0].bytes;
    for (name, files) in [
        (
            "05901221-D566-11D1-B2F0-00A0C9062910-1",
            &[("bmof", mof), ("object_id", b"BA\n"), ("setable", b"0\n")][..],
        ),
        (
            "0B7C2D14-93AE-4F5E-8A61-5D1F0E2C7B91",
            &[("object_id", b"BB\n"), ("instance_count", b"2\n")],
        ),
        (
            "0B7C2D14-93AE-4F5E-8A61-5D1F0E2C7B92",
            &[("notify_id", b"A0\n"), ("expensive", b"1\n")],
        ),
        ("power", &[]),
    ] {
        fs::create_dir_all(folder.join(name)).unwrap();
        for (file, content) in files {
            fs::write(folder.join(name).join(file), content).unwrap();
        }
    }
    let found = Firmware::read_sysfs(&folder).unwrap();
    let entries: Vec<_> = found.devices[0]
        .entries
        .iter()
        .map(|entry| {
            (
                entry.kind(),
                entry.object_id(),
                entry.instances,
                entry.flags.to_string(),
            )
        })
        .collect();
    assert_eq!(
        entries,
        [
            (WdgKind::Data, "BA".into(), 0, "".into()),
            (WdgKind::Method, "BB".into(), 2, "method".into()),
            (WdgKind::Event, "A0".into(), 0, "expensive, event".into()),
        ]
    );
    assert_eq!(&*found.binary_mofs[0].bytes, mof);
    assert_eq!(found.devices[0].objects, None);
}
