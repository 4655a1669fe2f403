//! Every rule, with classes that break it and no other.

use std::collections::BTreeSet;

use wmi_core::schema::{Array, CimType, Class, Property, Qualifier, Value};
use wmi_tests::corpus::workspace;
use wmi_tools::Arena;
use wmi_tools::Severity;
use wmi_tools::check::{Finding, Rule, check};
use wmi_tools::mof::Reader;

/// The minimum that a registered class needs.
const REGISTERED: &str =
    r#"WMI, Dynamic, Provider("WMIProv"), guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B01}")"#;
const EMBEDDED: &str = r#"WMI, guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")"#;
const OTHER: &str =
    r#"WMI, Dynamic, Provider("WMIProv"), guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B03}")"#;
const PAIR: &str = "[key, read] string InstanceName; [read] boolean Active;";

/// Returns the findings of MOF text in which `@R`, `@E` and `@O` stand for the qualifiers above and
/// `@P` for the pair of properties.
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

/// For each rule, the place in its example that breaks it.
const PLACES: &[(Rule, &str)] = &[
    (Rule::MissingWmi, "`A`"),
    (Rule::MissingDynamic, "`A`"),
    (Rule::DynamicAndStatic, "`A`"),
    (Rule::MissingProvider, "`A`"),
    (Rule::OtherProvider, "`A`"),
    (Rule::MissingGuid, "`A`"),
    (Rule::MalformedGuid, "`A`"),
    (Rule::NilGuid, "`A`"),
    (Rule::SampleGuid, "`A`"),
    (Rule::DuplicateGuid, "`B`"),
    (Rule::ClassName, "`A_`"),
    (Rule::StandardClass, "`MSPower_DeviceEnable`"),
    (Rule::Namespace, "`A`"),
    (Rule::DuplicateClass, "`a`"),
    (Rule::UnknownBase, "`A`"),
    (Rule::TwoAbstract, "`A`"),
    (Rule::LateDeclaration, "`A.X`"),
    (Rule::EventBase, "`A`"),
    (Rule::EventSize, "`A`"),
    (Rule::PerfBase, "`A`"),
    (Rule::PerfDetail, "`A`"),
    (Rule::MissingHiPerf, "`A`"),
    (Rule::MissingPerfDetail, "`A`"),
    (Rule::NoCounter, "`A`"),
    (Rule::GeneratedPerf, "`A`"),
    (Rule::DefaultScale, "`A.X`"),
    (Rule::CounterName, "`A.X`"),
    (Rule::ObjectTime, "`A.X`"),
    (Rule::CounterBase, "`A.X`"),
    (Rule::MissingInstanceName, "`A`"),
    (Rule::MissingActive, "`A`"),
    (Rule::InstanceNameForm, "`A.InstanceName`"),
    (Rule::ActiveForm, "`A.Active`"),
    (Rule::UnreadableInstance, "`A.InstanceName`"),
    (Rule::EmbeddedInstance, "`A`"),
    (Rule::OtherKey, "`A.X`"),
    (Rule::MissingDataId, "`A.X`"),
    (Rule::InstanceDataId, "`A.InstanceName`"),
    (Rule::DuplicateDataId, "`A.Y`"),
    (Rule::DataIdGap, "`A.Y`"),
    (Rule::UnsupportedType, "`A.X`"),
    (Rule::UnknownClass, "`A.X`"),
    (Rule::ArrayLength, "`A.X`"),
    (Rule::SizeIsScalar, "`A.X`"),
    (Rule::SizeIsUnknown, "`A.X`"),
    (Rule::SizeIsType, "`A.X`"),
    (Rule::SizeIsDirection, "`A.M.X`"),
    (Rule::SizeIsLate, "`A.X`"),
    (Rule::MaxLenType, "`A.X`"),
    (Rule::MaxLenRange, "`A.X`"),
    (Rule::TimeStampWidth, "`A.X`"),
    (Rule::CounterWidth, "`A.X`"),
    (Rule::CounterType, "`A.X`"),
    (Rule::CounterWrite, "`A.X`"),
    (Rule::DefaultType, "`A.X`"),
    (Rule::UnevenValues, "`A.X`"),
    (Rule::BitMap, "`A.X`"),
    (Rule::EventControl, "`A.Y`"),
    (Rule::FixedAfterVariable, "`A.Y`"),
    (Rule::QualifierValue, "`A.X`"),
    (Rule::QualifierName, "`A.X`"),
    (Rule::MissingMethodId, "`A.M`"),
    (Rule::DuplicateMethodId, "`A.N`"),
    (Rule::MissingImplemented, "`A.M`"),
    (Rule::ParameterDirection, "`A.M.X`"),
    (Rule::MethodResult, "`A.M`"),
    (Rule::ItemName, "`A.long`"),
    (Rule::HeaderName, "`B.M`"),
    (Rule::DefineName, "`A.X`"),
];

/// More classes that break a rule, and the place.
const BROKEN: &[(Rule, &str, &str)] = &[
    (Rule::ClassName, "[@E] class struct {};", "`struct`"),
    (
        Rule::UnsupportedType,
        "[@E] class A { [WmiDataId(1)] object X; };",
        "`A.X`",
    ),
    (
        Rule::SizeIsDirection,
        r#"[@R] class A { @P [Implemented, WmiMethodId(1)]
            void M([in] uint8 N, [out, WmiSizeIs("N")] uint8 X[]); };"#,
        "`A.M.X`",
    ),
    (
        Rule::DataIdGap,
        "[@E] class A { [WmiDataId(0)] uint8 X; };",
        "`A.X`",
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
        Rule::CounterType,
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(73728)] uint64 X; };",
        "`A.X`",
    ),
    (
        Rule::CounterType,
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(537003264)] uint64 X; [WmiDataId(2), CounterType(1073939715)] uint64 X_Base; };",
        "`A.X_Base`",
    ),
    (
        Rule::CounterType,
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(0xB00)] string X; };",
        "`A.X`",
    ),
    (
        Rule::StandardClass,
        "[@R] class msndis_LinkSpeed : MSNdis { @P };",
        "`msndis_LinkSpeed`",
    ),
    (Rule::QualifierName, "[@R, Dinamic] class A { @P };", "`A`"),
    (
        Rule::QualifierName,
        "[@R] class A { @P [Implementd, Implemented, WmiMethodId(1)] void M(); };",
        "`A.M`",
    ),
    (
        Rule::DefaultType,
        "[@E] class A { [WmiDataId(1)] uint8 X = TRUE; };",
        "`A.X`",
    ),
    (Rule::UnknownBase, "[@R] class A : MSNdis2 { @P };", "`A`"),
    (
        Rule::BitMap,
        r#"[@E] class A { [WmiDataId(1), BitMap{"0x1", "0x100"}] uint8 X; };"#,
        "`A.X`",
    ),
    (
        Rule::BitMap,
        r#"[@E] class A { [WmiDataId(1), BitMap{"0x1", "2"}] uint8 X; };"#,
        "`A.X`",
    ),
    (
        Rule::BitMap,
        r#"[@E] class A { [WmiDataId(1), BitMap{"0x3"}] uint8 X; };"#,
        "`A.X`",
    ),
    (
        Rule::BitMap,
        r#"[@E] class A { [WmiDataId(1), BitMap{"high"}] uint8 X; };"#,
        "`A.X`",
    ),
];

/// Rules that readable MOF text cannot break.
const BUILT: [Rule; 5] = [
    Rule::BaseCycle,
    Rule::DuplicateMember,
    Rule::RecursiveClass,
    Rule::BlockSize,
    Rule::EmptyArray,
];

#[test]
fn each_example_breaks_only_its_rule() {
    for (rule, place) in PLACES {
        breaks_alone(*rule, &rule.example(), place);
    }
    for (rule, mof, place) in BROKEN {
        breaks_alone(*rule, mof, place);
    }
}

#[track_caller]
fn breaks_alone(rule: Rule, mof: &str, place: &str) {
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

fn item(name: &'static str, cim_type: CimType, type_name: &'static str) -> Property<'static> {
    let id = Qualifier::new("WmiDataId", Value::Integer(1));
    let list: &[_] = vec![id].leak();
    Property::new(name, cim_type, type_name).with_qualifiers(list)
}

/// Classes that break a rule of [`BUILT`], whose example the reader refuses, and the member where.
pub(crate) fn built(rule: Rule) -> Option<(Vec<Class<'static>>, Option<&'static str>)> {
    let class = |items: Vec<Property<'static>>| {
        let guid = Value::String("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}");
        let wmi = Qualifier::new("WMI", Value::Boolean(true));
        let qualifiers = vec![wmi, Qualifier::new("guid", guid)].leak();
        Class::new("A")
            .with_qualifiers(qualifiers)
            .with_properties(items.leak())
    };
    let array = |name, length| {
        let cim_type = CimType::Uint64;
        vec![item("X", cim_type, name).with_array(Array::Fixed(length))]
    };
    Some(match rule {
        Rule::BaseCycle => {
            let base = Class::new("B").with_superclass("a");
            (vec![class(vec![]).with_superclass("B"), base], None)
        }
        Rule::DuplicateMember => {
            let again = Property::new("x", CimType::Uint8, "uint8");
            let items = vec![item("X", CimType::Uint8, "uint8"), again];
            (vec![class(items)], Some("x"))
        }
        Rule::RecursiveClass => (vec![class(vec![item("X", CimType::Object, "a")])], None),
        Rule::EmptyArray => (vec![class(array("uint64", 0))], Some("X")),
        Rule::BlockSize => (vec![class(array("uint64", u32::MAX))], None),
        _ => return None,
    })
}

#[test]
fn schemas_without_mof_text_are_checked() {
    for rule in BUILT {
        let (classes, member) = built(rule).unwrap();
        let findings = check(&classes[..]);
        let found = findings.iter().find(|it| it.rule == rule);
        assert_eq!(
            found.map(|it| it.member),
            Some(member),
            "{rule}: {findings:?}"
        );
    }
}

/// The reader refuses it; binary MOF may hold it.
#[test]
fn dates_that_are_not_legal_are_no_defaults() {
    for (text, message) in [
        ("20240229134501.250000+060", None),
        ("00000001000000.000000:000", None),
        (
            "20241301000000.000000+000",
            Some("expected a month from 01 to 12 or `**` at byte 4"),
        ),
        (
            "00000001000000.000000:060",
            Some("expected `000`, as this is an interval at byte 22"),
        ),
        ("", Some("expected 25 characters at byte 0")),
    ] {
        let mut date = item("X", CimType::Datetime, "datetime");
        date.default = Some(Value::String(text));
        let class = Class::new("A").with_properties(vec![date].leak());
        let classes = [class];
        let findings = check(&classes[..]);
        let found = findings.iter().find(|it| it.rule == Rule::DefaultType);
        let expected = message.map(|message| {
            format!(
                "the default value: {message} of the `datetime`; \
            write `yyyymmddHHMMSS.mmmmmmsUUU` or `ddddddddHHMMSS.mmmmmm:000`"
            )
        });
        assert_eq!(found.map(|it| it.message.clone()), expected, "{text}");
    }
}

/// Classes of another namespace are ignored, however both namespaces are spelled.
#[test]
fn misspelt_classes_and_bases_name_the_nearest() {
    let class = "[@E] class Sample_Part { [WmiDataId(1), read] uint8 X; };
        [@R] class A : @B { @P [WmiDataId(1), read] @T X; };";
    for (base, item, expected) in [
        (
            "Win32_PerfRawDate",
            "Sample_Part",
            "did you mean `Win32_PerfRawData`?",
        ),
        (
            "Win32_PerfRawData",
            "Sample_Prat",
            "did you mean `Sample_Part`?",
        ),
    ] {
        let findings = findings(&class.replace("@B", base).replace("@T", item));
        let near: Vec<_> = findings
            .iter()
            .filter(|it| it.contains("did you mean"))
            .collect();
        assert!(
            near.len() == 1 && near[0].contains(expected),
            "{findings:?}"
        );
    }
}

#[test]
fn findings_name_foreign_namespaces() {
    let mof = |first: &str, second: &str| {
        let pragma = |name: &str| match name {
            "" => String::new(),
            _ => format!("#pragma namespace(\"{}\")\n", name.replace('\\', r"\\")),
        };
        let (first, second) = (pragma(first), pragma(second));
        findings(&format!(
            "{first}[@E] class A {{ [WmiDataId(1)] uint8 X; }};\n\
             {second}[@R] class B : A {{ @P [WmiDataId(2)] A Y; }};"
        ))
    };
    for first in [
        "",
        r"root\wmi",
        r"ROOT\Wmi",
        "//./root/wmi",
        r"\\.\root\wmi",
    ] {
        assert_eq!(mof(first, r"\\.\root\wmi"), [""; 0], "{first}");
    }
    let found = mof(r"root\cimv2", r"root\wmi");
    for (message, rule) in [
        (
            "the base `A` is declared in another namespace, `root\\cimv2`",
            "unknown-base",
        ),
        (
            "the class `A` is declared in another namespace, `root\\cimv2`",
            "unknown-class",
        ),
    ] {
        assert!(
            found
                .iter()
                .any(|it| it.contains(message) && it.contains(rule)),
            "{found:#?}"
        );
    }
}

/// Files of `cases`, with all that there is to find in them.
#[test]
fn files_of_cases_have_their_findings_and_no_other() {
    let keyword = |name, language| {
        let rule = "[item-name]";
        format!("warning: `Vendor_Valve.{name}`: it is a keyword of {language}; rename it {rule}")
    };
    let foreign = "warning: `Vendor_Link`: ";
    for (name, expected) in [
        ("char16-items.mof", vec![]),
        ("without-wmi.mof", vec![]),
        ("system-base.mof", vec![]),
        ("standard-namespace.mof", vec![foreign.to_owned()]),
        (
            "names-of-keywords.mof",
            vec![
                keyword("As", "MOF"),
                keyword("Qualifier", "MOF"),
                keyword("volatile", "C or C++"),
            ],
        ),
    ] {
        let path = workspace().join("tests/cases/mof").join(name);
        let text = std::fs::read_to_string(path).unwrap();
        let found = findings(&text);
        assert_eq!(found.len(), expected.len(), "{name}: {found:#?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert!(found.starts_with(&**expected), "{name}: {found}");
        }
    }
}

#[test]
fn every_rule_has_an_example() {
    let shown: BTreeSet<Rule> = PLACES.iter().map(|(rule, _)| *rule).collect();
    let rest: Vec<Rule> = Rule::ALL
        .iter()
        .copied()
        .filter(|rule| !shown.contains(rule))
        .collect();
    assert_eq!(rest, BUILT);
    let ids: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert_eq!(ids.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        for sentence in [rule.statement(), rule.reason()] {
            assert!(sentence.ends_with('.'), "{rule}: {sentence}");
        }
        assert!(!rule.source().is_empty() && !rule.remedy().ends_with('.'));
    }
}

#[test]
fn good_classes_have_no_findings() {
    for mof in [
        "class A { uint8 X; real32 Y; };",
        "[@R] class A { @P };",
        "[@R] class A : WMIEvent { @P [WmiDataId(1)] uint8 X[960]; };",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65792)] uint64 X; };",
        // A base class may hold the pair for the classes derived from it.
        "[WMI, abstract] class A { @P }; [@R] class B : A { [WmiDataId(1)] uint8 X; };",
        // Inherited properties count, and may be used as counts.
        r#"class A { [WmiDataId(1)] uint8 N; };
           [@R] class B : A { @P [WmiDataId(2), WmiSizeIs("n")] uint8 X[]; };"#,
        // A parameter without `in` and `out` goes in both directions.
        r#"[@R] class A { @P [Implemented, WmiMethodId(7)]
            void M([in, out] uint8 N, [in, WmiSizeIs("N")] uint8 X[],
                   [out, WmiSizeIs("N")] uint8 Y[]); };"#,
        // The properties of trace settings are not items.
        r#"[Dynamic, guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")] class A : EventTrace
            { uint32 Flags; };"#,
        "[@E] class A { [WmiDataId(1), MAX(4)] uint8 X[]; };",
        "[@E] class A { [WmiDataId(1)] char16 X[4]; };",
        // No request names the GUID of an embedded class.
        "[WMI] class A { [WmiDataId(1)] uint8 X; };",
        "[@R] class A : msndis { @P };",
        "[@R] class A : MSStorageDriver { @P };",
        // One namespace in all spellings. Without one, a driver's class gets it.
        r#"#pragma namespace("ROOT/WMI") [@R] class A { @P };"#,
        r#"#pragma namespace("\\\\.\\root\\wmi") [@R] class A { @P };"#,
        // Classes without `WMI` are not a driver's.
        "[Dynamic, EventType{10}] class A : EventTrace { [WmiDataId(1)] uint32 X; };",
        // Counters with `write`.
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P
            [write, WmiDataId(1), CounterType(65792)] uint64 X; };",
        // Windows' own classes.
        "class MSPower {}; class MSNdis {}; class MSSerial {};
            [@R] class MSPower_DeviceEnable : MSPower { @P };",
        r#"[@E] class A { [WmiDataId(1)] uint64 X = "18446744073709551615";
                          [WmiDataId(2)] sint8 Y = 255; [WmiDataId(3)] uint8 Z[2] = {1, 2}; };"#,
        "[@E, WmiGenerateHeader(FALSE)] class A { [WmiDataId(1)] uint8 long; };",
    ] {
        assert_eq!(findings(mof), [""; 0], "{mof}");
    }
}
