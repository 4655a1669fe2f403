//! The fake kernel finds a driver's violations.

#![allow(unsafe_code, reason = "the tests play drivers that break the rules")]

use core::ffi::c_void;

use wmi_core::NtStatus;
use wmi_core::provider::Minor;
use wmi_driver::fake::{Device, Irql, Kernel, Request};
use wmi_driver::layout::{DeviceObject, DriverObject, Irp};

type Dispatch = unsafe extern "system" fn(*mut DeviceObject, *mut Irp) -> i32;

/// Creates a device on top of a bus, with this dispatch routine.
fn device(kernel: &Kernel, dispatch: Option<Dispatch>) -> (Device, Device) {
    let driver = kernel.load_driver();
    if let Some(dispatch) = dispatch {
        let object = driver.as_ptr().cast::<DriverObject>();
        // SAFETY: the driver object is the fake kernel's, which nobody else uses now.
        unsafe { (*object).major_function[0x17] = dispatch as *mut c_void };
    }
    let pdo = kernel.create_pdo();
    let device = kernel.create_device::<()>(driver);
    kernel.attach(device, pdo);
    (device, pdo)
}

fn code_and_parameter(kernel: &Kernel) -> Vec<(u32, u32)> {
    let found = kernel.take_bug_checks();
    found.iter().map(|it| (it.code, it.parameter)).collect()
}

/// Returns success without completing the IRP.
unsafe extern "system" fn forgetful(_: *mut DeviceObject, _: *mut Irp) -> i32 {
    0
}

#[test]
fn a_missing_dispatch_routine_is_found() {
    let kernel = Kernel::new();
    let (device, _) = device(&kernel, None);
    let _ = kernel.send(device, Request::new(Minor::QueryAllData, device));
    assert!(code_and_parameter(&kernel).contains(&(0xc9, 0x21f)));
}

#[test]
fn a_forgotten_irp_is_found() {
    let kernel = Kernel::new();
    let (device, _) = device(&kernel, Some(forgetful));
    let pending = kernel.post(device, Request::new(Minor::QueryAllData, device));
    assert_eq!(kernel.completed(&pending), None);
    assert_eq!(code_and_parameter(&kernel), [(0xc9, 0x21b)]);
    let left = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| drop(kernel)));
    let message = *left.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("1 IRPs are left"), "{message}");
}

#[test]
fn deleting_an_attached_device_is_found() {
    let kernel = Kernel::new();
    let (device, _) = device(&kernel, None);
    kernel.delete_device(device);
    assert_eq!(code_and_parameter(&kernel), [(0xc9, 0x21d)]);
}

#[test]
fn misuse_of_remove_locks_is_found() {
    let kernel = Kernel::new();
    let driver = kernel.load_driver();
    let device = kernel.create_device::<[u64; 4]>(driver);
    let lock = device.extension::<[u64; 4]>();
    // SAFETY: the extension has room for a lock.
    unsafe { kernel.initialize_remove_lock(lock) };
    let (mut first, mut second) = (0_u8, 0_u8);
    kernel.acquire_remove_lock(lock, &raw mut first).unwrap();
    kernel.release_remove_lock_and_wait(lock, &raw mut first);
    let refused = kernel.acquire_remove_lock(lock, &raw mut second);
    assert_eq!(refused, Err(NtStatus(0xc000_0056)));
    // SAFETY: the extension has room for a lock.
    unsafe { kernel.initialize_remove_lock(lock) };
    assert_eq!(code_and_parameter(&kernel), [(0xc4, 0xd7)]);
    kernel.at(Irql::Dispatch, || {
        kernel.acquire_remove_lock(lock, &raw mut first).unwrap();
        kernel.release_remove_lock_and_wait(lock, &raw mut first);
    });
    assert_eq!(code_and_parameter(&kernel), [(0xc4, 0x2000e)]);
    kernel.delete_device(device);
}
