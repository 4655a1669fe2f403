//! The bytes of one WNODE. Owns all checks of sizes and offsets.

use core::mem::offset_of;

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::wnode::{DATA_ALIGNMENT, Fault, InstanceName, WnodeError, WnodeHeader};

/// A structure that can be read in place from any bytes.
pub(super) trait InPlace: FromBytes + KnownLayout + Immutable + Unaligned {}

impl<T: FromBytes + KnownLayout + Immutable + Unaligned> InPlace for T {}

/// A member's name and offset, for errors.
#[derive(Clone, Copy)]
pub(super) struct Member(pub(super) &'static str, pub(super) usize);

impl Member {
    pub(super) const fn error(self, fault: Fault) -> WnodeError {
        WnodeError {
            member: self.0,
            offset: self.1,
            fault,
        }
    }
}

/// The bytes of one WNODE: bounded by its `BufferSize`, or the buffer of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    all: &'a [u8],
    pub(super) header: &'a WnodeHeader,
}

impl<'a> Bytes<'a> {
    /// Returns the WNODE at the start of `bytes`.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, WnodeError> {
        let too_few = |needed| truncated(needed, bytes.len());
        let (header, _) =
            WnodeHeader::ref_from_prefix(bytes).map_err(|_| too_few(size_of::<WnodeHeader>()))?;
        let size = wide(header.buffer_size);
        let all = bytes.get(..size).ok_or(too_few(size))?;
        let bytes = Self { all, header };
        bytes.structure::<WnodeHeader>()?;
        Ok(bytes)
    }

    /// Returns the WNODE of a request. Senders need not fill in `BufferSize`, so the buffer is the
    /// only bound.
    pub(super) fn of_request(buffer: &'a [u8]) -> Result<Self, WnodeError> {
        match WnodeHeader::ref_from_prefix(buffer) {
            Ok((header, _)) => Ok(Self {
                all: buffer,
                header,
            }),
            Err(_) => Err(truncated(size_of::<WnodeHeader>(), buffer.len())),
        }
    }

    /// Returns the fixed part of the WNODE as a structure.
    pub(super) fn structure<T: InPlace>(self) -> Result<&'a T, WnodeError> {
        match T::ref_from_prefix(self.all) {
            Ok((structure, _)) => Ok(structure),
            Err(_) => Err(truncated(size_of::<T>(), self.all.len())),
        }
    }

    /// Returns a range of the WNODE's bytes.
    pub(super) fn slice(self, start: usize, length: usize) -> Option<&'a [u8]> {
        self.all.get(start..)?.get(..length)
    }

    /// Returns the bytes that a member refers to, which must not start before `first`.
    pub(super) fn within(
        self,
        member: Member,
        start: usize,
        length: usize,
        first: usize,
    ) -> Result<&'a [u8], WnodeError> {
        let bytes = if start < first {
            None
        } else {
            self.slice(start, length)
        };
        bytes.ok_or(member.error(Fault::OutOfBounds {
            start,
            length,
            first,
            end: self.all.len(),
        }))
    }

    /// Returns one data block, or several with the padding between them.
    pub(super) fn data(
        self,
        member: Member,
        start: usize,
        length: usize,
        first: usize,
    ) -> Result<&'a [u8], WnodeError> {
        let data = self.within(member, start, length, first)?;
        aligned(member, start, DATA_ALIGNMENT)?;
        Ok(data)
    }

    /// Returns an array of structures. It must lie within the WNODE, so the size of the input
    /// bounds `count`.
    pub(super) fn array<T: InPlace>(
        self,
        member: Member,
        start: usize,
        count: U32,
        first: usize,
    ) -> Result<&'a [T], WnodeError> {
        let length = wide(count).saturating_mul(size_of::<T>());
        let bytes = self.within(member, start, length, first)?;
        // Cannot fail: the length is a multiple of the size, and `T` has no alignment.
        Ok(<[T]>::ref_from_bytes(bytes).unwrap_or_default())
    }

    /// Returns a counted name and its end. Does not read its units, so that many offsets of one
    /// long name cost no more than others.
    pub(super) fn name(
        self,
        member: Member,
        start: usize,
        first: usize,
    ) -> Result<(InstanceName<'a>, usize), WnodeError> {
        const COUNT: usize = size_of::<U16>();
        let count = self.within(member, start, COUNT, first)?;
        aligned(member, start, align_of::<u16>())?;
        let length = U16::read_from_bytes(count).map_or(0, |count| usize::from(count.get()));
        if length & 1 != 0 {
            return Err(member.error(Fault::OddLength { length }));
        }
        let start = start.saturating_add(COUNT);
        let units = self.within(member, start, length, first)?;
        Ok((InstanceName::new(units), start.saturating_add(length)))
    }
}

fn aligned(member: Member, start: usize, alignment: usize) -> Result<(), WnodeError> {
    if start.checked_rem(alignment) == Some(0) {
        Ok(())
    } else {
        Err(member.error(Fault::Misaligned { start, alignment }))
    }
}

const fn truncated(needed: usize, available: usize) -> WnodeError {
    Member("BufferSize", offset_of!(WnodeHeader, buffer_size))
        .error(Fault::Truncated { needed, available })
}

/// Returns a size or offset as `usize`, which has at least 32 bits on every target.
pub(super) fn wide(value: U32) -> usize {
    usize::try_from(value.get()).unwrap_or(usize::MAX)
}
