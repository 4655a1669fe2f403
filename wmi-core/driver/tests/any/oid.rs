//! An adapter of NDIS that gets any OID requests.

use core::ptr;
use core::sync::atomic::Ordering;

use wmi_core::NtStatus;
use wmi_driver::fake::{Kernel, OidCall};
use wmi_driver::ndis::OID_GEN_SUPPORTED_GUIDS;

use crate::adapter::{FIRST, Miniport, Vendor_LinkChange};
use crate::bytes::Bytes;

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let context = miniport.context();
    let mut pending = Vec::new();
    while let Some(step) = bytes.next() {
        match step % 24 {
            0 | 1 => context.is_busy.store(true, Ordering::Relaxed),
            2 => context.is_busy.store(false, Ordering::Relaxed),
            3 => context.wmi.resume(context),
            4 => context.wmi.abort(),
            5 => {
                let id = ptr::without_provenance_mut::<u8>(usize::from(bytes.byte() % 4));
                context.wmi.cancel(context, id);
            }
            6 => context.has_module.set(bytes.byte() % 2 == 0),
            7 => context.wmi.send(&Vendor_LinkChange { speed: 1 }),
            8 if bytes.byte() % 8 == 0 => context.wmi.surprise_removal(),
            _ => pending.extend(miniport.post(&call(&mut bytes))),
        }
    }
    context.wmi.abort();
    for pending in pending {
        let completed = kernel.completed_oid(&pending).expect("it is completed");
        assert_ne!(completed.status, NtStatus::PENDING);
        assert!(completed.status == NtStatus::SUCCESS || completed.written == 0);
    }
}

fn call(bytes: &mut Bytes<'_>) -> OidCall {
    let oid = match bytes.byte() % 8 {
        0 => OID_GEN_SUPPORTED_GUIDS,
        1 => bytes.number(),
        known => FIRST + u32::from(known - 2),
    };
    let size = usize::from(bytes.byte());
    let call = match bytes.byte() % 8 {
        0 | 1 => OidCall::query(oid, size),
        2 | 3 => OidCall::set(oid, bytes.some()),
        4 | 5 => OidCall::method(oid, u32::from(bytes.byte() % 3) + 6, bytes.some(), size),
        6 => OidCall::method(oid, 7, bytes.some(), size).claimed_input(bytes.number()),
        _ => {
            let kind = i32::from(bytes.byte() % 16) - 1;
            // The output of a method lies in the buffer.
            OidCall::raw(kind, oid, (size % 2 == 0).then(|| vec![0; size]))
        }
    };
    call.id(usize::from(bytes.byte() % 4))
}
