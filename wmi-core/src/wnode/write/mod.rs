//! Writing WNODEs to a caller's buffer. A buffer that is too small stays unchanged.

/// Defines what writers set in the header of a WNODE.
macro_rules! header_setters {
    () => {
        /// Sets `TimeStamp`, in units of 100 ns since 1601-01-01; zero by default.
        #[must_use]
        pub const fn time_stamp(mut self, time_stamp: i64) -> Self {
            self.header.time_stamp = zerocopy::little_endian::I64::new(time_stamp);
            self
        }

        /// Makes the WNODE an event from the device with this id, returned by
        /// `IoWMIDeviceObjectToProviderId`.
        #[must_use]
        pub const fn event(mut self, provider_id: u32) -> Self {
            self.header = self.header.as_event(provider_id);
            self
        }
    };
}

mod all_data;
mod reference;
mod single;

use zerocopy::little_endian::{U16, U32};
use zerocopy::{Immutable, IntoBytes};

use super::flags::WNODE_FLAG_TOO_SMALL;
use super::{WnodeHeader, WnodeTooSmall, WriteError, stride};
use crate::Guid;

pub use all_data::{AllDataWnodeWriter, AllDataWriter};
pub(crate) use all_data::{Plan, Source};
pub use reference::EventReferenceWriter;
pub use single::{SingleInstanceWriter, SingleWnodeWriter};

/// Writes the `WNODE_TOO_SMALL` that answers a request whose reply of `needed` bytes does not fit,
/// and returns its length, 56 bytes.
///
/// # Errors
///
/// [`WriteError::BufferTooSmall`] if the buffer has fewer than 56 bytes, [`WriteError::TooLarge`]
/// if `needed` exceeds 32 bits. The buffer is then unchanged.
pub fn write_too_small(buffer: &mut [u8], guid: Guid, needed: usize) -> Result<usize, WriteError> {
    fits(needed)?;
    let size = size_of::<WnodeTooSmall>();
    let wnode = whole(buffer, size)?;
    let mut header = WnodeHeader::new(guid, 0);
    header.buffer_size = le32(size);
    header.flags |= WNODE_FLAG_TOO_SMALL;
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

/// Returns the first `size` bytes of the buffer.
fn whole(buffer: &mut [u8], size: usize) -> Result<&mut [u8], WriteError> {
    buffer
        .get_mut(..size)
        .ok_or(WriteError::BufferTooSmall { needed: size })
}

/// Splits bytes at an offset that lies within them by the plan.
fn split(bytes: &mut [u8], at: usize) -> (&mut [u8], &mut [u8]) {
    bytes.split_at_mut_checked(at).unwrap_or_default()
}

/// Writes a structure to the start of bytes, which are long enough by the plan, and zeros after it.
fn write_head(bytes: &mut [u8], structure: &(impl IntoBytes + Immutable)) {
    let size = size_of_val(structure);
    let (head, rest) = split(bytes, size);
    let _ = structure.write_to(head);
    rest.fill(0);
}

/// Returns the size of a counted name in bytes.
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

/// Rounds `size` up to the next possible start of data.
fn padded(size: usize) -> Result<usize, WriteError> {
    stride(size).ok_or(WriteError::TooLarge)
}

fn multiply(a: usize, b: usize) -> Result<usize, WriteError> {
    a.checked_mul(b).ok_or(WriteError::TooLarge)
}

/// Checks that a size fits in 32 bits.
fn fits(size: usize) -> Result<(), WriteError> {
    if u32::try_from(size).is_ok() {
        Ok(())
    } else {
        Err(WriteError::TooLarge)
    }
}

/// Returns a size or offset as 32 bits; by the plan it fits.
fn le32(size: usize) -> U32 {
    U32::new(u32::try_from(size).unwrap_or(u32::MAX))
}
