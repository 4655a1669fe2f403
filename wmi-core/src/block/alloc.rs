//! Owned strings and arrays as items.

use alloc::string::String;
use alloc::vec::Vec;

use super::array::ArrayView;
use super::variable::{VariableElement, VariableItem, variable_array};
use super::{DecodeError, Decoder, EncodeError, Encoder, Str};
use crate::schema::{self, CimType, Qualifier};

impl VariableItem for String {
    const CIM_TYPE: CimType = CimType::String;
    const ALIGN: usize = <&str>::ALIGN;
    const MIN_SIZE: usize = <&str>::MIN_SIZE;

    type View<'a> = Str<'a>;
    type Itself = Self;

    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.as_str().encode(out)
    }

    fn decode<'a>(input: &mut Decoder<'a>, count: usize) -> Result<Str<'a>, DecodeError> {
        <&str>::decode(input, count)
    }

    fn encode_view(text: Str<'_>, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        <&str>::encode_view(text, out)
    }
}

impl VariableElement for String {}

impl<T: VariableElement> VariableItem for Vec<T> {
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
        self.as_slice().encode(out)
    }

    fn decode<'a>(input: &mut Decoder<'a>, count: usize) -> Result<ArrayView<'a, T>, DecodeError> {
        ArrayView::decode(input, count)
    }

    fn encode_view(view: ArrayView<'_, T>, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        <&[T]>::encode_view(view, out)
    }
}
