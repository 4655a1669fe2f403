//! Arbitrary blocks and names, written and read back.

use proptest::collection::vec;
use proptest::prelude::*;
use wmi_core::wnode::{AllDataWriter, NamedInstance, SingleInstanceWriter, Wnode};
use wmi_core::{FixedBlock, Wire};
use zerocopy::FromBytes;

use crate::agree::agree_on;
use crate::classes::{Vendor_Eight, Vendor_Nine, Vendor_One, Vendor_Six};
use crate::written::written;

/// Generates names of up to 40 characters without NUL, many of them beyond U+FFFF.
fn name() -> impl Strategy<Value = String> {
    let character = prop_oneof![any::<char>(), Just('\0'), Just('𝄞'), Just('a')];
    vec(character, 0..40).prop_map(String::from_iter)
}

/// Generates instances: bytes, of which each class takes the size of its block, and names.
fn instances() -> impl Strategy<Value = Vec<([u8; 9], String)>> {
    vec((any::<[u8; 9]>(), name()), 0..6)
}

/// The expected output of a writer, appended piece by piece.
struct Expected(Vec<u8>);

impl Expected {
    fn align(&mut self, alignment: usize) {
        while self.0.len() % alignment != 0 {
            self.0.push(0);
        }
    }

    fn set(&mut self, at: usize, value: usize) {
        self.0[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
    }

    fn name(&mut self, name: &str) {
        let units: Vec<u16> = name.encode_utf16().collect();
        self.0.extend((units.len() as u16 * 2).to_le_bytes());
        self.0.extend(units.into_iter().flat_map(u16::to_le_bytes));
    }

    fn finish(mut self, guid: [u8; 16], time_stamp: i64, flags: usize) -> Vec<u8> {
        self.set(0, self.0.len());
        self.0[16..24].copy_from_slice(&time_stamp.to_le_bytes());
        self.0[24..40].copy_from_slice(&guid);
        self.set(44, flags);
        self.0
    }
}

fn expected_all<C: FixedBlock>(
    instances: &[([u8; 9], String)],
    named: bool,
    time_stamp: i64,
) -> Vec<u8> {
    let mut wnode = Expected(vec![0; 64]);
    wnode.set(48, 64);
    wnode.set(52, instances.len());
    wnode.set(60, C::SIZE);
    for (block, _) in instances {
        wnode.align(8);
        wnode.0.extend(&block[..C::SIZE]);
    }
    if !named {
        return wnode.finish(C::GUID.to_bytes(), time_stamp, 0x91);
    }
    wnode.align(4);
    let offsets = wnode.0.len();
    wnode.set(56, offsets);
    wnode.0.resize(offsets + 4 * instances.len(), 0);
    for (index, (_, name)) in instances.iter().enumerate() {
        wnode.set(offsets + 4 * index, wnode.0.len());
        wnode.name(name);
    }
    wnode.finish(C::GUID.to_bytes(), time_stamp, 0x11)
}

fn expected_single<C: FixedBlock>(
    block: &[u8],
    name: Option<&str>,
    index: u32,
    time_stamp: i64,
) -> Vec<u8> {
    let mut wnode = Expected(vec![0; 64]);
    if let Some(name) = name {
        wnode.set(48, 64);
        wnode.name(name);
        wnode.align(8);
    } else {
        wnode.set(52, index as usize);
    }
    wnode.set(56, wnode.0.len());
    wnode.set(60, C::SIZE);
    wnode.0.extend(&block[..C::SIZE]);
    let flags = if name.is_some() { 0x02 } else { 0x82 };
    wnode.finish(C::GUID.to_bytes(), time_stamp, flags)
}

/// Writes the instances as a class, and reads them back.
fn round_trip<C: FixedBlock>(instances: &[([u8; 9], String)], index: u32, time_stamp: i64) {
    let padded = C::SIZE.next_multiple_of(C::ALIGN);
    let check = |bytes: Vec<u8>, expected: Vec<u8>| {
        assert_eq!(bytes, expected);
        assert!(Wnode::decode(&bytes).is_ok());
        agree_on::<C>(&bytes, C::SIZE..=padded);
    };
    let named: Vec<_> = instances
        .iter()
        .map(|(bytes, name)| NamedInstance {
            name,
            instance: Wire::<C>::read_from_prefix(bytes).unwrap().0,
        })
        .collect();
    let blocks: Vec<_> = named.iter().map(|named| named.instance).collect();

    let writer = AllDataWriter::new(&blocks).time_stamp(time_stamp);
    let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
    check(bytes, expected_all::<C>(instances, false, time_stamp));
    let writer = AllDataWriter::new(&named).time_stamp(time_stamp);
    let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
    check(bytes, expected_all::<C>(instances, true, time_stamp));

    for named in named {
        let (name, block) = (named.name, named.instance);
        let writer = SingleInstanceWriter::new(index, block).time_stamp(time_stamp);
        let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
        let block = block.as_bytes();
        check(bytes, expected_single::<C>(block, None, index, time_stamp));
        let writer = SingleInstanceWriter::new(index, named).time_stamp(time_stamp);
        let bytes = written(writer.needed().unwrap(), |buffer| writer.write(buffer));
        check(
            bytes,
            expected_single::<C>(block, Some(name), index, time_stamp),
        );
    }
}

proptest! {
    #[test]
    fn arbitrary_wnodes_round_trip(
        instances in instances(),
        index: u32,
        time_stamp: i64,
    ) {
        round_trip::<Vendor_One>(&instances, index, time_stamp);
        round_trip::<Vendor_Six>(&instances, index, time_stamp);
        round_trip::<Vendor_Eight>(&instances, index, time_stamp);
        round_trip::<Vendor_Nine>(&instances, index, time_stamp);
    }
}
