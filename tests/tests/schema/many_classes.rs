//! Schemas larger than any driver's are checked within the compiler's limit for constant
//! evaluation.

use core::str::from_utf8;

use wmi_core::schema::{CimType, Class, Property, Qualifier, Schema, Value};

const MANY: usize = 1000;

/// Writes `number` in hexadecimal at the end of `text`.
const fn numbered<const N: usize>(text: &[u8; N], mut number: usize) -> [u8; N] {
    let mut text = *text;
    let mut place = N;
    while number > 0 {
        place -= 1;
        text[place] = b"0123456789abcdef"[number % 16];
        number /= 16;
    }
    text
}

const fn texts<const N: usize>(text: &[u8; N]) -> [[u8; N]; MANY] {
    let mut texts = [[0; N]; MANY];
    let mut index = 0;
    while index < MANY {
        texts[index] = numbered(text, index);
        index += 1;
    }
    texts
}

const fn text(bytes: &[u8]) -> &str {
    match from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("the text is ASCII"),
    }
}

// The names differ only in their last characters, the worst case for a comparison.
static NAMES: [[u8; 45]; MANY] = texts(b"MSVendor_MiniportAdapterPerformanceClass_0000");
static GUIDS: [[u8; 36]; MANY] = texts(b"7d1f9a52-30c8-4e0b-9f3a-000000000000");

static QUALIFIERS: [[Qualifier<'static>; 5]; MANY] = {
    let flag = Qualifier::new("Dynamic", Value::Boolean(true));
    let mut qualifiers = [[flag; 5]; MANY];
    let mut index = 0;
    while index < MANY {
        qualifiers[index][4] = Qualifier::new("guid", Value::String(text(&GUIDS[index])));
        index += 1;
    }
    qualifiers
};

// Each class embeds the one before it.
static PROPERTIES: [[Property<'static>; 20]; MANY] = {
    let number = Property::new("Item", CimType::Uint64, "uint64");
    let mut properties = [[number; 20]; MANY];
    let mut index = 1;
    while index < MANY {
        let part = Property::new("Part", CimType::Object, text(&NAMES[index - 1]));
        properties[index][19] = part;
        index += 1;
    }
    properties
};

static CLASSES: [Class<'static>; MANY] = {
    let mut classes = [Class::new(""); MANY];
    let mut index = 0;
    while index < MANY {
        // Each class derives from the one before it.
        let base = if index == 0 {
            "Win32_PerfRawData"
        } else {
            classes[index - 1].name
        };
        classes[index] = Class::new(text(&NAMES[index]))
            .with_superclass(base)
            .with_qualifiers(&QUALIFIERS[index])
            .with_properties(&PROPERTIES[index]);
        index += 1;
    }
    classes
};

static LIST: [&Class<'static>; MANY] = {
    let mut list = [&CLASSES[0]; MANY];
    let mut index = 0;
    while index < MANY {
        list[index] = &CLASSES[index];
        index += 1;
    }
    list
};

/// Compiles only if the check is about linear: the compiler rejects constants that take too long.
const SCHEMA: Schema<'static> = Schema::new(&LIST);

#[test]
fn a_thousand_classes_compile() {
    assert_eq!(SCHEMA.classes.len(), MANY);
    assert_eq!(SCHEMA.classes[MANY - 1].guid(), CLASSES[MANY - 1].guid());
}

/// The table of names has 3,072 slots, which must not limit the rules.
#[test]
fn rules_hold_beyond_the_name_table() {
    let names: Vec<_> = (0..5000).map(|number| format!("Vendor_{number}")).collect();
    let classes: Vec<_> = names.iter().map(|name| Class::new(name)).collect();
    let sound = |position: usize, class: &Class<'_>| {
        let mut list: Vec<_> = classes.iter().collect();
        list[position] = class;
        Schema::is_sound(&list, &[])
    };
    for (first, second) in [(0, 1), (0, 4999), (3000, 4500), (3072, 3073), (4000, 4999)] {
        let upper = names[first].to_uppercase();
        let class = &classes[second];
        assert!(!sound(second, &Class::new(&upper)), "{second} like {first}");
        assert!(
            sound(second, &class.with_superclass(&upper)),
            "{second} of {first}"
        );
        assert!(
            !sound(second, &class.with_superclass(class.name)),
            "{second} of itself"
        );
    }
}
