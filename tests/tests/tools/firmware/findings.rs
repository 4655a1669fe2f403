//! What is wrong in firmware.

use std::collections::BTreeSet;

use super::{BROKEN, VENDOR, read};
use wmi_tools::firmware::{Firmware, FirmwareRule, Report};
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, Classes, bmf};

/// Returns the findings of firmware and its own classes.
fn findings(firmware: &Firmware<'_>) -> Vec<String> {
    let arena = Arena::new();
    let mofs = firmware.binary_mofs.iter();
    let mofs: Vec<_> = mofs
        .map(|mof| Classes::from(&bmf::decode(&arena, &mof.bytes).unwrap()))
        .collect();
    let report = Report::new(firmware, &mofs);
    report.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn sound_firmware_has_no_findings() {
    assert_eq!(findings(&read(VENDOR)), [""; 0]);
}

#[test]
fn every_fault_is_found() {
    let found = findings(&read(BROKEN));
    let place = r"\_SB.WMI1 entry";
    for expected in [
        r"error: \_SB.WMI1: `_WDG` has 3 bytes after its last entry; each entry has 20 [excess-bytes]"
            .to_owned(),
        format!(
            "warning: {place} 0: the notify code 0x05 is one of ACPI's own; use 0x80 or above [notify-code]"
        ),
        format!(
            "error: {place} 1: `WMAA` has 2 arguments, and WMI passes 3; declare these [arguments]"
        ),
        format!("error: {place} 6: the flags say both `method` and `event`; clear one [two-kinds]"),
        format!(
            "warning: {place} 7: the object id AA is also that of entry 2; give each its own [shared-id]"
        ),
        format!("error: {place} 2: `WMAA` also serves entry 1; use another id [shared-object]"),
        format!(
            "error: {place} 3: there is no object `WCCC`, which must serve it; add it [missing-object]"
        ),
        format!(
            "error: {place} 4: the object id 0x61 0x01 cannot end a name; use two of A to Z, 0 to 9 and _ [object-id]"
        ),
    ] {
        assert!(found.contains(&expected), "{expected}\n{found:#?}");
    }
    let rule = |finding: &String| {
        finding
            .rsplit_once(" [")
            .unwrap()
            .1
            .trim_end_matches(']')
            .to_owned()
    };
    let known: BTreeSet<_> = found.iter().map(rule).collect();
    let all: BTreeSet<_> = FirmwareRule::ALL
        .iter()
        .map(|rule| rule.id().to_owned())
        .collect();
    // The sum of this table is right.
    let missing: Vec<_> = all.difference(&known).collect();
    assert_eq!(missing, ["table-sum"]);

    let mut changed = VENDOR.to_vec();
    changed[10] = b'X';
    let found = findings(&read(&changed));
    assert_eq!(
        found,
        [
            "warning: SSDT VENDOR: its bytes do not add up to zero; it was changed or cut off [table-sum]"
        ]
    );
}

#[test]
fn objects_of_another_table_count() {
    let asl = |object: &str| {
        format!(
            "Device (A) {{ Name (_HID, \"PNP0C14\") Name (_WDG, Buffer () {{
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x41, 0x41, 1, 0 }}) }}
             Scope (\\A) {{ {object} }}"
        )
    };
    let of = |object: &str| findings(&read(asl(object).as_bytes())).len();
    assert_eq!(of("Name (WQAA, 1)"), 0);
    assert_eq!(of("Method (WQAA) {}"), 0, "one instance needs no argument");
    assert_eq!(of("Method (WQAA, 2) {}"), 1);
    assert_eq!(of("Method (WQAB, 1) {}"), 1);
}

#[test]
fn classes_of_any_source_are_compared() {
    let arena = Arena::new();
    let text = br#"
        [WMI, Dynamic, guid("{0b7c2d14-93ae-4f5e-8a61-5d1f0e2c7b91}")] class Other
        { [key] string InstanceName; [WmiDataId(1)] uint32 X; };"#;
    let reading = Reader::new(&arena).read("other.mof", text);
    let firmware = read(VENDOR);
    let report = Report::new(&firmware, &[Classes::from(&reading.file)]);
    let rules: Vec<_> = report.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, [FirmwareRule::Kind]);
    let class = report.class(firmware.devices[0].entries[2].guid);
    assert_eq!(class.map(|class| class.name), Some("Other"));
    assert!(report.without_entry.is_empty());
}
