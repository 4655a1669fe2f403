//! Requests of WMI, as the framework answers them: it trusts what a WNODE says of its own sizes.

use core::mem::offset_of;
use std::vec::Vec;

use wmi_core::provider::{DataPath, Minor, Response};
use wmi_core::wnode::flags::{
    WNODE_FLAG_FIXED_INSTANCE_SIZE, WNODE_FLAG_STATIC_INSTANCE_NAMES, WNODE_FLAG_TOO_SMALL,
};
use wmi_core::wnode::{
    OffsetInstanceDataAndLength, WnodeAllData, WnodeHeader, WnodeMethodItem, WnodeSingleInstance,
    WnodeSingleItem, WnodeTooSmall,
};
use wmi_core::{Guid, NtStatus};

use super::callback::Called;
use super::registration::register;
use super::{Handle, Kind, UNSUCCESSFUL};
use crate::fake::routines::Fake;
use crate::fake::state::{Shared, State};
use crate::kmdf::FRAMEWORK_ALIGNMENT;
use crate::layout::DeviceObject;
use crate::status::{from_raw, raw};
use crate::wdm::irp::Irp;
use crate::wdm::routines::Routines as _;

/// Where the array of places is in a `WNODE_ALL_DATA`: in the place of `FixedInstanceSize`.
const PLACES: usize = offset_of!(WnodeAllData, fixed_instance_size);

/// The buffer of a request.
#[derive(Clone, Copy)]
pub(super) struct Buffer {
    start: *mut u8,
    size: u32,
}

impl Buffer {
    pub(super) fn size(self) -> usize {
        usize::try_from(self.size).unwrap_or(usize::MAX)
    }

    /// The address that an offset stands for, wherever that is.
    fn at(self, offset: u32) -> *mut u8 {
        self.start
            .wrapping_add(usize::try_from(offset).unwrap_or(usize::MAX))
    }

    /// Reads a number. Behind the end there are zeros, where the framework reads what lies there.
    fn number(self, place: usize) -> u32 {
        let mut bytes = [0; 4];
        for (at, byte) in (place..self.size()).zip(&mut bytes) {
            // SAFETY: the place is in the buffer, which is the driver's.
            *byte = unsafe { self.start.add(at).read() };
        }
        u32::from_le_bytes(bytes)
    }

    /// Writes bytes. What would lie behind the end is lost, where the framework writes it.
    pub(super) fn put(self, place: usize, bytes: &[u8]) {
        for (at, byte) in (place..self.size()).zip(bytes) {
            // SAFETY: as above.
            unsafe { self.start.add(at).write(*byte) };
        }
    }

    fn put_number(self, place: usize, number: u32) {
        self.put(place, &number.to_le_bytes());
    }

    /// Completes a WNODE with this many bytes.
    fn complete(self, size: u32) -> Response {
        self.put_number(offset_of!(WnodeHeader, buffer_size), size);
        let time = Fake::system_time().to_le_bytes();
        self.put(offset_of!(WnodeHeader, time_stamp), &time);
        Response::new(NtStatus::SUCCESS, usize::try_from(size).unwrap_or(0))
    }

    /// Makes a `WNODE_TOO_SMALL` of the WNODE. Whether there is room for it is not checked.
    fn too_small(self, needed: u32) -> Response {
        let size = size_of::<WnodeTooSmall>();
        let header = u32::try_from(size).expect("it is small");
        self.put_number(offset_of!(WnodeHeader, buffer_size), header);
        self.put_number(offset_of!(WnodeHeader, flags), WNODE_FLAG_TOO_SMALL);
        self.put_number(offset_of!(WnodeTooSmall, size_needed), needed);
        Response::new(NtStatus::SUCCESS, size)
    }

    /// Completes a WNODE with what a callback has answered.
    fn answered(self, offset: u32, (status, used): (NtStatus, u32)) -> Response {
        match status {
            NtStatus::BUFFER_TOO_SMALL => self.too_small(offset.wrapping_add(used)),
            _ if status.is_success() => self.complete(offset.wrapping_add(used)),
            _ => Response::new(status, 0),
        }
    }
}

/// Answers a request for a device of the framework, or passes it on where it is for another.
///
/// # Safety
///
/// The device is one of the framework, and the IRP is its driver's, for `IRP_MJ_SYSTEM_CONTROL`.
pub(super) unsafe fn dispatch(shared: &Shared, device: Handle, irp: Irp) -> i32 {
    let state = shared.lock();
    let objects = state.wdf.device(device.addr());
    let objects = objects.map(|own| (own.device.object(), own.device.pdo()));
    drop(state);
    let Some((object, lower)) = objects else {
        return raw(irp.complete(Response::new(NtStatus::INVALID_DEVICE_REQUEST, 0)));
    };
    let Some(parameters) = irp.parameters(object.as_ptr().cast()) else {
        return raw(irp.forward(lower.as_ptr().cast::<DeviceObject>()));
    };
    let buffer = Buffer {
        start: parameters.buffer.cast(),
        size: parameters.size,
    };
    // SAFETY: the parameters are those of the IRP; the buffer is used after this request alone.
    let data_path = unsafe { parameters.request(0) }.data_path;
    let response = respond(shared, device.addr(), parameters.minor, data_path, buffer);
    raw(irp.complete(response))
}

fn respond(
    shared: &Shared,
    device: usize,
    minor: Minor,
    data_path: DataPath,
    buffer: Buffer,
) -> Response {
    let guid = match data_path {
        DataPath::Action(_) => {
            return register(shared, device, buffer, minor == Minor::RegInfoEx);
        }
        DataPath::Guid(guid) => guid,
    };
    let answered = match minor {
        Minor::QueryAllData => query_all(shared, device, guid, buffer),
        Minor::QuerySingleInstance => query(shared, device, guid, buffer),
        Minor::ChangeSingleInstance => change(shared, device, guid, buffer),
        Minor::ChangeSingleItem => change_item(shared, device, guid, buffer),
        Minor::ExecuteMethod => execute(shared, device, guid, buffer),
        Minor::EnableEvents => control(shared, device, guid, buffer, true, true),
        Minor::DisableEvents => control(shared, device, guid, buffer, true, false),
        Minor::EnableCollection => control(shared, device, guid, buffer, false, true),
        Minor::DisableCollection => control(shared, device, guid, buffer, false, false),
        _ => Err(NtStatus::INVALID_DEVICE_REQUEST),
    };
    answered.unwrap_or_else(|status| Response::new(status, 0))
}

/// What is to be called for a request of one instance.
fn called(shared: &Shared, device: usize, guid: Guid, buffer: Buffer) -> Result<Called, NtStatus> {
    let state = shared.lock();
    let provider = state.wdf.find(device, guid);
    let provider = provider.ok_or(NtStatus::WMI_GUID_NOT_FOUND)?;
    let index = buffer.number(offset_of!(WnodeSingleInstance, instance_index));
    let flags = buffer.number(offset_of!(WnodeHeader, flags));
    if flags & WNODE_FLAG_STATIC_INSTANCE_NAMES == 0 {
        return Err(NtStatus::WMI_INSTANCE_NOT_FOUND);
    }
    state
        .called(provider, usize::try_from(index).unwrap_or(usize::MAX))
        .ok_or(NtStatus::WMI_INSTANCE_NOT_FOUND)
}

impl State {
    /// The registered instance of a provider with this number.
    fn called(&self, provider: usize, index: usize) -> Option<Called> {
        let provider = self.wdf.provider(provider)?;
        let instance = provider.instances.get(index)?;
        let object = self.wdf.objects.get(instance)?;
        let Kind::Instance { callbacks, .. } = object.kind else {
            return None;
        };
        Some(Called {
            handle: self.wdf.handle(*instance),
            callbacks,
            context: callbacks
                .context
                .and_then(|key| object.contexts.get(&key).copied()),
            min: provider.min,
        })
    }
}

fn query_all(
    shared: &Shared,
    device: usize,
    guid: Guid,
    buffer: Buffer,
) -> Result<Response, NtStatus> {
    let state = shared.lock();
    let provider = state.wdf.find(device, guid);
    let provider = provider.ok_or(NtStatus::WMI_GUID_NOT_FOUND)?;
    if buffer.size() < size_of::<WnodeAllData>() {
        return Err(UNSUCCESSFUL);
    }
    let instances: Vec<_> = (0..)
        .map_while(|index| state.called(provider, index))
        .collect();
    drop(state);
    let Some((last, before)) = instances.split_last() else {
        return Err(NtStatus::WMI_INSTANCE_NOT_FOUND);
    };
    let count = u32::try_from(instances.len()).expect("there are few");
    let places = PLACES + instances.len() * size_of::<OffsetInstanceDataAndLength>();
    let start = aligned(u32::try_from(places).expect("there are few"));
    let flags = offset_of!(WnodeHeader, flags);
    buffer.put_number(
        flags,
        buffer.number(flags) & !WNODE_FLAG_FIXED_INSTANCE_SIZE,
    );
    buffer.put_number(offset_of!(WnodeAllData, data_block_offset), start);
    buffer.put_number(offset_of!(WnodeAllData, instance_count), count);
    if last.min > 0 {
        let before = u32::try_from(before.len()).expect("there are few");
        let needed = start + before * aligned(last.min) + last.min;
        if buffer.size < needed {
            return Ok(buffer.too_small(needed));
        }
    }
    let mut fits = start <= buffer.size;
    // Where the next instance goes, the bytes that are left there, and how many of them are needed.
    let (mut at, mut left) = (start, buffer.size.saturating_sub(start));
    let (mut needed, mut padding) = (start, 0);
    for (index, instance) in instances.iter().enumerate() {
        let (status, used) = instance.query(left, buffer.at(at));
        match status {
            NtStatus::BUFFER_TOO_SMALL => fits = false,
            _ if status.is_success() => {}
            _ => return Err(status),
        }
        if start <= buffer.size {
            let place = PLACES + index * size_of::<OffsetInstanceDataAndLength>();
            buffer.put_number(place, at);
            buffer.put_number(place + 4, used);
        }
        let whole = aligned(used);
        padding = whole - used;
        needed += whole;
        // What is left may have no room for the padding, which is taken off at the end all the same.
        let taken = whole.min(left);
        (at, left) = (at + taken, left - taken);
    }
    Ok(if fits {
        buffer.complete(at.saturating_sub(padding))
    } else {
        buffer.too_small(needed - padding)
    })
}

fn aligned(size: u32) -> u32 {
    size.checked_next_multiple_of(FRAMEWORK_ALIGNMENT)
        .unwrap_or(u32::MAX)
}

fn query(shared: &Shared, device: usize, guid: Guid, buffer: Buffer) -> Result<Response, NtStatus> {
    let called = called(shared, device, guid, buffer)?;
    let callbacks = called.callbacks;
    let can_query = callbacks.query.is_some() || callbacks.context.is_some();
    if !can_query && callbacks.execute.is_none() {
        return Err(NtStatus::INVALID_DEVICE_REQUEST);
    }
    let offset = offset_of!(WnodeSingleInstance, data_block_offset);
    let data = buffer.number(offset);
    // Nobody checks that the data starts in the buffer.
    let room = buffer.size.wrapping_sub(data);
    if room < called.min {
        return Ok(buffer.too_small(data.wrapping_add(called.min)));
    }
    let (status, used) = called.query(room, buffer.at(data));
    buffer.put_number(offset_of!(WnodeSingleInstance, size_data_block), used);
    // The data may have been written over the offset.
    Ok(buffer.answered(buffer.number(offset), (status, used)))
}

fn change(
    shared: &Shared,
    device: usize,
    guid: Guid,
    buffer: Buffer,
) -> Result<Response, NtStatus> {
    let called = called(shared, device, guid, buffer)?;
    let offset = buffer.number(offset_of!(WnodeSingleInstance, data_block_offset));
    let size = buffer.number(offset_of!(WnodeSingleInstance, size_data_block));
    Ok(Response::new(called.set(None, size, buffer.at(offset)), 0))
}

fn change_item(
    shared: &Shared,
    device: usize,
    guid: Guid,
    buffer: Buffer,
) -> Result<Response, NtStatus> {
    let called = called(shared, device, guid, buffer)?;
    let item = buffer.number(offset_of!(WnodeSingleItem, item_id));
    let offset = buffer.number(offset_of!(WnodeSingleItem, data_block_offset));
    let size = buffer.number(offset_of!(WnodeSingleItem, size_data_item));
    let status = called.set(Some(item), size, buffer.at(offset));
    Ok(Response::new(status, 0))
}

fn execute(
    shared: &Shared,
    device: usize,
    guid: Guid,
    buffer: Buffer,
) -> Result<Response, NtStatus> {
    let called = called(shared, device, guid, buffer)?;
    let method = buffer.number(offset_of!(WnodeMethodItem, method_id));
    let offset = offset_of!(WnodeMethodItem, data_block_offset);
    let data = buffer.number(offset);
    let size = offset_of!(WnodeMethodItem, size_data_block);
    let sizes = [buffer.number(size), buffer.size.wrapping_sub(data)];
    let (status, used) = called.execute(method, sizes, buffer.at(data));
    if status.is_success() {
        buffer.put_number(size, used);
    }
    Ok(buffer.answered(buffer.number(offset), (status, used)))
}

/// Switches events, or the collection of data, on or off.
fn control(
    shared: &Shared,
    device: usize,
    guid: Guid,
    buffer: Buffer,
    is_event: bool,
    enable: bool,
) -> Result<Response, NtStatus> {
    let mut state = shared.lock();
    let address = state.wdf.find(device, guid);
    let address = address.ok_or(NtStatus::WMI_GUID_NOT_FOUND)?;
    if buffer.size() < size_of::<WnodeHeader>() {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    let handle = state.wdf.handle(address);
    let provider = state.wdf.provider_mut(address);
    let provider = provider.ok_or(NtStatus::WMI_GUID_NOT_FOUND)?;
    let which = usize::from(!is_event);
    provider.enabled[which] = enable;
    let Some(control) = provider.control else {
        return Ok(Response::new(NtStatus::SUCCESS, 0));
    };
    drop(state);
    let number = if is_event { 1 } else { 2 };
    // SAFETY: the arguments are those of the callback.
    let status = from_raw(unsafe { control(handle, number, u8::from(enable)) });
    if !status.is_success() {
        if let Some(provider) = shared.lock().wdf.provider_mut(address) {
            provider.enabled[which] = false;
        }
    }
    Ok(Response::new(status, 0))
}
