//! Reading a `WNODE_SINGLE_INSTANCE`.

use core::mem::offset_of;

use zerocopy::FromBytes;

use super::bytes::{Bytes, Member, wide};
use super::{check_guid, check_size, check_texts, has_static_names, wrong_size};
use crate::wnode::{InstanceId, WnodeError, WnodeHeader, WnodeSingleInstance};
use crate::{FixedBlock, Wire};

/// A `WNODE_SINGLE_INSTANCE` whose every offset lies within it.
#[derive(Clone, Copy, Debug)]
pub struct SingleInstance<'a> {
    header: &'a WnodeHeader,
    id: InstanceId<'a>,
    data: &'a [u8],
}

impl<'a> SingleInstance<'a> {
    pub(super) fn parse(bytes: Bytes<'a>) -> Result<Self, WnodeError> {
        const VARIABLE_DATA: usize = size_of::<WnodeSingleInstance>();
        let fields: &WnodeSingleInstance = bytes.structure()?;
        let id = if has_static_names(bytes.header) {
            InstanceId::Static(fields.instance_index.get())
        } else {
            let member = Member(
                "OffsetInstanceName",
                offset_of!(WnodeSingleInstance, offset_instance_name),
            );
            let start = wide(fields.offset_instance_name);
            InstanceId::Dynamic(bytes.name(member, start, VARIABLE_DATA)?)
        };
        let member = Member(
            "DataBlockOffset",
            offset_of!(WnodeSingleInstance, data_block_offset),
        );
        let (start, length) = (wide(fields.data_block_offset), wide(fields.size_data_block));
        Ok(Self {
            header: bytes.header,
            id,
            data: bytes.data(member, start, length, VARIABLE_DATA)?,
        })
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &'a WnodeHeader {
        self.header
    }

    /// How the instance is named.
    #[must_use]
    pub const fn id(&self) -> InstanceId<'a> {
        self.id
    }

    /// The data of the instance.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The instance as a data block of class `C`.
    ///
    /// # Errors
    ///
    /// As [`AllData::blocks`](super::AllData::blocks).
    pub fn block<C: FixedBlock>(&self) -> Result<&'a Wire<C>, WnodeError> {
        check_guid::<C>(self.header)?;
        let member = Member(
            "SizeDataBlock",
            offset_of!(WnodeSingleInstance, size_data_block),
        );
        check_size::<C>(member, self.data.len())?;
        check_texts::<C>(member, self.data)?;
        match Wire::ref_from_prefix(self.data) {
            Ok((block, _)) => Ok(block),
            Err(_) => Err(wrong_size::<C>(member, self.data.len())),
        }
    }
}
