//! A KMDF driver under test, with blocks of every kind that the framework distinguishes.

#![allow(dead_code, reason = "not every test file uses all of it")]
#![allow(non_camel_case_types, reason = "these are MOF names")]
#![allow(
    unreachable_pub,
    reason = "each test file includes its own copy of this module"
)]

use core::cell::Cell;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use wmi_core::provider::{Event, Handle, Presence, Provider, RefusedRequest};
use wmi_core::{Execute, NtStatus, Wire, WmiClass, WmiMethod};
use wmi_driver::fake::{Kernel, WdfDevice, WdfDeviceInit};
use wmi_driver::kmdf::{Wmi, check_sets};

/// Statistics of a sensor.
#[derive(WmiClass)]
#[wmi(
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c21",
    base = "Win32_PerfRawData"
)]
pub struct Vendor_Stats {
    /// Measurements.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_RAWCOUNT")]
    pub measurements: AtomicU32,
    /// Bytes.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_BULK_COUNT")]
    pub bytes: AtomicU64,
    /// Failures.
    #[wmi(data_id = 3, counter = "PERF_COUNTER_RAWCOUNT")]
    pub failures: AtomicU32,
}

/// The settings.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c22", methods(Scale))]
pub struct Vendor_Settings {
    /// Milliseconds.
    #[wmi(data_id = 1, write)]
    pub interval: u32,
}

/// Multiplies the interval.
#[derive(WmiMethod)]
#[wmi(id = 7)]
pub struct Scale {
    /// The factor.
    #[wmi(in)]
    pub factor: u32,
    /// The new interval.
    #[wmi(out)]
    pub interval: u32,
}

/// It is too hot.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c23"
)]
pub struct Vendor_Hot {
    /// Degrees.
    #[wmi(data_id = 1)]
    pub temperature: i32,
}

/// A histogram that is costly to collect.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c24")]
pub struct Vendor_Histogram {
    /// Buckets.
    #[wmi(data_id = 1)]
    pub buckets: [u32; 4],
}

/// A message of any length.
#[derive(WmiClass)]
#[wmi(
    event,
    variable,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c25"
)]
pub struct Vendor_Message<'a> {
    /// The text.
    #[wmi(data_id = 1)]
    pub text: &'a str,
}

/// It is gone.
#[derive(WmiClass)]
#[wmi(
    event,
    variable,
    allow(empty),
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c26"
)]
pub struct Vendor_Gone {}

/// The context of the device.
pub struct Device {
    pub stats: [Vendor_Stats; 3],
    pub sensors: AtomicUsize,
    pub interval: AtomicU32,
    pub hot: Event<Vendor_Hot>,
    pub message: Event<Vendor_Message<'static>>,
    pub gone: Event<Vendor_Gone>,
    pub listening: AtomicBool,
    /// Whether listening fails.
    pub is_deaf: AtomicBool,
    pub collecting: AtomicBool,
    pub has_histogram: Presence,
}

pub type Block = wmi_core::provider::Block<Device>;

thread_local! {
    /// The last request that the provider refused in this thread.
    pub static REFUSED: Cell<Option<RefusedRequest>> = const { Cell::new(None) };
}

pub static PROVIDER: Provider<Device> = Provider::kmdf(&[
    &Block::counters(|device: &Device, sensor| device.stats.get(sensor))
        .pdo(|device| device.sensors.load(Ordering::Relaxed)),
    &Block::fixed::<Vendor_Settings, _>(|device, _| Some(device)).methods::<(Scale,)>(),
    &Block::event(|device: &Device| &device.hot),
    &Block::fixed::<Vendor_Histogram, _>(|device, _| Some(device))
        .present_if(|device| &device.has_histogram)
        .expensive(|device, on| {
            device.collecting.store(on, Ordering::Relaxed);
            Ok(())
        }),
    &Block::event(|device: &Device| &device.message).on_listen(|device, on| {
        if device.is_deaf.load(Ordering::Relaxed) {
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        device.listening.store(on, Ordering::Relaxed);
        Ok(())
    }),
    &Block::event(|device: &Device| &device.gone),
])
.mof_resource("VendorMof")
.on_refusal(|refused| REFUSED.set(Some(*refused)));

impl Handle<Vendor_Settings> for Device {
    fn query(&self) -> Result<Vendor_Settings, NtStatus> {
        Ok(Vendor_Settings {
            interval: self.interval.load(Ordering::Relaxed),
        })
    }

    fn set(&self, block: &Wire<Vendor_Settings>) -> Result<(), NtStatus> {
        self.interval.store(block.interval(), Ordering::Relaxed);
        Ok(())
    }
}

impl Handle<Vendor_Histogram> for Device {
    fn query(&self) -> Result<Vendor_Histogram, NtStatus> {
        Ok(Vendor_Histogram { buckets: [1; 4] })
    }
}

impl Execute<Scale> for Device {
    fn execute(&self, input: ScaleInView<'_>) -> Result<ScaleOut, NtStatus> {
        let interval = self
            .interval
            .load(Ordering::Relaxed)
            .wrapping_mul(input.factor);
        self.interval.store(interval, Ordering::Relaxed);
        Ok(ScaleOut { interval })
    }
}

impl Device {
    pub fn new() -> Self {
        Self {
            stats: [
                Vendor_Stats::new(),
                Vendor_Stats::new(),
                Vendor_Stats::new(),
            ],
            sensors: AtomicUsize::new(2),
            interval: AtomicU32::new(100),
            hot: Event::new(),
            message: Event::new(),
            gone: Event::new(),
            listening: AtomicBool::new(false),
            is_deaf: AtomicBool::new(false),
            collecting: AtomicBool::new(false),
            has_histogram: Presence::new(true),
        }
    }
}

/// Runs `EvtDriverDeviceAdd` and starts the device.
pub fn added(kernel: &Kernel, context: &Device) -> (WdfDevice, Wmi<Device>) {
    added_with(kernel, context, kernel.create_wdf_device_init())
}

/// As [`added`], and checks the sizes of sets.
pub fn added_checked(kernel: &Kernel, context: &Device) -> (WdfDevice, Wmi<Device>) {
    let init = kernel.create_wdf_device_init();
    let (functions, globals) = (kernel.wdf_functions(), kernel.wdf_globals());
    // SAFETY: the table and the globals are the fake framework's, and the device is created below.
    unsafe { check_sets(functions, globals, init.as_ptr()) }.unwrap();
    added_with(kernel, context, init)
}

fn added_with(kernel: &Kernel, context: &Device, init: WdfDeviceInit) -> (WdfDevice, Wmi<Device>) {
    let device = kernel.create_wdf_device(init);
    let (functions, globals) = (kernel.wdf_functions(), kernel.wdf_globals());
    // SAFETY: all handles are the fake framework's, and the device is removed before the context is
    // dropped.
    let wmi = unsafe { Wmi::create(&PROVIDER, functions, globals, device.as_ptr(), context) };
    let wmi = wmi.unwrap();
    kernel.start_wdf_device(device).unwrap();
    (device, wmi)
}
