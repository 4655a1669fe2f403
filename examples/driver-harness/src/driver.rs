//! [`Driver`]: a driver that is loaded, with its device.

use std::sync::{Mutex, MutexGuard, PoisonError};

use wmi_core::NtStatus;

use crate::protocol::{
    STEP_ADD, STEP_REMOVE, STEP_START, STEP_STOP, STEP_SURPRISE_REMOVAL, STEP_TIMERS, State,
};
use crate::{Host, Image, Service, install};

/// The stand-in as drivers import from it. Its name takes the place of the kernel's in their images,
/// so it is not longer.
const STAND_IN: &str = "stand-in.sys";
const KERNEL: &str = "ntoskrnl.exe";

/// The port driver, which the stand-in plays too.
const PORT: &str = "storport.sys";

/// The loader of the framework, and the build of the stand-in that plays it.
const LOADER: &str = "wdfldr.sys";
const FRAMEWORK: &str = "stand-in-framework.sys";

/// A driver that is loaded as a service, for as long as this lives. One is loaded at a time.
pub struct Driver {
    /// The stand-in.
    pub host: Host,
    /// The image that is loaded.
    pub image: Image,
    service_name: String,
    has_device: bool,
    _service: Service,
    // The last field: it is released after the service has unloaded the driver.
    _alone: MutexGuard<'static, ()>,
}

impl Driver {
    /// Loads an image as it would be shipped, but for the module that it imports WMI from.
    ///
    /// # Panics
    ///
    /// Panics if the driver cannot be loaded.
    #[must_use]
    pub fn load(service_name: &str, image: Image) -> Self {
        let alone = alone();
        let service = start(service_name, &image);
        let host = Host::open().expect("the stand-in can be opened");
        Self {
            host,
            image,
            service_name: service_name.to_owned(),
            has_device: false,
            _service: service,
            _alone: alone,
        }
    }

    /// Adds a device, and starts it.
    ///
    /// # Panics
    ///
    /// Panics if the driver fails either.
    #[must_use]
    pub fn with_device(mut self) -> Self {
        assert_eq!(self.add(), NtStatus::SUCCESS);
        assert_eq!(self.start(), NtStatus::SUCCESS);
        self
    }

    fn step(&self, step: u32) -> NtStatus {
        self.host.step(step, &self.service_name)
    }

    /// `AddDevice`, `EvtDriverDeviceAdd`, or `HwFindAdapter`.
    pub fn add(&mut self) -> NtStatus {
        let status = self.step(STEP_ADD);
        self.has_device |= status.is_success();
        status
    }

    /// `IRP_MN_START_DEVICE`, or `HwInitialize`.
    pub fn start(&self) -> NtStatus {
        self.step(STEP_START)
    }

    /// Runs the timers that a driver of the framework has started, once each.
    pub fn run_timers(&self) -> NtStatus {
        self.step(STEP_TIMERS)
    }

    /// `IRP_MN_QUERY_STOP_DEVICE` and `IRP_MN_STOP_DEVICE`.
    pub fn stop(&self) -> NtStatus {
        self.step(STEP_STOP)
    }

    /// `IRP_MN_SURPRISE_REMOVAL`.
    pub fn surprise_removal(&self) -> NtStatus {
        self.step(STEP_SURPRISE_REMOVAL)
    }

    /// `IRP_MN_REMOVE_DEVICE`, or the end of an adapter.
    pub fn remove(&mut self) -> NtStatus {
        self.has_device = false;
        self.step(STEP_REMOVE)
    }

    /// Returns what the stand-in knows.
    ///
    /// # Panics
    ///
    /// Panics if it has found that the driver breaks a rule.
    #[must_use]
    pub fn state(&self) -> State {
        let state = self.host.state();
        assert_eq!(state.violations, 0, "the stand-in has found broken rules");
        state
    }
}

/// Removes the device that is left, and checks that no rule was broken. The driver is unloaded
/// after that.
impl Drop for Driver {
    fn drop(&mut self) {
        if self.has_device {
            self.remove();
        }
        if !std::thread::panicking() {
            let _ = self.state();
        }
    }
}

/// Loads an image as it would be shipped, but for the module that it imports WMI from, and without
/// a device.
///
/// # Panics
///
/// Panics if the driver cannot be loaded.
#[must_use]
pub fn start(service_name: &str, image: &Image) -> Service {
    if image.imports_from(LOADER) {
        install(LOADER, &Image::read(FRAMEWORK).bytes);
        return Service::start(service_name, &image.importing_from(KERNEL, LOADER));
    }
    let stand_in = Image::read(STAND_IN);
    if image.imports_from(PORT) {
        install(PORT, &stand_in.bytes);
        Service::start(service_name, &image.bytes)
    } else {
        install(STAND_IN, &stand_in.bytes);
        Service::start(service_name, &image.importing_from(KERNEL, STAND_IN))
    }
}

/// Makes tests that load a driver run one at a time.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
