//! Reading the structures of one instance: `WNODE_SINGLE_INSTANCE`, `WNODE_SINGLE_ITEM` and
//! `WNODE_METHOD_ITEM`.

use core::mem::offset_of;
use core::ops::Range;

use zerocopy::FromBytes;

use super::bytes::{Bytes, Member, wide};
use super::{check_guid, check_size, check_texts, has_static_names, wrong_size};
use crate::wnode::{
    InstanceId, InstanceName, WnodeError, WnodeHeader, WnodeMethodItem, WnodeSingleInstance,
    WnodeSingleItem,
};
use crate::{FixedBlock, Wire};

/// One of the three structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Instance,
    Item,
    Method,
}

impl Form {
    /// Returns the offset of `VariableData`: names and data start there or later.
    pub(crate) const fn variable_data(self) -> usize {
        match self {
            Self::Instance => size_of::<WnodeSingleInstance>(),
            Self::Item | Self::Method => size_of::<WnodeSingleItem>(),
        }
    }

    const fn data_block_offset(self) -> Member {
        Member(
            "DataBlockOffset",
            match self {
                Self::Instance => offset_of!(WnodeSingleInstance, data_block_offset),
                Self::Item | Self::Method => offset_of!(WnodeSingleItem, data_block_offset),
            },
        )
    }
}

// A method item is read as a single item.
const _: () = {
    assert!(size_of::<WnodeSingleItem>() == size_of::<WnodeMethodItem>());
    assert!(offset_of!(WnodeSingleItem, item_id) == offset_of!(WnodeMethodItem, method_id));
};

/// The members of the three structures: the instance, its item or method, and the place of the
/// data. Names and data are checked only when they are read, as not every request has both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Single<'a> {
    bytes: Bytes<'a>,
    form: Form,
    /// `InstanceIndex`.
    pub(crate) index: u32,
    name_offset: usize,
    /// `ItemId` or `MethodId`.
    pub(crate) item: u32,
    /// `DataBlockOffset`.
    pub(crate) data_offset: usize,
    data_size: usize,
}

impl<'a> Single<'a> {
    /// Reads the structure of a request.
    pub(crate) fn of_request(buffer: &'a [u8], form: Form) -> Result<Self, WnodeError> {
        Self::decode(Bytes::of_request(buffer)?, form)
    }

    pub(super) fn decode(bytes: Bytes<'a>, form: Form) -> Result<Self, WnodeError> {
        let (index, name, item, data_offset, data_size);
        if form == Form::Instance {
            let fields: &WnodeSingleInstance = bytes.structure()?;
            (index, name, item) = (fields.instance_index, fields.offset_instance_name, 0);
            (data_offset, data_size) = (fields.data_block_offset, fields.size_data_block);
        } else {
            let fields: &WnodeSingleItem = bytes.structure()?;
            (index, name) = (fields.instance_index, fields.offset_instance_name);
            item = fields.item_id.get();
            (data_offset, data_size) = (fields.data_block_offset, fields.size_data_item);
        }
        Ok(Self {
            bytes,
            form,
            index: index.get(),
            name_offset: wide(name),
            item,
            data_offset: wide(data_offset),
            data_size: wide(data_size),
        })
    }

    pub(crate) fn header(&self) -> &'a WnodeHeader {
        self.bytes.header
    }

    /// Returns the end of the fixed part.
    pub(crate) const fn start(&self) -> usize {
        self.form.variable_data()
    }

    /// Returns the name, and the range of its count and units.
    pub(crate) fn name(&self) -> Result<(InstanceName<'a>, Range<usize>), WnodeError> {
        let member = Member(
            "OffsetInstanceName",
            offset_of!(WnodeSingleInstance, offset_instance_name),
        );
        let (name, end) = self.bytes.name(member, self.name_offset, self.start())?;
        Ok((name, self.name_offset..end))
    }

    fn id(&self) -> Result<InstanceId<'a>, WnodeError> {
        if has_static_names(self.bytes.header) {
            Ok(InstanceId::Static(self.index))
        } else {
            Ok(InstanceId::Dynamic(self.name()?.0))
        }
    }

    /// Returns the data at any offset: WMI itself need not keep the alignment it requires of
    /// drivers. Without data, `DataBlockOffset` is ignored.
    pub(crate) fn data(&self) -> Result<&'a [u8], WnodeError> {
        if self.data_size == 0 {
            return Ok(&[]);
        }
        let member = self.form.data_block_offset();
        self.bytes
            .within(member, self.data_offset, self.data_size, self.start())
    }

    /// Returns the data, which must start at a multiple of 8.
    fn aligned_data(&self) -> Result<&'a [u8], WnodeError> {
        let member = self.form.data_block_offset();
        self.bytes
            .data(member, self.data_offset, self.data_size, self.start())
    }
}

/// A `WNODE_SINGLE_INSTANCE` whose offsets were all checked.
#[derive(Clone, Copy, Debug)]
pub struct SingleInstance<'a> {
    header: &'a WnodeHeader,
    id: InstanceId<'a>,
    data: &'a [u8],
}

impl<'a> SingleInstance<'a> {
    pub(super) fn decode(bytes: Bytes<'a>) -> Result<Self, WnodeError> {
        let single = Single::decode(bytes, Form::Instance)?;
        Ok(Self {
            header: single.header(),
            id: single.id()?,
            data: single.aligned_data()?,
        })
    }

    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> &'a WnodeHeader {
        self.header
    }

    /// Returns the identification of the instance.
    #[must_use]
    pub const fn id(&self) -> InstanceId<'a> {
        self.id
    }

    /// Returns the data of the instance.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// Returns the instance as a data block of class `C`.
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

/// Defines the two structures that refer to an item or a method of an instance.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident, $form:ident, $(#[$id_doc:meta])* $id:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a> {
            header: &'a WnodeHeader,
            id: InstanceId<'a>,
            part: u32,
            data: &'a [u8],
        }

        impl<'a> $name<'a> {
            pub(super) fn decode(bytes: Bytes<'a>) -> Result<Self, WnodeError> {
                let single = Single::decode(bytes, Form::$form)?;
                Ok(Self {
                    header: single.header(),
                    id: single.id()?,
                    part: single.item,
                    data: single.aligned_data()?,
                })
            }

            /// Returns the header.
            #[must_use]
            pub const fn header(&self) -> &'a WnodeHeader {
                self.header
            }

            /// Returns the identification of the instance.
            #[must_use]
            pub const fn id(&self) -> InstanceId<'a> {
                self.id
            }

            $(#[$id_doc])*
            #[must_use]
            pub const fn $id(&self) -> u32 {
                self.part
            }

            /// Returns the data.
            #[must_use]
            pub const fn data(&self) -> &'a [u8] {
                self.data
            }
        }
    };
}

part! {
    /// A `WNODE_SINGLE_ITEM` whose offsets were all checked: one item, to be set or sent as an
    /// event.
    SingleItem, Item,
    /// Returns `ItemId`: the `WmiDataId`.
    item_id
}

part! {
    /// A `WNODE_METHOD_ITEM` whose offsets were all checked: the input or the output of a method.
    MethodItem, Method,
    /// Returns `MethodId`: the `WmiMethodId`.
    method_id
}
