//! Compile-time checks of a schema's classes against each other.
//!
//! Constant functions have neither iterators nor formatting, hence the loops and [`Message`].
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic in a constant is a compile error"
)]

use super::index::{Index, hash_guid, hash_name};
use super::name::{same_guid, same_name};
use super::qualifier::integer;
use super::{CimType, Class, Method, Property, Qualifier, Schema, Value};
use crate::{CounterType, Guid};
use wmi_vocabulary::base::{self, BaseFault};
use wmi_vocabulary::near;
use wmi_vocabulary::system_class::{self, is_base, is_standard_block};

impl<'a> Schema<'a> {
    /// Creates a schema of these classes in `\\.\root\wmi`, the namespace of drivers' classes.
    ///
    /// The check takes time in proportion to the classes, up to 3,072 of them; every further class
    /// is compared with all others beyond that number, and a constant with that many classes may
    /// need `#[allow(long_running_const_eval)]`.
    ///
    /// # Panics
    ///
    /// If the classes break a rule. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn new(classes: &'a [&'a Class<'a>]) -> Self {
        Self::with_external_bases(classes, &[])
    }

    /// Creates a schema whose classes may also derive from these external bases, besides
    /// [`SYSTEM_BASES`](Self::SYSTEM_BASES).
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    #[must_use]
    #[track_caller]
    pub const fn with_external_bases(classes: &'a [&'a Class<'a>], external: &[&str]) -> Self {
        check(classes, external);
        Self::published(classes)
    }

    /// Returns whether [`with_external_bases`](Self::with_external_bases) accepts these classes.
    #[must_use]
    pub const fn is_sound(classes: &[&Class<'_>], external: &[&str]) -> bool {
        fault(classes, external).is_none()
    }
}

/// Panics with the faulty names if a rule is broken.
#[track_caller]
const fn check(classes: &[&Class<'_>], external: &[&str]) {
    if let Some(fault) = fault(classes, external) {
        fault.panic();
    }
}

/// Returns the first broken rule. Linear in the number of classes, as the compiler limits the
/// steps.
const fn fault(classes: &[&Class<'_>], external: &[&str]) -> Option<Message> {
    let mut before = Before {
        classes,
        names: Index::new(),
        guids: Index::new(),
    };
    let mut index = 0;
    while index < classes.len() {
        let class = classes[index];
        let name = hash_name(class.name);
        let guid = guid(class);
        let faults = [
            repeated(class, name, guid, &before),
            unknown_base(class, &before, external),
            second_abstract(class, &before),
            methods_fault(class),
            item_fault(class, class.properties, &before),
            standard_block(class),
            base_fault(class),
        ];
        let mut next = 0;
        while next < faults.len() {
            if faults[next].is_some() {
                return faults[next];
            }
            next += 1;
        }
        let mut method = 0;
        while method < class.methods.len() {
            let fault = item_fault(class, class.methods[method].parameters, &before);
            if fault.is_some() {
                return fault;
            }
            method += 1;
        }
        before.names.push(Some(name));
        before.guids.push(match guid {
            Some(guid) => Some(hash_guid(guid)),
            None => None,
        });
        index += 1;
    }
    None
}

/// The classes before the current one.
struct Before<'a> {
    /// All classes, including those after it.
    classes: &'a [&'a Class<'a>],
    names: Index,
    guids: Index,
}

impl<'a> Before<'a> {
    const fn by_name(&self, name: &str) -> Option<usize> {
        self.by_hashed_name(hash_name(name), name)
    }

    const fn by_hashed_name(&self, hash: u32, name: &str) -> Option<usize> {
        let mut candidates = self.names.candidates(hash);
        while let Some(position) = candidates.next() {
            if same_name(self.classes[position].name, name) {
                return Some(position);
            }
        }
        None
    }

    const fn by_guid(&self, wanted: Guid) -> Option<&'a Class<'a>> {
        let mut candidates = self.guids.candidates(hash_guid(wanted));
        while let Some(position) = candidates.next() {
            let class = self.classes[position];
            match guid(class) {
                Some(guid) if same_guid(guid, wanted) => return Some(class),
                _ => {}
            }
        }
        None
    }
}

const fn repeated(
    class: &Class<'_>,
    name: u32,
    guid: Option<Guid>,
    before: &Before<'_>,
) -> Option<Message> {
    if let Some(position) = before.by_hashed_name(name, class.name) {
        let fault = Message::new("two classes have the same name: ");
        return Some(fault.pair(before.classes[position].name, class.name));
    }
    if let Some(guid) = guid {
        if let Some(other) = before.by_guid(guid) {
            let fault = Message::new("two classes have the same GUID: ");
            let fault = fault.pair(other.name, class.name);
            return Some(fault.push("; generate a fresh one"));
        }
    }
    None
}

const fn unknown_base(
    class: &Class<'_>,
    before: &Before<'_>,
    external: &[&str],
) -> Option<Message> {
    let Some(base) = class.superclass else {
        return None;
    };
    if before.by_name(base).is_some() || is_base(base) || contains(external, base) {
        return None;
    }
    let fault = Message::about(class.name, " derives from ").quote(base);
    if contains_class(before.classes, base) {
        return Some(fault.push(", which is not listed before it; move it"));
    }
    let fault = fault
        .push(", which is unknown; list its `CLASS` first, or name it in `with_external_bases`");
    Some(match nearest(base, class, before, external) {
        Some(near) => fault.push("; did you mean ").quote(near).push("?"),
        None => fault,
    })
}

/// Returns the known base with the name nearest to a misspelt one.
const fn nearest<'a>(
    name: &str,
    class: &Class<'_>,
    before: &Before<'a>,
    external: &[&'a str],
) -> Option<&'a str> {
    let mut found: Option<(usize, &str)> = None;
    let lists = [system_class::BASES, external];
    let mut list = 0;
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            found = nearer(name, lists[list][index], found);
            index += 1;
        }
        list += 1;
    }
    let mut index = 0;
    while index < before.classes.len() {
        // A class cannot be its own base.
        if !same_name(before.classes[index].name, class.name) {
            found = nearer(name, before.classes[index].name, found);
        }
        index += 1;
    }
    match found {
        Some((_, near)) => Some(near),
        None => None,
    }
}

/// Returns the nearer of `other` and the nearest name so far, with its distance.
const fn nearer<'a>(
    name: &str,
    other: &'a str,
    found: Option<(usize, &'a str)>,
) -> Option<(usize, &'a str)> {
    let Some(distance) = near::distance(name, other) else {
        return found;
    };
    match found {
        Some((least, _)) if least <= distance => found,
        _ if near::is_near(distance, name, other) => Some((distance, other)),
        _ => found,
    }
}

/// Finds a second abstract class in a hierarchy. WMI allows only one, and `WMIEvent` is abstract.
const fn second_abstract(class: &Class<'_>, before: &Before<'_>) -> Option<Message> {
    if !is_abstract(class) {
        return None;
    }
    let mut below = before.classes.len();
    let mut base = class.superclass;
    while let Some(name) = base {
        let ancestor = match before.by_name(name) {
            // Only earlier positions: otherwise a class with a system base's name would make a
            // cycle.
            Some(position) if position < below => Some(position),
            _ => None,
        };
        let abstract_ancestor = match ancestor {
            Some(position) => is_abstract(before.classes[position]),
            None => same_name(name, "WMIEvent"),
        };
        if abstract_ancestor {
            let fault = Message::new("a hierarchy has two abstract classes: ");
            return Some(fault.pair(name, class.name));
        }
        let Some(position) = ancestor else {
            return None;
        };
        base = before.classes[position].superclass;
        below = position;
    }
    None
}

const fn is_abstract(class: &Class<'_>) -> bool {
    let qualifiers = class.qualifiers.written();
    let mut index = 0;
    while index < qualifiers.len() {
        if same_name(qualifiers[index].name, "abstract") {
            return true;
        }
        index += 1;
    }
    false
}

/// Finds an item with an unknown embedded class, or with a default of the wrong type. One loop for
/// both, as the compiler limits the steps.
const fn item_fault(
    class: &Class<'_>,
    items: &[Property<'_>],
    before: &Before<'_>,
) -> Option<Message> {
    let mut index = 0;
    while index < items.len() {
        let item = &items[index];
        if matches!(item.cim_type, CimType::Object) && before.by_name(item.type_name).is_none() {
            let fault = Message::about(class.name, " contains ")
                .quote(item.type_name)
                .push(", which is not listed before it; ");
            let is_later = contains_class(before.classes, item.type_name);
            let fault = fault.push(if is_later { "move" } else { "add" });
            return Some(fault.push(" `").push(item.type_name).push("::CLASS`"));
        }
        if item.default.is_some() && !item.default_fits() {
            let fault = Message::new("a default value does not have the type of its property: ");
            return Some(fault.pair(item.name, class.name));
        }
        index += 1;
    }
    None
}

/// A counter without its base, or a base without its counter. Those of the derive are checked by it,
/// which also knows what the source allows.
const fn base_fault(class: &Class<'_>) -> Option<Message> {
    if class.derived.0 {
        return None;
    }
    let mut index = 0;
    while index < class.properties.len() {
        let property = &class.properties[index];
        index += 1;
        let item = base_item(property);
        let (Some(counter), Some(id)) = (item.counter, integer(property.qualifiers, "WmiDataId"))
        else {
            continue;
        };
        let next = item_of_id(class, id + 1);
        if let (Some(fault), Some(wanted)) = (base::of_counter(item, next), counter.base()) {
            let needs = Message::about(item.name, " needs its base right behind it, ")
                .push("`")
                .push(item.name)
                .push(base::SUFFIX)
                .push("` of the type ")
                .push(counter_name(wanted));
            let found = match (fault, next) {
                (BaseFault::Type | BaseFault::Name, Some(next)) => {
                    needs.push("; correct ").quote(next.name)
                }
                _ => needs.push("; add it"),
            };
            return Some(found.push(" in ").quote(class.name));
        }
        if base::of_base(item_of_id(class, id - 1), item).is_some() {
            let fault = Message::about(item.name, " of ").quote(class.name);
            return Some(fault.push(
                " is the base of a counter, but the item before it does not need one; move it \
                 right behind its counter",
            ));
        }
    }
    None
}

/// The item of this id, as the rule of bases sees it.
const fn item_of_id<'a>(class: &Class<'a>, id: i64) -> Option<base::CounterItem<'a>> {
    let mut index = 0;
    while index < class.properties.len() {
        let property = &class.properties[index];
        match integer(property.qualifiers, "WmiDataId") {
            Some(other) if other == id => return Some(base_item(property)),
            _ => {}
        }
        index += 1;
    }
    None
}

const fn base_item<'a>(property: &Property<'a>) -> base::CounterItem<'a> {
    base::CounterItem {
        name: property.name,
        counter: property.counter_type(),
    }
}

const fn counter_name(counter: CounterType) -> &'static str {
    let mut known = CounterType::ALL;
    while let [(name, other), rest @ ..] = known {
        if other.value() == counter.value() {
            return name;
        }
        known = rest;
    }
    ""
}

const fn contains_class(classes: &[&Class<'_>], name: &str) -> bool {
    let mut index = 0;
    while index < classes.len() {
        if same_name(classes[index].name, name) {
            return true;
        }
        index += 1;
    }
    false
}

const fn standard_block(class: &Class<'_>) -> Option<Message> {
    if !is_standard_block(class.name) {
        return None;
    }
    let fault = Message::about(class.name, " is a standard block that Windows declares");
    Some(fault.push("; leave it out of the schema, or rename it"))
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same_name(names[index], name) {
            return true;
        }
        index += 1;
    }
    false
}

/// Returns the GUID of a class, if it is valid.
const fn guid(class: &Class<'_>) -> Option<Guid> {
    let qualifiers: &[Qualifier<'_>] = class.qualifiers.written();
    let mut index = 0;
    while index < qualifiers.len() {
        if let Value::String(text) = qualifiers[index].value {
            if same_name(qualifiers[index].name, "guid") {
                return match Guid::parse(text) {
                    Ok(guid) => Some(guid),
                    Err(_) => None,
                };
            }
        }
        index += 1;
    }
    None
}

/// Panics if two methods of a class have the same name or id.
#[track_caller]
pub(crate) const fn methods(class: &Class<'_>) {
    if let Some(fault) = methods_fault(class) {
        fault.panic();
    }
}

const fn methods_fault(class: &Class<'_>) -> Option<Message> {
    let mut index = 0;
    while index < class.methods.len() {
        let method = &class.methods[index];
        let mut other = 0;
        while other < index {
            let before = &class.methods[other];
            if same_name(method.name, before.name) {
                let fault = Message::new("two methods have the same name: ");
                return Some(fault.pair(before.name, method.name));
            }
            if let (Some(id), Some(before_id)) = (method_id(method), method_id(before)) {
                if id == before_id {
                    let fault = Message::new("two methods have the same `id`: ");
                    return Some(fault.pair(before.name, method.name));
                }
            }
            other += 1;
        }
        index += 1;
    }
    None
}

/// Panics: the default value of a property does not have its type.
#[track_caller]
pub(crate) const fn wrong_default(property: &Property<'_>) -> ! {
    Message::new("the default value of ")
        .quote(property.name)
        .push(" does not fit its type ")
        .quote(property.type_name)
        .push("; write ")
        .push(match property.cim_type {
            CimType::Datetime => crate::block::datetime::FORMS,
            _ => "one of that type",
        })
        .panic()
}

/// Panics: the data of an event is too large.
#[track_caller]
pub(crate) const fn large_event(size: usize, limit: usize) -> ! {
    Message::new("the data of an event has at most ")
        .number(limit)
        .push(" bytes, so that its WNODE fits in 1 KB, but this has ")
        .number(size)
        .panic()
}

/// Panics: no array names a count.
#[track_caller]
pub(crate) const fn idle_count(name: &str) -> ! {
    Message::about(
        name,
        " does not count any array; name it in the `size_is` of an array",
    )
    .panic()
}

/// Panics with the fault of a class or a method.
#[track_caller]
pub(crate) const fn refuse(name: &str, why: &str) -> ! {
    Message::about(name, why).panic()
}

const fn method_id(method: &Method<'_>) -> Option<i64> {
    integer(method.qualifiers, "WmiMethodId")
}

/// A text assembled from pieces; cut off if it does not fit.
#[derive(Clone, Copy)]
pub(crate) struct Message {
    bytes: [u8; 256],
    length: usize,
}

impl Message {
    pub(crate) const fn new(text: &str) -> Self {
        Self {
            bytes: [0; 256],
            length: 0,
        }
        .push(text)
    }

    /// Begins a sentence with a name.
    pub(crate) const fn about(name: &str, text: &str) -> Self {
        Self::new("").quote(name).push(text)
    }

    pub(crate) const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() && self.length < self.bytes.len() {
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    const fn number(self, number: usize) -> Self {
        let mut digits = [b'0'; 20];
        let (mut rest, mut first) = (number, digits.len() - 1);
        loop {
            #[expect(clippy::as_conversions, reason = "a digit")]
            let digit = (rest % 10) as u8;
            digits[first] += digit;
            rest /= 10;
            if rest == 0 {
                break;
            }
            first -= 1;
        }
        match core::str::from_utf8(digits.split_at(first).1) {
            Ok(text) => self.push(text),
            Err(_) => self,
        }
    }

    pub(crate) const fn pair(self, first: &str, second: &str) -> Self {
        self.quote(first).push(" and ").quote(second)
    }

    /// Adds a qualifier and its item.
    pub(super) const fn qualifier(self, name: &str, item: &str) -> Self {
        self.quote(name).push(" of ").quote(item)
    }

    pub(crate) const fn quote(self, name: &str) -> Self {
        self.push("`").push(name).push("`")
    }

    #[track_caller]
    pub(crate) const fn panic(&self) -> ! {
        match core::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => panic!("{}", text),
            // A name was cut in the middle of a character.
            Err(_) => panic!("the classes of the schema contradict each other"),
        }
    }
}
