//! [`WmiField`]: which Rust types can be items of a class, and how each looks in MOF and in bytes.

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

/// A type that an item of a WMI class may have.
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
    label = "not a type that WMI knows",
    note = "items are `bool`, integers, atomics, `DateTime`, `Text<N>`, enums with `WmiEnum`, \
            `Flags`, classes with `#[wmi(embedded)]`, and arrays of these",
    note = "strings and arrays without a maximum need `#[wmi(variable)]` on the class",
    note = "a registered class is an item too if it has `#[wmi(embedded, registered)]`; an enum \
            `E` with `WmiFlags` is one as `Flags<E>`"
)]
pub trait WmiField: Sized {
    /// The CIM type.
    const CIM_TYPE: CimType;
    /// The type as MOF spells it: a keyword, or the name of the embedded class.
    const TYPE_NAME: &'static str = Self::CIM_TYPE.keyword();
    /// Whether it is an array.
    const ARRAY: Array = Array::Scalar;
    /// Bytes in the data block.
    const SIZE: usize = size_of::<Self::Wire>();
    /// The alignment in the data block, in bytes.
    const ALIGN: usize = Self::SIZE;
    /// The value that a new class starts with: zero.
    const ZERO: Self;
    /// The qualifiers that follow from the type.
    const QUALIFIERS: &'static [Qualifier<'static>] = &[];
    /// Whether it holds a string, which another writer may have made shorter than its place.
    const HAS_TEXT: bool = false;
    /// Whether it is an atomic integer, so that what several processors count adds up.
    const IS_COUNTER: bool = false;
    /// The items of an embedded class.
    const NESTED: &'static [ItemLayout] = &[];

    /// The item as it lies in the data block.
    type Wire: Copy + FromBytes + IntoBytes + KnownLayout + Immutable + Unaligned + 'static;
    /// The value that a reader gets.
    type Value;
    /// `Self`. An expansion names a field's type by it: where there is no such type, the compiler
    /// says so once and not at every use.
    type Itself;

    /// Returns the current value.
    fn value(&self) -> Self::Value;
    /// Returns the bytes of a value.
    fn encode(value: Self::Value) -> Self::Wire;
    /// Returns the value of these bytes. All bytes are valid.
    fn decode(wire: &Self::Wire) -> Self::Value;

    /// Takes the item from a block of any writer, where the decoder stands.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] where it does not lie within the bytes.
    fn read(input: &mut Decoder<'_>, wire: &mut Self::Wire) -> Result<(), DecodeError> {
        *wire = *input.read::<Self::Wire>()?;
        Ok(())
    }

    /// Returns whether every string in these bytes fills its place, so that what follows it stands
    /// where it should.
    #[must_use]
    fn is_regular(_wire: &Self::Wire) -> bool {
        true
    }
}

/// An element of a fixed array: any field type that is not an array.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of a WMI array",
    label = "not an element that WMI knows",
    note = "elements are `bool`, integers, atomics, `DateTime` and classes with \
            `#[wmi(embedded)]`; MOF has no arrays of arrays"
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

/// Returns an array of this length.
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
