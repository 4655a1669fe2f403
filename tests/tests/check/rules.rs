//! Every rule, by classes that break it and no other.

use std::collections::BTreeSet;

use wmi_core::schema::{Array, CimType, Class, Property, Qualifier, Value};
use wmi_tools::Arena;
use wmi_tools::Severity;
use wmi_tools::check::{Finding, Rule, check};
use wmi_tools::mof::Reader;

/// What a class needs at least.
const REGISTERED: &str =
    r#"WMI, Dynamic, Provider("WMIProv"), guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B01}")"#;
const EMBEDDED: &str = r#"WMI, guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")"#;
const OTHER: &str =
    r#"WMI, Dynamic, Provider("WMIProv"), guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B03}")"#;
const PAIR: &str = "[key, read] string InstanceName; [read] boolean Active;";

/// The findings of classes: `@R`, `@E` and `@O` are the qualifiers above, `@P` is the pair of
/// properties.
fn findings(mof: &str) -> Vec<String> {
    let mof = mof
        .replace("@R", REGISTERED)
        .replace("@E", EMBEDDED)
        .replace("@O", OTHER)
        .replace("@P", PAIR);
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("test.mof", mof.as_bytes());
    assert_eq!(reading.diagnostics, [], "{mof}");
    check(&reading.file)
        .iter()
        .map(Finding::to_string)
        .collect()
}

/// Each rule with classes that break it, and where.
const BROKEN: &[(Rule, &str, &str)] = &[
    (
        Rule::MissingWmi,
        r#"[guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")] class A { [WmiDataId(1)] uint8 X; };"#,
        "`A`",
    ),
    (
        Rule::MissingDynamic,
        r#"[WMI, Provider("WMIProv"), guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")] class A { @P };"#,
        "`A`",
    ),
    (
        Rule::DynamicAndStatic,
        "[@R, Static] class A { @P };",
        "`A`",
    ),
    (
        Rule::MissingProvider,
        r#"[WMI, Dynamic, guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")] class A { @P };"#,
        "`A`",
    ),
    (
        Rule::OtherProvider,
        r#"[WMI, Dynamic, Provider("CIMWin32")] class A { [key] uint8 X; };"#,
        "`A`",
    ),
    (
        Rule::MissingGuid,
        r#"[WMI, Dynamic, Provider("WMIProv")] class A { @P };"#,
        "`A`",
    ),
    (
        Rule::MissingEmbeddedGuid,
        "[WMI] class A { [WmiDataId(1)] uint8 X; };",
        "`A`",
    ),
    (
        Rule::MalformedGuid,
        r#"[WMI, guid("7D4A1B30")] class A {};"#,
        "`A`",
    ),
    (
        Rule::NilGuid,
        r#"[WMI, guid("{00000000-0000-0000-0000-000000000000}")] class A {};"#,
        "`A`",
    ),
    (
        Rule::SampleGuid,
        r#"[WMI, guid("{ABBC0F6D-8EA1-11d1-00A0-C90629100000}")] class A {};"#,
        "`A`",
    ),
    (
        Rule::DuplicateGuid,
        "[@E] class A {}; [@E] class B {};",
        "`B`",
    ),
    (Rule::ClassName, "[@E] class A_ {};", "`A_`"),
    (Rule::ClassName, "[@E] class struct {};", "`struct`"),
    (
        Rule::DuplicateClass,
        "[@E] class A {}; [@E] class a {};",
        "`a`",
    ),
    (
        Rule::UnknownBase,
        "[@R] class A : Vendor_Base { @P };",
        "`A`",
    ),
    (
        Rule::TwoAbstract,
        "[@R, abstract] class A : WMIEvent {};",
        "`A`",
    ),
    (
        Rule::LateDeclaration,
        "[@R] class A { @P [WmiDataId(1)] B X; }; [@E] class B { [WmiDataId(1)] uint8 X; };",
        "`A.X`",
    ),
    (
        Rule::EventBase,
        "[@R] class A : __ExtrinsicEvent { @P };",
        "`A`",
    ),
    (
        Rule::EventSize,
        "[@R] class A : WMIEvent { @P [WmiDataId(1)] uint8 X[961]; };",
        "`A`",
    ),
    (Rule::PerfBase, "[@R, HiPerf] class A { @P };", "`A`"),
    (
        Rule::PerfDetail,
        "[@R, PerfDetail(150)] class A { @P };",
        "`A`",
    ),
    (
        Rule::MissingInstanceName,
        "[@R] class A { [read] boolean Active; };",
        "`A`",
    ),
    (
        Rule::MissingActive,
        "[@R] class A { [key, read] string InstanceName; };",
        "`A`",
    ),
    (
        Rule::InstanceNameForm,
        "[@R] class A { [read] string InstanceName; [read] boolean Active; };",
        "`A.InstanceName`",
    ),
    (
        Rule::ActiveForm,
        "[@R] class A { [key, read] string InstanceName; [read] uint8 Active; };",
        "`A.Active`",
    ),
    (
        Rule::UnreadableInstance,
        "[@R] class A { [key] string InstanceName; [read] boolean Active; };",
        "`A.InstanceName`",
    ),
    (
        Rule::EmbeddedInstance,
        "[@R] class A { @P [WmiDataId(1)] uint8 X; }; [@E] class B { [WmiDataId(1)] A X; };",
        "`A`",
    ),
    (
        Rule::OtherKey,
        "[@E] class A { [key, WmiDataId(1)] uint8 X; };",
        "`A.X`",
    ),
    (
        Rule::MissingDataId,
        "[@R] class A { @P uint8 X; };",
        "`A.X`",
    ),
    (
        Rule::InstanceDataId,
        "[@R] class A { [key, read, WmiDataId(1)] string InstanceName; [read] boolean Active; };",
        "`A.InstanceName`",
    ),
    (
        Rule::DuplicateDataId,
        "[@E] class A { [WmiDataId(1)] uint8 X; [WmiDataId(1)] uint8 Y; };",
        "`A.Y`",
    ),
    (
        Rule::DataIdGap,
        "[@E] class A { [WmiDataId(1)] uint8 X; [WmiDataId(3)] uint8 Y; };",
        "`A.Y`",
    ),
    (
        Rule::UnsupportedType,
        "[@E] class A { [WmiDataId(1)] real32 X; };",
        "`A.X`",
    ),
    (
        Rule::UnsupportedType,
        "[@E] class A { [WmiDataId(1)] object X; };",
        "`A.X`",
    ),
    (
        Rule::UnknownClass,
        "[@E] class A { [WmiDataId(1)] B X; };",
        "`A.X`",
    ),
    (
        Rule::ArrayLength,
        "[@E] class A { [WmiDataId(1)] uint8 X[]; };",
        "`A.X`",
    ),
    (
        Rule::SizeIsScalar,
        r#"[@E] class A { [WmiDataId(1)] uint8 N; [WmiDataId(2), WmiSizeIs("N")] uint8 X; };"#,
        "`A.X`",
    ),
    (
        Rule::SizeIsUnknown,
        r#"[@E] class A { [WmiDataId(1)] uint8 N; [WmiDataId(2), WmiSizeIs("M")] uint8 X[]; };"#,
        "`A.X`",
    ),
    (
        Rule::SizeIsUnknown,
        r#"[@R] class A { @P [Implemented, WmiMethodId(1)]
            void M([in] uint8 N, [out, WmiSizeIs("N")] uint8 X[]); };"#,
        "`A.M.X`",
    ),
    (
        Rule::SizeIsType,
        r#"[@E] class A { [WmiDataId(1)] boolean N; [WmiDataId(2), WmiSizeIs("N")] uint8 X[]; };"#,
        "`A.X`",
    ),
    (
        Rule::SizeIsLate,
        r#"[@E] class A { [WmiDataId(1), WmiSizeIs("N")] uint8 X[]; [WmiDataId(2)] uint8 N; };"#,
        "`A.X`",
    ),
    (
        Rule::MaxLenType,
        "[@E] class A { [WmiDataId(1), MaxLen(4)] uint8 X; };",
        "`A.X`",
    ),
    (
        Rule::MaxLenRange,
        "[@E] class A { [WmiDataId(1), MaxLen(32768)] string X; };",
        "`A.X`",
    ),
    (
        Rule::TimeStampWidth,
        "[@E] class A { [WmiDataId(1), WmiTimeStamp] uint32 X; };",
        "`A.X`",
    ),
    (
        Rule::CounterWidth,
        "[@R] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65792)] uint32 X; };",
        "`A.X`",
    ),
    (
        Rule::CounterType,
        "[@R] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65537)] uint32 X; };",
        "`A.X`",
    ),
    (
        Rule::UnevenValues,
        r#"[@E] class A { [WmiDataId(1), Values{"a", "b"}, ValueMap{"0"}] uint8 X; };"#,
        "`A.X`",
    ),
    (
        Rule::EventControl,
        r#"[@E] class A { [WmiDataId(1)] uint8 X; [WmiDataId(2), WmiEventRate("X")] uint8 Y; };"#,
        "`A.Y`",
    ),
    (
        Rule::FixedAfterVariable,
        "[@E] class A { [WmiDataId(1)] string X; [WmiDataId(2)] uint8 Y; };",
        "`A.Y`",
    ),
    (
        Rule::QualifierValue,
        r#"[@E] class A { [WmiDataId("1")] uint8 X; };"#,
        "`A.X`",
    ),
    (
        Rule::DataIdGap,
        "[@E] class A { [WmiDataId(0)] uint8 X; };",
        "`A.X`",
    ),
    (
        Rule::MissingMethodId,
        "[@R] class A { @P [Implemented] void M(); };",
        "`A.M`",
    ),
    (
        Rule::DuplicateMethodId,
        "[@R] class A { @P [Implemented, WmiMethodId(1)] void M();
                         [Implemented, WmiMethodId(1)] void N(); };",
        "`A.N`",
    ),
    (
        Rule::MissingImplemented,
        "[@R] class A { @P [WmiMethodId(1)] void M(); };",
        "`A.M`",
    ),
    (
        Rule::ParameterDirection,
        "[@R] class A { @P [Implemented, WmiMethodId(1)] void M(uint8 X); };",
        "`A.M.X`",
    ),
    (
        Rule::MethodResult,
        "[@R] class A { @P [Implemented, WmiMethodId(1)] uint32 M(); };",
        "`A.M`",
    ),
    (
        Rule::ItemName,
        "[@E] class A { [WmiDataId(1)] uint8 long; };",
        "`A.long`",
    ),
    (
        Rule::HeaderName,
        "[@R] class A { @P [Implemented, WmiMethodId(1)] void M(); };
         [@O] class B { @P [Implemented, WmiMethodId(1)] void M(); };",
        "`B.M`",
    ),
    (
        Rule::HeaderName,
        r#"[@R] class A { @P [WmiDataId(1)] uint8 X; };
           [@O, HeaderName("A")] class B { @P [WmiDataId(1)] uint8 X; };"#,
        "`B`",
    ),
    (
        Rule::DefineName,
        r#"[@E] class A { [WmiDataId(1), ValueMap{"0"}, DefineValues{"NO"}] uint8 X;
                          [WmiDataId(2), ValueMap{"1"}, DefineValues{"NO"}] uint8 Y; };"#,
        "`A.Y`",
    ),
    (
        Rule::DefineName,
        r#"[@E] class A { [WmiDataId(1), DefineValues{"NOT SET"}] uint8 X; };"#,
        "`A.X`",
    ),
];

/// Rules that no MOF breaks that can be read.
const BUILT: [Rule; 5] = [
    Rule::BaseCycle,
    Rule::DuplicateMember,
    Rule::RecursiveClass,
    Rule::BlockSize,
    Rule::EmptyArray,
];

#[test]
fn what_breaks_a_rule_is_found_and_nothing_else() {
    for (rule, mof, place) in BROKEN {
        let findings = findings(mof);
        let [finding] = &findings[..] else {
            panic!("{rule}: {findings:#?}\n{mof}");
        };
        let severity = match rule.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        assert!(
            finding.starts_with(&format!("{severity}: {place}: ")),
            "{finding}"
        );
        assert!(
            finding.ends_with(&format!(" [{}]", rule.id())),
            "{rule}: {finding}"
        );
    }
}

fn item(name: &'static str, cim_type: CimType, type_name: &'static str) -> Property<'static> {
    let id = Qualifier::new("WmiDataId", Value::Integer(1));
    let list: &[_] = vec![id].leak();
    Property::new(name, cim_type, type_name).with_qualifiers(list)
}

fn rules(classes: &[Class<'_>]) -> Vec<(Rule, Option<String>)> {
    let findings = check(classes).into_iter();
    findings
        .map(|it| (it.rule, it.member.map(str::to_owned)))
        .collect()
}

#[test]
fn what_only_a_schema_can_break() {
    let wmi = [
        Qualifier::new("WMI", Value::Boolean(true)),
        Qualifier::new(
            "guid",
            Value::String("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}"),
        ),
    ];
    let class = |name| Class::new(name).with_qualifiers(&wmi);
    let member = |rule, name: &str| (rule, Some(name.to_owned()));

    let own_base = [
        class("A").with_superclass("B"),
        Class::new("B").with_superclass("a"),
    ];
    assert_eq!(rules(&own_base)[0], (Rule::BaseCycle, None));

    let two = [
        item("X", CimType::Uint8, "uint8"),
        Property::new("x", CimType::Uint8, "uint8"),
    ];
    let two = [class("A").with_properties(&two)];
    assert_eq!(rules(&two)[0], member(Rule::DuplicateMember, "x"));

    let own_item = [item("X", CimType::Object, "a")];
    let own_item = [class("A").with_properties(&own_item)];
    assert!(rules(&own_item).contains(&(Rule::RecursiveClass, None)));

    let empty = [item("X", CimType::Uint8, "uint8").with_array(Array::Fixed(0))];
    let empty = [class("A").with_properties(&empty)];
    assert_eq!(rules(&empty), [member(Rule::EmptyArray, "X")]);

    let large = [item("X", CimType::Uint64, "uint64").with_array(Array::Fixed(u32::MAX))];
    let large = [class("A").with_properties(&large)];
    assert_eq!(rules(&large), [(Rule::BlockSize, None)]);
}

#[test]
fn every_rule_has_an_example() {
    let shown: BTreeSet<Rule> = BROKEN.iter().map(|(rule, ..)| *rule).collect();
    let rest: Vec<Rule> = Rule::ALL
        .iter()
        .copied()
        .filter(|rule| !shown.contains(rule))
        .collect();
    assert_eq!(rest, BUILT);
    let ids: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert_eq!(ids.len(), Rule::ALL.len());
}

#[test]
fn good_classes_have_no_findings() {
    for mof in [
        "class A { uint8 X; real32 Y; };",
        "[@R] class A { @P };",
        "[@R] class A : WMIEvent { @P [WmiDataId(1)] uint8 X[960]; };",
        "[@R] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65792)] uint64 X; };",
        // A base holds the pair for those that derive from it.
        "[WMI, abstract] class A { @P }; [@R] class B : A { [WmiDataId(1)] uint8 X; };",
        // What a class inherits counts, and is counted on.
        r#"class A { [WmiDataId(1)] uint8 N; };
           [@R] class B : A { @P [WmiDataId(2), WmiSizeIs("n")] uint8 X[]; };"#,
        // In both directions, by a parameter that names none.
        r#"[@R] class A { @P [Implemented, WmiMethodId(7)]
            void M([in, out] uint8 N, [in, WmiSizeIs("N")] uint8 X[],
                   [out, WmiSizeIs("N")] uint8 Y[]); };"#,
        // The properties of trace settings are no items.
        r#"[Dynamic, guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")] class A : EventTrace
            { uint32 Flags; };"#,
        "[@E] class A { [WmiDataId(1), MAX(4)] uint8 X[]; };",
        "[@E, WmiGenerateHeader(FALSE)] class A { [WmiDataId(1)] uint8 long; };",
    ] {
        assert_eq!(findings(mof), [""; 0], "{mof}");
    }
}
