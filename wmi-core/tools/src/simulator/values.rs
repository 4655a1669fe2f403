//! Checks that there are instances, and that their values are in the `ValueMap` of their items.

use super::{Device, Failure, ProtocolRule, Simulator, Violation};
use crate::client::{DataObject, Datum};
use crate::entries::{list, number, spelled};
use crate::layout::{BlockItem, BlockLayout};
use wmi_core::provider::Minor;
use wmi_core::schema::Property;

impl<D: Device> Simulator<'_, D> {
    /// Queries every block, and returns a violation for each block without instances and, with the
    /// schema, for each value missing from the `ValueMap` of its item. A provider may be right to
    /// do either, so [`verify`](Self::verify) does not check them. Use this for a device on which
    /// everything should be present: `assert_eq!(wmi.verify_values()?, [])`.
    ///
    /// Source: "iSCSI WMI Verification" of the Windows Logo Kit, which requires an instance of each
    /// class, and valid values.
    ///
    /// # Errors
    ///
    /// [`Failure`] if a query fails.
    pub fn verify_values(&mut self) -> Result<Vec<Violation>, Failure> {
        let mut violations = Vec::new();
        for guid in self.queried() {
            let all = self.all_data(guid)?;
            let minor = Minor::QueryAllData;
            let mut note = |rule| violations.push(self.violation(minor, guid.into(), rule));
            if all.is_empty() {
                note(ProtocolRule::NoInstances);
            }
            let Some(class) = self.client.class(guid) else {
                continue;
            };
            let layout = BlockLayout::of(class, self.client.classes())?;
            for instance in &all {
                // The query already refuses data that is not a block of the class.
                if let Ok(object) = DataObject::decode(&layout, &instance.value) {
                    unmapped(&layout, &object, "", &mut |item, value| {
                        let value = value.to_string();
                        note(ProtocolRule::UnmappedValue { item, value });
                    });
                }
            }
        }
        Ok(violations)
    }
}

/// Records each integer that is not in the `ValueMap` of its item.
fn unmapped(
    layout: &BlockLayout<'_>,
    object: &DataObject<'_>,
    outer: &str,
    note: &mut dyn FnMut(String, i128),
) {
    for (item, (name, value)) in layout.items.iter().zip(object.iter()) {
        let map = value_map(item.property);
        let path = format!("{outer}{name}");
        unmapped_in(item, map.as_deref(), value, path, note);
    }
}

fn unmapped_in(
    item: &BlockItem<'_>,
    map: Option<&[i128]>,
    value: &Datum<'_>,
    path: String,
    note: &mut dyn FnMut(String, i128),
) {
    match value {
        Datum::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                unmapped_in(item, map, element, format!("{path}[{index}]"), note);
            }
        }
        Datum::Object(object) => {
            if let Some(layout) = item.element.class() {
                unmapped(layout, object, &format!("{path}."), note);
            }
        }
        value => {
            if let (Some(map), Some(value)) = (map, value.as_integer()) {
                if !map.contains(&value) {
                    note(path, value);
                }
            }
        }
    }
}

/// Returns the numbers of a `ValueMap`, decimal or hexadecimal; `None` without one, or if a value
/// is not a number.
fn value_map(property: &Property<'_>) -> Option<Vec<i128>> {
    let entries = list(property, "ValueMap");
    let numbers = entries.iter().map(|entry| number(&spelled(*entry)?));
    numbers
        .collect::<Option<Vec<_>>>()
        .filter(|numbers| !numbers.is_empty())
}
