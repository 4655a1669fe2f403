//! Damaged WNODEs and arbitrary bytes: no panic, no access outside of the input, and the same
//! result as the naive reader.

use proptest::collection::vec;
use proptest::prelude::*;
use wmi_core::wnode::Wnode;

use crate::agree::agree_on;
use crate::by_hand::{self, patch};
use crate::classes::Vendor_Six;
use crate::faults::{error, truncated};

/// A truncated WNODE cannot be read, neither with the old `BufferSize` nor with a matching one.
#[test]
fn truncated_wnodes_are_refused() {
    for full in by_hand::all() {
        assert!(Wnode::decode(&full).is_ok());
        for length in 0..full.len() {
            let mut bytes = full[..length].to_vec();
            let needed = if length < 48 { 48 } else { full.len() };
            let found = error(&bytes);
            assert_eq!((found.member, found.offset), ("BufferSize", 0));
            assert_eq!(found.fault, truncated(needed, length));
            if length >= 48 {
                patch(&mut bytes, 0, length as u32);
                let found = error(&bytes);
                if length < 64 {
                    assert_eq!((found.member, found.offset), ("BufferSize", 0));
                    assert_eq!(found.fault, truncated(64, length));
                } else {
                    assert_ne!(found.member, "BufferSize");
                }
            }
        }
    }
}

/// Sets every byte to every value, and every member to every value near a limit.
#[test]
fn changed_members_match_the_naive_reader() {
    for full in by_hand::all() {
        for index in 0..full.len() {
            for value in 0..=u8::MAX {
                let mut bytes = full.clone();
                bytes[index] = value;
                agree_on::<Vendor_Six>(&bytes, 6..=8);
            }
        }
        let end = full.len() as u32;
        let near = |bound: u32| bound.wrapping_sub(9)..=bound.saturating_add(9);
        let values = (0..=end + 9)
            .chain(near(1 << 16).chain(near(1 << 29)))
            .chain(near(1 << 31).chain(u32::MAX - 73..=u32::MAX));
        for value in values {
            for offset in (0..full.len() - 4).step_by(2) {
                let mut bytes = full.clone();
                patch(&mut bytes, offset, value);
                agree_on::<Vendor_Six>(&bytes, 6..=8);
            }
        }
    }
}

/// Generates a valid header followed by numbers that are mostly small.
fn numbers() -> impl Strategy<Value = Vec<u8>> {
    let flags = prop::sample::select(vec![
        0x01, 0x11, 0x81, 0x91, 0x02, 0x82, 0x20, 0x04, 0x84, 0x8000, 0x8080, 0x2000, 0x2080,
    ]);
    let number = prop_oneof![
        4 => (0_u32..40).prop_map(|eighths| 8 * eighths),
        4 => 0_u32..6,
        1 => any::<u32>(),
    ];
    (flags, vec(number, 0..60)).prop_map(|(flags, numbers)| {
        let mut bytes = by_hand::two_static().bytes();
        bytes.truncate(48);
        bytes.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
        let size = bytes.len() as u32;
        patch(&mut bytes, 0, size);
        patch(&mut bytes, 44, flags);
        bytes
    })
}

/// Generates a WNODE by hand with some numbers changed, and possibly truncated.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let wnode = prop::sample::select(by_hand::all().to_vec());
    let value = prop_oneof![
        4 => 0_u32..130,
        1 => u32::MAX - 130..=u32::MAX,
        1 => any::<u32>(),
        2 => (0_u32..25).prop_map(|bit| 1 << bit),
    ];
    let place = prop_oneof![4 => 0_usize..20, 1 => 20_usize..32];
    let length = prop_oneof![8 => Just(usize::MAX), 1 => 0_usize..130];
    (wnode, vec((place, value), 1..5), length).prop_map(|(mut bytes, changes, length)| {
        for (place, value) in changes {
            // Leave the header's members that do not describe the structure alone.
            let at = if place == 0 { 0 } else { 40 + 4 * place };
            if at + 4 <= bytes.len() {
                patch(&mut bytes, at, value);
            }
        }
        bytes.truncate(length);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn arbitrary_members_match_the_naive_reader(bytes in numbers()) {
        agree_on::<Vendor_Six>(&bytes, 6..=8);
    }

    #[test]
    fn damaged_wnodes_match_the_naive_reader(bytes in damaged()) {
        agree_on::<Vendor_Six>(&bytes, 6..=8);
    }
}
