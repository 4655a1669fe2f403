//! [`Char16`]: one UTF-16 unit as an item.

use core::fmt::{self, Write};

use zerocopy::little_endian::U16;

use super::field::{Element, WmiField};
use crate::schema::CimType;

/// A CIM `char16`: one UTF-16 unit, which may be half of a surrogate pair.
///
/// On the wire 2 bytes, alignment 2; the generated C header declares a `SHORT`.
///
/// ```
/// use wmi_core::Char16;
///
/// assert_eq!(Char16::try_from('é').unwrap().get(), 0xe9);
/// assert_eq!(Char16::new(0x41).to_char(), Some('A'));
/// assert_eq!(Char16::new(0xd800).to_char(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Char16(u16);

impl Char16 {
    /// Returns the item with this unit.
    #[must_use]
    pub const fn new(unit: u16) -> Self {
        Self(unit)
    }

    /// Returns the unit.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Returns the character, or `None` if the unit is half of a surrogate pair.
    #[must_use]
    pub fn to_char(self) -> Option<char> {
        char::from_u32(self.0.into())
    }
}

impl From<u16> for Char16 {
    fn from(unit: u16) -> Self {
        Self(unit)
    }
}

impl From<Char16> for u16 {
    fn from(unit: Char16) -> Self {
        unit.0
    }
}

impl TryFrom<char> for Char16 {
    type Error = core::num::TryFromIntError;

    /// # Errors
    ///
    /// If the character takes two units.
    fn try_from(c: char) -> Result<Self, Self::Error> {
        u16::try_from(u32::from(c)).map(Self)
    }
}

impl fmt::Display for Char16 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(self.to_char().unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

#[diagnostic::do_not_recommend]
impl Element for Char16 {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl WmiField for Char16 {
    const CIM_TYPE: CimType = CimType::Char16;
    const ZERO: Self = Self(0);

    type Wire = U16;
    type Value = Self;
    type Itself = Self;

    #[inline]
    fn value(&self) -> Self {
        *self
    }

    #[inline]
    fn encode(value: Self) -> U16 {
        U16::new(value.0)
    }

    #[inline]
    fn decode(wire: &U16) -> Self {
        Self(wire.get())
    }

    #[inline]
    fn from_value(value: Self) -> Option<Self> {
        Some(value)
    }
}
