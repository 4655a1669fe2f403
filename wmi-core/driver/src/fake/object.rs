//! Driver objects, device objects and remove locks of the fake kernel.

use core::ffi::c_void;
use core::ptr;
use std::vec::Vec;

use wmi_core::NtStatus;

use super::state::{DeviceRecord, LockRecord, Memory, State};
use super::{Irql, Kernel};
use crate::layout::{DeviceObject, DriverObject, REMOVE_LOCK_SIZES};
use crate::status::DELETE_PENDING;

/// Bytes of a `DEVICE_OBJECT`.
const DEVICE_OBJECT_SIZE: usize = if cfg!(target_pointer_width = "64") {
    336
} else {
    184
};

/// `IO_TYPE_DEVICE`.
const IO_TYPE_DEVICE: i16 = 3;

/// A driver object of the fake kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Driver(*mut DriverObject);

// SAFETY: this is an address; the fake kernel looks up the object by it.
unsafe impl Send for Driver {}
// SAFETY: as above.
unsafe impl Sync for Driver {}

impl Driver {
    /// Returns the `DRIVER_OBJECT`, as `DriverEntry` gets it.
    #[must_use]
    pub const fn as_ptr(self) -> *mut c_void {
        self.0.cast()
    }
}

/// A device object of the fake kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WdmDevice(pub(super) *mut DeviceObject);

// SAFETY: this is an address; the fake kernel looks up the object by it.
unsafe impl Send for WdmDevice {}
// SAFETY: as above.
unsafe impl Sync for WdmDevice {}

impl WdmDevice {
    /// Returns the `DEVICE_OBJECT`.
    #[must_use]
    pub const fn as_ptr(self) -> *mut c_void {
        self.0.cast()
    }

    /// Returns the device extension.
    ///
    /// # Panics
    ///
    /// If the device has been deleted.
    #[must_use]
    pub fn extension<T>(self) -> *mut T {
        super::current()
            .lock()
            .devices
            .get(&self.address())
            .expect("the device is not deleted")
            .extension
            .start
            .cast()
    }

    pub(super) fn address(self) -> usize {
        self.0.addr()
    }
}

impl Kernel {
    /// Creates a driver object without dispatch routines.
    #[must_use]
    pub fn load_driver(&self) -> Driver {
        let memory = Memory::zeroed(size_of::<DriverObject>());
        self.shared.lock().drivers.push(memory);
        Driver(memory.start.cast())
    }

    /// `IoCreateDevice`: creates a device object with a zeroed extension for an `E`.
    #[must_use]
    pub fn create_device<E>(&self, driver: Driver) -> WdmDevice {
        self.create(driver.0, size_of::<E>())
    }

    /// Creates the physical device object of a bus, which completes all WMI requests unchanged.
    #[must_use]
    pub fn create_pdo(&self) -> WdmDevice {
        self.create(ptr::null_mut(), 0)
    }

    fn create(&self, driver: *mut DriverObject, extension: usize) -> WdmDevice {
        let object = Memory::zeroed(DEVICE_OBJECT_SIZE);
        let extension = Memory::zeroed(extension);
        let device = object.start.cast::<DeviceObject>();
        // SAFETY: the object has just been allocated.
        unsafe { (*device).kind = IO_TYPE_DEVICE };
        // SAFETY: as above.
        unsafe { (*device).driver_object = driver };
        // SAFETY: as above.
        unsafe { (*device).device_extension = extension.start.cast() };
        // SAFETY: as above.
        unsafe { (*device).stack_size = 1 };
        let mut state = self.shared.lock();
        let provider_id = u32::try_from(state.devices.len()).expect("there are few") + 1;
        let record = DeviceRecord {
            object,
            extension,
            lower: 0,
            upper: 0,
            has_driver: !driver.is_null(),
            is_registered: false,
            was_detached: false,
            references: 0,
            outstanding: 0,
            provider_id,
            registration: None,
        };
        state.devices.insert(object.address(), record);
        WdmDevice(device)
    }

    /// `IoAttachDeviceToDeviceStack`: attaches a device and returns the next lower device.
    pub fn attach(&self, device: WdmDevice, target: WdmDevice) -> WdmDevice {
        let mut state = self.shared.lock();
        let lower = state.top(target.address());
        state.device(lower).upper = device.address();
        state.device(device.address()).lower = lower;
        state.device(device.address()).was_detached = false;
        let lower = WdmDevice(state.device(lower).object.start.cast());
        // SAFETY: the kernel has the object.
        let below = unsafe { (*lower.0).stack_size };
        // SAFETY: as above.
        unsafe { (*device.0).stack_size = below + 1 };
        lower
    }

    /// `IoDetachDevice`: detaches the device above `lower`.
    pub fn detach(&self, lower: WdmDevice) {
        let mut state = self.shared.lock();
        let upper = core::mem::take(&mut state.device(lower.address()).upper);
        if upper != 0 {
            state.device(upper).lower = 0;
            state.device(upper).was_detached = true;
        }
    }

    /// `IoDeleteDevice`: deletes a device object.
    ///
    /// The content of the extension is not dropped.
    pub fn delete_device(&self, device: WdmDevice) {
        let mut state = self.shared.lock();
        let Some(record) = state.devices.remove(&device.address()) else {
            state.bug_check(0xc4, 0xdb, "a device object is deleted twice");
            return;
        };
        if record.is_registered {
            state.bug_check(
                0xc4,
                0xdb,
                "a device object is deleted while registered with WMI",
            );
        }
        if record.lower != 0 {
            state.bug_check(0xc9, 0x21d, "a device object is deleted while attached");
        }
        if record.references != 0 {
            state.bug_check(0x18, 0, "a device object is deleted while it is referenced");
        }
        let extension = record.extension;
        let end = extension.address() + extension.size;
        let inside = extension.address()..end;
        state.locks.retain(|lock, _| !inside.contains(lock));
        record.object.free();
        extension.free();
    }

    /// `IoInitializeRemoveLock`: initialises a lock of a free build's size.
    ///
    /// # Safety
    ///
    /// `lock` lies in the extension of a device, and has that size.
    pub unsafe fn initialize_remove_lock(&self, lock: *mut impl Sized) {
        let mut state = self.shared.lock();
        state.limit(Irql::Passive, "IoInitializeRemoveLock above PASSIVE_LEVEL");
        let size = REMOVE_LOCK_SIZES[0];
        // SAFETY: guaranteed by the caller.
        unsafe { lock.cast::<u8>().write_bytes(0, size) };
        let record = LockRecord {
            size: u32::try_from(size).expect("it is small"),
            tags: Vec::new(),
            is_removed: false,
        };
        if state.locks.insert(lock.addr(), record).is_some() {
            state.bug_check(0xc4, 0xd7, "a remove lock is initialised again");
        }
    }

    /// `IoAcquireRemoveLock`: acquires a remove lock.
    ///
    /// # Errors
    ///
    /// `STATUS_DELETE_PENDING` if the device is being removed.
    pub fn acquire_remove_lock<L, T>(&self, lock: *mut L, tag: *mut T) -> Result<(), NtStatus> {
        let size = u32::try_from(REMOVE_LOCK_SIZES[0]).expect("it is small");
        self.shared
            .lock()
            .acquire_remove_lock(lock.cast(), tag.addr(), size)
    }

    /// `IoReleaseRemoveLockAndWait`: releases a remove lock and waits until all others have
    /// released it.
    pub fn release_remove_lock_and_wait<L, T>(&self, lock: *mut L, tag: *mut T) {
        let size = u32::try_from(REMOVE_LOCK_SIZES[0]).expect("it is small");
        let mut state = self.shared.lock();
        state.limit(
            Irql::Passive,
            "IoReleaseRemoveLockAndWait above PASSIVE_LEVEL",
        );
        state.release_remove_lock(lock.cast(), tag.addr(), size, 0xd6);
        loop {
            match state.locks.get_mut(&lock.addr()) {
                Some(record) if !record.tags.is_empty() => record.is_removed = true,
                Some(record) => {
                    record.is_removed = true;
                    return;
                }
                None => return,
            }
            state = self.shared.wait(state);
        }
    }
}

impl State {
    pub(super) fn device(&mut self, address: usize) -> &mut DeviceRecord {
        self.devices
            .get_mut(&address)
            .expect("the device is not deleted")
    }

    pub(super) fn acquire_remove_lock(
        &mut self,
        lock: *mut c_void,
        tag: usize,
        size: u32,
    ) -> Result<(), NtStatus> {
        self.limit(Irql::Dispatch, "IoAcquireRemoveLock above DISPATCH_LEVEL");
        let Some(record) = self.locks.get_mut(&lock.addr()) else {
            self.bug_check(0xc4, 0xd5, "a remove lock is not initialised");
            return Err(DELETE_PENDING);
        };
        if record.size != size {
            self.bug_check(
                0xc4,
                0xd5,
                "a remove lock is used with a size other than that of its initialisation",
            );
            return Err(DELETE_PENDING);
        }
        if record.is_removed {
            return Err(DELETE_PENDING);
        }
        record.tags.push(tag);
        count(lock, record.tags.len());
        Ok(())
    }

    pub(super) fn release_remove_lock(
        &mut self,
        lock: *mut c_void,
        tag: usize,
        size: u32,
        parameter: u32,
    ) {
        self.limit(Irql::Dispatch, "IoReleaseRemoveLock above DISPATCH_LEVEL");
        let held = self.locks.get_mut(&lock.addr());
        let held = held.filter(|record| record.size == size);
        match held.and_then(|record| {
            let place = record.tags.iter().position(|held| *held == tag)?;
            record.tags.swap_remove(place);
            Some(record.tags.len())
        }) {
            Some(left) => count(lock, left),
            None => self.bug_check(0xc4, parameter, "a remove lock is not held with this tag"),
        }
    }
}

/// Writes `IoCount`, so that Miri detects a lock that no longer exists.
fn count(lock: *mut c_void, held: usize) {
    let count = lock.wrapping_byte_add(4).cast::<i32>();
    // SAFETY: the lock lies in the extension of a device; otherwise Miri reports it.
    unsafe { count.write_unaligned(i32::try_from(held).unwrap_or(i32::MAX)) };
}
