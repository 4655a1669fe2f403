//! Miniports on the fake port driver: both kinds of SRB, units, events and deferred answers.

#![allow(
    unsafe_code,
    reason = "the tests play the port driver and the miniport"
)]

#[path = "common/miniport.rs"]
mod miniport;

use core::sync::atomic::Ordering;

use miniport::{
    DISK, Miniport, Vendor_Firmware, Vendor_LinkDown, Vendor_LinkDownItems as _, Vendor_Stats,
    Vendor_StatsItems as _,
};
use wmi_core::provider::Minor;
use wmi_core::wnode::{InstanceId, Wnode};
use wmi_core::{DataBlock, Guid, NtStatus};
use wmi_driver::fake::{CompletedSrb, Kernel, SrbRequest};
use wmi_driver::storport::{Source, SrbStatus, Unit};

fn query<C: DataBlock>() -> SrbRequest {
    SrbRequest::new(Minor::QueryAllData)
        .guid(C::GUID)
        .buffer(128)
}

/// Both kinds of SRB.
fn kinds(request: &SrbRequest) -> [SrbRequest; 3] {
    // Offsets before, behind and inside the block, none of them that of the WMI data.
    let decoys = [0, 8, u32::MAX, u32::MAX - 7, 0x10000, 130];
    [
        request.clone(),
        request.clone().storage(&[]),
        request.clone().storage(&decoys),
    ]
}

fn requests_in(completed: &CompletedSrb) -> u64 {
    let Ok(Wnode::AllData(reply)) = Wnode::decode(completed.reply()) else {
        panic!("{completed:?}");
    };
    let mut blocks = reply.blocks::<Vendor_Stats>().unwrap();
    blocks.next().unwrap().requests()
}

#[test]
fn both_kinds_of_srb_are_answered() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    miniport.extension().stats.add_requests(5);
    for request in kinds(&query::<Vendor_Stats>()) {
        let completed = miniport.send(&request);
        assert_eq!(completed.status, SrbStatus::SUCCESS);
        assert_eq!(requests_in(&completed), 5);
    }
}

#[test]
fn srbs_of_other_functions_are_left_alone() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    for function in [0, 2, 0x13, 0x25] {
        for request in kinds(&query::<Vendor_Stats>().function(function)) {
            assert_eq!(miniport.post(&request), None);
        }
    }
}

#[test]
fn registration_names_no_device_and_no_registry_path() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    for minor in [Minor::RegInfo, Minor::RegInfoEx] {
        let request = SrbRequest::new(minor).action(0).buffer(512);
        for request in kinds(&request) {
            let completed = miniport.send(&request);
            assert_eq!(completed.status, SrbStatus::SUCCESS);
            assert_eq!(completed.reply()[16], 3, "number of blocks");
        }
    }
}

#[test]
fn ntstatus_becomes_srb_status() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let unknown = Guid::from_bytes([1; 16]);
    let event = SrbRequest::new(Minor::QueryAllData).guid(Vendor_LinkDown::GUID);
    for (request, status) in [
        (query::<Vendor_Stats>().guid(unknown), SrbStatus::ERROR),
        (query::<Vendor_Stats>().buffer(8), SrbStatus::DATA_OVERRUN),
        (event.buffer(128), SrbStatus::INVALID_REQUEST),
        (SrbRequest::raw(0x0a), SrbStatus::INVALID_REQUEST),
    ] {
        for request in kinds(&request) {
            let completed = miniport.send(&request);
            assert_eq!(completed.status, status, "{request:?}");
        }
    }
}

#[test]
fn autosense_valid_is_kept() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    for request in kinds(&query::<Vendor_Stats>().status(0x80)) {
        assert_eq!(miniport.send(&request).status, SrbStatus::from_value(0x81));
    }
}

#[test]
fn start_io_refuses_requests_for_units() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    for request in kinds(&query::<Vendor_Stats>().unit(DISK)) {
        let completed = miniport.send(&request);
        assert_eq!(completed.status, SrbStatus::INVALID_REQUEST);
        assert_eq!(completed.length, 0);
    }
}

#[test]
fn units_answer_for_themselves() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    extension.stats.add_requests(1);
    extension.disk.stats.add_requests(2);
    let other = Unit { lun: 9, ..DISK };
    for request in kinds(&query::<Vendor_Stats>()) {
        assert_eq!(requests_in(&miniport.send_to_units(&request)), 1);
        let completed = miniport.send_to_units(&request.clone().unit(DISK));
        assert_eq!(requests_in(&completed), 2);
        let completed = miniport.send_to_units(&request.unit(other));
        assert_eq!(completed.status, SrbStatus::INVALID_REQUEST);
    }
}

#[test]
fn events_of_128_bytes_are_sent() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    let values = Vendor_LinkDown { ports: [6; 16] };
    extension
        .wmi
        .send(&extension.link_down, 0, &values)
        .unwrap();
    assert_eq!(kernel.take_port_events(), [], "not enabled");
    extension.link_down.enable(true);
    extension
        .wmi
        .send(&extension.link_down, 2, &values)
        .unwrap();
    let events = kernel.take_port_events();
    assert_eq!((events.len(), events[0].1.len()), (1, 128));
    assert_eq!(events[0].0, Source::Adapter);
    let Ok(Wnode::SingleInstance(event)) = Wnode::decode(&events[0].1) else {
        panic!("{events:?}");
    };
    assert_eq!(event.block::<Vendor_LinkDown>().unwrap().ports(), [6; 16]);
    assert_eq!(event.id(), InstanceId::Static(2));
}

#[test]
fn a_name_too_long_for_the_event_fails() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    extension.link_down.enable(true);
    let values = Vendor_LinkDown { ports: [6; 16] };
    let sent = extension.wmi.send_named(&extension.link_down, "A", &values);
    assert_eq!(sent, Err(NtStatus::BUFFER_OVERFLOW));
    assert_eq!(kernel.take_port_events(), []);
}

#[test]
fn reregister_names_its_source() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    extension.wmi.reregister();
    extension.disk.wmi.reregister();
    let expected = [Source::Adapter, Source::Unit(DISK)];
    assert_eq!(kernel.take_reregistered(), expected);
}

#[test]
fn srbs_answered_later_are_kept() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    extension.is_busy.store(true, Ordering::Relaxed);
    let pending = kinds(&query::<Vendor_Firmware>()).map(|it| miniport.post(&it).unwrap());
    extension.wmi.resume(extension);
    for pending in &pending {
        assert_eq!(kernel.completed_srb(pending), None);
    }
    extension.is_busy.store(false, Ordering::Relaxed);
    extension.wmi.resume(extension);
    for pending in &pending {
        let completed = kernel.completed_srb(pending).unwrap();
        assert_eq!(completed.status, SrbStatus::SUCCESS);
        assert!(Wnode::decode(completed.reply()).is_ok());
    }
}

#[test]
fn abort_completes_kept_srbs() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    extension.is_busy.store(true, Ordering::Relaxed);
    for request in kinds(&query::<Vendor_Firmware>()) {
        let pending = miniport.post(&request).unwrap();
        extension.wmi.abort(SrbStatus::NO_DEVICE);
        let completed = kernel.completed_srb(&pending).unwrap();
        assert_eq!(
            (completed.status, completed.length),
            (SrbStatus::NO_DEVICE, 0)
        );
    }
}

/// A reset while a handler is called: the SRB is completed, though the handler has no values yet.
#[test]
fn abort_completes_srbs_that_are_about_to_be_kept() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    extension.is_busy.store(true, Ordering::Relaxed);
    let reset = || extension.is_reset.store(true, Ordering::Relaxed);
    for request in kinds(&query::<Vendor_Firmware>()) {
        reset();
        assert_eq!(miniport.send(&request).status, SrbStatus::ABORTED);
        // The same while the handler is called again.
        let pending = miniport.post(&request).unwrap();
        reset();
        extension.wmi.resume(extension);
        let completed = kernel.completed_srb(&pending).unwrap();
        assert_eq!(completed.status, SrbStatus::ABORTED);
    }
}

#[test]
fn srbs_without_an_extension_are_not_kept() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    miniport.extension().is_busy.store(true, Ordering::Relaxed);
    for request in kinds(&query::<Vendor_Firmware>().without_extension()) {
        assert_eq!(miniport.send(&request).status, SrbStatus::ERROR);
    }
}
