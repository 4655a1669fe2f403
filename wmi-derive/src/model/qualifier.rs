//! The qualifiers of a class or item: those that are written and those that go without saying.
//!
//! Qualifiers stand in the order of their attributes. One that goes without saying stands before
//! the first written one that usually follows it, so the usual order of attributes gives the
//! usual order of qualifiers, and any other order can be written out.

use std::borrow::Cow;

use proc_macro2::Span;
use syn::Attribute;
use wmi_vocabulary::{CounterType, has_nul};

use super::Kind;
use crate::attribute::{
    Argument, Arguments, Becomes, CLASS_KEYS, FIELD_KEYS, FreeQualifier, FreeValue, Key,
    METHOD_KEYS, PARAMETER_KEYS, Value, row,
};
use crate::fault::{Faults, message};
use crate::text::description;

pub(crate) struct Qualifier {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: QualifierValue,
}

pub(crate) enum QualifierValue {
    Flag,
    False,
    Number(i64),
    Text(String),
    Amended(String),
    /// With the names of its flavors' constants.
    Free(FreeValue, Vec<&'static str>),
}

/// A qualifier with its place in the usual order.
struct Placed {
    rank: usize,
    qualifier: Qualifier,
}

impl Placed {
    fn is_free(&self) -> bool {
        matches!(self.qualifier.value, QualifierValue::Free(..))
    }
}

/// Before every attribute.
const FIRST: usize = 0;

/// The qualifiers of a class.
pub(crate) fn of_class(
    arguments: &Arguments,
    attributes: &[Attribute],
    kind: Kind,
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let mut usual = Vec::new();
    match kind {
        Kind::Registered => {
            usual.push(("Dynamic", QualifierValue::Flag));
            if arguments.get("provider").is_none() {
                usual.push(("Provider", QualifierValue::Text("WMIProv".to_owned())));
            }
        }
        Kind::Static => usual.push(("Static", QualifierValue::Flag)),
        Kind::Embedded | Kind::Abstract | Kind::Parameters => {}
    }
    if kind != Kind::Abstract {
        usual.push(("WMI", QualifierValue::Flag));
    }
    let implied = usual.into_iter().map(|(name, value)| Placed {
        rank: FIRST,
        qualifier: Qualifier {
            name: name.into(),
            value,
        },
    });
    let implied = implied.collect();
    merge(arguments, CLASS_KEYS, implied, attributes, faults)
}

/// The qualifiers of an item; a counter's `perf_detail` is its class's unless it has its own.
pub(crate) fn of_item(
    arguments: &Arguments,
    class: &Arguments,
    counter_type: Option<CounterType>,
    attributes: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let mut implied = Vec::new();
    if arguments.get("read").is_none() {
        implied.push(placed(FIELD_KEYS, "read", QualifierValue::Flag));
    }
    if counter_type.is_some() {
        let detail = class.number("perf_detail").unwrap_or(100);
        for (name, value) in [("default_scale", 0), ("perf_detail", detail)] {
            if arguments.get(name).is_none() {
                implied.push(placed(FIELD_KEYS, name, QualifierValue::Number(value)));
            }
        }
    }
    merge(arguments, FIELD_KEYS, implied, attributes, faults)
}

/// The qualifiers of a method.
pub(crate) fn of_method(
    arguments: &Arguments,
    attributes: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let implemented = Qualifier {
        name: "Implemented".into(),
        value: QualifierValue::Flag,
    };
    let implied = vec![Placed {
        rank: FIRST,
        qualifier: implemented,
    }];
    merge(arguments, METHOD_KEYS, implied, attributes, faults)
}

/// The qualifiers of a parameter.
pub(crate) fn of_parameter(
    arguments: &Arguments,
    attributes: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    merge(arguments, PARAMETER_KEYS, Vec::new(), attributes, faults)
}

fn merge(
    arguments: &Arguments,
    keys: &'static [Key],
    mut implied: Vec<Placed>,
    attributes: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let documentation = match arguments.text("description") {
        Some(literal) => Some((literal.value(), literal.span())),
        None => description(attributes, faults),
    };
    if let Some((text, span)) = &documentation {
        check_documentation(text, *span, arguments, faults);
        if arguments.get("description").is_none() {
            let value = QualifierValue::Amended(text.clone());
            implied.push(placed(keys, "description", value));
        }
    }
    let documentation = documentation.map(|(text, _)| text);
    let mut qualifiers: Vec<Placed> = arguments
        .iter()
        .filter_map(|argument| written(argument, keys, documentation.as_deref(), faults))
        .collect();
    for new in implied {
        let at = qualifiers.iter().position(|other| other.rank > new.rank);
        qualifiers.insert(at.unwrap_or(qualifiers.len()), new);
    }
    check_free(arguments, &qualifiers, faults);
    qualifiers
        .into_iter()
        .map(|placed| placed.qualifier)
        .collect()
}

/// A free qualifier must not repeat another one.
fn check_free(arguments: &Arguments, qualifiers: &[Placed], faults: &mut Faults) {
    let mut earlier: Vec<&FreeQualifier> = Vec::new();
    for argument in arguments.iter() {
        let Value::Qualifier(free) = &argument.value else {
            continue;
        };
        let same = |name: &str| name.eq_ignore_ascii_case(&free.name);
        let has_attribute = qualifiers
            .iter()
            .any(|other| !other.is_free() && same(&other.qualifier.name));
        if earlier.iter().any(|other| same(&other.name)) {
            faults.push(free.span, message::duplicate(&free.name));
        } else if has_attribute || OWN.iter().any(|own| same(own)) {
            faults.push(free.span, message::own_qualifier(&free.name));
        }
        earlier.push(free);
    }
}

fn check_documentation(text: &str, span: Span, arguments: &Arguments, faults: &mut Faults) {
    // A `description` that was written is checked where it was read.
    if has_nul(text) && arguments.get("description").is_none() {
        faults.push(span, message::nul("description"));
    }
}

fn placed(keys: &'static [Key], name: &str, value: QualifierValue) -> Placed {
    let (rank, key) = row(keys, name);
    let (Becomes::Qualifier(name) | Becomes::Amended(name)) = key.becomes else {
        unreachable!("only attributes that become qualifiers are implied")
    };
    Placed {
        rank: rank + 1,
        qualifier: Qualifier {
            name: name.into(),
            value,
        },
    }
}

/// The qualifier that an attribute was written for, if it makes one.
fn written(
    argument: &Argument,
    keys: &'static [Key],
    documentation: Option<&str>,
    faults: &mut Faults,
) -> Option<Placed> {
    let key = argument.key;
    if let Value::Qualifier(free) = &argument.value {
        if free.value.has_nul() {
            faults.push(free.span, message::nul(&free.name));
        }
        let value = QualifierValue::Free(free.value.clone(), free.flavors.clone());
        let name = free.name.clone().into();
        return Some(Placed {
            rank: keys.len(),
            qualifier: Qualifier { name, value },
        });
    }
    let value = match (&argument.value, key.becomes) {
        (_, Becomes::Nothing) => return None,
        (Value::Flag(true), _) => QualifierValue::Flag,
        // Only a qualifier that is on by itself needs to be switched off.
        (Value::Flag(false), _) if key.name == "generate_header" => QualifierValue::False,
        (Value::Flag(false), _) => return None,
        (Value::Number(number), _) if key.name == "locale" => {
            QualifierValue::Text(format!("MS\\0x{number:x}"))
        }
        (Value::Number(number), _) => QualifierValue::Number(*number),
        (Value::Text(literal), _) if key.name == "counter" => {
            let counter_type = CounterType::from_name(&literal.value())?;
            QualifierValue::Number(counter_type.value().into())
        }
        (Value::Text(literal), _) if key.name == "guid" => {
            QualifierValue::Text(braced(&literal.value()))
        }
        // No description at all, where a doc comment is for readers of the source only.
        (Value::Text(literal), Becomes::Amended(_)) if literal.value().is_empty() => return None,
        (Value::Text(literal), Becomes::Amended(_)) => QualifierValue::Amended(literal.value()),
        (Value::Text(literal), _) => QualifierValue::Text(literal.value()),
        (Value::Nothing, _) if key.name == "cpp_quote" => match documentation {
            Some(text) => QualifierValue::Text(comment(text)),
            None => {
                faults.push(argument.name, message::cpp_quote_empty());
                return None;
            }
        },
        // A bare `counter` counts without a counter type.
        (_, Becomes::Qualifier(_) | Becomes::Amended(_)) => return None,
    };
    Some(placed(keys, key.name, value))
}

/// Qualifiers that say what the struct says: two sayings could disagree.
const OWN: &[&str] = &[
    "WMI",
    "Dynamic",
    "Provider",
    "guid",
    "key",
    "read",
    "write",
    "WmiDataId",
    "WmiMethodId",
    "CounterType",
    "WmiSizeIs",
    "MAX",
    "MaxLen",
    "in",
    "out",
    "ID",
    "CIMTYPE",
    "abstract",
];

/// The GUID in braces, otherwise as it is spelled.
fn braced(guid: &str) -> String {
    if guid.starts_with('{') {
        guid.to_owned()
    } else {
        format!("{{{guid}}}")
    }
}

/// A text as C comment lines.
fn comment(text: &str) -> String {
    format!("// {}", text.replace('\n', "\n// "))
}
