//! [`OidRequest`]: a request for a custom OID while it is this miniport's.

use core::ffi::c_void;

use wmi_core::NtStatus;
use wmi_core::provider::Minor;

use super::routines::{Ndis, Routines};
use crate::later::Kept;
use crate::layout::NdisOidRequest;
use crate::request::bytes;
use crate::status::raw;

/// `NDIS_REQUEST_TYPE`. Source: `ntddndis.h`.
const QUERY_INFORMATION: i32 = 0;
const SET_INFORMATION: i32 = 1;
const QUERY_STATISTICS: i32 = 2;
const METHOD: i32 = 12;

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Query,
    Set,
    Method,
    /// A request that custom OIDs do not have.
    Other,
}

impl Kind {
    /// Returns the minor function code of the same request under WDM.
    pub(super) const fn minor(self) -> Option<Minor> {
        match self {
            Self::Query => Some(Minor::QuerySingleInstance),
            Self::Set => Some(Minor::ChangeSingleInstance),
            Self::Method => Some(Minor::ExecuteMethod),
            Self::Other => None,
        }
    }
}

/// What a request is completed with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) status: NtStatus,
    /// Bytes that were written.
    pub(super) written: usize,
    /// Bytes that were read.
    pub(super) read: usize,
    /// Bytes that the buffer needs, where it is too short.
    pub(super) needed: usize,
}

impl Answer {
    /// Returns an answer with this status, after nothing was read or written.
    pub(super) const fn of(status: NtStatus) -> Self {
        Self {
            status,
            written: 0,
            read: 0,
            needed: 0,
        }
    }
}

/// A request from its arrival in `MiniportOidRequest` until it is completed.
///
/// Each method that completes it consumes it, so nothing touches it afterwards.
#[derive(Debug)]
#[must_use = "an OID request must be completed"]
pub(super) struct OidRequest(*mut NdisOidRequest);

impl OidRequest {
    /// # Safety
    ///
    /// `request` is that of `MiniportOidRequest`, which uses it in no other way.
    pub(super) const unsafe fn new(request: *mut NdisOidRequest) -> Self {
        Self(request)
    }

    /// Returns the OID.
    pub(super) fn oid(&self) -> u32 {
        // SAFETY: the request is this miniport's.
        unsafe { (*self.0).oid }
    }

    /// Returns what the request asks for.
    pub(super) fn kind(&self) -> Kind {
        // SAFETY: the request is this miniport's.
        let kind = unsafe { (*self.0).request_type };
        match kind {
            QUERY_INFORMATION | QUERY_STATISTICS => Kind::Query,
            SET_INFORMATION => Kind::Set,
            METHOD => Kind::Method,
            _ => Kind::Other,
        }
    }

    /// Returns `RequestId`, by which a cancellation names the request.
    pub(super) fn id(&self) -> *mut c_void {
        // SAFETY: the request is this miniport's.
        unsafe { (*self.0).request_id }
    }

    fn parameters(&self) -> [u32; 6] {
        // SAFETY: the request is this miniport's.
        unsafe { (*self.0).parameters }
    }

    /// Returns the size of a method's input in bytes, and the method's id.
    pub(super) fn method(&self) -> (u32, u32) {
        let [input, _, id, ..] = self.parameters();
        (input, id)
    }

    /// Returns the buffer: of a method, that of the output, where the input begins too.
    ///
    /// # Safety
    ///
    /// The result is used before the request is completed or kept, and no other result meanwhile.
    pub(super) unsafe fn buffer<'b>(&self) -> &'b mut [u8] {
        let [length, output, ..] = self.parameters();
        let size = match self.kind() {
            Kind::Method => output,
            _ => length,
        };
        // SAFETY: the request is this miniport's.
        let buffer = unsafe { (*self.0).information_buffer };
        // SAFETY: NDIS gives a buffer of this size, which is the miniport's until it completes the
        // request.
        unsafe { bytes(buffer, size) }
    }

    /// Stores how many bytes were written, read or are needed, and returns the status.
    fn store(&self, answer: Answer) -> i32 {
        let Answer {
            status,
            written,
            read,
            needed,
        } = answer;
        // A buffer has no more bytes than 32 bits can count.
        let [written, read, needed] =
            [written, read, needed].map(|size| u32::try_from(size).unwrap_or(u32::MAX));
        let [first, second, third, ..] = self.parameters();
        let parameters = match self.kind() {
            Kind::Method => [first, second, third, written, read, needed],
            kind => {
                let done = if let Kind::Set = kind { read } else { written };
                let [.., fourth, fifth, sixth] = self.parameters();
                [first, done, needed, fourth, fifth, sixth]
            }
        };
        // SAFETY: the request is this miniport's.
        unsafe { (*self.0).parameters = parameters };
        raw(status)
    }

    /// Completes the request at once, by the status that `MiniportOidRequest` returns.
    pub(super) fn returned(self, answer: Answer) -> i32 {
        self.store(answer)
    }

    /// Completes a request for which `MiniportOidRequest` has returned `NDIS_STATUS_PENDING`, or will.
    ///
    /// # Safety
    ///
    /// `adapter` is the handle of the adapter that got the request.
    pub(super) unsafe fn complete(self, adapter: *mut c_void, answer: Answer) {
        let status = self.store(answer);
        // SAFETY: the request came to this adapter, and is not used any more.
        unsafe { Ndis::complete(adapter, self.0, status) };
    }
}

/// A request links to the next by a field that belongs to the miniport.
impl Kept for OidRequest {
    fn into_raw(self) -> *mut c_void {
        self.as_raw()
    }

    unsafe fn from_raw(raw: *mut c_void) -> Self {
        Self(raw.cast())
    }

    fn next(&self) -> *mut c_void {
        // SAFETY: the request is this miniport's, and so is this field.
        let [next, _] = unsafe { (*self.0).miniport_reserved };
        next
    }

    fn set_next(&self, next: *mut c_void) {
        // SAFETY: as above.
        unsafe { (*self.0).miniport_reserved[0] = next };
    }

    fn as_raw(&self) -> *mut c_void {
        self.0.cast()
    }
}
