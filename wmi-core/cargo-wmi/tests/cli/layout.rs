//! `layout`: table, JSON and picture.

use super::{binary, fails, folder, mof, names, run_with, succeeds};
use iscsi_schema::MSiSCSI_MMIPSECStats;
use serde_json::Value;
use wmi_core::FixedClass;
use wmi_core::schema::{CimType, Class, File, Object, ObjectKind, Property, Qualifier};
use wmi_tests::golden;
use wmi_tools::bmf::{self, Packing};

/// A schema with everything a block can have: padding, an item of many rows, items of variable size
/// and after them, and a method.
const EXAMPLE: &str = r#"
[WMI, guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}")]
class Vendor_Example
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [WmiDataId(1)] boolean Ready;
    [WmiDataId(2), CounterType(65792)] uint64 Completed;
    [WmiDataId(3)] uint8 Address[6];
    [WmiDataId(4), MaxLen(40)] string Label;
    [WmiDataId(5)] Vendor_Part Parts[2];
    [WmiDataId(6)] uint32 Count;
    [WmiDataId(7), WmiSizeIs("Count")] uint16 Values[];
    [WmiDataId(8)] datetime Since;
    [Implemented, WmiMethodId(1)] void Reset([in] uint32 Mask, [out] uint64 Before);
};
[WMI, guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e48}")]
class Vendor_Part
{
    [WmiDataId(1)] uint32 Number;
};
"#;

fn layout(test: &str, arguments: &[&str], input: &[u8]) -> String {
    let arguments = [&["layout", "-"], arguments].concat();
    let (text, said) = succeeds(&folder(test), &arguments, input);
    assert_eq!(said, "");
    String::from_utf8(text).unwrap()
}

#[test]
fn table_and_svg_match_the_golden_files() {
    let table = layout("table", &[], EXAMPLE.as_bytes());
    golden::check("cli", "cargo-wmi.layout.txt", &table);
    let picture = layout("picture", &["--svg"], EXAMPLE.as_bytes());
    golden::check("cli", "cargo-wmi.layout.svg", &picture);
}

#[test]
fn offsets_match_the_derive_for_every_input() {
    let class = ["--class", "msiscsi_mmipsecstats"];
    let of_text = layout("of_text", &class, mof().as_bytes());
    assert_eq!(layout("of_binary", &class, &binary()), of_text);
    let rows: Vec<Vec<_>> = of_text
        .lines()
        .skip(3)
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows.len(), MSiSCSI_MMIPSECStats::ITEMS.len());
    for (row, item) in rows.iter().zip(MSiSCSI_MMIPSECStats::ITEMS) {
        let numbers = [usize::try_from(item.id).unwrap(), item.offset, item.size];
        assert_eq!(row[..3], numbers.map(|number| number.to_string()));
        assert_eq!(
            row[3..],
            ["uint64", "PERF_COUNTER_LARGE_RAWCOUNT", item.property.name]
        );
    }
}

#[test]
fn json_lists_every_block_with_null_for_variable_offsets() {
    let json = layout("json", &["--json"], EXAMPLE.as_bytes());
    let blocks: Value = serde_json::from_str(&json).unwrap();
    let blocks = blocks.as_array().unwrap();
    let titles: Vec<_> = blocks
        .iter()
        .map(|block| {
            (
                block["class"].as_str().unwrap(),
                block["block"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        titles,
        [
            ("Vendor_Example", "data"),
            ("Vendor_Example", "input"),
            ("Vendor_Example", "output"),
            ("Vendor_Part", "data"),
        ]
    );
    let [data, input, ..] = &blocks[..] else {
        panic!("{json}");
    };
    assert_eq!(data["size"], Value::Null);
    assert_eq!(data["guid"], "7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47");
    assert_eq!(data["items"][1]["offset"], 8);
    assert_eq!(data["items"][1]["counter"], "PERF_COUNTER_LARGE_RAWCOUNT");
    assert_eq!(data["items"][6]["type"], "uint16[Count]");
    assert_eq!(data["items"][7]["offset"], Value::Null);
    assert_eq!(input["method"], "Reset");
}

#[test]
fn class_without_layout_fails_after_showing_the_others() {
    let text = "class Good { [WmiDataId(1)] uint32 X; };\n\
                class Bad { [WmiDataId(1)] Missing Y; };\n";
    let output = run_with(&folder("no_layout"), &["layout", "-"], text.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("Good  4 bytes\n")
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: <stdin>: "), "{said}");
    assert!(said.contains("Missing"), "{said}");

    let folder = folder("no_layout_file");
    for arguments in [
        &["layout", "-", "--json"][..],
        &["layout", "-", "--json", "-o", "out"],
        &["layout", "-", "--svg", "-o", "out"],
        &["layout", "-", "-o", "out"],
    ] {
        fails(&folder, arguments, text.as_bytes(), 1);
        assert_eq!(names(&folder), [""; 0]);
    }
}

#[test]
fn embedded_classes_are_those_of_the_namespace() {
    let text = r#"#pragma namespace("root\\one")
[WMI] class Part { [WmiDataId(1)] uint8 X; };
#pragma namespace("ROOT/two")
[WMI] class Part { [WmiDataId(1)] uint64 X; };
[WMI] class Second { [WmiDataId(1)] Part P; };
#pragma namespace("\\\\.\\root\\one")
[WMI] class First { [WmiDataId(1)] Part P; };
"#;
    let sizes = |class: &str| {
        let json = layout("namespaces", &["--json", "--class", class], text.as_bytes());
        let blocks: Vec<Value> = serde_json::from_str(&json).unwrap();
        blocks
            .iter()
            .map(|block| block["size"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(sizes("First"), [1]);
    assert_eq!(sizes("Second"), [8]);
    assert_eq!(sizes("part"), [1, 8]);
    let third = "#pragma namespace(\"root\")\nclass Third { [WmiDataId(1)] Part P; };";
    let text = [text, third].concat();
    let arguments = ["layout", "-", "--json", "--class", "Third"];
    let said = fails(&folder("other_namespace"), &arguments, text.as_bytes(), 1);
    assert!(said.contains("is declared in another namespace"), "{said}");
}

#[test]
fn unknown_class_error_lists_the_classes() {
    let said = fails(
        &folder("unknown"),
        &["layout", "-", "--class", "A"],
        EXAMPLE.as_bytes(),
        1,
    );
    assert_eq!(
        said,
        "error: <stdin>: it has no class `A`, only Vendor_Example, Vendor_Part\n"
    );
}

/// Names may come from untrusted files.
#[test]
fn names_are_escaped_for_terminals() {
    let id = [Qualifier::new(
        "WmiDataId",
        wmi_core::schema::Value::Integer(1),
    )];
    let items = [Property::new("\x1b[2J", CimType::Uint32, "uint32").with_qualifiers(&id)];
    let class = Class::new("A\x07<B>").with_properties(&items);
    let objects = [Object::new("root", ObjectKind::Class(class))];
    let binary = bmf::encode(&File::new(&objects), Packing::Greedy).unwrap();
    for arguments in [&["layout", "-"][..], &["layout", "-", "--svg"]] {
        let said = fails(&folder("control"), arguments, &binary, 1);
        assert!(said.contains("MOF text cannot spell a name"), "{said}");
        assert!(
            !said.contains(|c: char| c.is_control() && c != '\n'),
            "{said}"
        );
    }
    let missing = ["layout", "-", "--class", "\x1b"];
    let said = fails(&folder("control_class"), &missing, EXAMPLE.as_bytes(), 1);
    assert!(said.contains("`\u{fffd}`, only Vendor_Example"), "{said}");
}
