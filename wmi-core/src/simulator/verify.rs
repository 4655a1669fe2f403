//! What no well-behaved client sends.

use alloc::vec;
use alloc::vec::Vec;
use core::mem::offset_of;

use super::ask::{Part, all_data_request};
use super::open::Switch;
use super::registration::Registered;
use super::send::{Answer, finding};
use super::{Device, Simulator};
use super::{Failure, Finding, Registration, Rule};
use crate::provider::{DataPath, Minor};
use crate::wnode::{
    Target, WnodeHeader, WnodeMethodItem, WnodeSingleInstance, WnodeSingleItem, WnodeTooSmall,
};
use crate::{Guid, NtStatus};

/// A GUID that no driver has.
const NOBODY: Guid = Guid::from_fields(
    0x9d6f_4b1e,
    0x3c52,
    0x4a07,
    [0x8e, 0x11, 0x5b, 0x90, 0xc4, 0x27, 0xf3, 0x6a],
);

/// An id that a class hardly has.
const NO_ID: u32 = 0xffff_fff0;

/// An instance that no block has.
const NO_NAME: &str = "There is no instance of this name";

impl<D: Device> Simulator<'_, D> {
    /// Registers, queries every instance of every block, and then sends what no well-behaved client
    /// sends: unknown classes, instances, items and methods, buffers that are too small, and
    /// requests whose sizes and offsets lie, and IRPs that are another's. Returns all rules that
    /// were broken:
    /// `assert_eq!(wmi.verify(), [])`.
    ///
    /// Events and collection are switched on and off; nothing is set, and no method is executed,
    /// unless the provider takes a malformed request for a good one.
    pub fn verify(&mut self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut note = |result: Result<(), Failure>| {
            if let Err(Failure::Finding(finding)) = result {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        };
        let registered = self.register().map(|_| ());
        note(registered.map_err(unexpected));
        let updated = self.update().map(|_| ());
        note(updated.map_err(unexpected));
        for block in self.registration().blocks.clone() {
            note(self.query_everything(&block).map_err(unexpected));
            for switch in Switch::ALL {
                note(self.switch(switch, &block).map_err(unexpected));
            }
            if !block.is_event_only() {
                let names = self.instances(block.guid).unwrap_or_default();
                let first = names.first().map(|name| match block.has_static_names() {
                    true => Target::Static(0),
                    false => Target::Dynamic(name),
                });
                for request in strange_requests(&block, first) {
                    note(self.expect(&request));
                }
            }
        }
        for request in unknown_class() {
            note(self.expect(&request));
        }
        for (to, path, input) in foreign(self.device.device_object(), self.registration()) {
            for capacity in [0, input.len(), 512] {
                note(
                    self.send_foreign(to, path, &input, capacity)
                        .map_err(Failure::from),
                );
            }
        }
        findings
    }

    /// Switches on and off, unless somebody has it on.
    fn switch(&mut self, switch: Switch, block: &Registered) -> Result<(), Failure> {
        if self.opens(switch).contains(&block.guid) {
            return Ok(());
        }
        match self.control(switch.on(), block.guid) {
            Ok(()) => self.control(switch.off(), block.guid),
            // A block without it may say so; then it is not switched off either.
            Err(Failure::Status { .. }) if !switch.is_of(block) => Ok(()),
            refused => refused,
        }
    }

    fn query_everything(&mut self, block: &Registered) -> Result<(), Failure> {
        if block.is_event_only() {
            return Ok(());
        }
        let instances = self.all_data(block.guid)?;
        for instance in instances {
            let select = (&*instance.name).into();
            self.single_data(block.guid, select)?;
        }
        Ok(())
    }

    fn expect(&mut self, request: &Strange) -> Result<(), Failure> {
        let Strange {
            minor,
            guid,
            ref input,
            capacity,
            expected,
        } = *request;
        let Answer { status, bytes } = self.send(minor, guid.into(), input, capacity)?;
        let (is_right, text) = match expected {
            Expected::Status(right, text) => (status == right, text),
            Expected::Failure(text) => (!status.is_success(), text),
            // It may say that the reply needs more.
            Expected::NoReply(text) => {
                let is_too_small = bytes.len() == size_of::<WnodeTooSmall>();
                (!status.is_success() || is_too_small, text)
            }
        };
        if !is_right {
            let expected = text;
            return Err(finding(minor, guid.into(), Rule::WrongStatus { status, expected }).into());
        }
        Ok(())
    }
}

/// A request that every provider answers has failed.
fn unexpected(failure: Failure) -> Failure {
    match failure {
        Failure::Status {
            minor,
            guid,
            status,
        } => {
            let expected = "STATUS_SUCCESS";
            let rule = Rule::WrongStatus { status, expected };
            Failure::Finding(Finding {
                minor: Some(minor),
                guid,
                rule,
            })
        }
        other => other,
    }
}

/// A request that cannot be answered.
struct Strange {
    minor: Minor,
    guid: Guid,
    input: Vec<u8>,
    capacity: usize,
    expected: Expected,
}

/// What it should be completed with, and the same in words.
#[derive(Clone, Copy)]
enum Expected {
    Status(NtStatus, &'static str),
    Failure(&'static str),
    NoReply(&'static str),
}

const GUID_NOT_FOUND: Expected = Expected::Status(
    NtStatus::WMI_GUID_NOT_FOUND,
    "STATUS_WMI_GUID_NOT_FOUND, for the class is unknown,",
);
const INSTANCE_NOT_FOUND: Expected = Expected::Status(
    NtStatus::WMI_INSTANCE_NOT_FOUND,
    "STATUS_WMI_INSTANCE_NOT_FOUND, for the instance is unknown,",
);
const NO_ITEM: Expected = Expected::Failure("a failure, for the item or method is unknown,");
const NO_ROOM: Expected = Expected::Status(
    NtStatus::BUFFER_TOO_SMALL,
    "STATUS_BUFFER_TOO_SMALL, for not even a `WNODE_TOO_SMALL` fits,",
);
const CUT: Expected = Expected::Failure("a failure, for the request is cut off,");
const OUTSIDE: Expected = Expected::Failure("a failure, for the data lies outside of the request,");
const NO_REPLY: Expected = Expected::NoReply("no data, for the place of the reply is outside");

/// Each request for a class that there is not.
fn unknown_class() -> Vec<Strange> {
    let block = Registered::dynamic(NOBODY);
    let mut requests = Vec::new();
    for minor in Minor::ALL
        .into_iter()
        .filter(|minor| !minor.is_registration())
    {
        let input = match minor {
            Minor::QueryAllData => all_data_request(&block),
            _ => single(minor, NOBODY, Target::Static(0)),
        };
        requests.push(strange(minor, NOBODY, input, GUID_NOT_FOUND));
    }
    requests
}

/// IRPs for other devices and of codes that are none of WMI's, of a block that there is: what Driver
/// Verifier makes up, and what others of the stack are sent.
fn foreign(device: usize, registration: &Registration) -> Vec<((u8, usize), DataPath, Vec<u8>)> {
    let nobody = Registered::dynamic(NOBODY);
    let block = registration.blocks.first().unwrap_or(&nobody);
    let other = device.wrapping_add(0x100);
    let own = Minor::ALL
        .into_iter()
        .map(|minor| (minor, minor.code(), other));
    let unknown = [0x0a, 0x0c, 0xff].into_iter();
    let unknown =
        unknown.flat_map(|code| [device, other].map(|to| (Minor::QueryAllData, code, to)));
    let irp = |(minor, code, to): (Minor, u8, usize)| match minor {
        Minor::RegInfo | Minor::RegInfoEx => ((code, to), DataPath::REGISTER, vec![]),
        Minor::QueryAllData => ((code, to), block.guid.into(), all_data_request(block)),
        _ => {
            let input = single(minor, block.guid, Target::Static(0));
            ((code, to), block.guid.into(), input)
        }
    };
    own.chain(unknown).map(irp).collect()
}

fn strange_requests(block: &Registered, first: Option<Target<'_>>) -> Vec<Strange> {
    let guid = block.guid;
    let nobody = if block.has_static_names() {
        Target::Static(block.instance_count)
    } else {
        Target::Dynamic(NO_NAME)
    };
    let mut requests = Vec::new();
    for minor in [
        Minor::QuerySingleInstance,
        Minor::ChangeSingleInstance,
        Minor::ChangeSingleItem,
        Minor::ExecuteMethod,
    ] {
        let input = single(minor, guid, nobody);
        requests.push(strange(minor, guid, input.clone(), INSTANCE_NOT_FOUND));
        // Cut off within its fixed part.
        for capacity in [0, size_of::<u32>(), size_of::<WnodeHeader>()] {
            let expected = match minor {
                Minor::QuerySingleInstance | Minor::ExecuteMethod => NO_ROOM,
                _ => CUT,
            };
            requests.push(Strange {
                capacity,
                ..strange(minor, guid, input.clone(), expected)
            });
        }
    }
    let all = all_data_request(block);
    for capacity in [0, size_of::<WnodeHeader>(), 55] {
        requests.push(Strange {
            capacity,
            ..strange(Minor::QueryAllData, guid, all.clone(), NO_ROOM)
        });
    }
    if let Some(first) = first {
        let (query, set) = (Minor::QuerySingleInstance, Minor::ChangeSingleInstance);
        let (item, method) = (Minor::ChangeSingleItem, Minor::ExecuteMethod);
        for minor in [item, method] {
            requests.push(strange(minor, guid, single(minor, guid, first), NO_ITEM));
        }
        let data_at = offset_of!(WnodeSingleInstance, data_block_offset);
        let item_data_at = offset_of!(WnodeSingleItem, data_block_offset);
        let size_at = offset_of!(WnodeSingleInstance, size_data_block);
        let item_size_at = offset_of!(WnodeMethodItem, size_data_block);
        for lie in [0, 1, 0x7fff_fff8, 0xffff_fff8, u32::MAX] {
            let mut push = |minor, at, expected| {
                let input = with(single(minor, guid, first), at, lie);
                requests.push(strange(minor, guid, input, expected));
            };
            push(query, data_at, NO_REPLY);
            push(set, data_at, OUTSIDE);
            push(item, item_data_at, OUTSIDE);
            push(method, item_data_at, OUTSIDE);
            if lie > 1 {
                push(set, size_at, OUTSIDE);
                push(item, item_size_at, OUTSIDE);
                push(method, item_size_at, OUTSIDE);
            }
        }
    }
    requests
}

fn strange(minor: Minor, guid: Guid, input: Vec<u8>, expected: Expected) -> Strange {
    let capacity = input.len().max(size_of::<WnodeTooSmall>());
    Strange {
        minor,
        guid,
        input,
        capacity,
        expected,
    }
}

/// A request for an instance, of an item or method that there is not, without data.
fn single(minor: Minor, guid: Guid, target: Target<'_>) -> Vec<u8> {
    let part = match minor {
        Minor::ChangeSingleItem => Part::Item(NO_ID),
        Minor::ExecuteMethod => Part::Method(NO_ID),
        _ => Part::All,
    };
    // What was just written here fits.
    part.request(guid, target, &[]).unwrap_or_else(|_| vec![])
}

/// The request with another number at a place.
fn with(mut request: Vec<u8>, at: usize, number: u32) -> Vec<u8> {
    let place = request
        .get_mut(at..)
        .and_then(|rest| rest.first_chunk_mut());
    if let Some(place) = place {
        *place = number.to_le_bytes();
    }
    request
}
