//! What the framework tells WMI of a device, and when.

use core::ffi::c_void;
use core::mem::offset_of;
use std::string::String;
use std::vec::Vec;

use wmi_core::NtStatus;
use wmi_core::provider::Response;
use wmi_core::wnode::{WmiRegGuid, WmiRegInfo, flags};

use super::request::Buffer;
use super::{EVENT_ONLY, EXPENSIVE, Handle, Objects, Provider, Registration, TRACING, WdfDevice};
use crate::fake::routines::Fake;
use crate::fake::state::Shared;
use crate::fake::{IRQL, Irql, Kernel, current};
use crate::layout::{DeviceObject, UnicodeString};
use crate::status::raw;
use crate::wdm::routines::{Action, Routines as _};

impl Kernel {
    /// Sets the registry path of the driver, of which the framework keeps a copy.
    pub fn set_wdf_registry_path(&self, path: &str) {
        self.shared.lock().wdf.registry_path = path.into();
    }

    /// Returns the MOF resource name assigned by the driver.
    #[must_use]
    pub fn wdf_resource(&self, device: WdfDevice) -> Option<String> {
        let state = self.shared.lock();
        state.wdf.device(device.address())?.resource.clone()
    }

    /// Returns how many times the framework told WMI of a change.
    #[must_use]
    pub fn wdf_updates(&self, device: WdfDevice) -> usize {
        let state = self.shared.lock();
        let device = state.wdf.device(device.address());
        device.map_or(0, |device| device.updates)
    }
}

pub(super) unsafe extern "system" fn assign_mof_resource_name(
    _: *mut c_void,
    device: Handle,
    name: *const UnicodeString,
) -> i32 {
    let shared = current();
    let mut state = shared.lock();
    state.limit(
        Irql::Passive,
        "WdfDeviceAssignMofResourceName above PASSIVE_LEVEL",
    );
    // SAFETY: the caller's string is valid.
    let units =
        unsafe { core::slice::from_raw_parts((*name).buffer, usize::from((*name).length / 2)) };
    let Some(device) = state.wdf.device_mut(device.addr()) else {
        return raw(NtStatus::INVALID_PARAMETER);
    };
    if device.resource.is_some() {
        return raw(NtStatus::INVALID_DEVICE_REQUEST);
    }
    device.resource = Some(String::from_utf16_lossy(units));
    raw(NtStatus::SUCCESS)
}

/// The flags of a provider, but for the one that says that it was removed.
fn registered_flags(provider: &Provider) -> u32 {
    if provider.flags & TRACING != 0 {
        return flags::WMIREG_FLAG_TRACED_GUID | flags::WMIREG_FLAG_TRACE_CONTROL_GUID;
    }
    let mut registered = flags::WMIREG_FLAG_INSTANCE_PDO;
    if provider.flags & EXPENSIVE != 0 {
        registered |= flags::WMIREG_FLAG_EXPENSIVE;
    }
    if provider.flags & EVENT_ONLY != 0 {
        registered |= flags::WMIREG_FLAG_EVENT_ONLY_GUID;
    }
    registered
}

/// Answers `IRP_MN_REGINFO` and `IRP_MN_REGINFO_EX`, with the whole list whatever the action is.
pub(super) fn register(
    shared: &Shared,
    device: usize,
    buffer: Buffer,
    has_references: bool,
) -> Response {
    let mut state = shared.lock();
    let Some(own) = state.wdf.device(device) else {
        return Response::new(NtStatus::INVALID_DEVICE_REQUEST, 0);
    };
    let pdo = own.device.pdo().as_ptr();
    let texts = [
        own.resource.clone().unwrap_or_default(),
        state.wdf.registry_path.clone(),
    ];
    let texts = texts.map(|text| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(units.len()).expect("texts are short");
        [&length.to_le_bytes()[..], &units].concat()
    });
    let providers = state.wdf.providers(device).to_vec();
    let end = WmiRegInfo::GUIDS_OFFSET + providers.len() * size_of::<WmiRegGuid>();
    let [mof, path] = &texts;
    let size = end + mof.len() + path.len();
    if buffer.size() < size {
        buffer.put(0, &number(size));
        return Response::new(NtStatus::SUCCESS, 4);
    }
    buffer.put(offset_of!(WmiRegInfo, buffer_size), &number(size));
    buffer.put(offset_of!(WmiRegInfo, next_wmi_reg_info), &number(0));
    buffer.put(
        offset_of!(WmiRegInfo, registry_path),
        &number(end + mof.len()),
    );
    buffer.put(offset_of!(WmiRegInfo, mof_resource_name), &number(end));
    buffer.put(offset_of!(WmiRegInfo, guid_count), &number(providers.len()));
    buffer.put(end, mof);
    buffer.put(end + mof.len(), path);
    for (index, provider) in providers.iter().enumerate() {
        let at = WmiRegInfo::GUIDS_OFFSET + index * size_of::<WmiRegGuid>();
        let Some(provider) = state.wdf.provider_mut(*provider) else {
            continue;
        };
        let mut flags = registered_flags(provider);
        if core::mem::take(&mut provider.is_removed) {
            flags |= flags::WMIREG_FLAG_REMOVE_GUID;
        }
        buffer.put(at + offset_of!(WmiRegGuid, guid), &provider.guid);
        buffer.put(at + offset_of!(WmiRegGuid, flags), &flags.to_le_bytes());
        let count = number(provider.instances.len());
        buffer.put(at + offset_of!(WmiRegGuid, instance_count), &count);
        let info = at + offset_of!(WmiRegGuid, instance_info);
        buffer.put(info, &pdo.addr().to_le_bytes());
    }
    drop(state);
    if has_references {
        for _ in &providers {
            // SAFETY: the device object of the bus is there.
            unsafe { Fake::reference_object(pdo) };
        }
    }
    Response::new(NtStatus::SUCCESS, size)
}

fn number(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("it is small").to_le_bytes()
}

impl Objects {
    /// Says that the instances of a provider have changed. Returns the device object of which WMI is
    /// to be told.
    pub(super) fn changed(&mut self, provider: usize) -> Option<*mut DeviceObject> {
        let device = self.provider(provider)?.device;
        let device = self.device_mut(device)?;
        if device.registration != Registration::Registered {
            return None;
        }
        device.updates += 1;
        Some(device.device.object().as_ptr().cast())
    }
}

/// Tells WMI of a change: at once at `PASSIVE_LEVEL`, by a work item above.
pub(super) fn update(device: *mut DeviceObject) {
    if IRQL.get() == Irql::Passive {
        // A failure is nobody's business.
        // SAFETY: the device object is registered.
        let _ = unsafe { Fake::registration_control(device, Action::UpdateGuids) };
        return;
    }
    // SAFETY: the device object is there.
    let item = unsafe { Fake::allocate_work_item(device) };
    // SAFETY: the item is not queued, and is its own context.
    unsafe { Fake::queue_work_item(item, update_later, item) };
}

unsafe extern "system" fn update_later(device: *mut DeviceObject, item: *mut c_void) {
    // SAFETY: the item is not queued, as it runs.
    unsafe { Fake::free_work_item(item) };
    update(device);
}
