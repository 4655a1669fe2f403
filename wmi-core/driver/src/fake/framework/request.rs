//! Which buffers the framework gives to callbacks, and what it makes of their answers.

use core::ffi::c_void;
use core::ptr;
use std::vec::Vec;

use wmi_core::{Guid, NtStatus};

use super::{ALIGNMENT, Callbacks, Handle, Kind, PLACES, UNSUCCESSFUL, WdfAnswer, WdfDevice};
use crate::fake::Kernel;
use crate::fake::state::Memory;
use crate::status::from_raw;

impl Kernel {
    /// Queries one instance, with room for this many bytes of data.
    pub fn wdf_query(
        &self,
        device: WdfDevice,
        guid: Guid,
        instance: usize,
        room: usize,
    ) -> WdfAnswer {
        let found = self.shared.lock().wdf.instance(device, guid, instance);
        let (handle, callbacks, min) = match found {
            Ok(found) => found,
            Err(status) => return WdfAnswer::failure(status),
        };
        if callbacks.query.is_none() && callbacks.execute.is_none() {
            return WdfAnswer::failure(NtStatus::INVALID_DEVICE_REQUEST);
        }
        if room < min {
            return WdfAnswer {
                status: NtStatus::BUFFER_TOO_SMALL,
                used: min,
                data: Vec::new(),
            };
        }
        query(handle, callbacks, room)
    }

    /// Queries all instances, in a buffer of `size` bytes for the whole `WNODE_ALL_DATA`. The data of
    /// the answer is that of all instances, one after the other.
    pub fn wdf_query_all(&self, device: WdfDevice, guid: Guid, size: usize) -> WdfAnswer {
        let mut count = 0;
        while let Ok((_, _, _)) = self.shared.lock().wdf.instance(device, guid, count) {
            count += 1;
        }
        if count == 0 {
            let status = match self.shared.lock().wdf.provider(device, guid) {
                Some(_) => NtStatus::WMI_INSTANCE_NOT_FOUND,
                None => NtStatus::WMI_GUID_NOT_FOUND,
            };
            return WdfAnswer::failure(status);
        }
        let start = (PLACES + 8 * count).next_multiple_of(ALIGNMENT);
        let min = match self.shared.lock().wdf.instance(device, guid, 0) {
            Ok((_, _, min)) => min,
            Err(status) => return WdfAnswer::failure(status),
        };
        let all = start + (count - 1) * min.next_multiple_of(ALIGNMENT) + min;
        if min > 0 && size < all {
            return WdfAnswer {
                status: NtStatus::BUFFER_TOO_SMALL,
                used: all,
                data: Vec::new(),
            };
        }
        let (mut used, mut data, mut fits) = (start, Vec::new(), true);
        for index in 0..count {
            let found = self.shared.lock().wdf.instance(device, guid, index);
            let Ok((handle, callbacks, _)) = found else {
                return WdfAnswer::failure(NtStatus::WMI_INSTANCE_NOT_FOUND);
            };
            let answer = query(handle, callbacks, size.saturating_sub(used));
            fits &= answer.status == NtStatus::SUCCESS;
            if !fits
                && answer.status != NtStatus::SUCCESS
                && answer.status != NtStatus::BUFFER_TOO_SMALL
            {
                return answer;
            }
            used += answer.used;
            if index + 1 < count {
                used = used.next_multiple_of(ALIGNMENT);
            }
            data.extend(answer.data);
        }
        fits &= used <= size;
        let (status, data) = match fits {
            true => (NtStatus::SUCCESS, data),
            false => (NtStatus::BUFFER_TOO_SMALL, Vec::new()),
        };
        WdfAnswer { status, used, data }
    }

    /// Sets one instance.
    pub fn wdf_set(&self, device: WdfDevice, guid: Guid, instance: usize, data: &[u8]) -> NtStatus {
        let found = self.shared.lock().wdf.instance(device, guid, instance);
        let (handle, callbacks, min) = match found {
            Ok(found) => found,
            Err(status) => return status,
        };
        let Some(set) = callbacks.set else {
            return NtStatus::WMI_READ_ONLY;
        };
        if data.len() < min {
            return NtStatus::WMI_SET_FAILURE;
        }
        let status = with_data(data, |start, size| {
            // SAFETY: the arguments are those of the callback.
            from_raw(unsafe { set(handle, size, start) })
        });
        set_status(status)
    }

    /// Sets one item of one instance.
    pub fn wdf_set_item(
        &self,
        device: WdfDevice,
        guid: Guid,
        instance: usize,
        item: u32,
        data: &[u8],
    ) -> NtStatus {
        let found = self.shared.lock().wdf.instance(device, guid, instance);
        let (handle, callbacks, _) = match found {
            Ok(found) => found,
            Err(status) => return status,
        };
        let Some(set_item) = callbacks.set_item else {
            return NtStatus::WMI_READ_ONLY;
        };
        let status = with_data(data, |start, size| {
            // SAFETY: the arguments are those of the callback.
            from_raw(unsafe { set_item(handle, item, size, start) })
        });
        set_status(status)
    }

    /// Calls a method with a claimed size of the input, as a malformed WNODE may have it, in a buffer
    /// for this many bytes of output.
    pub fn wdf_execute(
        &self,
        device: WdfDevice,
        guid: Guid,
        method: u32,
        input: &[u8],
        claimed: u32,
        room: usize,
    ) -> WdfAnswer {
        let found = self.shared.lock().wdf.instance(device, guid, 0);
        let (handle, callbacks, _) = match found {
            Ok(found) => found,
            Err(status) => return WdfAnswer::failure(status),
        };
        let Some(execute) = callbacks.execute else {
            return WdfAnswer::failure(NtStatus::INVALID_DEVICE_REQUEST);
        };
        let mut bytes = std::vec![0; room];
        for (slot, byte) in bytes.iter_mut().zip(input) {
            *slot = *byte;
        }
        let mut used = 0;
        let mut data = Vec::new();
        let status = with_memory(&bytes, |memory, start, size| {
            // SAFETY: the arguments are those of the callback.
            let status = unsafe { execute(handle, method, claimed, size, start, &raw mut used) };
            data = memory.map_or_else(Vec::new, |memory| memory.bytes(memory.size));
            from_raw(status)
        });
        let used = usize::try_from(used).unwrap_or(usize::MAX);
        data.truncate(if status.is_success() { used } else { 0 });
        WdfAnswer { status, used, data }
    }

    /// Says that somebody listens to events, or reads an expensive block, or nobody any more.
    pub fn wdf_control(
        &self,
        device: WdfDevice,
        guid: Guid,
        is_event: bool,
        enable: bool,
    ) -> NtStatus {
        let mut state = self.shared.lock();
        let Some(provider) = state.wdf.provider(device, guid) else {
            return NtStatus::WMI_GUID_NOT_FOUND;
        };
        let handle = state.wdf.handle(provider);
        let Some(Kind::Provider {
            control, enabled, ..
        }) = state.wdf.kind(provider)
        else {
            return NtStatus::WMI_GUID_NOT_FOUND;
        };
        let which = usize::from(!is_event);
        enabled[which] = enable;
        let Some(control) = *control else {
            return NtStatus::SUCCESS;
        };
        drop(state);
        // SAFETY: the arguments are those of the callback.
        let status =
            from_raw(unsafe { control(handle, if is_event { 1 } else { 2 }, u8::from(enable)) });
        if !status.is_success() {
            let mut state = self.shared.lock();
            if let Some(Kind::Provider { enabled, .. }) = state.wdf.kind(provider) {
                enabled[which] = false;
            }
        }
        status
    }
}

/// Calls the query callback of an instance, and makes of its answer what the framework does.
fn query(handle: Handle, callbacks: Callbacks, room: usize) -> WdfAnswer {
    let Some(query) = callbacks.query else {
        return WdfAnswer {
            status: NtStatus::SUCCESS,
            used: 0,
            data: Vec::new(),
        };
    };
    // Without room the callback gets a byte that nobody reads, so that it says how many it needs.
    let given = room.max(1);
    let memory = Memory::zeroed(given);
    let mut used = 0;
    let size = u32::try_from(given).expect("buffers are small");
    // SAFETY: the arguments are those of the callback.
    let status = unsafe { query(handle, size, memory.start.cast(), &raw mut used) };
    let bytes = memory.bytes(given);
    memory.free();
    let used = usize::try_from(used).unwrap_or(usize::MAX);
    match from_raw(status) {
        NtStatus::PENDING => WdfAnswer::failure(UNSUCCESSFUL),
        status if status.is_success() && used > given => WdfAnswer::failure(UNSUCCESSFUL),
        status if status.is_success() && used > room => WdfAnswer {
            status: NtStatus::BUFFER_TOO_SMALL,
            used,
            data: Vec::new(),
        },
        status if status.is_success() => WdfAnswer {
            status,
            used,
            data: bytes[..used].to_vec(),
        },
        status => WdfAnswer {
            status,
            used,
            data: Vec::new(),
        },
    }
}

/// What the framework makes of the status of a callback that sets.
const fn set_status(status: NtStatus) -> NtStatus {
    match status {
        NtStatus::BUFFER_TOO_SMALL => NtStatus::WMI_SET_FAILURE,
        NtStatus::PENDING => UNSUCCESSFUL,
        status => status,
    }
}

fn with_data<R>(data: &[u8], f: impl FnOnce(*mut c_void, u32) -> R) -> R {
    with_memory(data, |_, start, size| f(start, size))
}

/// Calls `f` with memory of just these bytes, and with null where there are none.
fn with_memory<R>(data: &[u8], f: impl FnOnce(Option<Memory>, *mut c_void, u32) -> R) -> R {
    let memory = (!data.is_empty()).then(|| Memory::filled(data));
    let start = memory.map_or(ptr::null_mut(), |memory| memory.start.cast());
    let result = f(
        memory,
        start,
        u32::try_from(data.len()).expect("buffers are small"),
    );
    if let Some(memory) = memory {
        memory.free();
    }
    result
}
