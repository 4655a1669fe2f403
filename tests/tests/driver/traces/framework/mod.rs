//! The fake framework against the framework's own traces: it refuses, calls and answers as the
//! published source does, byte for byte, also where that is wrong.

#![allow(unsafe_code, reason = "the tests call the framework's table")]

mod create;
mod driver;
mod table;

use core::ptr;

use wmi_driver::fake::{CompletedIrp, IrpRequest, Kernel};

use self::driver::Recorded;
use super::replay::{self, Case};

/// How many bytes of its input a callback reads, where there are as many.
fn reads(minor: u8) -> usize {
    match minor {
        2 => 12,
        3 | 9 => 4,
        _ => 0,
    }
}

/// Whether the driver's callback reads behind the buffer, where the recording had zeros. Such a request
/// is not replayed; the replies to all others are equal.
fn callback_reads_past_the_end(case: &Case) -> bool {
    let number = |at: usize| {
        let mut bytes = [0; 4];
        for (byte, read) in bytes.iter_mut().zip(case.request.iter().skip(at)) {
            *byte = *read;
        }
        u32::from_le_bytes(bytes) as usize
    };
    let place = match case.minor {
        2 => 56,
        3 | 9 => 60,
        _ => return false,
    };
    let (offset, size) = (number(place), number(place + 4));
    let read = size.min(reads(case.minor));
    case.callbacks != "-" && read > 0 && offset + read > case.request.len()
}

/// What a name of the trace says that the driver did just before.
fn before(device: &Recorded, name: &str) {
    let Some((_, what)) = name.split_once("-after-") else {
        return;
    };
    let number = |text: &str, start: &str| text.strip_prefix(start)?.parse::<usize>().ok();
    let words: Vec<&str> = what.split('-').collect();
    let [block, instance, ..] = words[..] else {
        panic!("{name}");
    };
    let block = number(block, "g").unwrap();
    let instance = number(instance, "instance").unwrap();
    match words[2..] {
        ["removed"] => device.deregister(block, instance),
        ["added", "again"] => device.register(block, instance),
        _ => panic!("{name}"),
    }
}

fn request(case: &Case, device: &Recorded) -> IrpRequest {
    let (path, asked) = match case.path.split_once(' ') {
        Some((path, "other-device")) => (path, 1),
        _ => (&*case.path, device.device.object().as_ptr().addr()),
    };
    let request = IrpRequest::raw(case.minor, asked).bytes(case.request.clone());
    match path.parse::<i64>() {
        Ok(action) => request.action(action as usize),
        Err(_) => request.guid(replay::guid(path)),
    }
}

/// A reply in the words of the trace.
fn reply(kernel: &Kernel, device: &Recorded, case: &Case, completed: &CompletedIrp) -> [String; 5] {
    let mut output = completed.buffer.clone();
    let mut remarks = Vec::new();
    if completed.was_forwarded {
        remarks.push("forwarded".to_owned());
    }
    let found = kernel.take_bug_checks();
    let count = |code| found.iter().filter(|it| it.code == code).count();
    if completed.information > output.len() {
        assert_eq!(count(0xc9), 1, "{found:?}");
        remarks.push("information>size".to_owned());
    }
    let replied = completed.information.min(output.len());
    if output[replied..] != case.request[replied..] {
        remarks.push("tail-changed".to_owned());
    }
    match count(0x10d) {
        0 => {}
        breaks => remarks.push(format!("verifier-break={breaks}")),
    }
    match completed.pdo_references {
        0 => {}
        references => remarks.push(format!("pdo-refs={references}")),
    }
    output.truncate(replied);
    // The trace has another address.
    let pdo = device.device.pdo().as_ptr().addr().to_le_bytes();
    let places: Vec<_> = (0..output.len())
        .filter(|at| output[*at..].starts_with(&pdo))
        .collect();
    for at in places {
        output[at..at + 8].copy_from_slice(&0xffff_8000_0000_1000_u64.to_le_bytes());
    }
    let output = match &output[..] {
        [] => "-".to_owned(),
        output => replay::hex(output),
    };
    let block = match case.minor {
        4..=7 => case.path.split(' ').next().unwrap().strip_prefix('g'),
        _ => None,
    };
    let (state, callbacks) = device.state(block.map(|block| block.parse().unwrap()));
    let remarks = match &remarks[..] {
        [] => "-".to_owned(),
        remarks => remarks.join(" "),
    };
    [
        format!("{:08x} {}", completed.status.value(), completed.information),
        output,
        remarks,
        state,
        callbacks,
    ]
}

fn recorded(case: &Case) -> [String; 5] {
    // That the framework reads behind the buffer cannot be seen.
    let remarks = case.remarks.replace("reads-past-end", "");
    let remarks = match remarks.trim() {
        "" => "-",
        remarks => remarks,
    };
    let theirs = &case.theirs;
    let output = match &theirs.output[..] {
        [] => "-".to_owned(),
        output => replay::hex(output),
    };
    [
        format!("{:08x} {}", theirs.status, theirs.information),
        output,
        remarks.to_owned(),
        format!("{}{}", theirs.state, case.enabled),
        case.callbacks.clone(),
    ]
}

#[test]
fn each_reply_is_that_of_the_framework() {
    let mut fresh: Option<(Kernel, Recorded)> = None;
    let (mut equal, mut left_out) = (0, 0);
    for case in replay::cases("kmdf.txt") {
        if !case.goes_on {
            if let Some((kernel, recorded)) = fresh.take() {
                kernel.set_registration_status(wmi_core::NtStatus::SUCCESS);
                kernel.remove_wdf_device(recorded.device);
            }
        }
        let (kernel, device) = fresh.get_or_insert_with(|| {
            let kernel = Kernel::new();
            let recorded = Recorded::new(&kernel, case.set_up);
            (kernel, recorded)
        });
        if callback_reads_past_the_end(&case) {
            left_out += 1;
            continue;
        }
        before(device, &case.name);
        let completed = kernel.send(device.device.object(), request(&case, device));
        let ours = reply(kernel, device, &case, &completed);
        assert_eq!(ours, recorded(&case), "{}", case.name);
        equal += 1;
    }
    let (kernel, recorded) = fresh.unwrap();
    kernel.set_registration_status(wmi_core::NtStatus::SUCCESS);
    kernel.remove_wdf_device(recorded.device);
    assert_eq!((equal, left_out), (854, 24));
}

#[test]
fn events_are_those_of_the_framework() {
    let kernel = Kernel::new();
    let device = Recorded::new(&kernel, 0);
    let mut sent = 0;
    for line in replay::lines("events.txt") {
        let (event, theirs) = line.split_once(" -> ").unwrap();
        let event: Vec<&str> = event.split(" | ").collect();
        let [name, "KMDF", block, index, size, data] = event[..] else {
            continue;
        };
        // The trace has the number in the event; the first instance is gone in the last two.
        let instance = match name {
            "kmdf-second-after-first-removed" => {
                device.deregister(3, 0);
                1
            }
            "kmdf-removed-instance" => 0,
            _ => index.parse().unwrap(),
        };
        let bytes = replay::bytes(if data == "null" { "-" } else { data });
        let start = match data {
            "null" => ptr::null(),
            _ => bytes.as_ptr(),
        };
        let block = block[1..].parse().unwrap();
        device.fire_event(block, instance, size.parse().unwrap(), start);
        let mut events = kernel.take_events();
        let [event] = &mut events[..] else {
            panic!("{name}: {events:?}");
        };
        // `ProviderId` is that of the recorded device.
        event[4..8].copy_from_slice(&7_u32.to_le_bytes());
        let (_, theirs) = theirs.split_once(" | ").unwrap();
        assert_eq!(replay::hex(event), theirs, "{name}");
        sent += 1;
    }
    assert_eq!(sent, 18);
    kernel.set_registration_status(wmi_core::NtStatus::SUCCESS);
    kernel.remove_wdf_device(device.device);
}
