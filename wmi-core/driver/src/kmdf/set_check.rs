//! [`check_sets`]: the check of sizes that the framework does not make before it calls a set callback.
//! The rule itself is that of [`Request::check_data`](wmi_core::provider::Request::check_data).

use core::ffi::c_void;

use wmi_core::NtStatus;
use wmi_core::provider::{Minor, Response};

use super::framework::{Framework, Handle};
use super::preprocess::{IRP_MJ_SYSTEM_CONTROL, assign, pass_on};
use crate::layout::Irp;
use crate::wdm::irp;

static SETS: [u8; 2] = [
    Minor::ChangeSingleInstance.code(),
    Minor::ChangeSingleItem.code(),
];

/// Checks the sizes of all requests that set an instance or an item of a device, before the framework
/// passes them to the blocks of [`Wmi::create`](super::Wmi::create). Called in `EvtDriverDeviceAdd`,
/// before `WdfDeviceCreate`.
///
/// The framework trusts `DataBlockOffset`, `SizeDataBlock` and `SizeDataItem` of a WNODE. Its callbacks
/// get a pointer and a size, by which no driver can tell whether they lie in the buffer. A request
/// whose data does not is completed with `STATUS_INVALID_PARAMETER`. Queries and methods need no such
/// call: their sizes come from the buffer, and [`Wmi`](super::Wmi) finds a malformed offset by them. A
/// request that is refused here is not reported to
/// [`Provider::on_refusal`](wmi_core::provider::Provider::on_refusal).
///
/// `table` is `WdfFunctions`, `globals` is `WdfDriverGlobals`, and `init` is the `WDFDEVICE_INIT`. The
/// driver assigns no other preprocess callback for `IRP_MJ_SYSTEM_CONTROL`. IRQL: `DISPATCH_LEVEL` or
/// lower. Touches no paged memory.
///
/// Source: `fxwmiirphandler.cpp` of the published framework.
///
/// # Errors
///
/// The status of `WdfDeviceInitAssignWdmIrpPreprocessCallback`; `EvtDriverDeviceAdd` returns it.
///
/// # Safety
///
/// The table and the globals are those of this driver, and the device is not created yet.
pub unsafe fn check_sets(
    table: *const impl Sized,
    globals: *const impl Sized,
    init: *mut impl Sized,
) -> Result<(), NtStatus> {
    // SAFETY: guaranteed by the caller.
    let framework = unsafe { Framework::bind(table.cast(), globals.cast()) };
    let init = init.cast::<c_void>();
    // SAFETY: guaranteed by the caller; the callback is for this major code.
    unsafe { assign(framework, init, set, IRP_MJ_SYSTEM_CONTROL, &SETS) }
}

/// # Safety
///
/// The arguments are those of `EvtDeviceWdmIrpPreprocess` for `IRP_MJ_SYSTEM_CONTROL`.
unsafe extern "system" fn set(device: Handle, irp: *mut Irp) -> i32 {
    // SAFETY: guaranteed by the caller.
    let irp = unsafe { irp::Irp::new(irp) };
    // SAFETY: guaranteed by the caller.
    let object = unsafe { Framework::bound().device_object(device) };
    if let Some(parameters) = irp.parameters(object) {
        // SAFETY: the parameters are those of the IRP, and the buffer is used no more after the check.
        let request = unsafe { parameters.request(0) };
        if request.check_data().is_err() {
            let refused = Response::new(NtStatus::INVALID_PARAMETER, 0);
            return crate::status::raw(irp.complete(refused));
        }
    }
    // SAFETY: guaranteed by the caller.
    unsafe { pass_on(device, irp) }
}
