//! The schema class that the derive makes: names, qualifiers and their order in MOF.

use core::sync::atomic::{AtomicU32, AtomicU64};
use std::collections::BTreeSet;

use wmi_core::schema::Value;
use wmi_core::{DataBlock, FixedClass, VariableClass, WmiClass};
use wmi_tests::corpus;
use wmi_vocabulary::attribute::{
    CLASS_KEYS, ENUM_KEYS, FIELD_KEYS, FLAGS_KEYS, Key, METHOD_KEYS, PARAMETER_KEYS, Takes,
    VARIANT_KEYS,
};

/// Everything that a class
/// can say.
///
/// In two paragraphs.
#[derive(WmiClass)]
#[wmi(
    name = "Vendor_Queue",
    base = "WMIEvent",
    guid = "8D4A7F4E-93E0-4A8D-A7C2-6D4B2C1A0E01",
    perf_detail = 200,
    hi_perf,
    expense = 3,
    locale = 0x407,
    header_name = "QUEUE",
    generate_header = false
)]
#[wmi(display_name = "Queue", cpp_quote)]
struct Queue {
    /// How long it is.
    #[wmi(
        write,
        data_id = 2,
        version = 1,
        scale = -3,
        complexity = 1,
        volatility = 500,
        display_in_hex,
        display_name = "Length",
        cpp_quote = "#define LONG 1"
    )]
    queue_length: u32,
    #[wmi(data_id = 1, read = false, time_stamp)]
    since: u64,
    /// Only for readers of the source.
    #[wmi(data_id = 3, description = "")]
    r#type: [u8; 4],
    #[wmi(
        data_id = 4,
        name = "IOs",
        counter = "PERF_COUNTER_COUNTER",
        default_scale = -1,
        perf_default
    )]
    io_count: AtomicU32,
    #[wmi(data_id = 5, counter = "PERF_COUNTER_RAWCOUNT", perf_detail = 400)]
    depth: AtomicU32,
}

#[test]
fn attributes_become_qualifiers_in_their_order() {
    let expected = r##"[Dynamic, Provider("WMIProv"), WMI, guid("{8D4A7F4E-93E0-4A8D-A7C2-6D4B2C1A0E01}"),
 PerfDetail(200), HiPerf, WmiExpense(3), Locale("MS\\0x407"), HeaderName("QUEUE"),
 WmiGenerateHeader(FALSE), DisplayName("Queue") : amended,
 Description("Everything that a class can say.\nIn two paragraphs.") : amended,
 cpp_quote("// Everything that a class can say.\n// In two paragraphs.")]
class Vendor_Queue : WMIEvent
{
    [read, key]
    String InstanceName;

    [read]
    boolean Active;

    [read, write, WmiDataId(2), WmiVersion(1), WmiScale(-3), WmiComplexity(1), WmiVolatility(500),
     DisplayInHex, DisplayName("Length") : amended, Description("How long it is.") : amended,
     cpp_quote("#define LONG 1")]
    uint32 QueueLength;

    [WmiDataId(1), WmiTimeStamp]
    uint64 Since;

    [read, WmiDataId(3)]
    uint8 Type[4];

    [read, WmiDataId(4), CounterType(272696320), DefaultScale(-1), PerfDefault, PerfDetail(200)]
    uint32 IOs;

    [read, WmiDataId(5), CounterType(65536), DefaultScale(0), PerfDetail(400)]
    uint32 Depth;
};
"##;
    assert_eq!(Queue::mof().to_string(), expected);
    assert_eq!(Queue::CLASS.guid(), Some(Queue::GUID));
}

#[test]
fn generated_members_have_the_names_of_the_fields() {
    let queue = Queue::new();
    queue.increment_io_count();
    let block = queue.snapshot();
    assert_eq!(block.io_count(), 1);
    assert_eq!(block.r#type(), [0; 4]);
    assert_eq!(block.queue_length() + block.depth(), 0);
    assert_eq!(block.since(), 0);
    assert_eq!(Queue::IO_COUNT.property().name, "IOs");
    assert_eq!(Queue::TYPE.id(), 3);
}

#[test]
fn embedded_class_has_no_guid_or_instance_items() {
    #[derive(WmiClass)]
    #[wmi(embedded, guid = "8D4A7F4E-93E0-4A8D-A7C2-6D4B2C1A0E02")]
    struct Part {
        #[wmi(data_id = 1)]
        a: u8,
    }
    let expected = r#"[WMI, guid("{8D4A7F4E-93E0-4A8D-A7C2-6D4B2C1A0E02}")]
class Part
{
    [read, WmiDataId(1)]
    uint8 A;
};
"#;
    assert_eq!(Part::mof().to_string(), expected);
    assert_eq!(Part { a: 1 }.snapshot().a(), 1);
}

/// Shadows the names that generated code refers to.
#[allow(dead_code, non_camel_case_types, reason = "only their names matter")]
mod shadows {
    use ::core::fmt::Debug;
    use ::wmi_core::WmiField;

    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod wmi_core {}
    pub(super) struct Option;
    pub(super) struct Class;
    pub(super) struct Default;
    pub(super) struct Wire;
    pub(super) struct u8;
    pub(super) struct str;
    pub(super) struct usize;

    /// Gives every type the methods that items have.
    pub(super) trait Greedy: Debug + Sized {
        fn value(&self) {}
        fn get(&self) {}
        fn increment(&self) {}
        fn store(&self) {}
    }
    impl<T: Debug + WmiField> Greedy for T {}
}

#[test]
fn expansion_ignores_shadowing_names() {
    use ::wmi_core as renamed;

    #[allow(unused_imports, reason = "only their names matter")]
    use shadows::*;

    #[derive(renamed::WmiClass)]
    #[wmi(crate = renamed, guid = "8D4A7F4E-93E0-4A8D-A7C2-6D4B2C1A0E03")]
    struct Shadowed {
        #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
        block: AtomicU64,
        #[wmi(data_id = 2)]
        value: u16,
    }
    let class = Shadowed::new();
    class.add_block(3);
    assert_eq!(class.snapshot().block(), 3);
    assert_eq!(class.snapshot().value(), 0);
}

#[test]
fn types_are_resolved_not_spelled() {
    type Count = AtomicU64;
    macro_rules! four {
        ($element:ty) => {
            [$element; 2 + 2]
        };
    }
    const TWO: usize = 2;

    #[derive(WmiClass)]
    #[wmi(guid = "8D4A7F4E-93E0-4A8D-A7C2-6D4B2C1A0E04")]
    struct Spelled {
        #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
        count: Count,
        #[wmi(data_id = 2)]
        words: four!(u16),
        #[wmi(data_id = 3)]
        pair: [core::primitive::u8; TWO],
    }
    let types: Vec<_> = Spelled::CLASS.properties[2..]
        .iter()
        .map(|property| (property.type_name, property.array))
        .collect();
    use wmi_core::schema::Array::{Fixed, Scalar};
    assert_eq!(
        types,
        [
            ("uint64", Scalar),
            ("uint16", Fixed(4)),
            ("uint8", Fixed(2))
        ]
    );
    assert_eq!(Spelled::new().snapshot().as_bytes().len(), 8 + 8 + 2);
}

/// A class whose fields are declared out of `data_id` order.
#[derive(WmiClass)]
#[wmi(
    name = "Vendor_Settable",
    guid = "dc1e9df1-b4bf-4b74-9ec5-4c45517c34b9"
)]
struct Settable {
    #[wmi(data_id = 4, write)]
    _label: u8,
    #[wmi(data_id = 2, write, read = false)]
    _key: u8,
    #[wmi(data_id = 1)]
    _revision: u16,
    #[wmi(data_id = 3, read)]
    _state: u32,
}

#[test]
fn writable_items_follow_the_write_qualifier() {
    let properties = Settable::CLASS.properties.iter();
    let mut by_schema: Vec<_> = properties
        .filter_map(|property| {
            let write = property.qualifier("write").map(|write| write.value);
            Some((property.data_id()?, write == Some(Value::Boolean(true))))
        })
        .collect();
    by_schema.sort_unstable();
    let by_id: Vec<_> = (1..).zip(Settable::WRITABLE.iter().copied()).collect();
    assert_eq!(by_id, by_schema);
    assert_eq!(Settable::WRITABLE, [false, true, false, true]);
    assert_eq!(Queue::WRITABLE.len(), Queue::ITEMS.len());
}

/// A class of variable size without items.
#[derive(WmiClass)]
#[wmi(embedded, variable, allow(empty))]
struct Nothing;

#[test]
fn empty_variable_class_has_an_empty_view() {
    assert_eq!(Nothing.encode(&mut []), Ok(0));
    assert_eq!(
        format!("{:?}", Nothing::decode(&[]).unwrap()),
        "NothingView"
    );
}

/// Where attributes may appear, as the documentation names the places.
const PLACES: [(&str, &[Key]); 7] = [
    ("class", CLASS_KEYS),
    ("field", FIELD_KEYS),
    ("method", METHOD_KEYS),
    ("parameter", PARAMETER_KEYS),
    ("enum", ENUM_KEYS),
    ("flags", FLAGS_KEYS),
    ("variant", VARIANT_KEYS),
];

/// Place, attribute (with the argument of an `allow`) and qualifier.
type Row = (String, String, String);

fn rows_of_the_code() -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    for (place, keys) in PLACES {
        for key in keys {
            let qualifier = key.qualifier().unwrap_or_default();
            let names = match key.takes {
                Takes::Allow(words) => words
                    .iter()
                    .map(|word| format!("allow({})", word.name()))
                    .collect(),
                _ => vec![key.name.to_owned()],
            };
            for name in names {
                let row = (place.to_owned(), name, qualifier.to_owned());
                assert!(
                    rows.insert(row),
                    "{place} has two attributes `{}`",
                    key.name
                );
            }
        }
    }
    rows
}

fn rows_of_the_documentation() -> BTreeSet<Row> {
    let path = corpus::workspace().join("wmi-core/src/derive.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, text) = text.split_once("| attribute | on |").unwrap();
    let (table, _) = text.split_once("\n\n").unwrap();
    let mut rows = BTreeSet::new();
    for line in table.lines().skip(2) {
        let [attributes, places, qualifiers, meaning] =
            line.trim_matches('|').split('|').collect::<Vec<_>>()[..]
        else {
            panic!("not four columns: {line}");
        };
        assert!(!meaning.trim().is_empty(), "{line}");
        let code = |column: &str| -> Vec<String> {
            let spans = column.split('`').skip(1).step_by(2);
            spans.map(str::to_owned).collect()
        };
        // `size_is` has two forms but is one attribute.
        let mut names: Vec<_> = code(attributes).iter().map(|code| name(code)).collect();
        names.dedup();
        let qualifiers = code(qualifiers);
        for place in places.split(',').map(str::trim) {
            for (index, name) in names.iter().enumerate() {
                let qualifier = qualifiers.get(index).cloned().unwrap_or_default();
                let row = (place.to_owned(), name.clone(), qualifier);
                assert!(rows.insert(row), "listed twice: {line}");
            }
        }
    }
    rows
}

/// Returns the attribute's name in an example.
fn name(code: &str) -> String {
    match code.split_once([' ', '(']) {
        Some(("allow", _)) | None => code.to_owned(),
        Some((name, _)) => name.to_owned(),
    }
}

#[test]
fn documentation_lists_every_attribute() {
    let (code, documentation) = (rows_of_the_code(), rows_of_the_documentation());
    let missing: Vec<_> = code.difference(&documentation).collect();
    let unknown: Vec<_> = documentation.difference(&code).collect();
    assert!(missing.is_empty(), "not documented: {missing:#?}");
    assert!(unknown.is_empty(), "documented, but unknown: {unknown:#?}");
}
