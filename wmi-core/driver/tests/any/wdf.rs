//! A KMDF device that gets arbitrary callbacks.

use core::sync::atomic::Ordering;

use wmi_core::DataBlock;
use wmi_driver::fake::Kernel;

use crate::bytes::Bytes;
use crate::framework::{
    Device, Vendor_Histogram, Vendor_Hot, Vendor_Settings, Vendor_Stats, added,
};

const GUIDS: [wmi_core::Guid; 4] = [
    Vendor_Stats::GUID,
    Vendor_Settings::GUID,
    Vendor_Hot::GUID,
    Vendor_Histogram::GUID,
];

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    while let Some(step) = bytes.next() {
        let guid = bytes.guid(&GUIDS);
        let number = usize::from(bytes.byte() % 5);
        let size = usize::from(bytes.byte());
        match step % 10 {
            0 => {
                let answer = kernel.wdf_query(device, guid, number, size);
                assert_eq!(
                    answer.data.len(),
                    if answer.status.is_success() {
                        answer.used
                    } else {
                        0
                    }
                );
            }
            1 => {
                let answer = kernel.wdf_query_all(device, guid, size);
                assert!(!answer.status.is_success() || answer.used <= size);
            }
            2 => {
                let _ = kernel.wdf_set(device, guid, number, bytes.some());
            }
            3 => {
                let item = u32::from(bytes.byte() % 4);
                let _ = kernel.wdf_set_item(device, guid, number, item, bytes.some());
            }
            4 | 5 => {
                let claimed = match bytes.byte() % 4 {
                    0 => bytes.number(),
                    small => u32::from(small) * 2,
                };
                let method = u32::from(bytes.byte() % 2) + 7;
                let input = bytes.some();
                let answer = kernel.wdf_execute(device, guid, method, input, claimed, size);
                assert!(!answer.status.is_success() || answer.used <= size);
            }
            6 => {
                let _ = kernel.wdf_control(device, guid, size % 2 == 0, number % 2 == 0);
            }
            7 => {
                context.sensors.store(number.min(3), Ordering::Relaxed);
                context.has_histogram.set(size % 2 == 0);
                wmi.update().expect("the device is there");
            }
            _ => {
                let hot = Vendor_Hot { temperature: 1 };
                // The instance may not exist.
                let _ = wmi.send(&context.hot, number, &hot);
            }
        }
    }
    kernel.remove_wdf_device(device);
}
