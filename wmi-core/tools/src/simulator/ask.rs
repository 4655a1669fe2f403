//! Sends the requests for blocks, and returns the data of the replies as bytes.

use core::mem::offset_of;

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, IntoBytes};

use super::check;
use super::registration::{Names, Registered};
use super::send::le32;
use super::{Device, InstanceValue, Select, Simulator};
use super::{Failure, Violation};
use wmi_core::Guid;
use wmi_core::provider::Minor;
use wmi_core::wnode::flags::{
    WNODE_FLAG_ALL_DATA, WNODE_FLAG_PDO_INSTANCE_NAMES, WNODE_FLAG_STATIC_INSTANCE_NAMES,
};
use wmi_core::wnode::{
    AllData, InstanceId, SingleWnodeWriter, Target, Wnode, WnodeAllData, WnodeHeader,
    WnodeMethodItem, WnodeSingleInstance, WnodeSingleItem,
};

// `InstanceIndex` has the same offset in all three structures.
const _: () = {
    const INDEX: usize = offset_of!(WnodeSingleInstance, instance_index);
    assert!(INDEX == offset_of!(WnodeSingleItem, instance_index));
    assert!(INDEX == offset_of!(WnodeMethodItem, instance_index));
};

/// How a request names an instance.
#[derive(Clone, Copy)]
pub(super) struct Instance<'a> {
    /// The number among the static names.
    index: u32,
    /// The name; optional where names are static.
    name: Option<&'a str>,
}

impl<'a> Instance<'a> {
    pub(super) const fn number(index: u32) -> Self {
        Self { index, name: None }
    }

    pub(super) const fn name(name: &'a str) -> Self {
        Self::of(0, name)
    }

    pub(super) const fn of(index: u32, name: &'a str) -> Self {
        let name = Some(name);
        Self { index, name }
    }
}

/// The part of an instance that a request concerns.
#[derive(Clone, Copy)]
pub(super) enum Part {
    All,
    Item(u32),
    Method(u32),
}

impl<D: Device> Simulator<'_, D> {
    pub(super) fn block(&self, guid: Guid) -> Result<&Registered, Failure> {
        let Some(registration) = &self.state().registration else {
            return Err(Failure::NotRegistered { guid });
        };
        registration.block(guid).ok_or_else(|| {
            let class = self.class_name(guid);
            Failure::NoBlock { guid, class }
        })
    }

    /// Queries the data of all instances of all devices.
    pub(super) fn all_data(&mut self, guid: Guid) -> Result<Vec<InstanceValue<Vec<u8>>>, Failure> {
        self.collect(guid, |wmi| wmi.all_data_here(guid))
    }

    /// Queries the data of all instances of one device.
    pub(super) fn all_data_here(
        &mut self,
        guid: Guid,
    ) -> Result<Vec<InstanceValue<Vec<u8>>>, Failure> {
        let block = self.block(guid)?.clone();
        self.all_data_by(&block, &all_data_request(&block))
    }

    /// Queries them with this request.
    pub(super) fn all_data_by(
        &mut self,
        block: &Registered,
        input: &[u8],
    ) -> Result<Vec<InstanceValue<Vec<u8>>>, Failure> {
        let (minor, guid) = (Minor::QueryAllData, block.guid);
        let bytes = self.reading(guid, |wmi| wmi.data(minor, guid, input))?;
        self.check_reply(minor, block, input, &bytes)?;
        let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
            return Ok(Vec::new());
        };
        Ok(self.named(block, &all))
    }

    fn named(&self, block: &Registered, all: &AllData<'_>) -> Vec<InstanceValue<Vec<u8>>> {
        let named = |index| {
            let name = match all.id(index)? {
                InstanceId::Static(index) => block.static_name(index, &self.state().path)?,
                InstanceId::Dynamic(name) => name.to_string(),
            };
            let value = all.data(index)?.to_vec();
            Some(InstanceValue { name, value })
        };
        (0..all.instance_count()).map_while(named).collect()
    }

    /// Queries the data of one instance from the device that has it.
    pub(super) fn single_data(
        &mut self,
        guid: Guid,
        select: Select<'_>,
    ) -> Result<Vec<u8>, Failure> {
        self.ask(guid, select, |wmi, select| {
            wmi.single_data_here(guid, select)
        })
    }

    pub(super) fn single_data_here(
        &mut self,
        guid: Guid,
        select: Select<'_>,
    ) -> Result<Vec<u8>, Failure> {
        let bytes = self.reading(guid, |wmi| {
            let input = wmi.request(guid, select, Part::All, &[])?;
            wmi.single(Minor::QuerySingleInstance, guid, &input)
        })?;
        let Ok(Wnode::SingleInstance(one)) = Wnode::decode(&bytes) else {
            return Ok(Vec::new());
        };
        Ok(one.data().to_vec())
    }

    /// Executes a method with this input, and returns its output. WMI queries the instance first.
    pub(super) fn execute_data(
        &mut self,
        guid: Guid,
        select: Select<'_>,
        method_id: u32,
        data: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let bytes = self.ask(guid, select, |wmi, select| {
            wmi.single_data_here(guid, select)?;
            let input = wmi.request(guid, select, Part::Method(method_id), data)?;
            wmi.single(Minor::ExecuteMethod, guid, &input)
        })?;
        let Ok(Wnode::MethodItem(one)) = Wnode::decode(&bytes) else {
            return Ok(Vec::new());
        };
        Ok(one.data().to_vec())
    }

    /// Sends a request for one instance whose reply has data.
    pub(super) fn single(
        &mut self,
        minor: Minor,
        guid: Guid,
        input: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let block = self.block(guid)?.clone();
        let bytes = self.data(minor, guid, input)?;
        self.check_reply(minor, &block, input, &bytes)?;
        Ok(bytes)
    }

    /// Sets all items of an instance.
    pub(super) fn change_instance(
        &mut self,
        guid: Guid,
        select: Select<'_>,
        data: &[u8],
    ) -> Result<(), Failure> {
        self.change(Minor::ChangeSingleInstance, guid, select, Part::All, data)
    }

    /// Sets one item of an instance.
    pub(super) fn change_item(
        &mut self,
        guid: Guid,
        select: Select<'_>,
        item_id: u32,
        data: &[u8],
    ) -> Result<(), Failure> {
        let part = Part::Item(item_id);
        self.change(Minor::ChangeSingleItem, guid, select, part, data)
    }

    fn change(
        &mut self,
        minor: Minor,
        guid: Guid,
        select: Select<'_>,
        part: Part,
        data: &[u8],
    ) -> Result<(), Failure> {
        self.ask(guid, select, |wmi, select| {
            let input = wmi.request(guid, select, part, data)?;
            wmi.command(minor, guid, &input)
        })
    }

    /// Checks a whole reply against its request, and its data against the schema.
    pub(super) fn check_reply(
        &self,
        minor: Minor,
        block: &Registered,
        input: &[u8],
        bytes: &[u8],
    ) -> Result<(), Violation> {
        check::reply(minor, block, input, bytes)
            .and_then(|()| check::data(&self.client, bytes))
            .map_err(|rule| self.violation(minor, block.guid.into(), rule))
    }

    /// Makes the WNODE of a request for one instance.
    ///
    /// It contains the name even for static names: clients pass the name, WMI adds the number, and
    /// `DataBlockOffset` is after the name.
    fn request(
        &mut self,
        guid: Guid,
        select: Select<'_>,
        part: Part,
        data: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let block = self.block(guid)?.clone();
        match select {
            // The kernel knows static names; the caller passes a dynamic one.
            Select::Index(index) if block.has_static_names() => {
                let name = block.static_name(index, &self.state().path);
                let name = name.as_deref();
                part.request(&block, Instance { index, name }, data)
            }
            Select::Name(name) if !block.has_static_names() => {
                part.request(&block, Instance::name(name), data)
            }
            _ => {
                let names = self.instances_here(guid)?;
                let found = (0..).zip(&names).find(|(index, name)| match select {
                    Select::Index(wanted) => *index == wanted,
                    Select::Name(wanted) => name.eq_ignore_ascii_case(wanted),
                });
                let (index, name) = found.ok_or_else(|| Failure::NoInstance {
                    instance: select.to_string(),
                })?;
                part.request(&block, Instance::of(index, name), data)
            }
        }
    }
}

impl Part {
    /// Makes the WNODE of the request.
    pub(super) fn request(
        self,
        block: &Registered,
        instance: Instance<'_>,
        data: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let guid = block.guid;
        let target = match instance.name {
            Some(name) => Target::Dynamic(name),
            None => Target::Static(instance.index),
        };
        let writer = match self {
            Self::All => SingleWnodeWriter::instance(guid, target),
            Self::Item(id) => SingleWnodeWriter::item(guid, target, id),
            Self::Method(id) => SingleWnodeWriter::method(guid, target, id),
        };
        let mut bytes = vec![0; writer.needed(data.len())?];
        writer.write(data, &mut bytes)?;
        if let Ok((request, _)) = WnodeSingleInstance::mut_from_prefix(&mut bytes) {
            request.header.flags |= naming(block);
            request.instance_index = U32::new(instance.index);
        }
        Ok(bytes)
    }
}

/// Makes the `WNODE_ALL_DATA` that WMI sends.
pub(super) fn all_data_request(block: &Registered) -> Vec<u8> {
    let offset = le32(WnodeAllData::DATA_OFFSET);
    let mut header = WnodeHeader::new(block.guid, 0);
    header.flags = U32::new(WNODE_FLAG_ALL_DATA | naming(block));
    header.buffer_size = offset;
    let request = WnodeAllData {
        header,
        data_block_offset: offset,
        instance_count: U32::ZERO,
        offset_instance_name_offsets: U32::ZERO,
        fixed_instance_size: U32::ZERO,
    };
    let mut bytes = request.as_bytes().to_vec();
    bytes.resize(WnodeAllData::DATA_OFFSET, 0);
    bytes
}

/// Returns the flags for the kind of a block's instance names.
const fn naming(block: &Registered) -> u32 {
    match block.names {
        Names::Dynamic => 0,
        Names::Pdo { .. } => WNODE_FLAG_STATIC_INSTANCE_NAMES | WNODE_FLAG_PDO_INSTANCE_NAMES,
        Names::Base(_) | Names::List(_) => WNODE_FLAG_STATIC_INSTANCE_NAMES,
    }
}

/// Replaces the 32-bit number at an offset of a request.
pub(super) fn with(mut request: Vec<u8>, at: usize, number: u32) -> Vec<u8> {
    let place = request
        .get_mut(at..)
        .and_then(|rest| rest.first_chunk_mut());
    if let Some(place) = place {
        *place = number.to_le_bytes();
    }
    request
}
