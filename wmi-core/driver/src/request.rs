//! Turns the raw parameters of an IRP or an SRB into a [`Request`].

use core::ffi::c_void;
use core::slice;

use wmi_core::Guid;
use wmi_core::provider::{DataPath, Minor, Request};

/// A WMI request as the pointers of an IRP or an SRB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawRequest {
    pub(crate) minor: Minor,
    pub(crate) data_path: *const c_void,
    pub(crate) buffer: *mut c_void,
    pub(crate) size: u32,
}

impl RawRequest {
    /// Returns the request with this time stamp.
    ///
    /// A request for a block whose data path is null becomes a request that the provider refuses.
    ///
    /// # Safety
    ///
    /// Unless the minor code asks for registration, the data path is null or points to a GUID. The
    /// buffer is null or has `size` bytes, which nobody else accesses during `'b`.
    pub(crate) unsafe fn request<'b>(self, time_stamp: i64) -> Request<'b> {
        let data_path = if self.minor.is_registration() || self.data_path.is_null() {
            DataPath::Action(self.data_path.addr())
        } else {
            // The GUID may lie in the buffer itself, so it is read before the buffer is borrowed.
            // SAFETY: the caller's data path points to a GUID; `[u8; 16]` needs no alignment.
            DataPath::Guid(Guid::from_bytes(unsafe {
                self.data_path.cast::<[u8; 16]>().read()
            }))
        };
        // SAFETY: the caller's buffer.
        let buffer = unsafe { bytes(self.buffer, self.size) };
        Request::new(self.minor, data_path, buffer).at(time_stamp)
    }
}

/// Returns a kernel buffer as a slice; empty for a null pointer.
///
/// # Safety
///
/// `start` is null or points to `size` bytes that are initialised and that nobody else accesses
/// during `'b`.
pub(crate) unsafe fn bytes<'b>(start: *mut c_void, size: u32) -> &'b mut [u8] {
    match usize::try_from(size) {
        Ok(size) if !start.is_null() => {
            // SAFETY: guaranteed by the caller.
            unsafe { slice::from_raw_parts_mut(start.cast(), size) }
        }
        _ => &mut [],
    }
}
