//! Makes malformed requests, each with its permitted statuses.

use core::mem::offset_of;

use zerocopy::FromBytes;

use super::Registration;
use super::ask::{Instance, Part, all_data_request, with};
use super::registration::Registered;
use crate::client::Client;
use crate::layout::BlockLayout;
use crate::layout::Elements;
use wmi_core::provider::{DataPath, Minor};
use wmi_core::wnode::flags::WNODE_FLAG_PDO_INSTANCE_NAMES;
use wmi_core::wnode::{
    WnodeHeader, WnodeMethodItem, WnodeSingleInstance, WnodeSingleItem, WnodeTooSmall,
};
use wmi_core::{Guid, NtStatus};

/// A GUID that is not registered.
const NOBODY: Guid = Guid::from_fields(
    0x9d6f_4b1e,
    0x3c52,
    0x4a07,
    [0x8e, 0x11, 0x5b, 0x90, 0xc4, 0x27, 0xf3, 0x6a],
);

/// An id that a class is unlikely to use.
const NO_ID: u32 = 0xffff_fff0;

/// The name of an instance that does not exist.
const NO_NAME: &str = "There is no instance of this name";

/// The requests for one instance.
const SINGLE: [Minor; 4] = [
    Minor::QuerySingleInstance,
    Minor::ChangeSingleInstance,
    Minor::ChangeSingleItem,
    Minor::ExecuteMethod,
];

/// A malformed request.
pub(super) struct Strange {
    pub(super) minor: Minor,
    pub(super) path: DataPath,
    pub(super) input: Vec<u8>,
    pub(super) capacity: usize,
    pub(super) expected: Expected,
}

/// The correct answer, and its description with the reason.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Status(NtStatus, &'static str),
    Success(&'static str),
    Failure(&'static str),
    NoReply(&'static str),
    /// Any answer that follows the rules for all requests.
    Any,
}

const GUID_NOT_FOUND: Expected = Expected::Status(
    NtStatus::WMI_GUID_NOT_FOUND,
    "the class is unknown, so STATUS_WMI_GUID_NOT_FOUND is expected",
);
const INSTANCE_NOT_FOUND: Expected = Expected::Status(
    NtStatus::WMI_INSTANCE_NOT_FOUND,
    "the instance is unknown, so STATUS_WMI_INSTANCE_NOT_FOUND is expected",
);
const OTHER_NAMES: Expected = Expected::Status(
    NtStatus::WMI_INSTANCE_NOT_FOUND,
    "the instances have names of another kind, so STATUS_WMI_INSTANCE_NOT_FOUND is expected",
);
const NO_ITEM: Expected =
    Expected::Failure("the item or method is unknown, so a failure is expected");
const NO_ROOM: Expected = Expected::Status(
    NtStatus::BUFFER_TOO_SMALL,
    "not even a `WNODE_TOO_SMALL` fits, so STATUS_BUFFER_TOO_SMALL is expected",
);
const CUT: Expected = Expected::Failure("the request is truncated, so a failure is expected");
const OUTSIDE: Expected =
    Expected::Failure("the data lies outside of the request, so a failure is expected");
const NAME_OUTSIDE: Expected =
    Expected::Failure("the name lies outside of the request, so a failure is expected");
const NO_DATA: Expected = Expected::Failure("the request has no data, so a failure is expected");
const NO_METHODS: Expected = Expected::Status(
    NtStatus::INVALID_DEVICE_REQUEST,
    "the block has no methods, so STATUS_INVALID_DEVICE_REQUEST is expected",
);
const BUFFER_SIZE: Expected =
    Expected::Success("the IRP gives the size of the buffer, so STATUS_SUCCESS is expected");
const NO_REPLY: Expected = Expected::NoReply(
    "the reply does not fit the buffer, so a failure or a `WNODE_TOO_SMALL` is expected",
);

/// Values that are not a valid offset, or not the offset of data.
const LIES: [u32; 5] = [0, 1, 0x7fff_fff8, 0xffff_fff8, u32::MAX];

/// Makes each request for a class that is not registered, and registrations with unknown actions.
pub(super) fn of_no_block() -> Vec<Strange> {
    let block = Registered::dynamic(NOBODY);
    let mut requests = Vec::new();
    for minor in Minor::ALL {
        if minor.is_registration() {
            for action in [2, usize::MAX] {
                requests.push(Strange {
                    minor,
                    path: DataPath::Action(action),
                    input: Vec::new(),
                    capacity: 4096,
                    expected: Expected::Any,
                });
            }
            continue;
        }
        let input = match minor {
            Minor::QueryAllData => all_data_request(&block),
            _ => single(minor, &block, Instance::number(0)),
        };
        requests.push(strange(minor, NOBODY, input, GUID_NOT_FOUND));
    }
    requests
}

/// Makes IRPs for other devices, and of codes that do not belong to WMI, for a registered block.
/// Driver Verifier sends such IRPs, and other drivers of the stack receive them.
pub(super) fn foreign(
    device: usize,
    registration: &Registration,
) -> Vec<((u8, usize), DataPath, Vec<u8>)> {
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
            let input = single(minor, block, Instance::number(0));
            ((code, to), block.guid.into(), input)
        }
    };
    own.chain(unknown).map(irp).collect()
}

/// Makes requests for a missing instance of a block, and requests with buffers that are too small.
pub(super) fn of_block(block: &Registered) -> Vec<Strange> {
    let guid = block.guid;
    let nobody = match block.has_static_names() {
        true => Instance::number(block.instance_count),
        false => Instance::name(NO_NAME),
    };
    let mut requests = Vec::new();
    for minor in SINGLE {
        let input = single(minor, block, nobody);
        requests.push(strange(minor, guid, input.clone(), INSTANCE_NOT_FOUND));
        // Truncated within its fixed part.
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
    requests
}

/// Makes malformed requests for an existing instance.
pub(super) fn of_instance(block: &Registered, instance: Instance<'_>) -> Vec<Strange> {
    let guid = block.guid;
    let mut requests = Vec::new();
    let (query, set) = (Minor::QuerySingleInstance, Minor::ChangeSingleInstance);
    let (item, method) = (Minor::ChangeSingleItem, Minor::ExecuteMethod);
    for (minor, expected) in [(set, NO_DATA), (item, NO_ITEM), (method, NO_ITEM)] {
        let input = single(minor, block, instance);
        requests.push(strange(minor, guid, input, expected));
    }
    let mut push = |minor, at, lie, expected| {
        let input = with(single(minor, block, instance), at, lie);
        requests.push(strange(minor, guid, input, expected));
    };
    let data_at = offset_of!(WnodeSingleInstance, data_block_offset);
    let item_data_at = offset_of!(WnodeSingleItem, data_block_offset);
    let size_at = offset_of!(WnodeSingleInstance, size_data_block);
    let item_size_at = offset_of!(WnodeMethodItem, size_data_block);
    for lie in LIES {
        push(query, data_at, lie, NO_REPLY);
        // The offset of the data matters only if there is data.
        push(set, data_at, lie, NO_DATA);
        push(item, item_data_at, lie, NO_ITEM);
        push(method, item_data_at, lie, NO_ITEM);
        if lie > 1 {
            push(set, size_at, lie, OUTSIDE);
            push(item, item_size_at, lie, OUTSIDE);
            push(method, item_size_at, lie, OUTSIDE);
        }
    }
    for minor in SINGLE {
        let expected = match minor {
            Minor::QuerySingleInstance => BUFFER_SIZE,
            Minor::ChangeSingleInstance => NO_DATA,
            _ => NO_ITEM,
        };
        for lie in LIES {
            push(minor, offset_of!(WnodeHeader, buffer_size), lie, expected);
        }
        if !block.has_static_names() {
            let name_at = offset_of!(WnodeSingleInstance, offset_instance_name);
            for lie in LIES {
                push(minor, name_at, lie, NAME_OUTSIDE);
            }
            // More units than bytes.
            push(minor, name(minor), u32::MAX, NAME_OUTSIDE);
        }
    }
    // An index for dynamic names, and a name for static ones.
    let (other, wrong) = match block.has_static_names() {
        true => (Registered::dynamic(guid), Instance::name(NO_NAME)),
        false => (block.clone(), Instance::number(0)),
    };
    for minor in SINGLE {
        let input = single(minor, &other, wrong);
        requests.push(strange(minor, guid, input.clone(), OTHER_NAMES));
        if block.has_static_names() {
            // The request is by name, even if the name is malformed.
            let name_at = offset_of!(WnodeSingleInstance, offset_instance_name);
            for lie in LIES {
                let input = with(input.clone(), name_at, lie);
                requests.push(strange(minor, guid, input, OTHER_NAMES));
            }
            let flags_at = offset_of!(WnodeHeader, flags);
            let mut flags =
                WnodeHeader::read_from_prefix(&input).map_or(0, |(header, _)| header.flags.get());
            flags |= WNODE_FLAG_PDO_INSTANCE_NAMES;
            let input = with(single(minor, block, instance), flags_at, flags);
            requests.push(strange(minor, guid, input, OTHER_NAMES));
        }
    }
    requests
}

/// Makes requests for the items and methods of a class, each without the required data.
pub(super) fn of_class(
    client: &Client<'_>,
    block: &Registered,
    instance: Instance<'_>,
) -> Vec<Strange> {
    let Some(class) = client.class(block.guid) else {
        return Vec::new();
    };
    // Arrays may be empty and so take no bytes.
    let sized = |layout: &BlockLayout<'_>| -> Vec<u32> {
        let items = layout.items.iter();
        let items = items.filter(|item| !matches!(item.elements, Elements::Counted { .. }));
        items.map(|item| item.id).collect()
    };
    let layout = BlockLayout::of(class, client.classes());
    let mut requests = Vec::new();
    if class.methods.is_empty() {
        let input = single(Minor::ExecuteMethod, block, instance);
        requests.push(strange(Minor::ExecuteMethod, block.guid, input, NO_METHODS));
    }
    let items = layout.map(|layout| sized(&layout)).unwrap_or_default();
    let items = items
        .into_iter()
        .map(|id| (Minor::ChangeSingleItem, Part::Item(id)));
    let methods = class.methods.iter().filter_map(|method| {
        let input = BlockLayout::of_input(method, client.classes()).ok()?;
        let id = method.method_id().filter(|_| !sized(&input).is_empty())?;
        Some((Minor::ExecuteMethod, Part::Method(id)))
    });
    let request = |(minor, part): (Minor, Part)| {
        let input = part.request(block, instance, &[]).ok()?;
        Some(strange(minor, block.guid, input, NO_DATA))
    };
    requests.extend(items.chain(methods).filter_map(request));
    requests
}

/// Returns the offset of the dynamic name in a request made by `single`.
const fn name(minor: Minor) -> usize {
    match minor {
        Minor::ChangeSingleItem => size_of::<WnodeSingleItem>(),
        Minor::ExecuteMethod => size_of::<WnodeMethodItem>(),
        _ => size_of::<WnodeSingleInstance>(),
    }
}

fn strange(minor: Minor, guid: Guid, input: Vec<u8>, expected: Expected) -> Strange {
    let capacity = input.len().max(size_of::<WnodeTooSmall>());
    Strange {
        minor,
        path: guid.into(),
        input,
        capacity,
        expected,
    }
}

/// Makes a request for an instance, without data and for an unknown item or method.
fn single(minor: Minor, block: &Registered, instance: Instance<'_>) -> Vec<u8> {
    let part = match minor {
        Minor::ChangeSingleItem => Part::Item(NO_ID),
        Minor::ExecuteMethod => Part::Method(NO_ID),
        _ => Part::All,
    };
    // A name without data always fits.
    part.request(block, instance, &[]).unwrap_or_default()
}
