//! Items of every type: from value to bytes and back, through every part of the API.

use core::time::Duration;

use core::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, Ordering,
};

use proptest::prelude::*;
use wmi_core::schema::{Array, CimType};
use wmi_core::{Char16, DateTime, FixedClass, Wire, WmiClass, WmiField};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

#[derive(WmiClass)]
#[wmi(embedded)]
struct Inner {
    #[wmi(data_id = 1)]
    flag: bool,
    #[wmi(data_id = 2)]
    long: u32,
    #[wmi(data_id = 3)]
    byte: u8,
}

/// Items of every type, with padding between some, and an odd byte at the end.
#[derive(WmiClass)]
#[wmi(guid = "5b1bbd1e-9e3c-4a9f-8e0c-3a0f3ff7d6a1")]
struct Everything {
    #[wmi(data_id = 1)]
    plain_boolean: bool,
    #[wmi(data_id = 2)]
    plain_sint8: i8,
    #[wmi(data_id = 3)]
    plain_uint8: u8,
    #[wmi(data_id = 4)]
    plain_sint16: i16,
    #[wmi(data_id = 5)]
    plain_uint16: u16,
    #[wmi(data_id = 6)]
    plain_sint32: i32,
    #[wmi(data_id = 7)]
    plain_uint32: u32,
    #[wmi(data_id = 8)]
    plain_sint64: i64,
    #[wmi(data_id = 9)]
    plain_uint64: u64,
    #[wmi(data_id = 10)]
    atomic_boolean: AtomicBool,
    #[wmi(data_id = 11)]
    atomic_sint8: AtomicI8,
    #[wmi(data_id = 12)]
    atomic_uint8: AtomicU8,
    #[wmi(data_id = 13)]
    atomic_sint16: AtomicI16,
    #[wmi(data_id = 14)]
    atomic_uint16: AtomicU16,
    #[wmi(data_id = 15)]
    atomic_sint32: AtomicI32,
    #[wmi(data_id = 16)]
    atomic_uint32: AtomicU32,
    #[wmi(data_id = 17)]
    atomic_sint64: AtomicI64,
    #[wmi(data_id = 18)]
    atomic_uint64: AtomicU64,
    #[wmi(data_id = 19)]
    plain_datetime: DateTime,
    #[wmi(data_id = 20)]
    booleans: [bool; 3],
    #[wmi(data_id = 21)]
    words: [u16; 3],
    #[wmi(data_id = 22)]
    inner: Inner,
    #[wmi(data_id = 23)]
    inners: [Inner; 2],
    #[wmi(data_id = 24)]
    datetimes: [DateTime; 2],
    #[wmi(data_id = 25)]
    tail: AtomicU8,
}

const DATE: &str = "20181017123456.000000+120";

fn date(text: &str) -> DateTime {
    DateTime::parse(text).expect("a date")
}

fn inner(long: u32) -> Inner {
    Inner {
        flag: true,
        long,
        byte: 0xb7,
    }
}

fn everything() -> Everything {
    Everything {
        plain_boolean: true,
        plain_sint8: -2,
        plain_uint8: 0xfe,
        plain_sint16: -0x0102,
        plain_uint16: 0x0102,
        plain_sint32: -0x0102_0304,
        plain_uint32: 0x0102_0304,
        plain_sint64: i64::MIN,
        plain_uint64: 0x0102_0304_0506_0708,
        atomic_boolean: AtomicBool::new(true),
        atomic_sint8: AtomicI8::new(i8::MIN),
        atomic_uint8: AtomicU8::new(0x80),
        atomic_sint16: AtomicI16::new(i16::MAX),
        atomic_uint16: AtomicU16::new(0xfeff),
        atomic_sint32: AtomicI32::new(-1),
        atomic_uint32: AtomicU32::new(0xa0b0_c0d0),
        atomic_sint64: AtomicI64::new(-1),
        atomic_uint64: AtomicU64::new(u64::MAX - 1),
        plain_datetime: date(DATE),
        booleans: [true, false, true],
        words: [1, 0x0203, 0xffff],
        inner: inner(0x1122_3344),
        inners: [inner(1), inner(2)],
        datetimes: [date(DATE), DateTime::ZERO],
        tail: AtomicU8::new(0xcc),
    }
}

#[test]
fn stored_values_are_read_back() {
    let block = everything().snapshot();
    assert!(block.plain_boolean());
    assert_eq!(block.plain_sint8(), -2);
    assert_eq!(block.plain_uint8(), 0xfe);
    assert_eq!(block.plain_sint16(), -0x0102);
    assert_eq!(block.plain_uint16(), 0x0102);
    assert_eq!(block.plain_sint32(), -0x0102_0304);
    assert_eq!(block.plain_uint32(), 0x0102_0304);
    assert_eq!(block.plain_sint64(), i64::MIN);
    assert_eq!(block.plain_uint64(), 0x0102_0304_0506_0708);
    assert!(block.atomic_boolean());
    assert_eq!(block.atomic_sint8(), i8::MIN);
    assert_eq!(block.atomic_uint8(), 0x80);
    assert_eq!(block.atomic_sint16(), i16::MAX);
    assert_eq!(block.atomic_uint16(), 0xfeff);
    assert_eq!(block.atomic_sint32(), -1);
    assert_eq!(block.atomic_uint32(), 0xa0b0_c0d0);
    assert_eq!(block.atomic_sint64(), -1);
    assert_eq!(block.atomic_uint64(), u64::MAX - 1);
    assert_eq!(block.plain_datetime().to_string(), DATE);
    assert_eq!(block.booleans(), [true, false, true]);
    assert_eq!(block.words(), [1, 0x0203, 0xffff]);
    assert_eq!(block.inner(), inner(0x1122_3344).snapshot());
    assert_eq!(block.inner().long(), 0x1122_3344);
    assert!(block.inner().flag());
    assert_eq!(block.inners().map(|inner| inner.long()), [1, 2]);
    assert_eq!(block.inners().map(|inner| inner.byte()), [0xb7, 0xb7]);
    assert_eq!(block.datetimes(), [date(DATE), DateTime::ZERO]);
    assert_eq!(block.tail(), 0xcc);
}

#[test]
fn stored_values_have_the_bytes_of_the_wire_format() {
    let text = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>()
    };
    let inner = |long: [u8; 4]| [&[1, 0, 0, 0], &long[..], &[0xb7, 0, 0, 0]].concat();
    let bytes = [
        // boolean, sint8, uint8, a byte of padding
        &[1, 0xfe, 0xfe, 0][..],
        // sint16, uint16
        &[0xfe, 0xfe, 2, 1],
        // sint32, uint32
        &[0xfc, 0xfc, 0xfd, 0xfe],
        &[4, 3, 2, 1],
        // sint64, uint64
        &[0, 0, 0, 0, 0, 0, 0, 0x80],
        &[8, 7, 6, 5, 4, 3, 2, 1],
        // the atomics
        &[1, 0x80, 0x80, 0],
        &[0xff, 0x7f, 0xff, 0xfe],
        &[0xff; 4],
        &[0xd0, 0xc0, 0xb0, 0xa0],
        &[0xff; 8],
        &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        // datetime: 25 units
        &text(DATE),
        // booleans, a byte of padding, words
        &[1, 0, 1, 0],
        &[1, 0, 3, 2, 0xff, 0xff],
        // inner, inners: 12 bytes each, their own padding included
        &inner([0x44, 0x33, 0x22, 0x11]),
        &inner([1, 0, 0, 0]),
        &inner([2, 0, 0, 0]),
        // datetimes, tail
        &text(DATE),
        &[0; 50],
        &[0xcc],
    ]
    .concat();
    assert_eq!(everything().snapshot().as_bytes(), bytes);
    assert_eq!(Everything::SIZE, bytes.len());
}

#[test]
fn items_describe_themselves() {
    let item = Everything::INNERS;
    assert_eq!((item.id(), item.offset(), item.size()), (23, 136, 24));
    let property = item.property();
    assert_eq!((property.name, property.type_name), ("Inners", "Inner"));
    assert_eq!(
        (property.cim_type, property.array),
        (CimType::Object, Array::Fixed(2))
    );
    assert_eq!(property.data_id(), Some(23));

    let types = [
        (Everything::PLAIN_BOOLEAN.property(), CimType::Boolean),
        (Everything::ATOMIC_BOOLEAN.property(), CimType::Boolean),
        (Everything::PLAIN_SINT8.property(), CimType::Sint8),
        (Everything::ATOMIC_SINT8.property(), CimType::Sint8),
        (Everything::PLAIN_UINT8.property(), CimType::Uint8),
        (Everything::ATOMIC_UINT8.property(), CimType::Uint8),
        (Everything::PLAIN_SINT16.property(), CimType::Sint16),
        (Everything::ATOMIC_SINT16.property(), CimType::Sint16),
        (Everything::PLAIN_UINT16.property(), CimType::Uint16),
        (Everything::ATOMIC_UINT16.property(), CimType::Uint16),
        (Everything::PLAIN_SINT32.property(), CimType::Sint32),
        (Everything::ATOMIC_SINT32.property(), CimType::Sint32),
        (Everything::PLAIN_UINT32.property(), CimType::Uint32),
        (Everything::ATOMIC_UINT32.property(), CimType::Uint32),
        (Everything::PLAIN_SINT64.property(), CimType::Sint64),
        (Everything::ATOMIC_SINT64.property(), CimType::Sint64),
        (Everything::PLAIN_UINT64.property(), CimType::Uint64),
        (Everything::ATOMIC_UINT64.property(), CimType::Uint64),
        (Everything::PLAIN_DATETIME.property(), CimType::Datetime),
    ];
    for (property, cim_type) in types {
        assert_eq!(
            (property.cim_type, property.array),
            (cim_type, Array::Scalar)
        );
        assert_eq!(property.type_name, cim_type.keyword());
        // The fields are named after their types.
        assert!(property.name.to_lowercase().ends_with(cim_type.keyword()));
    }
}

#[test]
fn item_handles_read_and_replace_values() {
    let mut block = everything().snapshot();
    let before = block;
    block.set(Everything::PLAIN_UINT32, 7);
    assert_eq!(block.get(Everything::PLAIN_UINT32), 7);
    assert_ne!(block, before);
    block.set(Everything::PLAIN_UINT32, 0x0102_0304);
    assert_eq!(block, before);

    let mut changed = block.get(Everything::INNER);
    changed.set(Inner::BYTE, 1);
    block.set(Everything::INNER, changed);
    assert_eq!(block.inner().byte(), 1);
    assert_eq!(block.inner().long(), 0x1122_3344);
    block.set(Everything::WORDS, [9, 8, 7]);
    assert_eq!(block.words(), [9, 8, 7]);
    assert_eq!(block.get(Everything::BOOLEANS), [true, false, true]);
}

#[test]
fn snapshots_do_not_change_later() {
    let class = everything();
    let before = class.snapshot();
    class.tail.store(1, Ordering::Relaxed);
    assert_eq!(before.tail(), 0xcc);
    assert_eq!(class.snapshot().tail(), 1);
}

#[test]
fn any_nonzero_byte_is_true() {
    for byte in 0..=u8::MAX {
        let mut bytes = [0; Everything::SIZE];
        bytes[Everything::PLAIN_BOOLEAN.offset()] = byte;
        bytes[Everything::BOOLEANS.offset() + 1] = byte;
        let block = Wire::<Everything>::read_from_bytes(&bytes).expect("the right length");
        assert_eq!(block.plain_boolean(), byte != 0);
        assert_eq!(block.booleans(), [false, byte != 0, false]);
    }
}

#[test]
fn any_bytes_of_the_right_length_are_valid() {
    fn zerocopy_may_use<T: FromBytes + IntoBytes + KnownLayout + Immutable + Unaligned>() {}
    zerocopy_may_use::<Wire<Everything>>();
    zerocopy_may_use::<Wire<Inner>>();
    zerocopy_may_use::<DateTime>();

    assert_eq!(size_of::<Wire<Everything>>(), Everything::SIZE);
    assert_eq!(align_of::<Wire<Everything>>(), 1);

    let mut bytes = [0xa5; Everything::SIZE + 2];
    // In place, at an even and at an odd address.
    for start in 0..2 {
        let place = &mut bytes[start..start + Everything::SIZE];
        let block = Wire::<Everything>::mut_from_bytes(place).expect("the right length");
        block.set(Everything::PLAIN_UINT8, 0x5a);
        assert_eq!(block.as_bytes().len(), Everything::SIZE);
        assert_eq!(bytes[start + Everything::PLAIN_UINT8.offset()], 0x5a);
    }
    for length in [0, 1, Everything::SIZE - 1, Everything::SIZE + 1] {
        assert!(Wire::<Everything>::read_from_bytes(&bytes[..length]).is_err());
        assert!(Wire::<Everything>::ref_from_bytes(&bytes[..length]).is_err());
    }
    let block = Wire::<Everything>::read_from_bytes(&bytes[1..=Everything::SIZE]);
    assert_eq!(
        block.expect("the right length").as_bytes(),
        &bytes[1..=Everything::SIZE]
    );
    assert!(
        Wire::<Everything>::zeroed()
            .as_bytes()
            .iter()
            .all(|byte| *byte == 0)
    );
}

#[test]
fn dates_and_intervals_have_cim_format() {
    for text in [
        DATE,
        "20181017123456.789***+000",
        "20181017123456.789***-720",
        "20240229000000.000000+000",
        "00000101000000.000000+000",
        "****0229000000.000000+000",
        "2018**17******.******+***",
        "00000012010000.000000:000",
        "99999999235959.999999:000",
        "**************.******+***",
    ] {
        let date = date(text);
        assert_eq!(date.to_string(), text);
        assert_eq!(format!("{date:?}"), format!("DateTime({text})"));
        assert!(date.units().into_iter().eq(text.encode_utf16()));
        assert_eq!(text.parse(), Ok(date));
    }
    assert_eq!(DateTime::ZERO.to_string(), "");
    assert_eq!(DateTime::UNSET.to_string(), "**************.******+***");

    for (text, offset) in [
        ("", 0),
        ("2018", 4),
        ("x0181017123456.000000+120", 0),
        ("20181017123456,000000+120", 14),
        ("201810171234560000000+120", 14),
        ("20181017123456.00000.+120", 20),
        ("20181017123456.000000*120", 21),
        ("20181017123456.000000+12", 24),
        ("20181017123456.000000+12O", 24),
        ("20181017123456.000000+1200", 25),
        ("20181017123456.000000+12\u{e9}", 24),
        // Part of a field.
        ("199*0416000000.000000+000", 0),
        ("20181*17123456.000000+000", 4),
        ("20181017123456.000000+0**", 22),
        ("20181017123456.***789+000", 15),
        // Out of range.
        ("20181317123456.000000+000", 4),
        ("20180017123456.000000+000", 4),
        ("20181000123456.000000+000", 6),
        ("20181032123456.000000+000", 6),
        ("20180431123456.000000+000", 6),
        ("20230229123456.000000+000", 6),
        ("19000229123456.000000+000", 6),
        ("20181017243456.000000+000", 8),
        ("20181017126056.000000+000", 10),
        ("20181017123460.000000+000", 12),
        // Intervals.
        ("00000012010000.000000:060", 22),
        ("00000012010000.000000:***", 22),
        ("000000**010000.000000:000", 6),
        ("00000012010000.000***:000", 18),
        ("00000012240000.000000:000", 8),
        ("00000012006000.000000:000", 10),
        ("00000012000060.000000:000", 12),
    ] {
        assert_eq!(DateTime::parse(text).unwrap_err().offset, offset, "{text}");
    }
    let message = DateTime::parse("20181317123456.000000+000").unwrap_err();
    let message = message.to_string();
    assert!(
        message.starts_with("expected a month from 01 to 12 or `**` at byte 4 "),
        "{message}"
    );
}

/// Ticks and their dates, by Python's `datetime`.
#[test]
fn dates_convert_to_system_times() {
    for (ticks, text) in [
        (0, "16010101000000.000000+000"),
        (9, "16010101000000.000000+000"),
        (863_999_999_999, "16010101235959.999999+000"),
        (116_444_736_000_000_000, "19700101000000.000000+000"),
        (94_354_848_000_000_000, "19000101000000.000000+000"),
        (94_405_823_999_999_990, "19000228235959.999999+000"),
        (94_405_824_000_000_000, "19000301000000.000000+000"),
        (125_962_560_000_000_000, "20000229000000.000000+000"),
        (126_227_808_000_000_000, "20010101000000.000000+000"),
        (126_227_807_999_999_990, "20001231235959.999999+000"),
        (133_536_000_900_000_000, "20240228132130.000000+000"),
        (2_650_467_743_999_999_990, "99991231235959.999999+000"),
    ] {
        let date = DateTime::from_system_time(ticks).expect("within the calendar");
        assert_eq!(date.to_string(), text);
        assert_eq!(date.to_system_time(), Some(ticks / 10 * 10));
        assert_eq!(date.to_interval(), None);
    }
    assert_eq!(DateTime::from_system_time(-1), None);
    assert_eq!(DateTime::from_system_time(2_650_467_744_000_000_000), None);
    assert_eq!(DateTime::from_system_time(i64::MAX), None);

    for (text, ticks) in [
        ("16010101020000.000000+120", Some(0)),
        ("16001231220000.000000-120", None),
        ("16010101000000.000000+001", None),
        ("16010101000000.000001-001", Some(600_000_010)),
        ("16010101000000.001***+000", Some(10_000)),
        ("16010101000000.******+000", Some(0)),
        ("16010101000000.000000+***", None),
        ("160101**000000.000000+000", None),
        ("16010101**0000.000000+000", None),
        ("00000000000000.000000:000", None),
    ] {
        assert_eq!(date(text).to_system_time(), ticks, "{text}");
    }
    assert_eq!(DateTime::ZERO.to_system_time(), None);
    assert_eq!(DateTime::UNSET.to_system_time(), None);
}

#[test]
fn intervals_convert_to_durations() {
    for (microseconds, text) in [
        (0, "00000000000000.000000:000"),
        (1, "00000000000000.000001:000"),
        (483_276_000_000, "00000005141436.000000:000"),
        (8_639_999_999_999_999_999, "99999999235959.999999:000"),
    ] {
        let interval = Duration::from_micros(microseconds);
        let date = DateTime::from_interval(interval + Duration::from_nanos(999)).unwrap();
        assert_eq!(date.to_string(), text);
        assert_eq!(date.to_interval(), Some(interval));
        assert_eq!(date.to_system_time(), None);
    }
    let over = Duration::from_micros(8_640_000_000_000_000_000);
    assert_eq!(DateTime::from_interval(over), None);
    assert_eq!(DateTime::from_interval(Duration::MAX), None);
    assert_eq!(DateTime::ZERO.to_interval(), None);
}

#[test]
fn every_day_of_800_years_round_trips() {
    for day in 0..2 * 146_097 {
        let ticks = day * 864_000_000_000;
        let date = DateTime::from_system_time(ticks).expect("within the calendar");
        assert_eq!(date.to_system_time(), Some(ticks));
        assert_eq!(date.to_string().parse(), Ok(date));
    }
}

#[derive(WmiClass)]
#[wmi(guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a7e")]
struct Letters {
    #[wmi(data_id = 1)]
    flag: bool,
    #[wmi(data_id = 2)]
    letter: Char16,
    #[wmi(data_id = 3)]
    word: [Char16; 3],
}

#[test]
fn char16_is_a_utf16_unit() {
    let letters = Letters {
        flag: true,
        letter: Char16::try_from('é').unwrap(),
        word: [0x57, 0x4d, 0xd800].map(Char16::new),
    };
    let block = letters.snapshot();
    let bytes = [1, 0, 0xe9, 0, 0x57, 0, 0x4d, 0, 0, 0xd8];
    assert_eq!(block.as_bytes(), bytes);
    assert_eq!(block.letter().to_char(), Some('é'));
    assert_eq!(
        block.word().map(Char16::to_char),
        [Some('W'), Some('M'), None]
    );
    assert_eq!(block.word()[2].to_string(), "\u{fffd}");
    assert!(Char16::try_from('\u{1f600}').is_err());
    let item = Letters::LETTER.property();
    assert_eq!((item.cim_type, item.type_name), (CimType::Char16, "char16"));
    assert!(Letters::mof().to_string().contains("char16 Word[3];"));
}

#[test]
fn dates_with_invalid_units_show_replacement_characters() {
    let wild = DateTime::read_from_bytes(&[0xd8; 50]).expect("the right length");
    // 0xd8d8 is a surrogate, which is not a character by itself.
    assert_eq!(wild.to_string(), "\u{fffd}".repeat(25));
}

/// Copies every item of `block` into a zeroed block, read with its accessor and set by its handle.
fn copy_items(block: &Wire<Everything>) -> Wire<Everything> {
    let mut copy = Wire::zeroed();
    copy.set(Everything::PLAIN_BOOLEAN, block.plain_boolean());
    copy.set(Everything::PLAIN_SINT8, block.plain_sint8());
    copy.set(Everything::PLAIN_UINT8, block.plain_uint8());
    copy.set(Everything::PLAIN_SINT16, block.plain_sint16());
    copy.set(Everything::PLAIN_UINT16, block.plain_uint16());
    copy.set(Everything::PLAIN_SINT32, block.plain_sint32());
    copy.set(Everything::PLAIN_UINT32, block.plain_uint32());
    copy.set(Everything::PLAIN_SINT64, block.plain_sint64());
    copy.set(Everything::PLAIN_UINT64, block.plain_uint64());
    copy.set(Everything::ATOMIC_BOOLEAN, block.atomic_boolean());
    copy.set(Everything::ATOMIC_SINT8, block.atomic_sint8());
    copy.set(Everything::ATOMIC_UINT8, block.atomic_uint8());
    copy.set(Everything::ATOMIC_SINT16, block.atomic_sint16());
    copy.set(Everything::ATOMIC_UINT16, block.atomic_uint16());
    copy.set(Everything::ATOMIC_SINT32, block.atomic_sint32());
    copy.set(Everything::ATOMIC_UINT32, block.atomic_uint32());
    copy.set(Everything::ATOMIC_SINT64, block.atomic_sint64());
    copy.set(Everything::ATOMIC_UINT64, block.atomic_uint64());
    copy.set(Everything::PLAIN_DATETIME, block.plain_datetime());
    copy.set(Everything::BOOLEANS, block.booleans());
    copy.set(Everything::WORDS, block.words());
    copy.set(Everything::INNER, block.inner());
    copy.set(Everything::INNERS, block.inners());
    copy.set(Everything::DATETIMES, block.datetimes());
    copy.set(Everything::TAIL, block.tail());
    copy
}

/// Returns the bytes that [`copy_items`] makes of arbitrary bytes: booleans are 0 or 1, and padding
/// is zero. Embedded blocks are unchanged up to the end of their last item.
fn normalised(bytes: &[u8]) -> Vec<u8> {
    const INNER: usize = <Inner as FixedClass>::SIZE;
    let mut normal = vec![0; bytes.len()];
    for item in Everything::ITEMS {
        let range = item.offset..item.offset + item.size;
        let stride = match item.property.cim_type {
            CimType::Object => <Inner as WmiField>::SIZE,
            _ => item.size,
        };
        for (to, from) in normal[range.clone()]
            .chunks_mut(stride)
            .zip(bytes[range].chunks(stride))
        {
            match item.property.cim_type {
                CimType::Boolean => {
                    for (to, from) in to.iter_mut().zip(from) {
                        *to = u8::from(*from != 0);
                    }
                }
                CimType::Object => to[..INNER].copy_from_slice(&from[..INNER]),
                _ => to.copy_from_slice(from),
            }
        }
    }
    normal
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn copying_items_normalises_any_bytes(bytes in prop::collection::vec(any::<u8>(), Everything::SIZE)) {
        let block = Wire::<Everything>::read_from_bytes(&bytes).expect("the right length");
        let copy = copy_items(&block);
        prop_assert_eq!(copy.as_bytes(), normalised(&bytes));
        // Normalised bytes stay as they are.
        prop_assert_eq!(copy_items(&copy), copy);
        let _ = format!("{block:?} {} {:?}", block.plain_datetime(), block.datetimes());
    }
}
