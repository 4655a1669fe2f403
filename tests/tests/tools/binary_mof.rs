//! Binary MOF: files by Microsoft's compiler round-trip byte for byte through the schema, derived
//! schemas round-trip, and errors give the offset of the bad byte.

use proptest::prelude::*;
use wmi_core::schema::{
    ChangeFlags, CimType, Class, Edition, File, Flavor, Instance, Method, Object, ObjectKind,
    Property, PropertyValue, Qualifier, Qualifiers, Schema, Value,
};
use wmi_tests::corpus;
use wmi_tools::Arena;
use wmi_tools::bmf::{
    self, Inexpressible, Packing, decode, decode_container, encode, encode_payload, encode_schema,
    pack, unpack,
};
use wmi_tools::mof::Reader;

/// The output of `mofcomp` for `class Test {};`, worked out by hand from the object layout.
#[test]
fn empty_class_encodes_as_mofcomp_writes_it() {
    let class = Class::new("Test");
    let objects = [Object::new(
        Object::DEFAULT_NAMESPACE,
        ObjectKind::Class(class),
    )];
    let payload = encode_payload(&File::new(&objects)).unwrap();
    let numbers: Vec<u32> = payload
        .chunks_exact(4)
        .map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap()))
        .collect();
    assert_eq!(payload.len(), 184);
    assert_eq!(numbers[..5], [0x424d_4f46, 184, 1, 1, 1]);
    // The object: its length, the offsets of its lists, its kind. No qualifiers.
    assert_eq!(numbers[5..12], [164, 0, 8, 136, 0, 8, 0]);
    // Two properties, the first of 48 bytes and type 8, with a value and without qualifiers.
    assert_eq!(numbers[12..19], [128, 2, 48, 8, 0, 16, u32::MAX]);
    // No methods.
    assert_eq!(numbers[44..], [8, 0]);
    let file = encode(&File::new(&objects), Packing::Greedy).unwrap();
    assert_eq!(file[16..24], *b"DS\x00\x01\x1a\x7d\xda\x54");
}

#[test]
fn mofcomp_files_round_trip_byte_for_byte() {
    let mut files = 0;
    for folder in ["bmf", "bmf-large", "bmf-old", "pairs", "expected"] {
        let Some(found) = corpus::files(folder, "bmf") else {
            return;
        };
        for (name, bytes) in found {
            let payload = decode_container(&bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
            let arena = Arena::new();
            let file = decode(&arena, &bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
            let is_old = file.edition == Edition::Old;
            assert_eq!(is_old, folder == "bmf-old", "{name}: edition");
            assert!(encode_payload(&file).unwrap() == payload, "{name}: payload");
            // A firmware buffer may be longer than the file in it.
            let again = encode(&file, Packing::Greedy).unwrap();
            assert!(bytes.starts_with(&again), "{name}: file");
            assert!(bytes.len() - again.len() < 4, "{name}: rest");
            let optimal = encode(&file, Packing::Optimal).unwrap();
            assert!(
                decode_container(&optimal).unwrap() == payload,
                "{name}: optimal"
            );
            assert!(optimal.len() <= again.len(), "{name}: optimal is longer");
            files += 1;
        }
    }
    assert!(files > 100, "only {files} files");
}

#[test]
fn derived_schema_round_trips() {
    let file = encode_schema(&iscsi_schema::SCHEMA, Packing::Greedy).unwrap();
    let arena = Arena::new();
    let read = decode(&arena, &file).unwrap();
    let classes: Vec<_> = read.classes().collect();
    assert_eq!(classes, iscsi_schema::SCHEMA.classes);
    assert!(
        read.objects
            .iter()
            .all(|object| object.namespace == r"\\.\root\wmi")
    );
}

/// Passes `check` a file with every construct of a schema.
fn everything(check: impl FnOnce(&File<'_>)) {
    let texts = [Value::String("a"), Value::String("ä😀"), Value::String("")];
    let numbers = [Value::Integer(-1), Value::Integer(65536)];
    let qualifiers = [
        Qualifier::new("Values", Value::Array(&texts)).with_flavor(Flavor::AMENDED),
        Qualifier::new("Numbers", Value::Array(&numbers)),
        Qualifier::new("Off", Value::Boolean(false)),
        Qualifier::new("Real", Value::Real(0.1))
            .with_flavor(Flavor::TO_SUBCLASS.union(Flavor::TO_INSTANCE)),
    ];
    let direction = |name| [Qualifier::new(name, Value::Boolean(true))];
    let (input, output) = (direction("in"), direction("out"));
    let both = [
        Qualifier::new("out", Value::Boolean(true)),
        Qualifier::new("Values", Value::Array(&texts)),
        Qualifier::new("in", Value::Boolean(true)),
    ];
    let fixed = wmi_core::schema::Array::Fixed(3);
    let parameters = [
        Property::new("First", CimType::Uint8, "uint8")
            .with_qualifiers(&input)
            .with_default(Value::Integer(5)),
        Property::new("Both", CimType::String, "STRING").with_qualifiers(&both),
        Property::new("None", CimType::Boolean, "boolean").with_array(fixed),
        Property::new("Last", CimType::Object, "Other").with_qualifiers(&output),
    ];
    let id = |name, number| {
        [
            Qualifier::new(name, Value::Boolean(true)),
            Qualifier::new("id", Value::Integer(number)),
        ]
    };
    // A parameter's own `id` does not affect its order.
    let ids = [id("in", 7), id("out", 9), id("in", 2), id("out", 1)];
    let numbered = [
        Property::new("Seven", CimType::Uint8, "uint8").with_qualifiers(&ids[0]),
        Property::new("Nine", CimType::Uint8, "uint8").with_qualifiers(&ids[1]),
        Property::new("Generated", CimType::Uint8, "uint8").with_qualifiers(&input),
        Property::new("Two", CimType::Uint8, "uint8").with_qualifiers(&ids[2]),
        Property::new("None", CimType::Uint8, "uint8"),
        Property::new("One", CimType::Uint8, "uint8").with_qualifiers(&ids[3]),
    ];
    let methods = [
        Method::new("Nothing"),
        Method::new("Numbered").with_parameters(&numbered),
        Method::new("All")
            .with_parameters(&parameters)
            .with_qualifiers(&qualifiers),
        Method::new("Result").with_returns(CimType::Uint32, "uint32"),
    ];
    let properties = [
        Property::new("Plain", CimType::Sint64, "sint64").with_qualifiers(&qualifiers),
        Property::new("Default", CimType::Uint16, "UInt16").with_default(Value::Integer(7)),
        Property::new("Open", CimType::Datetime, "datetime")
            .with_array(wmi_core::schema::Array::Variable),
        Property::new("Other", CimType::Reference, "Other"),
        Property::new("Any", CimType::Object, "object"),
    ];
    let class = Class::new("Everything")
        .with_superclass("Base")
        .with_qualifiers(&qualifiers)
        .with_properties(&properties)
        .with_methods(&methods);
    let inner = [PropertyValue::new("Name", Value::Char(0x263a))];
    let mut inner = Instance::new("Inner", &inner);
    inner.namespace = Some("root\\y");
    inner.qualifiers = Qualifiers::new(&qualifiers);
    let values = [
        PropertyValue::new("Text", Value::String("x")),
        PropertyValue::new("Nothing", Value::Null),
        PropertyValue::new("Inner", Value::Instance(&inner)),
        PropertyValue::new("Alias", Value::Alias("Mine")),
    ];
    let mut instance = Instance::new("Everything", &values);
    instance.alias = Some("Mine");
    let mut flagged = Object::new("root\\x", ObjectKind::Class(class));
    flagged.class_flags = Some(ChangeFlags::FORCE_UPDATE);
    let objects = [
        flagged,
        Object::new("root\\y", ObjectKind::Instance(instance)),
    ];
    check(&File::new(&objects));
}

#[test]
fn every_construct_round_trips() {
    everything(|file| {
        let bytes = encode(file, Packing::Greedy).unwrap();
        let arena = Arena::new();
        assert_eq!(decode(&arena, &bytes).unwrap(), *file);
    });
}

#[test]
fn every_construct_round_trips_through_text() {
    everything(|file| {
        let text = file.mof().to_string();
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("everything.mof", text.as_bytes());
        assert!(
            reading.diagnostics.is_empty(),
            "{:?}\n{text}",
            reading.diagnostics
        );
        assert_eq!(reading.file, *file, "{text}");
    });
}

#[test]
fn flavors_must_belong_to_a_qualifier() {
    everything(|file| {
        let mut payload = encode_payload(file).unwrap();
        // The last pair of an offset and its flavors.
        let at = payload.len() - 8;
        payload[at] += 1;
        let arena = Arena::new();
        let error = bmf::decode_payload(&arena, &payload).unwrap_err();
        assert_eq!(error.what, "flavors of something that is not a qualifier");
    });
}

#[test]
fn inexpressible_values_name_their_item() {
    let encoded = |value| {
        let qualifiers = [Qualifier::new("Q", value)];
        let properties = [Property::new("P", CimType::Uint32, "uint32")];
        let properties = [properties[0].with_qualifiers(&qualifiers)];
        let class = Class::new("C").with_properties(&properties);
        let error = encode_schema(&Schema::new(&[&class]), Packing::Greedy).unwrap_err();
        assert_eq!(error.class.as_deref(), Some("C"));
        assert_eq!(error.member.as_deref(), Some("P"));
        error.what
    };
    let nul = encoded(Value::String("a\0"));
    assert_eq!(nul, Inexpressible::Nul("a\0".into()));
    let large = encoded(Value::Integer(1 << 32));
    assert_eq!(large, Inexpressible::Integer(1 << 32));
    let null = [Value::String("1"), Value::Null];
    assert_eq!(encoded(Value::Array(&null)), Inexpressible::Null);
    let mixed = [Value::Integer(1), Value::String("1")];
    assert_eq!(encoded(Value::Array(&mixed)), Inexpressible::Array);
}

#[test]
fn unusual_qualifier_values_round_trip() {
    for value in [
        Value::Boolean(false),
        Value::String("Grün \u{1f600}"),
        Value::Null,
        Value::Array(&[]),
    ] {
        let qualifiers = [Qualifier::new("Q", value)];
        let class = Class::new("C").with_qualifiers(&qualifiers);
        let bytes = encode_schema(&Schema::new(&[&class]), Packing::Greedy).unwrap();
        let arena = Arena::new();
        let decoded = decode(&arena, &bytes).unwrap();
        assert_eq!(decoded.classes().next(), Some(&class), "{value:?}");
    }
}

#[test]
fn integers_may_be_signed_or_unsigned_32_bit() {
    for (number, read) in [(0xffff_ffff, -1), (-1, -1), (0x7fff_ffff, 0x7fff_ffff)] {
        let qualifiers = [Qualifier::new("Q", Value::Integer(number))];
        let class = Class::new("C").with_qualifiers(&qualifiers);
        let bytes = encode_schema(&Schema::new(&[&class]), Packing::Greedy).unwrap();
        let arena = Arena::new();
        let decoded = decode(&arena, &bytes).unwrap();
        let class = decoded.classes().next().unwrap();
        assert_eq!(class.qualifier("q").unwrap().value, Value::Integer(read));
    }
}

fn case(name: &str) -> Vec<u8> {
    let path = format!("{}/cases/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|why| panic!("{path}: {why}"))
}

#[test]
fn old_edition_round_trips() {
    let bytes = case("bmf/old-edition.bmf");
    let arena = Arena::new();
    let file = decode(&arena, &bytes).unwrap();
    assert_eq!(file.edition, Edition::Old);
    assert!(encode(&file, Packing::Greedy).unwrap() == bytes);
    let text = case("mof/old-edition.mof");
    let reading = Reader::new(&arena).read("old-edition.mof", &text);
    assert!(!reading.has_errors());
    assert_eq!(reading.file.edition, Edition::Current);
    assert_eq!(reading.file.objects, file.objects);
    let old = reading.file.with_edition(Edition::Old);
    assert!(encode(&old, Packing::Greedy).unwrap() == bytes);
    // The old edition has no flavors.
    everything(|file| {
        let payload = encode_payload(&file.with_edition(Edition::Old)).unwrap();
        let read = bmf::decode_payload(&arena, &payload).unwrap();
        assert_eq!(read.edition, Edition::Old);
        assert!(encode_payload(&read).unwrap() == payload);
    });
}

#[test]
fn names_that_mof_cannot_spell_are_refused() {
    let arena = Arena::new();
    let error = decode(&arena, &case("bmf/hostile-names.bmf")).unwrap_err();
    assert_eq!(error.what, "MOF text cannot spell a name");
    let evil = "A {};\n#include \"/etc/passwd\"\n//";
    let refused = |kind: ObjectKind<'_>, class_alias| {
        let objects = [Object::new("root", kind).with_class_alias(class_alias)];
        let payload = encode_payload(&File::new(&objects)).unwrap();
        let error = bmf::decode_payload(&arena, &payload).unwrap_err();
        assert_eq!(error.what, "MOF text cannot spell a name", "{objects:?}");
    };
    let value = Value::Integer(1);
    let qualifiers = [Qualifier::new(evil, value)];
    let property = Property::new("P", CimType::Uint8, "uint8");
    let aliases = [PropertyValue::new("P", Value::Alias(evil))];
    let inner = Instance::new(evil, &[]);
    let inner = [PropertyValue::new("P", Value::Instance(&inner))];
    let c = Class::new("C");
    refused(ObjectKind::Class(Class::new(evil)), None);
    refused(ObjectKind::Class(Class::new("")), None);
    refused(ObjectKind::Class(c), Some(evil));
    refused(ObjectKind::Class(c.with_superclass(evil)), None);
    refused(ObjectKind::Class(c.with_qualifiers(&qualifiers)), None);
    for property in [
        Property::new(evil, CimType::Uint8, "uint8"),
        Property::new("P", CimType::Object, evil),
        Property::new("P", CimType::Reference, evil),
        property.with_qualifiers(&qualifiers),
    ] {
        refused(ObjectKind::Class(c.with_properties(&[property])), None);
        let method = Method::new("M").with_parameters(core::slice::from_ref(&property));
        refused(ObjectKind::Class(c.with_methods(&[method])), None);
    }
    refused(
        ObjectKind::Class(c.with_methods(&[Method::new(evil)])),
        None,
    );
    for instance in [
        Instance::new(evil, &[]),
        Instance::new("C", &[]).with_alias(Some(evil)),
        Instance::new("C", &[PropertyValue::new(evil, value)]),
        Instance::new("C", &aliases),
        Instance::new("C", &inner),
    ] {
        refused(ObjectKind::Instance(instance), None);
    }
}

#[test]
fn false_in_and_out_qualifiers_exclude_a_direction() {
    for (qualifiers, blocks) in [
        ("[in(FALSE), out]", "[out]"),
        ("[out, in(FALSE)]", "[out]"),
        ("[in, out(FALSE)]", "[in]"),
        ("[in(FALSE)]", ""),
        ("[in(TRUE), out(TRUE)]", "[in, out]"),
    ] {
        let payload = |qualifiers| {
            let arena = Arena::new();
            let text = format!("class A {{ void M({qualifiers} uint32 P); }};");
            let reading = Reader::new(&arena).read("test.mof", text.as_bytes());
            assert!(!reading.has_errors(), "{text}");
            encode_payload(&reading.file).unwrap()
        };
        assert!(payload(qualifiers) == payload(blocks), "{qualifiers}");
    }
}

#[test]
fn truncated_files_are_refused() {
    everything(|file| {
        let bytes = encode(file, Packing::Greedy).unwrap();
        for length in 0..bytes.len() {
            let error = decode_container(&bytes[..length]).unwrap_err();
            assert!(error.offset <= length, "{length}: {error}");
        }
    });
}

/// Shipped files, damaged in every part: reading ends, and what is read is not longer for it.
#[test]
fn damaged_files_are_read_or_refused() {
    for folder in ["bmf-large", "bmf-old"] {
        let Some(files) = corpus::files(folder, "bmf") else {
            return;
        };
        for (name, bytes) in files {
            let payload = decode_container(&bytes).unwrap();
            let step = payload.len().div_ceil(20);
            for at in (0..payload.len()).step_by(step) {
                let _ = bmf::decode_payload(&Arena::new(), &payload[..at]);
                for bits in [0x01, 0x80, 0xff] {
                    let mut damaged = payload.clone();
                    damaged[at] ^= bits;
                    let arena = Arena::new();
                    if let Ok(file) = bmf::decode_payload(&arena, &damaged) {
                        let text = file.mof().to_string();
                        assert!(text.len() < 20 * payload.len(), "{name}: {at}");
                    }
                }
            }
        }
    }
}

#[test]
fn false_sizes_do_not_allocate() {
    let mut bytes = encode_schema(&iscsi_schema::SCHEMA, Packing::Greedy).unwrap();
    bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    let error = decode_container(&bytes).unwrap_err();
    assert_eq!(error.what, "a sync mark within a block");
}

#[test]
fn nesting_of_objects_is_bounded() {
    fn nested(depth: usize, check: &mut dyn FnMut(Value<'_>)) {
        fn step(value: Value<'_>, depth: usize, check: &mut dyn FnMut(Value<'_>)) {
            if depth == 0 {
                return check(value);
            }
            let values = [PropertyValue::new("Inner", value)];
            let instance = Instance::new("Nested", &values);
            step(Value::Instance(&instance), depth - 1, check);
        }
        step(Value::Integer(1), depth, check);
    }
    for (depth, fits) in [(10, true), (100, false)] {
        nested(depth, &mut |value| {
            let values = [PropertyValue::new("Inner", value)];
            let instance = ObjectKind::Instance(Instance::new("Nested", &values));
            let objects = [Object::new("root", instance)];
            let payload = encode_payload(&File::new(&objects)).unwrap();
            let arena = Arena::new();
            assert_eq!(
                bmf::decode_payload(&arena, &payload).is_ok(),
                fits,
                "{depth}"
            );
        });
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_survive_packing(
        bytes in proptest::collection::vec(0..6u8, 0..1200),
        optimal: bool,
    ) {
        let parse = if optimal { Packing::Optimal } else { Packing::Greedy };
        prop_assert_eq!(unpack(&pack(&bytes, parse), bytes.len()), Ok(bytes));
    }

    #[test]
    fn arbitrary_streams_do_not_panic(
        mut stream in proptest::collection::vec(any::<u8>(), 0..300),
        size in 0..5000usize,
    ) {
        stream.splice(..0, *b"DS\x00\x01");
        if let Ok(bytes) = unpack(&stream, size) {
            prop_assert_eq!(bytes.len(), size);
        }
    }

    #[test]
    fn arbitrary_payloads_do_not_panic(at: prop::sample::Index, byte: u8) {
        let mut result = Ok(());
        everything(|file| {
            let mut payload = encode_payload(file).unwrap();
            let at = at.index(payload.len());
            payload[at] = byte;
            let arena = Arena::new();
            // Decoded files can be encoded, and decode to the same file again.
            if let Ok(read) = bmf::decode_payload(&arena, &payload) {
                if let Ok(again) = encode_payload(&read) {
                    let same = bmf::decode_payload(&arena, &again).ok() == Some(read);
                    result = if same { Ok(()) } else { Err(TestCaseError::fail(format!("{at}"))) };
                }
            }
        });
        result?;
    }
}
