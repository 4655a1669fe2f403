//! All unsafe code of the driver: its entry and its devices.

mod irp;
mod plug_and_play;
mod runtime;

use core::ptr;

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IRP};
use windows_sys::Wdk::Storage::FileSystem::DO_DEVICE_INITIALIZING;
use windows_sys::Wdk::System::SystemServices::{
    FILE_DEVICE_SECURE_OPEN, IO_REMOVE_LOCK, IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_SYSTEM_CONTROL,
    IoAttachDeviceToDeviceStack, IoCreateDevice, IoDeleteDevice, IoDetachDevice,
    IoInitializeRemoveLockEx,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_NO_SUCH_DEVICE, STATUS_SUCCESS, UNICODE_STRING,
};
use windows_sys::Win32::System::Ioctl::FILE_DEVICE_UNKNOWN;
use wmi_core::wnode::Target;
use wmi_driver::RegistryPath;
use wmi_driver::wdm::Wmi;

use self::irp::REMOVE_LOCK_SIZE;
use {{crate}}::provider::{Device, PROVIDER};

/// The path of the driver's service key, by which WMI finds the image with the binary MOF.
static REGISTRY_PATH: RegistryPath = RegistryPath::new();

/// The device gets its power IRPs at `PASSIVE_LEVEL`. Source: `wdm.h`.
const DO_POWER_PAGABLE: u32 = 0x2000;

/// The tag of the remove lock, for Driver Verifier and the debugger.
const TAG: u32 = u32::from_le_bytes(*b"imWR");

/// The content of a device extension.
struct Extension {
    device: Device,
    wmi: Wmi<Device>,
    /// The next lower device.
    lower: *mut DEVICE_OBJECT,
    lock: IO_REMOVE_LOCK,
}

// The kernel aligns extensions like memory of its pools.
const _: () = assert!(align_of::<Extension>() <= 16 && size_of::<Extension>() <= 0x8000);

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
        (*driver).MajorFunction[IRP_MJ_PNP as usize] = Some(plug_and_play::dispatch);
        (*driver).MajorFunction[IRP_MJ_POWER as usize] = Some(plug_and_play::power);
        (*driver).MajorFunction[IRP_MJ_SYSTEM_CONTROL as usize] = Some(system_control);
        (*(*driver).DriverExtension).AddDevice = Some(add_device);
        (*driver).DriverUnload = Some(unload);
    }
    // SAFETY: the argument is that of `DriverEntry`.
    unsafe { REGISTRY_PATH.copy(registry_path) };
    STATUS_SUCCESS
}

/// The kernel calls this after the last device was removed. There is nothing left to free.
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
            ptr::null(),
            FILE_DEVICE_UNKNOWN,
            FILE_DEVICE_SECURE_OPEN,
            false,
            &mut device,
        )
    };
    if status < 0 {
        return status;
    }
    // SAFETY: the device object is the driver's, the other is the kernel's.
    let lower = unsafe { IoAttachDeviceToDeviceStack(device, pdo) };
    if lower.is_null() {
        // SAFETY: the device object was created above and is not attached.
        unsafe { IoDeleteDevice(device) };
        return STATUS_NO_SUCH_DEVICE;
    }
    // SAFETY: the device object was created with an extension of this size.
    let extension = unsafe { (*device).DeviceExtension }.cast::<Extension>();
    // SAFETY: the extension is this device's, and nobody else uses it yet.
    let lock = unsafe { &raw mut (*extension).lock };
    // SAFETY: as above.
    unsafe { IoInitializeRemoveLockEx(lock, TAG, 0, 0, REMOVE_LOCK_SIZE) };
    // SAFETY: all of these stay until the device is removed.
    let wmi = unsafe { Wmi::attached(&PROVIDER, device, lower, pdo.cast_mut(), lock) };
    let content = Device::idle(wmi.pdo(), REGISTRY_PATH.units());
    // The lock is initialised already.
    // SAFETY: the extension has room for these.
    unsafe {
        (&raw mut (*extension).device).write(content);
        (&raw mut (*extension).wmi).write(wmi);
        (&raw mut (*extension).lower).write(lower);
    }
    // SAFETY: from here on the device gets requests, and its extension is complete.
    unsafe {
        (*device).Flags |= DO_POWER_PAGABLE;
        (*device).Flags &= !DO_DEVICE_INITIALIZING;
    }
    STATUS_SUCCESS
}

/// Returns the WMI of a device.
///
/// # Safety
///
/// The extension is that of a device that `add_device` has created, and is not deleted while the
/// reference is in use.
unsafe fn wmi<'a>(extension: *mut Extension) -> &'a Wmi<Device> {
    // SAFETY: guaranteed by the caller.
    unsafe { &(*extension).wmi }
}

/// Detaches and deletes a device object, with the content of its extension.
///
/// # Safety
///
/// The device is not used any more.
unsafe fn delete(device: *mut DEVICE_OBJECT, extension: *mut Extension) {
    // SAFETY: guaranteed by the caller.
    unsafe {
        IoDetachDevice((*extension).lower);
        (&raw mut (*extension).wmi).drop_in_place();
        (&raw mut (*extension).device).drop_in_place();
        IoDeleteDevice(device);
    }
}

/// `IRP_MJ_SYSTEM_CONTROL`. The driver counts these requests, in place of work of its own.
///
/// # Safety
///
/// The arguments are those of the kernel.
unsafe extern "system" fn system_control(device: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the device object is one of `add_device`.
    let extension = unsafe { (*device).DeviceExtension }.cast::<Extension>();
    // SAFETY: the extension exists until the IRP is completed.
    let (own, wmi) = unsafe { (&(*extension).device, wmi(extension)) };
    if let Some(event) = own.count_request() {
        // There is nobody to tell of a failure, and WMI drops events when its queue is full.
        let _ = own.limit_exceeded.send(wmi, Target::Static(0), &event);
    }
    // SAFETY: the IRP is the kernel's, and the device's data lives as long as its WMI.
    unsafe { Wmi::dispatch(wmi, own, irp) }
}
