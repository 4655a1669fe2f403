//! [`Text`]: strings with a maximum length.

use core::fmt;

use zerocopy::little_endian::U16;
use zerocopy_derive::*;

use super::field::{Element, WmiField};
use super::string::Str;
use super::{DecodeError, Decoder, place};
use crate::schema::{CimType, Qualifier, Value};

/// A `string` of at most `MAX` UTF-16 units, with the qualifier `MaxLen(MAX)` and a fixed size in
/// the data block.
///
/// On the wire `2 + 2 * MAX` bytes, alignment 2: the byte count, then the units. A writer always
/// counts all units and pads with zeros, so that the items after it are at the offsets of the
/// generated header's C structure. A reader takes the counted units up to the first NUL. Source:
/// "Driver-Defined WMI Data Items", windows-driver-docs; `WCHAR Name[MAX + 1]` of the header, whose
/// first element is the count.
///
/// ```
/// use wmi_core::{Text, TextError};
///
/// let name = Text::<8>::new("disk 0")?;
/// assert_eq!(name.to_string(), "disk 0");
/// assert_eq!(Text::<4>::new("disk 0"), Err(TextError::TooLong { units: 6, max: 4 }));
/// assert_eq!(Text::<4>::truncated("disk 0").to_string(), "disk");
/// # Ok::<(), TextError>(())
/// ```
#[derive(Clone, Copy, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(transparent)]
pub struct Text<const MAX: usize>(TextWire<MAX>);

/// The bytes of a [`Text`] in a block, which may hold anything. Inside a `Text`, the count covers
/// all units, and only zeros follow the first NUL.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct TextWire<const MAX: usize> {
    count: U16,
    units: [U16; MAX],
}

impl<const MAX: usize> TextWire<MAX> {
    /// Returns the counted units up to the first NUL.
    fn as_str(&self) -> Str<'_> {
        let counted = usize::from(self.count.get()) / 2;
        Str::until_nul(self.units.get(..counted).unwrap_or(&self.units))
    }
}

impl<const MAX: usize> Text<MAX> {
    /// The byte count that a writer stores: that of all units.
    const COUNT: U16 = {
        assert!(
            MAX > 0,
            "a bounded string must have room for at least one character"
        );
        assert!(MAX < 32768, "a WMI string has at most 32767 UTF-16 units");
        assert!(
            size_of::<TextWire<MAX>>() == place::text_size(MAX),
            "a bounded string must match the layout of its class"
        );
        // By the assertion above, twice `MAX` fits in 16 bits.
        #[expect(clippy::as_conversions)]
        U16::new(MAX as u16 * 2)
    };

    /// The empty string.
    pub const EMPTY: Self = Self(TextWire {
        count: Self::COUNT,
        units: [U16::ZERO; MAX],
    });

    /// Returns the text of as many of these units as fit; none of them is a NUL.
    fn of(units: Str<'_>) -> Self {
        let mut text = Self::EMPTY;
        for (slot, unit) in text.0.units.iter_mut().zip(units.as_units()) {
            *slot = *unit;
        }
        text
    }

    /// Creates a bounded string.
    ///
    /// # Errors
    ///
    /// [`TextError::TooLong`] if the text has more than `MAX` UTF-16 units, [`TextError::Nul`] if
    /// it has a NUL, at which every reader would stop.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if let Some(offset) = text.find('\0') {
            return Err(TextError::Nul { offset });
        }
        let units = text.encode_utf16().count();
        if units > MAX {
            return Err(TextError::TooLong { units, max: MAX });
        }
        Ok(Self::truncated(text))
    }

    /// Creates a bounded string of as much of the text as fits, up to a NUL. Never splits a
    /// surrogate pair.
    #[must_use]
    pub fn truncated(text: &str) -> Self {
        let mut units = [U16::ZERO; MAX];
        let mut rest = units.iter_mut();
        for c in text.chars().take_while(|c| *c != '\0') {
            if rest.len() < c.len_utf16() {
                break;
            }
            for (unit, slot) in c.encode_utf16(&mut [0; 2]).iter().zip(&mut rest) {
                *slot = U16::new(*unit);
            }
        }
        Self(TextWire {
            count: Self::COUNT,
            units,
        })
    }

    /// Returns the text before the first NUL, not necessarily well-formed.
    #[must_use]
    pub fn as_str(&self) -> Str<'_> {
        self.0.as_str()
    }

    /// Returns the UTF-16 units before the first NUL.
    pub fn units(&self) -> impl ExactSizeIterator<Item = u16> + '_ {
        self.as_str().units()
    }
}

impl<const MAX: usize> Default for Text<MAX> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const MAX: usize> PartialEq for Text<MAX> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl<const MAX: usize> Eq for Text<MAX> {}

impl<const MAX: usize> PartialEq<str> for Text<MAX> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == *other
    }
}

impl<const MAX: usize> PartialEq<&str> for Text<MAX> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Writes the text, with replacement characters for units that are not well-formed.
impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_str(), f)
    }
}

/// The reason why a text is not a [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextError {
    /// The text has too many UTF-16 units.
    TooLong {
        /// Its UTF-16 units.
        units: usize,
        /// The maximum.
        max: usize,
    },
    /// The text has a NUL.
    Nul {
        /// Byte offset of the NUL.
        offset: usize,
    },
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { units, max } => {
                write!(
                    f,
                    "the text has {units} UTF-16 units, but only {max} fit; shorten it"
                )
            }
            Self::Nul { offset } => {
                write!(
                    f,
                    "the text has a NUL at byte {offset}, where readers stop; remove it"
                )
            }
        }
    }
}

impl core::error::Error for TextError {}

#[diagnostic::do_not_recommend]
impl<const MAX: usize> Element for Text<MAX> {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<const MAX: usize> WmiField for Text<MAX> {
    const CIM_TYPE: CimType = CimType::String;
    const ALIGN: usize = 2;
    const ZERO: Self = Self::EMPTY;
    #[expect(clippy::as_conversions, reason = "`COUNT` checks the range")]
    const QUALIFIERS: &'static [Qualifier<'static>] = {
        let _ = Self::COUNT;
        &[Qualifier::new("MaxLen", Value::Integer(MAX as i64))]
    };

    const HAS_TEXT: bool = true;

    type Wire = TextWire<MAX>;
    type Value = Self;
    type Itself = Self;

    #[inline]
    fn value(&self) -> Self {
        *self
    }

    #[inline]
    fn encode(value: Self) -> TextWire<MAX> {
        value.0
    }

    #[inline]
    fn decode(wire: &TextWire<MAX>) -> Self {
        Self::of(wire.as_str())
    }

    #[inline]
    fn from_value(value: Self) -> Option<Self> {
        Some(value)
    }

    fn read(input: &mut Decoder<'_>, wire: &mut TextWire<MAX>) -> Result<(), DecodeError> {
        *wire = Self::of(input.string()?).0;
        Ok(())
    }

    fn is_regular(wire: &TextWire<MAX>) -> bool {
        wire.count == Self::COUNT
    }
}
