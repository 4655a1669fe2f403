//! [`Payload`]: the minor code, data path and buffer of a request, which IRPs and SRBs carry alike. It
//! does not know where either has them.

use core::ffi::c_void;
use core::ptr;
use std::vec::Vec;

use wmi_core::Guid;
use wmi_core::provider::DataPath;

use super::state::Memory;

/// What a test puts into a request.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    pub(super) minor: u8,
    pub(super) data_path: DataPath,
    pub(super) buffer: Option<Vec<u8>>,
}

impl Payload {
    /// Returns a payload with a zero GUID and without a buffer.
    pub(super) const fn new(minor: u8) -> Self {
        Self {
            minor,
            data_path: DataPath::Guid(Guid::from_bytes([0; 16])),
            buffer: None,
        }
    }

    /// Copies buffer and GUID to memory of their own, so that every access past an end is found.
    pub(super) fn allocate(&self) -> SentPayload {
        SentPayload {
            buffer: self.buffer.as_deref().map(Memory::filled),
            data_path: match self.data_path {
                DataPath::Guid(guid) => Ok(Memory::filled(&guid.to_bytes())),
                DataPath::Action(action) => Err(action),
            },
        }
    }
}

/// A payload in memory, until its request is completed.
#[derive(Clone, Copy)]
pub(super) struct SentPayload {
    pub(super) buffer: Option<Memory>,
    /// A GUID, or the number of a registration.
    data_path: Result<Memory, usize>,
}

impl SentPayload {
    /// Returns the value of `DataPath`.
    pub(super) fn data_path(&self) -> *mut c_void {
        match self.data_path {
            Ok(guid) => guid.start.cast(),
            Err(action) => ptr::without_provenance_mut(action),
        }
    }

    /// Returns the start of the buffer, null without one.
    pub(super) fn start(&self) -> *mut c_void {
        start_of(self.buffer)
    }

    /// Returns the size of the buffer in bytes.
    pub(super) fn size(&self) -> u32 {
        u32::try_from(self.room()).expect("buffers are small")
    }

    /// As [`size`](Self::size).
    pub(super) fn room(&self) -> usize {
        self.buffer.map_or(0, |buffer| buffer.size)
    }

    /// Returns the content of the buffer.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let buffer = self.buffer;
        buffer.map_or_else(Vec::new, |buffer| buffer.bytes(buffer.size))
    }

    pub(super) fn free(&self) {
        let parts = [self.buffer, self.data_path.ok()];
        parts.into_iter().flatten().for_each(Memory::free);
    }
}

/// Returns the start of some memory, null without it.
pub(super) fn start_of(memory: Option<Memory>) -> *mut c_void {
    memory.map_or(ptr::null_mut(), |memory| memory.start.cast())
}

/// Defines the methods by which a test fills in the payload of a request.
macro_rules! payload_methods {
    () => {
        /// Returns the request for a block.
        #[must_use]
        pub const fn guid(mut self, guid: Guid) -> Self {
            self.payload.data_path = DataPath::Guid(guid);
            self
        }

        /// Returns the request with this number as its data path, as for registration.
        #[must_use]
        pub const fn action(mut self, action: usize) -> Self {
            self.payload.data_path = DataPath::Action(action);
            self
        }

        /// Returns the request with a buffer of `size` zeroed bytes.
        #[must_use]
        pub fn buffer(self, size: usize) -> Self {
            self.bytes(std::vec![0; size])
        }

        /// Returns the request with this buffer.
        #[must_use]
        pub fn bytes(mut self, bytes: Vec<u8>) -> Self {
            self.payload.buffer = Some(bytes);
            self
        }
    };
}

pub(super) use payload_methods;
