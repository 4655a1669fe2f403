//! The device by which a test program says what to do; see [`protocol`](crate::protocol).

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IRP};
use windows_sys::Wdk::System::SystemServices::{
    FILE_DEVICE_SECURE_OPEN, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL,
    IoCreateDevice, IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink, IofCompleteRequest,
};
use windows_sys::Win32::Foundation::{NTSTATUS, UNICODE_STRING};
use windows_sys::Win32::System::Ioctl::{FILE_DEVICE_UNKNOWN, METHOD_BUFFERED};
use windows_sys::core::w;
use wmi_core::NtStatus;
use zerocopy::{FromBytes, IntoBytes};

#[cfg(feature = "framework")]
use crate::framework;
use crate::protocol::{
    IOCTL_COMPLETED, IOCTL_NEXT_EVENT, IOCTL_SEND, IOCTL_STATE, IOCTL_STEP, Send, State, Step,
};
use crate::{checked, pnp, port, raw, wmi};

#[link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "system" {
    fn IoCreateDriver(
        name: *const UNICODE_STRING,
        initialize: unsafe extern "system" fn(
            *mut DRIVER_OBJECT,
            *const UNICODE_STRING,
        ) -> NTSTATUS,
    ) -> NTSTATUS;
    fn IoDeleteDriver(driver: *mut DRIVER_OBJECT);
}

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

/// The driver object of this module, which also has the physical device objects.
pub(crate) static DRIVER: AtomicPtr<DRIVER_OBJECT> = AtomicPtr::new(ptr::null_mut());
static DEVICE: AtomicPtr<DEVICE_OBJECT> = AtomicPtr::new(ptr::null_mut());

pub(crate) static FORWARDED: AtomicU32 = AtomicU32::new(0);
static VIOLATIONS: AtomicU32 = AtomicU32::new(0);

/// Notes that a rule was broken.
pub(crate) fn violation() {
    VIOLATIONS.fetch_add(1, Ordering::Relaxed);
}

/// Counts `condition` as a violation where it does not hold.
pub(crate) fn expect(condition: bool) {
    if !condition {
        violation();
    }
}

/// Called when the module is loaded, before the driver that imports from it, and when it goes.
#[unsafe(no_mangle)]
extern "system" fn DllMain(_: *mut c_void, reason: u32, process_ends: *mut c_void) -> i32 {
    const DETACH: u32 = 0;
    const ATTACH: u32 = 1;
    match reason {
        ATTACH => {
            let name = unicode!("\\Driver\\StandIn");
            // SAFETY: the arguments are valid during the call.
            checked(unsafe { IoCreateDriver(&name, initialize) })
                .is_ok()
                .into()
        }
        DETACH if process_ends.is_null() => {
            delete();
            1
        }
        _ => 1,
    }
}

/// What `DriverEntry` does in other drivers.
unsafe extern "system" fn initialize(
    driver: *mut DRIVER_OBJECT,
    _: *const UNICODE_STRING,
) -> NTSTATUS {
    DRIVER.store(driver, Ordering::Release);
    // SAFETY: the driver object is this module's.
    unsafe {
        for major in [IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE] {
            (*driver).MajorFunction[major as usize] = Some(succeed);
        }
        (*driver).MajorFunction[IRP_MJ_DEVICE_CONTROL as usize] = Some(device_control);
    }
    // SAFETY: as above.
    unsafe { pnp::install(driver) };
    let mut device = ptr::null_mut();
    // SAFETY: all pointers are valid during the call.
    let created = unsafe {
        IoCreateDevice(
            driver,
            0,
            &unicode!("\\Device\\StandIn"),
            FILE_DEVICE_UNKNOWN,
            FILE_DEVICE_SECURE_OPEN,
            false,
            &mut device,
        )
    };
    if checked(created).is_err() {
        return created;
    }
    DEVICE.store(device, Ordering::Release);
    // SAFETY: the strings are valid during the call.
    unsafe {
        IoCreateSymbolicLink(
            &unicode!("\\DosDevices\\StandIn"),
            &unicode!("\\Device\\StandIn"),
        )
    }
}

fn delete() {
    while wmi::next_event().is_some() {}
    let device = DEVICE.swap(ptr::null_mut(), Ordering::AcqRel);
    let driver = DRIVER.swap(ptr::null_mut(), Ordering::AcqRel);
    if device.is_null() {
        return;
    }
    // SAFETY: the objects are this module's, and no program has the device open.
    unsafe {
        IoDeleteSymbolicLink(&unicode!("\\DosDevices\\StandIn"));
        IoDeleteDevice(device);
        IoDeleteDriver(driver);
    }
}

/// An `IRP_MJ_DEVICE_CONTROL` of METHOD_BUFFERED.
pub(crate) struct Control<'a> {
    buffer: &'a mut [u8],
    /// How many bytes of the buffer are input.
    input: usize,
    /// How many of them may be output.
    output: usize,
}

impl Control<'_> {
    pub(crate) fn input(&self) -> &[u8] {
        self.buffer.get(..self.input).unwrap_or_default()
    }

    /// Copies the parts into the output, and returns how many bytes they have.
    pub(crate) fn put_out(&mut self, parts: &[&[u8]]) -> Result<usize, NtStatus> {
        let mut rest = self.buffer.get_mut(..self.output).unwrap_or_default();
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
}

/// `IRP_MJ_CREATE`, `IRP_MJ_CLEANUP` and `IRP_MJ_CLOSE`.
unsafe extern "system" fn succeed(_: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the IRP is that of the dispatch routine.
    unsafe { complete(irp, NtStatus::SUCCESS, 0) }
}

/// # Safety
///
/// The IRP is that of a dispatch routine, which uses it no more.
pub(crate) unsafe fn complete(irp: *mut IRP, status: NtStatus, information: usize) -> NTSTATUS {
    // SAFETY: guaranteed by the caller.
    unsafe {
        (*irp).IoStatus.Anonymous.Status = raw(status);
        (*irp).IoStatus.Information = information;
        IofCompleteRequest(irp, 0);
    }
    raw(status)
}

unsafe extern "system" fn device_control(_: *const DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    // SAFETY: the IRP is that of the dispatch routine. `Parameters.DeviceIoControl` is at wrong
    // offsets in windows-sys.
    let parameters = unsafe {
        let overlay = (*irp).Tail.Overlay.Anonymous2.Anonymous;
        (*overlay.CurrentStackLocation).Parameters.Others
    };
    let [output, input, code] = [
        parameters.Argument1,
        parameters.Argument2,
        parameters.Argument3,
    ]
    .map(|argument| argument.addr() & 0xffff_ffff);
    // SAFETY: with METHOD_BUFFERED, which all codes have that are accepted, this is the buffer.
    let start = unsafe { (*irp).AssociatedIrp.SystemBuffer }.cast::<u8>();
    let code = code as u32;
    let done = if code & 3 != METHOD_BUFFERED {
        Err(NtStatus::INVALID_DEVICE_REQUEST)
    } else {
        let buffer = if start.is_null() {
            &mut []
        } else {
            // SAFETY: the kernel allocates the larger of the two sizes, for this routine until it
            // completes the IRP.
            unsafe { core::slice::from_raw_parts_mut(start, output.max(input)) }
        };
        answer(
            code,
            Control {
                buffer,
                input,
                output,
            },
        )
    };
    match done {
        // SAFETY: the IRP is that of the dispatch routine.
        Ok(information) => unsafe { complete(irp, NtStatus::SUCCESS, information) },
        // SAFETY: as above.
        Err(status) => unsafe { complete(irp, status, 0) },
    }
}

/// What the loaded driver needs: the module that plays it does what the program says.
enum Played {
    Port,
    #[cfg(feature = "framework")]
    Framework,
    PlugAndPlay,
}

fn played() -> Played {
    #[cfg(feature = "framework")]
    if framework::is_there() {
        return Played::Framework;
    }
    if port::is_there() {
        Played::Port
    } else {
        Played::PlugAndPlay
    }
}

fn answer(code: u32, mut control: Control<'_>) -> Result<usize, NtStatus> {
    match code {
        IOCTL_SEND => {
            let (send, content) =
                Send::read_from_prefix(control.input()).map_err(|_| NtStatus::INVALID_PARAMETER)?;
            if u8::try_from(send.minor).is_err() || u8::try_from(send.function).is_err() {
                return Err(NtStatus::INVALID_PARAMETER);
            }
            let (sent, buffer) = match played() {
                Played::Port => port::send(&send, content)?,
                #[cfg(feature = "framework")]
                Played::Framework => framework::send(&send, content)?,
                Played::PlugAndPlay => pnp::send(&send, content)?,
            };
            let content = buffer.as_ref().map_or(&[][..], |buffer| buffer.bytes());
            control.put_out(&[sent.as_bytes(), content])
        }
        IOCTL_COMPLETED => {
            let id =
                u32::read_from_bytes(control.input()).map_err(|_| NtStatus::INVALID_PARAMETER)?;
            match port::completed(id) {
                Some((sent, buffer)) => control.put_out(&[sent.as_bytes(), buffer.bytes()]),
                None => Ok(0),
            }
        }
        IOCTL_NEXT_EVENT => match wmi::next_event() {
            Some(event) => control.put_out(&[event.bytes()]),
            None => Ok(0),
        },
        IOCTL_STEP => {
            let step =
                Step::read_from_bytes(control.input()).map_err(|_| NtStatus::INVALID_PARAMETER)?;
            let status = match played() {
                Played::Port => port::step(&step),
                #[cfg(feature = "framework")]
                Played::Framework => framework::step(&step),
                Played::PlugAndPlay => pnp::step(&step),
            };
            let status = status.err().unwrap_or(NtStatus::SUCCESS);
            control.put_out(&[status.value().as_bytes()])
        }
        IOCTL_STATE => {
            let state = State {
                forwarded: FORWARDED.load(Ordering::Relaxed),
                violations: VIOLATIONS.load(Ordering::Relaxed),
                ..wmi::state()
            };
            control.put_out(&[state.as_bytes()])
        }
        _ => Err(NtStatus::INVALID_DEVICE_REQUEST),
    }
}
