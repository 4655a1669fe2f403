//! A stand-in for the crate `wdk-sys` 0.5, which generates its declarations from an installed WDK. The
//! names and shapes are those that its generator makes; only what the page of `wmi-driver` about
//! windows-drivers-rs uses is here. Nothing can be called.

#![no_std]
#![expect(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unsafe_code,
    reason = "as the generator writes them"
)]
#![allow(clippy::missing_safety_doc, reason = "as the generator writes them")]

use core::ffi::c_void;

pub type NTSTATUS = i32;
pub type ULONG = u32;
pub type UCHAR = u8;
pub type USHORT = u16;
pub type PVOID = *mut c_void;

pub const STATUS_SUCCESS: NTSTATUS = 0;

#[repr(C)]
pub struct _UNICODE_STRING {
    pub Length: USHORT,
    pub MaximumLength: USHORT,
    pub Buffer: *mut u16,
}
pub type UNICODE_STRING = _UNICODE_STRING;
pub type PCUNICODE_STRING = *const UNICODE_STRING;

#[repr(C, align(16))]
pub struct _DEVICE_OBJECT {
    pub Type: i16,
    pub Size: USHORT,
    pub ReferenceCount: i32,
    pub DriverObject: *mut _DRIVER_OBJECT,
    pub NextDevice: PVOID,
    pub AttachedDevice: PVOID,
    pub CurrentIrp: PVOID,
    pub Timer: PVOID,
    pub Flags: ULONG,
    pub Characteristics: ULONG,
    pub Vpb: PVOID,
    pub DeviceExtension: PVOID,
}
pub type DEVICE_OBJECT = _DEVICE_OBJECT;
pub type PDEVICE_OBJECT = *mut DEVICE_OBJECT;

pub type DRIVER_DISPATCH =
    Option<unsafe extern "C" fn(DeviceObject: *mut _DEVICE_OBJECT, Irp: *mut c_void) -> NTSTATUS>;

#[repr(C)]
pub struct _DRIVER_OBJECT {
    pub Type: i16,
    pub Size: i16,
    pub DeviceObject: PDEVICE_OBJECT,
    pub Flags: ULONG,
    pub DriverStart: PVOID,
    pub DriverSize: ULONG,
    pub DriverSection: PVOID,
    pub DriverExtension: PVOID,
    pub DriverName: UNICODE_STRING,
    pub HardwareDatabase: PVOID,
    pub FastIoDispatch: PVOID,
    pub DriverInit: PVOID,
    pub DriverStartIo: PVOID,
    pub DriverUnload: PVOID,
    pub MajorFunction: [DRIVER_DISPATCH; 28],
}
pub type DRIVER_OBJECT = _DRIVER_OBJECT;
pub type PDRIVER_OBJECT = *mut DRIVER_OBJECT;

#[repr(C)]
pub struct _IO_REMOVE_LOCK {
    pub Common: [usize; 4],
}
pub type IO_REMOVE_LOCK = _IO_REMOVE_LOCK;

pub enum WDFDEVICE__ {}
pub type WDFDEVICE = *mut WDFDEVICE__;
pub enum WDFDRIVER__ {}
pub type WDFDRIVER = *mut WDFDRIVER__;
pub enum WDFDEVICE_INIT {}
pub type PWDFDEVICE_INIT = *mut WDFDEVICE_INIT;

#[repr(C)]
pub struct _WDF_OBJECT_ATTRIBUTES {
    pub Size: ULONG,
    pub Rest: [PVOID; 6],
}
pub type WDF_OBJECT_ATTRIBUTES = _WDF_OBJECT_ATTRIBUTES;

#[repr(C)]
pub struct _WDF_DRIVER_GLOBALS {
    pub Driver: WDFDRIVER,
    pub DriverFlags: ULONG,
    pub DriverTag: ULONG,
    pub DriverName: [UCHAR; 32],
    pub DisplaceDriverUnload: UCHAR,
}
pub type PWDF_DRIVER_GLOBALS = *mut _WDF_DRIVER_GLOBALS;

pub type WDFFUNC = Option<unsafe extern "C" fn()>;

pub static mut WdfDriverGlobals: PWDF_DRIVER_GLOBALS = core::ptr::null_mut();
pub static mut WdfFunctions: *const WDFFUNC = core::ptr::null();

/// Only that the call compiles counts: of the functions it knows `WdfDeviceCreate`.
#[macro_export]
macro_rules! call_unsafe_wdf_function_binding {
    (WdfDeviceCreate, $init:expr, $attributes:expr, $device:expr $(,)?) => {
        $crate::wdf::WdfDeviceCreate($init, $attributes, $device)
    };
}

pub mod wdf {
    use super::{NTSTATUS, PWDFDEVICE_INIT, WDF_OBJECT_ATTRIBUTES, WDFDEVICE};

    pub unsafe fn WdfDeviceCreate(
        _: *mut PWDFDEVICE_INIT,
        _: *mut WDF_OBJECT_ATTRIBUTES,
        _: *mut WDFDEVICE,
    ) -> NTSTATUS {
        unreachable!("this is a stand-in")
    }
}

const _: () = {
    use core::mem::offset_of;
    if cfg!(target_pointer_width = "64") {
        assert!(offset_of!(_DEVICE_OBJECT, DeviceExtension) == 0x40);
        assert!(offset_of!(_DRIVER_OBJECT, MajorFunction) == 0x70);
        assert!(size_of::<_IO_REMOVE_LOCK>() == 32 && size_of::<_WDF_OBJECT_ATTRIBUTES>() == 56);
    }
};
