//! The routines of `wmilib.sys` and `battc.sys` that the callbacks need, and where they come from.

use core::ffi::c_void;

use crate::layout::{DeviceObject, Irp, WmilibContext};

#[cfg(feature = "fake")]
pub(crate) use crate::fake::Fake as Wmilib;
#[cfg(not(feature = "fake"))]
pub(crate) use imports::Imports as Wmilib;

/// The routines of WMILIB, and of the battery class driver.
pub(crate) trait Routines {
    /// `WmiCompleteRequest` without a boost. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn complete(device: *mut DeviceObject, irp: *mut Irp, status: i32, used: u32) -> i32;

    /// `WmiFireEvent`, which frees the data, an allocation of nonpaged pool. IRQL: `DISPATCH_LEVEL` or
    /// lower.
    unsafe fn fire_event(
        device: *mut DeviceObject,
        guid: *const [u8; 16],
        instance: u32,
        size: u32,
        data: *mut c_void,
    ) -> i32;

    /// `BatteryClassSystemControl`. IRQL: `PASSIVE_LEVEL`.
    unsafe fn battery_system_control(
        class_data: *mut c_void,
        context: *const WmilibContext,
        device: *mut DeviceObject,
        irp: *mut Irp,
        disposition: *mut i32,
    ) -> i32;

    /// `BatteryClassQueryWmiDataBlock`. IRQL: `PASSIVE_LEVEL`.
    unsafe fn battery_query(
        class_data: *mut c_void,
        device: *mut DeviceObject,
        irp: *mut Irp,
        guid_index: u32,
        lengths: *mut u32,
        size: u32,
        buffer: *mut c_void,
    ) -> i32;
}

#[cfg(not(feature = "fake"))]
mod imports {
    use super::{DeviceObject, Irp, Routines, WmilibContext, c_void};

    const IO_NO_INCREMENT: i8 = 0;

    imports! { "wmilib.sys", extern "system" {
        fn WmiCompleteRequest(
            device: *mut DeviceObject,
            irp: *mut Irp,
            status: i32,
            used: u32,
            boost: i8,
        ) -> i32;
        fn WmiFireEvent(
            device: *mut DeviceObject,
            guid: *const [u8; 16],
            instance: u32,
            size: u32,
            data: *mut c_void,
        ) -> i32;
    } }

    imports! { "battc.sys", extern "system" {
        fn BatteryClassSystemControl(
            class_data: *mut c_void,
            context: *const WmilibContext,
            device: *mut DeviceObject,
            irp: *mut Irp,
            disposition: *mut i32,
        ) -> i32;
        fn BatteryClassQueryWmiDataBlock(
            class_data: *mut c_void,
            device: *mut DeviceObject,
            irp: *mut Irp,
            guid_index: u32,
            lengths: *mut u32,
            size: u32,
            buffer: *mut c_void,
        ) -> i32;
    } }

    /// The routines of `wmilib.sys` and `battc.sys`.
    #[derive(Debug)]
    pub(crate) struct Imports;

    impl Routines for Imports {
        unsafe fn complete(
            device: *mut DeviceObject,
            irp: *mut Irp,
            status: i32,
            used: u32,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { WmiCompleteRequest(device, irp, status, used, IO_NO_INCREMENT) }
        }

        unsafe fn fire_event(
            device: *mut DeviceObject,
            guid: *const [u8; 16],
            instance: u32,
            size: u32,
            data: *mut c_void,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { WmiFireEvent(device, guid, instance, size, data) }
        }

        unsafe fn battery_system_control(
            class_data: *mut c_void,
            context: *const WmilibContext,
            device: *mut DeviceObject,
            irp: *mut Irp,
            disposition: *mut i32,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe { BatteryClassSystemControl(class_data, context, device, irp, disposition) }
        }

        unsafe fn battery_query(
            class_data: *mut c_void,
            device: *mut DeviceObject,
            irp: *mut Irp,
            guid_index: u32,
            lengths: *mut u32,
            size: u32,
            buffer: *mut c_void,
        ) -> i32 {
            // SAFETY: guaranteed by the caller.
            unsafe {
                BatteryClassQueryWmiDataBlock(
                    class_data, device, irp, guid_index, lengths, size, buffer,
                )
            }
        }
    }
}
