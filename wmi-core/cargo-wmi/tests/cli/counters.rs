//! `counters`: text, JSON, and findings.

use serde_json::{Value, json};

use super::{fails, folder, mof, succeeds};
use wmi_tests::golden;

/// Counters of all kinds: with and without a base, with a name of their own, without a value.
const EXAMPLE: &str = r#"
[WMI, Dynamic, Provider("WMIProv"), PerfDetail(100), guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}")]
class Vendor_Port : Win32_PerfRawData
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [read, WmiDataId(1), CounterType(272696576), DefaultScale(-3), DisplayName("Bytes sent/sec")]
        uint64 Sent;
    [read, WmiDataId(2), CounterType(805438464)] uint32 Latency;
    [read, WmiDataId(3), CounterType(1073939458)] uint32 Latency_Base;
    [read, WmiDataId(4), CounterType(537003008)] uint32 Lost;
    [read, WmiDataId(5)] uint32 Limit;
};
[WMI, guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e48}")]
class Vendor_Part
{
    [WmiDataId(1)] uint32 Number;
};
"#;

fn counters(test: &str, arguments: &[&str], input: &[u8]) -> (String, String) {
    let arguments = [&["counters", "-"], arguments].concat();
    let (text, said) = succeeds(&folder(test), &arguments, input);
    (String::from_utf8(text).unwrap(), said)
}

#[test]
fn text_matches_the_golden_file() {
    let (text, said) = counters("counters", &[], EXAMPLE.as_bytes());
    assert_eq!(said, "");
    golden::check("cli", "cargo-wmi.counters.txt", &text);
}

#[test]
fn json_has_base_formula_unit_and_findings() {
    let (text, _) = counters("counters_json", &["--json"], EXAMPLE.as_bytes());
    let classes: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(classes.as_array().unwrap().len(), 1);
    let class = &classes[0];
    assert_eq!(class["class"], "Vendor_Port");
    assert_eq!(class["findings"][0]["rule"], "missing-hi-perf");
    let latency = &class["counters"][1];
    assert_eq!(latency["type"], "PERF_AVERAGE_TIMER");
    assert_eq!(latency["base"], "Latency_Base");
    assert_eq!(
        (&latency["unit"], &latency["samples"]),
        (&json!("sec"), &json!(2))
    );
    let lost = &class["counters"][3];
    assert_eq!((&lost["base"], &lost["samples"]), (&Value::Null, &json!(1)));
    assert_eq!(lost["findings"][0]["rule"], "counter-base");
    assert_eq!(class["counters"][0]["scale"], -3);
}

#[test]
fn classes_are_chosen_and_those_without_counters_left_out() {
    let class = ["--class", "msiscsi_mmipsecstats"];
    let (text, said) = counters("counters_class", &class, mof().as_bytes());
    assert!(text.starts_with("MSiSCSI_MMIPSECStats  "), "{text}");
    assert_eq!(
        text.matches("    type     PERF_COUNTER_LARGE_RAWCOUNT")
            .count(),
        21
    );
    assert_eq!(said, "");
    let part = ["--class", "Vendor_Part"];
    let (text, said) = counters("counters_none", &part, EXAMPLE.as_bytes());
    assert_eq!(
        (text.as_str(), said.as_str()),
        ("", "note: no class has counters\n")
    );
    let arguments = ["counters", "-", "--class", "A"];
    let said = fails(
        &folder("counters_unknown"),
        &arguments,
        EXAMPLE.as_bytes(),
        1,
    );
    assert_eq!(said, "error: <stdin>: it has no class `A`\n");
}
