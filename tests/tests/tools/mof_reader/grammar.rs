//! The schema that each grammar construct produces.

use wmi_core::schema::{
    Array, ChangeFlags, CimType, Flavor, Instance, ObjectKind, PropertyValue, Qualifier, Value,
};
use wmi_tools::Arena;
use wmi_tools::mof::Reader;

use super::{class, complaints, messages};

/// Returns the value of the only default in a class.
fn default<'a>(arena: &'a Arena, declarator: &str) -> Value<'a> {
    let class = class(arena, &format!("class A {{ {declarator}; }};"));
    class.properties[0].default.expect("a default")
}

#[test]
fn spelling_of_a_class_is_kept() {
    let arena = Arena::new();
    let class = class(
        &arena,
        "[Dynamic, PROVIDER(\"WMIProv\")]\nCLASS Vendor_Thing : Vendor_Base\n{\n\
         [Key, read] String InstanceName; [read] Boolean Active; UINT32 ref; };",
    );
    assert_eq!(class.name, "Vendor_Thing");
    assert_eq!(class.superclass, Some("Vendor_Base"));
    let names: Vec<_> = class.qualifiers.iter().map(|known| known.name).collect();
    assert_eq!(names, ["Dynamic", "PROVIDER"]);
    let types: Vec<_> = class
        .properties
        .iter()
        .map(|property| (property.name, property.type_name, property.cim_type))
        .collect();
    let expected = [
        ("InstanceName", "String", CimType::String),
        ("Active", "Boolean", CimType::Boolean),
        ("ref", "UINT32", CimType::Uint32),
    ];
    assert_eq!(types, expected);
}

#[test]
fn class_names_and_references_are_types() {
    let arena = Arena::new();
    let class = class(
        &arena,
        "class A { Vendor_B Inner; object Any; object ref Where; Vendor_B REF There; };",
    );
    let types: Vec<_> = class
        .properties
        .iter()
        .map(|property| (property.type_name, property.cim_type))
        .collect();
    let expected = [
        ("Vendor_B", CimType::Object),
        ("object", CimType::Object),
        ("object", CimType::Reference),
        ("Vendor_B", CimType::Reference),
    ];
    assert_eq!(types, expected);
}

#[test]
fn array_forms_are_read() {
    let arena = Arena::new();
    let class = class(
        &arena,
        "#define LENGTH (4 * 4)\nclass A { uint8 a[16]; uint8 b[]; uint8 c[LENGTH]; uint8 d; };",
    );
    let arrays: Vec<_> = class.properties.iter().map(|known| known.array).collect();
    let fixed = Array::Fixed(16);
    assert_eq!(arrays, [fixed, Array::Variable, fixed, Array::Scalar]);
}

#[test]
fn qualifiers_and_flavors_are_read() {
    let arena = Arena::new();
    let class = class(
        &arena,
        "[Bare, Off(FALSE), Nothing(NULL), Text(\"a\" /* and */ \"b\") : Amended, \
          List{1, 2,}, Many : DisableOverride ToInstance tosubclass, \
          None : Restricted EnableOverride] class A {};",
    );
    let all = Flavor::DISABLE_OVERRIDE
        .union(Flavor::TO_INSTANCE)
        .union(Flavor::TO_SUBCLASS);
    let list = [Value::Integer(1), Value::Integer(2)];
    let expected = [
        Qualifier::new("Bare", Value::Boolean(true)),
        Qualifier::new("Off", Value::Boolean(false)),
        Qualifier::new("Nothing", Value::Null),
        Qualifier::new("Text", Value::String("ab")).with_flavor(Flavor::AMENDED),
        Qualifier::new("List", Value::Array(&list)),
        Qualifier::new("Many", Value::Boolean(true)).with_flavor(all),
        Qualifier::new("None", Value::Boolean(true)),
    ];
    assert!(class.qualifiers.iter().eq(&expected), "{class:?}");
}

#[test]
fn methods_are_read() {
    let arena = Arena::new();
    let class = class(
        &arena,
        "class A { [Implemented, WmiMethodId(3)] void Reset(); \
         uint32 Run([in] uint8 Data[4], [in, out] Vendor_B Inner, string Plain); };",
    );
    let [reset, run] = class.methods else {
        panic!("{class:?}")
    };
    assert_eq!((reset.method_id(), reset.returns), (Some(3), None));
    assert_eq!(run.returns, Some((CimType::Uint32, "uint32")));
    let parameters: Vec<_> = run
        .parameters
        .iter()
        .map(|known| (known.name, known.array, known.qualifiers.iter().count()))
        .collect();
    let expected = [
        ("Data", Array::Fixed(4), 1),
        ("Inner", Array::Scalar, 2),
        ("Plain", Array::Scalar, 0),
    ];
    assert_eq!(parameters, expected);
}

#[test]
fn number_forms_are_read() {
    let arena = Arena::new();
    for (text, number) in [
        ("0", 0),
        ("017", 15),
        ("0x1F", 31),
        ("101b", 5),
        ("-64", -64),
        ("+7", 7),
        ("4096UL", 4096),
        ("9223372036854775807", i64::MAX),
        ("(1 | 2 << 4)", 33),
        ("(0x00000100 | (1 + 2) * 4)", 0x10c),
        ("~0", -1),
        ("7 % 4", 3),
        ("(3 > 2) && !0", 1),
    ] {
        let value = default(&arena, &format!("sint64 a = {text}"));
        assert_eq!(value, Value::Integer(number), "{text}");
    }
    for (text, number) in [
        ("0.5", 0.5),
        ("-1.5e3", -1500.0),
        (".25", 0.25),
        ("1E2", 100.0),
    ] {
        let value = default(&arena, &format!("real64 a = {text}"));
        assert_eq!(value, Value::Real(number), "{text}");
    }
}

#[test]
fn strings_and_characters_are_read() {
    let arena = Arena::new();
    for (literal, text) in [
        (r#""""#, ""),
        (r#""a\tb\n\"\\\'""#, "a\tb\n\"\\'"),
        (r#""\x41\x00e4z\xD83D\xDE00""#, "A\u{e4}z\u{1f600}"),
        ("\"one \"\n  \"two\"", "one two"),
        ("\"one \\\ntwo\"", "one two"),
        ("\"Grün\"", "Grün"),
    ] {
        let value = default(&arena, &format!("string a = {literal}"));
        assert_eq!(value, Value::String(text), "{literal}");
    }
    for (literal, unit) in [
        ("'a'", 0x61),
        (r"'\x00E4'", 0xe4),
        (r"'\''", 0x27),
        ("'ä'", 0xe4),
    ] {
        let value = default(&arena, &format!("char16 a = {literal}"));
        assert_eq!(value, Value::Char(unit), "{literal}");
    }
}

#[test]
fn null_default_is_none() {
    let arena = Arena::new();
    let class = class(&arena, "class A { string a = NULL; };");
    assert_eq!(class.properties[0].default, None);
}

#[test]
fn instances_may_have_aliases_and_nest() {
    let arena = Arena::new();
    let text = "#pragma namespace(\"root\\\\test\")\n\
        instance of A as $First { Name = \"x\"; Next = $First; \
        Inner = instance of B { Flag = true; }; Gone = NULL; };";
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "");
    let flag = [PropertyValue::new("Flag", Value::Boolean(true))];
    let mut inner = Instance::new("B", &flag);
    inner.namespace = Some(r"root\test");
    let values = [
        PropertyValue::new("Name", Value::String("x")),
        PropertyValue::new("Next", Value::Alias("First")),
        PropertyValue::new("Inner", Value::Instance(&inner)),
        PropertyValue::new("Gone", Value::Null),
    ];
    let mut expected = Instance::new("A", &values);
    expected.alias = Some("First");
    assert_eq!(reading.file.objects[0].kind, ObjectKind::Instance(expected));
}

#[test]
fn pragmas_apply_until_replaced() {
    let arena = Arena::new();
    let text = "#PRAGMA AUTORECOVER\nclass A {};\n\
        #pragma namespace (\"\\\\\\\\.\\\\root\\\\wmi\")\n\
        #pragma classflags(\"updateonly\", \"forceupdate\")\nclass B {};\n\
        #pragma instanceflags(createonly)\n#pragma classflags()\nclass C {};";
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "");
    let pragmas: Vec<_> = reading
        .file
        .objects
        .iter()
        .map(|object| {
            let bits = |flags: Option<ChangeFlags>| flags.map(ChangeFlags::bits);
            let flags = (bits(object.class_flags), bits(object.instance_flags));
            (object.namespace, flags.0, flags.1)
        })
        .collect();
    let expected = [
        (r"root\default", None, None),
        (r"\\.\root\wmi", Some(0x41), None),
        (r"\\.\root\wmi", None, Some(2)),
    ];
    assert_eq!(pragmas, expected);
}

#[test]
fn ignored_parts_give_a_warning() {
    for (text, warning) in [
        (
            "#pragma deleteclass(\"A\", NOFAIL)",
            "`#pragma deleteclass` is not kept",
        ),
        ("#pragma frobnicate", "unknown pragma `frobnicate`"),
        (
            "#pragma warning(disable: 4201)\nclass A {};",
            "unknown pragma `warning`",
        ),
        (
            "class A { ULONG a; };",
            "`ULONG` is not a MOF type, so it is read as a class name",
        ),
    ] {
        assert_eq!(messages(text), [format!("warning: {warning}")], "{text}");
    }
}

#[test]
fn all_encodings_are_read() {
    let text = "class A { string a = \"Gr\u{fc}n\"; };";
    let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        let units = text.encode_utf16().flat_map(bytes);
        mark.into_iter().chain(units).collect::<Vec<u8>>()
    };
    let encodings = [
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        utf16([0xff, 0xfe], u16::to_le_bytes),
        utf16([0xfe, 0xff], u16::to_be_bytes),
        utf16_bytes(text, u16::to_le_bytes),
        utf16_bytes(text, u16::to_be_bytes),
    ];
    for bytes in encodings {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("test.mof", &bytes);
        assert_eq!(complaints(&reading), "", "{bytes:x?}");
        let class = reading.file.classes().next().unwrap();
        let expected = Some(Value::String("Gr\u{fc}n"));
        assert_eq!(class.properties[0].default, expected, "{bytes:x?}");
    }
}

fn utf16_bytes(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn damaged_utf_16_is_one_error() {
    let text = "class A { string a; };\r\n";
    let mut odd: Vec<u8> = b"\xff\xfe".to_vec();
    odd.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let half = [&odd[..], b"\x00\xd8"].concat();
    odd.push(b' ');
    let texts: [(Vec<u8>, &str); 2] = [
        (odd, "UTF-16 of an odd number of bytes"),
        (half, "half of a surrogate pair"),
    ];
    for (bytes, message) in texts {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("test.mof", &bytes);
        assert_eq!(reading.diagnostics[0].message, message);
        assert_eq!(reading.file.classes().count(), 1, "{message}");
        assert!(complaints(&reading).contains("save the file as UTF-8"));
    }
}

#[test]
fn crlf_and_ctrl_z_are_accepted() {
    let arena = Arena::new();
    let text = "#define TEXT \"a\" \\\r\n  \"b\"\r\n/* c\r\n */ class A // d\r\n{\r\n\
                string a = TEXT; };\r\n\x1a";
    let class = class(&arena, text);
    assert_eq!(class.properties[0].default, Some(Value::String("ab")));
}

#[test]
fn defaults_must_fit_their_type() {
    let arena = Arena::new();
    for declarator in [
        "uint8 a = 255",
        "uint8 a = -1",
        "sint16 a = 0xffff",
        "uint32 a = 4294967295",
        "sint64 a = 4294967296",
        "uint64 a = \"18446744073709551615\"",
    ] {
        default(&arena, declarator);
    }
    for (declarator, error) in [
        ("uint8 a = 256", "256 does not fit `uint8`"),
        ("sint8 a = -129", "-129 does not fit `sint8`"),
        ("UINT16 a[] = {1, 65536}", "65536 does not fit `UINT16`"),
    ] {
        let messages = messages(&format!("class A {{ {declarator}; }};"));
        assert_eq!(messages, [format!("error: {error}")]);
    }
}

#[test]
fn names_have_source_locations() {
    let arena = Arena::new();
    let text = "class A\n{\n    uint32 Length;\n    void Reset();\n};\n";
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    let place = |member| {
        let span = reading.location("a", member).unwrap();
        reading.sources.line_and_column(span)
    };
    assert_eq!(place(None), (1, 7));
    assert_eq!(place(Some("length")), (3, 12));
    assert_eq!(place(Some("RESET")), (4, 10));
    assert_eq!(reading.location("a", Some("gone")), None);
}

#[test]
fn multi_line_text_is_written_line_by_line() {
    let arena = Arena::new();
    let line = "// a line that is long enough to stand alone\\n";
    let class = class(
        &arena,
        &format!("[cpp_quote(\"\\n{line}{line}\\n\\n\")] class A {{}};"),
    );
    let expected =
        format!("[cpp_quote(\"\\n\"\n    \"{line}\"\n    \"{line}\\n\\n\")]\nclass A\n{{\n}};\n");
    assert_eq!(class.mof().to_string(), expected);
}
