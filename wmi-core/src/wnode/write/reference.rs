//! Writing a `WNODE_EVENT_REFERENCE`.

use zerocopy::little_endian::U32;

use super::{add, counted_size, fits, le32, split, whole, write_counted, write_head};
use crate::Guid;
use crate::wnode::flags::{WNODE_FLAG_EVENT_REFERENCE, WNODE_FLAG_STATIC_INSTANCE_NAMES};
use crate::wnode::{Target, WnodeEventReference, WnodeHeader, WriteError};

/// Writes a `WNODE_EVENT_REFERENCE`, which tells WMI where to query the data of an event that is
/// too large.
#[derive(Clone, Copy, Debug)]
pub struct EventReferenceWriter<'a> {
    /// The GUID of the event.
    pub guid: Guid,
    /// The block to query.
    pub target_guid: Guid,
    /// The instance to query.
    pub target: Target<'a>,
    /// Bytes of the data that the query will return.
    pub target_size: usize,
    /// The id returned by `IoWMIDeviceObjectToProviderId`.
    pub provider_id: u32,
    /// The time in units of 100 ns since 1601-01-01.
    pub time_stamp: i64,
}

impl EventReferenceWriter<'_> {
    /// Returns the size of the WNODE in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::TooLarge`] if `target_size` exceeds 32 bits, [`WriteError::NameTooLong`] if
    /// the name has more than 32767 UTF-16 units.
    pub fn needed(&self) -> Result<usize, WriteError> {
        let target = match self.target {
            Target::Static(_) => size_of::<U32>(),
            Target::Dynamic(name) => counted_size(name, 0)?,
        };
        // At least the size of the C structure, whose union has 4 bytes.
        let end = add(size_of::<WnodeEventReference>(), target.max(4))?;
        fits(end.max(self.target_size))?;
        Ok(end)
    }

    /// Writes the WNODE to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError::BufferTooSmall`] if the buffer is too short, and the errors of
    /// [`needed`](Self::needed). The buffer is then unchanged.
    pub fn write(&self, buffer: &mut [u8]) -> Result<usize, WriteError> {
        let end = self.needed()?;
        let (head, target) = split(whole(buffer, end)?, size_of::<WnodeEventReference>());
        let header = WnodeHeader::new(self.guid, self.time_stamp);
        let mut header = header.as_event(self.provider_id);
        header.buffer_size = le32(end);
        header.flags |= WNODE_FLAG_EVENT_REFERENCE;
        match self.target {
            Target::Static(index) => {
                header.flags |= WNODE_FLAG_STATIC_INSTANCE_NAMES;
                write_head(target, &U32::new(index));
            }
            Target::Dynamic(name) => write_counted(target, name).fill(0),
        }
        let reference = WnodeEventReference {
            header,
            target_guid: self.target_guid.to_bytes(),
            target_data_block_size: le32(self.target_size),
        };
        write_head(head, &reference);
        Ok(end)
    }
}
