//! The INF section of a schema's rights, and the security descriptors in it.

use std::fs;

use wmi_core::schema::{Class, Qualifier, Schema, Value};
use wmi_tools::build::{Build, InfSection, Sddl};

const fn guid(text: &'static str) -> Qualifier<'static> {
    Qualifier::new("guid", Value::String(text))
}

const STATS: [Qualifier<'static>; 1] = [guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}")];
const SETTINGS: [Qualifier<'static>; 1] = [guid("{0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c03}")];
const SCHEMA: Schema<'static> = Schema::new(&[
    &Class::new("Vendor_Stats").with_qualifiers(&STATS),
    &Class::new("Vendor_Part"),
    &Class::new("Vendor_Settings").with_qualifiers(&SETTINGS),
]);

#[test]
fn classes_are_closed_to_all_but_administrators_by_default() {
    let section = InfSection::new("Vendor_Install.NTamd64", &SCHEMA);
    let expected = "\
[Vendor_Install.NTamd64.WMI]
WMIInterface = {7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}, 1, Vendor_Install_WMI_Security_0 ; Vendor_Stats
WMIInterface = {0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c03}, 1, Vendor_Install_WMI_Security_0 ; Vendor_Settings

[Vendor_Install_WMI_Security_0]
security = \"O:BAG:BAD:(A;;0x120fff;;;BA)(A;;0x120fff;;;SY)\"
";
    assert_eq!(section.to_string(), expected);
    assert_eq!(section.warnings(), [""; 0]);
}

#[test]
fn each_descriptor_has_one_section() {
    let own = Sddl::parse("O:BAG:BAD:P(D;;GA;;;AN)(A;;GA;;;BA)").unwrap();
    let section = InfSection::new("Vendor_Install.NT", &SCHEMA)
        .rights(Sddl::READABLE)
        .rights_of("vendor_settings", own);
    let text = section.to_string();
    for line in [
        "WMIInterface = {7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}, 1, Vendor_Install_WMI_Security_0",
        "WMIInterface = {0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c03}, 1, Vendor_Install_WMI_Security_1",
        "security = \"O:BAG:BAD:(A;;0x120fff;;;BA)(A;;0x120fff;;;SY)(A;;0x12000d;;;AU)\"",
        "security = \"O:BAG:BAD:P(D;;GA;;;AN)(A;;GA;;;BA)\"",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(section.warnings(), [""; 0]);
}

#[test]
fn shipped_descriptors_are_read() {
    for text in [
        Sddl::ADMINISTRATORS.as_str(),
        Sddl::READABLE.as_str(),
        "O:BAG:BAD:(A;;GA;;;AU)",
        "O:BAG:BAD:(A;;0x12001f;;;BA)(A;;0x12001f;;;LS)(A;;CC;;;BU)",
        "D:(A;;CCDCLCSWRP;;;S-1-5-32-544)",
        "O:S-1-5-18G:S-1-5-18D:PAI(A;CIOI;GA;;;SY)",
    ] {
        assert_eq!(Sddl::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn malformed_descriptors_name_the_byte() {
    for (text, offset, fault) in [
        ("", 0, "a DACL is missing"),
        ("O:BAG:BA", 8, "a DACL is missing"),
        ("O:XXG:BAD:(A;;GA;;;BA)", 2, "unknown principal"),
        ("O:BAG:BAD:", 10, "no entry"),
        ("D:X(A;;GA;;;BA)", 2, "unknown flag"),
        ("D:A;;GA;;;BA", 2, "unknown flag"),
        ("D:(A;;GA;;;BA", 3, "does not end with `)`"),
        ("D:(A;;GA;;;BA)x", 14, "starts with `(`"),
        ("D:(A;;GA;;BA)", 3, "six fields"),
        ("D:(A;;GA;;;BA;)", 3, "six fields"),
        ("D:(AU;;GA;;;BA)", 3, "allows, `A`"),
        ("D:(A;XX;GA;;;BA)", 5, "unknown flag of an entry"),
        ("D:(A;;;;;BA)", 6, "no rights"),
        ("D:(A;;0xg;;;BA)", 6, "32 bits"),
        ("D:(A;;0x100000000;;;BA)", 6, "32 bits"),
        ("D:(A;;CCZZ;;;BA)", 8, "unknown right"),
        ("D:(A;;C;;;BA)", 6, "unknown right"),
        ("D:(A;;GA;x;;BA)", 9, "no object"),
        ("D:(A;;GA;;;Administrators)", 11, "unknown principal"),
        ("D:(A;;GA;;;S-1-)", 11, "unknown principal"),
        ("D:(A;;GA;;;BA)\"", 14, "cannot hold this character"),
        ("D:%SDDL%", 2, "cannot hold this character"),
        ("D:(A;;GA;;;é)", 11, "cannot hold this character"),
    ] {
        let error = Sddl::parse(text).unwrap_err();
        assert_eq!(error.offset, offset, "{text}: {error}");
        assert!(error.to_string().contains(fault), "{text}: {error}");
    }
}

#[test]
fn rights_of_many_users_to_change_something_are_warned_of() {
    let grants = |text| {
        let rights = Sddl::parse(text).unwrap();
        rights.open_grants().count()
    };
    assert_eq!(grants(Sddl::READABLE.as_str()), 0);
    assert_eq!(grants("D:(A;;GA;;;AU)"), 1);
    assert_eq!(
        grants("D:(A;;CCDC;;;wd)(A;;RP;;;BU)(A;;CC;;;IU)(D;;GA;;;AN)"),
        2
    );
    let open = Sddl::parse("D:(A;;0x12001f;;;WD)").unwrap();
    let section = InfSection::new("A", &SCHEMA)
        .rights(open)
        .rights_of("Vendor_Part", open);
    let warnings = section.warnings();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].starts_with("`Vendor_Part` has rights, but"));
    assert!(warnings[1].starts_with("`(A;;0x12001f;;;WD)` lets users"));
}

/// Writes as a build script does. Ignored: another test runs it with Cargo's variables set.
#[test]
#[ignore = "another test runs it"]
fn as_build_script() {
    let build = Build::new("vendor", &SCHEMA);
    let open = Sddl::parse("D:(A;;GA;;;WD)").unwrap();
    let section = InfSection::new("Vendor_Install.NT", &SCHEMA).rights(open);
    build.write_inf(&section).unwrap();
    let unnamed = InfSection::new("[Vendor_Install]", &SCHEMA);
    build.write_inf(&unnamed).unwrap_err();
}

#[test]
fn the_section_is_a_file_of_the_build() {
    let folder = super::folder("inf");
    let (passed, output) = super::run_alone(
        "build_script::inf::as_build_script",
        &[("OUT_DIR", &folder)],
    );
    assert!(passed, "{output}");
    assert!(
        output.contains("cargo::warning=`(A;;GA;;;WD)` lets users"),
        "{output}"
    );
    let refused = "cargo::error=\"[Vendor_Install]\" is not the name of an install section";
    assert!(output.contains(refused), "{output}");
    let text = fs::read_to_string(folder.join("vendor.wmi.inf")).unwrap();
    assert!(text.starts_with("[Vendor_Install.NT.WMI]\r\nWMIInterface = {7d1f9a52"));
}
