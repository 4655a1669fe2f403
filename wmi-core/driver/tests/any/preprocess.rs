//! A framework device that answers WMI before the framework, and receives arbitrary requests at any
//! time.

use core::sync::atomic::Ordering;

use wmi_core::{DataBlock, NtStatus};
use wmi_driver::fake::Kernel;

use crate::bytes::Bytes;
use crate::preprocess_driver::{Device, NAMES, Vendor_Ended, Vendor_Session, Vendor_Slow, added};

const GUIDS: [wmi_core::Guid; 3] = [Vendor_Session::GUID, Vendor_Slow::GUID, Vendor_Ended::GUID];

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kernel = Kernel::new();
    let context = Device::new();
    let (device, wmi) = added(&kernel, &context);
    let mut pending = Vec::new();
    while let Some(step) = bytes.next() {
        // Some of these fail once the device is removed.
        match step % 24 {
            0 => context.is_busy.store(true, Ordering::Relaxed),
            1 => context.is_busy.store(false, Ordering::Relaxed),
            2 => wmi.resume(),
            3 => {
                let _ = wmi.update();
            }
            4 => {
                let _ = wmi.queue_update();
            }
            5 => {
                let name = NAMES[usize::from(bytes.byte() % 3)];
                let _ = context.send_ended(&wmi, name);
            }
            6 => {
                let name = NAMES[usize::from(bytes.byte() % 3)];
                let _ = context.send_ended(&wmi.queued(), name);
            }
            7 => kernel.run_work_items(),
            8 => kernel.limit_allocations(Some(usize::from(bytes.byte() % 4))),
            9 => kernel.surprise_remove_wdf_device(device),
            10 => {
                let count = usize::from(bytes.byte() % 4);
                context.count.store(count, Ordering::Relaxed);
            }
            _ => {
                let request = bytes.request(&GUIDS, device.object(), device.pdo());
                pending.push(kernel.post(device.object(), request));
            }
        }
    }
    kernel.surprise_remove_wdf_device(device);
    for pending in pending {
        let completed = kernel.completed(&pending).expect("it is completed");
        assert_ne!(completed.status, NtStatus::PENDING);
    }
    kernel.remove_wdf_device(device);
}
