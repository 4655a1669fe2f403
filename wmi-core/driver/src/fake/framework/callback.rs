//! Which buffers the framework gives to callbacks, and what it makes of their answers.

use core::ptr;

use wmi_core::NtStatus;

use super::{Handle, UNSUCCESSFUL, WDF_VIOLATION};
use crate::fake::current;
use crate::fake::state::Memory;
use crate::kmdf::object::{ExecuteMethod, QueryInstance, SetInstance, SetItem};
use crate::status::from_raw;

/// The callbacks of an instance.
#[derive(Clone, Copy)]
pub(super) struct Callbacks {
    pub(super) query: Option<QueryInstance>,
    pub(super) set: Option<SetInstance>,
    pub(super) set_item: Option<SetItem>,
    pub(super) execute: Option<ExecuteMethod>,
    /// The key of the context that is the data, with `UseContextForQuery`.
    pub(super) context: Option<usize>,
}

/// An instance that is called.
#[derive(Clone, Copy)]
pub(super) struct Called {
    pub(super) handle: Handle,
    pub(super) callbacks: Callbacks,
    /// The context that is the data.
    pub(super) context: Option<Memory>,
    /// `MinInstanceBufferSize`.
    pub(super) min: u32,
}

impl Called {
    /// Queries, with `room` bytes at `data`. Returns how many bytes were used, or are needed.
    pub(super) fn query(&self, room: u32, data: *mut u8) -> (NtStatus, u32) {
        if let Some(context) = self.context {
            let size = u32::try_from(context.size).unwrap_or(u32::MAX);
            if room < size {
                return (NtStatus::BUFFER_TOO_SMALL, size);
            }
            // SAFETY: the framework trusts that the buffer has this room; the context is there.
            unsafe { data.copy_from_nonoverlapping(context.start, context.size) };
            return (NtStatus::SUCCESS, size);
        }
        let Some(query) = self.callbacks.query else {
            return (NtStatus::SUCCESS, 0);
        };
        // Without room, the framework passes one spare byte, so that the callback reports the size
        // needed.
        let mut dummy = 0_u8;
        let (given, data) = match room {
            0 => (1, &raw mut dummy),
            _ => (room, data),
        };
        let mut used = 0;
        // SAFETY: the arguments are those of the callback.
        let status = from_raw(unsafe { query(self.handle, given, data.cast(), &raw mut used) });
        match status {
            NtStatus::PENDING => {
                violation("a query is answered with STATUS_PENDING");
                (UNSUCCESSFUL, 0)
            }
            NtStatus::BUFFER_TOO_SMALL if self.min > 0 => {
                violation("a buffer of MinInstanceBufferSize bytes is too small");
                (status, used)
            }
            _ if status.is_success() && used > given => {
                violation("more bytes are used than the buffer has");
                (UNSUCCESSFUL, 0)
            }
            _ if status.is_success() && used > room => (NtStatus::BUFFER_TOO_SMALL, used),
            _ => (status, used),
        }
    }

    /// Sets the instance, or one item of it.
    pub(super) fn set(&self, item: Option<u32>, size: u32, data: *mut u8) -> NtStatus {
        let data = match size {
            0 => ptr::null_mut(),
            _ => data.cast(),
        };
        let Callbacks { set, set_item, .. } = self.callbacks;
        let status = match (item, set, set_item) {
            (None, Some(_), _) if size < self.min => return NtStatus::WMI_SET_FAILURE,
            // SAFETY: the arguments are those of the callback.
            (None, Some(set), _) => unsafe { set(self.handle, size, data) },
            // SAFETY: as above.
            (Some(item), _, Some(set_item)) => unsafe { set_item(self.handle, item, size, data) },
            _ => return NtStatus::WMI_READ_ONLY,
        };
        match from_raw(status) {
            NtStatus::BUFFER_TOO_SMALL => NtStatus::WMI_SET_FAILURE,
            NtStatus::PENDING => UNSUCCESSFUL,
            status => status,
        }
    }

    /// Calls a method whose input and output share `data`. How many bytes were used is not checked.
    pub(super) fn execute(&self, method: u32, sizes: [u32; 2], data: *mut u8) -> (NtStatus, u32) {
        let Some(execute) = self.callbacks.execute else {
            return (NtStatus::INVALID_DEVICE_REQUEST, 0);
        };
        let [input, output] = sizes;
        let data = match sizes {
            [0, 0] => ptr::null_mut(),
            _ => data.cast(),
        };
        let mut used = 0;
        // SAFETY: the arguments are those of the callback.
        let status = unsafe { execute(self.handle, method, input, output, data, &raw mut used) };
        match from_raw(status) {
            NtStatus::PENDING => (UNSUCCESSFUL, 0),
            status => (status, used),
        }
    }
}

/// A violation where the framework's verifier breaks into the debugger.
fn violation(finding: &'static str) {
    current().lock().bug_check(WDF_VIOLATION, 0, finding);
}
