//! The output of the writers, byte by byte.

use wmi_core::DataBlock;
use wmi_core::wnode::flags::{WNODE_FLAG_EVENT_ITEM, WNODE_FLAG_FIXED_INSTANCE_SIZE};
use wmi_core::wnode::{
    AllDataWnodeWriter, AllDataWriter, InstanceId, NamedInstance, SingleInstanceWriter, Wnode,
    WriteError, write_too_small,
};

use crate::by_hand::{self, ByHand, NO_TIME, SIX};
use crate::classes::{FIRST, SECOND, Vendor_Eight, Vendor_Six};
use crate::written::written;

fn named<T>(name: &str, instance: T) -> NamedInstance<'_, T> {
    NamedInstance { name, instance }
}

/// Two instances of six bytes with static names.
fn two_static() -> ByHand {
    // ALL_DATA, FIXED_INSTANCE_SIZE, STATIC_INSTANCE_NAMES.
    ByHand::header("4e000000", NO_TIME, SIX, "91000000")
        .then("DataBlockOffset: 64", "40000000")
        .then("InstanceCount", "02000000")
        .then("OffsetInstanceNameOffsets", "00000000")
        .then("FixedInstanceSize, without padding", "06000000")
        .then("the first instance, at 64", "112233445566")
        .then("padding", "0000")
        .then("the second instance, at 72", "a1b2c3d4e5f6")
}

/// Two instances of six bytes with dynamic names.
fn two_dynamic() -> ByHand {
    // ALL_DATA, FIXED_INSTANCE_SIZE.
    ByHand::header("62000000", NO_TIME, SIX, "11000000")
        .then("DataBlockOffset: 64", "40000000")
        .then("InstanceCount", "02000000")
        .then("OffsetInstanceNameOffsets: 80", "50000000")
        .then("FixedInstanceSize", "06000000")
        .then("the first instance, at 64", "112233445566")
        .then("padding", "0000")
        .then("the second instance, at 72", "a1b2c3d4e5f6")
        .then("padding to a multiple of 4", "0000")
        .then("the first name is at 88", "58000000")
        .then("the second name is at 94", "5e000000")
        .then("4 bytes of name", "0400")
        .then("ab", "61006200")
        .then("2 bytes of name", "0200")
        .then("c", "6300")
}

#[test]
fn one_static_instance_is_written() {
    let instances = [FIRST];
    let writer = AllDataWriter::new(&instances).time_stamp(0x0102_0304_0506_0708);
    let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
    ByHand::header("46000000", "0807060504030201", SIX, "91000000")
        .then("DataBlockOffset: 64", "40000000")
        .then("InstanceCount", "01000000")
        .then("OffsetInstanceNameOffsets", "00000000")
        .then("FixedInstanceSize", "06000000")
        .then("the instance", "112233445566")
        .assert_is(&bytes);
}

#[test]
fn static_instances_are_padded_to_8_bytes() {
    let instances = [FIRST, SECOND];
    let writer = AllDataWriter::new(&instances);
    assert_eq!(writer.needed(), Ok(78));
    two_static().assert_is(&written(78, |buffer| writer.write(buffer)));
}

#[test]
fn aligned_instances_have_no_padding() {
    let instances = [Vendor_Eight { long: 1 }, Vendor_Eight { long: 2 }];
    let writer = AllDataWriter::new(&instances);
    let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
    let guid = "c2b8a75e3f0a1e4c9f632d84b07e91a8";
    ByHand::header("50000000", NO_TIME, guid, "91000000")
        .then("DataBlockOffset: 64", "40000000")
        .then("InstanceCount", "02000000")
        .then("OffsetInstanceNameOffsets", "00000000")
        .then("FixedInstanceSize", "08000000")
        .then("the first instance", "0100000000000000")
        .then("the second instance", "0200000000000000")
        .assert_is(&bytes);
}

#[test]
fn wire_blocks_are_written_as_instances() {
    let blocks = [FIRST.snapshot(), SECOND.snapshot()];
    let writer = AllDataWriter::new(&blocks);
    two_static().assert_is(&written(78, |buffer| writer.write(buffer)));
    let references = [&FIRST, &SECOND];
    let writer = AllDataWriter::new(&references);
    two_static().assert_is(&written(78, |buffer| writer.write(buffer)));
}

#[test]
fn empty_reply_is_written() {
    let none: [Vendor_Six; 0] = [];
    let writer = AllDataWriter::new(&none);
    let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
    ByHand::header("40000000", NO_TIME, SIX, "91000000")
        .then("DataBlockOffset: 64", "40000000")
        .then("InstanceCount", "00000000")
        .then("OffsetInstanceNameOffsets", "00000000")
        .then("FixedInstanceSize", "06000000")
        .assert_is(&bytes);
}

/// Without an instance, its type determines that names are dynamic.
#[test]
fn empty_reply_with_dynamic_names_is_written() {
    let none: [NamedInstance<'_, Vendor_Six>; 0] = [];
    let writer = AllDataWriter::new(&none);
    let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
    ByHand::header("40000000", NO_TIME, SIX, "11000000")
        .then("DataBlockOffset: 64", "40000000")
        .then("InstanceCount", "00000000")
        .then("OffsetInstanceNameOffsets: 64", "40000000")
        .then("FixedInstanceSize", "06000000")
        .assert_is(&bytes);
}

#[test]
fn dynamic_names_are_written() {
    let instances = [named("ab", &FIRST), named("c", &SECOND)];
    let writer = AllDataWriter::new(&instances);
    two_dynamic().assert_is(&written(98, |buffer| writer.write(buffer)));
}

/// An empty name also has a count; a character beyond U+FFFF counts as two units.
#[test]
fn dynamic_names_of_all_lengths_are_written() {
    let instances = [
        named("", FIRST.snapshot()),
        named("é𝄞", SECOND.snapshot()),
        named("", FIRST.snapshot()),
    ];
    let writer = AllDataWriter::new(&instances);
    let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
    ByHand::header("70000000", NO_TIME, SIX, "11000000")
        .then("DataBlockOffset: 64", "40000000")
        .then("InstanceCount", "03000000")
        .then("OffsetInstanceNameOffsets: 88", "58000000")
        .then("FixedInstanceSize", "06000000")
        .then("the first instance, at 64", "112233445566")
        .then("padding", "0000")
        .then("the second instance, at 72", "a1b2c3d4e5f6")
        .then("padding", "0000")
        .then("the third instance, at 80", "112233445566")
        .then("padding to a multiple of 4", "0000")
        .then("the first name is at 100", "64000000")
        .then("the second name is at 102", "66000000")
        .then("the third name is at 110", "6e000000")
        .then("no bytes of name", "0000")
        .then("6 bytes of name", "0600")
        .then("U+00E9, U+1D11E", "e900 34d8 1edd")
        .then("no bytes of name", "0000")
        .assert_is(&bytes);
}

#[test]
fn single_static_instance_is_written() {
    let writer = SingleInstanceWriter::new(0x1234_5678, &FIRST);
    by_hand::one_static().assert_is(&written(70, |buffer| writer.write(buffer)));
}

#[test]
fn single_dynamic_instance_is_written() {
    let writer = SingleInstanceWriter::new(7, named("ab", &FIRST));
    assert_eq!(writer.needed(), Ok(78));
    by_hand::one_dynamic().assert_is(&written(78, |buffer| writer.write(buffer)));
}

/// The data follows the name at the next multiple of 8.
#[test]
fn data_after_a_dynamic_name_is_aligned() {
    for (name, hex, data_block_offset, size) in [
        ("", "0000 000000000000", "48000000", "4e000000"),
        ("abc", "0600 610062006300", "48000000", "4e000000"),
        (
            "abcd",
            "0800 6100620063006400 000000000000",
            "50000000",
            "56000000",
        ),
    ] {
        let writer = SingleInstanceWriter::new(7, named(name, &FIRST)).time_stamp(-1);
        let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
        ByHand::header(size, "ffffffffffffffff", SIX, "02000000")
            .then("OffsetInstanceName: 64", "40000000")
            .then("InstanceIndex, not used", "00000000")
            .then("DataBlockOffset", data_block_offset)
            .then("SizeDataBlock", "06000000")
            .then("name and padding", hex)
            .then("the instance", "112233445566")
            .assert_is(&bytes);
    }
}

#[test]
fn too_small_is_written() {
    let bytes = written(56, |buffer| {
        write_too_small(buffer, Vendor_Six::GUID, 0x1234_5678)
    });
    ByHand::header("38000000", NO_TIME, SIX, "20000000")
        .then("SizeNeeded", "78563412")
        .then("the rest of sizeof(WNODE_TOO_SMALL)", "00000000")
        .assert_is(&bytes);
}

/// A 32-bit `usize` cannot hold such a size.
#[cfg(target_pointer_width = "64")]
#[test]
fn needed_size_beyond_32_bits_is_too_large() {
    let mut buffer = [0xa5; 56];
    let needed = u32::MAX as usize + 1;
    assert_eq!(
        write_too_small(&mut buffer, Vendor_Six::GUID, needed),
        Err(WriteError::TooLarge)
    );
    assert_eq!(buffer, [0xa5; 56]);
}

/// Does what a driver does: determines the needed size and replies with it.
#[test]
fn small_buffers_get_a_too_small_reply() {
    let mut buffer = [0; 77];
    let reply = AllDataWriter::new(&[FIRST, SECOND]).write(&mut buffer);
    let Err(WriteError::BufferTooSmall { needed }) = reply else {
        panic!("{reply:?}");
    };
    assert_eq!(
        write_too_small(&mut buffer, Vendor_Six::GUID, needed),
        Ok(56)
    );
    assert_eq!(buffer[48..52], [78, 0, 0, 0]);
}

#[test]
fn names_have_at_most_32767_units() {
    let long = "x".repeat(32767);
    let too_long = "x".repeat(32768);
    let surrogates = "𝄞".repeat(16384);
    let mut buffer = vec![0xa5; 1 << 20];

    let instances = [named(&long, FIRST)];
    let needed = Ok(64 + 6 + 2 + 4 + 2 + 65534);
    assert_eq!(AllDataWriter::new(&instances).write(&mut buffer), needed);
    // The name is at 76, and 65534 bytes long.
    assert_eq!(buffer[72..78], [76, 0, 0, 0, 0xfe, 0xff]);
    buffer.fill(0xa5);

    for name in [&too_long, &surrogates] {
        let instances = [named(&long, FIRST), named(name, SECOND)];
        let writer = AllDataWriter::new(&instances);
        let error = Err(WriteError::NameTooLong { instance: 1 });
        assert_eq!(writer.needed(), error);
        assert_eq!(writer.write(&mut buffer), error);

        let writer = SingleInstanceWriter::new(9, named(name, FIRST));
        let error = Err(WriteError::NameTooLong { instance: 0 });
        assert_eq!(writer.needed(), error);
        assert_eq!(writer.write(&mut buffer), error);
    }
    assert!(buffer.iter().all(|byte| *byte == 0xa5));
}

#[test]
fn errors_say_what_to_do() {
    for (error, text) in [
        (
            WriteError::BufferTooSmall { needed: 86 },
            "the buffer must hold 86 bytes",
        ),
        (WriteError::TooLarge, "a WNODE cannot be larger than 4 GiB"),
        (
            WriteError::NameTooLong { instance: 3 },
            "the name of instance 3 is longer than 32767 UTF-16 units",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn any_data_is_written_like_that_of_a_class() {
    let guid = Vendor_Six::GUID;
    let blocks = [
        &[0x11, 0x22, 0x33, 0x44, 0x55, 0x66][..],
        &[0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6],
    ];
    let writer = AllDataWnodeWriter::new(guid, &blocks);
    assert_eq!(writer.needed(), Ok(78));
    two_static().assert_is(&written(78, |buffer| writer.write(buffer)));

    let blocks = [named("ab", blocks[0]), named("c", blocks[1])];
    let writer = AllDataWnodeWriter::named(guid, &blocks);
    two_dynamic().assert_is(&written(98, |buffer| writer.write(buffer)));
}

#[test]
fn any_data_of_several_sizes_has_offsets() {
    let blocks = [named("ab", &[1, 2, 3][..]), named("c", &[4])];
    let writer = AllDataWnodeWriter::named(Vendor_Six::GUID, &blocks)
        .time_stamp(3)
        .event(9);
    let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
    let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
        panic!("{bytes:?}");
    };
    assert!(!all.header().has(WNODE_FLAG_FIXED_INSTANCE_SIZE));
    assert!(all.header().has(WNODE_FLAG_EVENT_ITEM));
    assert_eq!(
        (
            all.header().time_stamp.get(),
            all.header().provider_id.get()
        ),
        (3, 9)
    );
    assert_eq!(
        (all.data(0), all.data(1)),
        (Some(&[1, 2, 3][..]), Some(&[4][..]))
    );
    let Some(InstanceId::Dynamic(name)) = all.id(1) else {
        panic!("a dynamic name");
    };
    assert_eq!(name, "c");

    // Instances of one size have offsets only if the caller says so.
    let equal = [&[1, 2][..], &[3, 4]];
    let writer = AllDataWnodeWriter::new(Vendor_Six::GUID, &equal);
    let is_fixed = |writer: AllDataWnodeWriter<'_>| {
        let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
        let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
            panic!("{bytes:?}");
        };
        assert_eq!((all.data(0), all.data(1)), (Some(equal[0]), Some(equal[1])));
        all.header().has(WNODE_FLAG_FIXED_INSTANCE_SIZE)
    };
    assert!(is_fixed(writer));
    assert!(!is_fixed(writer.variable()));
    // Without instances, only the structure is left.
    assert_eq!(
        AllDataWnodeWriter::new(Vendor_Six::GUID, &[]).needed(),
        Ok(64)
    );
}
