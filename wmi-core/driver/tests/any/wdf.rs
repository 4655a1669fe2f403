//! A KMDF device that gets arbitrary callbacks.

use core::sync::atomic::Ordering;

use wmi_core::DataBlock;
use wmi_core::provider::Minor;
use wmi_driver::fake::{IrpRequest, Kernel};

use crate::bytes::Bytes;
use crate::framework::{
    Device, Vendor_Histogram, Vendor_Hot, Vendor_Message, Vendor_Settings, Vendor_Stats,
    added_checked,
};
use crate::requests;

const GUIDS: [wmi_core::Guid; 5] = [
    Vendor_Stats::GUID,
    Vendor_Settings::GUID,
    Vendor_Hot::GUID,
    Vendor_Histogram::GUID,
    Vendor_Message::GUID,
];

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added_checked(&kernel, &context);
    while let Some(step) = bytes.next() {
        let guid = bytes.guid(&GUIDS);
        let number = u32::from(bytes.byte() % 5);
        let size = usize::from(bytes.byte());
        let object = device.object();
        let request = match step % 11 {
            0 => requests::query(object, guid, number, size),
            1 => requests::query_all(object, guid, size),
            2 => requests::set(object, guid, number, bytes.some()),
            3 => {
                let item = u32::from(bytes.byte() % 4);
                requests::set_item(object, guid, number, item, bytes.some())
            }
            4 | 5 => {
                let claimed = match bytes.byte() % 4 {
                    0 => bytes.number(),
                    small => u32::from(small) * 2,
                };
                let method = u32::from(bytes.byte() % 2) + 7;
                requests::execute(object, guid, method, bytes.some(), claimed, size)
            }
            6 => {
                let minors = [
                    Minor::EnableEvents,
                    Minor::DisableEvents,
                    Minor::EnableCollection,
                    Minor::DisableCollection,
                ];
                requests::switch(minors[size % 4], object, guid)
            }
            // The WNODE lies.
            10 => {
                let place = [(); 2].map(|()| match bytes.byte() {
                    255 => bytes.number(),
                    small => u32::from(small),
                });
                match number {
                    0 => requests::set_at(object, guid, place, bytes.some()),
                    item => requests::set_item_at(object, guid, item, place, bytes.some()),
                }
            }
            // WMI has room for a number at least.
            7 => IrpRequest::new(Minor::RegInfoEx, object)
                .action(0)
                .buffer(size.max(4)),
            8 => {
                let sensors = usize::from(bytes.byte() % 4);
                context.sensors.store(sensors, Ordering::Relaxed);
                context.has_histogram.set(size % 2 == 0);
                wmi.update().expect("the device is there");
                continue;
            }
            _ => {
                // The instance may not exist, and the text may not be sent.
                let instance = usize::from(bytes.byte() % 4);
                let _ = wmi.send(&context.hot, instance, &Vendor_Hot { temperature: 1 });
                let text = core::str::from_utf8(bytes.some()).unwrap_or("no text");
                let message = Vendor_Message { text };
                let _ = wmi.send_variable(&context.message, instance, &message);
                continue;
            }
        };
        kernel.send(object, request);
    }
    kernel.remove_wdf_device(device);
}
