//! NDIS miniports over the fake NDIS: the table, OID requests of all types, events and deferred
//! answers.

#![allow(unsafe_code, reason = "the tests play NDIS and the miniport")]

#[path = "common/adapter.rs"]
mod adapter;

use core::ptr;
use core::sync::atomic::Ordering;

use adapter::{
    FIRST, Miniport, OIDS, REFUSED, ScaleIn, ScaleOut, Vendor_Frames, Vendor_LinkChange,
    Vendor_Moderation, Vendor_Module, Vendor_Name,
};
use wmi_core::provider::{Minor, RefusalCause};
use wmi_core::{DataBlock, NtStatus, VariableClass, Wire};
use wmi_driver::fake::{CompletedOid, Indication, Irql, Kernel, OidCall};
use wmi_driver::layout::NdisGuid;
use wmi_driver::ndis::OID_GEN_SUPPORTED_GUIDS;

const NOT_ACCEPTED: NtStatus = NtStatus::from_value(0x0001_0003);
const REQUEST_ABORTED: NtStatus = NtStatus::from_value(0xc001_000c);
const INVALID_LENGTH: NtStatus = NtStatus::from_value(0xc001_0014);
const INVALID_DATA: NtStatus = NtStatus::from_value(0xc001_0015);
const BUFFER_TOO_SHORT: NtStatus = NtStatus::from_value(0xc001_0016);
const INVALID_OID: NtStatus = NtStatus::from_value(0xc001_0017);

const FRAMES: u32 = FIRST;
const MODERATION: u32 = FIRST + 1;
const NAME: u32 = FIRST + 2;
const MODULE: u32 = FIRST + 3;

const SUPPORTED: [u32; 2 + OIDS.count()] = OIDS.supported(&[0x0001_0101, 0x0001_0107]);
const GUIDS: [NdisGuid; 4] = OIDS.guids();

fn failed(completed: &CompletedOid, status: NtStatus, needed: u32) {
    let found = (completed.status, completed.written, completed.needed);
    assert_eq!(found, (status, 0, needed));
}

/// The input of the method.
fn scale(factor: u32) -> Vec<u8> {
    let mut input = vec![0; 4];
    ScaleIn { factor }.encode(&mut input).unwrap();
    input
}

#[test]
fn the_lists_name_each_block() {
    let expected = [
        0x0001_0101,
        0x0001_0107,
        OID_GEN_SUPPORTED_GUIDS,
        FRAMES,
        MODERATION,
        NAME,
        MODULE,
    ];
    assert_eq!(SUPPORTED, expected);
    let [frames, moderation, name, module] = GUIDS;
    for (element, guid, oid, size, flags) in [
        (frames, Vendor_Frames::GUID, FRAMES, 12, 1),
        (moderation, Vendor_Moderation::GUID, MODERATION, 8, 0x81),
        (name, Vendor_Name::GUID, NAME, u32::MAX, 1),
        (module, Vendor_Module::GUID, MODULE, 4, 1),
    ] {
        let guid = guid.to_bytes();
        let expected = NdisGuid {
            guid,
            oid,
            size,
            flags,
        };
        assert_eq!(element, expected);
    }
}

#[test]
fn the_table_has_the_blocks_of_the_adapter() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let table = |size| miniport.send(&OidCall::query(OID_GEN_SUPPORTED_GUIDS, size));
    failed(&table(0), BUFFER_TOO_SHORT, 4 * 28);
    failed(&table(4 * 28 - 1), BUFFER_TOO_SHORT, 4 * 28);
    let completed = table(200);
    assert_eq!(
        (completed.status, completed.written),
        (NtStatus::SUCCESS, 112)
    );
    assert!(completed.buffer[112..].iter().all(|byte| *byte == 0xa5));
    let mut expected = Vec::new();
    for element in GUIDS {
        expected.extend(element.guid);
        for number in [element.oid, element.size, element.flags] {
            expected.extend(number.to_ne_bytes());
        }
    }
    assert_eq!(completed.reply(), expected);

    assert_eq!(miniport.oid(Vendor_Module::GUID), Some(MODULE));
    miniport.context().has_module.set(false);
    assert_eq!(miniport.oid(Vendor_Module::GUID), None);
    assert_eq!(miniport.oid(Vendor_Name::GUID), Some(NAME));
    failed(&miniport.send(&OidCall::query(MODULE, 4)), INVALID_OID, 0);
}

#[test]
fn other_oids_are_left_to_the_miniport() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    for oid in [0, 0x0001_0101, FIRST - 1, FIRST + 4, u32::MAX] {
        assert_eq!(miniport.post(&OidCall::query(oid, 64)), None);
    }
    // Only a query asks for the table.
    assert_eq!(
        miniport.post(&OidCall::set(OID_GEN_SUPPORTED_GUIDS, &[])),
        None
    );
}

#[test]
fn queries_are_answered_by_the_data_alone() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    miniport.context().frames.add_sent(9);
    failed(
        &miniport.send(&OidCall::query(FRAMES, 11)),
        BUFFER_TOO_SHORT,
        12,
    );
    // As one of the statistics of an interface, too.
    for kind in [0, 2] {
        let call = OidCall::raw(kind, FRAMES, Some(vec![0xa5; 20]));
        let completed = miniport.send(&call);
        assert_eq!(completed.status, NtStatus::SUCCESS);
        assert_eq!(completed.reply(), [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(completed.buffer[12..], [0xa5; 8]);
    }
    failed(
        &miniport.send(&OidCall::query(NAME, 9)),
        BUFFER_TOO_SHORT,
        10,
    );
    let completed = miniport.send(&OidCall::query(NAME, 64));
    assert_eq!(completed.reply(), b"\x08\0p\0o\0r\0t\0");
    let without = OidCall::raw(0, MODULE, None);
    failed(&miniport.send(&without), BUFFER_TOO_SHORT, 4);
}

#[test]
fn sets_change_writable_items_alone() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let mut block = Wire::<Vendor_Moderation>::zeroed();
    block.set(Vendor_Moderation::INTERVAL, 70);
    block.set(Vendor_Moderation::CHANGES, 41);
    let completed = miniport.send(&OidCall::set(MODERATION, block.as_bytes()));
    assert_eq!((completed.status, completed.read), (NtStatus::SUCCESS, 8));
    let context = miniport.context();
    assert_eq!(context.interval.load(Ordering::Relaxed), 70);
    assert_eq!(context.changes.load(Ordering::Relaxed), 1);

    failed(
        &miniport.send(&OidCall::set(MODERATION, &[0; 7])),
        INVALID_LENGTH,
        8,
    );
    block.set(Vendor_Moderation::INTERVAL, 10_001);
    let refused = miniport.send(&OidCall::set(MODERATION, block.as_bytes()));
    failed(&refused, INVALID_DATA, 0);
    let read_only = miniport.send(&OidCall::set(FRAMES, &[0; 12]));
    failed(&read_only, NtStatus::NOT_SUPPORTED, 0);
}

#[test]
fn methods_have_input_and_output_in_one_buffer() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let call = |output| miniport.send(&OidCall::method(MODERATION, 7, &scale(3), output));
    failed(&call(4), BUFFER_TOO_SHORT, 8);
    let completed = call(12);
    assert_eq!(completed.status, NtStatus::SUCCESS);
    assert_eq!((completed.written, completed.read), (8, 4));
    let output = ScaleOut::decode(completed.reply()).unwrap();
    assert_eq!((output.before, output.interval), (50, 150));

    let unknown = OidCall::method(MODERATION, 8, &scale(3), 8);
    failed(&miniport.send(&unknown), NtStatus::NOT_SUPPORTED, 0);
    let none = OidCall::method(FRAMES, 7, &scale(3), 8);
    failed(&miniport.send(&none), NtStatus::NOT_SUPPORTED, 0);
    // An input that would reach past the end of the buffer.
    let lying = OidCall::method(MODERATION, 7, &scale(3), 8).claimed_input(9);
    failed(&miniport.send(&lying), INVALID_LENGTH, 9);
    let absurd = OidCall::method(MODERATION, 7, &[], 0).claimed_input(u32::MAX);
    failed(&miniport.send(&absurd), INVALID_LENGTH, u32::MAX);
}

#[test]
fn types_that_custom_oids_do_not_have_are_refused() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    for kind in [3, 11, -1, i32::MAX] {
        let call = OidCall::raw(kind, FRAMES, Some(vec![0; 12]));
        failed(&miniport.send(&call), NtStatus::NOT_SUPPORTED, 0);
    }
}

#[test]
fn events_are_status_indications() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let wmi = &miniport.context().wmi;
    kernel.at(Irql::Dispatch, || {
        wmi.send(&Vendor_LinkChange { speed: 0x1000 });
        let name = Vendor_Name { name: "A" };
        wmi.send_variable(&name).unwrap();
    });
    let expected = [
        (Vendor_LinkChange::GUID, vec![0, 0x10, 0, 0]),
        (Vendor_Name::GUID, vec![2, 0, b'A', 0]),
    ];
    let expected = expected.map(|(guid, data)| Indication {
        status_code: 0x4001_0019,
        guid,
        data,
    });
    assert_eq!(kernel.take_indications(), expected);

    let name = "x".repeat(480);
    let sent = wmi.send_variable(&Vendor_Name { name: &name });
    assert_eq!(sent, Err(NtStatus::BUFFER_OVERFLOW));
    assert_eq!(kernel.take_indications(), []);
}

/// Requests whose handler answers later, while it is busy.
fn slow() -> [OidCall; 3] {
    [
        OidCall::query(MODERATION, 8),
        OidCall::set(MODERATION, &[0; 8]),
        OidCall::method(MODERATION, 7, &scale(2), 8),
    ]
}

#[test]
fn a_request_that_is_answered_later_is_pended() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let context = miniport.context();
    for call in slow() {
        context.is_busy.store(true, Ordering::Relaxed);
        let pending = miniport.post(&call).unwrap();
        context.wmi.resume(context);
        assert_eq!(kernel.completed_oid(&pending), None);
        context.is_busy.store(false, Ordering::Relaxed);
        kernel.at(Irql::Dispatch, || context.wmi.resume(context));
        let completed = kernel.completed_oid(&pending).unwrap();
        assert_eq!(completed.status, NtStatus::SUCCESS);
    }
}

#[test]
fn a_pended_request_can_be_cancelled() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let context = miniport.context();
    context.is_busy.store(true, Ordering::Relaxed);
    for call in slow() {
        let pending = miniport.post(&call.id(0x10)).unwrap();
        context
            .wmi
            .cancel(context, ptr::without_provenance_mut::<u8>(0x18));
        assert_eq!(kernel.completed_oid(&pending), None);
        context
            .wmi
            .cancel(context, ptr::without_provenance_mut::<u8>(0x10));
        failed(&kernel.completed_oid(&pending).unwrap(), REQUEST_ABORTED, 0);
    }
}

#[test]
fn a_pended_request_is_completed_when_the_adapter_goes() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let context = miniport.context();
    context.is_busy.store(true, Ordering::Relaxed);
    for call in slow() {
        let pending = miniport.post(&call).unwrap();
        context.wmi.abort();
        failed(&kernel.completed_oid(&pending).unwrap(), REQUEST_ABORTED, 0);
    }
    let pending = miniport.post(&slow()[0]).unwrap();
    context.wmi.surprise_removal();
    failed(&kernel.completed_oid(&pending).unwrap(), NOT_ACCEPTED, 0);
    // And those that come before it is halted.
    for call in slow() {
        failed(&miniport.send(&call), NOT_ACCEPTED, 0);
    }
    let table = OidCall::query(OID_GEN_SUPPORTED_GUIDS, 1000);
    failed(&miniport.send(&table), NOT_ACCEPTED, 0);
}

#[test]
fn refused_requests_are_reported() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    for (call, minor, cause) in [
        (
            OidCall::set(FRAMES, &[0; 12]),
            Minor::ChangeSingleInstance,
            RefusalCause::ReadOnly,
        ),
        (
            OidCall::set(MODERATION, &[0; 3]),
            Minor::ChangeSingleInstance,
            RefusalCause::Driver,
        ),
        (
            OidCall::method(MODERATION, 99, &[], 8),
            Minor::ExecuteMethod,
            RefusalCause::UnknownId(99),
        ),
        (
            OidCall::method(MODERATION, 7, &[], 8).claimed_input(9),
            Minor::ExecuteMethod,
            RefusalCause::DataPlace,
        ),
    ] {
        let _ = miniport.send(&call);
        let refused = REFUSED.take().expect("it is refused");
        assert_eq!((refused.minor, refused.cause), (minor, cause));
    }
    miniport.context().has_module.set(false);
    let _ = miniport.send(&OidCall::query(MODULE, 4));
    let refused = REFUSED.take().expect("it is refused");
    assert_eq!(refused.cause, RefusalCause::AbsentBlock);
    for size in [4, 12] {
        let _ = miniport.send(&OidCall::query(FRAMES, size));
        assert_eq!(REFUSED.take(), None);
    }
}
