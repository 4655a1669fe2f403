//! All unsafe code of the driver: its entry, its devices, and the writes of programs. WMI's part is
//! that of `wmi-driver`, called in five places.

mod plug_and_play;

use core::panic::PanicInfo;
use core::ptr;

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IO_STACK_LOCATION, IRP};
use windows_sys::Wdk::Storage::FileSystem::{DO_BUFFERED_IO, DO_DEVICE_INITIALIZING};
use windows_sys::Wdk::System::SystemServices::{
    FILE_DEVICE_SECURE_OPEN, IO_REMOVE_LOCK, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE,
    IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_WRITE, IoAcquireRemoveLockEx, IoAttachDeviceToDeviceStack,
    IoCreateDevice, IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink, IoDetachDevice,
    IoInitializeRemoveLockEx, IoReleaseRemoveLockAndWaitEx, IoReleaseRemoveLockEx,
    IofCompleteRequest,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_NO_SUCH_DEVICE, STATUS_SUCCESS, UNICODE_STRING,
};
use windows_sys::Win32::System::Ioctl::FILE_DEVICE_UNKNOWN;
use windows_sys::core::w;
use wmi_core::NtStatus;
use wmi_driver::wdm::{self, Wmi};
use wmi_driver::{RegistryPath, check_layout};

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

const REMOVE_LOCK_SIZE: u32 = size_of::<IO_REMOVE_LOCK>() as u32;

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

// windows-sys is at the right places for what is used here.
check_layout! {
    DeviceObject = DEVICE_OBJECT {
        flags = Flags, device_extension = DeviceExtension, stack_size = StackSize,
    }
    DriverObject = DRIVER_OBJECT { device_object = DeviceObject, major_function = MajorFunction }
    Irp = IRP {
        status = IoStatus.Anonymous.Status,
        information = IoStatus.Information,
        current_location = CurrentLocation,
        current_stack_location = Tail.Overlay.Anonymous2.Anonymous.CurrentStackLocation,
    }
    IoStackLocation = IO_STACK_LOCATION {
        minor_function = MinorFunction,
        control = Control,
        provider_id = Parameters.Write.Length,
        completion_routine = CompletionRoutine,
    }
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
        unsafe { delete(device, lower, linked >= 0) };
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
unsafe fn delete(device: *mut DEVICE_OBJECT, lower: *mut DEVICE_OBJECT, has_link: bool) {
    // SAFETY: the caller's.
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

/// The extension of a device, while its remove lock is held by an IRP.
struct Held {
    extension: *mut Extension,
    tag: *const IRP,
}

impl Held {
    /// Acquires the lock, or completes the IRP.
    ///
    /// # Safety
    ///
    /// The arguments are those of a dispatch routine.
    unsafe fn acquire(device: *const DEVICE_OBJECT, irp: *mut IRP) -> Result<Self, NTSTATUS> {
        // SAFETY: the device object is one of `add_device`.
        let extension = unsafe { (*device).DeviceExtension }.cast::<Extension>();
        // SAFETY: as above.
        let lock = unsafe { &raw mut (*extension).lock };
        // SAFETY: the lock is initialised; these are the arguments of a free build.
        let status = unsafe {
            IoAcquireRemoveLockEx(lock, irp.cast(), c"".as_ptr().cast(), 1, REMOVE_LOCK_SIZE)
        };
        if status < 0 {
            // SAFETY: the IRP is the driver's.
            return Err(unsafe { complete(irp, status, 0) });
        }
        let tag = irp;
        Ok(Self { extension, tag })
    }

    fn initiator(&self) -> &Initiator {
        // SAFETY: the extension is there while the lock is held.
        unsafe { &(*self.extension).initiator }
    }

    fn lower(&self) -> *mut DEVICE_OBJECT {
        // SAFETY: as above.
        unsafe { (*self.extension).lower }
    }

    /// Releases the lock, and waits until nobody else holds it; nobody acquires it again.
    fn release_and_wait(self) -> *mut Extension {
        let (extension, tag) = (self.extension, self.tag);
        core::mem::forget(self);
        // SAFETY: the lock was acquired with this tag.
        unsafe {
            let lock = &raw mut (*extension).lock;
            IoReleaseRemoveLockAndWaitEx(lock, tag.cast(), REMOVE_LOCK_SIZE);
        }
        extension
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: the lock was acquired with this tag.
        unsafe {
            let lock = &raw mut (*self.extension).lock;
            IoReleaseRemoveLockEx(lock, self.tag.cast(), REMOVE_LOCK_SIZE);
        }
    }
}

/// Completes an IRP, and returns its status for the dispatch routine to return.
///
/// # Safety
///
/// The IRP is the driver's, which does not use it any more.
unsafe fn complete(irp: *mut IRP, status: NTSTATUS, information: usize) -> NTSTATUS {
    const IO_NO_INCREMENT: i8 = 0;
    // SAFETY: the caller's.
    unsafe {
        (*irp).IoStatus.Anonymous.Status = status;
        (*irp).IoStatus.Information = information;
        IofCompleteRequest(irp, IO_NO_INCREMENT);
    }
    status
}

/// `IRP_MJ_CREATE`, `IRP_MJ_CLEANUP` and `IRP_MJ_CLOSE`.
///
/// # Safety
///
/// The arguments are those of the kernel, as in each dispatch routine.
unsafe extern "system" fn succeed(_: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the caller's.
    unsafe { complete(irp, STATUS_SUCCESS, 0) }
}

/// `IRP_MJ_WRITE`.
///
/// # Safety
///
/// As [`succeed`].
unsafe extern "system" fn write(device: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the caller's.
    let held = match unsafe { Held::acquire(device, irp) } {
        Ok(held) => held,
        Err(status) => return status,
    };
    // SAFETY: the IRP is the driver's; the major function says what the parameters are.
    let length = unsafe {
        let overlay = (*irp).Tail.Overlay.Anonymous2.Anonymous;
        (*overlay.CurrentStackLocation).Parameters.Write.Length as usize
    };
    let status = held.initiator().write(length);
    let written = if status.is_success() { length } else { 0 };
    // SAFETY: the IRP is the driver's.
    unsafe { complete(irp, raw(status), written) }
}

/// The status as an `NTSTATUS` of C.
const fn raw(status: NtStatus) -> NTSTATUS {
    status.value() as NTSTATUS
}

/// Rust wants one, but nothing here panics: that the driver does not import `KeBugCheckEx` proves
/// it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    const MANUALLY_INITIATED_CRASH: u32 = 0xe2;
    // SAFETY: it takes any arguments, and does not return.
    unsafe { KeBugCheckEx(MANUALLY_INITIATED_CRASH, 0, 0, 0, 0) }
}

#[cfg_attr(
    windows,
    link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")
)]
unsafe extern "system" {
    fn KeBugCheckEx(code: u32, a: usize, b: usize, c: usize, d: usize) -> !;
}

// What the compiler itself calls is the kernel's, so that no library of C is needed. There is no
// `__chkstk`: Microsoft's linker then refuses frames of more than a page.
#[expect(dead_code, reason = "no code here calls them")]
#[cfg_attr(
    windows,
    link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")
)]
unsafe extern "C" {
    fn memcmp();
    fn memcpy();
    fn memmove();
    fn memset();
}
