//! The derive, `Schema::new` and `check` agree on each fault, or leave it for a stated reason. `cargo
//! wmi check` is `check` with an exit status.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use wmi_core::provider::Provider;
use wmi_core::schema::{Class, Qualifier, Schema, Value};
use wmi_tests::corpus::workspace;
use wmi_tools::Arena;
use wmi_tools::build::{Build, ResourceForm};
use wmi_tools::check::{Rule, check};
use wmi_tools::mof::Reader;

use super::rules::built;

/// What the derive does about a rule.
enum Derive {
    /// It refuses a breach, as these compile-fail cases in `ui` show.
    Refuses(&'static [&'static str]),
    /// It writes what the rule demands, by this means, so that no struct breaks the rule.
    Writes(&'static str),
    /// It leaves a breach alone, for this reason.
    Leaves(&'static str),
}

/// What `Schema::new` does about a rule.
enum New {
    /// It refuses a breach.
    Refuses,
    /// It leaves a breach alone, for this reason.
    Leaves(&'static str),
}

use Derive::{Refuses, Writes};

const IMPLIED: &str = "the qualifiers that a kind of class or item implies";
const PAIR: &str = "`InstanceName` and `Active`, which `properties(..)` replaces as published";
const WIRE_TYPES: &str = "the type of the field, of which the schema has what MOF can say";
const PERF: &str = "the qualifiers that `base = \"Win32_PerfRawData\"` implies";
const ONE_CLASS: &str = "it sees one class alone";
const FREE: &str = "`qualifier(..)` and `properties(..)` are written as they are";
const PUBLISHED: &str = "classes are published so, and work";
/// `Schema::new` holds classes against each other.
const ALONE: New = New::Leaves("it is a matter of one class, so the derive sees it");
const MISSPELT_BY_HAND: New = New::Leaves("qualifiers of published classes are what they are");

/// Each rule of `check`, which is shown by its example.
#[rustfmt::skip]
const TABLE: &[(Rule, Derive, New)] = &[
    (Rule::MissingWmi, Writes(IMPLIED), ALONE),
    (Rule::MissingDynamic, Writes(IMPLIED), ALONE),
    (Rule::DynamicAndStatic, Refuses(&["shape/two-kinds", "qualifier/own"]), ALONE),
    (Rule::MissingProvider, Writes(IMPLIED), ALONE),
    (Rule::OtherProvider, Derive::Leaves("`provider` is what a published class says"), ALONE),
    (Rule::MissingGuid, Refuses(&["guid/missing", "guid/missing-with-others"]), ALONE),
    (Rule::MalformedGuid, Refuses(&[
        "guid/embedded-malformed", "guid/empty", "guid/no-digit", "guid/no-hyphen",
        "guid/open-brace", "guid/too-short",
    ]), ALONE),
    (Rule::NilGuid, Refuses(&["guid/nil"]), ALONE),
    (Rule::SampleGuid, Refuses(&["guid/sample", "guid/sample-acpi"]), ALONE),
    (Rule::DuplicateGuid, Refuses(&["schema/duplicate-guid"]), New::Refuses),
    (Rule::ClassName, Refuses(&[
        "name/class-empty", "name/class-not-ascii", "name/class-punctuation",
        "name/class-trailing-underscore", "name/class-mof-keyword", "name/class-c-keyword",
        "name/base",
    ]), ALONE),
    (Rule::StandardClass, Derive::Leaves("a copy for `Schema::published` is one"), New::Refuses),
    (Rule::Namespace, Derive::Leaves("the schema has the namespace"),
        New::Leaves("the namespace is set after it")),
    (Rule::DuplicateClass, Derive::Leaves(ONE_CLASS), New::Refuses),
    (Rule::UnknownBase, Refuses(&["schema/unknown-base", "schema/unknown-base-near"]), New::Refuses),
    (Rule::BaseCycle, Derive::Leaves(ONE_CLASS), New::Refuses),
    (Rule::TwoAbstract, Refuses(&["schema/two-abstract"]), New::Refuses),
    (Rule::LateDeclaration, Refuses(&["schema/embedded-after-use"]), New::Refuses),
    (Rule::EventBase, Refuses(&["shape/event-without-base"]), ALONE),
    (Rule::EventSize, Refuses(&["shape/event-too-large"]), ALONE),
    (Rule::PerfBase, Derive::Leaves("`hi_perf` is what a published class says"), ALONE),
    (Rule::MissingHiPerf, Writes(PERF), ALONE),
    (Rule::MissingPerfDetail, Writes(PERF), ALONE),
    (Rule::NoCounter, Derive::Leaves("a published class may count in no item"), ALONE),
    (Rule::GeneratedPerf, Derive::Leaves(FREE), ALONE),
    (Rule::PerfDetail, Refuses(&["value/perf-detail", "value/perf-detail-field"]), ALONE),
    (Rule::DuplicateMember, Refuses(&[
        "name/ignored-case", "name/instance-name", "name/active", "method/repeated-name",
        "method/repeated-name-out", "method/repeated-name-in-class",
    ]), ALONE),
    (Rule::MissingInstanceName, Writes(PAIR), ALONE),
    (Rule::MissingActive, Writes(PAIR), ALONE),
    (Rule::InstanceNameForm, Writes(PAIR), ALONE),
    (Rule::ActiveForm, Writes(PAIR), ALONE),
    (Rule::UnreadableInstance, Writes(PAIR), ALONE),
    (Rule::EmbeddedInstance, Refuses(&["type/not-embedded", "type/no-class"]),
        New::Leaves("`registered` classes that are embedded as well are published")),
    (Rule::OtherKey, Derive::Leaves(FREE), ALONE),
    (Rule::MissingDataId, Refuses(&[
        "data-id/missing", "data-id/missing-everywhere", "data-id/missing-fills-gap",
    ]), ALONE),
    (Rule::InstanceDataId, Writes(PAIR), ALONE),
    (Rule::DuplicateDataId, Refuses(&["data-id/repeated", "data-id/repeated-thrice"]), ALONE),
    (Rule::DataIdGap, Refuses(&["data-id/gap", "data-id/gap-by-cfg", "data-id/no-first"]), ALONE),
    (Rule::UnsupportedType, Refuses(&[
        "type/array-of-arrays", "type/array-of-floats", "type/char", "type/float", "type/used",
        "type/wide",
    ]), ALONE),
    (Rule::UnknownClass, Refuses(&["schema/embedded-missing"]), New::Refuses),
    (Rule::RecursiveClass, Refuses(&["shape/recursive", "variable/recursive"]), New::Refuses),
    (Rule::BlockSize, Refuses(&["type/too-large"]), ALONE),
    (Rule::ArrayLength, Refuses(&["variable/no-size-is", "variable/no-size-is-with-count"]), ALONE),
    (Rule::EmptyArray, Refuses(&[
        "type/empty-array", "variable/zero-length-array", "method/zero-length-array",
    ]), ALONE),
    (Rule::SizeIsScalar, Refuses(&["variable/size-of-a-number"]), ALONE),
    (Rule::SizeIsUnknown, Refuses(&[
        "variable/count-unknown", "method/count-unknown",
    ]), ALONE),
    (Rule::SizeIsType, Refuses(&["variable/count", "variable/plain-count"]), ALONE),
    (Rule::SizeIsDirection, Refuses(&["method/count-in-other-direction"]), ALONE),
    (Rule::SizeIsLate, Refuses(&["variable/count-after-array", "method/count-after-array"]), ALONE),
    (Rule::MaxLenType, Writes(WIRE_TYPES), ALONE),
    (Rule::MaxLenRange, Writes(WIRE_TYPES), ALONE),
    (Rule::TimeStampWidth, Refuses(&["type/time-stamp"]), ALONE),
    (Rule::CounterWidth, Refuses(&[
        "counter/dword-on-64-bits", "counter/large-on-32-bits", "counter/only-32-bits",
        "counter/only-64-bits",
    ]), ALONE),
    (Rule::CounterType, Refuses(&[
        "counter/double-real", "counter/histogram", "counter/misspelt", "counter/no-data",
        "counter/of-another-table",
        "counter/text", "counter/unknown", "counter/wrong-case",
    ]), ALONE),
    (Rule::DefaultScale, Refuses(&["value/default-scale"]), ALONE),
    (Rule::CounterName, Derive::Leaves(PUBLISHED), ALONE),
    (Rule::ObjectTime, Derive::Leaves("whether somebody fills the time is not known"), ALONE),
    (Rule::CounterBase, Refuses(&[
        "counter/base-missing", "counter/base-place", "counter/base-type", "counter/base-name",
        "counter/base-alone",
    ]), New::Refuses),
    (Rule::CounterWrite, Refuses(&["counter/write"]), ALONE),
    (Rule::DefaultType, Refuses(&["value/default-type", "value/default-date"]), New::Refuses),
    (Rule::UnevenValues, Writes("`WmiEnum`, whose variants have a text and a value each"), ALONE),
    (Rule::BitMap, Writes("`WmiFlags`, whose variants are bits of its integer"), ALONE),
    (Rule::EventControl, Derive::Leaves("`event_rate` and `event_trigger` may name an item of a base"), ALONE),
    (Rule::FixedAfterVariable, Derive::Leaves(PUBLISHED), New::Leaves(PUBLISHED)),
    (Rule::QualifierValue, Refuses(&["qualifier/own", "qualifier/repeated"]), ALONE),
    (Rule::QualifierName, Refuses(&["qualifier/misspelt"]), MISSPELT_BY_HAND),
    (Rule::MissingMethodId, Refuses(&["method/no-id"]), ALONE),
    (Rule::DuplicateMethodId, Refuses(&["method/repeated-id"]), New::Refuses),
    (Rule::MissingImplemented, Writes(IMPLIED), ALONE),
    (Rule::ParameterDirection, Refuses(&["method/no-direction"]), ALONE),
    (Rule::MethodResult, Derive::Leaves("`returns` is what a published method says"), ALONE),
    (Rule::ItemName, Refuses(&[
        "name/item-c-keyword", "name/item-digit", "name/item-mof-keyword", "name/item-not-ascii",
        "method/name", "properties/names",
    ]), ALONE),
    (Rule::HeaderName, Derive::Leaves(ONE_CLASS), New::Leaves("not every schema has a C header")),
    (Rule::DefineName, Refuses(&["enumeration/define"]), ALONE),
];

/// Cases of `ui` that belong to no rule, by the start of their names, and why `check` does not see
/// the fault.
const DERIVE_ALONE: &[(&str, &str)] = &[
    ("attribute/", SYNTAX),
    ("duplicate/", SYNTAX),
    ("value/", SYNTAX),
    ("properties/malformed", SYNTAX),
    ("qualifier/", SYNTAX),
    (
        "data-id/",
        "a `WmiDataId` out of range is a value of another type",
    ),
    ("order/", "MOF has the qualifiers that are left"),
    ("text/", "no text of MOF has a NUL, or is a macro"),
    ("several/", TYPES),
    ("enumeration/", TYPES),
    ("shape/", TYPES),
    ("type/", TYPES),
    ("variable/", TYPES),
    ("method/", TYPES),
    ("provider/", "a provider is not part of the schema"),
    (
        "counter/needs-counter",
        "classes with these qualifiers and no counter type are published",
    ),
    ("counter/number", SYNTAX),
    ("counter/", TYPES),
    ("name/generated-", "the names are Rust's"),
    ("name/hides-", "the names are Rust's"),
];

const SYNTAX: &str = "it is the syntax of the attribute";
const TYPES: &str = "it is a matter of Rust types, or of attributes that exclude each other";

#[test]
fn every_rule_has_one_row() {
    let rows: Vec<_> = TABLE.iter().map(|(rule, ..)| *rule).collect();
    assert_eq!(rows, Rule::ALL);
}

#[test]
fn check_and_new_do_with_the_example_as_the_table_says() {
    for (rule, _, new) in TABLE {
        let arena = Arena::new();
        let text = rule.example();
        let read = Reader::new(&arena)
            .read("example.mof", text.as_bytes())
            .file;
        let built = built(*rule).map(|(classes, _)| classes);
        let findings = match &built {
            Some(classes) => check(&classes[..]),
            None => check(&read),
        };
        assert!(findings.iter().any(|it| it.rule == *rule), "{rule}: {text}");
        let classes: Vec<&Class<'_>> = match &built {
            Some(classes) => classes.iter().collect(),
            None => read.classes().collect(),
        };
        let refuses = matches!(new, New::Refuses);
        assert_eq!(!Schema::is_sound(&classes, &[]), refuses, "{rule}: {text}");
        if let New::Leaves(why) = new {
            assert!(!why.is_empty(), "{rule}");
        }
    }
}

/// The cases of `ui`, as `folder/case`.
fn cases() -> BTreeSet<String> {
    let names = |folder: &std::path::Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    };
    let ui = workspace().join("tests/ui/cases");
    let folders = names(&ui).into_iter();
    let cases = folders.flat_map(|folder| {
        let files = names(&ui.join(&folder)).into_iter();
        let stems = files.filter_map(|file| Some(file.strip_suffix(".stderr")?.to_owned()));
        stems
            .map(|stem| format!("{folder}/{stem}"))
            .collect::<Vec<_>>()
    });
    cases.collect()
}

/// A new message of the derive has a case, which must find its row here.
#[test]
fn every_fault_that_the_derive_refuses_is_in_a_row_or_its_own() {
    let mut shown = BTreeSet::new();
    for (rule, derive, _) in TABLE {
        match derive {
            Refuses(cases) => {
                assert!(!cases.is_empty(), "{rule}");
                shown.extend(cases.iter().map(|case| (*case).to_owned()));
            }
            Writes(why) | Derive::Leaves(why) => assert!(!why.is_empty(), "{rule}"),
        }
    }
    let cases = cases();
    let missing: Vec<_> = shown.difference(&cases).collect();
    assert!(missing.is_empty(), "not in `ui`: {missing:#?}");
    let mut used = BTreeSet::new();
    for case in cases.difference(&shown) {
        let mut starts = DERIVE_ALONE.iter().map(|(start, _)| *start);
        let start = starts.find(|start| case.starts_with(start));
        used.insert(start.unwrap_or_else(|| panic!("{case} has no row")));
    }
    let all: BTreeSet<_> = DERIVE_ALONE.iter().map(|(start, _)| *start).collect();
    assert_eq!(used, all);
}

const GUID: &str = "{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B01}";

const fn flag(name: &'static str) -> Qualifier<'static> {
    Qualifier::new(name, Value::Boolean(true))
}

/// "WMI Class Qualifiers" demands a GUID of embedded classes too. No request names it and shipped
/// classes leave it out, so neither the derive nor `check` asks for it.
#[test]
fn an_embedded_class_needs_no_guid() {
    let wmi = [flag("WMI")];
    let part = Class::new("Part").with_qualifiers(&wmi);
    assert!(Schema::is_sound(&[&part], &[]));
    assert_eq!(check(&[part][..]), []);
}

/// A schema is in `root\wmi` unless the user sets another namespace.
#[test]
fn only_check_finds_a_foreign_namespace() {
    let qualifiers = [
        flag("WMI"),
        flag("Dynamic"),
        Qualifier::new("Provider", Value::String("WMIProv")),
        Qualifier::new("guid", Value::String(GUID)),
    ];
    let class = Class::new("A").with_qualifiers(&qualifiers);
    let classes = [&class];
    let found = |schema: &Schema<'_>| check(schema).iter().any(|it| it.rule == Rule::Namespace);
    let schema = Schema::new(&classes);
    assert!(!found(&schema));
    assert!(!found(&schema.with_namespace("ROOT/WMI")));
    assert!(found(&schema.with_namespace(r"root\cimv2")));
}

/// `Build` and `Provider::mof_resource` share one predicate for resource names.
#[test]
fn resource_names_follow_resource_script_rules() {
    let class = Class::new("A");
    let classes = [&class];
    let schema = Schema::new(&classes);
    for (name, is_one) in [
        ("MofResource", true),
        ("my resource", false),
        ("1st", false),
    ] {
        let build = Build::new("a", &schema).resource_name(name);
        assert_eq!(
            build.resource(ResourceForm::Compiled).is_ok(),
            is_one,
            "{name}"
        );
        let register = || Provider::<()>::storport(&[]).mof_resource(name);
        assert_eq!(catch_unwind(register).is_ok(), is_one, "{name}");
    }
}
