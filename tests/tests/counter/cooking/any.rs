//! Any samples of any counter type.

use proptest::prelude::*;
use wmi_core::CounterType;

use super::naive::{self, Raw};

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
        naive::check(counter, name, raw, averages);
    }
}
