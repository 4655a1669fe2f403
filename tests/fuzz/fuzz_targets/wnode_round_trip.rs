//! Any blocks and names. The reader returns what the writers wrote.

#![no_main]

use core::fmt::Debug;

use arbitrary::Arbitrary;
use iscsi_schema::MSiSCSI_MMIPSECStats;
use libfuzzer_sys::fuzz_target;
use wmi_core::Wire;
use wmi_core::wnode::{
    AllDataWriter, InstanceData, InstanceId, NamedInstance, SingleInstanceWriter, Wnode, WriteError,
};
use zerocopy::FromBytes;

type Class = MSiSCSI_MMIPSECStats;
type Block = Wire<Class>;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    time_stamp: i64,
    index: u32,
    /// The byte that fills the buffer beforehand.
    old: u8,
    /// By how many bytes the buffer is too short.
    missing: u8,
    instances: Vec<(&'a str, [u8; 168])>,
}

fuzz_target!(|input: Input<'_>| {
    let named: Vec<_> = input
        .instances
        .iter()
        .map(|(name, bytes)| NamedInstance {
            name,
            instance: Block::read_from_bytes(bytes).expect("it has the size of the class"),
        })
        .collect();
    let blocks: Vec<Block> = named.iter().map(|named| named.instance).collect();
    all(&input, &blocks, |index| InstanceIdOf::Static(index as u32));
    all(&input, &named, |index| {
        InstanceIdOf::Dynamic(named[index].name)
    });
    if let Some(named) = named.first() {
        single(&input, named.instance, InstanceIdOf::Static(input.index));
        single(&input, *named, InstanceIdOf::Dynamic(named.name));
    }
});

enum InstanceIdOf<'a> {
    Static(u32),
    Dynamic(&'a str),
}

impl InstanceIdOf<'_> {
    fn check(&self, id: InstanceId<'_>) {
        match (self, id) {
            (Self::Static(index), InstanceId::Static(read)) => assert_eq!(*index, read),
            // The reader takes a trailing NUL for a terminator.
            (Self::Dynamic(name), InstanceId::Dynamic(read)) => {
                assert_eq!(read, name.strip_suffix('\0').unwrap_or(name));
            }
            _ => panic!("the names are of the other kind"),
        }
    }
}

fn all<'a, T: InstanceData<Class>>(
    input: &Input<'_>,
    instances: &[T],
    id: impl Fn(usize) -> InstanceIdOf<'a>,
) {
    let writer = AllDataWriter::new(instances).time_stamp(input.time_stamp);
    let buffer = write(input, writer.needed(), |buffer| writer.write(buffer));
    let Ok(Wnode::AllData(read)) = Wnode::decode(&buffer) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    assert_eq!(read.header().time_stamp.get(), input.time_stamp);
    let blocks = read.blocks::<Class>().expect("the class is the same");
    assert_eq!(blocks.len(), input.instances.len());
    for (index, (block, (_, bytes))) in blocks.zip(&input.instances).enumerate() {
        assert_eq!(block.as_bytes(), bytes);
        id(index).check(read.id(index as u32).expect("each instance has a name"));
    }
}

fn single<T: InstanceData<Class>>(input: &Input<'_>, instance: T, id: InstanceIdOf<'_>) {
    let writer = SingleInstanceWriter::new(input.index, instance).time_stamp(input.time_stamp);
    let buffer = write(input, writer.needed(), |buffer| writer.write(buffer));
    let Ok(Wnode::SingleInstance(read)) = Wnode::decode(&buffer) else {
        panic!("it is a WNODE_SINGLE_INSTANCE");
    };
    assert_eq!(read.header().time_stamp.get(), input.time_stamp);
    let block = read.block::<Class>().expect("the class is the same");
    assert_eq!(block.as_bytes(), &input.instances[0].1);
    id.check(read.id());
}

/// Returns the bytes written to a buffer of exactly the needed size, after asserting that a shorter
/// buffer is left unchanged.
fn write(
    input: &Input<'_>,
    needed: Result<usize, WriteError>,
    write: impl Fn(&mut [u8]) -> Result<usize, WriteError>,
) -> Vec<u8> {
    let needed = needed.expect("no name is that long");
    let mut buffer = vec![input.old; needed];
    let length = needed.saturating_sub(usize::from(input.missing).max(1));
    let short = &mut buffer[..length];
    assert_eq!(write(short), Err(WriteError::BufferTooSmall { needed }));
    assert!(short.iter().all(|byte| *byte == input.old));
    assert_eq!(write(&mut buffer), Ok(needed));
    buffer
}
