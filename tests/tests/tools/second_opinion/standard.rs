//! Classes without Microsoft's extensions, and the qualifier declarations that the standard
//! requires.

use std::collections::BTreeMap;

use wmi_core::schema::{CimType, Class, Flavor, Method, Property, Qualifier, Qualifiers, Value};

/// Leaks the items, because classes borrow their parts.
fn keep<T>(items: Vec<T>) -> &'static [T] {
    items.leak()
}

fn text_of(text: &str) -> &'static str {
    String::from(text).leak()
}

/// Returns the class without base, flavors, embedded classes and references. A method without a
/// return value gets a numeric one.
pub(crate) fn class(class: &Class<'_>) -> Class<'static> {
    let properties = class.properties.iter().filter_map(property).collect();
    let methods = class.methods.iter().map(method).collect();
    Class::new(text_of(class.name))
        .with_qualifiers(qualifiers(class.qualifiers))
        .with_properties(keep(properties))
        .with_methods(keep(methods))
}

fn property(property: &Property<'_>) -> Option<Property<'static>> {
    if matches!(property.cim_type, CimType::Object | CimType::Reference) {
        return None;
    }
    let stripped = Property::new(
        text_of(property.name),
        property.cim_type,
        text_of(property.type_name),
    );
    let stripped = stripped
        .with_array(property.array)
        .with_qualifiers(qualifiers(property.qualifiers));
    Some(match property.default {
        Some(default) => stripped.with_default(value(default)),
        None => stripped,
    })
}

fn method(method: &Method<'_>) -> Method<'static> {
    let parameters = method.parameters.iter().filter_map(property).collect();
    let (cim_type, name) = method.returns.unwrap_or((CimType::Uint32, "uint32"));
    Method::new(text_of(method.name))
        .with_qualifiers(qualifiers(method.qualifiers))
        .with_parameters(keep(parameters))
        .with_returns(cim_type, text_of(name))
}

fn qualifiers(qualifiers: Qualifiers<'_>) -> &'static [Qualifier<'static>] {
    let stripped = qualifiers
        .iter()
        .map(|known| Qualifier::new(text_of(known.name), value(known.value)))
        .collect();
    keep(stripped)
}

fn value(known: Value<'_>) -> Value<'static> {
    match known {
        Value::String(text) => Value::String(text_of(text)),
        Value::Array(values) => Value::Array(keep(values.iter().copied().map(value).collect())),
        Value::Boolean(on) => Value::Boolean(on),
        Value::Integer(number) => Value::Integer(number),
        Value::Real(number) => Value::Real(number),
        Value::Char(unit) => Value::Char(unit),
        other => panic!("{other:?} in a class of a driver"),
    }
}

/// Returns the class as MOF text, after the declarations of its qualifiers.
pub(crate) fn text(class: &Class<'static>) -> String {
    let mut types = BTreeMap::new();
    declare(class.qualifiers, &mut types);
    for property in class.properties {
        declare(property.qualifiers, &mut types);
    }
    for method in class.methods {
        declare(method.qualifiers, &mut types);
        for parameter in method.parameters {
            declare(parameter.qualifiers, &mut types);
        }
    }
    let mut text = String::new();
    for (name, cim_type) in types {
        text += &format!("Qualifier {name} : {cim_type} = null, Scope(any);\n");
    }
    assert!(
        class
            .qualifiers
            .iter()
            .all(|known| known.flavor == Flavor::NONE)
    );
    text + &class.mof().to_string()
}

fn declare(qualifiers: Qualifiers<'static>, types: &mut BTreeMap<String, &'static str>) {
    for qualifier in qualifiers.iter() {
        let first = match qualifier.value {
            Value::Array(values) => values[0],
            value => value,
        };
        let is_array = matches!(qualifier.value, Value::Array(_));
        let cim_type = match (first, is_array) {
            (Value::Boolean(_), _) => "boolean",
            (Value::Integer(_), false) => "sint64",
            (Value::Integer(_), true) => "sint64[]",
            (Value::Real(_), _) => "real64",
            (_, false) => "string",
            (_, true) => "string[]",
        };
        types.insert(qualifier.name.to_ascii_lowercase(), cim_type);
    }
}
