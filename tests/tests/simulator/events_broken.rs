//! Events that break a rule, and their largest size.

use wmi_core::provider::{EventSink, Minor, Request, Response};
use wmi_core::wnode::{
    AllDataWriter, EventReferenceWriter, NamedInstance, SingleWnodeWriter, Target, WnodeHeader,
};
use wmi_core::{DataBlock, Guid, NtStatus};
use wmi_tools::simulator::{EventQueue, Failure, ProtocolRule, Simulator};

use super::device::*;
use super::kinds::{SCHEMA, simulator};

const ALARM: Alarm = Alarm { code: 7, port: 2 };

/// The rule that an event breaks.
fn rule(bytes: &[u8]) -> ProtocolRule {
    match received(bytes) {
        Err(Failure::Violation(violation)) => violation.rule,
        other => panic!("{other:?}"),
    }
}

/// A simulator in which each class is also an event.
fn eventful(device: &Device) -> Simulator<'_, impl FnMut(Request<'_>) -> Response> {
    let answer = |mut request: Request<'_>| {
        if request.minor == Minor::EnableEvents {
            request.data_path = Alarm::GUID.into();
        }
        PROVIDER.dispatch(device, request).immediate()
    };
    Simulator::new(answer).with_schema(&SCHEMA)
}

fn received(bytes: &[u8]) -> Result<(), Failure> {
    let device = Device::new();
    let mut wmi = eventful(&device);
    wmi.register().unwrap();
    wmi.enable_events::<Alarm>().unwrap();
    wmi.enable_events::<PortStats>().unwrap();
    wmi.enable_events::<Session<'_>>().unwrap();
    wmi.enable_events::<Lane>().unwrap();
    wmi.event(bytes).map(|_| ())
}

fn written(writer: SingleWnodeWriter<'_>, data: &[u8]) -> Vec<u8> {
    let writer = writer.time_stamp(1);
    let mut bytes = vec![0; writer.needed(data.len()).unwrap()];
    writer.write(data, &mut bytes).unwrap();
    bytes
}

fn alarm(target: Target<'_>) -> SingleWnodeWriter<'_> {
    SingleWnodeWriter::instance(Alarm::GUID, target).event(EventQueue::PROVIDER_ID)
}

fn item(guid: Guid, id: u32) -> SingleWnodeWriter<'static> {
    SingleWnodeWriter::item(guid, Target::Static(0), id).event(EventQueue::PROVIDER_ID)
}

#[test]
fn event_data_of_another_class_is_found() {
    let first = Target::Static(0);
    assert_eq!(received(&written(alarm(first), &[0; 6])), Ok(()));
    // With the padding of C's `sizeof`.
    assert_eq!(received(&written(alarm(first), &[0; 8])), Ok(()));
    let (size, expected) = (9, 6);
    let wrong = rule(&written(alarm(first), &[0; 9]));
    assert_eq!(wrong, ProtocolRule::WrongSize { size, expected });
}

#[test]
fn unknown_event_items_are_found() {
    let sent = PortStats::SENT.id();
    assert_eq!(
        received(&written(item(PortStats::GUID, sent), &[0; 8])),
        Ok(())
    );
    let wrong = rule(&written(item(PortStats::GUID, 99), &[0]));
    assert!(matches!(wrong, ProtocolRule::Data(_)), "{wrong}");
    let wrong = rule(&written(item(PortStats::GUID, sent), &[0; 7]));
    assert!(matches!(wrong, ProtocolRule::Data(_)), "{wrong}");
    let (size, expected) = (9, 8);
    let wrong = rule(&written(item(PortStats::GUID, sent), &[0; 9]));
    assert_eq!(wrong, ProtocolRule::WrongSize { size, expected });
}

#[test]
fn incomplete_event_headers_are_found() {
    let mut bytes = written(alarm(Target::Static(0)), &[0; 6]);
    // `ProviderId`.
    bytes[4] = 0;
    let (provider_id, expected) = (0, 1);
    assert_eq!(
        rule(&bytes),
        ProtocolRule::WrongProvider {
            provider_id,
            expected
        }
    );
    let mut bytes = written(alarm(Target::Static(0)), &[0; 6]);
    bytes[16..24].fill(0);
    assert_eq!(rule(&bytes), ProtocolRule::NoTimeStamp);
    // The memory may be larger than the event.
    let mut bytes = written(alarm(Target::Static(0)), &[0; 6]);
    bytes.resize(2000, 0xa5);
    assert_eq!(received(&bytes), Ok(()));
}

#[test]
fn wrong_kinds_of_instance_names_are_found() {
    let name = "nonsense".to_owned();
    let wrong = rule(&written(alarm(Target::Dynamic("nonsense")), &[0; 6]));
    assert_eq!(wrong, ProtocolRule::UnknownName { name });
    // An instance with a static name, named by it.
    assert_eq!(
        received(&written(alarm(Target::Dynamic("ALARM0")), &[0; 6])),
        Ok(())
    );

    let session = |target| {
        let writer = SingleWnodeWriter::instance(Session::GUID, target);
        written(writer.event(EventQueue::PROVIDER_ID), &[0; 4])
    };
    assert_eq!(received(&session(Target::Dynamic("first"))), Ok(()));
    let index = 0;
    assert_eq!(
        rule(&session(Target::Static(0))),
        ProtocolRule::IndexOfDynamicName { index }
    );
}

#[test]
fn repeated_instances_of_an_event_are_found() {
    let (errors, flags) = (1, 2);
    let lane = Lane { errors, flags };
    let named = ["A", "a"].map(|name| NamedInstance {
        name,
        instance: &lane,
    });
    let writer = AllDataWriter::new(&named).event(1).time_stamp(1);
    let mut bytes = vec![0; writer.needed::<Lane>().unwrap()];
    writer.write::<Lane>(&mut bytes).unwrap();
    let name = "a".to_owned();
    assert_eq!(rule(&bytes), ProtocolRule::RepeatedName { name });
}

#[test]
fn references_with_a_wrong_size_are_found() {
    let reference = |target_size| {
        let reference = EventReferenceWriter {
            guid: Alarm::GUID,
            target_guid: PortStats::GUID,
            target: Target::Static(1),
            target_size,
            provider_id: 1,
            time_stamp: 1,
        };
        let mut bytes = vec![0; reference.needed().unwrap()];
        reference.write(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(received(&reference(10)), Ok(()));
    let (size, queried) = (12, 10);
    assert_eq!(
        rule(&reference(12)),
        ProtocolRule::ReferenceSize { size, queried }
    );
}

/// All listeners would see the memory that a driver does not write.
#[test]
fn unwritten_event_bytes_are_found() {
    let (device, queue) = (Device::new(), EventQueue::new());
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.enable_events::<Alarm>().unwrap();
    let bytes = written(alarm(Target::Static(0)), &[0; 6]);
    let mut event = queue.allocate(bytes.len()).unwrap();
    event.copy_from_slice(&bytes);
    // No other rule checks `ClientContext`.
    event[40..44].copy_from_slice(&queue.allocate(4).unwrap());
    queue.send(event).unwrap();
    let failure = wmi.receive(&queue).unwrap_err();
    let violation = failure.violation().unwrap();
    assert_eq!(violation.class.as_deref(), Some("Vendor_Alarm"));
    let offset = core::mem::offset_of!(WnodeHeader, client_context);
    assert_eq!(
        failure.violation().unwrap().rule,
        ProtocolRule::Unwritten { offset }
    );
}

#[test]
fn a_broken_event_does_not_discard_others() {
    let (device, queue) = (Device::new(), EventQueue::new());
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.enable_events::<Alarm>().unwrap();
    let send = |code| {
        let alarm = Alarm { code, ..ALARM };
        device.alarm.send(&queue, Target::Static(0), &alarm)
    };
    send(1).unwrap();
    send(2).unwrap();
    queue.send(vec![0; 8]).unwrap();
    send(3).unwrap();
    assert!(wmi.receive(&queue).is_err());
    let events = wmi.receive(&queue).unwrap();
    let codes = events
        .iter()
        .map(|event| event.block::<Alarm>().unwrap().code());
    assert_eq!(codes.collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(wmi.receive(&queue).unwrap(), []);
}

/// The system refuses an event that is too large; the driver sends a reference instead.
#[test]
fn oversized_events_are_refused() {
    let (device, queue) = (Device::new(), EventQueue::with_limit(72));
    let mut wmi = eventful(&device);
    wmi.register().unwrap();
    wmi.enable_events::<Alarm>().unwrap();
    assert_eq!(queue.limit(), 72);
    let fits = written(alarm(Target::Static(0)), &[0; 6]);
    queue.send(fits).unwrap();
    let larger = SingleWnodeWriter::item(PortStats::GUID, Target::Static(0), 1).event(1);
    let larger = written(larger, &[0; 8]);
    assert_eq!(larger.len(), 80);
    assert_eq!(queue.send(larger), Err(NtStatus::BUFFER_OVERFLOW));
    assert_eq!(wmi.receive(&queue).unwrap().len(), 1);

    // The registry may allow more than 1 KB.
    let queue = EventQueue::with_limit(100_000);
    wmi.enable_events::<Session<'_>>().unwrap();
    let sizes = vec![7u8; 4 * 255];
    let data = [&[255, 0, 0, 0][..], &sizes, &[0, 0]].concat();
    let session = SingleWnodeWriter::instance(Session::GUID, Target::Dynamic("first"));
    let bytes = written(session.event(1), &data);
    assert!(matches!(wmi.event(&bytes), Err(Failure::Violation(_))));
    queue.send(bytes).unwrap();
    assert_eq!(wmi.receive(&queue).unwrap()[0].instances[0].value, data);
}
