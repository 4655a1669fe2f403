//! The source as a text.

use std::fs;
use std::path::Path;
use std::process::Command;

use wmi_core::import::What;
use wmi_tests::{golden, skipped};

use super::{EVERYTHING, import};

#[test]
fn everything() {
    let import = import(EVERYTHING);
    let listed: Vec<_> = import
        .omissions
        .iter()
        .map(|omission| {
            let member = omission.member.as_deref().unwrap_or_default();
            (omission.what, omission.class.as_str(), member)
        })
        .collect();
    assert_eq!(
        listed,
        [
            (What::Instance, "Vendor_Stored", ""),
            (What::Method, "Vendor_Target", "NoId"),
            (What::DataBlock, "Vendor_Inherits", ""),
        ]
    );
    golden::check("import", "import.rs", &import.source);
}

/// Texts whose sources have lines about as long as lines may be.
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
