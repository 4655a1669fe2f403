//! [`Decoder`]: reads items from the bytes of a block.

use zerocopy::little_endian::U16;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::place::align_up;
use super::{DecodeError, DecodeFault, Str};

/// Reads the items of a block in order, each at its alignment.
#[derive(Clone, Copy, Debug)]
pub struct Decoder<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Decoder<'a> {
    /// Creates a decoder of the block at the start of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Returns the current offset in the block, in bytes.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Skips the padding up to the next multiple of `align`.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the offset exceeds `usize`. An offset beyond the bytes fails only when
    /// the next item is read.
    pub fn align(&mut self, align: usize) -> Result<(), DecodeError> {
        self.position = align_up(self.position, align).ok_or(self.truncated(usize::MAX))?;
        Ok(())
    }

    /// Reads a value in place, without alignment.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if fewer bytes are left than the value has.
    pub fn read<T>(&mut self) -> Result<&'a T, DecodeError>
    where
        T: FromBytes + KnownLayout + Immutable + Unaligned,
    {
        let error = self.truncated(size_of::<T>());
        T::ref_from_bytes(self.take(size_of::<T>())?).map_err(|_| error)
    }

    /// Reads `count` consecutive values in place.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if fewer bytes are left than the values have.
    pub fn read_all<T>(&mut self, count: usize) -> Result<&'a [T], DecodeError>
    where
        T: FromBytes + KnownLayout + Immutable + Unaligned,
    {
        let size = count.saturating_mul(size_of::<T>());
        let error = self.truncated(size);
        <[T]>::ref_from_bytes_with_elems(self.take(size)?, count).map_err(|_| error)
    }

    /// Reads a counted string.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if its byte count is odd or exceeds the bytes left.
    pub fn string(&mut self) -> Result<Str<'a>, DecodeError> {
        self.align(2)?;
        let start = *self;
        let length = usize::from(self.read::<U16>()?.get());
        if length & 1 != 0 {
            return Err(start.error(DecodeFault::OddLength { length }));
        }
        let all = length.saturating_add(size_of::<U16>());
        match self.read_all(length / 2) {
            Ok(units) => Ok(Str::until_nul(units)),
            Err(_) => Err(start.truncated(all)),
        }
    }

    /// Returns an error at the current offset.
    #[must_use]
    pub fn error(&self, fault: DecodeFault) -> DecodeError {
        DecodeError {
            offset: self.position,
            fault,
        }
    }

    fn take(&mut self, size: usize) -> Result<&'a [u8], DecodeError> {
        let bytes = self
            .bytes
            .get(self.position..)
            .and_then(|rest| rest.get(..size));
        let bytes = bytes.ok_or(self.truncated(size))?;
        self.position = self.position.saturating_add(size);
        Ok(bytes)
    }

    fn truncated(&self, needed: usize) -> DecodeError {
        let available = self.bytes.len().saturating_sub(self.position);
        self.error(DecodeFault::Truncated { needed, available })
    }
}
