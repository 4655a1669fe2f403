//! Reading a `WNODE_ALL_DATA`.

use core::fmt;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::mem::offset_of;
use core::ops::Range;

use zerocopy::FromBytes;
use zerocopy::little_endian::U32;

use super::bytes::{Bytes, Member, wide};
use super::{check_guid, check_size, check_texts, has_static_names};
use crate::wnode::flags::WNODE_FLAG_FIXED_INSTANCE_SIZE;
use crate::wnode::{
    InstanceId, OffsetInstanceDataAndLength, WnodeAllData, WnodeError, WnodeHeader, stride,
    stride_of,
};
use crate::{FixedBlock, Wire, layout};

/// A `WNODE_ALL_DATA` whose offsets were all checked.
///
/// A WNODE never has more instances than bytes, even if they have no bytes themselves. Instances of
/// variable size, and names, may overlap.
#[derive(Clone, Copy, Debug)]
pub struct AllData<'a> {
    bytes: Bytes<'a>,
    fields: &'a WnodeAllData,
    data: Data<'a>,
    /// The offsets of the names, if they are dynamic.
    names: Option<&'a [U32]>,
}

/// The data of the instances.
#[derive(Clone, Copy, Debug)]
enum Data<'a> {
    /// All have the same size: the bytes from the first to the end of the last.
    Fixed {
        instances: &'a [u8],
        size: usize,
        stride: usize,
    },
    /// Each has its own offset and length.
    Places(&'a [OffsetInstanceDataAndLength]),
}

/// End of the fixed part.
const VARIABLE_DATA: usize = size_of::<WnodeAllData>();
/// Offset of the array of offsets and lengths, which overlays `FixedInstanceSize`.
const PLACES: usize = offset_of!(WnodeAllData, fixed_instance_size);

impl<'a> AllData<'a> {
    pub(super) fn decode(bytes: Bytes<'a>) -> Result<Self, WnodeError> {
        let fields: &WnodeAllData = bytes.structure()?;
        let data = if bytes.header.has(WNODE_FLAG_FIXED_INSTANCE_SIZE) {
            Self::fixed(bytes, fields)?
        } else {
            Self::places(bytes, fields)?
        };
        let names = if has_static_names(bytes.header) {
            None
        } else {
            Some(Self::names(bytes, fields)?)
        };
        Ok(Self {
            bytes,
            fields,
            data,
            names,
        })
    }

    fn fixed(bytes: Bytes<'a>, fields: &WnodeAllData) -> Result<Data<'a>, WnodeError> {
        let size = wide(fields.fixed_instance_size);
        let count = wide(fields.instance_count);
        if size == 0 {
            // Instances without bytes, as events may have, all share one offset. Their number is
            // limited to the WNODE's size; otherwise 72 bytes could claim four billion.
            let member = Member("InstanceCount", offset_of!(WnodeAllData, instance_count));
            bytes.within(member, 0, count, 0)?;
        }
        let stride = stride(size).unwrap_or(usize::MAX);
        let instances = match count.checked_sub(1) {
            None => &[],
            Some(others) => {
                let member = Member(
                    "DataBlockOffset",
                    offset_of!(WnodeAllData, data_block_offset),
                );
                let length = others.saturating_mul(stride).saturating_add(size);
                bytes.data(
                    member,
                    wide(fields.data_block_offset),
                    length,
                    VARIABLE_DATA,
                )?
            }
        };
        Ok(Data::Fixed {
            instances,
            size,
            stride,
        })
    }

    fn places(bytes: Bytes<'a>, fields: &WnodeAllData) -> Result<Data<'a>, WnodeError> {
        let member = Member("OffsetInstanceDataAndLength", PLACES);
        let places: &[OffsetInstanceDataAndLength] =
            bytes.array(member, PLACES, fields.instance_count, PLACES)?;
        let first = PLACES.saturating_add(size_of_val(places));
        for (place, member) in members(places, PLACES, "OffsetInstanceData") {
            let start = wide(place.offset_instance_data);
            bytes.data(member, start, wide(place.length_instance_data), first)?;
        }
        Ok(Data::Places(places))
    }

    fn names(bytes: Bytes<'a>, fields: &WnodeAllData) -> Result<&'a [U32], WnodeError> {
        if fields.instance_count.get() == 0 {
            return Ok(&[]);
        }
        let member = Member(
            "OffsetInstanceNameOffsets",
            offset_of!(WnodeAllData, offset_instance_name_offsets),
        );
        let start = wide(fields.offset_instance_name_offsets);
        let offsets: &[U32] = bytes.array(member, start, fields.instance_count, VARIABLE_DATA)?;
        for (name, member) in members(offsets, start, "OffsetInstanceName") {
            bytes.name(member, wide(*name), VARIABLE_DATA)?;
        }
        Ok(offsets)
    }

    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> &'a WnodeHeader {
        self.bytes.header
    }

    /// Returns `InstanceCount`.
    #[must_use]
    pub const fn instance_count(&self) -> u32 {
        self.fields.instance_count.get()
    }

    /// Returns the data of one instance, by its number from zero.
    #[must_use]
    pub fn data(&self, instance: u32) -> Option<&'a [u8]> {
        if instance >= self.instance_count() {
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

    /// Returns the identification of one instance, by its number from zero.
    #[must_use]
    pub fn id(&self, instance: u32) -> Option<InstanceId<'a>> {
        if instance >= self.instance_count() {
            return None;
        }
        let Some(names) = self.names else {
            return Some(InstanceId::Static(instance));
        };
        let offset = names.get(usize::try_from(instance).ok()?)?;
        let member = Member("OffsetInstanceName", 0);
        let (name, _) = self.bytes.name(member, wide(*offset), VARIABLE_DATA).ok()?;
        Some(InstanceId::Dynamic(name))
    }

    /// Returns the ranges of the parts after the fixed part: the arrays, the data and the names.
    pub fn parts(&self) -> impl Iterator<Item = Range<usize>> {
        let part = |start: usize, length: usize| start..start.saturating_add(length);
        let (run, places) = match self.data {
            Data::Fixed { instances, .. } => {
                let start = wide(self.fields.data_block_offset);
                (part(start, instances.len()), &[][..])
            }
            Data::Places(places) => (part(PLACES, size_of_val(places)), places),
        };
        let places = places.iter().map(move |place| {
            part(
                wide(place.offset_instance_data),
                wide(place.length_instance_data),
            )
        });
        let names = self.names.unwrap_or_default();
        let start = wide(self.fields.offset_instance_name_offsets);
        let offsets = part(start, size_of_val(names));
        let names = names.iter().filter_map(|offset| {
            let (start, member) = (wide(*offset), Member("OffsetInstanceName", 0));
            let (_, end) = self.bytes.name(member, start, VARIABLE_DATA).ok()?;
            Some(start..end)
        });
        [run, offsets].into_iter().chain(places).chain(names)
    }

    /// Returns the instances as data blocks of class `C`, in order.
    ///
    /// # Errors
    ///
    /// [`WnodeError`] if the GUID is not that of `C`, if an instance is smaller than `C::SIZE` or
    /// larger than C's `sizeof`, or if a string is shorter than its maximum.
    pub fn blocks<C: FixedBlock>(&self) -> Result<Blocks<'a, C>, WnodeError> {
        check_guid::<C>(self.bytes.header)?;
        match self.data {
            Data::Fixed { size, .. } => {
                if self.instance_count() > 0 {
                    check_size::<C>(Member("FixedInstanceSize", PLACES), size)?;
                }
                if const { layout::has_text(C::ITEMS) } {
                    let member = Member(
                        "DataBlockOffset",
                        offset_of!(WnodeAllData, data_block_offset),
                    );
                    let mut instances =
                        (0..self.instance_count()).map_while(|instance| self.data(instance));
                    instances.try_for_each(|data| check_texts::<C>(member, data))?;
                }
            }
            Data::Places(places) => {
                let lengths = PLACES.saturating_add(offset_of!(
                    OffsetInstanceDataAndLength,
                    length_instance_data
                ));
                let starts = members(places, PLACES, "OffsetInstanceData");
                let lengths = members(places, lengths, "LengthInstanceData");
                for ((place, start), (_, length)) in starts.zip(lengths) {
                    let size = wide(place.length_instance_data);
                    check_size::<C>(length, size)?;
                    let data = self.bytes.slice(wide(place.offset_instance_data), size);
                    check_texts::<C>(start, data.unwrap_or_default())?;
                }
            }
        }
        Ok(Blocks {
            bytes: self.bytes,
            rest: self.data,
            empty: if C::SIZE == 0 {
                self.instance_count()
            } else {
                0
            },
            class: PhantomData,
        })
    }
}

/// Returns the elements of an array with their members for errors; `offset` is that of the first
/// member.
fn members<'a, T>(
    elements: &'a [T],
    offset: usize,
    name: &'static str,
) -> impl Iterator<Item = (&'a T, Member)> {
    elements
        .iter()
        .zip((offset..).step_by(size_of::<T>()))
        .map(move |(element, offset)| (element, Member(name, offset)))
}

/// The instances of an [`AllData`] as data blocks; see [`AllData::blocks`].
pub struct Blocks<'a, C> {
    bytes: Bytes<'a>,
    /// The remaining instances. Their stride is that of the class, as their size was checked.
    rest: Data<'a>,
    /// The remaining instances of a class without bytes, which `rest` cannot count.
    empty: u32,
    class: PhantomData<fn() -> C>,
}

impl<'a, C: FixedBlock> Iterator for Blocks<'a, C> {
    type Item = &'a Wire<C>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if const { C::SIZE == 0 } {
            self.empty = self.empty.checked_sub(1)?;
            return Wire::ref_from_bytes(&[]).ok();
        }
        let data = match &mut self.rest {
            Data::Fixed { instances: [], .. } => return None,
            Data::Fixed { instances, .. } => {
                let (block, _) = Wire::ref_from_prefix(instances).ok()?;
                *instances = instances.get(stride_of::<C>()..).unwrap_or_default();
                return Some(block);
            }
            Data::Places(places) => {
                let (place, rest) = places.split_first()?;
                *places = rest;
                let start = wide(place.offset_instance_data);
                self.bytes.slice(start, wide(place.length_instance_data))?
            }
        };
        Wire::ref_from_prefix(data).ok().map(|(block, _)| block)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = match self.rest {
            _ if C::SIZE == 0 => wide(self.empty.into()),
            Data::Fixed { instances, .. } => instances.len().div_ceil(stride_of::<C>()),
            Data::Places(places) => places.len(),
        };
        (count, Some(count))
    }
}

impl<C: FixedBlock> ExactSizeIterator for Blocks<'_, C> {}

impl<C: FixedBlock> FusedIterator for Blocks<'_, C> {}

// A derive would require `C: Clone` and `C: Debug`.
impl<C> Clone for Blocks<'_, C> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<C> fmt::Debug for Blocks<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocks").field(&self.rest).finish()
    }
}
