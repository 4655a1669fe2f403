//! A second implementation by another route: the formula is found by the name of the type, and
//! computed in exact fractions of whole numbers.

use wmi_core::{CounterType, TimeBase};
use wmi_tools::cooking::{CookingOptions, CounterSample, InverseMultiTimers, SampleTimes, cook};

/// A fraction; the denominator is above zero.
type Fraction = (i128, i128);

/// Two samples as plain numbers: N, B, D, and F. B and F have 32 bits at most, so that nothing
/// overflows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw {
    pub(crate) n: [u64; 2],
    pub(crate) b: [u64; 2],
    pub(crate) d: [u64; 2],
    pub(crate) f: u64,
}

/// The exact value, or `None` where there is none for whatever reason.
fn exact(name: &str, raw: Raw, averages: bool) -> Option<Fraction> {
    let whole = |number: u64| i128::from(number);
    let [n0, n1] = raw.n.map(whole);
    let [b0, b1] = raw.b.map(whole);
    let [d0, d1] = raw.d.map(whole);
    let f = whole(raw.f);
    let name = name.strip_prefix("PERF_")?;
    let (dn, db, dd) = (n1 - n0, b1 - b0, d1 - d0);
    let timed = d0 > 0 && d1 > 0 && dd > 0;
    let result = match name {
        "COUNTER_RAWCOUNT"
        | "COUNTER_LARGE_RAWCOUNT"
        | "COUNTER_RAWCOUNT_HEX"
        | "COUNTER_LARGE_RAWCOUNT_HEX" => (n1, 1),
        "RAW_FRACTION" | "LARGE_RAW_FRACTION" => (100 * n1, b1),
        "ELAPSED_TIME" => match n0.min(n1) {
            _ if n1 == 0 || n1 > d1 || d1 == 0 => return None,
            _ => (d1 - n1, f),
        },
        // All others compare two samples.
        _ if dn < 0 => return None,
        "COUNTER_DELTA" | "COUNTER_LARGE_DELTA" => (dn, 1),
        "AVERAGE_TIMER" => (dn, f * db),
        "AVERAGE_BULK" => (dn, db),
        "SAMPLE_FRACTION" => (100 * dn, db),
        _ if name.starts_with("PRECISION") && name.ends_with("TIMER") => (100 * dn, db),
        _ if !timed => return None,
        "COUNTER_COUNTER" | "COUNTER_BULK_COUNT" | "SAMPLE_COUNTER" => {
            (dn * f, if f > 0 { dd } else { 0 })
        }
        _ if name.contains("QUEUELEN") => (dn, dd),
        _ if name.contains("MULTI_TIMER_INV") => {
            let parts = if averages { b1 } else { i128::from(b1 > 0) };
            (100 * (b1 * dd - dn), dd * parts)
        }
        _ if name.contains("MULTI_TIMER") => (100 * dn, dd * b1),
        _ if name.ends_with("TIMER_INV") => (100 * (dd - dn), dd),
        _ if name.ends_with("TIMER") => (100 * dn, dd),
        _ => return None,
    };
    (result.0 >= 0 && result.1 > 0).then_some(result)
}

/// The same for the library.
pub(crate) fn samples(raw: Raw) -> [CounterSample; 2] {
    [0, 1].map(|index: usize| {
        let times = SampleTimes::NONE
            .performance(raw.d[index], raw.f)
            .object(raw.d[index], raw.f)
            .system(raw.d[index]);
        CounterSample::new(raw.n[index])
            .with_base(raw.b[index])
            .at(times)
    })
}

/// Compares the two.
pub(crate) fn check(counter: CounterType, name: &str, raw: Raw, averages: bool) {
    let inverse_multi_timers = match averages {
        true => InverseMultiTimers::Average,
        false => InverseMultiTimers::Sum,
    };
    let options = CookingOptions {
        inverse_multi_timers,
        ..CookingOptions::default()
    };
    let [older, newer] = samples(raw);
    let cooked = cook(counter, Some(&older), &newer, &options);
    // The rate of the system time is fixed.
    let raw = match counter.time_base() {
        Some(TimeBase::SystemTime) => Raw {
            f: 10_000_000,
            ..raw
        },
        _ => raw,
    };
    match (&cooked, exact(name, raw, averages)) {
        (Ok(cooked), Some((over, under))) => {
            let expected = over as f64 / under as f64;
            let slack = expected.abs() * 1e-9;
            assert!(
                (cooked.value() - expected).abs() <= slack,
                "{name} {raw:?}: {cooked:?}, {expected}"
            );
            assert!(cooked.shown() <= cooked.value());
            assert!(!cooked.to_string().is_empty());
        }
        (Err(_), None) => {}
        (cooked, exact) => panic!("{name} {raw:?}: {cooked:?}, {exact:?}"),
    }
}
