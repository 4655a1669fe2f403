//! [`Encoder`]: writes items to a buffer, or only measures them.

use zerocopy::little_endian::U16;
use zerocopy::{Immutable, IntoBytes};

use super::place::align_up;
use super::{EncodeError, Str};

/// Writes the items of a block in order, each at its alignment, with zeros as padding.
#[derive(Debug)]
pub struct Encoder<'b> {
    /// `None` while only measuring.
    buffer: Option<&'b mut [u8]>,
    position: usize,
}

impl<'b> Encoder<'b> {
    /// Creates an encoder that writes to `buffer`.
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Self {
            buffer: Some(buffer),
            position: 0,
        }
    }

    /// Creates an encoder that only counts the bytes.
    #[must_use]
    pub const fn measure() -> Self {
        Self {
            buffer: None,
            position: 0,
        }
    }

    /// Returns the number of bytes written or counted.
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLarge`] if the number exceeds 32 bits.
    pub fn finish(self) -> Result<usize, EncodeError> {
        match u32::try_from(self.position) {
            Ok(_) => Ok(self.position),
            Err(_) => Err(EncodeError::TooLarge),
        }
    }

    /// Writes zeros up to the next multiple of `align`.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BufferTooSmall`] if the buffer is too short.
    pub fn align(&mut self, align: usize) -> Result<(), EncodeError> {
        let end = align_up(self.position, align).ok_or(EncodeError::TooLarge)?;
        if let Some(padding) = self.advance(end)? {
            padding.fill(0);
        }
        Ok(())
    }

    /// Writes a value, without alignment.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BufferTooSmall`] if the buffer is too short.
    pub fn write(
        &mut self,
        value: &(impl IntoBytes + Immutable + ?Sized),
    ) -> Result<(), EncodeError> {
        let bytes = value.as_bytes();
        let end = self
            .position
            .checked_add(bytes.len())
            .ok_or(EncodeError::TooLarge)?;
        if let Some(slot) = self.advance(end)? {
            // The lengths are equal; unlike `copy_from_slice` this has no panic path.
            let _ = bytes.write_to(slot);
        }
        Ok(())
    }

    /// Writes a counted string.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Nul`] if the string has a NUL, [`EncodeError::StringTooLong`] if it has more
    /// than 32767 UTF-16 units, [`EncodeError::BufferTooSmall`] if the buffer is too short.
    pub fn string(&mut self, text: &str) -> Result<(), EncodeError> {
        if let Some(offset) = text.bytes().position(|byte| byte == 0) {
            return Err(EncodeError::Nul { offset });
        }
        let units = text.encode_utf16().count();
        self.align(2)?;
        self.write(&counted(units)?)?;
        text.encode_utf16()
            .try_for_each(|unit| self.write(&U16::new(unit)))
    }

    /// Writes a counted string that was read from a block.
    ///
    /// # Errors
    ///
    /// [`EncodeError::StringTooLong`] if the string has more than 32767 UTF-16 units,
    /// [`EncodeError::BufferTooSmall`] if the buffer is too short.
    pub fn units(&mut self, text: Str<'_>) -> Result<(), EncodeError> {
        self.align(2)?;
        self.write(&counted(text.as_units().len())?)?;
        self.write(text.as_units())
    }

    /// Moves to `end` and returns the bytes skipped, unless only measuring.
    fn advance(&mut self, end: usize) -> Result<Option<&mut [u8]>, EncodeError> {
        let start = core::mem::replace(&mut self.position, end);
        match &mut self.buffer {
            None => Ok(None),
            Some(buffer) => {
                let slot = buffer.get_mut(start..end);
                slot.map(Some)
                    .ok_or(EncodeError::BufferTooSmall { needed: end })
            }
        }
    }
}

/// Returns the byte count of a string with this many UTF-16 units.
fn counted(units: usize) -> Result<U16, EncodeError> {
    let bytes = u16::try_from(units.saturating_mul(2));
    bytes
        .map(U16::new)
        .map_err(|_| EncodeError::StringTooLong { units })
}
