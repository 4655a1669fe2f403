//! The fake kernel finds a driver's violations.

#![allow(unsafe_code, reason = "the tests play drivers that break the rules")]
#![allow(non_camel_case_types, reason = "this is a MOF name")]

use core::ffi::c_void;

use wmi_core::provider::{Block, Handle, Minor, Provider};
use wmi_core::{DataBlock, NtStatus, WmiClass};
use wmi_driver::fake::{IrpRequest, Irql, Kernel, WdmDevice};
use wmi_driver::layout::{DeviceObject, DriverObject, Irp};
use wmi_driver::wdm::{self, Wmi};

/// A value.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Rash", guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c31")]
struct Vendor_Rash {
    /// The value.
    #[wmi(data_id = 1)]
    value: u32,
}

type Dispatch = unsafe extern "system" fn(*mut DeviceObject, *mut Irp) -> i32;

/// Creates a device on top of a bus, with this dispatch routine.
fn device(kernel: &Kernel, dispatch: Option<Dispatch>) -> (WdmDevice, WdmDevice) {
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

/// Detaches and deletes the device.
fn remove(kernel: &Kernel, device: WdmDevice, pdo: WdmDevice) {
    kernel.detach(pdo);
    kernel.delete_device(device);
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
    let (device, pdo) = device(&kernel, None);
    let _ = kernel.send(device, IrpRequest::new(Minor::QueryAllData, device));
    assert!(code_and_parameter(&kernel).contains(&(0xc9, 0x21f)));
    remove(&kernel, device, pdo);
}

#[test]
fn a_forgotten_irp_is_found() {
    let kernel = Kernel::new();
    let (device, _) = device(&kernel, Some(forgetful));
    let pending = kernel.post(device, IrpRequest::new(Minor::QueryAllData, device));
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
    assert_eq!(refused, Err(NtStatus::from_value(0xc000_0056)));
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

/// Completes every request as a success, whoever it is for.
unsafe extern "system" fn greedy(_: *mut DeviceObject, irp: *mut Irp) -> i32 {
    // SAFETY: the IRP is that of the dispatch routine.
    unsafe { (*irp).status = 0 };
    // SAFETY: as above; it is not used any more.
    unsafe { Kernel::complete(irp) };
    0
}

#[test]
fn answers_to_requests_for_other_devices_are_found() {
    let kernel = Kernel::new();
    let (device, pdo) = device(&kernel, Some(greedy));
    let _ = kernel.send(device, IrpRequest::new(Minor::QueryAllData, pdo));
    let found = code_and_parameter(&kernel);
    for parameter in [0x213, 0x218, 0x220] {
        assert!(found.contains(&(0xc9, parameter)), "{found:x?}");
    }
    remove(&kernel, device, pdo);
}

#[test]
fn devices_that_are_detached_and_left_are_found() {
    let kernel = Kernel::new();
    let (_, pdo) = device(&kernel, None);
    kernel.detach(pdo);
    let left = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| drop(kernel)));
    let message = *left.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("0xC9/0x21E"), "{message}");
}

/// A device whose handler ends its own registration.
struct Rash {
    wmi: Wmi<Rash>,
}

impl AsRef<Wmi<Self>> for Rash {
    fn as_ref(&self) -> &Wmi<Self> {
        &self.wmi
    }
}

static RASH: Provider<Rash> =
    Provider::new(&[
        &Block::fixed::<Vendor_Rash, _>(|rash: &Rash, _| Some(rash)).base_name("Rash", |_| 1)
    ]);

impl Handle<Vendor_Rash> for Rash {
    fn query(&self) -> Result<Vendor_Rash, NtStatus> {
        self.wmi.deregister();
        Ok(Vendor_Rash { value: 1 })
    }
}

#[test]
fn handlers_that_deregister_their_device_are_found() {
    let kernel = Kernel::new();
    let driver = kernel.load_driver();
    // SAFETY: the only device object of the driver has a `Rash`.
    unsafe { wdm::install::<Rash>(driver.as_ptr()) };
    let device = kernel.create_device::<Rash>(driver);
    // SAFETY: the device object stays until the end of the test.
    let wmi = unsafe { Wmi::standalone(&RASH, device.as_ptr()) };
    let extension = device.extension::<Rash>();
    // SAFETY: the extension has room for it.
    unsafe { extension.write(Rash { wmi }) };
    // SAFETY: as above.
    let rash = unsafe { &*extension };
    rash.wmi.register().unwrap();
    let mut query = vec![0; 256];
    let header = 48_u32;
    query[..4].copy_from_slice(&header.to_le_bytes());
    // WNODE_FLAG_ALL_DATA
    query[44] = 1;
    query[24..40].copy_from_slice(&Vendor_Rash::GUID.to_bytes());
    let request = IrpRequest::new(Minor::QueryAllData, device).guid(Vendor_Rash::GUID);
    let completed = kernel.send(device, request.bytes(query));
    assert_eq!(completed.status, NtStatus::SUCCESS);
    assert_eq!(code_and_parameter(&kernel), [(0xc4, 0)]);
    kernel.delete_device(device);
}

#[test]
fn requests_sent_with_another_status_are_found() {
    let kernel = Kernel::new();
    let pdo = kernel.create_pdo();
    let request = || IrpRequest::new(Minor::QueryAllData, pdo);
    let _ = kernel.send(pdo, request().initial_status(NtStatus::NOT_SUPPORTED));
    assert_eq!(code_and_parameter(&kernel), []);
    let _ = kernel.send(pdo, request().initial_status(NtStatus::SUCCESS));
    assert_eq!(code_and_parameter(&kernel), [(0xc9, 0x210)]);
    kernel.delete_device(pdo);
}
