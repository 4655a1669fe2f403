//! The routines of WMI that `ntoskrnl.exe` of Wine lacks, or has as stubs.

use core::ffi::c_void;
use core::mem::offset_of;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use windows_sys::Wdk::Foundation::DEVICE_OBJECT;
use windows_sys::Wdk::System::SystemServices::{
    ObfDereferenceObject, WMIREG_ACTION_DEREGISTER, WMIREG_ACTION_REGISTER,
    WMIREG_ACTION_UPDATE_GUIDS,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER, STATUS_SUCCESS,
};
use wmi_core::wnode::flags::WMIREG_FLAG_INSTANCE_PDO;
use wmi_core::wnode::{WmiRegGuid, WmiRegInfo};

use crate::control::violation;
use crate::memory::Pool;
use crate::protocol::{EVENT_SLOTS, PROVIDER_ID, State};

/// The device that is registered, null where none is.
static REGISTERED: AtomicPtr<DEVICE_OBJECT> = AtomicPtr::new(ptr::null_mut());

static REGISTRATIONS: AtomicU32 = AtomicU32::new(0);
static DEREGISTRATIONS: AtomicU32 = AtomicU32::new(0);
static UPDATES: AtomicU32 = AtomicU32::new(0);
static REFERENCES: AtomicU32 = AtomicU32::new(0);
static LOST: AtomicU32 = AtomicU32::new(0);

/// The events that nobody has taken yet, in a ring.
static EVENTS: [AtomicPtr<c_void>; EVENT_SLOTS] =
    [const { AtomicPtr::new(ptr::null_mut()) }; EVENT_SLOTS];
/// How many there were.
static WRITTEN: AtomicUsize = AtomicUsize::new(0);
/// How many were taken.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// The device that WMI sends its requests to.
pub(crate) fn registered() -> *mut DEVICE_OBJECT {
    REGISTERED.load(Ordering::Acquire)
}

pub(crate) fn state() -> State {
    State {
        registered: REGISTRATIONS.load(Ordering::Relaxed),
        deregistered: DEREGISTRATIONS.load(Ordering::Relaxed),
        updated: UPDATES.load(Ordering::Relaxed),
        references: REFERENCES.load(Ordering::Relaxed),
        lost_events: LOST.load(Ordering::Relaxed),
        ..State::default()
    }
}

/// The framework has registered a device, or deregistered it.
#[cfg(feature = "framework")]
pub(crate) fn registered_by_framework(is_registered: bool) {
    let count = if is_registered {
        &REGISTRATIONS
    } else {
        &DEREGISTRATIONS
    };
    count.fetch_add(1, Ordering::Relaxed);
}

/// A driver asks WMI to ask for its registration again.
pub(crate) fn updated() {
    UPDATES.fetch_add(1, Ordering::Relaxed);
}

/// `IoWMIRegistrationControl`. The test program asks for the registration itself.
#[unsafe(no_mangle)]
extern "system" fn IoWMIRegistrationControl(device: *mut DEVICE_OBJECT, action: u32) -> NTSTATUS {
    match action {
        WMIREG_ACTION_REGISTER => {
            if !REGISTERED.swap(device, Ordering::AcqRel).is_null() {
                violation();
            }
            REGISTRATIONS.fetch_add(1, Ordering::Relaxed);
        }
        WMIREG_ACTION_DEREGISTER => {
            if REGISTERED.swap(ptr::null_mut(), Ordering::AcqRel) != device {
                violation();
            }
            DEREGISTRATIONS.fetch_add(1, Ordering::Relaxed);
        }
        WMIREG_ACTION_UPDATE_GUIDS => {
            if registered() != device {
                violation();
            }
            updated();
        }
        _ => return STATUS_INVALID_PARAMETER,
    }
    STATUS_SUCCESS
}

/// `IoWMIWriteEvent`: takes the memory over, but only on success.
#[unsafe(no_mangle)]
extern "system" fn IoWMIWriteEvent(wnode: *mut c_void) -> NTSTATUS {
    let number = WRITTEN.load(Ordering::Relaxed);
    let slot = &EVENTS[number % EVENT_SLOTS];
    if slot
        .compare_exchange(ptr::null_mut(), wnode, Ordering::AcqRel, Ordering::Relaxed)
        .is_err()
    {
        LOST.fetch_add(1, Ordering::Relaxed);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    WRITTEN.store(number.wrapping_add(1), Ordering::Relaxed);
    STATUS_SUCCESS
}

/// `IoWMIDeviceObjectToProviderId`.
#[unsafe(no_mangle)]
extern "system" fn IoWMIDeviceObjectToProviderId(_: *const DEVICE_OBJECT) -> u32 {
    PROVIDER_ID
}

/// Takes the oldest event.
pub(crate) fn next_event() -> Option<Pool> {
    let number = TAKEN.load(Ordering::Relaxed);
    let slot = &EVENTS[number % EVENT_SLOTS];
    let wnode = NonNull::new(slot.swap(ptr::null_mut(), Ordering::AcqRel))?.cast::<u8>();
    TAKEN.store(number.wrapping_add(1), Ordering::Relaxed);
    // SAFETY: a WNODE begins with its `BufferSize`.
    let size = unsafe { wnode.cast::<u32>().read_unaligned() } as usize;
    // SAFETY: the memory was taken over, and has at least this size.
    Some(unsafe { Pool::from_raw(wnode, size) })
}

/// Copies an event that is only lent, as the port driver does.
pub(crate) fn copy_event(wnode: &[u8]) {
    let Some(mut copy) = Pool::filled(wnode.len(), 0) else {
        return;
    };
    copy.bytes_mut().copy_from_slice(wnode);
    if IoWMIWriteEvent(copy.as_ptr()) == STATUS_SUCCESS {
        core::mem::forget(copy);
    }
}

/// Notes an event that is dropped.
pub(crate) fn lose_event() {
    LOST.fetch_add(1, Ordering::Relaxed);
}

/// Gives back the references on physical device objects that a `WMIREGINFO` brings.
pub(crate) fn give_back_references(info: &[u8], pdo: *mut DEVICE_OBJECT) {
    let number = |bytes: &[u8], place: usize| {
        let bytes = bytes.get(place..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    };
    let count = number(info, offset_of!(WmiRegInfo, guid_count)) as usize;
    let entries = info.get(WmiRegInfo::GUIDS_OFFSET..).unwrap_or_default();
    for entry in entries.chunks_exact(size_of::<WmiRegGuid>()).take(count) {
        if number(entry, offset_of!(WmiRegGuid, flags)) & WMIREG_FLAG_INSTANCE_PDO == 0 {
            continue;
        }
        let named = entry.get(offset_of!(WmiRegGuid, instance_info)..);
        let named = named.and_then(|bytes| bytes.first_chunk());
        if named.map(|bytes| usize::from_le_bytes(*bytes)) != Some(pdo.addr()) {
            violation();
            continue;
        }
        REFERENCES.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the driver has taken the reference for the receiver of this registration.
        unsafe { ObfDereferenceObject(pdo.cast()) };
    }
}
