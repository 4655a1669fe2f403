//! The source as a text.

use std::io::Write;
use std::process::{Command, Stdio};

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

/// What `rustfmt` changes in a source; `None`, visibly, where there is no `rustfmt`.
fn rustfmt(source: &str) -> Option<String> {
    let child = Command::new("rustfmt")
        .args(["--edition", "2024", "--check"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(why) => {
            skipped(&format!("rustfmt: {why}"));
            return None;
        }
    };
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(source.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn sources_are_formatted() {
    let Some(changes) = rustfmt(&import(EVERYTHING).source) else {
        return;
    };
    assert_eq!(changes, "");
    for case in super::closed_loop::cases() {
        let changes = rustfmt(&case.import.source).unwrap();
        assert_eq!(changes, "", "{}", case.name);
    }
}
