//! Blocks whose bytes were counted by hand.

use wmi_core::block::Decoder;
use wmi_core::{Count, DateTime, VariableClass, WmiClass};

use super::classes::{Branch, Leaf, Pair};

#[derive(WmiClass)]
#[wmi(variable, guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a03")]
struct Log<'a> {
    // The fields are not declared in block order.
    #[wmi(data_id = 4)]
    end: &'a str,
    #[wmi(data_id = 3)]
    code: u32,
    #[wmi(data_id = 1)]
    line_count: Count<u8>,
    #[wmi(data_id = 2, size_is = "line_count")]
    lines: &'a [&'a str],
}

#[test]
fn strings_are_counted_and_aligned() {
    let log = Log {
        line_count: Count::NEW,
        lines: &["a", "", "𝄞"],
        code: 0x0102_0304,
        end: "é",
    };
    let bytes = [
        // LineCount, padding to a multiple of 2
        &[3, 0][..],
        // Lines: "a", "", and one character of two units
        &[2, 0, b'a', 0],
        &[0, 0],
        &[4, 0, 0x34, 0xd8, 0x1e, 0xdd],
        // padding to a multiple of 4, Code
        &[0, 0],
        &[4, 3, 2, 1],
        // End
        &[2, 0, 0xe9, 0],
    ]
    .concat();
    check(&log, &bytes);
    let view = Log::decode(&bytes).unwrap();
    assert_eq!(
        (view.line_count, view.lines.len(), view.code),
        (3, 3, 0x0102_0304)
    );
    let lines: Vec<_> = view.lines.iter().map(|line| line.to_string()).collect();
    assert_eq!(lines, ["a", "", "𝄞"]);
    assert_eq!(view.end, "é");
    assert_eq!(
        format!("{view:?}"),
        r#"LogView { end: "é", code: 16909060, line_count: 3, lines: ["a", "", "𝄞"] }"#
    );
}

#[derive(WmiClass)]
#[wmi(variable, guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a04")]
struct Samples<'a> {
    #[wmi(data_id = 1)]
    name: &'a str,
    #[wmi(data_id = 2)]
    count: Count<u16>,
    #[wmi(data_id = 3, size_is = "count")]
    values: &'a [u64],
    #[wmi(data_id = 4, size_is = "count")]
    pairs: &'a [Pair],
    #[wmi(data_id = 5)]
    byte: u8,
    #[wmi(data_id = 6, size_is = "count")]
    times: &'a [DateTime],
}

#[test]
fn arrays_may_share_one_count() {
    let time = DateTime::parse("20181017123456.000000+120").unwrap();
    let samples = Samples {
        name: "ab",
        count: Count::NEW,
        values: &[0x0102_0304_0506_0708],
        pairs: &[Pair { long: 9, tag: 10 }],
        byte: 11,
        times: &[time],
    };
    let time = "20181017123456.000000+120".encode_utf16();
    let bytes = [
        // Name, Count
        &[4, 0, b'a', 0, b'b', 0][..],
        &[1, 0],
        // Values, already at a multiple of 8
        &[8, 7, 6, 5, 4, 3, 2, 1],
        // Pairs, with the padding at the end of each
        &[9, 0, 0, 0, 10, 0, 0, 0],
        // Byte, padding to a multiple of 2, Times
        &[11, 0],
        &time.flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
    ]
    .concat();
    check(&samples, &bytes);
}

#[test]
fn empty_arrays_have_no_alignment() {
    let samples = Samples {
        name: "",
        count: Count::NEW,
        values: &[],
        pairs: &[],
        byte: 11,
        times: &[],
    };
    check(&samples, &[0, 0, 0, 0, 11]);
}

#[derive(WmiClass)]
#[wmi(variable, guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a05")]
struct Forest<'a> {
    #[wmi(data_id = 1)]
    count: Count<u32>,
    #[wmi(data_id = 2, size_is = "count")]
    branches: &'a [Branch<'a>],
}

#[test]
fn variable_classes_nest() {
    let leaf = |name, weight, end| Leaf { name, weight, end };
    let forest = Forest {
        count: Count::NEW,
        branches: &[
            Branch {
                leaf_count: Count::NEW,
                leaves: &[leaf("x", -2, 7), leaf("", 2, 9)],
                title: "t",
            },
            Branch {
                leaf_count: Count::NEW,
                leaves: &[],
                title: "",
            },
        ],
    };
    let bytes = [
        // Count, padding to the alignment of a branch, which comes from a leaf's weight
        &[2, 0, 0, 0, 0, 0, 0, 0][..],
        // LeafCount, padding to the alignment of a leaf
        &[2, 0, 0, 0, 0, 0, 0, 0],
        // Name "x", padding, Weight, End, padding to the next leaf
        &[2, 0, b'x', 0, 0, 0, 0, 0],
        &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[7, 0, 0, 0, 0, 0, 0, 0],
        // Name "", padding, Weight, End
        &[0, 0, 0, 0, 0, 0, 0, 0],
        &[2, 0, 0, 0, 0, 0, 0, 0],
        &[9],
        // padding to a multiple of 2, Title, padding to the next branch
        &[0],
        &[2, 0, b't', 0],
        &[0, 0],
        // LeafCount, padding to a multiple of 2, Title
        &[0, 0],
        &[0, 0],
    ]
    .concat();
    check(&forest, &bytes);
    let view = Forest::decode(&bytes).unwrap();
    let [first, second] = [0, 1].map(|at| view.branches.iter().nth(at).unwrap());
    assert!(first.title == "t" && second.title == "");
    assert_eq!((first.leaf_count, second.leaf_count), (2, 0));
    let weights: Vec<_> = first.leaves.into_iter().map(|leaf| leaf.weight).collect();
    assert_eq!(weights, [-2, 2]);
    assert!(second.leaves.is_empty() && !first.leaves.is_empty());
}

/// Asserts that the block is encoded as `bytes`. The buffer has other contents before, to show that
/// padding is written.
fn check(block: &impl VariableClass, bytes: &[u8]) {
    let mut buffer = vec![0xa5; bytes.len()];
    assert_eq!(block.encode(&mut buffer), Ok(bytes.len()));
    assert_eq!(buffer, bytes);
}

/// The position counts padding when it is skipped, and stays where a read failed.
#[test]
fn position_of_a_decoder_is_the_offset_of_the_next_item() {
    let bytes = [1, 0, 4, 0, b'a', 0, b'b', 0, 2, 0, 0, 0];
    let mut input = Decoder::new(&bytes);
    assert_eq!(input.position(), 0);
    input.read::<u8>().unwrap();
    assert_eq!(input.position(), 1);
    assert_eq!(input.string().unwrap(), "ab");
    assert_eq!(input.position(), 8);
    input.read_all::<u8>(2).unwrap();
    input.align(4).unwrap();
    assert_eq!(input.position(), 12);
    input.read::<u8>().unwrap_err();
    assert_eq!(input.position(), 12);
}
