//! Enumerations and bit flags: integers with named values.

use core::fmt;
use core::ops::{BitAnd, BitOr, BitOrAssign};

use super::field::{Element, WmiField};
use super::sealed::{Derived, Sealed};
use crate::schema::{CimType, Qualifier};

/// The integer type of an enumeration's `#[repr]`, which is its type on the wire.
pub trait Repr:
    Sealed + Element<Value = Self> + Copy + PartialEq + fmt::Debug + fmt::LowerHex + 'static
{
}

macro_rules! reprs {
    ($($repr:ident)*) => {
        $(
            impl Sealed for $repr {}
            impl Repr for $repr {}
        )*
    };
}

reprs!(u8 u16 u32 u64 i8 i16 i32 i64);

/// An enum that is `Copy` and `Debug`, as the derives require. Not a supertrait of [`WmiEnum`],
/// which would cause an error for each missing derive and each use.
#[diagnostic::on_unimplemented(
    message = "the enum `{Self}` must be `Clone`, `Copy` and `Debug`",
    label = "add `#[derive(Clone, Copy, Debug)]`"
)]
pub trait Plain {}

#[diagnostic::do_not_recommend]
impl<T: Copy + fmt::Debug> Plain for T {}

/// An enumeration whose variants are the values of an item.
///
/// Implemented by [`#[derive(WmiEnum)]`](derive@crate::WmiEnum). The enum is used as the type of
/// the field. It implies the qualifiers `Values` and `ValueMap`, and `DefineValues` if its variants
/// have names for the C header.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI enumeration",
    label = "not a WMI enumeration",
    note = "add `#[derive(wmi_core::WmiEnum)]` to `{Self}`"
)]
pub trait WmiEnum: Sized + 'static {
    /// Seals the trait: only the derive has a [`Derived`].
    #[doc(hidden)]
    const __DERIVED: Derived;

    /// The integer on the wire.
    type Repr: Repr;
    /// `Values`, `ValueMap` and, if implied, `DefineValues`.
    const QUALIFIERS: &'static [Qualifier<'static>];
    /// The variant with the value zero, or the first variant if none has it.
    const ZERO: Self;

    /// Returns the variant with this value.
    fn from_repr(value: Self::Repr) -> Option<Self>;
    /// Returns the value of this variant.
    fn to_repr(self) -> Self::Repr;
}

/// The value read from an item whose type is the enumeration `E`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enumerated<E: WmiEnum> {
    /// A variant.
    Known(E),
    /// A value without a variant, for example from a newer writer.
    Other(E::Repr),
}

impl<E: WmiEnum> Enumerated<E> {
    /// Returns the variant, if the value has one.
    #[must_use]
    pub fn known(self) -> Option<E> {
        match self {
            Self::Known(variant) => Some(variant),
            Self::Other(_) => None,
        }
    }

    /// Returns the value.
    #[must_use]
    pub fn repr(self) -> E::Repr {
        match self {
            Self::Known(variant) => variant.to_repr(),
            Self::Other(value) => value,
        }
    }
}

impl<E: WmiEnum> From<E> for Enumerated<E> {
    fn from(variant: E) -> Self {
        Self::Known(variant)
    }
}

/// An enumeration whose variants are bits of an item of type [`Flags`].
///
/// Implemented by [`#[derive(WmiFlags)]`](derive@crate::WmiFlags). It implies the qualifiers
/// `BitMap` and `BitValues`. By its documentation `BitMap` holds the *positions* of bits, but every
/// shipped MOF holds *masks*; the derive writes masks by default.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enumeration of WMI flags",
    label = "not an enumeration of WMI flags",
    note = "add `#[derive(wmi_core::WmiFlags)]` to `{Self}`"
)]
pub trait WmiFlags: Sized + 'static {
    /// Seals the trait: only the derive has a [`Derived`].
    #[doc(hidden)]
    const __DERIVED: Derived;

    /// The integer on the wire.
    type Repr: Repr + BitAnd<Output = Self::Repr> + BitOr<Output = Self::Repr>;
    /// `BitMap` and `BitValues`.
    const QUALIFIERS: &'static [Qualifier<'static>];
    /// All variants, in source order.
    const VARIANTS: &'static [Self];

    /// Returns the bits of this variant.
    fn mask(self) -> Self::Repr;
}

/// A set of flags.
pub struct Flags<E: WmiFlags>(E::Repr);

impl<E: WmiFlags> Clone for Flags<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: WmiFlags> Copy for Flags<E> {}

impl<E: WmiFlags> Flags<E> {
    /// No flag.
    pub const NONE: Self = Self(<E::Repr as WmiField>::ZERO);

    /// Returns the set with these bits, including bits without a variant.
    #[must_use]
    pub const fn from_bits(bits: E::Repr) -> Self {
        Self(bits)
    }

    /// Returns the bits.
    #[must_use]
    pub const fn bits(self) -> E::Repr {
        self.0
    }

    /// Returns the set with this flag added.
    #[must_use]
    pub fn with(self, flag: E) -> Self {
        Self(self.0 | flag.mask())
    }

    /// Returns whether no bit is set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == Self::NONE.0
    }

    /// Returns whether all bits of the flag are set.
    #[must_use]
    pub fn contains(self, flag: E) -> bool {
        let mask = flag.mask();
        self.0 & mask == mask
    }
}

impl<E: WmiFlags> PartialEq for Flags<E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<E: WmiFlags> Eq for Flags<E> {}

impl<E: WmiFlags> From<E> for Flags<E> {
    fn from(flag: E) -> Self {
        Self(flag.mask())
    }
}

impl<E: WmiFlags> FromIterator<E> for Flags<E> {
    fn from_iter<I: IntoIterator<Item = E>>(flags: I) -> Self {
        flags.into_iter().fold(Self::NONE, Self::with)
    }
}

impl<E: WmiFlags> BitOr for Flags<E> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl<E: WmiFlags> BitOr<E> for Flags<E> {
    type Output = Self;

    fn bitor(self, flag: E) -> Self {
        self.with(flag)
    }
}

impl<E: WmiFlags> BitOrAssign for Flags<E> {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl<E: WmiFlags> BitOrAssign<E> for Flags<E> {
    fn bitor_assign(&mut self, flag: E) {
        *self = self.with(flag);
    }
}

impl<E: WmiFlags> Default for Flags<E> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<E: WmiFlags> fmt::Debug for Flags<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({:#x})", self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<E: WmiFlags> Element for Flags<E> {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<E: WmiFlags> WmiField for Flags<E> {
    const CIM_TYPE: CimType = <E::Repr as WmiField>::CIM_TYPE;
    const ALIGN: usize = <E::Repr as WmiField>::ALIGN;
    const ZERO: Self = Self::NONE;
    const QUALIFIERS: &'static [Qualifier<'static>] = E::QUALIFIERS;

    type Wire = <E::Repr as WmiField>::Wire;
    type Value = Self;
    type Itself = Self;

    #[inline]
    fn value(&self) -> Self {
        *self
    }

    #[inline]
    fn encode(value: Self) -> Self::Wire {
        E::Repr::encode(value.0)
    }

    #[inline]
    fn decode(wire: &Self::Wire) -> Self {
        Self(E::Repr::decode(wire))
    }

    #[inline]
    fn from_value(value: Self) -> Option<Self> {
        Some(value)
    }
}
