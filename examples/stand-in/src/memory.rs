//! [`Pool`]: memory of the kernel.

use core::ffi::c_void;
use core::ptr::NonNull;
use core::slice;

use windows_sys::Wdk::Foundation::NonPagedPoolNx;
use windows_sys::Wdk::System::SystemServices::{ExAllocatePoolWithTag, ExFreePool};

const TAG: u32 = u32::from_le_bytes(*b"test");

/// Memory of the kernel's pool, as long as it is this module's.
pub(crate) struct Pool {
    start: NonNull<u8>,
    size: usize,
}

impl Pool {
    /// Allocates `size` bytes of this value.
    pub(crate) fn filled(size: usize, byte: u8) -> Option<Self> {
        // SAFETY: any size is allowed; one that is too large gives null.
        let start = unsafe { ExAllocatePoolWithTag(NonPagedPoolNx, size, TAG) };
        let start = NonNull::new(start.cast::<u8>())?;
        // SAFETY: the memory has just been allocated with this size.
        unsafe { start.write_bytes(byte, size) };
        Some(Self { start, size })
    }

    /// Takes memory over that a driver has allocated.
    ///
    /// # Safety
    ///
    /// It is an allocation of pool of at least this size that nobody else uses.
    pub(crate) const unsafe fn from_raw(start: NonNull<u8>, size: usize) -> Self {
        Self { start, size }
    }

    pub(crate) const fn as_ptr(&self) -> *mut c_void {
        self.start.as_ptr().cast()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the memory has this size, is initialised, and is borrowed like `self`.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.size) }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.size) }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: the memory is an allocation of pool, and not used any more.
        unsafe { ExFreePool(self.start.as_ptr().cast()) };
    }
}

/// What lies behind the buffer of a request, where nobody may write.
const GUARD: [u8; 64] = [0xa5; 64];

/// The buffer of a request, with a guard behind it.
pub(crate) struct Buffer {
    memory: Pool,
    size: usize,
}

impl Buffer {
    /// Returns a buffer that begins with `content`.
    pub(crate) fn new(size: usize, content: &[u8]) -> Option<Self> {
        let mut memory = Pool::filled(size.checked_add(GUARD.len())?, 0)?;
        let (buffer, guard) = memory.bytes_mut().split_at_mut(size);
        let content = content.get(..size).unwrap_or(content);
        buffer[..content.len()].copy_from_slice(content);
        guard.copy_from_slice(&GUARD);
        Some(Self { memory, size })
    }

    /// The start of the buffer, null for one without bytes.
    pub(crate) fn start(&self) -> *mut c_void {
        if self.size == 0 {
            return core::ptr::null_mut();
        }
        self.memory.as_ptr()
    }

    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory.bytes()[..self.size]
    }

    /// How many bytes of the guard have changed.
    pub(crate) fn overrun(&self) -> u32 {
        let guard = &self.memory.bytes()[self.size..];
        let changed = guard.iter().zip(&GUARD).filter(|(now, was)| now != was);
        changed.fold(0, |count, _| count + 1)
    }
}
