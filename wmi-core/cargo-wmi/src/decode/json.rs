//! Values of data blocks as JSON, and back.

use serde_json::{Map, Number, Value};
use wmi_core::DateTime;
use wmi_core::block::Str;
use wmi_tools::client::{DataObject, Datum, Utf16};
use wmi_tools::layout::{BlockLayout, ElementType};

pub(super) fn json_of_object(object: &DataObject<'_>) -> Value {
    let values = object
        .iter()
        .map(|(name, value)| (name.to_owned(), json_of(value)));
    Value::Object(values.collect::<Map<_, _>>())
}

/// Returns text as JSON. Text that is not Unicode becomes a list of its UTF-16 units.
pub(super) fn json_of_text(text: Str<'_>) -> Value {
    let units: Vec<u16> = text.units().collect();
    match String::from_utf16(&units) {
        Ok(text) => text.into(),
        Err(_) => units.into(),
    }
}

/// Returns a value as JSON.
pub(super) fn json_of(value: &Datum<'_>) -> Value {
    match value {
        Datum::Boolean(value) => (*value).into(),
        Datum::Text(text) => json_of_text(text.as_str()),
        Datum::DateTime(value) => value.to_string().into(),
        Datum::Array(elements) => elements.iter().map(json_of).collect(),
        Datum::Object(object) => json_of_object(object),
        integer => match (integer.as_u64(), integer.as_i64()) {
            (Some(number), _) => number.into(),
            (_, Some(number)) => number.into(),
            _ => Value::Null,
        },
    }
}

/// Returns the values of a block from JSON.
pub(super) fn object_of(
    layout: &BlockLayout<'_>,
    values: &Map<String, Value>,
    path: &str,
) -> core::result::Result<DataObject<'static>, String> {
    let mut object = DataObject::new(layout.name.to_owned());
    for (name, value) in values {
        let path = match path {
            "" => name.clone(),
            outer => format!("{outer}.{name}"),
        };
        // An item that the class does not have is reported with the others, by encoding.
        let element = layout.item(name).map(|item| &item.element);
        object.set(name.clone(), datum_of(element, value, &path)?);
    }
    Ok(object)
}

fn datum_of(
    element: Option<&ElementType<'_>>,
    value: &Value,
    path: &str,
) -> core::result::Result<Datum<'static>, String> {
    let wrong = |why: &str| Err(format!("`{path}`: {why}"));
    Ok(match value {
        Value::Null => {
            return wrong("a data block has no place for null; leave it out or give a value");
        }
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => return integer_of(element, number).or_else(wrong),
        Value::String(text) if element == Some(&ElementType::DateTime) => {
            match DateTime::parse(text) {
                Ok(value) => value.into(),
                Err(why) => return wrong(&why.to_string()),
            }
        }
        Value::String(text) => text.clone().into(),
        Value::Array(units)
            if matches!(element, Some(ElementType::Text { .. }))
                && units.first().is_some_and(Value::is_number) =>
        {
            let units = units.iter().map(|unit| unit.as_u64()?.try_into().ok());
            match units.collect::<Option<Utf16<'_>>>() {
                Some(text) => text.into(),
                None => return wrong("the units of a text are below 65536"),
            }
        }
        Value::Array(elements) => {
            let elements = elements.iter().zip(0usize..);
            let elements = elements
                .map(|(value, index)| datum_of(element, value, &format!("{path}[{index}]")));
            Datum::Array(elements.collect::<core::result::Result<_, _>>()?)
        }
        Value::Object(values) => match element {
            Some(ElementType::Class(layout)) => object_of(layout, values, path)?.into(),
            None => return wrong("the class has no such item"),
            _ => return wrong("cannot be an object"),
        },
    })
}

fn integer_of(
    element: Option<&ElementType<'_>>,
    number: &Number,
) -> core::result::Result<Datum<'static>, &'static str> {
    match (number.as_u64(), number.as_i64()) {
        (Some(number), _) if element == Some(&ElementType::Char16) => {
            let unit = u16::try_from(number).map_err(|_| "a `char16` is below 65536")?;
            Ok(unit.into())
        }
        (Some(number), _) => Ok(number.into()),
        (_, Some(number)) => Ok(number.into()),
        _ => Err("is not a whole number of 64 bits"),
    }
}
