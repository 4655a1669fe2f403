//! The numbers of the format: type codes, and the names that the compiler adds.

use wmi_core::schema::{Array, CimType, Value};

pub(super) const ARRAY: u32 = 0x2000;
pub(super) const STRING: u32 = 8;
pub(super) const INTEGER: u32 = 3;
pub(super) const REAL: u32 = 5;
pub(super) const BOOLEAN: u32 = 0x0b;
pub(super) const CHAR: u32 = 2;
pub(super) const OBJECT: u32 = 0x0d;
pub(super) const ALIAS: u32 = 0x4008;
pub(super) const METHOD: u32 = ARRAY | OBJECT;
pub(super) const VOID: u32 = 0;
/// The offset of a part that is missing.
pub(super) const NOTHING: u32 = 0xffff_ffff;

pub(super) const CLASS: u32 = 0;
pub(super) const INSTANCE: u32 = 1;

pub(super) const FLAVORS: [u8; 16] = *b"BMOFQUALFLAVOR11";
/// The flavors of the generated `CIMTYPE` and `ID`.
pub(super) const CIMTYPE_FLAVOR: u8 = 0x03;
pub(super) const ID_FLAVOR: u8 = 0x11;

const TYPES: [(CimType, u32); 16] = [
    (CimType::Sint8, 0x10),
    (CimType::Uint8, 0x11),
    (CimType::Sint16, 0x02),
    (CimType::Uint16, 0x12),
    (CimType::Sint32, 0x03),
    (CimType::Uint32, 0x13),
    (CimType::Sint64, 0x14),
    (CimType::Uint64, 0x15),
    (CimType::Real32, 0x04),
    (CimType::Real64, 0x05),
    (CimType::Boolean, 0x0b),
    (CimType::String, 0x08),
    (CimType::Datetime, 0x65),
    (CimType::Reference, 0x66),
    (CimType::Char16, 0x67),
    (CimType::Object, 0x0d),
];

/// Returns the code of a declared type.
pub(super) fn of_type(cim_type: CimType, array: Array) -> u32 {
    let code = TYPES
        .iter()
        .find(|(known, _)| *known == cim_type)
        .map_or(0, |(_, code)| *code);
    match array {
        Array::Scalar => code,
        Array::Fixed(_) | Array::Variable => code | ARRAY,
    }
}

/// Returns the type that a `CIMTYPE` names, and its name.
pub(super) fn parse_type(text: &str) -> (CimType, &str) {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    let after = |prefix: &str| {
        let (start, rest) = text.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then_some(rest)
    };
    if let Some(class) = after("object:") {
        return (CimType::Object, class);
    }
    if let Some(class) = after("ref:") {
        return (CimType::Reference, class);
    }
    if is("ref") {
        return (CimType::Reference, "object");
    }
    (CimType::from_keyword(text), text)
}

/// Returns the code of a literal. An empty array has the code of an array of strings.
pub(super) fn of_value(value: &Value<'_>) -> u32 {
    match value {
        Value::Null | Value::String(_) => STRING,
        Value::Boolean(_) => BOOLEAN,
        Value::Char(_) => CHAR,
        Value::Integer(_) => INTEGER,
        Value::Real(_) => REAL,
        Value::Instance(_) => OBJECT,
        Value::Alias(_) => ALIAS,
        Value::Array(values) => values.first().map_or(STRING, of_value) | ARRAY,
    }
}

/// Returns the code of an empty array as the default of a property of this type.
pub(super) fn of_empty(cim_type: CimType) -> u32 {
    let element = match cim_type {
        CimType::Boolean => BOOLEAN,
        CimType::Char16 => CHAR,
        CimType::Real32 | CimType::Real64 => REAL,
        CimType::String | CimType::Datetime | CimType::Reference => STRING,
        CimType::Object => OBJECT,
        _ => INTEGER,
    };
    element | ARRAY
}
