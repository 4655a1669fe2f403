//! Registration replies, byte for byte.

use core::sync::atomic::{AtomicUsize, Ordering};

use wmi_core::provider::{Block, DataPath, Event, Minor, Presence, Provider, Request, Response};
use wmi_core::{DataBlock, NtStatus};

use crate::device::*;
use wmi_tests::wmistr::{REGGUID, REGINFO};

fn register(
    provider: &Provider<Device>,
    device: &Device,
    path: DataPath,
    size: usize,
) -> (Response, Vec<u8>) {
    let [first, second] = [Minor::RegInfo, Minor::RegInfoEx].map(|minor| {
        let mut buffer = vec![0xa5; size];
        let response = provider
            .dispatch(device, Request::new(minor, path, &mut buffer))
            .immediate();
        (response, buffer)
    });
    assert_eq!(first.0.pdo_references, 0, "only the newer one wants any");
    let answer = |(response, buffer): &(Response, _)| {
        (response.status, response.information, Vec::clone(buffer))
    };
    assert_eq!(answer(&first), answer(&second), "both have one answer");
    second
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

fn string(bytes: &[u8], at: usize) -> (String, usize) {
    let length = usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    assert_eq!((at % 2, length % 2), (0, 0));
    let end = at + 2 + length;
    let units: Vec<u16> = bytes[at + 2..end]
        .chunks(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
        .collect();
    (String::from_utf16(&units).unwrap(), end)
}

/// Reads an entry: GUID, flags, count and the union.
fn entry(bytes: &[u8], index: usize) -> ([u8; 16], usize, usize, u64) {
    let at = REGINFO + REGGUID * index;
    let mut union = [0; 8];
    let width = size_of::<usize>();
    union[..width].copy_from_slice(&bytes[at + 24..at + 24 + width]);
    (
        bytes[at..at + 16].try_into().unwrap(),
        number(bytes, at + 16),
        number(bytes, at + 20),
        u64::from_le_bytes(union),
    )
}

#[test]
fn blocks_are_registered() {
    let device = Device::new();
    let (response, bytes) = register(&PROVIDER, &device, DataPath::REGISTER, 1000);
    assert_eq!(response.status, NtStatus::SUCCESS);
    assert_eq!(number(&bytes, 0), response.information);
    assert_eq!(number(&bytes, 4), 0);
    assert_eq!(string(&bytes, number(&bytes, 8)).0, r"\R");
    assert_eq!(string(&bytes, number(&bytes, 12)).0, "MofResource");
    assert_eq!(number(&bytes, 16), 7);
    assert!(bytes[20..REGINFO].iter().all(|byte| *byte == 0));

    let (guid, flags, count, base) = entry(&bytes, 0);
    assert_eq!((guid, flags, count), (PortStats::GUID.to_bytes(), 0x8, 2));
    assert_eq!(string(&bytes, base as usize).0, "Port");
    let pdo = PDO as u64;
    assert_eq!(
        entry(&bytes, 1),
        (Settings::GUID.to_bytes(), 0x20 | 0x1, 1, pdo)
    );
    // Dynamic names have neither a flag nor a count.
    assert_eq!(entry(&bytes, 2), (Session::GUID.to_bytes(), 0, 0, 0));
    assert_eq!(entry(&bytes, 3), (Lane::GUID.to_bytes(), 0, 0, 0));
    let (guid, flags, count, list) = entry(&bytes, 4);
    assert_eq!((guid, flags, count), (Note::GUID.to_bytes(), 0x4, 2));
    let (first, next) = string(&bytes, list as usize);
    assert_eq!((&*first, &*string(&bytes, next).0), ("one", "two"));
    assert_eq!(entry(&bytes, 5), (Tools::GUID.to_bytes(), 0x20, 1, pdo));
    let (guid, flags, count, base) = entry(&bytes, 6);
    assert_eq!(
        (guid, flags, count),
        (Alarm::GUID.to_bytes(), 0x8 | 0x40, 1)
    );
    assert_eq!(
        string(&bytes, base as usize),
        ("Alarm".to_owned(), response.information)
    );
}

/// Returns the entries of a registration or an update.
fn listed(device: &Device, path: DataPath, size: usize) -> Vec<([u8; 16], usize)> {
    let mut buffer = vec![0xa5; size];
    let request = Request::new(Minor::RegInfoEx, path, &mut buffer);
    let response = PROVIDER.dispatch(device, request).immediate();
    if response.information == 4 {
        return Vec::new();
    }
    let paths = (number(&buffer, 8), number(&buffer, 12));
    assert_eq!(paths == (0, 0), path == DataPath::UPDATE);
    let entries = (0..number(&buffer, 16)).map(|index| entry(&buffer, index));
    entries.map(|(guid, flags, ..)| (guid, flags)).collect()
}

#[test]
fn updates_remove_absent_blocks_once() {
    let device = Device::new();
    let note = |path, size| {
        let listed = listed(&device, path, size);
        let mut notes = listed
            .iter()
            .filter(|entry| entry.0 == Note::GUID.to_bytes());
        (listed.len(), notes.next().map(|entry| entry.1))
    };
    let (there, gone) = ((7, Some(0x4)), (7, Some(0x1_0000)));
    let (unnamed, too_small) = ((6, None), (0, None));
    let (register, update) = (DataPath::REGISTER, DataPath::UPDATE);
    device.has_notes.set(false);
    assert_eq!(note(register, 1000), unnamed);
    assert_eq!(note(update, 1000), unnamed, "it was never registered");
    device.has_notes.set(true);
    assert_eq!(note(update, 1000), there);
    device.has_notes.set(false);
    assert_eq!(note(update, 100), too_small);
    assert_eq!(note(update, 1000), gone);
    assert_eq!(note(update, 1000), unnamed, "it was removed before");
    device.has_notes.set(true);
    assert_eq!(note(register, 100), too_small);
    assert_eq!(note(register, 1000), there);
    device.has_notes.set(false);
    assert_eq!(
        note(register, 1000),
        unnamed,
        "nothing is registered before"
    );
    assert_eq!(note(update, 1000), unnamed);
    device.has_notes.set(true);
    assert_eq!(note(update, 1000), there);
    device.has_notes.set(false);
    device.has_notes.set(true);
    assert_eq!(note(update, 1000), there);
}

/// WMI's treatment of an offset of zero is not documented.
#[test]
fn missing_texts_are_empty_strings() {
    static NAMELESS: Provider<Device> = Provider::with_pdo(BLOCKS, |_| 0);
    let (response, bytes) = register(&NAMELESS, &Device::new(), DataPath::REGISTER, 1000);
    let (path, name) = (number(&bytes, 8), number(&bytes, 12));
    let strings = REGINFO + 7 * REGGUID;
    assert_eq!((path, name), (strings, strings + 2));
    assert_eq!(string(&bytes, path).0, "");
    assert_eq!(string(&bytes, name).0, "");
    assert_eq!(number(&bytes, 0), response.information);
}

/// A class driver also registers for its miniport, which has its own resource and registry path.
#[test]
fn chained_providers_register_separately() {
    static MINIPORT: Provider<Device> =
        Provider::with_pdo(&[&Block::event(|device: &Device| &device.alarm)], |_| {
            0x1234
        })
        .mof_resource("Miniport")
        .registry_path(|_| &[0x4d]);
    static CLASS: Provider<Device> =
        Provider::new(&[
            &Block::counters(|device: &Device, port| device.ports.get(port))
                .base_name("Ports", |_| 2),
        ])
        .mof_resource("Class")
        .followed_by(&MINIPORT);
    let device = Device::new();
    let (response, bytes) = register(&CLASS, &device, DataPath::REGISTER, 300);
    assert_eq!(response.status, NtStatus::SUCCESS);
    assert_eq!(response.pdo_references, 1);
    // The header, one entry, and the strings "", "Class" and "Ports".
    let size = REGINFO + REGGUID + 2 + 12 + 12;
    let next = size.next_multiple_of(8);
    assert_eq!((number(&bytes, 0), number(&bytes, 4)), (size, next));
    assert_eq!(bytes[size..next], [0; 6]);
    let own = &bytes[next..response.information];
    assert_eq!((number(own, 0), number(own, 4)), (own.len(), 0));
    assert_eq!(string(own, number(own, 8)).0, "M");
    assert_eq!(string(own, number(own, 12)).0, "Miniport");
    assert_eq!(
        entry(own, 0),
        (Alarm::GUID.to_bytes(), 0x20 | 0x40, 1, 0x1234)
    );

    for (minor, guid) in [
        (Minor::QueryAllData, PortStats::GUID),
        (Minor::EnableEvents, Alarm::GUID),
    ] {
        let mut buffer = [0; 200];
        let request = Request::new(minor, guid, &mut buffer);
        let response = CLASS.dispatch(&device, request).immediate();
        assert_eq!(response.status, NtStatus::SUCCESS);
    }
    assert!(device.alarm.is_enabled());
    for size in 4..response.information {
        let (response, bytes) = register(&CLASS, &device, DataPath::REGISTER, size);
        assert_eq!(
            (response.information, number(&bytes, 0)),
            (4, next + own.len())
        );
    }
}

/// Of the two documented ways to report a small buffer, uses that of `classpnp`.
#[test]
fn small_buffers_get_the_needed_size() {
    let device = Device::new();
    let (whole, _) = register(&PROVIDER, &device, DataPath::REGISTER, 1000);
    for size in 0..whole.information + 9 {
        let (response, bytes) = register(&PROVIDER, &device, DataPath::REGISTER, size);
        let written = match size {
            0..4 => {
                assert_eq!(response.status, NtStatus::BUFFER_TOO_SMALL);
                0
            }
            _ if size < whole.information => {
                assert_eq!(response.status, NtStatus::SUCCESS);
                assert_eq!(number(&bytes, 0), whole.information);
                4
            }
            _ => {
                assert_eq!(response.status, NtStatus::SUCCESS);
                whole.information
            }
        };
        assert_eq!(response.information, written);
        // An incomplete registration may have written more.
        let kept = if written == 4 { size } else { written };
        assert!(bytes[kept..].iter().all(|byte| *byte == 0xa5));
    }
}

#[test]
fn other_actions_are_refused() {
    for action in [2, usize::MAX] {
        let (response, _) = register(&PROVIDER, &Device::new(), DataPath::Action(action), 1000);
        assert_eq!(response.status, NtStatus::INVALID_PARAMETER);
    }
}

/// The port driver knows the device object and the path, and takes dynamic names as unlimited.
#[test]
fn storport_providers_omit_device_and_path() {
    static MINIPORT: Provider<Device> = Provider::storport(BLOCKS).mof_resource("MofResource");
    let (_, bytes) = register(&MINIPORT, &Device::new(), DataPath::REGISTER, 1000);
    assert_eq!(number(&bytes, 8), 0);
    assert_eq!(
        entry(&bytes, 1),
        (Settings::GUID.to_bytes(), 0x20 | 0x1, 1, 0)
    );
    assert_eq!(
        entry(&bytes, 2),
        (Session::GUID.to_bytes(), 0, 0xffff_ffff, 0)
    );
}

#[test]
fn references_count_only_written_entries() {
    let device = Device::new();
    let references = |minor, path, size| {
        let mut buffer = vec![0; size];
        let response = PROVIDER
            .dispatch(&device, Request::new(minor, path, &mut buffer))
            .immediate();
        response.pdo_references
    };
    for path in [DataPath::REGISTER, DataPath::UPDATE] {
        assert_eq!(references(Minor::RegInfoEx, path, 1000), 2);
        // `IRP_MN_REGINFO` uses no references, and an incomplete registration names nothing.
        assert_eq!(references(Minor::RegInfo, path, 1000), 0);
        assert_eq!(references(Minor::RegInfoEx, path, 50), 0);
        assert_eq!(references(Minor::RegInfoEx, path, 3), 0);
    }
    // The port driver holds the references.
    static MINIPORT: Provider<Device> = Provider::storport(BLOCKS);
    let (response, _) = register(&MINIPORT, &device, DataPath::REGISTER, 1000);
    assert_eq!(response.pdo_references, 0);
}

/// A device that changes each time it is queried.
struct Restless {
    lane: [Lane; 1],
    /// The length that its name changes to; `named` counts the calls.
    changes: usize,
    named: AtomicUsize,
    /// Whether the first block is present at each call; the last value repeats.
    present: &'static [bool],
    presence: Presence,
    asked: AtomicUsize,
    alarm: Event<Alarm>,
}

static RESTLESS: Provider<Restless> = Provider::with_pdo(
    &[
        &Block::counters(|device: &Restless, lane| device.lane.get(lane)).present_if(|device| {
            let asked = device.asked.fetch_add(1, Ordering::Relaxed);
            let last = device.present.len() - 1;
            device.presence.set(device.present[asked.min(last)]);
            &device.presence
        }),
        &Block::event(|device: &Restless| &device.alarm).list(|device, name| {
            // Each pass reads one name and the end.
            let passes = device.named.fetch_add(1, Ordering::Relaxed) / 2;
            let letters = "aaaaaaaaaaaaaaaaaaaaaaaa".get(..device.changes.min(passes));
            letters.filter(|_| name == 0)
        }),
    ],
    |_| 0x1000,
);

fn restless(changes: usize, present: &'static [bool]) -> Restless {
    Restless {
        lane: [Lane {
            errors: 0,
            flags: 0,
        }],
        changes,
        named: AtomicUsize::new(0),
        present,
        presence: Presence::new(true),
        asked: AtomicUsize::new(0),
        alarm: Event::new(),
    }
}

/// Each name is read once, and registered as it was read.
#[test]
fn names_are_read_once_per_registration() {
    let device = restless(20, &[true]);
    for passes in 0..3 {
        let mut buffer = [0; 500];
        let request = Request::new(Minor::RegInfo, DataPath::REGISTER, &mut buffer);
        let response = RESTLESS.dispatch(&device, request).immediate();
        assert_eq!(response.status, NtStatus::SUCCESS);
        let (_, flags, count, list) = entry(&buffer, 1);
        assert_eq!((flags, count), (0x4 | 0x40, 1));
        let name = string(&buffer, list as usize);
        assert_eq!(name, ("a".repeat(passes), response.information));
    }
}

/// Each pass checks twice whether a block is present: to count the entries, and for the entry.
#[test]
fn registration_retries_until_presence_is_stable() {
    const NEVER_THE_SAME: &[bool] = &[true, false, true, false, true, false, true, false];
    let mut buffer = [0; 500];
    let request = Request::new(Minor::RegInfoEx, DataPath::REGISTER, &mut buffer);
    let response = RESTLESS.dispatch(&restless(0, NEVER_THE_SAME), request);
    let failed = Response::new(NtStatus::WMI_TRY_AGAIN, 0);
    assert_eq!(response.immediate(), failed);
    for (present, listed) in [
        (&[true][..], true),
        (&[false], false),
        (&[false, true], true),
        (&[true, false], false),
        (&[false, true, true, false], false),
        (&[true, false, false, true], true),
        // It vanished only after it was written.
        (&[true, true, false], true),
    ] {
        let mut buffer = [0; 500];
        let request = Request::new(Minor::RegInfoEx, DataPath::REGISTER, &mut buffer);
        let response = RESTLESS
            .dispatch(&restless(0, present), request)
            .immediate();
        assert_eq!(response.status, NtStatus::SUCCESS, "{present:?}");
        assert_eq!(response.pdo_references, usize::from(listed), "{present:?}");
        let entries = usize::from(listed) + 1;
        assert_eq!(number(&buffer, 16), entries);
        if listed {
            assert_eq!(entry(&buffer, 0), (Lane::GUID.to_bytes(), 0x20, 1, 0x1000));
        }
        let (guid, flags, ..) = entry(&buffer, entries - 1);
        assert_eq!((guid, flags), (Alarm::GUID.to_bytes(), 0x4 | 0x40));
    }
}
