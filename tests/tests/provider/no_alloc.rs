//! Answering requests and sending events does not allocate.

use wmi_core::provider::{DataPath, EventSink, Minor, Request};
use wmi_core::wnode::{SingleWnodeWriter, Target};
use wmi_core::{DataBlock, NtStatus};
use wmi_tests::allocations::{Counting, allocations};

use crate::device::*;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Sink;

impl EventSink for Sink {
    type Memory = [u8; 256];

    fn allocate(&self, size: usize) -> Option<[u8; 256]> {
        (size <= 256).then_some([0; 256])
    }

    fn send(&self, _: [u8; 256]) -> Result<(), NtStatus> {
        Ok(())
    }

    fn provider_id(&self) -> u32 {
        1
    }

    fn time_stamp(&self) -> i64 {
        2
    }
}

#[test]
fn dispatch_does_not_allocate() {
    let device = Device::new();
    device.alarm.enable(true);
    let mut buffer = [0; 1000];
    let mut answered = 0;
    let mut work = || {
        for minor in Minor::ALL {
            for guid in [
                PortStats::GUID,
                Settings::GUID,
                Session::GUID,
                Lane::GUID,
                Note::GUID,
            ] {
                for target in [
                    Target::Static(0),
                    Target::Dynamic("first"),
                    Target::Dynamic("Lane A"),
                ] {
                    for size in [60, 90, 1000] {
                        let path = if minor.is_registration() {
                            DataPath::REGISTER
                        } else {
                            DataPath::Guid(guid)
                        };
                        let writer = match minor {
                            // The test device stores set values in a `String`.
                            Minor::ChangeSingleInstance | Minor::ChangeSingleItem
                                if guid == Session::GUID =>
                            {
                                continue;
                            }
                            Minor::ChangeSingleItem => SingleWnodeWriter::item(guid, target, 1),
                            Minor::ExecuteMethod => SingleWnodeWriter::method(guid, target, 9),
                            _ => SingleWnodeWriter::instance(guid, target),
                        };
                        writer.write(&[1, 0, 0, 0], &mut buffer).unwrap();
                        // It also records what is enabled.
                        if matches!(minor, Minor::EnableCollection | Minor::DisableCollection) {
                            continue;
                        }
                        let request = Request::new(minor, path, &mut buffer[..size]);
                        answered += u32::from(
                            PROVIDER
                                .dispatch(&device, request)
                                .immediate()
                                .status
                                .is_success(),
                        );
                    }
                }
            }
        }
        let alarm = Alarm { code: 1, port: 2 };
        device.alarm.send(&Sink, Target::Static(0), &alarm).unwrap();
    };
    assert_eq!(allocations(&mut work), 0);
    assert!(answered > 150, "{answered}");
}
