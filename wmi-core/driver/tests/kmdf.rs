//! KMDF drivers on the fake framework.

#![allow(unsafe_code, reason = "the tests play the framework and the driver")]

#[path = "common/framework.rs"]
mod framework;
#[path = "common/requests.rs"]
mod requests;

use core::sync::atomic::Ordering;

use framework::{
    Device, REFUSED, Vendor_Gone, Vendor_Histogram, Vendor_Hot, Vendor_Message, Vendor_Settings,
    Vendor_Stats, added, added_checked,
};
use requests::Answer;
use wmi_core::provider::{Minor, Provider, RefusalCause};
use wmi_core::wnode::{InstanceId, Wnode};
use wmi_core::{DataBlock, Guid, NtStatus};
use wmi_driver::fake::{IrpRequest, Irql, Kernel, WdfDevice};
use wmi_driver::kmdf::Wmi;

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
        // 20 bytes, rounded up to two addresses.
        (
            Vendor_Stats::GUID,
            0,
            if usize::BITS == 64 { 32 } else { 24 },
            2,
        ),
        (Vendor_Settings::GUID, 0, 0, 1),
        (Vendor_Hot::GUID, 1, 0, 1),
        (Vendor_Histogram::GUID, 2, 16, 1),
        // Event only, and expensive for `.on_listen(..)`.
        (Vendor_Message::GUID, 3, 0, 1),
        (Vendor_Gone::GUID, 1, 0, 1),
    ];
    assert_eq!(blocks, expected);
    kernel.remove_wdf_device(device);
}

/// Sends a request to a device of the framework.
fn send(kernel: &Kernel, device: WdfDevice, request: IrpRequest) -> Answer {
    kernel.send(device.object(), request).into()
}

#[test]
fn queries_return_data_or_the_size_needed() {
    let kernel = Kernel::new();
    let context = Device::new();
    context.stats[1].add_measurements(3);
    let (device, _) = added(&kernel, &context);
    let query = |guid, instance, room| {
        let request = requests::query(device.object(), guid, instance, room);
        send(&kernel, device, request)
    };
    let expected = context.stats[1].snapshot().as_bytes().to_vec();
    assert_eq!(query(Vendor_Stats::GUID, 1, 32), Answer::Data(expected));
    for room in [0, 1, 3] {
        let answer = query(Vendor_Settings::GUID, 0, room);
        assert_eq!(answer, Answer::Needs(64 + 4));
    }
    let answer = query(Vendor_Settings::GUID, 0, 4);
    assert_eq!(answer, Answer::Data(vec![100, 0, 0, 0]));
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
        let query = |size| {
            send(
                &kernel,
                device,
                requests::query_all(device.object(), guid, size),
            )
        };
        let Answer::Needs(size) = query(64) else {
            panic!("{guid:?}");
        };
        let Answer::Data(_) = query(size) else {
            panic!("{guid:?}");
        };
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn only_writable_blocks_are_set() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    let set = |guid, data: &[u8]| {
        let request = requests::set(device.object(), guid, 0, data);
        kernel.send(device.object(), request).status
    };
    let set_item = |item, data: &[u8]| {
        let guid = Vendor_Settings::GUID;
        let request = requests::set_item(device.object(), guid, 0, item, data);
        kernel.send(device.object(), request).status
    };
    let status = set(Vendor_Settings::GUID, &[5, 0, 0, 0]);
    assert_eq!(status, NtStatus::SUCCESS);
    assert_eq!(context.interval.load(Ordering::Relaxed), 5);
    assert_eq!(set_item(1, &[6, 0, 0, 0]), NtStatus::SUCCESS);
    assert_eq!(context.interval.load(Ordering::Relaxed), 6);
    assert_eq!(set_item(2, &[]), NtStatus::WMI_ITEMID_NOT_FOUND);
    assert!(!set(Vendor_Settings::GUID, &[]).is_success());
    let status = set(Vendor_Stats::GUID, &[0; 24]);
    assert_eq!(status, NtStatus::WMI_READ_ONLY);
    kernel.remove_wdf_device(device);
}

/// The framework itself passes the size and the place that the WNODE claims.
#[test]
fn sets_whose_data_leaves_the_buffer_are_refused() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added_checked(&kernel, &context);
    let guid = Vendor_Settings::GUID;
    let data = [5, 0, 0, 0];
    let sent = |request| kernel.send(device.object(), request).status;
    let set = |place| sent(requests::set_at(device.object(), guid, place, &data));
    let set_item = |place| {
        sent(requests::set_item_at(
            device.object(),
            guid,
            1,
            place,
            &data,
        ))
    };
    for place in [
        [64, 5],
        [64, u32::MAX],
        [67, 4],
        [68, 4],
        [0x8000_0000, 4],
        [u32::MAX, 4],
        [u32::MAX, 1],
        [0, 4],
    ] {
        assert_eq!(set(place), NtStatus::INVALID_PARAMETER, "{place:?}");
        let [offset, size] = place;
        let place = [offset.saturating_add(8), size];
        assert_eq!(set_item(place), NtStatus::INVALID_PARAMETER, "{place:?}");
    }
    // The WNODE ends in its fixed part.
    for (minor, size) in [
        (Minor::ChangeSingleInstance, 63),
        (Minor::ChangeSingleInstance, 0),
        (Minor::ChangeSingleItem, 67),
    ] {
        let request = IrpRequest::new(minor, device.object())
            .guid(guid)
            .buffer(size);
        assert_eq!(sent(request), NtStatus::INVALID_PARAMETER, "{minor:?}");
    }
    assert_eq!(context.interval.load(Ordering::Relaxed), 100);
    assert_eq!(set([64, 4]), NtStatus::SUCCESS);
    assert_eq!(context.interval.load(Ordering::Relaxed), 5);
    assert_eq!(set_item([72, 4]), NtStatus::SUCCESS);
    // Without data, the place does not count.
    assert_eq!(set([u32::MAX, 0]), NtStatus::WMI_SET_FAILURE);
    kernel.remove_wdf_device(device);
}

/// Miri finds a slice of more bytes than the buffer has.
#[test]
fn sets_of_a_fixed_block_borrow_its_size_at_most() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    let guid = Vendor_Settings::GUID;
    for (claimed, expected) in [
        (u32::MAX / 2, NtStatus::SUCCESS),
        (u32::MAX / 2 + 1, NtStatus::INVALID_PARAMETER),
    ] {
        let place = [64, claimed];
        let set = requests::set_at(device.object(), guid, place, &[5, 0, 0, 0]);
        assert_eq!(kernel.send(device.object(), set).status, expected);
        let place = [72, claimed];
        let set = requests::set_item_at(device.object(), guid, 1, place, &[5, 0, 0, 0]);
        assert_eq!(kernel.send(device.object(), set).status, expected);
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn refused_callbacks_are_reported() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    let object = device.object();
    let settings = Vendor_Settings::GUID;
    let switch = requests::switch(Minor::EnableEvents, object, Vendor_Message::GUID);
    context.is_deaf.store(true, Ordering::Relaxed);
    for (request, minor, cause) in [
        (
            requests::set(object, settings, 0, &[1]),
            Minor::ChangeSingleInstance,
            RefusalCause::Driver,
        ),
        (
            requests::set_item(object, settings, 0, 9, &[]),
            Minor::ChangeSingleItem,
            RefusalCause::UnknownId(9),
        ),
        (
            requests::execute(object, settings, 8, &[], 0, 8),
            Minor::ExecuteMethod,
            RefusalCause::UnknownId(8),
        ),
        (
            requests::execute(object, settings, 7, &[], 9, 8),
            Minor::ExecuteMethod,
            RefusalCause::DataPlace,
        ),
        (
            requests::execute(object, Vendor_Stats::GUID, 1, &[], 0, 8),
            Minor::ExecuteMethod,
            RefusalCause::NoMethods,
        ),
        (switch, Minor::EnableEvents, RefusalCause::Driver),
    ] {
        let status = kernel.send(object, request).status;
        let refused = REFUSED.take().expect("it is refused");
        let found = (refused.minor, refused.cause, refused.status);
        assert_eq!(found, (minor, cause, status));
    }
    // Neither an answer nor a size is a refusal.
    for room in [0, 4] {
        kernel.send(object, requests::query(object, settings, 0, room));
        assert_eq!(REFUSED.take(), None);
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn methods_stay_within_the_buffer() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    let execute = |method, claimed, room| {
        let guid = Vendor_Settings::GUID;
        let input = [3, 0, 0, 0];
        let request = requests::execute(device.object(), guid, method, &input, claimed, room);
        send(&kernel, device, request)
    };
    let expected = 300_u32.to_le_bytes().to_vec();
    assert_eq!(execute(7, 4, 8), Answer::Data(expected));
    let expected = Answer::Failed(NtStatus::WMI_ITEMID_NOT_FOUND);
    assert_eq!(execute(8, 4, 8), expected);
    // The framework does not check that the input fits in the buffer.
    for (claimed, room) in [(9, 8), (4, 0), (u32::MAX, 8)] {
        let expected = Answer::Failed(NtStatus::INVALID_PARAMETER);
        assert_eq!(execute(7, claimed, room), expected);
    }
    kernel.remove_wdf_device(device);
}

#[test]
fn data_that_would_start_behind_the_buffer_is_refused() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    for (minor, guid, place) in [
        (Minor::QuerySingleInstance, Vendor_Settings::GUID, 56),
        (Minor::QuerySingleInstance, Vendor_Stats::GUID, 56),
        (Minor::ExecuteMethod, Vendor_Settings::GUID, 60),
    ] {
        let mut wnode = vec![0; 96];
        wnode[44] = 0x80;
        // The framework subtracts it from the size, and does not check the difference.
        wnode[place] = 97;
        let request = IrpRequest::new(minor, device.object())
            .guid(guid)
            .bytes(wnode);
        let completed = kernel.send(device.object(), request);
        assert_eq!(completed.status, NtStatus::INVALID_PARAMETER);
    }
    kernel.remove_wdf_device(device);
}

/// Has somebody listen to the events of a block, or read an expensive one.
fn switch(kernel: &Kernel, device: WdfDevice, minor: Minor, guid: Guid) {
    let request = requests::switch(minor, device.object(), guid);
    let status = kernel.send(device.object(), request).status;
    assert_eq!(status, NtStatus::SUCCESS);
}

#[test]
fn events_are_fired_while_enabled() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    let hot = Vendor_Hot { temperature: 90 };
    wmi.send(&context.hot, 0, &hot).unwrap();
    assert_eq!(kernel.take_events().len(), 0);
    assert!(!context.hot.is_enabled());

    switch(&kernel, device, Minor::EnableEvents, Vendor_Hot::GUID);
    kernel
        .at(Irql::Apc, || wmi.send(&context.hot, 0, &hot))
        .unwrap();
    let events = kernel.take_events();
    let [event] = &events[..] else {
        panic!("{events:?}");
    };
    let Ok(Wnode::SingleInstance(event)) = Wnode::decode(event) else {
        panic!("{event:?}");
    };
    assert_eq!(event.id(), InstanceId::Static(0));
    assert_eq!(event.data(), 90_i32.to_le_bytes());
    assert!(context.hot.is_enabled());
    let failed = wmi.send(&context.hot, 1, &hot);
    assert_eq!(failed, Err(NtStatus::WMI_INSTANCE_NOT_FOUND));
    kernel.set_event_status(NtStatus::BUFFER_OVERFLOW);
    let failed = wmi.send(&context.hot, 0, &hot);
    assert_eq!(failed, Err(NtStatus::BUFFER_OVERFLOW));
    kernel.remove_wdf_device(device);
}

#[test]
fn listeners_are_reported_to_the_driver() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    let switch = |minor| {
        let request = requests::switch(minor, device.object(), Vendor_Message::GUID);
        kernel.send(device.object(), request).status
    };
    assert_eq!(switch(Minor::EnableEvents), NtStatus::SUCCESS);
    assert!(context.listening.load(Ordering::Relaxed));
    assert_eq!(switch(Minor::DisableEvents), NtStatus::SUCCESS);
    assert!(!context.listening.load(Ordering::Relaxed));
    // A failure leaves the event disabled.
    context.is_deaf.store(true, Ordering::Relaxed);
    let status = switch(Minor::EnableEvents);
    assert_eq!(status, NtStatus::INSUFFICIENT_RESOURCES);
    let message = Vendor_Message { text: "unheard" };
    wmi.send_variable(&context.message, 0, &message).unwrap();
    assert_eq!(kernel.take_events().len(), 0);
    kernel.remove_wdf_device(device);
}

#[test]
fn events_of_variable_classes_are_fired() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    let guid = Vendor_Message::GUID;
    switch(&kernel, device, Minor::EnableEvents, guid);
    let message = Vendor_Message { text: "hot" };
    wmi.send_variable(&context.message, 0, &message).unwrap();
    let events = kernel.take_events();
    let Ok(Wnode::SingleInstance(event)) = Wnode::decode(&events[0]) else {
        panic!("{events:?}");
    };
    assert_eq!(event.data(), *b"\x06\0h\0o\0t\0");
    // A string of WMI cannot have a character of zero.
    let failed = wmi.send_variable(&context.message, 0, &Vendor_Message { text: "\0" });
    assert_eq!(failed, Err(NtStatus::INTERNAL_ERROR));
    kernel.limit_allocations(Some(0));
    let failed = wmi.send_variable(&context.message, 0, &message);
    assert_eq!(failed, Err(NtStatus::INSUFFICIENT_RESOURCES));
    kernel.remove_wdf_device(device);
}

/// An event without items, in a class of variable size.
#[test]
fn events_without_data_are_fired() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    switch(&kernel, device, Minor::EnableEvents, Vendor_Gone::GUID);
    wmi.send_variable(&context.gone, 0, &Vendor_Gone {})
        .unwrap();
    let events = kernel.take_events();
    let Ok(Wnode::SingleInstance(event)) = Wnode::decode(&events[0]) else {
        panic!("{events:?}");
    };
    assert!(event.data().is_empty());
    kernel.remove_wdf_device(device);
}

/// The framework takes a second provider of one GUID, but never finds it again.
#[test]
fn a_device_has_one_wmi() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    static AGAIN: Provider<Device> = Provider::kmdf(&[&wmi_core::provider::Block::counters(
        |device: &Device, sensor| device.stats.get(sensor),
    )]);
    let (functions, globals) = (kernel.wdf_functions(), kernel.wdf_globals());
    // SAFETY: all are the fake framework's.
    let again = unsafe { Wmi::create(&AGAIN, functions, globals, device.as_ptr(), &context) };
    assert_eq!(again.unwrap_err(), NtStatus::from_value(0xc000_0035));
    // The first is as before.
    wmi.update().unwrap();
    let request = requests::query(device.object(), Vendor_Stats::GUID, 1, 32);
    let Answer::Data(_) = send(&kernel, device, request) else {
        panic!("it answers");
    };
    kernel.remove_wdf_device(device);
}

#[test]
fn expensive_blocks_are_told_when_to_collect() {
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, _) = added(&kernel, &context);
    for (minor, on) in [
        (Minor::EnableCollection, true),
        (Minor::DisableCollection, false),
    ] {
        switch(&kernel, device, minor, Vendor_Histogram::GUID);
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
        (3, true, [3, 1, 1, 1, 1, 1]),
        (1, false, [1, 1, 1, 0, 1, 1]),
        (0, true, [0, 1, 1, 1, 1, 1]),
        (3, true, [3, 1, 1, 1, 1, 1]),
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
            let instance = u32::try_from(number).unwrap();
            let guid = Vendor_Stats::GUID;
            let request = requests::query(device.object(), guid, instance, 32);
            let expected = context.stats[number].snapshot().as_bytes().to_vec();
            assert_eq!(send(&kernel, device, request), Answer::Data(expected));
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
    assert_eq!(kernel.wdf_blocks(device).len(), 5);
    context.has_histogram.set(true);
    wmi.update().unwrap();
    wmi.update().unwrap();
    assert_eq!(kernel.wdf_blocks(device).len(), 6);
    kernel.remove_wdf_device(device);
}

#[test]
fn nothing_is_created_during_removal() {
    let kernel = Kernel::new();
    let context = Device::new();
    context.has_histogram.set(false);
    let (device, wmi) = added(&kernel, &context);
    kernel.surprise_remove_wdf_device(device);
    context.has_histogram.set(true);
    assert_eq!(wmi.update(), Err(NtStatus::from_value(0xc000_0184)));
    kernel.remove_wdf_device(device);
}
