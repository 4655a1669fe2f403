//! WDM drivers on the fake kernel: dispatch, registration, events and removal.

#![allow(unsafe_code, reason = "the tests play the kernel and the driver")]

mod common;

use core::sync::atomic::Ordering;
use std::thread;

use common::{
    Extension, PROVIDER, Stack, Vendor_Settings, Vendor_SettingsItems as _, Vendor_Stats,
    Vendor_StatsItems as _, send_hot, temperature,
};
use wmi_core::provider::{EventSink, Minor, Provider};
use wmi_core::wnode::{Wnode, WnodeHeader};
use wmi_core::{DataBlock, NtStatus};
use wmi_driver::fake::{IrpRequest, Irql, Kernel};
use wmi_driver::wdm::{self, Wmi};

const CANCELLED: NtStatus = NtStatus::from_value(0xc000_0120);
const DELETE_PENDING: NtStatus = NtStatus::from_value(0xc000_0056);

fn query_all<C: DataBlock>(stack: &Stack) -> IrpRequest {
    IrpRequest::new(Minor::QueryAllData, stack.device)
        .guid(C::GUID)
        .buffer(256)
}

#[test]
fn requests_for_the_device_are_answered() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    stack.extension().wmi.register().unwrap();
    stack.extension().stats.add_measurements(7);

    let completed = kernel.send(stack.device, query_all::<Vendor_Stats>(&stack));
    assert_eq!(completed.status, NtStatus::SUCCESS);
    assert!(!completed.was_forwarded);
    let Ok(Wnode::AllData(reply)) = Wnode::decode(completed.reply()) else {
        panic!("{completed:?}");
    };
    let mut blocks = reply.blocks::<Vendor_Stats>().unwrap();
    assert_eq!(blocks.next().unwrap().measurements(), 7);
    stack.remove(&kernel);
}

#[test]
fn replies_carry_the_system_time() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let completed = kernel.send(stack.device, query_all::<Vendor_Stats>(&stack));
    let place = core::mem::offset_of!(WnodeHeader, time_stamp);
    let time = completed.buffer[place..][..8].try_into().unwrap();
    assert_eq!(i64::from_le_bytes(time), wdm::system_time());
    stack.remove(&kernel);
}

#[test]
fn requests_for_other_devices_are_forwarded_unchanged() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let foreign = [
        IrpRequest::new(Minor::QueryAllData, stack.pdo),
        IrpRequest::raw(Minor::RegInfoEx.code(), 0x1234),
        // Replaced below by a minor code that WMI does not define.
        IrpRequest::new(Minor::QueryAllData, stack.device),
    ];
    for (number, request) in foreign.into_iter().enumerate() {
        let request = if number == 2 {
            IrpRequest::raw(0x0a, stack.device.as_ptr().addr())
        } else {
            request
        };
        let completed = kernel.send(stack.device, request);
        assert_eq!(completed.status, NtStatus::NOT_SUPPORTED);
        assert!(completed.was_forwarded);
    }
    stack.remove(&kernel);
}

#[test]
fn the_lowest_driver_completes_requests_for_other_devices_unchanged() {
    let kernel = Kernel::new();
    let driver = kernel.load_driver();
    // SAFETY: the device object below has an `Extension`.
    unsafe { wdm::install::<Extension>(driver.as_ptr()) };
    let pdo = kernel.create_device::<Extension>(driver);
    common::write_extension(&kernel, pdo, |lock| {
        // SAFETY: the device lives until the end of the test.
        unsafe { Wmi::enumerated(&PROVIDER, pdo.as_ptr(), lock) }
    });
    let completed = kernel.send(pdo, IrpRequest::raw(Minor::QueryAllData.code(), 0x1234));
    assert_eq!(completed.status, NtStatus::NOT_SUPPORTED);
    assert!(!completed.was_forwarded);
    // SAFETY: the extension was written above.
    let extension = unsafe { &*pdo.extension::<Extension>() };
    extension.wmi.register().unwrap();
    assert!(kernel.registration(pdo).is_some());
    extension.wmi.deregister();
    kernel.delete_device(pdo);
}

#[test]
fn non_pnp_devices_need_no_lock() {
    struct Legacy(Wmi<Legacy>);
    impl AsRef<Wmi<Self>> for Legacy {
        fn as_ref(&self) -> &Wmi<Self> {
            &self.0
        }
    }
    static LEGACY: Provider<Legacy> = Provider::new(&[]);

    let kernel = Kernel::new();
    let driver = kernel.load_driver();
    // SAFETY: the device object below has a `Legacy`.
    unsafe { wdm::install::<Legacy>(driver.as_ptr()) };
    let device = kernel.create_device::<Legacy>(driver);
    // SAFETY: the device lives until the end of the test.
    let wmi = unsafe { Wmi::standalone(&LEGACY, device.as_ptr()) };
    // SAFETY: the extension has room for it.
    unsafe { device.extension::<Legacy>().write(Legacy(wmi)) };
    // SAFETY: it was written above.
    let legacy = unsafe { &*device.extension::<Legacy>() };
    legacy.0.register().unwrap();
    let completed = kernel.send(
        device,
        IrpRequest::new(Minor::QueryAllData, device).buffer(64),
    );
    assert_eq!(completed.status, NtStatus::WMI_GUID_NOT_FOUND);
    legacy.0.deregister();
    kernel.delete_device(device);
}

#[test]
fn pdo_names_without_a_pdo_are_refused() {
    let kernel = Kernel::new();
    let stack = Stack::with(&kernel, |device, _, _, _| {
        // SAFETY: the device lives until it is removed.
        unsafe { Wmi::standalone(&PROVIDER, device.as_ptr()) }
    });
    let request = IrpRequest::new(Minor::RegInfoEx, stack.device)
        .action(0)
        .buffer(1024);
    let completed = kernel.send(stack.device, request);
    assert_eq!(completed.status, NtStatus::INTERNAL_ERROR);
    assert_eq!(completed.information, 0);
    stack.remove(&kernel);
}

#[test]
fn registration_references_the_pdo_once_per_block() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    // The fake kernel releases a reference for each of the three entries, and checks the sum at the
    // end.
    stack.extension().wmi.register().unwrap();
    stack.extension().wmi.update().unwrap();
    let info = kernel.registration(stack.device).unwrap();
    assert_eq!(info[16], 3, "number of blocks");
    stack.remove(&kernel);
}

#[test]
fn a_restarted_device_is_registered_once() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    stack.extension().wmi.register().unwrap();
    stack.extension().wmi.register().unwrap();
    stack.remove(&kernel);
}

#[test]
fn surprise_removal_and_remove_deregister_once() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    stack.extension().wmi.register().unwrap();
    stack.surprise_removal();
    assert_eq!(stack.extension().wmi.register(), Err(DELETE_PENDING));
    assert_eq!(stack.extension().wmi.update(), Err(DELETE_PENDING));
    stack.remove(&kernel);
}

#[test]
fn unregistered_devices_are_not_deregistered() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    stack.extension().wmi.update().unwrap();
    stack.remove(&kernel);
}

#[test]
fn a_failed_registration_can_be_retried() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    kernel.set_registration_status(NtStatus::INSUFFICIENT_RESOURCES);
    let failed = stack.extension().wmi.register();
    assert_eq!(failed, Err(NtStatus::INSUFFICIENT_RESOURCES));
    kernel.set_registration_status(NtStatus::SUCCESS);
    stack.extension().wmi.register().unwrap();
    assert!(kernel.registration(stack.device).is_some());
    stack.remove(&kernel);
}

#[test]
fn updates_from_a_dpc_use_a_work_item() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let wmi = &stack.extension().wmi;
    wmi.register().unwrap();
    kernel.at(Irql::Dispatch, || wmi.queue_update()).unwrap();
    assert_eq!(kernel.queued_work_items(), 1);
    kernel.run_work_items();
    stack.remove(&kernel);
}

#[test]
fn removed_devices_complete_requests_with_delete_pending() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let mut irp = 0_u8;
    let tag = &raw mut irp;
    kernel.acquire_remove_lock(stack.lock(), tag).unwrap();
    kernel.release_remove_lock_and_wait(stack.lock(), tag);
    let completed = kernel.send(stack.device, query_all::<Vendor_Stats>(&stack));
    assert_eq!(completed.status, DELETE_PENDING);
    assert_eq!(completed.information, 0);
    kernel.detach(stack.pdo);
    kernel.delete_device(stack.device);
    kernel.delete_device(stack.pdo);
}

#[test]
fn the_device_may_go_while_its_last_request_returns() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let device = stack.device;
    let gate = &stack.extension().gate;
    gate.is_closed.store(true, Ordering::SeqCst);
    let handle = kernel.handle();
    let request = query_all::<Vendor_Settings>(&stack);
    let requester = thread::spawn(move || {
        let kernel = handle.enter();
        kernel.send(device, request)
    });
    while gate.waiting.load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
    let handle = kernel.handle();
    let remover = thread::spawn(move || {
        let kernel = handle.enter();
        stack.remove(&kernel);
    });
    thread::yield_now();
    // SAFETY: the removal waits for the request.
    unsafe { &(*device.extension::<Extension>()).gate }
        .is_closed
        .store(false, Ordering::SeqCst);
    assert_eq!(requester.join().unwrap().status, NtStatus::SUCCESS);
    remover.join().unwrap();
}

#[test]
fn events_are_sent_while_enabled() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    send_hot(extension, &extension.wmi).unwrap();
    assert_eq!(kernel.take_events(), Vec::<Vec<u8>>::new());

    let listen = IrpRequest::new(Minor::EnableEvents, stack.device)
        .guid(common::Vendor_Hot::GUID)
        .buffer(48);
    assert_eq!(kernel.send(stack.device, listen).status, NtStatus::SUCCESS);
    send_hot(extension, &extension.wmi).unwrap();
    let events = kernel.take_events();
    assert_eq!(events.len(), 1);
    assert_eq!(temperature(&events[0]), 90);
    let id = extension.wmi.provider_id();
    assert_eq!(events[0][4..8], id.to_le_bytes(), "ProviderId");
    stack.remove(&kernel);
}

#[test]
fn events_refused_by_wmi_are_freed() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.hot.enable(true);
    kernel.set_event_status(NtStatus::BUFFER_OVERFLOW);
    let refused = send_hot(extension, &extension.wmi);
    assert_eq!(refused, Err(NtStatus::BUFFER_OVERFLOW));
    send_hot(extension, &extension.wmi.queued()).unwrap();
    kernel.run_work_items();
    stack.remove(&kernel);
}

#[test]
fn events_from_a_dpc_use_a_work_item() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.hot.enable(true);
    let queued = kernel.at(Irql::Dispatch, || {
        send_hot(extension, &extension.wmi.queued())
    });
    queued.unwrap();
    assert_eq!(kernel.take_events().len(), 0);
    kernel.run_work_items();
    assert_eq!(temperature(&kernel.take_events()[0]), 90);
    stack.remove(&kernel);
}

#[test]
fn removal_waits_for_queued_events() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    extension.hot.enable(true);
    send_hot(extension, &extension.wmi.queued()).unwrap();
    extension.wmi.queue_update().unwrap();
    stack.surprise_removal();
    assert_eq!(kernel.queued_work_items(), 0);
    assert_eq!(kernel.take_events().len(), 1);
    let extension = stack.extension();
    let refused = send_hot(extension, &extension.wmi);
    assert_eq!(refused, Err(DELETE_PENDING));
    let refused = send_hot(extension, &extension.wmi.queued());
    assert_eq!(refused, Err(DELETE_PENDING));
    assert_eq!(extension.wmi.queue_update(), Err(DELETE_PENDING));
    stack.remove(&kernel);
}

#[test]
fn events_fail_without_memory_and_leak_nothing() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.hot.enable(true);
    // The event itself, the work item's context, and the work item.
    for allocations in 0..3 {
        kernel.limit_allocations(Some(allocations));
        let failed = send_hot(extension, &extension.wmi.queued());
        assert_eq!(failed, Err(NtStatus::INSUFFICIENT_RESOURCES));
    }
    kernel.limit_allocations(Some(1));
    let failed = extension.wmi.queue_update();
    assert_eq!(failed, Err(NtStatus::INSUFFICIENT_RESOURCES));
    kernel.limit_allocations(None);
    stack.remove(&kernel);
}

#[test]
fn memory_without_an_event_is_not_passed_to_wmi() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let wmi = &stack.extension().wmi;
    for size in [0, 3, 4, 48] {
        let memory = wmi.allocate(size).unwrap();
        assert_eq!(wmi.send(memory), Err(NtStatus::INVALID_PARAMETER));
    }
    let mut memory = wmi.allocate(64).unwrap();
    memory.as_mut()[0] = 65;
    assert_eq!(wmi.send(memory), Err(NtStatus::INVALID_PARAMETER));
    stack.remove(&kernel);
}

#[test]
fn concurrent_sends_updates_and_removal_are_safe() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    extension.hot.enable(true);
    let handle = kernel.handle();
    thread::scope(|scope| {
        for number in 0..3 {
            let handle = handle.clone();
            let stack = &stack;
            scope.spawn(move || {
                let kernel = handle.enter();
                let extension = stack.extension();
                loop {
                    let done = match number {
                        0 => send_hot(extension, &extension.wmi),
                        1 => send_hot(extension, &extension.wmi.queued()),
                        _ => extension.wmi.update(),
                    };
                    let _ = kernel.send(stack.device, query_all::<Vendor_Stats>(stack));
                    if done.is_err() {
                        assert_eq!(done, Err(DELETE_PENDING));
                        break;
                    }
                    thread::yield_now();
                }
            });
        }
        thread::yield_now();
        stack.surprise_removal();
    });
    stack.remove(&kernel);
}

#[test]
fn requests_answered_later_are_kept() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.is_busy.store(true, Ordering::Relaxed);
    let pending =
        [0, 1, 2].map(|_| kernel.post(stack.device, query_all::<Vendor_Settings>(&stack)));
    // Other requests are answered in the meantime.
    let completed = kernel.send(stack.device, query_all::<Vendor_Stats>(&stack));
    assert_eq!(completed.status, NtStatus::SUCCESS);
    // The handler does not have its values yet.
    extension.wmi.resume(extension);
    for pending in &pending {
        assert_eq!(kernel.completed(pending), None);
    }
    extension.is_busy.store(false, Ordering::Relaxed);
    kernel.at(Irql::Dispatch, || extension.wmi.resume(extension));
    for pending in &pending {
        let completed = kernel.completed(pending).unwrap();
        assert_eq!(completed.status, NtStatus::SUCCESS);
        let Ok(Wnode::AllData(reply)) = Wnode::decode(completed.reply()) else {
            panic!("{completed:?}");
        };
        let mut blocks = reply.blocks::<Vendor_Settings>().unwrap();
        assert_eq!(blocks.next().unwrap().interval(), 100);
    }
    stack.remove(&kernel);
}

#[test]
fn removal_completes_kept_requests() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    extension.is_busy.store(true, Ordering::Relaxed);
    let pending = kernel.post(stack.device, query_all::<Vendor_Settings>(&stack));
    stack.surprise_removal();
    let completed = kernel.completed(&pending).unwrap();
    assert_eq!(completed.status, DELETE_PENDING);
    assert_eq!(completed.information, 0);
    // No request is kept from here on.
    let completed = kernel.send(stack.device, query_all::<Vendor_Settings>(&stack));
    assert_eq!(completed.status, DELETE_PENDING);
    stack.extension().wmi.resume(stack.extension());
    stack.remove(&kernel);
}

#[test]
fn cancelled_requests_end_at_the_next_resume() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.is_busy.store(true, Ordering::Relaxed);
    let [cancelled, other] =
        [0, 1].map(|_| kernel.post(stack.device, query_all::<Vendor_Settings>(&stack)));
    assert!(kernel.cancel(&cancelled));
    // Nobody completes it at once, and its buffer stays as it is.
    assert_eq!(kernel.completed(&cancelled), None);
    let asked = extension.gate.waiting.load(Ordering::SeqCst);
    extension.wmi.resume(extension);
    let completed = kernel.completed(&cancelled).unwrap();
    assert_eq!((completed.status, completed.information), (CANCELLED, 0));
    assert!(!kernel.cancel(&cancelled));
    // Only the handler of the other was called.
    assert_eq!(extension.gate.waiting.load(Ordering::SeqCst), asked + 1);
    assert_eq!(kernel.completed(&other), None);
    assert!(kernel.cancel(&other));
    stack.surprise_removal();
    assert_eq!(kernel.completed(&other).unwrap().status, DELETE_PENDING);
    stack.remove(&kernel);
}

#[test]
fn a_wake_before_the_request_is_kept_is_not_lost() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.is_busy.store(true, Ordering::Relaxed);
    extension.gate.is_closed.store(true, Ordering::SeqCst);
    let handle = kernel.handle();
    thread::scope(|scope| {
        let requester = scope.spawn(|| {
            let kernel = handle.enter();
            kernel.post(stack.device, query_all::<Vendor_Settings>(&stack))
        });
        // The handler has found its values missing but not returned yet.
        while extension.gate.waiting.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
        extension.is_busy.store(false, Ordering::Relaxed);
        extension.wmi.resume(extension);
        extension.gate.is_closed.store(false, Ordering::SeqCst);
        let pending = requester.join().unwrap();
        let completed = kernel.completed(&pending).unwrap();
        assert_eq!(completed.status, NtStatus::SUCCESS);
    });
    stack.remove(&kernel);
}

#[test]
fn concurrent_requests_resumes_and_removal_are_safe() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    extension.is_busy.store(true, Ordering::Relaxed);
    let handle = kernel.handle();
    thread::scope(|scope| {
        let requesters: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let kernel = handle.enter();
                    [0, 1].map(|_| kernel.post(stack.device, query_all::<Vendor_Settings>(&stack)))
                })
            })
            .collect();
        scope.spawn(|| {
            let _kernel = handle.enter();
            extension.wmi.resume(extension);
            extension.is_busy.store(false, Ordering::Relaxed);
            extension.wmi.resume(extension);
        });
        let kernel = &kernel;
        stack.surprise_removal();
        for requester in requesters {
            for pending in requester.join().unwrap() {
                let status = kernel.completed(&pending).unwrap().status;
                assert!([NtStatus::SUCCESS, DELETE_PENDING].contains(&status));
            }
        }
    });
    stack.remove(&kernel);
}

#[test]
fn devices_of_one_driver_are_distinguished() {
    let kernel = Kernel::new();
    let first = Stack::new(&kernel);
    let second = Stack::new(&kernel);
    first.extension().stats.add_measurements(1);
    second.extension().stats.add_measurements(2);
    for (stack, expected) in [(&first, 1), (&second, 2)] {
        let completed = kernel.send(stack.device, query_all::<Vendor_Stats>(stack));
        let Ok(Wnode::AllData(reply)) = Wnode::decode(completed.reply()) else {
            panic!("{completed:?}");
        };
        let mut blocks = reply.blocks::<Vendor_Stats>().unwrap();
        assert_eq!(blocks.next().unwrap().measurements(), expected);
    }
    first.remove(&kernel);
    second.remove(&kernel);
}
