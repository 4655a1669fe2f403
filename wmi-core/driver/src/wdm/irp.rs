//! [`Irp`]: a WMI request while this driver owns it.

use core::ffi::c_void;

use wmi_core::NtStatus;
use wmi_core::provider::{Minor, Response};

use super::routines::{Kernel, Routines};
use crate::later::Kept;
use crate::layout::{self, DeviceObject, IoStackLocation};
use crate::request::RawRequest;
use crate::status::{from_raw, raw};

/// Bit of `Control`: the dispatch routine returns `STATUS_PENDING`.
const SL_PENDING_RETURNED: u8 = 1;

/// An `IRP_MJ_SYSTEM_CONTROL` from its arrival in the dispatch routine until the driver completes
/// or forwards it. The methods that do so consume it, so nothing touches it afterwards.
#[derive(Debug)]
#[must_use = "an IRP must be completed or forwarded"]
pub(crate) struct Irp(*mut layout::Irp);

impl Irp {
    /// # Safety
    ///
    /// `irp` is the IRP of a dispatch routine, which does not use it in any other way.
    pub(crate) const unsafe fn new(irp: *mut layout::Irp) -> Self {
        Self(irp)
    }

    /// `IoMarkIrpPending`: the dispatch routine must return `STATUS_PENDING`.
    pub(crate) fn mark_pending(&self) {
        let location = self.location();
        // SAFETY: this driver owns the IRP and its current stack location.
        let control = unsafe { (*location).control };
        // SAFETY: as above.
        unsafe { (*location).control = control | SL_PENDING_RETURNED };
    }

    /// Returns the address of the IRP, which tags its hold on the remove lock.
    pub(crate) const fn tag(&self) -> *mut c_void {
        self.0.cast()
    }

    fn location(&self) -> *mut IoStackLocation {
        // SAFETY: this driver owns the IRP.
        unsafe { (*self.0).current_stack_location }
    }

    /// Returns the request, or `None` if the IRP is for a device other than `device` or its minor
    /// code is not one of WMI's.
    pub(crate) fn parameters(&self, device: *mut DeviceObject) -> Option<RawRequest> {
        let location = self.location();
        // SAFETY: this driver owns the IRP and its current stack location.
        let code = unsafe { (*location).minor_function };
        // SAFETY: as above; in an `IRP_MJ_SYSTEM_CONTROL` the parameters are WMI's.
        let provider_id = unsafe { (*location).provider_id };
        let minor = Minor::addressed(code, provider_id, device.addr())?;
        // SAFETY: as above.
        let data_path = unsafe { (*location).data_path };
        // SAFETY: as above.
        let buffer = unsafe { (*location).buffer };
        // SAFETY: as above.
        let size = unsafe { (*location).buffer_size };
        Some(RawRequest {
            minor,
            data_path,
            buffer,
            size,
        })
    }

    /// Completes the IRP. Returns its status, which the dispatch routine returns.
    pub(crate) fn complete(self, response: Response) -> NtStatus {
        let Response {
            status,
            information,
            ..
        } = response;
        // SAFETY: this driver owns the IRP.
        unsafe { (*self.0).status = raw(status) };
        // SAFETY: as above.
        unsafe { (*self.0).information = information };
        // SAFETY: as above, and the IRP is not used again.
        unsafe { Kernel::complete_request(self.0) };
        status
    }

    /// Passes an IRP for another device to the next lower driver or, without one, completes it
    /// unchanged. Returns the status, which the dispatch routine returns.
    pub(crate) fn forward(self, lower: *mut DeviceObject) -> NtStatus {
        if lower.is_null() {
            // SAFETY: this driver owns the IRP.
            let status = from_raw(unsafe { (*self.0).status });
            // SAFETY: as above, and it is not used any more.
            unsafe { Kernel::complete_request(self.0) };
            return status;
        }
        let irp = self.skip();
        // SAFETY: `lower` is the next lower device, which the IRP's current location is now for.
        from_raw(unsafe { Kernel::call_driver(lower, irp) })
    }

    /// `IoSkipCurrentIrpStackLocation`. The IRP is then to be passed on.
    #[must_use = "an IRP must be completed or forwarded"]
    pub(crate) fn skip(self) -> *mut layout::Irp {
        let location = self.location().wrapping_add(1);
        // SAFETY: the IRP is this driver's.
        let current = unsafe { (*self.0).current_location };
        // SAFETY: as above.
        unsafe { (*self.0).current_location = current.wrapping_add(1) };
        // SAFETY: as above.
        unsafe { (*self.0).current_stack_location = location };
        self.0
    }
}

/// `DriverContext` belongs to the driver that owns the IRP; its first element links to the next
/// IRP.
impl Kept for Irp {
    fn into_raw(self) -> *mut c_void {
        self.tag()
    }

    unsafe fn from_raw(raw: *mut c_void) -> Self {
        Self(raw.cast())
    }

    fn next(&self) -> *mut c_void {
        // SAFETY: this driver owns the IRP, and with it this field.
        let [next, ..] = unsafe { (*self.0).driver_context };
        next
    }

    fn set_next(&self, next: *mut c_void) {
        // SAFETY: as above.
        unsafe { (*self.0).driver_context[0] = next };
    }

    fn as_raw(&self) -> *mut c_void {
        self.tag()
    }
}
