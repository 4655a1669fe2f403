//! NDIS of the fake kernel: adapters, OID requests and status indications.

use core::ffi::c_void;
use core::ptr;
use std::collections::BTreeMap;
use std::vec::Vec;

use wmi_core::{Guid, NtStatus};

use super::payload::start_of;
use super::state::Memory;
use super::{Fake, Irql, Kernel, current};
use crate::layout::{NDIS_GUID_SIZE, NDIS_OID_REQUEST_SIZE, NdisOidRequest, NdisStatusIndication};
use crate::ndis::OID_GEN_SUPPORTED_GUIDS;
use crate::ndis::routines::Routines;
use crate::status::{from_raw, raw};

/// `NDIS_REQUEST_TYPE`.
const QUERY: i32 = 0;
const SET: i32 = 1;
const METHOD: i32 = 12;

/// An adapter of an NDIS miniport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NdisAdapter {
    handle: *mut c_void,
    context: *mut c_void,
}

// SAFETY: these are addresses.
unsafe impl Send for NdisAdapter {}
// SAFETY: as above.
unsafe impl Sync for NdisAdapter {}

impl NdisAdapter {
    /// Returns the handle that `MiniportInitializeEx` gets.
    #[must_use]
    pub const fn handle(self) -> *mut c_void {
        self.handle
    }

    /// Returns the adapter context.
    #[must_use]
    pub const fn context<E>(self) -> *mut E {
        self.context.cast()
    }
}

/// An OID request, to be [sent](Kernel::oid_request).
#[derive(Clone, Debug)]
pub struct OidCall {
    kind: i32,
    oid: u32,
    buffer: Option<Vec<u8>>,
    parameters: [u32; 6],
    id: usize,
}

impl OidCall {
    /// Returns a query with a buffer of `size` bytes of garbage.
    #[must_use]
    pub fn query(oid: u32, size: usize) -> Self {
        Self::raw(QUERY, oid, Some(std::vec![0xa5; size]))
    }

    /// Returns a set of these bytes.
    #[must_use]
    pub fn set(oid: u32, data: &[u8]) -> Self {
        Self::raw(SET, oid, Some(data.to_vec()))
    }

    /// Returns a call of a method with this input, and room for `output` bytes.
    #[must_use]
    pub fn method(oid: u32, method_id: u32, input: &[u8], output: usize) -> Self {
        let mut buffer = input.to_vec();
        buffer.resize(output.max(input.len()), 0xa5);
        let mut call = Self::raw(METHOD, oid, Some(buffer));
        call.parameters = [length(input.len()), length(output), method_id, 0, 0, 0];
        call
    }

    /// Returns a request of any type with this buffer, or none.
    #[must_use]
    pub fn raw(kind: i32, oid: u32, buffer: Option<Vec<u8>>) -> Self {
        let size = length(buffer.as_ref().map_or(0, Vec::len));
        Self {
            kind,
            oid,
            buffer,
            // Of a method, the id stands where others say how many bytes are needed.
            parameters: [size, if kind == METHOD { size } else { 0 }, 0, 0, 0, 0],
            id: 0,
        }
    }

    /// Returns the call of a method that claims an input of this size.
    #[must_use]
    pub const fn claimed_input(mut self, size: u32) -> Self {
        self.parameters[0] = size;
        self
    }

    /// Returns the request with this `RequestId`.
    #[must_use]
    pub const fn id(mut self, id: usize) -> Self {
        self.id = id;
        self
    }
}

fn length(size: usize) -> u32 {
    u32::try_from(size).expect("buffers are small")
}

/// What an OID request was completed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedOid {
    /// The status.
    pub status: NtStatus,
    /// `BytesWritten`.
    pub written: u32,
    /// `BytesRead`.
    pub read: u32,
    /// `BytesNeeded`.
    pub needed: u32,
    /// The whole buffer.
    pub buffer: Vec<u8>,
}

impl CompletedOid {
    /// Returns the bytes that were written.
    #[must_use]
    pub fn reply(&self) -> &[u8] {
        let written = usize::try_from(self.written).unwrap_or(usize::MAX);
        self.buffer.get(..written).unwrap_or_default()
    }
}

/// An OID request that the miniport may not have completed yet.
#[derive(Debug, PartialEq, Eq)]
pub struct PendingOid(u64);

/// What a miniport has indicated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indication {
    /// `StatusCode`.
    pub status_code: u32,
    /// `Guid`.
    pub guid: Guid,
    /// The bytes of the status buffer.
    pub data: Vec<u8>,
}

/// An OID request that is not completed.
struct SentOid {
    id: u64,
    kind: i32,
    memory: Memory,
    buffer: Option<Memory>,
    adapter: usize,
}

impl SentOid {
    fn free(&self) {
        self.memory.free();
        self.buffer.iter().for_each(|it| it.free());
    }
}

/// The state of NDIS.
#[derive(Default)]
pub(super) struct Ndis {
    requests: BTreeMap<usize, SentOid>,
    completed: BTreeMap<u64, CompletedOid>,
    indications: Vec<Indication>,
}

impl Ndis {
    pub(super) fn requests_left(&self) -> usize {
        self.requests.len()
    }

    pub(super) fn free(&self) {
        self.requests.values().for_each(SentOid::free);
    }
}

impl Kernel {
    /// Creates an adapter with a context for an `E` that is zero.
    #[must_use]
    pub fn create_ndis_adapter<E>(&self) -> NdisAdapter {
        let (handle, context) = (Memory::new(1), Memory::zeroed(size_of::<E>()));
        self.shared.lock().drivers.extend([handle, context]);
        NdisAdapter {
            handle: handle.start.cast(),
            context: context.start.cast(),
        }
    }

    /// Calls `answer`, which does what `MiniportOidRequest` does, with an OID request. IRQL:
    /// `PASSIVE_LEVEL`.
    ///
    /// Returns the request where `answer` returns a status, and frees it otherwise.
    #[must_use]
    pub fn oid_request(
        &self,
        adapter: NdisAdapter,
        call: &OidCall,
        answer: impl FnOnce(*mut c_void) -> Option<i32>,
    ) -> Option<PendingOid> {
        let buffer = call.buffer.as_deref().map(Memory::filled);
        let memory = Memory::zeroed(NDIS_OID_REQUEST_SIZE);
        let request = memory.start.cast::<NdisOidRequest>();
        // SAFETY: the fields are inside of the allocation.
        unsafe {
            (*request).request_type = call.kind;
            (*request).request_id = ptr::without_provenance_mut(call.id);
            (*request).oid = call.oid;
            (*request).information_buffer = start_of(buffer);
            (*request).parameters = call.parameters;
        }
        let mut state = self.shared.lock();
        state.next_irp += 1;
        let id = state.next_irp;
        let sent = SentOid {
            id,
            kind: call.kind,
            memory,
            buffer,
            adapter: adapter.handle.addr(),
        };
        state.ndis.requests.insert(request.addr(), sent);
        drop(state);
        let status = self.at(Irql::Passive, || answer(request.cast()));
        let mut state = self.shared.lock();
        let is_completed = state.ndis.completed.contains_key(&id);
        match status.map(from_raw) {
            // It may be completed before the routine returns.
            Some(NtStatus::PENDING) => {}
            Some(_) | None if is_completed => {
                state.bug_check(
                    0xc4,
                    0,
                    "a status is returned for a request that is completed",
                );
            }
            Some(status) => state.complete_oid(request, raw(status)),
            None => {
                if let Some(sent) = state.ndis.requests.remove(&request.addr()) {
                    sent.free();
                }
                return None;
            }
        }
        Some(PendingOid(id))
    }

    /// Returns what an OID request was completed with, once.
    #[must_use]
    pub fn completed_oid(&self, pending: &PendingOid) -> Option<CompletedOid> {
        self.shared.lock().ndis.completed.remove(&pending.0)
    }

    /// Asks for the table of GUIDs as NDIS does, and returns the OID of a class that it has.
    #[must_use]
    pub fn oid_of(
        &self,
        adapter: NdisAdapter,
        guid: Guid,
        mut answer: impl FnMut(*mut c_void) -> Option<i32>,
    ) -> Option<u32> {
        let mut size = 0;
        loop {
            let query = OidCall::query(OID_GEN_SUPPORTED_GUIDS, size);
            let pending = self.oid_request(adapter, &query, &mut answer)?;
            let completed = self.completed_oid(&pending)?;
            let needed = usize::try_from(completed.needed).unwrap_or(usize::MAX);
            if !completed.status.is_success() && needed > size {
                size = needed;
                continue;
            }
            let mut table = completed.reply().chunks_exact(NDIS_GUID_SIZE);
            let element = table.find(|element| element.starts_with(&guid.to_bytes()))?;
            let oid = element.get(size_of::<Guid>()..)?.first_chunk()?;
            return Some(u32::from_ne_bytes(*oid));
        }
    }

    /// Returns the status indications since the last call.
    #[must_use]
    pub fn take_indications(&self) -> Vec<Indication> {
        core::mem::take(&mut self.shared.lock().ndis.indications)
    }
}

impl super::state::State {
    fn complete_oid(&mut self, request: *mut NdisOidRequest, status: i32) {
        let Some(sent) = self.ndis.requests.remove(&request.addr()) else {
            self.bug_check(0xc4, 0, "an OID request is completed twice");
            return;
        };
        // SAFETY: the request was not completed before.
        let [_, done, needed, written, read, method_needed] = unsafe { (*request).parameters };
        let (written, read, needed) = match sent.kind {
            METHOD => (written, read, method_needed),
            SET => (0, done, needed),
            _ => (done, 0, needed),
        };
        let room = sent.buffer.map_or(0, |it| it.size);
        let is_outside = |size| usize::try_from(size).is_ok_and(|size: usize| size > room);
        if is_outside(written) || is_outside(read) {
            self.bug_check(0xc4, 0, "more bytes are reported than the buffer has");
        }
        if from_raw(status) == NtStatus::PENDING {
            self.bug_check(
                0xc4,
                0,
                "an OID request is completed with NDIS_STATUS_PENDING",
            );
        }
        let completed = CompletedOid {
            status: from_raw(status),
            written,
            read,
            needed,
            buffer: sent.buffer.map_or_else(Vec::new, |it| it.bytes(it.size)),
        };
        self.ndis.completed.insert(sent.id, completed);
        sent.free();
    }
}

impl Routines for Fake {
    unsafe fn complete(adapter: *mut c_void, request: *mut NdisOidRequest, status: i32) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(
            Irql::Dispatch,
            "NdisMOidRequestComplete above DISPATCH_LEVEL",
        );
        let sent = state.ndis.requests.get(&request.addr());
        if sent.is_some_and(|sent| sent.adapter != adapter.addr()) {
            state.bug_check(0xc4, 0, "an OID request is completed by another adapter");
        }
        state.complete_oid(request, status);
    }

    unsafe fn indicate(adapter: *mut c_void, indication: *const NdisStatusIndication) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "NdisMIndicateStatusEx above DISPATCH_LEVEL");
        // SAFETY: guaranteed by the caller.
        let indication = unsafe { &*indication };
        if indication.source_handle != adapter {
            state.bug_check(0xc4, 0, "a status is indicated for another adapter");
        }
        let size = usize::try_from(indication.status_buffer_size).unwrap_or(0);
        let data = if size == 0 {
            Vec::new()
        } else {
            // SAFETY: guaranteed by the caller: the buffer has this size.
            unsafe { core::slice::from_raw_parts(indication.status_buffer.cast::<u8>(), size) }
                .to_vec()
        };
        let indication = Indication {
            status_code: indication.status_code,
            guid: Guid::from_bytes(indication.guid),
            data,
        };
        state.ndis.indications.push(indication);
    }
}
