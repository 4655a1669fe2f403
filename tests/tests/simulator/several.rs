//! Several devices that provide one class.

use core::cell::RefCell;
use core::sync::atomic::{AtomicU32, Ordering};

use super::shared::boxed;
use wmi_core::provider::{Block, Event, Handle, ItemChange, Minor, Provider, Request};
use wmi_core::wnode::Target;
use wmi_core::{DataBlock, NtStatus, Wire, WmiClass};
use wmi_tools::simulator::{EventQueue, Failure, ProtocolRule, Simulator};

/// One instance per device, named by the physical device object.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Disk", base = "WMIEvent")]
#[wmi(guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c51")]
struct Disk {
    #[wmi(data_id = 1)]
    sectors: u32,
}

/// Any number of instances with dynamic names.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Volume", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c52")]
struct Volume {
    #[wmi(data_id = 1, write)]
    free: u32,
}

struct NamedVolume {
    name: &'static str,
    free: AtomicU32,
}

struct Device {
    disk: Disk,
    volumes: Vec<NamedVolume>,
    changed: Event<Disk>,
}

impl Device {
    fn new(sectors: u32, names: &[&'static str]) -> Self {
        let volume = |name: &&'static str| NamedVolume {
            name,
            free: sectors.into(),
        };
        Self {
            disk: Disk { sectors },
            volumes: names.iter().map(volume).collect(),
            changed: Event::new(),
        }
    }
}

impl Handle<Volume> for NamedVolume {
    fn query(&self) -> Result<Volume, NtStatus> {
        let free = self.free.load(Ordering::Relaxed);
        Ok(Volume { free })
    }

    fn set(&self, block: &Wire<Volume>) -> Result<(), NtStatus> {
        self.free.store(block.free(), Ordering::Relaxed);
        Ok(())
    }

    fn set_item(&self, change: ItemChange<'_, Volume>) -> Result<(), NtStatus> {
        let mut block = Wire::zeroed();
        change.apply(&mut block)?;
        self.set(&block)
    }
}

static PROVIDER: Provider<Device> = Provider::with_pdo(
    &[
        &Block::counters(|device: &Device, number| (number == 0).then_some(&device.disk))
            .events(|device| &device.changed),
        &Block::fixed::<Volume, _>(|device: &Device, number| device.volumes.get(number))
            .dynamic(|device, number| device.volumes.get(number).map(|volume| volume.name)),
    ],
    |_| 0x2000,
);

const SECOND: &str = r"ROOT\SIMULATED\0001";

fn devices() -> [Device; 2] {
    [Device::new(1, &["A", "B"]), Device::new(2, &["C"])]
}

fn simulator(
    [first, second]: &[Device; 2],
) -> Simulator<'_, impl FnMut(Request<'_>) -> wmi_core::provider::Outcome> {
    boxed(|request| PROVIDER.dispatch(first, request))
        .with_device(SECOND, |request| PROVIDER.dispatch(second, request))
}

#[test]
fn querying_all_instances_asks_each_device() -> Result<(), Failure> {
    let devices = devices();
    let mut wmi = simulator(&devices);
    wmi.register()?;
    assert_eq!(wmi.registrations().count(), 2);
    let names = [r"ROOT\SIMULATED\0000_0", r"ROOT\SIMULATED\0001_0"];
    assert_eq!(wmi.instances(Disk::GUID)?, names);
    let disks = wmi.query_all::<Disk>()?;
    let disks: Vec<_> = disks
        .iter()
        .map(|disk| (&*disk.name, disk.value.sectors()))
        .collect();
    assert_eq!(disks, [(names[0], 1), (names[1], 2)]);
    let volumes = wmi.query_all::<Volume>()?;
    let volumes: Vec<_> = volumes.iter().map(|volume| &*volume.name).collect();
    assert_eq!(volumes, ["A", "B", "C"]);
    assert_eq!(wmi.verify(), []);
    wmi.deregister()?;
    wmi.unload()
}

#[test]
fn instance_requests_go_to_the_owning_device() -> Result<(), Failure> {
    let devices = devices();
    let mut wmi = simulator(&devices);
    wmi.register()?;
    assert_eq!(wmi.query::<Disk>(r"root\simulated\0001_0")?.sectors(), 2);
    assert_eq!(wmi.query::<Disk>(1)?.sectors(), 2);
    assert_eq!(wmi.query::<Volume>(2)?.free(), 2);
    wmi.set_item("C", Volume::FREE, 3)?;
    assert_eq!(devices[1].volumes[0].free.load(Ordering::Relaxed), 3);
    wmi.set_item(0, Volume::FREE, 4)?;
    assert_eq!(devices[0].volumes[0].free.load(Ordering::Relaxed), 4);
    let nobody = wmi.query::<Volume>("D").unwrap_err();
    assert_eq!(nobody.status(), Some(NtStatus::WMI_INSTANCE_NOT_FOUND));
    let nobody = wmi.query::<Disk>("D").unwrap_err();
    assert!(matches!(nobody, Failure::NoInstance { .. }), "{nobody}");
    Ok(())
}

/// WMI knows which device has a static name. With dynamic names it asks each device in turn.
#[test]
fn missing_instances_are_looked_up_on_the_next_device() -> Result<(), Failure> {
    let devices = devices();
    let asked = RefCell::new(Vec::new());
    let dispatch = |device: usize, request: Request<'_>| {
        if request.minor == Minor::QuerySingleInstance {
            asked.borrow_mut().push(device);
        }
        PROVIDER.dispatch(&devices[device], request)
    };
    let mut wmi = boxed(|request: Request<'_>| dispatch(0, request))
        .with_device(SECOND, |request| dispatch(1, request));
    wmi.register()?;
    wmi.query::<Disk>(r"ROOT\SIMULATED\0001_0")?;
    assert!(!asked.take().contains(&0));
    wmi.query::<Volume>("C")?;
    let asked = asked.take();
    assert_eq!((asked[0], asked[1]), (0, 1));
    Ok(())
}

#[test]
fn duplicate_names_across_devices_are_found() {
    static PROVIDER: Provider<Device> =
        Provider::new(&[
            &Block::counters(|device: &Device, _| Some(&device.disk)).base_name("Disk", |_| 1)
        ]);
    let [first, second] = &devices();
    let mut wmi = boxed(|request| PROVIDER.dispatch(first, request))
        .with_device(SECOND, |request| PROVIDER.dispatch(second, request));
    let violations = wmi.verify();
    let name = "Disk0".to_owned();
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].rule, ProtocolRule::RepeatedName { name });
}

#[test]
fn each_device_sends_its_own_events() -> Result<(), Failure> {
    let devices = devices();
    let mut wmi = simulator(&devices);
    wmi.register()?;
    wmi.enable_events::<Disk>()?;
    let queues = [EventQueue::new(), EventQueue::new().of_device(1)];
    for (device, queue) in devices.iter().zip(&queues) {
        device
            .changed
            .send(queue, Target::Static(0), &device.disk)?;
    }
    let received = wmi.receive(&queues[0])?;
    assert_eq!(received[0].instances[0].name, r"ROOT\SIMULATED\0000_0");
    let received = wmi.receive(&queues[1])?;
    assert_eq!(received[0].instances[0].name, r"ROOT\SIMULATED\0001_0");
    assert_eq!(received[0].block::<Disk>()?.sectors(), 2);

    let other = EventQueue::new().of_device(2);
    devices[0]
        .changed
        .send(&other, Target::Static(0), &devices[0].disk)?;
    let failure = wmi.receive(&other).unwrap_err();
    let (provider_id, expected) = (3, 1);
    let rule = ProtocolRule::WrongProvider {
        provider_id,
        expected,
    };
    assert_eq!(failure.violation().unwrap().rule, rule);
    wmi.disable_events::<Disk>()?;
    assert!(devices.iter().all(|device| !device.changed.is_enabled()));
    Ok(())
}
