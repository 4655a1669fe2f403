//! Arranges the qualifiers of an item, including those implied by its type, in an explicit order.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a panic in a constant is a compile error"
)]

use super::check::Message;
use super::name::same_name;
use super::{Array, Flavor, Property, Qualifier, Value};

/// The qualifier for the length of a fixed array, used instead of the declarator.
const MAX: &str = "MAX";

/// Returns the qualifiers of `property` in the order and spelling of `order`, and with its flavors
/// if it has any. `MAX` is the length of the array.
#[track_caller]
pub(crate) const fn arrange<const N: usize>(
    property: &Property<'static>,
    order: &[(&'static str, Flavor); N],
) -> [Qualifier<'static>; N] {
    let groups = [property.qualifiers.written(), property.qualifiers.of_type()];
    let mut arranged = [Qualifier::new("", Value::Null); N];
    let mut index = 0;
    while index < N {
        let (name, flavor) = order[index];
        let mut qualifier = match (find(groups[0], name), find(groups[1], name)) {
            (Some(found), _) | (None, Some(found)) => found,
            (None, None) => match property.array {
                Array::Fixed(length) if same_name(name, MAX) =>
                {
                    #[expect(clippy::as_conversions, reason = "`From` is not constant")]
                    Qualifier::new(name, Value::Integer(length as i64))
                }
                _ => Message::new("`order` names a qualifier that the item does not have: ")
                    .qualifier(name, property.name)
                    .panic(),
            },
        };
        qualifier.name = name;
        if flavor.bits() != 0 {
            qualifier.flavor = flavor;
        }
        arranged[index] = qualifier;
        index += 1;
    }
    let mut index = 0;
    while index < groups[1].len() {
        let name = groups[1][index].name;
        if find(&arranged, name).is_none() {
            Message::new("`order` leaves out a qualifier of the item's type: ")
                .qualifier(name, property.name)
                .panic();
        }
        index += 1;
    }
    arranged
}

/// Returns the property with arranged qualifiers.
pub(crate) const fn ordered(
    property: &Property<'static>,
    qualifiers: &'static [Qualifier<'static>],
) -> Property<'static> {
    let ordered = property.with_qualifiers(qualifiers);
    if find(qualifiers, MAX).is_some() {
        ordered.with_array(Array::Variable)
    } else {
        ordered
    }
}

const fn find(qualifiers: &[Qualifier<'static>], name: &str) -> Option<Qualifier<'static>> {
    let mut index = 0;
    while index < qualifiers.len() {
        if same_name(qualifiers[index].name, name) {
            return Some(qualifiers[index]);
        }
        index += 1;
    }
    None
}
