//! The classes of the driver, shared by the driver, its build script and its tests.

use core::sync::atomic::AtomicU32;

use wmi_core::schema::Schema;
use wmi_core::{WmiClass, WmiMethod};

/// The name of the resource with the binary MOF.
pub const MOF_RESOURCE: &str = "ThermometerMof";

/// All classes. The build script uses it.
#[allow(dead_code)]
pub const SCHEMA: Schema<'static> =
    Schema::new(&[Thermometer::CLASS, Measurements::CLASS, TooHot::CLASS]);

/// A thermometer.
#[derive(WmiClass)]
#[wmi(name = "Thermometer", methods(Reset))]
#[wmi(guid = "5f0a2a7e-55a3-4a0e-8f43-9a3b1f0c6d01")]
pub struct Thermometer {
    /// Temperature in tenths of a degree Celsius.
    #[wmi(data_id = 1)]
    pub temperature: i32,
    /// Temperature above which an event is sent, in tenths of a degree Celsius.
    #[wmi(data_id = 2, write)]
    pub limit: i32,
}

/// Forgets the highest temperature.
#[derive(WmiMethod)]
#[wmi(id = 1)]
pub struct Reset {
    /// The highest temperature until now, in tenths of a degree Celsius.
    #[wmi(out)]
    pub highest: i32,
}

/// Statistics of a thermometer.
#[derive(WmiClass)]
#[wmi(name = "Thermometer_Measurements", base = "Win32_PerfRawData", hi_perf)]
#[wmi(guid = "5f0a2a7e-55a3-4a0e-8f43-9a3b1f0c6d02")]
pub struct Measurements {
    /// Measurements.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_COUNTER", perf_detail = 100)]
    pub measurements: AtomicU32,
    /// Measurements above the limit.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_RAWCOUNT", perf_detail = 100)]
    pub too_hot: AtomicU32,
}

/// It is too hot.
#[derive(WmiClass)]
#[wmi(event, name = "Thermometer_TooHot", base = "WMIEvent")]
#[wmi(guid = "5f0a2a7e-55a3-4a0e-8f43-9a3b1f0c6d03")]
pub struct TooHot {
    /// Temperature in tenths of a degree Celsius.
    #[wmi(data_id = 1)]
    pub temperature: i32,
}
