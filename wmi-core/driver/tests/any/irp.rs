//! A WDM device that gets arbitrary requests at arbitrary times.

use core::sync::atomic::Ordering;

use wmi_core::{DataBlock, NtStatus};
use wmi_driver::fake::Kernel;

use crate::bytes::Bytes;
use crate::common::{Stack, Vendor_Hot, Vendor_Settings, Vendor_Stats, send_hot};

const GUIDS: [wmi_core::Guid; 3] = [Vendor_Stats::GUID, Vendor_Settings::GUID, Vendor_Hot::GUID];

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    let mut pending = Vec::new();
    while let Some(step) = bytes.next() {
        // Some calls fail once the device is deregistered.
        match step % 24 {
            0 => extension.is_busy.store(true, Ordering::Relaxed),
            1 => extension.is_busy.store(false, Ordering::Relaxed),
            2 => extension.wmi.resume(extension),
            3 => {
                let _ = extension.wmi.register();
            }
            4 => {
                let _ = extension.wmi.update();
            }
            5 => {
                let _ = extension.wmi.queue_update();
            }
            6 => {
                let _ = send_hot(extension, &extension.wmi);
            }
            7 => {
                let _ = send_hot(extension, &extension.wmi.queued());
            }
            8 => kernel.run_work_items(),
            9 => kernel.limit_allocations(Some(usize::from(bytes.byte() % 4))),
            10 => stack.surprise_removal(),
            _ => {
                let request = bytes.request(&GUIDS, stack.device, stack.pdo);
                pending.push(kernel.post(stack.device, request));
            }
        }
    }
    stack.surprise_removal();
    for pending in pending {
        let completed = kernel.completed(&pending).expect("it is completed");
        assert_ne!(completed.status, NtStatus::PENDING);
    }
    stack.remove(&kernel);
}
