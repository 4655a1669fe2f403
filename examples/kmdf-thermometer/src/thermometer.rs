//! The device, and its blocks for WMI: all of the driver that does not need to know the framework.

use core::sync::atomic::{AtomicI32, Ordering};

use wmi_core::provider::{Block, Event, Handle, Provider};
use wmi_core::{Execute, NoParameters, NtStatus, Wire};
use wmi_driver::kmdf::Wmi;

use super::schema::{
    MOF_RESOURCE, Measurements, Reset, ResetOut, Thermometer, ThermometerItems as _, TooHot,
};

/// The temperature of a room, and the limits of what the imitation measures, in tenths of a degree.
const ROOM: i32 = 210;
const STEP: i32 = 15;
const HOTTEST: i32 = 900;

/// The blocks of the device.
pub static PROVIDER: Provider<Device> = Provider::kmdf(&[
    &Block::fixed::<Thermometer, _>(|device, _| Some(device)).methods::<(Reset,)>(),
    &Block::counters(|device: &Device, _| Some(&device.measurements)),
    &Block::event(|device: &Device| &device.too_hot),
])
.mof_resource(MOF_RESOURCE);

/// The context of the device. The thermometer is an imitation: it becomes warmer with each
/// measurement, and starts again when it is as hot as it can be.
pub struct Device {
    /// WMI, once the device is created.
    pub wmi: Option<Wmi<Device>>,
    temperature: AtomicI32,
    limit: AtomicI32,
    highest: AtomicI32,
    measurements: Measurements,
    too_hot: Event<TooHot>,
}

impl Device {
    /// Returns a thermometer that has measured nothing.
    pub const fn new() -> Self {
        Self {
            wmi: None,
            temperature: AtomicI32::new(ROOM),
            limit: AtomicI32::new(800),
            highest: AtomicI32::new(ROOM),
            measurements: Measurements::new(),
            too_hot: Event::new(),
        }
    }

    /// Measures, and sends an event where it is too hot. IRQL: `PASSIVE_LEVEL`, one call at a time.
    pub fn measure(&self) {
        let before = self.temperature.load(Ordering::Relaxed);
        let temperature = if before < HOTTEST {
            before.wrapping_add(STEP)
        } else {
            ROOM
        };
        self.temperature.store(temperature, Ordering::Relaxed);
        self.highest.fetch_max(temperature, Ordering::Relaxed);
        self.measurements.increment_measurements();
        if temperature > self.limit.load(Ordering::Relaxed) {
            self.measurements.increment_too_hot();
            if let Some(wmi) = &self.wmi {
                // There is nobody to tell of a failure. WMI itself drops events when its queue is
                // full.
                let _ = wmi.send(&self.too_hot, 0, &TooHot { temperature });
            }
        }
    }
}

impl Handle<Thermometer> for Device {
    fn query(&self) -> Result<Thermometer, NtStatus> {
        Ok(Thermometer {
            temperature: self.temperature.load(Ordering::Relaxed),
            limit: self.limit.load(Ordering::Relaxed),
        })
    }

    fn set(&self, block: &Wire<Thermometer>) -> Result<(), NtStatus> {
        if block.limit() > HOTTEST {
            return Err(NtStatus::WMI_SET_FAILURE);
        }
        self.limit.store(block.limit(), Ordering::Relaxed);
        Ok(())
    }
}

impl Execute<Reset> for Device {
    fn execute(&self, _: NoParameters) -> Result<ResetOut, NtStatus> {
        let temperature = self.temperature.load(Ordering::Relaxed);
        let highest = self.highest.swap(temperature, Ordering::Relaxed);
        Ok(ResetOut { highest })
    }
}
