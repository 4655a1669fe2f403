//! Where each value stands: the offsets of the values in a data block or a WNODE.

use core::ops::Range;

use super::reply::method_by_id;
use super::{Client, DataObject, Datum, ItemDecodeError, ReplyError};
use crate::layout::BlockLayout;
use wmi_core::wnode::{InstanceId, Wnode};

/// A value and its bytes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlacedValue<'a> {
    /// The path of the item: `Portals[1].Socket`. An array of values other than objects is one value.
    pub path: String,
    /// The bytes, counted from the start of the block. Those of a string include its byte count.
    pub bytes: Range<usize>,
    /// The value.
    pub value: Datum<'a>,
}

/// A data block within a WNODE, or the parameters of a method, with its values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PlacedBlock<'a> {
    /// The instance.
    pub id: InstanceId<'a>,
    /// The method whose parameters they are, or the item, if it is not a whole block.
    pub member: Option<&'a str>,
    /// The offset in bytes from the start of the WNODE.
    pub offset: usize,
    /// The size in bytes.
    pub size: usize,
    /// The values by name. A single item is an object with one value.
    pub object: DataObject<'a>,
    /// The values in order of their offsets.
    pub values: Vec<PlacedValue<'a>>,
}

impl<'a> DataObject<'a> {
    /// Decodes the values of a block at the start of `bytes`, and where each stands.
    ///
    /// Takes time and memory linear in the bytes that the items cover.
    ///
    /// ```
    /// use wmi_core::WmiClass;
    /// use wmi_tools::client::DataObject;
    /// use wmi_tools::layout::BlockLayout;
    /// use wmi_tools::Classes;
    ///
    /// /// The lamp of a disk.
    /// #[derive(WmiClass)]
    /// #[wmi(name = "Vendor_Lamp", guid = "b4b1f0de-0c64-4b0e-93bb-2c5be9e10bd7")]
    /// pub struct Lamp {
    ///     /// Whether it is lit.
    ///     #[wmi(data_id = 1)]
    ///     pub lit: bool,
    ///     /// From 0 to 100.
    ///     #[wmi(data_id = 2)]
    ///     pub percent: u16,
    /// }
    ///
    /// let layout = BlockLayout::of(Lamp::CLASS, &Classes::default())?;
    /// let (_, values) = DataObject::decode_placed(&layout, &[1, 0, 80, 0])?;
    /// assert_eq!((&*values[1].path, values[1].bytes.clone()), ("Percent", 2..4));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ItemDecodeError`] at the first item that does not lie within the bytes.
    pub fn decode_placed(
        block: &BlockLayout<'a>,
        bytes: &'a [u8],
    ) -> Result<(Self, Vec<PlacedValue<'a>>), ItemDecodeError> {
        let mut noted = Vec::new();
        let (object, _) = Self::decode_noting(block, bytes, &mut |bytes| noted.push(bytes))?;
        let values = placed(&object, noted);
        Ok((object, values))
    }
}

/// Returns the values of an object with their bytes, which were noted in the same order.
fn placed<'a>(object: &DataObject<'a>, noted: Vec<Range<usize>>) -> Vec<PlacedValue<'a>> {
    let mut values = Vec::new();
    let mut noted = noted.into_iter();
    // The end of the value before an empty array is where it would stand.
    let mut end = 0;
    place_object(object, "", &mut noted, &mut end, &mut values);
    values
}

type Noted = std::vec::IntoIter<Range<usize>>;

fn place_object<'a>(
    object: &DataObject<'a>,
    path: &str,
    noted: &mut Noted,
    end: &mut usize,
    values: &mut Vec<PlacedValue<'a>>,
) {
    for (name, value) in object.iter() {
        let path = match path {
            "" => name.to_owned(),
            outer => format!("{outer}.{name}"),
        };
        place(value, path, noted, end, values);
    }
}

fn place<'a>(
    value: &Datum<'a>,
    path: String,
    noted: &mut Noted,
    end: &mut usize,
    values: &mut Vec<PlacedValue<'a>>,
) {
    let count = match value {
        Datum::Object(object) => return place_object(object, &path, noted, end, values),
        Datum::Array(elements) if matches!(elements.first(), Some(Datum::Object(_))) => {
            for (index, element) in elements.iter().enumerate() {
                place(element, format!("{path}[{index}]"), noted, end, values);
            }
            return;
        }
        Datum::Array(elements) => elements.len(),
        _ => 1,
    };
    let bytes = noted.take(count).fold(None, |bytes, next| match bytes {
        None => Some(next),
        Some(Range { start, .. }) => Some(start..next.end),
    });
    let bytes = bytes.unwrap_or(*end..*end);
    *end = bytes.end;
    values.push(PlacedValue {
        path,
        bytes,
        value: value.clone(),
    });
}

impl<'s> Client<'s> {
    /// Decodes the WNODE at the start of `bytes`, and where each value stands. A `WNODE_METHOD_ITEM`
    /// has the output of the method, or its input if `is_request`.
    ///
    /// An event that only refers to a block has no values, so it gives no block.
    ///
    /// # Errors
    ///
    /// [`ReplyError`] if the WNODE or its data is malformed, the schema lacks the class, or the
    /// WNODE is a `WNODE_TOO_SMALL`.
    pub fn decode_placed<'a>(
        &self,
        bytes: &'a [u8],
        is_request: bool,
    ) -> Result<Vec<PlacedBlock<'a>>, ReplyError>
    where
        's: 'a,
    {
        let wnode = Wnode::decode(bytes)?;
        if !matches!((&wnode, is_request), (Wnode::MethodItem(_), true)) {
            // Finds all that is wrong, so that what follows only places values.
            self.decode(bytes)?;
        }
        let class = |guid| self.class(guid).ok_or(ReplyError::UnknownClass { guid });
        let block = |layout: &BlockLayout<'a>, id, member, data: &'a [u8]| {
            let (object, values) = DataObject::decode_placed(layout, data)?;
            Ok(PlacedBlock {
                id,
                member,
                offset: offset_in(bytes, data),
                size: data.len(),
                object,
                values,
            })
        };
        match wnode {
            Wnode::AllData(all) => {
                let layout = BlockLayout::of(class(all.header().guid())?, self.classes())?;
                let instance = |instance| {
                    let (id, data) = (all.id(instance)?, all.data(instance)?);
                    let block = block(&layout, id, None, data);
                    Some(block.map_err(|error| ReplyError::Data { instance, error }))
                };
                (0..all.instance_count()).map_while(instance).collect()
            }
            Wnode::SingleInstance(one) => {
                let layout = BlockLayout::of(class(one.header().guid())?, self.classes())?;
                let block = block(&layout, one.id(), None, one.data());
                Ok(vec![block.map_err(ReplyError::first)?])
            }
            Wnode::SingleItem(one) => {
                let class = class(one.header().guid())?;
                let layout = BlockLayout::of(class, self.classes())?;
                let unknown = || ReplyError::UnknownItem {
                    class: class.name.to_owned(),
                    id: one.item_id(),
                };
                let item = layout.item_by_id(one.item_id()).ok_or_else(unknown)?;
                let mut noted = Vec::new();
                let value = Datum::decode_noting(item, one.data(), &mut |bytes| noted.push(bytes));
                let (value, _) = value.map_err(ReplyError::first)?;
                let object = DataObject::new(class.name).with(item.property.name, value);
                Ok(vec![PlacedBlock {
                    id: one.id(),
                    member: Some(item.property.name),
                    offset: offset_in(bytes, one.data()),
                    size: one.data().len(),
                    values: placed(&object, noted),
                    object,
                }])
            }
            Wnode::MethodItem(one) => {
                let class = class(one.header().guid())?;
                let method = method_by_id(class, one.method_id())?;
                let layout = match is_request {
                    true => BlockLayout::of_input(method, self.classes())?,
                    false => BlockLayout::of_output(method, self.classes())?,
                };
                let block = block(&layout, one.id(), Some(method.name), one.data());
                Ok(vec![block.map_err(ReplyError::first)?])
            }
            Wnode::EventReference(_) => Ok(Vec::new()),
            Wnode::TooSmall { size_needed } => Err(ReplyError::TooSmall { size_needed }),
        }
    }
}

/// Returns where `part` starts in `whole`, of which it is a part.
fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    let start = part.as_ptr().addr();
    start.saturating_sub(whole.as_ptr().addr())
}
