//! Changes of named values and bits.

use std::collections::BTreeMap;

use super::{Diff, Kind};
use crate::entries::{list, spelled, text};
use crate::place::Place;
use wmi_core::schema::Property;

impl<'a> Diff<'_, 'a> {
    pub(super) fn values(&mut self, old: &Property<'a>, new: &Property<'a>, place: Place<'a>) {
        for (map, names) in [
            ("ValueMap", "Values"),
            ("BitMap", "BitValues"),
            ("BitValueMap", "BitValues"),
        ] {
            let (old, new) = (named(old, map, names), named(new, map, names));
            let apart = |one: &Named<'a>, other: &Named<'a>| {
                let only = one.keys().filter(|value| !other.contains_key(*value));
                only.cloned().collect::<Vec<_>>().join(", ")
            };
            let (removed, added) = (apart(&old, &new), apart(&new, &old));
            if !removed.is_empty() {
                let message = format!("`{map}` no longer has {removed}");
                self.report(Kind::ValuesRemoved, place, message);
            }
            if !added.is_empty() {
                let message = format!("`{map}` now has {added}");
                self.report(Kind::ValuesAdded, place, message);
            }
            for (value, old_name) in &old {
                match (old_name, new.get(value)) {
                    (Some(old_name), Some(Some(name))) if name != old_name => {
                        let message = format!("{value} is `{name}`, was `{old_name}`");
                        self.report(Kind::ValuesRenamed, place, message);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Values with their names. The names may be missing: they may be in the localised MOF.
type Named<'a> = BTreeMap<String, Option<&'a str>>;

fn named<'a>(item: &Property<'a>, map: &str, names: &str) -> Named<'a> {
    let names = list(item, names);
    let values = list(item, map).iter().enumerate();
    let named = values
        .filter_map(|(index, value)| Some((spelled(*value)?.into_owned(), text(names.get(index)))));
    named.collect()
}
