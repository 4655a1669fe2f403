//! The qualifiers of driver WMI: their ranges, the implied ones, and their order. Owns the rules
//! shared by the derive and its inverse, the importer.

use core::fmt;

use crate::attribute::{CLASS_KEYS, FIELD_KEYS, row_of_qualifier};
use crate::kind::ClassKind;

/// The range of a qualifier's integer value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub least: i64,
    /// The greatest.
    pub greatest: i64,
}

impl Range {
    /// Unsigned 32-bit numbers.
    pub const U32: Self = Self::new(0, 0xffff_ffff);
    /// Signed 32-bit numbers.
    pub const I32: Self = Self::new(-0x8000_0000, 0x7fff_ffff);
    /// The ids of items, from 1.
    pub const ID: Self = Self::new(1, 0xffff_ffff);
    /// The powers of ten that `DefaultScale` may have. Source: `PDH_MIN_SCALE` and `PDH_MAX_SCALE` of
    /// `pdh.h`.
    pub const DEFAULT_SCALE: Self = Self::new(-7, 7);

    const fn new(least: i64, greatest: i64) -> Self {
        Self { least, greatest }
    }

    /// Returns whether the number lies in the range.
    #[must_use]
    pub const fn contains(self, number: i64) -> bool {
        self.least <= number && number <= self.greatest
    }
}

/// The levels of `PerfDetail` and their names. Source: `winperf.h`.
pub const PERF_DETAILS: [(i64, &str); 4] = [
    (100, "novice"),
    (200, "advanced"),
    (300, "expert"),
    (400, "wizard"),
];

/// The level of a counter without `perf_detail` on its class or field.
pub const DEFAULT_PERF_DETAIL: i64 = PERF_DETAILS[0].0;

/// The value of an implied qualifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImpliedValue {
    /// `TRUE`.
    True,
    /// A number.
    Number(i64),
    /// A text.
    Text(&'static str),
}

/// An implied qualifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Implied {
    /// Its position in the usual order: [`FIRST`], or the rank of its attribute.
    pub rank: usize,
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: ImpliedValue,
}

impl Implied {
    /// Returns a qualifier that precedes those of all attributes.
    pub(crate) const fn first(name: &'static str, value: ImpliedValue) -> Self {
        Self {
            rank: FIRST,
            name,
            value,
        }
    }
}

/// The implied qualifiers of a method.
pub const IMPLIED_BY_METHOD: &[Implied] = &[Implied::first("Implemented", ImpliedValue::True)];

/// The base of classes of counters.
pub const PERF_BASE: &str = "Win32_PerfRawData";

/// The implied qualifiers of a class: those of its kind, and what a class of counters needs to be
/// shown, where its base is [`PERF_BASE`] by name.
///
/// Source of the latter: "Supporting the Win32_PerfRawData Class", Win32 documentation.
pub fn implied_by_class(kind: ClassKind, base: Option<&str>) -> impl Iterator<Item = Implied> {
    let is_perf = kind == ClassKind::Registered
        && base.is_some_and(|base| base.eq_ignore_ascii_case(PERF_BASE));
    let of_perf = is_perf.then_some([
        ("PerfDetail", ImpliedValue::Number(DEFAULT_PERF_DETAIL)),
        ("HiPerf", ImpliedValue::True),
    ]);
    let of_perf = of_perf.into_iter().flatten();
    let of_perf = of_perf.filter_map(|(name, value)| {
        let (rank, _) = row_of_qualifier(CLASS_KEYS, name)?;
        Some(Implied { rank, name, value })
    });
    kind.implied().iter().copied().chain(of_perf)
}

/// Returns the implied qualifiers of an item: `read` and, for a counter, `DefaultScale` and
/// `PerfDetail`. `perf_detail` is the default level of a counter, `None` for other items.
pub fn implied_by_item(perf_detail: Option<i64>) -> impl Iterator<Item = Implied> {
    let of_counter = perf_detail.map(|detail| {
        [
            ("DefaultScale", ImpliedValue::Number(0)),
            ("PerfDetail", ImpliedValue::Number(detail)),
        ]
    });
    let all = [("read", ImpliedValue::True)]
        .into_iter()
        .chain(of_counter.into_iter().flatten());
    all.filter_map(|(name, value)| {
        let (rank, _) = row_of_qualifier(FIELD_KEYS, name)?;
        Some(Implied { rank, name, value })
    })
}

/// The qualifiers of an item determined by the struct, which cannot be written as free qualifiers.
pub const OWN_OF_ITEM: &[&str] = &[
    "key",
    "read",
    "write",
    "WmiDataId",
    "CounterType",
    "WmiSizeIs",
    "MAX",
    "MaxLen",
    "CIMTYPE",
];

/// The qualifiers of a method determined by the struct.
pub const OWN_OF_METHOD: &[&str] = &["WmiMethodId"];

/// The qualifiers of a parameter determined by the struct.
pub const OWN_OF_PARAMETER: &[&str] = &["in", "out", "WmiSizeIs", "MAX", "MaxLen", "CIMTYPE"];

/// The rank of a qualifier that precedes those of all attributes. An attribute's rank is its row
/// number, from 1.
pub const FIRST: usize = 0;

/// Returns the position of an implied qualifier among the written ones: before the first one that
/// usually follows it. Attributes in the usual order therefore give qualifiers in the usual order.
pub fn place(written: impl IntoIterator<Item = usize>, rank: usize) -> usize {
    let before = written.into_iter().take_while(|other| *other <= rank);
    before.count()
}

/// The text of the qualifier `Locale`: `MS\0x409`.
#[derive(Clone, Copy, Debug)]
pub struct Locale(u32);

impl Locale {
    /// Returns the locale with this `LANGID`.
    #[must_use]
    pub const fn from_value(value: u32) -> Self {
        Self(value)
    }

    /// Returns the `LANGID`.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// Returns the locale of this text, if it is in the form that [`Locale`] writes.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(LOCALE_PREFIX)?;
        let canonical = !digits.starts_with('0') || digits == "0";
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let number = u32::from_str_radix(digits, 16).ok()?;
        (canonical && digits.bytes().all(lower)).then_some(Self(number))
    }
}

const LOCALE_PREFIX: &str = r"MS\0x";

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{LOCALE_PREFIX}{:x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::ToString;

    #[test]
    fn locales_round_trip() {
        for number in [0, 0x407, 0x409, u32::MAX] {
            let text = Locale(number).to_string();
            assert_eq!(
                Locale::from_text(&text).map(|locale| locale.0),
                Some(number)
            );
        }
        for text in [
            "",
            "0x409",
            r"MS\0x",
            r"MS\0x0409",
            r"MS\0x40A",
            r"MS\0x+9",
            r"MS\409",
        ] {
            assert!(Locale::from_text(text).is_none(), "{text}");
        }
    }

    #[test]
    fn implied_qualifiers_have_the_ranks_of_their_attributes() {
        let ranks = |detail| -> std::vec::Vec<_> {
            implied_by_item(detail)
                .map(|implied| (implied.name, implied.rank))
                .collect()
        };
        assert_eq!(ranks(None), [("read", 7)]);
        assert_eq!(ranks(Some(100)).len(), 3);
    }
}
