//! Localised texts, which drivers ship apart from their classes.

use wmi_core::mof::Style;
use wmi_core::schema::{Flavor, Value};
use wmi_tests::corpus;
use wmi_tools::Arena;
use wmi_tools::import::{Options, amended, rust};

use super::read;

/// Merges the neutral half and the MFL of a schema.
#[test]
fn neutral_mof_and_mfl_merge_into_the_schema() {
    let schema = iscsi_schema::SCHEMA;
    let [neutral, texts] =
        [Style::Neutral, Style::Mfl].map(|style| schema.mof().style(style).to_string());
    let arena = Arena::new();
    let halves = read(&arena, "merged.mof", (neutral + &texts).as_bytes());
    assert!(halves.objects.len() > schema.classes.len());
    let whole = amended(&arena, &halves, None);
    assert_eq!(whole.objects.len(), schema.classes.len());
    for (class, expected) in whole.classes().zip(schema.classes) {
        assert_eq!(class, *expected);
    }
}

const MERGED: &str = r#"
#pragma namespace("\\\\.\\root\\wmi")
[Dynamic, Provider("WMIProv"), WMI, guid("{2a7f2f0e-64a1-4f6d-9d36-b8b6a2f0c7d4}"),
 DisplayName("Kept")]
class Vendor_Disk
{
    [read, key] String InstanceName;
    [read] boolean Active;
    [read, WmiDataId(1), cpp_quote("// size")] uint64 Size;
    [Implemented, WmiMethodId(1)] void Erase([in] uint32 Passes);
};
instance of __Namespace { Name = "ms_409"; };
instance of __Namespace { Name = "ms_407"; };
#pragma namespace("\\\\.\\root\\wmi\\ms_407")
[AMENDMENT, LOCALE(1031), Description("Eine Platte.") : amended ToSubclass]
class Vendor_Disk {};
#pragma namespace("\\\\.\\root\\WMI\\ms_409")
[AMENDMENT, LOCALE(1033), Description("A disk.") : amended ToSubclass,
 DisplayName("Other") : amended ToSubclass]
class vendor_disk
{
    [Description("Its size.") : amended ToSubclass DisableOverride] uint64 SIZE;
    [Description("Erases it.") : amended]
    void Erase([in, Description("How often.") : amended] uint32 Passes);
};
[AMENDMENT, LOCALE(1033), Description("Not here.") : amended]
class Vendor_Elsewhere {};
"#;

#[test]
fn merged_texts_stand_in_canonical_order() {
    let arena = Arena::new();
    let file = amended(&arena, &read(&arena, "merged.mof", MERGED.as_bytes()), None);
    let disk = file.classes().next().unwrap();
    let names: Vec<_> = disk
        .qualifiers
        .iter()
        .map(|qualifier| qualifier.name)
        .collect();
    assert_eq!(
        names,
        [
            "Dynamic",
            "Provider",
            "WMI",
            "guid",
            "DisplayName",
            "Description"
        ]
    );
    let [.., display_name, description] = disk.qualifiers.iter().collect::<Vec<_>>()[..] else {
        panic!("it has qualifiers");
    };
    assert_eq!(display_name.value, Value::String("Kept"));
    assert_eq!(description.value, Value::String("A disk."));
    assert_eq!(description.flavor, Flavor::AMENDED);
    let size = disk.property("Size").unwrap();
    let names: Vec<_> = size
        .qualifiers
        .iter()
        .map(|qualifier| qualifier.name)
        .collect();
    assert_eq!(names, ["read", "WmiDataId", "Description", "cpp_quote"]);
    let flavor = size.qualifier("Description").unwrap().flavor;
    assert!(flavor.contains(Flavor::TO_SUBCLASS.union(Flavor::DISABLE_OVERRIDE)));
    let erase = disk.methods[0];
    assert_eq!(erase.qualifiers.text("Description"), Some("Erases it."));
    assert_eq!(
        erase.parameters[0].qualifiers.text("Description"),
        Some("How often.")
    );
    // The other language, the missing class, and the declarations of their namespaces.
    assert_eq!(file.objects.len(), 5);
}

#[test]
fn file_without_amendments_is_unchanged() {
    let arena = Arena::new();
    let file = read(&arena, "everything.mof", super::EVERYTHING.as_bytes());
    assert_eq!(amended(&arena, &file, None), file);
}

/// Microsoft's own amendments, from a machine's firmware.
#[test]
fn mofcomp_amendments_are_merged() {
    let name = "bmf/Hewlett-Packard-WMIBinaryMofResource-4f32563a.bmf";
    let Some(bytes) = corpus::read(name) else {
        return;
    };
    let arena = Arena::new();
    let file = wmi_tools::bmf::decode(&arena, &bytes).unwrap();
    let merged = amended(&arena, &file, None);
    assert!(merged.objects.len() < file.objects.len());
    let amendments = |class: &&wmi_core::schema::Class<'_>| class.qualifiers.flag("AMENDMENT");
    assert_eq!(merged.classes().filter(amendments).count(), 0);
    let source = rust(&merged, &Options::new("wmi.mof")).source;
    assert!(
        source.contains("/// WDM Provider Internal class.\n"),
        "{source}"
    );
}
