//! Writing and reading WNODEs does not allocate.

use core::fmt::Write;

use iscsi_schema::{MSiSCSI_MMIPSECStats, MSiSCSI_MMIPSECStatsItems};
use wmi_core::DataBlock;
use wmi_core::wnode::{
    AllDataWriter, InstanceId, NamedInstance, SingleInstanceWriter, Wnode, write_too_small,
};
use wmi_tests::allocations::{Counting, allocations};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A text of a fixed size.
struct Text {
    bytes: [u8; 256],
    length: usize,
}

impl Write for Text {
    fn write_str(&mut self, part: &str) -> core::fmt::Result {
        let rest = &mut self.bytes[self.length..];
        rest[..part.len()].copy_from_slice(part.as_bytes());
        self.length += part.len();
        Ok(())
    }
}

#[test]
fn writing_and_reading_do_not_allocate() {
    let stats = [MSiSCSI_MMIPSECStats::new(), MSiSCSI_MMIPSECStats::new()];
    let named = [("Ethernet é𝄞", &stats[0]), ("", &stats[1])]
        .map(|(name, instance)| NamedInstance { name, instance });
    let mut buffer = [0xff; 1024];
    let mut text = Text {
        bytes: [0; 256],
        length: 0,
    };
    let work = || {
        stats[1].add_active_acquire(7);
        let writer = AllDataWriter::new(&named).time_stamp(1);
        let needed = writer.needed().unwrap();
        write!(text, "{}", writer.write(&mut buffer[..99]).unwrap_err()).unwrap();
        let size = writer.write(&mut buffer).unwrap();
        assert_eq!(size, needed);
        let Ok(Wnode::AllData(all)) = Wnode::decode(&buffer) else {
            panic!("it is a WNODE_ALL_DATA");
        };
        let blocks = all.blocks::<MSiSCSI_MMIPSECStats>().unwrap();
        assert_eq!(blocks.map(|block| block.active_acquire()).sum::<u64>(), 7);
        for instance in 0..all.instance_count() {
            let Some(InstanceId::Dynamic(name)) = all.id(instance) else {
                panic!("the names are dynamic");
            };
            write!(text, "{name}").unwrap();
            assert_eq!(all.data(instance).map(<[u8]>::len), Some(168));
        }

        let size = AllDataWriter::new(&stats).write(&mut buffer).unwrap();
        let error = Wnode::decode(&buffer[..size - 1]).map(|_| ()).unwrap_err();
        write!(text, "{error}").unwrap();

        SingleInstanceWriter::new(0, named[1])
            .write(&mut buffer)
            .unwrap();
        let Ok(Wnode::SingleInstance(single)) = Wnode::decode(&buffer) else {
            panic!("it is a WNODE_SINGLE_INSTANCE");
        };
        let block = single.block::<MSiSCSI_MMIPSECStats>().unwrap();
        assert_eq!(block.active_acquire(), 7);

        write_too_small(&mut buffer, MSiSCSI_MMIPSECStats::GUID, needed).unwrap();
        assert!(matches!(Wnode::decode(&buffer), Ok(Wnode::TooSmall { .. })));
    };
    assert_eq!(allocations(work), 0);
    assert!(text.length > 0);
}
