//! The device of the KMDF example driver, over the fake framework.

#![allow(unsafe_code, reason = "the test acts as the framework")]
#![allow(
    unreachable_pub,
    reason = "the driver and its build script share these modules"
)]

#[path = "../../../wmi-core/driver/tests/common/requests.rs"]
mod requests;
#[path = "../../../examples/kmdf-thermometer/src/schema.rs"]
mod schema;
#[path = "../../../examples/kmdf-thermometer/src/thermometer.rs"]
mod thermometer;

use requests::Answer;
use schema::{Measurements, Thermometer, TooHot, TooHotItems as _};
use thermometer::{Device, PROVIDER};
use wmi_core::provider::Minor;
use wmi_core::wnode::Wnode;
use wmi_core::{DataBlock, NtStatus};
use wmi_driver::fake::{IrpRequest, Kernel, WdfDevice};
use wmi_driver::kmdf::Wmi;

/// `EvtDriverDeviceAdd`, and the start of the device.
fn added(kernel: &Kernel, context: *mut Device) -> WdfDevice {
    let device = kernel.create_wdf_device(kernel.create_wdf_device_init());
    let (functions, globals) = (kernel.wdf_functions(), kernel.wdf_globals());
    // SAFETY: all are the fake framework's, and the device is removed before the context goes.
    let wmi = unsafe { Wmi::create(&PROVIDER, functions, globals, device.as_ptr(), context) };
    // SAFETY: nobody else uses the context before the device has started.
    unsafe { (*context).wmi = Some(wmi.unwrap()) };
    kernel.start_wdf_device(device).unwrap();
    device
}

#[test]
fn the_thermometer_counts_sends_events_and_is_set() {
    let kernel = Kernel::new();
    let context = Box::into_raw(Box::new(Device::new()));
    let device = added(&kernel, context);
    let object = device.object();
    let send = |request: IrpRequest| Answer::from(kernel.send(object, request));
    // SAFETY: the device is there, and is not changed but by its atomics.
    let thermometer = unsafe { &*context };

    send(requests::switch(Minor::EnableEvents, object, TooHot::GUID));
    for _ in 0..50 {
        thermometer.measure();
    }
    let events = kernel.take_events();
    assert!(!events.is_empty());
    for event in &events {
        let Ok(Wnode::SingleInstance(event)) = Wnode::decode(event) else {
            panic!("{event:?}");
        };
        assert!(event.block::<TooHot>().unwrap().temperature() > 800);
    }
    // 50 measurements, and as many above the limit as events.
    let mut expected = vec![50, 0, 0, 0];
    expected.extend(u32::try_from(events.len()).unwrap().to_le_bytes());
    let counted = send(requests::query_all(object, Measurements::GUID, 256));
    assert_eq!(counted, Answer::Data(expected));

    // 2000, which is hotter than it can be.
    let refused = requests::set_item(object, Thermometer::GUID, 0, 2, &[0xd0, 0x07, 0, 0]);
    assert_eq!(send(refused), Answer::Failed(NtStatus::WMI_SET_FAILURE));
    let set = requests::set_item(object, Thermometer::GUID, 0, 2, &[0x2c, 0x01, 0, 0]);
    assert_eq!(send(set), Answer::Data(vec![]));
    let highest = requests::execute(object, Thermometer::GUID, 1, &[], 0, 4);
    let Answer::Data(highest) = send(highest) else {
        panic!("the method fails");
    };
    assert!(i32::from_le_bytes(highest.try_into().unwrap()) > 800);

    kernel.remove_wdf_device(device);
    // SAFETY: nobody uses the context any more.
    drop(unsafe { Box::from_raw(context) });
}
