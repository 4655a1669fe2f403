//! `check`: findings, their form, and the exit status.

use std::fs;

use serde_json::{Value, json};

use super::{fails, folder, mof, run_with, succeeds};
use wmi_tools::check::Rule;

#[test]
fn every_rule_is_listed_and_explained() {
    let folder = folder("explain");
    let text = |arguments: &[&str]| {
        let (text, said) = succeeds(&folder, &[&["check"], arguments].concat(), b"");
        assert_eq!(said, "");
        String::from_utf8(text).unwrap()
    };
    let list = text(&["--list"]);
    assert_eq!(list.lines().count(), Rule::ALL.len());
    for (rule, line) in Rule::ALL.iter().zip(list.lines()) {
        assert!(line.starts_with(&rule.severity().to_string()), "{line}");
        assert!(line.contains(rule.id()), "{line}");
        let explained = text(&["--explain", rule.id()]);
        for part in [
            rule.statement(),
            rule.reason(),
            rule.source(),
            rule.remedy(),
        ] {
            assert!(explained.contains(part), "{explained}");
        }
    }
    assert_eq!(
        text(&["--explain", "array-length"]),
        "\
array-length (error)

An array has a length, `MAX` or `WmiSizeIs`.
Otherwise the WDM provider does not know the number of elements.

Source: \"WMI Property Qualifiers\"
Remedy: write `T X[n]`, or add `WmiSizeIs(\"Count\")`

This breaks the rule:

  [WMI, guid(\"{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}\")]
  class A
  {
      [WmiDataId(1)] uint8 X[];
  };
"
    );
    let rules: Value = serde_json::from_str(&text(&["--list", "--json"])).unwrap();
    for (rule, entry) in Rule::ALL.iter().zip(rules.as_array().unwrap()) {
        assert_eq!(entry["rule"], rule.id());
        assert_eq!(entry["remedy"], rule.remedy());
        let alone = text(&["--explain", rule.id(), "--json"]);
        assert_eq!(serde_json::from_str::<Value>(&alone).unwrap(), *entry);
    }
    for arguments in [
        &["check"][..],
        &["check", "a.mof", "--list"],
        &["check", "--list", "--explain", "array-length"],
        &["check", "--explain", "nonsense"],
    ] {
        fails(&folder, arguments, b"", 2);
    }
}

/// An error, and warnings of two rules.
const QUEUE: &str = r#"[WMI, Dynamic, Provider("WMIProv"), HiPerf, PerfDetail(100), guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}")]
class Vendor_Queue : Win32_PerfRawData
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [WmiDataId(1), CounterType(65792)] uint32 Length;
    [WmiDataId(1)] uint32 Limit;
    [WmiMethodId(1)] void Reset([in] uint32 Mask);
};
"#;

const SHOWN: &str = "\
warning: `Vendor_Queue.Length`: PERF_COUNTER_LARGE_RAWCOUNT needs a 64-bit integer [counter-width]
 --> queue.mof:6:47
  |
6 |     [WmiDataId(1), CounterType(65792)] uint32 Length;
  |                                               ^^^^^^

error: `Vendor_Queue.Limit`: another item also has `WmiDataId(1)` [duplicate-data-id]
 --> queue.mof:7:27
  |
7 |     [WmiDataId(1)] uint32 Limit;
  |                           ^^^^^

warning: `Vendor_Queue.Reset`: add the qualifier `Implemented` [missing-implemented]
 --> queue.mof:8:27
  |
8 |     [WmiMethodId(1)] void Reset([in] uint32 Mask);
  |                           ^^^^^

";

/// Returns the status, the findings, and the messages.
fn check(test: &str, text: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = folder(test);
    fs::write(folder.join("queue.mof"), text).unwrap();
    let output = run_with(&folder, &[&["check", "queue.mof"], arguments].concat(), b"");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn findings_show_the_source_line() {
    for (test, text) in [
        ("check", QUEUE.to_owned()),
        ("check_crlf", QUEUE.replace('\n', "\r\n")),
    ] {
        let (status, findings, said) = check(test, &text, &[]);
        assert_eq!(findings, SHOWN);
        assert_eq!(said, "note: 1 error and 2 warnings in 1 class\n");
        assert_eq!(status, Some(1));
    }
}

#[test]
fn binary_mof_findings_name_class_and_member() {
    let folder = folder("check_binary");
    let (binary, _) = succeeds(&folder, &["compile", "-"], QUEUE.as_bytes());
    let output = run_with(&folder, &["check", "-"], &binary);
    let without_places = SHOWN.lines().filter(|line| line.contains("`Vendor_Queue."));
    let without_places: String = without_places.map(|line| format!("{line}\n")).collect();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), without_places);
}

#[test]
fn strict_fails_on_findings_not_allowed() {
    let status = |test, arguments: &[&str]| check(test, QUEUE, arguments).0;
    let no_error = ["--allow", "duplicate-data-id"];
    assert_eq!(status("check_allowed", &no_error), Some(0));
    let strict = [&no_error[..], &["--strict"]].concat();
    assert_eq!(status("check_strict", &strict), Some(1));
    let rules = ["--allow", "counter-width", "--allow", "missing-implemented"];
    let none = [&strict[..], &rules].concat();
    let (status, findings, said) = check("check_none", QUEUE, &none);
    assert_eq!((status, &*findings), (Some(0), ""));
    assert_eq!(said, "note: 0 errors and 0 warnings in 1 class\n");
}

#[test]
fn json_has_source_locations() {
    let (status, findings, _) = check("check_json", QUEUE, &["--json"]);
    assert_eq!(status, Some(1));
    let findings: Value = serde_json::from_str(&findings).unwrap();
    assert_eq!(findings.as_array().unwrap().len(), 3);
    assert_eq!(
        findings[1],
        json!({
            "rule": "duplicate-data-id",
            "severity": "error",
            "class": "Vendor_Queue",
            "member": "Limit",
            "parameter": null,
            "message": "another item also has `WmiDataId(1)`",
            "file": "queue.mof",
            "line": 7,
            "column": 27,
        })
    );
}

#[test]
fn example_schema_has_no_errors() {
    let (status, findings, _) = check("check_iscsi", &mof(), &[]);
    assert_eq!(status, Some(0), "{findings}");
}
