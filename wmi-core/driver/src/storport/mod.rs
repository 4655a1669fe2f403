#![doc = include_str!("../storport.md")]

pub(crate) mod routines;
mod srb;

use core::ffi::c_void;
use core::fmt;
use core::sync::atomic::{AtomicU8, Ordering};

use wmi_core::provider::{Event, EventSink, Outcome, Provider, Response};
use wmi_core::wnode::{InstanceData, Target, WnodeSingleInstance};
use wmi_core::{DataBlock, FixedBlock, NtStatus};

pub use self::srb::Srb;

use self::routines::{Port, Routines};
use crate::later::{Later, Moment};

/// Bytes at the start of each SRB extension, needed if handlers answer later. The miniport adds its
/// own bytes to them in `SrbExtensionSize`.
pub const SRB_EXTENSION_SIZE: u32 = if cfg!(target_pointer_width = "64") {
    8
} else {
    4
};

/// Largest WNODE of an event, in bytes: Storport drops larger events. Source:
/// "StorPortNotification", windows-driver-docs-ddi.
pub const NOTIFICATION_LIMIT: usize = 128;

/// The `SrbStatus` of an SRB. Source: `srb.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrbStatus(u8);

impl SrbStatus {
    /// `SRB_STATUS_PENDING`.
    pub const PENDING: Self = Self(0x00);
    /// `SRB_STATUS_SUCCESS`.
    pub const SUCCESS: Self = Self(0x01);
    /// `SRB_STATUS_ABORTED`.
    pub const ABORTED: Self = Self(0x02);
    /// `SRB_STATUS_ERROR`.
    pub const ERROR: Self = Self(0x04);
    /// `SRB_STATUS_INVALID_REQUEST`.
    pub const INVALID_REQUEST: Self = Self(0x06);
    /// `SRB_STATUS_NO_DEVICE`.
    pub const NO_DEVICE: Self = Self(0x08);
    /// `SRB_STATUS_DATA_OVERRUN`: the buffer is too small.
    pub const DATA_OVERRUN: Self = Self(0x12);

    /// Returns the status with this value. IRQL: any. Touches no paged memory.
    #[must_use]
    pub const fn from_value(value: u8) -> Self {
        Self(value)
    }

    /// Returns the value. IRQL: any. Touches no paged memory.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }
}

/// The address of a logical unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// `PathId`.
    pub path: u8,
    /// `TargetId`.
    pub target: u8,
    /// `Lun`.
    pub lun: u8,
}

/// The target of a request, or the origin of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The adapter.
    Adapter,
    /// A logical unit.
    Unit(Unit),
}

/// WMI for one adapter of a miniport, or for one of its logical units.
///
/// It is stored in the device extension. The handlers of its [`Provider`] get an `A`.
pub struct Wmi<A: 'static> {
    provider: &'static Provider<A>,
    extension: *mut c_void,
    source: Source,
    later: Later<Srb>,
    /// The status of the last [`abort`](Self::abort).
    aborted: AtomicU8,
}

// SAFETY: the pointer is only passed to routines of the port driver, which any thread may call.
unsafe impl<A> Send for Wmi<A> where Provider<A>: Sync {}
// SAFETY: as above; the other fields are read only, or atomic.
unsafe impl<A> Sync for Wmi<A> where Provider<A>: Sync {}

impl<A: Sync + 'static> Wmi<A> {
    /// Creates WMI for an adapter, in `HwFindAdapter`.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Safety
    ///
    /// `extension` is the device extension of the adapter, and stays valid as long as this is used.
    #[must_use]
    pub const unsafe fn adapter(
        provider: &'static Provider<A>,
        extension: *mut impl Sized,
    ) -> Self {
        Self {
            provider,
            extension: extension.cast(),
            source: Source::Adapter,
            later: Later::new(),
            aborted: AtomicU8::new(SrbStatus::ABORTED.value()),
        }
    }

    /// Creates WMI for a logical unit.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Safety
    ///
    /// As for [`adapter`](Self::adapter), with the device extension of its adapter.
    #[must_use]
    pub const unsafe fn unit(
        provider: &'static Provider<A>,
        extension: *mut impl Sized,
        unit: Unit,
    ) -> Self {
        Self {
            provider,
            extension: extension.cast(),
            source: Source::Unit(unit),
            later: Later::new(),
            aborted: AtomicU8::new(SrbStatus::ABORTED.value()),
        }
    }

    /// Answers an SRB if it is a WMI request, and returns whether it is. If so, `HwStartIo` returns
    /// `TRUE` and does nothing else with the SRB.
    ///
    /// Refuses requests for logical units; a miniport whose units have blocks uses [`Srb::new`] and
    /// [`answer`](Self::answer) instead.
    ///
    /// IRQL: that of `HwStartIo`. The handlers run at the same IRQL and must not touch paged
    /// memory.
    ///
    /// # Safety
    ///
    /// `srb` is the argument of this adapter's `HwStartIo`, which does not use it in any other way
    /// if this returns `true`.
    pub unsafe fn start_io(&self, context: &A, srb: *mut impl Sized) -> bool {
        // SAFETY: guaranteed by the caller.
        let Some(srb) = (unsafe { Srb::new(srb) }) else {
            return false;
        };
        if srb.source() == self.source {
            self.answer(context, srb);
        } else {
            // SAFETY: the SRB came to this adapter.
            unsafe { srb.refuse(self.extension) };
        }
        true
    }

    /// Answers a request for this adapter or logical unit, or keeps it if the handler answers
    /// later. IRQL and memory: as for [`start_io`](Self::start_io).
    pub fn answer(&self, context: &A, srb: Srb) {
        let before = self.later.moment();
        match self.respond(context, &srb) {
            // SAFETY: the SRB came to this adapter.
            Outcome::Completed(response) => unsafe { srb.respond(self.extension, response) },
            Outcome::Pending(_) if srb.can_be_kept() => {
                self.later.push(srb);
                self.settle(context, before);
            }
            Outcome::Pending(_) => {
                let response = Response::new(NtStatus::INTERNAL_ERROR, 0);
                // SAFETY: as above.
                unsafe { srb.respond(self.extension, response) };
            }
        }
    }

    fn respond(&self, context: &A, srb: &Srb) -> Outcome {
        let Some(parameters) = srb.parameters() else {
            return Response::new(NtStatus::INVALID_DEVICE_REQUEST, 0).into();
        };
        // SAFETY: the port driver passes on WMI's GUID and buffer, which belong to the miniport
        // until it completes the SRB. The borrow ends with this call.
        let request = unsafe { parameters.request(Port::system_time()) };
        self.provider.dispatch(context, request)
    }

    /// Calls the handlers of all kept SRBs again. The miniport calls this when the values that they
    /// wait for are available. SRBs that are answered now are completed; the others stay kept.
    ///
    /// IRQL: any at which the miniport may complete an SRB. The handlers run at the same IRQL. Touches no
    /// paged memory unless they do.
    pub fn resume(&self, context: &A) {
        let before = self.later.moment();
        self.later.wake();
        self.settle(context, before);
    }

    /// Ends the kept SRBs if they were aborted since `before`, or has the provider answer them if
    /// handlers were woken.
    fn settle(&self, context: &A, before: Moment) {
        let answer = |srb: Srb| match self.respond(context, &srb) {
            Outcome::Completed(response) => {
                // SAFETY: the SRB came to this adapter.
                unsafe { srb.respond(self.extension, response) };
                None
            }
            Outcome::Pending(_) => Some(srb),
        };
        self.later.settle(before, answer, |srb| self.end(srb));
    }
}

impl<A> Wmi<A> {
    /// Completes all kept SRBs with `status`: [`ABORTED`](SrbStatus::ABORTED) when the bus or the
    /// unit is reset, [`NO_DEVICE`](SrbStatus::NO_DEVICE) when it is removed. An SRB that another
    /// thread answers or [resumes](Self::resume) at this moment is completed by that thread.
    ///
    /// IRQL: any at which the miniport may complete an SRB. Touches no paged memory.
    pub fn abort(&self, status: SrbStatus) {
        self.aborted.store(status.value(), Ordering::SeqCst);
        self.later.abort(|srb| self.end(srb));
    }

    /// Completes a kept SRB with the status of the last [`abort`](Self::abort).
    fn end(&self, srb: Srb) {
        let status = SrbStatus::from_value(self.aborted.load(Ordering::SeqCst));
        // SAFETY: the SRB came to this adapter.
        unsafe { srb.complete(self.extension, status, 0) };
    }

    /// Tells WMI that blocks or static instances were added or removed: the port driver requests
    /// the registration again. IRQL: that of the miniport's routines. Touches no paged memory.
    pub fn reregister(&self) {
        // SAFETY: the extension is that of the adapter.
        unsafe { Port::reregister(self.extension, self.source) };
    }

    /// Sends an event with the values of one instance, which has a static name, if a consumer has
    /// subscribed to it. IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    ///
    /// A class with more than 64 bytes of data does not compile: its event would exceed
    /// [`NOTIFICATION_LIMIT`]. Storport may drop events silently.
    ///
    /// ```
    /// # use wmi_core::WmiClass;
    /// # use wmi_core::provider::Event;
    /// # use wmi_driver::storport::Wmi;
    /// #[derive(WmiClass)]
    /// #[wmi(event, base = "WMIEvent", guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c41")]
    /// struct Vendor_Reset {
    ///     #[wmi(data_id = 1)]
    ///     ports: [u8; 64],
    /// }
    /// # struct Adapter { wmi: Wmi<Adapter>, reset: Event<Vendor_Reset> }
    /// # fn reset(adapter: &Adapter) {
    /// let values = Vendor_Reset { ports: [0; 64] };
    /// let _ = adapter.wmi.send(&adapter.reset, 0, &values);
    /// # }
    /// # fn main() { let _: fn(&Adapter) = reset; }
    /// ```
    ///
    /// One byte more is an error:
    ///
    /// ```compile_fail
    /// # use wmi_core::WmiClass;
    /// # use wmi_core::provider::Event;
    /// # use wmi_driver::storport::Wmi;
    /// #[derive(WmiClass)]
    /// #[wmi(event, base = "WMIEvent", guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c41")]
    /// struct Vendor_Reset {
    ///     #[wmi(data_id = 1)]
    ///     ports: [u8; 65],
    /// }
    /// # struct Adapter { wmi: Wmi<Adapter>, reset: Event<Vendor_Reset> }
    /// # fn reset(adapter: &Adapter) {
    /// let values = Vendor_Reset { ports: [0; 65] };
    /// let _ = adapter.wmi.send(&adapter.reset, 0, &values);
    /// # }
    /// # fn main() { let _: fn(&Adapter) = reset; }
    /// ```
    ///
    /// # Errors
    ///
    /// None at present: the port driver does not report failures.
    pub fn send<C: DataBlock + FixedBlock>(
        &self,
        event: &Event<C>,
        instance: u32,
        values: &impl InstanceData<C>,
    ) -> Result<(), NtStatus> {
        const { assert_fits::<C>() };
        event.send(&self.sink(), Target::Static(instance), values)
    }

    /// Sends an event with the values of one instance, which has a dynamic name. The name takes two
    /// bytes, two for each UTF-16 unit, and up to seven of padding, all within [`NOTIFICATION_LIMIT`].
    ///
    /// Otherwise as [`send`](Self::send), whose IRQL is the limit here too.
    ///
    /// # Errors
    ///
    /// `STATUS_BUFFER_OVERFLOW` if the name leaves no room for the data.
    pub fn send_named<C: DataBlock + FixedBlock>(
        &self,
        event: &Event<C>,
        name: &str,
        values: &impl InstanceData<C>,
    ) -> Result<(), NtStatus> {
        const { assert_fits::<C>() };
        event.send(&self.sink(), Target::Dynamic(name), values)
    }

    /// Returns a sink for other events, for example of variable size. Sending an event that is too
    /// large fails with `STATUS_BUFFER_OVERFLOW`.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub const fn sink(&self) -> Sink<'_> {
        Sink {
            extension: self.extension,
            source: self.source,
            wmi: core::marker::PhantomData,
        }
    }
}

/// Asserts that the data of an event fits behind its header.
const fn assert_fits<C: FixedBlock>() {
    assert!(
        C::SIZE <= NOTIFICATION_LIMIT.saturating_sub(size_of::<WnodeSingleInstance>()),
        "Storport drops events of more than 128 bytes: this class has more than 64 bytes of data"
    );
}

impl<A> fmt::Debug for Wmi<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wmi")
            .field("extension", &self.extension)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Sends the events of one adapter or logical unit; see [`Wmi::sink`].
#[derive(Clone, Copy, Debug)]
pub struct Sink<'a> {
    extension: *mut c_void,
    source: Source,
    wmi: core::marker::PhantomData<&'a ()>,
}

/// Memory for an event, on the stack: the port driver copies it.
#[repr(align(8))]
pub struct EventMemory {
    bytes: [u8; NOTIFICATION_LIMIT],
    size: usize,
}

impl AsMut<[u8]> for EventMemory {
    fn as_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.size).unwrap_or_default()
    }
}

impl fmt::Debug for EventMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventMemory")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// IRQL: `DISPATCH_LEVEL` or lower.
impl EventSink for Sink<'_> {
    type Memory = EventMemory;

    fn allocate(&self, size: usize) -> Option<EventMemory> {
        (size <= NOTIFICATION_LIMIT).then_some(EventMemory {
            bytes: [0; NOTIFICATION_LIMIT],
            size,
        })
    }

    fn send(&self, mut event: EventMemory) -> Result<(), NtStatus> {
        let wnode = event.as_mut().as_mut_ptr().cast();
        // SAFETY: the extension is that of the adapter, and the memory is valid during the call.
        unsafe { Port::event(self.extension, wnode, self.source) };
        Ok(())
    }

    /// The port driver fills this in.
    fn provider_id(&self) -> u32 {
        0
    }

    fn time_stamp(&self) -> i64 {
        Port::system_time()
    }

    fn limit(&self) -> usize {
        NOTIFICATION_LIMIT
    }
}
