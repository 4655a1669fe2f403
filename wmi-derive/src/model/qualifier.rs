//! The qualifiers of a class or item: those that are written and those that go without saying.
//!
//! Qualifiers stand in the order of their attributes. One that goes without saying stands before
//! the first written one that usually follows it, so the usual order of attributes gives the
//! usual order of qualifiers, and any other order can be written out, by [`Order`] in full.

use std::borrow::Cow;

use proc_macro2::Span;
use syn::Attribute;
use wmi_vocabulary::attribute::{
    self, ClassKind, FIRST, OWN_OF_ITEM, OWN_OF_METHOD, OWN_OF_PARAMETER,
};
use wmi_vocabulary::text::c_comment;
use wmi_vocabulary::{CounterType, has_nul};

use crate::attribute::{
    Argument, Arguments, Becomes, CLASS_KEYS, FIELD_KEYS, FreeQualifier, FreeValue, Key,
    METHOD_KEYS, Named, PARAMETER_KEYS, Value, row,
};
use crate::fault::{Faults, message};
use crate::text::{description, unraw};

pub(crate) struct Qualifier {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: QualifierValue,
    /// The names of its flavors' constants.
    pub(crate) flavors: Vec<&'static str>,
    /// Whether it goes without saying, so that an order may leave it out.
    implied: bool,
}

pub(crate) enum QualifierValue {
    Flag,
    False,
    Number(i64),
    Text(String),
    Free(FreeValue),
}

impl Qualifier {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, value: QualifierValue) -> Self {
        Self {
            name: name.into(),
            value,
            flavors: Vec::new(),
            implied: false,
        }
    }

    fn implied(mut self) -> Self {
        self.implied = true;
        self
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// `order(..)`: all qualifiers by their names, as they are to be spelled.
pub(crate) struct Order {
    /// The place of the attribute.
    pub(crate) span: Span,
    pub(crate) names: Vec<Named>,
}

impl Order {
    pub(crate) fn new(arguments: &Arguments) -> Option<Self> {
        let argument = arguments.get("order")?;
        let Value::Order(names) = &argument.value else {
            return None;
        };
        Some(Self {
            span: argument.name,
            names: names.clone(),
        })
    }

    pub(crate) fn names(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<usize> {
        let is = |named: &Named| unraw(&named.name).eq_ignore_ascii_case(name);
        self.names.iter().position(is)
    }

    /// Takes away what goes without saying and is not named; what was written must be.
    pub(crate) fn select(&self, qualifiers: &mut Vec<Qualifier>, faults: &mut Faults) {
        for (index, named) in self.names.iter().enumerate() {
            let name = unraw(&named.name);
            if self.find(&name).is_some_and(|first| first < index) {
                faults.push(named.name.span(), message::order_repeats(name));
            }
        }
        qualifiers.retain(|qualifier| {
            let named = self.names(&qualifier.name);
            if !named && !qualifier.implied {
                faults.push(self.span, message::order_lacks(&qualifier.name));
            }
            named
        });
    }

    /// Those that are named, in this order and spelling.
    fn arrange(&self, mut qualifiers: Vec<Qualifier>, faults: &mut Faults) -> Vec<Qualifier> {
        self.select(&mut qualifiers, faults);
        let mut arranged = Vec::with_capacity(self.names.len());
        for named in &self.names {
            let name = unraw(&named.name);
            let Some(at) = qualifiers.iter().position(|qualifier| qualifier.is(&name)) else {
                if arranged
                    .iter()
                    .all(|qualifier: &Qualifier| !qualifier.is(&name))
                {
                    faults.push(named.name.span(), message::order_unknown(name));
                }
                continue;
            };
            let mut qualifier = qualifiers.remove(at);
            qualifier.name = name.into();
            if !named.flavors.is_empty() {
                qualifier.flavors.clone_from(&named.flavors);
            }
            arranged.push(qualifier);
        }
        arranged
    }
}

/// What is known of the place that qualifiers stand at.
struct Place {
    /// The attributes there are.
    keys: &'static [Key],
    /// The qualifiers that follow from the struct.
    own: &'static [&'static str],
    /// Whether texts are localised, unless the place itself says something else.
    amended: bool,
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

/// The qualifiers of a class.
pub(crate) fn of_class(
    arguments: &Arguments,
    attributes: &[Attribute],
    kind: ClassKind,
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let implied = kind.implied().iter().filter_map(|&name| {
        let value = match name {
            "Provider" if arguments.get("provider").is_some() => return None,
            "Provider" => QualifierValue::Text("WMIProv".to_owned()),
            _ => QualifierValue::Flag,
        };
        Some(Placed {
            rank: FIRST,
            qualifier: Qualifier::new(name, value),
        })
    });
    let implied = implied.collect();
    let place = Place {
        keys: CLASS_KEYS,
        own: kind.own(),
        amended: true,
    };
    let mut qualifiers = merge(arguments, &place, implied, attributes, faults);
    for qualifier in &mut qualifiers {
        if let QualifierValue::Text(guid) = &mut qualifier.value {
            if qualifier.name == "guid" && !arguments.allows("bare_guid") && !guid.starts_with('{')
            {
                *guid = format!("{{{guid}}}");
            }
        }
    }
    ordered(qualifiers, arguments, faults)
}

/// The qualifiers of an item; a counter's `perf_detail` is its class's unless it has its own, and
/// so is whether texts are localised.
pub(crate) fn of_item(
    arguments: &Arguments,
    class: &Arguments,
    counter_type: Option<CounterType>,
    attributes: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let mut implied = Vec::new();
    if arguments.get("read").is_none() {
        implied.push(placed(FIELD_KEYS, "read", QualifierValue::Flag, false));
    }
    if counter_type.is_some() {
        let detail = class.number("perf_detail").unwrap_or(100);
        for (name, value) in [("default_scale", 0), ("perf_detail", detail)] {
            if arguments.get(name).is_none() {
                let value = QualifierValue::Number(value);
                implied.push(placed(FIELD_KEYS, name, value, false));
            }
        }
    }
    let place = Place {
        keys: FIELD_KEYS,
        own: OWN_OF_ITEM,
        amended: class.flag("amended").unwrap_or(true),
    };
    merge(arguments, &place, implied, attributes, faults)
}

/// The qualifiers of a method.
pub(crate) fn of_method(
    arguments: &Arguments,
    attributes: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let implied = vec![Placed {
        rank: FIRST,
        qualifier: Qualifier::new("Implemented", QualifierValue::Flag),
    }];
    let place = Place {
        keys: METHOD_KEYS,
        own: OWN_OF_METHOD,
        amended: true,
    };
    let qualifiers = merge(arguments, &place, implied, attributes, faults);
    ordered(qualifiers, arguments, faults)
}

/// The qualifiers of a parameter.
pub(crate) fn of_parameter(
    arguments: &Arguments,
    method: &Arguments,
    attributes: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let place = Place {
        keys: PARAMETER_KEYS,
        own: OWN_OF_PARAMETER,
        amended: method.flag("amended").unwrap_or(true),
    };
    merge(arguments, &place, Vec::new(), attributes, faults)
}

/// The qualifiers in the order that is asked for, of what has none that follow from a type.
fn ordered(
    qualifiers: Vec<Qualifier>,
    arguments: &Arguments,
    faults: &mut Faults,
) -> Vec<Qualifier> {
    match Order::new(arguments) {
        Some(order) => order.arrange(qualifiers, faults),
        None => qualifiers,
    }
}

fn merge(
    arguments: &Arguments,
    place: &Place,
    mut implied: Vec<Placed>,
    attributes: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let keys = place.keys;
    let amended = arguments.flag("amended").unwrap_or(place.amended);
    let documentation = match arguments.text("description") {
        Some(literal) => Some((literal.value(), literal.span())),
        None => description(attributes, faults),
    };
    if let Some((text, span)) = &documentation {
        check_documentation(text, *span, arguments, faults);
        if arguments.get("description").is_none() {
            let value = QualifierValue::Text(text.clone());
            implied.push(placed(keys, "description", value, amended));
        }
    }
    let documentation = documentation.map(|(text, _)| text);
    let mut qualifiers: Vec<Placed> = arguments
        .iter()
        .filter_map(|argument| written(argument, keys, amended, documentation.as_deref(), faults))
        .collect();
    for mut new in implied {
        let at = attribute::place(qualifiers.iter().map(|other| other.rank), new.rank);
        new.qualifier = new.qualifier.implied();
        qualifiers.insert(at, new);
    }
    check_free(arguments, &qualifiers, place.own, faults);
    qualifiers
        .into_iter()
        .map(|placed| placed.qualifier)
        .collect()
}

/// A free qualifier must not repeat another one.
fn check_free(arguments: &Arguments, qualifiers: &[Placed], own: &[&str], faults: &mut Faults) {
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
        } else if has_attribute || own.iter().any(|own| same(own)) {
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

fn placed(keys: &'static [Key], name: &str, value: QualifierValue, amended: bool) -> Placed {
    let (rank, key) = row(keys, name);
    let name = key.qualifier();
    let mut qualifier = Qualifier::new(name.expect("the attribute becomes a qualifier"), value);
    if amended && matches!(key.becomes, Becomes::Amended(_)) {
        qualifier.flavors.push("AMENDED");
    }
    Placed {
        rank: rank + 1,
        qualifier,
    }
}

/// The qualifier that an attribute was written for, if it makes one.
fn written(
    argument: &Argument,
    keys: &'static [Key],
    amended: bool,
    documentation: Option<&str>,
    faults: &mut Faults,
) -> Option<Placed> {
    let key = argument.key;
    if let Value::Qualifier(free) = &argument.value {
        return Some(Placed {
            rank: keys.len(),
            qualifier: of_free(free, faults),
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
        // No description at all, where a doc comment is for readers of the source only.
        (Value::Text(literal), Becomes::Amended(_)) if literal.value().is_empty() => return None,
        (Value::Text(literal), _) => QualifierValue::Text(literal.value()),
        (Value::Nothing, _) if key.name == "cpp_quote" => match documentation {
            Some(text) => QualifierValue::Text(c_comment(text).collect()),
            None => {
                faults.push(argument.name, message::cpp_quote_empty());
                return None;
            }
        },
        // A bare `counter` counts without a counter type.
        (_, Becomes::Qualifier(_) | Becomes::Amended(_)) => return None,
    };
    Some(placed(keys, key.name, value, amended))
}

/// Gives `WmiSizeIs`, written for a field of the struct, the name that MOF knows.
pub(crate) fn name_count(qualifiers: &mut [Qualifier], count: String) {
    let size_is = qualifiers
        .iter_mut()
        .find(|qualifier| qualifier.name == "WmiSizeIs");
    if let Some(size_is) = size_is {
        size_is.value = QualifierValue::Text(count);
    }
}

/// A qualifier that is written as MOF writes it.
pub(crate) fn of_free(free: &FreeQualifier, faults: &mut Faults) -> Qualifier {
    if free.value.has_nul() {
        faults.push(free.span, message::nul(&free.name));
    }
    let value = QualifierValue::Free(free.value.clone());
    let mut qualifier = Qualifier::new(free.name.clone(), value);
    qualifier.flavors.clone_from(&free.flavors);
    qualifier
}
