//! Replies whose parts overlap or have a wrong size.

use core::mem::offset_of;

use wmi_core::provider::{Minor, Request, Response};
use wmi_core::wnode::{WnodeAllData, WnodeHeader, WnodeTooSmall};
use wmi_tools::simulator::{Failure, ProtocolRule};

use super::device::*;
use super::kinds::SCHEMA;
use super::shared::{again, boxed, get, put};

/// Returns the rule that damaged answers to queries of all instances and of one instance break.
fn rule(damage: impl Fn(Minor, &mut [u8], &mut Response)) -> ProtocolRule {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let minor = request.minor;
        let mut response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        if !minor.is_registration() && response.information > 56 {
            damage(minor, request.buffer, &mut response);
        }
        response
    })
    .with_schema(&SCHEMA);
    wmi.register().unwrap();
    let lanes = wmi.query_all::<Lane>().map(|_| ());
    match lanes.and_then(|()| wmi.query::<PortStats>(1).map(|_| ())) {
        Err(Failure::Violation(violation)) => violation.rule,
        other => panic!("{other:?}"),
    }
}

#[test]
fn replies_without_a_time_are_found() {
    let forgotten = rule(|minor, bytes, _| {
        if minor == Minor::QueryAllData {
            bytes[offset_of!(WnodeHeader, time_stamp)..][..8].fill(0);
        }
    });
    assert_eq!(forgotten, ProtocolRule::NoTimeStamp);
}

#[test]
fn overlapping_parts_are_found() {
    const NAMES: usize = offset_of!(WnodeAllData, offset_instance_name_offsets);
    // The second name is the end of the first, "ne A".
    let name = rule(|minor, bytes, _| {
        if minor == Minor::QueryAllData {
            let names = get(bytes, NAMES) as usize;
            let first = get(bytes, names) as usize;
            bytes[first + 6..][..2].copy_from_slice(&4u16.to_le_bytes());
            put(bytes, names + 4, first as u32 + 6);
        }
    });
    assert!(matches!(name, ProtocolRule::Overlap { .. }), "{name}");
    // The data overlaps the names.
    let data = rule(|minor, bytes, _| {
        if minor == Minor::QueryAllData {
            let start = offset_of!(WnodeAllData, data_block_offset);
            put(bytes, start, get(bytes, start) + 8);
        }
    });
    assert!(matches!(data, ProtocolRule::Overlap { .. }), "{data}");
}

/// `BufferSize` ends with the data.
#[test]
fn counted_padding_at_the_end_is_found() {
    let device = Device::new();
    let mut wmi = boxed(|request: Request<'_>| {
        let (minor, path, size) = (request.minor, request.data_path, request.buffer.len());
        let padded = minor == Minor::QuerySingleInstance;
        let room = if padded && size < 96 {
            size.min(88)
        } else {
            size
        };
        let again = Request::new(minor, path, &mut request.buffer[..room]).at(request.time_stamp);
        let mut response = PROVIDER.dispatch(&device, again).immediate();
        if padded && size < 96 {
            put(request.buffer, offset_of!(WnodeTooSmall, size_needed), 96);
        } else if padded {
            request.buffer[90..].fill(0);
            put(request.buffer, 0, 96);
            response.information = 96;
        }
        response
    });
    wmi.register().unwrap();
    let failure = wmi.query::<PortStats>(1).unwrap_err();
    let (information, expected) = (96, 90);
    assert_eq!(
        failure.violation().unwrap().rule,
        ProtocolRule::WrongInformation {
            information,
            expected
        }
    );
}

/// A driver in C may write past the buffer. Safe code cannot, so this test uses a pointer: the
/// memory is there, but does not belong to the slice.
#[test]
#[cfg_attr(miri, ignore)]
#[expect(unsafe_code, reason = "only unsafe code breaks this rule")]
fn writes_past_the_buffer_are_found() {
    let past = rule(|_, bytes, _| {
        let end = bytes.as_mut_ptr_range().end;
        // SAFETY: the simulator's memory continues after the buffer.
        unsafe { end.write(0) };
    });
    assert_eq!(past, ProtocolRule::WrotePastBuffer);
}
