//! Miniports over the fake port driver: both kinds of SRB, units, events and deferred answers.

#![allow(
    unsafe_code,
    reason = "the tests play the port driver and the miniport"
)]
#![allow(non_camel_case_types, reason = "MOF has these names")]

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use proptest::collection::vec;
use proptest::prelude::*;
use wmi_core::provider::{Event, Handle, Minor, Provider};
use wmi_core::wnode::{InstanceId, Wnode};
use wmi_core::{DataBlock, Guid, NtStatus, WmiClass};
use wmi_driver::fake::{Adapter, CompletedSrb, Kernel, PendingSrb, SrbRequest};
use wmi_driver::storport::{Source, Srb, SrbStatus, Unit, Wmi};

/// What an adapter has done.
#[derive(WmiClass)]
#[wmi(
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c11",
    base = "Win32_PerfRawData"
)]
struct Vendor_Stats {
    /// Requests.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    requests: AtomicU64,
}

/// The firmware.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c12")]
struct Vendor_Firmware {
    /// Its revision.
    #[wmi(data_id = 1)]
    revision: u32,
}

/// A link has gone down.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c13"
)]
struct Vendor_LinkDown {
    /// As much as an event may have.
    #[wmi(data_id = 1)]
    ports: [u32; 16],
}

struct Extension {
    wmi: Wmi<Extension>,
    stats: Vendor_Stats,
    link_down: Event<Vendor_LinkDown>,
    is_busy: AtomicBool,
    disk: Disk,
}

struct Disk {
    wmi: Wmi<Disk>,
    stats: Vendor_Stats,
}

const DISK: Unit = Unit {
    path: 0,
    target: 3,
    lun: 1,
};

static PROVIDER: Provider<Extension> = Provider::storport(&[
    &wmi_core::provider::Block::counters(|extension: &Extension, _| Some(&extension.stats)),
    &wmi_core::provider::Block::fixed::<Vendor_Firmware, _>(|extension, _| Some(extension)),
    &wmi_core::provider::Block::event(|extension: &Extension| &extension.link_down),
]);

static DISK_PROVIDER: Provider<Disk> =
    Provider::storport(&[&wmi_core::provider::Block::counters(|disk: &Disk, _| {
        Some(&disk.stats)
    })]);

impl Handle<Vendor_Firmware> for Extension {
    fn query(&self) -> Result<Vendor_Firmware, NtStatus> {
        if self.is_busy.load(Ordering::Relaxed) {
            return Err(NtStatus::PENDING);
        }
        Ok(Vendor_Firmware { revision: 7 })
    }
}

/// An adapter of the fake port driver, with its extension.
struct Miniport<'k> {
    kernel: &'k Kernel,
    adapter: Adapter,
}

impl<'k> Miniport<'k> {
    fn new(kernel: &'k Kernel) -> Self {
        let adapter = kernel.create_adapter::<Extension>();
        let extension = adapter.extension::<Extension>();
        // SAFETY: the extension stays until the kernel goes.
        let wmi = unsafe { Wmi::adapter(&PROVIDER, extension) };
        let disk = Disk {
            // SAFETY: as above.
            wmi: unsafe { Wmi::unit(&DISK_PROVIDER, extension, DISK) },
            stats: Vendor_Stats::new(),
        };
        let content = Extension {
            wmi,
            stats: Vendor_Stats::new(),
            link_down: Event::new(),
            is_busy: AtomicBool::new(false),
            disk,
        };
        // SAFETY: the extension has room for it.
        unsafe { extension.write(content) };
        Self { kernel, adapter }
    }

    fn extension(&self) -> &Extension {
        // SAFETY: it was written, and stays.
        unsafe { &*self.adapter.extension::<Extension>() }
    }

    /// `HwStartIo` of a miniport whose units have no blocks.
    fn post(&self, request: &SrbRequest) -> Option<PendingSrb> {
        let extension = self.extension();
        self.kernel.start_io(self.adapter, request, |srb| {
            // SAFETY: the SRB is that of the port driver.
            unsafe { extension.wmi.start_io(extension, srb) }
        })
    }

    fn send(&self, request: &SrbRequest) -> CompletedSrb {
        let pending = self.post(request).expect("it is a request of WMI");
        let completed = self.kernel.completed_srb(&pending);
        completed.expect("it is completed at once")
    }

    /// `HwStartIo` of a miniport whose units have blocks.
    fn send_to_units(&self, request: &SrbRequest) -> CompletedSrb {
        let extension = self.extension();
        let pending = self.kernel.start_io(self.adapter, request, |srb| {
            // SAFETY: the SRB is that of the port driver.
            let Some(srb) = (unsafe { Srb::new(srb) }) else {
                return false;
            };
            match srb.source() {
                Source::Adapter => extension.wmi.answer(extension, srb),
                Source::Unit(DISK) => extension.disk.wmi.answer(&extension.disk, srb),
                // SAFETY: this is the extension of the adapter.
                Source::Unit(_) => unsafe { srb.refuse(self.adapter.extension::<Extension>()) },
            }
            true
        });
        self.kernel.completed_srb(&pending.unwrap()).unwrap()
    }
}

fn query<C: DataBlock>() -> SrbRequest {
    SrbRequest::new(Minor::QueryAllData)
        .guid(C::GUID)
        .buffer(128)
}

/// Both kinds of SRB.
fn kinds(request: &SrbRequest) -> [SrbRequest; 3] {
    // Offsets before, behind and inside of the block that are not those of WMI's data.
    let decoys = [0, 8, u32::MAX, u32::MAX - 7, 0x10000, 130];
    [
        request.clone(),
        request.clone().storage(&[]),
        request.clone().storage(&decoys),
    ]
}

fn requests_in(completed: &CompletedSrb) -> u64 {
    let Ok(Wnode::AllData(reply)) = Wnode::parse(completed.reply()) else {
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
            assert_eq!(completed.reply()[16], 3, "as many blocks");
        }
    }
}

#[test]
fn statuses_of_nt_become_those_of_srbs() {
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
fn the_bit_of_sense_data_is_kept() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    for request in kinds(&query::<Vendor_Stats>().status(0x80)) {
        assert_eq!(miniport.send(&request).status, SrbStatus(0x81));
    }
}

#[test]
fn requests_for_units_are_refused_where_only_the_adapter_has_blocks() {
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
    assert_eq!(kernel.take_port_events(), [], "nobody listens");
    extension.link_down.enable(true);
    extension
        .wmi
        .send(&extension.link_down, 2, &values)
        .unwrap();
    let events = kernel.take_port_events();
    assert_eq!((events.len(), events[0].1.len()), (1, 128));
    assert_eq!(events[0].0, Source::Adapter);
    let Ok(Wnode::SingleInstance(event)) = Wnode::parse(&events[0].1) else {
        panic!("{events:?}");
    };
    assert_eq!(event.block::<Vendor_LinkDown>().unwrap().ports(), [6; 16]);
    assert_eq!(event.id(), InstanceId::Static(2));
}

#[test]
fn a_name_that_leaves_no_room_for_the_data_fails() {
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
fn a_registration_is_asked_for_again() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    extension.wmi.reregister();
    extension.disk.wmi.reregister();
    let expected = [Source::Adapter, Source::Unit(DISK)];
    assert_eq!(kernel.take_reregistered(), expected);
}

#[test]
fn an_srb_that_is_answered_later_is_kept() {
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
        assert!(Wnode::parse(completed.reply()).is_ok());
    }
}

#[test]
fn srbs_that_are_not_answered_yet_can_be_aborted() {
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

#[test]
fn an_srb_without_an_extension_is_not_kept() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    miniport.extension().is_busy.store(true, Ordering::Relaxed);
    for request in kinds(&query::<Vendor_Firmware>().without_extension()) {
        assert_eq!(miniport.send(&request).status, SrbStatus::ERROR);
    }
}

/// Few where every access is checked.
const CASES: u32 = if cfg!(miri) { 8 } else { 2_000 };

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_srb_is_completed_once_by_the_rules(
        minor in 0..16_u8,
        guid in prop_oneof![
            Just(Vendor_Stats::GUID),
            Just(Vendor_Firmware::GUID),
            Just(Vendor_LinkDown::GUID),
            any::<[u8; 16]>().prop_map(Guid::from_bytes),
        ],
        unit in any::<Option<[u8; 3]>>(),
        storage in any::<Option<Vec<u32>>>(),
        buffer in any::<Option<Vec<u8>>>(),
        offsets in vec(0..200_u32, 0..8),
        is_busy in any::<bool>(),
        has_extension in any::<bool>(),
    ) {
        let kernel = Kernel::new();
        let miniport = Miniport::new(&kernel);
        let extension = miniport.extension();
        extension.is_busy.store(is_busy, Ordering::Relaxed);
        let mut request = SrbRequest::raw(minor);
        request = if minor == 8 || minor == 11 { request.action(0) } else { request.guid(guid) };
        if let Some([path, target, lun]) = unit {
            request = request.unit(Unit { path, target, lun });
        }
        if let Some(mut decoys) = storage {
            decoys.extend(offsets);
            request = request.storage(&decoys);
        }
        if let Some(buffer) = buffer {
            request = request.bytes(buffer);
        }
        if !has_extension {
            request = request.without_extension();
        }
        let pending = miniport.post(&request).unwrap();
        extension.is_busy.store(false, Ordering::Relaxed);
        extension.wmi.resume(extension);
        prop_assert!(kernel.completed_srb(&pending).is_some());
    }
}
