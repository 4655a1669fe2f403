//! [`Pool`]: nonpaged memory.

use core::ffi::c_void;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;
use core::slice;

use super::routines::{Kernel, Routines};

/// An allocation of nonpaged pool, freed on drop.
///
/// It may be used and dropped at `DISPATCH_LEVEL` or lower.
#[derive(Debug)]
pub struct Pool {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: this owns the memory, and any thread may free it.
unsafe impl Send for Pool {}

impl Pool {
    /// Allocates `size` zeroed bytes; `None` if memory runs out.
    pub(crate) fn zeroed(size: usize) -> Option<Self> {
        // Driver Verifier refuses allocations without bytes.
        let start = NonNull::new(Kernel::allocate(size.max(1)).cast::<u8>())?;
        // SAFETY: the kernel has just allocated `size` bytes there.
        unsafe { start.write_bytes(0, size) };
        Some(Self { start, size })
    }

    /// Returns the start of the memory.
    pub(crate) const fn start(&self) -> *mut c_void {
        self.start.as_ptr().cast()
    }

    /// Returns the first `size` bytes, or as many as there are.
    pub(crate) fn bytes(&self, size: usize) -> &[u8] {
        // SAFETY: the allocation has `size` initialised bytes, and is borrowed like `self`.
        let all = unsafe { slice::from_raw_parts(self.start.as_ptr(), self.size) };
        all.get(..size).unwrap_or(all)
    }

    /// Releases ownership of the memory without freeing it.
    pub(crate) fn into_raw(self) -> *mut c_void {
        ManuallyDrop::new(self).start()
    }

    /// Takes ownership of memory released by [`into_raw`](Self::into_raw).
    ///
    /// # Safety
    ///
    /// `start` comes from [`into_raw`](Self::into_raw) of an allocation of at least `size` bytes,
    /// and nobody else uses it.
    pub(crate) const unsafe fn from_raw(start: NonNull<u8>, size: usize) -> Self {
        Self { start, size }
    }
}

impl AsMut<[u8]> for Pool {
    fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: the allocation has `size` initialised bytes, and is borrowed like `self`.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.size) }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: this owns the allocation, which is not used afterwards.
        unsafe { Kernel::free(self.start()) };
    }
}
