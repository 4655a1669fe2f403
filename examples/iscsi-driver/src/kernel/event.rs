//! Memory that WMI takes over with an event.

use core::ptr::NonNull;
use core::{mem, slice};

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, NonPagedPoolNx};
use windows_sys::Wdk::System::SystemServices::{ExAllocatePoolWithTag, ExFreePoolWithTag};
use wmi_core::NtStatus;
use wmi_core::provider::EventSink;
use wmi_core::wnode::WnodeHeader;
use zerocopy::FromBytes;

use super::{checked, system_time};

#[cfg(not(feature = "test-host"))]
use super::IoWMIDeviceObjectToProviderId;
#[cfg(feature = "test-host")]
use super::host::{IoWMIDeviceObjectToProviderId, IoWMIWriteEvent};
#[cfg(not(feature = "test-host"))]
use windows_sys::Wdk::System::SystemServices::IoWMIWriteEvent;

/// By which the kernel's tools tell whose memory it is: "iWMI", the last letter first.
const TAG: u32 = u32::from_le_bytes(*b"iWMI");

/// Nonpaged memory, for as long as it is the driver's.
pub struct Pool {
    start: NonNull<u8>,
    size: usize,
}

impl Pool {
    /// `size` bytes of zero.
    pub(super) fn zeroed(size: usize) -> Option<Self> {
        // `ExAllocatePool2` is better where Windows 10 version 2004 is the oldest that counts.
        // SAFETY: this is called at PASSIVE_LEVEL; more than there is gives null.
        let start = unsafe { ExAllocatePoolWithTag(NonPagedPoolNx, size, TAG) };
        let start = NonNull::new(start.cast::<u8>())?;
        // SAFETY: it has just been allocated with that size.
        unsafe { start.write_bytes(0, size) };
        Some(Self { start, size })
    }

    /// # Safety
    ///
    /// The memory came from a `Pool` of this size that was forgotten.
    #[cfg(feature = "test-host")]
    pub(super) unsafe fn from_raw(start: NonNull<u8>, size: usize) -> Self {
        Self { start, size }
    }
}

impl AsMut<[u8]> for Pool {
    fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: it was allocated with that size, initialized, and is borrowed like `self`.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.size) }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: it was allocated with that tag, and is not used after this.
        unsafe { ExFreePoolWithTag(self.start.as_ptr().cast(), TAG) };
    }
}

/// Sends events of one device, at PASSIVE_LEVEL as in a dispatch routine.
pub struct Events(*const DEVICE_OBJECT);

// SAFETY: the pointer is only passed to the kernel, by any thread.
unsafe impl Send for Events {}
// SAFETY: as above.
unsafe impl Sync for Events {}

impl Events {
    /// # Safety
    ///
    /// The device object is one of this driver, and is not deleted while this is used.
    pub(super) unsafe fn of(object: *const DEVICE_OBJECT) -> Self {
        Self(object)
    }
}

impl EventSink for Events {
    type Memory = Pool;

    fn allocate(&self, size: usize) -> Option<Pool> {
        Pool::zeroed(size)
    }

    fn send(&self, mut event: Pool) -> Result<(), NtStatus> {
        // WMI trusts the size that the WNODE itself gives.
        let (header, _) = WnodeHeader::ref_from_prefix(event.as_mut())
            .map_err(|_| NtStatus::INVALID_PARAMETER)?;
        let size = header.buffer_size.get() as usize;
        if !(size_of::<WnodeHeader>()..=event.size).contains(&size) {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        // SAFETY: the memory is nonpaged, and holds a WNODE of that size.
        checked(unsafe { IoWMIWriteEvent(event.start.as_ptr().cast()) })?;
        // WMI frees what it has taken, and only that.
        mem::forget(event);
        Ok(())
    }

    fn provider_id(&self) -> u32 {
        // SAFETY: the device object is there.
        unsafe { IoWMIDeviceObjectToProviderId(self.0) }
    }

    fn time_stamp(&self) -> i64 {
        system_time()
    }
}
