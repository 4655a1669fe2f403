//! Values that cannot be written, bytes that cannot be read, and the error messages.

use core::time::Duration;
use std::time::Instant;

use wmi_core::block::{DecodeError, DecodeFault, EncodeError, Encoder};
use wmi_core::{Count, VariableClass, WmiClass};

use super::classes::{Branch, Leaf};

#[derive(WmiClass)]
#[wmi(variable, guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a06")]
struct Shared<'a> {
    #[wmi(data_id = 1)]
    start: u8,
    #[wmi(data_id = 2, name = "HowMany")]
    count: Count<u16>,
    #[wmi(data_id = 3, size_is = "count")]
    bytes: &'a [u8],
    #[wmi(data_id = 4, size_is = "count")]
    names: &'a [&'a str],
}

impl<'a> Shared<'a> {
    fn new(bytes: &'a [u8], names: &'a [&'a str]) -> Self {
        Self {
            start: 1,
            count: Count::NEW,
            bytes,
            names,
        }
    }
}

/// Asserts that the block is refused with this error, and that the buffer is left unchanged.
fn refuses(block: &impl VariableClass, error: EncodeError, text: &str) {
    let mut buffer = vec![0xa5; 1 << 17];
    assert_eq!(block.encode(&mut buffer), Err(error));
    assert_eq!(block.encoded_size(), Err(error));
    assert!(buffer.iter().all(|byte| *byte == 0xa5));
    assert_eq!(error.to_string(), text);
}

#[test]
fn arrays_sharing_a_count_must_have_equal_lengths() {
    let error = |first, other| EncodeError::DifferentLengths {
        count: "HowMany",
        first,
        other,
    };
    refuses(
        &Shared::new(&[1, 2, 3], &["a"]),
        error(3, 1),
        "`HowMany` counts arrays of 3 and of 1 elements",
    );
    refuses(
        &Shared::new(&[], &["a"]),
        error(0, 1),
        "`HowMany` counts arrays of 0 and of 1 elements",
    );
    assert_eq!(Shared::new(&[1], &["a"]).encoded_size(), Ok(10));
}

#[test]
fn nuls_and_too_long_strings_are_refused() {
    refuses(
        &Shared::new(&[1, 2], &["a", "é\0"]),
        EncodeError::Nul { offset: 2 },
        "the string has a NUL at byte 2, where readers stop; remove it",
    );
    let long = "a".repeat(32767);
    let block = Shared::new(&[1], core::slice::from_ref(&long.as_str())).encoded_size();
    assert_eq!(block, Ok(6 + 2 + 65534));
    let longer = "𝄞".repeat(16384);
    refuses(
        &Shared::new(&[1], &[&longer]),
        EncodeError::StringTooLong { units: 32768 },
        "a string has at most 32767 UTF-16 units, not 32768",
    );
}

/// Makes tests of a class whose count has this type, with the maximum number of elements and with
/// one more.
macro_rules! counted {
    ($($test:ident: $number:ident, $guid:literal;)*) => {$(
        #[test]
        fn $test() {
            #[derive(WmiClass)]
            #[wmi(variable, guid = $guid)]
            struct Counted<'a> {
                #[wmi(data_id = 1)]
                count: Count<$number>,
                #[wmi(data_id = 2, size_is = "count")]
                bytes: &'a [u8],
            }
            let most = usize::try_from($number::MAX).unwrap();
            let bytes = vec![0x5a; most + 1];
            let block = |bytes| Counted { count: Count::NEW, bytes };
            let size = size_of::<$number>() + most;
            let mut buffer = vec![0; size];
            assert_eq!(block(&bytes[1..]).encode(&mut buffer), Ok(size));
            let view = Counted::decode(&buffer).unwrap();
            assert_eq!((view.count, view.bytes.len()), ($number::MAX, most));
            assert!(view.bytes.iter().eq(bytes[1..].iter().copied()));
            let elements = most + 1;
            refuses(
                &block(&bytes),
                EncodeError::TooManyElements { count: "Count", elements },
                &format!("`Count` cannot count {elements} elements; give it a wider type"),
            );
        }
    )*};
}

counted! {
    a_count_of_uint8_has_a_limit: u8, "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a07";
    a_count_of_sint8_has_a_limit: i8, "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a08";
    a_count_of_uint16_has_a_limit: u16, "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a09";
    a_count_of_sint16_has_a_limit: i16, "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a0a";
}

#[test]
fn blocks_of_4_gib_are_refused() {
    let mut out = Encoder::measure();
    out.write(&[1u8]).unwrap();
    out.align(1 << 31).unwrap();
    let mut fits = Encoder::measure();
    fits.align(1).unwrap();
    assert_eq!(fits.finish(), Ok(0));
    out.write(&[1u8]).unwrap();
    // Where addresses have 32 bits, the last alignment exceeds them.
    let error = match out.align(1 << 31) {
        Ok(()) => out.finish().unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error, EncodeError::TooLarge);
    assert_eq!(
        error.to_string(),
        "a data block cannot be larger than 4 GiB"
    );
    // The size would exceed the address space.
    let mut out = Encoder::measure();
    out.write(&[1u8]).unwrap();
    out.align(1 << (usize::BITS - 1)).unwrap();
    out.write(&[1u8]).unwrap();
    assert_eq!(
        out.align(1 << (usize::BITS - 1)),
        Err(EncodeError::TooLarge)
    );
}

#[test]
fn too_small_buffers_are_refused_with_the_needed_size() {
    let error = Shared::new(&[], &[]).encode(&mut [0; 3]).unwrap_err();
    assert_eq!(error, EncodeError::BufferTooSmall { needed: 4 });
    assert_eq!(error.to_string(), "the buffer must hold 4 bytes");
    assert_eq!(Shared::new(&[], &[]).encode(&mut [0; 4]), Ok(4));
}

fn fault<C: VariableClass>(bytes: &[u8]) -> (usize, DecodeFault, String) {
    let error: DecodeError = match C::decode(bytes) {
        Ok(view) => panic!("the block was read: {view:?}"),
        Err(error) => error,
    };
    (error.offset, error.fault, error.to_string())
}

#[test]
fn decode_errors_have_the_offset_of_the_item() {
    let odd = [1, 0, 1, 0, 9, 0, 3, 0, 1, 1, 1, 1];
    assert_eq!(
        fault::<Shared<'_>>(&odd),
        (
            6,
            DecodeFault::OddLength { length: 3 },
            "the item at byte 6: 3 bytes are not a whole number of UTF-16 units".to_owned()
        )
    );
    let mut short = odd;
    short[6] = 8;
    let fault_of_short = DecodeFault::Truncated {
        needed: 10,
        available: 6,
    };
    let text = "the item at byte 6: needs 10 bytes, but 6 are left".to_owned();
    assert_eq!(fault::<Shared<'_>>(&short), (6, fault_of_short, text));

    #[derive(WmiClass)]
    #[wmi(variable, guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a0b")]
    struct Signed<'a> {
        #[wmi(data_id = 1)]
        byte: u8,
        #[wmi(data_id = 2)]
        count: Count<i32>,
        #[wmi(data_id = 3, size_is = "count")]
        bytes: &'a [u8],
    }
    assert_eq!(
        fault::<Signed<'_>>(&[1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 5]),
        (
            4,
            DecodeFault::NegativeCount,
            "the item at byte 4: a count cannot be negative".to_owned()
        )
    );
}

#[derive(WmiClass)]
#[wmi(variable, guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a0c")]
struct Huge<'a> {
    #[wmi(data_id = 1)]
    count: Count<u64>,
    #[wmi(data_id = 2, size_is = "count")]
    branches: &'a [Branch<'a>],
}

/// The time to read depends on the number of bytes, not on the counts in them.
#[test]
fn hostile_counts_fail_fast() {
    let start = Instant::now();
    let mut bytes = vec![0xff; 8];
    let (offset, ..) = fault::<Huge<'_>>(&bytes);
    assert_eq!(offset, 8);
    // Branches that each claim 255 leaves.
    bytes.resize(1 << 16, 0);
    for place in (8..bytes.len()).step_by(8) {
        bytes[place] = 0xff;
    }
    assert!(fault::<Huge<'_>>(&bytes).0 > 8);
    bytes.fill(0xff);
    assert_eq!(fault::<Huge<'_>>(&bytes).0, 16);
    // As many empty branches as fit, and one that is missing.
    bytes[..8].fill(0xff);
    bytes[8..].fill(0);
    assert_eq!(fault::<Huge<'_>>(&bytes).0, 1 << 16);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn arrays_can_be_iterated_repeatedly_and_skipped() {
    let leaves = [1, 2, 3].map(|weight| Leaf {
        name: "leaf",
        weight,
        end: 0,
    });
    let branch = Branch {
        leaf_count: Count::NEW,
        leaves: &leaves,
        title: "",
    };
    let mut buffer = [0; 256];
    let length = branch.encode(&mut buffer).unwrap();
    let view = Branch::decode(&buffer[..length]).unwrap();
    let weights = || view.leaves.iter().map(|leaf| leaf.weight);
    assert!(weights().eq([1, 2, 3]) && weights().eq([1, 2, 3]));
    let mut rest = view.leaves.iter();
    assert_eq!(rest.len(), 3);
    assert_eq!(rest.nth(1).map(|leaf| leaf.weight), Some(2));
    assert_eq!((rest.len(), rest.size_hint()), (1, (1, Some(1))));
    let mut count = 0;
    for leaf in &view.leaves {
        count += 1;
        assert_eq!(leaf.weight, count);
    }
}
