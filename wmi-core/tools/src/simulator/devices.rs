//! The devices of a simulator. Owns the registration of each device, and decides which devices get
//! a request.

use std::collections::{BTreeMap, BTreeSet};

use super::irp::sealed::IrpTarget;
use super::open::Opens;
use super::{
    Device, DeviceStack, DispatchRoutine, Disposition, Failure, InstanceValue, ProtocolRule,
    Registration, Select, SimulatedIrp, Simulator,
};
use wmi_core::provider::{Minor, Outcome, Request};
use wmi_core::{Guid, NtStatus};

/// WMI's state of one device.
pub(super) struct DeviceState {
    /// The registration; `None` while the device is not registered.
    pub(super) registration: Option<Registration>,
    /// The device instance path of the physical device object.
    pub(super) path: String,
    /// The listeners to the events of each class.
    pub(super) enabled: Opens,
    /// The readers of the data of each class.
    pub(super) collecting: Opens,
    /// The dynamic names returned by the last query of each class.
    pub(super) names: BTreeMap<Guid, Vec<String>>,
}

impl DeviceState {
    pub(super) fn new(path: impl Into<String>) -> Self {
        Self {
            registration: None,
            path: path.into(),
            enabled: Opens::default(),
            collecting: Opens::default(),
            names: BTreeMap::new(),
        }
    }

    /// Returns the registration, which may be empty.
    pub(super) const fn registration(&self) -> &Registration {
        match &self.registration {
            Some(registration) => registration,
            None => Registration::NONE,
        }
    }
}

/// A device other than the first.
pub(super) struct OtherDevice<'s> {
    target: Box<dyn IrpTarget + 's>,
    state: DeviceState,
}

impl<'s, D: Device> Simulator<'s, D> {
    /// Adds a device with this device instance path. WMI asks all devices that have registered a
    /// class: a query of all instances collects them from each device, and a request for one
    /// instance goes to the device that has it.
    ///
    /// All calls of the simulator apply to all devices.
    ///
    /// ```
    /// # fn main() -> Result<(), wmi_tools::simulator::Failure> {
    /// # use wmi_core::WmiClass;
    /// use wmi_core::provider::{Block, Provider};
    /// use wmi_tools::simulator::Simulator;
    /// # /// A disk.
    /// # #[derive(WmiClass)]
    /// # #[wmi(name = "Vendor_Disk", guid = "5f7a1c52-1d0e-4b6f-8a39-62e4d0b7c917")]
    /// # pub struct Disk {
    /// #     /// Its size.
    /// #     #[wmi(data_id = 1)]
    /// #     pub sectors: u32,
    /// # }
    /// # fn pdo(_: &Disk) -> usize { 0x2000 }
    ///
    /// static PROVIDER: Provider<Disk> =
    ///     Provider::with_pdo(&[&Block::counters(|disk: &Disk, _| Some(disk))], pdo);
    ///
    /// let (first, second) = (Disk { sectors: 1 }, Disk { sectors: 2 });
    /// let mut wmi = Simulator::new(|request| PROVIDER.dispatch(&first, request))
    ///     .with_device(r"ROOT\SIMULATED\0001", |request| PROVIDER.dispatch(&second, request));
    /// wmi.register()?;
    /// assert_eq!(wmi.query_all::<Disk>()?.len(), 2);
    /// assert_eq!(wmi.query::<Disk>(r"ROOT\SIMULATED\0001_0")?.sectors(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_device<O: Into<Outcome> + 's>(
        self,
        path: impl Into<String>,
        device: impl FnMut(Request<'_>) -> O + 's,
    ) -> Self {
        self.with_target(path, Box::new(device))
    }

    /// Adds a device by its dispatch routine, as
    /// [`dispatch_routine`](Simulator::dispatch_routine) does for the first.
    #[must_use]
    pub fn with_dispatch_routine(
        self,
        path: impl Into<String>,
        device_object: usize,
        routine: impl FnMut(&mut SimulatedIrp<'_>) -> Disposition + 's,
    ) -> Self {
        let routine = DispatchRoutine::new(device_object, routine);
        self.with_target(path, Box::new(routine))
    }

    /// Adds a device of a driver on a fake kernel, as
    /// [`device_stack`](Simulator::device_stack) does for the first.
    #[must_use]
    pub fn with_device_stack(
        self,
        path: impl Into<String>,
        kernel: &'s wmi_driver::fake::Kernel,
        device: wmi_driver::fake::WdmDevice,
    ) -> Self {
        self.with_target(path, Box::new(DeviceStack::new(kernel, device)))
    }

    fn with_target(mut self, path: impl Into<String>, target: Box<dyn IrpTarget + 's>) -> Self {
        let state = DeviceState::new(path);
        self.others.push(OtherDevice { target, state });
        self
    }

    /// Returns the registration of each device, in the order in which the devices were added.
    pub fn registrations(&self) -> impl Iterator<Item = &Registration> {
        self.states().map(DeviceState::registration)
    }

    /// Returns the classes that can be queried on any device.
    pub(super) fn queried(&self) -> BTreeSet<Guid> {
        let blocks = self.registrations().flat_map(|one| one.blocks.iter());
        let queried = blocks.filter(|block| !block.is_event_only());
        queried.map(|block| block.guid).collect()
    }

    pub(super) fn states(&self) -> impl Iterator<Item = &DeviceState> {
        let others = self.others.iter().map(|other| &other.state);
        core::iter::once(&self.first).chain(others)
    }

    /// Returns the device that currently gets the requests.
    pub(super) fn target(&mut self) -> &mut dyn IrpTarget {
        let other = self.here.checked_sub(1);
        match other.and_then(|other| self.others.get_mut(other)) {
            Some(other) => &mut *other.target,
            None => &mut self.device,
        }
    }

    pub(super) fn state(&self) -> &DeviceState {
        let other = self.here.checked_sub(1);
        match other.and_then(|other| self.others.get(other)) {
            Some(other) => &other.state,
            None => &self.first,
        }
    }

    pub(super) fn state_mut(&mut self) -> &mut DeviceState {
        let other = self.here.checked_sub(1);
        match other.and_then(|other| self.others.get_mut(other)) {
            Some(other) => &mut other.state,
            None => &mut self.first,
        }
    }

    /// Runs `work` with requests going to the device of this index.
    pub(super) fn at<T>(&mut self, device: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = core::mem::replace(&mut self.here, device);
        let done = work(self);
        self.here = before;
        done
    }

    /// Runs `work` with each device, up to the first failure.
    pub(super) fn each(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        (0..=self.others.len()).try_for_each(|device| self.at(device, &mut work))
    }

    /// Returns the devices that have registered a class.
    pub(super) fn providing(&self, guid: Guid) -> Result<Vec<usize>, Failure> {
        let states = self.states().enumerate();
        let providing = states.filter(|(_, state)| state.registration().block(guid).is_some());
        let devices: Vec<usize> = providing.map(|(device, _)| device).collect();
        if devices.is_empty() {
            self.block(guid)?;
        }
        Ok(devices)
    }

    /// Collects the instances of a class from each device that provides it.
    pub(super) fn collect<T>(
        &mut self,
        guid: Guid,
        mut ask: impl FnMut(&mut Self) -> Result<Vec<InstanceValue<T>>, Failure>,
    ) -> Result<Vec<InstanceValue<T>>, Failure> {
        let (mut all, mut names) = (Vec::new(), BTreeSet::new());
        for device in self.providing(guid)? {
            for instance in self.at(device, &mut ask)? {
                if !names.insert(instance.name.to_ascii_lowercase()) {
                    let name = instance.name;
                    let rule = ProtocolRule::RepeatedName { name };
                    let minor = Minor::QueryAllData;
                    return Err(self.violation(minor, guid.into(), rule).into());
                }
                all.push(instance);
            }
        }
        Ok(all)
    }

    /// Asks the device that has an instance. With dynamic names WMI does not know which one it is,
    /// and asks each until one has it.
    pub(super) fn ask<T>(
        &mut self,
        guid: Guid,
        select: Select<'_>,
        mut ask: impl FnMut(&mut Self, Select<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut devices = self.providing(guid)?;
        let last = devices.pop().unwrap_or_default();
        let mut select = select;
        for device in devices {
            match select {
                Select::Index(index) => {
                    let names = self.at(device, |wmi| wmi.instances_here(guid))?;
                    let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
                    match index.checked_sub(count) {
                        Some(rest) => select = Select::Index(rest),
                        None => return self.at(device, |wmi| ask(wmi, select)),
                    }
                }
                Select::Name(_) => match self.at(device, |wmi| ask(wmi, select)) {
                    Err(failure) if is_elsewhere(&failure) => {}
                    asked => return asked,
                },
            }
        }
        self.at(last, |wmi| ask(wmi, select))
    }
}

/// Whether the device refused because it does not have the instance, so that WMI asks the next.
///
/// Source: "IRP_MN_QUERY_SINGLE_INSTANCE", windows-driver-docs, on
/// `STATUS_WMI_INSTANCE_NOT_FOUND`.
fn is_elsewhere(failure: &Failure) -> bool {
    match failure {
        Failure::NoInstance { .. } => true,
        other => matches!(
            other.status(),
            Some(NtStatus::WMI_INSTANCE_NOT_FOUND | NtStatus::WMI_GUID_NOT_FOUND)
        ),
    }
}
