//! `IRP_MJ_PNP` and `IRP_MJ_POWER`: the life of a device. Each IRP goes down the stack.

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, IRP};
use windows_sys::Wdk::System::SystemServices::{
    IRP_MN_CANCEL_REMOVE_DEVICE, IRP_MN_CANCEL_STOP_DEVICE, IRP_MN_QUERY_REMOVE_DEVICE,
    IRP_MN_QUERY_STOP_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_STOP_DEVICE,
    IRP_MN_SURPRISE_REMOVAL,
};
use windows_sys::Win32::Foundation::NTSTATUS;

use super::irp::{Held, complete, current, forward, forward_and_wait, succeed_and_forward};
use super::{delete, wmi};

/// `IRP_MJ_PNP`.
///
/// # Safety
///
/// The arguments are those of the kernel.
pub(super) unsafe extern "system" fn dispatch(
    device: *const DEVICE_OBJECT,
    irp: *mut IRP,
) -> NTSTATUS {
    // SAFETY: guaranteed by the caller.
    let held = match unsafe { Held::acquire(device, irp) } {
        Ok(held) => held,
        Err(status) => return status,
    };
    let lower = held.lower();
    // SAFETY: the extension stays while the lock is held.
    let wmi = unsafe { wmi(held.extension()) };
    // SAFETY: the IRP is the driver's.
    let minor = unsafe { (*current(irp)).MinorFunction };
    match u32::from(minor) {
        IRP_MN_START_DEVICE => {
            // SAFETY: as above.
            let status = unsafe { forward_and_wait(lower, irp) };
            if status >= 0 {
                // The device works without WMI too.
                let _ = wmi.register();
            }
            // SAFETY: the IRP is the driver's again.
            unsafe { complete(irp, status, 0) }
        }
        IRP_MN_SURPRISE_REMOVAL => {
            wmi.deregister();
            // SAFETY: the IRP is the driver's.
            unsafe { succeed_and_forward(lower, irp) }
        }
        IRP_MN_REMOVE_DEVICE => {
            wmi.deregister();
            // SAFETY: as above.
            let status = unsafe { succeed_and_forward(lower, irp) };
            let extension = held.release_and_wait();
            // SAFETY: nobody uses the device any more.
            unsafe { delete(device.cast_mut(), extension) };
            status
        }
        // Nothing in this driver prevents any of these.
        IRP_MN_QUERY_STOP_DEVICE
        | IRP_MN_CANCEL_STOP_DEVICE
        | IRP_MN_STOP_DEVICE
        | IRP_MN_QUERY_REMOVE_DEVICE
        // SAFETY: as above.
        | IRP_MN_CANCEL_REMOVE_DEVICE => unsafe { succeed_and_forward(lower, irp) },
        // SAFETY: as above.
        _ => unsafe { forward(lower, irp) },
    }
}

/// `IRP_MJ_POWER`: the device has no power to manage.
///
/// # Safety
///
/// The arguments are those of the kernel.
pub(super) unsafe extern "system" fn power(
    device: *const DEVICE_OBJECT,
    irp: *mut IRP,
) -> NTSTATUS {
    // SAFETY: guaranteed by the caller.
    match unsafe { Held::acquire(device, irp) } {
        // SAFETY: the IRP is the driver's.
        Ok(held) => unsafe { forward(held.lower(), irp) },
        Err(status) => status,
    }
}
