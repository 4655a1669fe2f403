//! The contents of a class, in the lines that `facts.py` prints.

use wmi_core::schema::{Array, Class, Property, Qualifiers, Value};

pub(crate) fn of_class(class: &Class<'static>) -> Vec<String> {
    let mut facts = vec![format!("class {}", class.name)];
    qualifiers(class.name, class.qualifiers, &mut facts);
    for property in class.properties {
        let place = format!("{}.{}", class.name, property.name);
        let default = property.default.as_ref().map_or("null".to_owned(), value);
        facts.push(format!("{place}: {} = {default}", declared(property)));
        qualifiers(&place, property.qualifiers, &mut facts);
    }
    for method in class.methods {
        let place = format!("{}.{}()", class.name, method.name);
        let returns = method
            .returns
            .map_or("", |(cim_type, _)| cim_type.keyword());
        facts.push(format!("{place}: {returns}"));
        qualifiers(&place, method.qualifiers, &mut facts);
        for parameter in method.parameters {
            let inner = format!("{place}.{}", parameter.name);
            facts.push(format!("{inner}: {}", declared(parameter)));
            qualifiers(&inner, parameter.qualifiers, &mut facts);
        }
    }
    facts
}

fn declared(property: &Property<'_>) -> String {
    let size = match property.array {
        Array::Fixed(length) => format!("[{length}]"),
        Array::Variable => "[]".to_owned(),
        _ => String::new(),
    };
    format!("{}{size}", property.cim_type.keyword())
}

fn qualifiers(place: &str, qualifiers: Qualifiers<'_>, facts: &mut Vec<String>) {
    for known in qualifiers.iter() {
        let value = value(&known.value);
        facts.push(format!("{place} qualifier {} = {value}", known.name));
    }
}

fn value(known: &Value<'_>) -> String {
    match known {
        Value::Boolean(on) => on.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::String(text) => {
            let digits = text.bytes().map(|byte| format!("{byte:02x}"));
            format!("x{}", digits.collect::<String>())
        }
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(value).collect();
            format!("{{{}}}", values.join(","))
        }
        other => panic!("{other:?} in a class of a driver"),
    }
}
