//! What a WNODE of one instance says, and the reply in its place.

use super::*;

/// What a WNODE of one instance says.
pub(super) struct Request {
    /// Where `DataBlockOffset` stands; the size follows.
    pub(super) place: usize,
    pub(super) is_static: bool,
    pub(super) index: u128,
    pub(super) name: Vec<u16>,
    pub(super) name_end: u128,
    pub(super) part: u32,
    pub(super) size: u128,
    pub(super) data_offset: u128,
    pub(super) data_size: u128,
}

impl Request {
    pub(super) fn read(buffer: &[u8], place: usize) -> Result<Self, Stop> {
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
    pub(super) fn check_output(&self) -> Result<(), Stop> {
        if self.data_offset < self.name_end {
            return Err(Status(INVALID_PARAMETER));
        }
        Ok(())
    }

    pub(super) fn data<'b>(&self, buffer: &'b [u8]) -> Result<&'b [u8], Stop> {
        let end = self.data_offset + self.data_size;
        if self.data_offset < self.place as u128 + 8 || end > self.size {
            return Err(Status(INVALID_PARAMETER));
        }
        Ok(&buffer[self.data_offset as usize..end as usize])
    }

    pub(super) fn instance(&self, state: &State, class: Class) -> Result<usize, Stop> {
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
        found.ok_or_else(missing)
    }
}

/// The request with data in it.
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
