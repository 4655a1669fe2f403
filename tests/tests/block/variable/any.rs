//! Arbitrary values and bytes.

use proptest::prelude::*;
use wmi_core::VariableClass;

use super::agree::{self, Source};
use super::classes::{Flat, TREE, Tree};
use super::naive;

/// Generates bytes, many of them small, like counts and lengths.
fn input(length: usize) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(0), 0..6u8, b'a'..=b'z', any::<u8>()];
    prop::collection::vec(byte, 0..length)
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
