#![doc = include_str!("../ndis.md")]

mod oid;
mod oids;
pub(crate) mod routines;
mod status;

use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, Ordering};
use core::{fmt, ptr};

use wmi_core::block::EncodeError;
use wmi_core::provider::{Block, BlockInstance, Minor, Outcome, RefusalCause};
use wmi_core::wnode::{EVENT_LIMIT, InstanceData, WnodeSingleInstance};
use wmi_core::{DataBlock, FixedBlock, Guid, NtStatus, VariableClass, Wire};

pub use self::oids::{OID_GEN_SUPPORTED_GUIDS, Oids};

use self::oid::{Answer, Kind, OidRequest};
use self::routines::{Ndis, Routines};
use self::status::{
    BUFFER_TOO_SHORT, INVALID_LENGTH, INVALID_OID, NOT_ACCEPTED, NOT_SUPPORTED, REQUEST_ABORTED,
};
use crate::later::{Later, Moment};
use crate::layout::{NDIS_GUID_SIZE, NdisGuid, NdisStatusIndication};
use crate::status::raw;

/// Bytes of data that an event may have: NDIS puts the header of a WNODE before it, and WMI drops
/// events of more than 1 KB.
pub const EVENT_DATA_LIMIT: usize = EVENT_LIMIT.saturating_sub(size_of::<WnodeSingleInstance>());

/// `NDIS_STATUS_MEDIA_SPECIFIC_INDICATION_EX`. Source: `ndis.h`.
const MEDIA_SPECIFIC: u32 = 0x4001_0019;

/// WMI for one adapter of an NDIS miniport.
///
/// It lies in the miniport's adapter context. The handlers of its provider get an `A`.
pub struct Wmi<A: 'static> {
    oids: &'static Oids<A>,
    adapter: *mut c_void,
    is_gone: AtomicBool,
    later: Later<OidRequest>,
}

// SAFETY: the handle is only passed to routines of NDIS, which any thread may call.
unsafe impl<A> Send for Wmi<A> where Oids<A>: Sync {}
// SAFETY: as above; the rest is shared for reading, or atomic.
unsafe impl<A> Sync for Wmi<A> where Oids<A>: Sync {}

impl<A: Sync + 'static> Wmi<A> {
    /// Returns WMI for an adapter, in `MiniportInitializeEx`.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Safety
    ///
    /// `adapter` is the handle that `MiniportInitializeEx` got, and this is used until
    /// `MiniportHaltEx` returns, and no longer.
    #[must_use]
    pub const unsafe fn new(oids: &'static Oids<A>, adapter: *mut impl Sized) -> Self {
        Self {
            oids,
            adapter: adapter.cast(),
            is_gone: AtomicBool::new(false),
            later: Later::new(),
        }
    }

    /// Answers a request for an OID of WMI, and returns the `NDIS_STATUS` that `MiniportOidRequest`
    /// returns. `None` for other OIDs, which the miniport serves itself.
    ///
    /// A request that a handler answers later is kept, and the status is `NDIS_STATUS_PENDING`.
    ///
    /// IRQL: `PASSIVE_LEVEL`, at which the handlers are called. They may touch paged memory, and do not
    /// wait for hardware.
    ///
    /// # Safety
    ///
    /// `request` is that of `MiniportOidRequest` of this adapter, which uses it in no other way where
    /// this returns a status.
    pub unsafe fn oid_request(&self, context: &A, request: *mut impl Sized) -> Option<i32> {
        // SAFETY: guaranteed by the caller.
        let request = unsafe { OidRequest::new(request.cast()) };
        let before = self.later.moment();
        let answer = match (request.oid(), request.kind()) {
            (OID_GEN_SUPPORTED_GUIDS, Kind::Query) => Some(self.guids(context, &request)),
            (oid, _) => self.respond(self.oids.block(oid)?, context, &request),
        };
        Some(match answer {
            Some(answer) => request.returned(answer),
            None => {
                self.later.push(request);
                self.settle(context, before, None);
                raw(NtStatus::PENDING)
            }
        })
    }

    /// Writes the table of the blocks that the adapter has.
    fn guids(&self, context: &A, request: &OidRequest) -> Answer {
        if self.is_gone() {
            return Answer::of(NOT_ACCEPTED);
        }
        // SAFETY: the buffer is not used any more when this returns.
        let buffer = unsafe { request.buffer() };
        let count = self.oids.present(context).count();
        let size = count.saturating_mul(NDIS_GUID_SIZE);
        let Some(table) = buffer.get_mut(..size) else {
            return Answer {
                needed: size,
                ..Answer::of(BUFFER_TOO_SHORT)
            };
        };
        let mut written = 0_usize;
        let slots = table.chunks_exact_mut(NDIS_GUID_SIZE);
        for (slot, guid) in slots.zip(self.oids.present(context)) {
            let slot = slot.as_mut_ptr().cast::<NdisGuid>();
            // SAFETY: the slot has the bytes of an `NDIS_GUID`, and need not be aligned for one.
            unsafe { slot.write_unaligned(guid) };
            written = written.saturating_add(NDIS_GUID_SIZE);
        }
        Answer {
            written,
            ..Answer::of(NtStatus::SUCCESS)
        }
    }

    /// Asks the handlers of a block; `None` where they answer later.
    fn respond(
        &self,
        block: &'static Block<A>,
        context: &A,
        request: &OidRequest,
    ) -> Option<Answer> {
        if self.is_gone() {
            return Some(Answer::of(NOT_ACCEPTED));
        }
        let instance = BlockInstance::new(block, context, 0).reporting_to(self.oids.provider());
        if !block.is_present(context) {
            if let Some(minor) = request.kind().minor() {
                let _ = instance.refuse(minor, INVALID_OID, RefusalCause::AbsentBlock);
            }
            return Some(Answer::of(INVALID_OID));
        }
        // SAFETY: the buffer is not used any more when this returns.
        let buffer = unsafe { request.buffer() };
        let length = buffer.len();
        let (outcome, read) = match request.kind() {
            Kind::Query => (instance.query(buffer), 0),
            Kind::Set => (instance.set(buffer), length),
            Kind::Method => {
                let (input, id) = request.method();
                // NDIS does not check what a client says of its buffer.
                match usize::try_from(input) {
                    Ok(input) if input <= length => (instance.execute(id, input, buffer), input),
                    input => {
                        let (status, cause) = (INVALID_LENGTH, RefusalCause::DataPlace);
                        let _ = instance.refuse(Minor::ExecuteMethod, status, cause);
                        return Some(Answer {
                            needed: input.unwrap_or(usize::MAX),
                            ..Answer::of(status)
                        });
                    }
                }
            }
            Kind::Other => return Some(Answer::of(NOT_SUPPORTED)),
        };
        let Outcome::Completed(response) = outcome else {
            return None;
        };
        Some(match (response.status, block.instance_size()) {
            (NtStatus::SUCCESS, _) => Answer {
                written: response.information,
                read,
                ..Answer::of(NtStatus::SUCCESS)
            },
            (NtStatus::WMI_SET_FAILURE, Some(size)) if length < size => Answer {
                needed: size,
                ..Answer::of(INVALID_LENGTH)
            },
            (status, _) => Answer {
                needed: response.information,
                ..Answer::of(status::of(status))
            },
        })
    }

    /// Asks the handlers again that have said that they answer later: when the values that they
    /// waited for are there. The requests that they answer now are completed, the others are kept.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower; the handlers are called at it. Touches no paged memory unless
    /// they do. The caller holds no lock that they need.
    pub fn resume(&self, context: &A) {
        let before = self.later.moment();
        self.later.wake();
        self.settle(context, before, None);
    }

    /// Completes the request that NDIS cancels, with `NDIS_STATUS_REQUEST_ABORTED`, if it is kept: in
    /// `MiniportCancelOidRequest`, with its `RequestId`.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower; the handlers of other kept requests are called at it, as
    /// [`resume`](Self::resume) may be called in another thread meanwhile. Touches no paged memory unless
    /// they do.
    pub fn cancel(&self, context: &A, request_id: *mut impl Sized) {
        let before = self.later.moment();
        self.later.wake();
        self.settle(context, before, Some(request_id.cast()));
    }

    /// Ends the kept requests if they were aborted since `before`, or asks their handlers if these were
    /// woken, but for those with the cancelled id.
    fn settle(&self, context: &A, before: Moment, cancelled: Option<*mut c_void>) {
        let answer = |request: OidRequest| {
            let answer = match self.oids.block(request.oid()) {
                _ if cancelled == Some(request.id()) => Some(Answer::of(REQUEST_ABORTED)),
                Some(block) => self.respond(block, context, &request),
                // Only requests for blocks are kept.
                None => Some(Answer::of(INVALID_OID)),
            };
            match answer {
                Some(answer) => {
                    // SAFETY: the request came to this adapter.
                    unsafe { request.complete(self.adapter, answer) };
                    None
                }
                None => Some(request),
            }
        };
        self.later
            .settle(before, answer, |request| self.end(request));
    }
}

impl<A> Wmi<A> {
    /// Completes all requests that are kept, with `NDIS_STATUS_REQUEST_ABORTED`: in `MiniportResetEx`,
    /// and first in `MiniportHaltEx`. A request that another thread answers or
    /// [resumes](Self::resume) at this moment is completed by that thread.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    pub fn abort(&self) {
        self.later.abort(|request| self.end(request));
    }

    /// Completes all requests that are kept, and those that come until the adapter is halted, with
    /// `NDIS_STATUS_NOT_ACCEPTED`: when `MiniportDevicePnPEventNotify` tells of the surprise removal.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    pub fn surprise_removal(&self) {
        self.is_gone.store(true, Ordering::SeqCst);
        self.abort();
    }

    fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::SeqCst)
    }

    /// Completes a kept request that is aborted.
    fn end(&self, request: OidRequest) {
        let status = if self.is_gone() {
            NOT_ACCEPTED
        } else {
            REQUEST_ABORTED
        };
        // SAFETY: the request came to this adapter.
        unsafe { request.complete(self.adapter, Answer::of(status)) };
    }

    /// Sends an event with values of fixed size, as a status indication.
    ///
    /// NDIS does not say whether somebody listens, so each call sends one. A class with more than
    /// [`EVENT_DATA_LIMIT`] bytes of data does not compile.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    pub fn send<C: FixedBlock>(&self, values: &impl InstanceData<C>) {
        const {
            assert!(
                C::SIZE <= EVENT_DATA_LIMIT,
                "WMI drops events of more than 1 KB: this class has more than 960 bytes of data"
            );
        }
        let mut block = Wire::<C>::zeroed();
        values.store(&mut block);
        self.indicate(C::GUID, block.as_bytes());
    }

    /// Sends an event with values of variable size, as [`send`](Self::send) does.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// `STATUS_BUFFER_OVERFLOW` where the values have more than [`EVENT_DATA_LIMIT`] bytes,
    /// `STATUS_INTERNAL_ERROR` where one cannot be expressed.
    pub fn send_variable<C: DataBlock + VariableClass>(&self, values: &C) -> Result<(), NtStatus> {
        let mut data = [0; EVENT_DATA_LIMIT];
        let size = values.encode(&mut data).map_err(|error| match error {
            EncodeError::BufferTooSmall { .. } => NtStatus::BUFFER_OVERFLOW,
            _ => NtStatus::INTERNAL_ERROR,
        })?;
        self.indicate(C::GUID, data.get(..size).unwrap_or_default());
        Ok(())
    }

    /// `NdisMIndicateStatusEx`. The documentation has two ways to WMI, and this indication takes both:
    /// the GUID of the class, and the status code that NDIS maps to an event of its own.
    fn indicate(&self, guid: Guid, data: &[u8]) {
        let buffer = match data {
            [] => ptr::null(),
            data => data.as_ptr(),
        };
        // The data is far smaller than 32 bits can count.
        let size = u32::try_from(data.len()).unwrap_or(0);
        let indication =
            NdisStatusIndication::new(self.adapter, MEDIA_SPECIFIC, guid, buffer.cast(), size);
        // SAFETY: the handle is that of the adapter; the indication and its buffer are there during
        // the call.
        unsafe { Ndis::indicate(self.adapter, &raw const indication) };
    }
}

impl<A> fmt::Debug for Wmi<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wmi")
            .field("adapter", &self.adapter)
            .field("oids", self.oids)
            .finish_non_exhaustive()
    }
}
