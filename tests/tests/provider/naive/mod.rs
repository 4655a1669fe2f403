//! A second dispatcher, written from the documented rules alone: it spells out every check, uses
//! numbers too wide to overflow, and appends replies piece by piece. It shares no code with the
//! dispatcher under test and knows only the device of these tests.

mod change;
mod request;

pub(crate) use change::{change, change_item, execute};
use request::{Request, finish, text};

/// The state of the device that requests can change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) sent: [u64; 2],
    pub(crate) speed: u32,
    /// Up to the first NUL.
    pub(crate) label: Vec<u16>,
    pub(crate) mode: u8,
    /// Name, sizes and target.
    pub(crate) sessions: Vec<(String, Vec<u32>, String)>,
    pub(crate) lanes: Vec<(String, u32, u16)>,
    pub(crate) notes: Vec<(String, String)>,
    pub(crate) has_notes: bool,
    pub(crate) is_collecting: bool,
    pub(crate) alarm_enabled: bool,
    pub(crate) stats_enabled: bool,
    pub(crate) notes_enabled: bool,
}

pub(crate) const SUCCESS: u32 = 0;
const INVALID_PARAMETER: u32 = 0xc000_000d;
const INVALID_DEVICE_REQUEST: u32 = 0xc000_0010;
const BUFFER_TOO_SMALL: u32 = 0xc000_0023;
const GUID_NOT_FOUND: u32 = 0xc000_0295;
const INSTANCE_NOT_FOUND: u32 = 0xc000_0296;
const ITEMID_NOT_FOUND: u32 = 0xc000_0297;
const READ_ONLY: u32 = 0xc000_02c6;
const SET_FAILURE: u32 = 0xc000_02c7;

/// The last byte of the GUIDs; the other bytes are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Class {
    PortStats = 1,
    Settings = 2,
    Session = 3,
    Lane = 4,
    Note = 5,
    Tools = 6,
    Alarm = 7,
}

const GUID: [u8; 16] = [
    0x01, 0x8a, 0x5b, 0x1c, 0xf2, 0x40, 0x0e, 0x4f, 0x9d, 0x55, 0x6a, 0x0e, 0x1f, 0x2b, 0x3c, 0,
];

/// A block that may be absent; its switches can be disabled all the same.
const NOTE: [u8; 16] = guid(Class::Note);

/// Why there is no reply.
pub(crate) enum Stop {
    Status(u32),
    /// The reply needs this many bytes.
    Needs(u128),
}

use Stop::{Needs, Status};

/// Completes a request. Changes the buffer only on success.
pub(crate) fn answer(
    state: &mut State,
    minor: u8,
    guid: [u8; 16],
    time: i64,
    buffer: &mut [u8],
) -> (u32, usize) {
    match reply(state, minor, guid, time, buffer) {
        Ok(reply) => {
            buffer[..reply.len()].copy_from_slice(&reply);
            (SUCCESS, reply.len())
        }
        Err(Status(status)) => (status, 0),
        Err(Needs(size)) if size > u128::from(u32::MAX) => (INVALID_PARAMETER, 0),
        Err(Needs(size)) => {
            let mut reply = vec![0; 56];
            set(&mut reply, 0, 56);
            reply[24..40].copy_from_slice(&guid);
            set(&mut reply, 44, 0x20);
            set(&mut reply, 48, size as usize);
            buffer[..56].copy_from_slice(&reply);
            (SUCCESS, 56)
        }
    }
}

fn reply(
    state: &mut State,
    minor: u8,
    guid: [u8; 16],
    time: i64,
    buffer: &[u8],
) -> Result<Vec<u8>, Stop> {
    let class = class(state, guid)
        .or((matches!(minor, 5 | 7) && guid == NOTE).then_some(Class::Note))
        .ok_or(Status(GUID_NOT_FOUND))?;
    if class == Class::Alarm && minor == 0 {
        return Err(Status(INVALID_DEVICE_REQUEST));
    }
    match minor {
        0 | 1 | 9 if buffer.len() < 56 => Err(Status(BUFFER_TOO_SMALL)),
        0 => query_all(state, class, guid, time, buffer),
        1 => {
            let mut request = Request::read(buffer, 56)?;
            let instance = request.instance(state, class, buffer)?;
            if request.data_offset < request.name_end {
                return Err(Status(INVALID_PARAMETER));
            }
            let data = data(state, class)[instance].clone();
            finish(request, guid, time, buffer, &data, 2, is_dynamic(class))
        }
        2 => {
            let mut request = Request::read(buffer, 56)?;
            let instance = request.instance(state, class, buffer)?;
            let data = request.data(buffer)?;
            change(state, class, instance, data)?;
            Ok(Vec::new())
        }
        3 => {
            let mut request = Request::read(buffer, 60)?;
            let instance = request.instance(state, class, buffer)?;
            let data = request.data(buffer)?;
            change_item(state, class, instance, request.part, data)?;
            Ok(Vec::new())
        }
        4 | 5 => {
            match class {
                Class::Alarm => state.alarm_enabled = minor == 4,
                Class::PortStats => state.stats_enabled = minor == 4,
                Class::Note => state.notes_enabled = minor == 4,
                _ => {}
            }
            Ok(Vec::new())
        }
        6 | 7 => {
            if class == Class::Settings {
                state.is_collecting = minor == 6;
            }
            Ok(Vec::new())
        }
        9 => {
            let mut request = Request::read(buffer, 60)?;
            request.instance(state, class, buffer)?;
            let input = request.data(buffer)?;
            let end = buffer.len() as u128;
            if request.data_offset < request.name_end || request.data_offset > end {
                if request.data_size > 0 {
                    return Err(Status(INVALID_PARAMETER));
                }
                request.data_offset = request.name_end.next_multiple_of(8);
            }
            let room = end.saturating_sub(request.data_offset);
            let output =
                execute(state, class, request.part, input, room).map_err(|stop| match stop {
                    Needs(size) => Needs(request.data_offset + size),
                    status => status,
                })?;
            finish(
                request,
                guid,
                time,
                buffer,
                &output,
                0x8000,
                is_dynamic(class),
            )
        }
        _ => unreachable!("no such request is for a block"),
    }
}

/// The GUID of a class.
pub(crate) const fn guid(class: Class) -> [u8; 16] {
    let mut guid = GUID;
    guid[15] = class as u8;
    guid
}

fn class(state: &State, guid: [u8; 16]) -> Option<Class> {
    if guid[..15] != GUID[..15] {
        return None;
    }
    Some(match guid[15] {
        1 => Class::PortStats,
        2 => Class::Settings,
        3 => Class::Session,
        4 => Class::Lane,
        5 if state.has_notes => Class::Note,
        6 => Class::Tools,
        7 => Class::Alarm,
        _ => return None,
    })
}

fn is_dynamic(class: Class) -> bool {
    matches!(class, Class::Session | Class::Lane)
}

pub(crate) fn names(state: &State, class: Class) -> Vec<&str> {
    match class {
        Class::Session => state.sessions.iter().map(|session| &*session.0).collect(),
        Class::Lane => state.lanes.iter().map(|lane| &*lane.0).collect(),
        _ => Vec::new(),
    }
}

/// Returns the data of every instance.
pub(crate) fn data(state: &State, class: Class) -> Vec<Vec<u8>> {
    match class {
        Class::PortStats => (0..2_u16)
            .map(|port| {
                let mut data = state.sent[usize::from(port)].to_le_bytes().to_vec();
                data.extend(port.to_le_bytes());
                data
            })
            .collect(),
        Class::Settings => {
            let mut data = state.speed.to_le_bytes().to_vec();
            data.extend([3, 0, 8, 0]);
            for unit in 0..4 {
                data.extend(state.label.get(unit).unwrap_or(&0).to_le_bytes());
            }
            data.push(state.mode);
            vec![data]
        }
        Class::Session => state
            .sessions
            .iter()
            .map(|(_, sizes, target)| {
                let mut data = vec![sizes.len() as u8];
                for size in sizes {
                    pad(&mut data, 4);
                    data.extend(size.to_le_bytes());
                }
                pad(&mut data, 2);
                counted(&mut data, target);
                data
            })
            .collect(),
        Class::Lane => state
            .lanes
            .iter()
            .map(|(_, errors, flags)| {
                let mut data = errors.to_le_bytes().to_vec();
                data.extend(flags.to_le_bytes());
                data
            })
            .collect(),
        Class::Note => state
            .notes
            .iter()
            .map(|(_, text)| {
                let mut data = Vec::new();
                counted(&mut data, text);
                data
            })
            .collect(),
        Class::Tools => vec![vec![0; 4]],
        Class::Alarm => vec![Vec::new()],
    }
}

/// The flags that determine a WNODE's kind: ALL_DATA, SINGLE_INSTANCE, SINGLE_ITEM, EVENT_ITEM,
/// TOO_SMALL, EVENT_REFERENCE, ANSI_INSTANCENAMES, METHOD_ITEM, TRACED_GUID, USE_GUID_PTR,
/// USE_MOF_PTR, NO_HEADER; FIXED_INSTANCE_SIZE and INSTANCES_SAME.
const KIND: u128 = 0x1
    | 0x2
    | 0x4
    | 0x8
    | 0x20
    | 0x40
    | 0x2000
    | 0x4000
    | 0x8000
    | 0x2_0000
    | 0x8_0000
    | 0x10_0000
    | 0x20_0000
    | 0x10;
/// STATIC_INSTANCE_NAMES and PDO_INSTANCE_NAMES.
const STATIC: u128 = 0x80 | 0x1_0000;

/// Turns the header of the request into that of the reply.
fn header(reply: &mut [u8], size: usize, guid: [u8; 16], time: i64, flags: u128, dynamic: bool) {
    let mut kept = number(reply, 44, 4) & !KIND;
    if dynamic {
        kept &= !STATIC;
    }
    set(reply, 0, size);
    reply[16..24].copy_from_slice(&time.to_le_bytes());
    reply[24..40].copy_from_slice(&guid);
    set(reply, 44, (kept | flags) as usize);
}

fn query_all(
    state: &State,
    class: Class,
    guid: [u8; 16],
    time: i64,
    buffer: &[u8],
) -> Result<Vec<u8>, Stop> {
    let data = data(state, class);
    let fixed = !matches!(class, Class::Session | Class::Note);
    let dynamic = is_dynamic(class);
    let mut reply = vec![0; 60];
    let mut flags = 0x1;
    let kept = buffer.len().min(48);
    reply[..kept].copy_from_slice(&buffer[..kept]);
    if fixed {
        flags |= 0x10;
        reply.resize(64, 0);
        set(
            &mut reply,
            60,
            match class {
                Class::PortStats => 10,
                Class::Settings => 17,
                Class::Lane => 6,
                _ => 4,
            },
        );
    } else {
        reply.resize((60 + 8 * data.len()).max(64), 0);
    }
    pad(&mut reply, 8);
    let start = reply.len();
    set(&mut reply, 48, start);
    set(&mut reply, 52, data.len());
    for (index, data) in data.iter().enumerate() {
        pad(&mut reply, 8);
        if !fixed {
            let start = reply.len();
            set(&mut reply, 60 + 8 * index, start);
            set(&mut reply, 64 + 8 * index, data.len());
        }
        reply.extend(data);
    }
    if dynamic {
        pad(&mut reply, 4);
        let array = reply.len();
        set(&mut reply, 56, array);
        reply.resize(array + 4 * data.len(), 0);
        for (index, name) in names(state, class).into_iter().enumerate() {
            let start = reply.len();
            set(&mut reply, array + 4 * index, start);
            counted(&mut reply, name);
        }
    } else {
        flags |= 0x80;
    }
    if reply.len() > buffer.len() {
        return Err(Needs(reply.len() as u128));
    }
    let size = reply.len();
    header(&mut reply, size, guid, time, flags, dynamic);
    Ok(reply)
}

fn pad(bytes: &mut Vec<u8>, alignment: usize) {
    while bytes.len() % alignment != 0 {
        bytes.push(0);
    }
}

fn counted(bytes: &mut Vec<u8>, text: &str) {
    let units: Vec<u16> = text.encode_utf16().collect();
    bytes.extend((units.len() as u16 * 2).to_le_bytes());
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
}

fn set(bytes: &mut [u8], at: usize, value: usize) {
    bytes[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
}

/// Reads a little-endian number of this size.
fn number(bytes: &[u8], at: usize, size: usize) -> u128 {
    (0..size).fold(0, |value, byte| {
        value | u128::from(bytes[at + byte]) << (8 * byte)
    })
}
