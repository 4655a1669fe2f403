//! The port driver of the fake kernel: adapters, SRBs of both kinds, and notifications.

use core::ffi::c_void;
use core::ptr;
use std::vec::Vec;

use wmi_core::Guid;
use wmi_core::provider::{DataPath, Minor};

use super::payload::{Payload, SentPayload, payload_methods, start_of};
use super::state::Memory;
use super::{Fake, Irql, Kernel, current};
use crate::layout::{
    STORAGE_REQUEST_BLOCK_SIZE, ScsiWmiRequestBlock, SrbexDataWmi, StorAddrBtl8,
    StorageRequestBlock,
};
use crate::storport::routines::Routines;
use crate::storport::{NOTIFICATION_LIMIT, Source, SrbStatus, Unit};

/// Bytes of a `SCSI_WMI_REQUEST_BLOCK`.
const SCSI_SIZE: usize = if cfg!(target_pointer_width = "64") {
    88
} else {
    64
};

const FUNCTION_WMI: u8 = 0x17;
const FUNCTION_STORAGE_REQUEST_BLOCK: u8 = 0x28;
const DATA_TYPE_WMI: u32 = 0x60;
const ADDRESS_TYPE_BTL8: u16 = 1;
const ADAPTER_REQUEST: u8 = 1;

/// Bytes of an SRB extension, which the port driver does not initialise.
const EXTENSION_SIZE: usize = 16;

/// An adapter of a miniport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adapter(*mut c_void);

// SAFETY: this is an address.
unsafe impl Send for Adapter {}
// SAFETY: as above.
unsafe impl Sync for Adapter {}

impl Adapter {
    /// Returns the device extension.
    #[must_use]
    pub const fn extension<E>(self) -> *mut E {
        self.0.cast()
    }
}

/// An SRB, to be [started](Kernel::start_io).
#[derive(Clone, Debug)]
pub struct SrbRequest {
    payload: Payload,
    source: Source,
    is_storage: bool,
    has_extension: bool,
    decoys: Vec<u32>,
    status: u8,
    function: u8,
}

impl SrbRequest {
    /// Returns a WMI request for the adapter, as an SRB of the older kind.
    #[must_use]
    pub fn new(minor: Minor) -> Self {
        Self::raw(minor.code())
    }

    /// Returns a request with any minor code.
    #[must_use]
    pub const fn raw(minor: u8) -> Self {
        Self {
            payload: Payload::new(minor),
            source: Source::Adapter,
            is_storage: false,
            has_extension: true,
            decoys: Vec::new(),
            status: 0,
            function: FUNCTION_WMI,
        }
    }

    /// Returns the request as an SRB of the newer kind, a `STORAGE_REQUEST_BLOCK`.
    ///
    /// `decoys` are arbitrary entries of `SrbExDataOffset` before that of the WMI data.
    #[must_use]
    pub fn storage(mut self, decoys: &[u32]) -> Self {
        self.is_storage = true;
        self.decoys = decoys.to_vec();
        self
    }

    /// Returns the request for a logical unit.
    #[must_use]
    pub const fn unit(mut self, unit: Unit) -> Self {
        self.source = Source::Unit(unit);
        self
    }

    payload_methods!();

    /// Returns the request without an SRB extension, as if `SrbExtensionSize` were zero.
    #[must_use]
    pub const fn without_extension(mut self) -> Self {
        self.has_extension = false;
        self
    }

    /// Returns the request with this initial `SrbStatus`.
    #[must_use]
    pub const fn status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }

    /// Returns the request with this function instead of that of WMI.
    #[must_use]
    pub const fn function(mut self, function: u8) -> Self {
        self.function = function;
        self
    }
}

/// A completed SRB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedSrb {
    /// `SrbStatus`.
    pub status: SrbStatus,
    /// `DataTransferLength`.
    pub length: u32,
    /// The whole buffer.
    pub buffer: Vec<u8>,
}

impl CompletedSrb {
    /// Returns the bytes of the reply.
    #[must_use]
    pub fn reply(&self) -> &[u8] {
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        self.buffer.get(..length).unwrap_or_default()
    }
}

/// An SRB that the miniport may not have completed yet.
#[derive(Debug, PartialEq, Eq)]
pub struct PendingSrb(u64);

/// An SRB that is not completed.
pub(super) struct SentSrb {
    id: u64,
    memory: Memory,
    adapter: usize,
    is_storage: bool,
    payload: SentPayload,
    extension: Option<Memory>,
}

impl SentSrb {
    pub(super) fn free(&self) {
        self.memory.free();
        self.payload.free();
        self.extension.into_iter().for_each(Memory::free);
    }
}

impl Kernel {
    /// Creates an adapter with a zeroed device extension for an `E`.
    #[must_use]
    pub fn create_adapter<E>(&self) -> Adapter {
        let memory = Memory::zeroed(size_of::<E>());
        self.shared.lock().drivers.push(memory);
        Adapter(memory.start.cast())
    }

    /// Calls `start` in place of `HwStartIo`, with an SRB. IRQL: `DISPATCH_LEVEL`.
    ///
    /// Returns the SRB if `start` takes it, and frees it otherwise.
    #[must_use]
    pub fn start_io(
        &self,
        adapter: Adapter,
        request: &SrbRequest,
        start: impl FnOnce(*mut c_void) -> bool,
    ) -> Option<PendingSrb> {
        let sent = SentSrb::new(adapter, request);
        let srb = sent.memory.start.cast::<c_void>();
        let mut state = self.shared.lock();
        state.next_irp += 1;
        let id = state.next_irp;
        state.srbs.insert(srb.addr(), SentSrb { id, ..sent });
        drop(state);
        let taken = self.at(Irql::Dispatch, || start(srb));
        if taken {
            return Some(PendingSrb(id));
        }
        let mut state = self.shared.lock();
        match state.srbs.remove(&srb.addr()) {
            Some(sent) => sent.free(),
            None => state.bug_check(0xc4, 0, "a completed SRB was not taken by the miniport"),
        }
        None
    }

    /// Returns the completion of an SRB, once.
    #[must_use]
    pub fn completed_srb(&self, pending: &PendingSrb) -> Option<CompletedSrb> {
        self.shared.lock().completed_srbs.remove(&pending.0)
    }
}

impl SentSrb {
    fn new(adapter: Adapter, request: &SrbRequest) -> Self {
        let extension = request.has_extension.then(|| Memory::new(EXTENSION_SIZE));
        let mut sent = Self {
            id: 0,
            memory: Memory {
                start: ptr::null_mut(),
                size: 0,
            },
            adapter: adapter.0.addr(),
            is_storage: request.is_storage,
            payload: request.payload.allocate(),
            extension,
        };
        sent.memory = if request.is_storage {
            sent.storage(request)
        } else {
            sent.scsi(request)
        };
        sent
    }

    fn scsi(&self, request: &SrbRequest) -> Memory {
        let memory = Memory::zeroed(SCSI_SIZE);
        let srb = memory.start.cast::<ScsiWmiRequestBlock>();
        // SAFETY: the fields lie inside the allocation.
        unsafe {
            (*srb).function = request.function;
            (*srb).srb_status = request.status;
            (*srb).sub_function = request.payload.minor;
            (*srb).data_transfer_length = self.payload.size();
            (*srb).data_buffer = self.payload.start();
            (*srb).data_path = self.payload.data_path();
            (*srb).srb_extension = start_of(self.extension);
        }
        match request.source {
            // SAFETY: as above.
            Source::Adapter => unsafe { (*srb).flags = ADAPTER_REQUEST },
            // SAFETY: as above.
            Source::Unit(unit) => unsafe {
                (*srb).path_id = unit.path;
                (*srb).target_id = unit.target;
                (*srb).lun = unit.lun;
            },
        }
        memory
    }

    fn storage(&self, request: &SrbRequest) -> Memory {
        let offsets = request.decoys.len() + 1;
        let address = (STORAGE_REQUEST_BLOCK_SIZE + 4 * offsets).next_multiple_of(8);
        let data = address + 16;
        let size = data + size_of::<SrbexDataWmi>();
        let number = |place: usize| u32::try_from(place).expect("SRBs are small");
        let memory = Memory::zeroed(size);
        let block = memory.start.cast::<StorageRequestBlock>();
        // SAFETY: the fields lie inside the allocation.
        unsafe {
            (*block).function = FUNCTION_STORAGE_REQUEST_BLOCK;
            (*block).srb_status = request.status;
            (*block).srb_length = number(size);
            (*block).srb_function = u32::from(request.function);
            (*block).address_offset = number(address);
            (*block).num_srb_ex_data = number(offsets);
            (*block).data_transfer_length = self.payload.size();
            (*block).data_buffer = self.payload.start();
            (*block).miniport_context = start_of(self.extension);
        }
        // SAFETY: as above.
        let first = unsafe { &raw mut (*block).srb_ex_data_offset };
        let places = request.decoys.iter().copied().chain([number(data)]);
        for (index, place) in places.enumerate() {
            // SAFETY: the offsets lie inside the allocation.
            unsafe { first.wrapping_add(index).write(place) };
        }
        let data = memory.start.wrapping_add(data).cast::<SrbexDataWmi>();
        // SAFETY: as above.
        unsafe {
            (*data).kind = DATA_TYPE_WMI;
            (*data).sub_function = request.payload.minor;
            (*data).data_path = self.payload.data_path();
        }
        let address = memory.start.wrapping_add(address).cast::<StorAddrBtl8>();
        // SAFETY: as above.
        unsafe { (*address).kind = ADDRESS_TYPE_BTL8 };
        match request.source {
            // SAFETY: as above.
            Source::Adapter => unsafe { (*data).flags = ADAPTER_REQUEST },
            // SAFETY: as above.
            Source::Unit(unit) => unsafe {
                (*address).path = unit.path;
                (*address).target = unit.target;
                (*address).lun = unit.lun;
            },
        }
        memory
    }
}

impl Routines for Fake {
    unsafe fn complete(extension: *mut c_void, srb: *mut c_void) {
        let shared = current();
        let mut state = shared.lock();
        let Some(sent) = state.srbs.remove(&srb.addr()) else {
            state.bug_check(0xc4, 0, "an SRB is completed twice");
            return;
        };
        if sent.adapter != extension.addr() {
            state.bug_check(0xc4, 0, "an SRB is completed by another adapter");
        }
        let scsi = srb.cast::<ScsiWmiRequestBlock>();
        let storage = srb.cast::<StorageRequestBlock>();
        // SAFETY: the SRB is not completed yet, and is of this kind.
        let (status, length) = unsafe {
            let length = if sent.is_storage {
                (*storage).data_transfer_length
            } else {
                (*scsi).data_transfer_length
            };
            ((*scsi).srb_status, length)
        };
        if status == SrbStatus::PENDING.value() {
            state.bug_check(0xc4, 0, "an SRB is completed with SRB_STATUS_PENDING");
        }
        let is_success = status & 0x3f == SrbStatus::SUCCESS.value();
        if is_success && usize::try_from(length).is_ok_and(|it| it > sent.payload.room()) {
            state.bug_check(0xc4, 0, "more bytes are reported than the buffer has");
        }
        let completed = CompletedSrb {
            status: SrbStatus::from_value(status),
            length,
            buffer: sent.payload.bytes(),
        };
        state.completed_srbs.insert(sent.id, completed);
        sent.free();
    }

    unsafe fn event(_: *mut c_void, wnode: *mut c_void, source: Source) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(
            Irql::Dispatch,
            "StorPortNotification(WMIEvent) above DISPATCH_LEVEL",
        );
        // SAFETY: guaranteed by the caller; a WNODE begins with its size.
        let size = unsafe { wnode.cast::<u32>().read_unaligned() };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size > NOTIFICATION_LIMIT {
            state.bug_check(
                0xc4,
                0,
                "the port driver drops events of more than 128 bytes",
            );
            return;
        }
        // SAFETY: guaranteed by the caller; the WNODE has this size.
        let event = unsafe { core::slice::from_raw_parts(wnode.cast::<u8>(), size) };
        state.port_events.push((source, event.to_vec()));
    }

    unsafe fn reregister(_: *mut c_void, source: Source) {
        current().lock().reregistered.push(source);
    }

    fn system_time() -> i64 {
        current().lock().time
    }
}
