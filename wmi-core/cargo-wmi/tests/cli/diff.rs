//! `diff`: changes and the exit status.

use std::fs;

use serde_json::{Value, json};

use super::{fails, folder, run_with, succeeds};

const OLD: &str = "class Vendor_Queue\n{\n    [WmiDataId(1)] uint32 Length;\n    \
                   [WmiDataId(2)] uint32 Limit;\n};\n";

/// Returns the status, the changes from [`OLD`] to `new`, and the messages.
fn diff(test: &str, new: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = folder(test);
    fs::write(folder.join("new.mof"), new).unwrap();
    let arguments = [&["diff", "-", "new.mof"], arguments].concat();
    let output = run_with(&folder, &arguments, OLD.as_bytes());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn breaking_changes_are_printed_and_fail() {
    let wider = OLD.replace("uint32 Length", "uint64 Length");
    let (status, changes, said) = diff("diff", &wider, &[]);
    assert_eq!(status, Some(1));
    assert_eq!(
        changes,
        "breaking: `Vendor_Queue.Length`: `uint64`, was `uint32` [type-changed]\n\
         breaking: `Vendor_Queue.Limit`: at byte 8, was at 4 [offset-changed]\n"
    );
    assert_eq!(said, "note: 2 breaking changes and 0 compatible ones\n");

    let (_, json, _) = diff("diff_json", &wider, &["--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        json[1],
        json!({
            "kind": "offset-changed",
            "breaking": true,
            "class": "Vendor_Queue",
            "member": "Limit",
            "parameter": null,
            "message": "at byte 8, was at 4",
        })
    );
}

#[test]
fn compatible_changes_fail_only_under_strict() {
    let more = format!("{OLD}class Vendor_Other {{ [WmiDataId(1)] uint32 X; }};\n");
    let (status, changes, said) = diff("diff_compatible", &more, &[]);
    assert_eq!(status, Some(0));
    assert!(
        changes.starts_with("compatible: `Vendor_Other`: "),
        "{changes}"
    );
    assert_eq!(said, "note: 0 breaking changes and 1 compatible one\n");
    assert_eq!(diff("diff_strict", &more, &["--strict"]).0, Some(1));
}

#[test]
fn file_format_is_not_a_change() {
    let folder = folder("diff_same");
    succeeds(&folder, &["compile", "-", "-o", "old.bmf"], OLD.as_bytes());
    let (changes, said) = succeeds(
        &folder,
        &["diff", "-", "old.bmf", "--strict"],
        OLD.as_bytes(),
    );
    assert!(changes.is_empty());
    assert_eq!(said, "note: 0 breaking changes and 0 compatible ones\n");
}

#[test]
fn unreadable_file_fails() {
    let folder = folder("diff_unreadable");
    fs::write(folder.join("empty.mof"), "").unwrap();
    let said = fails(&folder, &["diff", "-", "empty.mof"], OLD.as_bytes(), 1);
    assert_eq!(said, "error: empty.mof: the input is empty\n");
    let said = fails(&folder, &["diff", "-", "missing.mof"], OLD.as_bytes(), 2);
    assert!(said.starts_with("error: missing.mof: "), "{said}");
    let said = fails(&folder, &["diff", "-", "-"], OLD.as_bytes(), 2);
    assert_eq!(said, "error: only one of the two can be standard input\n");
}
