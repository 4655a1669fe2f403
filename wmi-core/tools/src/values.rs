//! Named values and bits of an item, from the qualifiers of a schema of any origin. Owns how `Values`,
//! `ValueMap`, `BitValues` and `BitMap` are read together; their entries are read by `entries`.
//!
//! Source: "Standard Qualifiers" and "BitMap and BitValues" in the WMI documentation. The pages count
//! bits by their positions; published classes also give masks, so both are read:
//! see [`NamedBit::mask`].

#![cfg_attr(
    not(any(feature = "client-source", feature = "doc")),
    expect(dead_code, reason = "`check` reads the entries alone")
)]

use std::borrow::Cow;

use wmi_core::schema::{CimType, Property, Value};

use crate::entries::{is_hexadecimal, list, number, spelled, text};

/// A value of an item, with its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedValue<'a> {
    /// The value as spelled.
    pub(crate) spelled: Cow<'a, str>,
    /// The number, if it is spelled as one.
    pub(crate) number: Option<i128>,
    /// The name, which may be missing: it may be in the localised MOF.
    pub(crate) name: Option<&'a str>,
}

/// A bit of an item, with its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedBit<'a> {
    /// The mask. If every entry of `BitMap` is a hexadecimal power of two, the entries are masks;
    /// otherwise they are positions, unless one exceeds the width of the item.
    pub(crate) mask: u64,
    /// The name.
    pub(crate) name: Option<&'a str>,
}

#[cfg_attr(not(feature = "doc"), expect(dead_code, reason = "only pages show it"))]
impl NamedBit<'_> {
    /// Returns the position of the bit, from 0, if the mask has one bit.
    pub(crate) fn position(&self) -> Option<u32> {
        self.mask
            .is_power_of_two()
            .then(|| self.mask.trailing_zeros())
    }
}

/// Returns the named values of an item. Without `ValueMap`, `Values` count from 0.
pub(crate) fn named_values<'a>(item: &Property<'a>) -> Vec<NamedValue<'a>> {
    let (map, names) = (list(item, "ValueMap"), list(item, "Values"));
    let count = map.len().max(names.len());
    let value = |index: usize| {
        let spelled = match map.get(index) {
            None if map.is_empty() => Cow::Owned(index.to_string()),
            entry => spelled(*entry?)?,
        };
        Some(NamedValue {
            number: number(&spelled),
            spelled,
            name: text(names.get(index)),
        })
    };
    (0..count).filter_map(value).collect()
}

/// Returns the entries of `BitMap`, which some classes spell `BitValueMap`.
fn bit_map<'a>(item: &Property<'a>) -> &'a [Value<'a>] {
    match list(item, "BitMap") {
        [] => list(item, "BitValueMap"),
        map => map,
    }
}

/// Returns why the entries of an item's `BitMap` are not all positions, or all masks, of its bits.
#[cfg(feature = "check")]
pub(crate) fn fault_of_bit_map(item: &Property<'_>) -> Option<String> {
    let width = width(item.cim_type);
    let is_mask = |(hex, number): (bool, u64)| hex && number.is_power_of_two();
    let map = bit_map(item);
    let masks = map.iter().filter(|entry| is_mask(entry_of(**entry)));
    let are_masks = masks.count() == map.len();
    for entry in map {
        let spelled = match entry {
            Value::String(text) => (*text).to_owned(),
            Value::Integer(number) => number.to_string(),
            _ => continue,
        };
        let (hex, number) = entry_of(*entry);
        let is_number = self::number(&spelled).is_some();
        let is_outside = match are_masks {
            true => number.checked_shr(width).is_some_and(|above| above != 0),
            false => number >= width.into(),
        };
        if !is_number {
            return Some(format!("`{spelled}` is not the number of a bit"));
        }
        if hex && !are_masks {
            return Some(format!(
                "`{spelled}` is neither a position nor one of several masks; write the positions \
                 of the bits as decimal numbers, or all masks as powers of two from `0x`"
            ));
        }
        if is_outside {
            return Some(format!(
                "the item has {width} bits, and none is `{spelled}`"
            ));
        }
    }
    None
}

/// Returns the named bits of an item. Without `BitMap`, `BitValues` count from bit 0.
pub(crate) fn named_bits<'a>(item: &Property<'a>) -> Vec<NamedBit<'a>> {
    let names = list(item, "BitValues");
    let map = bit_map(item);
    let entries: Vec<(bool, u64)> = match map {
        [] => (0..).take(names.len()).map(|bit| (false, bit)).collect(),
        map => map.iter().map(|entry| entry_of(*entry)).collect(),
    };
    let width = width(item.cim_type);
    let masks = entries
        .iter()
        .all(|(hex, number)| *hex && number.is_power_of_two())
        || entries.iter().any(|(_, number)| *number >= width.into());
    let bits = entries.iter().enumerate();
    let bits = bits.filter_map(|(index, (_, number))| {
        let mask = match masks {
            true => *number,
            false => 1u64.checked_shl(u32::try_from(*number).ok()?)?,
        };
        (mask != 0).then(|| NamedBit {
            mask,
            name: text(names.get(index)),
        })
    });
    bits.collect()
}

/// Returns whether an entry of a map is hexadecimal, and its number; 0 for what is not a number.
fn entry_of(entry: Value<'_>) -> (bool, u64) {
    let Some(spelled) = spelled(entry) else {
        return (false, 0);
    };
    let number = number(&spelled).and_then(|number| u64::try_from(number).ok());
    (is_hexadecimal(&spelled), number.unwrap_or(0))
}

const fn width(cim_type: CimType) -> u32 {
    match cim_type {
        CimType::Sint8 | CimType::Uint8 | CimType::Boolean => 8,
        CimType::Sint16 | CimType::Uint16 | CimType::Char16 => 16,
        CimType::Sint64 | CimType::Uint64 => 64,
        _ => 32,
    }
}
