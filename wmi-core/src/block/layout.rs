//! The layout of data blocks of derived classes.
//!
//! Items lie in id order, each at the next multiple of its alignment, as a C compiler lays out the
//! structure of the generated header. Source: "Driver-Defined WMI Data Items", windows-driver-docs.
//!
//! A derived class is laid out at compile time as [`ItemLayout`]s. `wmi-tools` lays out classes of
//! any origin by the same rule.

use zerocopy::FromBytes;

use super::field::WmiField;
use super::{DecodeError, Decoder};
use crate::schema::{CimType, Property};

pub use super::place::{MAX_SIZE, align_up, padded, place, text_size};

/// One item of a data block.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ItemLayout {
    /// The property: name, type, array length, qualifiers.
    pub property: &'static Property<'static>,
    /// The `WmiDataId`, from 1.
    pub id: u32,
    /// Offset in the block, in bytes.
    pub offset: usize,
    /// Size of the item in bytes.
    pub size: usize,
    /// The alignment of the item, in bytes.
    pub align: usize,
    reading: Reading,
    pub(super) counting: Counting,
}

/// How the counts of several processors in an item are summed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counting {
    pub(super) is_counter: bool,
    /// The items of an embedded class.
    pub(super) nested: &'static [ItemLayout],
}

impl Counting {
    const fn of<T: WmiField>() -> Self {
        Self {
            is_counter: T::IS_COUNTER,
            nested: T::NESTED,
        }
    }
}

/// How an item is read from a block of another writer, whose strings may be shorter or longer than
/// their maximum.
#[derive(Clone, Copy, Debug)]
struct Reading {
    has_text: bool,
    read: fn(&mut Decoder<'_>, &mut [u8]) -> Result<(), DecodeError>,
    is_regular: fn(&[u8]) -> bool,
}

impl Reading {
    const fn of<T: WmiField>() -> Self {
        fn read<T: WmiField>(input: &mut Decoder<'_>, place: &mut [u8]) -> Result<(), DecodeError> {
            match T::Wire::mut_from_bytes(place) {
                Ok(wire) => T::read(input, wire),
                // Unreachable: `place` has the size of the item.
                Err(_) => Ok(()),
            }
        }
        fn is_regular<T: WmiField>(place: &[u8]) -> bool {
            T::Wire::ref_from_bytes(place).is_ok_and(T::is_regular)
        }
        Self {
            has_text: T::HAS_TEXT,
            read: read::<T>,
            is_regular: is_regular::<T>,
        }
    }
}

/// An item before layout.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ItemSpec {
    property: &'static Property<'static>,
    size: usize,
    align: usize,
    reading: Reading,
    counting: Counting,
}

impl ItemSpec {
    pub(crate) const fn new<T: WmiField>(property: &'static Property<'static>) -> Self {
        Self {
            property,
            size: T::SIZE,
            align: T::ALIGN,
            reading: Reading::of::<T>(),
            counting: Counting::of::<T>(),
        }
    }
}

/// Lays out items given in id order. Runs at compile time only.
#[expect(clippy::indexing_slicing, clippy::panic, clippy::as_conversions)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow here is a compile-time error"
)]
#[track_caller]
pub(crate) const fn fixed<const N: usize>(specs: [ItemSpec; N]) -> [ItemLayout; N] {
    let mut items = [const {
        ItemLayout {
            property: &UNNAMED,
            id: 0,
            offset: 0,
            size: 0,
            align: 1,
            reading: Reading::of::<u8>(),
            counting: Counting::of::<u8>(),
        }
    }; N];
    let mut end = 0;
    let mut index = 0;
    while index < N {
        let ItemSpec {
            property,
            size,
            align,
            reading,
            counting,
        } = specs[index];
        let Some((offset, item_end)) = place(end, size, align) else {
            panic!("the data block is larger than the address space");
        };
        items[index] = ItemLayout {
            property,
            id: index as u32 + 1,
            offset,
            size,
            align,
            reading,
            counting,
        };
        end = item_end;
        index += 1;
    }
    assert!(
        end <= MAX_SIZE,
        "the data block is larger than 4 GiB, the largest size in a WNODE"
    );
    items
}

const UNNAMED: Property<'static> = Property::new("", CimType::Boolean, "boolean");

/// Returns the end of the last item.
#[must_use]
pub(crate) const fn size(items: &[ItemLayout]) -> usize {
    match items.last() {
        Some(last) => last.offset.saturating_add(last.size),
        None => 0,
    }
}

/// Returns the largest alignment; 1 without items.
#[must_use]
pub(crate) const fn align(mut items: &[ItemLayout]) -> usize {
    let mut largest = 1;
    while let [first, rest @ ..] = items {
        if first.align > largest {
            largest = first.align;
        }
        items = rest;
    }
    largest
}

/// Returns whether there is padding between items.
#[must_use]
pub(crate) const fn has_padding(items: &[ItemLayout]) -> bool {
    let mut used = 0usize;
    let mut rest = items;
    while let [first, more @ ..] = rest {
        used = used.saturating_add(first.size);
        rest = more;
    }
    used != size(items)
}

/// Returns whether any item holds a string.
#[must_use]
pub const fn has_text(mut items: &[ItemLayout]) -> bool {
    while let [first, rest @ ..] = items {
        if first.reading.has_text {
            return true;
        }
        items = rest;
    }
    false
}

/// Reads the items from a block of any writer and stores each at its offset in `block`.
pub(crate) fn read(
    items: &[ItemLayout],
    input: &mut Decoder<'_>,
    block: &mut [u8],
) -> Result<(), DecodeError> {
    items.iter().try_for_each(|item| {
        input.align(item.align)?;
        let place = block
            .get_mut(item.offset..)
            .and_then(|rest| rest.get_mut(..item.size));
        (item.reading.read)(input, place.unwrap_or_default())
    })
}

/// Returns whether every item of a block is at its offset: every string is padded to its maximum.
///
/// Items before the first shorter string are at their offsets, so that string is found at its own.
pub(crate) fn is_regular(items: &[ItemLayout], block: &[u8]) -> bool {
    items
        .iter()
        .filter(|item| item.reading.has_text)
        .all(|item| {
            let place = block.get(item.offset..).unwrap_or_default();
            place.get(..item.size).is_some_and(item.reading.is_regular)
        })
}
