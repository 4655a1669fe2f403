//! WMI of the fake kernel for consumers: blocks that are opened, queried, set and listened to. Requests
//! go to the devices that are registered with the GUID, as WMI would send them.

use core::ffi::c_void;
use core::mem::offset_of;
use std::collections::BTreeMap;
use std::format;
use std::vec::Vec;

use wmi_core::provider::Minor;
use wmi_core::wnode::{SingleWnodeWriter, Target, WmiRegGuid, WmiRegInfo, Wnode, WnodeHeader};
use wmi_core::{Guid, NtStatus};

use super::request::{CompletedIrp, IrpRequest, u32_at};
use super::state::{Memory, Shared, State};
use super::{Fake, Irql, Kernel, current};
use crate::consumer::routines::{Notify, Routines};
use crate::layout::{DeviceObject, UnicodeString};
use crate::status::raw;

/// Rights on a GUID. Source: `wmistr.h`.
const QUERY: u32 = 0x01;
const SET: u32 = 0x02;
const NOTIFICATION: u32 = 0x10_0004;
const EXECUTE: u32 = 0x10;

/// A block that a consumer has opened.
struct Opened {
    guid: Guid,
    access: u32,
    memory: Memory,
    listener: Option<(Notify, *mut c_void)>,
}

/// The state of WMI for consumers.
#[derive(Default)]
pub(super) struct Consumers {
    blocks: BTreeMap<usize, Opened>,
    /// What all are answered with, whatever they ask for.
    reply: Option<Vec<u8>>,
}

impl Kernel {
    /// Answers all queries and methods of consumers with these bytes, whatever they ask for; `None`, the
    /// default, asks the devices.
    pub fn answer_consumers(&self, reply: Option<Vec<u8>>) {
        self.shared.lock().consumers.reply = reply;
    }

    /// Notifies all listeners of an event with these bytes, the first four of which become its size.
    pub fn notify_consumers(&self, event: &[u8]) {
        let mut event = event.to_vec();
        let size = u32::try_from(event.len()).expect("events are small");
        let Some(start) = event.first_chunk_mut() else {
            return;
        };
        *start = size.to_le_bytes();
        let state = self.shared.lock();
        let listeners = state.consumers.blocks.values();
        let listeners: Vec<_> = listeners.filter_map(|block| block.listener).collect();
        drop(state);
        for (notify, context) in listeners {
            // SAFETY: a consumer has set this callback and its context.
            unsafe { notify(event.as_mut_ptr().cast(), context) };
        }
    }
}

impl Consumers {
    pub(super) fn blocks_left(&self) -> usize {
        self.blocks.len()
    }

    /// Returns whether a callback is still set.
    pub(super) fn is_listening(&self) -> bool {
        self.blocks.values().any(|block| block.listener.is_some())
    }

    pub(super) fn free(&self) {
        self.blocks.values().for_each(|block| block.memory.free());
    }

    /// Who listens to a GUID.
    fn listeners(&self, guid: Guid) -> Vec<(Notify, *mut c_void)> {
        let blocks = self.blocks.values().filter(|block| block.guid == guid);
        blocks.filter_map(|block| block.listener).collect()
    }
}

impl State {
    /// Who listens to the GUID of an event, a WNODE.
    pub(super) fn listeners(&self, event: &[u8]) -> Vec<(Notify, *mut c_void)> {
        let guid = event.get(offset_of!(WnodeHeader, guid)..);
        match guid.and_then(|guid| guid.first_chunk()) {
            Some(guid) => self.consumers.listeners(Guid::from_bytes(*guid)),
            None => Vec::new(),
        }
    }

    /// The GUID of an open block, if it may be used so.
    fn opened(&mut self, block: *mut c_void, access: u32) -> Result<Guid, NtStatus> {
        self.limit(Irql::Apc, "a consumer of WMI above APC_LEVEL");
        match self.consumers.blocks.get(&block.addr()) {
            Some(opened) if opened.access & access == access => Ok(opened.guid),
            Some(_) => Err(NtStatus::from_value(0xc000_0022)),
            None => {
                self.bug_check(0x18, 0, "a block is used that is not open");
                Err(NtStatus::INVALID_PARAMETER)
            }
        }
    }

    /// The devices that are registered with a GUID.
    fn providers(&self, guid: Guid) -> Vec<usize> {
        let has_guid = |info: &Vec<u8>| {
            let entries = info.get(WmiRegInfo::GUIDS_OFFSET..).unwrap_or_default();
            let count = u32_at(info, offset_of!(WmiRegInfo, guid_count)).unwrap_or(0);
            entries
                .chunks_exact(size_of::<WmiRegGuid>())
                .take(usize::try_from(count).unwrap_or(0))
                .any(|entry| entry.starts_with(&guid.to_bytes()))
        };
        let devices = self.devices.iter().filter(|(_, device)| {
            device.is_registered && device.registration.as_ref().is_some_and(has_guid)
        });
        devices.map(|(address, _)| *address).collect()
    }
}

/// The name that WMI makes for an instance of a device, in UTF-16.
fn made_name(device: usize, index: u32) -> Vec<u16> {
    format!("{device:x}_{index}").encode_utf16().collect()
}

impl Shared {
    /// Sends a request, again with the size that the reply asks for.
    fn ask(&self, device: usize, minor: Minor, guid: Guid, buffer: &[u8]) -> CompletedIrp {
        let mut buffer = buffer.to_vec();
        loop {
            let request = IrpRequest::raw(minor.code(), device).guid(guid);
            let pending = self.post(device, &request.bytes(buffer.clone()));
            let completed = self.lock().take_completed(&pending);
            let completed = completed.expect("tests of consumers answer at once");
            match Wnode::decode(completed.reply()) {
                Ok(Wnode::TooSmall { size_needed }) if completed.status.is_success() => {
                    buffer.resize(usize::try_from(size_needed).expect("it is small"), 0);
                }
                _ => return completed,
            }
        }
    }

    /// Sends a request for one instance to the devices that may have it.
    fn ask_single(
        &self,
        guid: Guid,
        name: &[u16],
        minor: Minor,
        part: u32,
        data: &[u8],
    ) -> Result<CompletedIrp, NtStatus> {
        let providers = self.lock().providers(guid);
        if providers.is_empty() {
            return Err(NtStatus::WMI_GUID_NOT_FOUND);
        }
        let text = std::string::String::from_utf16_lossy(name);
        for device in providers {
            let index = (0..64).find(|index| made_name(device, *index) == name);
            let target = index.map_or(Target::Dynamic(&text), Target::Static);
            let writer = match minor {
                Minor::ChangeSingleItem => SingleWnodeWriter::item(guid, target, part),
                Minor::ExecuteMethod => SingleWnodeWriter::method(guid, target, part),
                _ => SingleWnodeWriter::instance(guid, target),
            };
            let needed = writer.needed(data.len()).expect("names are short");
            let mut buffer = std::vec![0; needed.max(64)];
            let written = writer.write(data, &mut buffer);
            written.expect("there is room");
            let completed = self.ask(device, minor, guid, &buffer);
            if completed.status != NtStatus::WMI_INSTANCE_NOT_FOUND {
                return match completed.status.is_success() {
                    true => Ok(completed),
                    false => Err(completed.status),
                };
            }
        }
        Err(NtStatus::WMI_INSTANCE_NOT_FOUND)
    }

    /// Switches the events of a GUID on or off.
    fn switch_events(&self, guid: Guid, on: bool) {
        let minor = match on {
            true => Minor::EnableEvents,
            false => Minor::DisableEvents,
        };
        let providers = self.lock().providers(guid);
        for device in providers {
            let _ = self.ask(device, minor, guid, &[]);
        }
    }
}

/// Gives a reply to the buffer of a consumer.
///
/// # Safety
///
/// The size is that of the buffer.
unsafe fn give(reply: &[u8], size: *mut u32, buffer: *mut c_void) -> Result<(), NtStatus> {
    // SAFETY: guaranteed by the caller.
    let room = usize::try_from(unsafe { size.read() }).expect("it is small");
    let needed = u32::try_from(reply.len()).expect("replies are small");
    // SAFETY: guaranteed by the caller.
    unsafe { size.write(needed) };
    if room < reply.len() {
        return Err(NtStatus::BUFFER_TOO_SMALL);
    }
    // SAFETY: guaranteed by the caller: there is room.
    unsafe {
        buffer
            .cast::<u8>()
            .copy_from_nonoverlapping(reply.as_ptr(), reply.len())
    };
    Ok(())
}

/// The units of a name.
///
/// # Safety
///
/// The string is valid.
unsafe fn units(name: *mut UnicodeString) -> Vec<u16> {
    // SAFETY: guaranteed by the caller.
    let (length, buffer) = unsafe { ((*name).length, (*name).buffer) };
    if length == 0 {
        return Vec::new();
    }
    // SAFETY: guaranteed by the caller.
    unsafe { core::slice::from_raw_parts(buffer, usize::from(length / 2)) }.to_vec()
}

/// The bytes of a value.
///
/// # Safety
///
/// The value has this size.
unsafe fn value(size: u32, value: *mut c_void) -> Vec<u8> {
    if size == 0 {
        return Vec::new();
    }
    let size = usize::try_from(size).expect("values are small");
    // SAFETY: guaranteed by the caller.
    unsafe { core::slice::from_raw_parts(value.cast::<u8>(), size) }.to_vec()
}

fn status(result: Result<(), NtStatus>) -> i32 {
    raw(result.err().unwrap_or(NtStatus::SUCCESS))
}

impl Routines for Fake {
    unsafe fn open(guid: *const [u8; 16], access: u32, block: *mut *mut c_void) -> i32 {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Apc, "IoWMIOpenBlock above APC_LEVEL");
        let memory = Memory::new(1);
        let opened = Opened {
            // SAFETY: guaranteed by the caller.
            guid: Guid::from_bytes(unsafe { guid.read() }),
            access,
            memory,
            listener: None,
        };
        state.consumers.blocks.insert(memory.address(), opened);
        // SAFETY: guaranteed by the caller.
        unsafe { block.write(memory.start.cast()) };
        raw(NtStatus::SUCCESS)
    }

    unsafe fn close(block: *mut c_void) {
        let shared = current();
        let mut state = shared.lock();
        state.limit(Irql::Dispatch, "ObDereferenceObject above DISPATCH_LEVEL");
        let Some(opened) = state.consumers.blocks.remove(&block.addr()) else {
            state.bug_check(0x18, 0, "a block is closed twice");
            return;
        };
        opened.memory.free();
        let is_last = state.consumers.listeners(opened.guid).is_empty();
        drop(state);
        if opened.listener.is_some() && is_last {
            shared.switch_events(opened.guid, false);
        }
    }

    unsafe fn query_all(block: *mut c_void, size: *mut u32, buffer: *mut c_void) -> i32 {
        let shared = current();
        let guid = shared.lock().opened(block, QUERY);
        let replies = guid.and_then(|guid| {
            if let Some(reply) = shared.lock().consumers.reply.clone() {
                return Ok(reply);
            }
            let providers = shared.lock().providers(guid);
            if providers.is_empty() {
                return Err(NtStatus::WMI_GUID_NOT_FOUND);
            }
            let mut chain: Vec<u8> = Vec::new();
            let mut last = None;
            for device in providers {
                let completed = shared.ask(device, Minor::QueryAllData, guid, &[0; 64]);
                if !completed.status.is_success() {
                    continue;
                }
                chain.resize(chain.len().next_multiple_of(8), 0);
                let start = chain.len();
                if let Some(last) = last.replace(start) {
                    let linkage = u32::try_from(start - last).expect("replies are small");
                    let place = last + offset_of!(WnodeHeader, linkage);
                    chain[place..place + 4].copy_from_slice(&linkage.to_le_bytes());
                }
                chain.extend(completed.reply());
            }
            Ok(chain)
        });
        // SAFETY: guaranteed by the caller.
        status(replies.and_then(|replies| unsafe { give(&replies, size, buffer) }))
    }

    unsafe fn query_single(
        block: *mut c_void,
        name: *mut UnicodeString,
        size: *mut u32,
        buffer: *mut c_void,
    ) -> i32 {
        let shared = current();
        // SAFETY: guaranteed by the caller.
        let name = unsafe { units(name) };
        let guid = shared.lock().opened(block, QUERY);
        let minor = Minor::QuerySingleInstance;
        let set = shared.lock().consumers.reply.clone();
        let reply = guid.and_then(|guid| match set {
            Some(reply) => Ok(reply),
            None => {
                let reply = shared.ask_single(guid, &name, minor, 0, &[])?;
                Ok(reply.reply().to_vec())
            }
        });
        // SAFETY: guaranteed by the caller.
        status(reply.and_then(|reply| unsafe { give(&reply, size, buffer) }))
    }

    unsafe fn set_instance(
        block: *mut c_void,
        name: *mut UnicodeString,
        size: u32,
        data: *mut c_void,
    ) -> i32 {
        let shared = current();
        // SAFETY: guaranteed by the caller.
        let (name, data) = unsafe { (units(name), value(size, data)) };
        let guid = shared.lock().opened(block, SET);
        let minor = Minor::ChangeSingleInstance;
        let set = guid.and_then(|guid| shared.ask_single(guid, &name, minor, 0, &data));
        status(set.map(|_| ()))
    }

    unsafe fn set_item(
        block: *mut c_void,
        name: *mut UnicodeString,
        item: u32,
        size: u32,
        data: *mut c_void,
    ) -> i32 {
        let shared = current();
        // SAFETY: guaranteed by the caller.
        let (name, data) = unsafe { (units(name), value(size, data)) };
        let guid = shared.lock().opened(block, SET);
        let minor = Minor::ChangeSingleItem;
        let set = guid.and_then(|guid| shared.ask_single(guid, &name, minor, item, &data));
        status(set.map(|_| ()))
    }

    unsafe fn execute(
        block: *mut c_void,
        name: *mut UnicodeString,
        method: u32,
        input: u32,
        output: *mut u32,
        buffer: *mut c_void,
    ) -> i32 {
        let shared = current();
        // SAFETY: guaranteed by the caller.
        let (name, input) = unsafe { (units(name), value(input, buffer)) };
        let guid = shared.lock().opened(block, EXECUTE);
        let minor = Minor::ExecuteMethod;
        if let Some(reply) = shared.lock().consumers.reply.clone() {
            // SAFETY: guaranteed by the caller.
            return status(guid.and_then(|_| unsafe { give(&reply, output, buffer) }));
        }
        let reply = guid.and_then(|guid| shared.ask_single(guid, &name, minor, method, &input));
        status(reply.and_then(|reply| match Wnode::decode(reply.reply()) {
            // SAFETY: guaranteed by the caller.
            Ok(Wnode::MethodItem(item)) => unsafe { give(item.data(), output, buffer) },
            _ => Err(NtStatus::INTERNAL_ERROR),
        }))
    }

    unsafe fn set_callback(block: *mut c_void, callback: Notify, context: *mut c_void) -> i32 {
        let shared = current();
        let guid = shared.lock().opened(block, NOTIFICATION);
        if let Ok(guid) = guid {
            let mut state = shared.lock();
            if let Some(opened) = state.consumers.blocks.get_mut(&block.addr()) {
                opened.listener = Some((callback, context));
            }
            drop(state);
            shared.switch_events(guid, true);
        }
        status(guid.map(|_| ()))
    }

    unsafe fn instance_name(
        block: *mut c_void,
        device: *mut DeviceObject,
        name: *mut UnicodeString,
    ) -> i32 {
        let shared = current();
        let mut state = shared.lock();
        let guid = match state.opened(block, 0) {
            Ok(guid) => guid,
            Err(why) => return raw(why),
        };
        if !state.providers(guid).contains(&device.addr()) {
            return raw(NtStatus::WMI_INSTANCE_NOT_FOUND);
        }
        let units = made_name(device.addr(), 0);
        let memory = Memory::new(size_of_val(&*units));
        let buffer = memory.start.cast::<u16>();
        // SAFETY: the memory has room for all units.
        unsafe { buffer.copy_from_nonoverlapping(units.as_ptr(), units.len()) };
        state.pool.insert(memory.address(), memory);
        let length = u16::try_from(memory.size).expect("names are short");
        // SAFETY: guaranteed by the caller.
        unsafe {
            name.write(UnicodeString {
                length,
                maximum_length: length,
                buffer,
            });
        };
        raw(NtStatus::SUCCESS)
    }

    unsafe fn free(memory: *mut c_void) {
        // SAFETY: guaranteed by the caller.
        unsafe { <Self as crate::wdm::routines::Routines>::free(memory) };
    }
}
