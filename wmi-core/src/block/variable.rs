//! [`VariableItem`]: the types that can be items of a class of variable size.

use core::fmt;
use core::marker::PhantomData;

use zerocopy::FromZeros;

use super::field::{Element, WmiField, fixed_array};
use super::place::align_up;
use super::sealed::Sealed;
use super::{DecodeError, DecodeFault, Decoder, EncodeError, Encoder, Str};
use crate::schema::{self, CimType, Qualifier};

/// A type that can be an item of a class with `#[wmi(variable)]`.
///
/// | Rust | MOF | on the wire |
/// |---|---|---|
/// | any [`WmiField`] | see there | see there |
/// | `&str` | `string` | a byte count of 16 bits, then that many bytes of UTF-16 |
/// | `[T; N]` of these | `T x[N]` | the elements, each at its alignment |
/// | `&[T]`, with `size_is` | `T x[]` | the elements, each at its alignment |
/// | `String`, `Vec<T>`, with the feature `alloc` | the same | the same |
/// | [`Count<T>`], named by a `size_is` | an integer | the number of elements |
/// | a class with `#[wmi(embedded, variable)]` | its name | its items |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an item of a WMI class of variable size",
    label = "not a type of WMI items",
    note = "items are all types of a class of fixed size, `&str`, `&[T]` with `size_is`, and \
            `Count<T>` if a `size_is` names it"
)]
pub trait VariableItem {
    /// The CIM type.
    const CIM_TYPE: CimType;
    /// The type as MOF spells it: a keyword, or the name of the embedded class.
    const TYPE_NAME: &'static str = Self::CIM_TYPE.keyword();
    /// Whether the item is an array.
    const ARRAY: schema::Array = schema::Array::Scalar;
    /// The alignment in the data block, in bytes.
    const ALIGN: usize;
    /// The smallest size of a value in bytes.
    const MIN_SIZE: usize;
    /// Whether the type is a [`Count`], which a `size_is` must name.
    #[doc(hidden)]
    const IS_COUNT: bool = false;
    /// Whether all values have the same size.
    const IS_FIXED: bool = false;
    /// The qualifiers implied by the type.
    const QUALIFIERS: &'static [Qualifier<'static>] = &[];

    /// The value as read.
    type View<'a>: Copy + fmt::Debug;
    /// `Self`; see [`WmiField::Itself`].
    #[doc(hidden)]
    type Itself;

    /// Returns the number of elements of an array of variable length.
    #[doc(hidden)]
    fn length(&self) -> usize {
        0
    }

    /// Writes the item at its alignment.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the value cannot be encoded, or the buffer is too short.
    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError>;

    /// Reads the item at its alignment; an array of variable length has `count` elements.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the item does not lie within the bytes, or its count is invalid.
    fn decode<'a>(input: &mut Decoder<'a>, count: usize) -> Result<Self::View<'a>, DecodeError>;

    /// Writes the item as it was read, at its alignment.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BufferTooSmall`] if the buffer is too short.
    fn encode_view(view: Self::View<'_>, out: &mut Encoder<'_>) -> Result<(), EncodeError>;
}

/// An element of an array of variable length. MOF has no arrays of arrays.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of a WMI array",
    label = "not a type of WMI array elements",
    note = "MOF has no arrays of arrays"
)]
pub trait VariableElement: VariableItem {}

impl<T: Element> VariableItem for T
where
    T::Value: Copy + fmt::Debug,
{
    const CIM_TYPE: CimType = T::CIM_TYPE;
    const TYPE_NAME: &'static str = T::TYPE_NAME;
    const ARRAY: schema::Array = T::ARRAY;
    const ALIGN: usize = T::ALIGN;
    const MIN_SIZE: usize = T::SIZE;
    const IS_FIXED: bool = true;
    const QUALIFIERS: &'static [Qualifier<'static>] = T::QUALIFIERS;

    type View<'a> = T::Value;
    type Itself = <T as WmiField>::Itself;

    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        Self::encode_view(self.value(), out)
    }

    fn decode<'a>(input: &mut Decoder<'a>, _: usize) -> Result<Self::View<'a>, DecodeError> {
        input.align(T::ALIGN)?;
        let mut wire = T::Wire::new_zeroed();
        T::read(input, &mut wire)?;
        Ok(T::decode(&wire))
    }

    fn encode_view(view: T::Value, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        out.align(T::ALIGN)?;
        out.write(&T::encode(view))
    }
}

impl<T: Element> VariableElement for T where T::Value: Copy + fmt::Debug {}

impl<T: VariableElement, const N: usize> VariableItem for [T; N] {
    const CIM_TYPE: CimType = T::CIM_TYPE;
    const TYPE_NAME: &'static str = T::TYPE_NAME;
    const ARRAY: schema::Array = fixed_array(N);
    const ALIGN: usize = T::ALIGN;
    const MIN_SIZE: usize = array_size(N, T::MIN_SIZE, T::ALIGN);
    const IS_FIXED: bool = T::IS_FIXED;
    const QUALIFIERS: &'static [Qualifier<'static>] = T::QUALIFIERS;

    type View<'a> = [T::View<'a>; N];
    type Itself = Self;

    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.iter().try_for_each(|element| element.encode(out))
    }

    fn decode<'a>(input: &mut Decoder<'a>, _: usize) -> Result<Self::View<'a>, DecodeError> {
        // Every WMI array has a first element, used as a placeholder for the others until they are
        // read.
        let mut views = [T::decode(input, 0)?; N];
        for view in views.iter_mut().skip(1) {
            *view = T::decode(input, 0)?;
        }
        Ok(views)
    }

    fn encode_view(views: Self::View<'_>, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        views
            .into_iter()
            .try_for_each(|view| T::encode_view(view, out))
    }
}

/// Returns the size of `count` elements, each at its alignment.
const fn array_size(count: usize, size: usize, align: usize) -> usize {
    match (count.checked_sub(1), align_up(size, align)) {
        (Some(others), Some(stride)) => others.saturating_mul(stride).saturating_add(size),
        _ => 0,
    }
}

impl VariableItem for &str {
    const CIM_TYPE: CimType = CimType::String;
    const ALIGN: usize = 2;
    const MIN_SIZE: usize = 2;

    type View<'a> = Str<'a>;
    type Itself = Self;

    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        out.string(self)
    }

    fn decode<'a>(input: &mut Decoder<'a>, _: usize) -> Result<Str<'a>, DecodeError> {
        input.string()
    }

    fn encode_view(text: Str<'_>, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        out.units(text)
    }
}

impl VariableElement for &str {}

/// Returns the array type of variable length with these elements. Refuses elements without bytes,
/// of which a few bytes could claim any number.
pub(super) const fn variable_array<T: VariableElement>() -> schema::Array {
    if T::MIN_SIZE == 0 {
        schema::refuse(
            T::TYPE_NAME,
            " has no bytes, so the length of an array of it is unbounded: give it an item",
        );
    }
    schema::Array::Variable
}

/// The number of elements of the arrays whose `size_is` names this field.
///
/// It holds no value: the encoder counts the elements, so the count cannot disagree with the
/// arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count<T>(PhantomData<T>);

impl<T> Count<T> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

/// [`Count`] of an integer, the only implementor.
#[diagnostic::on_unimplemented(
    message = "a field named by `size_is` must be a `Count`, not `{Self}`",
    label = "use `Count<u32>` here",
    note = "the encoder fills it in, so it cannot disagree with the array"
)]
pub trait CountType: Sealed {
    /// The integer.
    type Number: Element<Value = Self::Number> + TryFrom<usize> + Into<i128> + Copy + fmt::Debug;
    /// `Self`; see [`WmiField::Itself`].
    #[doc(hidden)]
    type Itself;
}

macro_rules! counts {
    ($($number:ident)*) => {
        $(
            impl Sealed for Count<$number> {}

            impl CountType for Count<$number> {
                type Number = $number;
                type Itself = Self;
            }

            // Lets the error point at the array without `size_is` instead of at the unnamed
            // `Count`.
            #[diagnostic::do_not_recommend]
            impl VariableItem for Count<$number> {
                const CIM_TYPE: CimType = <$number as WmiField>::CIM_TYPE;
                const ALIGN: usize = <$number as WmiField>::ALIGN;
                const MIN_SIZE: usize = <$number as WmiField>::SIZE;
                const IS_COUNT: bool = true;

                type View<'a> = $number;
                type Itself = Self;

                fn encode(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
                    encode_count::<Self>(out, "", &[])
                }

                fn decode<'a>(input: &mut Decoder<'a>, _: usize) -> Result<$number, DecodeError> {
                    decode_count::<Self>(input).map(|(number, _)| number)
                }

                fn encode_view(count: $number, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
                    $number::encode_view(count, out)
                }
            }
        )*
    };
}

counts!(u8 u16 u32 u64 i8 i16 i32 i64);

/// Writes the count of arrays with these lengths.
pub(crate) fn encode_count<C: CountType>(
    out: &mut Encoder<'_>,
    count: &'static str,
    lengths: &[usize],
) -> Result<(), EncodeError> {
    let first = lengths.first().copied().unwrap_or(0);
    if let Some(&other) = lengths.iter().find(|length| **length != first) {
        return Err(EncodeError::DifferentLengths {
            count,
            first,
            other,
        });
    }
    let number = C::Number::try_from(first).map_err(|_| EncodeError::TooManyElements {
        count,
        elements: first,
    })?;
    VariableItem::encode(&number, out)
}

/// Reads a count: as its own type, and as a number of elements.
pub(crate) fn decode_count<C: CountType>(
    input: &mut Decoder<'_>,
) -> Result<(C::Number, usize), DecodeError> {
    input.align(<C::Number as VariableItem>::ALIGN)?;
    let start = *input;
    let number = <C::Number as VariableItem>::decode(input, 0)?;
    let wide: i128 = number.into();
    if wide < 0 {
        return Err(start.error(DecodeFault::NegativeCount));
    }
    // No memory holds that many elements, so reading them fails.
    Ok((number, usize::try_from(wide).unwrap_or(usize::MAX)))
}
