//! Changes of properties, and what parameters share with them.

use alloc::collections::BTreeMap;
use alloc::format;

use super::{Diff, Kind};
use crate::layout::block::{Block, Elements, LayoutError};
use crate::schema::{Array, Class, Name, Place, Property, Value};

/// The layouts of a block in both editions, as far as they have any.
pub(super) struct Blocks<'a> {
    old: Option<Block<'a>>,
    new: Option<Block<'a>>,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(
        old: Result<Block<'a>, LayoutError>,
        new: Result<Block<'a>, LayoutError>,
    ) -> Self {
        Self {
            old: old.ok(),
            new: new.ok(),
        }
    }
}

impl<'a> Diff<'_, 'a> {
    pub(super) fn properties(&mut self, old: &'a Class<'a>, new: &'a Class<'a>, place: Place<'a>) {
        let blocks = Blocks::new(Block::of(old, self.old), Block::of(new, self.new));
        for property in old.properties {
            let place = place.inner(property.name);
            match new.property(property.name) {
                Some(other) => self.property(property, other, &blocks, place),
                None => self.report(Kind::PropertyRemoved, place, "the property is gone"),
            }
        }
        let before = |property: &Property<'_>| old.property(property.name);
        let owners: BTreeMap<u32, &Property<'_>> = old.items().into_iter().collect();
        let last = owners.keys().next_back().copied().unwrap_or_default();
        for property in new.properties {
            let place = place.inner(property.name);
            let had = before(property);
            let Some(id) = property.data_id() else {
                if had.is_none() {
                    self.report(Kind::PropertyAdded, place, "the property is new");
                }
                continue;
            };
            match owners.get(&id) {
                Some(owner) if Name(owner.name) != Name(property.name) => {
                    let message = format!("`WmiDataId({id})` was that of `{}`", owner.name);
                    self.report(Kind::DataIdReused, place, message);
                }
                _ => {}
            }
            if had.is_some() {
            } else if id > last {
                self.report(
                    Kind::ItemAppended,
                    place,
                    "the item is new, after all others",
                );
            } else {
                self.report(Kind::ItemInserted, place, "the item is new, before others");
            }
        }
    }

    fn property(
        &mut self,
        old: &Property<'a>,
        new: &Property<'a>,
        blocks: &Blocks<'a>,
        place: Place<'a>,
    ) {
        if old.data_id() != new.data_id() {
            let text = |id: Option<u32>| id.map_or("none".into(), |id| format!("{id}"));
            let (new, old) = (text(new.data_id()), text(old.data_id()));
            let message = format!("`WmiDataId` {new}, before {old}");
            self.report(Kind::DataIdChanged, place, message);
        }
        self.item(old, new, blocks, place);
        let flags = |flag| (old.qualifiers.flag(flag), new.qualifiers.flag(flag));
        match flags("key") {
            (false, true) => self.report(Kind::KeyChanged, place, "now a key"),
            (true, false) => self.report(Kind::KeyChanged, place, "no longer a key"),
            _ => {}
        }
        for access in ["read", "write"] {
            match flags(access) {
                (true, false) => {
                    self.report(Kind::AccessRemoved, place, format!("no longer `{access}`"));
                }
                (false, true) => {
                    self.report(Kind::AccessAdded, place, format!("now `{access}`"));
                }
                _ => {}
            }
        }
    }

    /// What properties and parameters have in common.
    pub(super) fn item(
        &mut self,
        old: &Property<'a>,
        new: &Property<'a>,
        blocks: &Blocks<'a>,
        place: Place<'a>,
    ) {
        if old.cim_type != new.cim_type || Name(old.type_name) != Name(new.type_name) {
            let message = format!("`{}`, before `{}`", new.type_name, old.type_name);
            self.report(Kind::TypeChanged, place, message);
        }
        let length = |item: &Property<'_>| match item.dimension() {
            Array::Scalar => "no array".into(),
            Array::Fixed(length) => format!("an array of {length}"),
            Array::Variable => "an array without a length".into(),
        };
        if old.dimension() != new.dimension() {
            let message = format!("{}, before {}", length(new), length(old));
            self.report(Kind::LengthChanged, place, message);
        }
        if old.max_len() != new.max_len() {
            let text = |max: Option<u32>| max.map_or("none".into(), |max| format!("{max}"));
            let (new, old) = (text(new.max_len()), text(old.max_len()));
            let message = format!("`MaxLen` {new}, before {old}");
            self.report(Kind::MaxLenChanged, place, message);
        }
        let count = |item: &Property<'a>| item.size_is().unwrap_or("none");
        if Name(count(old)) != Name(count(new)) {
            let message = format!("`WmiSizeIs` {}, before {}", count(new), count(old));
            self.report(Kind::CountChanged, place, message);
        }
        for meaning in ["CounterType", "WmiScale", "WmiTimeStamp"] {
            let value = |item: &Property<'a>| item.qualifier(meaning).map(|it| it.value);
            if value(old) != value(new) {
                let text = |value: Option<Value<'_>>| match value {
                    Some(Value::Integer(number)) => format!("{number}"),
                    Some(_) => "there".into(),
                    None => "none".into(),
                };
                let (new, old) = (text(value(new)), text(value(old)));
                let message = format!("`{meaning}` {new}, before {old}");
                self.report(Kind::MeaningChanged, place, message);
            }
        }
        self.values(old, new, place);
        self.place(old, new, blocks, place);
    }

    pub(super) fn place(
        &mut self,
        old: &Property<'a>,
        new: &Property<'a>,
        blocks: &Blocks<'a>,
        place: Place<'a>,
    ) {
        let item = |block: &'_ Option<Block<'a>>, property: &Property<'_>| {
            let found = block.as_ref()?.item(property.name)?;
            let stride = match found.elements {
                Elements::One => None,
                _ => found.element.size(),
            };
            Some((found.offset, stride))
        };
        let found = (item(&blocks.old, old), item(&blocks.new, new));
        let (Some((old_offset, old_stride)), Some((new_offset, new_stride))) = found else {
            return;
        };
        if old_offset != new_offset {
            let text = |offset: Option<usize>| match offset {
                Some(offset) => format!("at {offset}"),
                None => "after items of variable size".into(),
            };
            let message = match new_offset {
                Some(offset) => format!("at byte {offset}, before {}", text(old_offset)),
                None => format!("{}, before {}", text(None), text(old_offset)),
            };
            self.report(Kind::OffsetChanged, place, message);
        }
        if let (Some(old), Some(new)) = (old_stride, new_stride) {
            if old != new {
                let message = format!("elements of {new} bytes, before of {old}");
                self.report(Kind::ElementSizeChanged, place, message);
            }
        }
    }
}
