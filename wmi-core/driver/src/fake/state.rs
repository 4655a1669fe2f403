//! The state of the fake kernel: its records of a test's objects, by address.

use core::alloc::Layout;
use core::ffi::c_void;
use std::alloc::{alloc, dealloc};
use std::collections::{BTreeMap, VecDeque};
use std::format;
use std::string::{String, ToString};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use wmi_core::NtStatus;

use super::consumer::Consumers;
use super::framework::Objects;
use super::ndis::Ndis;
use super::port::{CompletedSrb, SentSrb};
use super::request::{CompletedIrp, SentIrp};
use super::wmilib::Completions;
use super::{BugCheck, IRQL, Irql, left};
use crate::layout::DeviceObject;
use crate::storport::Source;
use crate::wdm::routines::WorkRoutine;

/// A kernel shared by several threads.
#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) changed: Condvar,
}

/// The time of a new kernel.
const TIME: i64 = 0x01db_0000_1234_5678;

pub(super) struct State {
    pub(super) bug_checks: Vec<BugCheck>,
    pub(super) drivers: Vec<Memory>,
    pub(super) devices: BTreeMap<usize, DeviceRecord>,
    pub(super) irps: BTreeMap<usize, SentIrp>,
    pub(super) completed: BTreeMap<u64, CompletedIrp>,
    pub(super) next_irp: u64,
    pub(super) locks: BTreeMap<usize, LockRecord>,
    pub(super) pool: BTreeMap<usize, Memory>,
    pub(super) allocations_left: Option<usize>,
    pub(super) work_items: BTreeMap<usize, WorkItem>,
    pub(super) queue: VecDeque<usize>,
    pub(super) kernel_events: BTreeMap<usize, bool>,
    pub(super) events: Vec<Vec<u8>>,
    pub(super) srbs: BTreeMap<usize, SentSrb>,
    pub(super) completed_srbs: BTreeMap<u64, CompletedSrb>,
    pub(super) port_events: Vec<(Source, Vec<u8>)>,
    pub(super) reregistered: Vec<Source>,
    pub(super) wdf: Objects,
    pub(super) ndis: Ndis,
    pub(super) consumers: Consumers,
    pub(super) wmilib: Completions,
    pub(super) event_status: NtStatus,
    pub(super) registration_status: NtStatus,
    pub(super) time: i64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            bug_checks: Vec::new(),
            drivers: Vec::new(),
            devices: BTreeMap::new(),
            irps: BTreeMap::new(),
            completed: BTreeMap::new(),
            next_irp: 0,
            locks: BTreeMap::new(),
            pool: BTreeMap::new(),
            allocations_left: None,
            work_items: BTreeMap::new(),
            queue: VecDeque::new(),
            kernel_events: BTreeMap::new(),
            events: Vec::new(),
            srbs: BTreeMap::new(),
            completed_srbs: BTreeMap::new(),
            port_events: Vec::new(),
            reregistered: Vec::new(),
            wdf: Objects::default(),
            ndis: Ndis::default(),
            consumers: Consumers::default(),
            wmilib: Completions::default(),
            event_status: NtStatus::SUCCESS,
            registration_status: NtStatus::SUCCESS,
            time: TIME,
        }
    }
}

// SAFETY: the pointers are to memory owned by this state or by the test; the routines access it
// only while the state is locked.
unsafe impl Send for State {}

pub(super) struct DeviceRecord {
    pub(super) object: Memory,
    pub(super) extension: Memory,
    /// Zero for the lowest device.
    pub(super) lower: usize,
    /// Zero for the topmost device.
    pub(super) upper: usize,
    /// Whether a driver of the test dispatches; otherwise the fake kernel's bus does.
    pub(super) has_driver: bool,
    pub(super) is_registered: bool,
    /// The device was removed from its stack.
    pub(super) was_detached: bool,
    pub(super) references: i64,
    /// Requests for this device that are not completed.
    pub(super) outstanding: usize,
    pub(super) provider_id: u32,
    /// The last registration.
    pub(super) registration: Option<Vec<u8>>,
}

pub(super) struct LockRecord {
    pub(super) size: u32,
    pub(super) tags: Vec<usize>,
    pub(super) is_removed: bool,
}

#[derive(Clone, Copy)]
pub(super) struct WorkItem {
    pub(super) memory: Memory,
    pub(super) device: *mut DeviceObject,
    pub(super) queued: Option<(WorkRoutine, *mut c_void)>,
}

/// Memory allocated by the fake kernel.
#[derive(Clone, Copy)]
pub(super) struct Memory {
    pub(super) start: *mut u8,
    pub(super) size: usize,
}

impl Memory {
    /// Allocates 16-byte aligned, uninitialised memory.
    pub(super) fn new(size: usize) -> Self {
        // SAFETY: the size is not zero.
        let start = unsafe { alloc(Self::layout(size)) };
        assert!(!start.is_null(), "the test has memory");
        Self { start, size }
    }

    pub(super) fn zeroed(size: usize) -> Self {
        let memory = Self::new(size);
        // SAFETY: the memory has this size.
        unsafe { memory.start.write_bytes(0, size) };
        memory
    }

    pub(super) fn filled(bytes: &[u8]) -> Self {
        let memory = Self::new(bytes.len());
        // SAFETY: the memory has this size and does not overlap `bytes`.
        unsafe {
            memory
                .start
                .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())
        };
        memory
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size.max(1), 16).expect("a size that can be allocated")
    }

    pub(super) fn address(self) -> usize {
        self.start.addr()
    }

    /// Returns the first `size` bytes.
    pub(super) fn bytes(self, size: usize) -> Vec<u8> {
        // SAFETY: the memory is initialised up to there; otherwise Miri reports it.
        unsafe { core::slice::from_raw_parts(self.start, size.min(self.size)) }.to_vec()
    }

    pub(super) fn free(self) {
        // SAFETY: it was allocated with this layout, and its record is gone.
        unsafe { dealloc(self.start, Self::layout(self.size)) };
    }
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Releases the lock until another thread has changed the state.
    pub(super) fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the next work item, as a system thread would. Returns whether there was one.
    pub(super) fn run_work_item(&self) -> bool {
        let mut state = self.lock();
        let Some(item) = state.queue.pop_front() else {
            return false;
        };
        let record = state.work_items.get_mut(&item).expect("it is queued");
        let device = record.device;
        // An item is no longer queued while it runs, so it may free itself.
        let (routine, context) = record.queued.take().expect("it is queued");
        drop(state);
        let before = IRQL.replace(Irql::Passive);
        // SAFETY: the driver queued this routine with this context.
        unsafe { routine(device, context) };
        IRQL.set(before);
        true
    }
}

impl State {
    pub(super) fn bug_check(&mut self, code: u32, parameter: u32, finding: &'static str) {
        self.bug_checks.push(BugCheck {
            code,
            parameter,
            finding,
        });
    }

    /// Checks that a routine is called at `highest` or lower.
    pub(super) fn limit(&mut self, highest: Irql, finding: &'static str) {
        if IRQL.get() > highest {
            // Driver Verifier's Irql* rules.
            self.bug_check(0xc4, 0x0002_000e, finding);
        }
    }

    /// Returns everything wrong at the end of a test.
    pub(super) fn findings(&mut self) -> Vec<String> {
        if self.devices.values().any(|device| device.was_detached) {
            self.bug_check(0xc9, 0x21e, "a device object is detached and not deleted");
        }
        if self.consumers.is_listening() {
            let finding = "a driver is unloaded with a WMI notification callback still set";
            self.bug_check(0xc4, 0xda, finding);
        }
        let mut findings: Vec<_> = self.bug_checks.iter().map(ToString::to_string).collect();
        findings.extend(left(self.pool.len(), "allocations of pool are"));
        findings.extend(left(self.work_items.len(), "work items are"));
        findings.extend(left(self.irps.len(), "IRPs are"));
        findings.extend(left(self.srbs.len(), "SRBs are"));
        findings.extend(left(self.ndis.requests_left(), "OID requests are"));
        findings.extend(left(
            self.consumers.blocks_left(),
            "blocks of consumers are",
        ));
        for (address, lock) in &self.locks {
            if !lock.tags.is_empty() {
                let held = lock.tags.len();
                findings.push(format!(
                    "the remove lock at {address:#x} is held {held} times"
                ));
            }
        }
        for device in self.devices.values() {
            if device.references != 0 {
                let references = device.references;
                findings.push(format!("a device object has {references} references left"));
            }
        }
        findings
    }

    /// Returns the device at the top of the stack of `device`.
    pub(super) fn top(&self, device: usize) -> usize {
        let mut top = device;
        while let Some(record) = self.devices.get(&top).filter(|record| record.upper != 0) {
            top = record.upper;
        }
        top
    }
}

/// Frees all memory owned by the state.
impl Drop for State {
    fn drop(&mut self) {
        for device in self.devices.values() {
            device.object.free();
            device.extension.free();
        }
        let pool = self.pool.values().copied();
        let items = self.work_items.values().map(|item| item.memory);
        for memory in pool.chain(items).chain(self.drivers.iter().copied()) {
            memory.free();
        }
        self.irps.values().for_each(SentIrp::free);
        self.srbs.values().for_each(SentSrb::free);
        self.wdf.free();
        self.ndis.free();
        self.consumers.free();
    }
}
