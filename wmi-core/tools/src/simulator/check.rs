//! Checks a reply against its request, and its data against the schema.

use std::collections::BTreeSet;

use core::mem::offset_of;

use super::ProtocolRule;
use super::registration::Registered;
use crate::client::{Client, Extent, ReplyError};
use wmi_core::provider::Minor;
use wmi_core::wnode::flags::WNODE_FLAG_STATIC_INSTANCE_NAMES;
use wmi_core::wnode::{
    AllData, InstanceId, Wnode, WnodeHeader, WnodeMethodItem, WnodeSingleInstance,
};

/// The members owned by WMI: names, offsets and sizes.
type Members = &'static [(&'static str, usize, usize)];

macro_rules! members {
    ($structure:ty { $($name:literal $member:ident $size:literal,)* }) => {
        &[$(($name, offset_of!($structure, $member), $size)),*]
    };
}

const HEADER: Members = members!(WnodeHeader {
    "Linkage" linkage 4,
    "Guid" guid 16,
});

const INSTANCE: Members = members!(WnodeSingleInstance {
    "OffsetInstanceName" offset_instance_name 4,
    "InstanceIndex" instance_index 4,
    "DataBlockOffset" data_block_offset 4,
});

const METHOD: Members = members!(WnodeMethodItem {
    "OffsetInstanceName" offset_instance_name 4,
    "InstanceIndex" instance_index 4,
    "MethodId" method_id 4,
    "DataBlockOffset" data_block_offset 4,
});

/// Checks a whole reply to a request with this input.
pub(super) fn reply(
    minor: Minor,
    block: &Registered,
    input: &[u8],
    bytes: &[u8],
) -> Result<(), ProtocolRule> {
    let wnode = Wnode::decode(bytes).map_err(ProtocolRule::Malformed)?;
    let (header, own, single) = match (minor, &wnode) {
        (Minor::QueryAllData, Wnode::AllData(all)) => (all.header(), &[][..], None),
        (Minor::QuerySingleInstance, Wnode::SingleInstance(one)) => (
            one.header(),
            INSTANCE,
            Some((size_of::<WnodeSingleInstance>(), one.data())),
        ),
        (Minor::ExecuteMethod, Wnode::MethodItem(one)) => (
            one.header(),
            METHOD,
            Some((size_of::<WnodeMethodItem>(), one.data())),
        ),
        _ => {
            let flags = offset_of!(WnodeHeader, flags);
            let flags = bytes.get(flags..).and_then(|flags| flags.first_chunk());
            let flags = flags.map_or(0, |flags| u32::from_le_bytes(*flags));
            return Err(ProtocolRule::WrongKind { flags });
        }
    };
    let same = |at: usize, size: usize| {
        fn part(bytes: &[u8], at: usize, size: usize) -> Option<&[u8]> {
            bytes.get(at..)?.get(..size)
        }
        part(bytes, at, size) == part(input, at, size)
    };
    let mut members = HEADER.iter().chain(own);
    if let Some((member, ..)) = members.find(|(_, at, size)| !same(*at, *size)) {
        return Err(ProtocolRule::Changed { member });
    }
    if header.has(WNODE_FLAG_STATIC_INSTANCE_NAMES) != block.has_static_names() {
        let member = "WNODE_FLAG_STATIC_INSTANCE_NAMES";
        return Err(ProtocolRule::Changed { member });
    }
    if let Wnode::AllData(all) = wnode {
        return all_data(&all, block);
    }
    let Some((variable, data)) = single else {
        return Ok(());
    };
    // The data starts at the offset in the request, which is unchanged, and ends the WNODE. The
    // instance name precedes it. Bytes after the end of the request cannot be kept.
    let start = data_offset(&wnode, bytes);
    let kept = start.min(input.len());
    if !same(variable, kept.saturating_sub(variable)) {
        let member = "VariableData";
        return Err(ProtocolRule::Changed { member });
    }
    let (information, expected) = (bytes.len(), start.saturating_add(data.len()));
    if information != expected {
        return Err(ProtocolRule::WrongInformation {
            information,
            expected,
        });
    }
    Ok(())
}

/// Returns `DataBlockOffset` of a well-formed WNODE with one instance.
fn data_offset(wnode: &Wnode<'_>, bytes: &[u8]) -> usize {
    let offset = match wnode {
        Wnode::SingleInstance(_) => offset_of!(WnodeSingleInstance, data_block_offset),
        _ => offset_of!(WnodeMethodItem, data_block_offset),
    };
    let offset = bytes.get(offset..).and_then(<[u8]>::first_chunk);
    let offset = u32::from_le_bytes(offset.copied().unwrap_or_default());
    usize::try_from(offset).unwrap_or(usize::MAX)
}

fn all_data(all: &AllData<'_>, block: &Registered) -> Result<(), ProtocolRule> {
    let count = all.instance_count();
    let registered = block.instance_count;
    if block.has_static_names() && count != registered {
        return Err(ProtocolRule::WrongCount { count, registered });
    }
    time_stamp(all.header())?;
    instances(all)
}

/// Checks that the data and names of instances do not overlap, and that no name repeats.
pub(super) fn instances(all: &AllData<'_>) -> Result<(), ProtocolRule> {
    let mut parts: Vec<_> = all.parts().filter(|part| !part.is_empty()).collect();
    parts.sort_by_key(|part| part.start);
    let mut end = 0;
    for part in parts {
        if part.start < end {
            let offset = part.start;
            return Err(ProtocolRule::Overlap { offset });
        }
        end = part.end;
    }
    let mut names = BTreeSet::new();
    for instance in 0..all.instance_count() {
        if let Some(InstanceId::Dynamic(name)) = all.id(instance) {
            let name = name.to_string();
            if !names.insert(name.to_ascii_lowercase()) {
                return Err(ProtocolRule::RepeatedName { name });
            }
        }
    }
    Ok(())
}

/// Checks that the provider has written the time of its data.
pub(super) const fn time_stamp(header: &WnodeHeader) -> Result<(), ProtocolRule> {
    match header.time_stamp.get() {
        0 => Err(ProtocolRule::NoTimeStamp),
        _ => Ok(()),
    }
}

/// Checks the data of a reply or an event, if the schema has its class: exactly a block of the
/// class, an item, or the output of a method.
pub(super) fn data(client: &Client<'_>, bytes: &[u8]) -> Result<(), ProtocolRule> {
    let mut fits = Ok(());
    let read = client.decode_noting(bytes, &mut |extent| {
        let Extent { size, used, align } = extent;
        if fits.is_ok() {
            fits = self::size(size, used, align);
        }
    });
    match read {
        Ok(_) => fits,
        Err(ReplyError::UnknownClass { .. }) => Ok(()),
        Err(error) => Err(ProtocolRule::data(error)),
    }
}

/// Checks that the data of an instance has the size of its class, with or without the padding of
/// C's `sizeof`.
pub(super) fn size(size: usize, expected: usize, align: usize) -> Result<(), ProtocolRule> {
    let padded = expected.checked_next_multiple_of(align).unwrap_or(expected);
    if (expected..=padded).contains(&size) {
        Ok(())
    } else {
        Err(ProtocolRule::WrongSize { size, expected })
    }
}
