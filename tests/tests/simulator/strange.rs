//! Each malformed request of `verify` finds a provider that accepts it.

use core::mem::offset_of;

use wmi_core::provider::{DataPath, Minor, Request};
use wmi_core::wnode::flags::*;
use wmi_core::wnode::{WnodeAllData, WnodeHeader, WnodeSingleInstance, WnodeSingleItem};
use wmi_core::{DataBlock, Guid, NtStatus};
use wmi_tools::simulator::{ProtocolRule, Violation};

use super::device::*;
use super::kinds::SCHEMA;
use super::shared::{again, boxed, get, put};

const FLAGS: usize = offset_of!(WnodeHeader, flags);
const NAME: usize = offset_of!(WnodeSingleInstance, offset_instance_name);
const INDEX: usize = offset_of!(WnodeSingleInstance, instance_index);
const DATA: usize = offset_of!(WnodeSingleInstance, data_block_offset);
const SIZE: usize = offset_of!(WnodeSingleInstance, size_data_block);
const ITEM: usize = offset_of!(WnodeSingleItem, item_id);
const ITEM_DATA: usize = offset_of!(WnodeSingleItem, data_block_offset);
const ITEM_SIZE: usize = offset_of!(WnodeSingleItem, size_data_item);

fn is_static(input: &[u8]) -> bool {
    get(input, FLAGS) & WNODE_FLAG_STATIC_INSTANCE_NAMES != 0
}

/// Returns whether a request is for the first static instance and well-formed.
fn is_right(input: &[u8], data: usize, size: usize) -> bool {
    is_static(input)
        && get(input, 0) as usize == input.len()
        && (get(input, INDEX), get(input, size)) == (0, 0)
        && get(input, data) as usize == input.len()
}

/// Returns the violations of a provider that answers malformed requests with success and no reply.
fn found(minor: Minor, guid: Guid, accepts: fn(&[u8]) -> bool) -> Vec<Violation> {
    let device = Device::new();
    let mut wmi = boxed(|request: Request<'_>| {
        let is_asked = (request.minor, request.data_path) == (minor, guid.into());
        let is_accepted = is_asked && accepts(request.buffer);
        let mut response = PROVIDER.dispatch(&device, request).immediate();
        if is_accepted && !response.status.is_success() {
            response.status = NtStatus::SUCCESS;
        }
        response
    });
    wmi = wmi.with_schema(&SCHEMA);
    wmi.verify()
}

#[test]
fn accepted_malformed_requests_are_found() {
    let (query, set) = (Minor::QuerySingleInstance, Minor::ChangeSingleInstance);
    let (item, method) = (Minor::ChangeSingleItem, Minor::ExecuteMethod);
    let (ports, settings, lanes) = (PortStats::GUID, Settings::GUID, Lane::GUID);
    let unknown = "the instance is unknown, so STATUS_WMI_INSTANCE_NOT_FOUND is expected";
    let otherwise =
        "the instances have names of another kind, so STATUS_WMI_INSTANCE_NOT_FOUND is expected";
    let no_room = "not even a `WNODE_TOO_SMALL` fits, so STATUS_BUFFER_TOO_SMALL is expected";
    let cut = "the request is truncated, so a failure is expected";
    let outside = "the data lies outside of the request, so a failure is expected";
    let name_outside = "the name lies outside of the request, so a failure is expected";
    let no_reply =
        "the reply does not fit the buffer, so a failure or a `WNODE_TOO_SMALL` is expected";
    let no_item = "the item or method is unknown, so a failure is expected";
    let no_data = "the request has no data, so a failure is expected";
    type Case = (Minor, Guid, fn(&[u8]) -> bool, &'static str);
    let cases: &[Case] = &[
        (query, ports, |input| get(input, INDEX) == 2, unknown),
        (
            set,
            lanes,
            |input| !is_static(input) && get(input, 66) == u32::from_le_bytes(*b"T\0h\0"),
            unknown,
        ),
        (
            query,
            ports,
            |input| input.len() > 64 && !is_static(input),
            otherwise,
        ),
        (
            method,
            lanes,
            |input| input.len() >= 72 && is_static(input),
            otherwise,
        ),
        (
            Minor::QueryAllData,
            ports,
            |input| input.len() < 56,
            no_room,
        ),
        (query, settings, |input| input.len() < 56, no_room),
        (set, lanes, |input| input.len() < 64, cut),
        (
            set,
            lanes,
            |input| input.len() > 64 && get(input, 0) as usize != input.len(),
            no_data,
        ),
        (
            set,
            settings,
            |input| input.len() > 64 && get(input, SIZE) as usize > input.len(),
            outside,
        ),
        (
            set,
            settings,
            |input| input.len() > 64 && get(input, DATA) as usize != input.len(),
            no_data,
        ),
        (
            item,
            settings,
            |input| input.len() > 72 && get(input, ITEM_SIZE) as usize > input.len(),
            outside,
        ),
        (query, ports, |input| get(input, DATA) < 64, no_reply),
        (
            item,
            settings,
            |input| is_right(input, ITEM_DATA, ITEM_SIZE) && get(input, ITEM) > 1000,
            no_item,
        ),
        (
            method,
            settings,
            |input| is_right(input, ITEM_DATA, ITEM_SIZE) && get(input, ITEM) > 1000,
            no_item,
        ),
        (set, settings, |input| is_right(input, DATA, SIZE), no_data),
        (
            item,
            settings,
            |input| is_right(input, ITEM_DATA, ITEM_SIZE) && get(input, ITEM) == 1,
            no_data,
        ),
        (
            method,
            settings,
            |input| is_right(input, ITEM_DATA, ITEM_SIZE) && get(input, ITEM) == 9,
            no_data,
        ),
        (
            query,
            lanes,
            |input| !is_static(input) && input.len() > 64 && get(input, NAME) != 64,
            name_outside,
        ),
        (
            query,
            lanes,
            |input| get(input, NAME) == 64 && get(input, 64) == u32::MAX,
            name_outside,
        ),
    ];
    for (index, &(minor, guid, accepts, expected)) in cases.iter().enumerate() {
        let status = NtStatus::SUCCESS;
        let rule = ProtocolRule::WrongStatus { status, expected };
        let violations = found(minor, guid, accepts);
        let found: Vec<_> = violations
            .into_iter()
            .map(|violation| (violation.minor, violation.guid, violation.rule))
            .collect();
        assert_eq!(found, [(Some(minor), Some(guid), rule)], "case {index}");
    }
}

#[test]
fn wrong_statuses_for_unknown_classes_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|request: Request<'_>| {
        let is_execute = request.minor == Minor::ExecuteMethod;
        let mut response = PROVIDER.dispatch(&device, request).immediate();
        if is_execute && response.status == NtStatus::WMI_GUID_NOT_FOUND {
            response.status = NtStatus::WMI_INSTANCE_NOT_FOUND;
        }
        response
    });
    let violations = wmi.verify();
    let status = NtStatus::WMI_INSTANCE_NOT_FOUND;
    let expected = "the class is unknown, so STATUS_WMI_GUID_NOT_FOUND is expected";
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].minor, Some(Minor::ExecuteMethod));
    assert_eq!(
        violations[0].rule,
        ProtocolRule::WrongStatus { status, expected }
    );
}

/// A reply without data is a failure or a `WNODE_TOO_SMALL` with its exact flags.
#[test]
fn replies_that_only_look_too_small_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let is_query = request.minor == Minor::QuerySingleInstance;
        let is_lie = is_query && get(request.buffer, DATA) > 0x7000_0000;
        let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        if is_lie && response.information == 56 {
            request.buffer[FLAGS] |= 0x02;
        }
        response
    });
    let violations = wmi.verify();
    assert!(!violations.is_empty());
    for violation in violations {
        let expected =
            "the reply does not fit the buffer, so a failure or a `WNODE_TOO_SMALL` is expected";
        let status = NtStatus::SUCCESS;
        assert_eq!(
            violation.rule,
            ProtocolRule::WrongStatus { status, expected }
        );
    }
}

/// A registration with an unknown action must follow the rules for all requests.
#[test]
fn unknown_registration_actions_are_checked() {
    let device = Device::new();
    let mut wmi = boxed(|request: Request<'_>| {
        let is_known = !matches!(request.data_path, DataPath::Action(2..));
        let mut response = PROVIDER.dispatch(&device, request).immediate();
        if !is_known {
            response.information = 5000;
        }
        response
    });
    let violations = wmi.verify();
    let (information, capacity) = (5000, 4096);
    let rule = ProtocolRule::InformationTooLarge {
        information,
        capacity,
    };
    assert_eq!(violations.len(), 2);
    assert!(violations.iter().all(|violation| violation.rule == rule));
}

/// A provider must write its members of the `WNODE_ALL_DATA`, whatever they contain before.
#[test]
fn unwritten_members_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        const COUNT: usize = offset_of!(WnodeAllData, instance_count);
        let before = get(request.buffer, COUNT);
        let (minor, path) = (request.minor, request.data_path);
        let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        let is_query = (minor, path) == (Minor::QueryAllData, PortStats::GUID.into());
        if is_query && response.information > 56 && before != 0 {
            put(request.buffer, COUNT, before);
        }
        response
    });
    let violations = wmi.verify();
    assert_eq!(violations.len(), 1, "{violations:#?}");
    assert!(matches!(violations[0].rule, ProtocolRule::Malformed(_)));
}
