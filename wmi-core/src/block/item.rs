//! [`Item`]: a typed handle to one item of a class's data block.

use core::fmt;
use core::marker::PhantomData;

use zerocopy::{FromBytes, FromZeros};

use super::class::FixedClass;
use super::field::WmiField;
use super::layout::ItemLayout;
use super::wire::Wire;
use crate::schema::Property;

/// The item of a field of type `T` in class `C`.
///
/// The derive generates one per field, as an associated constant in upper case:
/// `MSiSCSI_MMIPSECStats::ACTIVE_ACQUIRE`. It holds the item's offset, with which [`Wire`] blocks
/// read and write the item. The constant's evaluation checks that the item lies within the block.
pub struct Item<C, T> {
    // Two numbers instead of a reference to the layout: wherever a constant is used, the compiler
    // emits all that it refers to, and an item's layout refers to the whole class.
    id: u32,
    offset: usize,
    of: PhantomData<fn(&C) -> T>,
}

impl<C, T> Clone for Item<C, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, T> Copy for Item<C, T> {}

impl<C: FixedClass, T: WmiField> fmt::Debug for Item<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Item").field(self.layout()).finish()
    }
}

impl<C: FixedClass, T: WmiField> Item<C, T> {
    /// Returns the item at this position in id order, from zero. Runs at compile time only.
    #[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
    pub(crate) const fn at(index: usize) -> Self {
        let layout = &C::ITEMS[index];
        assert!(
            layout.size == T::SIZE,
            "the item and its field differ in size"
        );
        assert!(
            layout.offset + layout.size <= C::SIZE,
            "the item ends outside its block"
        );
        Self {
            id: layout.id,
            offset: layout.offset,
            of: PhantomData,
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing,
        reason = "`at` found the item at this index: ids start at 1"
    )]
    const fn layout(self) -> &'static ItemLayout {
        &C::ITEMS[self.id as usize - 1]
    }

    /// Returns the `WmiDataId`, from 1.
    #[must_use]
    pub const fn id(self) -> u32 {
        self.id
    }

    /// Returns the offset in the data block, in bytes.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset
    }

    /// Returns the size of the item, in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        T::SIZE
    }

    /// Returns the property: name, type, array length, qualifiers.
    #[must_use]
    pub const fn property(self) -> &'static Property<'static> {
        self.layout().property
    }

    #[inline]
    pub(crate) fn get(self, block: &Wire<C>) -> T::Value {
        let bytes = block.as_bytes().get(self.offset..).unwrap_or_default();
        match T::Wire::ref_from_prefix(bytes) {
            Ok((wire, _)) => T::decode(wire),
            // Unreachable: `at` checked that the item lies within the block.
            Err(_) => T::decode(&T::Wire::new_zeroed()),
        }
    }

    #[inline]
    pub(crate) fn set(self, block: &mut Wire<C>, value: T::Value) {
        let bytes = block
            .as_mut_bytes()
            .get_mut(self.offset..)
            .unwrap_or_default();
        // Unreachable: `at` checked that the item lies within the block.
        if let Ok((wire, _)) = T::Wire::mut_from_prefix(bytes) {
            *wire = T::encode(value);
        }
    }
}
