//! [`SimulatedIrp`]: requests as a driver's dispatch routine receives them.

use super::Simulator;
use wmi_core::NtStatus;
use wmi_core::provider::{DataPath, Minor, Outcome, Request};

/// The address of the device object of a provider without a dispatch routine.
const DEVICE_OBJECT: usize = 0x1000;

/// An IRP of `IRP_MJ_SYSTEM_CONTROL`: the members that a dispatch routine reads and writes.
#[derive(Debug)]
#[non_exhaustive]
pub struct SimulatedIrp<'b> {
    /// `MinorFunction` of the stack location.
    pub code: u8,
    /// `Parameters.WMI.ProviderId`: the address of the target device object.
    pub provider_id: usize,
    /// `Parameters.WMI.DataPath`.
    pub data_path: DataPath,
    /// The `Parameters.WMI.BufferSize` bytes at `Parameters.WMI.Buffer`.
    pub buffer: &'b mut [u8],
    /// The time, in 100 ns since 1601-01-01, as `KeQuerySystemTime` gives it.
    pub time_stamp: i64,
    /// `IoStatus.Status`; `STATUS_NOT_SUPPORTED` when the IRP arrives.
    pub status: NtStatus,
    /// `IoStatus.Information`; zero when the IRP arrives.
    pub information: usize,
    /// How often the IRP was completed.
    completions: u8,
}

impl<'b> SimulatedIrp<'b> {
    /// Makes an IRP with the status that Driver Verifier requires (bug check 0xC9, 0x210).
    pub(super) const fn new(
        code: u8,
        provider_id: usize,
        data_path: DataPath,
        buffer: &'b mut [u8],
        time_stamp: i64,
    ) -> Self {
        Self {
            code,
            provider_id,
            data_path,
            buffer,
            time_stamp,
            status: NtStatus::NOT_SUPPORTED,
            information: 0,
            completions: 0,
        }
    }

    /// Returns the request for the provider.
    #[must_use]
    pub fn request(&mut self, minor: Minor) -> Request<'_> {
        Request::new(minor, self.data_path, &mut *self.buffer).at(self.time_stamp)
    }

    /// Completes the IRP like `IoCompleteRequest`, or keeps it if a handler answers later.
    #[must_use = "the dispatch routine returns it"]
    pub fn complete(&mut self, outcome: impl Into<Outcome>) -> Disposition {
        match outcome.into() {
            Outcome::Completed(response) => {
                self.status = response.status;
                self.information = response.information;
                self.completions = self.completions.saturating_add(1);
                Disposition::Completed
            }
            Outcome::Pending(_) => Disposition::Pending,
        }
    }

    pub(super) const fn completions(&self) -> u8 {
        self.completions
    }
}

/// What a dispatch routine did with an IRP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The routine completed the IRP with its provider's answer.
    Completed,
    /// The routine passed the IRP to the next lower driver, and the lowest driver completed it
    /// unchanged.
    Forwarded,
    /// The routine marked the IRP pending and keeps it. The simulator dispatches the IRP again when
    /// the handler can answer: see [`Simulator::on_pending`] and [`Simulator::resume`].
    Pending,
}

/// A receiver of IRPs: a provider with its device ([`Simulator::new`]), or the dispatch routine of
/// a driver ([`Simulator::dispatch_routine`]). Sealed.
pub trait Device: sealed::IrpTarget {}

impl<T: sealed::IrpTarget> Device for T {}

pub(super) mod sealed {
    use super::{Disposition, SimulatedIrp};

    pub trait IrpTarget {
        /// Returns the address of the registered device object.
        fn device_object(&self) -> usize;

        /// Completes an IRP, keeps it, or forwards it.
        fn system_control(&mut self, irp: &mut SimulatedIrp<'_>) -> Disposition;
    }
}

use sealed::IrpTarget;

/// A provider gets the IRPs for its device; others are forwarded.
impl<F: FnMut(Request<'_>) -> O, O: Into<Outcome>> IrpTarget for F {
    fn device_object(&self) -> usize {
        DEVICE_OBJECT
    }

    fn system_control(&mut self, irp: &mut SimulatedIrp<'_>) -> Disposition {
        match Minor::addressed(irp.code, irp.provider_id, DEVICE_OBJECT) {
            Some(minor) => {
                let outcome = self(irp.request(minor));
                irp.complete(outcome)
            }
            None => Disposition::Forwarded,
        }
    }
}

/// A dispatch routine and its device object.
#[derive(Clone, Copy, Debug)]
pub struct DispatchRoutine<F> {
    device_object: usize,
    routine: F,
}

impl<F> DispatchRoutine<F> {
    pub(super) const fn new(device_object: usize, routine: F) -> Self {
        Self {
            device_object,
            routine,
        }
    }
}

impl<F: FnMut(&mut SimulatedIrp<'_>) -> Disposition> IrpTarget for DispatchRoutine<F> {
    fn device_object(&self) -> usize {
        self.device_object
    }

    fn system_control(&mut self, irp: &mut SimulatedIrp<'_>) -> Disposition {
        (self.routine)(irp)
    }
}

impl<F: FnMut(&mut SimulatedIrp<'_>) -> Disposition> Simulator<'_, DispatchRoutine<F>> {
    /// Creates a simulator for a driver's dispatch routine for `IRP_MJ_SYSTEM_CONTROL`. The device
    /// object at this address is not [registered](Self::register) yet.
    ///
    /// [`verify`](Self::verify) then also sends IRPs that the routine has to forward: for other
    /// devices, and of codes that do not belong to WMI.
    ///
    /// ```
    /// use wmi_core::provider::{Minor, Provider};
    /// use wmi_tools::simulator::{Disposition, SimulatedIrp, Simulator};
    ///
    /// static PROVIDER: Provider<()> = Provider::new(&[]);
    /// const DEVICE_OBJECT: usize = 0x8000;
    ///
    /// let mut wmi = Simulator::dispatch_routine(DEVICE_OBJECT, |irp: &mut SimulatedIrp<'_>| {
    ///     let Some(minor) = Minor::addressed(irp.code, irp.provider_id, DEVICE_OBJECT) else {
    ///         return Disposition::Forwarded;
    ///     };
    ///     let outcome = PROVIDER.dispatch(&(), irp.request(minor));
    ///     irp.complete(outcome)
    /// });
    /// assert_eq!(wmi.verify(), []);
    /// ```
    #[must_use]
    pub fn dispatch_routine(device_object: usize, routine: F) -> Self {
        Self::of(DispatchRoutine::new(device_object, routine))
    }
}
