//! What a reply may not change of the request, and must have beside it.

use alloc::collections::BTreeSet;
use alloc::string::ToString;
use core::mem::offset_of;

use super::Rule;
use super::registration::Registered;
use crate::client::{Client, Object, ReplyError};
use crate::layout::block::Block;
use crate::provider::Minor;
use crate::schema::Class;
use crate::wnode::flags::WNODE_FLAG_STATIC_INSTANCE_NAMES;
use crate::wnode::{AllData, InstanceId, Wnode, WnodeHeader, WnodeMethodItem, WnodeSingleInstance};

/// The members that are WMI's: names, offsets and sizes.
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
) -> Result<(), Rule> {
    let wnode = Wnode::parse(bytes).map_err(Rule::Malformed)?;
    let (header, own, variable, data) = match (minor, &wnode) {
        (Minor::QueryAllData, Wnode::AllData(all)) => (all.header(), &[][..], 0, 0),
        (Minor::QuerySingleInstance, Wnode::SingleInstance(one)) => {
            let start = size_of::<WnodeSingleInstance>();
            (one.header(), INSTANCE, start, one.data().len())
        }
        (Minor::ExecuteMethod, Wnode::MethodItem(one)) => {
            let start = size_of::<WnodeMethodItem>();
            (one.header(), METHOD, start, one.data().len())
        }
        _ => {
            let flags = offset_of!(WnodeHeader, flags);
            let flags = bytes.get(flags..).and_then(|flags| flags.first_chunk());
            let flags = flags.map_or(0, |flags| u32::from_le_bytes(*flags));
            return Err(Rule::WrongKind { flags });
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
        return Err(Rule::Changed { member });
    }
    let has_static_names = header.has(WNODE_FLAG_STATIC_INSTANCE_NAMES);
    if has_static_names != block.has_static_names() {
        return Err(Rule::Changed { member: "Flags" });
    }
    match wnode {
        Wnode::AllData(all) => all_data(&all, block),
        _ => {
            // The data ends the WNODE; the name of the instance stands between.
            let name = bytes.len().saturating_sub(data).saturating_sub(variable);
            if !same(variable, name) {
                return Err(Rule::Changed {
                    member: "VariableData",
                });
            }
            Ok(())
        }
    }
}

fn all_data(all: &AllData<'_>, block: &Registered) -> Result<(), Rule> {
    let count = all.instance_count();
    let registered = block.instance_count;
    if block.has_static_names() && count != registered {
        return Err(Rule::WrongCount { count, registered });
    }
    let mut names = BTreeSet::new();
    for instance in 0..count {
        if let Some(InstanceId::Dynamic(name)) = all.id(instance) {
            let name = name.to_string();
            if !names.insert(name.to_ascii_lowercase()) {
                return Err(Rule::RepeatedName { name });
            }
        }
    }
    Ok(())
}

/// Checks the data of a reply against its class: it holds a block of the class, and no more.
pub(super) fn data(client: &Client<'_>, class: &Class<'_>, bytes: &[u8]) -> Result<(), Rule> {
    client.read(bytes).map_err(Rule::Data)?;
    let unreadable = |error| Rule::Data(ReplyError::Layout(error));
    let fits = |layout: &Block<'_>, data: &[u8]| match Object::decode_all(layout, data) {
        // A class that has methods alone answers queries with anything.
        Ok((object, used)) if !object.is_empty() => size(data.len(), used, layout.align),
        _ => Ok(()),
    };
    let layout = || Block::of(class, client.classes()).map_err(unreadable);
    match Wnode::parse(bytes).map_err(Rule::Malformed)? {
        Wnode::AllData(all) => {
            let layout = layout()?;
            let mut instances = (0..all.instance_count()).filter_map(|index| all.data(index));
            instances.try_for_each(|data| fits(&layout, data))
        }
        Wnode::SingleInstance(one) => fits(&layout()?, one.data()),
        Wnode::MethodItem(one) => {
            let id = Some(one.method_id());
            let mut methods = class.methods.iter();
            match methods.find(|method| method.method_id() == id) {
                Some(method) => {
                    let layout = Block::of_output(method, client.classes()).map_err(unreadable)?;
                    fits(&layout, one.data())
                }
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// The data of an instance has the bytes of its class, or the padding that C's `sizeof` adds.
pub(super) fn size(size: usize, expected: usize, align: usize) -> Result<(), Rule> {
    let padded = expected.checked_next_multiple_of(align).unwrap_or(expected);
    if (expected..=padded).contains(&size) {
        Ok(())
    } else {
        Err(Rule::WrongSize { size, expected })
    }
}
