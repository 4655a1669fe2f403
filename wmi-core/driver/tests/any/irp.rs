//! A WDM device that gets arbitrary requests at arbitrary times.

use core::sync::atomic::Ordering;

use wmi_core::{DataBlock, NtStatus};
use wmi_driver::fake::{Kernel, Request};

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
            _ => pending.push(kernel.post(stack.device, request(&mut bytes, &stack))),
        }
    }
    stack.surprise_removal();
    for pending in pending {
        let completed = kernel.completed(&pending).expect("it is completed");
        assert_ne!(completed.status, NtStatus::PENDING);
    }
    stack.remove(&kernel);
}

fn request(bytes: &mut Bytes<'_>, stack: &Stack) -> Request {
    let minor = bytes.byte() % 14;
    let provider = match bytes.byte() % 8 {
        0 => stack.pdo.as_ptr().addr(),
        1 => 0,
        _ => stack.device.as_ptr().addr(),
    };
    let request = Request::raw(minor, provider);
    // A data path either points to a GUID or is a number.
    let request = match minor {
        0x08 | 0x0b => request.action(usize::from(bytes.byte() % 3)),
        _ if bytes.byte() % 16 == 0 => request.action(0),
        _ => request.guid(bytes.guid(&GUIDS)),
    };
    match bytes.buffer() {
        Some(buffer) => request.bytes(buffer),
        None => request,
    }
}
