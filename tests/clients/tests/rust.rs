//! Generated Rust: the golden file that is compiled for Windows is fresh, and no text of a schema leaves
//! its literal or comment.

use wmi_tests::golden;
use wmi_tools::client_source::{self, ClientSource};
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, bmf};

fn client(mof: &str) -> ClientSource {
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("iscsi.mof", mof.as_bytes());
    let faults = reading.diagnostics.iter();
    assert_eq!(faults.map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    client_source::rust(&reading.file, "iscsi")
}

#[test]
fn the_client_of_the_iscsi_classes_matches_the_golden_file() {
    let client = client(&iscsi_schema::SCHEMA.mof().to_string());
    golden::check("rust", "iscsi.client.rs", &client.source);
}

#[test]
fn methods_that_the_crate_cannot_call_are_left_out() {
    let client = client(
        r#"
        [WMI, guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e46}")]
        class Vendor_Part
        {
            [WmiDataId(1)] uint32 Type;
        };
        [WMI, Dynamic, Provider("WMIProv"), guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}")]
        class Vendor_Port
        {
            [key, read] string InstanceName;
            [read] boolean Active;
            [read, write, WmiDataId(1)] Vendor_Part Part;
            [WmiMethodId(1)] void All([in, MAX(2)] Vendor_Part Parts[]);
            [WmiMethodId(2)] void Self([in] Vendor_Part Part, [out] uint8 Crate);
        };"#,
    );
    let left_out: Vec<_> = client.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(
        left_out,
        [
            "Vendor_Port.Part: the crate `wmi` cannot set an object",
            "Vendor_Port.All: the crate `wmi` cannot send an array of objects",
        ]
    );
    assert!(
        client.source.contains("pub r#type: u32,"),
        "{}",
        client.source
    );
}

const ODD: &str = include_str!("../../cases/mof/clients.mof");

#[test]
fn the_client_of_odd_classes_matches_the_golden_file() {
    let client = client(ODD);
    golden::check("rust", "odd.client.rs", &client.source);
    let left_out: Vec<_> = client.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(
        left_out,
        [
            "Größe: its name is not made of ASCII letters, digits and underscores",
            "Odd_Endless.Parts: the class that it embeds contains itself",
            "Odd.Endless: the class that it embeds contains itself",
            "Odd.Size: the class that it embeds is left out",
            "Odd.Whole: the class that it embeds contains itself",
            "Odd.Loop: one of its parameters is left out",
        ]
    );
}

/// Texts that rustdoc would run as tests, or take for links and tags.
#[test]
fn texts_in_comments_are_no_markup() {
    let source = client(ODD).source;
    assert!(source.contains("/// \\```\n///\n/// fn main() { panic!() }\n///\n/// \\```\n"));
    assert!(source.contains("/// \\<b>\\[text\\]\n"));
}

/// Text that would end a literal or a comment if it could.
const HOSTILE: &[&str] = &[
    "*/ fn f() {} /*",
    "\\n#![f]",
    "\\x000D fn f() {}",
    "\\\"; fn f() {}",
    "{}",
];

#[test]
fn no_text_of_a_schema_becomes_code() {
    for text in HOSTILE {
        let client = client(&format!(
            r#"
            [WMI, Dynamic, Provider("WMIProv"), Description("{text}"),
             guid("{{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}}")]
            class Vendor_Port
            {{
                [key, read] string InstanceName;
                [read] boolean Active;
                [read, write, WmiDataId(1), Description("{text}"), Values{{"{text}"}}] uint32 A;
                [WmiMethodId(2), Description("{text}")] void M([in, Description("{text}")] uint8 B);
            }};"#
        ));
        let mut lines = client.source.lines().map(str::trim_start);
        assert!(lines.all(|line| !line.starts_with("fn f") && !line.starts_with("#![f")));
        assert!(!client.source.contains('\r'));
        let code = client
            .source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        assert!(
            !code.collect::<String>().contains("fn f("),
            "{}",
            client.source
        );
    }
}

#[test]
fn clients_of_the_corpus_are_written() {
    for folder in ["bmf", "bmf-large", "bmf-old"] {
        let Some(files) = wmi_tests::corpus::files(folder, "bmf") else {
            return;
        };
        for (name, bytes) in files {
            let arena = Arena::new();
            let Ok(file) = bmf::decode(&arena, &bytes) else {
                continue;
            };
            assert!(
                !client_source::rust(&file, &name).source.is_empty(),
                "{name}"
            );
        }
    }
}
