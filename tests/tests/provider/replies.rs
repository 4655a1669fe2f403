//! The replies to requests, byte for byte.

use wmi_core::provider::{Minor, Request, Response};
use wmi_core::wnode::{InstanceId, SingleWnodeWriter, Target, Wnode};
use wmi_core::{DataBlock, FixedClass, Guid, NtStatus, VariableClass};

use super::device::*;

fn ask(device: &Device, minor: Minor, guid: Guid, buffer: &mut [u8]) -> Response {
    PROVIDER
        .dispatch(device, Request::new(minor, guid, buffer).at(77))
        .immediate()
}

#[test]
fn counters_reply_with_all_data() {
    let device = Device::new();
    device.ports[1].add_sent(2);
    let mut buffer = [0xa5; 200];
    let response = ask(&device, Minor::QueryAllData, PortStats::GUID, &mut buffer);
    assert_eq!(response.status, NtStatus::SUCCESS);
    assert_eq!(response.information, 64 + 16 + 10);
    let Ok(Wnode::AllData(reply)) = Wnode::decode(&buffer[..response.information]) else {
        panic!("{:?}", Wnode::decode(&buffer));
    };
    let blocks: Vec<_> = reply
        .blocks::<PortStats>()
        .unwrap()
        .map(|block| (block.sent(), block.port()))
        .collect();
    assert_eq!(blocks, [(5, 0), (8, 1)]);
    assert_eq!(reply.header().time_stamp.get(), 77);
}

#[test]
fn variable_dynamic_instances_reply_with_all_data() {
    let device = Device::new();
    let mut buffer = [0xa5; 1000];
    let response = ask(&device, Minor::QueryAllData, Session::GUID, &mut buffer);
    assert_eq!(response.status, NtStatus::SUCCESS);
    let Ok(Wnode::AllData(reply)) = Wnode::decode(&buffer[..response.information]) else {
        panic!("{:?}", Wnode::decode(&buffer));
    };
    assert_eq!(reply.instance_count(), 3);
    for (instance, session) in device.sessions.iter().enumerate() {
        let instance = instance as u32;
        let view = Session::decode(reply.data(instance).unwrap()).unwrap();
        assert_eq!(view.sizes.iter().collect::<Vec<_>>(), session.sizes);
        assert!(view.target == session.target.lock().unwrap().as_str());
        let Some(InstanceId::Dynamic(name)) = reply.id(instance) else {
            panic!()
        };
        assert!(name == session.name.as_str());
    }
}

/// Data that would start behind the buffer: the reply says how large the buffer must be.
#[test]
fn data_behind_the_buffer_is_answered_with_the_size() {
    let mut buffer = vec![0; 120];
    SingleWnodeWriter::instance(Settings::GUID, Target::Static(0))
        .write(&[], &mut buffer)
        .unwrap();
    buffer[56..60].copy_from_slice(&400_u32.to_le_bytes());
    let query = Minor::QuerySingleInstance;
    let response = ask(&Device::new(), query, Settings::GUID, &mut buffer);
    assert_eq!(response, Response::new(NtStatus::SUCCESS, 56));
    let Ok(Wnode::TooSmall { size_needed, .. }) = Wnode::decode(&buffer[..56]) else {
        panic!("{:?}", Wnode::decode(&buffer[..56]));
    };
    assert_eq!(size_needed, 400 + Settings::SIZE as u32);
}

#[test]
fn methods_reply_with_their_output() {
    let device = Device::new();
    let mut buffer = [0xa5; 88];
    SingleWnodeWriter::method(Settings::GUID, Target::Static(0), 9)
        .write(&25u32.to_le_bytes(), &mut buffer)
        .unwrap();
    let response = ask(&device, Minor::ExecuteMethod, Settings::GUID, &mut buffer);
    assert_eq!(response, Response::new(NtStatus::SUCCESS, 88));
    let Ok(Wnode::MethodItem(reply)) = Wnode::decode(&buffer) else {
        panic!()
    };
    let output = SetSpeedOut::decode(reply.data()).unwrap();
    assert_eq!((output.previous, output.status), (100, u64::MAX));
    assert_eq!(device.settings.lock().unwrap().speed, 25);
}

/// A reply sets the flags that determine its structure and keeps the others.
#[test]
fn request_flags_are_kept_or_replaced() {
    // ALL_DATA, EVENT_ITEM, INSTANCES_SAME, INTERNAL, PERSIST_EVENT, a severity; and PDO names.
    let sent = 0x1 | 0x8 | 0x40 | 0x100 | 0x400 | 0x0700_0000_u32;
    for (guid, names, expected) in [
        (PortStats::GUID, 0x1_0000, 0x1_0000 | 0x80 | 0x10 | 0x1),
        (Lane::GUID, 0, 0x10 | 0x1),
        (Session::GUID, 0, 0x1),
    ] {
        let mut buffer = [0; 1000];
        buffer[44..48].copy_from_slice(&(sent | names).to_le_bytes());
        let response = ask(&Device::new(), Minor::QueryAllData, guid, &mut buffer);
        assert_eq!(response.status, NtStatus::SUCCESS);
        let flags = u32::from_le_bytes(buffer[44..48].try_into().unwrap());
        assert_eq!(flags, expected | 0x100 | 0x400 | 0x0700_0000, "{flags:#x}");
    }
}
