//! The values that the reader returns.

use iscsi_schema::{MSiSCSI_MMIPSECStats, MSiSCSI_MMIPSECStatsItems};
use wmi_core::DataBlock;
use wmi_core::wnode::{
    AllData, AllDataWriter, InstanceId, NamedInstance, SingleInstance, SingleInstanceWriter, Wnode,
    write_too_small,
};

use crate::agree::{agree, agree_on};
use crate::by_hand::{self, ByHand, NO_TIME, SIX};
use crate::classes::{FIRST, SECOND, Vendor_Signal, Vendor_Six, Vendor_SixItems};

fn all_data(bytes: &[u8]) -> AllData<'_> {
    agree_on::<Vendor_Six>(bytes, 6..=8);
    match Wnode::decode(bytes) {
        Ok(Wnode::AllData(all)) => all,
        other => panic!("{other:?}"),
    }
}

fn single(bytes: &[u8]) -> SingleInstance<'_> {
    agree_on::<Vendor_Six>(bytes, 6..=8);
    match Wnode::decode(bytes) {
        Ok(Wnode::SingleInstance(single)) => single,
        other => panic!("{other:?}"),
    }
}

/// Asserts the two instances of each `WNODE_ALL_DATA` by hand.
fn assert_first_and_second(all: AllData<'_>) {
    assert_eq!(all.instance_count(), 2);
    assert_eq!(all.header().guid(), Vendor_Six::GUID);
    let blocks = all.blocks::<Vendor_Six>().unwrap();
    assert_eq!(blocks.len(), 2);
    // Classes cannot be cloned, but their blocks can.
    let values: Vec<_> = blocks.clone().map(|b| (b.long(), b.short())).collect();
    let expected = [FIRST, SECOND].map(|six| (six.long, six.short));
    assert_eq!(values, expected);

    let mut rest = blocks;
    assert_eq!(rest.nth(1).map(|block| block.short()), Some(0xf6e5));
    assert_eq!((rest.len(), rest.next().is_none()), (0, true));
    assert!(rest.next().is_none());
}

fn dynamic(id: Option<InstanceId<'_>>) -> String {
    match id {
        Some(InstanceId::Dynamic(name)) => name.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn static_names_are_indices() {
    let bytes = by_hand::two_static().bytes();
    let all = all_data(&bytes);
    assert_first_and_second(all);
    assert_eq!(all.data(0), Some(&bytes[72..78]));
    assert_eq!(all.data(1), Some(&bytes[80..86]));
    assert_eq!(all.id(0), Some(InstanceId::Static(0)));
    assert_eq!(all.id(1), Some(InstanceId::Static(1)));
}

#[test]
fn dynamic_names_are_strings() {
    let bytes = by_hand::two_dynamic().bytes();
    let all = all_data(&bytes);
    assert_first_and_second(all);
    assert_eq!(dynamic(all.id(0)), "ab");
    assert_eq!(dynamic(all.id(1)), "c");
    assert_eq!(all.id(2), None);
    let Some(InstanceId::Dynamic(name)) = all.id(0) else {
        panic!("{:?}", all.id(0));
    };
    assert!(name == *"ab" && name != *"aB" && name != *"abc");
}

#[test]
fn instances_may_have_offsets_of_their_own() {
    let bytes = by_hand::two_sizes().bytes();
    let all = all_data(&bytes);
    assert_first_and_second(all);
    assert_eq!(all.data(0), Some(&bytes[80..88]));
    assert_eq!(all.data(1), Some(&bytes[104..110]));
    assert_eq!(all.id(1), Some(InstanceId::Static(1)));
}

#[test]
fn single_instances_are_read() {
    let bytes = by_hand::one_static().bytes();
    let read = single(&bytes);
    assert_eq!(read.id(), InstanceId::Static(0x1234_5678));
    assert_eq!(read.data(), &bytes[64..]);
    assert_eq!(*read.block::<Vendor_Six>().unwrap(), FIRST.snapshot());
    assert_eq!(read.header().guid(), Vendor_Six::GUID);

    let bytes = by_hand::one_dynamic().bytes();
    let read = single(&bytes);
    assert_eq!(dynamic(Some(read.id())), "ab");
    assert_eq!(*read.block::<Vendor_Six>().unwrap(), FIRST.snapshot());
}

#[test]
fn events_are_read_by_their_content() {
    let mut bytes = by_hand::one_static().bytes();
    bytes[44] |= 0x08;
    assert_eq!(single(&bytes).data(), &bytes[64..]);
}

/// Bytes after a WNODE are not part of it, even if its offsets reach them.
#[test]
fn bytes_after_the_wnode_are_ignored() {
    for mut bytes in by_hand::all() {
        let size = bytes.len();
        bytes.extend([0xff; 100]);
        agree(&bytes);
        assert!(Wnode::decode(&bytes).is_ok());
        bytes[0] -= 1;
        assert_eq!(usize::from(bytes[0]), size - 1);
        agree(&bytes);
        assert!(Wnode::decode(&bytes).is_err());
    }
}

/// The byte count of a name may include one NUL, which is not part of the name.
#[test]
fn names_may_end_with_a_nul() {
    for (hex, name) in [
        ("0400 6100 0000 0000", "a"),
        ("0600 6100 0000 0000", "a\0"),
        ("0200 0000 0000 0000", ""),
        ("0600 0000 6100 0000", "\0a"),
        ("0600 6100 00d8 6200", "a\u{fffd}b"),
    ] {
        let bytes = ByHand::header("4e000000", NO_TIME, SIX, "02000000")
            .then("OffsetInstanceName: 64", "40000000")
            .then("InstanceIndex, not used", "00000000")
            .then("DataBlockOffset: 72", "48000000")
            .then("SizeDataBlock", "06000000")
            .then("the name", hex)
            .then("the instance", "112233445566")
            .bytes();
        assert_eq!(dynamic(Some(single(&bytes).id())), name, "{hex}");
    }
}

#[test]
fn names_compare_with_texts() {
    let bytes = by_hand::two_dynamic().bytes();
    let all = all_data(&bytes);
    let Some(InstanceId::Dynamic(name)) = all.id(0) else {
        panic!("the names are dynamic");
    };
    assert!(name == "ab" && name == *"ab");
    assert!(name != "a" && name != "abc" && name != "ac");
    assert_eq!(name.units().len(), 2);
    assert_eq!(format!("{name:?}"), "\"ab\"");
    assert_ne!(all.id(0), all.id(1));
}

/// `SizeNeeded` is the size of the whole reply, and `BufferSize` that of the `WNODE_TOO_SMALL`.
#[test]
fn too_small_gives_the_needed_size() {
    let mut buffer = [0xff; 60];
    write_too_small(&mut buffer, Vendor_Six::GUID, 86).unwrap();
    agree(&buffer);
    match Wnode::decode(&buffer) {
        Ok(Wnode::TooSmall { size_needed }) => assert_eq!(size_needed, 86),
        other => panic!("{other:?}"),
    }
}

/// A size of 8 is C's `sizeof` of the class, which some drivers use; 5 or 9 is another class.
#[test]
fn instances_may_have_c_padding() {
    for (size, fits) in [(5, false), (6, true), (7, true), (8, true), (9, false)] {
        let mut bytes = by_hand::one_static().bytes();
        bytes.resize(73, 0);
        bytes[0] = 73;
        bytes[60] = size;
        assert_eq!(single(&bytes).block::<Vendor_Six>().is_ok(), fits, "{size}");

        let mut bytes = by_hand::two_static().bytes();
        bytes.resize(97, 0);
        bytes[0] = 97;
        bytes[60] = size;
        let all = all_data(&bytes);
        assert_eq!(all.blocks::<Vendor_Six>().is_ok(), fits, "{size}");
    }
}

#[test]
fn empty_replies_are_read() {
    for named in [false, true] {
        let mut buffer = [0xff; 64];
        let size = if named {
            let none: [NamedInstance<'_, Vendor_Six>; 0] = [];
            AllDataWriter::new(&none).write(&mut buffer)
        } else {
            let none: [Vendor_Six; 0] = [];
            AllDataWriter::new(&none).write(&mut buffer)
        };
        assert_eq!(size, Ok(64));
        // Without instances, no instance has a wrong size.
        for size in [6, 0, 100] {
            buffer[60] = size;
            let all = all_data(&buffer);
            assert_eq!((all.instance_count(), all.id(0)), (0, None));
            assert_eq!(all.blocks::<Vendor_Six>().unwrap().count(), 0);
        }
    }
}

#[test]
fn instances_without_bytes_are_counted() {
    let mut buffer = [0xff; 128];
    let sent = [Vendor_Signal, Vendor_Signal, Vendor_Signal];
    let size = AllDataWriter::new(&sent).write(&mut buffer).unwrap();
    let Ok(Wnode::AllData(all)) = Wnode::decode(&buffer[..size]) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    let mut blocks = all.blocks::<Vendor_Signal>().unwrap();
    for left in (0..3).rev() {
        assert_eq!(blocks.len(), left + 1);
        assert_eq!(blocks.next().map(|block| block.as_bytes().len()), Some(0));
    }
    assert_eq!((blocks.len(), blocks.next().is_none()), (0, true));
}

#[test]
fn flagship_round_trips() {
    let stats = [MSiSCSI_MMIPSECStats::new(), MSiSCSI_MMIPSECStats::new()];
    stats[0].add_active_acquire(3);
    stats[1].add_soft_associations(u64::MAX);
    let mut buffer = [0xff; 512];

    let size = AllDataWriter::new(&stats).write(&mut buffer).unwrap();
    agree_on::<MSiSCSI_MMIPSECStats>(&buffer[..size], 168..=168);
    let Ok(Wnode::AllData(all)) = Wnode::decode(&buffer) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    let blocks: Vec<_> = all.blocks::<MSiSCSI_MMIPSECStats>().unwrap().collect();
    assert_eq!(blocks[0].active_acquire(), 3);
    assert_eq!(blocks[1].soft_associations(), u64::MAX);
    assert_eq!(*blocks[0], stats[0].snapshot());

    let writer = SingleInstanceWriter::new(1, &stats[1]);
    let size = writer.write(&mut buffer).unwrap();
    agree_on::<MSiSCSI_MMIPSECStats>(&buffer[..size], 168..=168);
    let Ok(Wnode::SingleInstance(read)) = Wnode::decode(&buffer) else {
        panic!("it is a WNODE_SINGLE_INSTANCE");
    };
    let block = read.block::<MSiSCSI_MMIPSECStats>().unwrap();
    assert_eq!(*block, stats[1].snapshot());
}
