//! Replays the traces in order.

use std::collections::BTreeMap;
use std::path::Path;

use wmi_core::Guid;
use wmi_core::provider::{DataPath, Minor, Request, Response};

use wmi_core::NtStatus;
use wmi_core::wnode::{SingleWnodeWriter, Target};

use super::device::{self, Device};
use super::reason::{Reason, reason};

const DEVICE: usize = 0x1000;
const TIME: i64 = 0x01db_0000_1234_5678;
/// The bytes of the buffer outside of the request.
const FILLER: u8 = 0xcc;

/// A request, and the answer of Microsoft's code.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) is_kmdf: bool,
    pub(crate) name: String,
    pub(crate) set_up: usize,
    /// Whether it continues from the state after the previous request.
    pub(crate) goes_on: bool,
    pub(crate) minor: u8,
    pub(crate) path: String,
    pub(crate) request: Vec<u8>,
    pub(crate) theirs: Reply,
    pub(crate) remarks: String,
    /// What `WdfWmiProviderIsEnabled` says afterwards, with a blank before it.
    pub(crate) enabled: String,
    /// The framework's callbacks, in order.
    pub(crate) callbacks: String,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u32,
    pub(crate) information: usize,
    pub(crate) output: Vec<u8>,
    pub(crate) state: String,
    pub(crate) pdo_references: usize,
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.strip_prefix('-').unwrap_or(hex).as_bytes();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

pub(crate) fn lines(file: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces");
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

pub(crate) fn cases(file: &str) -> Vec<Case> {
    let mut state = String::new();
    lines(file)
        .iter()
        .map(|line| {
            let (request, reply) = line.split_once(" -> ").unwrap();
            let request: Vec<&str> = request.split(" | ").collect();
            let reply: Vec<&str> = reply.split(" | ").collect();
            let [name, start, minor, path, size, input] = request[..] else {
                panic!("{line}");
            };
            let [status, information, output, remarks, after] = reply[..5] else {
                panic!("{line}");
            };
            let mut buffer = bytes(input);
            buffer.resize(size.parse().unwrap(), FILLER);
            let goes_on = start.starts_with('+');
            if !goes_on {
                "100,5,0,0,0,0,0".clone_into(&mut state);
            }
            let (after, enabled) = after.split_at(after.find(' ').unwrap_or(after.len()));
            if after != "=" {
                after.clone_into(&mut state);
            }
            let references = remarks
                .split(' ')
                .find_map(|remark| remark.strip_prefix("pdo-refs="));
            Case {
                is_kmdf: file == "kmdf.txt",
                name: name.to_owned(),
                set_up: start[1..].parse().unwrap(),
                goes_on,
                minor: minor.parse().unwrap(),
                path: path.to_owned(),
                request: buffer,
                theirs: Reply {
                    status: u32::from_str_radix(status, 16).unwrap(),
                    information: information.parse().unwrap(),
                    output: bytes(output),
                    state: state.clone(),
                    pdo_references: references.map_or(0, |number| number.parse().unwrap()),
                },
                remarks: remarks.to_owned(),
                enabled: enabled.to_owned(),
                callbacks: reply.get(5).copied().unwrap_or("-").to_owned(),
            }
        })
        .collect()
}

pub(crate) fn guid(name: &str) -> Guid {
    let mut guid = <device::G0 as wmi_core::DataBlock>::GUID.to_bytes();
    match name {
        "bad" => return Guid::from_bytes([0x5a; 16]),
        "errorlog" => return <device::ErrorLog as wmi_core::DataBlock>::GUID,
        _ => guid[15] = name[1..].parse::<u8>().unwrap() + 1,
    }
    Guid::from_bytes(guid)
}

fn answer(case: &Case, device: &Device) -> Reply {
    let (path, asked) = match case.path.split_once(' ') {
        Some((path, "other-device")) => (path, DEVICE + 1),
        _ => (&*case.path, DEVICE),
    };
    let path = match path.parse::<i64>() {
        Ok(action) => DataPath::Action(action as usize),
        Err(_) => DataPath::Guid(guid(path)),
    };
    let mut buffer = case.request.clone();
    let response = match Minor::addressed(case.minor, asked, DEVICE) {
        Some(minor) => {
            let request = Request::new(minor, path, &mut buffer).at(TIME);
            let provider = device::provider(case.is_kmdf, case.set_up);
            provider.dispatch(device, request).immediate()
        }
        // The request is forwarded with its initial status.
        None => Response::new(NtStatus::NOT_SUPPORTED, 0),
    };
    buffer.truncate(response.information);
    Reply {
        status: response.status.value(),
        information: response.information,
        output: buffer,
        state: device.state(),
        pdo_references: response.pdo_references,
    }
}

#[test]
fn replies_match_the_trace_or_are_excused() {
    let mut reasons: BTreeMap<Reason, usize> = BTreeMap::new();
    let (mut equal, mut unexplained) = (0, Vec::new());
    for file in ["kmdf.txt", "classpnp.txt"] {
        let mut device = Device::new();
        for case in cases(file) {
            if !case.goes_on {
                device = Device::new();
            }
            if let Some((_, change)) = case.name.split_once("-after-") {
                device.change(change);
            }
            let ours = answer(&case, &device);
            if ours == case.theirs {
                equal += 1;
            } else if let Some(reason) = reason(&case, &ours) {
                *reasons.entry(reason).or_default() += 1;
            } else {
                unexplained.push((case, ours));
            }
        }
    }
    println!("equal: {equal}, different: {reasons:#?}");
    assert!(unexplained.is_empty(), "{unexplained:#x?}");
    let mut never = Reason::ALL.iter().copied();
    assert_eq!(never.find(|reason| !reasons.contains_key(reason)), None);
}

/// Sends nothing: the same writer writes events to a buffer.
#[test]
fn events_match_the_trace_byte_for_byte() {
    for line in lines("events.txt") {
        let (event, sent) = line.split_once(" -> ").unwrap();
        let event: Vec<&str> = event.split(" | ").collect();
        let [_, _, block, index, _, data] = event[..] else {
            panic!("{line}");
        };
        let (status, theirs) = sent.split_once(" | ").unwrap();
        assert_eq!(status, "00000000");
        // Without data no event is sent, whatever its size.
        let data = bytes(if data == "null" { "-" } else { data });
        let block = if block == "g15" { "bad" } else { block };
        let target = Target::Static(index.parse().unwrap());
        let writer = SingleWnodeWriter::instance(guid(block), target)
            .time_stamp(TIME)
            .event(7);
        let mut ours = vec![FILLER; writer.needed(data.len()).unwrap()];
        writer.write(&data, &mut ours).unwrap();
        assert_eq!(hex(&ours), theirs, "{line}");
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
