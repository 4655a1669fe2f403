//! Filling a buffer with a `WNODE_ALL_DATA`.

use core::marker::PhantomData;
use core::mem::offset_of;

use zerocopy::IntoBytes;

use super::{
    add, counted_size, fits, le32, multiply, padded, split, whole, write_counted, write_head,
};
use crate::layout::align_up;
use crate::wnode::flags::{
    WNODE_FLAG_ALL_DATA, WNODE_FLAG_FIXED_INSTANCE_SIZE, WNODE_FLAG_STATIC_INSTANCE_NAMES,
};
use crate::wnode::{
    InstanceData, NamedInstance, OffsetInstanceDataAndLength, WnodeAllData, WnodeHeader, WriteError,
};
use crate::{FixedBlock, Guid};

/// The source of the instances of a `WNODE_ALL_DATA`.
pub(crate) trait Source {
    /// The reason why there is no data.
    type Error: From<WriteError>;

    /// Returns the number of instances.
    fn count(&self) -> usize;

    /// Returns whether the instances have dynamic names.
    fn is_named(&self) -> bool;

    /// Returns the dynamic name of an instance.
    fn name(&self, instance: usize) -> Result<&str, Self::Error>;

    /// Returns the size of each instance in bytes, if it is fixed.
    fn fixed_size(&self) -> Option<usize>;

    /// Returns the current size of an instance's data, and writes the data to `to` if it fits. Not
    /// called if the size is fixed.
    fn data(&self, instance: usize, to: Option<&mut [u8]>) -> Result<usize, Self::Error>;

    /// Writes the data of all instances of a fixed size, each at a multiple of 8 bytes, and zeros
    /// between them.
    fn store_all(&self, data: &mut [u8]) -> Result<(), Self::Error>;
}

/// Offset of the array of offsets and lengths of instances of variable size, which overlays
/// `FixedInstanceSize`.
const PLACES: usize = offset_of!(WnodeAllData, fixed_instance_size);

/// The offsets of the parts of a `WNODE_ALL_DATA`.
pub(crate) struct Plan {
    data: usize,
    data_end: usize,
    /// Zero, like `names`, without dynamic names.
    name_offsets: usize,
    names: usize,
    pub(crate) end: usize,
}

impl Plan {
    /// Measures all instances.
    pub(crate) fn new<S: Source>(source: &S) -> Result<Self, S::Error> {
        let count = source.count();
        let (data, data_end) = match source.fixed_size() {
            Some(size) => {
                let instances = match count.checked_sub(1) {
                    Some(others) => add(multiply(others, padded(size.max(1))?)?, size)?,
                    None => 0,
                };
                let start = WnodeAllData::DATA_OFFSET;
                (start, add(start, instances)?)
            }
            None => {
                let places = multiply(count, size_of::<OffsetInstanceDataAndLength>())?;
                let places = add(PLACES, places)?.max(WnodeAllData::DATA_OFFSET);
                let start = padded(places)?;
                let mut end = start;
                for instance in 0..count {
                    let start = padded(end)?;
                    end = add(start, source.data(instance, None)?)?;
                }
                (start, end)
            }
        };
        let mut plan = Self {
            data,
            data_end,
            name_offsets: 0,
            names: 0,
            end: data_end,
        };
        if source.is_named() {
            plan.name_offsets = align_up(data_end, 4).ok_or(WriteError::TooLarge)?;
            plan.names = add(plan.name_offsets, multiply(count, 4)?)?;
            plan.end = plan.names;
            for instance in 0..count {
                plan.end = add(plan.end, counted_size(source.name(instance)?, instance)?)?;
            }
        }
        fits(plan.end)?;
        Ok(plan)
    }

    /// Writes the WNODE, its header last. Adds the size, and the flags for the form of data and
    /// names, to the header.
    ///
    /// Also fails with [`WriteError::BufferTooSmall`] if an instance or its name has grown since it
    /// was measured.
    pub(crate) fn write<S: Source>(
        &self,
        source: &S,
        mut header: WnodeHeader,
        buffer: &mut [u8],
    ) -> Result<usize, S::Error> {
        let wnode = whole(buffer, self.end)?;
        let (head, rest) = split(wnode, self.data);
        let (data, rest) = split(rest, self.data_end.saturating_sub(self.data));
        let mut flags = WNODE_FLAG_ALL_DATA;
        let written = match source.fixed_size() {
            Some(_) => {
                source.store_all(data)?;
                flags |= WNODE_FLAG_FIXED_INSTANCE_SIZE;
                size_of::<WnodeAllData>()
            }
            None => {
                self.write_places(source, split(head, PLACES).1, data)?;
                PLACES
            }
        };
        if source.is_named() {
            let (padding, rest) = split(rest, self.name_offsets.saturating_sub(self.data_end));
            padding.fill(0);
            let (offsets, names) = split(rest, self.names.saturating_sub(self.name_offsets));
            self.write_names(source, offsets, names)?;
        } else {
            flags |= WNODE_FLAG_STATIC_INSTANCE_NAMES;
        }
        header.buffer_size = le32(self.end);
        header.flags |= flags;
        let all_data = WnodeAllData {
            header,
            data_block_offset: le32(self.data),
            instance_count: le32(source.count()),
            offset_instance_name_offsets: le32(self.name_offsets),
            fixed_instance_size: le32(source.fixed_size().unwrap_or_default()),
        };
        if let Some(bytes) = all_data.as_bytes().get(..written) {
            let _ = bytes.write_to(split(head, written).0);
        }
        Ok(self.end)
    }

    /// Writes the data of instances of variable size, with the offset and length of each.
    fn write_places<S: Source>(
        &self,
        source: &S,
        mut places: &mut [u8],
        mut data: &mut [u8],
    ) -> Result<(), S::Error> {
        for instance in 0..source.count() {
            let start = self.data_end.saturating_sub(data.len());
            let padding = padded(start)?;
            let (gap, rest) = split(data, padding.saturating_sub(start));
            gap.fill(0);
            let length = source.data(instance, Some(&mut *rest))?;
            data = rest.get_mut(length..).ok_or(self.changed())?;
            let (place, more) = split(places, size_of::<OffsetInstanceDataAndLength>());
            let written = OffsetInstanceDataAndLength {
                offset_instance_data: le32(padding),
                length_instance_data: le32(length),
            };
            write_head(place, &written);
            places = more;
        }
        places.fill(0);
        // Empty, unless an instance has shrunk since it was measured.
        data.fill(0);
        Ok(())
    }

    /// Writes the names and the array of their offsets.
    fn write_names<S: Source>(
        &self,
        source: &S,
        offsets: &mut [u8],
        mut names: &mut [u8],
    ) -> Result<(), S::Error> {
        for (instance, slot) in offsets.chunks_exact_mut(4).enumerate() {
            let name = source.name(instance)?;
            if counted_size(name, instance)? > names.len() {
                return Err(self.changed().into());
            }
            write_head(slot, &le32(self.end.saturating_sub(names.len())));
            names = write_counted(names, name);
        }
        // Empty, unless a name has shrunk since it was measured.
        names.fill(0);
        Ok(())
    }

    /// Returns the error for data that has grown since it was measured.
    const fn changed(&self) -> WriteError {
        WriteError::BufferTooSmall { needed: self.end }
    }
}

/// Writes a `WNODE_ALL_DATA` of instances of one class.
///
/// The instances start at byte 64, each at a multiple of 8; dynamic names follow the last one.
/// Padding is zero.
#[derive(Clone, Copy, Debug)]
pub struct AllDataWriter<'a, T> {
    instances: &'a [T],
    header: WnodeHeader,
}

impl<'a, T> AllDataWriter<'a, T> {
    /// Creates a writer for these instances.
    #[must_use]
    pub const fn new(instances: &'a [T]) -> Self {
        Self {
            instances,
            header: WnodeHeader::new(Guid::NIL, 0),
        }
    }

    header_setters!();

    /// Returns the buffer size that [`write`](Self::write) needs, in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::TooLarge`] or [`WriteError::NameTooLong`] if the instances do not fit in any
    /// WNODE.
    pub fn needed<C: FixedBlock>(&self) -> Result<usize, WriteError>
    where
        T: InstanceData<C>,
    {
        Ok(Plan::new(&Slice::of(self.instances))?.end)
    }

    /// Writes the WNODE to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::BufferTooSmall`] if the buffer is too short, and the errors of
    /// [`needed`](Self::needed). The buffer is then unchanged, unless a name grows while it is
    /// written.
    pub fn write<C: FixedBlock>(&self, buffer: &mut [u8]) -> Result<usize, WriteError>
    where
        T: InstanceData<C>,
    {
        let source = Slice::of(self.instances);
        let mut header = self.header;
        header.guid = C::GUID.to_bytes();
        Plan::new(&source)?.write(&source, header, buffer)
    }
}

/// A slice of instances of fixed size.
struct Slice<'a, C, T> {
    instances: &'a [T],
    class: PhantomData<fn() -> C>,
}

impl<'a, C, T> Slice<'a, C, T> {
    const fn of(instances: &'a [T]) -> Self {
        Self {
            instances,
            class: PhantomData,
        }
    }
}

impl<C: FixedBlock, T: InstanceData<C>> Source for Slice<'_, C, T> {
    type Error = WriteError;

    fn count(&self) -> usize {
        self.instances.len()
    }

    fn is_named(&self) -> bool {
        T::NAMED
    }

    fn name(&self, instance: usize) -> Result<&str, WriteError> {
        Ok(self.instances.get(instance).map_or("", InstanceData::name))
    }

    fn fixed_size(&self) -> Option<usize> {
        Some(C::SIZE)
    }

    fn data(&self, _: usize, _: Option<&mut [u8]>) -> Result<usize, WriteError> {
        Ok(C::SIZE)
    }

    fn store_all(&self, data: &mut [u8]) -> Result<(), WriteError> {
        T::store_all(self.instances, data);
        Ok(())
    }
}

/// Writes a `WNODE_ALL_DATA` with any data, as [`SingleWnodeWriter`](super::SingleWnodeWriter) does
/// for one instance.
///
/// ```
/// use wmi_core::Guid;
/// use wmi_core::wnode::{AllDataWnodeWriter, NamedInstance, Wnode};
///
/// let guid = Guid::from_fields(0x7d1f9a52, 0x30c8, 0x4e0b, [0x9f, 0x3a, 0x5f, 0x6b, 0x1d, 0x2c, 0x8e, 0x47]);
/// let disks = [("c:", &[5, 0][..]), ("d:", &[6][..])];
/// let disks = disks.map(|(name, instance)| NamedInstance { name, instance });
/// let mut buffer = [0; 128];
/// let written = AllDataWnodeWriter::named(guid, &disks).variable().write(&mut buffer)?;
///
/// let Ok(Wnode::AllData(all)) = Wnode::decode(&buffer[..written]) else { panic!() };
/// assert_eq!((all.data(0), all.data(1)), (Some(&[5, 0][..]), Some(&[6][..])));
/// # Ok::<(), wmi_core::wnode::WriteError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AllDataWnodeWriter<'a> {
    instances: AnyInstances<'a>,
    is_variable: bool,
    header: WnodeHeader,
}

#[derive(Clone, Copy, Debug)]
enum AnyInstances<'a> {
    Static(&'a [&'a [u8]]),
    Dynamic(&'a [NamedInstance<'a, &'a [u8]>]),
}

impl<'a> AllDataWnodeWriter<'a> {
    const fn with(guid: Guid, instances: AnyInstances<'a>) -> Self {
        Self {
            instances,
            is_variable: false,
            header: WnodeHeader::new(guid, 0),
        }
    }

    /// Creates the writer of the data of all instances with static names, in the order of their
    /// indices.
    #[must_use]
    pub const fn new(guid: Guid, instances: &'a [&'a [u8]]) -> Self {
        Self::with(guid, AnyInstances::Static(instances))
    }

    /// Creates the writer of the data of all instances with dynamic names.
    #[must_use]
    pub const fn named(guid: Guid, instances: &'a [NamedInstance<'a, &'a [u8]>]) -> Self {
        Self::with(guid, AnyInstances::Dynamic(instances))
    }

    /// Writes the offset and length of each instance, as for a class of variable size, even if all
    /// have the same size.
    #[must_use]
    pub const fn variable(mut self) -> Self {
        self.is_variable = true;
        self
    }

    header_setters!();

    /// Returns the buffer size that [`write`](Self::write) needs, in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::TooLarge`] or [`WriteError::NameTooLong`] if the instances do not fit in any
    /// WNODE.
    pub fn needed(&self) -> Result<usize, WriteError> {
        Ok(Plan::new(&self.source())?.end)
    }

    /// Writes the WNODE to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::BufferTooSmall`] if the buffer is too short, and the errors of
    /// [`needed`](Self::needed). The buffer is then unchanged.
    pub fn write(&self, buffer: &mut [u8]) -> Result<usize, WriteError> {
        let source = self.source();
        Plan::new(&source)?.write(&source, self.header, buffer)
    }

    fn source(&self) -> AnySource<'a> {
        let instances = self.instances;
        let size = instances.get(0).map_or(0, <[u8]>::len);
        let all = |is: fn(&[u8], usize) -> bool| match instances {
            AnyInstances::Static(list) => list.iter().all(|data| is(data, size)),
            AnyInstances::Dynamic(list) => list.iter().all(|named| is(named.instance, size)),
        };
        let is_fixed = !self.is_variable && all(|data, size| data.len() == size);
        AnySource {
            instances,
            size: is_fixed.then_some(size),
        }
    }
}

impl<'a> AnyInstances<'a> {
    fn get(self, instance: usize) -> Option<&'a [u8]> {
        match self {
            Self::Static(list) => list.get(instance).copied(),
            Self::Dynamic(list) => list.get(instance).map(|named| named.instance),
        }
    }
}

/// Instances with any data.
struct AnySource<'a> {
    instances: AnyInstances<'a>,
    /// The size of all, if it is the same.
    size: Option<usize>,
}

impl Source for AnySource<'_> {
    type Error = WriteError;

    fn count(&self) -> usize {
        match self.instances {
            AnyInstances::Static(list) => list.len(),
            AnyInstances::Dynamic(list) => list.len(),
        }
    }

    fn is_named(&self) -> bool {
        matches!(self.instances, AnyInstances::Dynamic(_))
    }

    fn name(&self, instance: usize) -> Result<&str, WriteError> {
        Ok(match self.instances {
            AnyInstances::Static(_) => "",
            AnyInstances::Dynamic(list) => list.get(instance).map_or("", |named| named.name),
        })
    }

    fn fixed_size(&self) -> Option<usize> {
        self.size
    }

    fn data(&self, instance: usize, to: Option<&mut [u8]>) -> Result<usize, WriteError> {
        let data = self.instances.get(instance).unwrap_or_default();
        if let Some(to) = to {
            let _ = data.write_to_prefix(to);
        }
        Ok(data.len())
    }

    fn store_all(&self, data: &mut [u8]) -> Result<(), WriteError> {
        let stride = padded(self.size.unwrap_or_default().max(1))?;
        for (instance, slot) in data.chunks_mut(stride).enumerate() {
            let data = self.instances.get(instance).unwrap_or_default();
            let (head, padding) = split(slot, data.len());
            // Cannot fail: the lengths are equal.
            let _ = data.write_to(head);
            padding.fill(0);
        }
        Ok(())
    }
}
