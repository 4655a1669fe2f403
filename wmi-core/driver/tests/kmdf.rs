//! KMDF drivers on the fake framework.

#![allow(unsafe_code, reason = "the tests play the framework and the driver")]

#[path = "common/framework.rs"]
mod framework;

use core::sync::atomic::Ordering;

use framework::{Device, Vendor_Histogram, Vendor_Hot, Vendor_Settings, Vendor_Stats, added};
use wmi_core::{DataBlock, NtStatus};
use wmi_driver::fake::{Irql, Kernel, WdfEvent};

#[test]
fn blocks_get_the_flags_and_sizes_the_framework_expects() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    assert_eq!(kernel.wdf_resource(device).as_deref(), Some("VendorMof"));
    let blocks: Vec<_> = kernel
        .wdf_blocks(device)
        .into_iter()
        .map(|it| (it.guid, it.flags, it.min_instance_buffer_size, it.instances))
        .collect();
    let expected = [
        // 20 bytes, rounded up.
        (Vendor_Stats::GUID, 0, 32, 2),
        (Vendor_Settings::GUID, 0, 0, 1),
        (Vendor_Hot::GUID, 1, 0, 1),
        (Vendor_Histogram::GUID, 2, 16, 1),
    ];
    assert_eq!(blocks, expected);
    kernel.remove_wdf_device(device);
}

#[test]
fn queries_return_data_or_the_size_needed() {
    let kernel = Kernel::new();
    let context = Device::new();
    context.stats[1].add_measurements(3);
    let (device, _) = added(&kernel, &context);
    let answer = kernel.wdf_query(device, Vendor_Stats::GUID, 1, 32);
    assert_eq!((answer.status, answer.used), (NtStatus::SUCCESS, 20));
    assert_eq!(answer.data[0], 3);
    for room in [0, 1, 3] {
        let answer = kernel.wdf_query(device, Vendor_Settings::GUID, 0, room);
        assert_eq!(
            (answer.status, answer.used),
            (NtStatus::BUFFER_TOO_SMALL, 4)
        );
    }
    let answer = kernel.wdf_query(device, Vendor_Settings::GUID, 0, 4);
    assert_eq!(answer.data, [100, 0, 0, 0]);
    kernel.remove_wdf_device(device);
}

#[test]
fn querying_all_succeeds_with_the_size_the_framework_reports() {
    let kernel = Kernel::new();
    let context = Device::new();
    context.sensors.store(3, Ordering::Relaxed);
    let (device, _) = added(&kernel, &context);
    for guid in [
        Vendor_Stats::GUID,
        Vendor_Settings::GUID,
        Vendor_Histogram::GUID,
    ] {
        let answer = kernel.wdf_query_all(device, guid, 64);
        assert_eq!(answer.status, NtStatus::BUFFER_TOO_SMALL);
        let answer = kernel.wdf_query_all(device, guid, answer.used);
        assert_eq!(answer.status, NtStatus::SUCCESS, "{guid:?}");
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn only_writable_blocks_are_set() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    let set = kernel.wdf_set(device, Vendor_Settings::GUID, 0, &[5, 0, 0, 0]);
    assert_eq!(set, NtStatus::SUCCESS);
    assert_eq!(context.interval.load(Ordering::Relaxed), 5);
    let set = kernel.wdf_set_item(device, Vendor_Settings::GUID, 0, 1, &[6, 0, 0, 0]);
    assert_eq!(set, NtStatus::SUCCESS);
    assert_eq!(context.interval.load(Ordering::Relaxed), 6);
    let set = kernel.wdf_set_item(device, Vendor_Settings::GUID, 0, 2, &[]);
    assert_eq!(set, NtStatus::WMI_ITEMID_NOT_FOUND);
    let set = kernel.wdf_set(device, Vendor_Settings::GUID, 0, &[]);
    assert!(!set.is_success());
    let set = kernel.wdf_set(device, Vendor_Stats::GUID, 0, &[0; 24]);
    assert_eq!(set, NtStatus::WMI_READ_ONLY);
    kernel.remove_wdf_device(device);
}

#[test]
fn methods_stay_within_the_buffer() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    let execute = |method, claimed, room| {
        let input = [3, 0, 0, 0];
        kernel.wdf_execute(device, Vendor_Settings::GUID, method, &input, claimed, room)
    };
    let answer = execute(7, 4, 8);
    assert_eq!(answer.status, NtStatus::SUCCESS);
    assert_eq!(answer.data, 300_u32.to_le_bytes());
    assert_eq!(execute(8, 4, 8).status, NtStatus::WMI_ITEMID_NOT_FOUND);
    // The framework does not check that the input fits in the buffer.
    for (claimed, room) in [(9, 8), (4, 0), (u32::MAX, 8)] {
        let answer = execute(7, claimed, room);
        assert_eq!(answer.status, NtStatus::INVALID_PARAMETER);
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn events_are_fired_while_enabled() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    let hot = Vendor_Hot { temperature: 90 };
    wmi.send(&context.hot, 0, &hot).unwrap();
    assert_eq!(kernel.take_wdf_events(), []);
    assert!(!context.hot.is_enabled());

    let listen = kernel.wdf_control(device, Vendor_Hot::GUID, true, true);
    assert_eq!(listen, NtStatus::SUCCESS);
    kernel
        .at(Irql::Apc, || wmi.send(&context.hot, 0, &hot))
        .unwrap();
    let expected = WdfEvent {
        guid: Vendor_Hot::GUID,
        instance: 0,
        data: 90_i32.to_le_bytes().to_vec(),
    };
    assert_eq!(kernel.take_wdf_events(), [expected]);
    assert!(context.hot.is_enabled());
    let failed = wmi.send(&context.hot, 1, &hot);
    assert_eq!(failed, Err(NtStatus::WMI_INSTANCE_NOT_FOUND));
    kernel.set_event_status(NtStatus::BUFFER_OVERFLOW);
    let failed = wmi.send(&context.hot, 0, &hot);
    assert_eq!(failed, Err(NtStatus::BUFFER_OVERFLOW));
    kernel.remove_wdf_device(device);
}

#[test]
fn expensive_blocks_are_told_when_to_collect() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    for on in [true, false] {
        let status = kernel.wdf_control(device, Vendor_Histogram::GUID, false, on);
        assert_eq!(status, NtStatus::SUCCESS);
        assert_eq!(context.collecting.load(Ordering::Relaxed), on);
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn update_adds_and_removes_instances_and_blocks() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    let instances = || -> Vec<_> {
        let blocks = kernel.wdf_blocks(device);
        blocks.iter().map(|block| block.instances).collect()
    };
    for (sensors, has_histogram, expected) in [
        (3, true, [3, 1, 1, 1]),
        (1, false, [1, 1, 1, 0]),
        (0, true, [0, 1, 1, 1]),
        (3, true, [3, 1, 1, 1]),
    ] {
        context.sensors.store(sensors, Ordering::Relaxed);
        context.has_histogram.set(has_histogram);
        let before = kernel.wdf_updates(device);
        wmi.update().unwrap();
        assert_eq!(instances(), expected);
        assert!(kernel.wdf_updates(device) > before);
        // Instance numbers are positions, as the handlers count them.
        for number in 0..sensors {
            context.stats[number].add_measurements(1);
            let answer = kernel.wdf_query(device, Vendor_Stats::GUID, number, 32);
            let expected = context.stats[number].snapshot().as_bytes().to_vec();
            assert_eq!(answer.data, expected);
        }
    }
    let before = kernel.wdf_updates(device);
    wmi.update().unwrap();
    assert_eq!(kernel.wdf_updates(device), before);
    kernel.remove_wdf_device(device);
}

#[test]
fn a_block_added_later_is_created_once() {
    let kernel = Kernel::new();
    let context = Device::new();
    context.has_histogram.set(false);
    let (device, wmi) = added(&kernel, &context);
    assert_eq!(kernel.wdf_blocks(device).len(), 3);
    context.has_histogram.set(true);
    wmi.update().unwrap();
    wmi.update().unwrap();
    assert_eq!(kernel.wdf_blocks(device).len(), 4);
    kernel.remove_wdf_device(device);
}

#[test]
fn nothing_is_created_during_removal() {
    let kernel = Kernel::new();
    let context = Device::new();
    context.has_histogram.set(false);
    let (device, wmi) = added(&kernel, &context);
    kernel.deregister_wdf_device(device);
    context.has_histogram.set(true);
    assert_eq!(wmi.update(), Err(NtStatus(0xc000_0184)));
    kernel.remove_wdf_device(device);
}
