//! Reading a WNODE: all sizes and offsets are checked once, by [`Wnode::parse`]; what it returns
//! lies within the bytes it was given.

use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::mem::offset_of;

use zerocopy::FromBytes;
use zerocopy::little_endian::{U16, U32};

use super::flags::{
    WNODE_FLAG_ALL_DATA, WNODE_FLAG_FIXED_INSTANCE_SIZE, WNODE_FLAG_PDO_INSTANCE_NAMES,
    WNODE_FLAG_SINGLE_INSTANCE, WNODE_FLAG_STATIC_INSTANCE_NAMES, WNODE_FLAG_TOO_SMALL,
};
use super::{
    DATA_ALIGNMENT, Fault, InstanceId, InstanceName, OffsetInstanceDataAndLength, WnodeAllData,
    WnodeError, WnodeHeader, WnodeSingleInstance, stride,
};
use crate::{DataBlock, Wire};

/// A WNODE that was read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Wnode<'a> {
    /// `WNODE_ALL_DATA`.
    AllData(AllData<'a>),
    /// `WNODE_SINGLE_INSTANCE`.
    SingleInstance(SingleInstance<'a>),
    /// `WNODE_TOO_SMALL`: the reply needs a buffer of this many bytes.
    TooSmall {
        /// `SizeNeeded`, in bytes.
        size_needed: u32,
    },
}

impl<'a> Wnode<'a> {
    /// Reads the WNODE at the start of `bytes`, which may be longer than it.
    ///
    /// # Errors
    ///
    /// [`WnodeError`] names the first member that is wrong. Data must start at a multiple of 8 and
    /// names at a multiple of 2, as WMI asks of drivers.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, WnodeError> {
        let bytes = Bytes::new(bytes)?;
        let header = bytes.header;
        let flags = header.flags.get();
        let kinds = WNODE_FLAG_ALL_DATA | WNODE_FLAG_SINGLE_INSTANCE | WNODE_FLAG_TOO_SMALL;
        match flags & kinds {
            WNODE_FLAG_ALL_DATA => AllData::parse(bytes).map(Self::AllData),
            WNODE_FLAG_SINGLE_INSTANCE => SingleInstance::parse(bytes).map(Self::SingleInstance),
            WNODE_FLAG_TOO_SMALL => {
                let (size_needed, _) = bytes.read::<U32>("SizeNeeded", size_of::<WnodeHeader>())?;
                Ok(Self::TooSmall {
                    size_needed: size_needed.get(),
                })
            }
            _ => {
                let offset = offset_of!(WnodeHeader, flags);
                Err(WnodeError::new(
                    "Flags",
                    offset,
                    Fault::UnknownKind { flags },
                ))
            }
        }
    }
}

/// A `WNODE_ALL_DATA` whose every offset lies within it.
#[derive(Clone, Copy, Debug)]
pub struct AllData<'a> {
    bytes: Bytes<'a>,
    count: u32,
    data: Data<'a>,
    /// The offsets of the names, where they are dynamic.
    names: Option<&'a [U32]>,
}

/// How the instances lie.
#[derive(Clone, Copy, Debug)]
enum Data<'a> {
    /// One size for all: the bytes from the first to the end of the last.
    Fixed {
        instances: &'a [u8],
        size: usize,
        stride: usize,
    },
    /// A place for each.
    Places(&'a [OffsetInstanceDataAndLength]),
}

impl<'a> AllData<'a> {
    fn parse(bytes: Bytes<'a>) -> Result<Self, WnodeError> {
        let (fields, _) = bytes.read::<WnodeAllData>("InstanceCount", 0)?;
        let count = fields.instance_count.get();
        let data = if bytes.header.has(WNODE_FLAG_FIXED_INSTANCE_SIZE) {
            Self::fixed(bytes, fields)?
        } else {
            Self::places(bytes, count)?
        };
        let names = if has_static_names(bytes.header) {
            None
        } else {
            Some(Self::names(bytes, fields)?)
        };
        Ok(Self {
            bytes,
            count,
            data,
            names,
        })
    }

    fn fixed(bytes: Bytes<'a>, fields: &WnodeAllData) -> Result<Data<'a>, WnodeError> {
        let size = wide(fields.fixed_instance_size);
        // Instances of no bytes still have a place each.
        let stride = stride(size.max(1)).unwrap_or(usize::MAX);
        let instances = match fields.instance_count.get().checked_sub(1) {
            None => &[],
            Some(others) => {
                let member = Member(
                    "DataBlockOffset",
                    offset_of!(WnodeAllData, data_block_offset),
                );
                let start = wide(fields.data_block_offset);
                let length = usize::try_from(others)
                    .ok()
                    .and_then(|others| others.checked_mul(stride))
                    .and_then(|length| length.checked_add(size))
                    .unwrap_or(usize::MAX);
                bytes.data(member, start, length, size_of::<WnodeAllData>())?
            }
        };
        Ok(Data::Fixed {
            instances,
            size,
            stride,
        })
    }

    fn places(bytes: Bytes<'a>, count: u32) -> Result<Data<'a>, WnodeError> {
        // The array overlays `FixedInstanceSize`.
        const ARRAY: usize = offset_of!(WnodeAllData, fixed_instance_size);
        let member = Member("OffsetInstanceDataAndLength", ARRAY);
        let places: &[OffsetInstanceDataAndLength] = bytes.array(member, ARRAY, count, ARRAY)?;
        let minimum = ARRAY.saturating_add(size_of_val(places));
        for (place, offset) in places.iter().zip((ARRAY..).step_by(size_of_val_of(places))) {
            let member = Member("OffsetInstanceData", offset);
            let (start, length) = (
                wide(place.offset_instance_data),
                wide(place.length_instance_data),
            );
            bytes.data(member, start, length, minimum)?;
        }
        Ok(Data::Places(places))
    }

    fn names(bytes: Bytes<'a>, fields: &WnodeAllData) -> Result<&'a [U32], WnodeError> {
        let offset = offset_of!(WnodeAllData, offset_instance_name_offsets);
        let member = Member("OffsetInstanceNameOffsets", offset);
        if fields.instance_count.get() == 0 {
            return Ok(&[]);
        }
        let start = wide(fields.offset_instance_name_offsets);
        let offsets: &[U32] = bytes.array(
            member,
            start,
            fields.instance_count.get(),
            size_of::<WnodeAllData>(),
        )?;
        for (name, offset) in offsets.iter().zip((start..).step_by(size_of::<U32>())) {
            bytes.name(Member("OffsetInstanceName", offset), wide(*name))?;
        }
        Ok(offsets)
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &'a WnodeHeader {
        self.bytes.header
    }

    /// `InstanceCount`.
    #[must_use]
    pub const fn instance_count(&self) -> u32 {
        self.count
    }

    /// The data of one instance, counted from zero.
    #[must_use]
    pub fn data(&self, instance: u32) -> Option<&'a [u8]> {
        if instance >= self.count {
            return None;
        }
        let index = usize::try_from(instance).ok()?;
        match self.data {
            Data::Fixed {
                instances,
                size,
                stride,
            } => instances.get(index.checked_mul(stride)?..)?.get(..size),
            Data::Places(places) => {
                let place = places.get(index)?;
                self.bytes.slice(
                    wide(place.offset_instance_data),
                    wide(place.length_instance_data),
                )
            }
        }
    }

    /// How one instance is named, counted from zero.
    #[must_use]
    pub fn id(&self, instance: u32) -> Option<InstanceId<'a>> {
        if instance >= self.count {
            return None;
        }
        let Some(names) = self.names else {
            return Some(InstanceId::Static(instance));
        };
        let offset = names.get(usize::try_from(instance).ok()?)?;
        let name = self
            .bytes
            .name(Member("OffsetInstanceName", 0), wide(*offset))
            .ok()?;
        Some(InstanceId::Dynamic(name))
    }

    /// The instances as data blocks of class `C`, in order.
    ///
    /// # Errors
    ///
    /// [`WnodeError`] where the GUID is not that of `C`, or an instance has another size: less
    /// than `C::SIZE`, or more than the padding that C's `sizeof` adds to it.
    pub fn blocks<C: DataBlock>(&self) -> Result<Blocks<'a, C>, WnodeError> {
        check_guid::<C>(self.bytes.header)?;
        match self.data {
            Data::Fixed { size, .. } => {
                let offset = offset_of!(WnodeAllData, fixed_instance_size);
                if self.count > 0 {
                    check_size::<C>(Member("FixedInstanceSize", offset), size)?;
                }
            }
            Data::Places(places) => {
                let first = offset_of!(WnodeAllData, fixed_instance_size).saturating_add(
                    offset_of!(OffsetInstanceDataAndLength, length_instance_data),
                );
                for (place, offset) in places.iter().zip((first..).step_by(size_of_val_of(places)))
                {
                    let member = Member("LengthInstanceData", offset);
                    check_size::<C>(member, wide(place.length_instance_data))?;
                }
            }
        }
        Ok(Blocks {
            all_data: *self,
            rest: 0..self.count,
            class: PhantomData,
        })
    }
}

/// The instances of an [`AllData`] as data blocks. Made by [`AllData::blocks`].
#[derive(Clone, Debug)]
pub struct Blocks<'a, C> {
    all_data: AllData<'a>,
    rest: core::ops::Range<u32>,
    class: PhantomData<fn() -> C>,
}

impl<'a, C: DataBlock> Iterator for Blocks<'a, C> {
    type Item = &'a Wire<C>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let data = self.all_data.data(self.rest.next()?)?;
        Wire::ref_from_prefix(data).ok().map(|(block, _)| block)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }
}

impl<C: DataBlock> ExactSizeIterator for Blocks<'_, C> {}

impl<C: DataBlock> FusedIterator for Blocks<'_, C> {}

/// A `WNODE_SINGLE_INSTANCE` whose every offset lies within it.
#[derive(Clone, Copy, Debug)]
pub struct SingleInstance<'a> {
    header: &'a WnodeHeader,
    id: InstanceId<'a>,
    data: &'a [u8],
}

impl<'a> SingleInstance<'a> {
    fn parse(bytes: Bytes<'a>) -> Result<Self, WnodeError> {
        let (fields, _) = bytes.read::<WnodeSingleInstance>("SizeDataBlock", 0)?;
        let id = if has_static_names(bytes.header) {
            InstanceId::Static(fields.instance_index.get())
        } else {
            let offset = offset_of!(WnodeSingleInstance, offset_instance_name);
            let start = wide(fields.offset_instance_name);
            InstanceId::Dynamic(bytes.name(Member("OffsetInstanceName", offset), start)?)
        };
        let member = Member(
            "DataBlockOffset",
            offset_of!(WnodeSingleInstance, data_block_offset),
        );
        let (start, length) = (wide(fields.data_block_offset), wide(fields.size_data_block));
        let data = bytes.data(member, start, length, size_of::<WnodeSingleInstance>())?;
        Ok(Self {
            header: bytes.header,
            id,
            data,
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
    /// As [`AllData::blocks`].
    pub fn block<C: DataBlock>(&self) -> Result<&'a Wire<C>, WnodeError> {
        check_guid::<C>(self.header)?;
        let member = Member(
            "SizeDataBlock",
            offset_of!(WnodeSingleInstance, size_data_block),
        );
        check_size::<C>(member, self.data.len())?;
        match Wire::ref_from_prefix(self.data) {
            Ok((block, _)) => Ok(block),
            Err(_) => Err(wrong_size::<C>(member, self.data.len())),
        }
    }
}

/// A member's name and place, for errors.
#[derive(Clone, Copy)]
struct Member(&'static str, usize);

impl Member {
    fn error(self, fault: Fault) -> WnodeError {
        WnodeError::new(self.0, self.1, fault)
    }
}

/// The bytes of one WNODE, as many as its header says.
#[derive(Clone, Copy, Debug)]
struct Bytes<'a> {
    all: &'a [u8],
    header: &'a WnodeHeader,
}

impl<'a> Bytes<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, WnodeError> {
        let truncated = |needed| {
            let fault = Fault::Truncated {
                needed,
                available: bytes.len(),
            };
            WnodeError::new("BufferSize", offset_of!(WnodeHeader, buffer_size), fault)
        };
        let minimum = size_of::<WnodeHeader>();
        let (header, _) = WnodeHeader::ref_from_prefix(bytes).map_err(|_| truncated(minimum))?;
        let size = wide(header.buffer_size);
        let all = bytes.get(..size).ok_or(truncated(size))?;
        Ok(Self { all, header })
    }

    fn slice(self, start: usize, length: usize) -> Option<&'a [u8]> {
        self.all.get(start..)?.get(..length)
    }

    /// A structure of the fixed part.
    fn read<T>(self, member: &'static str, offset: usize) -> Result<(&'a T, &'a [u8]), WnodeError>
    where
        T: FromBytes + zerocopy::KnownLayout + zerocopy::Immutable + zerocopy::Unaligned,
    {
        let needed = offset.saturating_add(size_of::<T>());
        let fault = Fault::Truncated {
            needed,
            available: self.all.len(),
        };
        let bytes = self.all.get(offset..).unwrap_or_default();
        T::ref_from_prefix(bytes).map_err(|_| WnodeError::new(member, offset, fault))
    }

    /// Bytes that a member names, which lie after the `fixed` part.
    fn within(
        self,
        member: Member,
        start: usize,
        length: usize,
        fixed: usize,
    ) -> Result<&'a [u8], WnodeError> {
        let fault = Fault::OutOfBounds {
            start,
            length,
            end: self.all.len(),
        };
        if start < fixed {
            return Err(member.error(fault));
        }
        self.slice(start, length).ok_or(member.error(fault))
    }

    fn aligned(member: Member, start: usize, alignment: usize) -> Result<(), WnodeError> {
        if start.checked_rem(alignment) == Some(0) {
            Ok(())
        } else {
            Err(member.error(Fault::Misaligned { start, alignment }))
        }
    }

    /// A data block.
    fn data(
        self,
        member: Member,
        start: usize,
        length: usize,
        fixed: usize,
    ) -> Result<&'a [u8], WnodeError> {
        let data = self.within(member, start, length, fixed)?;
        Self::aligned(member, start, DATA_ALIGNMENT)?;
        Ok(data)
    }

    /// An array of structures.
    fn array<T>(
        self,
        member: Member,
        start: usize,
        count: u32,
        fixed: usize,
    ) -> Result<&'a [T], WnodeError>
    where
        T: FromBytes + zerocopy::KnownLayout + zerocopy::Immutable + zerocopy::Unaligned,
    {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let length = count.checked_mul(size_of::<T>()).unwrap_or(usize::MAX);
        let bytes = self.within(member, start, length, fixed)?;
        let fault = Fault::OutOfBounds {
            start,
            length,
            end: self.all.len(),
        };
        <[T]>::ref_from_bytes(bytes).map_err(|_| member.error(fault))
    }

    /// A counted name.
    fn name(self, member: Member, start: usize) -> Result<InstanceName<'a>, WnodeError> {
        let count = self.within(member, start, 2, size_of::<WnodeHeader>())?;
        Self::aligned(member, start, 2)?;
        let length = U16::read_from_bytes(count).map_or(0, |count| usize::from(count.get()));
        if length & 1 != 0 {
            return Err(member.error(Fault::OddLength { length }));
        }
        let units = self.within(member, start.saturating_add(2), length, 0)?;
        Ok(InstanceName::new(units))
    }
}

fn has_static_names(header: &WnodeHeader) -> bool {
    header.has(WNODE_FLAG_STATIC_INSTANCE_NAMES) || header.has(WNODE_FLAG_PDO_INSTANCE_NAMES)
}

fn check_guid<C: DataBlock>(header: &WnodeHeader) -> Result<(), WnodeError> {
    if header.guid() == C::GUID {
        Ok(())
    } else {
        Err(WnodeError::new(
            "Guid",
            offset_of!(WnodeHeader, guid),
            Fault::WrongGuid,
        ))
    }
}

fn check_size<C: DataBlock>(member: Member, size: usize) -> Result<(), WnodeError> {
    let padded = crate::layout::align_up(C::SIZE, C::ALIGN).unwrap_or(C::SIZE);
    if (C::SIZE..=padded).contains(&size) {
        Ok(())
    } else {
        Err(wrong_size::<C>(member, size))
    }
}

fn wrong_size<C: DataBlock>(member: Member, found: usize) -> WnodeError {
    member.error(Fault::WrongSize {
        expected: C::SIZE,
        found,
    })
}

/// The size of an element.
const fn size_of_val_of<T>(_: &[T]) -> usize {
    size_of::<T>()
}

/// A size or offset; every target here has at least 32 bits.
fn wide(value: U32) -> usize {
    usize::try_from(value.get()).unwrap_or(usize::MAX)
}
