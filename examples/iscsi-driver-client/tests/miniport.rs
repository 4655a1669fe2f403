//! The Storport miniport as it would be shipped, beside a port driver that the stand-in plays.

#![cfg(windows)]

use driver_harness::protocol::{Send, Sent};
use driver_harness::{Driver, Host, Image, Machine, alone, start};
use iscsi_driver_client::miniport_schema::{
    LinkReset, MOF_RESOURCE, MSiSCSI_MMIPSECStats, MSiSCSI_NICPerformance, Negotiation,
    NegotiationItems as _, SCHEMA,
};
use wmi_core::provider::{DataPath, Minor, Request, Response};
use wmi_core::wnode::{SingleWnodeWriter, Target};
use wmi_core::{DataBlock, Guid, NtStatus};
use wmi_tools::Arena;
use wmi_tools::bmf::{self, Packing};
use wmi_tools::client::Client;
use wmi_tools::simulator::Simulator;
use zerocopy::FromZeros as _;

const SERVICE: &str = "IscsiMiniport";
const IMAGES: [&str; 2] = ["miniport-gnu.sys", "miniport-msvc.sys"];
const ARM64_IMAGE: &str = "miniport-arm64.sys";

/// Values of `SrbStatus`. Source: `srb.h`.
const SRB_STATUS_SUCCESS: u32 = 0x01;
const SRB_STATUS_ABORTED: u32 = 0x02;
const SRB_STATUS_ERROR: u32 = 0x04;
const SRB_STATUS_INVALID_REQUEST: u32 = 0x06;
const SRB_STATUS_DATA_OVERRUN: u32 = 0x12;

/// Functions of SRBs that are not of WMI. Source: `srb.h`.
const SRB_FUNCTION_IO_CONTROL: u32 = 0x02;
const SRB_FUNCTION_RESET_BUS: u32 = 0x12;
const SRB_FUNCTION_ABORT_COMMAND: u32 = 0x10;

/// The two kinds of SRB: `Send::is_storage`.
const KINDS: [u32; 2] = [0, 1];

fn load() -> Driver {
    Driver::load(SERVICE, Image::read(IMAGES[0])).with_device()
}

fn request(kind: u32, minor: Minor, guid: Guid) -> Send {
    Send {
        minor: minor.code().into(),
        is_storage: kind,
        guid: guid.to_bytes(),
        ..Send::new_zeroed()
    }
}

/// Sends an SRB of another function than WMI's, and returns its status.
fn function(driver: &Driver, kind: u32, function: u32) -> u32 {
    let send = Send {
        function,
        is_storage: kind,
        ..Send::new_zeroed()
    };
    driver.host.send(send, &mut []).status
}

fn send(driver: &Driver, request: Send, buffer: &mut [u8]) -> Sent {
    let sent = driver.host.send(request, buffer);
    assert_eq!(sent.returned, 1, "HwStartIo returns TRUE: {request:?}");
    if sent.status == SRB_STATUS_SUCCESS {
        assert!(sent.information <= buffer.len() as u64, "{request:?}");
    } else {
        assert_eq!(sent.information, 0, "{request:?}: {sent:?}");
    }
    sent
}

/// A simulator that sends its requests as SRBs of one kind. How the port driver maps the statuses of
/// SRBs is not documented; only success is certain.
fn simulator(host: &Host, kind: u32) -> Simulator<'_, impl FnMut(Request<'_>) -> Response> {
    Simulator::new(move |request: Request<'_>| {
        let mut send = self::request(kind, request.minor, Guid::from_bytes([0; 16]));
        match request.data_path {
            DataPath::Guid(guid) => send.guid = guid.to_bytes(),
            DataPath::Action(action) => send.action = action as u64,
        }
        let sent = host.send(send, request.buffer);
        let status = match sent.status {
            SRB_STATUS_SUCCESS => NtStatus::SUCCESS,
            SRB_STATUS_INVALID_REQUEST => NtStatus::INVALID_DEVICE_REQUEST,
            SRB_STATUS_DATA_OVERRUN => NtStatus::BUFFER_TOO_SMALL,
            // STATUS_UNSUCCESSFUL
            _ => NtStatus::from_value(0xc000_0001),
        };
        Response::new(status, usize::try_from(sent.information).expect("a size"))
    })
    .without_pdo()
}

fn query(guid: Guid) -> Vec<u8> {
    let writer = SingleWnodeWriter::instance(guid, Target::Static(0));
    let mut bytes = vec![0; writer.needed(0).unwrap()];
    writer.write(&[], &mut bytes).unwrap();
    bytes.resize(256, 0);
    bytes
}

#[test]
fn images_hold_the_schema_and_nothing_that_panics() {
    let binary_mof = bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap();
    for name in IMAGES.into_iter().chain([ARM64_IMAGE]) {
        let image = Image::read(name);
        assert_eq!(image.binary_mof(MOF_RESOURCE), binary_mof, "{name}");
        assert!(!image.can_panic(), "{name}");
        image.assert_imports(&[
            "ntoskrnl.exe!memcpy",
            "ntoskrnl.exe!memset",
            "storport.sys!StorPortInitialize",
            "storport.sys!StorPortNotification",
            "storport.sys!StorPortQuerySystemTime",
        ]);
        let machine = match name {
            ARM64_IMAGE => Machine::Arm64,
            _ => Machine::X64,
        };
        image.assert_is_driver(machine);
        if machine == Machine::X64 {
            image.assert_frames_below(1024);
        }
    }
}

#[test]
fn miniport_loads_unloads_and_loads_again() {
    let _alone = alone();
    for name in IMAGES {
        let mut service = start(SERVICE, &Image::read(name));
        for _ in 0..3 {
            assert!(Host::open().is_ok());
            service.unload();
            assert!(Host::open().is_err());
            service.load();
        }
    }
}

#[test]
fn adapter_is_found_initialised_and_freed_twice() {
    for name in IMAGES {
        let mut driver = Driver::load(SERVICE, Image::read(name));
        for _ in 0..2 {
            assert_eq!(driver.add(), NtStatus::SUCCESS, "{name}");
            assert_eq!(driver.start(), NtStatus::SUCCESS);
            assert_eq!(
                function(&driver, 0, SRB_FUNCTION_IO_CONTROL),
                SRB_STATUS_SUCCESS
            );
            assert_eq!(driver.remove(), NtStatus::SUCCESS);
        }
        assert_eq!(driver.state().violations, 0);
    }
}

/// As the port driver does, which adds the physical device object and the registry path.
#[test]
fn every_class_is_registered_under_the_device() {
    let driver = load();
    let arena = Arena::new();
    let file = bmf::decode(&arena, &driver.image.binary_mof(MOF_RESOURCE)).unwrap();
    let client = Client::new(&file);
    for kind in KINDS {
        let mut wmi = simulator(&driver.host, kind).with_schema(&file);
        wmi.register().unwrap();
        assert_eq!(wmi.registration().mof_resource, MOF_RESOURCE);
        assert_eq!(wmi.registration().registry_path, "");
        let blocks = wmi.registration().blocks.clone();
        let names: Vec<_> = blocks
            .iter()
            .map(|block| client.class(block.guid).unwrap().name)
            .collect();
        let classes: Vec<_> = SCHEMA.classes.iter().map(|class| class.name).collect();
        assert_eq!(names, classes);
        for block in blocks.iter().filter(|block| !block.is_event_only()) {
            let instances = wmi.instances(block.guid).unwrap();
            let count = 1 + usize::from(block.guid == MSiSCSI_NICPerformance::GUID);
            assert_eq!(instances.len(), count);
            assert!(instances[0].ends_with("_0"), "{instances:?}");
        }
    }
}

#[test]
fn both_kinds_of_srb_query_and_set() {
    let driver = load();
    for kind in KINDS {
        let mut wmi = simulator(&driver.host, kind);
        wmi.register().unwrap();
        let before = wmi.query::<MSiSCSI_MMIPSECStats>(0).unwrap();
        let status = function(&driver, kind, SRB_FUNCTION_IO_CONTROL);
        assert_eq!(status, SRB_STATUS_SUCCESS);
        let after = wmi.query::<MSiSCSI_MMIPSECStats>(0).unwrap();
        use iscsi_schema::MSiSCSI_MMIPSECStatsItems as _;
        assert_eq!(after.oakley_main_mode(), before.oakley_main_mode() + 1);
        let ports = wmi.query_all::<MSiSCSI_NICPerformance>().unwrap();
        assert_eq!(ports.len(), 2);
        let settings = |timeout| Negotiation { number: 0, timeout }.snapshot();
        wmi.set(0, &settings(30 + kind)).unwrap();
        assert_eq!(wmi.query::<Negotiation>(0).unwrap().timeout(), 30 + kind);
        assert!(wmi.set(0, &settings(61)).is_err());
    }
}

#[test]
fn every_minor_code_is_answered_in_both_kinds() {
    let driver = load();
    let counters = MSiSCSI_MMIPSECStats::GUID;
    let settings = Negotiation::GUID;
    let unknown = Guid::from_bytes([7; 16]);
    let set = {
        let writer = SingleWnodeWriter::instance(settings, Target::Static(0));
        let mut bytes = vec![0; writer.needed(8).unwrap()];
        writer
            .write(&[0, 0, 0, 0, 20, 0, 0, 0], &mut bytes)
            .unwrap();
        bytes
    };
    let item = {
        let writer = SingleWnodeWriter::item(settings, Target::Static(0), 2);
        let mut bytes = vec![0; writer.needed(4).unwrap()];
        writer.write(&[25, 0, 0, 0], &mut bytes).unwrap();
        bytes
    };
    let method = {
        let writer = SingleWnodeWriter::method(settings, Target::Static(0), 1);
        let mut bytes = vec![0; writer.needed(0).unwrap()];
        writer.write(&[], &mut bytes).unwrap();
        bytes
    };
    for kind in KINDS {
        for (minor, guid, mut buffer, expected) in [
            (Minor::RegInfo, unknown, vec![0; 4096], SRB_STATUS_SUCCESS),
            (Minor::RegInfoEx, unknown, vec![0; 4096], SRB_STATUS_SUCCESS),
            (
                Minor::QueryAllData,
                counters,
                all(counters),
                SRB_STATUS_SUCCESS,
            ),
            (Minor::QueryAllData, unknown, all(unknown), SRB_STATUS_ERROR),
            (
                Minor::QuerySingleInstance,
                counters,
                query(counters),
                SRB_STATUS_SUCCESS,
            ),
            (
                Minor::QuerySingleInstance,
                counters,
                vec![0; 16],
                SRB_STATUS_DATA_OVERRUN,
            ),
            (
                Minor::ChangeSingleInstance,
                settings,
                set.clone(),
                SRB_STATUS_SUCCESS,
            ),
            (
                Minor::ChangeSingleItem,
                settings,
                item.clone(),
                SRB_STATUS_SUCCESS,
            ),
            (
                Minor::EnableEvents,
                LinkReset::GUID,
                vec![],
                SRB_STATUS_SUCCESS,
            ),
            (
                Minor::DisableEvents,
                LinkReset::GUID,
                vec![],
                SRB_STATUS_SUCCESS,
            ),
            (
                Minor::EnableCollection,
                counters,
                vec![],
                SRB_STATUS_SUCCESS,
            ),
            (
                Minor::DisableCollection,
                counters,
                vec![],
                SRB_STATUS_SUCCESS,
            ),
            (
                Minor::ExecuteMethod,
                settings,
                method.clone(),
                SRB_STATUS_INVALID_REQUEST,
            ),
        ] {
            let sent = send(&driver, request(kind, minor, guid), &mut buffer);
            assert_eq!(sent.status, expected, "{minor:?} {guid}");
        }
        // Codes that are not of WMI.
        for code in (0..=0xff).filter(|code| Minor::from_code(*code).is_none()) {
            let send = Send {
                minor: code.into(),
                ..request(kind, Minor::QueryAllData, counters)
            };
            let sent = self::send(&driver, send, &mut [0; 64]);
            assert_eq!(sent.status, SRB_STATUS_INVALID_REQUEST, "{code:#x}");
        }
        // The adapter has no logical units.
        let unit = Send {
            is_foreign: 1,
            ..request(kind, Minor::QueryAllData, counters)
        };
        let sent = send(&driver, unit, &mut all(counters));
        assert_eq!(sent.status, SRB_STATUS_INVALID_REQUEST);
        let status = function(&driver, kind, SRB_FUNCTION_ABORT_COMMAND);
        assert_eq!(status, SRB_STATUS_INVALID_REQUEST);
    }
}

fn all(guid: Guid) -> Vec<u8> {
    use wmi_core::wnode::flags::WNODE_FLAG_ALL_DATA;
    use wmi_core::wnode::{WnodeAllData, WnodeHeader};
    use zerocopy::FromBytes as _;
    let mut bytes = vec![0; 512];
    let (header, _) = WnodeHeader::mut_from_prefix(&mut bytes).unwrap();
    header.buffer_size.set(WnodeAllData::DATA_OFFSET as u32);
    header.guid = guid.to_bytes();
    header.flags.set(WNODE_FLAG_ALL_DATA);
    bytes
}

#[test]
fn bus_resets_send_events_while_somebody_listens() {
    let driver = load();
    let arena = Arena::new();
    let file = bmf::decode(&arena, &driver.image.binary_mof(MOF_RESOURCE)).unwrap();
    let client = Client::new(&file);
    let mut wmi = simulator(&driver.host, 1).with_schema(&file);
    wmi.register().unwrap();
    let reset = || function(&driver, 0, SRB_FUNCTION_RESET_BUS);
    assert_eq!(reset(), SRB_STATUS_SUCCESS);
    assert_eq!(driver.host.next_event(), None);
    wmi.enable_events::<LinkReset>().unwrap();
    assert_eq!(reset(), SRB_STATUS_SUCCESS);
    let wnode = driver.host.next_event().expect("an event");
    assert!(wnode.len() <= 128, "Storport drops larger ones");
    let event = client.decode(&wnode).unwrap();
    assert!(event.is_event());
    assert_eq!(event.class.name, "IscsiMiniport_LinkReset");
    let [instance] = event.instances() else {
        panic!("{event}");
    };
    assert_eq!(instance.object.get("Resets").unwrap().as_u64(), Some(2));
    wmi.disable_events::<LinkReset>().unwrap();
    assert_eq!(reset(), SRB_STATUS_SUCCESS);
    assert_eq!(driver.host.next_event(), None);
    assert_eq!(driver.state().lost_events, 0);
}

/// Sends a query that has to wait, and returns its number.
fn kept(driver: &Driver, kind: u32) -> u32 {
    let request = request(kind, Minor::QuerySingleInstance, Negotiation::GUID);
    let (sent, _) = driver.host.post(request, &query(Negotiation::GUID));
    assert_eq!((sent.returned, sent.completions), (1, 0));
    assert!(driver.host.completed(sent.id, 256).is_none());
    sent.id
}

#[test]
fn queries_wait_for_the_end_of_a_negotiation() {
    let driver = load();
    function(&driver, 0, SRB_FUNCTION_RESET_BUS);
    let kept = KINDS.map(|kind| kept(&driver, kind));
    // Other requests are answered meanwhile.
    let mut buffer = query(MSiSCSI_MMIPSECStats::GUID);
    let other = request(0, Minor::QuerySingleInstance, MSiSCSI_MMIPSECStats::GUID);
    assert_eq!(send(&driver, other, &mut buffer).status, SRB_STATUS_SUCCESS);
    function(&driver, 0, SRB_FUNCTION_IO_CONTROL);
    for id in kept {
        let (sent, buffer) = driver.host.completed(id, 256).expect("it is completed");
        assert_eq!(sent.status, SRB_STATUS_SUCCESS);
        assert_eq!(sent.information, 72);
        assert_eq!(buffer[64..72], [1, 0, 0, 0, 15, 0, 0, 0]);
    }
}

#[test]
fn resets_abort_queries_that_wait() {
    let driver = load();
    function(&driver, 0, SRB_FUNCTION_RESET_BUS);
    let kept = KINDS.map(|kind| kept(&driver, kind));
    function(&driver, 0, SRB_FUNCTION_RESET_BUS);
    for id in kept {
        let (sent, _) = driver.host.completed(id, 256).expect("it is completed");
        assert_eq!((sent.status, sent.information), (SRB_STATUS_ABORTED, 0));
    }
}

/// The stand-in counts a violation for each request that the adapter takes with it.
#[test]
fn adapters_that_go_complete_queries_that_wait() {
    let mut driver = load();
    function(&driver, 0, SRB_FUNCTION_RESET_BUS);
    let _kept = KINDS.map(|kind| kept(&driver, kind));
    assert_eq!(driver.remove(), NtStatus::SUCCESS);
    assert_eq!(driver.state().violations, 0);
}
