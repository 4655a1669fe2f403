//! Decodes the bytes of a block using its layout.

use core::ops::Range;

use super::{DataObject, Datum, ItemDecodeError};
use crate::layout::BlockLayout;
use crate::layout::{BlockItem, ElementType, Elements, Integer};
use wmi_core::DateTime;
use wmi_core::WmiField;
use wmi_core::block::{DecodeError, DecodeFault, Decoder};

impl<'a> DataObject<'a> {
    /// Decodes the values of a block at the start of `bytes`.
    ///
    /// Takes time and memory linear in the bytes that the items cover.
    ///
    /// # Errors
    ///
    /// [`ItemDecodeError`] at the first item that does not lie within the bytes.
    pub fn decode(block: &BlockLayout<'a>, bytes: &'a [u8]) -> Result<Self, ItemDecodeError> {
        Self::decode_all(block, bytes).map(|(object, _)| object)
    }

    /// Decodes the values; also returns how many bytes they take.
    pub(crate) fn decode_all(
        block: &BlockLayout<'a>,
        bytes: &'a [u8],
    ) -> Result<(Self, usize), ItemDecodeError> {
        Self::decode_noting(block, bytes, &mut |_| {})
    }

    /// Decodes the values, and notes the bytes of each value that is neither an array nor an object.
    pub(super) fn decode_noting(
        block: &BlockLayout<'a>,
        bytes: &'a [u8],
        note: Note<'_>,
    ) -> Result<(Self, usize), ItemDecodeError> {
        let input = &mut Decoder::new(bytes);
        let object = object(block, input, note)?;
        Ok((object, input.position()))
    }
}

/// Takes the bytes of a value.
pub(super) type Note<'n> = &'n mut dyn FnMut(Range<usize>);

impl<'a> Datum<'a> {
    /// Decodes the value of one item at the start of `bytes`, as carried by a `WNODE_SINGLE_ITEM`.
    /// An array that another item counts has as many elements as the bytes hold.
    ///
    /// # Errors
    ///
    /// [`ItemDecodeError`] if the item does not lie within the bytes.
    pub fn decode(item: &BlockItem<'a>, bytes: &'a [u8]) -> Result<Self, ItemDecodeError> {
        Self::decode_all(item, bytes).map(|(value, _)| value)
    }

    /// Decodes the value; also returns how many bytes it takes.
    pub(super) fn decode_all(
        item: &BlockItem<'a>,
        bytes: &'a [u8],
    ) -> Result<(Self, usize), ItemDecodeError> {
        Self::decode_noting(item, bytes, &mut |_| {})
    }

    /// Decodes the value, and notes the bytes of each value that is neither an array nor an object.
    pub(super) fn decode_noting(
        item: &BlockItem<'a>,
        bytes: &'a [u8],
        note: Note<'_>,
    ) -> Result<(Self, usize), ItemDecodeError> {
        let input = &mut Decoder::new(bytes);
        if !matches!(item.elements, Elements::Counted { .. }) {
            let value = value(item, 0, input, note)?;
            return Ok((value, input.position()));
        }
        let mut elements = Vec::new();
        while input.position() < bytes.len() {
            elements.push(element(&item.element, input, note).map_err(|why| {
                why.within(&format!("{}[{}]", item.property.name, elements.len()))
            })?);
        }
        Ok((Self::Array(elements), input.position()))
    }
}

fn object<'a>(
    block: &BlockLayout<'a>,
    input: &mut Decoder<'a>,
    note: Note<'_>,
) -> Result<DataObject<'a>, ItemDecodeError> {
    let mut object = DataObject::new(block.name);
    for (position, item) in block.items.iter().enumerate() {
        let name = item.property.name;
        let mut start = *input;
        let count = match item.elements {
            Elements::Counted { by } => object.at(by).and_then(Datum::as_integer),
            _ => None,
        };
        let value = value(item, count.unwrap_or(0), input, note)?;
        if value.as_integer().is_some_and(|number| number < 0) && block.counts(position) {
            start.align(item.align())?;
            let why = ItemDecodeError::from(start.error(DecodeFault::NegativeCount));
            return Err(why.within(name));
        }
        object.push(name, value);
    }
    Ok(object)
}

/// Decodes an item, with `count` elements if it is an array of variable length.
fn value<'a>(
    item: &BlockItem<'a>,
    count: i128,
    input: &mut Decoder<'a>,
    note: Note<'_>,
) -> Result<Datum<'a>, ItemDecodeError> {
    let name = item.property.name;
    let count = match item.elements {
        Elements::One => {
            return element(&item.element, input, note).map_err(|why| why.within(name));
        }
        Elements::Fixed(count) => count.into(),
        Elements::Counted { .. } => count,
    };
    // Each element takes at least one byte, so the bytes limit their number.
    let mut elements = Vec::new();
    for index in 0..count {
        let read = element(&item.element, input, note);
        elements.push(read.map_err(|why| why.within(&format!("{name}[{index}]")))?);
    }
    Ok(Datum::Array(elements))
}

fn element<'a>(
    element: &ElementType<'a>,
    input: &mut Decoder<'a>,
    note: Note<'_>,
) -> Result<Datum<'a>, ItemDecodeError> {
    let mut start = *input;
    let value = match element {
        ElementType::Boolean => Datum::Boolean(fixed::<bool>(input)?),
        ElementType::Integer(integer) => match integer {
            Integer::I8 => Datum::I8(fixed::<i8>(input)?),
            Integer::U8 => Datum::U8(fixed::<u8>(input)?),
            Integer::I16 => Datum::I16(fixed::<i16>(input)?),
            Integer::U16 => Datum::U16(fixed::<u16>(input)?),
            Integer::I32 => Datum::I32(fixed::<i32>(input)?),
            Integer::U32 => Datum::U32(fixed::<u32>(input)?),
            Integer::I64 => Datum::I64(fixed::<i64>(input)?),
            Integer::U64 => Datum::U64(fixed::<u64>(input)?),
        },
        ElementType::Char16 => Datum::U16(fixed::<u16>(input)?),
        ElementType::DateTime => Datum::DateTime(fixed::<DateTime>(input)?),
        ElementType::Text { .. } => Datum::Text(input.string()?.into()),
        ElementType::Class(block) => {
            input.align(block.align)?;
            let read = object(block, input, note)?;
            // A class of fixed size is padded at its end, like C's `sizeof`.
            if block.size.is_some() {
                input.align(block.align)?;
            }
            return Ok(Datum::Object(read));
        }
    };
    start.align(element.align())?;
    note(start.position()..input.position());
    Ok(value)
}

fn fixed<T: WmiField>(input: &mut Decoder<'_>) -> Result<T::Value, DecodeError> {
    input.align(T::ALIGN)?;
    input.read::<T::Wire>().map(T::decode)
}

impl From<DecodeError> for ItemDecodeError {
    fn from(error: DecodeError) -> Self {
        let item = String::new();
        Self { item, error }
    }
}
