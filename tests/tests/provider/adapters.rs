//! The same blocks under KMDF.

use wmi_core::provider::kmdf::{self, ProviderControl};
use wmi_core::provider::{BlockInstance, Outcome, Response};
use wmi_core::{DataBlock, NtStatus, VariableClass};

use crate::device::*;

/// What a caller that keeps no requests completes it with.
fn status(outcome: Outcome) -> NtStatus {
    outcome.immediate().status
}

#[test]
fn kmdf_instances_answer_requests() {
    let device = Device::new();
    let block = |guid| PROVIDER.block(&device, guid).unwrap();
    let settings = BlockInstance::new(block(Settings::GUID), &device, 0);
    let mut buffer = [0xa5; 20];
    let response = settings.query(&mut buffer[..16]).immediate();
    let too_small = Response::new(NtStatus::BUFFER_TOO_SMALL, 17);
    assert_eq!((response, buffer), (too_small, [0xa5; 20]));
    let response = settings.query(&mut buffer).immediate();
    assert_eq!(
        (response.status, response.information),
        (NtStatus::SUCCESS, 17)
    );
    assert_eq!((buffer[0], buffer[4], buffer[17]), (100, 3, 0xa5));

    buffer[0] = 9;
    assert_eq!(
        status(settings.set(&buffer[..16])),
        NtStatus::WMI_SET_FAILURE
    );
    assert_eq!(status(settings.set(&buffer[..17])), NtStatus::SUCCESS);
    assert_eq!(status(settings.set_item(4, &[8])), NtStatus::SUCCESS);
    assert_eq!(status(settings.set_item(2, &[8])), NtStatus::WMI_READ_ONLY);
    assert_eq!(
        status(settings.set_item(5, &[8])),
        NtStatus::WMI_ITEMID_NOT_FOUND
    );
    {
        let settings = device.settings.lock().unwrap();
        assert_eq!((settings.speed, settings.mode), (9, 8));
    }

    let mut buffer = [0; 16];
    buffer[0] = 50;
    assert_eq!(
        settings
            .execute(9, 4, &mut buffer[..15])
            .immediate()
            .information,
        16
    );
    let response = settings.execute(9, 4, &mut buffer).immediate();
    assert_eq!(
        (response.status, response.information),
        (NtStatus::SUCCESS, 16)
    );
    assert_eq!(SetSpeedOut::decode(&buffer).unwrap().previous, 9);
    assert_eq!(
        status(settings.execute(8, 0, &mut [])),
        NtStatus::WMI_ITEMID_NOT_FOUND
    );
    // The input is longer than the buffer.
    assert_eq!(
        status(settings.execute(9, 17, &mut buffer)),
        NtStatus::INVALID_PARAMETER
    );

    let port = BlockInstance::new(block(PortStats::GUID), &device, 2);
    let queried = status(port.query(&mut buffer));
    assert_eq!(queried, NtStatus::WMI_INSTANCE_NOT_FOUND);
    assert_eq!(status(port.set(&[])), NtStatus::WMI_INSTANCE_NOT_FOUND);
}

#[test]
fn kmdf_registers_the_blocks() {
    let device = Device::new();
    let blocks: Vec<_> = PROVIDER
        .blocks()
        .filter(|block| block.is_present(&device))
        .map(|block| {
            (
                block.name(),
                block.is_expensive(),
                block.is_event_only(),
                block.instance_count(&device),
            )
        })
        .collect();
    assert_eq!(
        blocks,
        [
            ("Vendor_PortStats", false, false, 2),
            ("Vendor_Settings", true, false, 1),
            ("Vendor_Session", false, false, 3),
            ("Vendor_Lane", false, false, 2),
            ("Vendor_Note", false, false, 2),
            ("Vendor_Tools", false, false, 1),
            ("Vendor_Alarm", false, true, 1),
        ]
    );
    let block = PROVIDER.block(&device, Alarm::GUID).unwrap();
    let control = ProviderControl::from_value(1).unwrap();
    assert_eq!(
        kmdf::function_control(&PROVIDER, block, &device, control, true),
        NtStatus::SUCCESS
    );
    assert!(device.alarm.is_enabled());
    let block = PROVIDER.block(&device, Settings::GUID).unwrap();
    assert_eq!(
        kmdf::function_control(&PROVIDER, block, &device, control, true),
        NtStatus::SUCCESS
    );
    let control = ProviderControl::from_value(2).unwrap();
    assert_eq!(
        kmdf::function_control(&PROVIDER, block, &device, control, true),
        NtStatus::SUCCESS
    );
    assert_eq!(*device.collecting.lock().unwrap(), [true]);
    assert_eq!([0, 3].map(ProviderControl::from_value), [None, None]);
}
