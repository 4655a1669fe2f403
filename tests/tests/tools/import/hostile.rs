//! Files that no compiler produces: nothing panics, and no text escapes into the Rust source.

use proptest::prelude::*;
use wmi_core::schema::{
    CimType, Class, File, Flavor, Method, Object, ObjectKind, Property, Qualifier, Value,
};
use wmi_tools::Arena;
use wmi_tools::bmf::{decode_payload, encode_payload};
use wmi_tools::import::{OmissionKind, Options, rust};

use super::closed_loop::Case;
use super::{EVERYTHING, read};

/// Text that would end comments, strings and attributes if it were not escaped.
const EVIL: &str = "\"#]*/}\n// \\\u{202e}\u{61c}\u{2028}\u{feff}\r\u{7f}{0} </x>";

/// Passes `check` classes with hostile texts and names. The closed loop compiles their import.
pub(crate) fn with_file<T>(check: impl FnOnce(&File<'_>) -> T) -> T {
    let guid = Qualifier::new(
        "guid",
        Value::String("{6c1d9f04-2b8e-47a3-9d51-f0e7c38b5a62}"),
    );
    let texts = [
        Qualifier::new("WMI", Value::Boolean(true)),
        guid,
        Qualifier::new("Description", Value::String(EVIL)).with_flavor(Flavor::AMENDED),
        Qualifier::new("cpp_quote", Value::String(EVIL)),
        Qualifier::new("Provider", Value::String(EVIL)),
        Qualifier::new("Other", Value::Array(&[Value::String(EVIL)])),
    ];
    let id = Qualifier::new("WmiDataId", Value::Integer(1));
    let values = [
        Value::String(EVIL),
        Value::String("Self"),
        Value::String(""),
    ];
    let map = [Value::String("0"), Value::String("1"), Value::String("2")];
    let named = [
        id,
        Qualifier::new("Values", Value::Array(&values)),
        Qualifier::new("ValueMap", Value::Array(&map)),
        Qualifier::new("DefineValues", Value::Array(&values)),
    ];
    let items = [Property::new("Self", CimType::Uint32, "UINT32").with_qualifiers(&named)];
    let good = Class::new("Good")
        .with_qualifiers(&texts)
        .with_properties(&items);

    let other_guid = [
        Qualifier::new(
            "guid",
            Value::String("{6c1d9f04-2b8e-47a3-9d51-f0e7c38b5a63}"),
        ),
        Qualifier::new("Dynamic", Value::Boolean(true)),
    ];
    let evil_name = [Qualifier::new(EVIL, Value::Integer(1))];
    let nul = [Qualifier::new("Text", Value::String("a\0"))];
    let twice = [
        Qualifier::new("Text", Value::Integer(1)),
        Qualifier::new("TEXT", Value::Integer(1)),
    ];
    let smallest = [Qualifier::new("Number", Value::Integer(i64::MIN))];
    let id_only = [id];
    let huge = [Property::new("Bytes", CimType::Uint8, "uint8")
        .with_array(wmi_core::schema::Array::Fixed(u32::MAX))
        .with_qualifiers(&id_only)];
    let evil_type = [Property::new("A", CimType::Object, EVIL)];
    let same_names = [
        Property::new("A", CimType::Uint8, "uint8"),
        Property::new("a", CimType::Uint8, "uint8"),
    ];
    let method_id = |id| [Qualifier::new("WmiMethodId", Value::Integer(id))];
    let (one, two) = (method_id(1), method_id(2));
    let methods = [
        Method::new("First").with_qualifiers(&one),
        Method::new("Second").with_qualifiers(&one),
        Method::new(EVIL).with_qualifiers(&two),
        Method::new("Both")
            .with_qualifiers(&two)
            .with_parameters(&same_names),
        Method::new("Returns")
            .with_qualifiers(&two)
            .with_returns(CimType::Object, EVIL),
    ];
    let classes = [
        good,
        Class::new(EVIL),
        Class::new("Base").with_superclass(EVIL),
        Class::new("Name").with_qualifiers(&evil_name),
        Class::new("Nul").with_qualifiers(&nul),
        Class::new("Twice").with_qualifiers(&twice),
        Class::new("Smallest").with_qualifiers(&smallest),
        Class::new("Type").with_properties(&evil_type),
        Class::new("Same").with_properties(&same_names),
        Class::new("Huge")
            .with_qualifiers(&other_guid)
            .with_properties(&huge),
        Class::new("Methods")
            .with_qualifiers(&other_guid)
            .with_methods(&methods),
        Class::new("GOOD"),
    ];
    let namespace = "\\\\.\\root\\\n\"evil";
    let objects = classes.map(|class| Object::new(namespace, ObjectKind::Class(class)));
    check(&File::new(&objects))
}

#[test]
fn hidden_controls_do_not_reach_the_source() {
    let source = with_file(|file| rust(file, &Options::new(EVIL)).source);
    let hidden = |c: char| c != '\n' && wmi_vocabulary::text::is_hidden_control(c);
    assert!(!source.contains(hidden), "{source}");
}

#[test]
fn illegal_names_are_listed() {
    let import = with_file(|file| rust(file, &Options::new(EVIL)));
    let listed: Vec<_> = import
        .omissions
        .iter()
        .map(|omission| {
            let member = omission.member.as_deref().unwrap_or_default();
            (omission.kind, omission.class.as_str(), member)
        })
        .collect();
    assert_eq!(
        listed,
        [
            (OmissionKind::Class, EVIL, ""),
            (OmissionKind::Class, "Base", ""),
            (OmissionKind::Class, "Name", ""),
            (OmissionKind::Class, "Nul", ""),
            (OmissionKind::Class, "Twice", ""),
            (OmissionKind::Class, "Smallest", ""),
            (OmissionKind::Class, "Type", ""),
            (OmissionKind::Class, "Same", ""),
            (OmissionKind::DataBlock, "Huge", ""),
            (OmissionKind::Method, "Methods", "Second"),
            (OmissionKind::Method, "Methods", EVIL),
            (OmissionKind::Method, "Methods", "Both"),
            (OmissionKind::Method, "Methods", "Returns"),
        ]
    );
}

proptest! {
    #[test]
    fn arbitrary_schemas_do_not_panic(at: prop::sample::Index, byte: u8) {
        let arena = Arena::new();
        let file = read(&arena, "everything.mof", EVERYTHING.as_bytes());
        let mut payload = encode_payload(&file).unwrap();
        let at = at.index(payload.len());
        payload[at] = byte;
        if let Ok(file) = decode_payload(&arena, &payload) {
            // Everything that is not listed is kept, so the rest can be encoded.
            if encode_payload(&file).is_ok() {
                Case::new("changed", &file);
            }
        }
    }
}
