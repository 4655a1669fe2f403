//! Small inputs that claim much, too many instances, and instances that change.

use core::cell::Cell;
use core::time::Duration;
use std::time::Instant;

use wmi_core::Wire;
use wmi_core::wnode::{
    AllDataWriter, Fault, InstanceData, InstanceId, SingleInstanceWriter, Wnode, WriteError,
};

use crate::agree::agree;
use crate::by_hand::{ByHand, NO_TIME, SIX, patch};
use crate::classes::Vendor_Six;

/// Instances of zero bytes share one offset, because `align8(0)` is 0. Their number is limited to
/// the bytes of the WNODE.
#[test]
fn empty_instances_cannot_outnumber_the_bytes() {
    let with_count = |count: &str| {
        ByHand::header("48000000", NO_TIME, SIX, "91000000")
            .then("DataBlockOffset: 72", "48000000")
            .then("InstanceCount", count)
            .then("OffsetInstanceNameOffsets", "00000000")
            .then("FixedInstanceSize", "00000000")
            .then("the rest of sizeof(WNODE_ALL_DATA)", "0000000000000000")
            .bytes()
    };
    for (count, instances) in [("02000000", 2), ("48000000", 72)] {
        let bytes = with_count(count);
        agree(&bytes);
        let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
            panic!("it is a WNODE_ALL_DATA");
        };
        for instance in 0..instances {
            assert_eq!(all.data(instance), Some(&[][..]));
        }
        assert_eq!(all.data(instances), None);
    }
    for count in ["49000000", "ffffffff"] {
        let bytes = with_count(count);
        agree(&bytes);
        let error = Wnode::decode(&bytes).map(|_| ()).unwrap_err();
        assert_eq!(error.member, "InstanceCount");
        assert!(matches!(error.fault, Fault::OutOfBounds { end: 72, .. }));
    }
}

/// Half a million instances share one name of 64 KiB and data of 4 MiB. Reading each would take
/// hours; checking their offsets does not.
#[test]
fn overlapping_names_and_instances_are_read_quickly() {
    const COUNT: u32 = 500_000;
    let places = 60 + 8 * COUNT;
    let offsets = places;
    let name = offsets + 4 * COUNT;
    let data = (name + 2 + 0xfffe).next_multiple_of(8);
    let mut bytes = vec![0; 60];
    let mut extend = |value: u32, times| {
        for _ in 0..times {
            bytes.extend(value.to_le_bytes());
        }
    };
    // All offsets precede the data, so the data is at the end.
    for _ in 0..COUNT {
        extend(data, 1);
        extend(4 << 20, 1);
    }
    extend(name, COUNT);
    bytes.extend([0xfe, 0xff]);
    bytes.resize(data as usize + (4 << 20), b'a');
    let size = bytes.len() as u32;
    for (at, value) in [(0, size), (44, 0x1), (52, COUNT), (56, offsets)] {
        patch(&mut bytes, at, value);
    }

    let start = Instant::now();
    let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    let last = COUNT - 1;
    assert_eq!(all.data(last).map(<[u8]>::len), Some(4 << 20));
    match all.id(last) {
        Some(InstanceId::Dynamic(name)) => assert_eq!(name.units().len(), 32767),
        other => panic!("{other:?}"),
    }
    // A hundred times the usual time.
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[cfg(target_pointer_width = "64")]
#[test]
fn sizes_beyond_32_bits_are_too_large() {
    /// An instance that takes no memory, so that there can be any number of them.
    #[derive(Clone, Copy)]
    struct Nothing;

    impl InstanceData<Vendor_Six> for Nothing {
        fn store(&self, _: &mut Wire<Vendor_Six>) {
            unreachable!("no buffer is that long");
        }
    }

    // 64 + 8 * (COUNT - 1) + 6 is the largest such size below 2^32.
    const COUNT: usize = (u32::MAX as usize - 70) / 8 + 1;
    static NOTHING: [Nothing; usize::MAX] = [Nothing; usize::MAX];
    let needed = |count| AllDataWriter::new(&NOTHING[..count]).needed();
    assert_eq!(needed(COUNT), Ok(70 + 8 * (COUNT - 1)));
    assert_eq!(needed(COUNT + 1), Err(WriteError::TooLarge));
    assert_eq!(needed(1 << 61), Err(WriteError::TooLarge));
    assert_eq!(needed(usize::MAX), Err(WriteError::TooLarge));
    let mut buffer = [0xa5; 100];
    let writer = AllDataWriter::new(&NOTHING);
    assert_eq!(writer.write(&mut buffer), Err(WriteError::TooLarge));
    assert_eq!(buffer, [0xa5; 100]);
}

/// An instance whose name changes with each call.
struct Restless {
    names: [&'static str; 2],
    asked: Cell<usize>,
}

impl InstanceData<Vendor_Six> for Restless {
    const NAMED: bool = true;

    fn name(&self) -> &str {
        self.names[self.asked.replace(1)]
    }

    fn store(&self, block: &mut Wire<Vendor_Six>) {
        *block = Wire::zeroed();
    }
}

/// A longer name is refused; a shorter one leaves no old bytes in the buffer.
#[test]
fn changing_names_leak_nothing() {
    for names in [["longer", "a"], ["a", "longer"], ["", "a"], ["a", ""]] {
        let restless = || Restless {
            names,
            asked: Cell::new(0),
        };
        let mut buffer = [0xa5; 200];
        let instances = [restless(), restless()];
        let written = AllDataWriter::new(&instances).write(&mut buffer);
        if names[0].len() < names[1].len() {
            let needed = 92 + 4 * names[0].len();
            assert_eq!(written, Err(WriteError::BufferTooSmall { needed }));
        } else {
            let size = written.unwrap();
            assert!(!buffer[..size].contains(&0xa5), "{names:?}");
            agree(&buffer[..size]);
            assert!(matches!(
                Wnode::decode(&buffer[..size]),
                Ok(Wnode::AllData(_))
            ));
            assert!(buffer[size..].iter().all(|byte| *byte == 0xa5));
        }

        buffer.fill(0xa5);
        let writer = SingleInstanceWriter::new(0, restless());
        let size = writer.write(&mut buffer).unwrap();
        assert!(!buffer[..size].contains(&0xa5), "{names:?}");
        agree(&buffer[..size]);
        assert!(buffer[size..].iter().all(|byte| *byte == 0xa5));
    }
}
