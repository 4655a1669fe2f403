//! Requests for static instances: with number and name, or with the number alone.

use core::cell::Cell;
use core::mem::offset_of;

use wmi_core::provider::{Block, DataPath, Minor, Provider, Request};
use wmi_core::wnode::flags::*;
use wmi_core::wnode::{WnodeHeader, WnodeSingleInstance};
use wmi_core::{DataBlock, NtStatus};
use wmi_tools::simulator::{Failure, ProtocolRule};

use super::device::*;
use super::shared::{again, boxed, get, put};

const FLAGS: usize = offset_of!(WnodeHeader, flags);
const NAME: usize = offset_of!(WnodeSingleInstance, offset_instance_name);
const INDEX: usize = offset_of!(WnodeSingleInstance, instance_index);
const DATA: usize = offset_of!(WnodeSingleInstance, data_block_offset);

/// The flags, the number, the name and the data offset of the last request for an instance.
type Asked = (u32, u32, String, u32);

#[test]
fn static_requests_have_number_and_name() {
    let device = Device::new();
    let asked = Cell::new(None);
    let mut wmi = boxed(|request: Request<'_>| {
        if request.minor == Minor::QuerySingleInstance {
            let input = &request.buffer;
            let at = get(input, NAME) as usize;
            let length = usize::from(u16::from_le_bytes([input[at], input[at + 1]]));
            let units = input[at + 2..][..length].chunks(2);
            let units = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
            let name = char::decode_utf16(units).map(Result::unwrap).collect();
            let found: Asked = (get(input, FLAGS), get(input, INDEX), name, get(input, DATA));
            asked.set(Some(found));
        }
        PROVIDER.dispatch(&device, request).immediate()
    });
    wmi.register().unwrap();
    let single = WNODE_FLAG_SINGLE_INSTANCE | WNODE_FLAG_STATIC_INSTANCE_NAMES;
    wmi.query::<PortStats>(1).unwrap();
    let expected = (single, 1, "Port1".to_owned(), 80);
    assert_eq!(asked.take(), Some(expected));
    wmi.query::<Settings>(0).unwrap();
    let pdo = single | WNODE_FLAG_PDO_INSTANCE_NAMES;
    let name = r"ROOT\SIMULATED\0000_0".to_owned();
    assert_eq!(asked.take(), Some((pdo, 0, name, 112)));
}

/// A driver that takes `sizeof(WNODE_SINGLE_INSTANCE)` for `DataBlockOffset`.
#[test]
fn fixed_data_offsets_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let minor = request.minor;
        let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        if minor == Minor::QuerySingleInstance && response.status.is_success() {
            let data = (get(request.buffer, DATA) as usize).min(response.information);
            request.buffer.copy_within(data..response.information, 64);
        }
        response
    });
    wmi.register().unwrap();
    let Err(Failure::Violation(violation)) = wmi.query::<PortStats>(0) else {
        panic!("it is not found");
    };
    let member = "VariableData";
    assert_eq!(violation.rule, ProtocolRule::Changed { member });
}

/// A driver that takes the offset after the name for `DataBlockOffset`.
#[test]
fn data_offsets_after_an_absent_name_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let (minor, path) = (request.minor, request.data_path);
        let is_ports = path == DataPath::Guid(PortStats::GUID);
        let is_nameless = request.buffer.len() > 64
            && minor == Minor::QuerySingleInstance
            && is_ports
            && get(request.buffer, NAME) == 0;
        let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        if is_nameless && response.information > 64 {
            put(request.buffer, DATA, 72);
        }
        response
    });
    wmi.register().unwrap();
    wmi.query::<PortStats>(0).unwrap();
    let violations = wmi.verify();
    assert_eq!(violations.len(), 1, "{violations:#?}");
    assert!(matches!(violations[0].rule, ProtocolRule::Malformed(_)));
}

/// A block that counts more instances than its function finds.
#[test]
fn excessive_instance_counts_are_explained() {
    static PROVIDER: Provider<Device> =
        Provider::new(&[
            &Block::counters(|device: &Device, port: usize| device.ports.get(port))
                .base_name("Port", |_| 3),
        ]);
    let device = Device::new();
    let mut wmi = boxed(|request| PROVIDER.dispatch(&device, request));
    wmi.register().unwrap();
    let remedy = "an instance that the block counts or names is not found by its function; let \
                  both give as many";
    let explains = |failure: Failure| failure.to_string().ends_with(remedy);
    assert!(explains(wmi.query_all::<PortStats>().unwrap_err()));
    assert!(wmi.query::<PortStats>(1).is_ok());
    assert!(explains(wmi.query::<PortStats>(2).unwrap_err()));
    let beyond = wmi.query::<PortStats>(3).unwrap_err();
    assert_eq!(beyond.status(), Some(NtStatus::WMI_INSTANCE_NOT_FOUND));
    assert!(!explains(beyond));
    let violations = wmi.verify();
    assert!(
        violations[0].to_string().ends_with(remedy),
        "{violations:?}"
    );
}
