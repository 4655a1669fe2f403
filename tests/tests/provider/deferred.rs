//! Handlers that answer later: the request is left unchanged, and dispatched again.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use wmi_core::provider::{
    Block, BlockInstance, Event, Handle, HandleVariable, Minor, Outcome, Provider, Reply, Request,
    Response, Sent, VariableItemChange, kmdf,
};
use wmi_core::wnode::{SingleWnodeWriter, Target};
use wmi_core::{DataBlock, Execute, Guid, NtStatus, Wire, WmiClass, WmiMethod};

#[derive(WmiClass)]
#[wmi(name = "Vendor_Slow", base = "WMIEvent", methods(Measure))]
#[wmi(guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c31")]
struct Slow {
    #[wmi(data_id = 1, write)]
    value: u32,
}

#[derive(WmiClass)]
#[wmi(name = "Vendor_SlowText", variable)]
#[wmi(guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c32")]
struct SlowText<'a> {
    #[wmi(data_id = 1, write)]
    text: &'a str,
}

/// Adds to the value.
#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Measure {
    #[wmi(in, out)]
    value: u32,
}

/// An instance that answers at once or later.
struct Part {
    is_ready: AtomicBool,
    value: AtomicU32,
}

impl Part {
    fn new(is_ready: bool) -> Self {
        Self {
            is_ready: is_ready.into(),
            value: 7.into(),
        }
    }

    fn ready(&self) -> Result<(), NtStatus> {
        if self.is_ready.load(Ordering::Relaxed) {
            Ok(())
        } else {
            Err(NtStatus::PENDING)
        }
    }
}

impl Handle<Slow> for Part {
    fn query(&self) -> Result<Slow, NtStatus> {
        self.ready()?;
        let value = self.value.load(Ordering::Relaxed);
        Ok(Slow { value })
    }

    fn set(&self, block: &Wire<Slow>) -> Result<(), NtStatus> {
        self.ready()?;
        self.value.store(block.value(), Ordering::Relaxed);
        Ok(())
    }
}

impl Execute<Measure> for Part {
    fn execute(&self, input: MeasureInView<'_>) -> Result<MeasureOut, NtStatus> {
        self.ready()?;
        let before = self.value.fetch_add(input.value, Ordering::Relaxed);
        let value = before + input.value;
        Ok(MeasureOut { value })
    }
}

impl HandleVariable<SlowText<'_>> for Part {
    fn query(&self, reply: Reply<'_, SlowText<'_>>) -> Result<Sent, NtStatus> {
        self.ready()?;
        reply.send(&SlowText { text: "later" })
    }

    fn set(&self, _: SlowTextView<'_>) -> Result<(), NtStatus> {
        self.ready()
    }

    fn set_item(&self, _: VariableItemChange<'_>) -> Result<(), NtStatus> {
        self.ready()
    }
}

/// The first instance always answers at once.
struct Device {
    parts: [Part; 2],
    changed: Event<Slow>,
}

impl Device {
    fn new(is_ready: bool) -> Self {
        Self {
            parts: [Part::new(true), Part::new(is_ready)],
            changed: Event::new(),
        }
    }
}

const SLOW: &Block<Device> =
    &Block::fixed::<Slow, _>(|device: &Device, part| device.parts.get(part))
        .base_name("Slow", |_| 2)
        .events(|device| &device.changed)
        .on_listen(|device, _| device.parts[1].ready())
        .expensive(|device, _| device.parts[1].ready())
        .methods::<(Measure,)>();

static PROVIDER: Provider<Device> = Provider::new(&[
    SLOW,
    &Block::variable::<SlowText<'_>, _>(|device: &Device, part| device.parts.get(part))
        .base_name("SlowText", |_| 2),
]);

/// Builds a request to the second instance with this data, in a buffer with room for the reply.
fn request(minor: Minor, guid: Guid, data: &[u8]) -> [u8; 160] {
    let second = Target::Static(1);
    let writer = match minor {
        Minor::ExecuteMethod => SingleWnodeWriter::method(guid, second, 1),
        Minor::ChangeSingleItem => SingleWnodeWriter::item(guid, second, 1),
        _ => SingleWnodeWriter::instance(guid, second),
    };
    let mut buffer = [0xa5; 160];
    writer.write(data, &mut buffer).unwrap();
    buffer
}

fn dispatch(device: &Device, minor: Minor, guid: Guid, buffer: &mut [u8]) -> Outcome {
    PROVIDER.dispatch(device, Request::new(minor, guid, buffer))
}

/// Each request that reaches a handler or a switch of the driver.
const REQUESTS: [(Minor, Guid, &[u8]); 11] = [
    (Minor::QueryAllData, Slow::GUID, &[]),
    (Minor::QuerySingleInstance, Slow::GUID, &[]),
    (Minor::ChangeSingleInstance, Slow::GUID, &[9, 0, 0, 0]),
    (Minor::ChangeSingleItem, Slow::GUID, &[9, 0, 0, 0]),
    (Minor::ExecuteMethod, Slow::GUID, &[9, 0, 0, 0]),
    (Minor::EnableEvents, Slow::GUID, &[]),
    (Minor::EnableCollection, Slow::GUID, &[]),
    (Minor::QueryAllData, SlowText::GUID, &[]),
    (Minor::QuerySingleInstance, SlowText::GUID, &[]),
    (Minor::ChangeSingleInstance, SlowText::GUID, &[2, 0, 65, 0]),
    (Minor::ChangeSingleItem, SlowText::GUID, &[2, 0, 65, 0]),
];

#[test]
fn deferred_replies_equal_immediate_ones() {
    for (minor, guid, data) in REQUESTS {
        let mut at_once = request(minor, guid, data);
        let expected = dispatch(&Device::new(true), minor, guid, &mut at_once);
        assert!(matches!(expected, Outcome::Completed(response) if response.status.is_success()));

        let device = Device::new(false);
        let mut later = request(minor, guid, data);
        for _ in 0..2 {
            match dispatch(&device, minor, guid, &mut later) {
                Outcome::Pending(pending) => assert_eq!(pending.guid(), guid),
                Outcome::Completed(response) => panic!("{minor:?}: {response:?}"),
            }
            // The first instance was written before the second one deferred the request; its bytes
            // are not part of the request.
            let kept = if minor == Minor::QueryAllData {
                48
            } else {
                later.len()
            };
            assert_eq!(
                later[..kept],
                request(minor, guid, data)[..kept],
                "{minor:?}"
            );
        }
        assert!(!device.changed.is_enabled());
        device.parts[1].is_ready.store(true, Ordering::Relaxed);
        assert_eq!(dispatch(&device, minor, guid, &mut later), expected);
        assert_eq!(later, at_once, "{minor:?}");
        assert_eq!(device.changed.is_enabled(), minor == Minor::EnableEvents);
    }
}

#[test]
fn deferring_without_support_is_an_internal_error() {
    let failed = Response::new(NtStatus::INTERNAL_ERROR, 0);
    let device = Device::new(false);
    for (minor, guid, data) in REQUESTS {
        let mut buffer = request(minor, guid, data);
        let outcome = dispatch(&device, minor, guid, &mut buffer);
        assert_eq!(outcome.immediate(), failed);
    }
    let instance = BlockInstance::new(SLOW, &device, 1);
    for outcome in [
        instance.query(&mut [0; 4]),
        instance.execute(1, 4, &mut [0; 4]),
        instance.set(&[0; 4]),
        instance.set_item(1, &[0; 4]),
    ] {
        assert_eq!(outcome.immediate(), failed);
    }
    let control = kmdf::ProviderControl::Event;
    let switched = kmdf::function_control(&PROVIDER, SLOW, &device, control, true);
    assert_eq!(switched, failed.status);
}
