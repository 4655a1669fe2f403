//! Rules across the classes of a schema. In a constant a violation is a compile error; here it is a
//! panic with the same text.

use std::panic::catch_unwind;

use wmi_core::schema::{ChangeFlags, CimType, Class, Method, Property, Qualifier, Schema, Value};
use wmi_core::{Guid, WmiClass};
use wmi_tests::mof as reader;

/// Returns the error that a schema of these classes causes, if any.
fn fault(classes: &[&Class<'_>], external: &[&str]) -> Option<String> {
    let made = catch_unwind(|| {
        let schema = Schema::with_external_bases(classes, external);
        assert_eq!(schema.classes.len(), classes.len());
    });
    made.err().map(|panic| match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast::<&str>()
            .map(|text| (*text).to_owned())
            .unwrap(),
    })
}

#[track_caller]
fn refuses(classes: &[&Class<'_>], text: &str) {
    assert_eq!(fault(classes, &[]).as_deref(), Some(text));
}

#[track_caller]
fn accepts(classes: &[&Class<'_>]) {
    assert_eq!(fault(classes, &[]), None);
}

const A: Class<'static> = Class::new("Vendor_A");
const B: Class<'static> = Class::new("Vendor_B");
const GUID: &str = "{3a1f7a52-6c0f-4a55-9e0d-0f2b7b1c9e01}";

const fn guid<'a>(guid: &'a str) -> Qualifier<'a> {
    Qualifier::new("Guid", Value::String(guid))
}

const fn item<'a>(type_name: &'a str) -> Property<'a> {
    Property::new("Item", CimType::Object, type_name)
}

#[test]
fn class_names_are_unique_without_case() {
    accepts(&[]);
    accepts(&[&A, &B]);
    refuses(
        &[&A, &B, &A],
        "two classes have the same name: `Vendor_A` and `Vendor_A`",
    );
    let upper = Class::new("VENDOR_b");
    refuses(
        &[&B, &A, &upper],
        "two classes have the same name: `Vendor_B` and `VENDOR_b`",
    );
    accepts(&[&A, &Class::new("Vendor_A1"), &Class::new("Vendor_")]);
}

#[test]
fn guids_are_unique_in_any_spelling() {
    let first = [guid(GUID)];
    let first = A.with_qualifiers(&first);
    let other = [guid("3a1f7a52-6c0f-4a55-9e0d-0f2b7b1c9e02")];
    accepts(&[&first, &B.with_qualifiers(&other)]);
    for same in [
        GUID,
        "3a1f7a52-6c0f-4a55-9e0d-0f2b7b1c9e01",
        "{3A1F7A52-6C0F-4A55-9E0D-0F2B7B1C9E01}",
    ] {
        let same = [Qualifier::new("WMI", Value::Boolean(true)), guid(same)];
        refuses(
            &[&first, &B.with_qualifiers(&same)],
            "two classes have the same GUID: `Vendor_A` and `Vendor_B`; generate a fresh one",
        );
    }
    // This check ignores values that are not GUIDs.
    let text = [guid("none"), Qualifier::new("guid", Value::Integer(1))];
    accepts(&[&A.with_qualifiers(&text), &B.with_qualifiers(&text)]);
}

#[test]
fn embedded_classes_come_before_their_use() {
    let items = [item("vendor_a")];
    let user = B.with_properties(&items);
    accepts(&[&A, &user]);
    refuses(
        &[&user],
        "`Vendor_B` contains `vendor_a`, which is not listed before it; add \
         `vendor_a::CLASS`",
    );
    refuses(
        &[&user, &A],
        "`Vendor_B` contains `vendor_a`, which is not listed before it; move \
         `vendor_a::CLASS`",
    );
    // A class cannot contain itself either.
    let items = [item("Vendor_B")];
    refuses(
        &[&B.with_properties(&items)],
        "`Vendor_B` contains `Vendor_B`, which is not listed before it; move \
         `Vendor_B::CLASS`",
    );
    // Names of other types are not class names.
    let number = [Property::new("Item", CimType::Uint8, "uint8")];
    accepts(&[&B.with_properties(&number)]);
}

#[test]
fn embedded_classes_come_before_methods_that_use_them() {
    let parameters = [
        Property::new("First", CimType::Uint8, "uint8"),
        item("Vendor_A"),
    ];
    let methods = [
        Method::new("None"),
        Method::new("Takes").with_parameters(&parameters),
    ];
    let user = B.with_methods(&methods);
    accepts(&[&A, &user]);
    refuses(
        &[&user, &A],
        "`Vendor_B` contains `Vendor_A`, which is not listed before it; move \
         `Vendor_A::CLASS`",
    );
}

#[test]
fn bases_come_before_their_use_or_are_external() {
    let derived = B.with_superclass("VENDOR_A");
    accepts(&[&A, &derived]);
    let message = "`Vendor_B` derives from `VENDOR_A`, which is unknown; list its `CLASS` \
                   first, or name it in `with_external_bases`";
    refuses(&[&derived], message);
    refuses(
        &[&derived, &A],
        "`Vendor_B` derives from `VENDOR_A`, which is not listed before it; move it",
    );
    assert_eq!(fault(&[&derived], &["Other", "vendor_a"]), None);
    assert_eq!(fault(&[&derived], &["Other"]).as_deref(), Some(message));
    refuses(
        &[&B.with_superclass("Vendor_B")],
        "`Vendor_B` derives from `Vendor_B`, which is not listed before it; move it",
    );
    for base in Schema::SYSTEM_BASES {
        accepts(&[&B.with_superclass(base)]);
        accepts(&[&B.with_superclass(&base.to_lowercase())]);
    }
    assert!(Schema::SYSTEM_BASES.contains(&"WMIEvent"));
}

#[test]
fn hierarchies_have_at_most_one_abstract_class() {
    let qualifiers = [Qualifier::new("Abstract", Value::Boolean(true))];
    let base = A.with_qualifiers(&qualifiers);
    let middle = B.with_superclass("Vendor_A");
    let last = Class::new("Vendor_C").with_superclass("Vendor_B");
    accepts(&[&base, &middle, &last]);
    refuses(
        &[&base, &middle, &last.with_qualifiers(&qualifiers)],
        "a hierarchy has two abstract classes: `Vendor_A` and `Vendor_C`",
    );
    refuses(
        &[&base.with_superclass("WmiEvent")],
        "a hierarchy has two abstract classes: `WmiEvent` and `Vendor_A`",
    );
    accepts(&[&base.with_superclass("Win32_PerfRawData")]);
    // Two hierarchies may have one abstract class each.
    accepts(&[&base, &B.with_qualifiers(&qualifiers)]);
    // A class that MOF repeats: its base has the class's own name.
    let event = Class::new("WMIEvent").with_superclass("WMIEvent");
    refuses(
        &[&event, &base.with_superclass("WMIEvent")],
        "a hierarchy has two abstract classes: `WMIEvent` and `Vendor_A`",
    );
}

#[test]
fn long_messages_are_truncated() {
    let long = "a".repeat(300);
    let class = Class::new(&long);
    let text = fault(&[&class, &class], &[]).unwrap();
    assert_eq!(
        text,
        format!("two classes have the same name: `{}", "a".repeat(223))
    );
    // The limit falls within a character.
    let long = "é".repeat(150);
    let class = Class::new(&long);
    refuses(
        &[&class, &class],
        "the classes of the schema contradict each other",
    );
}

#[derive(WmiClass)]
#[wmi(embedded)]
struct Part {
    #[wmi(data_id = 1)]
    byte: u8,
}

#[derive(WmiClass)]
#[wmi(guid = "3a1f7a52-6c0f-4a55-9e0d-0f2b7b1c9e03")]
struct Whole {
    #[wmi(data_id = 1)]
    part: Part,
    #[wmi(data_id = 2)]
    parts: [Part; 2],
}

const SCHEMA: Schema<'static> = Schema::new(&[Part::CLASS, Whole::CLASS])
    .with_namespace(r"root\vendor")
    .with_class_flags(ChangeFlags::FORCE_UPDATE);

#[test]
fn derived_classes_form_a_schema() {
    let message = "`Whole` contains `Part`, which is not listed before it; move \
                   `Part::CLASS`";
    refuses(&[Whole::CLASS, Part::CLASS], message);
    let whole = Whole {
        part: Part { byte: 1 },
        parts: [2, 3].map(|byte| Part { byte }),
    };
    assert_eq!(whole.snapshot().as_bytes(), [1, 2, 3]);

    let text = SCHEMA.mof().to_string();
    let start = "#pragma autorecover\n#pragma namespace(\"root\\\\vendor\")\n\
                 #pragma classflags(\"forceupdate\")\n\n[WMI]\nclass Part\n";
    assert!(text.starts_with(start), "{text}");
    let names: Vec<_> = reader::classes(&text)
        .into_iter()
        .map(|class| class.name)
        .collect();
    assert_eq!(names, ["Part", "Whole"]);
    assert_eq!(Schema::new(&[]).namespace, r"\\.\root\wmi");
}

#[test]
fn look_ups_ignore_case() {
    let property = Whole::CLASS.property("PARTS").expect("the property exists");
    assert_eq!((property.name, property.data_id()), ("Parts", Some(2)));
    assert!(property.qualifier("wmidataid").is_some());
    assert_eq!(Whole::CLASS.property("Partss"), None);
    assert_eq!(Part::CLASS.guid(), None);
    let expected = Guid::parse("3a1f7a52-6c0f-4a55-9e0d-0f2b7b1c9e03").unwrap();
    assert_eq!(Whole::CLASS.guid(), Some(expected));
}
