//! A reader of MOF text, written from the grammar, independently of the writer under test.

mod class;
mod facts;
mod token;

pub use class::{Array, Class, Method, Property, Qualifier, Value, classes, declaration};
pub use facts::facts;
pub use token::{Token, fold_white_space, tokens};

/// Decodes a MOF file: UTF-16 with a byte order mark, or UTF-8 with or without one.
///
/// # Panics
///
/// Panics if the bytes are neither.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    let units = |unit: fn([u8; 2]) -> u16| {
        let pairs = bytes[2..].chunks_exact(2);
        assert!(
            pairs.remainder().is_empty(),
            "UTF-16 with an odd number of bytes"
        );
        let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).expect("valid UTF-16")
    };
    match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => decode(rest),
        _ => String::from_utf8(bytes.to_vec()).expect("valid UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_encodings_decode_to_one_text() {
        let text = "class Grüße 𝄞";
        let with_mark = format!("\u{feff}{text}");
        let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            with_mark.encode_utf16().flat_map(bytes).collect()
        };
        assert_eq!(decode(text.as_bytes()), text);
        assert_eq!(decode(with_mark.as_bytes()), text);
        assert_eq!(decode(&utf_16(u16::to_le_bytes)), text);
        assert_eq!(decode(&utf_16(u16::to_be_bytes)), text);
    }

    #[test]
    fn strings_are_decoded_and_joined() {
        let source = r#" "a\\b\"c\n\t\r\b\f" // "no" /*
            /* "nor" // */ "\x41\x00e9g" "\xD834\xDD1E" "#;
        let text = "a\\b\"c\n\t\r\u{8}\u{c}A\u{e9}g\u{1d11e}";
        assert_eq!(tokens(source), [Token::Text(text.to_owned())]);
    }

    #[test]
    #[should_panic(expected = "surrogate")]
    fn lone_surrogates_are_refused() {
        let _ = tokens(r#" "\xD834" "\xDD1E" "#);
    }

    #[test]
    fn classes_are_read_past_pragmas_and_instances() {
        let source = r#"
            #pragma autorecover
            #PRAGMA namespace("\\\\.\\root\\wmi")
            instance of __namespace { name = "ms_409"; };
            [WMI, Amended("x") : Amended ToSubclass, No(FALSE), Many{"a" "b", -1, 0x1F, NAME}]
            class A_b : Base {
                [read] uint32 Plain; EC1 Array[4];
                [Implemented] void Run([in] uint8 A, [out] EC1 B[]); string List[]; void Stop();
            };
            class C {};"#;
        let [first, second] = &classes(source)[..] else {
            panic!("two classes");
        };
        assert_eq!(
            (first.name.as_str(), first.base.as_deref()),
            ("A_b", Some("Base"))
        );
        let [wmi, amended, no, many] = &first.qualifiers[..] else {
            panic!("four qualifiers");
        };
        assert_eq!(
            (wmi.name.as_str(), &wmi.value),
            ("WMI", &Value::Boolean(true))
        );
        assert_eq!(amended.flavors, ["Amended", "ToSubclass"]);
        assert_eq!(no.value, Value::Boolean(false));
        let values = [
            Value::Text("ab".to_owned()),
            Value::Number(-1),
            Value::Number(31),
            Value::Name("NAME".to_owned()),
        ];
        assert_eq!(many.value, Value::Many(values.to_vec()));
        let [plain, array, list] = &first.properties[..] else {
            panic!("three properties");
        };
        assert_eq!((plain.qualifiers.len(), plain.array), (1, Array::No));
        assert_eq!(list.array, Array::Open);
        assert_eq!(
            (array.type_name.as_str(), array.name.as_str()),
            ("EC1", "Array")
        );
        assert_eq!(array.array, Array::Fixed(4));
        let [run, stop] = &first.methods[..] else {
            panic!("two methods");
        };
        assert_eq!((run.name.as_str(), run.qualifiers.len()), ("Run", 1));
        assert_eq!(run.parameters[1].array, Array::Open);
        assert_eq!((run.parameters.len(), stop.parameters.len()), (2, 0));
        assert_eq!((second.name.as_str(), second.properties.len()), ("C", 0));
        let tokens = tokens(source);
        assert_eq!(declaration(&tokens, "C").map(<[Token]>::len), Some(5));
    }
}
