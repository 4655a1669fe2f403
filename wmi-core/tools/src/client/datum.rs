//! [`Datum`]: the value of an item, of any type.

use core::fmt::{self, Write};

use super::{DataObject, Utf16};
use wmi_core::DateTime;
use wmi_core::mof::write_text;

/// The value of an item, of any type that an item may have.
///
/// `From` makes it from a plain value, and [`Display`](fmt::Display) writes it as MOF. Integers of
/// different widths are not equal; [`as_integer`](Self::as_integer) returns any of them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Datum<'a> {
    /// `boolean`.
    Boolean(bool),
    /// `sint8`.
    I8(i8),
    /// `uint8`.
    U8(u8),
    /// `sint16`.
    I16(i16),
    /// `uint16`, or a unit of `char16`.
    U16(u16),
    /// `sint32`.
    I32(i32),
    /// `uint32`.
    U32(u32),
    /// `sint64`.
    I64(i64),
    /// `uint64`.
    U64(u64),
    /// `string`.
    Text(Utf16<'a>),
    /// `datetime`.
    DateTime(DateTime),
    /// The elements of an array.
    Array(Vec<Datum<'a>>),
    /// An embedded class.
    Object(DataObject<'a>),
}

impl<'a> Datum<'a> {
    /// Returns the value of a `boolean`.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the value of an integer of any type.
    #[must_use]
    pub fn as_integer(&self) -> Option<i128> {
        Some(match *self {
            Self::I8(value) => value.into(),
            Self::U8(value) => value.into(),
            Self::I16(value) => value.into(),
            Self::U16(value) => value.into(),
            Self::I32(value) => value.into(),
            Self::U32(value) => value.into(),
            Self::I64(value) => value.into(),
            Self::U64(value) => value.into(),
            _ => return None,
        })
    }

    /// Returns the value of an integer that is not negative.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.as_integer()?.try_into().ok()
    }

    /// Returns the value of an integer that `i64` holds.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_integer()?.try_into().ok()
    }

    /// Returns the value of a `string`.
    #[must_use]
    pub const fn as_text(&self) -> Option<&Utf16<'a>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the value of a `datetime`.
    #[must_use]
    pub const fn as_date_time(&self) -> Option<DateTime> {
        match self {
            Self::DateTime(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// Returns the values of an embedded class.
    #[must_use]
    pub const fn as_object(&self) -> Option<&DataObject<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Copies borrowed values.
    #[must_use]
    pub fn into_owned(self) -> Datum<'static> {
        match self {
            Self::Boolean(value) => Datum::Boolean(value),
            Self::I8(value) => Datum::I8(value),
            Self::U8(value) => Datum::U8(value),
            Self::I16(value) => Datum::I16(value),
            Self::U16(value) => Datum::U16(value),
            Self::I32(value) => Datum::I32(value),
            Self::U32(value) => Datum::U32(value),
            Self::I64(value) => Datum::I64(value),
            Self::U64(value) => Datum::U64(value),
            Self::Text(text) => Datum::Text(text.into_owned()),
            Self::DateTime(value) => Datum::DateTime(value),
            Self::Array(elements) => {
                Datum::Array(elements.into_iter().map(Datum::into_owned).collect())
            }
            Self::Object(object) => Datum::Object(object.into_owned()),
        }
    }

    /// Returns the kind of the value, for messages.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Text(_) => "a string",
            Self::DateTime(_) => "a datetime",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
            _ => "an integer",
        }
    }

    /// Writes the value. The lines of an object are indented by `indent`.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, indent: usize) -> fmt::Result {
        match self {
            Self::Boolean(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Self::Text(text) => quoted(f, text.units()),
            Self::DateTime(value) => {
                quoted(f, value.units().into_iter().take_while(|unit| *unit != 0))
            }
            Self::Array(elements) => {
                f.write_char('{')?;
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    element.write(f, indent)?;
                }
                f.write_char('}')
            }
            Self::Object(object) => object.write(f, indent),
            integer => write!(f, "{}", integer.as_integer().unwrap_or_default()),
        }
    }
}

/// Writes a MOF string.
pub(super) fn quoted(f: &mut fmt::Formatter<'_>, units: impl Iterator<Item = u16>) -> fmt::Result {
    f.write_char('"')?;
    for c in char::decode_utf16(units) {
        match c {
            Ok(c) => write_text(f, c.encode_utf8(&mut [0; 4]))?,
            // MOF can express unpaired surrogates; Unicode text cannot.
            Err(surrogate) => write!(f, "\\x{:04X}", surrogate.unpaired_surrogate())?,
        }
    }
    f.write_char('"')
}

impl fmt::Display for Datum<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident,)*) => {$(
        impl<'a> From<$from> for Datum<'a> {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Boolean,
    i8 => I8,
    u8 => U8,
    i16 => I16,
    u16 => U16,
    i32 => I32,
    u32 => U32,
    i64 => I64,
    u64 => U64,
    Utf16<'a> => Text,
    &str => Text,
    String => Text,
    DateTime => DateTime,
    DataObject<'a> => Object,
}

impl<'a, T: Into<Datum<'a>>> From<Vec<T>> for Datum<'a> {
    fn from(elements: Vec<T>) -> Self {
        elements.into_iter().collect()
    }
}

impl<'a, T: Into<Datum<'a>>, const N: usize> From<[T; N]> for Datum<'a> {
    fn from(elements: [T; N]) -> Self {
        elements.into_iter().collect()
    }
}

/// Collects an array.
impl<'a, T: Into<Datum<'a>>> FromIterator<T> for Datum<'a> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self::Array(elements.into_iter().map(Into::into).collect())
    }
}
