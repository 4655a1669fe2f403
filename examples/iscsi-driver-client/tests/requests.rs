//! Every WMI request, by class and item names, with the schema in the image itself.

#![cfg(windows)]

use core::fmt::Debug;
use std::io::Write;

use driver_harness::Driver;
use driver_harness::protocol::{EVENT_SLOTS, PROVIDER_ID};
use iscsi_driver_client::schema::{
    Initiator, MOF_RESOURCE, MSiSCSI_MMIPSECStats, Reconnected, SCHEMA,
};
use iscsi_driver_client::{binary_mof, load, open_device};
use wmi_core::provider::{Minor, Request, Response};
use wmi_core::wnode::EVENT_LIMIT;
use wmi_core::{DataBlock, NtStatus};
use wmi_tools::Arena;
use wmi_tools::bmf::{self, Packing};
use wmi_tools::client::{Client, DataObject};
use wmi_tools::simulator::{Failure, Select, Simulator};

const INITIATOR: &str = "IscsiStatistics_Initiator";

/// A simulator that sends its requests to the driver.
type Wmi<'a> = Simulator<'a, Box<dyn Fn(Request<'_>) -> Response + 'a>>;

/// Loads and registers the driver, and passes it to the test with a client for the image's schema.
fn with_driver(test: impl FnOnce(&Driver, Wmi<'_>, &Client<'_>)) {
    let driver = load();
    let arena = Arena::new();
    let file = bmf::decode(&arena, &binary_mof(&driver)).unwrap();
    let mut wmi =
        Wmi::new(Box::new(|request| driver.host.system_control(request))).with_schema(&file);
    wmi.register().unwrap();
    test(&driver, wmi, &Client::new(&file));
}

/// Returns an item as a number.
fn number(object: &DataObject<'_>, item: &str) -> u64 {
    let value = object
        .get(item)
        .unwrap_or_else(|| panic!("{item} of {object}"));
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{item} of {object}"))
}

/// Queries an item of one instance as a number.
fn query<'i>(wmi: &mut Wmi<'_>, class: &str, instance: impl Into<Select<'i>>, item: &str) -> u64 {
    number(&wmi.query_object(class, instance).unwrap(), item)
}

fn status<T: Debug>(result: Result<T, Failure>) -> NtStatus {
    let failure = result.expect_err("the request is refused");
    failure.status().unwrap_or_else(|| panic!("{failure}"))
}

#[test]
fn loaded_image_holds_the_schema() {
    let driver = load();
    assert_eq!(
        binary_mof(&driver),
        bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap()
    );
}

#[test]
fn every_class_is_registered_with_its_instance_names() {
    with_driver(|_, mut wmi, client| {
        assert_eq!(wmi.registration().mof_resource, MOF_RESOURCE);
        let path = wmi.registration().registry_path.to_ascii_lowercase();
        assert!(
            path.ends_with(r"\services\iscsistatistics"),
            "{path}: the service's key"
        );
        let mut names = Vec::new();
        for block in wmi.registration().blocks.clone() {
            let class = client.class(block.guid).unwrap().name;
            let of_class = match block.is_event_only() {
                true => vec!["an event".to_owned()],
                false => wmi.instances(block.guid).unwrap(),
            };
            names.push(format!("{class}: {}", of_class.join(", ")));
        }
        // WMI takes the first part of a static name from the physical device object.
        assert_eq!(
            names,
            [
                "MSiSCSI_MMIPSECStats: ROOT\\SIMULATED\\0000_0",
                "MSiSCSI_QMIPSECStats: ROOT\\SIMULATED\\0000_0",
                "MSiSCSI_ConnectionStatistics: \
                 iqn.2026-01.com.example:disk_1:0, iqn.2026-01.com.example:tape_2:0",
                "MSiSCSI_SessionStatistics: \
                 iqn.2026-01.com.example:disk_1, iqn.2026-01.com.example:tape_2",
                "MSiSCSI_InitiatorLoginStatistics: ROOT\\SIMULATED\\0000_0",
                "MSiSCSI_InitiatorInstanceStatistics: ROOT\\SIMULATED\\0000_0",
                "MSiSCSI_NICPerformance: Port A, Port B",
                "MSiSCSI_RequestTimeStatistics: \
                 iqn.2026-01.com.example:disk_1:0, iqn.2026-01.com.example:tape_2:0",
                "IscsiStatistics_Initiator: ROOT\\SIMULATED\\0000_0",
                "IscsiStatistics_Reconnected: an event",
            ]
        );
    });
}

#[test]
fn writes_to_the_device_are_counted() {
    with_driver(|_, mut wmi, _| {
        const CONNECTION: &str = "MSiSCSI_ConnectionStatistics";
        const SESSION: &str = "MSiSCSI_SessionStatistics";
        const PORT: &str = "MSiSCSI_NICPerformance";
        let mut device = open_device().unwrap();
        for size in [512, 4096, 1000] {
            assert_eq!(device.write(&vec![0; size]).unwrap(), size);
        }
        // The next session's turn; the write is too long for one command.
        assert!(device.write(&vec![0; 262_145]).is_err());

        let sessions = wmi.query_all_objects(SESSION).unwrap();
        let sent: Vec<_> = sessions
            .iter()
            .map(|session| {
                let of = |item| number(&session.value, item);
                [
                    of("BytesSent"),
                    of("PDUCommandsSent"),
                    of("FormatErrors"),
                    of("USID"),
                ]
            })
            .collect();
        assert_eq!(sent, [[1512, 2, 0, 1], [4096, 1, 1, 2]]);
        assert_eq!(
            sessions[1].value.get("iSCSIName").unwrap().to_string(),
            "\"iqn.2026-01.com.example:tape\""
        );

        let tape = "IQN.2026-01.com.example:TAPE_2:0";
        assert_eq!(query(&mut wmi, CONNECTION, tape, "BytesSent"), 4096);
        assert_eq!(query(&mut wmi, CONNECTION, tape, "PDUResponsesReceived"), 1);
        assert_eq!(query(&mut wmi, PORT, "port a", "BytesTransmitted"), 1512);
        assert_eq!(query(&mut wmi, PORT, 1, "PDUReceived"), 1);
        let transport = query(&mut wmi, "MSiSCSI_QMIPSECStats", 0, "TransportBytesSent");
        assert_eq!(transport, 5608);
        let failures = "MSiSCSI_InitiatorInstanceStatistics";
        assert_eq!(query(&mut wmi, failures, 0, "SessionFormatErrorCount"), 1);

        // A target takes 100 ns per 100 bytes; the average gives each new time the weight one half.
        let mut times = |connection| {
            let time = "MSiSCSI_RequestTimeStatistics";
            let slowest = query(&mut wmi, time, connection, "MaximumProcessingTime");
            (
                slowest,
                query(&mut wmi, time, connection, "AverageProcessingTime"),
            )
        };
        assert_eq!(times(tape), (40, 20));
        assert_eq!(times("iqn.2026-01.com.example:disk_1:0"), (10, 6));
    });
}

/// Clients use the id to find what belongs to one adapter.
#[test]
fn adapter_has_one_id_in_all_classes() {
    with_driver(|_, mut wmi, _| {
        let mut ids = Vec::new();
        for class in SCHEMA.classes {
            if class
                .properties
                .iter()
                .any(|item| item.name == "UniqueAdapterId")
            {
                for instance in wmi.query_all_objects(class.name).unwrap() {
                    ids.push(number(&instance.value, "UniqueAdapterId"));
                }
            }
        }
        // Two sessions, their two connections in two classes, and the initiator in two classes.
        assert_eq!(ids.len(), 8);
        assert!(ids.iter().all(|id| *id != 0 && *id == ids[0]), "{ids:x?}");
    });
}

#[test]
fn writable_items_are_set() {
    with_driver(|_, mut wmi, _| {
        assert_eq!(query(&mut wmi, INITIATOR, 0, "LoginTimeout"), 15);
        wmi.set_value(INITIATOR, 0, "LoginTimeout", 30u32).unwrap();
        assert_eq!(query(&mut wmi, INITIATOR, 0, "LoginTimeout"), 30);

        let whole = wmi.query_object(INITIATOR, 0).unwrap();
        // WMI also sends the read-only items, which must stay as they are.
        let other = whole.with("LoginTimeout", 45u32).with("Sessions", 9u32);
        wmi.set_object(0, &other).unwrap();
        assert_eq!(query(&mut wmi, INITIATOR, 0, "LoginTimeout"), 45);
        assert_eq!(query(&mut wmi, INITIATOR, 0, "Sessions"), 2);
    });
}

#[test]
fn invalid_values_and_read_only_items_are_refused() {
    with_driver(|_, mut wmi, _| {
        for seconds in [0u32, 61] {
            let refused = wmi.set_value(INITIATOR, 0, "LoginTimeout", seconds);
            assert_eq!(status(refused), NtStatus::WMI_SET_FAILURE);
        }
        let refused = wmi.set_value(INITIATOR, 0, "Sessions", 3u32);
        assert_eq!(status(refused), NtStatus::WMI_READ_ONLY);
        assert_eq!(query(&mut wmi, INITIATOR, 0, "LoginTimeout"), 15);
        assert_eq!(query(&mut wmi, INITIATOR, 0, "Sessions"), 2);

        let counters = "MSiSCSI_MMIPSECStats";
        let refused = wmi.set_value(counters, 0, "KeyAdditions", 0u64);
        assert_eq!(status(refused), NtStatus::WMI_READ_ONLY);
        let block = wmi.query_object(counters, 0).unwrap();
        assert_eq!(status(wmi.set_object(0, &block)), NtStatus::WMI_READ_ONLY);
    });
}

#[test]
fn method_counts_and_sends_the_event() {
    with_driver(|driver, mut wmi, client| {
        let reconnect = |session: u32| DataObject::new("Reconnect").with("Session", session);
        let logins = "MSiSCSI_InitiatorLoginStatistics";
        assert_eq!(query(&mut wmi, logins, 0, "LoginAcceptRsps"), 2);

        // No client has subscribed yet.
        let output = wmi.execute_object(INITIATOR, 0, &reconnect(1)).unwrap();
        assert_eq!(number(&output, "Session"), 1);
        assert_eq!(number(&output, "Logins"), 3);
        assert_eq!(driver.host.next_event(), None);

        wmi.enable_events::<Reconnected>().unwrap();
        wmi.execute_object(INITIATOR, 0, &reconnect(0)).unwrap();
        let wnode = driver.host.next_event().expect("an event");
        assert!(wnode.len() <= EVENT_LIMIT);
        let event = client.decode(&wnode).unwrap();
        assert!(event.is_event());
        assert_eq!(event.class.name, "IscsiStatistics_Reconnected");
        assert_eq!(event.header.provider_id.get(), PROVIDER_ID);
        // Between the years 2020 and 2200, in units of 100 ns since 1601.
        let years = event.header.time_stamp.get() / (365 * 24 * 3600 * 10_000_000);
        assert!((419..600).contains(&years), "{:?}", event.header);
        let [instance] = event.instances() else {
            panic!("{event}");
        };
        assert_eq!(number(&instance.object, "Session"), 0);
        assert_eq!(number(&instance.object, "Logins"), 4);
        assert_eq!(driver.host.next_event(), None);

        wmi.disable_events::<Reconnected>().unwrap();
        wmi.execute_object(INITIATOR, 0, &reconnect(0)).unwrap();
        assert_eq!(driver.host.next_event(), None);
        assert_eq!(query(&mut wmi, logins, 0, "LoginAcceptRsps"), 5);
        assert_eq!(query(&mut wmi, logins, 0, "LogoutNormals"), 3);
        assert_eq!(
            query(&mut wmi, "MSiSCSI_MMIPSECStats", 0, "KeyAdditions"),
            5
        );
    });
}

#[test]
fn failed_method_has_no_effect() {
    with_driver(|driver, mut wmi, _| {
        wmi.enable_events::<Reconnected>().unwrap();
        let input = DataObject::new("Reconnect").with("Session", 2u32);
        let refused = wmi.execute_object(INITIATOR, 0, &input);
        assert_eq!(status(refused), NtStatus::INVALID_PARAMETER);
        let logins = "MSiSCSI_InitiatorLoginStatistics";
        assert_eq!(query(&mut wmi, logins, 0, "LoginAcceptRsps"), 2);
        assert_eq!(driver.host.next_event(), None);
    });
}

/// The driver must free the memory of an event that WMI refuses.
#[test]
fn refused_events_are_lost_without_other_effects() {
    with_driver(|driver, mut wmi, _| {
        wmi.enable_events::<Reconnected>().unwrap();
        let input = DataObject::new("Reconnect").with("Session", 0u32);
        for logins in 1..=EVENT_SLOTS as u64 + 3 {
            let output = wmi.execute_object(INITIATOR, 0, &input).unwrap();
            assert_eq!(number(&output, "Logins"), 2 + logins);
        }
        for _ in 0..EVENT_SLOTS {
            assert!(driver.host.next_event().is_some());
        }
        assert_eq!(driver.host.next_event(), None);
        wmi.execute_object(INITIATOR, 0, &input).unwrap();
        assert!(driver.host.next_event().is_some());
        // One event is still queued when the driver is unloaded.
        wmi.execute_object(INITIATOR, 0, &input).unwrap();
    });
}

#[test]
fn switching_requests_succeed_for_blocks_that_need_none() {
    with_driver(|driver, mut wmi, _| {
        // Sent by hand: the simulator sends these requests only for expensive blocks.
        for minor in [Minor::EnableCollection, Minor::DisableCollection] {
            let request = Request::new(minor, MSiSCSI_MMIPSECStats::GUID, &mut []);
            let response = driver.host.system_control(request);
            assert_eq!(response, Response::new(NtStatus::SUCCESS, 0));
        }
        // As Microsoft's dispatchers answer for a block that is not an event.
        wmi.enable_events::<Initiator>().unwrap();
        let update = wmi.update().unwrap();
        assert!(update.block(Initiator::GUID).is_some());
    });
}
