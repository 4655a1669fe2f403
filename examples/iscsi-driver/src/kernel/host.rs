//! The test host: a second device that plays the kernel's WMI, where there is none.
//!
//! It sends the driver requests as the kernel does, in IRPs of their own, and keeps the events that
//! the driver sends. Its control codes are those of [`protocol`](crate::protocol). One program at a
//! time may use it.

use core::ffi::c_void;
use core::mem;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IRP};
use windows_sys::Wdk::System::SystemServices::{
    IRP_MJ_DEVICE_CONTROL, IRP_MJ_SYSTEM_CONTROL, IoAllocateIrp, IoFreeIrp, IofCallDriver,
    SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_ERROR, SL_INVOKE_ON_SUCCESS,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_INSUFFICIENT_RESOURCES, STATUS_MORE_PROCESSING_REQUIRED, STATUS_SUCCESS,
};
use wmi_core::NtStatus;
use wmi_core::provider::Minor;
use zerocopy::{FromBytes, IntoBytes};

use super::event::Pool;
use super::irp::{Control, Irp};
use super::{Name, link, name, unlink};
use crate::protocol::{
    EVENT_SLOTS, IOCTL_NEXT_EVENT, IOCTL_SEND, PROVIDER_ID, STATUS_BEFORE, Send, Sent,
};

const NAME: Name = name!("\\Device\\IscsiStatisticsHost");
const LINK: Name = name!("\\DosDevices\\IscsiStatisticsHost");
/// Of the range that is free for all.
const DEVICE_TYPE: u32 = 0x8000;

/// What lies behind the buffer of a request, where nobody may write.
const GUARD: [u8; 64] = [0xa5; 64];

/// The device of the test host.
struct Host {
    /// The device that it sends requests to.
    target: *const DEVICE_OBJECT,
}

/// Creates the test host, for the device of the driver that was created last.
///
/// # Safety
///
/// `driver` is the driver object of `DriverEntry`, which this is called from.
pub(super) unsafe fn create(driver: *mut DRIVER_OBJECT) -> Result<(), NtStatus> {
    // SAFETY: the caller's.
    let object = unsafe {
        let target = (*driver).DeviceObject;
        (*driver).MajorFunction[IRP_MJ_DEVICE_CONTROL as usize] = Some(device_control);
        super::create(driver, NAME, DEVICE_TYPE, |_| Host { target })?
    };
    if let Err(status) = link(LINK, NAME) {
        // SAFETY: it was created above, and nobody has opened it while `DriverEntry` runs.
        unsafe { super::delete::<Host>(object) };
        return Err(status);
    }
    Ok(())
}

/// Deletes the test host, and the events that nobody took.
///
/// # Safety
///
/// The driver, whose driver object this is, is about to be unloaded.
pub(super) unsafe fn delete(driver: *const DRIVER_OBJECT) {
    unlink(LINK);
    while next_event().is_some() {}
    // SAFETY: the test host is the device that was created last, and nobody has it open.
    unsafe { super::delete::<Host>((*driver).DeviceObject) };
}

/// `IRP_MJ_DEVICE_CONTROL`.
///
/// # Safety
///
/// The arguments are those of the kernel.
unsafe extern "system" fn device_control(object: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the caller's. A device is not deleted while a request for it is under way.
    let (mut irp, host) = unsafe {
        let host = super::extension::<Host>(object, DEVICE_TYPE);
        (Irp::new(irp), host)
    };
    let Some(host) = host else {
        return irp.complete(NtStatus::INVALID_DEVICE_REQUEST, 0);
    };
    let done = match irp.device_control() {
        Some(control) if control.code == IOCTL_SEND => host.send(object, control),
        Some(control) if control.code == IOCTL_NEXT_EVENT => give_event(control),
        _ => Err(NtStatus::INVALID_DEVICE_REQUEST),
    };
    match done {
        Ok(information) => irp.complete(NtStatus::SUCCESS, information),
        Err(status) => irp.complete(status, 0),
    }
}

impl Host {
    /// Sends the request that is the input, and puts out what became of it.
    fn send(&self, own: *const DEVICE_OBJECT, control: Control<'_>) -> Result<usize, NtStatus> {
        let input = control.buffer.get(..control.input).unwrap_or_default();
        let (request, content) =
            Send::read_from_prefix(input).map_err(|_| NtStatus::INVALID_PARAMETER)?;
        let size = request.buffer_size as usize;
        let mut pool = Pool::zeroed(size + GUARD.len()).ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        let (buffer, guard) = pool.as_mut().split_at_mut(size);
        let content = content.get(..size).unwrap_or(content);
        buffer[..content.len()].copy_from_slice(content);
        guard.copy_from_slice(&GUARD);

        let minor = u8::try_from(request.minor).map_err(|_| NtStatus::INVALID_PARAMETER)?;
        let is_registration = Minor::from_code(minor).is_some_and(Minor::is_registration);
        let provider = if request.is_foreign == 0 {
            self.target
        } else {
            own
        };
        let data_path = if is_registration {
            ptr::without_provenance_mut(request.action as usize)
        } else {
            (&raw const request.guid).cast_mut().cast()
        };
        // SAFETY: the target is the driver's own device, which stays as long as this one; what the
        // data path points to stays until this returns.
        let mut sent = unsafe { call(self.target, minor, provider, data_path, buffer) }
            .ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        let (buffer, guard) = pool.as_mut().split_at_mut(size);
        sent.overrun = guard
            .iter()
            .zip(&GUARD)
            .filter(|(now, was)| now != was)
            .count() as u32;
        put_out(control, &[sent.as_bytes(), buffer])
    }
}

/// Copies the parts into the output, and returns how many bytes they have.
fn put_out(control: Control<'_>, parts: &[&[u8]]) -> Result<usize, NtStatus> {
    let mut rest = control.buffer.get_mut(..control.output).unwrap_or_default();
    let mut size = 0;
    for part in parts {
        let (room, after) = rest
            .split_at_mut_checked(part.len())
            .ok_or(NtStatus::BUFFER_TOO_SMALL)?;
        room.copy_from_slice(part);
        rest = after;
        size += part.len();
    }
    Ok(size)
}

/// Sends a request of WMI in an IRP of its own. `None` where there is no memory.
///
/// # Safety
///
/// The target is a device that stays; the data path is right for the minor function.
unsafe fn call(
    target: *const DEVICE_OBJECT,
    minor: u8,
    provider: *const DEVICE_OBJECT,
    data_path: *mut c_void,
    buffer: &mut [u8],
) -> Option<Sent> {
    let completions = AtomicU32::new(0);
    // SAFETY: the target is a device. The IRP has a location of its stack for it, the next one. It
    // is this function's again when it was completed, as `completed` stops its completion, and the
    // driver completes each before it returns.
    unsafe {
        let irp = NonNull::new(IoAllocateIrp((*target).StackSize, false))?.as_ptr();
        (*irp).IoStatus.Anonymous.Status = STATUS_BEFORE as NTSTATUS;
        (*irp).IoStatus.Information = 0;
        let next = (*irp)
            .Tail
            .Overlay
            .Anonymous2
            .Anonymous
            .CurrentStackLocation
            .sub(1);
        (*next).MajorFunction = IRP_MJ_SYSTEM_CONTROL as u8;
        (*next).MinorFunction = minor;
        (*next).Parameters.WMI.ProviderId = provider.addr();
        (*next).Parameters.WMI.DataPath = data_path;
        (*next).Parameters.WMI.BufferSize = buffer.len() as u32;
        (*next).Parameters.WMI.Buffer = buffer.as_mut_ptr().cast();
        (*next).CompletionRoutine = Some(mem::transmute::<Completion, Bare>(completed));
        (*next).Context = (&raw const completions).cast_mut().cast();
        (*next).Control = (SL_INVOKE_ON_CANCEL | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_SUCCESS) as u8;
        let returned = IofCallDriver(target, irp);
        let sent = Sent {
            returned: returned as u32,
            status: (*irp).IoStatus.Anonymous.Status as u32,
            information: (*irp).IoStatus.Information as u64,
            completions: completions.load(Ordering::Acquire),
            overrun: 0,
        };
        IoFreeIrp(irp);
        Some(sent)
    }
}

/// `IO_COMPLETION_ROUTINE`, which windows-sys has without its parameters.
type Completion =
    unsafe extern "system" fn(*const DEVICE_OBJECT, *const IRP, *const c_void) -> NTSTATUS;
type Bare = unsafe extern "system" fn() -> NTSTATUS;

/// The completion routine of [`call`]'s IRPs.
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

/// The events that nobody has taken yet, in a ring.
static EVENTS: [AtomicPtr<c_void>; EVENT_SLOTS] =
    [const { AtomicPtr::new(ptr::null_mut()) }; EVENT_SLOTS];
/// How many there were.
static WRITTEN: AtomicUsize = AtomicUsize::new(0);
/// How many were taken.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// Does as `IoWMIWriteEvent`: takes the memory over, but only on success.
///
/// # Safety
///
/// The WNODE comes from [`Pool`], and is as large as its `BufferSize` says.
#[expect(non_snake_case, reason = "named as the kernel's")]
pub(super) unsafe fn IoWMIWriteEvent(wnode: *mut c_void) -> NTSTATUS {
    let at = WRITTEN.load(Ordering::Relaxed);
    let slot = &EVENTS[at % EVENT_SLOTS];
    if slot
        .compare_exchange(ptr::null_mut(), wnode, Ordering::AcqRel, Ordering::Relaxed)
        .is_err()
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    WRITTEN.store(at.wrapping_add(1), Ordering::Relaxed);
    STATUS_SUCCESS
}

/// Does as `IoWMIDeviceObjectToProviderId`.
#[expect(non_snake_case, reason = "named as the kernel's")]
pub(super) unsafe fn IoWMIDeviceObjectToProviderId(_: *const DEVICE_OBJECT) -> u32 {
    PROVIDER_ID
}

/// The oldest event.
fn next_event() -> Option<Pool> {
    let at = TAKEN.load(Ordering::Relaxed);
    let slot = &EVENTS[at % EVENT_SLOTS];
    let wnode = NonNull::new(slot.swap(ptr::null_mut(), Ordering::AcqRel))?.cast::<u8>();
    TAKEN.store(at.wrapping_add(1), Ordering::Relaxed);
    // SAFETY: `IoWMIWriteEvent` has taken it over, and it starts with its `BufferSize`.
    Some(unsafe { Pool::from_raw(wnode, wnode.cast::<u32>().read() as usize) })
}

/// Puts out the oldest event.
fn give_event(control: Control<'_>) -> Result<usize, NtStatus> {
    match next_event() {
        Some(mut event) => put_out(control, &[event.as_mut()]),
        None => Ok(0),
    }
}
