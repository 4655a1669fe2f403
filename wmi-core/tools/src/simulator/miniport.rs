//! [`MiniportAdapter`]: a Storport miniport's own `HwStartIo`, over the fake port driver.

use core::ffi::c_void;
use core::fmt;
use std::collections::BTreeMap;

use wmi_core::NtStatus;
use wmi_core::provider::{DataPath, Minor, Response};
use wmi_driver::fake::{Adapter, CompletedSrb, Kernel, PendingSrb, SrbRequest};
use wmi_driver::storport::SrbStatus;

use super::irp::sealed::IrpTarget;
use super::{Disposition, SimulatedIrp, Simulator};

/// `STATUS_UNSUCCESSFUL`, for a status of an SRB that says no more.
const UNSUCCESSFUL: NtStatus = NtStatus::from_value(0xc000_0001);

/// An adapter of a miniport on a fake kernel: the receiver of requests of [`Simulator::miniport`].
pub struct MiniportAdapter<'k> {
    kernel: &'k Kernel,
    adapter: Adapter,
    start_io: Box<dyn FnMut(*mut c_void) -> bool + 'k>,
    /// Whether the next SRB is a `STORAGE_REQUEST_BLOCK`.
    is_storage: bool,
    /// The SRBs that the miniport keeps, by the address of the simulator's buffer.
    kept: BTreeMap<usize, PendingSrb>,
}

impl fmt::Debug for MiniportAdapter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MiniportAdapter")
            .field("adapter", &self.adapter)
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}

impl MiniportAdapter<'_> {
    /// Starts an SRB. `None` if the miniport does not take it for a request of WMI.
    fn start(&mut self, minor: Minor, irp: &SimulatedIrp<'_>) -> Option<PendingSrb> {
        let request = SrbRequest::new(minor).bytes(irp.buffer.to_vec());
        let request = match irp.data_path {
            DataPath::Guid(guid) => request.guid(guid),
            DataPath::Action(action) => request.action(action),
        };
        let request = if self.is_storage {
            request.storage(&[])
        } else {
            request
        };
        self.is_storage = !self.is_storage;
        self.kernel.set_time(irp.time_stamp);
        self.kernel
            .start_io(self.adapter, &request, &mut *self.start_io)
    }
}

/// Completes the IRP as the port driver does with that of an SRB.
fn finish(irp: &mut SimulatedIrp<'_>, completed: &CompletedSrb) -> Disposition {
    for (to, from) in irp.buffer.iter_mut().zip(&completed.buffer) {
        *to = *from;
    }
    let status = match completed.status {
        SrbStatus::SUCCESS => NtStatus::SUCCESS,
        SrbStatus::INVALID_REQUEST => NtStatus::INVALID_DEVICE_REQUEST,
        SrbStatus::DATA_OVERRUN => NtStatus::BUFFER_TOO_SMALL,
        _ => UNSUCCESSFUL,
    };
    let information = usize::try_from(completed.length).unwrap_or(usize::MAX);
    irp.complete(Response::new(status, information))
}

impl IrpTarget for MiniportAdapter<'_> {
    /// The address stands for the port driver's device object.
    fn device_object(&self) -> usize {
        self.adapter.extension::<c_void>().addr()
    }

    /// Starts an SRB for the IRP, or looks whether the miniport has completed it since.
    fn system_control(&mut self, irp: &mut SimulatedIrp<'_>) -> Disposition {
        let Some(minor) = Minor::addressed(irp.code, irp.provider_id, self.device_object()) else {
            // The port driver forwards it.
            return Disposition::Forwarded;
        };
        // Every buffer of the simulator has a guard behind it, so each has its own address.
        let buffer = irp.buffer.as_ptr().addr();
        let pending = match self.kept.remove(&buffer) {
            Some(pending) => pending,
            None => match self.start(minor, irp) {
                Some(pending) => pending,
                None => return irp.complete(Response::new(NtStatus::INVALID_DEVICE_REQUEST, 0)),
            },
        };
        match self.kernel.completed_srb(&pending) {
            Some(completed) => finish(irp, &completed),
            None => {
                self.kept.insert(buffer, pending);
                Disposition::Pending
            }
        }
    }
}

impl<'s, 'k> Simulator<'s, MiniportAdapter<'k>> {
    /// Creates a simulator for a Storport miniport on a fake kernel: it sends its requests as SRBs, the
    /// two kinds in turns, so that a test runs the miniport's own `HwStartIo` and all of
    /// `wmi_driver::storport`.
    ///
    /// `start_io` is called at `DISPATCH_LEVEL` in place of `HwStartIo`, with the SRB. It returns whether
    /// the miniport takes the SRB for a request of WMI, as `Wmi::start_io` does.
    ///
    /// An SRB carries fewer statuses than an IRP, and how Storport translates them is not documented.
    /// Here `SRB_STATUS_INVALID_REQUEST` becomes `STATUS_INVALID_DEVICE_REQUEST`,
    /// `SRB_STATUS_DATA_OVERRUN` becomes `STATUS_BUFFER_TOO_SMALL`, and every other error is assumed to
    /// become `STATUS_UNSUCCESSFUL`. [`verify`](Self::verify) demands exact statuses, so it is for
    /// the provider itself, by [`Simulator::new`].
    ///
    /// ```
    /// # use wmi_core::provider::Provider;
    /// use wmi_driver::fake::Kernel;
    /// use wmi_driver::storport::Wmi;
    /// use wmi_tools::simulator::Simulator;
    /// # struct Extension { wmi: Wmi<Extension> }
    /// # static PROVIDER: Provider<Extension> = Provider::storport(&[]);
    ///
    /// let kernel = Kernel::new();
    /// let adapter = kernel.create_adapter::<Extension>();
    /// let place = adapter.extension::<Extension>();
    /// // SAFETY: the adapter stays until the kernel is dropped.
    /// let wmi = unsafe { Wmi::adapter(&PROVIDER, place) };
    /// // SAFETY: the adapter has room for an `Extension`.
    /// unsafe { place.write(Extension { wmi }) };
    /// // SAFETY: the extension has just been written.
    /// let extension = unsafe { &*place };
    ///
    /// let mut wmi = Simulator::miniport(&kernel, adapter, |srb| {
    ///     // SAFETY: the SRB is that of `HwStartIo`.
    ///     unsafe { extension.wmi.start_io(extension, srb) }
    /// });
    /// wmi.register()?;
    /// # Ok::<_, wmi_tools::simulator::Failure>(())
    /// ```
    #[must_use]
    pub fn miniport(
        kernel: &'k Kernel,
        adapter: Adapter,
        start_io: impl FnMut(*mut c_void) -> bool + 'k,
    ) -> Self {
        Self::of(MiniportAdapter {
            kernel,
            adapter,
            start_io: Box::new(start_io),
            is_storage: false,
            kept: BTreeMap::new(),
        })
        .without_pdo()
    }
}
