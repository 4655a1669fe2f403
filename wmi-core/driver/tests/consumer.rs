//! Consumers of WMI over the fake kernel: every call on every kind of block, and references that balance.

#![allow(unsafe_code, reason = "the tests play the providers")]
#![allow(non_camel_case_types, reason = "MOF has these names")]

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::Mutex;

use wmi_core::provider::{Event, Handle, HandleVariable, Provider, Reply, Sent};
use wmi_core::wnode::{InstanceId, Target, Wnode};
use wmi_core::{Execute, NtStatus, Wire, WmiClass, WmiMethod};
use wmi_driver::consumer::{Access, Listener, OpenBlock};
use wmi_driver::fake::{Irql, Kernel, WdmDevice};
use wmi_driver::wdm::{self, Wmi};

/// What a disk has done.
#[derive(WmiClass)]
#[wmi(
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c61",
    base = "Win32_PerfRawData"
)]
struct Vendor_Disk {
    /// Requests.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    requests: AtomicU64,
}

/// The settings of a fan.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c62", methods(Scale))]
struct Vendor_Fan {
    /// Which one.
    #[wmi(data_id = 1)]
    number: u16,
    /// Revolutions a minute.
    #[wmi(data_id = 2, write)]
    speed: u32,
}

/// Multiplies the speed.
#[derive(WmiMethod)]
#[wmi(id = 4)]
struct Scale {
    /// By this.
    #[wmi(in)]
    factor: u32,
    /// What it was.
    #[wmi(out)]
    before: u64,
}

/// The name of a slot.
#[derive(WmiClass)]
#[wmi(variable, guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c63")]
struct Vendor_Slot<'a> {
    /// The name.
    #[wmi(data_id = 1)]
    name: &'a str,
}

/// A fan has stopped.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c64"
)]
struct Vendor_Stopped {
    /// Which one.
    #[wmi(data_id = 1)]
    number: u16,
}

/// A class that nobody has.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c65")]
struct Vendor_Nothing {
    #[wmi(data_id = 1)]
    _value: u32,
}

struct Extension {
    wmi: Wmi<Extension>,
    disks: [Vendor_Disk; 2],
    speed: AtomicU32,
    stopped: Event<Vendor_Stopped>,
}

impl AsRef<Wmi<Self>> for Extension {
    fn as_ref(&self) -> &Wmi<Self> {
        &self.wmi
    }
}

type Block = wmi_core::provider::Block<Extension>;

static PROVIDER: Provider<Extension> = Provider::new(&[
    &Block::counters(|extension: &Extension, disk| extension.disks.get(disk))
        .base_name("Disk", |extension| extension.disks.len()),
    &Block::fixed::<Vendor_Fan, _>(|extension: &Extension, _| Some(extension))
        .methods::<(Scale,)>()
        .dynamic(|_, fan| ["front"].get(fan).copied()),
    &Block::variable::<Vendor_Slot<'_>, _>(|extension, _| Some(extension)).base_name("Slot", |_| 1),
    &Block::event(|extension: &Extension| &extension.stopped).base_name("Fan", |_| 1),
]);

impl Handle<Vendor_Fan> for Extension {
    fn query(&self) -> Result<Vendor_Fan, NtStatus> {
        let speed = self.speed.load(Ordering::Relaxed);
        Ok(Vendor_Fan { number: 1, speed })
    }

    fn set(&self, block: &Wire<Vendor_Fan>) -> Result<(), NtStatus> {
        self.speed.store(block.speed(), Ordering::Relaxed);
        Ok(())
    }
}

impl Execute<Scale> for Extension {
    fn execute(&self, input: ScaleInView<'_>) -> Result<ScaleOut, NtStatus> {
        let before = self.speed.load(Ordering::Relaxed);
        self.speed
            .store(before.wrapping_mul(input.factor), Ordering::Relaxed);
        Ok(ScaleOut {
            before: before.into(),
        })
    }
}

impl HandleVariable<Vendor_Slot<'_>> for Extension {
    fn query(&self, reply: Reply<'_, Vendor_Slot<'_>>) -> Result<Sent, NtStatus> {
        // More than is offered first.
        reply.send(&Vendor_Slot {
            name: &"slot".repeat(300),
        })
    }
}

/// A registered device outside of Plug and Play.
fn registered(kernel: &Kernel, requests: u64) -> WdmDevice {
    let driver = kernel.load_driver();
    // SAFETY: the device has an `Extension`.
    unsafe { wdm::install::<Extension>(driver.as_ptr()) };
    let device = kernel.create_device::<Extension>(driver);
    let extension = Extension {
        // SAFETY: the device stays until it is deregistered.
        wmi: unsafe { Wmi::standalone(&PROVIDER, device.as_ptr()) },
        disks: [Vendor_Disk::new(), Vendor_Disk::new()],
        speed: AtomicU32::new(1000),
        stopped: Event::new(),
    };
    extension.disks[0].add_requests(requests);
    extension.disks[1].add_requests(requests + 1);
    // SAFETY: the extension has room for it.
    unsafe { device.extension::<Extension>().write(extension) };
    extension_of(&device).wmi.register().unwrap();
    device
}

fn extension_of(device: &WdmDevice) -> &Extension {
    // SAFETY: it was written, and stays until the kernel goes.
    unsafe { &*device.extension::<Extension>() }
}

fn deregister(kernel: &Kernel, device: WdmDevice) {
    extension_of(&device).wmi.deregister();
    kernel.delete_device(device);
}

fn utf16(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

#[test]
fn all_instances_of_all_drivers_are_queried() {
    let kernel = Kernel::new();
    let devices = [registered(&kernel, 10), registered(&kernel, 20)];
    let block = OpenBlock::<Vendor_Disk>::open(Access::QUERY).unwrap();
    let data = kernel.at(Irql::Apc, || block.query_all()).unwrap();
    let found: Vec<_> = data
        .instances()
        .map(|instance| instance.unwrap())
        .map(|instance| (instance.id, instance.block.requests()))
        .collect();
    let expected = [(0, 10), (1, 11), (0, 20), (1, 21)];
    let mut expected = expected.map(|(index, count)| (InstanceId::Static(index), count));
    // The devices are asked in the order of their addresses.
    if found.first() != expected.first() {
        expected.rotate_left(2);
    }
    assert_eq!(found, expected);
    assert_eq!(data.wnodes().count(), 2);
    drop((data, block));
    for device in devices {
        deregister(&kernel, device);
    }
}

#[test]
fn one_instance_is_queried_by_its_name() {
    let kernel = Kernel::new();
    let device = registered(&kernel, 10);
    let disks = OpenBlock::<Vendor_Disk>::open(Access::QUERY).unwrap();
    // SAFETY: this is a device object.
    let name = unsafe { disks.instance_name(device.as_ptr()) }.unwrap();
    let data = disks.query(name.units()).unwrap();
    let found: Vec<_> = data
        .instances()
        .map(|it| it.unwrap().block.requests())
        .collect();
    assert_eq!(found, [10]);

    let fans = OpenBlock::<Vendor_Fan>::open(Access::QUERY).unwrap();
    let data = fans.query(&utf16("FRONT")).unwrap();
    let fan = data.instances().next().unwrap().unwrap();
    assert_eq!((fan.block.number(), fan.block.speed()), (1, 1000));
    let missing = fans.query(&utf16("rear")).unwrap_err();
    assert_eq!(missing, NtStatus::WMI_INSTANCE_NOT_FOUND);
    let long = fans.query(&[0x41; 0x8000]).unwrap_err();
    assert_eq!(long, NtStatus::INVALID_PARAMETER);
    drop((data, fans, name, disks));
    deregister(&kernel, device);
}

#[test]
fn buffers_grow_as_wmi_asks() {
    let kernel = Kernel::new();
    let device = registered(&kernel, 0);
    let block = OpenBlock::<Vendor_Slot<'_>>::open(Access::QUERY).unwrap();
    let data = block.query_all().unwrap();
    let Some(Ok(Wnode::AllData(slots))) = data.wnodes().next() else {
        panic!("{data:?}");
    };
    assert_eq!(slots.data(0).unwrap().len(), 2 + 2 * 1200);
    // And no memory, no data.
    kernel.limit_allocations(Some(1));
    let failed = block.query_all().unwrap_err();
    assert_eq!(failed, NtStatus::INSUFFICIENT_RESOURCES);
    kernel.limit_allocations(None);
    drop((data, block));
    deregister(&kernel, device);
}

#[test]
fn instances_and_items_are_set() {
    let kernel = Kernel::new();
    let device = registered(&kernel, 0);
    let speed = || extension_of(&device).speed.load(Ordering::Relaxed);
    let front = utf16("front");
    let fans = OpenBlock::<Vendor_Fan>::open(Access::SET).unwrap();
    let values = Vendor_Fan {
        number: 9,
        speed: 1500,
    };
    fans.set(&front, &values).unwrap();
    assert_eq!(speed(), 1500);
    fans.set_item(&front, Vendor_Fan::SPEED, 700).unwrap();
    assert_eq!(speed(), 700);
    let read_only = fans.set_item(&front, Vendor_Fan::NUMBER, 2);
    assert_eq!(read_only, Err(NtStatus::WMI_READ_ONLY));
    // The rights are those that it was opened with.
    assert_eq!(
        fans.query_all().unwrap_err(),
        NtStatus::from_value(0xc000_0022)
    );
    drop(fans);
    deregister(&kernel, device);
}

#[test]
fn methods_are_executed() {
    let kernel = Kernel::new();
    let device = registered(&kernel, 0);
    let access = Access::EXECUTE | Access::QUERY;
    let fans = OpenBlock::<Vendor_Fan>::open(access).unwrap();
    let input = ScaleIn { factor: 3 };
    let output = fans.execute::<Scale>(&utf16("front"), &input).unwrap();
    assert_eq!(output.decode().unwrap().before, 1000);
    assert_eq!(extension_of(&device).speed.load(Ordering::Relaxed), 3000);
    let missing = fans.execute::<Scale>(&utf16("rear"), &input).unwrap_err();
    assert_eq!(missing, NtStatus::WMI_INSTANCE_NOT_FOUND);
    drop((output, fans));
    deregister(&kernel, device);
}

/// The fans that have stopped.
#[derive(Default)]
struct Stops(Mutex<Vec<u16>>);

impl Listener<Vendor_Stopped> for Stops {
    fn notify(&self, event: Wnode<'_>) {
        if let Wnode::SingleInstance(event) = event {
            let block = event.block::<Vendor_Stopped>().unwrap();
            self.0.lock().unwrap().push(block.number());
        }
    }
}

#[test]
fn listeners_are_notified_until_the_subscription_is_dropped() {
    static STOPS: Stops = Stops(Mutex::new(Vec::new()));

    let kernel = Kernel::new();
    let device = registered(&kernel, 0);
    let extension = extension_of(&device);
    let send = |number| {
        let stopped = Vendor_Stopped { number };
        let target = Target::Static(0);
        extension
            .stopped
            .send(&extension.wmi, target, &stopped)
            .unwrap();
    };
    send(1);
    let block = OpenBlock::<Vendor_Stopped>::open(Access::NOTIFICATION).unwrap();
    let subscription = block.listen(&STOPS).unwrap();
    assert!(extension.stopped.is_enabled());
    send(2);
    send(3);
    drop(subscription);
    assert!(!extension.stopped.is_enabled());
    send(4);
    assert_eq!(*STOPS.0.lock().unwrap(), [2, 3]);
    deregister(&kernel, device);
}

#[test]
fn a_class_that_no_driver_has_is_not_found() {
    let _kernel = Kernel::new();
    let block = OpenBlock::<Vendor_Nothing>::open(Access::QUERY).unwrap();
    let missing = block.query_all().unwrap_err();
    assert_eq!(missing, NtStatus::WMI_GUID_NOT_FOUND);
}

#[test]
fn a_block_that_is_not_closed_is_found() {
    let kernel = Kernel::new();
    let block = OpenBlock::<Vendor_Nothing>::open(Access::QUERY).unwrap();
    core::mem::forget(block);
    let left = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| drop(kernel)));
    let message = *left.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("1 blocks of consumers are left"),
        "{message}"
    );
}

#[test]
fn callbacks_set_at_unload_are_found() {
    static STOPS: Stops = Stops(Mutex::new(Vec::new()));

    let kernel = Kernel::new();
    let block = OpenBlock::<Vendor_Stopped>::open(Access::NOTIFICATION).unwrap();
    let subscription = block.listen(&STOPS).unwrap();
    core::mem::forget(subscription);
    let found = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| drop(kernel)));
    let message = *found.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("0xC4/0xDA"), "{message}");
}
