//! The fake kernel's implementation of the kernel routines.

use core::ffi::c_void;
use std::vec::Vec;

use wmi_core::NtStatus;
use wmi_core::provider::Minor;

use super::request::IrpRequest;
use super::state::{Memory, Shared, WorkItem};
use super::{ANSWERING, Irql, current};
use crate::layout::{DeviceObject, Irp, KEvent};
use crate::status::raw;
use crate::wdm::routines::{Action, Routines, WorkRoutine};

/// Size of WMI's first buffer for a registration, in bytes.
const FIRST_REGISTRATION: usize = 64;

/// Bytes of a reply that holds only the size needed.
const SIZE_NEEDED: usize = 4;

/// The fake kernel of the current thread.
#[derive(Debug)]
pub(crate) struct Fake;

impl Routines for Fake {
    unsafe fn registration_control(device: *mut DeviceObject, action: Action) -> i32 {
        raw(
            match current().registration_control(device.addr(), action) {
                Ok(()) => NtStatus::SUCCESS,
                Err(status) => status,
            },
        )
    }

    unsafe fn write_event(wnode: *mut c_void) -> i32 {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Apc, "IoWMIWriteEvent above APC_LEVEL");
        let Some(memory) = state.pool.get(&wnode.addr()).copied() else {
            state.bug_check(0xc2, 7, "an event is not an allocation of pool");
            return raw(NtStatus::INVALID_PARAMETER);
        };
        let status = state.event_status;
        if status != NtStatus::SUCCESS {
            return raw(status);
        }
        let bytes = memory.bytes(memory.size);
        let size = bytes
            .first_chunk()
            .map_or(0, |size| u32::from_le_bytes(*size));
        let event = bytes.get(..usize::try_from(size).unwrap_or(usize::MAX));
        match event {
            Some(event) => state.events.push(event.to_vec()),
            None => state.bug_check(0xc2, 7, "an event is larger than its memory"),
        }
        state.pool.remove(&wnode.addr());
        memory.free();
        let listeners = event.map_or_else(Vec::new, |event| state.listeners(event));
        drop(state);
        for (notify, context) in listeners {
            let mut event = event.unwrap_or_default().to_vec();
            // SAFETY: a consumer has set this callback and its context.
            unsafe { notify(event.as_mut_ptr().cast(), context) };
        }
        raw(NtStatus::SUCCESS)
    }

    unsafe fn provider_id(device: *mut DeviceObject) -> u32 {
        let shared = current();
        let mut state = shared.lock();
        state.limit(
            Irql::Dispatch,
            "IoWMIDeviceObjectToProviderId above DISPATCH_LEVEL",
        );
        state.device(device.addr()).provider_id
    }

    unsafe fn complete_request(irp: *mut Irp) {
        let shared = current();
        shared.lock().complete(irp);
        shared.changed.notify_all();
    }

    unsafe fn call_driver(device: *mut DeviceObject, irp: *mut Irp) -> i32 {
        let shared = current();
        shared.lock().check_forward(irp);
        shared.dispatch(device.addr(), irp)
    }

    unsafe fn reference_object(object: *mut c_void) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "ObReferenceObject above DISPATCH_LEVEL");
        match state.devices.get_mut(&object.addr()) {
            Some(device) => device.references += 1,
            None => state.bug_check(0x18, 0, "an object is referenced that does not exist"),
        }
    }

    unsafe fn acquire_remove_lock(lock: *mut c_void, tag: *mut c_void, size: u32) -> i32 {
        let acquired = current().lock().acquire_remove_lock(lock, tag.addr(), size);
        raw(acquired.err().unwrap_or(NtStatus::SUCCESS))
    }

    unsafe fn release_remove_lock(lock: *mut c_void, tag: *mut c_void, size: u32) {
        let shared = current();
        shared
            .lock()
            .release_remove_lock(lock, tag.addr(), size, 0xd5);
        shared.changed.notify_all();
    }

    fn system_time() -> i64 {
        current().lock().time
    }

    fn allocate(size: usize) -> *mut c_void {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "ExAllocatePool above DISPATCH_LEVEL");
        if size == 0 {
            state.bug_check(0xc4, 0, "an allocation of pool has no bytes");
        }
        match &mut state.allocations_left {
            Some(0) => return core::ptr::null_mut(),
            Some(left) => *left -= 1,
            None => {}
        }
        let memory = Memory::new(size);
        state.pool.insert(memory.address(), memory);
        memory.start.cast()
    }

    unsafe fn free(memory: *mut c_void) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "ExFreePool above DISPATCH_LEVEL");
        match state.pool.remove(&memory.addr()) {
            Some(memory) => memory.free(),
            None => state.bug_check(
                0xc2,
                7,
                "memory is freed that is not pool, or is freed twice",
            ),
        }
    }

    unsafe fn allocate_work_item(device: *mut DeviceObject) -> *mut c_void {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "IoAllocateWorkItem above DISPATCH_LEVEL");
        match &mut state.allocations_left {
            Some(0) => return core::ptr::null_mut(),
            Some(left) => *left -= 1,
            None => {}
        }
        let memory = Memory::new(1);
        let item = WorkItem {
            memory,
            device,
            queued: None,
        };
        state.work_items.insert(memory.address(), item);
        memory.start.cast()
    }

    unsafe fn queue_work_item(item: *mut c_void, routine: WorkRoutine, context: *mut c_void) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "IoQueueWorkItem above DISPATCH_LEVEL");
        let record = state.work_items.get_mut(&item.addr());
        match record.filter(|record| record.queued.is_none()) {
            Some(record) => {
                record.queued = Some((routine, context));
                state.queue.push_back(item.addr());
            }
            None => state.bug_check(
                0xe4,
                0,
                "a work item is queued that does not exist, or is queued twice",
            ),
        }
        drop(state);
        shared.changed.notify_all();
    }

    unsafe fn free_work_item(item: *mut c_void) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "IoFreeWorkItem above DISPATCH_LEVEL");
        match state.work_items.remove(&item.addr()) {
            Some(record) => {
                if record.queued.is_some() {
                    state.bug_check(0xe4, 1, "a work item is freed while it is queued");
                }
                record.memory.free();
            }
            None => state.bug_check(0xe4, 1, "a work item is freed that does not exist"),
        }
    }

    unsafe fn initialize_event(event: *mut KEvent) {
        // SAFETY: guaranteed by the caller.
        unsafe { event.write_bytes(0, 1) };
        current().lock().kernel_events.insert(event.addr(), false);
    }

    unsafe fn set_event(event: *mut KEvent) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "KeSetEvent above DISPATCH_LEVEL");
        // The wait cannot end before the lock is released, so the event is valid.
        // SAFETY: guaranteed by the caller.
        unsafe { event.write_bytes(1, 1) };
        state.kernel_events.insert(event.addr(), true);
        drop(state);
        shared.changed.notify_all();
    }

    unsafe fn wait(event: *mut KEvent) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Apc, "KeWaitForSingleObject above APC_LEVEL");
        while state.kernel_events.get(&event.addr()) != Some(&true) {
            if state.queue.is_empty() {
                state = shared.wait(state);
            } else {
                drop(state);
                shared.run_work_item();
                state = shared.lock();
            }
        }
        state.kernel_events.remove(&event.addr());
    }
}

impl Shared {
    fn registration_control(&self, device: usize, action: Action) -> Result<(), NtStatus> {
        let mut state = self.lock();
        state.limit(
            Irql::Passive,
            "IoWMIRegistrationControl above PASSIVE_LEVEL",
        );
        if state.registration_status != NtStatus::SUCCESS {
            return Err(state.registration_status);
        }
        let record = state.device(device);
        match action {
            Action::Register => {
                if core::mem::replace(&mut record.is_registered, true) {
                    state.bug_check(0x14a, 0, "a device is registered twice");
                }
                drop(state);
                self.ask_registration(device, 0);
            }
            Action::UpdateGuids => {
                if !record.is_registered {
                    state.bug_check(0x14a, 1, "a device is updated that is not registered");
                    return Err(NtStatus::INVALID_PARAMETER);
                }
                drop(state);
                self.ask_registration(device, 1);
            }
            Action::Deregister => {
                if !record.is_registered {
                    state.bug_check(0x14a, 1, "a device is deregistered that is not registered");
                    return Err(NtStatus::INVALID_PARAMETER);
                }
                if ANSWERING.with_borrow(|answering| answering.contains(&Some(device))) {
                    state.bug_check(
                        0xc4,
                        0,
                        "a handler deregisters its device, which waits for the handler",
                    );
                    state.device(device).is_registered = false;
                    return Ok(());
                }
                while state.device(device).outstanding > 0 {
                    state = self.wait(state);
                }
                state.device(device).is_registered = false;
            }
        }
        Ok(())
    }

    /// Sends `IRP_MN_REGINFO_EX`, and repeats it with the size that the driver requests.
    fn ask_registration(&self, device: usize, action: usize) {
        let mut size = FIRST_REGISTRATION;
        loop {
            let request = IrpRequest::raw(Minor::RegInfoEx.code(), device)
                .action(action)
                .buffer(size);
            let pending = self.post(device, &request);
            let mut state = self.lock();
            let Some(completed) = state.take_completed(&pending) else {
                return;
            };
            let reply = completed.reply();
            if !completed.status.is_success() {
                return;
            }
            if let Ok(needed) = <[u8; SIZE_NEEDED]>::try_from(reply) {
                let needed = usize::try_from(u32::from_le_bytes(needed)).unwrap_or(0);
                if needed <= size {
                    state.bug_check(
                        0x14a,
                        0,
                        "a registration requests a buffer no larger than the one it got",
                    );
                    return;
                }
                size = needed;
                continue;
            }
            state.device(device).registration = Some(reply.to_vec());
            return;
        }
    }
}
