//! A KMDF driver under test that answers requests of WMI before the framework does: instances with
//! dynamic names, and handlers that answer later.

#![allow(dead_code, reason = "not every test file uses all of it")]
#![allow(non_camel_case_types, reason = "these are MOF names")]
#![allow(
    unreachable_pub,
    reason = "each test file includes its own copy of this module"
)]

use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::OnceLock;

use wmi_core::provider::{Event, EventSink, Handle, Provider};
use wmi_core::wnode::Target;
use wmi_core::{NtStatus, Wire, WmiClass};
use wmi_driver::fake::{Kernel, WdfDevice};
use wmi_driver::kmdf::Preprocess;

/// Statistics of a session, which comes and goes.
#[derive(WmiClass)]
#[wmi(
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c41",
    base = "Win32_PerfRawData"
)]
pub struct Vendor_Session {
    /// Bytes.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    pub bytes: AtomicU64,
}

/// The settings, which take time to read.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c42")]
pub struct Vendor_Slow {
    /// Milliseconds.
    #[wmi(data_id = 1, write)]
    pub interval: u32,
}

/// A session has ended.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c43"
)]
pub struct Vendor_Ended {
    /// Its bytes.
    #[wmi(data_id = 1)]
    pub bytes: u64,
}

/// The context of the device.
pub struct Device {
    pub wmi: OnceLock<Preprocess<Device>>,
    pub sessions: [Vendor_Session; 3],
    pub count: AtomicUsize,
    pub interval: AtomicU32,
    /// Whether queries of the settings are answered later.
    pub is_busy: AtomicBool,
    pub ended: Event<Vendor_Ended>,
}

pub const NAMES: [&str; 3] = ["alpha", "beta", "gamma"];

fn name(device: &Device, session: usize) -> Option<&str> {
    let count = device.count.load(Ordering::Relaxed);
    NAMES.iter().take(count).nth(session).copied()
}

type Block = wmi_core::provider::Block<Device>;

pub static PROVIDER: Provider<Device> = Provider::with_pdo(
    &[
        &Block::counters(|device: &Device, session| device.sessions.get(session)).dynamic(name),
        &Block::fixed::<Vendor_Slow, _>(|device, _| Some(device)),
        &Block::event(|device: &Device| &device.ended).dynamic(name),
    ],
    |device| device.wmi.get().map_or(0, Preprocess::pdo),
)
.mof_resource("VendorMof");

impl Handle<Vendor_Slow> for Device {
    fn query(&self) -> Result<Vendor_Slow, NtStatus> {
        if self.is_busy.load(Ordering::Relaxed) {
            return Err(NtStatus::PENDING);
        }
        Ok(Vendor_Slow {
            interval: self.interval.load(Ordering::Relaxed),
        })
    }

    fn set(&self, block: &Wire<Vendor_Slow>) -> Result<(), NtStatus> {
        self.interval.store(block.interval(), Ordering::Relaxed);
        Ok(())
    }
}

impl Device {
    pub fn new() -> Self {
        Self {
            wmi: OnceLock::new(),
            sessions: [const { Vendor_Session::new() }; 3],
            count: AtomicUsize::new(2),
            interval: AtomicU32::new(100),
            is_busy: AtomicBool::new(false),
            ended: Event::new(),
        }
    }

    pub fn send_ended(&self, sink: &impl EventSink, name: &str) -> Result<(), NtStatus> {
        let ended = Vendor_Ended { bytes: 7 };
        self.ended.send(sink, Target::Dynamic(name), &ended)
    }
}

/// `EvtDriverDeviceAdd`.
pub fn created(kernel: &Kernel, context: &Device) -> (WdfDevice, Preprocess<Device>) {
    let init = kernel.create_wdf_device_init();
    let (functions, globals) = (kernel.wdf_functions(), kernel.wdf_globals());
    // SAFETY: all are the fake framework's.
    let assigned = unsafe { Preprocess::<Device>::assign(functions, globals, init.as_ptr()) };
    assigned.unwrap();
    let device = kernel.create_wdf_device(init);
    // SAFETY: the device is removed before the context goes.
    let wmi = unsafe { Preprocess::create(&PROVIDER, device.as_ptr(), context) }.unwrap();
    assert!(context.wmi.set(wmi).is_ok());
    (device, wmi)
}

/// `EvtDriverDeviceAdd` and the start.
pub fn added(kernel: &Kernel, context: &Device) -> (WdfDevice, Preprocess<Device>) {
    let (device, wmi) = created(kernel, context);
    kernel.start_wdf_device(device).unwrap();
    (device, wmi)
}
