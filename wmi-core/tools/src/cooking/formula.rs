//! The formulas. Owns how each is computed and when it has no result.

use super::{CookedCounter, CookingOptions, CounterSample, InverseMultiTimers, NotCooked};
use wmi_core::{CounterFormula, CounterSize, CounterType, TimeBase};

/// Returns what tools show of a counter of this type, from two samples, or from the newer one where
/// the formula needs no other.
///
/// # Errors
///
/// [`NotCooked`] where the formula has no result: it needs another sample, a base or a time, or
/// something went backwards.
pub fn cook(
    counter: CounterType,
    older: Option<&CounterSample>,
    newer: &CounterSample,
    options: &CookingOptions,
) -> Result<CookedCounter, NotCooked> {
    use CounterFormula as Formula;
    let formula = counter.formula();
    let mut whole = None;
    let value = match formula {
        Formula::Base => return Err(NotCooked::IsBase),
        Formula::Unsupported => return Err(NotCooked::Unsupported),
        Formula::Value | Formula::Hexadecimal => {
            whole = Some(newer.value);
            ratio(newer.value, 1u64)
        }
        Formula::RawFraction => percent(newer.value, filled(newer)?),
        Formula::ElapsedTime => elapsed(counter, newer)?,
        _ => {
            let older = older.ok_or(NotCooked::NeedsAnotherSample)?;
            let between = Between {
                counter,
                older,
                newer,
                options,
            };
            if formula == Formula::Delta {
                whole = Some(between.growth()?);
            }
            between.value(formula)?
        }
    };
    Ok(CookedCounter {
        value,
        whole,
        suffix: counter.suffix(),
        is_hexadecimal: formula == Formula::Hexadecimal,
        scale: 0,
    })
}

/// Two samples of a counter.
struct Between<'s> {
    counter: CounterType,
    older: &'s CounterSample,
    newer: &'s CounterSample,
    options: &'s CookingOptions,
}

impl Between<'_> {
    fn value(&self, formula: CounterFormula) -> Result<f64, NotCooked> {
        use CounterFormula as Formula;
        let growth = self.growth()?;
        Ok(match formula {
            Formula::Rate => ratio(product(growth, self.frequency()?), self.passed()?),
            Formula::QueueLength => ratio(growth, self.passed()?),
            Formula::Timer => percent(growth, self.passed()?),
            Formula::InverseTimer => {
                let passed = self.passed()?;
                percent(
                    passed.checked_sub(growth).ok_or(NotCooked::Negative)?,
                    passed,
                )
            }
            Formula::MultiTimer => {
                let parts = filled(self.newer)?;
                percent(growth, product(self.passed()?, parts))
            }
            Formula::InverseMultiTimer => {
                let (parts, passed) = (filled(self.newer)?, self.passed()?);
                let busy = product(passed, parts).checked_sub(growth.into());
                let busy = busy.ok_or(NotCooked::Negative)?;
                match self.options.inverse_multi_timers {
                    InverseMultiTimers::Sum => percent(busy, passed),
                    InverseMultiTimers::Average => percent(busy, product(passed, parts)),
                }
            }
            Formula::PrecisionTimer | Formula::SampleFraction => {
                percent(growth, self.base_growth()?)
            }
            Formula::AverageTimer => ratio(growth, product(self.frequency()?, self.base_growth()?)),
            Formula::AverageBulk => ratio(growth, self.base_growth()?),
            // The others need one sample.
            _ => ratio(growth, 1u64),
        })
    }

    /// N1 - N0.
    fn growth(&self) -> Result<u64, NotCooked> {
        let (older, newer) = (self.older.value, self.newer.value);
        self.difference(self.counter, older, newer)
            .ok_or(NotCooked::CounterWentBackwards)
    }

    /// B1 - B0.
    fn base_growth(&self) -> Result<u64, NotCooked> {
        let (Some(older), Some(newer)) = (self.older.base, self.newer.base) else {
            return Err(NotCooked::NoBase);
        };
        let base = self.counter.base().unwrap_or(self.counter);
        match self.difference(base, older, newer) {
            None => Err(NotCooked::BaseWentBackwards),
            Some(0) => Err(NotCooked::BaseStoodStill),
            Some(growth) => Ok(growth),
        }
    }

    /// The difference of two values of a counter type; `None` where it went backwards.
    fn difference(&self, counter: CounterType, older: u64, newer: u64) -> Option<u64> {
        let forwards = newer.checked_sub(older);
        if forwards.is_some() || !self.options.wrap || counter.size() != CounterSize::Bits32 {
            return forwards;
        }
        let (older, newer) = (u32::try_from(older).ok()?, u32::try_from(newer).ok()?);
        Some(newer.wrapping_sub(older).into())
    }

    /// D1 - D0.
    fn passed(&self) -> Result<u64, NotCooked> {
        let time = self.time();
        let at = |sample: &CounterSample| {
            let clock = sample.times.of(time);
            let timestamp = clock.map(|clock| clock.timestamp);
            timestamp
                .filter(|timestamp| *timestamp != 0)
                .ok_or(NotCooked::NoTime(time))
        };
        match at(self.newer)?.checked_sub(at(self.older)?) {
            None => Err(NotCooked::TimeWentBackwards),
            Some(0) => Err(NotCooked::TimeStoodStill),
            Some(passed) => Ok(passed),
        }
    }

    fn frequency(&self) -> Result<u64, NotCooked> {
        frequency(self.newer, self.time())
    }

    fn time(&self) -> TimeBase {
        let time = self.counter.time_base();
        time.unwrap_or(TimeBase::PerformanceCounter)
    }
}

/// (D1 - N1) / F.
fn elapsed(counter: CounterType, newer: &CounterSample) -> Result<f64, NotCooked> {
    let time = counter.time_base().unwrap_or(TimeBase::Object);
    let frequency = frequency(newer, time)?;
    let now = newer.times.of(time).map(|clock| clock.timestamp);
    let now = now.filter(|now| *now != 0).ok_or(NotCooked::NoTime(time))?;
    match now.checked_sub(newer.value) {
        Some(passed) if newer.value != 0 => Ok(ratio(passed, frequency)),
        _ => Err(NotCooked::NotStarted),
    }
}

fn frequency(sample: &CounterSample, time: TimeBase) -> Result<u64, NotCooked> {
    let frequency = sample.times.of(time).map(|clock| clock.frequency);
    frequency
        .filter(|frequency| *frequency != 0)
        .ok_or(NotCooked::NoTime(time))
}

/// The base of a sample, which is not zero.
fn filled(sample: &CounterSample) -> Result<u64, NotCooked> {
    match sample.base {
        None => Err(NotCooked::NoBase),
        Some(0) => Err(NotCooked::BaseIsZero),
        Some(base) => Ok(base),
    }
}

/// The quotient of whole numbers, which is rounded once where both have at most 53 bits.
#[expect(clippy::as_conversions, reason = "the nearest real number is meant")]
fn ratio(over: impl Into<u128>, under: impl Into<u128>) -> f64 {
    over.into() as f64 / under.into() as f64
}

fn percent(part: impl Into<u128>, whole: impl Into<u128>) -> f64 {
    match part.into() {
        part if part <= u128::MAX / 100 => ratio(part.saturating_mul(100), whole),
        part => 100.0 * ratio(part, whole),
    }
}

/// A product, which always fits.
fn product(one: u64, other: u64) -> u128 {
    u128::from(one).saturating_mul(u128::from(other))
}
