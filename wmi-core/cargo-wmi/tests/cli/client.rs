//! `client`: modules for PowerShell and Rust.

use super::{binary, fails, folder, mof, names, run_with, succeeds};

const CLASS: &str = r#"
[WMI, Dynamic, Provider("WMIProv"), guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}"),
 Description("A lamp.")]
class Vendor_Lamp
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [read, write, WmiDataId(1), Values{"off", "on"}, ValueMap{"0", "1"}] uint8 Mode;
};
"#;

fn powershell(test: &str, arguments: &[&str], input: &[u8]) -> String {
    let arguments = [&["client", "-", "--powershell"], arguments].concat();
    let (source, said) = succeeds(&folder(test), &arguments, input);
    assert_eq!(said, "");
    String::from_utf8(source).unwrap()
}

#[test]
fn modules_do_not_depend_on_the_format_of_the_input() {
    let of_text = powershell("client_text", &[], mof().as_bytes());
    assert_eq!(of_text, powershell("client_binary", &[], &binary()));
    assert!(of_text.contains("\nfunction Get-MSiSCSI_MMIPSECStats {\n"));
}

#[test]
fn modules_have_names_help_and_rights() {
    let source = powershell("client_help", &["--name", "lamp"], CLASS.as_bytes());
    for text in [
        "function Test-LampClasses {",
        "Names = @('off', 'on'); Numbers = [byte[]] @(0, 1)",
        "    .DESCRIPTION\n    A lamp.\n",
        "Needs WMIGUID_QUERY and WMIGUID_SET on the block.",
        "    'Set-Vendor_Lamp'\n)",
    ] {
        assert!(source.contains(text), "{text}");
    }
}

#[test]
fn descriptions_come_from_amendments() {
    let amended = CLASS.replace(" Description(\"A lamp.\")", " Locale(1033)")
        + r#"
#pragma namespace("\\\\.\\root\\wmi\\ms_409")
[AMENDMENT, LOCALE(1033), Description("The lamp on the front.") : amended]
class Vendor_Lamp
{
};
"#;
    let amended = format!("#pragma namespace(\"\\\\\\\\.\\\\root\\\\wmi\")\n{amended}");
    let source = powershell("client_amended", &[], amended.as_bytes());
    assert!(source.contains("    The lamp on the front.\n"), "{source}");
}

#[test]
fn a_name_that_source_cannot_hold_is_left_out_and_reported() {
    let class = CLASS.replace("Mode", "M\u{f6}de");
    let arguments = ["client", "-", "--powershell"];
    let output = run_with(&folder("client_name"), &arguments, class.as_bytes());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "warning: <stdin>: Vendor_Lamp.M\u{f6}de: its name is not made of ASCII letters, digits and \
         underscores\n"
    );
    assert!(
        !String::from_utf8(output.stdout)
            .unwrap()
            .contains("function Set-")
    );
}

#[test]
fn rust_is_written_on_request() {
    let arguments = ["client", "-", "--rust"];
    let (source, said) = succeeds(&folder("client_rust"), &arguments, CLASS.as_bytes());
    let source = String::from_utf8(source).unwrap();
    assert_eq!(said, "");
    for text in [
        "pub struct VendorLamp {",
        "pub const MODE_ON: u8 = 1;",
        "pub fn set_mode(",
    ] {
        assert!(source.contains(text), "{text}");
    }
}

#[test]
fn a_schema_of_bases_gives_no_client() {
    let folder = folder("client_of_nothing");
    for language in ["--powershell", "--rust"] {
        let arguments = ["client", "-", language, "-o", "a"];
        let said = fails(&folder, &arguments, b"[abstract] class A {};", 1);
        assert!(said.contains("there is nothing to write"), "{said}");
    }
    assert!(names(&folder).is_empty());
    // A class that others embed has no functions.
    let text = b"[WMI] class Vendor_Part { [WmiDataId(1)] uint32 X; };";
    let (source, _) = succeeds(&folder, &["client", "-", "--rust"], text);
    let source = String::from_utf8(source).unwrap();
    assert!(
        source.contains("use serde::") && !source.contains("use wmi::"),
        "{source}"
    );
}

#[test]
fn the_language_is_required() {
    let said = fails(&folder("client_language"), &["client", "-"], b"", 2);
    assert!(said.contains("--powershell"), "{said}");
}
