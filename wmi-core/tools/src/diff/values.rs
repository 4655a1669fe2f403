//! Changes of named values and bits.

use std::collections::BTreeMap;

use super::{Diff, Kind};
use crate::place::Place;
use wmi_core::schema::{Property, Value};

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
    let list = |name: &str| match item.qualifier(name).map(|list| list.value) {
        Some(Value::Array(values)) => values,
        _ => &[],
    };
    let names = list(names);
    let values = list(map).iter().enumerate();
    let named = values.filter_map(|(index, value)| {
        let value = match value {
            Value::String(text) => (*text).to_string(),
            Value::Integer(number) => number.to_string(),
            _ => return None,
        };
        let name = match names.get(index) {
            Some(Value::String(name)) => Some(*name),
            _ => None,
        };
        Some((value, name))
    });
    named.collect()
}
