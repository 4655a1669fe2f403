//! Texts that once exposed a fault, one for each kind, from `cases/mof`.

use std::path::Path;

use wmi_core::schema::{Flavor, Value};
use wmi_tools::Arena;
use wmi_tools::bmf::{Inexpressible, Packing, decode, encode, encode_payload};
use wmi_tools::mof::{Reader, Reading};

use super::{complaints, messages};

fn bytes(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("cases")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn read<'a>(arena: &'a Arena, name: &str) -> Reading<'a> {
    Reader::new(arena).read(name, &bytes(&format!("mof/{name}")))
}

fn payload(name: &str) -> Vec<u8> {
    let arena = Arena::new();
    let reading = read(&arena, name);
    assert_eq!(complaints(&reading), "", "{name}");
    encode_payload(&reading.file).unwrap()
}

#[test]
fn qualifier_declarations_give_later_flavors() {
    assert!(payload("qualdecl.mof") == payload("qualuse.mof"));
    let arena = Arena::new();
    let text = "[Q, D] class Before {};\n\
                qualifier q : ToInstance;\n\
                Qualifier D : string[] = null, Scope(class, any), \
                Flavor(EnableOverride, ToSubclass, Translatable);\n\
                [Q, D{\"a\"}] class After {}; [q : DisableOverride] class Own {};";
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "");
    let flavors: Vec<Vec<_>> = reading
        .file
        .classes()
        .map(|class| class.qualifiers.iter().map(|own| own.flavor).collect())
        .collect();
    let translatable = Flavor::TO_SUBCLASS.union(Flavor::AMENDED);
    let expected = [
        vec![Flavor::NONE, Flavor::NONE],
        vec![Flavor::TO_INSTANCE, translatable],
        vec![Flavor::DISABLE_OVERRIDE],
    ];
    assert_eq!(flavors, expected);
}

#[test]
fn qualifier_declarations_give_the_type() {
    let declared = "Qualifier Q : uint32 = 5, Flavor(ToSubclass);";
    assert!(messages(&format!("{declared} [Q(1)] class A {{}};")).is_empty());
    for value in ["(\"1\")", "{1}", ""] {
        let text = format!("{declared} [Q{value}] class A {{}};");
        assert_eq!(messages(&text), ["error: `Q` is declared as `uint32`"]);
    }
    for (text, message) in [
        (
            "Qualifier Q;",
            "expected `:` after the name of the qualifier, found `;`",
        ),
        ("Qualifier Q : wrong;", "unknown flavor `wrong`"),
        (
            "Qualifier Q : ToSubclass Restricted;",
            "`Restricted` contradicts `ToSubclass`",
        ),
    ] {
        assert_eq!(messages(text), [format!("error: {message}")], "{text}");
    }
}

#[test]
fn lists_may_be_empty() {
    let arena = Arena::new();
    let reading = read(&arena, "empty.mof");
    assert_eq!(complaints(&reading), "");
    let item = reading
        .file
        .classes()
        .next()
        .unwrap()
        .property("X")
        .unwrap();
    for name in ["Values", "ValueMap"] {
        assert_eq!(item.qualifier(name).unwrap().value, Value::Array(&[]));
    }
    let text = "class A { uint8 a[] = {}; }; instance of A { a = {}; };";
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "");
    let file = wmi_tools::bmf::encode(&reading.file, wmi_tools::bmf::Packing::Greedy).unwrap();
    assert_eq!(decode(&arena, &file).unwrap(), reading.file);
}

#[test]
fn classes_and_instances_may_have_aliases() {
    let arena = Arena::new();
    let text = "class A as $a : B { object ref r; };\n\
                instance of A as $b { r = $A; s = {$a, $b}; };";
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "");
    assert_eq!(reading.file.objects[0].class_alias, Some("a"));
    let file = wmi_tools::bmf::encode(&reading.file, wmi_tools::bmf::Packing::Greedy).unwrap();
    assert_eq!(decode(&arena, &file).unwrap(), reading.file);
    let text = reading.file.mof().to_string();
    assert!(text.contains("class A as $a : B\n"), "{text}");
    assert_eq!(
        messages("instance of A as $x { r = $y; }; class B as $X {};"),
        [
            "error: no object of this file has the alias `$y`",
            "error: two objects have the alias `$X`",
        ]
    );
}

#[test]
fn null_is_accepted_for_any_value() {
    let arena = Arena::new();
    let text = "[Q(NULL)] class A { uint32 a = NULL; uint8 b[] = NULL; A c = NULL;\n\
                A ref d = NULL; void F([in] uint32 p = NULL); };\n\
                instance of A { a = NULL; b = NULL; c = NULL; d = NULL; };";
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "");
    let file = wmi_tools::bmf::encode(&reading.file, wmi_tools::bmf::Packing::Greedy).unwrap();
    assert_eq!(decode(&arena, &file).unwrap(), reading.file);
    let text = "instance of A { b = {NULL, 1}; };";
    let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "");
    let error = encode_payload(&reading.file).unwrap_err();
    assert_eq!(error.what, Inexpressible::Null);
}

#[test]
fn binary_mof_stores_64_bit_numbers_as_text() {
    payload("u64str.mof");
    let arena = Arena::new();
    for (name, number) in [("i64min.mof", i64::MIN), ("numbers-defaults.mof", i64::MAX)] {
        let reading = read(&arena, name);
        assert_eq!(complaints(&reading), "", "{name}");
        let error = encode_payload(&reading.file).unwrap_err();
        assert_eq!(error.what, Inexpressible::Integer(number));
        let remedy = format!("write it as a text: \"{number}\"");
        assert!(error.to_string().ends_with(&remedy), "{error}");
    }
    let reading = read(&arena, "u64max.mof");
    let shown = complaints(&reading);
    assert_eq!(reading.diagnostics.len(), 2, "{shown}");
    assert!(
        shown.contains(
            "binary MOF holds 32-bit numbers; write a larger one as text: \
             `\"18446744073709551615\"`"
        ),
        "{shown}"
    );
    for (text, fits) in [
        ("9223372036854775808", false),
        ("-9223372036854775809", false),
        ("0x8000000000000000", false),
        ("-0x8000000000000000", true),
        ("(0xffffffffffffffff & 0xff)", true),
        ("18446744073709551616", false),
    ] {
        let text = format!("class A {{ sint64 a = {text}; }};");
        assert_eq!(messages(&text).is_empty(), fits, "{text}");
    }
}

#[test]
fn windows_1252_literals_give_a_warning() {
    let arena = Arena::new();
    let expected = read(&arena, "text-utf8.mof");
    assert_eq!(complaints(&expected), "");
    let utf16 = read(&arena, "text-utf16-no-bom.mof");
    assert_eq!(complaints(&utf16), "");
    assert_eq!(utf16.file, expected.file);
    let reading = read(&arena, "text-windows-1252.mof");
    assert_eq!(reading.file, expected.file);
    let messages: Vec<_> = reading
        .diagnostics
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        messages,
        ["warning: the text is not UTF-8 and is read as Windows-1252"]
    );
    let place = reading.sources.line_and_column(reading.diagnostics[0].span);
    assert_eq!(place, (2, 104));
    // Text outside the literals may have any encoding.
    let text = b"// M\xfcller \xa9\nclass A {};";
    assert_eq!(complaints(&Reader::new(&arena).read("test.mof", text)), "");
    for western in [
        &b"\x93Gr\xf6\xdfe\x94 \x96 \x80 5"[..],
        b"\xab\xa0\xe9t\xe9\xa0\xbb",
        b"c\x9cur na\xefve \x8cuvre \x8cDIPE",
        b"\x95 1 \xb0C \xb1 2\xb5m",
    ] {
        let text = [b"class A { string a = \"", western, b"\"; };"].concat();
        let reading = Reader::new(&arena).read("test.mof", &text);
        assert!(!reading.has_errors(), "{western:x?}");
    }
}

#[test]
fn other_code_pages_are_refused_at_their_first_byte() {
    let arena = Arena::new();
    let reading = read(&arena, "text-shift-jis.mof");
    let shown = complaints(&reading);
    assert_eq!(reading.diagnostics.len(), 1, "{shown}");
    assert!(shown.contains("text-shift-jis.mof:2:98"), "{shown}");
    assert!(shown.contains("save the file as UTF-8"), "{shown}");
    for (page, foreign) in [
        ("Shift-JIS", &b"\x83f\x83B\x83X\x83N"[..]),
        ("Shift-JIS", b"\x93\xfa\x96{\x8c\xea"),
        (
            "Windows-1251",
            b"\xd2\xe5\xec\xef\xe5\xf0\xe0\xf2\xf3\xf0\xe0",
        ),
        ("GBK", b"\xce\xc2\xb6\xc8"),
        ("EUC-KR", b"\xbf\xc2\xb5\xb5"),
        ("none", b"a\x81b"),
    ] {
        let text = [b"class A { string a = \"", foreign, b"\"; };"].concat();
        let reading = Reader::new(&arena).read("test.mof", &text);
        let messages: Vec<_> = reading
            .diagnostics
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            messages,
            ["error: the text is neither UTF-8, UTF-16 nor Windows-1252"],
            "{page}"
        );
    }
}

#[test]
fn unknown_name_is_reported_once() {
    let arena = Arena::new();
    let reading = read(&arena, "names-with-units.mof");
    let messages: Vec<_> = reading
        .diagnostics
        .iter()
        .map(ToString::to_string)
        .collect();
    let rule = "is not a name: names are letters, digits and underscores";
    assert_eq!(
        messages,
        [
            format!("error: `RetryDuration(Hour)` {rule}"),
            format!("error: `Test-Name` {rule}"),
            format!("error: `2ndName` {rule}, and do not start with a digit"),
        ]
    );
    assert_eq!(reading.file.classes().next().unwrap().properties.len(), 5);
    for member in [
        "uint32 Rate(MB/s)",
        "uint32 Load(%)",
        "[WmiDataId(1)] uint32 Rate(per second)",
        "uint32 Temperature\u{b0}C",
        "uint32 A.B[2]",
        "uint32 Net$",
        "void F([in] uint32 A-B)",
        "[Q-R] uint32 A",
        "Vendor-Class A",
    ] {
        let messages = super::messages(&format!("class A {{ {member}; }};"));
        assert_eq!(messages.len(), 1, "{member}: {messages:?}");
        assert!(messages[0].contains(rule), "{member}: {messages:?}");
    }
}

#[test]
fn arrays_are_one_dimensional_and_not_empty() {
    for (declarator, message) in [
        ("A[2][3]", "an array has one dimension"),
        ("A[2,3]", "an array has one dimension"),
        ("A[][3]", "an array has one dimension"),
        ("A[0]", "this is not the length of an array"),
        ("A[-1]", "this is not the length of an array"),
        ("A[1.5]", "this is not the length of an array"),
    ] {
        let text = format!("class C {{ uint32 {declarator}; }};");
        assert_eq!(messages(&text), [format!("error: {message}")], "{text}");
    }
}

#[test]
fn c_types_and_typos_suggest_the_mof_type() {
    for (text, meant) in [
        ("unsigned long", "uint32"),
        ("unsigned char", "uint8"),
        ("long long", "sint64"),
        ("unsigned long long", "uint64"),
        ("signed short int", "sint16"),
        ("unsigned __int64", "uint64"),
        ("unit32", "uint32"),
        ("UNIT8", "uint8"),
        ("booleen", "boolean"),
        ("srting", "string"),
        ("date_time", "datetime"),
        ("uint32_t", "uint32"),
        ("wchar_t", "uint16"),
        ("LARGE_INTEGER", "sint64"),
        ("u64", "uint64"),
    ] {
        let arena = Arena::new();
        let source = format!("class C {{ {text} A; }};");
        let reading = Reader::new(&arena).read("test.mof", source.as_bytes());
        assert_eq!(reading.diagnostics.len(), 1, "{text}");
        let help = reading.diagnostics[0].help.as_deref();
        assert_eq!(help, Some(&*format!("write `{meant}`")), "{text}");
    }
    // A class may have the name, whether it is declared before or after its use.
    for text in [
        "class unit32 {}; class C { unit32 A; };",
        "class C { unit32 A; }; class Unit32 {};",
        "class C { uint32 String; Vendor_Unit U; };",
    ] {
        assert_eq!(messages(text), [""; 0], "{text}");
    }
}

/// Decompiled text of a driver whose author took a type of another language is read again.
#[test]
fn misspelt_types_survive_binary_mof() {
    let arena = Arena::new();
    let reading = read(&arena, "type-of-another-language.mof");
    let warning = "`byte` is not a MOF type, so it is read as a class name";
    let messages = |reading: &Reading<'_>| -> Vec<String> {
        let messages = reading.diagnostics.iter();
        messages.map(|message| message.message.clone()).collect()
    };
    assert_eq!(messages(&reading), [warning]);
    let written = encode(&reading.file, Packing::Greedy).unwrap();
    let text = decode(&arena, &written).unwrap().mof().to_string();
    let again = Reader::new(&arena).read("again.mof", text.as_bytes());
    assert_eq!(messages(&again), [warning]);
    assert!(encode(&again.file, Packing::Greedy).unwrap() == written);
}

#[test]
fn include_path_may_be_parenthesised() {
    use wmi_tools::mof::{Loaded, Loader};
    struct One;
    impl Loader for One {
        fn load(&mut self, name: &str, _: &str) -> Result<Loaded, String> {
            assert_eq!(name, "base.mof");
            Ok(Loaded {
                name: name.to_owned(),
                bytes: b"class Base {};".to_vec(),
            })
        }
    }
    let arena = Arena::new();
    let text = b"#include (\"base.mof\")\nclass A : Base {};";
    let reading = Reader::new(&arena).loader(&mut One).read("test.mof", text);
    assert_eq!(complaints(&reading), "");
    assert_eq!(reading.file.classes().count(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn folder_names_need_not_be_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    use wmi_tools::mof::SearchPath;

    let name = std::ffi::OsStr::from_bytes(b"wmi-tests-\xff");
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("base.mof"), "#include \"more.mof\"").unwrap();
    std::fs::write(folder.join("more.mof"), "class Base {};").unwrap();
    let path = folder.join("test.mof");
    let shown = path.display().to_string();
    let mut files = SearchPath::new().file(&shown, &path);
    let arena = Arena::new();
    let reading = Reader::new(&arena)
        .loader(&mut files)
        .read(&shown, b"#include \"base.mof\"");
    assert_eq!(complaints(&reading), "");
    assert_eq!(reading.file.classes().count(), 1);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A few long lines with as many errors as the reader reports.
#[test]
fn errors_show_part_of_a_long_line() {
    let line = "class A { x }; ".repeat(20_000);
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("test.mof", line.as_bytes());
    assert_eq!(reading.diagnostics.len(), 65);
    let shown = complaints(&reading);
    assert!(shown.len() < 65 * 2_000, "{}", shown.len());
    assert!(shown.contains("test.mof:1:13"), "{shown}");
    let names = format!("class A {{ {} = 1; }};", "x".repeat(100_000));
    let reading = Reader::new(&arena).read("test.mof", names.as_bytes());
    assert!(complaints(&reading).len() < 5_000);
}

#[test]
fn misplaced_parts_are_one_error_with_the_place_to_move_to() {
    for (text, message) in [
        (
            "class A { Qualifier Q : Amended; uint8 x; };",
            "the declaration of a qualifier in a class",
        ),
        (
            "class A : B as $a {};",
            "the alias of a class stands before its base",
        ),
        (
            "class A as a {};",
            "expected `$` before an alias, found `a`",
        ),
        (
            "class A {}; #include (\"a.mof\")",
            "expected `class`, `instance` or `#pragma`, found `#`",
        ),
        (
            "#include (\"a.mof\"\nclass A {};",
            "expected `)` after the file name",
        ),
        (
            "#include (\"a.mof\") class A {};",
            "text after the file name of `#include`",
        ),
        (
            "#include \"a.mof\" #include \"b.mof\"",
            "text after the file name of `#include`",
        ),
    ] {
        assert_eq!(messages(text), [format!("error: {message}")], "{text}");
    }
}

#[test]
fn names_with_spaces_are_one_error() {
    let rule = "is not a name: names are letters, digits and underscores";
    for (text, name) in [
        ("class A { uint8 Fan Speed; };", "Fan Speed"),
        ("class A { uint8 Fan Speed Now = 3; };", "Fan Speed Now"),
        ("class My Fan {};", "My Fan"),
        ("class A : My Base {};", "My Base"),
    ] {
        assert_eq!(messages(text), [format!("error: `{name}` {rule}")]);
    }
    // A `;` is missing here.
    for text in [
        "class A { uint8 a uint8 b; };",
        "class A { uint8 a\nThing b; };",
    ] {
        assert_eq!(messages(text), ["error: expected `;` after the property"]);
    }
}

#[test]
fn quoted_numbers_of_64_bits_are_numbers() {
    for number in [
        "18446744073709551615",
        "-9223372036854775808",
        "+7",
        "0xFFFFFFFFFFFFFFFF",
        "0X0",
    ] {
        let text =
            format!("class A {{ uint64 a = \"{number}\"; sint64 b[] = {{\"{number}\"}}; }};");
        assert_eq!(messages(&text), [""; 0], "{number}");
    }
    for number in [
        "",
        "seven",
        "0x",
        " 7",
        "7 ",
        "1e3",
        "--7",
        "+-7",
        "0x+7",
        "18446744073709551616",
        "-9223372036854775809",
        "0x10000000000000000",
    ] {
        let expected = format!("error: `{number}` is not a number of 64 bits");
        let text = format!("class A {{ uint64 a[] = {{\"1\", \"{number}\"}}; }};");
        assert_eq!(messages(&text), [expected]);
    }
}

#[test]
fn defaults_of_dates_are_dates() {
    for (date, is_date) in [
        ("20240229134501.250000+060", true),
        ("**************.******+***", true),
        ("00000005141436.000000:000", true),
        ("199*0416000000.000000+000", false),
        ("20230229000000.000000+000", false),
        ("00000005141436.000000:060", false),
        ("20240229", false),
        ("now", false),
    ] {
        for item in [format!("a = \"{date}\""), format!("a[] = {{\"{date}\"}}")] {
            let expected = format!("error: `{date}` is not a date or an interval");
            let expected = if is_date { vec![] } else { vec![expected] };
            assert_eq!(
                messages(&format!("class A {{ datetime {item}; }};")),
                expected
            );
        }
    }
}

#[test]
fn utf_32_is_refused_by_name() {
    let text = "class A { string s = \"\u{1f600}\"; };";
    let bytes = |mark: &str, bytes: fn(u32) -> [u8; 4]| -> Vec<u8> {
        let text = [mark, text].concat();
        text.chars().flat_map(|c| bytes(u32::from(c))).collect()
    };
    for file in [
        bytes("\u{feff}", u32::to_le_bytes),
        bytes("\u{feff}", u32::to_be_bytes),
        bytes("", u32::to_le_bytes),
        bytes("", u32::to_be_bytes),
    ] {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("a.mof", &file);
        let [error] = &reading.diagnostics[..] else {
            panic!("{:?}", reading.diagnostics);
        };
        let expected = "error: the text is UTF-32, which MOF compilers do not read";
        assert_eq!(error.to_string(), expected);
        assert!(wmi_tools::mof::is_text(&file));
    }
}

/// The parts after a fault are read on, and those that belong to it are skipped.
#[test]
fn one_fault_is_one_message() {
    for (text, message) in [
        (
            "class A { uint32 x, y; };",
            "expected `;` after the property",
        ),
        (
            "class A { uint32 x : 4; };",
            "expected `;` after the property",
        ),
        (
            "class A { uint32 x = 1 2; };",
            "expected `;` after the property",
        ),
        (
            "class A { uint32 f() = 5; };",
            "expected `;` after the method",
        ),
        (
            "class A { uint32 f()[]; };",
            "expected `;` after the method",
        ),
        (
            "class A { uint32 f() { return 1; } };",
            "expected `;` after the method",
        ),
        (
            "class A { uint32 x[1 2]; };",
            "expected `]` after the length of the array, found `2`",
        ),
        (
            "class A { [Q(1); read] uint32 x; };",
            "expected `,` or `]` after a qualifier, found `;`",
        ),
        ("class A : B, C {};", "a class has one base"),
        ("class A : B : C {};", "a class has one base"),
        ("class A { class B {}; };", "the class `A` has no `}`"),
        (
            "class A { class B { class C {}; uint8 x; }; }; class D {};",
            "the class `A` has no `}`",
        ),
        (
            "instance of A { x = {1 2}; };",
            "expected `,` or `}` after a value of a list, found `2`",
        ),
        (
            "instance of A { x = \"a; };",
            "the literal has no closing quote on its line",
        ),
        (
            "instance of A { x = \"a\nb\"; };",
            "the literal has no closing quote on its line",
        ),
        (
            "class A { [Q(\"a)] uint8 x; };",
            "the literal has no closing quote on its line",
        ),
        (
            "#pragma namespace(\"root\\\\wmi\"\nclass A {};",
            "expected `,` or `)` after an argument of the pragma, found `class`",
        ),
        (
            "#pragma namespace(root\\wmi)\nclass A {};",
            "expected `,` or `)` after an argument of the pragma, found `\\`",
        ),
        (
            "#pragma\nclass A {};",
            "expected the name of a pragma, found `class`",
        ),
        (
            "Qualifier Q : ToInstance\nclass A {};",
            "expected `;` after the declaration of the qualifier",
        ),
        (
            "Qualifier Q : uint32 = 5 ToInstance;",
            "expected `,` or `;` after a part of the declaration, found `ToInstance`",
        ),
        (
            "Qualifier Q : boolean = \"a\";",
            "`Q` is declared as `boolean`",
        ),
        (
            "Qualifier Q : string[] = \"a\";",
            "`Q` is declared as `string[]`",
        ),
        (
            "class A { const uint32 x; };",
            "`const` stands before the type `uint32`",
        ),
        (
            "Qualifier Q : foo = 5;",
            "`foo` is not the type of a qualifier",
        ),
    ] {
        let messages = messages(text);
        let [first, rest @ ..] = &messages[..] else {
            panic!("{text}");
        };
        assert_eq!(*first, format!("error: {message}"), "{text}");
        // A class around two others is one without an end, twice.
        assert!(
            rest.iter().all(|it| it.ends_with("has no `}`")),
            "{text}: {rest:?}"
        );
    }
}

#[test]
fn class_after_a_fault_is_kept() {
    for text in [
        "#pragma\nclass A {};",
        "class B { uint32 x, y; };\nclass A {};",
        "Qualifier Q : ToInstance\nclass A {};",
        "class B : C, D {};\nclass A {};",
    ] {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
        assert!(
            reading.file.classes().any(|class| class.name == "A"),
            "{text}"
        );
    }
}

#[test]
fn more_values_than_elements_are_a_warning() {
    let warning = "warning: 3 values for an array of 2";
    assert_eq!(messages("class A { uint8 x[2] = {1, 2, 3}; };"), [warning]);
    assert_eq!(messages("class A { uint8 x[3] = {1, 2, 3}; };"), [""; 0]);
}

/// A name that a macro has made stands where the macro stood.
#[test]
fn names_made_by_macros_are_apart_from_the_word_before() {
    let text = "#define SAME(x) x\nclass A { uint32 SAME(y); SAME(uint8) z; };";
    assert_eq!(messages(text), [""; 0]);
}

/// 32 bits would be read as a negative number.
#[test]
fn defaults_of_64_bits_keep_their_sign() {
    for (number, is_stored) in [
        ("2147483647", true),
        ("2147483648", false),
        ("4294967295", false),
        ("-2147483648", true),
        ("\"4294967295\"", true),
    ] {
        for item in [format!("a = {number}"), format!("a[] = {{{number}}}")] {
            let arena = Arena::new();
            let text = format!("class A {{ uint64 {item}; }};");
            let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
            assert_eq!(complaints(&reading), "", "{text}");
            let written = encode(&reading.file, Packing::Greedy);
            assert_eq!(written.is_ok(), is_stored, "{text}");
            if let Ok(written) = written {
                assert_eq!(decode(&arena, &written).unwrap(), reading.file);
            }
        }
    }
}

/// The remedy is the bracket that is missing, not a comma.
#[test]
fn unclosed_lists_are_to_be_closed() {
    for (text, help) in [
        ("class A { [Q uint8 x; };", "close the list with `]`"),
        ("[Q, R class A {};", "close the list with `]`"),
        ("class A { [Q{1, 2] uint8 x; };", "close the list with `}`"),
        ("instance of A { x = {1, 2; };", "close the list with `}`"),
        (
            "class A { [Q R] uint8 x; };",
            "put commas between qualifiers",
        ),
        ("instance of A { x = {1 2}; };", "add `,` before this"),
        ("[Q(\"a\" R(1)] class A {};", "close the value with `)`"),
        (
            "[Q(\"a), R(\"b\")] class A {};",
            "close the value with `)`, or add the closing quote of the literal before it, which holds \
             a `)`",
        ),
    ] {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
        let first = &reading.diagnostics[0];
        assert_eq!(first.help.as_deref(), Some(help), "{text}");
    }
}
