//! Writes qualifiers, values, and properties that are not items in MOF syntax.

use wmi_vocabulary::{NameError, check_item_name, has_nul};

use super::meta::Meta;
use wmi_core::schema::{Array, CimType, Flavor, Property, Qualifier, Value};

/// Returns the name if it is a Rust identifier or keyword, as the derive requires.
///
/// Names of a schema can be arbitrary text, which must not become source code.
pub(super) fn identifier(name: &str) -> Result<&str, String> {
    let mut letters = name.chars();
    let starts = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if starts && name != "_" && letters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok(name)
    } else {
        Err(format!("{name:?} is not a name"))
    }
}

/// Returns `qualifier(Name(value) : flavors)`.
pub(super) fn free(qualifier: &Qualifier<'_>) -> Result<Meta, String> {
    Ok(Meta::list("qualifier", [self::qualifier(qualifier)?]))
}

/// Returns a qualifier in MOF syntax.
pub(super) fn qualifier(qualifier: &Qualifier<'_>) -> Result<Meta, String> {
    let name = identifier(qualifier.name)?;
    let mut meta = match qualifier.value {
        Value::Boolean(true) => Meta::Leaf(name.to_string()),
        Value::Array(values) => Meta::braces(name, literals(values)?),
        ref single => Meta::list(name, [Meta::Leaf(literal(single)?)]),
    };
    let flavors = flavors(qualifier.flavor)?;
    match &mut meta {
        Meta::Leaf(text) => text.push_str(&flavors),
        Meta::List { close, .. } => close.push_str(&flavors),
    }
    Ok(meta)
}

/// Returns a value in MOF syntax: a literal, or several in braces.
pub(super) fn value(value: &Value<'_>) -> Result<Meta, String> {
    match value {
        Value::Array(values) => Ok(Meta::braces("", literals(values)?)),
        single => literal(single).map(Meta::Leaf),
    }
}

fn literals(values: &[Value<'_>]) -> Result<Vec<Meta>, String> {
    let literals = values.iter().map(literal);
    literals.map(|text| text.map(Meta::Leaf)).collect()
}

fn literal(value: &Value<'_>) -> Result<String, String> {
    Ok(match value {
        Value::Null => "NULL".to_string(),
        Value::Boolean(on) => on.to_string(),
        // The digits of the minimum do not fit its type without the sign.
        Value::Integer(number) if *number != i64::MIN => number.to_string(),
        Value::Real(number) if number.is_finite() => format!("{number:?}"),
        Value::String(text) if !has_nul(text) => format!("{text:?}"),
        Value::Char(unit) => match char::from_u32((*unit).into()) {
            Some(c) => format!("{c:?}"),
            None => return Err(format!("{unit:#x} is not a character")),
        },
        _ => return Err("its value is not a literal of Rust".to_string()),
    })
}

/// Returns ` : ToInstance ToSubclass`, or nothing.
pub(super) fn flavors(flavor: Flavor) -> Result<String, String> {
    let mut text = String::new();
    let mut known = Flavor::NONE;
    for (bit, name) in Flavor::KEYWORDS {
        if bit != Flavor::NONE && flavor.contains(bit) {
            text.push_str(if text.is_empty() { " : " } else { " " });
            text.push_str(name);
            known = known.union(bit);
        }
    }
    if known == flavor {
        Ok(text)
    } else {
        Err(format!("a flavor of {:#x} has no name", flavor.bits()))
    }
}

/// Returns a property in MOF syntax.
pub(super) fn property(property: &Property<'_>) -> Result<Meta, String> {
    match check_item_name(property.name) {
        Ok(()) | Err(NameError::CKeyword | NameError::MofKeyword) => {}
        Err(why) => return Err(format!("`{}` is not a legal name: {why}", property.name)),
    }
    identifier(property.type_name)?;
    let located = |why: String| format!("`{}`: {why}", property.name);
    let reference = if property.cim_type == CimType::Reference {
        " ref"
    } else {
        ""
    };
    let array = match property.array {
        Array::Scalar => String::new(),
        Array::Fixed(length) => format!("[{length}]"),
        Array::Variable => "[]".to_string(),
    };
    let default = match &property.default {
        Some(default) => format!(" = {}", value(default).map_err(located)?.on_one_line()),
        None => String::new(),
    };
    let text = format!(
        "{}{reference} {}{array}{default}",
        property.type_name, property.name
    );
    let qualifiers = property.qualifiers.iter().map(qualifier);
    let qualifiers = qualifiers.collect::<Result<Vec<_>, _>>().map_err(located)?;
    Ok(if qualifiers.is_empty() {
        Meta::Leaf(text)
    } else {
        Meta::List {
            name: String::new(),
            open: "[",
            close: format!("] {text}"),
            items: qualifiers,
        }
    })
}
