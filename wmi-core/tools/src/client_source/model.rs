//! The parts of a schema that a client needs. Owns which classes, items and methods a client can use,
//! and in which role; how they are written is the writers'.

use std::collections::{BTreeMap, BTreeSet};

use wmi_vocabulary::kind::{ClassKind, is_of_instances};

use super::LeftOut;
use crate::Classes;
use crate::classes::Name;
use crate::cooking::{ClassCounter, ClassCounters};
use crate::kind::Uses;
use crate::layout::{Integer, MAX_DEPTH};
use crate::namespace;
use crate::values::{named_bits, named_values};
use wmi_core::schema::{Array, CimType, Class, Method, Property, Qualifier, Value};

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
    /// Whether it is the type of an item or parameter.
    pub(super) is_part: bool,
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
    pub(super) property: Property<'a>,
    /// The names of its values or bits.
    pub(super) named: Option<NamedValues<'a>>,
    /// Whether another item is an array of as many elements as this one says.
    pub(super) is_count: bool,
    /// Whether it is or holds an array of objects.
    pub(super) has_object_arrays: bool,
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
            let mut offered = Vec::new();
            for class in classes.iter() {
                let kind = uses.facts(class, &classes).kind();
                let is_part = uses.is_part(class);
                // A base has no instances of its own; its items belong to the classes below it.
                if kind.is_base() && !is_part {
                    continue;
                }
                if !is_plain(class.name) {
                    model.leave_out(class.name, None, NAME);
                } else if !names.insert(Name(class.name)) {
                    let why = "another class has this name";
                    model.leave_out(class.name, None, why);
                } else {
                    offered.push((class, kind, is_part));
                }
            }
            let known = Known {
                offered: offered.iter().map(|(it, ..)| Name(it.name)).collect(),
                contents: contents(&classes),
                classes: &classes,
            };
            for (class, kind, is_part) in offered {
                let class = model.class(class, kind, is_part, &namespace, &known);
                model.classes.push(class);
            }
        }
        model
    }

    fn class(
        &mut self,
        class: &'a Class<'a>,
        kind: ClassKind,
        is_part: bool,
        namespace: &str,
        known: &Known<'_, 'a>,
    ) -> ClientClass<'a> {
        let classes = known.classes;
        let mut properties: Vec<&'a Property<'a>> = properties(class, classes).collect();
        let mut methods: Vec<&'a Method<'a>> = Vec::new();
        let mut names = BTreeSet::new();
        // The nearest declaration of a name counts.
        for class in core::iter::once(class).chain(classes.bases(class)) {
            let own = class.methods.iter();
            methods.extend(own.filter(|method| names.insert(Name(method.name))));
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
            is_part,
            description: class.qualifiers.text("Description"),
            items: self.items(class.name, properties.into_iter().copied(), known),
            methods: methods
                .into_iter()
                .filter_map(|method| self.method(class, method, known))
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
        known: &Known<'_, 'a>,
    ) -> Option<ClientMethod<'a>> {
        if !is_plain(method.name) {
            self.leave_out(class.name, Some(method.name), NAME);
            return None;
        }
        let inputs = method.inputs().map(|(_, parameter)| *parameter);
        let outputs = method.outputs().map(|(_, parameter)| *parameter);
        // WMI returns the result of a method among its output.
        let result = method.returns.map(|(cim_type, type_name)| {
            Property::new("ReturnValue", cim_type, type_name).with_qualifiers(OUTPUT)
        });
        let count = method.inputs().count();
        let inputs = self.items(class.name, inputs, known);
        if inputs.len() < count {
            let why = "one of its parameters is left out";
            self.leave_out(class.name, Some(method.name), why);
            return None;
        }
        Some(ClientMethod {
            name: method.name,
            description: method.qualifiers.text("Description"),
            inputs,
            outputs: self.items(class.name, outputs.chain(result), known),
        })
    }

    fn items(
        &mut self,
        class: &str,
        properties: impl Iterator<Item = Property<'a>>,
        known: &Known<'_, 'a>,
    ) -> Vec<ClientItem<'a>> {
        let properties: Vec<_> = properties.collect();
        let counts: BTreeSet<_> = properties
            .iter()
            .filter_map(Property::size_is)
            .map(Name)
            .collect();
        let mut items = Vec::with_capacity(properties.len());
        let mut names = BTreeSet::new();
        for property in properties {
            let why = match (property.cim_type, known.object(&property)) {
                _ if !is_plain(property.name) => NAME,
                _ if !names.insert(Name(property.name)) => "another parameter has its name",
                (CimType::Reference, _) => "a driver cannot refer to instances",
                (_, Err(why)) => why,
                (cim_type, Ok(contents)) => {
                    let is_array = property.dimension() != Array::Scalar;
                    items.push(ClientItem {
                        name: property.name,
                        property,
                        named: NamedValues::of(&property),
                        is_count: counts.contains(&Name(property.name)),
                        has_object_arrays: contents.has_arrays
                            || cim_type == CimType::Object && is_array,
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

const OUTPUT: &[Qualifier<'static>] = &[Qualifier::new("out", Value::Boolean(true))];

/// The classes of a namespace.
struct Known<'c, 'a> {
    classes: &'c Classes<'a>,
    /// Those that the client offers.
    offered: BTreeSet<Name<'a>>,
    /// Those whose objects have an end.
    contents: BTreeMap<Name<'a>, Contents>,
}

impl Known<'_, '_> {
    /// Returns the contents of the object that a property embeds, none if it embeds no object.
    ///
    /// # Errors
    ///
    /// Why the object cannot be offered.
    fn object(&self, property: &Property<'_>) -> Result<Contents, &'static str> {
        if property.cim_type != CimType::Object {
            return Ok(Contents::default());
        }
        let class = self.classes.embedded(property);
        let class = class.ok_or("the input does not have the class that it embeds")?;
        let name = Name(class.name);
        if !self.offered.contains(&name) {
            return Err("the class that it embeds is left out");
        }
        match self.contents.get(&name) {
            None => Err("the class that it embeds contains itself"),
            Some(contents) if contents.depth > MAX_DEPTH => Err("objects in it are too deep"),
            Some(contents) => Ok(*contents),
        }
    }
}

/// Returns the properties of a class and its bases; of several of one name the nearest.
fn properties<'a>(
    class: &'a Class<'a>,
    classes: &Classes<'a>,
) -> impl Iterator<Item = &'a Property<'a>> {
    let mut names = BTreeSet::new();
    core::iter::once(class)
        .chain(classes.bases(class))
        .flat_map(|class| class.properties)
        .filter(move |item| names.insert(Name(item.name)))
}

/// What an object of a class contains.
#[derive(Clone, Copy, Default)]
struct Contents {
    /// How deep objects are in it.
    depth: usize,
    /// Whether an array of objects is in it.
    has_arrays: bool,
}

/// Returns the contents of each class whose objects have an end: it contains itself neither directly nor
/// through other classes.
fn contents<'a>(classes: &Classes<'a>) -> BTreeMap<Name<'a>, Contents> {
    // How many of the classes that each class embeds are not known, and which classes embed each.
    let mut open = BTreeMap::new();
    let mut embed: BTreeMap<Name<'a>, Vec<Name<'a>>> = BTreeMap::new();
    let mut contents: BTreeMap<Name<'a>, Contents> = BTreeMap::new();
    let mut found = Vec::new();
    let declared = classes.iter();
    // Of several classes of one name, the first is embedded.
    for class in declared.filter(|class| classes.get(class.name) == Some(*class)) {
        let name = Name(class.name);
        let objects = properties(class, classes);
        let objects = objects.filter(|item| item.cim_type == CimType::Object);
        let mut embedded = BTreeSet::new();
        let mut own = Contents::default();
        for object in objects {
            own.has_arrays |= object.dimension() != Array::Scalar;
            embedded.extend(classes.embedded(object).map(|class| Name(class.name)));
        }
        if embedded.is_empty() {
            found.push(name);
        }
        open.insert(name, (embedded.len(), own));
        for part in embedded {
            embed.entry(part).or_default().push(name);
        }
    }
    while let Some(name) = found.pop() {
        let (_, of_part) = open.get(&name).copied().unwrap_or_default();
        contents.insert(name, of_part);
        for whole in embed.get(&name).into_iter().flatten() {
            if let Some((count, of_whole)) = open.get_mut(whole) {
                of_whole.depth = of_whole.depth.max(of_part.depth.saturating_add(1));
                of_whole.has_arrays |= of_part.has_arrays;
                *count = count.saturating_sub(1);
                if *count == 0 {
                    found.push(*whole);
                }
            }
        }
    }
    contents
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
