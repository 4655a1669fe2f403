//! The names of an item's values or bits. Owns how `Values`, `ValueMap`, `BitValues`, `BitMap` and
//! `BitValueMap` are read, whoever wrote them; [`import`](crate::import) alone asks whether the derive
//! would write them the same way.
//!
//! Sources: "Standard Qualifiers", "BitMap and BitValues" and "Value Map" in the WMI documentation.
//! These call the entries of `BitMap` positions, while Microsoft's iSCSI classes list masks.

use crate::layout::Integer;
use wmi_core::schema::{Property, Value};

/// The named values or bits of an integer item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedValues<'a> {
    /// Whether a value may have several of the names, each a bit or a group of bits.
    pub(crate) is_flags: bool,
    /// Each number, in the range of the item's type, and its name. At least one.
    pub(crate) names: Vec<(i128, &'a str)>,
}

impl<'a> NamedValues<'a> {
    /// Returns the names of an item's values; `None` if it has none or is not an integer.
    ///
    /// Entries without a number, or with one that the item cannot hold, are left out.
    pub(crate) fn of(property: &Property<'a>) -> Option<Self> {
        let integer = Integer::of(property.cim_type)?;
        let width = u32::try_from(integer.size().saturating_mul(8)).ok()?;
        let (texts, numbers, is_flags) = match list(property, "Values") {
            Some(texts) => (texts, list(property, "ValueMap"), false),
            None => {
                let map = list(property, "BitMap").or_else(|| list(property, "BitValueMap"));
                (list(property, "BitValues")?, map, true)
            }
        };
        let numbers: Vec<_> = match numbers {
            Some(numbers) => numbers.iter().map(number).collect(),
            // Without a map, the names count from zero.
            None => (0..).take(texts.len()).map(Some).collect(),
        };
        let is_masks = is_flags && lists_masks(property, width);
        let names = texts.iter().zip(numbers).filter_map(|(text, number)| {
            let Value::String(text) = *text else {
                return None;
            };
            let number = match (number?, is_flags && !is_masks) {
                (number, false) => number,
                (position, true) => {
                    let position = u32::try_from(position).ok().filter(|it| *it < width)?;
                    1i128.checked_shl(position)?
                }
            };
            Some((in_range(number, integer, width)?, text))
        });
        let names: Vec<_> = names.collect();
        (!names.is_empty()).then_some(Self { is_flags, names })
    }
}

/// Whether the entries of `BitMap` are masks: all are hexadecimal powers of two, or one is too large
/// for a position.
fn lists_masks(property: &Property<'_>, width: u32) -> bool {
    let map = list(property, "BitMap").or_else(|| list(property, "BitValueMap"));
    let Some(map) = map else { return false };
    let is_mask = |value: &Value<'_>| match *value {
        Value::String(text) => {
            text.get(..2)
                .is_some_and(|it| it.eq_ignore_ascii_case("0x"))
                && number(value).is_some_and(|number| number.count_ones() == 1)
        }
        _ => false,
    };
    map.iter().all(is_mask)
        || map
            .iter()
            .any(|value| number(value).is_some_and(|it| it >= width.into()))
}

/// Returns a number of a map, decimal or hexadecimal.
pub(crate) fn number(value: &Value<'_>) -> Option<i128> {
    match *value {
        Value::Integer(number) => Some(number.into()),
        Value::String(text) => {
            let lower = text.to_ascii_lowercase();
            match lower.strip_prefix("0x") {
                Some(digits) => u64::from_str_radix(digits, 16).ok().map(i128::from),
                None => lower.parse().ok(),
            }
        }
        _ => None,
    }
}

/// Returns the number as the item holds it: a bit pattern beyond the range of a signed item becomes
/// negative.
fn in_range(number: i128, integer: Integer, width: u32) -> Option<i128> {
    let is_signed = matches!(
        integer,
        Integer::I8 | Integer::I16 | Integer::I32 | Integer::I64
    );
    let whole = 1i128.checked_shl(width)?;
    let half = whole.checked_shr(1)?;
    let (least, most) = match is_signed {
        true => (half.checked_neg()?, half.checked_sub(1)?),
        false => (0, whole.checked_sub(1)?),
    };
    let number = match is_signed && number >= half && number < whole {
        true => number.checked_sub(whole)?,
        false => number,
    };
    (least..=most).contains(&number).then_some(number)
}

fn list<'a>(property: &Property<'a>, name: &str) -> Option<&'a [Value<'a>]> {
    match property.qualifier(name)?.value {
        Value::Array(values) => Some(values),
        _ => None,
    }
}
