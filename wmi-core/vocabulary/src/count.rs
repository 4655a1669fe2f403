//! The methods that count. Owns which a counter has and how they are named; what each does belongs
//! to the derive.

use crate::{CounterFormula, CounterType, TimeBase};

/// How a driver counts in an item.
///
/// Source of what each type holds: "Calculating Counter Values", Win32 documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Events happen: `increment_x`, `add_x`.
    Up,
    /// A number goes up and down: `increment_x`, `add_x`, `decrement_x`, `sub_x`, `set_x`.
    UpAndDown,
    /// Time passes, in units of this clock: `add_x_ticks`, `add_x_100ns` or `add_x_units`.
    Time(TimeBase),
    /// Time passes idle: `add_idle_x_ticks` and so on.
    IdleTime(TimeBase),
    /// Time passes, and the base is the time now: `add_x_ticks(ticks, now)` and so on.
    TimeUntil(TimeBase),
    /// Amounts are averaged: `record_x`.
    Average,
    /// Durations in ticks of the performance counter are averaged: `record_x_ticks`.
    AverageTime,
    /// Some of all samples are of a kind: `sample_x`, `add_x_samples`.
    Samples,
    /// A part of a whole: `set_x(part, whole)`; the part alone goes up and down.
    Fraction,
    /// Something starts: `start_x`.
    Start,
    /// The counter before it counts here too: none.
    WithCounter,
}

impl Counting {
    /// How an item of this type counts, whose base is in its place.
    #[must_use]
    pub const fn of(counter: CounterType) -> Self {
        use CounterFormula as Formula;
        let time = match counter.time_base() {
            Some(time) => time,
            None => TimeBase::PerformanceCounter,
        };
        match counter.formula() {
            Formula::Value | Formula::Hexadecimal => Self::UpAndDown,
            Formula::Delta | Formula::Rate | Formula::Unsupported => Self::Up,
            Formula::QueueLength | Formula::Timer | Formula::MultiTimer => Self::Time(time),
            Formula::InverseTimer | Formula::InverseMultiTimer => Self::IdleTime(time),
            Formula::PrecisionTimer => Self::TimeUntil(time),
            Formula::AverageTimer => Self::AverageTime,
            Formula::AverageBulk => Self::Average,
            Formula::SampleFraction => Self::Samples,
            Formula::RawFraction => Self::Fraction,
            Formula::ElapsedTime => Self::Start,
            // The number of parts, which the counter does not know.
            Formula::Base if counter.value() == MULTI_BASE => Self::UpAndDown,
            Formula::Base => Self::WithCounter,
        }
    }

    /// How an item counts that does not have the counter or the base that belongs to it.
    #[must_use]
    pub const fn unpaired(counter: CounterType) -> Self {
        if counter.is_instantaneous() {
            Self::UpAndDown
        } else {
            Self::Up
        }
    }

    /// The methods besides the one that reads the value: what stands before and behind the name of
    /// the field.
    #[must_use]
    pub const fn methods(self) -> &'static [(&'static str, &'static str)] {
        use TimeBase::{Object, PerformanceCounter, SystemTime};
        match self {
            Self::Up => &[("increment_", ""), ("add_", "")],
            Self::UpAndDown | Self::Fraction => &[
                ("increment_", ""),
                ("add_", ""),
                ("decrement_", ""),
                ("sub_", ""),
                ("set_", ""),
            ],
            Self::Time(PerformanceCounter) | Self::TimeUntil(PerformanceCounter) => {
                &[("add_", "_ticks")]
            }
            Self::Time(SystemTime) | Self::TimeUntil(SystemTime) => &[("add_", "_100ns")],
            Self::Time(Object) | Self::TimeUntil(Object) => &[("add_", "_units")],
            Self::IdleTime(PerformanceCounter) => &[("add_idle_", "_ticks")],
            Self::IdleTime(SystemTime) => &[("add_idle_", "_100ns")],
            Self::IdleTime(Object) => &[("add_idle_", "_units")],
            Self::Average => &[("record_", "")],
            Self::AverageTime => &[("record_", "_ticks")],
            Self::Samples => &[("sample_", ""), ("add_", "_samples")],
            Self::Start => &[("start_", "")],
            Self::WithCounter => &[],
        }
    }

    /// Whether it counts in the base too, so that the base must be in its place.
    #[must_use]
    pub const fn needs_base(self) -> bool {
        matches!(
            self,
            Self::TimeUntil(_) | Self::Average | Self::AverageTime | Self::Samples | Self::Fraction
        )
    }
}

const MULTI_BASE: u32 = CounterType::PERF_COUNTER_MULTI_BASE.value();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_count_in_their_base_have_one() {
        for &(name, counter) in CounterType::ALL {
            let counting = Counting::of(counter);
            if counting.needs_base() {
                assert!(counter.base().is_some(), "{name}");
            }
            // All but the fractions' methods name what they do by field, so none is there twice.
            let methods = counting.methods();
            for (index, method) in methods.iter().enumerate() {
                assert!(!methods[..index].contains(method), "{name}");
            }
            let reads_only = methods.is_empty();
            let is_silent = counter.is_base() && counter != CounterType::PERF_COUNTER_MULTI_BASE;
            assert_eq!(reads_only, is_silent, "{name}");
        }
    }
}
