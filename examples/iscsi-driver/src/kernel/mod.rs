//! All unsafe code of the driver: the kernel's structures and routines behind safe types.
//!
//! What one device does is a [`Device`]; this module creates it in the extension of a device
//! object, hands it the requests, and takes it down again.

mod event;
mod irp;
mod name;
mod time;

#[cfg(feature = "test-host")]
mod host;

use core::panic::PanicInfo;
use core::{ptr, slice};

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IRP};
use windows_sys::Wdk::Storage::FileSystem::DO_BUFFERED_IO;
use windows_sys::Wdk::System::SystemServices::{
    FILE_DEVICE_SECURE_OPEN, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_SYSTEM_CONTROL,
    IRP_MJ_WRITE, IoCreateDevice, IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink,
    IoWMIRegistrationControl, WMIREG_ACTION_DEREGISTER, WMIREG_ACTION_REGISTER,
};
use windows_sys::Win32::Foundation::{NTSTATUS, UNICODE_STRING};
use windows_sys::Win32::System::Ioctl::FILE_DEVICE_UNKNOWN;
use wmi_core::NtStatus;
use wmi_core::provider::{Request, Response};

use irp::Irp;

pub use event::Events;
pub(crate) use name::name;
pub use name::{Name, utf16};
pub use time::system_time;

/// What a device does.
pub trait Device: Sized + Send + Sync + 'static {
    /// The name of the device object: `\Device\..`.
    const NAME: Name;
    /// The name by which programs open it: `\DosDevices\..`.
    const LINK: Name;

    /// A device that sends its events by `events`.
    ///
    /// A kernel's stack has no room for copies of it, and the compiler makes it where it stays only
    /// if this is plain values; the rest is for `start`. The tests of the image measure it.
    fn new(events: Events) -> Self;

    /// Called once, before any request, with the path of the driver's service key in the registry.
    ///
    /// # Errors
    ///
    /// Why there can be no device.
    fn start(&mut self, registry_path: &[u16]) -> Result<(), NtStatus>;

    /// A program has written so many bytes.
    fn write(&self, length: usize) -> NtStatus;

    /// A request of WMI.
    fn wmi(&self, request: Request<'_>) -> Response;
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
    // SAFETY: the caller's.
    let loaded = unsafe { load::<crate::Initiator>(driver, registry_path) };
    loaded.err().unwrap_or(NtStatus::SUCCESS).0 as NTSTATUS
}

/// Creates the device and announces it to WMI.
///
/// # Safety
///
/// The arguments are those of `DriverEntry`, which this is called from.
unsafe fn load<D: Device>(
    driver: *mut DRIVER_OBJECT,
    registry_path: *const UNICODE_STRING,
) -> Result<(), NtStatus> {
    // SAFETY: it is a valid string during `DriverEntry`.
    let registry_path = unsafe { text(&*registry_path) };
    // SAFETY: the driver object is the kernel's, and only `DriverEntry` writes to it.
    unsafe {
        (*driver).MajorFunction[IRP_MJ_CREATE as usize] = Some(succeed);
        (*driver).MajorFunction[IRP_MJ_CLEANUP as usize] = Some(succeed);
        (*driver).MajorFunction[IRP_MJ_CLOSE as usize] = Some(succeed);
        (*driver).MajorFunction[IRP_MJ_WRITE as usize] = Some(write::<D>);
        (*driver).MajorFunction[IRP_MJ_SYSTEM_CONTROL as usize] = Some(system_control::<D>);
        (*driver).DriverUnload = Some(unload::<D>);
    }
    // SAFETY: the caller's; the device object is given to its own.
    let object = unsafe {
        let device = |object| D::new(Events::of(object));
        create(driver, D::NAME, DEVICE_TYPE, device)
    }?;
    let undo = |status| {
        // SAFETY: it was created above, and nobody has opened it while `DriverEntry` runs.
        unsafe { delete::<D>(object) };
        Err(status)
    };
    // SAFETY: `create` has made it, and nobody else uses it while `DriverEntry` runs.
    let device = unsafe { &mut *(*object).DeviceExtension.cast::<D>() };
    let started = device.start(registry_path);
    if let Err(status) = started.and_then(|()| link(D::LINK, D::NAME)) {
        return undo(status);
    }
    #[cfg(feature = "test-host")]
    // SAFETY: the caller's; the device above is the last that was created.
    if let Err(status) = unsafe { host::create(driver) } {
        unlink(D::LINK);
        return undo(status);
    }
    // SAFETY: the device object is there, and stays until it is deregistered. Where this fails, the
    // device still does what else it does.
    unsafe { IoWMIRegistrationControl(object, WMIREG_ACTION_REGISTER) };
    Ok(())
}

/// The kernel calls this before the driver is unloaded, when nobody has a device of it open.
///
/// # Safety
///
/// The argument is that of the kernel.
unsafe extern "system" fn unload<D: Device>(driver: *const DRIVER_OBJECT) {
    unlink(D::LINK);
    #[cfg(feature = "test-host")]
    // SAFETY: the caller's.
    unsafe {
        host::delete(driver);
    };
    // SAFETY: the device that `load` created is the only one left. Deregistration waits for the
    // requests of WMI that are under way, and there are no others.
    unsafe {
        let object = (*driver).DeviceObject;
        IoWMIRegistrationControl(object, WMIREG_ACTION_DEREGISTER);
        delete::<D>(object);
    }
}

/// By which a device of type `D` is told from that of the test host.
const DEVICE_TYPE: u32 = FILE_DEVICE_UNKNOWN;

/// Creates a device object, and what its extension holds. The kernel itself ends the initialization of
/// those that `DriverEntry` creates.
///
/// # Safety
///
/// `driver` is the driver object of `DriverEntry`, which this is called from.
unsafe fn create<T>(
    driver: *mut DRIVER_OBJECT,
    name: Name,
    device_type: u32,
    extension: impl FnOnce(*const DEVICE_OBJECT) -> T,
) -> Result<*mut DEVICE_OBJECT, NtStatus> {
    // The kernel aligns extensions as it does memory from its pools.
    const { assert!(align_of::<T>() <= 16 && size_of::<T>() <= 0x8000) };
    let mut object = ptr::null_mut();
    // SAFETY: all pointers are valid during the call.
    let status = unsafe {
        IoCreateDevice(
            driver,
            size_of::<T>() as u32,
            &name.unicode(),
            device_type,
            FILE_DEVICE_SECURE_OPEN,
            false,
            &mut object,
        )
    };
    checked(status)?;
    // SAFETY: the object was created, with so large an extension, and nobody else uses it before
    // `DriverEntry` returns.
    unsafe {
        (*object)
            .DeviceExtension
            .cast::<T>()
            .write(extension(object));
        (*object).Flags |= DO_BUFFERED_IO;
    }
    Ok(object)
}

/// Deletes a device object and what its extension holds.
///
/// # Safety
///
/// It comes from [`create`] with this `T`, and is no longer used.
unsafe fn delete<T>(object: *mut DEVICE_OBJECT) {
    // SAFETY: the caller's.
    unsafe {
        (*object).DeviceExtension.cast::<T>().drop_in_place();
        IoDeleteDevice(object);
    }
}

/// What a device object's extension holds, or `None` where the device is another.
///
/// # Safety
///
/// `object` comes from [`create`] in this driver, and is not deleted while the reference lives. All
/// of this type have a `T`.
unsafe fn extension<'a, T>(object: *const DEVICE_OBJECT, device_type: u32) -> Option<&'a T> {
    // SAFETY: the caller's; extensions are only written by `create`.
    unsafe {
        ((*object).DeviceType == device_type).then(|| &*(*object).DeviceExtension.cast::<T>())
    }
}

fn link(link: Name, device: Name) -> Result<(), NtStatus> {
    // SAFETY: the strings are valid during the call.
    checked(unsafe { IoCreateSymbolicLink(&link.unicode(), &device.unicode()) })
}

fn unlink(link: Name) {
    // SAFETY: the string is valid during the call. One that is not there stays so.
    unsafe { IoDeleteSymbolicLink(&link.unicode()) };
}

/// `IRP_MJ_CREATE`, `IRP_MJ_CLEANUP` and `IRP_MJ_CLOSE`.
///
/// # Safety
///
/// The arguments are those of the kernel, as in each dispatch routine.
unsafe extern "system" fn succeed(_: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the caller's.
    unsafe { Irp::new(irp) }.complete(NtStatus::SUCCESS, 0)
}

/// `IRP_MJ_WRITE`.
///
/// # Safety
///
/// As [`succeed`].
unsafe extern "system" fn write<D: Device>(
    object: *const DEVICE_OBJECT,
    irp: *mut IRP,
) -> NTSTATUS {
    // SAFETY: the caller's. A device is not deleted while a request for it is under way.
    let (irp, device) = unsafe { (Irp::new(irp), extension::<D>(object, DEVICE_TYPE)) };
    let (Some(device), Some(length)) = (device, irp.write_length()) else {
        return irp.complete(NtStatus::INVALID_DEVICE_REQUEST, 0);
    };
    let status = device.write(length);
    let written = if status.is_success() { length } else { 0 };
    irp.complete(status, written)
}

/// `IRP_MJ_SYSTEM_CONTROL`: the requests of WMI.
///
/// # Safety
///
/// As [`succeed`].
unsafe extern "system" fn system_control<D: Device>(
    object: *const DEVICE_OBJECT,
    irp: *mut IRP,
) -> NTSTATUS {
    // SAFETY: as in `write`.
    let (mut irp, device) = unsafe { (Irp::new(irp), extension::<D>(object, DEVICE_TYPE)) };
    match (device, irp.wmi(object)) {
        (Some(device), Some(request)) => {
            let response = device.wmi(request);
            irp.complete(response.status, response.information)
        }
        // It is another's, and there is no driver below that it could be.
        _ => irp.complete_unchanged(),
    }
}

/// The units of a string of the kernel.
///
/// # Safety
///
/// The string is valid.
unsafe fn text(string: &UNICODE_STRING) -> &[u16] {
    if string.Buffer.is_null() {
        return &[];
    }
    // SAFETY: the caller's.
    unsafe { slice::from_raw_parts(string.Buffer, usize::from(string.Length / 2)) }
}

fn checked(status: NTSTATUS) -> Result<(), NtStatus> {
    let status = NtStatus(status as u32);
    if status.is_success() {
        Ok(())
    } else {
        Err(status)
    }
}

/// Rust wants one, but nothing here panics: that the driver does not import `KeBugCheckEx` proves
/// it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    const MANUALLY_INITIATED_CRASH: u32 = 0xe2;
    // SAFETY: it takes any arguments, and does not return.
    unsafe { KeBugCheckEx(MANUALLY_INITIATED_CRASH, 0, 0, 0, 0) }
}

// What windows-sys does not have of `wdm.h`.
#[cfg_attr(
    windows,
    link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")
)]
unsafe extern "system" {
    fn KeBugCheckEx(code: u32, a: usize, b: usize, c: usize, d: usize) -> !;
    #[cfg(not(feature = "test-host"))]
    fn IoWMIDeviceObjectToProviderId(object: *const DEVICE_OBJECT) -> u32;
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
