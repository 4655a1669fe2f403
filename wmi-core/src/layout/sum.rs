//! What several processors have counted, as one block.

use zerocopy::FromBytes;
use zerocopy::little_endian::{U16, U32, U64};

use super::ItemLayout;
use crate::schema::{Array, CimType, Property};

/// Adds the counts of another block; what does not count stays.
pub(crate) fn add(items: &[ItemLayout], total: &mut [u8], part: &[u8]) {
    for item in items {
        let (Some(total), Some(part)) = (place_mut(item, total), place(item, part)) else {
            continue;
        };
        let size = element_size(item);
        for (total, part) in total.chunks_exact_mut(size).zip(part.chunks_exact(size)) {
            if item.counting.is_counter {
                add_integer(total, part);
            } else {
                add(item.counting.nested, total, part);
            }
        }
    }
}

fn add_integer(total: &mut [u8], part: &[u8]) {
    macro_rules! add {
        ($($integer:ty),*) => {
            $(if let (Ok(total), Ok(part)) = (
                <$integer>::mut_from_bytes(total),
                <$integer>::ref_from_bytes(part),
            ) {
                *total = total.get().wrapping_add(part.get()).into();
            })*
        };
    }
    add!(U64, U32, U16);
    if let ([total], [part]) = (total, part) {
        *total = total.wrapping_add(*part);
    }
}

/// Makes zero of gauges that are below zero.
///
/// While others count, a sum may have seen how one processor counts down and not yet how another
/// has counted up before.
pub(crate) fn clamp(items: &[ItemLayout], total: &mut [u8]) {
    for item in items {
        let Some(place) = place_mut(item, total) else {
            continue;
        };
        for element in place.chunks_exact_mut(element_size(item)) {
            if !item.counting.is_counter {
                clamp(item.counting.nested, element);
            } else if element.last().is_some_and(|highest| *highest >= 0x80)
                && is_gauge(item.property)
            {
                element.fill(0);
            }
        }
    }
}

/// Whether the value goes up and down, and never below zero.
fn is_gauge(property: &Property<'_>) -> bool {
    use CimType::{Uint8, Uint16, Uint32, Uint64};
    let counter_type = property.counter_type();
    matches!(property.cim_type, Uint8 | Uint16 | Uint32 | Uint64)
        && counter_type.is_none_or(|counter_type| counter_type.is_instantaneous())
}

/// Bytes of an element of an array, or of an item that is none. Never zero.
fn element_size(item: &ItemLayout) -> usize {
    let elements = match item.property.array {
        Array::Fixed(elements) => usize::try_from(elements).unwrap_or(usize::MAX),
        Array::Scalar | Array::Variable => 1,
    };
    item.size.checked_div(elements).unwrap_or(0).max(1)
}

fn place<'a>(item: &ItemLayout, block: &'a [u8]) -> Option<&'a [u8]> {
    block.get(item.offset..)?.get(..item.size)
}

fn place_mut<'a>(item: &ItemLayout, block: &'a mut [u8]) -> Option<&'a mut [u8]> {
    block.get_mut(item.offset..)?.get_mut(..item.size)
}
