//! The parts of a schema that a client needs. Owns which classes, items and methods a client can use,
//! and in which role; how they are written is the writers'.

use std::collections::BTreeSet;

use wmi_vocabulary::kind::{ClassKind, is_of_instances};

use super::LeftOut;
use crate::Classes;
use crate::classes::Name;
use crate::cooking::{ClassCounter, ClassCounters};
use crate::kind::Uses;
use crate::layout::Integer;
use crate::namespace;
use crate::values::{named_bits, named_values};
use wmi_core::schema::{Array, CimType, Class, Method, Property};

/// The classes that a client uses.
pub(super) struct Model<'a> {
    pub(super) classes: Vec<ClientClass<'a>>,
    pub(super) left_out: Vec<LeftOut>,
}

/// A class as a client sees it.
pub(super) struct ClientClass<'a> {
    pub(super) name: &'a str,
    /// `root\wmi`.
    pub(super) namespace: String,
    pub(super) kind: ClassKind,
    pub(super) description: Option<&'a str>,
    /// The properties of the class and its bases: those that WMI fills in, then the items of the
    /// data block by their ids.
    pub(super) items: Vec<ClientItem<'a>>,
    pub(super) methods: Vec<ClientMethod<'a>>,
    pub(super) counters: Vec<ClassCounter<'a>>,
}

/// A property or parameter as a client sees it.
#[derive(Clone)]
pub(super) struct ClientItem<'a> {
    pub(super) name: &'a str,
    pub(super) property: &'a Property<'a>,
    /// The names of its values or bits.
    pub(super) named: Option<NamedValues<'a>>,
    /// Whether another item is an array of as many elements as this one says.
    pub(super) is_count: bool,
}

/// The named values or bits of an integer, those that it can hold.
#[derive(Clone)]
pub(super) struct NamedValues<'a> {
    /// Whether a value may have several of the names, each a bit or a group of bits.
    pub(super) is_flags: bool,
    /// Each number and its name; at least one.
    pub(super) names: Vec<(i128, &'a str)>,
}

/// A method as a client sees it.
pub(super) struct ClientMethod<'a> {
    pub(super) name: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) inputs: Vec<ClientItem<'a>>,
    pub(super) outputs: Vec<ClientItem<'a>>,
}

impl<'a> Model<'a> {
    pub(super) fn of(classes: &Classes<'a>) -> Self {
        let mut model = Self {
            classes: Vec::new(),
            left_out: Vec::new(),
        };
        let mut names = BTreeSet::new();
        for (namespace, classes) in classes.by_namespace() {
            let namespace = namespace.unwrap_or_else(|| namespace::normal("root\\wmi"));
            let uses = Uses::new(&classes);
            for class in classes.iter() {
                let kind = uses.facts(class, &classes).kind();
                // A base has no instances of its own; its items belong to the classes below it.
                if kind.is_base() {
                    continue;
                }
                if !is_plain(class.name) {
                    model.leave_out(class.name, None, NAME);
                } else if !names.insert(Name(class.name)) {
                    let why = "another namespace has a class of this name";
                    model.leave_out(class.name, None, why);
                } else {
                    let class = model.class(class, kind, &namespace, &classes);
                    model.classes.push(class);
                }
            }
        }
        model
    }

    fn class(
        &mut self,
        class: &'a Class<'a>,
        kind: ClassKind,
        namespace: &str,
        classes: &Classes<'a>,
    ) -> ClientClass<'a> {
        let mut properties: Vec<&'a Property<'a>> = Vec::new();
        let mut methods: Vec<&'a Method<'a>> = Vec::new();
        let mut known = (BTreeSet::new(), BTreeSet::new());
        // The nearest declaration of a name counts.
        for class in core::iter::once(class).chain(classes.bases(class)) {
            let own = class.properties.iter();
            properties.extend(own.filter(|item| known.0.insert(Name(item.name))));
            let own = class.methods.iter();
            methods.extend(own.filter(|method| known.1.insert(Name(method.name))));
        }
        properties.sort_by_key(|item| (!is_of_instances(item.name), item.data_id()));
        let counters = match ClassCounters::of(class, classes) {
            Ok(counters) => counters.counters().to_vec(),
            Err(_) => Vec::new(),
        };
        ClientClass {
            name: class.name,
            namespace: namespace.to_owned(),
            kind,
            description: class.qualifiers.text("Description"),
            items: self.items(class.name, &properties, classes),
            methods: methods
                .into_iter()
                .filter_map(|method| self.method(class, method, classes))
                .collect(),
            counters: counters
                .into_iter()
                .filter(|counter| !counter.counter_type.is_base())
                .collect(),
        }
    }

    fn method(
        &mut self,
        class: &Class<'a>,
        method: &'a Method<'a>,
        classes: &Classes<'a>,
    ) -> Option<ClientMethod<'a>> {
        if !is_plain(method.name) {
            self.leave_out(class.name, Some(method.name), NAME);
            return None;
        }
        let inputs: Vec<_> = method.inputs().map(|(_, parameter)| parameter).collect();
        let outputs: Vec<_> = method.outputs().map(|(_, parameter)| parameter).collect();
        Some(ClientMethod {
            name: method.name,
            description: method.qualifiers.text("Description"),
            inputs: self.items(class.name, &inputs, classes),
            outputs: self.items(class.name, &outputs, classes),
        })
    }

    fn items(
        &mut self,
        class: &str,
        properties: &[&'a Property<'a>],
        classes: &Classes<'a>,
    ) -> Vec<ClientItem<'a>> {
        let counts: BTreeSet<_> = properties
            .iter()
            .filter_map(|item| item.size_is())
            .map(Name)
            .collect();
        let mut items = Vec::with_capacity(properties.len());
        for &property in properties {
            let why = match property.cim_type {
                _ if !is_plain(property.name) => NAME,
                CimType::Object if classes.embedded(property).is_none() => {
                    "the input does not have the class that it embeds"
                }
                CimType::Reference => "a driver cannot refer to instances",
                _ => {
                    items.push(ClientItem {
                        name: property.name,
                        property,
                        named: NamedValues::of(property),
                        is_count: counts.contains(&Name(property.name)),
                    });
                    continue;
                }
            };
            self.leave_out(class, Some(property.name), why);
        }
        items
    }

    fn leave_out(&mut self, class: &str, member: Option<&str>, why: &str) {
        self.left_out.push(LeftOut {
            class: class.to_owned(),
            member: member.map(str::to_owned),
            why: why.to_owned(),
        });
    }
}

const NAME: &str = "its name is not made of ASCII letters, digits and underscores";

/// Whether a name can stand in source text of any language as it is.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl<'a> NamedValues<'a> {
    /// Returns the names of an item's values or else bits, if it has some.
    fn of(property: &Property<'a>) -> Option<Self> {
        let integer = Integer::from_cim_type(property.cim_type)?;
        let values = named_values(property);
        let values = values.iter().filter_map(|it| Some((it.number?, it.name?)));
        let bits = named_bits(property);
        let bits = bits
            .iter()
            .filter_map(|it| Some((it.mask.into(), it.name?)));
        let held = |(number, name)| Some((held(number, integer)?, name));
        let values: Vec<_> = values.filter_map(held).collect();
        let (is_flags, names) = match values.is_empty() {
            true => (true, bits.filter_map(held).collect()),
            false => (false, values),
        };
        (!names.is_empty()).then_some(Self { is_flags, names })
    }
}

/// Returns the number as the item holds it: a bit pattern beyond the range of a signed item becomes
/// negative.
fn held(number: i128, integer: Integer) -> Option<i128> {
    let width = u32::try_from(integer.size().checked_mul(8)?).ok()?;
    let whole = 1i128.checked_shl(width)?;
    let half = whole.checked_shr(1)?;
    let is_signed = matches!(
        integer,
        Integer::I8 | Integer::I16 | Integer::I32 | Integer::I64
    );
    let least = if is_signed { half.checked_neg()? } else { 0 };
    match number {
        _ if number < least || number >= whole => None,
        _ if is_signed && number >= half => number.checked_sub(whole),
        _ => Some(number),
    }
}

impl ClientClass<'_> {
    /// Returns whether instances of it can be queried.
    pub(super) fn has_instances(&self) -> bool {
        matches!(self.kind, ClassKind::Registered | ClassKind::Static)
    }

    /// Returns the items that a client can set.
    pub(super) fn writable(&self) -> impl Iterator<Item = &ClientItem<'_>> {
        self.items
            .iter()
            .filter(|item| item.property.qualifiers.flag("write"))
    }
}

impl<'a> ClientItem<'a> {
    /// Returns the description.
    pub(super) fn description(&self) -> Option<&'a str> {
        self.property.qualifiers.text("Description")
    }

    /// Returns whether it is an array.
    pub(super) fn is_array(&self) -> bool {
        self.property.dimension() != Array::Scalar
    }

    /// Returns whether it is a span of time instead of a date.
    pub(super) fn is_interval(&self) -> bool {
        let subtype = self.property.qualifiers.text("SubType");
        subtype.is_some_and(|it| it.eq_ignore_ascii_case("interval"))
    }
}
