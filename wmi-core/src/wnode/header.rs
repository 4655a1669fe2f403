//! The structures of `wmistr.h`, little-endian and without alignment, so that they can be read in
//! place from any bytes.

use zerocopy::little_endian::{I64, U32};
use zerocopy::{LittleEndian, byteorder};
use zerocopy_derive::*;

use super::flags::WNODE_FLAG_EVENT_ITEM;
use crate::Guid;

/// A `ULONG_PTR`.
type Usize = byteorder::Usize<LittleEndian>;

/// `WNODE_HEADER`: 48 bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WnodeHeader {
    /// `BufferSize` at 0: bytes of the whole WNODE.
    pub buffer_size: U32,
    /// `ProviderId` at 4: the id of the device object in events, reserved otherwise.
    pub provider_id: U32,
    /// `Version` at 8.
    pub version: U32,
    /// `Linkage` at 12: bytes to the next WNODE of a chain, 0 in the last.
    pub linkage: U32,
    /// `TimeStamp` at 16: 100 ns since 1601-01-01.
    pub time_stamp: I64,
    /// `Guid` at 24, in wire order.
    pub guid: [u8; 16],
    /// `ClientContext` at 40.
    pub client_context: U32,
    /// `Flags` at 44; see [`flags`](super::flags).
    pub flags: U32,
}

/// `WNODE_ALL_DATA` up to and with `FixedInstanceSize`: 64 bytes.
///
/// Offset 60 holds `FixedInstanceSize` or, if `WNODE_FLAG_FIXED_INSTANCE_SIZE` is clear, the array
/// of [`OffsetInstanceDataAndLength`]. `sizeof` of the C structure is 64, as that array is declared
/// without a length; in headers that declare one element it is 72. Both occur as the offset of the
/// data.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WnodeAllData {
    /// `WnodeHeader` at 0.
    pub header: WnodeHeader,
    /// `DataBlockOffset` at 48: bytes to the first instance.
    pub data_block_offset: U32,
    /// `InstanceCount` at 52.
    pub instance_count: U32,
    /// `OffsetInstanceNameOffsets` at 56: bytes to the array of offsets of dynamic names.
    pub offset_instance_name_offsets: U32,
    /// `FixedInstanceSize` at 60: bytes of an instance without the padding after it.
    pub fixed_instance_size: U32,
}

impl WnodeAllData {
    /// Offset of the first instance of fixed size: the end of the structure.
    pub const DATA_OFFSET: usize = size_of::<Self>();
}

/// `OFFSETINSTANCEDATAANDLENGTH`: 8 bytes; the place of one instance of variable size.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct OffsetInstanceDataAndLength {
    /// `OffsetInstanceData` at 0: bytes from the start of the WNODE.
    pub offset_instance_data: U32,
    /// `LengthInstanceData` at 4: bytes.
    pub length_instance_data: U32,
}

/// `WNODE_SINGLE_INSTANCE` up to `VariableData`: 64 bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WnodeSingleInstance {
    /// `WnodeHeader` at 0.
    pub header: WnodeHeader,
    /// `OffsetInstanceName` at 48: bytes to the counted name, if names are dynamic.
    pub offset_instance_name: U32,
    /// `InstanceIndex` at 52, if names are static.
    pub instance_index: U32,
    /// `DataBlockOffset` at 56: bytes to the data.
    pub data_block_offset: U32,
    /// `SizeDataBlock` at 60: bytes of the data.
    pub size_data_block: U32,
}

/// `WNODE_SINGLE_ITEM` up to `VariableData`: 68 bytes.
///
/// `VariableData` is not aligned for data, which starts at 72 or later.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WnodeSingleItem {
    /// `WnodeHeader` at 0.
    pub header: WnodeHeader,
    /// `OffsetInstanceName` at 48: bytes to the counted name, if names are dynamic.
    pub offset_instance_name: U32,
    /// `InstanceIndex` at 52, if names are static.
    pub instance_index: U32,
    /// `ItemId` at 56: the `WmiDataId`.
    pub item_id: U32,
    /// `DataBlockOffset` at 60: bytes to the value.
    pub data_block_offset: U32,
    /// `SizeDataItem` at 64: bytes of the value.
    pub size_data_item: U32,
}

/// `WNODE_METHOD_ITEM` up to `VariableData`: 68 bytes.
///
/// `VariableData` is not aligned for data, which starts at 72 or later.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WnodeMethodItem {
    /// `WnodeHeader` at 0.
    pub header: WnodeHeader,
    /// `OffsetInstanceName` at 48: bytes to the counted name, if names are dynamic.
    pub offset_instance_name: U32,
    /// `InstanceIndex` at 52, if names are static.
    pub instance_index: U32,
    /// `MethodId` at 56: the `WmiMethodId`.
    pub method_id: U32,
    /// `DataBlockOffset` at 60: bytes to the input, which the output overwrites.
    pub data_block_offset: U32,
    /// `SizeDataBlock` at 64: bytes of the input, or of the output.
    pub size_data_block: U32,
}

/// `WNODE_EVENT_REFERENCE` up to the union that names the instance: 68 bytes.
///
/// The union at 68 holds `TargetInstanceIndex` or, for a dynamic name, the counted name.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WnodeEventReference {
    /// `WnodeHeader` at 0.
    pub header: WnodeHeader,
    /// `TargetGuid` at 48: the block to query, in wire order.
    pub target_guid: [u8; 16],
    /// `TargetDataBlockSize` at 64: bytes of the data that the query will return.
    pub target_data_block_size: U32,
}

/// `WMIREGINFOW` up to `GuidCount`: 20 bytes.
///
/// The entries start at [`GUIDS_OFFSET`](Self::GUIDS_OFFSET). All offsets are relative to the start
/// of this structure.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WmiRegInfo {
    /// `BufferSize` at 0: bytes of this structure with its entries and strings.
    pub buffer_size: U32,
    /// `NextWmiRegInfo` at 4: bytes to the next structure, 0 in the last.
    pub next_wmi_reg_info: U32,
    /// `RegistryPath` at 8: bytes to the counted path of the driver's service key.
    pub registry_path: U32,
    /// `MofResourceName` at 12: bytes to the counted name of the resource.
    pub mof_resource_name: U32,
    /// `GuidCount` at 16: number of entries.
    pub guid_count: U32,
}

impl WmiRegInfo {
    /// Offset of the array `WmiRegGuid`: 24 with 64-bit pointers, 20 with 32-bit pointers.
    pub const GUIDS_OFFSET: usize = size_of::<Self>().next_multiple_of(size_of::<Usize>());
}

/// `WMIREGGUIDW`: 32 bytes with 64-bit pointers, 28 with 32-bit pointers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WmiRegGuid {
    /// `Guid` at 0, in wire order.
    pub guid: [u8; 16],
    /// `Flags` at 16; see [`flags`](super::flags).
    pub flags: U32,
    /// `InstanceCount` at 20.
    pub instance_count: U32,
    /// `InstanceNameList`, `BaseNameOffset` or `Pdo` at 24, depending on the flags: an offset, or
    /// the address of the device object.
    pub instance_info: Usize,
}

const _: () = {
    let (guids, entry) = match size_of::<usize>() {
        4 => (20, 28),
        _ => (24, 32),
    };
    assert!(WmiRegInfo::GUIDS_OFFSET == guids && size_of::<WmiRegGuid>() == entry);
};

/// `WNODE_TOO_SMALL`: 56 bytes, with four bytes of padding at the end.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct WnodeTooSmall {
    /// `WnodeHeader` at 0.
    pub header: WnodeHeader,
    /// `SizeNeeded` at 48: bytes of the whole WNODE that did not fit.
    pub size_needed: U32,
    /// The padding included in `sizeof`.
    pub padding: [u8; 4],
}

impl WnodeHeader {
    /// Returns a header with these two members, all others zero.
    #[must_use]
    pub const fn new(guid: Guid, time_stamp: i64) -> Self {
        Self {
            buffer_size: U32::ZERO,
            provider_id: U32::ZERO,
            version: U32::ZERO,
            linkage: U32::ZERO,
            time_stamp: I64::new(time_stamp),
            guid: guid.to_bytes(),
            client_context: U32::ZERO,
            flags: U32::ZERO,
        }
    }

    /// Returns the header as that of an event from this device.
    pub(crate) const fn as_event(mut self, provider_id: u32) -> Self {
        self.provider_id = U32::new(provider_id);
        self.flags = U32::new(self.flags.get() | WNODE_FLAG_EVENT_ITEM);
        self
    }

    /// Returns `Guid`.
    #[must_use]
    pub const fn guid(&self) -> Guid {
        Guid::from_bytes(self.guid)
    }

    /// Returns whether all bits of `flags` are set.
    #[must_use]
    pub const fn has(&self, flags: u32) -> bool {
        self.flags.get() & flags == flags
    }
}
