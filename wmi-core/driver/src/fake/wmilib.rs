//! WMILIB and the battery class of the fake kernel: callbacks of a `WMILIB_CONTEXT` that are called as
//! their drivers call them.

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::Ordering;
use std::collections::BTreeMap;
use std::vec::Vec;

use wmi_core::{Guid, NtStatus};

use super::object::WdmDevice;
use super::payload::start_of;
use super::state::Memory;
use super::{Fake, Irql, Kernel, current};
use crate::layout::{DeviceObject, IRP_SIZE, Irp, UnicodeString, WmilibContext};
use crate::status::{from_raw, raw};
use crate::wmilib::routines::Routines;

/// What a callback has completed its IRP with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WmilibAnswer {
    /// The status.
    pub status: NtStatus,
    /// Bytes that were used, or are needed.
    pub used: u32,
    /// The lengths of the instances of a query.
    pub lengths: Vec<u32>,
    /// The whole buffer.
    pub buffer: Vec<u8>,
}

/// What `QueryWmiRegInfo` has given, with the list of GUIDs after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WmilibRegistration {
    /// `RegFlags`.
    pub flags: u32,
    /// `RegistryPath`.
    pub registry_path: Vec<u16>,
    /// `MofResourceName`.
    pub resource: Vec<u16>,
    /// The address of the physical device object.
    pub pdo: usize,
    /// The GUID, the number of instances and the flags of each block.
    pub blocks: Vec<(Guid, u32, u32)>,
}

/// A callback to be called.
#[derive(Clone, Debug)]
pub enum WmilibCall {
    /// `QueryWmiDataBlock`, of some instances; without room for their lengths, the size is asked for.
    Query {
        /// The first instance.
        first: u32,
        /// How many.
        count: u32,
        /// Whether there is room for the lengths.
        has_lengths: bool,
        /// Bytes of the buffer.
        size: usize,
    },
    /// `SetWmiDataBlock`, with the instance and the data.
    Set(u32, Vec<u8>),
    /// `SetWmiDataItem`, with the instance, the item and its value.
    SetItem(u32, u32, Vec<u8>),
    /// `ExecuteWmiMethod`.
    Execute {
        /// The instance.
        instance: u32,
        /// The method.
        method: u32,
        /// The input.
        input: Vec<u8>,
        /// The size of the input that is claimed.
        claimed: u32,
        /// Bytes of the output, and so of the buffer.
        output: usize,
    },
    /// `WmiFunctionControl`.
    Control(i32, bool),
}

/// The state of WMILIB.
#[derive(Default)]
pub(super) struct Completions {
    /// The IRPs of callbacks that run, and what they were completed with.
    irps: BTreeMap<usize, Option<(NtStatus, u32)>>,
    events: Vec<(Guid, u32, Vec<u8>)>,
}

impl Kernel {
    /// Calls `QueryWmiRegInfo` of a table, as WMILIB does for a registration.
    #[must_use]
    pub fn wmilib_registration(
        &self,
        device: WdmDevice,
        table: *const c_void,
    ) -> WmilibRegistration {
        // SAFETY: the test's table.
        let table = unsafe { &*table.cast::<WmilibContext>() };
        let (mut flags, mut pdo) = (0, ptr::null_mut());
        let mut path = ptr::null_mut();
        let [mut name, mut resource] = [(); 2].map(|()| UnicodeString {
            length: 0,
            maximum_length: 0,
            buffer: ptr::null_mut(),
        });
        let query = table.query_wmi_reg_info.expect("it is mandatory");
        // SAFETY: the arguments are those of the callback.
        let status = unsafe {
            query(
                device.as_ptr().cast(),
                &raw mut flags,
                &raw mut name,
                &raw mut path,
                &raw mut resource,
                &raw mut pdo,
            )
        };
        assert_eq!(from_raw(status), NtStatus::SUCCESS);
        let list = table.guid_list.load(Ordering::Acquire);
        let blocks = (0..usize::try_from(table.guid_count).expect("blocks are few"))
            .map(|index| {
                // SAFETY: the list has as many elements.
                let entry = unsafe { &*list.wrapping_add(index) };
                let guid = entry.guid.load(Ordering::Acquire).cast::<[u8; 16]>();
                assert_eq!(guid.addr() % 4, 0, "a GUID of C has this alignment");
                // SAFETY: the table points to a GUID.
                let guid = Guid::from_bytes(unsafe { guid.read() });
                (
                    guid,
                    entry.instance_count.load(Ordering::Acquire),
                    entry.flags,
                )
            })
            .collect();
        WmilibRegistration {
            flags,
            // SAFETY: the driver must give a path.
            registry_path: units(unsafe { &*path }),
            resource: units(&resource),
            pdo: pdo.addr(),
            blocks,
        }
    }

    /// Calls a callback of a table for the block with this index. IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Panics
    ///
    /// If the callback does not complete its IRP, or returns another status than it has.
    #[must_use]
    pub fn wmilib_call(
        &self,
        device: WdmDevice,
        table: *const c_void,
        guid_index: u32,
        call: &WmilibCall,
    ) -> WmilibAnswer {
        // SAFETY: the test's table.
        let table = unsafe { &*table.cast::<WmilibContext>() };
        let device = device.as_ptr().cast::<DeviceObject>();
        let memory = Memory::zeroed(IRP_SIZE);
        let irp = memory.start.cast::<Irp>();
        self.shared.lock().wmilib.irps.insert(irp.addr(), None);
        let mut counts = Vec::new();
        let buffer = match call {
            WmilibCall::Query { size, .. } => Some(std::vec![0xa5; *size]),
            WmilibCall::Set(_, data) | WmilibCall::SetItem(_, _, data) => Some(data.clone()),
            WmilibCall::Execute { input, output, .. } => {
                let mut buffer = input.clone();
                buffer.resize(*output, 0xa5);
                Some(buffer)
            }
            WmilibCall::Control(..) => None,
        };
        let buffer = buffer.filter(|bytes| !bytes.is_empty());
        let buffer = buffer.as_deref().map(Memory::filled);
        let start = start_of(buffer);
        let size = buffer.map_or(0, |it| u32::try_from(it.size).expect("buffers are small"));
        // SAFETY: the arguments are those of the callbacks.
        let status = unsafe {
            match call {
                WmilibCall::Query {
                    first,
                    count,
                    has_lengths,
                    ..
                } => {
                    counts.resize(usize::try_from(*count).expect("instances are few"), 0);
                    let lengths = match has_lengths {
                        true => counts.as_mut_ptr(),
                        false => ptr::null_mut(),
                    };
                    let query = table.query_wmi_data_block.expect("it is mandatory");
                    query(
                        device, irp, guid_index, *first, *count, lengths, size, start,
                    )
                }
                WmilibCall::Set(instance, _) => {
                    let set = table.set_wmi_data_block.expect("it is there");
                    set(device, irp, guid_index, *instance, size, start)
                }
                WmilibCall::SetItem(instance, item, _) => {
                    let set = table.set_wmi_data_item.expect("it is there");
                    set(device, irp, guid_index, *instance, *item, size, start)
                }
                WmilibCall::Execute {
                    instance,
                    method,
                    claimed,
                    ..
                } => {
                    let execute = table.execute_wmi_method.expect("it is there");
                    execute(
                        device, irp, guid_index, *instance, *method, *claimed, size, start,
                    )
                }
                WmilibCall::Control(function, enable) => {
                    let control = table.wmi_function_control.expect("it is there");
                    control(device, irp, guid_index, *function, u8::from(*enable))
                }
            }
        };
        let completed = self.shared.lock().wmilib.irps.remove(&irp.addr()).flatten();
        memory.free();
        let (completed, used) = completed.expect("a callback completes its IRP");
        assert_eq!(from_raw(status), completed, "a callback returns the status");
        let bytes = buffer.map_or_else(Vec::new, |it| it.bytes(it.size));
        if let Some(buffer) = buffer {
            buffer.free();
        }
        WmilibAnswer {
            status: completed,
            used,
            lengths: counts,
            buffer: bytes,
        }
    }

    /// Returns the events that WMILIB has taken since the last call: the GUID, the instance and the data.
    #[must_use]
    pub fn take_wmilib_events(&self) -> Vec<(Guid, u32, Vec<u8>)> {
        core::mem::take(&mut self.shared.lock().wmilib.events)
    }
}

fn units(string: &UnicodeString) -> Vec<u16> {
    let length = usize::from(string.length / 2);
    if length == 0 {
        return Vec::new();
    }
    // SAFETY: the string has as many units.
    unsafe { core::slice::from_raw_parts(string.buffer, length) }.to_vec()
}

/// The index of a class of the battery class driver's own, of which a query gets four bytes.
pub(super) const BATTERY_INDEX: u32 = 7;

impl Routines for Fake {
    unsafe fn complete(_: *mut DeviceObject, irp: *mut Irp, status: i32, used: u32) -> i32 {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "WmiCompleteRequest above DISPATCH_LEVEL");
        match state.wmilib.irps.get_mut(&irp.addr()) {
            Some(slot @ None) => *slot = Some((from_raw(status), used)),
            _ => state.bug_check(0x44, 0, "an IRP is completed twice"),
        }
        status
    }

    unsafe fn fire_event(
        _: *mut DeviceObject,
        guid: *const [u8; 16],
        instance: u32,
        size: u32,
        data: *mut c_void,
    ) -> i32 {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "WmiFireEvent above DISPATCH_LEVEL");
        // SAFETY: guaranteed by the caller.
        let guid = Guid::from_bytes(unsafe { guid.read() });
        let size = usize::try_from(size).expect("events are small");
        let memory = state.pool.remove(&data.addr());
        match memory {
            Some(memory) => {
                let event = (guid, instance, memory.bytes(size));
                state.wmilib.events.push(event);
                memory.free();
            }
            None if size == 0 => state.wmilib.events.push((guid, instance, Vec::new())),
            None => state.bug_check(0xc2, 7, "the data of an event is not an allocation of pool"),
        }
        raw(NtStatus::SUCCESS)
    }

    unsafe fn battery_system_control(
        class_data: *mut c_void,
        context: *const WmilibContext,
        device: *mut DeviceObject,
        irp: *mut Irp,
        disposition: *mut i32,
    ) -> i32 {
        let shared = current();
        let mut state = shared.lock();
        state.limit(
            Irql::Passive,
            "BatteryClassSystemControl above PASSIVE_LEVEL",
        );
        if class_data.is_null() || context.is_null() {
            state.bug_check(0xc4, 0, "the battery class gets no class data or no table");
        }
        // SAFETY: guaranteed by the caller.
        let location = unsafe { (*irp).current_stack_location };
        // SAFETY: as above.
        let is_addressed = unsafe { (*location).provider_id } == device.addr();
        // SAFETY: as above.
        unsafe { disposition.write(if is_addressed { 1 } else { 3 }) };
        if is_addressed {
            // SAFETY: as above; a status of its own, as the class refuses all.
            unsafe { (*irp).status = raw(NtStatus::WMI_GUID_NOT_FOUND) };
        }
        raw(NtStatus::WMI_GUID_NOT_FOUND)
    }

    unsafe fn battery_query(
        _: *mut c_void,
        device: *mut DeviceObject,
        irp: *mut Irp,
        guid_index: u32,
        _: *mut u32,
        size: u32,
        buffer: *mut c_void,
    ) -> i32 {
        if guid_index != BATTERY_INDEX {
            return raw(NtStatus::WMI_GUID_NOT_FOUND);
        }
        let status = if size < 4 {
            NtStatus::BUFFER_TOO_SMALL
        } else {
            // SAFETY: guaranteed by the caller: the buffer has this size.
            unsafe { buffer.cast::<[u8; 4]>().write(*b"batt") };
            NtStatus::SUCCESS
        };
        // SAFETY: guaranteed by the caller.
        unsafe { <Self as Routines>::complete(device, irp, raw(status), 4) }
    }
}
