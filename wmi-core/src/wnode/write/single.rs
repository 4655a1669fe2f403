//! Writing the structures of one instance.

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, IntoBytes};

use super::{add, counted_size, fits, le32, padded, split, whole, write_counted, write_head};
use crate::wnode::flags::{
    WNODE_FLAG_METHOD_ITEM, WNODE_FLAG_SINGLE_INSTANCE, WNODE_FLAG_SINGLE_ITEM,
    WNODE_FLAG_STATIC_INSTANCE_NAMES,
};
use crate::wnode::read::Form;
use crate::wnode::{
    InstanceData, Target, WnodeHeader, WnodeSingleInstance, WnodeSingleItem, WriteError,
};
use crate::{FixedBlock, Guid, Wire};

/// Writes a `WNODE_SINGLE_INSTANCE`, `WNODE_SINGLE_ITEM` or `WNODE_METHOD_ITEM` with any data.
///
/// The data starts at the first multiple of 8 after the fixed part and the dynamic name, if there
/// is one. Padding is zero.
///
/// ```
/// use wmi_core::Guid;
/// use wmi_core::wnode::{InstanceId, SingleWnodeWriter, Target, Wnode};
///
/// let guid = Guid::from_fields(0x7d1f9a52, 0x30c8, 0x4e0b, [0x9f, 0x3a, 0x5f, 0x6b, 0x1d, 0x2c, 0x8e, 0x47]);
/// let mut buffer = [0; 128];
/// let written = SingleWnodeWriter::item(guid, Target::Static(2), 1).write(&[5, 0, 0, 0], &mut buffer)?;
///
/// let Ok(Wnode::SingleItem(item)) = Wnode::decode(&buffer[..written]) else { panic!() };
/// assert_eq!((item.id(), item.item_id(), item.data()), (InstanceId::Static(2), 1, &[5, 0, 0, 0][..]));
/// # Ok::<(), wmi_core::wnode::WriteError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SingleWnodeWriter<'a> {
    form: Form,
    header: WnodeHeader,
    target: Target<'a>,
    part: u32,
}

impl<'a> SingleWnodeWriter<'a> {
    const fn new(form: Form, guid: Guid, target: Target<'a>, part: u32) -> Self {
        let header = WnodeHeader::new(guid, 0);
        Self {
            form,
            header,
            target,
            part,
        }
    }

    /// Creates the writer of a `WNODE_SINGLE_INSTANCE`: a query for an instance, its data, or data
    /// to set.
    #[must_use]
    pub const fn instance(guid: Guid, target: Target<'a>) -> Self {
        Self::new(Form::Instance, guid, target, 0)
    }

    /// Creates the writer of a `WNODE_SINGLE_ITEM`: the item with this `WmiDataId`.
    #[must_use]
    pub const fn item(guid: Guid, target: Target<'a>, item_id: u32) -> Self {
        Self::new(Form::Item, guid, target, item_id)
    }

    /// Creates the writer of a `WNODE_METHOD_ITEM`: input or output of the method with this
    /// `WmiMethodId`.
    #[must_use]
    pub const fn method(guid: Guid, target: Target<'a>, method_id: u32) -> Self {
        Self::new(Form::Method, guid, target, method_id)
    }

    header_setters!();

    /// Returns the size of the WNODE with `data` bytes of data.
    ///
    /// # Errors
    ///
    /// [`WriteError::TooLarge`] if the size exceeds 32 bits, [`WriteError::NameTooLong`] if the
    /// dynamic name has more than 32767 UTF-16 units.
    pub fn needed(&self, data: usize) -> Result<usize, WriteError> {
        self.plan(data).map(|(_, end)| end)
    }

    /// Writes the WNODE to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::BufferTooSmall`] if the buffer is too short, and the errors of
    /// [`needed`](Self::needed). The buffer is then unchanged.
    pub fn write(&self, data: &[u8], buffer: &mut [u8]) -> Result<usize, WriteError> {
        self.write_with(data.len(), buffer, |slot| {
            // Cannot fail: the lengths are equal.
            let _ = data.write_to(slot);
            Ok(())
        })
    }

    /// As [`write`](Self::write), with `size` bytes of data written in place by `fill`, which must
    /// write all of them.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write), and the error of `fill`, after which the buffer may have changed.
    pub fn write_with<E: From<WriteError>>(
        &self,
        size: usize,
        buffer: &mut [u8],
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        let (data_offset, end) = self.plan(size)?;
        let start = self.form.variable_data();
        let (head, rest) = split(whole(buffer, end)?, start);
        let (name, data) = split(rest, data_offset.saturating_sub(start));
        fill(data)?;

        let mut header = self.header;
        let (index, offset_name) = match self.target {
            Target::Static(index) => {
                name.fill(0);
                header.flags |= WNODE_FLAG_STATIC_INSTANCE_NAMES;
                (U32::new(index), 0)
            }
            Target::Dynamic(text) => {
                write_counted(name, text).fill(0);
                (U32::ZERO, start)
            }
        };
        header.buffer_size = le32(end);
        header.flags |= match self.form {
            Form::Instance => WNODE_FLAG_SINGLE_INSTANCE,
            Form::Item => WNODE_FLAG_SINGLE_ITEM,
            Form::Method => WNODE_FLAG_METHOD_ITEM,
        };
        let (offset_name, data_offset, size) = (le32(offset_name), le32(data_offset), le32(size));
        match self.form {
            Form::Instance => write_head(
                head,
                &WnodeSingleInstance {
                    header,
                    offset_instance_name: offset_name,
                    instance_index: index,
                    data_block_offset: data_offset,
                    size_data_block: size,
                },
            ),
            Form::Item | Form::Method => write_head(
                head,
                &WnodeSingleItem {
                    header,
                    offset_instance_name: offset_name,
                    instance_index: index,
                    item_id: U32::new(self.part),
                    data_block_offset: data_offset,
                    size_data_item: size,
                },
            ),
        }
        Ok(end)
    }

    /// Returns the start of the data and the end of the WNODE.
    fn plan(&self, data: usize) -> Result<(usize, usize), WriteError> {
        let mut start = self.form.variable_data();
        if let Target::Dynamic(name) = self.target {
            start = add(start, counted_size(name, 0)?)?;
        }
        let start = padded(start)?;
        let end = add(start, data)?;
        fits(end)?;
        Ok((start, end))
    }
}

/// Writes a `WNODE_SINGLE_INSTANCE`.
///
/// The data starts at byte 64 or, with a dynamic name at 64, at the next multiple of 8 after the
/// name. Padding is zero.
#[derive(Clone, Copy, Debug)]
pub struct SingleInstanceWriter<T> {
    instance: T,
    index: u32,
    time_stamp: i64,
}

impl<T> SingleInstanceWriter<T> {
    /// Creates the writer of an instance. `index` is its index among the registered names; it is
    /// ignored and written as zero for a dynamic name.
    #[must_use]
    pub const fn new(index: u32, instance: T) -> Self {
        Self {
            instance,
            index,
            time_stamp: 0,
        }
    }

    /// Sets `TimeStamp`, in units of 100 ns since 1601-01-01; zero by default.
    #[must_use]
    pub fn time_stamp(mut self, time_stamp: i64) -> Self {
        self.time_stamp = time_stamp;
        self
    }

    /// Returns the buffer size that [`write`](Self::write) needs, in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::TooLarge`] if the size exceeds 32 bits, [`WriteError::NameTooLong`] if the
    /// dynamic name has more than 32767 UTF-16 units.
    pub fn needed<C: FixedBlock>(&self) -> Result<usize, WriteError>
    where
        T: InstanceData<C>,
    {
        self.writer().needed(C::SIZE)
    }

    /// Writes the WNODE to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::BufferTooSmall`] if the buffer is too short, and the errors of
    /// [`needed`](Self::needed). The buffer is then unchanged.
    pub fn write<C: FixedBlock>(&self, buffer: &mut [u8]) -> Result<usize, WriteError>
    where
        T: InstanceData<C>,
    {
        self.writer().write_with(C::SIZE, buffer, |data| {
            if let Ok(block) = Wire::<C>::mut_from_bytes(data) {
                self.instance.overwrite(block);
            }
            Ok(())
        })
    }

    fn writer<C: FixedBlock>(&self) -> SingleWnodeWriter<'_>
    where
        T: InstanceData<C>,
    {
        let target = if T::NAMED {
            Target::Dynamic(self.instance.name())
        } else {
            Target::Static(self.index)
        };
        SingleWnodeWriter::instance(C::GUID, target).time_stamp(self.time_stamp)
    }
}
