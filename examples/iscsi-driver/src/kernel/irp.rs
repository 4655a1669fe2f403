//! A request as a dispatch routine gets it.

use core::ptr::NonNull;
use core::{mem, slice};

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IO_STACK_LOCATION, IRP};
#[cfg(feature = "test-host")]
use windows_sys::Wdk::System::SystemServices::IRP_MJ_DEVICE_CONTROL;
use windows_sys::Wdk::System::SystemServices::{
    IRP_MJ_SYSTEM_CONTROL, IRP_MJ_WRITE, IofCompleteRequest,
};
use windows_sys::Win32::Foundation::NTSTATUS;
#[cfg(feature = "test-host")]
use windows_sys::Win32::System::Ioctl::METHOD_BUFFERED;
use wmi_core::provider::{DataPath, Minor, Request};
use wmi_core::{Guid, NtStatus};

use super::system_time;

// What is used of the kernel's structures lies where the C compiler for Windows puts it, in x64 and
// ARM64: `wdm.h`. Not all that windows-sys has does, as its metadata knows no `POINTER_ALIGNMENT`.
const _: () = {
    use mem::offset_of;
    assert!(offset_of!(DRIVER_OBJECT, DeviceObject) == 0x08);
    assert!(offset_of!(DRIVER_OBJECT, DriverUnload) == 0x68);
    assert!(offset_of!(DRIVER_OBJECT, MajorFunction) == 0x70);
    assert!(offset_of!(DEVICE_OBJECT, NextDevice) == 0x10);
    assert!(offset_of!(DEVICE_OBJECT, Flags) == 0x30);
    assert!(offset_of!(DEVICE_OBJECT, DeviceExtension) == 0x40);
    assert!(offset_of!(DEVICE_OBJECT, DeviceType) == 0x48);
    assert!(offset_of!(DEVICE_OBJECT, StackSize) == 0x4c);
    assert!(offset_of!(IRP, AssociatedIrp) == 0x18);
    assert!(offset_of!(IRP, IoStatus) == 0x30);
    assert!(offset_of!(IRP, Tail.Overlay.Anonymous2.Anonymous.CurrentStackLocation) == 0xb8);
    assert!(offset_of!(IO_STACK_LOCATION, Parameters) == 0x08);
    assert!(offset_of!(IO_STACK_LOCATION, Parameters.Write.Length) == 0x08);
    assert!(offset_of!(IO_STACK_LOCATION, Parameters.WMI.DataPath) == 0x10);
    assert!(offset_of!(IO_STACK_LOCATION, Parameters.WMI.BufferSize) == 0x18);
    assert!(offset_of!(IO_STACK_LOCATION, Parameters.WMI.Buffer) == 0x20);
    assert!(offset_of!(IO_STACK_LOCATION, Parameters.Others.Argument4) == 0x20);
    assert!(offset_of!(IO_STACK_LOCATION, CompletionRoutine) == 0x38);
    assert!(size_of::<IO_STACK_LOCATION>() == 0x48);
};

/// The bits of a control code that say where its buffers are.
#[cfg(feature = "test-host")]
const METHOD: u32 = 3;

/// An `IRP_MJ_DEVICE_CONTROL`.
#[cfg(feature = "test-host")]
pub(super) struct Control<'a> {
    pub(super) code: u32,
    /// How many bytes of the buffer are input.
    pub(super) input: usize,
    /// How many of them may be output.
    pub(super) output: usize,
    pub(super) buffer: &'a mut [u8],
}

/// A request that is the driver's to complete.
#[must_use = "a request must be completed"]
pub(super) struct Irp(NonNull<IRP>);

impl Irp {
    /// # Safety
    ///
    /// `irp` is that of a dispatch routine, which passes it on to nobody else.
    pub(super) unsafe fn new(irp: *mut IRP) -> Self {
        // SAFETY: the kernel dispatches no null.
        Self(unsafe { NonNull::new_unchecked(irp) })
    }

    /// The parameters for this driver.
    fn stack(&self) -> &IO_STACK_LOCATION {
        // SAFETY: the IRP is the driver's, and as it was dispatched. Until it is completed nobody
        // changes this location of its stack.
        unsafe {
            &*(*self.0.as_ptr())
                .Tail
                .Overlay
                .Anonymous2
                .Anonymous
                .CurrentStackLocation
        }
    }

    /// The parameters where the request has this major function, which says what they are.
    fn stack_of(&self, major: u32) -> Option<&IO_STACK_LOCATION> {
        let stack = self.stack();
        (u32::from(stack.MajorFunction) == major).then_some(stack)
    }

    /// `Parameters.Write.Length` of an `IRP_MJ_WRITE`.
    pub(super) fn write_length(&self) -> Option<usize> {
        let stack = self.stack_of(IRP_MJ_WRITE)?;
        // SAFETY: the major function says so; any bytes are a number.
        Some(unsafe { stack.Parameters.Write.Length as usize })
    }

    /// The request that this `IRP_MJ_SYSTEM_CONTROL` makes of this device, or `None` where it is
    /// another's or none of WMI's.
    pub(super) fn wmi(&mut self, device: *const DEVICE_OBJECT) -> Option<Request<'_>> {
        let stack = self.stack_of(IRP_MJ_SYSTEM_CONTROL)?;
        // SAFETY: the major function says so.
        let wmi = unsafe { stack.Parameters.WMI };
        let minor = Minor::addressed(stack.MinorFunction, wmi.ProviderId, device.addr())?;
        let data_path = if minor.is_registration() {
            DataPath::Action(wmi.DataPath.addr())
        } else {
            // SAFETY: in a request of WMI for this device, it points to a GUID.
            DataPath::Guid(Guid::from_bytes(unsafe {
                wmi.DataPath.cast::<[u8; 16]>().read()
            }))
        };
        let buffer = if wmi.Buffer.is_null() {
            &mut []
        } else {
            // SAFETY: the buffer has so many bytes in nonpaged memory, and is the driver's until the
            // IRP is completed, which takes the `Irp` that this borrows.
            unsafe { slice::from_raw_parts_mut(wmi.Buffer.cast::<u8>(), wmi.BufferSize as usize) }
        };
        Some(Request::new(minor, data_path, buffer).at(system_time()))
    }

    /// The parameters of an `IRP_MJ_DEVICE_CONTROL` whose code is one of METHOD_BUFFERED.
    #[cfg(feature = "test-host")]
    pub(super) fn device_control(&mut self) -> Option<Control<'_>> {
        let stack = self.stack_of(IRP_MJ_DEVICE_CONTROL)?;
        // `Parameters.DeviceIoControl`, which windows-sys has at wrong offsets.
        // SAFETY: the major function says so; any bytes are a number.
        let parameters = unsafe { stack.Parameters.Others };
        let [output, input, code] = [
            parameters.Argument1,
            parameters.Argument2,
            parameters.Argument3,
        ]
        .map(|argument| argument.addr() as u32);
        if code & METHOD != METHOD_BUFFERED {
            return None;
        }
        // SAFETY: with METHOD_BUFFERED this is what the union holds.
        let start = unsafe { (*self.0.as_ptr()).AssociatedIrp.SystemBuffer.cast::<u8>() };
        let buffer = match start.is_null() {
            true => &mut [],
            // SAFETY: with METHOD_BUFFERED the kernel allocates the larger of the two sizes; the
            // buffer is the driver's until the IRP is completed, which takes the `Irp` that this
            // borrows.
            false => unsafe { slice::from_raw_parts_mut(start, output.max(input) as usize) },
        };
        Some(Control {
            code,
            input: input as usize,
            output: output as usize,
            buffer,
        })
    }

    /// Gives the IRP back to the kernel; what this returns, the dispatch routine returns.
    pub(super) fn complete(self, status: NtStatus, information: usize) -> NTSTATUS {
        let status = status.0 as NTSTATUS;
        // SAFETY: the IRP is the driver's.
        unsafe {
            (*self.0.as_ptr()).IoStatus.Anonymous.Status = status;
            (*self.0.as_ptr()).IoStatus.Information = information;
        }
        self.give_back();
        status
    }

    /// The same with the status that the IRP came with.
    pub(super) fn complete_unchanged(self) -> NTSTATUS {
        // SAFETY: the IRP is the driver's.
        let status = unsafe { (*self.0.as_ptr()).IoStatus.Anonymous.Status };
        self.give_back();
        status
    }

    fn give_back(self) {
        const IO_NO_INCREMENT: i8 = 0;
        // SAFETY: the IRP is the driver's, and not used after this, which consumes it.
        unsafe { IofCompleteRequest(self.0.as_ptr(), IO_NO_INCREMENT) };
    }
}
