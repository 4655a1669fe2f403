//! Rules about properties: `InstanceName` and `Active`, ids, types, arrays, counters.

use std::collections::BTreeSet;

use super::Rule;
use super::context::{Context, Role};
use crate::bases::{Misplaced, misplaced, seen};
use crate::layout::BlockLayout;
use crate::layout::{Integer, LayoutFault};
use crate::values::fault_of_bit_map;
use crate::{classes::Name, place::Place};
use wmi_core::schema::{Array, CimType, Class, Property, Value};
use wmi_core::{CounterSize, DateTime, TimeBase};
use wmi_vocabulary::base::{BaseFault, SUFFIX, is_name_of_base};
use wmi_vocabulary::kind::is_of_instances;
use wmi_vocabulary::qualifier::Range;

impl<'a> Context<'_, 'a> {
    pub(super) fn items(&mut self, class: &'a Class<'a>) {
        let place = Place::class(class);
        let mut names = BTreeSet::new();
        for property in class.properties {
            let place = place.inner(property.name);
            self.qualifiers(place, property.qualifiers);
            if !names.insert(Name(property.name)) {
                let message = "the class has two properties of this name; rename one";
                self.report(Rule::DuplicateMember, place, message);
            }
        }
        let role = self.role(class);
        if matches!(role, Role::Foreign | Role::TraceControl) {
            return;
        }
        if role.has_instances() {
            self.instance_pair(class, place);
            if self.is_embedded(class) {
                let message = "other classes embed this one; remove `InstanceName` and `Active`";
                self.report(Rule::EmbeddedInstance, place, message);
            }
        }
        let all = self.all_properties(class);
        for property in class.properties {
            let place = place.inner(property.name);
            if is_of_instances(property.name) {
                if property.data_id().is_some() {
                    let message = "this is not an item of the data block; remove `WmiDataId`";
                    self.report(Rule::InstanceDataId, place, message);
                }
                continue;
            }
            if property.qualifiers.flag("key") {
                let message = "`InstanceName` is the only key; remove `key`";
                self.report(Rule::OtherKey, place, message);
            }
            if property.qualifier("WmiDataId").is_none() && !role.is_base() {
                let message = "add the qualifier `WmiDataId`";
                self.report(Rule::MissingDataId, place, message);
            }
            self.item(place, property);
            self.array(place, property, &all, |_| true);
            self.event_control(place, class, property);
        }
        self.data_ids(class, place);
        self.counter_bases(class, place);
        self.counter_names(class, place);
        self.block(class, place);
    }

    /// Returns the properties of a class: those of its bases first, without redeclared ones.
    fn all_properties(&self, class: &'a Class<'a>) -> Vec<&'a Property<'a>> {
        let bases = self.classes.bases(class);
        let inherited = bases.iter().rev().flat_map(|base| base.properties);
        let again = |item: &&Property<'_>| class.property(item.name).is_some();
        inherited
            .filter(|item| !again(item))
            .chain(class.properties)
            .collect()
    }

    fn instance_pair(&mut self, class: &'a Class<'a>, place: Place<'a>) {
        let own = |name| {
            class
                .properties
                .iter()
                .find(|it| Name(it.name) == Name(name))
        };
        let inherited = |name| {
            let mut bases = self.classes.bases(class).into_iter();
            !self.knows_bases(class) || bases.any(|base| base.property(name).is_some())
        };
        let (name, active) = (own("InstanceName"), own("Active"));
        let (base_name, base_active) = (inherited("InstanceName"), inherited("Active"));
        match name {
            Some(property) => {
                let place = place.inner(property.name);
                let scalar = property.cim_type == CimType::String && is_scalar(property);
                if !scalar || !property.qualifiers.flag("key") {
                    let message = "declare it as `[key, read] string InstanceName`";
                    self.report(Rule::InstanceNameForm, place, message);
                }
            }
            None if base_name => {}
            None => {
                let message = "add `[key, read] string InstanceName`";
                self.report(Rule::MissingInstanceName, place, message);
            }
        }
        match active {
            Some(property) => {
                if property.cim_type != CimType::Boolean || !is_scalar(property) {
                    let message = "declare it as `[read] boolean Active`";
                    self.report(Rule::ActiveForm, place.inner(property.name), message);
                }
            }
            None if base_active => {}
            None => {
                self.report(Rule::MissingActive, place, "add `[read] boolean Active`");
            }
        }
        for property in [name, active].into_iter().flatten() {
            if !property.qualifiers.flag("read") {
                let place = place.inner(property.name);
                self.report(Rule::UnreadableInstance, place, "add the qualifier `read`");
            }
        }
    }

    /// Checks the rules that properties and parameters share.
    pub(super) fn item(&mut self, place: Place<'a>, item: &Property<'a>) {
        let integer = Integer::from_cim_type(item.cim_type);
        let bits = integer.map(|integer| integer.size().saturating_mul(8));
        match item.cim_type {
            CimType::Real32 | CimType::Real64 | CimType::Reference => {
                let message = format!("a data block cannot hold `{}`", item.cim_type.keyword());
                self.report(Rule::UnsupportedType, place, message);
            }
            CimType::Object if Name(item.type_name) == Name("object") => {
                let message = "name the embedded class; `object` can be any class";
                self.report(Rule::UnsupportedType, place, message);
            }
            CimType::Object if self.classes.get(item.type_name).is_none() => {
                let message = self.undeclared("class", item.type_name, &[]);
                self.report(Rule::UnknownClass, place, message);
            }
            CimType::Object if !self.before.contains(&Name(item.type_name)) => {
                let message = format!(
                    "the class `{}` is declared later; move it up",
                    item.type_name
                );
                self.report(Rule::LateDeclaration, place, message);
            }
            _ => {}
        }
        if let Some(Value::Integer(units)) = item.qualifier("MaxLen").map(|it| it.value) {
            const MOST: i64 = 32767;
            if item.cim_type != CimType::String {
                self.report(
                    Rule::MaxLenType,
                    place,
                    "this is not a string; remove `MaxLen`",
                );
            } else if !(0..=MOST).contains(&units) {
                let message = format!("a string has at most {MOST} UTF-16 units, not {units}");
                self.report(Rule::MaxLenRange, place, message);
            }
        }
        if item.qualifiers.flag("WmiTimeStamp") && bits != Some(64) {
            let message = "a time stamp has 64 bits; declare it as `uint64`";
            self.report(Rule::TimeStampWidth, place, message);
        }
        self.counter(place, item, bits);
        if !item.default_fits() {
            let message = match item.default {
                Some(Value::String(text)) if item.cim_type == CimType::Datetime => {
                    let error = DateTime::parse(text).err().map(|error| error.to_string());
                    format!("the default value: {}", error.unwrap_or_default())
                }
                _ => format!(
                    "the default value is not of the type `{}`; write one of that type, or none",
                    item.type_name
                ),
            };
            self.report(Rule::DefaultType, place, message);
        }
        for (one, other) in [
            ("Values", "ValueMap"),
            ("Values", "DefineValues"),
            ("ValueMap", "DefineValues"),
            ("BitValues", "BitMap"),
            ("BitValues", "BitValueMap"),
        ] {
            if let (Some(first), Some(second)) = (length(item, one), length(item, other)) {
                if first != second {
                    let message = format!(
                        "`{one}` has {first} entries and `{other}` has {second}; give both the same number"
                    );
                    self.report(Rule::UnevenValues, place, message);
                }
            }
        }
        if let Some(message) = fault_of_bit_map(item) {
            self.report(Rule::BitMap, place, message);
        }
    }

    fn counter(&mut self, place: Place<'a>, item: &Property<'a>, bits: Option<usize>) {
        let Some(counter) = item.counter_type() else {
            return;
        };
        let name = counter.name().unwrap_or("this counter type");
        if let Some(why) = counter.unusable() {
            let message = format!("`{name}` {why}; take another counter type");
            return self.report(Rule::CounterType, place, message);
        }
        if let Some(meant) = counter.misprint_of() {
            let value = counter.value();
            let message = format!(
                "{value} is a misprint of {}; write {}",
                meant.name().unwrap_or_default(),
                meant.value()
            );
            self.report(Rule::CounterType, place, message);
        } else if counter.name().is_none() {
            let message = format!("{} is not a counter type", counter.value());
            self.report(Rule::CounterType, place, message);
        }
        if item.qualifiers.flag("write") && counter.name().is_some() && !counter.is_instantaneous()
        {
            let message = format!("{name} only grows and cannot be set; remove `write`");
            self.report(Rule::CounterWrite, place, message);
        }
        if counter.time_base() == Some(TimeBase::Object) {
            let message = format!(
                "{name} needs the time of the object, which a driver's block cannot hold and nobody \
                 is known to fill; take a type with another time"
            );
            self.report(Rule::ObjectTime, place, message);
        }
        let scale = item.qualifier("DefaultScale").map(|it| it.value);
        if let Some(Value::Integer(scale)) = scale {
            let range = Range::DEFAULT_SCALE;
            if !range.contains(scale) {
                let (least, greatest) = (range.least, range.greatest);
                let message = format!("`DefaultScale` is from {least} to {greatest}, not {scale}");
                self.report(Rule::DefaultScale, place, message);
            }
        }
        let (fits, wanted) = match counter.size() {
            CounterSize::Bits32 => (bits == Some(32), "a 32-bit integer"),
            CounterSize::Bits64 => (bits == Some(64), "a 64-bit integer"),
            CounterSize::Text => (item.cim_type == CimType::String, "a string"),
            _ => (true, ""),
        };
        if !fits || !is_scalar(item) && !wanted.is_empty() {
            let message = format!("{name} needs {wanted}");
            self.report(Rule::CounterWidth, place, message);
        }
    }

    /// Checks the length of an array. `all` contains the item that counts the elements; `together`
    /// returns whether it is in the same blocks as the array.
    pub(super) fn array(
        &mut self,
        place: Place<'a>,
        item: &Property<'a>,
        all: &[&'a Property<'a>],
        together: impl Fn(&Property<'a>) -> bool,
    ) {
        let Some(counter) = item.size_is() else {
            match item.dimension() {
                Array::Variable => {
                    let message = "give the array a length, or `WmiSizeIs`";
                    self.report(Rule::ArrayLength, place, message);
                }
                Array::Fixed(0) => {
                    let message = "an array has at least one element";
                    self.report(Rule::EmptyArray, place, message);
                }
                _ => {}
            }
            return;
        };
        if is_scalar(item) {
            let message = "`WmiSizeIs` makes it an array; write `[]` after the name";
            self.report(Rule::SizeIsScalar, place, message);
        }
        let named = all.iter().find(|other| Name(other.name) == Name(counter));
        let Some(named) = named.filter(|named| !is_of_instances(named.name)) else {
            let message =
                format!("`WmiSizeIs` names `{counter}`, which is not an item of the same block");
            return self.report(Rule::SizeIsUnknown, place, message);
        };
        if Integer::from_cim_type(named.cim_type).is_none() || !is_scalar(named) {
            let message = format!("`WmiSizeIs` names `{counter}`, which is not a single integer");
            return self.report(Rule::SizeIsType, place, message);
        }
        if !together(named) {
            let message =
                format!("`{counter}`, which counts the elements, goes in other directions");
            self.report(Rule::SizeIsDirection, place, message);
        }
        let position = |item: &Property<'_>| {
            let place = all
                .iter()
                .position(|other| Name(other.name) == Name(item.name));
            (item.data_id(), place)
        };
        if position(named) >= position(item) {
            let message = format!("put `{counter}`, which counts the elements, before the array");
            self.report(Rule::SizeIsLate, place, message);
        }
    }

    fn event_control(&mut self, place: Place<'a>, class: &Class<'a>, item: &Property<'a>) {
        for qualifier in ["WmiEventTrigger", "WmiEventRate"] {
            let Some(name) = item.qualifiers.text(qualifier) else {
                continue;
            };
            let named = class.property(name);
            if !named.is_some_and(|named| named.qualifiers.flag("write")) {
                let message =
                    format!("`{qualifier}` names `{name}`, which is not an item with `write`");
                self.report(Rule::EventControl, place, message);
            }
        }
    }

    /// Checks the ids of a class, which continue those of its bases.
    fn data_ids(&mut self, class: &'a Class<'a>, place: Place<'a>) {
        let all = self.all_properties(class).into_iter();
        let mut ids: Vec<_> = all
            .filter_map(|item| Some((item.data_id()?, item.name)))
            .collect();
        // The sort is stable, so the later of two items with one id is at fault.
        ids.sort_by_key(|(id, _)| *id);
        let mut last = 0;
        for (id, name) in ids {
            let expected = u32::saturating_add(last, 1);
            let place = place.inner(name);
            if id == last && id != 0 {
                let message = format!("another item also has `WmiDataId({id})`");
                self.report(Rule::DuplicateDataId, place, message);
            } else if id != expected {
                let message = format!("`WmiDataId({id})` where {expected} is expected");
                self.report(Rule::DataIdGap, place, message);
            }
            last = id;
        }
    }

    /// Checks that each counter has its base behind it, in the order of ids.
    fn counter_bases(&mut self, class: &'a Class<'a>, place: Place<'a>) {
        let all = self.all_properties(class);
        for misplaced in misplaced(&all) {
            if let Some(message) = base_message(&misplaced, &all) {
                self.report(Rule::CounterBase, place.inner(misplaced.item.name), message);
            }
        }
    }

    /// Checks the names by which tools show a class of counters.
    fn counter_names(&mut self, class: &'a Class<'a>, place: Place<'a>) {
        let mut names = BTreeSet::new();
        let counters = class
            .properties
            .iter()
            .filter(|item| item.counter_type().is_some());
        let counters: Vec<_> = counters.collect();
        if counters.is_empty() {
            return;
        }
        let own = class.qualifiers.text("DisplayName");
        if let Some(fault) = own.and_then(|name| display_name_fault(name, r"\()#*/")) {
            self.report(Rule::CounterName, place, fault);
        }
        for item in counters {
            let Some(name) = item.qualifiers.text("DisplayName") else {
                continue;
            };
            let place = place.inner(item.name);
            if let Some(fault) = display_name_fault(name, r"\()#*") {
                self.report(Rule::CounterName, place, fault);
            } else if !names.insert(name.to_lowercase()) {
                let message = format!("another counter has the `DisplayName` `{name}`; change one");
                self.report(Rule::CounterName, place, message);
            }
        }
    }

    /// Checks the rules that need the layout. Other layout faults have rules of their own.
    fn block(&mut self, class: &'a Class<'a>, place: Place<'a>) {
        match BlockLayout::of(class, self.classes) {
            Ok(block) => {
                let moved = block.items.iter().find(|item| item.offset.is_none());
                if let Some(item) = moved {
                    let message = "an item of variable size is before it, so its place is not \
                                   constant; put those last";
                    let place = place.inner(item.property.name);
                    self.report(Rule::FixedAfterVariable, place, message);
                }
            }
            Err(error) => {
                let rule = match error.fault {
                    LayoutFault::Recursive | LayoutFault::TooDeep => Rule::RecursiveClass,
                    LayoutFault::TooLarge => Rule::BlockSize,
                    _ => return,
                };
                self.report(rule, place, format!("{error}"));
            }
        }
    }
}

/// What is wrong with the name of a counter or its class, which stands in a path.
fn display_name_fault(name: &str, special: &str) -> Option<String> {
    if name.trim().is_empty() {
        return Some("the `DisplayName` is empty; write a text, or leave it out".to_string());
    }
    let character = name
        .chars()
        .find(|character| special.contains(*character))?;
    Some(format!(
        "`{character}` in the `DisplayName` has a meaning in the path of a counter; write something \
         else"
    ))
}

/// What is wrong with a counter or a base.
fn base_message(misplaced: &Misplaced<'_, '_>, all: &[&Property<'_>]) -> Option<String> {
    let (item, fault) = (misplaced.item, misplaced.fault);
    if fault == BaseFault::Alone {
        let message = "this is the base of a counter, but the item before it does not need one; \
                       move it right behind its counter";
        return Some(message.to_string());
    }
    let counter = seen(item).counter?;
    let (kind, wanted) = (counter.name()?, counter.base()?);
    let (name, found) = (item.name, misplaced.next.map_or("", |next| next.name));
    Some(match fault {
        BaseFault::Type => format!(
            "{kind} needs a {}; give `{found}` `CounterType({})`",
            wanted.name()?,
            wanted.value()
        ),
        BaseFault::Name => format!(
            "`{found}` stands where its base does and has its type; name it `{name}{SUFFIX}`"
        ),
        _ if all.iter().any(|other| is_name_of_base(name, other.name)) => {
            format!("{kind} needs its base right behind it; move `{name}{SUFFIX}` there")
        }
        _ => {
            let keyword = match wanted.size() {
                CounterSize::Bits64 => "uint64",
                _ => "uint32",
            };
            format!(
                "{kind} needs its base right behind it; add `[read, WmiDataId({}), \
                 CounterType({})] {keyword} {name}{SUFFIX};`",
                item.data_id()?.saturating_add(1),
                wanted.value()
            )
        }
    })
}

fn is_scalar(item: &Property<'_>) -> bool {
    item.array == Array::Scalar
}

fn length(item: &Property<'_>, name: &str) -> Option<usize> {
    match item.qualifier(name)?.value {
        Value::Array(values) => Some(values.len()),
        _ => None,
    }
}
