//! What a request is answered with.

use wmi_core::provider::{Minor, Request, Response};
use wmi_core::wnode::{InstanceId, SingleWriter, Target, Wnode};
use wmi_core::{DataBlock, Guid, NtStatus, VariableClass};

use super::device::*;

fn ask(device: &Device, minor: Minor, guid: Guid, buffer: &mut [u8]) -> Response {
    PROVIDER.dispatch(device, Request::new(minor, guid, buffer).at(77))
}

#[test]
fn all_data_of_counters() {
    let device = Device::new();
    device.ports[1].add_sent(2);
    let mut buffer = [0xa5; 200];
    let response = ask(&device, Minor::QueryAllData, PortStats::GUID, &mut buffer);
    assert_eq!(response.status, NtStatus::SUCCESS);
    assert_eq!(response.information, 72 + 16 + 10);
    let Ok(Wnode::AllData(reply)) = Wnode::parse(&buffer[..response.information]) else {
        panic!("{:?}", Wnode::parse(&buffer));
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
fn all_data_of_dynamic_instances_of_variable_size() {
    let device = Device::new();
    let mut buffer = [0xa5; 1000];
    let response = ask(&device, Minor::QueryAllData, Session::GUID, &mut buffer);
    assert_eq!(response.status, NtStatus::SUCCESS);
    let Ok(Wnode::AllData(reply)) = Wnode::parse(&buffer[..response.information]) else {
        panic!("{:?}", Wnode::parse(&buffer));
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

#[test]
fn a_method() {
    let device = Device::new();
    let mut buffer = [0xa5; 88];
    SingleWriter::method(Settings::GUID, Target::Static(0), 9)
        .write(&25u32.to_le_bytes(), &mut buffer)
        .unwrap();
    let response = ask(&device, Minor::ExecuteMethod, Settings::GUID, &mut buffer);
    assert_eq!(
        response,
        Response {
            status: NtStatus::SUCCESS,
            information: 88
        }
    );
    let Ok(Wnode::MethodItem(reply)) = Wnode::parse(&buffer) else {
        panic!()
    };
    let output = SetSpeedOut::decode(reply.data()).unwrap();
    assert_eq!((output.previous, output.status), (100, u64::MAX));
    assert_eq!(device.settings.lock().unwrap().speed, 25);
}
