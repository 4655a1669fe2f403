//! A second dispatcher, written from the documented rules alone: every check spelled out, numbers
//! too wide to overflow, replies appended piece by piece. It shares nothing with the one under test
//! and knows the device of these tests only.

/// What the device holds that requests can change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) sent: [u64; 2],
    pub(crate) speed: u32,
    /// Up to the first NUL.
    pub(crate) label: Vec<u16>,
    pub(crate) mode: u8,
    /// Name, sizes, target.
    pub(crate) sessions: Vec<(String, Vec<u32>, String)>,
    pub(crate) lanes: Vec<(String, u32, u16)>,
    pub(crate) notes: Vec<(String, String)>,
    pub(crate) has_notes: bool,
    pub(crate) is_collecting: bool,
    pub(crate) alarm_enabled: bool,
    pub(crate) stats_enabled: bool,
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

/// The last byte of the GUIDs, which are otherwise one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
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

/// Why there is no reply.
enum Stop {
    Status(u32),
    /// The reply has so many bytes.
    Needs(u128),
}

use Stop::{Needs, Status};

/// What a request is completed with. The buffer is changed where it succeeds.
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
    let class = class(state, guid).ok_or(Status(GUID_NOT_FOUND))?;
    match minor {
        0 | 1 | 9 if buffer.len() < 56 => Err(Status(BUFFER_TOO_SMALL)),
        0 => query_all(state, class, guid, time, buffer),
        1 => {
            let request = Request::read(buffer, 56)?;
            request.check_output()?;
            let instance = request.instance(state, class)?;
            let data = data(state, class)[instance].clone();
            finish(request, guid, time, buffer, &data, 2, is_dynamic(class))
        }
        2 => {
            let request = Request::read(buffer, 56)?;
            let data = request.data(buffer)?;
            let instance = request.instance(state, class)?;
            change(state, class, instance, data)?;
            Ok(Vec::new())
        }
        3 => {
            let request = Request::read(buffer, 60)?;
            let data = request.data(buffer)?;
            let instance = request.instance(state, class)?;
            change_item(state, class, instance, request.part, data)?;
            Ok(Vec::new())
        }
        4 | 5 => {
            match class {
                Class::Alarm => state.alarm_enabled = minor == 4,
                Class::PortStats => state.stats_enabled = minor == 4,
                _ => return Err(Status(INVALID_DEVICE_REQUEST)),
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
            let request = Request::read(buffer, 60)?;
            request.check_output()?;
            let input = request.data(buffer)?;
            request.instance(state, class)?;
            let room = buffer.len() as u128 - request.data_offset;
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

fn names(state: &State, class: Class) -> Vec<&str> {
    match class {
        Class::Session => state.sessions.iter().map(|session| &*session.0).collect(),
        Class::Lane => state.lanes.iter().map(|lane| &*lane.0).collect(),
        _ => Vec::new(),
    }
}

/// The data of every instance.
fn data(state: &State, class: Class) -> Vec<Vec<u8>> {
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

/// The flags that say what a WNODE is: ALL_DATA, SINGLE_INSTANCE, SINGLE_ITEM, TOO_SMALL,
/// EVENT_REFERENCE, ANSI_INSTANCENAMES, METHOD_ITEM, TRACED_GUID, USE_GUID_PTR, USE_MOF_PTR,
/// NO_HEADER; and FIXED_INSTANCE_SIZE.
const KIND: u128 = 0x1
    | 0x2
    | 0x4
    | 0x20
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

/// The request's header as that of the reply.
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
    if class == Class::Alarm {
        return Err(Status(INVALID_DEVICE_REQUEST));
    }
    let data = data(state, class);
    let fixed = !matches!(class, Class::Session | Class::Note);
    let dynamic = is_dynamic(class);
    let mut reply = vec![0; 60];
    let mut flags = 0x1;
    let kept = buffer.len().min(48);
    reply[..kept].copy_from_slice(&buffer[..kept]);
    if fixed {
        flags |= 0x10;
        reply.resize(72, 0);
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
        reply.resize((60 + 8 * data.len()).max(72), 0);
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

/// What a WNODE of one instance says.
struct Request {
    /// Where `DataBlockOffset` stands; the size follows.
    place: usize,
    is_static: bool,
    index: u128,
    name: Vec<u16>,
    name_end: u128,
    part: u32,
    size: u128,
    data_offset: u128,
    data_size: u128,
}

impl Request {
    fn read(buffer: &[u8], place: usize) -> Result<Self, Stop> {
        let malformed = || Status(INVALID_PARAMETER);
        let first = place as u128 + 8;
        if buffer.len() < 48 {
            return Err(malformed());
        }
        let size = number(buffer, 0, 4);
        if size > buffer.len() as u128 || size < first {
            return Err(malformed());
        }
        let is_static = number(buffer, 44, 4) & STATIC != 0;
        let (mut name, mut name_end) = (Vec::new(), first);
        if !is_static {
            let start = number(buffer, 48, 4);
            if start < first || start + 2 > size || start % 2 != 0 {
                return Err(malformed());
            }
            let bytes = number(buffer, start as usize, 2);
            name_end = start + 2 + bytes;
            if bytes % 2 != 0 || name_end > size {
                return Err(malformed());
            }
            name.extend(
                (0..bytes / 2)
                    .map(|unit| number(buffer, (start + 2 + 2 * unit) as usize, 2) as u16),
            );
            if name.last() == Some(&0) {
                name.pop();
            }
        }
        Ok(Self {
            place,
            is_static,
            index: number(buffer, 52, 4),
            name,
            name_end,
            part: number(buffer, 56, 4) as u32,
            size,
            data_offset: number(buffer, place, 4),
            data_size: number(buffer, place + 4, 4),
        })
    }

    /// The output must not overwrite the name, nor what stands before.
    fn check_output(&self) -> Result<(), Stop> {
        if self.data_offset < self.name_end {
            return Err(Status(INVALID_PARAMETER));
        }
        Ok(())
    }

    fn data<'b>(&self, buffer: &'b [u8]) -> Result<&'b [u8], Stop> {
        let end = self.data_offset + self.data_size;
        if self.data_offset < self.place as u128 + 8 || end > self.size {
            return Err(Status(INVALID_PARAMETER));
        }
        Ok(&buffer[self.data_offset as usize..end as usize])
    }

    fn instance(&self, state: &State, class: Class) -> Result<usize, Stop> {
        let missing = || Status(INSTANCE_NOT_FOUND);
        let found = if is_dynamic(class) {
            if self.is_static {
                return Err(missing());
            }
            let folded = |text: &[u16]| -> Vec<u16> {
                let fold = |unit: u16| {
                    if (65..=90).contains(&unit) {
                        unit + 32
                    } else {
                        unit
                    }
                };
                text.iter().map(|unit| fold(*unit)).collect()
            };
            names(state, class).iter().position(|name| {
                folded(&name.encode_utf16().collect::<Vec<_>>()) == folded(&self.name)
            })
        } else {
            if !self.is_static {
                return Err(missing());
            }
            let count = match class {
                Class::PortStats => 2,
                Class::Note => state.notes.len() as u128,
                _ => 1,
            };
            (self.index < count).then_some(self.index as usize)
        };
        let found = found.ok_or_else(missing)?;
        if class == Class::Alarm {
            return Err(Status(INVALID_DEVICE_REQUEST));
        }
        Ok(found)
    }
}

/// The request with data in it.
fn finish(
    request: Request,
    guid: [u8; 16],
    time: i64,
    buffer: &[u8],
    data: &[u8],
    kind: u128,
    dynamic: bool,
) -> Result<Vec<u8>, Stop> {
    let needed = request.data_offset + data.len() as u128;
    if needed > buffer.len() as u128 {
        return Err(Needs(needed));
    }
    let mut reply = buffer[..needed as usize].to_vec();
    reply[request.data_offset as usize..].copy_from_slice(data);
    set(&mut reply, request.place + 4, data.len());
    header(&mut reply, needed as usize, guid, time, kind, dynamic);
    Ok(reply)
}

/// A counted string; and where it ends.
fn text(data: &[u8], start: usize) -> Option<(Vec<u16>, usize)> {
    let count = number(data.get(start..start + 2)?, 0, 2) as usize;
    if count % 2 != 0 {
        return None;
    }
    let bytes = data.get(start + 2..start + 2 + count)?;
    let units = bytes
        .chunks(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    Some((
        units.take_while(|unit| *unit != 0).collect(),
        start + 2 + count,
    ))
}

fn change(state: &mut State, class: Class, instance: usize, data: &[u8]) -> Result<(), Stop> {
    let refused = || Status(SET_FAILURE);
    match class {
        Class::Settings => {
            if data.len() < 6 {
                return Err(refused());
            }
            let (label, end) = text(data, 6).ok_or_else(refused)?;
            let mode = *data.get(end).ok_or_else(refused)?;
            let speed = number(data, 0, 4) as u32;
            if speed > 1000 {
                return Err(refused());
            }
            state.speed = speed;
            state.label = label.into_iter().take(4).collect();
            state.mode = mode;
            Ok(())
        }
        Class::Session => {
            let count = usize::from(*data.first().ok_or_else(refused)?);
            let end = if count == 0 { 1 } else { 4 + 4 * count };
            if data.len() < end {
                return Err(refused());
            }
            let (target, _) = text(data, end + end % 2).ok_or_else(refused)?;
            state.sessions[instance].2 = String::from_utf16_lossy(&target);
            Ok(())
        }
        _ => Err(Status(READ_ONLY)),
    }
}

fn change_item(
    state: &mut State,
    class: Class,
    instance: usize,
    id: u32,
    data: &[u8],
) -> Result<(), Stop> {
    let refused = || Status(SET_FAILURE);
    let items = match class {
        Class::PortStats | Class::Lane => 2,
        Class::Settings => 4,
        Class::Session => 3,
        Class::Note => 1,
        _ => 0,
    };
    if id == 0 || id > items {
        return Err(Status(ITEMID_NOT_FOUND));
    }
    match (class, id) {
        (Class::Settings, 1) => {
            let speed = data.get(..4).ok_or_else(refused)?;
            let speed = number(speed, 0, 4) as u32;
            if speed > 1000 {
                return Err(refused());
            }
            state.speed = speed;
        }
        // A speed that a method set is set again, and then refused.
        (Class::Settings, 3) => {
            let (label, _) = text(data, 0).ok_or_else(refused)?;
            if state.speed > 1000 {
                return Err(refused());
            }
            state.label = label.into_iter().take(4).collect();
        }
        (Class::Settings, 4) => {
            let mode = *data.first().ok_or_else(refused)?;
            if state.speed > 1000 {
                return Err(refused());
            }
            state.mode = mode;
        }
        (Class::Session, 3) => {
            let (target, _) = text(data, 0).ok_or_else(refused)?;
            state.sessions[instance].2 = String::from_utf16_lossy(&target);
        }
        _ => return Err(Status(READ_ONLY)),
    }
    Ok(())
}

/// A method and its output, for which there is so much room.
fn execute(
    state: &mut State,
    class: Class,
    id: u32,
    input: &[u8],
    mut room: u128,
) -> Result<Vec<u8>, Stop> {
    // A long input stays where it is while the method runs.
    let before = if input.len() > 512 {
        input.len() as u128
    } else {
        0
    };
    room -= before;
    let fits = |size: u128| {
        if size > room {
            Err(Needs(before + size))
        } else {
            Ok(())
        }
    };
    match (class, id) {
        (Class::Settings, 7) => {
            state.speed = 100;
            state.label.clear();
            state.mode = 1;
            Ok(Vec::new())
        }
        (Class::Settings, 9) => {
            let speed = input.get(..4).ok_or(Status(INVALID_PARAMETER))?;
            fits(16)?;
            let speed = number(speed, 0, 4) as u32;
            if speed == 0 {
                return Err(Status(INVALID_PARAMETER));
            }
            let mut output = state.speed.to_le_bytes().to_vec();
            output.extend([0; 4]);
            output.extend([0xff; 8]);
            state.speed = speed;
            Ok(output)
        }
        (Class::Tools, 1) => {
            let count = input.get(..2).ok_or(Status(INVALID_PARAMETER))?;
            let count = number(count, 0, 2) as usize;
            input.get(2..2 + count).ok_or(Status(INVALID_PARAMETER))?;
            fits(2)?;
            if count > 2000 {
                return Err(Status(INVALID_PARAMETER));
            }
            fits(2 + count as u128)?;
            let mut output = (count as u16).to_le_bytes().to_vec();
            output.extend((0..count).map(|byte| byte as u8));
            Ok(output)
        }
        _ => Err(Status(ITEMID_NOT_FOUND)),
    }
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

/// A little-endian number of so many bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> u128 {
    (0..size).fold(0, |value, byte| {
        value | u128::from(bytes[at + byte]) << (8 * byte)
    })
}
