//! Filling a caller's buffer with a WNODE. A buffer that is too small is left as it was.

use zerocopy::little_endian::{I64, U16, U32};
use zerocopy::{FromBytes, IntoBytes};

use super::flags::{
    WNODE_FLAG_ALL_DATA, WNODE_FLAG_FIXED_INSTANCE_SIZE, WNODE_FLAG_SINGLE_INSTANCE,
    WNODE_FLAG_STATIC_INSTANCE_NAMES, WNODE_FLAG_TOO_SMALL,
};
use super::{
    Instance, WnodeAllData, WnodeHeader, WnodeSingleInstance, WnodeTooSmall, WriteError, stride,
    stride_of,
};
use crate::layout::align_up;
use crate::{FixedBlock, Guid, Wire};

/// Writes a `WNODE_ALL_DATA` of instances of one class.
///
/// The instances start at byte 72, each at a multiple of 8; dynamic names follow the last one.
/// Padding is zero.
#[derive(Clone, Copy, Debug)]
pub struct AllDataWriter<'a, T> {
    instances: &'a [T],
    time_stamp: i64,
}

impl<'a, T> AllDataWriter<'a, T> {
    /// All data of these instances.
    #[must_use]
    pub const fn new(instances: &'a [T]) -> Self {
        Self {
            instances,
            time_stamp: 0,
        }
    }

    /// `TimeStamp`, in 100 ns since 1601-01-01; zero unless set.
    #[must_use]
    pub const fn time_stamp(mut self, time_stamp: i64) -> Self {
        self.time_stamp = time_stamp;
        self
    }

    /// Bytes that [`write`](Self::write) needs.
    ///
    /// # Errors
    ///
    /// [`WriteError`] where no buffer would do.
    pub fn needed<C: FixedBlock>(&self) -> Result<usize, WriteError>
    where
        T: Instance<C>,
    {
        Ok(self.plan::<C>()?.end)
    }

    /// Writes the WNODE to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; the buffer is then as it was.
    pub fn write<C: FixedBlock>(&self, buffer: &mut [u8]) -> Result<usize, WriteError>
    where
        T: Instance<C>,
    {
        let plan = self.plan::<C>()?;
        let wnode = whole(buffer, plan.end)?;
        let (head, rest) = split(wnode, WnodeAllData::DATA_OFFSET);
        let (data, rest) = split(
            rest,
            plan.data_end.saturating_sub(WnodeAllData::DATA_OFFSET),
        );

        T::store_all(self.instances, data);
        let naming = if T::NAMED {
            let (padding, rest) = split(rest, plan.name_offsets.saturating_sub(plan.data_end));
            padding.fill(0);
            let (offsets, names) = split(rest, plan.names.saturating_sub(plan.name_offsets));
            self.write_names(offsets, names, plan.names);
            0
        } else {
            WNODE_FLAG_STATIC_INSTANCE_NAMES
        };
        let flags = WNODE_FLAG_ALL_DATA | WNODE_FLAG_FIXED_INSTANCE_SIZE | naming;
        let all_data = WnodeAllData {
            header: header::<C>(plan.end, flags, self.time_stamp),
            data_block_offset: le32(WnodeAllData::DATA_OFFSET),
            instance_count: le32(self.instances.len()),
            offset_instance_name_offsets: le32(plan.name_offsets),
            fixed_instance_size: le32(C::SIZE),
        };
        write_head(head, &all_data);
        Ok(plan.end)
    }

    fn plan<C: FixedBlock>(&self) -> Result<AllDataPlan, WriteError>
    where
        T: Instance<C>,
    {
        let count = self.instances.len();
        let data = match count.checked_sub(1) {
            Some(others) => add(multiply(others, stride_of::<C>())?, C::SIZE)?,
            None => 0,
        };
        let data_end = add(WnodeAllData::DATA_OFFSET, data)?;
        if !T::NAMED {
            return fits(data_end).map(|()| AllDataPlan {
                data_end,
                name_offsets: 0,
                names: 0,
                end: data_end,
            });
        }
        let name_offsets = align_up(data_end, 4).ok_or(WriteError::TooLarge)?;
        let names = add(name_offsets, multiply(count, 4)?)?;
        let mut end = names;
        for (index, instance) in self.instances.iter().enumerate() {
            end = add(end, counted_size(instance.name(), index)?)?;
        }
        fits(end).map(|()| AllDataPlan {
            data_end,
            name_offsets,
            names,
            end,
        })
    }

    /// Writes the array of offsets, and the names, the first of which stands at `start`.
    fn write_names<C: FixedBlock>(&self, offsets: &mut [u8], mut names: &mut [u8], start: usize)
    where
        T: Instance<C>,
    {
        let end = start.saturating_add(names.len());
        for (slot, instance) in offsets.chunks_exact_mut(4).zip(self.instances) {
            write_head(slot, &le32(end.saturating_sub(names.len())));
            names = write_counted(names, instance.name());
        }
        // Nothing, unless a name has got shorter since it was measured.
        names.fill(0);
    }
}

/// Where the parts of a `WNODE_ALL_DATA` lie, in bytes from its start.
struct AllDataPlan {
    data_end: usize,
    /// Zero, as the next one, where there are no names.
    name_offsets: usize,
    names: usize,
    end: usize,
}

/// Writes a `WNODE_SINGLE_INSTANCE`.
///
/// The data starts at byte 64, or at the next multiple of 8 after a dynamic name, which stands
/// at 64. Padding is zero.
#[derive(Clone, Copy, Debug)]
pub struct SingleInstanceWriter<T> {
    instance: T,
    index: u32,
    time_stamp: i64,
}

impl<T> SingleInstanceWriter<T> {
    /// This instance. `index` is its place among the registered names; with a dynamic name it is
    /// not used and written as zero.
    #[must_use]
    pub const fn new(index: u32, instance: T) -> Self {
        Self {
            instance,
            index,
            time_stamp: 0,
        }
    }

    /// `TimeStamp`, in 100 ns since 1601-01-01; zero unless set.
    #[must_use]
    pub fn time_stamp(mut self, time_stamp: i64) -> Self {
        self.time_stamp = time_stamp;
        self
    }

    /// Bytes that [`write`](Self::write) needs.
    ///
    /// # Errors
    ///
    /// [`WriteError`] where no buffer would do.
    pub fn needed<C: FixedBlock>(&self) -> Result<usize, WriteError>
    where
        T: Instance<C>,
    {
        self.plan::<C>().map(|(_, end)| end)
    }

    /// Writes the WNODE to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; the buffer is then as it was.
    pub fn write<C: FixedBlock>(&self, buffer: &mut [u8]) -> Result<usize, WriteError>
    where
        T: Instance<C>,
    {
        const NAME: usize = size_of::<WnodeSingleInstance>();
        let (data_offset, end) = self.plan::<C>()?;
        let (head, rest) = split(whole(buffer, end)?, NAME);
        let (name, data) = split(rest, data_offset.saturating_sub(NAME));

        let (naming, offset_instance_name, index) = if T::NAMED {
            write_counted(name, self.instance.name()).fill(0);
            (0, NAME, 0)
        } else {
            (WNODE_FLAG_STATIC_INSTANCE_NAMES, 0, self.index)
        };
        if let Ok(block) = Wire::<C>::mut_from_bytes(data) {
            self.instance.store(block);
        }
        let single = WnodeSingleInstance {
            header: header::<C>(end, WNODE_FLAG_SINGLE_INSTANCE | naming, self.time_stamp),
            offset_instance_name: le32(offset_instance_name),
            instance_index: U32::new(index),
            data_block_offset: le32(data_offset),
            size_data_block: le32(C::SIZE),
        };
        write_head(head, &single);
        Ok(end)
    }

    /// Where the data starts, and where the WNODE ends.
    fn plan<C: FixedBlock>(&self) -> Result<(usize, usize), WriteError>
    where
        T: Instance<C>,
    {
        let mut data = size_of::<WnodeSingleInstance>();
        if T::NAMED {
            let name_end = add(data, counted_size(self.instance.name(), 0)?)?;
            data = stride(name_end).ok_or(WriteError::TooLarge)?;
        }
        let end = add(data, C::SIZE)?;
        fits(end).map(|()| (data, end))
    }
}

/// Writes the `WNODE_TOO_SMALL` that answers a request whose reply of `needed` bytes does not fit,
/// and returns its length, 56 bytes.
///
/// # Errors
///
/// [`WriteError::BufferTooSmall`] where not even that fits, [`WriteError::TooLarge`] where 32 bits
/// cannot count `needed`; the buffer is then as it was.
pub fn write_too_small(buffer: &mut [u8], guid: Guid, needed: usize) -> Result<usize, WriteError> {
    fits(needed)?;
    let size = size_of::<WnodeTooSmall>();
    let wnode = whole(buffer, size)?;
    let header = WnodeHeader::new(le32(size), guid, WNODE_FLAG_TOO_SMALL);
    write_head(
        wnode,
        &WnodeTooSmall {
            header,
            size_needed: le32(needed),
            padding: [0; 4],
        },
    );
    Ok(size)
}

fn header<C: FixedBlock>(size: usize, flags: u32, time_stamp: i64) -> WnodeHeader {
    let mut header = WnodeHeader::new(le32(size), C::GUID, flags);
    header.time_stamp = I64::new(time_stamp);
    header
}

/// The first `size` bytes of the buffer.
fn whole(buffer: &mut [u8], size: usize) -> Result<&mut [u8], WriteError> {
    buffer
        .get_mut(..size)
        .ok_or(WriteError::BufferTooSmall { needed: size })
}

/// Splits bytes at a place that the plan has put within them.
fn split(bytes: &mut [u8], at: usize) -> (&mut [u8], &mut [u8]) {
    bytes.split_at_mut_checked(at).unwrap_or_default()
}

/// Writes a structure to the start of bytes that the plan has made long enough, and zeros after.
fn write_head(bytes: &mut [u8], structure: &(impl IntoBytes + zerocopy::Immutable)) {
    let size = size_of_val(structure);
    let (head, rest) = split(bytes, size);
    let _ = structure.write_to(head);
    rest.fill(0);
}

/// Bytes of a counted name.
fn counted_size(name: &str, instance: usize) -> Result<usize, WriteError> {
    let units = name.encode_utf16().count();
    let bytes = units.saturating_mul(2);
    if u16::try_from(bytes).is_err() {
        return Err(WriteError::NameTooLong { instance });
    }
    Ok(bytes.saturating_add(2))
}

/// Writes a counted name, without NUL, and returns the bytes after it.
fn write_counted<'b>(bytes: &'b mut [u8], name: &str) -> &'b mut [u8] {
    let (count, mut rest) = split(bytes, 2);
    let before = rest.len();
    for unit in name.encode_utf16() {
        let (slot, more) = split(rest, 2);
        write_head(slot, &U16::new(unit));
        rest = more;
    }
    let size = before.saturating_sub(rest.len());
    write_head(count, &U16::new(u16::try_from(size).unwrap_or(u16::MAX)));
    rest
}

fn add(a: usize, b: usize) -> Result<usize, WriteError> {
    a.checked_add(b).ok_or(WriteError::TooLarge)
}

fn multiply(a: usize, b: usize) -> Result<usize, WriteError> {
    a.checked_mul(b).ok_or(WriteError::TooLarge)
}

/// Whether 32 bits can count the bytes.
fn fits(size: usize) -> Result<(), WriteError> {
    if u32::try_from(size).is_ok() {
        Ok(())
    } else {
        Err(WriteError::TooLarge)
    }
}

/// A size or offset; the plan has checked that the whole fits.
fn le32(size: usize) -> U32 {
    U32::new(u32::try_from(size).unwrap_or(u32::MAX))
}
