//! Sends arbitrary requests in sequence to the dispatcher and to the naive one, and compares them.

use core::ops::Range;

use wmi_core::provider::{DataPath, Minor, Request, Response};
use wmi_core::wnode::{SingleWnodeWriter, Target, Wnode};
use wmi_core::{Guid, NtStatus};

use crate::device::{Device, PROVIDER};
use crate::naive::{self, State};

const TIME: i64 = 0x0123_4567_89ab_cdef;

/// Sends the requests that the bytes describe, and compares every visible effect.
pub(crate) fn agree(input: &[u8]) {
    let device = Device::new();
    let mut state = state_of(&device);
    let mut bytes = Bytes(input);
    while !bytes.0.is_empty() {
        step(&device, &mut state, &mut bytes);
    }
}

fn step(device: &Device, state: &mut State, bytes: &mut Bytes<'_>) {
    let code = bytes.number(0x0c) as u8;
    if code == 0x0c {
        state.has_notes = !state.has_notes;
        device.has_notes.set(state.has_notes);
        return;
    }
    let Some(minor) = Minor::from_code(code) else {
        return;
    };
    if minor.is_registration() {
        register(device, minor, bytes);
        return;
    }
    let mut guid = [
        0x01, 0x8a, 0x5b, 0x1c, 0xf2, 0x40, 0x0e, 0x4f, 0x9d, 0x55, 0x6a, 0x0e, 0x1f, 0x2b, 0x3c, 0,
    ];
    guid[15] = bytes.number(8) as u8;
    let before = request(minor, Guid::from_bytes(guid), bytes);

    let (mut ours, mut theirs) = (before.clone(), before.clone());
    let request = Request::new(minor, Guid::from_bytes(guid), &mut ours).at(TIME);
    let response = PROVIDER.dispatch(device, request).immediate();
    let (status, information) = naive::answer(state, code, guid, TIME, &mut theirs);

    let shown = (minor, guid[15], &before);
    assert_eq!(response.status, NtStatus::from_value(status), "{shown:x?}");
    assert_eq!(response.information, information, "{shown:x?}");
    assert_eq!(ours[..information], theirs[..information], "{shown:x?}");
    let long_input = minor == Minor::ExecuteMethod && before.len() > 68 + 512;
    if !long_input {
        assert_eq!(ours[information..], before[information..], "{shown:x?}");
    }
    assert_eq!(state_of(device), *state, "{shown:x?}");
    exact(device, minor, guid, &before, &ours[..information]);
    forgets(minor, guid, &before);
}

/// Asserts that the previous contents of the buffer are neither read nor returned.
fn forgets(minor: Minor, guid: [u8; 16], request: &[u8]) {
    let reply = |garbage: u8| {
        let mut buffer: Vec<u8> = (0..request.len())
            .map(|byte| garbage.wrapping_add(byte as u8))
            .collect();
        for part in parts(minor, request) {
            buffer[part.clone()].copy_from_slice(&request[part]);
        }
        let device = Device::new();
        let asked = Request::new(minor, Guid::from_bytes(guid), &mut buffer).at(TIME);
        let response = PROVIDER.dispatch(&device, asked).immediate();
        buffer.truncate(response.information);
        (response, buffer, state_of(&device))
    };
    let shown = (minor, guid[15], request);
    assert_eq!(reply(0x00), reply(0x5b), "{shown:x?}");
}

/// Returns the ranges of a buffer that belong to a request: the fixed part of its structure, the
/// optional name, and the data.
fn parts(minor: Minor, buffer: &[u8]) -> Vec<Range<usize>> {
    let (fixed, data) = match minor {
        Minor::QueryAllData => (48, None),
        Minor::QuerySingleInstance => (64, None),
        Minor::ChangeSingleInstance => (64, Some(56)),
        Minor::ChangeSingleItem | Minor::ExecuteMethod => (68, Some(60)),
        _ => (0, None),
    };
    let number = |at: usize, size: usize| {
        number(buffer.get(at..at.saturating_add(size)).unwrap_or_default())
    };
    let mut parts = Vec::from_iter(core::iter::once(0..fixed));
    if fixed > 48 {
        let name = number(48, 4);
        parts.push(name..name.saturating_add(2).saturating_add(number(name, 2)));
    }
    if let Some(at) = data {
        let data = number(at, 4);
        parts.push(data..data.saturating_add(number(at + 4, 4)));
    }
    let within = |end: usize| end.min(buffer.len());
    parts
        .into_iter()
        .map(|part| within(part.start)..within(part.end))
        .collect()
}

/// Asserts that a reply is written to a buffer of exactly its size, and not to one a byte shorter.
fn exact(device: &Device, minor: Minor, guid: [u8; 16], request: &[u8], reply: &[u8]) {
    let Ok(Wnode::TooSmall { size_needed }) = Wnode::decode(reply) else {
        return;
    };
    let size = size_needed as usize;
    if minor == Minor::ExecuteMethod || size > 1 << 20 {
        return;
    }
    for (size, fits) in [(size - 1, false), (size, true)] {
        let mut buffer = request.to_vec();
        buffer.resize(size.max(request.len()), 0xa5);
        let request = Request::new(minor, Guid::from_bytes(guid), &mut buffer[..size]);
        let response = PROVIDER.dispatch(device, request).immediate();
        assert_eq!(response.status, NtStatus::SUCCESS);
        assert_eq!(response.information == size, fits, "{minor:?} {size}");
    }
}

/// Sends a registration request. The reply, or its size, does not depend on the buffer's contents.
fn register(device: &Device, minor: Minor, bytes: &mut Bytes<'_>) {
    let action = bytes.number(3);
    let ask = |buffer: &mut [u8]| {
        let request = Request::new(minor, DataPath::Action(action), buffer);
        PROVIDER.dispatch(device, request).immediate()
    };
    let mut buffer = vec![0xa5; bytes.number(1000)];
    let response = ask(&mut buffer);
    let written = response.information;
    if action > 1 {
        let failed = Response::new(NtStatus::INVALID_PARAMETER, 0);
        assert_eq!(response, failed);
        return;
    }
    let size = buffer.get(..4).map(number);
    match response.status {
        NtStatus::SUCCESS if written == 4 => {
            let mut whole = vec![0; 2000];
            assert_eq!(size, Some(ask(&mut whole).information));
        }
        NtStatus::SUCCESS => {
            assert_eq!(size, Some(written));
            assert!(buffer[written..].iter().all(|byte| *byte == 0xa5));
            // An update removes a block once.
            if action == 0 {
                let mut whole = vec![0; 2000];
                assert_eq!(ask(&mut whole), response);
                assert_eq!(buffer[..written], whole[..written]);
            }
        }
        status => {
            assert_eq!((status, written), (NtStatus::BUFFER_TOO_SMALL, 0));
            assert!(buffer.len() < 4);
        }
    }
}

/// Reads a little-endian number of any length.
fn number(bytes: &[u8]) -> usize {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Builds a valid request, in a buffer that may be too small, with some members replaced; or
/// arbitrary bytes.
fn request(minor: Minor, guid: Guid, bytes: &mut Bytes<'_>) -> Vec<u8> {
    if bytes.number(16) == 0 {
        let length = bytes.number(200);
        return bytes.take(length);
    }
    let names = ["first", "SECOND one", "é𝄞", "É𝄞", "Lane A", "lane b", ""];
    let target = match bytes.number(10) {
        index @ 0..4 => Target::Static(index as u32),
        name => Target::Dynamic(names[name - 4]),
    };
    let part = [0, 1, 2, 3, 4, 5, 7, 9][bytes.number(7)];
    let writer = match minor {
        Minor::ChangeSingleItem => SingleWnodeWriter::item(guid, target, part),
        Minor::ExecuteMethod => SingleWnodeWriter::method(guid, target, part),
        _ => SingleWnodeWriter::instance(guid, target),
    };
    let length = match bytes.number(8) {
        0 => 500 + bytes.number(200),
        1..3 => 0,
        _ => bytes.number(40),
    };
    let mut data = bytes.take(length);
    if length > 40 {
        // A long array for the method that takes one.
        data[..2].copy_from_slice(&(length as u16 - 2).to_le_bytes());
    }
    let mut buffer = vec![0xa5; 800];
    let written = writer.write(&data, &mut buffer).expect("there is room");
    for _ in 0..bytes.number(3) {
        let place = [0, 4, 8, 12, 40, 44, 44, 48, 52, 56, 60, 64, 68, 72, 76][bytes.number(14)];
        let value = match bytes.number(4) {
            0 => u32::MAX - bytes.number(255) as u32,
            1 => 1 << bytes.number(31),
            2 => 0x80,
            _ => bytes.number(255) as u32,
        };
        buffer[place..place + 4].copy_from_slice(&value.to_le_bytes());
    }
    let capacity = match bytes.number(5) {
        0 => written.saturating_sub(bytes.number(30)),
        1 => written,
        2 => bytes.number(255),
        3 => written + bytes.number(30),
        _ => written + bytes.number(600),
    };
    buffer.resize(capacity, 0xa5);
    buffer
}

pub(crate) fn state_of(device: &Device) -> State {
    let settings = device.settings.lock().unwrap();
    let sessions = device.sessions.iter().map(|session| {
        let target = session.target.lock().unwrap().clone();
        (session.name.clone(), session.sizes.clone(), target)
    });
    State {
        sent: [device.ports[0].sent(), device.ports[1].sent()],
        speed: settings.speed,
        label: settings.label.units().collect(),
        mode: settings.mode,
        sessions: sessions.collect(),
        lanes: device
            .lanes
            .iter()
            .map(|(name, lane)| (name.clone(), lane.errors, lane.flags))
            .collect(),
        notes: device.notes.clone(),
        has_notes: device.has_notes.get(),
        is_collecting: device.collecting.lock().unwrap().last() == Some(&true),
        alarm_enabled: device.alarm.is_enabled(),
        stats_enabled: device.stats_changed.is_enabled(),
        notes_enabled: device.note_changed.is_enabled(),
    }
}

/// Input bytes that drive the choices; zeros after the end.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    /// Returns a number up to `most`.
    fn number(&mut self, most: usize) -> usize {
        let mut number = 0;
        for _ in 0..if most > 255 { 2 } else { 1 } {
            number = number << 8 | self.take(1)[0] as usize;
        }
        number % (most + 1)
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        let mut taken = taken.to_vec();
        taken.resize(length, 0);
        taken
    }
}
