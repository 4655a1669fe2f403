//! MOF text of classes built by hand: every style, every kind of value, any text.

use proptest::prelude::*;
use wmi_core::mof::Style;
use wmi_core::schema::{
    Array, CimType, Class, Flavor, Method, Property, Qualifier, Schema, Value, parse_locale,
};
use wmi_tests::mof as reader;

const STYLES: [Style; 4] = [
    Style::Compilable,
    Style::Documented,
    Style::Neutral,
    Style::Mfl,
];

const fn flag(name: &str) -> Qualifier<'_> {
    Qualifier::new(name, Value::Boolean(true))
}

const fn amended<'a>(name: &'a str, value: Value<'a>) -> Qualifier<'a> {
    Qualifier::new(name, value).with_flavor(Flavor::AMENDED)
}

/// A class with every kind of element.
const QUEUE: Class<'static> = Class::new("Vendor_Queue")
    .with_superclass("Vendor_Base")
    .with_qualifiers(&[
        flag("WMI"),
        Qualifier::new("WmiGenerateHeader", Value::Boolean(false)),
        Qualifier::new("Locale", Value::String(r"MS\0x407")),
        amended("Description", Value::String("Eine \"Schlange\"")),
    ])
    .with_properties(&[
        Property::new("Id", CimType::String, "string").with_qualifiers(&[flag("key")]),
        Property::new("Bare", CimType::Uint8, "uint8"),
        Property::new("State", CimType::Uint32, "uint32").with_qualifiers(&[
            flag("read"),
            Qualifier::new("WmiDataId", Value::Integer(1)),
            Qualifier::new("CounterType", Value::Integer(0x1_0100)),
            Qualifier::new("WmiScale", Value::Integer(-3)),
            Qualifier::new(
                "ValueMap",
                Value::Array(&[Value::String("0"), Value::String("1")]),
            ),
            amended(
                "Values",
                Value::Array(&[Value::String("leer"), Value::String("voll")]),
            ),
        ]),
        Property::new("Entries", CimType::Object, "Vendor_Entry")
            .with_array(Array::Fixed(4))
            .with_qualifiers(&[Qualifier::new(
                "Bits",
                Value::Array(&[Value::Integer(-1), Value::Boolean(false)]),
            )
            .with_flavor(Flavor::TO_INSTANCE.union(Flavor::DISABLE_OVERRIDE))]),
        Property::new("Names", CimType::String, "string")
            .with_array(Array::Variable)
            .with_qualifiers(&[Qualifier::new("WmiSizeIs", Value::String("State"))]),
    ])
    .with_methods(&[
        Method::new("Push")
            .with_qualifiers(&[
                flag("Implemented"),
                Qualifier::new("WmiMethodId", Value::Integer(1)),
                amended("Description", Value::String("schiebt")),
            ])
            .with_parameters(&[
                Property::new("Byte", CimType::Uint8, "uint8")
                    .with_qualifiers(&[flag("in"), Qualifier::new("MAX", Value::Integer(9))]),
                Property::new("Entries", CimType::Object, "Vendor_Entry")
                    .with_array(Array::Fixed(2))
                    .with_qualifiers(&[flag("out")]),
            ]),
        Method::new("Clear"),
    ]);

#[test]
fn compilable_style_writes_every_qualifier() {
    let expected = r#"[WMI, WmiGenerateHeader(FALSE), Locale("MS\\0x407"), Description("Eine \"Schlange\"") : amended]
class Vendor_Queue : Vendor_Base
{
    [key]
    string Id;

    uint8 Bare;

    [read, WmiDataId(1), CounterType(65792), WmiScale(-3), ValueMap{"0", "1"},
     Values{"leer", "voll"} : amended]
    uint32 State;

    [Bits{-1, FALSE} : ToInstance DisableOverride]
    Vendor_Entry Entries[4];

    [WmiSizeIs("State")]
    string Names[];

    [Implemented, WmiMethodId(1), Description("schiebt") : amended]
    void Push(
        [in, MAX(9)]
        uint8 Byte,
        [out]
        Vendor_Entry Entries[2]);

    void Clear();
};
"#;
    assert_eq!(QUEUE.mof().to_string(), expected);
    assert_eq!(QUEUE.mof().style(Style::Compilable).to_string(), expected);
}

#[test]
fn documented_style_names_known_counter_types() {
    let with_number = reader::tokens(&QUEUE.mof().to_string());
    let with_name = reader::tokens(&QUEUE.mof().style(Style::Documented).to_string());
    let mut differing = with_number
        .iter()
        .zip(&with_name)
        .filter(|(number, name)| number != name);
    let name = reader::Token::Word("PERF_COUNTER_LARGE_RAWCOUNT".to_owned());
    assert_eq!(
        differing.next(),
        Some((&reader::Token::Number(0x1_0100), &name))
    );
    assert_eq!(differing.next(), None);
    assert_eq!(with_number.len(), with_name.len());

    let unknown = [Qualifier::new("CounterType", Value::Integer(1))];
    let properties = [Property::new("A", CimType::Uint32, "uint32").with_qualifiers(&unknown)];
    let class = Class::new("B").with_properties(&properties);
    let text = class.mof().style(Style::Documented).to_string();
    assert!(text.contains("[CounterType(1)]"), "{text}");
}

#[test]
fn neutral_style_omits_amended_qualifiers() {
    let expected = r#"[WMI, WmiGenerateHeader(FALSE), Locale("MS\\0x407")]
class Vendor_Queue : Vendor_Base
{
    [key]
    string Id;

    uint8 Bare;

    [read, WmiDataId(1), CounterType(65792), WmiScale(-3), ValueMap{"0", "1"}]
    uint32 State;

    [Bits{-1, FALSE} : ToInstance DisableOverride]
    Vendor_Entry Entries[4];

    [WmiSizeIs("State")]
    string Names[];

    [Implemented, WmiMethodId(1)]
    void Push(
        [in, MAX(9)]
        uint8 Byte,
        [out]
        Vendor_Entry Entries[2]);

    void Clear();
};
"#;
    assert_eq!(QUEUE.mof().style(Style::Neutral).to_string(), expected);
}

#[test]
fn mfl_style_has_members_with_amended_qualifiers_only() {
    let expected = r#"[Description("Eine \"Schlange\"") : amended, AMENDMENT, LOCALE(1031)]
class Vendor_Queue : Vendor_Base
{
    [Values{"leer", "voll"} : amended]
    uint32 State;

    [Description("schiebt") : amended]
    void Push(
        [in]
        uint8 Byte,
        [out]
        Vendor_Entry Entries[2]);
};
"#;
    assert_eq!(QUEUE.mof().style(Style::Mfl).to_string(), expected);
}

#[test]
fn types_are_spelled_as_their_keywords() {
    let types = [
        CimType::Boolean,
        CimType::Sint8,
        CimType::Uint8,
        CimType::Sint16,
        CimType::Uint16,
        CimType::Sint32,
        CimType::Uint32,
        CimType::Sint64,
        CimType::Uint64,
        CimType::String,
        CimType::Datetime,
        CimType::Object,
    ];
    let keywords = "boolean sint8 uint8 sint16 uint16 sint32 uint32 sint64 uint64 string datetime \
                    object";
    let properties = types.map(|cim_type| Property::new("P", cim_type, cim_type.keyword()));
    let class = Class::new("Types").with_properties(&properties);
    let [read] = &reader::classes(&class.mof().to_string())[..] else {
        panic!("one class");
    };
    let spelled: Vec<_> = read
        .properties
        .iter()
        .map(|p| p.type_name.as_str())
        .collect();
    assert_eq!(spelled.join(" "), keywords);
}

#[test]
fn classes_may_be_empty() {
    for style in STYLES.into_iter().filter(|style| *style != Style::Mfl) {
        let text = Class::new("Empty").mof().style(style).to_string();
        assert_eq!(text, "class Empty\n{\n};\n");
    }
}

#[test]
fn flavors_follow_the_value_in_the_usual_order() {
    let all = Flavor::AMENDED
        .union(Flavor::TO_INSTANCE)
        .union(Flavor::TO_SUBCLASS)
        .union(Flavor::DISABLE_OVERRIDE);
    let qualifiers = [flag("A").with_flavor(all), flag("B")];
    let class = Class::new("C").with_qualifiers(&qualifiers);
    assert_eq!(
        class.mof().to_string().lines().next(),
        Some("[A : amended ToInstance ToSubclass DisableOverride, B]")
    );
}

#[test]
fn locales_are_parsed_in_every_form() {
    for (locale, number) in [
        (None, 0x409),
        (Some(Value::Integer(0x407)), 0x407),
        (Some(Value::String(r"MS\0x40c")), 0x40c),
        (Some(Value::String("0X410")), 0x410),
        (Some(Value::String("ms_411")), 0x411),
        (Some(Value::String("German")), 0x409),
        (Some(Value::Integer(-1)), 0x409),
        (Some(Value::Integer(0)), 0x409),
        (Some(Value::Integer(0x1_0407)), 0x409),
        (Some(Value::String("ms_0")), 0x409),
    ] {
        let qualifiers: Vec<_> = locale
            .map(|value| Qualifier::new("LOCALE", value))
            .into_iter()
            .collect();
        let class = Class::new("A").with_qualifiers(&qualifiers);
        assert_eq!(class.locale(), number, "{locale:?}");
    }
    let names = ["MS_407", "ms_0", "ms_10407", "ms_", "ms_4??", "407"];
    let known = names.map(parse_locale);
    assert_eq!(known, [Some(0x407), None, None, None, None, None]);
}

#[test]
fn mfl_style_opens_the_namespace_of_each_locale() {
    let description = [amended("Description", Value::String("text"))];
    let english = Class::new("English").with_qualifiers(&description);
    let plain = Class::new("Plain");
    let entry = Class::new("Vendor_Entry");
    let schema = [&english, &entry, &QUEUE, &plain];
    let schema = Schema::with_external_bases(&schema, &["Vendor_Base"]).with_namespace(r"root\x");
    let text = schema.mof().style(Style::Mfl).to_string();
    let order = [
        r#"#pragma namespace("root\\x")"#,
        r#"name = "ms_409";"#,
        r#"#pragma namespace("root\\x\\ms_409")"#,
        "class English",
        r#"#pragma namespace("root\\x")"#,
        r#"name = "ms_407";"#,
        r#"#pragma namespace("root\\x\\ms_407")"#,
        "class Vendor_Queue : Vendor_Base",
    ];
    let found: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| {
            ["#pragma namespace", "name", "class"]
                .iter()
                .any(|start| line.starts_with(start))
        })
        .collect();
    assert_eq!(found, order);

    // The other styles write every class, in one namespace.
    let names: Vec<_> = reader::classes(&schema.mof().to_string())
        .into_iter()
        .map(|class| class.name)
        .collect();
    assert_eq!(names, ["English", "Vendor_Entry", "Vendor_Queue", "Plain"]);
}

/// Asserts that `text` can be read line by line: it is ASCII without control characters, lines have
/// at most 100 columns, and literals and escapes, including surrogate pairs, never span lines.
///
/// The writer promises 100 columns, which only long names may exceed; the names here are short.
fn check_lines(text: &str) {
    for line in text.split('\n') {
        assert!(
            line.bytes().all(|byte| matches!(byte, b' '..=b'~')),
            "{line:?}"
        );
        assert!(line.len() <= 100, "{} columns: {line}", line.len());
        let _ = reader::tokens(line);
    }
}

/// Writes a class with `text` in every place for text, and asserts that it is read back.
fn survives(text: &str, more: &[String], number: i64) {
    let values: Vec<_> = more.iter().map(|text| Value::String(text)).collect();
    let qualifiers = [
        amended("Description", Value::String(text)),
        Qualifier::new("WmiScale", Value::Integer(number)),
        amended("Values", Value::Array(&values)),
        Qualifier::new("cpp_quote", Value::String(text)),
    ];
    let items = [Property::new("P", CimType::Uint8, "uint8").with_qualifiers(&qualifiers)];
    let methods = [Method::new("M")
        .with_qualifiers(&qualifiers)
        .with_parameters(&items)];
    let class = Class::new("C")
        .with_qualifiers(&qualifiers)
        .with_properties(&items)
        .with_methods(&methods);
    let classes = [&class];
    for style in STYLES {
        let written = Schema::new(&classes).mof().style(style).to_string();
        check_lines(&written);
        let [read] = &reader::classes(&written)[..] else {
            panic!("one class");
        };
        let text = reader::Value::Text(text.to_owned());
        let many = more.iter().cloned().map(reader::Value::Text).collect();
        let expected: Vec<_> = [
            ("Description", text.clone()),
            ("WmiScale", reader::Value::Number(number)),
            ("Values", reader::Value::Many(many)),
            ("cpp_quote", text),
        ]
        .into_iter()
        .filter(|(name, _)| match style {
            Style::Neutral => !["Description", "Values"].contains(name),
            Style::Mfl => ["Description", "Values"].contains(name),
            _ => true,
        })
        .collect();
        for qualifiers in [
            &read.qualifiers,
            &read.properties[0].qualifiers,
            &read.methods[0].qualifiers,
            &read.methods[0].parameters[0].qualifiers,
        ] {
            let found: Vec<_> = qualifiers
                .iter()
                .map(|qualifier| (qualifier.name.as_str(), qualifier.value.clone()))
                .filter(|(name, _)| !["AMENDMENT", "LOCALE"].contains(name))
                .collect();
            assert_eq!(found, expected, "{style:?}");
        }
    }
}

#[test]
fn long_texts_round_trip() {
    let more = ["".to_owned(), "b".repeat(1_000)];
    for unit in [
        "a",
        "\\",
        "\"",
        " ",
        "\n",
        "é",
        "𝄞",
        "\u{1}f",
        "two words ",
        "0𝄞a",
    ] {
        survives(&unit.repeat(10_000), &more, i64::MIN);
    }
}

#[test]
fn texts_round_trip_when_split_anywhere() {
    // Lengths up to 130 put the split at every place, for every kind of character.
    for length in 0..130 {
        for unit in ["a", "a ", "\"", "é", "𝄞"] {
            let text = unit.repeat(length);
            survives(&text, &[text.clone(), text.clone()], 0);
        }
    }
}

/// Generates text that MOF can express, with many characters that need an escape or affect a
/// split.
fn text(length: usize) -> impl Strategy<Value = String> {
    const SPECIAL: [char; 16] = [
        '\\', '"', '\n', '\t', '\r', '\u{8}', '\u{c}', '\u{7f}', ' ', 'x', 'X', '0', 'f', 'F',
        '\'', '?',
    ];
    // Made of numbers, because a choice of strategies for each character takes longer than the test.
    let c = |(kind, number): (u8, u32)| match kind % 3 {
        0 => SPECIAL[number as usize % SPECIAL.len()],
        1 => char::from(b' ' + (number % 95) as u8),
        // A NUL ends a text.
        _ => char::from_u32(number % 0x11_0000).map_or('/', |c| c.max('\u{1}')),
    };
    prop::collection::vec(any::<(u8, u32)>(), 0..length)
        .prop_map(move |numbers| numbers.into_iter().map(c).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_round_trips(
        text in text(200),
        more in prop::collection::vec(text(60), 1..8),
        number in any::<i64>(),
    ) {
        survives(&text, &more, number);
    }
}
