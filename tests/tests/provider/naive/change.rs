//! Requests that change the device: new values and methods.

use super::*;

pub(crate) fn change(
    state: &mut State,
    class: Class,
    instance: usize,
    data: &[u8],
) -> Result<(), Stop> {
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

pub(crate) fn change_item(
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
        // The speed set by a method is set again, and then refused.
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

/// Executes a method whose output may take this much room.
pub(crate) fn execute(
    state: &mut State,
    class: Class,
    id: u32,
    input: &[u8],
    room: u128,
) -> Result<Vec<u8>, Stop> {
    let fits = |size: u128| {
        // A long input stays in place while a long output is written.
        let needed = if input.len() > 512 && size > 512 {
            input.len() as u128 + size
        } else {
            size
        };
        if needed > room {
            Err(Needs(needed))
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
            fits(2 + count as u128)?;
            if count > 2000 {
                return Err(Status(INVALID_PARAMETER));
            }
            let mut output = (count as u16).to_le_bytes().to_vec();
            output.extend((0..count).map(|byte| byte as u8));
            Ok(output)
        }
        (Class::Settings | Class::Tools, _) => Err(Status(ITEMID_NOT_FOUND)),
        _ => Err(Status(INVALID_DEVICE_REQUEST)),
    }
}
