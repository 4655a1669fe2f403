//! All unsafe code of the driver: its entry, its devices, and the writes of programs. WMI's part is
//! that of `wmi-driver`, called in five places.
//!
//! The modules are files that `cargo wmi new` writes.

#[path = "../../../../wmi-core/cargo-wmi/src/new/wdm/irp.rs"]
mod irp;
#[path = "../../../../wmi-core/cargo-wmi/src/new/wdm/plug_and_play.rs"]
mod plug_and_play;
#[path = "../../../../wmi-core/cargo-wmi/src/new/runtime.rs"]
mod runtime;

use core::ptr;

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IO_STACK_LOCATION, IRP};
use windows_sys::Wdk::Storage::FileSystem::{DO_BUFFERED_IO, DO_DEVICE_INITIALIZING};
use windows_sys::Wdk::System::SystemServices::{
    FILE_DEVICE_SECURE_OPEN, IO_REMOVE_LOCK, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE,
    IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_WRITE, IoAttachDeviceToDeviceStack, IoCreateDevice,
    IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink, IoDetachDevice,
    IoInitializeRemoveLockEx,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_NO_SUCH_DEVICE, STATUS_SUCCESS, UNICODE_STRING,
};
use windows_sys::Win32::System::Ioctl::FILE_DEVICE_UNKNOWN;
use windows_sys::core::w;
use wmi_core::NtStatus;
use wmi_driver::wdm::{self, Wmi};
use wmi_driver::{RegistryPath, check_layout};

use self::irp::{Held, REMOVE_LOCK_SIZE, complete, current};
use crate::initiator::Initiator;
use crate::provider::PROVIDER;

/// The path of the driver's service key, for WMI.
pub static REGISTRY_PATH: RegistryPath = RegistryPath::new();

/// A string of the kernel from a literal.
macro_rules! unicode {
    ($text:literal) => {
        UNICODE_STRING {
            Length: 2 * $text.len() as u16,
            MaximumLength: 2 * $text.len() as u16,
            Buffer: w!($text).cast_mut(),
        }
    };
}

/// The name of the device object. There is one device at most.
const NAME: UNICODE_STRING = unicode!("\\Device\\IscsiStatistics");
/// The name by which programs open it.
const LINK: UNICODE_STRING = unicode!("\\DosDevices\\IscsiStatistics");

/// The device gets its power IRPs at `PASSIVE_LEVEL`. Source: `wdm.h`.
const DO_POWER_PAGABLE: u32 = 0x2000;

/// By which the kernel's tools tell whose remove lock it is: "iWMI", the last letter first.
const TAG: u32 = u32::from_le_bytes(*b"iWMI");

/// The content of a device extension.
#[repr(C)]
struct Extension {
    /// First, as `wmi-driver` expects it.
    initiator: Initiator,
    /// The next lower device.
    lower: *mut DEVICE_OBJECT,
    lock: IO_REMOVE_LOCK,
}

// The kernel aligns extensions as it does memory of its pools.
const _: () = assert!(align_of::<Extension>() <= 16 && size_of::<Extension>() <= 0x8000);

// The length of a write is where this parameter of WMI's requests is.
check_layout! {
    IoStackLocation = IO_STACK_LOCATION { provider_id = Parameters.Write.Length }
}

/// The kernel calls this when the driver is loaded.
///
/// # Safety
///
/// The arguments are those of the kernel.
#[unsafe(no_mangle)]
unsafe extern "system" fn DriverEntry(
    driver: *mut DRIVER_OBJECT,
    registry_path: *const UNICODE_STRING,
) -> NTSTATUS {
    // SAFETY: the driver object is the kernel's, and only `DriverEntry` writes to it.
    unsafe {
        for major in [IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE] {
            (*driver).MajorFunction[major as usize] = Some(succeed);
        }
        (*driver).MajorFunction[IRP_MJ_WRITE as usize] = Some(write);
        (*driver).MajorFunction[IRP_MJ_PNP as usize] = Some(plug_and_play::dispatch);
        (*driver).MajorFunction[IRP_MJ_POWER as usize] = Some(plug_and_play::power);
        (*(*driver).DriverExtension).AddDevice = Some(add_device);
        (*driver).DriverUnload = Some(unload);
    }
    // SAFETY: the arguments are those of `DriverEntry`.
    unsafe { REGISTRY_PATH.copy(registry_path) };
    // SAFETY: every device object of this driver begins its extension with an `Initiator`.
    unsafe { wdm::install::<Initiator>(driver) };
    STATUS_SUCCESS
}

/// The kernel calls this when the last device is gone, which have taken all with them.
unsafe extern "system" fn unload(_: *const DRIVER_OBJECT) {}

/// The Plug and Play manager calls this for each device that the driver is installed for.
///
/// # Safety
///
/// The arguments are those of the kernel.
unsafe extern "system" fn add_device(
    driver: *const DRIVER_OBJECT,
    pdo: *const DEVICE_OBJECT,
) -> NTSTATUS {
    let mut device = ptr::null_mut();
    // SAFETY: all pointers are valid during the call.
    let status = unsafe {
        IoCreateDevice(
            driver,
            size_of::<Extension>() as u32,
            &NAME,
            FILE_DEVICE_UNKNOWN,
            FILE_DEVICE_SECURE_OPEN,
            false,
            &mut device,
        )
    };
    if status < 0 {
        return status;
    }
    // SAFETY: the strings are valid during the call.
    let linked = unsafe { IoCreateSymbolicLink(&LINK, &NAME) };
    // SAFETY: the device object is the driver's, the other is that of the kernel.
    let lower = unsafe { IoAttachDeviceToDeviceStack(device, pdo) };
    if linked < 0 || lower.is_null() {
        let status = if linked < 0 {
            linked
        } else {
            STATUS_NO_SUCH_DEVICE
        };
        // SAFETY: the device object was created above, and has got no requests as it initialises.
        unsafe { take_apart(device, lower, linked >= 0) };
        return status;
    }
    // SAFETY: the device object was created with an extension of this size.
    let extension = unsafe { (*device).DeviceExtension }.cast::<Extension>();
    // SAFETY: the extension is this device's, and nobody else uses it yet.
    let lock = unsafe { &raw mut (*extension).lock };
    // SAFETY: as above.
    unsafe { IoInitializeRemoveLockEx(lock, TAG, 0, 0, REMOVE_LOCK_SIZE) };
    // SAFETY: all of these stay until the device is removed.
    let wmi = unsafe { Wmi::attached(&PROVIDER, device, lower, pdo.cast_mut(), lock) };
    // The lock is not overwritten: it is initialised once.
    // SAFETY: the extension has room for these.
    unsafe {
        (&raw mut (*extension).initiator).write(Initiator::new(wmi));
        (&raw mut (*extension).lower).write(lower);
        (*extension).initiator.log_in();
    }
    // SAFETY: from here on the device gets requests, for which all is there.
    unsafe {
        (*device).Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
        (*device).Flags &= !DO_DEVICE_INITIALIZING;
    }
    STATUS_SUCCESS
}

/// Detaches and deletes a device object, and its link.
///
/// # Safety
///
/// The objects are those of one device that is not used any more; `lower` is null where the device
/// is not attached.
unsafe fn take_apart(device: *mut DEVICE_OBJECT, lower: *mut DEVICE_OBJECT, has_link: bool) {
    // SAFETY: guaranteed by the caller.
    unsafe {
        if has_link {
            IoDeleteSymbolicLink(&LINK);
        }
        if !lower.is_null() {
            IoDetachDevice(lower);
        }
        IoDeleteDevice(device);
    }
}

/// Deletes a device object of `add_device`, with the content of its extension.
///
/// # Safety
///
/// The device is not used any more.
unsafe fn delete(device: *mut DEVICE_OBJECT, extension: *mut Extension) {
    // SAFETY: guaranteed by the caller.
    unsafe {
        (&raw mut (*extension).initiator).drop_in_place();
        take_apart(device, (*extension).lower, true);
    }
}

/// Returns the initiator of a device.
///
/// # Safety
///
/// The extension is that of a device of `add_device`, which is not deleted while the reference is in
/// use.
unsafe fn initiator<'a>(extension: *mut Extension) -> &'a Initiator {
    // SAFETY: guaranteed by the caller.
    unsafe { &(*extension).initiator }
}

/// Returns the WMI of a device.
///
/// # Safety
///
/// As for [`initiator`].
unsafe fn wmi<'a>(extension: *mut Extension) -> &'a Wmi<Initiator> {
    // SAFETY: guaranteed by the caller.
    unsafe { &initiator(extension).wmi }
}

/// `IRP_MJ_CREATE`, `IRP_MJ_CLEANUP` and `IRP_MJ_CLOSE`.
///
/// # Safety
///
/// The arguments are those of the kernel, as in each dispatch routine.
unsafe extern "system" fn succeed(_: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: guaranteed by the caller.
    unsafe { complete(irp, STATUS_SUCCESS, 0) }
}

/// `IRP_MJ_WRITE`.
///
/// # Safety
///
/// As [`succeed`].
unsafe extern "system" fn write(device: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: guaranteed by the caller.
    let held = match unsafe { Held::acquire(device, irp) } {
        Ok(held) => held,
        Err(status) => return status,
    };
    // SAFETY: the IRP is the driver's; the major function says what the parameters are.
    let length = unsafe { (*current(irp)).Parameters.Write.Length as usize };
    // SAFETY: the extension stays while the lock is held.
    let status = unsafe { initiator(held.extension()) }.write(length);
    let written = if status.is_success() { length } else { 0 };
    // SAFETY: the IRP is the driver's.
    unsafe { complete(irp, raw(status), written) }
}

/// The status as an `NTSTATUS` of C.
const fn raw(status: NtStatus) -> NTSTATUS {
    status.value() as NTSTATUS
}
