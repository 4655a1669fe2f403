//! [`Wire`]: the data block of a class in bytes.

use core::fmt;
use core::marker::PhantomData;

use zerocopy::{FromZeros, IntoBytes};
use zerocopy_derive::*;

use super::class::FixedClass;
use super::field::WmiField;
use super::item::Item;
use super::{DecodeError, Decoder, layout};

/// One data block of class `C`: exactly `C::SIZE` bytes, alignment 1, without hidden padding.
///
/// It implements zerocopy's traits, so a block can be read in place from any bytes of the right
/// length and written as bytes. Items are read by the methods of the trait that the derive
/// generates for the class (`block.active_acquire()`), or by [`get`](Self::get), and written by
/// [`set`](Self::set).
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(transparent)]
pub struct Wire<C: FixedClass> {
    bytes: C::Bytes,
    class: PhantomData<C>,
}

impl<C: FixedClass> Wire<C> {
    /// Returns a zeroed block.
    #[must_use]
    #[inline]
    pub fn zeroed() -> Self {
        Self::new_zeroed()
    }

    /// Reads a block of any writer at the start of `bytes`.
    ///
    /// A writer may store a [`Text`](crate::Text) shorter than its maximum, which shifts the items
    /// after it. If the class has strings, use this to read blocks of other writers.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] at the first item that does not lie within the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut block = Self::zeroed();
        layout::read(C::ITEMS, &mut Decoder::new(bytes), block.as_mut_bytes())?;
        Ok(block)
    }

    /// Returns the value of one item.
    #[must_use]
    #[inline]
    pub fn get<T: WmiField>(&self, item: Item<C, T>) -> T::Value {
        item.get(self)
    }

    /// Replaces the value of one item.
    #[inline]
    pub fn set<T: WmiField>(&mut self, item: Item<C, T>, value: T::Value) {
        item.set(self, value);
    }

    /// Returns the block as bytes.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_bytes()
    }

    #[inline]
    pub(crate) fn into_bytes(self) -> C::Bytes {
        self.bytes
    }

    #[inline]
    pub(crate) fn as_mut_bytes(&mut self) -> &mut [u8] {
        self.bytes.as_mut_bytes()
    }
}

impl<C: FixedClass> Clone for Wire<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: FixedClass> Copy for Wire<C> {}

impl<C: FixedClass> PartialEq for Wire<C> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<C: FixedClass> Eq for Wire<C> {}

impl<C: FixedClass> fmt::Debug for Wire<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(C::CLASS.name)
            .field(&self.as_bytes())
            .finish()
    }
}
