//! DS-01 compression: packing and unpacking agree with the naive implementation, and both take
//! linear time for every payload.

mod naive;

use core::time::Duration;
use std::time::Instant;

use proptest::prelude::*;
use wmi_tools::bmf::{Packing, pack, unpack};

/// Repetitive payloads: runs, copies from anywhere, few distinct values.
fn payloads() -> impl Strategy<Value = Vec<u8>> {
    let step = (any::<u8>(), 1..600usize, 0..6000usize, 0..4u8);
    (1..=8u8, proptest::collection::vec(step, 0..24)).prop_map(|(values, steps)| {
        let mut payload: Vec<u8> = Vec::new();
        for (byte, length, back, kind) in steps {
            let value = |at: usize| byte.wrapping_mul(31).wrapping_add((at * at) as u8) % values;
            let short = length % 12;
            match kind {
                0 => payload.extend((0..short).map(value)),
                1 => payload.extend((0..length).map(|_| byte % values)),
                _ if payload.is_empty() => payload.push(byte),
                _ => {
                    let from = payload.len() - 1 - back % payload.len();
                    let length = if kind == 2 { short } else { length };
                    for at in from..from + length {
                        payload.push(payload[at]);
                    }
                }
            }
        }
        payload
    })
}

proptest! {
    // The naive packers try every place, so few cases suffice.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn greedy_packing_matches_the_naive_one(payload in payloads()) {
        let packed = pack(&payload, Packing::Greedy);
        prop_assert!(packed == naive::greedy(&payload));
        prop_assert_eq!(unpack(&packed, payload.len()), Ok(payload));
    }

    #[test]
    fn optimal_packing_is_the_shortest(mut payload in payloads()) {
        payload.truncate(360);
        let packed = pack(&payload, Packing::Optimal);
        prop_assert_eq!(packed.len(), naive::shortest(&payload));
        prop_assert_eq!(unpack(&packed, payload.len()), Ok(payload));
    }

}

proptest! {
    #[test]
    fn damaged_streams_match_the_naive_reader(
        payload in payloads(),
        at: prop::sample::Index,
        bit in 0..8,
        longer in -2..3isize,
    ) {
        let mut packed = pack(&payload, Packing::Greedy);
        let at = at.index(packed.len());
        packed[at] ^= 1u8 << bit;
        let size = payload.len().saturating_add_signed(longer);
        let read = unpack(&packed, size);
        prop_assert!(read.as_ref().err().is_none_or(|error| error.offset <= packed.len()));
        prop_assert_eq!(read.ok(), naive::unpack(&packed, size));
    }
}

#[test]
fn empty_payload_is_a_sync_mark() {
    for parse in [Packing::Greedy, Packing::Optimal] {
        assert_eq!(pack(b"", parse), b"DS\x00\x01\xff\x7f");
        assert_eq!(unpack(&pack(b"", parse), 0), Ok(Vec::new()));
    }
}

/// A match reaches at most 4414 bytes back.
#[test]
fn matches_reach_4414_bytes_back() {
    for (distance, longer) in [(4414, true), (4415, false)] {
        // Two bytes that occur nowhere else, at both ends.
        let mut payload: Vec<u8> = (0..distance).map(|at| (at * at / 7 % 61) as u8).collect();
        payload[..8].copy_from_slice(b"\xffABCDEF\xff");
        payload.extend(b"\xffABCDEF\xff");
        let packed = pack(&payload, Packing::Greedy);
        assert_eq!(packed, naive::greedy(&payload));
        let without = pack(&payload[..distance], Packing::Greedy).len();
        assert_eq!(packed.len() - without < 6, longer, "{distance}");
    }
}

/// Payloads that are hard for a match search.
fn hard(length: usize) -> [(&'static str, Vec<u8>); 6] {
    let mut random = 1u32;
    let mut random = move || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 24) as usize
    };
    let runs = (1..512usize)
        .cycle()
        .flat_map(|run| (0..run).map(|at| u8::from(at == 0)));
    [
        ("zeros", vec![0; length]),
        (
            "a period of 3",
            (0..length).map(|at| (at % 3) as u8).collect(),
        ),
        (
            "a period of 4400",
            (0..length)
                .map(|at| (at % 4400 * 7919 / 64) as u8)
                .collect(),
        ),
        ("runs", runs.take(length).collect()),
        (
            "two values",
            (0..length).map(|_| (random() % 2) as u8).collect(),
        ),
        (
            "few ones",
            (0..length).map(|_| u8::from(random() % 40 == 0)).collect(),
        ),
    ]
}

/// Quadruples the payload and expects about four times the time; a quadratic search would take
/// sixteen times. Even the shorter payload is longer than the reach of a match.
#[test]
fn hard_payloads_take_linear_time() {
    let once = |payload: &[u8], packing| {
        let start = Instant::now();
        let packed = pack(payload, packing);
        let taken = start.elapsed();
        assert_eq!(unpack(&packed, payload.len()).as_deref(), Ok(payload));
        taken
    };
    // The minimum of several runs, because other programs may run beside the test.
    let time = |payload: &[u8], packing| {
        let times = (0..2).map(|_| once(payload, packing));
        times.min().unwrap()
    };
    for packing in [Packing::Greedy, Packing::Optimal] {
        for ((name, short), (_, long)) in hard(5_000).iter().zip(&hard(20_000)) {
            let short = time(short, packing) + Duration::from_millis(20);
            let long = time(long, packing);
            assert!(long < short * 10, "{name}: {short:?}, then {long:?}");
        }
    }
}
