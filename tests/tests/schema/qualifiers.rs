//! Each attribute becomes its qualifier with the given value; free qualifiers are kept verbatim.
//! All are read back from MOF.

use core::sync::atomic::{AtomicU32, AtomicU64};
use std::collections::BTreeSet;

use wmi_core::schema::{Class, Flavor, Qualifier, Qualifiers, Value};
use wmi_core::{Count, WmiClass, WmiMethod};
use wmi_tests::mof as reader;
use wmi_vocabulary::attribute::{CLASS_KEYS, FIELD_KEYS, Key, METHOD_KEYS, PARAMETER_KEYS};

const fn flag(name: &str) -> Option<Qualifier<'_>> {
    Some(Qualifier::new(name, Value::Boolean(true)))
}

const fn number(name: &str, number: i64) -> Option<Qualifier<'_>> {
    Some(Qualifier::new(name, Value::Integer(number)))
}

const fn text<'a>(name: &'a str, text: &'a str) -> Option<Qualifier<'a>> {
    Some(Qualifier::new(name, Value::String(text)))
}

const fn amended<'a>(name: &'a str, text: &'a str) -> Option<Qualifier<'a>> {
    Some(Qualifier::new(name, Value::String(text)).with_flavor(Flavor::AMENDED))
}

/// Expects that the attribute adds no qualifier.
const NONE: Option<Qualifier<'_>> = None;

/// Asserts that exactly one qualifier has the expected name, and equals the expected one, here and
/// in MOF. Without an expected one, asserts that there are only `implied` qualifiers.
fn check(found: Qualifiers<'_>, implied: usize, expected: Option<Qualifier<'_>>) {
    let Some(expected) = expected else {
        assert_eq!(found.iter().count(), implied, "{found:?}");
        return;
    };
    let named: Vec<_> = found
        .iter()
        .filter(|found| found.name == expected.name)
        .collect();
    assert_eq!(named, [&expected]);
    read_back(found);
}

/// Asserts that the qualifiers are read back from MOF.
fn read_back(qualifiers: Qualifiers<'_>) {
    let qualifiers: Vec<_> = qualifiers.iter().copied().collect();
    let class = Class::new("C").with_qualifiers(&qualifiers);
    let [read] = &reader::classes(&class.mof().to_string())[..] else {
        panic!("one class");
    };
    let expected: Vec<_> = qualifiers
        .iter()
        .map(|qualifier| reader::Qualifier {
            name: qualifier.name.to_owned(),
            value: value(qualifier.value),
            flavors: [
                (Flavor::AMENDED, "amended"),
                (Flavor::TO_INSTANCE, "ToInstance"),
                (Flavor::TO_SUBCLASS, "ToSubclass"),
                (Flavor::DISABLE_OVERRIDE, "DisableOverride"),
            ]
            .into_iter()
            .filter(|(flavor, _)| qualifier.flavor.contains(*flavor))
            .map(|(_, name)| name.to_owned())
            .collect(),
        })
        .collect();
    assert_eq!(read.qualifiers, expected);
}

fn value(value: Value<'_>) -> reader::Value {
    match value {
        Value::Boolean(on) => reader::Value::Boolean(on),
        Value::Integer(number) => reader::Value::Number(number),
        Value::String(text) => reader::Value::Text(text.to_owned()),
        Value::Array(values) => {
            reader::Value::Many(values.iter().copied().map(self::value).collect())
        }
        _ => panic!("a value of a new kind"),
    }
}

/// Returns the attributes of a table that become qualifiers; `size_is` alone does not.
fn attributes(table: &[Key]) -> BTreeSet<&'static str> {
    let becomes = table.iter().filter(|key| key.qualifier().is_some());
    let names = becomes.map(|key| key.name);
    names.filter(|name| *name != "size_is").collect()
}

/// Tests a table: each of its attributes has a row, and becomes the row's qualifier. `$implied` is
/// the number of implied qualifiers.
macro_rules! table {
    ($test:ident, $table:ident, $implied:literal, $item:ident:
        $($name:ident [$($attribute:tt)*] $(as $ty:ty)? => $expected:expr;)*) => {
        #[test]
        fn $test() {
            let tested: BTreeSet<_> = [$(stringify!($name)),*].into_iter().collect();
            assert_eq!(tested, attributes($table));
            $(check($item!([$($attribute)*] $($ty)?), $implied, $expected);)*
        }
    };
}

macro_rules! class {
    // An event, because events may have no items.
    ([registered $($attribute:tt)*]) => {
        class!([
            event,
            base = "WMIEvent",
            guid = "5c1f7a52-6c0f-4a55-9e0d-0f2b7b1c9f02"
            $($attribute)*
        ])
    };
    ([$($attribute:tt)*]) => {{
        #[derive(WmiClass)]
        #[wmi($($attribute)*)]
        struct Sample;
        Sample::CLASS.qualifiers
    }};
}

macro_rules! item {
    ([$($attribute:tt)*]) => {
        item!([$($attribute)*] u8)
    };
    ([$($attribute:tt)*] $ty:ty) => {{
        #[derive(WmiClass)]
        #[wmi(embedded)]
        struct Sample {
            #[wmi($($attribute)*)]
            item: $ty,
        }
        Sample::CLASS.properties[0].qualifiers
    }};
}

macro_rules! method {
    ([$($attribute:tt)*]) => {{
        #[derive(WmiMethod)]
        #[wmi($($attribute)*)]
        struct Method;
        Method::METHOD.qualifiers
    }};
}

macro_rules! parameter {
    ([$($attribute:tt)*]) => {{
        #[derive(WmiMethod)]
        #[wmi(id = 1)]
        struct Method {
            #[wmi($($attribute)*)]
            parameter: u8,
        }
        Method::METHOD.parameters[0].qualifiers
    }};
}

table! { attributes_of_a_class, CLASS_KEYS, 4, class:
    abstract [abstract] => flag("abstract");
    provider [registered] => text("Provider", "WMIProv");
    provider [registered, provider = "WmiProv"] => text("Provider", "WmiProv");
    guid [event, base = "WMIEvent", guid = "5C1F7a52-6c0f-4a55-9e0d-0f2b7b1c9f01"]
        => text("guid", "{5C1F7a52-6c0f-4a55-9e0d-0f2b7b1c9f01}");
    guid [event, base = "WMIEvent", guid = "{5c1f7a52-6c0f-4a55-9e0d-0f2b7b1c9f01}"]
        => text("guid", "{5c1f7a52-6c0f-4a55-9e0d-0f2b7b1c9f01}");
    perf_detail [registered, perf_detail = 400] => number("PerfDetail", 400);
    hi_perf [registered, hi_perf] => flag("HiPerf");
    hi_perf [registered, hi_perf = false] => NONE;
    expense [registered, expense = 0xffff_ffff] => number("WmiExpense", 0xffff_ffff);
    locale [registered, locale = 1033] => text("Locale", r"MS\0x409");
    locale [registered, locale = "0x407"] => text("Locale", "0x407");
    header_name [registered, header_name = "EVENT"] => text("HeaderName", "EVENT");
    guid_name1 [registered, guid_name1 = "OneGuid"] => text("GuidName1", "OneGuid");
    guid_name2 [registered, guid_name2 = "TWO_GUID"] => text("GuidName2", "TWO_GUID");
    generate_header [registered, generate_header] => flag("WmiGenerateHeader");
    generate_header [registered, generate_header = false]
        => Some(Qualifier::new("WmiGenerateHeader", Value::Boolean(false)));
    display_name [registered, display_name = "Ä \"b\""] => amended("DisplayName", "Ä \"b\"");
    display_name [registered, display_name = ""] => NONE;
    description [registered, description = "One.\nTwo."] => amended("Description", "One.\nTwo.");
    cpp_quote [registered, cpp_quote = "\n#define A \\\n"] => text("cpp_quote", "\n#define A \\\n");
    cpp_quote [registered, cpp_quote, description = "A\nb"] => text("cpp_quote", "// A\n// b");
}

table! { attributes_of_an_item, FIELD_KEYS, 1, item:
    read [data_id = 1] => flag("read");
    read [data_id = 1, read = true] => flag("read");
    read [data_id = 1, read = false] as u8 => number("WmiDataId", 1);
    write [data_id = 1, write] => flag("write");
    write [data_id = 1, read = false, write = false] => NONE;
    data_id [data_id = 0x1] => number("WmiDataId", 1);
    version [data_id = 1, version = 2] => number("WmiVersion", 2);
    counter [data_id = 1, counter = "PERF_COUNTER_BULK_COUNT"] as AtomicU64
        => number("CounterType", 0x1041_0500);
    counter [data_id = 1, read = false, counter] as AtomicU32 => NONE;
    default_scale [data_id = 1, counter = "PERF_COUNTER_COUNTER", default_scale = -2] as AtomicU32
        => number("DefaultScale", -2);
    perf_default [data_id = 1, counter = "PERF_COUNTER_COUNTER", perf_default] as AtomicU32
        => flag("PerfDefault");
    perf_detail [data_id = 1, counter = "PERF_COUNTER_COUNTER", perf_detail = 300] as AtomicU32
        => number("PerfDetail", 300);
    time_stamp [data_id = 1, time_stamp] as i64 => flag("WmiTimeStamp");
    event_trigger [data_id = 1, event_trigger = "Fire"] => text("WmiEventTrigger", "Fire");
    event_rate [data_id = 1, event_rate = "Rate"] => text("WmiEventRate", "Rate");
    ref_class [data_id = 1, ref_class = "Vendor_A"] => text("WmiRefClass", "Vendor_A");
    ref_property [data_id = 1, ref_property = "Id"] => text("WmiRefProperty", "Id");
    scale [data_id = 1, scale = -2147483648] => number("WmiScale", -2147483648);
    scale [data_id = 1, scale = 2147483647] => number("WmiScale", 2147483647);
    complexity [data_id = 1, complexity = 0] => number("WmiComplexity", 0);
    volatility [data_id = 1, volatility = 1000] => number("WmiVolatility", 1000);
    display_in_hex [data_id = 1, display_in_hex] => flag("DisplayInHex");
    display_name [data_id = 1, display_name = "a"] => amended("DisplayName", "a");
    description [data_id = 1, description = "a"] => amended("Description", "a");
    cpp_quote [data_id = 1, cpp_quote = "a"] => text("cpp_quote", "a");
}

table! { attributes_of_a_method, METHOD_KEYS, 2, method:
    id [id = 0] => number("WmiMethodId", 0);
    id [id = 4294967295] => number("WmiMethodId", 0xffff_ffff);
    id [id = 1] => flag("Implemented");
    id [id = 1] => NONE;
    read [id = 1, read] => flag("read");
    write [id = 1, write] => flag("write");
    header_name [id = 1, header_name = "SET"] => text("HeaderName", "SET");
    display_name [id = 1, display_name = "a"] => amended("DisplayName", "a");
    description [id = 1, description = "a"] => amended("Description", "a");
    cpp_quote [id = 1, cpp_quote = "a"] => text("cpp_quote", "a");
}

table! { attributes_of_a_parameter, PARAMETER_KEYS, 1, parameter:
    in [in] => flag("in");
    in [in] => NONE;
    out [in, out] => flag("out");
    out [in, out = false] => NONE;
    display_in_hex [in, display_in_hex] => flag("DisplayInHex");
    display_name [in, display_name = "a"] => amended("DisplayName", "a");
    description [in, description = "a"] => amended("Description", "a");
    cpp_quote [in, cpp_quote = "a"] => text("cpp_quote", "a");
}

/// `WmiSizeIs` holds the item name of the count, in its usual position.
#[test]
fn size_is_becomes_the_name_of_the_count() {
    #[derive(WmiClass)]
    #[wmi(embedded, variable)]
    struct Sample<'a> {
        #[wmi(data_id = 1, name = "HowMany")]
        count: Count<u8>,
        /// The items.
        #[wmi(display_in_hex, data_id = 2, size_is = "count", version = 1)]
        items: &'a [u16],
    }
    let qualifiers = Sample::CLASS.properties[1].qualifiers;
    let names: Vec<_> = qualifiers.iter().map(|qualifier| qualifier.name).collect();
    let expected = "read DisplayInHex WmiDataId WmiSizeIs WmiVersion Description";
    assert_eq!(names.join(" "), expected);
    assert_eq!(
        qualifiers.get("WmiSizeIs").copied(),
        text("WmiSizeIs", "HowMany")
    );
    read_back(qualifiers);
}

/// Checks free qualifiers of every form: they keep their spelling, position and flavors.
macro_rules! free {
    ($item:ident [$($before:tt)*] [$($after:tt)*]) => {{
        let qualifiers: Qualifiers<'static> = $item!([
            $($before)*,
            qualifier(bare),
            qualifier(Text("a \"b\"\n")),
            qualifier(Number(1)), qualifier(NEGATIVE(-0x10)), qualifier(Hex(0xffffffff)),
            qualifier(Yes(TRUE)), qualifier(No(False)), qualifier(Rust(false)),
            $($after)*,
            qualifier(Texts{"a", "", "c",}),
            qualifier(Numbers{1, -2}),
            qualifier(Booleans{true, FALSE}),
            qualifier(type("keyword") : amended),
            qualifier(Flavored : toinstance),
            qualifier(All{"x"} : DisableOverride AMENDED ToSubclass ToInstance),
        ]);
        let all = Flavor::AMENDED
            .union(Flavor::TO_INSTANCE)
            .union(Flavor::TO_SUBCLASS)
            .union(Flavor::DISABLE_OVERRIDE);
        let expected = [
            Qualifier::new("bare", Value::Boolean(true)),
            Qualifier::new("Text", Value::String("a \"b\"\n")),
            Qualifier::new("Number", Value::Integer(1)),
            Qualifier::new("NEGATIVE", Value::Integer(-16)),
            Qualifier::new("Hex", Value::Integer(0xffff_ffff)),
            Qualifier::new("Yes", Value::Boolean(true)),
            Qualifier::new("No", Value::Boolean(false)),
            Qualifier::new("Rust", Value::Boolean(false)),
            // A qualifier between them.
            Qualifier::new("DisplayName", Value::String("between")).with_flavor(Flavor::AMENDED),
            Qualifier::new(
                "Texts",
                Value::Array(&[Value::String("a"), Value::String(""), Value::String("c")]),
            ),
            Qualifier::new("Numbers", Value::Array(&[Value::Integer(1), Value::Integer(-2)])),
            Qualifier::new(
                "Booleans",
                Value::Array(&[Value::Boolean(true), Value::Boolean(false)]),
            ),
            Qualifier::new("type", Value::String("keyword")).with_flavor(Flavor::AMENDED),
            Qualifier::new("Flavored", Value::Boolean(true)).with_flavor(Flavor::TO_INSTANCE),
            Qualifier::new("All", Value::Array(&[Value::String("x")])).with_flavor(all),
        ];
        let first = qualifiers.iter().position(|found| found.name == "bare").unwrap();
        let found: Vec<_> = qualifiers.iter().skip(first).copied().collect();
        assert_eq!(found, expected);
        read_back(qualifiers);
    }};
}

#[test]
fn free_qualifiers_are_kept_verbatim() {
    free!(class[registered][display_name = "between"]);
    free!(item[data_id = 1][display_name = "between"]);
    free!(method[id = 1][display_name = "between"]);
    free!(parameter [in] [display_name = "between"]);
}

/// A neutral MOF has no localised qualifiers, free ones included.
#[test]
fn amended_free_qualifiers_are_in_the_mfl_only() {
    #[derive(WmiClass)]
    #[wmi(embedded, qualifier(Title("a") : Amended), qualifier(Kept("b")))]
    struct Sample {
        #[wmi(data_id = 1)]
        item: u8,
    }
    use wmi_core::mof::Style;
    let names = |style| {
        let text = Sample::mof().style(style).to_string();
        let qualifiers = reader::classes(&text).remove(0).qualifiers;
        qualifiers
            .into_iter()
            .map(|read| read.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(Style::Neutral), ["WMI", "Kept"]);
    assert_eq!(names(Style::Mfl), ["Title", "AMENDMENT", "LOCALE"]);
    assert_eq!(names(Style::Compilable), ["WMI", "Title", "Kept"]);
}
