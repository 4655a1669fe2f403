//! [`Client`]: decodes any WNODE into named values.

use std::collections::BTreeMap;

use core::fmt;

use super::datum::quoted;
use super::{DataObject, Datum, ItemDecodeError, ReplyError};
use crate::Classes;
use crate::layout::BlockLayout;
use wmi_core::Guid;
use wmi_core::schema::{Class, Method, Property};
use wmi_core::wnode::flags::WNODE_FLAG_EVENT_ITEM;
use wmi_core::wnode::{AllData, InstanceId, Wnode, WnodeHeader};

/// Decodes WNODEs using the classes of a schema or file, found by GUID.
#[derive(Clone, Debug, Default)]
pub struct Client<'s> {
    classes: Classes<'s>,
    by_guid: BTreeMap<Guid, &'s Class<'s>>,
}

/// A WNODE decoded by the schema.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QueryReply<'a> {
    /// The header.
    pub header: &'a WnodeHeader,
    /// The class with the GUID of the header.
    pub class: &'a Class<'a>,
    /// The content.
    pub content: ReplyContent<'a>,
}

/// The content of a [`QueryReply`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReplyContent<'a> {
    /// `WNODE_ALL_DATA`: all instances.
    AllData(Vec<ReplyInstance<'a>>),
    /// `WNODE_SINGLE_INSTANCE`: one instance.
    Instance(ReplyInstance<'a>),
    /// `WNODE_SINGLE_ITEM`: one item of an instance.
    Item {
        /// The instance.
        id: InstanceId<'a>,
        /// The item.
        item: &'a Property<'a>,
        /// Its value.
        value: Datum<'a>,
    },
    /// `WNODE_METHOD_ITEM`: the output of a method of an instance.
    Output {
        /// The instance.
        id: InstanceId<'a>,
        /// The method.
        method: &'a Method<'a>,
        /// The `out` parameters.
        output: DataObject<'a>,
    },
    /// `WNODE_EVENT_REFERENCE`: an event whose data must be queried.
    Reference {
        /// The instance to query.
        id: InstanceId<'a>,
        /// The class of the block to query.
        target: Guid,
        /// The size in bytes of the data that the query returns.
        size: u32,
    },
}

/// An instance of a block.
#[derive(Clone, Debug)]
pub struct ReplyInstance<'a> {
    /// How it is named.
    pub id: InstanceId<'a>,
    /// Its values.
    pub object: DataObject<'a>,
}

impl<'s> Client<'s> {
    /// Creates a client for these classes, such as those of a [`Schema`](wmi_core::schema::Schema)
    /// or a [`File`](wmi_core::schema::File). If classes share a GUID, the first one is used.
    pub fn new(classes: impl Into<Classes<'s>>) -> Self {
        let classes = classes.into();
        let mut by_guid = BTreeMap::new();
        for class in classes.iter() {
            if let Some(guid) = class.guid() {
                by_guid.entry(guid).or_insert(class);
            }
        }
        Self { classes, by_guid }
    }

    /// Returns the classes.
    #[must_use]
    pub const fn classes(&self) -> &Classes<'s> {
        &self.classes
    }

    /// Returns the class with this GUID.
    #[must_use]
    pub fn class(&self, guid: Guid) -> Option<&'s Class<'s>> {
        self.by_guid.get(&guid).copied()
    }

    /// Decodes the WNODE at the start of `bytes`, a reply or an event.
    ///
    /// Takes time and memory linear in the bytes, whatever they contain.
    ///
    /// # Errors
    ///
    /// [`ReplyError`] if the WNODE or its data is malformed, the schema lacks the class, or the
    /// WNODE is a `WNODE_TOO_SMALL`.
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Result<QueryReply<'a>, ReplyError>
    where
        's: 'a,
    {
        self.decode_noting(bytes, &mut |_| {})
    }

    /// Decodes a chain of WNODEs, as returned by `IoWMIQueryAllData` for several providers: the
    /// WNODE at the start of `bytes`, and those linked to it by `Linkage`.
    ///
    /// A WNODE that cannot be decoded gives an error, and the chain continues with the next one. If
    /// a size or `Linkage` is wrong, an error ends the chain.
    ///
    /// Takes time and memory linear in the bytes, whatever they contain.
    pub fn decode_chain<'a>(
        &self,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = Result<QueryReply<'a>, ReplyError>>
    where
        's: 'a,
    {
        let mut next = Some(Ok(bytes));
        core::iter::from_fn(move || {
            let bytes = match next.take()? {
                Ok(bytes) => bytes,
                Err(error) => return Some(Err(error)),
            };
            let reply = self.decode(bytes);
            next = match Wnode::linked(bytes) {
                Ok(linked) => linked.map(Ok),
                // The reply already has this error.
                Err(error) if matches!(&reply, Err(ReplyError::Wnode(same)) if *same == error) => {
                    None
                }
                Err(error) => Some(Err(error.into())),
            };
            Some(reply)
        })
    }

    /// Decodes a WNODE, and records how much of each data block was decoded.
    pub(crate) fn decode_noting<'a>(
        &self,
        bytes: &'a [u8],
        note: &mut dyn FnMut(Extent),
    ) -> Result<QueryReply<'a>, ReplyError>
    where
        's: 'a,
    {
        let wnode = Wnode::decode(bytes)?;
        let header = match wnode {
            Wnode::AllData(found) => found.header(),
            Wnode::SingleInstance(found) => found.header(),
            Wnode::SingleItem(found) => found.header(),
            Wnode::MethodItem(found) => found.header(),
            Wnode::EventReference(found) => found.header(),
            Wnode::TooSmall { size_needed } => return Err(ReplyError::TooSmall { size_needed }),
        };
        let guid = header.guid();
        let class = self.class(guid).ok_or(ReplyError::UnknownClass { guid })?;
        let layout = || BlockLayout::of(class, &self.classes);
        let content = match wnode {
            Wnode::AllData(all) => ReplyContent::AllData(instances(&all, &layout()?, note)?),
            Wnode::SingleInstance(one) => {
                let object = decode(&layout()?, one.data(), note).map_err(ReplyError::first)?;
                ReplyContent::Instance(ReplyInstance {
                    id: one.id(),
                    object,
                })
            }
            Wnode::SingleItem(one) => {
                let (layout, id) = (layout()?, one.item_id());
                let item = layout
                    .item_by_id(id)
                    .ok_or_else(|| ReplyError::UnknownItem {
                        class: class.name.to_owned(),
                        id,
                    })?;
                let (value, used) =
                    Datum::decode_all(item, one.data()).map_err(ReplyError::first)?;
                note(Extent {
                    size: one.data().len(),
                    used,
                    align: item.align(),
                });
                ReplyContent::Item {
                    id: one.id(),
                    item: item.property,
                    value,
                }
            }
            Wnode::MethodItem(one) => {
                let method = method_by_id(class, one.method_id())?;
                let layout = BlockLayout::of_output(method, &self.classes)?;
                ReplyContent::Output {
                    id: one.id(),
                    method,
                    output: decode(&layout, one.data(), note).map_err(ReplyError::first)?,
                }
            }
            Wnode::EventReference(event) => ReplyContent::Reference {
                id: event.id(),
                target: event.target_guid(),
                size: event.target_data_block_size(),
            },
            Wnode::TooSmall { size_needed } => return Err(ReplyError::TooSmall { size_needed }),
        };
        Ok(QueryReply {
            header,
            class,
            content,
        })
    }
}

/// The decoded part of the data of an instance, item or method.
#[cfg_attr(
    not(feature = "simulator"),
    expect(dead_code, reason = "only the simulator reads it")
)]
pub(crate) struct Extent {
    /// Bytes of the data.
    pub(crate) size: usize,
    /// Decoded bytes.
    pub(crate) used: usize,
    /// The alignment of the decoded part.
    pub(crate) align: usize,
}

fn decode<'a>(
    layout: &BlockLayout<'a>,
    data: &'a [u8],
    note: &mut dyn FnMut(Extent),
) -> Result<DataObject<'a>, ItemDecodeError> {
    let (object, used) = DataObject::decode_all(layout, data)?;
    // A class with only methods may answer queries with any data.
    if !object.is_empty() {
        note(Extent {
            size: data.len(),
            used,
            align: layout.align,
        });
    }
    Ok(object)
}

fn instances<'a>(
    all: &AllData<'a>,
    layout: &BlockLayout<'a>,
    note: &mut dyn FnMut(Extent),
) -> Result<Vec<ReplyInstance<'a>>, ReplyError> {
    // If they overlapped, a few bytes could produce values and names that fill the memory.
    let sizes = all.parts().map(|part| part.len());
    let size = sizes.fold(0, usize::saturating_add);
    if usize::try_from(all.header().buffer_size.get()).is_ok_and(|whole| size > whole) {
        return Err(ReplyError::Overlap);
    }
    let instance = |instance| {
        let (id, data) = (all.id(instance)?, all.data(instance)?);
        let object = decode(layout, data, note);
        let object = object.map_err(|error| ReplyError::Data { instance, error });
        Some(object.map(|object| ReplyInstance { id, object }))
    };
    (0..all.instance_count()).map_while(instance).collect()
}

pub(super) fn method_by_id<'a>(class: &Class<'a>, id: u32) -> Result<&'a Method<'a>, ReplyError> {
    let mut methods = class.methods.iter();
    let method = methods.find(|method| method.method_id() == Some(id));
    method.ok_or_else(|| ReplyError::UnknownMethod {
        class: class.name.to_owned(),
        id,
    })
}

impl<'a> QueryReply<'a> {
    /// Returns whether it is an event.
    #[must_use]
    pub const fn is_event(&self) -> bool {
        self.header.has(WNODE_FLAG_EVENT_ITEM)
    }

    /// Returns the whole instances in it.
    #[must_use]
    pub fn instances(&self) -> &[ReplyInstance<'a>] {
        match &self.content {
            ReplyContent::AllData(instances) => instances,
            ReplyContent::Instance(instance) => core::slice::from_ref(instance),
            _ => &[],
        }
    }
}

/// Writes the instances as MOF, each after a comment with its name; or the item or the output.
impl fmt::Display for QueryReply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            ReplyContent::Item { id, item, value } => {
                writeln!(f, "// {}", NameOf(*id))?;
                writeln!(f, "{}.{} = {value};", self.class.name, item.name)
            }
            ReplyContent::Output { id, output, .. } => {
                writeln!(f, "// {}\n{output};", NameOf(*id))
            }
            ReplyContent::Reference { id, target, size } => {
                writeln!(f, "// {} of {target}, {size} bytes", NameOf(*id))
            }
            _ => self.instances().iter().try_for_each(|instance| {
                writeln!(f, "// {}\n{};", NameOf(instance.id), instance.object)
            }),
        }
    }
}

struct NameOf<'a>(InstanceId<'a>);

impl fmt::Display for NameOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            InstanceId::Static(index) => write!(f, "instance {index}"),
            InstanceId::Dynamic(name) => quoted(f, name.units()),
        }
    }
}
