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

/// The folder where Windows keeps drivers.
const DRIVERS: &str = r"C:\windows\system32\drivers";

/// A loaded driver. Dropping it unloads the driver and deletes the service.
pub struct Service {
    image: PathBuf,
    handle: Handle,
    is_running: bool,
}

impl Service {
    /// Installs the image as a service of this name, and loads it.
    ///
    /// # Panics
    ///
    /// Panics if Windows refuses.
    #[must_use]
    pub fn start(name: &str, image: &[u8]) -> Self {
        let path = install(&format!("{name}.sys"), image);
        let access = ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE;
        let manager = ServiceManager::local_computer(None::<&str>, access)
            .expect("the service manager answers");
        let info = ServiceInfo {
            name: name.into(),
            display_name: name.into(),
            service_type: ServiceType::KERNEL_DRIVER,
            start_type: ServiceStartType::OnDemand,
            error_control: ServiceErrorControl::Normal,
            executable_path: path.clone(),
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
            .or_else(|_| manager.open_service(name, access))
            .expect("the service can be created");
        let mut service = Self {
            image: path,
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
    pub fn image(&self) -> &Path {
        &self.image
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

/// Writes a file to the folder of drivers, where the loader finds the modules that a driver imports
/// from.
///
/// # Panics
///
/// Panics if Windows refuses.
pub fn install(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(DRIVERS).join(name);
    fs::write(&path, content).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    path
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
