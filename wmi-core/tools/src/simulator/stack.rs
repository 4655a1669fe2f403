//! [`DeviceStack`]: a driver's own dispatch routine, on a fake kernel.

use std::collections::BTreeMap;

use wmi_core::NtStatus;
use wmi_core::provider::{DataPath, Minor, Response};
use wmi_driver::fake::{CompletedIrp, IrpRequest, Kernel, PendingIrp, WdmDevice};

use super::irp::sealed::IrpTarget;
use super::{Disposition, SimulatedIrp, Simulator};

/// A device of a driver on a fake kernel: the receiver of requests of
/// [`Simulator::device_stack`].
#[derive(Debug)]
pub struct DeviceStack<'k> {
    kernel: &'k Kernel,
    device: WdmDevice,
    /// The requests that the driver keeps, by the address of the simulator's buffer.
    kept: BTreeMap<usize, PendingIrp>,
}

impl<'k> DeviceStack<'k> {
    pub(super) const fn new(kernel: &'k Kernel, device: WdmDevice) -> Self {
        Self {
            kernel,
            device,
            kept: BTreeMap::new(),
        }
    }

    /// Returns whether the driver has to answer the request itself.
    fn is_addressed(&self, irp: &SimulatedIrp<'_>) -> bool {
        Minor::addressed(irp.code, irp.provider_id, self.device_object()).is_some()
    }

    fn post(&self, irp: &SimulatedIrp<'_>) -> PendingIrp {
        let request = IrpRequest::raw(irp.code, irp.provider_id);
        let request = match irp.data_path {
            DataPath::Guid(guid) => request.guid(guid),
            DataPath::Action(action) => request.action(action),
        };
        self.kernel.set_time(irp.time_stamp);
        self.kernel
            .post(self.device, request.bytes(irp.buffer.to_vec()))
    }

    fn finish(&self, irp: &mut SimulatedIrp<'_>, completed: &CompletedIrp) -> Disposition {
        for (to, from) in irp.buffer.iter_mut().zip(&completed.buffer) {
            *to = *from;
        }
        let CompletedIrp {
            status,
            information,
            ..
        } = *completed;
        let is_unchanged = (status, information) == (NtStatus::NOT_SUPPORTED, 0);
        // The lowest driver of a stack completes itself what it cannot forward.
        if completed.was_forwarded || (is_unchanged && !self.is_addressed(irp)) {
            irp.status = status;
            irp.information = information;
            return Disposition::Forwarded;
        }
        irp.complete(Response::new(status, information))
    }
}

impl IrpTarget for DeviceStack<'_> {
    fn device_object(&self) -> usize {
        self.device.as_ptr().addr()
    }

    /// Sends the IRP down the stack, or looks whether the driver has completed it since.
    fn system_control(&mut self, irp: &mut SimulatedIrp<'_>) -> Disposition {
        // Every buffer of the simulator has a guard behind it, so each has its own address.
        let buffer = irp.buffer.as_ptr().addr();
        let pending = match self.kept.remove(&buffer) {
            Some(pending) => pending,
            None => self.post(irp),
        };
        match self.kernel.completed(&pending) {
            Some(completed) => self.finish(irp, &completed),
            None => {
                self.kept.insert(buffer, pending);
                Disposition::Pending
            }
        }
    }
}

impl<'s, 'k> Simulator<'s, DeviceStack<'k>> {
    /// Creates a simulator for a driver on a fake kernel: it sends IRPs to the top of the device's
    /// stack, so that a test runs the driver's own dispatch routine and all of `wmi-driver`.
    ///
    /// The driver registers the device with the fake kernel itself, as it does on Windows;
    /// [`register`](Self::register) asks the device for its blocks once more. Dropping the kernel
    /// fails the test where the driver broke a rule of Driver Verifier. A buffer is checked by Miri
    /// or the address sanitizer for writes past its end, and not by the simulator. Where the driver
    /// keeps a request, [`on_pending`](Self::on_pending) lets the device finish, and
    /// [`resume`](Self::resume) collects what the driver has completed.
    ///
    /// ```
    /// # use wmi_core::provider::Provider;
    /// use wmi_driver::fake::Kernel;
    /// use wmi_driver::wdm::{self, Wmi};
    /// use wmi_tools::simulator::Simulator;
    /// # struct Device { wmi: Wmi<Device> }
    /// # impl AsRef<Wmi<Device>> for Device { fn as_ref(&self) -> &Wmi<Self> { &self.wmi } }
    /// # static PROVIDER: Provider<Device> = Provider::new(&[]);
    ///
    /// let kernel = Kernel::new();
    /// let driver = kernel.load_driver();
    /// // What `DriverEntry` does.
    /// // SAFETY: all device objects below have a `Device` in their extension.
    /// unsafe { wdm::install::<Device>(driver.as_ptr()) };
    /// # let device = kernel.create_device::<Device>(driver);
    /// # // SAFETY: the device object is there until it is deregistered.
    /// # let wmi = unsafe { Wmi::standalone(&PROVIDER, device.as_ptr()) };
    /// # // SAFETY: the extension has room for a `Device`.
    /// # unsafe { device.extension::<Device>().write(Device { wmi }) };
    /// // .. and `AddDevice`, or the test in its place, with `kernel.create_device`.
    ///
    /// let mut wmi = Simulator::device_stack(&kernel, device);
    /// assert_eq!(wmi.verify(), []);
    /// # kernel.delete_device(device);
    /// ```
    #[must_use]
    pub fn device_stack(kernel: &'k Kernel, device: WdmDevice) -> Self {
        Self::of(DeviceStack::new(kernel, device))
    }
}
