//! KMDF drivers that answer requests of WMI before the framework, over the fake framework.

#![allow(unsafe_code, reason = "the tests act as the framework and the driver")]

#[path = "common/preprocess.rs"]
mod preprocess;
#[path = "common/requests.rs"]
mod requests;

use core::sync::atomic::Ordering;
use std::thread;

use preprocess::{Device, Vendor_Ended, Vendor_Session, Vendor_Slow, added, created};
use requests::Answer;
use wmi_core::provider::Minor;
use wmi_core::wnode::{InstanceId, Wnode};
use wmi_core::{DataBlock, NtStatus};
use wmi_driver::fake::{IrpRequest, Irql, Kernel, PendingIrp, WdfDevice};

const DELETE_PENDING: NtStatus = NtStatus::from_value(0xc000_0056);

/// The names in the answer to a query of all sessions.
fn sessions(kernel: &Kernel, device: WdfDevice) -> Vec<String> {
    let request = requests::query_all(device.object(), Vendor_Session::GUID, 256);
    let completed = kernel.send(device.object(), request);
    let Ok(Wnode::AllData(reply)) = Wnode::decode(completed.reply()) else {
        panic!("{completed:?}");
    };
    let ids = (0..reply.instance_count()).map(|instance| reply.id(instance).unwrap());
    ids.map(|id| match id {
        InstanceId::Dynamic(name) => name.to_string(),
        InstanceId::Static(_) => panic!("{id:?}"),
    })
    .collect()
}

#[test]
fn dynamic_names_are_answered_without_an_update() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    assert_eq!(sessions(&kernel, device), ["alpha", "beta"]);
    context.count.store(3, Ordering::Relaxed);
    assert_eq!(sessions(&kernel, device), ["alpha", "beta", "gamma"]);
    kernel.remove_wdf_device(device);
}

#[test]
fn the_registration_made_by_the_framework_is_answered() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = created(&kernel, &context);
    // The registration to come will include the change.
    wmi.update().unwrap();
    assert_eq!(kernel.registration(device.object()), None);
    kernel.start_wdf_device(device).unwrap();
    let registration = kernel.registration(device.object()).unwrap();
    // `GuidCount`: the framework knows no blocks.
    assert_eq!(registration[16..20], 3_u32.to_le_bytes());
    assert_eq!(kernel.wdf_blocks(device), []);
    // The fake kernel counts the references to the physical device object.
    wmi.update().unwrap();
    kernel.at(Irql::Dispatch, || wmi.queue_update()).unwrap();
    kernel.run_work_items();
    kernel.remove_wdf_device(device);
}

#[test]
fn requests_for_other_devices_are_left_to_the_framework() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    for request in [
        IrpRequest::new(Minor::QueryAllData, device.pdo()),
        IrpRequest::raw(Minor::RegInfoEx.code(), 1),
        // Not a minor code of WMI.
        IrpRequest::raw(0x0a, device.object().as_ptr().addr()),
    ] {
        let completed = kernel.send(device.object(), request);
        assert_eq!(completed.status, NtStatus::NOT_SUPPORTED);
        assert!(completed.was_forwarded);
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn requests_before_create_are_left_to_the_framework() {
    let kernel = Kernel::new();
    let init = kernel.create_wdf_device_init();
    let (functions, globals) = (kernel.wdf_functions(), kernel.wdf_globals());
    // SAFETY: all are the fake framework's.
    let assigned = unsafe {
        wmi_driver::kmdf::Preprocess::<Device>::assign(functions, globals, init.as_ptr())
    };
    assigned.unwrap();
    let device = kernel.create_wdf_device(init);
    let request = IrpRequest::new(Minor::QueryAllData, device.pdo());
    assert!(kernel.send(device.object(), request).was_forwarded);
    kernel.remove_wdf_device(device);
}

#[test]
fn a_second_callback_for_a_major_code_is_refused() {
    let kernel = Kernel::new();
    let init = kernel.create_wdf_device_init();
    let (functions, globals) = (kernel.wdf_functions(), kernel.wdf_globals());
    let assign = || {
        // SAFETY: all are the fake framework's.
        unsafe { wmi_driver::kmdf::Preprocess::<Device>::assign(functions, globals, init.as_ptr()) }
    };
    assert_eq!(assign(), Ok(()));
    assert_eq!(assign(), Err(NtStatus::INVALID_DEVICE_REQUEST));
    kernel.remove_wdf_device(kernel.create_wdf_device(init));
}

/// Sends a query of the settings, which the handler cannot answer yet.
fn slow(kernel: &Kernel, device: WdfDevice) -> PendingIrp {
    let request = requests::query(device.object(), Vendor_Slow::GUID, 0, 4);
    kernel.post(device.object(), request)
}

#[test]
fn requests_answered_later_are_kept() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    context.is_busy.store(true, Ordering::Relaxed);
    let pending = [slow(&kernel, device), slow(&kernel, device)];
    wmi.resume();
    assert!(pending.iter().all(|it| kernel.completed(it).is_none()));
    context.is_busy.store(false, Ordering::Relaxed);
    kernel.at(Irql::Dispatch, || wmi.resume());
    for pending in &pending {
        let completed = kernel.completed(pending).unwrap();
        assert_eq!(Answer::from(completed), Answer::Data(vec![100, 0, 0, 0]));
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn removal_completes_kept_requests_before_the_framework_waits_for_them() {
    for is_surprise in [true, false] {
        let kernel = Kernel::new();
        let context = Device::new();
        let (device, wmi) = added(&kernel, &context);
        context.is_busy.store(true, Ordering::Relaxed);
        let pending = slow(&kernel, device);
        let late = if is_surprise {
            kernel.surprise_remove_wdf_device(device);
            let late = slow(&kernel, device);
            wmi.resume();
            assert_eq!(wmi.update(), Err(DELETE_PENDING));
            assert_eq!(wmi.queue_update(), Err(DELETE_PENDING));
            Some(late)
        } else {
            None
        };
        kernel.remove_wdf_device(device);
        for pending in [pending].into_iter().chain(late) {
            let completed = kernel.completed(&pending).unwrap();
            assert_eq!(completed.status, DELETE_PENDING);
        }
    }
}

#[test]
fn concurrent_requests_resumes_and_removal_are_safe() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    let rounds = if cfg!(miri) { 2 } else { 100 };
    thread::scope(|scope| {
        let handle = kernel.handle();
        scope.spawn(move || {
            let _kernel = handle.enter();
            for _ in 0..rounds {
                wmi.resume();
            }
        });
        let handle = kernel.handle();
        let context = &context;
        scope.spawn(move || {
            let kernel = handle.enter();
            for round in 0..rounds {
                context.is_busy.store(round % 2 == 0, Ordering::Relaxed);
                let _ = slow(&kernel, device);
            }
        });
        for _ in 0..rounds / 2 {
            thread::yield_now();
        }
        kernel.surprise_remove_wdf_device(device);
    });
    // All are completed, or the fake kernel finds them.
    kernel.remove_wdf_device(device);
}

#[test]
fn events_carry_dynamic_names() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    context.send_ended(&wmi, "beta").unwrap();
    assert_eq!(kernel.take_events().len(), 0);
    let listen = requests::switch(Minor::EnableEvents, device.object(), Vendor_Ended::GUID);
    assert_eq!(
        kernel.send(device.object(), listen).status,
        NtStatus::SUCCESS
    );
    kernel
        .at(Irql::Apc, || context.send_ended(&wmi, "beta"))
        .unwrap();
    let queued = kernel.at(Irql::Dispatch, || {
        context.send_ended(&wmi.queued(), "alpha")
    });
    queued.unwrap();
    kernel.run_work_items();
    let names: Vec<_> = kernel
        .take_events()
        .iter()
        .map(|event| match Wnode::decode(event) {
            Ok(Wnode::SingleInstance(event)) => match event.id() {
                InstanceId::Dynamic(name) => name.to_string(),
                InstanceId::Static(_) => panic!("{event:?}"),
            },
            _ => panic!("{event:?}"),
        })
        .collect();
    assert_eq!(names, ["beta", "alpha"]);
    kernel.surprise_remove_wdf_device(device);
    assert_eq!(context.send_ended(&wmi, "beta"), Err(DELETE_PENDING));
    kernel.remove_wdf_device(device);
}
