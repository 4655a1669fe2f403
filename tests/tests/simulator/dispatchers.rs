//! Rules derived from the behaviour of Microsoft's own dispatchers.

use core::cell::Cell;
use core::mem::offset_of;

use wmi_core::provider::{DataPath, Minor, Request, Response};
use wmi_core::wnode::flags::*;
use wmi_core::wnode::{WmiRegGuid, WmiRegInfo, WnodeHeader, WnodeSingleInstance};
use wmi_core::{DataBlock, NtStatus};
use wmi_tools::simulator::{ProtocolRule, Violation};

use super::device::*;
use super::kinds::SCHEMA;
use super::shared::{again, boxed, get, put};

const SIZE: usize = offset_of!(WnodeHeader, buffer_size);
const FLAGS: usize = offset_of!(WnodeHeader, flags);
const NAME: usize = offset_of!(WnodeSingleInstance, offset_instance_name);
const DATA: usize = offset_of!(WnodeSingleInstance, data_block_offset);

/// Answers a request in place of the provider.
type Answer = fn(&Device, &mut Request<'_>) -> Response;

fn dispatch(device: &Device, request: &mut Request<'_>) -> Response {
    PROVIDER.dispatch(device, again(request)).immediate()
}

fn verify(answer: Answer) -> Vec<Violation> {
    let device = Device::new();
    let wmi = boxed(|mut request: Request<'_>| answer(&device, &mut request));
    wmi.with_schema(&SCHEMA).verify()
}

/// Asserts that all violations are wrong statuses with this reason.
fn assert_wrong_status(violations: &[Violation], reason: &str) {
    assert!(!violations.is_empty());
    for found in violations {
        let ProtocolRule::WrongStatus { expected, .. } = found.rule else {
            panic!("{found}");
        };
        assert_eq!(expected, reason);
    }
}

#[test]
fn buffer_size_of_a_request_is_not_checked() {
    let violations = verify(|device, request| {
        let is_checked = request.minor == Minor::QuerySingleInstance && request.buffer.len() > 64;
        if is_checked && get(request.buffer, SIZE) < 64 {
            return Response::new(NtStatus::INVALID_PARAMETER, 0);
        }
        dispatch(device, request)
    });
    let reason = "the IRP gives the size of the buffer, so STATUS_SUCCESS is expected";
    assert_wrong_status(&violations, reason);
}

#[test]
fn bytes_before_the_data_are_cleared() {
    let violations = verify(|device, request| {
        if request.minor != Minor::QuerySingleInstance {
            return dispatch(device, request);
        }
        let before = request.buffer.to_vec();
        let response = dispatch(device, request);
        if response.information > 80 {
            let data = get(request.buffer, DATA) as usize;
            request.buffer[80..data.max(80)].copy_from_slice(&before[80..data.max(80)]);
        }
        response
    });
    assert!(!violations.is_empty());
    for found in violations {
        assert!(
            matches!(found.rule, ProtocolRule::Unwritten { .. }),
            "{found}"
        );
    }
}

#[test]
fn blocks_without_methods_execute_none() {
    let violations = verify(|device, request| {
        let mut response = dispatch(device, request);
        let is_execute = request.minor == Minor::ExecuteMethod;
        if is_execute && response.status == NtStatus::INVALID_DEVICE_REQUEST {
            response.status = NtStatus::WMI_ITEMID_NOT_FOUND;
        }
        response
    });
    let reason = "the block has no methods, so STATUS_INVALID_DEVICE_REQUEST is expected";
    assert_wrong_status(&violations, reason);
}

#[test]
fn static_instances_are_requested_by_number() {
    let otherwise =
        "the instances have names of another kind, so STATUS_WMI_INSTANCE_NOT_FOUND is expected";
    let by_flag = verify(|device, request| {
        let is_single = request.minor == Minor::QuerySingleInstance && request.buffer.len() > 64;
        if is_single {
            let flags = get(request.buffer, FLAGS);
            if flags & WNODE_FLAG_PDO_INSTANCE_NAMES != 0 {
                put(
                    request.buffer,
                    FLAGS,
                    flags | WNODE_FLAG_STATIC_INSTANCE_NAMES,
                );
            }
        }
        dispatch(device, request)
    });
    assert_wrong_status(&by_flag, otherwise);
    let by_name = verify(|device, request| {
        let is_ports = request.data_path == DataPath::Guid(PortStats::GUID);
        let is_malformed = is_ports
            && request.minor == Minor::QuerySingleInstance
            && request.buffer.len() > 64
            && get(request.buffer, FLAGS) & WNODE_FLAG_STATIC_INSTANCE_NAMES == 0
            && get(request.buffer, NAME) != 64;
        match is_malformed {
            true => Response::new(NtStatus::INVALID_PARAMETER, 0),
            false => dispatch(device, request),
        }
    });
    assert_wrong_status(&by_name, otherwise);
}

#[test]
fn registrations_have_both_texts() {
    let violations = verify(|device, request| {
        let response = dispatch(device, request);
        if request.data_path == DataPath::REGISTER && response.information > 4 {
            let member = offset_of!(WmiRegInfo, mof_resource_name);
            put(request.buffer, member, 0);
        }
        response
    });
    let member = "MofResourceName";
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].rule, ProtocolRule::NoText { member });
}

#[test]
fn updates_remove_only_registered_blocks() {
    const ENTRY: usize = WmiRegInfo::GUIDS_OFFSET;
    let violations = verify(|device, request| {
        let response = dispatch(device, request);
        if request.data_path == DataPath::UPDATE && response.information > 4 {
            request.buffer[ENTRY] ^= 0xff;
            put(
                request.buffer,
                ENTRY + offset_of!(WmiRegGuid, flags),
                WMIREG_FLAG_REMOVE_GUID,
            );
        }
        response
    });
    assert_eq!(violations.len(), 1);
    assert!(matches!(
        violations[0].rule,
        ProtocolRule::RemovedUnregistered { .. }
    ));
}

#[test]
fn instances_same_requires_unchanged_names() {
    let mut device = Device::new();
    let lanes = device.lanes.split_off(1);
    let devices = [
        device,
        Device {
            lanes,
            ..Device::new()
        },
    ];
    let current = Cell::new(0);
    let mut wmi = boxed(|mut request: Request<'_>| {
        let response = dispatch(&devices[current.get()], &mut request);
        if request.minor == Minor::QueryAllData && response.information > 56 {
            let flags = get(request.buffer, FLAGS);
            put(request.buffer, FLAGS, flags | WNODE_FLAG_INSTANCES_SAME);
        }
        response
    });
    wmi.register().unwrap();
    // Before the first query there are no names to compare with.
    let first = wmi.query_all::<Lane>().unwrap_err();
    let same = &ProtocolRule::OtherInstances;
    assert_eq!(first.violation().map(|found| &found.rule), Some(same));
    assert!(wmi.query_all::<Lane>().is_ok());
    current.set(1);
    let changed = wmi.query_all::<Lane>().unwrap_err();
    assert_eq!(changed.violation().map(|found| &found.rule), Some(same));
    // The flag has no meaning for static names.
    assert!(wmi.query_all::<PortStats>().is_ok());
}
