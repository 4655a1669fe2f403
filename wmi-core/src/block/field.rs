//! [`WmiField`]: the Rust types that can be items of a class, with their MOF types and bytes.

use core::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicU8, AtomicU16, AtomicU32, Ordering,
};
#[cfg(target_has_atomic = "64")]
use core::sync::atomic::{AtomicI64, AtomicU64};

use zerocopy::little_endian::{I16, I32, I64, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::layout::ItemLayout;
use super::{DecodeError, Decoder};
use crate::schema::{Array, CimType, Qualifier};

/// A type that can be an item of a WMI class.
///
/// | Rust | MOF | size, alignment |
/// |---|---|---|
/// | `bool`, `AtomicBool` | `boolean` | 1 |
/// | `u8` to `u64`, `AtomicU8` to `AtomicU64` | `uint8` to `uint64` | 1 to 8 |
/// | `i8` to `i64`, `AtomicI8` to `AtomicI64` | `sint8` to `sint64` | 1 to 8 |
/// | [`Char16`](crate::Char16) | `char16` | 2 |
/// | [`SingleWriter`](crate::SingleWriter) of an atomic integer | that of the integer | 1 to 8 |
/// | [`DateTime`](crate::DateTime) | `datetime` | 50, 2 |
/// | [`Text<MAX>`](crate::Text) | `string` with `MaxLen(MAX)` | 2 + 2 * MAX, 2 |
/// | an enum with [`WmiEnum`](trait@crate::WmiEnum), [`Flags`](crate::Flags) | that of its `#[repr]` | its own |
/// | a class with `#[wmi(embedded)]` | its name | its own |
/// | `[T; N]` of the above | `T x[N]` | N elements at multiples of T's alignment |
///
/// Types are resolved by this trait, not by their spelling, so aliases and macros work. Source:
/// "Driver-Defined WMI Data Items", windows-driver-docs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an item of a WMI class",
    label = "not a type of WMI items",
    note = "items are `bool`, integers, atomics, `DateTime`, `Text<N>`, enums with `WmiEnum`, \
            `Flags`, classes with `#[wmi(embedded)]`, and arrays of these",
    note = "strings and arrays of any length need `#[wmi(variable)]` on the class",
    note = "a registered class is an item too if it has `#[wmi(embedded, registered)]`; an enum \
            `E` with `WmiFlags` is one as `Flags<E>`"
)]
pub trait WmiField: Sized {
    /// The CIM type.
    const CIM_TYPE: CimType;
    /// The type as MOF spells it: a keyword, or the name of the embedded class.
    const TYPE_NAME: &'static str = Self::CIM_TYPE.keyword();
    /// Whether the item is an array.
    const ARRAY: Array = Array::Scalar;
    /// Bytes in the data block.
    const SIZE: usize = size_of::<Self::Wire>();
    /// The alignment in the data block, in bytes.
    const ALIGN: usize = Self::SIZE;
    /// The initial value: zero.
    const ZERO: Self;
    /// The qualifiers implied by the type.
    const QUALIFIERS: &'static [Qualifier<'static>] = &[];
    /// Whether the item holds a string, which other writers may not pad to its maximum.
    const HAS_TEXT: bool = false;
    /// Whether the type is an atomic integer: the counts of several processors are summed.
    const IS_COUNTER: bool = false;
    /// The items of an embedded class.
    const NESTED: &'static [ItemLayout] = &[];

    /// The bytes of the item in the data block.
    type Wire: Copy + FromBytes + IntoBytes + KnownLayout + Immutable + Unaligned + 'static;
    /// The type of the value as read.
    type Value;
    /// `Self`. Expansions refer to a field's type through it, so that an unsuitable type causes one
    /// error and not one at every use.
    #[doc(hidden)]
    type Itself;

    /// Returns the current value.
    fn value(&self) -> Self::Value;
    /// Returns the bytes of a value.
    fn encode(value: Self::Value) -> Self::Wire;
    /// Returns the value of these bytes. Any bytes are valid.
    fn decode(wire: &Self::Wire) -> Self::Value;
    /// Returns a field with this value; `None` for the number of an enumeration without a variant.
    fn from_value(value: Self::Value) -> Option<Self>;

    /// Reads the item at the decoder's offset, from a block whose strings may be shorter than their
    /// maximum.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the item does not lie within the bytes.
    fn read(input: &mut Decoder<'_>, wire: &mut Self::Wire) -> Result<(), DecodeError> {
        *wire = *input.read::<Self::Wire>()?;
        Ok(())
    }

    /// Returns whether every string in these bytes is padded to its maximum, so that the items
    /// after it are at their offsets.
    #[must_use]
    fn is_regular(_wire: &Self::Wire) -> bool {
        true
    }
}

/// An element of an array of fixed length: any field type that is not an array.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of a WMI array",
    label = "not a type of WMI array elements",
    note = "elements are `bool`, integers, atomics, `DateTime` and classes with \
            `#[wmi(embedded)]`; MOF has no arrays of arrays",
    note = "`String` and `Vec<T>` are items of a class with `#[wmi(variable)]`, with the feature \
            `alloc`"
)]
pub trait Element: WmiField {
    /// `Self`; see [`WmiField::Itself`].
    #[doc(hidden)]
    type Itself;
}

/// A field that can hold a time stamp: 64 bits.
#[diagnostic::on_unimplemented(
    message = "a `time_stamp` is a 64-bit number, not `{Self}`",
    label = "use `u64`, `i64` or an atomic of these"
)]
pub trait TimeStamp: WmiField {}

impl TimeStamp for u64 {}
impl TimeStamp for i64 {}
#[cfg(target_has_atomic = "64")]
impl TimeStamp for AtomicU64 {}
#[cfg(target_has_atomic = "64")]
impl TimeStamp for AtomicI64 {}

/// Returns the [`Array`] of this length.
#[expect(clippy::as_conversions, reason = "checked just before")]
pub(crate) const fn fixed_array(length: usize) -> Array {
    assert!(
        length <= 0xffff_ffff,
        "a WMI array has at most 2^32 - 1 elements"
    );
    Array::Fixed(length as u32)
}

impl<T: Element, const N: usize> WmiField for [T; N] {
    const CIM_TYPE: CimType = T::CIM_TYPE;
    const TYPE_NAME: &'static str = T::TYPE_NAME;
    const ARRAY: Array = fixed_array(N);
    const ALIGN: usize = T::ALIGN;
    const ZERO: Self = [const { T::ZERO }; N];
    const QUALIFIERS: &'static [Qualifier<'static>] = T::QUALIFIERS;
    const HAS_TEXT: bool = T::HAS_TEXT;
    const IS_COUNTER: bool = T::IS_COUNTER;
    const NESTED: &'static [ItemLayout] = T::NESTED;

    type Wire = [T::Wire; N];
    type Value = [T::Value; N];
    type Itself = [<T as Element>::Itself; N];

    #[inline]
    fn value(&self) -> Self::Value {
        self.each_ref().map(T::value)
    }

    #[inline]
    fn encode(value: Self::Value) -> Self::Wire {
        value.map(T::encode)
    }

    #[inline]
    fn decode(wire: &Self::Wire) -> Self::Value {
        wire.each_ref().map(T::decode)
    }

    fn from_value(values: Self::Value) -> Option<Self> {
        let mut field = Self::ZERO;
        for (element, value) in field.iter_mut().zip(values) {
            *element = T::from_value(value)?;
        }
        Some(field)
    }

    fn read(input: &mut Decoder<'_>, wire: &mut Self::Wire) -> Result<(), DecodeError> {
        wire.iter_mut().try_for_each(|element| {
            input.align(T::ALIGN)?;
            T::read(input, element)
        })
    }

    fn is_regular(wire: &Self::Wire) -> bool {
        !T::HAS_TEXT || wire.iter().all(T::is_regular)
    }
}

macro_rules! scalars {
    ($($value:ident, $wire:ty, $cim:ident, $zero:literal, $encode:expr, $decode:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Element for $value {
            type Itself = Self;
        }

        #[diagnostic::do_not_recommend]
        impl WmiField for $value {
            const CIM_TYPE: CimType = CimType::$cim;
            const ZERO: Self = $zero;

            type Wire = $wire;
            type Value = Self;
            type Itself = Self;

            #[inline]
            fn value(&self) -> Self {
                *self
            }

            #[inline]
            fn encode(value: Self) -> $wire {
                $encode(value)
            }

            #[inline]
            fn decode(wire: &$wire) -> Self {
                $decode(*wire)
            }

            #[inline]
            fn from_value(value: Self) -> Option<Self> {
                Some(value)
            }
        }
    )*};
}

scalars! {
    bool, u8, Boolean, false, u8::from, |wire| wire != 0;
    i8, i8, Sint8, 0, i8::from, i8::from;
    u8, u8, Uint8, 0, u8::from, u8::from;
    i16, I16, Sint16, 0, I16::new, I16::get;
    u16, U16, Uint16, 0, U16::new, U16::get;
    i32, I32, Sint32, 0, I32::new, I32::get;
    u32, U32, Uint32, 0, U32::new, U32::get;
    i64, I64, Sint64, 0, I64::new, I64::get;
    u64, U64, Uint64, 0, U64::new, U64::get;
}

macro_rules! atomics {
    ($($atomic:ident: $value:ident,)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Element for $atomic {
            type Itself = Self;
        }

        #[diagnostic::do_not_recommend]
        impl WmiField for $atomic {
            const CIM_TYPE: CimType = $value::CIM_TYPE;
            const ZERO: Self = Self::new($value::ZERO);
            const IS_COUNTER: bool = !matches!($value::CIM_TYPE, CimType::Boolean);

            type Wire = <$value as WmiField>::Wire;
            type Value = $value;
            type Itself = Self;

            #[inline]
            fn value(&self) -> $value {
                self.load(Ordering::Relaxed)
            }

            #[inline]
            fn encode(value: $value) -> Self::Wire {
                $value::encode(value)
            }

            #[inline]
            fn decode(wire: &Self::Wire) -> $value {
                $value::decode(wire)
            }

            #[inline]
            fn from_value(value: $value) -> Option<Self> {
                Some(Self::new(value))
            }
        }
    )*};
}

atomics! {
    AtomicBool: bool,
    AtomicI8: i8,
    AtomicU8: u8,
    AtomicI16: i16,
    AtomicU16: u16,
    AtomicI32: i32,
    AtomicU32: u32,
}

#[cfg(target_has_atomic = "64")]
atomics! {
    AtomicI64: i64,
    AtomicU64: u64,
}
