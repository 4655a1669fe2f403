//! The Plug and Play manager and a bus: physical device objects, and the IRPs that devices get.

use core::ffi::c_void;
use core::mem::transmute;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IO_STACK_LOCATION, IRP};
use windows_sys::Wdk::Storage::FileSystem::DO_DEVICE_INITIALIZING;
use windows_sys::Wdk::System::SystemServices::{
    IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_SYSTEM_CONTROL, IRP_MN_QUERY_STOP_DEVICE,
    IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_STOP_DEVICE, IRP_MN_SURPRISE_REMOVAL,
    IoAllocateIrp, IoCreateDevice, IoDeleteDevice, IoFreeIrp, IofCallDriver, IofCompleteRequest,
    ObfDereferenceObject, SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_ERROR, SL_INVOKE_ON_SUCCESS,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_MORE_PROCESSING_REQUIRED, STATUS_PENDING, UNICODE_STRING,
};
use windows_sys::Win32::System::Ioctl::FILE_DEVICE_BUS_EXTENDER;
use wmi_core::NtStatus;
use wmi_core::provider::Minor;

use crate::control::{DRIVER, FORWARDED, complete, expect, violation};
use crate::memory::Buffer;
use crate::protocol::{
    STATUS_BEFORE, STEP_ADD, STEP_REMOVE, STEP_START, STEP_STOP, STEP_SURPRISE_REMOVAL, Send, Sent,
    Step,
};
use crate::{checked, wmi};

#[link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "system" {
    fn ObReferenceObjectByName(
        name: *const UNICODE_STRING,
        attributes: u32,
        access_state: *mut c_void,
        access: u32,
        kind: *mut c_void,
        mode: i8,
        context: *mut c_void,
        object: *mut *mut c_void,
    ) -> NTSTATUS;
    fn IoGetAttachedDevice(device: *mut DEVICE_OBJECT) -> *mut DEVICE_OBJECT;
    static IoDriverObjectType: *mut c_void;
}

/// The physical device object, null where there is none.
static PDO: AtomicPtr<DEVICE_OBJECT> = AtomicPtr::new(ptr::null_mut());

/// Sets the dispatch routines of physical device objects.
///
/// # Safety
///
/// The driver object is that of this module.
pub(crate) unsafe fn install(driver: *mut DRIVER_OBJECT) {
    // SAFETY: guaranteed by the caller.
    unsafe {
        (*driver).MajorFunction[IRP_MJ_PNP as usize] = Some(pnp);
        (*driver).MajorFunction[IRP_MJ_POWER as usize] = Some(pnp);
        (*driver).MajorFunction[IRP_MJ_SYSTEM_CONTROL as usize] = Some(system_control);
    }
}

/// The bus succeeds in everything.
unsafe extern "system" fn pnp(_: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the IRP is that of the dispatch routine.
    unsafe { complete(irp, NtStatus::SUCCESS, 0) }
}

/// The bus knows nothing of WMI: it completes everything as it came.
unsafe extern "system" fn system_control(_: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    FORWARDED.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the IRP is that of the dispatch routine.
    let status = unsafe { (*irp).IoStatus.Anonymous.Status };
    // SAFETY: as above; it is not used any more.
    unsafe { IofCompleteRequest(irp, 0) };
    status
}

pub(crate) fn step(step: &Step) -> Result<(), NtStatus> {
    match step.step {
        STEP_ADD => add(step),
        STEP_START => send_pnp(IRP_MN_START_DEVICE),
        STEP_STOP => {
            send_pnp(IRP_MN_QUERY_STOP_DEVICE)?;
            send_pnp(IRP_MN_STOP_DEVICE)
        }
        STEP_SURPRISE_REMOVAL => send_pnp(IRP_MN_SURPRISE_REMOVAL),
        STEP_REMOVE => {
            send_pnp(IRP_MN_REMOVE_DEVICE)?;
            let pdo = PDO.swap(ptr::null_mut(), Ordering::AcqRel);
            // SAFETY: the physical device object is this module's.
            expect(unsafe { IoGetAttachedDevice(pdo) } == pdo);
            expect(wmi::registered().is_null());
            // SAFETY: nobody is attached to it any more.
            unsafe { IoDeleteDevice(pdo) };
            Ok(())
        }
        _ => Err(NtStatus::INVALID_PARAMETER),
    }
}

/// Calls `AddDevice` of a driver with a new physical device object.
fn add(step: &Step) -> Result<(), NtStatus> {
    const PREFIX: &[u8] = b"\\Driver\\";
    let length = usize::try_from(step.length).unwrap_or(usize::MAX);
    let service = step.name.get(..length).ok_or(NtStatus::INVALID_PARAMETER)?;
    let mut name = [0; 64];
    let prefix = PREFIX.iter().map(|byte| u16::from(*byte));
    let units = prefix.chain(service.iter().copied());
    let mut count: u16 = 0;
    for (room, unit) in name.iter_mut().zip(units) {
        *room = unit;
        count += 1;
    }
    let name = UNICODE_STRING {
        Length: 2 * count,
        MaximumLength: 2 * count,
        Buffer: name.as_mut_ptr(),
    };
    let mut driver = ptr::null_mut();
    // SAFETY: all pointers are valid during the call.
    checked(unsafe {
        ObReferenceObjectByName(
            &name,
            0,
            ptr::null_mut(),
            0,
            IoDriverObjectType,
            0,
            ptr::null_mut(),
            &mut driver,
        )
    })?;
    let driver = driver.cast::<DRIVER_OBJECT>();
    let mut pdo = ptr::null_mut();
    // SAFETY: all pointers are valid during the call.
    checked(unsafe {
        IoCreateDevice(
            DRIVER.load(Ordering::Acquire),
            0,
            ptr::null(),
            FILE_DEVICE_BUS_EXTENDER,
            0,
            false,
            &mut pdo,
        )
    })?;
    // SAFETY: the object is this module's; the driver object is referenced.
    let add_device = unsafe {
        (*pdo).Flags &= !DO_DEVICE_INITIALIZING;
        (*(*driver).DriverExtension).AddDevice
    };
    let added = match add_device {
        // SAFETY: the arguments are those of `AddDevice`.
        Some(add_device) => checked(unsafe { add_device(driver, pdo) }),
        None => Err(NtStatus::NOT_SUPPORTED),
    };
    // SAFETY: the reference was taken above.
    unsafe { ObfDereferenceObject(driver.cast()) };
    match added {
        Ok(()) => {
            // SAFETY: the driver has attached a device, or the stack is this object alone.
            let top = unsafe { IoGetAttachedDevice(pdo) };
            // SAFETY: as above.
            expect(top != pdo && unsafe { (*top).Flags } & DO_DEVICE_INITIALIZING == 0);
            expect(wmi::registered().is_null());
            PDO.store(pdo, Ordering::Release);
            Ok(())
        }
        Err(status) => {
            // SAFETY: the driver has left it alone.
            unsafe { IoDeleteDevice(pdo) };
            Err(status)
        }
    }
}

fn send_pnp(minor: u32) -> Result<(), NtStatus> {
    let pdo = PDO.load(Ordering::Acquire);
    if pdo.is_null() {
        return Err(NtStatus::INVALID_DEVICE_REQUEST);
    }
    // SAFETY: the PDO is there; the parameters of these minor functions may all be zero.
    let sent = unsafe {
        call(IoGetAttachedDevice(pdo), |location| {
            location.MajorFunction = IRP_MJ_PNP as u8;
            location.MinorFunction = minor as u8;
        })
    };
    let sent = sent.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
    expect(sent.completions == 1 && sent.returned == sent.status);
    // Drivers leave what they do not know as it is; the bus has succeeded in all of these.
    checked(i32::from_ne_bytes(sent.status.to_ne_bytes()))
}

/// Sends a request of WMI to the top of the stack of the registered device.
pub(crate) fn send(send: &Send, content: &[u8]) -> Result<(Sent, Option<Buffer>), NtStatus> {
    let device = wmi::registered();
    if device.is_null() {
        return Err(NtStatus::INVALID_DEVICE_REQUEST);
    }
    let buffer = Buffer::new(send.buffer_size as usize, content);
    let buffer = buffer.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
    let minor = send.minor as u8;
    let pdo = PDO.load(Ordering::Acquire);
    let provider = if send.is_foreign == 0 { device } else { pdo };
    let data_path = if Minor::from_code(minor).is_some_and(Minor::is_registration) {
        ptr::without_provenance_mut(send.action as usize)
    } else {
        (&raw const send.guid).cast_mut().cast()
    };
    // SAFETY: the device is registered, so it is there.
    let top = unsafe { IoGetAttachedDevice(device) };
    // SAFETY: the data path and the buffer are valid until this returns.
    let sent = unsafe {
        call(top, |location| {
            location.MajorFunction = IRP_MJ_SYSTEM_CONTROL as u8;
            location.MinorFunction = minor;
            location.Parameters.WMI.ProviderId = provider.addr();
            location.Parameters.WMI.DataPath = data_path;
            location.Parameters.WMI.BufferSize = buffer.size() as u32;
            location.Parameters.WMI.Buffer = buffer.start();
        })
    };
    let mut sent = sent.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
    sent.overrun = buffer.overrun();
    if NtStatus::from_value(sent.status).is_success()
        && provider == device
        && Minor::from_code(minor).is_some_and(Minor::is_registration)
    {
        let information = usize::try_from(sent.information).unwrap_or(usize::MAX);
        let info = buffer.bytes().get(..information).unwrap_or_default();
        wmi::give_back_references(info, pdo);
    }
    Ok((sent, Some(buffer)))
}

/// Sends an IRP that `fill` fills in, and waits until it is completed. `None` without memory.
///
/// # Safety
///
/// The device is there, and the parameters are right for its driver.
unsafe fn call(
    device: *mut DEVICE_OBJECT,
    fill: impl FnOnce(&mut IO_STACK_LOCATION),
) -> Option<Sent> {
    let completions = AtomicU32::new(0);
    // SAFETY: the device is there.
    let irp = unsafe { IoAllocateIrp((*device).StackSize, false) };
    let irp = NonNull::new(irp)?.as_ptr();
    // SAFETY: the IRP has a location for the device, the next one. It is this function's again when
    // it was completed, as `completed` stops its completion.
    unsafe {
        (*irp).IoStatus.Anonymous.Status = i32::from_ne_bytes(STATUS_BEFORE.to_ne_bytes());
        (*irp).IoStatus.Information = 0;
        let overlay = (*irp).Tail.Overlay.Anonymous2.Anonymous;
        let next = &mut *overlay.CurrentStackLocation.sub(1);
        fill(next);
        next.CompletionRoutine = Some(transmute::<Completion, Bare>(completed));
        next.Context = (&raw const completions).cast_mut().cast();
        next.Control = (SL_INVOKE_ON_CANCEL | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_SUCCESS) as u8;
    }
    // SAFETY: as above.
    let returned = unsafe { IofCallDriver(device, irp) };
    if completions.load(Ordering::Acquire) == 0 {
        // None of the drivers keeps an IRP. To free it would be worse than to leave it.
        expect(returned == STATUS_PENDING);
        violation();
        return None;
    }
    // SAFETY: the IRP is this function's again.
    let sent = unsafe {
        Sent {
            returned: u32::from_ne_bytes(returned.to_ne_bytes()),
            status: u32::from_ne_bytes((*irp).IoStatus.Anonymous.Status.to_ne_bytes()),
            information: (*irp).IoStatus.Information as u64,
            completions: completions.load(Ordering::Acquire),
            overrun: 0,
            id: 0,
            padding: 0,
        }
    };
    // SAFETY: as above.
    unsafe { IoFreeIrp(irp) };
    Some(sent)
}

/// `IO_COMPLETION_ROUTINE`, which windows-sys has without its parameters.
type Completion =
    unsafe extern "system" fn(*const DEVICE_OBJECT, *const IRP, *const c_void) -> NTSTATUS;
type Bare = unsafe extern "system" fn() -> NTSTATUS;

/// The completion routine of [`call`].
///
/// # Safety
///
/// The context is that of `call`.
unsafe extern "system" fn completed(
    _: *const DEVICE_OBJECT,
    _: *const IRP,
    context: *const c_void,
) -> NTSTATUS {
    // SAFETY: `call` waits for this.
    unsafe { (*context.cast::<AtomicU32>()).fetch_add(1, Ordering::Release) };
    STATUS_MORE_PROCESSING_REQUIRED
}
