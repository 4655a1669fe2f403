//! The qualifiers of a class or item, written and implied. [`wmi_vocabulary::qualifier`] owns the
//! rules for implied qualifiers and their positions.
//!
//! Qualifiers are in the order of their attributes. An implied qualifier precedes the first written
//! one that usually follows it, so attributes in the usual order give qualifiers in the usual
//! order. [`Order`] gives any other order in full.

use std::borrow::Cow;

use proc_macro2::Span;
use syn::Attribute;
use wmi_vocabulary::attribute::{AMENDED, Allow, row_of_qualifier};
use wmi_vocabulary::kind::ClassKind;
use wmi_vocabulary::qualifier::{
    self, DEFAULT_PERF_DETAIL, IMPLIED_BY_METHOD, Implied, ImpliedValue, OWN_OF_ITEM,
    OWN_OF_METHOD, OWN_OF_PARAMETER, implied_by_class, implied_by_item,
};
use wmi_vocabulary::spelling::meant_qualifier;
use wmi_vocabulary::{CounterType, has_nul};

use crate::attribute::{
    ClassAttributes, FieldAttributes, FreeQualifier, FreeValue, MethodAttributes, Named,
    ParameterAttributes, Qualified, Slot, value,
};
use crate::fault::{Faults, message};
use crate::text::{description, unraw};

pub(crate) struct Qualifier {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: QualifierValue,
    /// The names of its flavors' constants.
    pub(crate) flavors: Vec<&'static str>,
    /// Whether it is implied, so that an order may omit it.
    implied: bool,
}

pub(crate) enum QualifierValue {
    Flag,
    False,
    Number(i64),
    Text(String),
    Free(FreeValue),
}

impl From<ImpliedValue> for QualifierValue {
    fn from(value: ImpliedValue) -> Self {
        match value {
            ImpliedValue::True => Self::Flag,
            ImpliedValue::Number(number) => Self::Number(number),
            ImpliedValue::Text(text) => Self::Text(text.to_owned()),
        }
    }
}

impl Qualifier {
    fn new(name: impl Into<Cow<'static, str>>, value: QualifierValue) -> Self {
        Self {
            name: name.into(),
            value,
            flavors: Vec::new(),
            implied: false,
        }
    }

    /// Returns the qualifier, with the flavor `amended` if its text is localised.
    fn amended(mut self, amended: bool) -> Self {
        if amended {
            self.flavors.push("AMENDED");
        }
        self
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// `order(..)`: the names of all qualifiers, in their order and spelling.
pub(crate) struct Order {
    /// The span of the attribute.
    pub(crate) span: Span,
    pub(crate) names: Vec<Named>,
}

impl Order {
    pub(crate) fn new(slot: &Slot<value::Order>) -> Option<Self> {
        Some(Self {
            span: slot.given()?.name,
            names: slot.value()?.0.clone(),
        })
    }

    pub(crate) fn names(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<usize> {
        let is = |named: &Named| unraw(&named.name).eq_ignore_ascii_case(name);
        self.names.iter().position(is)
    }

    /// Removes the implied qualifiers that are not listed. Written qualifiers must be listed.
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

    /// Returns the listed qualifiers, in this order and spelling.
    fn arrange(&self, mut qualifiers: Vec<Qualifier>, faults: &mut Faults) -> Vec<Qualifier> {
        self.select(&mut qualifiers, faults);
        let mut arranged: Vec<Qualifier> = Vec::with_capacity(self.names.len());
        for named in &self.names {
            let name = unraw(&named.name);
            let Some(at) = qualifiers.iter().position(|qualifier| qualifier.is(&name)) else {
                if arranged.iter().all(|qualifier| !qualifier.is(&name)) {
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

/// The place of qualifiers.
struct Place<'p, A> {
    attributes: &'p A,
    /// The Rust attributes, including doc comments.
    rust: &'p [Attribute],
    /// The qualifiers determined by the struct.
    own: &'static [&'static str],
    /// Whether texts are localised, unless the place has its own `amended`.
    amended: bool,
}

/// A qualifier with its rank in the usual order.
struct Placed {
    rank: usize,
    /// The span of its name, if it is a free qualifier.
    free: Option<Span>,
    qualifier: Qualifier,
}

/// The qualifiers of a class.
pub(crate) fn of_class(
    attributes: &ClassAttributes,
    rust: &[Attribute],
    kind: ClassKind,
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let place = Place {
        attributes,
        rust,
        own: kind.own(),
        amended: AMENDED,
    };
    let base = match attributes.base.value() {
        Some(value::Class::Name(literal)) => Some(literal.value()),
        _ => None,
    };
    let implied = implied_by_class(kind, base.as_deref());
    let mut qualifiers = merge(&place, implied, faults);
    for qualifier in &mut qualifiers {
        if let QualifierValue::Text(guid) = &mut qualifier.value {
            let bare = attributes.allow.has(Allow::BareGuid) || guid.starts_with('{');
            if qualifier.name == "guid" && !bare {
                *guid = format!("{{{guid}}}");
            }
        }
    }
    ordered(qualifiers, attributes, faults)
}

/// The qualifiers of an item. The class determines the default of `perf_detail` for counters, and
/// whether texts are localised.
pub(crate) fn of_item(
    attributes: &FieldAttributes,
    class: &ClassAttributes,
    counter_type: Option<CounterType>,
    rust: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let perf_detail = counter_type.map(|_| {
        let detail = class.perf_detail.value();
        detail.map_or(DEFAULT_PERF_DETAIL, |detail| detail.0)
    });
    let place = Place {
        attributes,
        rust,
        own: OWN_OF_ITEM,
        amended: class.amended.flag().unwrap_or(AMENDED),
    };
    merge(&place, implied_by_item(perf_detail), faults)
}

/// The qualifiers of a method.
pub(crate) fn of_method(
    attributes: &MethodAttributes,
    rust: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let place = Place {
        attributes,
        rust,
        own: OWN_OF_METHOD,
        amended: AMENDED,
    };
    let qualifiers = merge(&place, IMPLIED_BY_METHOD.iter().copied(), faults);
    ordered(qualifiers, attributes, faults)
}

/// The qualifiers of a parameter. Texts are localised as those of the method.
pub(crate) fn of_parameter(
    attributes: &ParameterAttributes,
    method: &MethodAttributes,
    rust: &[Attribute],
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let place = Place {
        attributes,
        rust,
        own: OWN_OF_PARAMETER,
        amended: method.amended.flag().unwrap_or(AMENDED),
    };
    merge(&place, [], faults)
}

/// The qualifiers of a class or method in the requested order. An item also has qualifiers implied
/// by its type, so its order is applied where the type is known.
fn ordered(
    qualifiers: Vec<Qualifier>,
    attributes: &impl Qualified,
    faults: &mut Faults,
) -> Vec<Qualifier> {
    match Order::new(attributes.order()) {
        Some(order) => order.arrange(qualifiers, faults),
        None => qualifiers,
    }
}

/// The written qualifiers merged with the implied ones.
fn merge<A: Qualified>(
    place: &Place<'_, A>,
    implied: impl IntoIterator<Item = Implied>,
    faults: &mut Faults,
) -> Vec<Qualifier> {
    let attributes = place.attributes;
    let amended = attributes.amended().flag().unwrap_or(place.amended);
    let written = attributes.description().value();
    let documentation = match written {
        Some(value::Caption(literal)) => Some((literal.value(), literal.span())),
        None => description(place.rust, faults),
    };
    let mut qualifiers = written_qualifiers(
        attributes,
        amended,
        documentation.as_ref().map(|(text, _)| text.as_str()),
        faults,
    );
    let is_given = |implied: &Implied| {
        let slots = attributes.slots();
        let mut slots = slots.iter().filter(|slot| slot.name().is_some());
        slots.any(|slot| slot.key().qualifier() == Some(implied.name))
    };
    let implied = implied.into_iter().filter(|implied| !is_given(implied));
    let mut all: Vec<(usize, Qualifier)> = implied
        .map(|implied| {
            (
                implied.rank,
                Qualifier::new(implied.name, implied.value.into()),
            )
        })
        .collect();
    if let (Some((text, span)), false) = (documentation, attributes.description().is_given()) {
        if has_nul(&text) {
            faults.push(span, message::nul("description"));
        }
        if let Some((rank, _)) = row_of_qualifier(A::KEYS, DESCRIPTION) {
            let qualifier = Qualifier::new(DESCRIPTION, QualifierValue::Text(text));
            all.push((rank, qualifier.amended(amended)));
        }
    }
    for (rank, mut qualifier) in all {
        let at = qualifier::place(qualifiers.iter().map(|other| other.rank), rank);
        qualifier.implied = true;
        let placed = Placed {
            rank,
            free: None,
            qualifier,
        };
        qualifiers.insert(at, placed);
    }
    check_free(attributes, &qualifiers, place.own, faults);
    qualifiers
        .into_iter()
        .map(|placed| placed.qualifier)
        .collect()
}

const DESCRIPTION: &str = "Description";

/// The written qualifiers, as attributes or free, in source order.
fn written_qualifiers<A: Qualified>(
    attributes: &A,
    amended: bool,
    documentation: Option<&str>,
    faults: &mut Faults,
) -> Vec<Placed> {
    let mut placed = Vec::new();
    for (slot, rank) in attributes.slots().into_iter().zip(1..) {
        let Some(written) = slot.written(documentation) else {
            continue;
        };
        match (written.value, written.key.qualifier()) {
            (Ok(value), Some(name)) => {
                let is_amended = amended && written.key.is_amended();
                let placed_qualifier = Placed {
                    rank,
                    free: None,
                    qualifier: Qualifier::new(name, value).amended(is_amended),
                };
                placed.push((written.position, placed_qualifier));
            }
            (Err(fault), _) => faults.push(written.name, fault),
            (Ok(_), None) => {}
        }
    }
    for (given, free) in attributes.free().all() {
        let placed_qualifier = Placed {
            rank: A::KEYS.len(),
            free: Some(free.span),
            qualifier: of_free(free, faults),
        };
        placed.push((given.position, placed_qualifier));
    }
    placed.sort_by_key(|(position, _)| *position);
    placed.into_iter().map(|(_, placed)| placed).collect()
}

/// Checks that a free qualifier does not repeat another one and is not misspelt.
fn check_free(
    attributes: &impl Qualified,
    qualifiers: &[Placed],
    own: &[&str],
    faults: &mut Faults,
) {
    for (index, placed) in qualifiers.iter().enumerate() {
        let Some(span) = placed.free else { continue };
        let name = &placed.qualifier.name;
        let mut earlier = qualifiers.iter().take(index);
        let mut all = qualifiers.iter();
        if earlier.any(|other| other.free.is_some() && other.qualifier.is(name)) {
            faults.push(span, message::duplicate(name));
        } else if all.any(|other| other.free.is_none() && other.qualifier.is(name))
            || own.iter().any(|own| placed.qualifier.is(own))
        {
            faults.push(span, message::own_qualifier(name));
        } else if let Some(near) = meant_qualifier(name) {
            if !attributes.allow().has(Allow::Spelling) {
                faults.push(span, message::misspelt_qualifier(name, near));
            }
        }
    }
}

/// Replaces the field's name in `WmiSizeIs` by the MOF name.
pub(crate) fn name_count(qualifiers: &mut [Qualifier], count: String) {
    let size_is = qualifiers
        .iter_mut()
        .find(|qualifier| qualifier.name == "WmiSizeIs");
    if let Some(size_is) = size_is {
        size_is.value = QualifierValue::Text(count);
    }
}

/// Returns a free qualifier.
pub(crate) fn of_free(free: &FreeQualifier, faults: &mut Faults) -> Qualifier {
    if free.value.has_nul() {
        faults.push(free.span, message::nul(&free.name));
    }
    let value = QualifierValue::Free(free.value.clone());
    let mut qualifier = Qualifier::new(free.name.clone(), value);
    qualifier.flavors.clone_from(&free.flavors);
    qualifier
}
