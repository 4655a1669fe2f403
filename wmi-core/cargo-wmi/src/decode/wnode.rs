//! WNODEs as JSON, and back. Owns the members beside the blocks; the values of a block are owned by
//! [`json`](mod@super::json).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wmi_core::Guid;
use wmi_core::schema::Class;
use wmi_core::wnode::flags::WNODE_FLAG_EVENT_ITEM;
use wmi_core::wnode::{
    AllDataWnodeWriter, EventReferenceWriter, InstanceId, NamedInstance, SingleWnodeWriter, Target,
    Wnode, WnodeHeader, WriteError,
};
use wmi_tools::Classes;
use wmi_tools::client::DataObject;
use wmi_tools::layout::BlockLayout;

use super::json::{json_of_text, object_of};

/// A WNODE as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WnodeJson {
    /// Without it, the blocks tell the structure.
    wnode: Option<Structure>,
    pub(super) class: Option<String>,
    event: Option<EventJson>,
    #[serde(default)]
    time_stamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<TargetJson>,
    #[serde(default)]
    blocks: Vec<Value>,
}

/// The structure of a WNODE.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Structure {
    #[serde(rename = "WNODE_ALL_DATA")]
    AllData,
    #[serde(rename = "WNODE_SINGLE_INSTANCE")]
    SingleInstance,
    #[serde(rename = "WNODE_SINGLE_ITEM")]
    SingleItem,
    #[serde(rename = "WNODE_METHOD_ITEM")]
    MethodItem,
    #[serde(rename = "WNODE_EVENT_REFERENCE")]
    EventReference,
}

impl Structure {
    /// Returns the structure of a WNODE, unless it only tells a size.
    const fn of(wnode: &Wnode<'_>) -> Option<Self> {
        Some(match wnode {
            Wnode::AllData(_) => Self::AllData,
            Wnode::SingleInstance(_) => Self::SingleInstance,
            Wnode::SingleItem(_) => Self::SingleItem,
            Wnode::MethodItem(_) => Self::MethodItem,
            Wnode::EventReference(_) => Self::EventReference,
            Wnode::TooSmall { .. } => return None,
        })
    }
}

/// Returns the header of a WNODE, unless it only tells a size.
pub(super) const fn header<'a>(wnode: &Wnode<'a>) -> Option<&'a WnodeHeader> {
    Some(match wnode {
        Wnode::AllData(it) => it.header(),
        Wnode::SingleInstance(it) => it.header(),
        Wnode::SingleItem(it) => it.header(),
        Wnode::MethodItem(it) => it.header(),
        Wnode::EventReference(it) => it.header(),
        Wnode::TooSmall { .. } => return None,
    })
}

/// What an event has beside its data.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventJson {
    #[serde(default)]
    provider_id: u32,
}

/// What a reference to the data of an event names.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetJson {
    guid: String,
    instance: Value,
    size: u32,
}

/// The members of a block that matter for its bytes; the others follow from these.
#[derive(Deserialize)]
struct BlockJson {
    member: Option<String>,
    instance: Instance,
    #[serde(default)]
    values: Map<String, Value>,
}

/// An instance by its index or its dynamic name.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "an instance is the number of a static name, or a dynamic name"
)]
enum Instance {
    Static(u32),
    Dynamic(String),
}

type Encoded<T> = Result<T, String>;

impl WnodeJson {
    /// Describes a WNODE of this class with these blocks.
    pub(super) fn of(wnode: &Wnode<'_>, class: &str, blocks: Vec<Value>) -> Self {
        let header = header(wnode);
        let event = header.filter(|header| header.has(WNODE_FLAG_EVENT_ITEM));
        let event = event.map(|header| EventJson {
            provider_id: header.provider_id.get(),
        });
        let target = match wnode {
            Wnode::EventReference(it) => Some(TargetJson {
                guid: it.target_guid().to_string(),
                instance: json_of_instance(it.id()),
                size: it.target_data_block_size(),
            }),
            _ => None,
        };
        Self {
            wnode: Structure::of(wnode),
            class: Some(class.to_owned()),
            event,
            time_stamp: header.map_or(0, |header| header.time_stamp.get()),
            target,
            blocks,
        }
    }

    /// Returns the bytes of the WNODE of a class, with the input of a method if `is_input`, else
    /// with its output.
    pub(super) fn encode(
        &self,
        class: &Class<'_>,
        known: &Arc<Classes<'_>>,
        is_input: bool,
    ) -> Encoded<Vec<u8>> {
        let guid = class.guid();
        let guid = guid.ok_or_else(|| format!("`{}` has no GUID", class.name))?;
        let blocks = self.blocks.iter().zip(0usize..);
        let blocks = blocks.map(|(block, index)| {
            let block = BlockJson::deserialize(block);
            block.map_err(|why| format!("`blocks[{index}]`: {why}"))
        });
        let blocks = blocks.collect::<Encoded<Vec<_>>>()?;
        let one = || match &blocks[..] {
            [one] => Ok(one),
            _ => Err(format!(
                "this structure has one block, not {}",
                blocks.len()
            )),
        };
        let layout = || BlockLayout::of(class, known).map_err(|why| why.to_string());
        match self.structure(class, &blocks) {
            Structure::AllData => self.all_data(guid, &layout()?, &blocks),
            Structure::SingleInstance => {
                let one = one()?;
                let data = one.data(&layout()?)?;
                self.single(SingleWnodeWriter::instance(guid, one.target()), &data)
            }
            Structure::SingleItem => {
                let one = one()?;
                let (layout, name) = (layout()?, one.member.as_deref().unwrap_or_default());
                let item = layout.item(name);
                let item = item.zip(item.and_then(|item| item.property.data_id()));
                let (item, id) =
                    item.ok_or_else(|| format!("`{}` has no item `{name}`", class.name))?;
                let object = one.object(&layout)?;
                let value = object.get(name);
                let value = value.ok_or_else(|| format!("`values` has no `{name}`"))?;
                let data = value.encode(item).map_err(|why| why.to_string())?;
                self.single(SingleWnodeWriter::item(guid, one.target(), id), &data)
            }
            Structure::MethodItem => {
                let one = one()?;
                let name = one.member.as_deref().unwrap_or_default();
                let mut methods = class.methods.iter();
                let method = methods.find(|method| method.name.eq_ignore_ascii_case(name));
                let method = method.and_then(|method| Some((method, method.method_id()?)));
                let (method, id) =
                    method.ok_or_else(|| format!("`{}` has no method `{name}`", class.name))?;
                let layout = match is_input {
                    true => BlockLayout::of_input(method, known),
                    false => BlockLayout::of_output(method, known),
                };
                let data = one.data(&layout.map_err(|why| why.to_string())?)?;
                self.single(SingleWnodeWriter::method(guid, one.target(), id), &data)
            }
            Structure::EventReference => self.reference(guid),
        }
    }

    /// Returns the structure: the given one, or else that of the blocks.
    fn structure(&self, class: &Class<'_>, blocks: &[BlockJson]) -> Structure {
        let is_method = |name: &str| {
            let mut methods = class.methods.iter();
            methods.any(|method| method.name.eq_ignore_ascii_case(name))
        };
        match (self.wnode, blocks) {
            (Some(structure), _) => structure,
            (None, [one]) => match &one.member {
                None => Structure::SingleInstance,
                Some(name) if is_method(name) => Structure::MethodItem,
                Some(_) => Structure::SingleItem,
            },
            (None, _) if self.target.is_some() => Structure::EventReference,
            (None, _) => Structure::AllData,
        }
    }

    fn single(&self, writer: SingleWnodeWriter<'_>, data: &[u8]) -> Encoded<Vec<u8>> {
        let writer = writer.time_stamp(self.time_stamp);
        let writer = match &self.event {
            Some(event) => writer.event(event.provider_id),
            None => writer,
        };
        written(writer.needed(data.len()), |buffer| {
            writer.write(data, buffer)
        })
    }

    fn all_data(
        &self,
        guid: Guid,
        layout: &BlockLayout<'_>,
        blocks: &[BlockJson],
    ) -> Encoded<Vec<u8>> {
        let data = blocks.iter().map(|block| block.data(layout));
        let data = data.collect::<Encoded<Vec<_>>>()?;
        let data: Vec<&[u8]> = data.iter().map(|data| &**data).collect();
        let mut named = Vec::new();
        for ((block, index), data) in blocks.iter().zip(0u32..).zip(&data) {
            match &block.instance {
                Instance::Dynamic(name) => named.push(NamedInstance {
                    name,
                    instance: *data,
                }),
                Instance::Static(given) if *given != index => {
                    return Err(format!(
                        "`blocks[{index}]`: all instances are numbered from 0, so this is instance \
                         {index}, not {given}"
                    ));
                }
                Instance::Static(_) => {}
            }
        }
        let writer = match named.len() {
            0 => AllDataWnodeWriter::new(guid, &data),
            all if all == data.len() => AllDataWnodeWriter::named(guid, &named),
            _ => return Err("either all instances have a dynamic name, or none has".to_owned()),
        };
        let writer = writer.time_stamp(self.time_stamp);
        let writer = match &self.event {
            Some(event) => writer.event(event.provider_id),
            None => writer,
        };
        let writer = match layout.size {
            Some(_) => writer,
            None => writer.variable(),
        };
        written(writer.needed(), |buffer| writer.write(buffer))
    }

    fn reference(&self, guid: Guid) -> Encoded<Vec<u8>> {
        let target = self.target.as_ref();
        let target = target.ok_or("a WNODE_EVENT_REFERENCE needs a `target`")?;
        let target_guid = Guid::parse(&target.guid);
        let target_guid = target_guid.map_err(|why| format!("`target.guid`: {why}"))?;
        let instance = Instance::deserialize(&target.instance);
        let instance = instance.map_err(|why| format!("`target.instance`: {why}"))?;
        let writer = EventReferenceWriter {
            guid,
            target_guid,
            target: instance.target(),
            target_size: usize::try_from(target.size).unwrap_or(usize::MAX),
            provider_id: self.event.as_ref().map_or(0, |event| event.provider_id),
            time_stamp: self.time_stamp,
        };
        written(writer.needed(), |buffer| writer.write(buffer))
    }
}

impl BlockJson {
    fn target(&self) -> Target<'_> {
        self.instance.target()
    }

    fn object(&self, layout: &BlockLayout<'_>) -> Encoded<DataObject<'static>> {
        object_of(layout, &self.values, "")
    }

    fn data(&self, layout: &BlockLayout<'_>) -> Encoded<Vec<u8>> {
        let object = self.object(layout)?;
        object.encode(layout).map_err(|why| why.to_string())
    }
}

impl Instance {
    fn target(&self) -> Target<'_> {
        match self {
            Self::Static(index) => Target::Static(*index),
            Self::Dynamic(name) => Target::Dynamic(name),
        }
    }
}

/// Returns what a writer writes to a buffer of the size that it needs.
fn written(
    needed: Result<usize, WriteError>,
    write: impl FnOnce(&mut [u8]) -> Result<usize, WriteError>,
) -> Encoded<Vec<u8>> {
    let write = |needed| {
        let mut bytes = vec![0; needed];
        write(&mut bytes).map(|_| bytes)
    };
    needed.and_then(write).map_err(|why| why.to_string())
}

/// Returns an instance as JSON: its index or its name.
pub(super) fn json_of_instance(id: InstanceId<'_>) -> Value {
    match id {
        InstanceId::Static(index) => index.into(),
        InstanceId::Dynamic(name) => json_of_text(name.as_str()),
    }
}
