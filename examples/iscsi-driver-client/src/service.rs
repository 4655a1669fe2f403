//! A driver as a Windows service.

use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use windows_service::service::{
    Service as Handle, ServiceAccess, ServiceErrorControl, ServiceInfo, ServiceStartType,
    ServiceState, ServiceType,
};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

const NAME: &str = "IscsiStatistics";

/// The installed image, in the folder where Windows keeps drivers.
const IMAGE: &str = r"C:\windows\system32\drivers\iscsi-statistics.sys";

/// A loaded driver. Dropping it unloads the driver and deletes the service.
pub struct Service {
    handle: Handle,
    is_running: bool,
}

impl Service {
    /// Installs the image, and loads it.
    ///
    /// # Panics
    ///
    /// Panics if Windows refuses.
    #[must_use]
    pub fn start(image: &Path) -> Self {
        fs::copy(image, IMAGE).unwrap_or_else(|why| panic!("{}: {why}", image.display()));
        let access = ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE;
        let manager = ServiceManager::local_computer(None::<&str>, access)
            .expect("the service manager answers");
        let info = ServiceInfo {
            name: NAME.into(),
            display_name: NAME.into(),
            service_type: ServiceType::KERNEL_DRIVER,
            start_type: ServiceStartType::OnDemand,
            error_control: ServiceErrorControl::Normal,
            executable_path: IMAGE.into(),
            launch_arguments: Vec::new(),
            dependencies: Vec::new(),
            account_name: None,
            account_password: None,
        };
        let access = ServiceAccess::START
            | ServiceAccess::STOP
            | ServiceAccess::QUERY_STATUS
            | ServiceAccess::DELETE;
        // An earlier test may have failed to delete the service; use it again.
        let handle = manager
            .create_service(&info, access)
            .or_else(|_| manager.open_service(NAME, access))
            .expect("the service can be created");
        let mut service = Self {
            handle,
            is_running: false,
        };
        service.load();
        service
    }

    /// Loads the driver again.
    ///
    /// # Panics
    ///
    /// Panics if Windows refuses.
    pub fn load(&mut self) {
        self.handle.start::<&str>(&[]).expect("the driver loads");
        self.is_running = true;
        self.wait_for(ServiceState::Running);
    }

    /// Unloads the driver.
    ///
    /// # Panics
    ///
    /// Panics if Windows refuses.
    pub fn unload(&mut self) {
        self.is_running = false;
        self.handle.stop().expect("the driver unloads");
        self.wait_for(ServiceState::Stopped);
    }

    /// Returns the path of the installed image.
    #[must_use]
    pub fn image(&self) -> PathBuf {
        IMAGE.into()
    }

    fn wait_for(&self, state: ServiceState) {
        let limit = Instant::now() + Duration::from_secs(20);
        loop {
            let status = self.handle.query_status().expect("the service exists");
            if status.current_state == state {
                return;
            }
            assert!(Instant::now() < limit, "{status:?}, not {state:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.is_running && !thread::panicking() {
            self.unload();
        } else if self.is_running {
            // A second panic would hide the first.
            let _ = self.handle.stop();
        }
        let _ = self.handle.delete();
    }
}
