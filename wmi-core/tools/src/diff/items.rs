//! Changes of properties, and those that parameters share with them.

use std::collections::BTreeMap;

use super::{Diff, Kind, Renamed};
use crate::classes::items;
use crate::layout::BlockLayout;
use crate::layout::{BlockItem, Elements, LayoutError};
use crate::{classes::Name, place::Place};
use wmi_core::schema::{Array, Class, Property, Value};

/// The offsets of a block's items in both editions, as far as it has a layout.
pub(super) struct Blocks<'a> {
    old: Spots<'a>,
    new: Spots<'a>,
}

type Spots<'a> = BTreeMap<Name<'a>, Spot>;

#[derive(Clone, Copy)]
struct Spot {
    offset: Option<usize>,
    /// The distance of two elements of an array.
    stride: Option<usize>,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(
        old: Result<BlockLayout<'a>, LayoutError>,
        new: Result<BlockLayout<'a>, LayoutError>,
    ) -> Self {
        let (old, new) = (spots(old), spots(new));
        Self { old, new }
    }
}

fn spots<'a>(block: Result<BlockLayout<'a>, LayoutError>) -> Spots<'a> {
    let items = block.map(|block| block.items).unwrap_or_default();
    let spot = |item: &BlockItem<'a>| Spot {
        offset: item.offset,
        stride: match item.elements {
            Elements::One => None,
            _ => item.element.size(),
        },
    };
    let named = items
        .iter()
        .map(|item| (Name(item.property.name), spot(item)));
    named.collect()
}

/// The properties of a class by name.
fn by_name<'a>(class: &Class<'a>) -> BTreeMap<Name<'a>, &'a Property<'a>> {
    let properties = class.properties.iter();
    properties
        .map(|property| (Name(property.name), property))
        .collect()
}

impl<'a> Diff<'_, 'a> {
    pub(super) fn properties(&mut self, old: &'a Class<'a>, new: &'a Class<'a>, place: Place<'a>) {
        let blocks = Blocks::new(
            BlockLayout::of(old, self.old),
            BlockLayout::of(new, self.new),
        );
        let (before, after) = (by_name(old), by_name(new));
        let mut renamed = Renamed::default();
        let fresh = items(new).into_iter();
        let fresh: BTreeMap<_, _> = fresh
            .filter(|(_, item)| !before.contains_key(&Name(item.name)))
            .collect();
        for (id, item) in items(old) {
            let type_name = self.classes_renamed.now(item.type_name);
            let heir = fresh.get(&id).filter(|heir| {
                Name(type_name) == Name(heir.type_name) && item.dimension() == heir.dimension()
            });
            if let (Some(heir), false) = (heir, after.contains_key(&Name(item.name))) {
                renamed.insert(item.name, heir.name);
            }
        }
        for property in old.properties {
            let place = place.inner(property.name);
            let now = renamed.now(property.name);
            match after.get(&Name(now)) {
                Some(other) => {
                    if Name(now) != Name(property.name) {
                        let instead = "keep the name, and change its `DisplayName`";
                        self.renamed(Kind::PropertyRenamed, place, now, instead);
                    }
                    self.property(property, other, &blocks, &renamed, place);
                }
                None => self.report(Kind::PropertyRemoved, place, "the property is gone"),
            }
        }
        let owners: BTreeMap<u32, &Property<'_>> = items(old).into_iter().collect();
        let last = owners.keys().next_back().copied().unwrap_or_default();
        for property in new.properties {
            if renamed.gives(property.name) {
                continue;
            }
            let place = place.inner(property.name);
            let is_new = !before.contains_key(&Name(property.name));
            let Some(id) = property.data_id() else {
                if is_new {
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
            if is_new && id > last {
                self.report(
                    Kind::ItemAppended,
                    place,
                    "the item is new, after all others",
                );
            } else if is_new {
                self.report(Kind::ItemInserted, place, "the item is new, before others");
            }
        }
    }

    fn property(
        &mut self,
        old: &Property<'a>,
        new: &Property<'a>,
        blocks: &Blocks<'a>,
        renamed: &Renamed<'a>,
        place: Place<'a>,
    ) {
        if old.data_id() != new.data_id() {
            let text = |id: Option<u32>| id.map_or("none".into(), |id| format!("{id}"));
            let (new, old) = (text(new.data_id()), text(old.data_id()));
            let message = format!("`WmiDataId` {new}, was {old}");
            self.report(Kind::DataIdChanged, place, message);
        }
        self.item(old, new, blocks, renamed, place);
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

    /// Compares the parts that properties and parameters share.
    pub(super) fn item(
        &mut self,
        old: &Property<'a>,
        new: &Property<'a>,
        blocks: &Blocks<'a>,
        renamed: &Renamed<'a>,
        place: Place<'a>,
    ) {
        let type_name = self.classes_renamed.now(old.type_name);
        if old.cim_type != new.cim_type || Name(type_name) != Name(new.type_name) {
            let message = format!("`{}`, was `{}`", new.type_name, old.type_name);
            self.report(Kind::TypeChanged, place, message);
        }
        let length = |item: &Property<'_>| match item.dimension() {
            Array::Scalar => "not an array".into(),
            Array::Fixed(length) => format!("an array of {length}"),
            Array::Variable => "an array without a length".into(),
        };
        if old.dimension() != new.dimension() {
            let message = format!("{}, was {}", length(new), length(old));
            self.report(Kind::LengthChanged, place, message);
        }
        if old.max_len() != new.max_len() {
            let text = |max: Option<u32>| max.map_or("none".into(), |max| format!("{max}"));
            let (new, old) = (text(new.max_len()), text(old.max_len()));
            let message = format!("`MaxLen` {new}, was {old}");
            self.report(Kind::MaxLenChanged, place, message);
        }
        let count = |item: &Property<'a>| item.size_is().unwrap_or("none");
        if Name(renamed.now(count(old))) != Name(count(new)) {
            let message = format!("`WmiSizeIs` {}, was {}", count(new), count(old));
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
                let message = format!("`{meaning}` {new}, was {old}");
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
        let spot = |spots: &Spots<'a>, item: &Property<'a>| spots.get(&Name(item.name)).copied();
        let found = (spot(&blocks.old, old), spot(&blocks.new, new));
        let (Some(old), Some(new)) = found else {
            return;
        };
        if old.offset != new.offset {
            let text = |offset: Option<usize>| match offset {
                Some(offset) => format!("at {offset}"),
                None => "after items of variable size".into(),
            };
            let message = match new.offset {
                Some(offset) => format!("at byte {offset}, was {}", text(old.offset)),
                None => format!("{}, was {}", text(None), text(old.offset)),
            };
            self.report(Kind::OffsetChanged, place, message);
        }
        if let (Some(old), Some(new)) = (old.stride, new.stride) {
            if old != new {
                let message = format!("elements of {new} bytes, was {old}");
                self.report(Kind::ElementSizeChanged, place, message);
            }
        }
    }
}
