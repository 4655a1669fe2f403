//! `firmware`: entries beside classes, and binary MOF in listings of tables.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{fails, folder, succeeds};
use wmi_tests::golden;
use wmi_tools::firmware::Firmware;

/// Returns a file of `tests/cases/firmware`.
pub(super) fn case(name: &str) -> Vec<u8> {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    fs::read(tests.join("cases/firmware").join(name)).unwrap()
}

fn text(test: &str, arguments: &[&str], input: &[u8]) -> String {
    let arguments = [&["firmware", "-"], arguments].concat();
    let (text, said) = succeeds(&folder(test), &arguments, input);
    assert_eq!(said, "");
    String::from_utf8(text).unwrap()
}

#[test]
fn tables_match_the_golden_file_in_every_form() {
    let whole = text("firmware", &[], &case("vendor.aml"));
    let broken = text("firmware", &[], &case("broken.aml"));
    let both = format!("{whole}\n=====\n\n{broken}");
    golden::check("cli", "cargo-wmi.firmware.txt", &both);
    assert_eq!(text("firmware", &[], &case("vendor.acpidump")), whole);
    // ASL has no header to show.
    let (_, devices) = whole.split_once('\n').unwrap();
    for name in ["vendor.asl", "vendor.dsl"] {
        assert_eq!(text("firmware", &[], &case(name)), devices, "{name}");
    }
}

#[test]
fn json_has_entries_objects_classes_and_findings() {
    let found = text("firmware_json", &["--json"], &case("vendor.aml"));
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["tables"][0]["signature"], "SSDT");
    assert_eq!(found["binary_mofs"][0]["classes"], 4);
    let device = &found["devices"][0];
    assert_eq!(
        (&device["path"], &device["uid"]),
        (&json!(r"\_SB.WMI1"), &json!("VND"))
    );
    let fan = &device["entries"][1];
    assert_eq!(fan["guid"], "0b7c2d14-93ae-4f5e-8a61-5d1f0e2c7b90");
    assert_eq!(
        (&fan["kind"], &fan["class"]),
        (&json!("data"), &json!("Vendor_Fan"))
    );
    let objects = json!([
        { "name": "WQAA", "exists": true },
        { "name": "WCAA", "exists": true },
        { "name": "WSAA", "exists": true },
    ]);
    assert_eq!(fan["objects"], objects);
    let methods = json!([{ "id": 1, "name": "SetProfile" }, { "id": 2, "name": "GetProfile" }]);
    assert_eq!(device["entries"][2]["methods"], methods);
    assert_eq!(device["entries"][3]["notify_code"], 0xa0);
    assert_eq!(found["findings"], json!([]));

    let found = text("firmware_json", &["--json"], &case("broken.aml"));
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(
        found["without_entry"],
        json!(["Vendor_Control", "Vendor_Serial"])
    );
    assert_eq!(found["findings"][0]["rule"], "excess-bytes");
    assert_eq!(
        found["devices"][0]["entries"][3]["objects"][1]["exists"],
        false
    );
}

#[test]
fn damaged_binary_mof_is_shown_beside_the_entries() {
    let mut table = case("vendor.aml");
    let at = table.windows(4).position(|four| four == b"FOMB").unwrap();
    // The packed length.
    table[at + 8..at + 12].fill(0xff);
    let text = text("firmware_damaged", &[], &table);
    let damaged = "WQBA: binary MOF, damaged at byte 0x8: the file is shorter than its header says";
    assert!(text.contains(damaged), "{text}");
    assert!(text.contains("WQAA WCAA WSAA  none"), "{text}");
}

#[test]
fn every_command_reads_binary_mof_from_listings() {
    let folder = folder("firmware_listings");
    let aml = case("vendor.aml");
    let mof = Firmware::read(&aml).unwrap().binary_mofs[0].bytes.to_vec();
    let array = |bytes: &[u8]| {
        let bytes: Vec<_> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
        format!("char mof[] = {{ {} }};", bytes.join(", ")).into_bytes()
    };
    for input in [
        aml.clone(),
        case("vendor.acpidump"),
        case("vendor.asl"),
        case("vendor.dsl"),
        array(&mof),
    ] {
        let (compiled, _) = succeeds(&folder, &["compile", "-"], &input);
        assert_eq!(compiled, mof);
    }
    // The offsets are those of the listed bytes.
    let two = array(&[&mof[..], &[0], &mof].concat());
    let said = fails(&folder, &["compile", "-"], &two, 1);
    let second = mof.len() + 1;
    assert!(
        said.contains(&format!("at byte 0x0, at byte {second:#x}")),
        "{said}"
    );
    let at = ["compile", "-", "--at", &second.to_string()];
    let (compiled, said) = succeeds(&folder, &at, &two);
    assert_eq!(compiled, mof);
    let lists = format!(
        "note: <stdin>: this text lists {} bytes\n",
        2 * mof.len() + 1
    );
    assert!(said.starts_with(&lists), "{said}");
    let (text, _) = succeeds(&folder, &["decompile", "-", "--all"], &two);
    assert_eq!(
        String::from_utf8(text)
            .unwrap()
            .matches("class Vendor_Fan")
            .count(),
        2
    );
}

#[test]
fn folder_of_linux_is_read() {
    let folder = folder("firmware_sysfs");
    let entry = folder.join("devices/0B7C2D14-93AE-4F5E-8A61-5D1F0E2C7B91");
    fs::create_dir_all(&entry).unwrap();
    fs::write(entry.join("object_id"), "BB\n").unwrap();
    let (text, _) = succeeds(&folder, &["firmware", "devices"], b"");
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains("  method  method  0      WMBB     none\n"),
        "{text}"
    );
    fs::create_dir_all(folder.join("empty")).unwrap();
    let said = fails(&folder, &["firmware", "empty"], b"", 1);
    assert!(
        said.contains("this folder has no WMI devices; name `/sys/bus/wmi/devices`"),
        "{said}"
    );
}

#[test]
fn what_is_no_firmware_is_refused() {
    let folder = folder("firmware_refused");
    let said = fails(&folder, &["firmware", "-"], b"class A {};", 1);
    assert_eq!(
        said,
        "error: <stdin>: this is neither an ACPI table nor a listing of one; pass a file of \
         `/sys/firmware/acpi/tables`, or the output of `acpidump` or `iasl -d`\n"
    );
    fails(&folder, &["firmware", "missing.dat"], b"", 2);
}
