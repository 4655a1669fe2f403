//! IRPs of the fake kernel: sending, forwarding and completion.

use core::ffi::c_void;
use core::mem::{offset_of, transmute};
use std::vec::Vec;

use wmi_core::provider::{DataPath, Minor};
use wmi_core::wnode::flags::{WMIREG_FLAG_INSTANCE_PDO, WMIREG_FLAG_TRACED_GUID};
use wmi_core::wnode::{WmiRegGuid, WmiRegInfo};
use wmi_core::{Guid, NtStatus};

use super::object::WdmDevice;
use super::payload::{Payload, SentPayload, payload_methods};
use super::state::{Memory, Shared, State};
use super::{ANSWERING, Fake, IRQL, Irql, Kernel};
use crate::layout::{DeviceObject, IRP_SIZE, IoStackLocation, Irp};
use crate::status::{DELETE_PENDING, from_raw, raw};
use crate::wdm::routines::Routines;

/// `IRP_MJ_SYSTEM_CONTROL`.
const SYSTEM_CONTROL: u8 = 0x17;

/// `IO_TYPE_IRP`.
const IO_TYPE_IRP: i16 = 6;

/// `SL_PENDING_RETURNED` of `Control`.
const PENDING_RETURNED: u8 = 1;

/// A WMI request, to be [sent](Kernel::send).
#[derive(Clone, Debug)]
pub struct IrpRequest {
    payload: Payload,
    provider: usize,
    status: NtStatus,
}

impl IrpRequest {
    /// Returns a request for a device, with a zero GUID and without a buffer.
    #[must_use]
    pub fn new(minor: Minor, provider: WdmDevice) -> Self {
        Self::raw(minor.code(), provider.address())
    }

    /// Returns a request with any minor code and provider id.
    #[must_use]
    pub const fn raw(minor: u8, provider: usize) -> Self {
        Self {
            payload: Payload::new(minor),
            provider,
            status: NtStatus::NOT_SUPPORTED,
        }
    }

    /// Returns the request with this initial `IoStatus.Status`, for a driver that sends requests itself.
    /// Driver Verifier accepts only `STATUS_NOT_SUPPORTED`, the default.
    #[must_use]
    pub const fn initial_status(mut self, status: NtStatus) -> Self {
        self.status = status;
        self
    }

    payload_methods!();
}

/// A completed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedIrp {
    /// `IoStatus.Status`.
    pub status: NtStatus,
    /// `IoStatus.Information`.
    pub information: usize,
    /// The whole buffer.
    pub buffer: Vec<u8>,
    /// Whether the driver under test forwarded it and a lower driver completed it.
    pub was_forwarded: bool,
    /// How many references on physical device objects came with it, which WMI has given back.
    pub pdo_references: usize,
    /// Whether it was marked pending.
    pub(super) was_pending: bool,
}

impl CompletedIrp {
    /// Returns the bytes of the reply.
    #[must_use]
    pub fn reply(&self) -> &[u8] {
        self.buffer.get(..self.information).unwrap_or_default()
    }
}

/// A request that its driver may not have completed yet.
#[derive(Debug, PartialEq, Eq)]
pub struct PendingIrp(u64);

/// An IRP that is not completed.
pub(super) struct SentIrp {
    id: u64,
    memory: Memory,
    payload: SentPayload,
    minor: u8,
    provider: usize,
    initial: (i32, usize),
    /// The devices that received it, in order.
    holders: Vec<usize>,
    /// The stack location of the last of them.
    location: *mut IoStackLocation,
}

impl SentIrp {
    pub(super) fn free(&self) {
        self.memory.free();
        self.payload.free();
    }

    /// Returns whether the last holder is the device that the request is for.
    fn is_addressed(&self) -> bool {
        self.holders.last() == Some(&self.provider) && Minor::from_code(self.minor).is_some()
    }
}

impl Kernel {
    /// Sends a request to the top of the stack of `device`, and returns its completion.
    ///
    /// # Panics
    ///
    /// If it is not completed when the dispatch routine returns.
    pub fn send(&self, device: WdmDevice, request: IrpRequest) -> CompletedIrp {
        let pending = self.post(device, request);
        self.completed(&pending)
            .expect("the driver completes the request at once")
    }

    /// Sends a request to the top of the stack of `device`.
    #[must_use]
    pub fn post(&self, device: WdmDevice, request: IrpRequest) -> PendingIrp {
        self.shared.post(device.address(), &request)
    }

    /// Returns the completion of a request, once.
    #[must_use]
    pub fn completed(&self, pending: &PendingIrp) -> Option<CompletedIrp> {
        self.shared.lock().completed.remove(&pending.0)
    }

    /// Does what `IofCompleteRequest` does, for a dispatch routine that a test writes by hand.
    ///
    /// # Safety
    ///
    /// The IRP is that of a dispatch routine, which uses it no more.
    pub unsafe fn complete<I>(irp: *mut I) {
        // SAFETY: guaranteed by the caller.
        unsafe { Fake::complete_request(irp.cast()) };
    }

    /// Does what `IoCancelIrp` does with an IRP that has no cancel routine: the driver finds `Cancel`
    /// set. Returns whether the request was still open.
    pub fn cancel(&self, pending: &PendingIrp) -> bool {
        let state = self.shared.lock();
        let Some((_, sent)) = state.irps.iter().find(|(_, sent)| sent.id == pending.0) else {
            return false;
        };
        let irp = sent.memory.start.cast::<Irp>();
        // SAFETY: the IRP is not completed.
        unsafe { (*irp).cancel = 1 };
        true
    }

    /// Returns the last registration of a device, a `WMIREGINFO`.
    #[must_use]
    pub fn registration(&self, device: WdmDevice) -> Option<Vec<u8>> {
        let state = self.shared.lock();
        state.devices.get(&device.address())?.registration.clone()
    }
}

impl Shared {
    pub(super) fn post(&self, device: usize, request: &IrpRequest) -> PendingIrp {
        let mut state = self.lock();
        let top = state.top(device);
        let (id, irp) = state.allocate_irp(top, request);
        drop(state);
        let before = IRQL.replace(Irql::Passive);
        let returned = self.dispatch(top, irp);
        IRQL.set(before);
        self.lock().returned(id, irp, returned);
        PendingIrp(id)
    }

    /// Calls the dispatch routine of a device with the IRP's next stack location.
    pub(super) fn dispatch(&self, device: usize, irp: *mut Irp) -> i32 {
        let mut state = self.lock();
        let record = state.device(device);
        let has_driver = record.has_driver;
        let object = record.object.start.cast::<DeviceObject>();
        let Some(sent) = state.irps.get_mut(&irp.addr()) else {
            state.bug_check(0x44, 0, "an IRP is forwarded after it was completed");
            return raw(NtStatus::INVALID_PARAMETER);
        };
        sent.holders.push(device);
        sent.location = next_location(irp, object);
        let is_addressed = sent.is_addressed();
        if !has_driver {
            // A bus without WMI completes every request unchanged.
            let status = sent.initial.0;
            state.complete(irp);
            drop(state);
            self.changed.notify_all();
            return status;
        }
        drop(state);
        // SAFETY: the kernel has the device object.
        let driver = unsafe { (*object).driver_object };
        // SAFETY: the kernel has the driver object.
        let routine = unsafe { (*driver).major_function[usize::from(SYSTEM_CONTROL)] };
        if routine.is_null() {
            let mut state = self.lock();
            state.bug_check(0xc9, 0x21f, "there is no dispatch routine for WMI requests");
            state.complete(irp);
            return raw(NtStatus::INVALID_DEVICE_REQUEST);
        }
        // SAFETY: the driver set the pointer to a dispatch routine.
        let routine = unsafe {
            transmute::<*mut c_void, unsafe extern "system" fn(*mut DeviceObject, *mut Irp) -> i32>(
                routine,
            )
        };
        ANSWERING.with_borrow_mut(|answering| answering.push(is_addressed.then_some(device)));
        // SAFETY: the arguments are those of a dispatch routine.
        let status = unsafe { routine(object, irp) };
        ANSWERING.with_borrow_mut(Vec::pop);
        status
    }
}

/// Makes the next stack location the current one, as `IofCallDriver` does.
fn next_location(irp: *mut Irp, device: *mut DeviceObject) -> *mut IoStackLocation {
    // SAFETY: the IRP is not completed.
    let current = unsafe { (*irp).current_location };
    // SAFETY: as above.
    unsafe { (*irp).current_location = current - 1 };
    // SAFETY: as above.
    let location = unsafe { (*irp).current_stack_location }.wrapping_sub(1);
    // SAFETY: as above.
    unsafe { (*irp).current_stack_location = location };
    // SAFETY: the location lies inside the IRP; otherwise Miri reports it.
    unsafe { (*location).device_object = device };
    location
}

impl State {
    fn allocate_irp(&mut self, top: usize, request: &IrpRequest) -> (u64, *mut Irp) {
        let object = self.device(top).object.start.cast::<DeviceObject>();
        // SAFETY: the kernel has the object.
        let count = unsafe { (*object).stack_size };
        let locations = usize::try_from(count).expect("stacks are small");
        let size = IRP_SIZE + locations * size_of::<IoStackLocation>();
        let memory = Memory::zeroed(size);
        let payload = request.payload.allocate();
        let irp = memory.start.cast::<Irp>();
        let end = memory.start.wrapping_add(size).cast::<IoStackLocation>();
        if request.status != NtStatus::NOT_SUPPORTED {
            let finding = "a request is sent with another status than STATUS_NOT_SUPPORTED";
            self.bug_check(0xc9, 0x210, finding);
        }
        let status = raw(request.status);
        // SAFETY: all fields lie inside the allocation.
        unsafe {
            (*irp).kind = IO_TYPE_IRP;
            (*irp).size = u16::try_from(size).expect("stacks are small");
            (*irp).status = status;
            (*irp).stack_count = count;
            (*irp).current_location = count + 1;
            (*irp).current_stack_location = end;
        }
        // Drivers that skip their location leave the parameters in the first one for all.
        let location = end.wrapping_sub(1);
        // SAFETY: as above.
        unsafe {
            (*location).major_function = SYSTEM_CONTROL;
            (*location).minor_function = request.payload.minor;
            (*location).provider_id = request.provider;
            (*location).data_path = payload.data_path();
            (*location).buffer_size = payload.size();
            (*location).buffer = payload.start();
        }
        self.next_irp += 1;
        let id = self.next_irp;
        let sent = SentIrp {
            id,
            memory,
            payload,
            minor: request.payload.minor,
            provider: request.provider,
            initial: (status, 0),
            holders: Vec::new(),
            location,
        };
        if let Some(provider) = self.devices.get_mut(&request.provider) {
            provider.outstanding += 1;
        }
        self.irps.insert(memory.address(), sent);
        (id, irp)
    }

    /// `IofCompleteRequest`: takes the IRP away.
    pub(super) fn complete(&mut self, irp: *mut Irp) {
        self.limit(Irql::Dispatch, "IoCompleteRequest above DISPATCH_LEVEL");
        let Some(sent) = self.irps.remove(&irp.addr()) else {
            self.bug_check(0x44, 0, "an IRP is completed twice");
            return;
        };
        // SAFETY: the IRP is not completed yet.
        let (status, information) = unsafe { ((*irp).status, (*irp).information) };
        // SAFETY: as above; the location lies inside it.
        let control = unsafe { (*sent.location).control };
        self.check_completion(&sent, from_raw(status), information);
        let buffer = sent.payload.bytes();
        let mut completed = CompletedIrp {
            status: from_raw(status),
            information,
            buffer,
            was_forwarded: sent.holders.len() > 1,
            pdo_references: 0,
            was_pending: control & PENDING_RETURNED != 0,
        };
        if let Some(provider) = self.devices.get_mut(&sent.provider) {
            provider.outstanding -= 1;
        }
        if sent.minor == Minor::RegInfoEx.code() && sent.is_addressed() {
            completed.pdo_references = self.give_back(completed.reply());
        }
        self.completed.insert(sent.id, completed);
        sent.free();
    }

    fn check_completion(&mut self, sent: &SentIrp, status: NtStatus, information: usize) {
        if status == NtStatus::PENDING {
            self.bug_check(0xc9, 0x21b, "a request is completed with STATUS_PENDING");
        }
        let room = sent.payload.room();
        if status.is_success() && information > room {
            self.bug_check(0xc9, 0x21b, "more bytes are reported than the buffer has");
        }
        if sent.is_addressed() || status == DELETE_PENDING {
            return;
        }
        let holder = sent.holders.last().copied().unwrap_or_default();
        let is_lowest = self.devices.get(&holder).is_none_or(|it| it.lower == 0);
        if !is_lowest {
            self.bug_check(0xc9, 0x220, "a request for another device is completed");
        }
        if sent.provider != holder
            && self.devices.contains_key(&sent.provider)
            && status.is_success()
        {
            self.bug_check(0xc9, 0x218, "a request for another device is answered");
        }
        if raw(status) != sent.initial.0 {
            self.bug_check(0xc9, 0x213, "the status of a foreign request is changed");
        }
        if information != sent.initial.1 {
            self.bug_check(0xc9, 0x214, "Information of a foreign request is changed");
        }
    }

    /// Checks an IRP that is forwarded to a lower driver.
    pub(super) fn check_forward(&mut self, irp: *mut Irp) {
        self.limit(
            Irql::Passive,
            "a WMI request is forwarded above PASSIVE_LEVEL",
        );
        let Some(sent) = self.irps.get(&irp.addr()) else {
            return;
        };
        let mine = sent.location;
        let initial = sent.initial;
        let is_addressed = sent.is_addressed();
        // SAFETY: the IRP is not completed.
        let (status, information) = unsafe { ((*irp).status, (*irp).information) };
        // SAFETY: as above.
        let current = unsafe { (*irp).current_stack_location };
        if is_addressed {
            self.bug_check(0xc9, 0x220, "a request for this device is forwarded");
        }
        if (status, information) != initial {
            self.bug_check(0xc9, 0x213, "a foreign request is changed and forwarded");
        }
        if current == mine {
            self.bug_check(0xc9, 0x21c, "a stack location is copied, not skipped");
        } else if current != mine.wrapping_add(1) {
            self.bug_check(
                0xc9,
                0x212,
                "the current stack location is not the driver's",
            );
        }
    }

    /// Checks an IRP that a callback of the framework gives back to it.
    pub(super) fn check_preprocessed(&mut self, irp: *mut Irp) {
        let Some(sent) = self.irps.get(&irp.addr()) else {
            return;
        };
        let mine = sent.location;
        let initial = sent.initial;
        // SAFETY: the IRP is not completed.
        let (status, information) = unsafe { ((*irp).status, (*irp).information) };
        // SAFETY: as above.
        let current = unsafe { (*irp).current_stack_location };
        if (status, information) != initial {
            self.bug_check(
                0xc9,
                0x213,
                "a preprocessed request is changed and passed on",
            );
        }
        if current != mine.wrapping_add(1) {
            self.bug_check(
                0xc9,
                0x212,
                "the stack location of the driver is not skipped",
            );
        }
    }

    pub(super) fn take_completed(&mut self, pending: &PendingIrp) -> Option<CompletedIrp> {
        self.completed.remove(&pending.0)
    }

    /// Releases the references that a `WMIREGINFO` holds, as WMI does, and returns how many those
    /// are.
    fn give_back(&mut self, info: &[u8]) -> usize {
        let mut given_back = 0;
        let count = u32_at(info, offset_of!(WmiRegInfo, guid_count)).unwrap_or(0);
        let entries = info.get(WmiRegInfo::GUIDS_OFFSET..).unwrap_or_default();
        let entries = entries.chunks_exact(size_of::<WmiRegGuid>());
        for entry in entries.take(usize::try_from(count).unwrap_or(usize::MAX)) {
            let flags = u32_at(entry, offset_of!(WmiRegGuid, flags)).unwrap_or(0);
            let pdo = entry
                .get(offset_of!(WmiRegGuid, instance_info)..)
                .and_then(|bytes| bytes.first_chunk())
                .map_or(0, |pdo| usize::from_le_bytes(*pdo));
            // A driver of the framework gives a reference with a GUID for traces, too.
            let has_pdo = flags & (WMIREG_FLAG_INSTANCE_PDO | WMIREG_FLAG_TRACED_GUID) != 0;
            if !has_pdo || pdo == 0 {
                continue;
            }
            match self.devices.get_mut(&pdo) {
                Some(pdo) => {
                    pdo.references -= 1;
                    given_back += 1;
                }
                None => {
                    self.bug_check(0x18, 0, "a registration names a device that does not exist")
                }
            }
        }
        given_back
    }

    /// Checks the status that a dispatch routine returned against the state of its IRP.
    fn returned(&mut self, id: u64, irp: *mut Irp, returned: i32) {
        let returned = from_raw(returned);
        match self.completed.get(&id) {
            Some(completed) => {
                let status = completed.status;
                if completed.was_pending != (returned == NtStatus::PENDING) {
                    self.bug_check(
                        0xc9,
                        0x21b,
                        "a request is marked pending without STATUS_PENDING, or the reverse",
                    );
                } else if !completed.was_pending && status != returned {
                    self.bug_check(
                        0xc9,
                        0x21b,
                        "the status returned differs from that of the completion",
                    );
                }
            }
            None => {
                let location = self.irps.get(&irp.addr()).map(|sent| sent.location);
                let control = location.map_or(0, |location| {
                    // SAFETY: the IRP is not completed, and has this location.
                    unsafe { (*location).control }
                });
                if returned != NtStatus::PENDING || control & PENDING_RETURNED == 0 {
                    self.bug_check(0xc9, 0x21b, "a request is neither completed nor pending");
                }
            }
        }
    }
}

/// Returns the little-endian number at an offset.
pub(super) fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    let bytes = bytes.get(place..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}
