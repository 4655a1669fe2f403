//! Arbitrary values and bytes.

use proptest::prelude::*;
use wmi_core::VariableClass;

use super::agree::{self, Source};
use super::classes::{Flat, TREE, Tree};
use super::naive;

/// Generates bytes: zeros, small numbers like counts and lengths, letters, and any. They are made of
/// numbers, because a choice of strategies for each byte takes longer than the tests.
pub(super) fn input(length: usize) -> impl Strategy<Value = Vec<u8>> {
    let byte = |number: u16| match number.to_le_bytes() {
        [kind, byte] if kind < 0x40 => byte,
        [kind, byte] if kind < 0x80 => b'a' + byte % 26,
        [kind, byte] if kind < 0xc0 => byte % 6,
        _ => 0,
    };
    prop::collection::vec(any::<u16>(), 0..length)
        .prop_map(move |numbers| numbers.into_iter().map(byte).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn written_values_are_read_back(input in input(400)) {
        Source(&input).tree(agree::values);
    }

    #[test]
    fn truncated_blocks_are_refused_with_the_offset(input in input(200)) {
        let block = Source(&input).tree(agree::values);
        for length in 0..block.bytes.len() {
            agree::cut(&block, length);
        }
    }

    #[test]
    fn arbitrary_bytes_match_the_naive_reader(input in input(400)) {
        agree::bytes(&input);
        match Tree::decode(&input) {
            Ok(view) => {
                let text = format!("{view:?}");
                prop_assert!(text.starts_with("TreeView { head: \""), "{}", text);
            }
            Err(error) => {
                let start = format!("the item at byte {}: ", error.offset);
                prop_assert!(error.to_string().starts_with(&start), "{}", error);
            }
        }
    }

    #[test]
    fn damaged_blocks_match_the_naive_reader(
        input in input(400),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = Source(&input).tree(|tree| naive::write(&TREE, tree.values())).bytes;
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        agree::bytes(&bytes);
    }
}

#[test]
fn empty_input_gives_empty_values() {
    let block = Source(&[]).tree(agree::values);
    let mut expected = [0; 52];
    // Item `flag`.
    expected[2] = 1;
    assert_eq!(block.bytes, expected);
    agree::bytes(&block.bytes);
}
