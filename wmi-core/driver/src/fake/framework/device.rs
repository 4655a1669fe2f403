//! Devices of the framework: their start and removal, and callbacks that preprocess their IRPs.

use core::ffi::c_void;
use core::mem::transmute;
use core::{ptr, slice};
use std::vec::Vec;

use wmi_core::NtStatus;

use super::request::dispatch;
use super::{DeviceState, Handle, Kind, Objects, Registration, WDF_VIOLATION};
use crate::fake::routines::Fake;
use crate::fake::state::Memory;
use crate::fake::{Irql, Kernel, WdmDevice, current};
use crate::layout::{DeviceObject, DriverObject, IRP_SIZE, IoStackLocation, Irp};
use crate::status::{checked, raw};
use crate::wdm::irp;
use crate::wdm::routines::{Action, Routines as _};

const IRP_MJ_SYSTEM_CONTROL: u8 = 0x17;
const IRP_MJ_PNP: u8 = 0x1b;
const IRP_MN_REMOVE_DEVICE: u8 = 0x02;
const IRP_MN_SURPRISE_REMOVAL: u8 = 0x17;

/// What a driver does with a `WDFDEVICE_INIT` of the fake kernel, before it creates the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WdfDeviceInit(Handle);

impl WdfDeviceInit {
    /// Returns the address.
    #[must_use]
    pub const fn as_ptr(self) -> *mut c_void {
        self.0
    }
}

/// A `WDFDEVICE` of the fake kernel, with the device objects that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WdfDevice {
    handle: Handle,
    object: WdmDevice,
    pdo: WdmDevice,
}

// SAFETY: these are addresses.
unsafe impl Send for WdfDevice {}
// SAFETY: as above.
unsafe impl Sync for WdfDevice {}

impl WdfDevice {
    /// Returns the handle.
    #[must_use]
    pub const fn as_ptr(self) -> *mut c_void {
        self.handle
    }

    /// Returns the device object, to which [`Kernel::send`] sends requests.
    #[must_use]
    pub const fn object(self) -> WdmDevice {
        self.object
    }

    /// Returns the physical device object, to which the other one is attached.
    #[must_use]
    pub const fn pdo(self) -> WdmDevice {
        self.pdo
    }

    pub(super) fn address(self) -> usize {
        self.handle.addr()
    }
}

/// `EvtDeviceWdmIrpPreprocess`.
type PreprocessRoutine = unsafe extern "system" fn(Handle, *mut Irp) -> i32;

/// A callback that gets IRPs before the framework.
#[derive(Clone)]
pub(super) struct Preprocess {
    major: u8,
    /// Those that it gets, or all.
    minors: Option<Vec<u8>>,
    routine: PreprocessRoutine,
}

impl DeviceState {
    fn preprocess(&self, major: u8, minor: u8) -> Option<PreprocessRoutine> {
        let mut assigned = self.preprocess.iter();
        let assigned = assigned.find(|it| {
            let minors = it.minors.as_ref();
            it.major == major && minors.is_none_or(|minors| minors.contains(&minor))
        });
        Some(assigned?.routine)
    }
}

impl Kernel {
    /// Returns what `EvtDriverDeviceAdd` is called with.
    #[must_use]
    pub fn create_wdf_device_init(&self) -> WdfDeviceInit {
        let preprocess = Vec::new();
        let init = Kind::DeviceInit { preprocess };
        WdfDeviceInit(self.shared.lock().wdf.insert(init))
    }

    /// Does what `WdfDeviceCreate` does: creates a device on top of one of a bus.
    ///
    /// # Panics
    ///
    /// Where a device was created with this `init` before.
    #[must_use]
    pub fn create_wdf_device(&self, init: WdfDeviceInit) -> WdfDevice {
        let init = self.shared.lock().wdf.delete(init.0.addr());
        let Some(Kind::DeviceInit { preprocess }) = init else {
            panic!("this is not a `WDFDEVICE_INIT` any more");
        };
        let driver = self.load_driver();
        let routine: unsafe extern "system" fn(*mut DeviceObject, *mut Irp) -> i32 = system_control;
        let object = driver.as_ptr().cast::<DriverObject>();
        let major = usize::from(IRP_MJ_SYSTEM_CONTROL);
        // SAFETY: the driver object has just been created.
        unsafe { (*object).major_function[major] = routine as *mut c_void };
        let pdo = self.create_pdo();
        let object = self.create_device::<()>(driver);
        self.attach(object, pdo);
        let mut device = WdfDevice {
            handle: ptr::null_mut(),
            object,
            pdo,
        };
        let mut state = self.shared.lock();
        device.handle = state.wdf.insert(Kind::Device(DeviceState {
            device,
            preprocess,
            resource: None,
            registration: Registration::NotYet,
            updates: 0,
            providers: Vec::new(),
        }));
        if let Some(state) = state.wdf.device_mut(device.address()) {
            state.device = device;
        }
        device
    }

    /// Registers the device with WMI, as the framework does after starting it.
    ///
    /// # Errors
    ///
    /// The status of `IoWMIRegistrationControl`; the device does not start then.
    pub fn start_wdf_device(&self, device: WdfDevice) -> Result<(), NtStatus> {
        let object = device.object.as_ptr().cast();
        // SAFETY: the device object is there.
        checked(unsafe { Fake::registration_control(object, Action::Register) })?;
        let mut state = self.shared.lock();
        if let Some(device) = state.wdf.device_mut(device.address()) {
            device.registration = Registration::Registered;
        }
        Ok(())
    }

    /// Sends `IRP_MN_SURPRISE_REMOVAL`, at which the framework deregisters the device.
    pub fn surprise_remove_wdf_device(&self, device: WdfDevice) {
        self.remove(device, IRP_MN_SURPRISE_REMOVAL);
    }

    /// Sends `IRP_MN_REMOVE_DEVICE`: the framework deregisters the device, and deletes its objects
    /// with their contexts.
    pub fn remove_wdf_device(&self, device: WdfDevice) {
        self.remove(device, IRP_MN_REMOVE_DEVICE);
        self.shared.lock().wdf.remove(device.address());
        self.detach(device.pdo);
        self.delete_device(device.object);
        self.delete_device(device.pdo);
    }

    /// Sends one of the IRPs of removal.
    fn remove(&self, device: WdfDevice, minor: u8) {
        let state = self.shared.lock();
        let own = state.wdf.device(device.address());
        let preprocess = own.and_then(|own| own.preprocess(IRP_MJ_PNP, minor));
        drop(state);
        if let Some(preprocess) = preprocess {
            // SAFETY: the callback is that of the device.
            let is_passed = unsafe { preprocess_pnp(device, minor, preprocess) };
            if !is_passed {
                let finding = "an IRP of Plug and Play does not reach the framework";
                self.shared.lock().bug_check(WDF_VIOLATION, 0, finding);
            }
        }
        let mut state = self.shared.lock();
        let Some(own) = state.wdf.device_mut(device.address()) else {
            return;
        };
        let before = core::mem::replace(&mut own.registration, Registration::Deregistered);
        drop(state);
        if before == Registration::Registered {
            let object = device.object.as_ptr().cast();
            // It waits for all requests of WMI.
            // SAFETY: the device object is registered.
            let _ = unsafe { Fake::registration_control(object, Action::Deregister) };
        }
    }
}

impl Objects {
    fn remove(&mut self, device: usize) {
        let gone = |object: usize, kind: &Kind| match kind {
            Kind::Device(_) => object == device,
            Kind::Provider(provider) => provider.device == device,
            Kind::Instance { provider, .. } => {
                let provider = self.provider(*provider);
                provider.is_some_and(|provider| provider.device == device)
            }
            Kind::DeviceInit { .. } => false,
        };
        let objects = self.objects.iter();
        let gone: Vec<_> = objects
            .filter(|(address, object)| gone(**address, &object.kind))
            .map(|(address, _)| *address)
            .collect();
        for object in gone {
            self.delete(object);
        }
    }

    /// The device with this device object.
    fn device_of(&self, object: *mut DeviceObject) -> Option<&DeviceState> {
        let mut devices = self.objects.values();
        devices.find_map(|device| match &device.kind {
            Kind::Device(device) if device.device.object.as_ptr().addr() == object.addr() => {
                Some(device)
            }
            _ => None,
        })
    }
}

/// The framework's dispatch routine.
unsafe extern "system" fn system_control(object: *mut DeviceObject, irp: *mut Irp) -> i32 {
    let shared = current();
    // SAFETY: the IRP is this driver's.
    let location = unsafe { (*irp).current_stack_location };
    // SAFETY: as above.
    let minor = unsafe { (*location).minor_function };
    let state = shared.lock();
    let device = state.wdf.device_of(object);
    let device = device.expect("the framework has a device for the object");
    let preprocess = device.preprocess(IRP_MJ_SYSTEM_CONTROL, minor);
    let handle = device.device.handle;
    drop(state);
    match preprocess {
        // SAFETY: the arguments are those of the callback.
        Some(preprocess) => unsafe { preprocess(handle, irp) },
        // SAFETY: the IRP is this driver's.
        None => unsafe { dispatch(&shared, handle, irp::Irp::new(irp)) },
    }
}

/// Gives an IRP of Plug and Play to a callback. Returns whether it has reached the framework.
///
/// # Safety
///
/// The callback is that of the device.
unsafe fn preprocess_pnp(device: WdfDevice, minor: u8, routine: PreprocessRoutine) -> bool {
    let size = IRP_SIZE + size_of::<IoStackLocation>();
    let memory = Memory::zeroed(size);
    let irp = memory.start.cast::<Irp>();
    let location = memory
        .start
        .wrapping_add(IRP_SIZE)
        .cast::<IoStackLocation>();
    // SAFETY: all fields are inside of the allocation.
    unsafe {
        (*irp).status = raw(NtStatus::NOT_SUPPORTED);
        (*irp).stack_count = 1;
        (*irp).current_location = 1;
        (*irp).current_stack_location = location;
        (*location).major_function = IRP_MJ_PNP;
        (*location).minor_function = minor;
        (*location).device_object = device.object.as_ptr().cast();
    }
    // SAFETY: the arguments are those of the callback.
    unsafe { routine(device.handle, irp) };
    // SAFETY: the fake framework does not free such an IRP before.
    let status = unsafe { (*irp).status };
    memory.free();
    status == raw(NtStatus::SUCCESS)
}

/// `WdfDeviceInitAssignWdmIrpPreprocessCallback`.
pub(super) unsafe extern "system" fn assign_preprocess_callback(
    _: *mut c_void,
    init: Handle,
    routine: *mut c_void,
    major: u8,
    minors: *const u8,
    count: u32,
) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(
        Irql::Dispatch,
        "WdfDeviceInitAssignWdmIrpPreprocessCallback above DISPATCH_LEVEL",
    );
    let init = state.wdf.objects.get_mut(&init.addr());
    let Some(Kind::DeviceInit { preprocess }) = init.map(|object| &mut object.kind) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    if routine.is_null() || preprocess.iter().any(|it| it.major == major) {
        return raw(NtStatus::INVALID_DEVICE_REQUEST);
    }
    let minors = (!minors.is_null()).then(|| {
        let count = usize::try_from(count).expect("there are few");
        // SAFETY: the caller's array has as many elements.
        unsafe { slice::from_raw_parts(minors, count) }.to_vec()
    });
    preprocess.push(Preprocess {
        major,
        minors,
        // SAFETY: the caller's routine has this type.
        routine: unsafe { transmute::<*mut c_void, PreprocessRoutine>(routine) },
    });
    raw(NtStatus::SUCCESS)
}

/// `WdfDeviceWdmDispatchPreprocessedIrp`.
pub(super) unsafe extern "system" fn dispatch_preprocessed(
    _: *mut c_void,
    device: Handle,
    irp: *mut Irp,
) -> i32 {
    let shared = current();
    shared.lock().check_preprocessed(irp);
    // What `IoSetNextIrpStackLocation` does.
    // SAFETY: the IRP is not completed.
    let location = unsafe { (*irp).current_stack_location }.wrapping_sub(1);
    // SAFETY: as above.
    unsafe { (*irp).current_stack_location = location };
    // SAFETY: as above.
    unsafe { (*irp).current_location -= 1 };
    // SAFETY: as above.
    if unsafe { (*location).major_function } == IRP_MJ_PNP {
        // SAFETY: as above.
        unsafe { (*irp).status = raw(NtStatus::SUCCESS) };
        return raw(NtStatus::SUCCESS);
    }
    // SAFETY: the IRP is this driver's.
    unsafe { dispatch(&shared, device, irp::Irp::new(irp)) }
}

/// `WdfDeviceWdmGetDeviceObject`.
pub(super) unsafe extern "system" fn device_object(_: *mut c_void, device: Handle) -> *mut c_void {
    let shared = current();
    let state = shared.lock();
    let device = state.wdf.device(device.addr());
    device.map_or(ptr::null_mut(), |own| own.device.object.as_ptr())
}

/// `WdfDeviceWdmGetPhysicalDevice`.
pub(super) unsafe extern "system" fn physical_device(
    _: *mut c_void,
    device: Handle,
) -> *mut c_void {
    let shared = current();
    let state = shared.lock();
    let device = state.wdf.device(device.addr());
    device.map_or(ptr::null_mut(), |own| own.device.pdo.as_ptr())
}
