//! Reading a `WNODE_EVENT_REFERENCE`.

use zerocopy::FromBytes;
use zerocopy::little_endian::U32;

use super::bytes::{Bytes, Member};
use super::has_static_names;
use crate::Guid;
use crate::wnode::{InstanceId, WnodeError, WnodeEventReference, WnodeHeader};

/// A `WNODE_EVENT_REFERENCE`: stands for an event too large to be sent, whose data WMI queries
/// instead.
#[derive(Clone, Copy, Debug)]
pub struct EventReference<'a> {
    header: &'a WnodeHeader,
    fields: &'a WnodeEventReference,
    id: InstanceId<'a>,
}

impl<'a> EventReference<'a> {
    pub(super) fn decode(bytes: Bytes<'a>) -> Result<Self, WnodeError> {
        const TARGET: usize = size_of::<WnodeEventReference>();
        let fields: &WnodeEventReference = bytes.structure()?;
        let id = if has_static_names(bytes.header) {
            let member = Member("TargetInstanceIndex", TARGET);
            let index = bytes.within(member, TARGET, size_of::<U32>(), TARGET)?;
            InstanceId::Static(U32::read_from_bytes(index).map_or(0, U32::get))
        } else {
            let member = Member("TargetInstanceName", TARGET);
            InstanceId::Dynamic(bytes.name(member, TARGET, TARGET)?.0)
        };
        Ok(Self {
            header: bytes.header,
            fields,
            id,
        })
    }

    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> &'a WnodeHeader {
        self.header
    }

    /// Returns `TargetGuid`: the block to query.
    #[must_use]
    pub const fn target_guid(&self) -> Guid {
        Guid::from_bytes(self.fields.target_guid)
    }

    /// Returns `TargetDataBlockSize`: bytes of the data that the query will return.
    #[must_use]
    pub const fn target_data_block_size(&self) -> u32 {
        self.fields.target_data_block_size.get()
    }

    /// Returns the instance to query.
    #[must_use]
    pub const fn id(&self) -> InstanceId<'a> {
        self.id
    }
}
