//! [`ArrayView`]: the elements of an array in a block.

use core::fmt;
use core::iter::FusedIterator;
use core::marker::PhantomData;

use super::variable::{VariableElement, VariableItem, variable_array};
use super::{DecodeError, Decoder, EncodeError, Encoder};
use crate::schema::{self, CimType, Qualifier};

/// The elements of an array, read from the bytes of the block one by one.
///
/// They were all checked when the block was read.
pub struct ArrayView<'a, T> {
    start: Decoder<'a>,
    count: usize,
    element: PhantomData<fn() -> T>,
}

impl<'a, T: VariableElement> ArrayView<'a, T> {
    pub(super) fn decode(input: &mut Decoder<'a>, count: usize) -> Result<Self, DecodeError> {
        const {
            variable_array::<T>();
        }
        let start = *input;
        (0..count).try_for_each(|_| T::decode(input, 0).map(|_| ()))?;
        Ok(Self {
            start,
            count,
            element: PhantomData,
        })
    }

    /// Reads all elements in `bytes`.
    pub(crate) fn decode_all(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        const {
            variable_array::<T>();
        }
        let start = Decoder::new(bytes);
        let (mut input, mut count) = (start, 0_usize);
        while input.position() < bytes.len() {
            T::decode(&mut input, 0)?;
            count = count.saturating_add(1);
        }
        Ok(Self {
            start,
            count,
            element: PhantomData,
        })
    }

    /// Returns the number of elements.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Returns whether there are no elements.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the elements in order.
    #[must_use]
    pub const fn iter(&self) -> ArrayIter<'a, T> {
        ArrayIter {
            rest: self.start,
            count: self.count,
            element: PhantomData,
        }
    }
}

impl<T> Clone for ArrayView<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ArrayView<'_, T> {}

impl<T: VariableElement> fmt::Debug for ArrayView<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'a, T: VariableElement> IntoIterator for &ArrayView<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = ArrayIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: VariableElement> IntoIterator for ArrayView<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = ArrayIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The elements of an [`ArrayView`] in order.
pub struct ArrayIter<'a, T> {
    rest: Decoder<'a>,
    count: usize,
    element: PhantomData<fn() -> T>,
}

impl<T> Clone for ArrayIter<'_, T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<T: VariableElement> fmt::Debug for ArrayIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a, T: VariableElement> Iterator for ArrayIter<'a, T> {
    type Item = T::View<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.count = self.count.checked_sub(1)?;
        // The array was checked, so this cannot fail.
        T::decode(&mut self.rest, 0).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.count, Some(self.count))
    }
}

impl<T: VariableElement> ExactSizeIterator for ArrayIter<'_, T> {}

impl<T: VariableElement> FusedIterator for ArrayIter<'_, T> {}

impl<T: VariableElement> VariableItem for &[T] {
    const CIM_TYPE: CimType = T::CIM_TYPE;
    const TYPE_NAME: &'static str = T::TYPE_NAME;
    const ARRAY: schema::Array = variable_array::<T>();
    const ALIGN: usize = T::ALIGN;
    const MIN_SIZE: usize = 0;
    const QUALIFIERS: &'static [Qualifier<'static>] = T::QUALIFIERS;

    type View<'a> = ArrayView<'a, T>;
    type Itself = Self;

    fn length(&self) -> usize {
        self.len()
    }

    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.iter().try_for_each(|element| element.encode(out))
    }

    fn decode<'a>(input: &mut Decoder<'a>, count: usize) -> Result<ArrayView<'a, T>, DecodeError> {
        ArrayView::decode(input, count)
    }

    fn encode_view(view: ArrayView<'_, T>, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        view.iter()
            .try_for_each(|element| T::encode_view(element, out))
    }
}
