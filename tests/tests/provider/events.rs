//! Events as they are sent.

use core::cell::RefCell;

use std::sync::Mutex;

use wmi_core::provider::{
    Block, Event, EventSink, HandleVariable, Minor, Provider, Reply, Request, Sent,
};
use wmi_core::wnode::{InstanceId, NamedInstance, Target, Wnode};
use wmi_core::{DataBlock, NtStatus, VariableClass, WmiClass};

use crate::device::*;

/// A system that keeps the events it is sent.
#[derive(Default)]
struct System {
    taken: RefCell<Vec<Vec<u8>>>,
    has_no_memory: bool,
    refuses: Option<NtStatus>,
}

impl EventSink for System {
    type Memory = Vec<u8>;

    fn allocate(&self, size: usize) -> Option<Vec<u8>> {
        (!self.has_no_memory).then(|| vec![0xa5; size])
    }

    fn send(&self, event: Vec<u8>) -> Result<(), NtStatus> {
        match self.refuses {
            Some(status) => Err(status),
            None => {
                self.taken.borrow_mut().push(event);
                Ok(())
            }
        }
    }

    fn provider_id(&self) -> u32 {
        0x1234
    }

    fn time_stamp(&self) -> i64 {
        77
    }
}

impl System {
    fn last(&self) -> Vec<u8> {
        self.taken.borrow_mut().pop().expect("an event was sent")
    }
}

/// A log of any length that can be queried and is also an event.
#[derive(WmiClass)]
#[wmi(variable, guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c11")]
struct Log<'a> {
    #[wmi(data_id = 1)]
    text: &'a str,
}

/// `Log` as an event only.
#[derive(WmiClass)]
#[wmi(
    event,
    variable,
    base = "WMIEvent",
    guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c12"
)]
struct Message<'a> {
    #[wmi(data_id = 1)]
    text: &'a str,
}

const ALARM: Alarm = Alarm { code: 5, port: 6 };

#[test]
fn events_are_switched_without_a_block() {
    let event = Event::<Alarm>::new();
    for on in [true, true, false, false, true] {
        event.enable(on);
        assert_eq!(event.is_enabled(), on);
    }
}

#[test]
fn events_are_sent_while_enabled() {
    let (device, system) = (Device::new(), System::default());
    let switch = |minor| {
        let response = PROVIDER
            .dispatch(&device, Request::new(minor, Alarm::GUID, &mut []))
            .immediate();
        assert_eq!(response.status, NtStatus::SUCCESS);
    };
    let send = || device.alarm.send(&system, Target::Static(3), &ALARM);
    assert_eq!(send(), Ok(()));
    assert!(system.taken.borrow().is_empty());

    switch(Minor::EnableEvents);
    assert!(device.alarm.is_enabled() && !device.stats_changed.is_enabled());
    assert_eq!(send(), Ok(()));
    let event = system.last();
    // As `ClassWmiFireEvent` does: EVENT_ITEM, STATIC_INSTANCE_NAMES, SINGLE_INSTANCE.
    assert_eq!((event.len(), &event[44..48]), (70, &[0x8a, 0, 0, 0][..]));
    assert_eq!(
        (event[4..8].to_vec(), event[16]),
        (vec![0x34, 0x12, 0, 0], 77)
    );
    let Ok(Wnode::SingleInstance(read)) = Wnode::decode(&event) else {
        panic!()
    };
    assert_eq!(read.id(), InstanceId::Static(3));
    let block = read.block::<Alarm>().unwrap();
    assert_eq!((block.code(), block.port()), (5, 6));

    switch(Minor::DisableEvents);
    assert_eq!(send(), Ok(()));
    assert!(system.taken.borrow().is_empty());
}

#[test]
fn single_items_and_all_instances_are_sent() {
    let (event, system) = (Event::<Alarm>::new(), System::default());
    event.enable(true);
    event
        .send_item(&system, Target::Dynamic("a"), Alarm::PORT, 9)
        .unwrap();
    let sent = system.last();
    assert_eq!(sent[44], 0x8 | 0x4);
    let Ok(Wnode::SingleItem(read)) = Wnode::decode(&sent) else {
        panic!()
    };
    assert_eq!((read.item_id(), read.data()), (2, &[9, 0][..]));
    assert!(matches!(read.id(), InstanceId::Dynamic(name) if name == "a"));

    event
        .send_all(&system, &[ALARM, Alarm { code: 7, port: 8 }])
        .unwrap();
    let sent = system.last();
    assert_eq!(sent[44], 0x8 | 0x1 | 0x10 | 0x80);
    let Ok(Wnode::AllData(read)) = Wnode::decode(&sent) else {
        panic!()
    };
    let codes: Vec<_> = read
        .blocks::<Alarm>()
        .unwrap()
        .map(|block| block.code())
        .collect();
    assert_eq!(
        (codes, read.header().provider_id.get()),
        (vec![5, 7], 0x1234)
    );

    let named = [NamedInstance {
        name: "x",
        instance: ALARM,
    }];
    event.send_all(&system, &named).unwrap();
    let sent = system.last();
    let Ok(Wnode::AllData(read)) = Wnode::decode(&sent) else {
        panic!()
    };
    assert!(matches!(read.id(0), Some(InstanceId::Dynamic(name)) if name == "x"));
}

/// The limit of 1 KiB applies to the whole WNODE, whether its data or its name is long.
#[test]
fn events_are_limited_to_1_kib() {
    let (event, system) = (Event::<Message<'_>>::new(), System::default());
    event.enable(true);
    let text = "a".repeat(479);
    let longer = "a".repeat(480);
    let send = |text, source| event.send_variable(&system, source, &Message { text });
    assert_eq!(send(&text, Target::Static(0)), Ok(()));
    assert_eq!(system.last().len(), 1024);
    assert_eq!(
        send(&longer, Target::Static(0)),
        Err(NtStatus::BUFFER_OVERFLOW)
    );
    assert_eq!(
        send(&text, Target::Dynamic("a")),
        Err(NtStatus::BUFFER_OVERFLOW)
    );
    assert_eq!(
        send("a\0", Target::Static(0)),
        Err(NtStatus::INTERNAL_ERROR)
    );
    assert!(system.taken.borrow().is_empty());

    let alarms = [const { ALARM }; 121].map(|alarm| alarm);
    let all = Event::<Alarm>::new();
    all.enable(true);
    assert_eq!(
        all.send_all(&system, &alarms),
        Err(NtStatus::BUFFER_OVERFLOW)
    );
    assert_eq!(all.send_all(&system, &alarms[..120]), Ok(()));
}

/// A device whose log can be queried, and must be watched to send events.
#[derive(Default)]
struct Logger {
    changed: Event<Log<'static>>,
    watched: Mutex<Vec<(bool, bool)>>,
    refuses: bool,
}

impl HandleVariable<Log<'_>> for Logger {
    fn query(&self, reply: Reply<'_, Log<'_>>) -> Result<Sent, NtStatus> {
        reply.send(&Log { text: "" })
    }
}

static LOGGER: Provider<Logger> =
    Provider::new(&[
        &Block::variable::<Log<'_>, _>(|device: &Logger, _| Some(device))
            .base_name("Log", |_| 1)
            .events(|device| &device.changed)
            .on_listen(|device, on| {
                if device.refuses {
                    return Err(NtStatus::INSUFFICIENT_RESOURCES);
                }
                let mut watched = device.watched.lock().unwrap();
                watched.push((on, device.changed.is_enabled()));
                Ok(())
            }),
    ]);

fn listen(device: &Logger, minor: Minor) -> NtStatus {
    let request = Request::new(minor, Log::GUID, &mut []);
    LOGGER.dispatch(device, request).immediate().status
}

/// Enabling reaches the device before the first event, disabling after the last.
#[test]
fn event_switch_runs_before_the_first_and_after_the_last_event() {
    let device = Logger::default();
    assert_eq!(listen(&device, Minor::EnableEvents), NtStatus::SUCCESS);
    assert!(device.changed.is_enabled());
    assert_eq!(listen(&device, Minor::DisableEvents), NtStatus::SUCCESS);
    assert!(!device.changed.is_enabled());
    let watched = device.watched.lock().unwrap();
    assert_eq!(*watched, [(true, false), (false, false)]);

    let refusing = Logger {
        refuses: true,
        ..Logger::default()
    };
    let status = listen(&refusing, Minor::EnableEvents);
    assert_eq!(status, NtStatus::INSUFFICIENT_RESOURCES);
    assert!(!refusing.changed.is_enabled());
}

/// A system whose registry sets a lower limit.
#[test]
fn lower_event_limits_are_honoured() {
    struct Strict(System);
    impl EventSink for Strict {
        type Memory = Vec<u8>;
        fn allocate(&self, size: usize) -> Option<Vec<u8>> {
            self.0.allocate(size)
        }
        fn send(&self, event: Vec<u8>) -> Result<(), NtStatus> {
            self.0.send(event)
        }
        fn provider_id(&self) -> u32 {
            self.0.provider_id()
        }
        fn time_stamp(&self) -> i64 {
            self.0.time_stamp()
        }
        fn limit(&self) -> usize {
            70
        }
    }
    let (event, system) = (Event::<Alarm>::new(), Strict(System::default()));
    event.enable(true);
    assert_eq!(event.send(&system, Target::Static(0), &ALARM), Ok(()));
    assert_eq!(system.0.last().len(), 70);
    let named = event.send(&system, Target::Dynamic("a"), &ALARM);
    assert_eq!(named, Err(NtStatus::BUFFER_OVERFLOW));
}

#[test]
fn large_events_are_sent_by_reference() {
    let (device, system) = (Logger::default(), System::default());
    assert_eq!(listen(&device, Minor::EnableEvents), NtStatus::SUCCESS);
    let event = &device.changed;
    for (source, end) in [(Target::Static(2), 72), (Target::Dynamic("ab"), 74)] {
        let text = "a".repeat(480);
        event
            .send_variable(&system, source, &Log { text: &text })
            .unwrap();
        let sent = system.last();
        assert_eq!(sent.len(), end);
        let Ok(Wnode::EventReference(read)) = Wnode::decode(&sent) else {
            panic!()
        };
        assert_eq!(
            (read.target_guid(), read.header().guid()),
            (Log::GUID, Log::GUID)
        );
        assert_eq!(read.target_data_block_size(), 962);
        match (source, read.id()) {
            (Target::Static(index), InstanceId::Static(read)) => assert_eq!(index, read),
            (Target::Dynamic(name), InstanceId::Dynamic(read)) => assert!(read == name),
            other => panic!("{other:?}"),
        }
        // A small event is sent whole.
        event
            .send_variable(&system, source, &Log { text: "a" })
            .unwrap();
        let sent = system.last();
        let Ok(Wnode::SingleInstance(read)) = Wnode::decode(&sent) else {
            panic!()
        };
        assert!(Log::decode(read.data()).unwrap().text == "a");
    }
    // So is an event of exactly the limit.
    let text = "a".repeat(479);
    event
        .send_variable(&system, Target::Static(0), &Log { text: &text })
        .unwrap();
    let sent = system.last();
    assert_eq!(sent.len(), 1024);
    assert!(matches!(Wnode::decode(&sent), Ok(Wnode::SingleInstance(_))));
}

#[test]
fn send_errors_are_returned() {
    let event = Event::<Alarm>::new();
    event.enable(true);
    let system = System {
        has_no_memory: true,
        ..System::default()
    };
    let sent = event.send(&system, Target::Static(0), &ALARM);
    assert_eq!(sent, Err(NtStatus::INSUFFICIENT_RESOURCES));
    let system = System {
        refuses: Some(NtStatus::WMI_GUID_NOT_FOUND),
        ..System::default()
    };
    let sent = event.send(&system, Target::Static(0), &ALARM);
    assert_eq!(sent, Err(NtStatus::WMI_GUID_NOT_FOUND));
}
