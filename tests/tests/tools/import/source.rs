//! The imported source text.

use std::fs;
use std::path::Path;
use std::process::Command;

use wmi_tests::{golden, skipped};
use wmi_tools::import::OmissionKind;

use super::{EVERYTHING, import};

#[test]
fn every_construct_is_imported() {
    let import = import(EVERYTHING);
    let listed: Vec<_> = import
        .omissions
        .iter()
        .map(|omission| {
            let member = omission.member.as_deref().unwrap_or_default();
            (omission.kind, omission.class.as_str(), member)
        })
        .collect();
    assert_eq!(
        listed,
        [
            (OmissionKind::Instance, "Vendor_Stored", ""),
            (OmissionKind::Method, "Vendor_Target", "NoId"),
            (OmissionKind::DataBlock, "Vendor_Inherits", ""),
        ]
    );
    golden::check("tools", "import.rs", &import.source);
}

/// Returns the field of a property with its attributes.
fn field(name: &str) -> String {
    let source = import(&format!(
        "[WMI] class A {{ [read, WmiDataId(1)] uint8 {name}; }};"
    ))
    .source;
    let (_, field) = source.split_once("{\n").unwrap();
    let (field, _) = field.split_once(": u8").unwrap();
    field.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Names are Rust's; the original is kept only where the derive does not restore it.
#[test]
fn names_follow_rust_conventions() {
    for (name, expected) in [
        ("Size", "#[wmi(data_id = 1)] pub size_"),
        (
            "AcquireFailures",
            "#[wmi(data_id = 1)] pub acquire_failures",
        ),
        ("Time2Wait", "#[wmi(data_id = 1)] pub time2_wait"),
        ("ULong", "#[wmi(data_id = 1)] pub u_long"),
        ("IpV6Address", "#[wmi(data_id = 1)] pub ip_v6_address"),
        ("Type", "#[wmi(data_id = 1)] pub r#type"),
        ("Self", "#[wmi(data_id = 1)] pub self_"),
        (
            "TotalGetSPI",
            "#[wmi(data_id = 1, name = \"TotalGetSPI\")] pub total_get_spi",
        ),
        ("OSBus", "#[wmi(data_id = 1, name = \"OSBus\")] pub os_bus"),
        ("LUNs", "#[wmi(data_id = 1, name = \"LUNs\")] pub luns"),
        (
            "iSCSIName",
            "#[wmi(data_id = 1, name = \"iSCSIName\")] pub i_scsi_name",
        ),
        ("wPort", "#[wmi(data_id = 1, name = \"wPort\")] pub w_port"),
        (
            "device_id",
            "#[wmi(data_id = 1, name = \"device_id\")] pub device_id",
        ),
        (
            "_reserved_",
            "#[wmi(data_id = 1, name = \"_reserved_\")] pub reserved",
        ),
        ("_1", "#[wmi(data_id = 1, name = \"_1\")] pub n1"),
        ("Long", "#[wmi(data_id = 1)] pub long"),
        (
            "long",
            "#[wmi(data_id = 1, name = \"long\", allow(keyword))] pub long",
        ),
    ] {
        assert_eq!(field(name), expected, "{name}");
    }
}

/// Returns the struct of each class in a text.
fn structs(text: &str) -> Vec<String> {
    let source = import(text).source;
    let structs = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub struct "));
    let names = structs.map(|rest| rest.trim_end_matches([';', '{', ' ']).to_owned());
    names.collect()
}

#[test]
fn common_class_prefix_is_dropped() {
    let guid = |number: u32| {
        format!("[Dynamic, guid(\"{{2a7f2f0e-64a1-4f6d-9d36-b8b6a2f0{number:04}}}\")]")
    };
    let classes = |names: &[&str]| -> String {
        let classes = names.iter().zip(1..);
        classes
            .map(|(name, number)| format!("{} class {name} {{}};", guid(number)))
            .collect()
    };
    assert_eq!(structs(&classes(&["Vendor_A", "Vendor_B"])), ["A", "B"]);
    assert_eq!(structs(&classes(&["Vendor_A"])), ["VendorA"]);
    assert_eq!(
        structs(&classes(&["Vendor_A", "Other"])),
        ["VendorA", "Other"]
    );
    assert_eq!(
        structs(&classes(&["Vendor_A", "Vendor_1"])),
        ["VendorA", "Vendor1"]
    );
    // Names that are taken, and names that differ only in case.
    assert_eq!(
        structs(&classes(&["V_Text", "V_TEXT"])),
        ["VText", "VTextClass"]
    );
    assert_eq!(
        structs(&classes(&["MSiSCSI_MMIPSECStats"])),
        ["MSiScsiMmipsecStats"]
    );
}

/// MOF whose import has lines near the maximum length.
fn long() -> Vec<String> {
    let class = |name: &str, base: &str| format!("class {name} : {base} {{}};\n");
    let mut texts = Vec::new();
    for count in 1..7 {
        for length in 1..30 {
            let names: Vec<_> = (0..count)
                .map(|number| format!("C{number}{}", "x".repeat(length)))
                .collect();
            let flags = if length % 2 == 0 {
                ""
            } else {
                "#pragma classflags(\"forceupdate\")\n"
            };
            let classes: String = names
                .iter()
                .map(|name| class(name, &format!("Base{name}")))
                .collect();
            texts.push(format!(
                "#pragma namespace(\"root\\\\{}\")\n{flags}{classes}",
                names[0]
            ));
            let classes: String = names.iter().map(|name| class(name, "WMIEvent")).collect();
            texts.push(format!(
                "#pragma namespace(\"\\\\\\\\.\\\\root\\\\wmi\")\n{classes}"
            ));
            let qualifiers: String = names
                .iter()
                .map(|name| format!(", {name}(\"{name}\")"))
                .collect();
            texts.push(format!(
                "[abstract{qualifiers}] class {} {{ {} }};",
                names[0],
                names
                    .iter()
                    .map(|name| format!("[read{qualifiers}] string {name};"))
                    .collect::<String>(),
            ));
        }
    }
    let types = [
        "sint8", "uint8", "sint16", "uint16", "sint32", "uint32", "sint64", "uint64",
    ];
    let counters: String = types
        .iter()
        .zip(1..)
        .map(|(ty, id)| format!("[read, WmiDataId({id}), CounterType(65536)] {ty} {ty}Count;"))
        .collect();
    texts.push(format!("[WMI] class A {{ {counters} }};"));
    texts
}

/// Asserts that `rustfmt` changes nothing in these sources.
fn assert_formatted(folder: &str, sources: &[String]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let files = sources.iter().enumerate().map(|(number, source)| {
        let file = folder.join(format!("{number}.rs"));
        fs::write(&file, source).unwrap();
        file
    });
    let files: Vec<_> = files.collect();
    let output = Command::new("rustfmt")
        .args(["--edition", "2024", "--check"])
        .args(files)
        .output();
    match output {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            assert_eq!(String::from_utf8_lossy(&text), "");
        }
        Err(why) => skipped(&format!("rustfmt: {why}")),
    }
}

#[test]
fn long_sources_are_formatted() {
    let sources: Vec<_> = long().iter().map(|text| import(text).source).collect();
    assert_formatted("long", &sources);
}

#[test]
fn sources_are_formatted() {
    let cases = super::closed_loop::cases();
    let sources: Vec<_> = cases.into_iter().map(|case| case.import.source).collect();
    assert_formatted("formatted", &sources);
}
