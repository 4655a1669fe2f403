//! Every row of the status tables, in order.

use wmi_core::provider::{Block, DataPath, Minor, Provider, Request, Response};
use wmi_core::wnode::{SingleWnodeWriter, Target, Wnode};
use wmi_core::{DataBlock, Guid, NtStatus};

use crate::device::*;

const UNKNOWN: Guid = Guid::from_bytes([7; 16]);

fn ask(minor: Minor, guid: Guid, buffer: &mut [u8]) -> Response {
    PROVIDER
        .dispatch(&Device::new(), Request::new(minor, guid, buffer))
        .immediate()
}

fn failed(status: NtStatus) -> Response {
    Response::new(status, 0)
}

fn done(information: usize) -> Response {
    Response::new(NtStatus::SUCCESS, information)
}

/// Builds a request with data, in a buffer with `more` bytes after it.
fn request(writer: SingleWnodeWriter<'_>, data: &[u8], more: usize) -> Vec<u8> {
    let mut buffer = vec![0xa5; 1200];
    let written = writer.write(data, &mut buffer).unwrap();
    buffer.truncate(written + more);
    buffer
}

#[test]
fn foreign_requests_are_forwarded() {
    let device = 0x8000_1000;
    for code in 0..=u8::MAX {
        let minor = Minor::addressed(code, device, device);
        assert_eq!(minor.is_some(), matches!(code, 0..=9 | 11), "{code}");
        assert_eq!(minor.map(Minor::code), minor.map(|_| code));
        assert_eq!(Minor::addressed(code, device + 1, device), None);
    }
    assert!(
        Minor::ALL
            .into_iter()
            .map(Minor::code)
            .eq((0..=9).chain([11]))
    );
}

#[test]
fn unknown_guid_is_checked_first() {
    for minor in Minor::ALL {
        let expected = if minor.is_registration() {
            failed(NtStatus::INVALID_PARAMETER)
        } else {
            failed(NtStatus::WMI_GUID_NOT_FOUND)
        };
        for size in [0, 55, 56, 500] {
            let mut buffer = vec![0xa5; size];
            assert_eq!(ask(minor, UNKNOWN, &mut buffer), expected, "{minor:?}");
            assert!(buffer.iter().all(|byte| *byte == 0xa5));
        }
    }
    let number = Request::new(Minor::QueryAllData, DataPath::REGISTER, &mut []);
    let response = PROVIDER.dispatch(&Device::new(), number).immediate();
    assert_eq!(response, failed(NtStatus::INVALID_PARAMETER));
}

#[test]
fn absent_blocks_are_unknown() {
    let device = Device::new();
    let ask = || {
        let mut buffer = [0; 200];
        let request = Request::new(Minor::QueryAllData, Note::GUID, &mut buffer);
        PROVIDER.dispatch(&device, request).immediate().status
    };
    assert_eq!(ask(), NtStatus::SUCCESS);
    device.has_notes.set(false);
    assert_eq!(ask(), NtStatus::WMI_GUID_NOT_FOUND);
}

/// The three requests that return data: a reply, `WNODE_TOO_SMALL`, or no room even for that.
#[test]
fn small_buffers_get_wnode_too_small_or_fail() {
    let writer = SingleWnodeWriter::instance(PortStats::GUID, Target::Static(1));
    let method = SingleWnodeWriter::method(Settings::GUID, Target::Static(0), 9);
    for (minor, guid, whole, needed) in [
        (Minor::QueryAllData, PortStats::GUID, vec![0; 64], 90),
        (
            Minor::QuerySingleInstance,
            PortStats::GUID,
            request(writer, &[], 0),
            74,
        ),
        (
            Minor::ExecuteMethod,
            Settings::GUID,
            request(method, &[1, 0, 0, 0], 0),
            88,
        ),
    ] {
        for capacity in 0..120 {
            let mut before = whole.clone();
            before.resize(capacity.max(whole.len()), 0xa5);
            let buffer = &mut before.clone()[..capacity];
            let response = ask(minor, guid, buffer);
            if capacity < 56 {
                assert_eq!(response, failed(NtStatus::BUFFER_TOO_SMALL));
            } else if capacity < whole.len() && minor != Minor::QueryAllData {
                // The buffer is shorter than the request.
                assert_eq!(response, failed(NtStatus::INVALID_PARAMETER));
            } else if capacity < needed {
                assert_eq!(response, done(56));
                let size_needed = match Wnode::decode(&buffer[..56]) {
                    Ok(Wnode::TooSmall { size_needed }) => size_needed,
                    other => panic!("{other:?}"),
                };
                assert_eq!(size_needed as usize, needed);
                assert_eq!(buffer[44..48], [0x20, 0, 0, 0], "the flags are assigned");
            } else {
                assert_eq!(response, done(needed));
            }
            assert_eq!(
                buffer[response.information..],
                before[response.information..capacity]
            );
        }
    }
}

#[test]
fn missing_instances_are_not_found() {
    for (guid, target) in [
        (PortStats::GUID, Target::Static(2)),
        (PortStats::GUID, Target::Static(u32::MAX)),
        // Static names are not requested by name, nor dynamic ones by number.
        (PortStats::GUID, Target::Dynamic("Port0")),
        (Session::GUID, Target::Static(0)),
        (Session::GUID, Target::Dynamic("third")),
        (Session::GUID, Target::Dynamic("")),
    ] {
        for (minor, writer) in [
            (
                Minor::QuerySingleInstance,
                SingleWnodeWriter::instance(guid, target),
            ),
            (
                Minor::ChangeSingleInstance,
                SingleWnodeWriter::instance(guid, target),
            ),
            (
                Minor::ChangeSingleItem,
                SingleWnodeWriter::item(guid, target, 99),
            ),
            (
                Minor::ExecuteMethod,
                SingleWnodeWriter::method(guid, target, 99),
            ),
        ] {
            let response = ask(minor, guid, &mut request(writer, &[], 100));
            assert_eq!(
                response,
                failed(NtStatus::WMI_INSTANCE_NOT_FOUND),
                "{minor:?}"
            );
        }
    }
}

#[test]
fn missing_items_and_methods_are_not_found() {
    let target = Target::Static(0);
    for id in [0, 5, u32::MAX] {
        let item = SingleWnodeWriter::item(Settings::GUID, target, id);
        let response = ask(
            Minor::ChangeSingleItem,
            Settings::GUID,
            &mut request(item, &[], 0),
        );
        assert_eq!(response, failed(NtStatus::WMI_ITEMID_NOT_FOUND));
        // Also where the output would not fit.
        let method = SingleWnodeWriter::method(Settings::GUID, target, id);
        let response = ask(
            Minor::ExecuteMethod,
            Settings::GUID,
            &mut request(method, &[], 0),
        );
        assert_eq!(response, failed(NtStatus::WMI_ITEMID_NOT_FOUND));
    }
    let method = SingleWnodeWriter::method(PortStats::GUID, target, 1);
    let response = ask(
        Minor::ExecuteMethod,
        PortStats::GUID,
        &mut request(method, &[], 0),
    );
    assert_eq!(response, failed(NtStatus::INVALID_DEVICE_REQUEST));
}

#[test]
fn read_only_blocks_and_items_are_refused() {
    let block = SingleWnodeWriter::instance(PortStats::GUID, Target::Static(0));
    let response = ask(
        Minor::ChangeSingleInstance,
        PortStats::GUID,
        &mut request(block, &[0; 10], 0),
    );
    assert_eq!(response, failed(NtStatus::WMI_READ_ONLY));
    // `Revision`, which is read-only in a writable block.
    let item = SingleWnodeWriter::item(Settings::GUID, Target::Static(0), 2);
    let response = ask(
        Minor::ChangeSingleItem,
        Settings::GUID,
        &mut request(item, &[1], 0),
    );
    assert_eq!(response, failed(NtStatus::WMI_READ_ONLY));
}

#[test]
fn refused_values_and_truncated_data_fail() {
    let block = SingleWnodeWriter::instance(Settings::GUID, Target::Static(0));
    let whole = [1, 0, 0, 0, 9, 0, 8, 0, 65, 0, 0, 0, 0, 0, 0, 0, 7];
    for length in 0..=whole.len() {
        let mut buffer = request(block, &whole[..length], 0);
        let expected = if length < whole.len() {
            failed(NtStatus::WMI_SET_FAILURE)
        } else {
            done(0)
        };
        let response = ask(Minor::ChangeSingleInstance, Settings::GUID, &mut buffer);
        assert_eq!(response, expected, "{length}");
    }
    let mut too_fast = whole;
    too_fast[1] = 4;
    let response = ask(
        Minor::ChangeSingleInstance,
        Settings::GUID,
        &mut request(block, &too_fast, 0),
    );
    assert_eq!(response, failed(NtStatus::WMI_SET_FAILURE));
}

/// Clients may send a string shorter than its capacity, which moves the items after it.
#[test]
fn short_strings_are_accepted() {
    let device = Device::new();
    let block = SingleWnodeWriter::instance(Settings::GUID, Target::Static(0));
    let mut buffer = request(block, &[1, 0, 0, 0, 9, 0, 2, 0, 65, 0, 7], 0);
    let request = Request::new(Minor::ChangeSingleInstance, Settings::GUID, &mut buffer);
    assert_eq!(PROVIDER.dispatch(&device, request).immediate(), done(0));
    let settings = *device.settings.lock().unwrap();
    assert!(settings.label == "A");
    // `Revision` is read-only, but WMI sends it along.
    assert_eq!(
        (settings.speed, settings.revision, settings.mode),
        (1, 3, 7)
    );
}

/// Bytes that a client sends after the end of a string are neither kept nor revealed.
#[test]
fn strings_end_at_their_nul() {
    let device = Device::new();
    let block = SingleWnodeWriter::instance(Settings::GUID, Target::Static(0));
    let sent = [1, 0, 0, 0, 9, 0, 8, 0, 65, 0, 0, 0, 66, 0, 67, 0, 7];
    let mut buffer = request(block, &sent, 0);
    let change = Request::new(Minor::ChangeSingleInstance, Settings::GUID, &mut buffer);
    assert_eq!(PROVIDER.dispatch(&device, change).immediate(), done(0));
    let query = Request::new(Minor::QuerySingleInstance, Settings::GUID, &mut buffer);
    assert_eq!(PROVIDER.dispatch(&device, query).immediate(), done(64 + 17));
    let kept = [1, 0, 0, 0, 3, 0, 8, 0, 65, 0, 0, 0, 0, 0, 0, 0, 7];
    assert_eq!(buffer[64..], kept);
}

#[test]
fn single_items_are_set_through_the_whole_block() {
    let device = Device::new();
    let item = SingleWnodeWriter::item(Settings::GUID, Target::Static(0), 4);
    let mut buffer = request(item, &[42], 0);
    let request = Request::new(Minor::ChangeSingleItem, Settings::GUID, &mut buffer);
    assert_eq!(PROVIDER.dispatch(&device, request).immediate(), done(0));
    let settings = *device.settings.lock().unwrap();
    assert_eq!(
        settings,
        Settings {
            mode: 42,
            ..DEFAULTS
        }
    );
}

/// WMI may enable collection or events of any block; this must not fail for its clients.
#[test]
fn enabling_unsupported_features_succeeds() {
    for (minor, guid, expected) in [
        (Minor::EnableEvents, Settings::GUID, done(0)),
        (Minor::DisableEvents, Lane::GUID, done(0)),
        (Minor::EnableEvents, Alarm::GUID, done(0)),
        (Minor::DisableEvents, PortStats::GUID, done(0)),
        (Minor::EnableCollection, Lane::GUID, done(0)),
        (Minor::DisableCollection, Settings::GUID, done(0)),
    ] {
        assert_eq!(ask(minor, guid, &mut []), expected, "{minor:?}");
    }
}

#[test]
fn events_cannot_be_queried() {
    let writer = SingleWnodeWriter::instance(Alarm::GUID, Target::Static(0));
    for (minor, mut buffer) in [
        (Minor::QueryAllData, vec![0; 100]),
        (Minor::QuerySingleInstance, request(writer, &[], 100)),
        (Minor::ChangeSingleInstance, request(writer, &[0; 6], 0)),
    ] {
        let response = ask(minor, Alarm::GUID, &mut buffer);
        assert_eq!(
            response,
            failed(NtStatus::INVALID_DEVICE_REQUEST),
            "{minor:?}"
        );
    }
}

/// Whether or not it has instances.
#[test]
fn events_without_instances_cannot_be_queried() {
    static QUIET: Provider<Device> =
        Provider::new(&[&Block::event(|device: &Device| &device.alarm).base_name("Alarm", |_| 0)]);
    let mut buffer = [0; 100];
    let request = Request::new(Minor::QueryAllData, Alarm::GUID, &mut buffer);
    let response = QUIET.dispatch(&Device::new(), request).immediate();
    assert_eq!(response, failed(NtStatus::INVALID_DEVICE_REQUEST));
}

/// WMI disables an absent block to undo an earlier enable.
#[test]
fn absent_blocks_can_be_disabled() {
    let device = Device::new();
    let send = |minor| {
        PROVIDER
            .dispatch(&device, Request::new(minor, Note::GUID, &mut []))
            .immediate()
    };
    assert_eq!(send(Minor::EnableEvents), done(0));
    device.has_notes.set(false);
    assert_eq!(
        send(Minor::EnableEvents),
        failed(NtStatus::WMI_GUID_NOT_FOUND)
    );
    assert_eq!(
        send(Minor::EnableCollection),
        failed(NtStatus::WMI_GUID_NOT_FOUND)
    );
    assert!(device.note_changed.is_enabled());
    assert_eq!(send(Minor::DisableEvents), done(0));
    assert!(!device.note_changed.is_enabled());
    assert_eq!(send(Minor::DisableCollection), done(0));
}

/// WMI does not align data in requests as it requires of drivers.
#[test]
fn data_need_not_be_aligned() {
    let mut buffer = [0xa5; 100];
    let writer = SingleWnodeWriter::instance(PortStats::GUID, Target::Static(1));
    writer.write(&[], &mut buffer).unwrap();
    buffer[56] = 65;
    let response = ask(Minor::QuerySingleInstance, PortStats::GUID, &mut buffer);
    assert_eq!(response, done(75));
    assert_eq!(
        buffer[64..76],
        [0, 6, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0xa5],
        "{buffer:?}"
    );
}

/// WMI queries before it calls a method.
#[test]
fn method_only_classes_answer_queries() {
    let mut buffer = [0xa5; 100];
    let response = ask(Minor::QueryAllData, Tools::GUID, &mut buffer);
    assert_eq!(response, done(68));
    assert_eq!(buffer[64..69], [0, 0, 0, 0, 0xa5]);
    let writer = SingleWnodeWriter::instance(Tools::GUID, Target::Static(0));
    let mut buffer = request(writer, &[], 4);
    assert_eq!(
        ask(Minor::QuerySingleInstance, Tools::GUID, &mut buffer),
        done(68)
    );
}

/// Names differ in case; name and data offset stay as WMI sent them.
#[test]
fn replies_keep_the_requested_name() {
    let writer = SingleWnodeWriter::instance(Lane::GUID, Target::Dynamic("LANE b"));
    let mut buffer = request(writer, &[], 6);
    assert_eq!(
        ask(Minor::QuerySingleInstance, Lane::GUID, &mut buffer),
        done(86)
    );
    let Ok(Wnode::SingleInstance(reply)) = Wnode::decode(&buffer) else {
        panic!()
    };
    assert_eq!(
        reply.id(),
        Wnode::decode(&buffer)
            .map(|wnode| match wnode {
                Wnode::SingleInstance(single) => single.id(),
                other => panic!("{other:?}"),
            })
            .unwrap()
    );
    let block = reply.block::<Lane>().unwrap();
    assert_eq!((block.errors(), block.flags()), (3, 4));
    assert_eq!(buffer[64..66], [12, 0]);
}

macro_rules! same_as_windows {
    ($($name:ident $theirs:ident)*) => {$(
        assert_eq!(NtStatus::$name.value() as i32, windows_sys::Win32::Foundation::$theirs);
        assert_eq!(NtStatus::$name.to_string(), stringify!($theirs));
    )*};
}

#[test]
fn statuses_match_windows() {
    same_as_windows! {
        SUCCESS STATUS_SUCCESS
        PENDING STATUS_PENDING
        BUFFER_OVERFLOW STATUS_BUFFER_OVERFLOW
        NOT_IMPLEMENTED STATUS_NOT_IMPLEMENTED
        INVALID_PARAMETER STATUS_INVALID_PARAMETER
        INVALID_DEVICE_REQUEST STATUS_INVALID_DEVICE_REQUEST
        BUFFER_TOO_SMALL STATUS_BUFFER_TOO_SMALL
        INSUFFICIENT_RESOURCES STATUS_INSUFFICIENT_RESOURCES
        NOT_SUPPORTED STATUS_NOT_SUPPORTED
        INTERNAL_ERROR STATUS_INTERNAL_ERROR
        WMI_GUID_NOT_FOUND STATUS_WMI_GUID_NOT_FOUND
        WMI_INSTANCE_NOT_FOUND STATUS_WMI_INSTANCE_NOT_FOUND
        WMI_ITEMID_NOT_FOUND STATUS_WMI_ITEMID_NOT_FOUND
        WMI_TRY_AGAIN STATUS_WMI_TRY_AGAIN
        WMI_READ_ONLY STATUS_WMI_READ_ONLY
        WMI_SET_FAILURE STATUS_WMI_SET_FAILURE
        WMI_NOT_SUPPORTED STATUS_WMI_NOT_SUPPORTED
        WMI_GUID_DISCONNECTED STATUS_WMI_GUID_DISCONNECTED
        WMI_ALREADY_DISABLED STATUS_WMI_ALREADY_DISABLED
        WMI_ALREADY_ENABLED STATUS_WMI_ALREADY_ENABLED
    }
    assert_eq!(NtStatus::from_value(0xc000_0001).to_string(), "0xc0000001");
    assert!(NtStatus::PENDING.is_success() && !NtStatus::BUFFER_OVERFLOW.is_success());
    // The first bit of an NTSTATUS is that of warnings and errors.
    assert!(NtStatus::from_value(0x7fff_ffff).is_success());
    assert!(!NtStatus::from_value(0x8000_0000).is_success());
}
