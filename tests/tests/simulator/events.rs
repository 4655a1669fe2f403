//! Events that a listener receives.

use wmi_core::wnode::{EventReferenceWriter, SingleWnodeWriter, Target};
use wmi_core::{DataBlock, Guid, NtStatus};
use wmi_tools::client::Datum;
use wmi_tools::simulator::{EventQueue, Failure, ProtocolRule};

use super::device::*;
use super::kinds::simulator;

const ALARM: Alarm = Alarm { code: 7, port: 2 };

const _: () = {
    const fn can_be_shared<T: Send + Sync>() {}
    can_be_shared::<EventQueue>();
};

#[test]
fn enabled_events_are_received() {
    let (device, queue) = (Device::new(), EventQueue::new());
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    let alarm = || device.alarm.send(&queue, Target::Static(0), &ALARM);
    alarm().unwrap();
    assert_eq!(wmi.receive(&queue).unwrap(), []);

    wmi.enable_events::<Alarm>().unwrap();
    alarm().unwrap();
    alarm().unwrap();
    let events = wmi.receive(&queue).unwrap();
    assert_eq!(events.len(), 2);
    let block = events[0].block::<Alarm>().unwrap();
    assert_eq!((block.code(), block.port()), (7, 2));
    assert_eq!(events[0].instances[0].name, "Alarm0");
    let objects = wmi.objects(&events[1]).unwrap();
    assert_eq!(objects[0].value.get("Code"), Some(&Datum::U32(7)));
    let other = events[0].block::<PortStats>().unwrap_err();
    assert_eq!(other.rule, ProtocolRule::OtherEvent);
    assert_eq!(other.class.as_deref(), Some("Vendor_Alarm"));

    queue.refuse(Some(NtStatus::INSUFFICIENT_RESOURCES));
    assert_eq!(alarm(), Err(NtStatus::INSUFFICIENT_RESOURCES));
    queue.refuse(None);
    wmi.disable_events::<Alarm>().unwrap();
    alarm().unwrap();
    assert_eq!(wmi.receive(&queue).unwrap(), []);
}

#[test]
fn events_of_items_and_of_all_instances_are_received() {
    let (device, queue) = (Device::new(), EventQueue::new());
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.enable_events::<PortStats>().unwrap();
    let (target, item) = (Target::Static(1), PortStats::SENT);
    device
        .stats_changed
        .send_item(&queue, target, item, 99)
        .unwrap();
    device
        .stats_changed
        .send_all(&queue, &device.ports)
        .unwrap();
    let events = wmi.receive(&queue).unwrap();
    assert_eq!(events[0].instances[0].name, "Port1");
    assert_eq!(events[0].item(item).unwrap(), 99);
    assert_eq!(
        events[0].block::<PortStats>().unwrap_err().rule,
        ProtocolRule::OtherEvent
    );
    let objects = wmi.objects(&events[1]).unwrap();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[1].value.get("Sent"), Some(&Datum::U64(6)));
}

/// A failed test prints the message, and `?` converts every error.
#[test]
fn events_of_another_class_are_violations() {
    fn test(device: &Device, queue: &EventQueue) -> Result<(), Failure> {
        let mut wmi = simulator(device);
        wmi.register()?;
        wmi.enable_events::<Alarm>()?;
        device.alarm.send(queue, Target::Static(0), &ALARM)?;
        let events = wmi.receive(queue)?;
        events[0].block::<PortStats>()?;
        Ok(())
    }
    let (device, queue) = (Device::new(), EventQueue::new());
    let failure = test(&device, &queue).unwrap_err();
    let violation = failure.violation().unwrap();
    let text = format!(
        "event of Vendor_Alarm {}: the event is of another class, or does not carry this item",
        Alarm::GUID
    );
    assert_eq!(
        [failure.to_string(), format!("{failure:?}")],
        [&*text, &*text]
    );
    assert_eq!(
        [violation.to_string(), format!("{violation:?}")],
        [&*text, &*text]
    );
    assert_eq!(format!("{:?}", violation.rule), violation.rule.to_string());
    assert_eq!(format!("{:#?}", [violation]), format!("[\n    {text},\n]"));

    queue.refuse(Some(NtStatus::INSUFFICIENT_RESOURCES));
    let failure = test(&device, &queue).unwrap_err();
    let text = "the driver function failed with STATUS_INSUFFICIENT_RESOURCES";
    assert_eq!(
        (failure.status(), format!("{failure:?}")),
        (None, text.to_owned())
    );
}

/// An event that is too large is sent as a reference to its data.
#[test]
fn references_are_followed() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.enable_events::<Alarm>().unwrap();
    let mut bytes = [0; 128];
    let reference = EventReferenceWriter {
        guid: Alarm::GUID,
        target_guid: PortStats::GUID,
        target: Target::Static(1),
        target_size: 10,
        provider_id: 1,
        time_stamp: 1,
    };
    let size = reference.write(&mut bytes).unwrap();
    let event = wmi.event(&bytes[..size]).unwrap().unwrap();
    assert_eq!(event.instances[0].name, "Port1");
    assert!(event.is::<Alarm>());
    assert_eq!(event.block::<PortStats>().unwrap().sent(), 6);
    let objects = wmi.objects(&event).unwrap();
    assert_eq!(objects[0].value.class(), "Vendor_PortStats");
}

#[test]
fn broken_events_are_found() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.enable_events::<Alarm>().unwrap();
    let mut rule = |writer: SingleWnodeWriter<'_>, data: usize| {
        let writer = writer.time_stamp(1);
        let mut bytes = vec![0; writer.needed(data).unwrap()];
        writer.write(&vec![0; data], &mut bytes).unwrap();
        match wmi.event(&bytes) {
            Err(Failure::Violation(violation)) => violation.rule,
            other => panic!("{other:?}"),
        }
    };
    let alarm = |index| SingleWnodeWriter::instance(Alarm::GUID, Target::Static(index));
    assert!(matches!(rule(alarm(0), 6), ProtocolRule::NoEvent { .. }));
    let size = 1032;
    assert_eq!(
        rule(alarm(0).event(1), 968),
        ProtocolRule::EventTooLarge { size }
    );
    let (index, registered) = (1, 1);
    assert_eq!(
        rule(alarm(1).event(1), 6),
        ProtocolRule::WrongInstance { index, registered }
    );
    assert!(matches!(rule(alarm(0).event(1), 5), ProtocolRule::Data(_)));
    let nobody = SingleWnodeWriter::instance(Guid::NIL, Target::Static(0)).event(1);
    assert_eq!(rule(nobody, 6), ProtocolRule::UnknownEvent);
    assert!(wmi.event(&[0; 8]).is_err());
}
