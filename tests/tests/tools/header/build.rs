//! Builds classes as MOF would declare them. Their borrowed parts are leaked.

use wmi_core::schema::{Array, CimType, Class, Method, Property, Qualifier, Value};
use wmi_tools::header::Header;

pub(crate) type Qualified = Qualifier<'static>;

fn keep<T>(items: Vec<T>) -> &'static [T] {
    Vec::leak(items)
}

pub(crate) fn text(name: &'static str, text: &'static str) -> Qualified {
    Qualifier::new(name, Value::String(text))
}

pub(crate) fn number(name: &'static str, number: i64) -> Qualified {
    Qualifier::new(name, Value::Integer(number))
}

pub(crate) fn flag(name: &'static str) -> Qualified {
    Qualifier::new(name, Value::Boolean(true))
}

pub(crate) fn list(name: &'static str, texts: &[&'static str]) -> Qualified {
    let values = texts.iter().map(|text| Value::String(text)).collect();
    Qualifier::new(name, Value::Array(keep(values)))
}

pub(crate) const GUID: &str = "{1F2E3D4C-5B6A-7980-0102-030405060708}";

/// Returns a driver's class with the qualifier `WMI` after the given ones.
pub(crate) fn class(
    name: &'static str,
    mut qualifiers: Vec<Qualified>,
    properties: Vec<Property<'static>>,
) -> Class<'static> {
    if qualifiers.iter().all(|known| known.name != "WMI") {
        qualifiers.push(flag("WMI"));
    }
    Class::new(name)
        .with_qualifiers(keep(qualifiers))
        .with_properties(keep(properties))
}

pub(crate) fn with_methods(class: Class<'static>, methods: Vec<Method<'static>>) -> Class<'static> {
    class.with_methods(keep(methods))
}

pub(crate) fn method(
    name: &'static str,
    qualifiers: Vec<Qualified>,
    parameters: Vec<Property<'static>>,
) -> Method<'static> {
    Method::new(name)
        .with_qualifiers(keep(qualifiers))
        .with_parameters(keep(parameters))
}

/// Builds a property from a declaration: `item("uint32 Lengths[4]", ..)`.
pub(crate) fn item(declaration: &'static str, qualifiers: Vec<Qualified>) -> Property<'static> {
    let (type_name, rest) = declaration.split_once(' ').expect("a type and a name");
    let (name, array) = match rest.split_once('[') {
        None => (rest, Array::Scalar),
        Some((name, "]")) => (name, Array::Variable),
        Some((name, length)) => {
            let length = length.trim_end_matches(']').parse().expect("a length");
            (name, Array::Fixed(length))
        }
    };
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
        CimType::Char16,
        CimType::String,
        CimType::Datetime,
    ];
    let cim_type = types.into_iter().find(|known| known.keyword() == type_name);
    Property::new(name, cim_type.unwrap_or(CimType::Object), type_name)
        .with_array(array)
        .with_qualifiers(keep(qualifiers))
}

/// Builds an item whose only qualifier is its id.
pub(crate) fn id(id: i64, declaration: &'static str) -> Property<'static> {
    item(declaration, vec![number("WmiDataId", id)])
}

pub(crate) fn header<'a>(classes: &'a [Class<'a>]) -> Header<'a> {
    Header::new("test.h", classes)
}

/// Returns the header without guard and end.
pub(crate) fn body(header: &Header<'_>) -> String {
    let text = header.to_string();
    let body = text.strip_prefix("#ifndef _test_h_\n#define _test_h_\n\n");
    let body = body.and_then(|text| text.strip_suffix("#endif\n"));
    body.unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// Returns the structures, and their defines, of a class with these items.
pub(crate) fn structure(items: Vec<Property<'static>>) -> String {
    let classes = [class("A", vec![], items)];
    let body = body(&header(&classes));
    body.strip_prefix("// A - A\n\n").expect(&body).to_owned()
}
