//! Strings with a maximum length: their text, their bytes, and blocks of writers that do not pad
//! them.

use proptest::prelude::*;
use wmi_core::block::{DecodeError, DecodeFault};
use wmi_core::wnode::{AllDataWriter, Fault, SingleInstanceWriter, Wnode, WnodeError};
use wmi_core::{FixedClass, Text, TextError, Wire, WmiClass, WmiField};
use zerocopy::{FromBytes, IntoBytes};

/// A class with a byte after the string, and padding after the byte.
#[derive(WmiClass)]
#[wmi(embedded, name = "Vendor_Port")]
struct Port {
    #[wmi(data_id = 1)]
    number: u32,
    #[wmi(data_id = 2)]
    label: Text<2>,
    #[wmi(data_id = 3)]
    speed: u8,
}

/// A class with strings in every place.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Names", guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a01")]
struct Names {
    #[wmi(data_id = 1)]
    first: Text<3>,
    #[wmi(data_id = 2)]
    byte: u8,
    #[wmi(data_id = 3)]
    second: Text<1>,
    #[wmi(data_id = 4)]
    long: u64,
    #[wmi(data_id = 5)]
    list: [Text<2>; 3],
    #[wmi(data_id = 6)]
    port: Port,
    #[wmi(data_id = 7)]
    ports: [Port; 2],
    #[wmi(data_id = 8)]
    last: Text<4>,
}

/// The strings of [`Names`] in order, as another writer stores them.
#[derive(Clone, Debug)]
struct Written {
    first: Vec<u16>,
    second: Vec<u16>,
    list: [Vec<u16>; 3],
    labels: [Vec<u16>; 3],
    last: Vec<u16>,
}

impl Written {
    /// Returns strings that each use their full capacity.
    fn regular() -> Self {
        Self {
            first: units("abc"),
            second: units("d"),
            list: [units("ef"), units("gh"), units("ij")],
            labels: [units("kl"), units("mn"), units("op")],
            last: units("qrst"),
        }
    }

    fn is_regular(&self) -> bool {
        let is = |text: &[u16], max| text.len() == max;
        let two = |texts: &[Vec<u16>]| texts.iter().all(|text| is(text, 2));
        is(&self.first, 3)
            && is(&self.second, 1)
            && two(&self.list)
            && two(&self.labels)
            && is(&self.last, 4)
    }

    /// Returns the block of a writer that stores only the actual units of each string.
    fn block(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, &self.first);
        out.push(0xb1);
        put(&mut out, &self.second);
        align(&mut out, 8);
        out.extend(LONG.to_le_bytes());
        self.list.iter().for_each(|text| put(&mut out, text));
        for (number, label) in (1u32..).zip(&self.labels) {
            align(&mut out, 4);
            out.extend(number.to_le_bytes());
            put(&mut out, label);
            out.push(0xb2);
            align(&mut out, 4);
        }
        put(&mut out, &self.last);
        out
    }

    /// Asserts that the block holds these strings.
    fn check(&self, block: &Wire<Names>) {
        fn same<const MAX: usize>(read: Text<MAX>, written: &[u16]) {
            let expected: Vec<u16> = written
                .iter()
                .copied()
                .take(MAX)
                .take_while(|unit| *unit != 0)
                .collect();
            assert_eq!(read.units().collect::<Vec<_>>(), expected);
        }
        same(block.first(), &self.first);
        assert_eq!(block.byte(), 0xb1);
        same(block.second(), &self.second);
        assert_eq!(block.long(), LONG);
        for (read, written) in block.list().into_iter().zip(&self.list) {
            same(read, written);
        }
        let [second, third] = block.ports();
        for ((port, number), label) in [block.port(), second, third]
            .iter()
            .zip(1..)
            .zip(&self.labels)
        {
            assert_eq!((port.number(), port.speed()), (number, 0xb2));
            same(port.label(), label);
        }
        same(block.last(), &self.last);
    }
}

const LONG: u64 = 0x0102_0304_0506_0708;

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn align(out: &mut Vec<u8>, to: usize) {
    out.resize(out.len().next_multiple_of(to), 0);
}

fn put(out: &mut Vec<u8>, text: &[u16]) {
    align(out, 2);
    out.extend((text.len() as u16 * 2).to_le_bytes());
    out.extend(text.iter().flat_map(|unit| unit.to_le_bytes()));
}

/// Reads data, whose items may be shifted, in place from an all-data WNODE and a single-instance
/// WNODE.
fn read_in_place(bytes: &[u8]) -> [Result<(), WnodeError>; 2] {
    let block = Wire::<Names>::read_from_bytes(bytes).expect("the size of the class");
    let mut buffer = [0; 512];
    AllDataWriter::new(&[Names::regular(), block])
        .write(&mut buffer)
        .expect("the buffer is large enough");
    let Ok(Wnode::AllData(all)) = Wnode::decode(&buffer) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    let all = all.blocks::<Names>().map(|blocks| {
        assert!(blocks.eq(&[Names::regular(), block]));
    });
    SingleInstanceWriter::new(0, block)
        .write(&mut buffer)
        .expect("the buffer is large enough");
    let Ok(Wnode::SingleInstance(single)) = Wnode::decode(&buffer) else {
        panic!("it is a WNODE_SINGLE_INSTANCE");
    };
    let single = single.block::<Names>().map(|read| assert!(*read == block));
    [all, single]
}

impl Names {
    fn regular() -> Wire<Self> {
        Wire::decode(&Written::regular().block()).expect("a block")
    }
}

fn assert_refused(bytes: &[u8]) {
    let [all, single] = read_in_place(bytes).map(Result::unwrap_err);
    assert_eq!(
        (all.fault, single.fault),
        (Fault::ShortText, Fault::ShortText)
    );
    assert_eq!(
        (all.member, single.member),
        ("DataBlockOffset", "SizeDataBlock")
    );
    assert_eq!(
        all.to_string(),
        "`DataBlockOffset` at byte 48: a string is shorter than its maximum; read the data with \
         `Wire::decode`"
    );
}

#[test]
fn new_refuses_long_texts_and_nuls() {
    let text = Text::<4>::new("disk").expect("the text fits exactly");
    assert_eq!(text, "disk");
    assert_eq!(text.to_string(), "disk");
    assert_eq!(format!("{text:?}"), "\"disk\"");
    // One character may take two units.
    assert_eq!(Text::<3>::new("a𝄞").map(|text| text == "a𝄞"), Ok(true));

    let long = Text::<3>::new("éa𝄞").unwrap_err();
    assert_eq!(long, TextError::TooLong { units: 4, max: 3 });
    assert_eq!(
        long.to_string(),
        "the text has 4 UTF-16 units, but only 3 fit; shorten it"
    );
    let nul = Text::<8>::new("é\0b").unwrap_err();
    assert_eq!(nul, TextError::Nul { offset: 2 });
    assert_eq!(
        nul.to_string(),
        "the text has a NUL at byte 2, where readers stop; remove it"
    );
    // A NUL is reported before the length.
    assert_eq!(Text::<1>::new("ab\0"), Err(TextError::Nul { offset: 2 }));
}

#[test]
fn truncated_keeps_whole_characters() {
    for (text, expected) in [
        ("", ""),
        ("abc", "abc"),
        ("abcd", "abc"),
        ("ab𝄞", "ab"),
        ("a𝄞", "a𝄞"),
        ("a𝄞b", "a𝄞"),
        ("𝄞𝄞", "𝄞"),
        ("a\0b", "a"),
        ("\0", ""),
    ] {
        assert_eq!(Text::<3>::truncated(text), expected, "{text:?}");
    }
}

#[test]
fn encoding_counts_the_whole_buffer_and_pads_with_zeros() {
    let bytes = |text: &str| Text::<3>::new(text).unwrap().as_bytes().to_vec();
    assert_eq!(bytes(""), [6, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes("aé"), [6, 0, b'a', 0, 0xe9, 0, 0, 0]);
    assert_eq!(bytes("𝄞b"), [6, 0, 0x34, 0xd8, 0x1e, 0xdd, b'b', 0]);
    assert_eq!(Text::<3>::truncated("ab𝄞").as_bytes(), bytes("ab"));
    assert_eq!(Text::<3>::EMPTY.as_bytes(), bytes(""));
    assert_eq!(Text::<3>::default().as_bytes(), bytes(""));
    assert_eq!(Text::<32767>::EMPTY.as_bytes()[..2], [0xfe, 0xff]);
}

#[test]
fn decoding_takes_counted_units_up_to_a_nul() {
    let read = |bytes: [u8; 8]| {
        let wire = FromBytes::read_from_bytes(&bytes).unwrap();
        <Text<3> as WmiField>::decode(&wire)
    };
    let abc = [0, 0, b'a', 0, b'b', 0, b'c', 0];
    for (count, expected) in [(0, ""), (1, ""), (2, "a"), (3, "a"), (4, "ab"), (6, "abc")] {
        let mut bytes = abc;
        bytes[0] = count;
        assert_eq!(read(bytes), expected, "{count}");
    }
    // The count exceeds the place.
    assert_eq!(read([0xff, 0xff, b'a', 0, b'b', 0, b'c', 0]), "abc");
    assert_eq!(read([6, 0, b'a', 0, 0, 0, b'c', 0]), "a");
    // Encoding it again counts all units and zeroes the rest.
    let written = [6, 0, b'a', 0, 0, 0, 0, 0];
    for bytes in [[2, 0, b'a', 0, 9, 9, 9, 9], [6, 0, b'a', 0, 0, 0, 9, 9]] {
        assert_eq!(read(bytes).as_bytes(), written);
    }
    // The count does not affect equality.
    assert_eq!(read([2, 0, b'a', 0, 9, 9, 9, 9]), Text::new("a").unwrap());
    assert_ne!(read([2, 0, b'a', 0, 9, 9, 9, 9]), Text::new("b").unwrap());
    // Half of a surrogate pair.
    let half = read([4, 0, b'a', 0, 0x34, 0xd8, 0, 0]);
    assert_eq!(half.to_string(), "a\u{fffd}");
    assert_eq!(half.units().collect::<Vec<_>>(), [0x61, 0xd834]);
}

#[test]
fn mof_declares_a_string_with_its_maximum() {
    let mof = Port::mof().to_string();
    assert!(
        mof.contains("[read, WmiDataId(2), MaxLen(2)]\n    string Label;"),
        "{mof}"
    );
    let mof = Names::mof().to_string();
    assert!(mof.contains("MaxLen(2)]\n    string List[3];"), "{mof}");
    assert_eq!(Names::SIZE, 90);
    assert_eq!(<Port as FixedClass>::SIZE, 11);
    assert_eq!(<Text<3> as WmiField>::SIZE, 8);
}

#[test]
fn blocks_of_this_crate_are_read_in_place() {
    let port = |number, label| Port {
        number,
        label: Text::new(label).unwrap(),
        speed: 0xb2,
    };
    let written = Names {
        first: Text::new("a").unwrap(),
        byte: 0xb1,
        second: Text::EMPTY,
        long: LONG,
        list: ["", "b", "cd"].map(|text| Text::new(text).unwrap()),
        port: port(1, ""),
        ports: [port(2, "e"), port(3, "fg")],
        last: Text::new("h").unwrap(),
    }
    .snapshot();
    let fill = |text: &str, max| {
        let mut units = units(text);
        units.resize(max, 0);
        units
    };
    let by_hand = Written {
        first: fill("a", 3),
        second: fill("", 1),
        list: [fill("", 2), fill("b", 2), fill("cd", 2)],
        labels: [fill("", 2), fill("e", 2), fill("fg", 2)],
        last: fill("h", 4),
    };
    assert_eq!(written.as_bytes(), by_hand.block());
    assert_eq!(read_in_place(written.as_bytes()), [Ok(()), Ok(())]);
    by_hand.check(&Wire::decode(written.as_bytes()).unwrap());
}

/// The data has the right size, but its items are shifted.
#[test]
fn shifted_data_is_refused_in_place() {
    let padded = |change: &dyn Fn(&mut Written)| {
        let mut written = Written::regular();
        change(&mut written);
        assert!(!written.is_regular());
        let mut bytes = written.block();
        bytes.resize(Names::SIZE, 0);
        written.check(&Wire::decode(&bytes).unwrap());
        assert_refused(&bytes);
    };
    padded(&|written| written.first.truncate(1));
    padded(&|written| written.second.clear());
    padded(&|written| written.last.truncate(3));
    // Only the array is shifted, not the items after it.
    padded(&|written| {
        written.list[0].truncate(1);
        written.list[1].push(0x31);
    });
    // The padding of the class hides the shorter string.
    padded(&|written| written.labels[0].truncate(1));
    padded(&|written| written.labels[2].truncate(1));

    let mut odd = Written::regular().block();
    odd[0] = 5;
    assert_refused(&odd);
    assert_eq!(
        Wire::<Names>::decode(&odd),
        Err(error(0, DecodeFault::OddLength { length: 5 }))
    );
    assert_eq!(read_in_place(&Written::regular().block()), [Ok(()), Ok(())]);
}

/// Makes a `DecodeError` by modifying one: other crates cannot construct it.
fn error(offset: usize, fault: DecodeFault) -> DecodeError {
    let mut error = Wire::<Port>::decode(&[]).unwrap_err();
    (error.offset, error.fault) = (offset, fault);
    error
}

#[test]
fn truncated_blocks_are_refused_with_the_offset() {
    let short = Written {
        first: units("a"),
        ..Written::regular()
    };
    let bytes = short.block();
    for (length, offset, needed) in [
        (0, 0, 2),
        (1, 0, 2),
        (3, 0, 4),
        (4, 4, 1),
        // The padding before the second string, and then that string.
        (5, 6, 2),
        (9, 6, 4),
        (17, 16, 8),
        (bytes.len() - 1, bytes.len() - 10, 10),
    ] {
        let available = length.saturating_sub(offset);
        assert_eq!(
            Wire::<Names>::decode(&bytes[..length]),
            Err(error(offset, DecodeFault::Truncated { needed, available })),
            "{length}"
        );
    }
    short.check(&Wire::decode(&bytes).unwrap());
}

fn any_text() -> impl Strategy<Value = Vec<u16>> {
    let unit = prop_oneof![Just(0), any::<u16>(), Just(0xd834), 0x20..0x7fu16];
    prop::collection::vec(unit, 0..7)
}

fn any_written() -> impl Strategy<Value = Written> {
    let text = any_text;
    (
        text(),
        text(),
        [text(), text(), text()],
        [text(), text(), text()],
        text(),
    )
        .prop_map(|(first, second, list, labels, last)| Written {
            first,
            second,
            list,
            labels,
            last,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_round_trips(text in any::<String>()) {
        let units: Vec<u16> = text.encode_utf16().collect();
        let made = Text::<12>::new(&text);
        prop_assert_eq!(made.is_ok(), units.len() <= 12 && !text.contains('\0'));
        let truncated = Text::<12>::truncated(&text);
        prop_assert!(text.starts_with(&truncated.to_string()));
        if let Ok(made) = made {
            prop_assert_eq!(made, truncated);
            prop_assert_eq!(made.to_string(), text);
            let mut bytes = vec![24, 0];
            bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
            bytes.resize(26, 0);
            prop_assert_eq!(made.as_bytes(), bytes);
        }
    }

    #[test]
    fn arbitrary_blocks_are_decoded(written in any_written()) {
        let bytes = written.block();
        written.check(&Wire::decode(&bytes).unwrap());
        for length in 0..bytes.len() {
            prop_assert!(Wire::<Names>::decode(&bytes[..length]).is_err());
        }
        let mut place = bytes;
        place.resize(Names::SIZE, 0);
        let read = read_in_place(&place).map(|read| read.is_ok());
        prop_assert_eq!(read, [written.is_regular(); 2]);
    }
}
