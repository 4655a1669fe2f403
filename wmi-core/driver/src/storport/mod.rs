#![doc = include_str!("../storport.md")]

pub(crate) mod routines;
mod srb;

use core::ffi::c_void;
use core::fmt;

use wmi_core::provider::{Event, EventSink, Outcome, Provider, Response};
use wmi_core::wnode::{InstanceData, Target, WnodeSingleInstance};
use wmi_core::{DataBlock, FixedBlock, NtStatus};

pub use self::srb::Srb;

use self::routines::{Port, Routines};
use crate::later::Later;

/// Bytes of an SRB extension that keeps requests which handlers answer later. A miniport adds them to
/// its own bytes in `SrbExtensionSize`; they come first.
pub const SRB_EXTENSION_SIZE: u32 = if cfg!(target_pointer_width = "64") {
    8
} else {
    4
};

/// Bytes that the WNODE of an event may have: Storport drops larger ones. Source:
/// "StorPortNotification", windows-driver-docs-ddi.
pub const EVENT_LIMIT: usize = 128;

/// The `SrbStatus` of an SRB. Source: `srb.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrbStatus(pub u8);

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

/// The addressee of a request, or the origin of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The adapter.
    Adapter,
    /// A logical unit.
    Unit(Unit),
}

/// WMI for one adapter of a miniport, or for one of its logical units.
///
/// It lies in the device extension. The handlers of its [`Provider`] get an `A`.
pub struct Wmi<A: 'static> {
    provider: &'static Provider<A>,
    extension: *mut c_void,
    source: Source,
    later: Later<Srb>,
}

// SAFETY: the pointer is only passed to routines of the port driver, which any thread may call.
unsafe impl<A> Send for Wmi<A> where Provider<A>: Sync {}
// SAFETY: as above; the rest is shared for reading, or atomic.
unsafe impl<A> Sync for Wmi<A> where Provider<A>: Sync {}

impl<A: Sync + 'static> Wmi<A> {
    /// Returns WMI for an adapter, in `HwFindAdapter`.
    ///
    /// # Safety
    ///
    /// `extension` is the device extension of the adapter, and stays as long as this is used.
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
        }
    }

    /// Returns WMI for a logical unit.
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
        }
    }

    /// Answers an SRB if it is a request of WMI, and returns whether it is. `HwStartIo` returns
    /// `TRUE` then, and does nothing else with it.
    ///
    /// Requests for logical units are refused; a miniport whose units have blocks takes
    /// [`Srb::new`] and [`answer`](Self::answer) instead.
    ///
    /// IRQL: that of `HwStartIo`, at which the handlers are called. Touches no paged memory unless
    /// they do, and they must not.
    ///
    /// # Safety
    ///
    /// `srb` is that of `HwStartIo` of this adapter, which uses it in no other way where this
    /// returns `true`.
    pub unsafe fn start_io(&self, context: &A, srb: *mut impl Sized) -> bool {
        // SAFETY: the caller's.
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

    /// Answers a request for this adapter or logical unit, or keeps it where a handler answers
    /// later. IRQL and memory: as for [`start_io`](Self::start_io).
    pub fn answer(&self, context: &A, srb: Srb) {
        let wakes = self.later.wakes();
        match self.respond(context, &srb) {
            // SAFETY: the SRB came to this adapter.
            Outcome::Completed(response) => unsafe { srb.respond(self.extension, response) },
            Outcome::Pending(_) if srb.can_be_kept() => {
                self.later.push(srb);
                if self.later.wakes() != wakes {
                    self.retry(context);
                }
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
        // SAFETY: the port driver passes on the GUID and the buffer of WMI, which are the miniport's
        // until it completes the SRB. The borrow ends with this call.
        let request = unsafe { parameters.request(Port::system_time()) };
        self.provider.dispatch(context, request)
    }

    /// Asks the handlers again that have said that they answer later: when the values that they
    /// waited for are there. The SRBs that they answer now are completed, the others are kept.
    ///
    /// IRQL: any at which the miniport may complete an SRB. The handlers are called at it.
    pub fn resume(&self, context: &A) {
        self.later.wake();
        self.retry(context);
    }

    fn retry(&self, context: &A) {
        self.later.retry(|srb| match self.respond(context, &srb) {
            Outcome::Completed(response) => {
                // SAFETY: the SRB came to this adapter.
                unsafe { srb.respond(self.extension, response) };
                None
            }
            Outcome::Pending(_) => Some(srb),
        });
    }
}

impl<A> Wmi<A> {
    /// Completes the SRBs that handlers have not answered yet: with
    /// [`ABORTED`](SrbStatus::ABORTED) where the bus or the unit is reset, with
    /// [`NO_DEVICE`](SrbStatus::NO_DEVICE) where it goes. IRQL: any at which the miniport may
    /// complete an SRB.
    pub fn abort(&self, status: SrbStatus) {
        for srb in self.later.take() {
            // SAFETY: the SRB came to this adapter.
            unsafe { srb.complete(self.extension, status, 0) };
        }
    }

    /// Tells WMI that blocks or static instances have come or gone: the port driver asks for the
    /// registration again. IRQL: that of the miniport's routines. Touches no paged memory.
    pub fn reregister(&self) {
        // SAFETY: the extension is that of the adapter.
        unsafe { Port::reregister(self.extension, self.source) };
    }

    /// Sends an event with the values of one instance, which has a static name, while somebody
    /// listens. IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    ///
    /// A class whose event cannot have at most [`EVENT_LIMIT`] bytes does not compile: its data has
    /// at most 64 bytes. Storport may lose events without a report.
    ///
    /// # Errors
    ///
    /// None at present; the port driver reports no failure.
    pub fn send<C: DataBlock + FixedBlock>(
        &self,
        event: &Event<C>,
        instance: u32,
        values: &impl InstanceData<C>,
    ) -> Result<(), NtStatus> {
        const { assert_fits::<C>() };
        event.send(&self.sink(), Target::Static(instance), values)
    }

    /// Sends an event of an instance that has a dynamic name. The name takes two bytes, two for each
    /// UTF-16 unit, and up to seven of padding, all within [`EVENT_LIMIT`].
    ///
    /// Else as [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// `STATUS_BUFFER_OVERFLOW` where the name leaves no room for the data.
    pub fn send_named<C: DataBlock + FixedBlock>(
        &self,
        event: &Event<C>,
        name: &str,
        values: &impl InstanceData<C>,
    ) -> Result<(), NtStatus> {
        const { assert_fits::<C>() };
        event.send(&self.sink(), Target::Dynamic(name), values)
    }

    /// Returns a sink for other events, of variable size for example: one that is too large fails with
    /// `STATUS_BUFFER_OVERFLOW` when it is sent.
    #[must_use]
    pub const fn sink(&self) -> Sink<'_> {
        Sink {
            extension: self.extension,
            source: self.source,
            wmi: core::marker::PhantomData,
        }
    }
}

/// Proves that the data of an event fits behind its header.
const fn assert_fits<C: FixedBlock>() {
    assert!(
        C::SIZE <= EVENT_LIMIT.saturating_sub(size_of::<WnodeSingleInstance>()),
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
    bytes: [u8; EVENT_LIMIT],
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
        (size <= EVENT_LIMIT).then_some(EventMemory {
            bytes: [0; EVENT_LIMIT],
            size,
        })
    }

    fn send(&self, mut event: EventMemory) -> Result<(), NtStatus> {
        let wnode = event.as_mut().as_mut_ptr().cast();
        // SAFETY: the extension is that of the adapter, and the memory is there during the call.
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
        EVENT_LIMIT
    }
}
