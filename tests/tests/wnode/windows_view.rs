//! Reads our output as C code on Windows does: through windows-sys's structures.

#![expect(unsafe_code, reason = "C code reads through pointers and unions")]

use windows_sys::Win32::System::Diagnostics::Etw::{
    self, WNODE_ALL_DATA, WNODE_HEADER, WNODE_SINGLE_INSTANCE, WNODE_TOO_SMALL,
};
use wmi_core::DataBlock;
use wmi_core::wnode::{AllDataWriter, NamedInstance, SingleInstanceWriter, write_too_small};

use crate::classes::{FIRST, SECOND, Vendor_Six};

/// A C structure of integers, for which any bytes are a value.
trait Plain: Copy {}

impl Plain for WNODE_ALL_DATA {}
impl Plain for WNODE_SINGLE_INSTANCE {}
impl Plain for WNODE_TOO_SMALL {}
impl Plain for u16 {}
impl Plain for u32 {}
impl Plain for Six {}

/// The class as the C compiler lays it out.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
struct Six {
    long: u32,
    short: u16,
}

impl From<Vendor_Six> for Six {
    fn from(Vendor_Six { long, short }: Vendor_Six) -> Self {
        Self { long, short }
    }
}

/// Returns `*(T *)(wnode + offset)`.
fn at<T: Plain>(wnode: &[u8], offset: u32) -> T {
    let mut bytes = wnode[offset as usize..].to_vec();
    // `VariableData` and the padding at its end belong to the structure, not to the WNODE.
    bytes.resize(bytes.len().max(size_of::<T>()), 0);
    // SAFETY: there are enough bytes, and any bytes are a valid value.
    unsafe { bytes.as_ptr().cast::<T>().read_unaligned() }
}

fn assert_header(header: &WNODE_HEADER, size: usize, flags: u32) {
    assert_eq!(header.BufferSize as usize, size);
    assert_eq!(header.Flags, flags);
    let guid = header.Guid;
    assert_eq!(
        (guid.data1, guid.data2, guid.data3, guid.data4),
        Vendor_Six::GUID.to_fields()
    );
    assert_eq!((header.ProviderId, header.ClientContext), (0, 0));
    // SAFETY: any bytes are a valid value of each member of the union.
    assert_eq!(unsafe { header.Anonymous1.HistoricalContext }, 0);
}

/// Returns the counted name at an offset.
fn name(wnode: &[u8], offset: u32) -> String {
    let bytes: u16 = at(wnode, offset);
    let units: Vec<u16> = (0..u32::from(bytes) / 2)
        .map(|unit| at(wnode, offset + 2 + 2 * unit))
        .collect();
    String::from_utf16(&units).unwrap()
}

#[test]
fn all_data_reads_as_windows_structures() {
    let instances = [
        NamedInstance {
            name: "Ethernet é𝄞",
            instance: &FIRST,
        },
        NamedInstance {
            name: "",
            instance: &SECOND,
        },
    ];
    let mut buffer = [0xa5; 256];
    let writer = AllDataWriter::new(&instances).time_stamp(132_223_104_000_000_000);
    let size = writer.write(&mut buffer).unwrap();
    let wnode = &buffer[..size];

    let all: WNODE_ALL_DATA = at(wnode, 0);
    let flags = Etw::WNODE_FLAG_ALL_DATA | Etw::WNODE_FLAG_FIXED_INSTANCE_SIZE;
    assert_header(&all.WnodeHeader, size, flags);
    // SAFETY: any bytes are a valid value of each member of the union.
    let time_stamp = unsafe { all.WnodeHeader.Anonymous2.TimeStamp };
    assert_eq!(time_stamp, 132_223_104_000_000_000);
    assert_eq!(all.InstanceCount, 2);
    // SAFETY: as above.
    let size = unsafe { all.Anonymous.FixedInstanceSize };
    let second = all.DataBlockOffset + ((size + 7) & !7);
    assert_eq!(at::<Six>(wnode, all.DataBlockOffset), FIRST.into());
    assert_eq!(at::<Six>(wnode, second), SECOND.into());
    let names = all.OffsetInstanceNameOffsets;
    assert_eq!(name(wnode, at(wnode, names)), "Ethernet é𝄞");
    assert_eq!(name(wnode, at(wnode, names + 4)), "");
}

#[test]
fn single_instance_reads_as_windows_structures() {
    let mut buffer = [0xa5; 256];
    let size = SingleInstanceWriter::new(5, FIRST)
        .write(&mut buffer)
        .unwrap();
    let wnode = &buffer[..size];
    let single: WNODE_SINGLE_INSTANCE = at(wnode, 0);
    let flags = Etw::WNODE_FLAG_SINGLE_INSTANCE | Etw::WNODE_FLAG_STATIC_INSTANCE_NAMES;
    assert_header(&single.WnodeHeader, size, flags);
    assert_eq!(single.InstanceIndex, 5);
    assert_eq!(single.SizeDataBlock, 6);
    assert_eq!(at::<Six>(wnode, single.DataBlockOffset), FIRST.into());

    let named = NamedInstance {
        name: "Ethernet é𝄞",
        instance: SECOND,
    };
    let size = SingleInstanceWriter::new(5, named)
        .write(&mut buffer)
        .unwrap();
    let wnode = &buffer[..size];
    let single: WNODE_SINGLE_INSTANCE = at(wnode, 0);
    assert_header(&single.WnodeHeader, size, Etw::WNODE_FLAG_SINGLE_INSTANCE);
    assert_eq!(name(wnode, single.OffsetInstanceName), "Ethernet é𝄞");
    assert_eq!(at::<Six>(wnode, single.DataBlockOffset), SECOND.into());
}

#[test]
fn too_small_reads_as_windows_structures() {
    let mut buffer = [0xa5; 56];
    let size = write_too_small(&mut buffer, Vendor_Six::GUID, 4711).unwrap();
    // Windows aligns 64-bit numbers to 8 bytes, Linux on i386 does not.
    assert_eq!(size, size_of::<WNODE_TOO_SMALL>().next_multiple_of(8));
    let too_small: WNODE_TOO_SMALL = at(&buffer, 0);
    assert_header(&too_small.WnodeHeader, size, Etw::WNODE_FLAG_TOO_SMALL);
    assert_eq!(too_small.SizeNeeded, 4711);
}
