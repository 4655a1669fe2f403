//! An adapter that gets arbitrary SRBs.

use core::sync::atomic::Ordering;

use wmi_core::DataBlock;
use wmi_driver::fake::{Kernel, SrbRequest};
use wmi_driver::storport::{SrbStatus, Unit};

use crate::bytes::Bytes;
use crate::miniport::{Miniport, Vendor_Firmware, Vendor_LinkDown, Vendor_Stats};

const GUIDS: [wmi_core::Guid; 3] = [
    Vendor_Stats::GUID,
    Vendor_Firmware::GUID,
    Vendor_LinkDown::GUID,
];

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    let mut pending = Vec::new();
    while let Some(step) = bytes.next() {
        match step % 16 {
            0 => extension.is_busy.store(true, Ordering::Relaxed),
            1 => extension.is_busy.store(false, Ordering::Relaxed),
            2 => extension.wmi.resume(extension),
            3 => extension.wmi.abort(SrbStatus::ABORTED),
            4 => extension.wmi.reregister(),
            5 => {
                let values = Vendor_LinkDown { ports: [1; 16] };
                let sent = extension.wmi.send(&extension.link_down, 0, &values);
                assert_eq!(sent, Ok(()));
            }
            _ => pending.extend(miniport.post(&request(&mut bytes))),
        }
    }
    extension.wmi.abort(SrbStatus::NO_DEVICE);
    for pending in pending {
        assert!(kernel.completed_srb(&pending).is_some());
    }
}

fn request(bytes: &mut Bytes<'_>) -> SrbRequest {
    let minor = bytes.byte() % 14;
    let mut request = SrbRequest::raw(minor);
    request = match minor {
        0x08 | 0x0b => request.action(usize::from(bytes.byte() % 3)),
        _ => request.guid(bytes.guid(&GUIDS)),
    };
    if let Some(buffer) = bytes.buffer() {
        request = request.bytes(buffer);
    }
    let kind = bytes.byte();
    if kind & 1 != 0 {
        let offsets = (0..kind >> 5).map(|number| match number % 2 {
            0 => u32::from(bytes.byte()),
            _ => bytes.number(),
        });
        let offsets: Vec<_> = offsets.collect();
        request = request.storage(&offsets);
    }
    if kind & 2 != 0 {
        let [path, target, lun] = [(); 3].map(|()| bytes.byte());
        request = request.unit(Unit { path, target, lun });
    }
    if kind & 12 == 0 {
        request = request.without_extension();
    }
    request
}
