//! A second reader, written from `wmistr.h` alone: numbers too wide to overflow, one byte at a
//! time, each check spelled out. It shares no code with the reader under test.

use core::ops::Range;

/// The content of a WNODE. Data is given as a range of the input.
#[derive(Debug, PartialEq)]
pub(crate) enum Content {
    AllData(Vec<(Id, Range<usize>)>),
    SingleInstance(Id, Range<usize>),
    /// With the item.
    SingleItem(Id, u32, Range<usize>),
    /// With the method.
    MethodItem(Id, u32, Range<usize>),
    /// With the target's GUID and size.
    EventReference(Id, [u8; 16], u32),
    TooSmall(u32),
}

/// The name of an instance.
#[derive(Debug, PartialEq)]
pub(crate) enum Id {
    Static(u32),
    Dynamic(Vec<u16>),
}

/// The first bad member, and its offset.
pub(crate) type Wrong = (&'static str, u128);

/// Reads the WNODE at the start of the input.
pub(crate) fn read(input: &[u8]) -> Result<Content, Wrong> {
    let buffer_size = ("BufferSize", 0);
    if input.len() < 48 {
        return Err(buffer_size);
    }
    let size = number(input, 0, 4) as usize;
    if size > input.len() || size < 48 {
        return Err(buffer_size);
    }
    let wnode = &input[..size];
    let flags = number(wnode, 44, 4);
    // ANSI_INSTANCENAMES, TRACED_GUID, USE_GUID_PTR, USE_MOF_PTR, NO_HEADER.
    if flags & (0x4000 | 0x2_0000 | 0x8_0000 | 0x10_0000 | 0x20_0000) != 0 {
        return Err(("Flags", 44));
    }
    let (all_data, single, too_small) = (0x1, 0x2, 0x20);
    let (item, reference, method) = (0x4, 0x2000, 0x8000);
    let kind = flags & (all_data | single | item | too_small | reference | method);
    if kind == all_data {
        if size < 64 {
            return Err(buffer_size);
        }
        read_all_data(wnode, flags)
    } else if kind == single {
        if size < 64 {
            return Err(buffer_size);
        }
        let (id, _, data) = read_single(wnode, flags, 56)?;
        Ok(Content::SingleInstance(id, data))
    } else if kind == item || kind == method {
        if size < 68 {
            return Err(buffer_size);
        }
        let (id, part, data) = read_single(wnode, flags, 60)?;
        if kind == item {
            Ok(Content::SingleItem(id, part, data))
        } else {
            Ok(Content::MethodItem(id, part, data))
        }
    } else if kind == reference {
        if size < 68 {
            return Err(buffer_size);
        }
        let id = if !has_static_names(flags) {
            name(wnode, ("TargetInstanceName", 68), 68, 68)?
        } else if size < 72 {
            return Err(("TargetInstanceIndex", 68));
        } else {
            Id::Static(number(wnode, 68, 4) as u32)
        };
        let target = wnode[48..64].try_into().expect("16 bytes");
        Ok(Content::EventReference(
            id,
            target,
            number(wnode, 64, 4) as u32,
        ))
    } else if kind == too_small {
        if size < 56 {
            return Err(buffer_size);
        }
        Ok(Content::TooSmall(number(wnode, 48, 4) as u32))
    } else {
        Err(("Flags", 44))
    }
}

fn read_all_data(wnode: &[u8], flags: u128) -> Result<Content, Wrong> {
    let count = number(wnode, 52, 4);
    let mut data = Vec::new();
    if flags & 0x10 != 0 {
        let (start, size) = (number(wnode, 48, 4), number(wnode, 60, 4));
        let mut distance = size;
        while distance % 8 != 0 {
            distance += 1;
        }
        if size == 0 && count > wnode.len() as u128 {
            return Err(("InstanceCount", 52));
        }
        for index in 0..count {
            let place = start + index * distance;
            data.push(block(wnode, ("DataBlockOffset", 48), place, size, 64)?);
        }
    } else {
        let data_start = 60 + 8 * count;
        if data_start > wnode.len() as u128 {
            return Err(("OffsetInstanceDataAndLength", 60));
        }
        for index in 0..count {
            let at = 60 + 8 * index;
            let (start, length) = (number(wnode, at, 4), number(wnode, at + 4, 4));
            let member = ("OffsetInstanceData", at);
            data.push(block(wnode, member, start, length, data_start)?);
        }
    }
    let mut ids = Vec::new();
    if has_static_names(flags) {
        ids.extend((0..count).map(|index| Id::Static(index as u32)));
    } else if count > 0 {
        let array = number(wnode, 56, 4);
        if array < 64 || array + 4 * count > wnode.len() as u128 {
            return Err(("OffsetInstanceNameOffsets", 56));
        }
        for index in 0..count {
            let at = array + 4 * index;
            let start = number(wnode, at, 4);
            ids.push(name(wnode, ("OffsetInstanceName", at), start, 64)?);
        }
    }
    Ok(Content::AllData(ids.into_iter().zip(data).collect()))
}

/// Returns the instance, the number at 56, and the data described by the members at `place`.
fn read_single(wnode: &[u8], flags: u128, place: u128) -> Result<(Id, u32, Range<usize>), Wrong> {
    let first = place + 8;
    let id = if has_static_names(flags) {
        Id::Static(number(wnode, 52, 4) as u32)
    } else {
        let start = number(wnode, 48, 4);
        name(wnode, ("OffsetInstanceName", 48), start, first)?
    };
    let (start, size) = (number(wnode, place, 4), number(wnode, place + 4, 4));
    let data = block(wnode, ("DataBlockOffset", place), start, size, first)?;
    Ok((id, number(wnode, 56, 4) as u32, data))
}

/// STATIC_INSTANCE_NAMES or PDO_INSTANCE_NAMES.
fn has_static_names(flags: u128) -> bool {
    flags & 0x80 != 0 || flags & 0x1_0000 != 0
}

fn block(
    wnode: &[u8],
    member: Wrong,
    start: u128,
    size: u128,
    first: u128,
) -> Result<Range<usize>, Wrong> {
    if start < first || start + size > wnode.len() as u128 || start % 8 != 0 {
        return Err(member);
    }
    Ok(start as usize..(start + size) as usize)
}

fn name(wnode: &[u8], member: Wrong, start: u128, first: u128) -> Result<Id, Wrong> {
    let end = wnode.len() as u128;
    if start < first || start + 2 > end || start % 2 != 0 {
        return Err(member);
    }
    let bytes = number(wnode, start, 2);
    if bytes % 2 != 0 || start + 2 + bytes > end {
        return Err(member);
    }
    let mut units: Vec<u16> = (0..bytes / 2)
        .map(|unit| number(wnode, start + 2 + 2 * unit, 2) as u16)
        .collect();
    if units.last() == Some(&0) {
        units.pop();
    }
    Ok(Id::Dynamic(units))
}

/// Reads a little-endian number of this size.
fn number(bytes: &[u8], at: u128, size: u128) -> u128 {
    (0..size).fold(0, |value, byte| {
        value | u128::from(bytes[(at + byte) as usize]) << (8 * byte)
    })
}
