//! A second implementation by another route: the formula is found by the name of the type, and
//! computed in exact fractions of whole numbers.

use proptest::prelude::*;
use wmi_core::CounterType;
use wmi_tools::cooking::{CookingOptions, CounterSample, InverseMultiTimers, SampleTimes, cook};

/// A fraction; the denominator is above zero.
type Fraction = (i128, i128);

/// Two samples as plain numbers: N, B, D, and F.
#[derive(Clone, Copy, Debug)]
struct Raw {
    n: [u64; 2],
    b: [u64; 2],
    d: [u64; 2],
    f: u64,
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

fn samples(raw: Raw) -> [CounterSample; 2] {
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

/// Mostly numbers that a driver counts, and some of any size.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        0..10u64,
        0..1_000_000u64,
        0..=u64::from(u32::MAX),
        any::<u64>()
    ]
}

fn raw() -> impl Strategy<Value = Raw> {
    let base = prop_oneof![Just(0), 0..10u64, 0..=u64::from(u32::MAX)];
    let pair = |strategy: BoxedStrategy<u64>| prop::array::uniform2(strategy);
    let time = prop_oneof![
        Just(0),
        0..1000u64,
        any::<u32>().prop_map(u64::from),
        0..1u64 << 60
    ];
    let frequency = prop_oneof![Just(0), Just(10_000_000), 1..4_000_000_000u64];
    (
        pair(number().boxed()),
        pair(base.boxed()),
        pair(time.boxed()),
        frequency,
    )
        .prop_map(|(n, b, d, f)| Raw { n, b, d, f })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn both_show_the_same_of_any_samples(
        raw in raw(),
        index in 0..CounterType::ALL.len(),
        averages: bool,
    ) {
        let (name, counter) = CounterType::ALL[index];
        let mut options = CookingOptions::default();
        if averages {
            options.inverse_multi_timers = InverseMultiTimers::Average;
        }
        let [older, newer] = samples(raw);
        let cooked = cook(counter, Some(&older), &newer, &options);
        // The rate of the system time is fixed.
        let raw = if counter.time_base() == Some(wmi_core::TimeBase::SystemTime) {
            Raw { f: 10_000_000, ..raw }
        } else {
            raw
        };
        match (cooked, exact(name, raw, averages)) {
            (Ok(cooked), Some((over, under))) => {
                let expected = over as f64 / under as f64;
                let slack = expected.abs().max(100.0) * 1e-9;
                prop_assert!((cooked.value() - expected).abs() <= slack, "{name} {cooked:?} {expected}");
            }
            (Err(_), None) => {}
            (cooked, exact) => prop_assert!(false, "{name}: {cooked:?}, {exact:?}"),
        }
    }
}
