//! [`Bytes`]: arbitrary bytes, read as the values a test needs.

#![allow(dead_code, reason = "no fuzz target uses all of it")]

use wmi_core::Guid;
use wmi_driver::fake::{IrpRequest, WdmDevice};

/// The bytes not read yet.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    /// Returns the next byte, if there is one.
    pub(crate) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Returns the next byte, or zero.
    pub(crate) fn byte(&mut self) -> u8 {
        self.next().unwrap_or(0)
    }

    /// Reads a length byte and returns that many bytes, or all that are left.
    pub(crate) fn some(&mut self) -> &'a [u8] {
        let count = usize::from(self.byte()).min(self.0.len());
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    /// Reads four bytes as a number.
    pub(crate) fn number(&mut self) -> u32 {
        u32::from_le_bytes([(); 4].map(|()| self.byte()))
    }

    /// Returns one of these GUIDs, or an unknown one.
    pub(crate) fn guid(&mut self, known: &[Guid]) -> Guid {
        let number = usize::from(self.byte()) % (known.len() + 1);
        let other = Guid::from_bytes([7; 16]);
        known.get(number).copied().unwrap_or(other)
    }

    /// Returns a buffer, which often looks like a WNODE.
    pub(crate) fn buffer(&mut self) -> Option<Vec<u8>> {
        let kind = self.byte();
        if kind % 8 == 0 {
            return None;
        }
        let mut buffer = self.some().to_vec();
        if kind % 8 > 2 {
            let size = u32::try_from(buffer.len()).expect("it is small");
            let place = [0, 56, 64, 72, 200][usize::from(kind >> 4) % 5];
            let flags = [0x10, 0x30, 0x31, 0x11][usize::from(self.byte()) % 4];
            for (at, value) in [(0, size), (44, flags), (52, 0), (56, place), (60, 4)] {
                if let Some(slot) = buffer.get_mut(at..at + 4) {
                    slot.copy_from_slice(&value.to_le_bytes());
                }
            }
        }
        Some(buffer)
    }

    /// A request of WMI for a device, or for another.
    pub(crate) fn request(
        &mut self,
        guids: &[Guid],
        device: WdmDevice,
        pdo: WdmDevice,
    ) -> IrpRequest {
        let minor = self.byte() % 14;
        let provider = match self.byte() % 8 {
            0 => pdo.as_ptr().addr(),
            1 => 0,
            _ => device.as_ptr().addr(),
        };
        let request = IrpRequest::raw(minor, provider);
        // A data path either points to a GUID or is a number.
        let request = match minor {
            0x08 | 0x0b => request.action(usize::from(self.byte() % 3)),
            _ if self.byte() % 16 == 0 => request.action(0),
            _ => request.guid(self.guid(guids)),
        };
        match self.buffer() {
            Some(buffer) => request.bytes(buffer),
            None => request,
        }
    }
}
