//! Reads a WNODE of one instance, and writes the reply in its place.

use super::*;

/// The contents of a WNODE of one instance.
pub(super) struct Request {
    /// The offset of `DataBlockOffset`; the size follows it.
    pub(super) place: usize,
    pub(super) is_static: bool,
    pub(super) index: u128,
    pub(super) name_offset: u128,
    /// Start and end of the dynamic name, or the end of the fixed part if there is none.
    pub(super) name_start: u128,
    pub(super) name_end: u128,
    pub(super) part: u32,
    pub(super) data_offset: u128,
    pub(super) data_size: u128,
}

impl Request {
    /// Reads the request. Only the buffer's length limits it: `BufferSize` is ignored.
    pub(super) fn read(buffer: &[u8], place: usize) -> Result<Self, Stop> {
        let first = place as u128 + 8;
        if (buffer.len() as u128) < first {
            return Err(Status(INVALID_PARAMETER));
        }
        Ok(Self {
            place,
            is_static: number(buffer, 44, 4) & 0x80 != 0,
            index: number(buffer, 52, 4),
            name_offset: number(buffer, 48, 4),
            name_start: first,
            name_end: first,
            part: number(buffer, 56, 4) as u32,
            data_offset: number(buffer, place, 4),
            data_size: number(buffer, place + 4, 4),
        })
    }

    fn name(&mut self, buffer: &[u8]) -> Result<Vec<u16>, Stop> {
        let malformed = || Status(INVALID_PARAMETER);
        let (start, size) = (self.name_offset, buffer.len() as u128);
        if start < self.name_start || start + 2 > size || start % 2 != 0 {
            return Err(malformed());
        }
        let bytes = number(buffer, start as usize, 2);
        self.name_start = start;
        self.name_end = start + 2 + bytes;
        if bytes % 2 != 0 || self.name_end > size {
            return Err(malformed());
        }
        let unit = |unit| number(buffer, (start + 2 + 2 * unit) as usize, 2) as u16;
        let mut name: Vec<u16> = (0..bytes / 2).map(unit).collect();
        if name.last() == Some(&0) {
            name.pop();
        }
        Ok(name)
    }

    pub(super) fn data<'b>(&self, buffer: &'b [u8]) -> Result<&'b [u8], Stop> {
        if self.data_size == 0 {
            return Ok(&[]);
        }
        let end = self.data_offset + self.data_size;
        if self.data_offset < self.place as u128 + 8 || end > buffer.len() as u128 {
            return Err(Status(INVALID_PARAMETER));
        }
        Ok(&buffer[self.data_offset as usize..end as usize])
    }

    pub(super) fn instance(
        &mut self,
        state: &State,
        class: Class,
        buffer: &[u8],
    ) -> Result<usize, Stop> {
        let missing = || Status(INSTANCE_NOT_FOUND);
        if is_dynamic(class) == self.is_static {
            return Err(missing());
        }
        let found = if self.is_static {
            // A name sent before the data is kept, whatever it contains.
            let (start, end) = (self.name_start, self.name_end);
            let sent = self.data_offset.min(number(buffer, 0, 4));
            if self.name(buffer).is_err() || self.name_end > sent {
                (self.name_start, self.name_end) = (start, end);
            }
            let count = match class {
                Class::PortStats => 2,
                Class::Note => state.notes.len() as u128,
                _ => 1,
            };
            (self.index < count).then_some(self.index as usize)
        } else {
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
            let wanted = folded(&self.name(buffer)?);
            names(state, class)
                .iter()
                .position(|name| folded(&name.encode_utf16().collect::<Vec<_>>()) == wanted)
        };
        if found.is_some() && class == Class::Alarm {
            return Err(Status(INVALID_DEVICE_REQUEST));
        }
        found.ok_or_else(missing)
    }
}

/// Writes data into the request, with nothing between its parts.
pub(super) fn finish(
    request: Request,
    guid: [u8; 16],
    time: i64,
    buffer: &[u8],
    data: &[u8],
    kind: u128,
    dynamic: bool,
) -> Result<Vec<u8>, Stop> {
    let needed = request.data_offset + data.len() as u128;
    if needed > buffer.len() as u128 && !data.is_empty() {
        return Err(Needs(needed));
    }
    let offset = request.data_offset as usize;
    let mut reply = buffer[..request.place + 8].to_vec();
    reply.resize(request.name_start as usize, 0);
    reply.extend(&buffer[request.name_start as usize..request.name_end as usize]);
    reply.resize(offset.min(buffer.len()), 0);
    let start = reply.len();
    set(&mut reply, request.place, start);
    reply.extend(data);
    set(&mut reply, request.place + 4, data.len());
    let size = reply.len();
    header(&mut reply, size, guid, time, kind, dynamic);
    Ok(reply)
}

/// Reads a counted string, and returns it with its end.
pub(super) fn text(data: &[u8], start: usize) -> Option<(Vec<u16>, usize)> {
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
