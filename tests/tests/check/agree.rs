//! The derive, `Schema::new` and `check` agree on each fault, or cannot see it for a stated reason.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use wmi_core::CounterType;
use wmi_core::provider::Provider;
use wmi_core::schema::{CimType, Class, Method, Property, Qualifier, Schema, Value};
use wmi_tools::build::{Build, ResourceForm};
use wmi_tools::check::{Rule, check};

/// How the derive or `Schema::new` treats a fault.
#[derive(Clone, Copy)]
enum Verdict {
    /// Refuses it; for the derive, this compile-fail case in `ui` shows it.
    Refuses(&'static str),
    /// Leaves it to the other one.
    Other,
    /// Cannot see it, for this reason.
    Blind(&'static str),
}

use Verdict::{Blind, Other, Refuses};

struct Row {
    classes: fn() -> Vec<Class<'static>>,
    derive: Verdict,
    schema: Verdict,
    /// The rule by which `check` finds it.
    check: Result<Rule, &'static str>,
}

const BY_SCHEMA: Verdict = Refuses("");
const ONE_CLASS: &str = "it sees one class alone";
const WRITTEN_BY_DERIVE: &str =
    "classes of the derive do not have the fault, and others are `published`";

const TABLE: &[Row] = &[
    Row {
        classes: || vec![class("A", &[]).with_superclass("Vendor_Base")],
        derive: Blind(ONE_CLASS),
        schema: BY_SCHEMA,
        check: Ok(Rule::UnknownBase),
    },
    Row {
        classes: || vec![class("A", &[]), class("a", &[])],
        derive: Blind(ONE_CLASS),
        schema: BY_SCHEMA,
        check: Ok(Rule::DuplicateClass),
    },
    Row {
        classes: || vec![with_guid("A", GUID), with_guid("B", GUID)],
        derive: Blind(ONE_CLASS),
        schema: BY_SCHEMA,
        check: Ok(Rule::DuplicateGuid),
    },
    Row {
        classes: || vec![class("A", &[ABSTRACT]).with_superclass("WMIEvent")],
        derive: Blind(ONE_CLASS),
        schema: BY_SCHEMA,
        check: Ok(Rule::TwoAbstract),
    },
    Row {
        classes: || {
            vec![with_item(
                "A",
                Property::new("X", CimType::Object, "B"),
                &[],
            )]
        },
        derive: Blind("it does not know the order of classes"),
        schema: BY_SCHEMA,
        check: Ok(Rule::UnknownClass),
    },
    Row {
        classes: || vec![class("MSPower_DeviceEnable", &[])],
        derive: Other,
        schema: BY_SCHEMA,
        check: Ok(Rule::StandardClass),
    },
    Row {
        classes: || {
            let text = Property::new("X", CimType::Uint32, "uint32");
            vec![with_item("A", text.with_default(Value::String("x")), &[])]
        },
        derive: Other,
        schema: BY_SCHEMA,
        check: Ok(Rule::DefaultType),
    },
    Row {
        classes: || vec![class("A", &[]).with_methods(leak(vec![method("M"), method("N")]))],
        derive: Blind("it sees one method alone"),
        schema: BY_SCHEMA,
        check: Ok(Rule::DuplicateMethodId),
    },
    Row {
        classes: || vec![with_guid("A", NIL)],
        derive: Refuses("guid/nil"),
        schema: Blind(WRITTEN_BY_DERIVE),
        check: Ok(Rule::NilGuid),
    },
    Row {
        classes: || {
            let item = Property::new("X", CimType::Uint32, "uint32");
            vec![with_item("A", item, &[flag("raed")])]
        },
        derive: Refuses("qualifier/misspelt"),
        schema: Blind(WRITTEN_BY_DERIVE),
        check: Ok(Rule::QualifierName),
    },
    Row {
        classes: || {
            let item = Property::new("X", CimType::Uint64, "uint64");
            let bulk = Qualifier::new("CounterType", Value::Integer(272_696_576));
            vec![with_item("A", item, &[flag("write"), bulk])]
        },
        derive: Refuses("counter/write"),
        schema: Blind(WRITTEN_BY_DERIVE),
        check: Ok(Rule::CounterWrite),
    },
    Row {
        classes: || {
            let item = Property::new("X", CimType::Uint64, "uint64");
            let double = Qualifier::new("CounterType", Value::Integer(73728));
            vec![with_item("A", item, &[double])]
        },
        derive: Refuses("counter/double-real"),
        schema: Blind(WRITTEN_BY_DERIVE),
        check: Ok(Rule::CounterType),
    },
    Row {
        classes: || {
            vec![with_item(
                "A",
                Property::new("X", CimType::Uint64, "uint64"),
                &[AVERAGE],
            )]
        },
        derive: Refuses("counter/base-missing"),
        schema: BY_SCHEMA,
        check: Ok(Rule::CounterBase),
    },
    Row {
        classes: || {
            let other = Property::new("X_Base", CimType::Uint32, "uint32");
            vec![with_items(&[AVERAGE], other, RAW_BASE)]
        },
        derive: Refuses("counter/base-type"),
        schema: BY_SCHEMA,
        check: Ok(Rule::CounterBase),
    },
    Row {
        classes: || {
            let other = Property::new("Total", CimType::Uint32, "uint32");
            vec![with_items(&[AVERAGE], other, AVERAGE_BASE)]
        },
        derive: Refuses("counter/base-name"),
        schema: BY_SCHEMA,
        check: Ok(Rule::CounterBase),
    },
    Row {
        classes: || {
            let base = Property::new("X_Base", CimType::Uint32, "uint32");
            vec![with_items(&[], base, AVERAGE_BASE)]
        },
        derive: Refuses("counter/base-alone"),
        schema: BY_SCHEMA,
        check: Ok(Rule::CounterBase),
    },
    Row {
        classes: || vec![perf("A", &[])],
        derive: Blind("it implies `HiPerf` and `PerfDetail`"),
        schema: Blind(WRITTEN_BY_DERIVE),
        check: Ok(Rule::MissingHiPerf),
    },
    Row {
        classes: || vec![perf("A", &[flag("HiPerf")])],
        derive: Blind("it implies `HiPerf` and `PerfDetail`"),
        schema: Blind(WRITTEN_BY_DERIVE),
        check: Ok(Rule::MissingPerfDetail),
    },
    // The base class alone makes a class an event.
    Row {
        classes: || vec![class("A", &[])],
        derive: Refuses("shape/event-without-base"),
        schema: Blind("the class does not say that it is an event"),
        check: Err("MOF does not say that the class is an event"),
    },
    // No request names the GUID of an embedded class.
    Row {
        classes: || vec![class("A", &[])],
        derive: Other,
        schema: Other,
        check: Err("nothing is wrong"),
    },
];

const GUID: &str = "{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B01}";
const NIL: &str = "{00000000-0000-0000-0000-000000000000}";
const ABSTRACT: Qualifier<'static> = flag("abstract");

const fn flag(name: &'static str) -> Qualifier<'static> {
    Qualifier::new(name, Value::Boolean(true))
}

fn leak<T>(items: Vec<T>) -> &'static [T] {
    Vec::leak(items)
}

fn class(name: &'static str, qualifiers: &[Qualifier<'static>]) -> Class<'static> {
    let all = [&[flag("WMI")], qualifiers].concat();
    Class::new(name).with_qualifiers(leak(all))
}

fn with_guid(name: &'static str, guid: &'static str) -> Class<'static> {
    class(name, &[Qualifier::new("guid", Value::String(guid))])
}

fn with_item(
    name: &'static str,
    item: Property<'static>,
    qualifiers: &[Qualifier<'static>],
) -> Class<'static> {
    let id = Qualifier::new("WmiDataId", Value::Integer(1));
    let item = item.with_qualifiers(leak([&[id], qualifiers].concat()));
    class(name, &[]).with_properties(leak(vec![item]))
}

const AVERAGE: Qualifier<'static> = counter(CounterType::PERF_AVERAGE_BULK);
const AVERAGE_BASE: Qualifier<'static> = counter(CounterType::PERF_AVERAGE_BASE);
const RAW_BASE: Qualifier<'static> = counter(CounterType::PERF_RAW_BASE);

const fn counter(counter: CounterType) -> Qualifier<'static> {
    Qualifier::new("CounterType", Value::Integer(counter.value() as i64))
}

/// The item `X` of 64 bits, and another item behind it.
fn with_items(
    first: &[Qualifier<'static>],
    second: Property<'static>,
    counter: Qualifier<'static>,
) -> Class<'static> {
    let id = |id| Qualifier::new("WmiDataId", Value::Integer(id));
    let items = vec![
        Property::new("X", CimType::Uint64, "uint64")
            .with_qualifiers(leak([&[id(1)], first].concat())),
        second.with_qualifiers(leak(vec![id(2), counter])),
    ];
    class("A", &[]).with_properties(leak(items))
}

/// A registered class of one counter.
fn perf(name: &'static str, qualifiers: &[Qualifier<'static>]) -> Class<'static> {
    let provided = [
        flag("Dynamic"),
        Qualifier::new("Provider", Value::String("WMIProv")),
        Qualifier::new("guid", Value::String(GUID)),
    ];
    let item = Property::new("X", CimType::Uint64, "uint64");
    let of_item = vec![
        Qualifier::new("WmiDataId", Value::Integer(1)),
        counter(CounterType::PERF_COUNTER_BULK_COUNT),
    ];
    class(name, &[&provided[..], qualifiers].concat())
        .with_superclass("Win32_PerfRawData")
        .with_properties(leak(vec![item.with_qualifiers(leak(of_item))]))
}

fn method(name: &'static str) -> Method<'static> {
    let id = Qualifier::new("WmiMethodId", Value::Integer(1));
    Method::new(name).with_qualifiers(leak(vec![id, flag("Implemented")]))
}

#[test]
fn each_fault_is_found_by_every_checker_or_excused() {
    for row in TABLE {
        let classes = (row.classes)();
        let listed: Vec<_> = classes.iter().collect();
        let is_sound = Schema::is_sound(&listed, &[]);
        assert_eq!(is_sound, !matches!(row.schema, Refuses(_)), "{classes:#?}");
        let rules: Vec<_> = check(&classes[..]).iter().map(|it| it.rule).collect();
        match row.check {
            Ok(rule) => assert!(rules.contains(&rule), "{rule}: {rules:?}"),
            Err(why) => assert!(!why.is_empty() && rules.is_empty(), "{rules:?}"),
        }
        match row.derive {
            Refuses(case) => {
                let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui").join(case);
                for extension in ["rs", "stderr"] {
                    let file = ui.with_extension(extension);
                    assert!(fs::exists(&file).unwrap(), "{}", file.display());
                }
            }
            Other => assert!(matches!(row.schema, Refuses(_)) || row.check.is_err()),
            Blind(why) => assert!(!why.is_empty()),
        }
        if let Blind(why) = row.schema {
            assert!(!why.is_empty());
        }
    }
}

/// A schema is in `root\wmi` unless the user sets another namespace.
#[test]
fn only_check_finds_a_foreign_namespace() {
    let class = class(
        "A",
        &[
            flag("Dynamic"),
            Qualifier::new("Provider", Value::String("WMIProv")),
            Qualifier::new("guid", Value::String(GUID)),
        ],
    );
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
    let class = class("A", &[]);
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
