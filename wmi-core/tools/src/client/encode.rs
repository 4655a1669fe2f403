//! Encodes values as the bytes of a block, using its layout.

use core::iter;

use zerocopy::little_endian::U16;

use super::{DataObject, Datum, Utf16, ValueError, ValueFault};
use crate::layout::BlockLayout;
use crate::layout::{BlockItem, ElementType, Elements, Integer};
use wmi_core::block::Encoder;
use wmi_core::{DateTime, WmiField};

impl DataObject<'_> {
    /// Encodes the block with these values.
    ///
    /// Integers may be of any type, if the value fits the item. The item that counts an array may
    /// be omitted; if given, it must be right. A string with `MaxLen` is padded to that length, as
    /// drivers expect.
    ///
    /// # Errors
    ///
    /// [`ValueError`] at the first value that is missing, does not belong to the class, or does not
    /// fit.
    pub fn encode(&self, block: &BlockLayout<'_>) -> Result<Vec<u8>, ValueError> {
        written(|out| object(block, self, out))
    }
}

impl Datum<'_> {
    /// Encodes one item, as carried by a `WNODE_SINGLE_ITEM`.
    ///
    /// # Errors
    ///
    /// [`ValueError`] if the value does not fit the item.
    pub fn encode(&self, item: &BlockItem<'_>) -> Result<Vec<u8>, ValueError> {
        written(|out| value(item, self, out))
    }
}

/// Measures the output of `write`, and then writes it.
fn written(
    write: impl Fn(&mut Encoder<'_>) -> Result<(), ValueError>,
) -> Result<Vec<u8>, ValueError> {
    let mut measure = Encoder::measure();
    write(&mut measure)?;
    let mut bytes = vec![0; measure.finish()?];
    write(&mut Encoder::new(&mut bytes))?;
    Ok(bytes)
}

fn object(
    block: &BlockLayout<'_>,
    object: &DataObject<'_>,
    out: &mut Encoder<'_>,
) -> Result<(), ValueError> {
    let known = |(name, _): &(&str, _)| block.item(name).is_some();
    if let Some((name, _)) = object.iter().find(|value| !known(value)) {
        return Err(ValueError::from(ValueFault::UnknownItem).within(name));
    }
    for (position, item) in block.items.iter().enumerate() {
        let name = item.property.name;
        match (
            counted(block, object, position)?,
            &item.element,
            object.get(name),
        ) {
            (Some(count), ElementType::Integer(kind), given) => check_count(given, count)
                .and_then(|()| integer(*kind, count, out))
                .map_err(|why| why.within(name))?,
            (_, _, Some(given)) => value(item, given, out)?,
            (_, _, None) => return Err(ValueError::from(ValueFault::Missing).within(name)),
        }
    }
    Ok(())
}

/// Checks a given count.
fn check_count(given: Option<&Datum<'_>>, count: i128) -> Result<(), ValueError> {
    match given.map(|given| given.as_integer().ok_or(given.kind())) {
        Some(Ok(given)) if given != count => Err(ValueFault::WrongCount { given, count }.into()),
        Some(Err(found)) => Err(wrong_type(found, "an integer")),
        _ => Ok(()),
    }
}

/// Returns the number of elements of the arrays that the item at `position` counts, if any.
fn counted(
    block: &BlockLayout<'_>,
    object: &DataObject<'_>,
    position: usize,
) -> Result<Option<i128>, ValueError> {
    let mut count = None;
    for item in &block.items {
        if item.elements != (Elements::Counted { by: position }) {
            continue;
        }
        let name = item.property.name;
        let elements = match object.get(name) {
            Some(Datum::Array(elements)) => i128::try_from(elements.len()).unwrap_or(i128::MAX),
            Some(other) => return Err(wrong_type(other.kind(), "an array").within(name)),
            None => return Err(ValueError::from(ValueFault::Missing).within(name)),
        };
        match count {
            Some(count) if count != elements => {
                let fault = ValueFault::WrongCount {
                    given: elements,
                    count,
                };
                return Err(ValueError::from(fault).within(name));
            }
            _ => count = Some(elements),
        }
    }
    Ok(count)
}

fn value(item: &BlockItem<'_>, value: &Datum<'_>, out: &mut Encoder<'_>) -> Result<(), ValueError> {
    let done = match (item.elements, value) {
        (Elements::One, value) => element(&item.element, value, out),
        (Elements::Fixed(length), Datum::Array(elements))
            if usize::try_from(length) != Ok(elements.len()) =>
        {
            let given = elements.len();
            Err(ValueFault::WrongLength { given, length }.into())
        }
        (_, Datum::Array(elements)) => array(&item.element, elements, out),
        (_, other) => Err(wrong_type(other.kind(), "an array")),
    };
    done.map_err(|why| why.within(item.property.name))
}

fn array(
    kind: &ElementType<'_>,
    elements: &[Datum<'_>],
    out: &mut Encoder<'_>,
) -> Result<(), ValueError> {
    for (index, value) in elements.iter().enumerate() {
        let done = element(kind, value, out);
        done.map_err(|why| why.within(&format!("[{index}]")))?;
    }
    Ok(())
}

fn element(
    kind: &ElementType<'_>,
    value: &Datum<'_>,
    out: &mut Encoder<'_>,
) -> Result<(), ValueError> {
    let expected = match (kind, value) {
        (ElementType::Boolean, Datum::Boolean(value)) => return fixed::<bool>(*value, out),
        (ElementType::DateTime, Datum::DateTime(value)) => return fixed::<DateTime>(*value, out),
        (ElementType::Text { max }, Datum::Text(value)) => return text(value, *max, out),
        (ElementType::Class(block), Datum::Object(value)) => {
            out.align(block.align)?;
            object(block, value, out)?;
            if block.size.is_some() {
                out.align(block.align)?;
            }
            return Ok(());
        }
        (ElementType::Integer(kind), other) => match other.as_integer() {
            Some(value) => return integer(*kind, value, out),
            None => "an integer",
        },
        (ElementType::Boolean, _) => "a boolean",
        (ElementType::Char16, Datum::U16(unit)) => return fixed::<u16>(*unit, out),
        (ElementType::Char16, _) => "a `uint16`",
        (ElementType::DateTime, _) => "a datetime",
        (ElementType::Text { .. }, _) => "a string",
        (ElementType::Class(_), _) => "an object",
    };
    Err(wrong_type(value.kind(), expected))
}

fn wrong_type(found: &'static str, expected: &'static str) -> ValueError {
    ValueFault::WrongType { found, expected }.into()
}

fn integer(kind: Integer, value: i128, out: &mut Encoder<'_>) -> Result<(), ValueError> {
    fn narrow<T: WmiField<Value = T> + TryFrom<i128>>(
        value: i128,
        out: &mut Encoder<'_>,
    ) -> Result<(), ValueError> {
        let narrow = T::try_from(value).map_err(|_| ValueFault::OutOfRange { value })?;
        fixed::<T>(narrow, out)
    }
    match kind {
        Integer::I8 => narrow::<i8>(value, out),
        Integer::U8 => narrow::<u8>(value, out),
        Integer::I16 => narrow::<i16>(value, out),
        Integer::U16 => narrow::<u16>(value, out),
        Integer::I32 => narrow::<i32>(value, out),
        Integer::U32 => narrow::<u32>(value, out),
        Integer::I64 => narrow::<i64>(value, out),
        Integer::U64 => narrow::<u64>(value, out),
    }
}

fn fixed<T: WmiField>(value: T::Value, out: &mut Encoder<'_>) -> Result<(), ValueError> {
    out.align(T::ALIGN)?;
    Ok(out.write(&T::encode(value))?)
}

/// Encodes a string. A string with a maximum is padded, so that the items after it do not move.
fn text(value: &Utf16<'_>, max: Option<u16>, out: &mut Encoder<'_>) -> Result<(), ValueError> {
    if let Some(unit) = value.units().position(|unit| unit == 0) {
        return Err(ValueFault::Nul { unit }.into());
    }
    const MOST: u16 = u16::MAX / 2;
    let units = value.len();
    let max_units = max.unwrap_or(MOST);
    let fill = usize::from(max_units).checked_sub(units);
    let fill = fill.ok_or(ValueFault::TextTooLong {
        units,
        max: max_units,
    })?;
    let fill = if max.is_some() { fill } else { 0 };
    let counted = u16::try_from(units.saturating_add(fill)).unwrap_or(MOST);
    fixed::<u16>(counted.saturating_mul(2), out)?;
    let mut padded = value.units().chain(iter::repeat_n(0, fill));
    Ok(padded.try_for_each(|unit| out.write(&U16::new(unit)))?)
}
