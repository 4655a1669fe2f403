//! Comparing two revisions of a schema: every kind of change, and files without changes.

use std::collections::BTreeSet;

use wmi_core::schema::{Class, File, Schema};
use wmi_tests::corpus;
use wmi_tools::Arena;
use wmi_tools::bmf;
use wmi_tools::diff::{Change, Kind, diff};
use wmi_tools::mof::Reader;

const GUID: &str = r#"guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B01}")"#;
const OTHER_GUID: &str = r#"guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")"#;

fn read<'a>(arena: &'a Arena, mof: &str) -> File<'a> {
    let mof = mof.replace("@G", GUID).replace("@O", OTHER_GUID);
    let reading = Reader::new(arena).read("test.mof", mof.as_bytes());
    assert_eq!(reading.diagnostics, [], "{mof}");
    reading.file
}

/// The classes before and after, and the changes: kind and place.
type Edition = (&'static str, &'static str, &'static [(Kind, &'static str)]);

const EDITIONS: &[Edition] = &[
    // Classes.
    (
        "class A {};",
        "class B {};",
        &[(Kind::ClassRemoved, "A"), (Kind::ClassAdded, "B")],
    ),
    (
        "[@G] class A {};",
        "[@O] class A {};",
        &[(Kind::GuidChanged, "A")],
    ),
    (
        "[@G] class A {};",
        "[@G] class B {};",
        &[(Kind::ClassRenamed, "A")],
    ),
    // Classes that use the renamed class have not changed.
    (
        "[@G] class A { [WmiDataId(1)] uint8 X; }; class B : A { [WmiDataId(2)] A Y; };",
        "[@G] class C { [WmiDataId(1)] uint8 X; }; class B : C { [WmiDataId(2)] C Y; };",
        &[(Kind::ClassRenamed, "A")],
    ),
    (
        "[@G] class A { [WmiDataId(1)] uint8 X; };",
        "[@G] class B { [WmiDataId(1)] uint8 Y; };",
        &[(Kind::ClassRenamed, "A"), (Kind::PropertyRenamed, "A.X")],
    ),
    (
        "[@G] class A {}; [@O] class B {};",
        "[@O] class A {}; [@G] class B {};",
        &[
            (Kind::GuidChanged, "A"),
            (Kind::GuidChanged, "B"),
            (Kind::GuidReused, "A"),
            (Kind::GuidReused, "B"),
        ],
    ),
    (
        "class A : B {};",
        "class A : C {};",
        &[(Kind::BaseChanged, "A")],
    ),
    (
        "[Dynamic] class A {};",
        "[Static] class A {};",
        &[(Kind::ProvisionChanged, "A"), (Kind::ProvisionChanged, "A")],
    ),
    (
        r#"[Provider("WMIProv")] class A {};"#,
        r#"[Provider("Other")] class A {};"#,
        &[(Kind::ProvisionChanged, "A")],
    ),
    (
        "#pragma namespace(\"root\\\\wmi\")\nclass A {};",
        "#pragma namespace(\"root\\\\cimv2\")\nclass A {};",
        &[(Kind::NamespaceChanged, "A")],
    ),
    // Properties.
    (
        "class A { uint8 X; };",
        "class A { uint8 Y; };",
        &[(Kind::PropertyRemoved, "A.X"), (Kind::PropertyAdded, "A.Y")],
    ),
    (
        "class A { [WmiDataId(1)] uint8 X; };",
        "class A { [WmiDataId(1)] uint8 Y; };",
        &[(Kind::PropertyRenamed, "A.X")],
    ),
    // Another type is another item.
    (
        "class A { [WmiDataId(1)] uint8 X; };",
        "class A { [WmiDataId(1)] uint16 Y; };",
        &[
            (Kind::PropertyRemoved, "A.X"),
            (Kind::DataIdReused, "A.Y"),
            (Kind::ItemInserted, "A.Y"),
        ],
    ),
    (
        r#"class A { [WmiDataId(1)] uint8 N; [WmiDataId(2), WmiSizeIs("N")] uint8 X[]; };"#,
        r#"class A { [WmiDataId(1)] uint8 M; [WmiDataId(2), WmiSizeIs("M")] uint8 X[]; };"#,
        &[(Kind::PropertyRenamed, "A.N")],
    ),
    (
        "class A { [WmiDataId(1)] uint8 X; };",
        "class A { [WmiDataId(1)] uint8 X; [WmiDataId(2)] uint8 Y; };",
        &[(Kind::ItemAppended, "A.Y")],
    ),
    (
        "class A { [WmiDataId(1)] uint8 X; };",
        "class A { [WmiDataId(1)] uint8 Y; [WmiDataId(2)] uint8 X; };",
        &[
            (Kind::DataIdChanged, "A.X"),
            (Kind::OffsetChanged, "A.X"),
            (Kind::DataIdReused, "A.Y"),
            (Kind::ItemInserted, "A.Y"),
        ],
    ),
    // In the padding, so nothing moves.
    (
        "class A { [WmiDataId(1)] uint8 X; [WmiDataId(2)] uint64 Z; };",
        "class A { [WmiDataId(1)] uint8 X; [WmiDataId(2)] uint8 Y; [WmiDataId(3)] uint64 Z; };",
        &[
            (Kind::DataIdChanged, "A.Z"),
            (Kind::DataIdReused, "A.Y"),
            (Kind::ItemInserted, "A.Y"),
        ],
    ),
    (
        "class A { [WmiDataId(1)] uint8 X; [WmiDataId(2)] uint8 Y; };",
        "class A { [WmiDataId(1)] uint32 X; [WmiDataId(2)] uint8 Y; };",
        &[(Kind::TypeChanged, "A.X"), (Kind::OffsetChanged, "A.Y")],
    ),
    (
        "class A { [WmiDataId(1)] uint8 X[2]; };",
        "class A { [WmiDataId(1)] uint8 X[4]; };",
        &[(Kind::LengthChanged, "A.X")],
    ),
    (
        "class A { [WmiDataId(1)] uint8 X[4]; };",
        "class A { [WmiDataId(1), MAX(4)] uint8 X[]; };",
        &[],
    ),
    (
        "class A { [WmiDataId(1)] uint32 N; [WmiDataId(2)] uint8 X[4]; };",
        r#"class A { [WmiDataId(1)] uint32 N; [WmiDataId(2), WmiSizeIs("N")] uint8 X[]; };"#,
        &[(Kind::LengthChanged, "A.X"), (Kind::CountChanged, "A.X")],
    ),
    (
        "class A { [WmiDataId(1), MaxLen(4)] string X; [WmiDataId(2)] uint8 Y; };",
        "class A { [WmiDataId(1), MaxLen(8)] string X; [WmiDataId(2)] uint8 Y; };",
        &[(Kind::MaxLenChanged, "A.X"), (Kind::OffsetChanged, "A.Y")],
    ),
    // Items added to an embedded class move those after it.
    (
        "class B { [WmiDataId(1)] uint8 X; };
         class A { [WmiDataId(1)] B X; [WmiDataId(2)] uint8 Y; [WmiDataId(3)] B Z[2]; };",
        "class B { [WmiDataId(1)] uint8 X; [WmiDataId(2)] uint8 W; };
         class A { [WmiDataId(1)] B X; [WmiDataId(2)] uint8 Y; [WmiDataId(3)] B Z[2]; };",
        &[
            (Kind::ItemAppended, "B.W"),
            (Kind::OffsetChanged, "A.Y"),
            (Kind::OffsetChanged, "A.Z"),
            (Kind::ElementSizeChanged, "A.Z"),
        ],
    ),
    (
        "class A { [key, read, write] uint8 X; };",
        "class A { [read] uint8 X; };",
        &[(Kind::KeyChanged, "A.X"), (Kind::AccessRemoved, "A.X")],
    ),
    (
        "class A { [read] uint8 X; };",
        "class A { [read, write] uint8 X; };",
        &[(Kind::AccessAdded, "A.X")],
    ),
    (
        "class A { [CounterType(65536)] uint32 X; };",
        "class A { [CounterType(272696320), WmiScale(3)] uint32 X; };",
        &[(Kind::MeaningChanged, "A.X"), (Kind::MeaningChanged, "A.X")],
    ),
    (
        r#"class A { [ValueMap{"0", "1"}, Values{"off", "on"}] uint8 X; };"#,
        r#"class A { [ValueMap{"0", "2"}, Values{"none", "all"}] uint8 X; };"#,
        &[
            (Kind::ValuesRemoved, "A.X"),
            (Kind::ValuesAdded, "A.X"),
            (Kind::ValuesRenamed, "A.X"),
        ],
    ),
    // The names are in the localised MOF.
    (
        r#"class A { [ValueMap{"0", "1"}, Values{"off", "on"}] uint8 X; };"#,
        r#"class A { [ValueMap{"0", "1"}] uint8 X; };"#,
        &[],
    ),
    // Methods.
    (
        "class A { [Implemented, WmiMethodId(1)] void M(); };",
        "class A { [Implemented, WmiMethodId(1)] void N(); };",
        &[(Kind::MethodRenamed, "A.M")],
    ),
    (
        "class A { [Implemented, WmiMethodId(1)] void M(); };",
        "class A { [Implemented, WmiMethodId(2)] void N(); };",
        &[(Kind::MethodRemoved, "A.M"), (Kind::MethodAdded, "A.N")],
    ),
    (
        "class A { [Implemented, WmiMethodId(1)] void M(); };",
        "class A { [Implemented, WmiMethodId(2)] void M(); [Implemented, WmiMethodId(1)] void N(); };",
        &[
            (Kind::MethodIdChanged, "A.M"),
            (Kind::MethodAdded, "A.N"),
            (Kind::MethodIdReused, "A.N"),
        ],
    ),
    (
        "class A { [WmiMethodId(1)] void M([in] uint8 X, [out] uint8 Y); };",
        "class A { [WmiMethodId(1)] void M([in] uint8 Z, [out] uint8 Y); };",
        &[(Kind::ParameterRenamed, "A.M.X")],
    ),
    (
        "class A { [Implemented, WmiMethodId(1)] void M(); };",
        "class A { [WmiMethodId(2)] uint32 M(); };",
        &[
            (Kind::MethodIdChanged, "A.M"),
            (Kind::MethodUnimplemented, "A.M"),
            (Kind::ResultChanged, "A.M"),
        ],
    ),
    (
        "class A { [WmiMethodId(1)] void M([in] uint8 X, [out] uint8 Y); };",
        "class A { [WmiMethodId(1)] void M([in] uint8 X, [out] uint8 Y, [out] uint8 Z); };",
        &[(Kind::OutputAppended, "A.M.Z")],
    ),
    (
        "class A { [WmiMethodId(1)] void M([in] uint8 X, [out] uint8 Y); };",
        "class A { [WmiMethodId(1)] void M([in] uint8 Z, [in] uint8 X, [out] uint8 W, [out] uint8 Y); };",
        &[
            (Kind::OffsetChanged, "A.M.X"),
            (Kind::OffsetChanged, "A.M.Y"),
            (Kind::ParameterAdded, "A.M.Z"),
            (Kind::ParameterAdded, "A.M.W"),
        ],
    ),
    (
        "class A { [WmiMethodId(1)] void M([in] uint8 X, [in] uint8 Y, [in] uint8 Z); };",
        "class A { [WmiMethodId(1)] void M([in] uint16 X, [out] uint8 Z); };",
        &[
            (Kind::TypeChanged, "A.M.X"),
            (Kind::ParameterRemoved, "A.M.Y"),
            (Kind::DirectionChanged, "A.M.Z"),
        ],
    ),
    // The offsets of the outputs alone did not change.
    (
        "class A { [WmiMethodId(1)] void M([out] uint8 Y, [in] uint8 X); };",
        "class A { [WmiMethodId(1)] void M([out] uint8 Y, [out] uint8 Z, [in] uint8 X); };",
        &[(Kind::OutputAppended, "A.M.Z")],
    ),
    ("class A {};", "[@G] class A {};", &[]),
    // The first of several counts changed.
    (
        "class A { uint8 X; };",
        "class A { uint8 X; }; class a { uint8 Y; };",
        &[],
    ),
    // Changes that clients cannot see.
    (
        r#"[Description("Old")] class A { [WmiDataId(2)] uint8 X; [WmiDataId(1)] uint8 Y; };"#,
        r#"[Description("New")] class a { [WmiDataId(1)] UINT8 y; [WmiDataId(2)] uint8 x; };"#,
        &[],
    ),
];

fn place(change: &Change<'_>) -> String {
    let inner = [change.member, change.parameter];
    let names = inner.into_iter().flatten();
    names.fold(change.class.to_owned(), |place, name| {
        format!("{place}.{name}")
    })
}

#[test]
fn each_kind_of_change_is_found() {
    for (old, new, expected) in EDITIONS {
        let arena = Arena::new();
        let changes = diff(&read(&arena, old), &read(&arena, new));
        let found: Vec<_> = changes.iter().map(|it| (it.kind, place(it))).collect();
        let expected = expected
            .iter()
            .map(|(kind, place)| (*kind, (*place).to_owned()));
        assert_eq!(found, expected.collect::<Vec<_>>(), "{old}\n{new}");
    }
    let shown = EDITIONS.iter().flat_map(|(.., changes)| *changes);
    let shown: BTreeSet<Kind> = shown.map(|(kind, _)| *kind).collect();
    assert_eq!(shown, Kind::ALL.iter().copied().collect());
    let ids: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.id()).collect();
    assert_eq!(ids.len(), Kind::ALL.len());
}

#[test]
fn renames_suggest_a_remedy() {
    let arena = Arena::new();
    let old = read(&arena, "class A { [WmiDataId(1)] uint8 X; };");
    let new = read(&arena, "class A { [WmiDataId(1)] uint8 Y; };");
    let changes = diff(&old, &new);
    assert_eq!(
        changes.iter().map(Change::to_string).collect::<Vec<_>>(),
        [
            "breaking: `A.X`: renamed to `Y`; keep the name, and change its `DisplayName` \
             [property-renamed]"
        ]
    );
}

#[test]
fn compatible_kinds_are_listed() {
    let kept = Kind::ALL.iter().filter(|kind| !kind.is_breaking());
    assert_eq!(
        kept.copied().collect::<Vec<_>>(),
        [
            Kind::ClassAdded,
            Kind::PropertyAdded,
            Kind::ItemAppended,
            Kind::AccessAdded,
            Kind::ValuesAdded,
            Kind::ValuesRenamed,
            Kind::MethodAdded,
            Kind::OutputAppended,
        ]
    );
}

#[test]
fn identical_files_have_no_changes() {
    for folder in ["bmf", "pairs", "expected"] {
        let Some(files) = corpus::files(folder, "bmf") else {
            return;
        };
        for (name, bytes) in files {
            let arena = Arena::new();
            let file = bmf::decode(&arena, &bytes).unwrap();
            // The same after a round trip through text.
            let again = Reader::new(&arena).read(&name, file.mof().to_string().as_bytes());
            assert_eq!(diff(&file, &again.file), [], "{name}");
        }
    }
    assert_eq!(diff(&iscsi_schema::SCHEMA, &iscsi_schema::SCHEMA), []);
}

/// Compares two revisions of one machine's firmware classes.
#[test]
fn published_firmware_revisions_are_compared() {
    let old = corpus::read("bmf/Lenovo-LENOVO-GAMEZONE-CPU-OC-DATA-dc466b52.bmf");
    let new = corpus::read("bmf/Lenovo-LENOVO-GAMEZONE-CPU-OC-DATA-7ffc8cd2.bmf");
    let (Some(old), Some(new)) = (old, new) else {
        return;
    };
    let arena = Arena::new();
    let old = bmf::decode(&arena, &old).unwrap();
    let new = bmf::decode(&arena, &new).unwrap();
    let changes = diff(&old, &new);
    let breaking = changes.iter().filter(|change| change.is_breaking());
    let breaking: Vec<String> = breaking.map(Change::to_string).collect();
    for expected in [
        "breaking: `Package`: the class is gone [class-removed]",
        "breaking: `LENOVO_GAMEZONE_GPU_OC_DATA.Interval`: at byte 36, was at 20 \
         [offset-changed]",
        "breaking: `LENOVO_GAMEZONE_DATA.SetKeyboardLight.Data`: `in`, was `out` \
         [direction-changed]",
    ] {
        assert!(
            breaking.iter().any(|found| found == expected),
            "{breaking:#?}"
        );
    }
    assert_eq!((breaking.len(), changes.len()), (21, 41));
}

#[test]
fn namespace_spelling_is_not_a_change() {
    let settings = Class::new("Vendor_Settings");
    let list = [&settings];
    let schema = |namespace| Schema::published(&list).with_namespace(namespace);
    let old = schema(r"root\wmi");
    for spelling in [
        r"\\.\root\wmi",
        r"\\.\ROOT\WMI",
        "//./root/wmi",
        "root/wmi/",
        r"root\\wmi",
        r"root\default",
    ] {
        assert_eq!(diff(&old, &schema(spelling)), [], "{spelling}");
    }
    for other in [
        r"\\.\root\cimv2",
        r"\\.\root\wmi\ms_409",
        r"\\.\root\default",
    ] {
        let changes = diff(&old, &schema(other));
        let kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [Kind::NamespaceChanged], "{other}");
    }
}

/// A class of one name in two namespaces is two classes.
#[test]
fn classes_of_each_namespace_are_compared() {
    let mof = |first: &str, second: &str| {
        format!(
            "#pragma namespace(\"root\\\\one\")\nclass A {{ [WmiDataId(1)] {first} X; }};\n\
             #pragma namespace(\"root\\\\two\")\nclass A {{ [WmiDataId(1)] {second} X; }};"
        )
    };
    let (old, same) = (mof("uint8", "uint64"), mof("uint8", "uint64"));
    let (first, second) = (mof("uint16", "uint64"), mof("uint8", "uint32"));
    let alone = "#pragma namespace(\"ROOT/two\")\nclass A { [WmiDataId(1)] uint64 X; };";
    let arena = Arena::new();
    let changes = |old: &str, new: &str| {
        let changes = diff(&read(&arena, old), &read(&arena, new));
        changes.iter().map(|change| change.kind).collect::<Vec<_>>()
    };
    assert_eq!(changes(&old, &same), []);
    for changed in [&first, &second] {
        assert!(
            changes(&old, changed).contains(&Kind::TypeChanged),
            "{changed}"
        );
    }
    assert_eq!(changes(&old, alone), [Kind::ClassRemoved]);
    assert_eq!(changes(alone, &old), [Kind::ClassAdded]);
}
