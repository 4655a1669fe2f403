//! Sums the blocks of several processors.

use zerocopy::FromBytes;
use zerocopy::little_endian::{U16, U32, U64};

use super::class::FixedClass;
use super::layout::ItemLayout;
use super::wire::Wire;
use crate::schema::{Array, CimType, Property};

/// Adds the counters of another block of the class; other items keep the values of `total`.
#[inline]
pub(crate) fn add<C: FixedClass>(total: &mut Wire<C>, part: &Wire<C>) {
    let (total, part) = (total.as_mut_bytes(), part.as_bytes());
    match const { uniform(C::ITEMS) } {
        Some(width) => add_integers(width, total, part),
        None => add_items(C::ITEMS, total, part),
    }
}

/// Returns the width in bytes of a class's items, if all are counters of the same width, as in most
/// classes.
const fn uniform(mut items: &[ItemLayout]) -> Option<usize> {
    let mut width = None;
    while let [first, rest @ ..] = items {
        match (width, first.property.array) {
            (None, Array::Scalar) if first.counting.is_counter => width = Some(first.size),
            (Some(width), Array::Scalar) if first.counting.is_counter && width == first.size => {}
            _ => return None,
        }
        items = rest;
    }
    width
}

fn add_items(items: &[ItemLayout], total: &mut [u8], part: &[u8]) {
    for item in items {
        let (Some(total), Some(part)) = (place_mut(item, total), place(item, part)) else {
            continue;
        };
        let width = element_size(item);
        if item.counting.is_counter {
            add_integers(width, total, part);
        } else if !item.counting.nested.is_empty() {
            for (total, part) in total.chunks_exact_mut(width).zip(part.chunks_exact(width)) {
                add_items(item.counting.nested, total, part);
            }
        }
    }
}

/// Adds arrays of little-endian integers of `width` bytes.
#[inline]
fn add_integers(width: usize, total: &mut [u8], part: &[u8]) {
    macro_rules! add {
        ($integer:ty) => {
            if let (Ok(total), Ok(part)) = (
                <[$integer]>::mut_from_bytes(total),
                <[$integer]>::ref_from_bytes(part),
            ) {
                for (total, part) in total.iter_mut().zip(part) {
                    *total = total.get().wrapping_add(part.get()).into();
                }
            }
        };
    }
    match width {
        8 => add!(U64),
        4 => add!(U32),
        2 => add!(U16),
        _ => {
            for (total, part) in total.iter_mut().zip(part) {
                *total = total.wrapping_add(*part);
            }
        }
    }
}

/// Replaces gauges below zero by zero.
///
/// A sum taken while others count may include one processor's decrement but miss another's earlier
/// increment.
pub(crate) fn clamp<C: FixedClass>(total: &mut Wire<C>) {
    if let Some(width) = const { uniform(C::ITEMS) } {
        // Fast path: usually no value is below zero.
        let mut integers = total.as_bytes().chunks_exact(width.max(1));
        if integers.all(|integer| !is_upper_half(integer)) {
            return;
        }
    }
    clamp_items(C::ITEMS, total.as_mut_bytes());
}

fn clamp_items(items: &[ItemLayout], total: &mut [u8]) {
    for item in items {
        let Some(place) = place_mut(item, total) else {
            continue;
        };
        for element in place.chunks_exact_mut(element_size(item)) {
            if !item.counting.is_counter {
                clamp_items(item.counting.nested, element);
            } else if is_upper_half(element) && is_gauge(item.property) {
                element.fill(0);
            }
        }
    }
}

/// Returns whether a little-endian integer, taken as signed, is below zero.
fn is_upper_half(integer: &[u8]) -> bool {
    integer.last().is_some_and(|highest| *highest >= 0x80)
}

/// Returns whether the item is a gauge: it goes up and down, but never below zero.
fn is_gauge(property: &Property<'_>) -> bool {
    use CimType::{Uint8, Uint16, Uint32, Uint64};
    let counter_type = property.counter_type();
    matches!(property.cim_type, Uint8 | Uint16 | Uint32 | Uint64)
        && counter_type.is_none_or(|counter_type| counter_type.is_instantaneous())
}

/// Returns the size of an array's element, or of an item that is not an array. Never zero.
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
