//! A position in nested records. Nothing is read past the end of its record.

use super::super::{BmfDecodeError, wide};
use super::Result;

/// A position in the payload, and the end of the record around it.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'p> {
    pub(super) bytes: &'p [u8],
    pub(super) position: usize,
    pub(super) end: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn error(&self, what: &'static str) -> BmfDecodeError {
        BmfDecodeError::new(self.position, what)
    }

    pub(super) fn error_before(&self, bytes: usize, what: &'static str) -> BmfDecodeError {
        BmfDecodeError::new(self.position.saturating_sub(bytes), what)
    }

    pub(super) fn take(&mut self, size: usize) -> Result<&'p [u8]> {
        let end = self.position.saturating_add(size);
        let bytes = self
            .bytes
            .get(self.position..end)
            .filter(|_| end <= self.end);
        let bytes = bytes.ok_or(self.error("the record ends too early"))?;
        self.position = end;
        Ok(bytes)
    }

    /// Returns the bytes up to the end of the record.
    pub(super) fn rest(&self) -> &'p [u8] {
        self.bytes.get(self.position..self.end).unwrap_or_default()
    }

    /// Reads UTF-16 up to a NUL, and moves past it.
    pub(super) fn units_to_nul(&mut self) -> Result<impl ExactSizeIterator<Item = u16> + use<'p>> {
        let unit = |bytes: &[u8]| {
            bytes
                .first_chunk()
                .map_or(0, |unit| u16::from_le_bytes(*unit))
        };
        let units = self.rest().chunks_exact(2);
        let Some(length) = units.clone().position(|bytes| unit(bytes) == 0) else {
            self.position = self.position.saturating_add(units.len().saturating_mul(2));
            return Err(self.error("the record ends too early"));
        };
        let text = self.take(length.saturating_mul(2))?;
        self.take(2)?;
        Ok(text.chunks_exact(2).map(unit))
    }

    pub(super) fn number(&mut self) -> Result<u32> {
        let bytes = self.take(4)?;
        Ok(bytes
            .first_chunk()
            .map_or(0, |bytes| u32::from_le_bytes(*bytes)))
    }

    /// Reads the record here, which starts with its length, and moves past it.
    pub(super) fn record(&mut self) -> Result<Self> {
        let start = self.position;
        let length = wide(self.number()?);
        let end = start.saturating_add(length);
        if length < 4 || end > self.end {
            return Err(BmfDecodeError::new(
                start,
                "the length of the record is wrong",
            ));
        }
        let record = Self { end, ..*self };
        self.position = end;
        Ok(record)
    }

    /// Returns the part of this record from `start`, an offset from `heap`, to `end`.
    pub(super) fn part(&self, heap: usize, start: u32, end: usize) -> Result<Self> {
        let position = heap.saturating_add(wide(start));
        if position < self.position || position > end || end > self.end {
            return Err(self.error("an offset points out of the record"));
        }
        Ok(Self {
            position,
            end,
            ..*self
        })
    }

    pub(super) fn finish(&self, what: &'static str) -> Result<()> {
        if self.position == self.end {
            Ok(())
        } else {
            Err(self.error(what))
        }
    }
}

impl Cursor<'_> {
    /// Skips the zeros that pad the last element of an array to four bytes of its own length.
    pub(super) fn skip_padding(&mut self) {
        let rest = self.rest();
        if rest.len() < 4 && rest.iter().all(|byte| *byte == 0) {
            self.position = self.end;
        }
    }
}
