//! Entries of qualifiers that are lists, such as `Values`, `ValueMap` and `BitMap`: as texts, as spelled,
//! and as numbers. What the lists mean together is that of their readers.

use std::borrow::Cow;

use wmi_core::schema::{Property, Value};

/// Returns the entries of a qualifier; none if it is missing or not an array.
pub(crate) fn list<'a>(item: &Property<'a>, name: &str) -> &'a [Value<'a>] {
    match item.qualifier(name).map(|list| list.value) {
        Some(Value::Array(values)) => values,
        _ => &[],
    }
}

/// Returns an entry if it is a text.
pub(crate) fn text<'a>(value: Option<&Value<'a>>) -> Option<&'a str> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Returns an entry of a map as spelled.
pub(crate) fn spelled(entry: Value<'_>) -> Option<Cow<'_, str>> {
    match entry {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Integer(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// Returns the number that an entry of a map spells, decimal or hexadecimal.
#[cfg(any(feature = "check", feature = "client-source", feature = "simulator"))]
pub(crate) fn number(text: &str) -> Option<i128> {
    let text = text.trim();
    match text.get(2..).filter(|_| is_hexadecimal(text)) {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(i128::from),
        None => text.parse().ok(),
    }
}

/// Returns whether an entry of a map is spelled in hexadecimal.
#[cfg(any(feature = "check", feature = "client-source", feature = "simulator"))]
pub(crate) fn is_hexadecimal(text: &str) -> bool {
    text.starts_with("0x") || text.starts_with("0X")
}
