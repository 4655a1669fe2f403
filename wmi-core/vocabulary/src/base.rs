//! The bases of counters. Owns the rule where a base stands and how it is named; which type demands
//! which base is in the table of [`CounterType`].
//!
//! An item `X` whose type demands a base is followed at once, in order of `WmiDataId`, by the item
//! `X_Base` of that type. Source: "Base Counter Types" and "Supporting the Win32_PerfRawData
//! Class", Win32 documentation. No page tells whether WMI finds the base by its place or by its
//! name, so both must be right.

use crate::CounterType;

/// What follows the name of a counter in that of its base.
pub const SUFFIX: &str = "_Base";

/// An item, as the rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct CounterItem<'a> {
    /// Its WMI name.
    pub name: &'a str,
    /// Its counter type, if it has one.
    pub counter: Option<CounterType>,
}

/// How the rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseFault {
    /// The item behind the counter is not its base, by name or by type; or there is none.
    Missing,
    /// The item behind the counter has the name of its base, and another type.
    Type,
    /// The item behind the counter has the type of its base, and another name.
    Name,
    /// A base does not follow a counter that demands one.
    Alone,
}

/// Checks a counter against the item behind it.
#[must_use]
pub const fn of_counter(
    counter: CounterItem<'_>,
    next: Option<CounterItem<'_>>,
) -> Option<BaseFault> {
    let Some(base) = demanded(counter) else {
        return None;
    };
    let Some(next) = next else {
        return Some(BaseFault::Missing);
    };
    let fits = match next.counter {
        Some(found) => meant(found).value() == base.value(),
        None => false,
    };
    match (is_name_of_base(counter.name, next.name), fits) {
        (true, true) => None,
        (true, false) => Some(BaseFault::Type),
        (false, true) => Some(BaseFault::Name),
        (false, false) => Some(BaseFault::Missing),
    }
}

/// Checks a base against the item before it. What is wrong between a counter that demands a base
/// and the item behind it is found at the counter.
#[must_use]
pub const fn of_base(before: Option<CounterItem<'_>>, base: CounterItem<'_>) -> Option<BaseFault> {
    match base.counter {
        Some(counter) if meant(counter).is_base() => {}
        _ => return None,
    }
    match before {
        Some(before) if demanded(before).is_some() || is_tolerated(before, base) => None,
        _ => Some(BaseFault::Alone),
    }
}

/// The type of the base that an item demands.
#[must_use]
pub const fn demanded(item: CounterItem<'_>) -> Option<CounterType> {
    match item.counter {
        Some(counter) => counter.base(),
        None => None,
    }
}

/// Whether the name of a base is that of a counter and [`SUFFIX`], in any case.
#[must_use]
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the length is compared first"
)]
pub const fn is_name_of_base(counter: &str, base: &str) -> bool {
    let (counter, base, suffix) = (counter.as_bytes(), base.as_bytes(), SUFFIX.as_bytes());
    if base.len() != counter.len() + suffix.len() {
        return false;
    }
    let mut index = 0;
    while index < base.len() {
        let expected = if index < counter.len() {
            counter[index]
        } else {
            suffix[index - counter.len()]
        };
        if !base[index].eq_ignore_ascii_case(&expected) {
            return false;
        }
        index += 1;
    }
    true
}

/// The page "Base Counter Types" lists a base of `PERF_SAMPLE_COUNTER` too, though no formula reads
/// it: one is neither demanded nor refused.
const fn is_tolerated(before: CounterItem<'_>, base: CounterItem<'_>) -> bool {
    match (before.counter, base.counter) {
        (Some(counter), Some(found)) => {
            counter.value() == CounterType::PERF_SAMPLE_COUNTER.value()
                && found.value() == CounterType::PERF_SAMPLE_BASE.value()
                && is_name_of_base(before.name, base.name)
        }
        _ => false,
    }
}

/// The type that a misprinted value stands for.
const fn meant(counter: CounterType) -> CounterType {
    match counter.misprint_of() {
        Some(meant) => meant,
        None => counter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str, counter: CounterType) -> CounterItem<'_> {
        CounterItem {
            name,
            counter: Some(counter),
        }
    }

    #[test]
    fn every_type_that_demands_a_base_is_satisfied_by_it_alone() {
        for &(_, counter) in CounterType::ALL {
            let counted = item("X", counter);
            let Some(base) = counter.base() else {
                assert_eq!(of_counter(counted, None), None);
                continue;
            };
            assert_eq!(of_counter(counted, None), Some(BaseFault::Missing));
            for &(_, other) in CounterType::ALL {
                let fits = other == base;
                let by_name = of_counter(counted, Some(item("x_base", other)));
                assert_eq!(by_name, (!fits).then_some(BaseFault::Type));
                let fault = if fits {
                    BaseFault::Name
                } else {
                    BaseFault::Missing
                };
                assert_eq!(of_counter(counted, Some(item("Y", other))), Some(fault));
            }
        }
    }

    #[test]
    fn bases_follow_a_counter_that_demands_one() {
        let base = item("X_Base", CounterType::PERF_SAMPLE_BASE);
        assert_eq!(of_base(None, base), Some(BaseFault::Alone));
        let raw = item("X", CounterType::PERF_COUNTER_RAWCOUNT);
        assert_eq!(of_base(Some(raw), base), Some(BaseFault::Alone));
        let fraction = item("X", CounterType::PERF_SAMPLE_FRACTION);
        assert_eq!(of_base(Some(fraction), base), None);
        let counter = item("X", CounterType::PERF_SAMPLE_COUNTER);
        assert_eq!(of_base(Some(counter), base), None);
        assert_eq!(of_base(None, raw), None);
    }

    #[test]
    fn the_misprinted_value_is_a_base() {
        let fraction = item("X", CounterType::PERF_LARGE_RAW_FRACTION);
        let base = item("X_Base", CounterType::from_value(1_073_939_715));
        assert_eq!(of_counter(fraction, Some(base)), None);
        assert_eq!(of_base(Some(fraction), base), None);
    }
}
