//! [`DateTime`]: the 25 characters of a CIM `datetime`.

use core::fmt;

use zerocopy::little_endian::U16;
use zerocopy_derive::*;

use super::field::{Element, WmiField};
use super::utf16;
use crate::schema::CimType;

/// A CIM `datetime`: `yyyymmddHHMMSS.mmmmmmsUUU`, `s` a sign and `UUU` the minutes from UTC; an
/// interval has `:` for the sign. Unused digits are `*`.
///
/// On the wire 25 UTF-16 units, 50 bytes, neither counted nor terminated. A block may hold any
/// bytes, so a value that was read is only a date if its text says so. Source: "Driver-Defined
/// WMI Data Items", windows-driver-docs.
///
/// ```
/// use wmi_core::DateTime;
///
/// let built = DateTime::new("20240229134501.250000+060")?;
/// assert_eq!(built.to_string(), "20240229134501.250000+060");
/// assert_eq!(DateTime::new("2024-02-29").unwrap_err().offset, 4);
/// # Ok::<(), wmi_core::DateTimeError>(())
/// ```
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(transparent)]
pub struct DateTime([U16; 25]);

impl DateTime {
    /// All zero: no date, what a new class starts with.
    pub const ZERO: Self = Self([U16::ZERO; 25]);

    /// A date, time or interval from its 25 characters.
    ///
    /// # Errors
    ///
    /// [`DateTimeError`] at the first character that does not fit the form. That the digits make
    /// a day of the calendar is not checked.
    pub const fn new(text: &str) -> Result<Self, DateTimeError> {
        let mut units = [U16::ZERO; 25];
        let mut rest = text.as_bytes();
        let mut slots: &mut [U16] = &mut units;
        let mut offset = 0;
        while let [slot, more @ ..] = slots {
            let &[byte, ref tail @ ..] = rest else {
                return Err(DateTimeError { offset });
            };
            let fits = match offset {
                14 => byte == b'.',
                21 => matches!(byte, b'+' | b'-' | b':'),
                _ => byte.is_ascii_digit() || byte == b'*',
            };
            if !fits {
                return Err(DateTimeError { offset });
            }
            *slot = U16::from_bytes([byte, 0]);
            slots = more;
            rest = tail;
            offset = offset.saturating_add(1);
        }
        if rest.is_empty() {
            Ok(Self(units))
        } else {
            Err(DateTimeError { offset })
        }
    }

    /// The 25 UTF-16 units.
    #[must_use]
    pub fn units(self) -> [u16; 25] {
        self.0.map(U16::get)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        utf16::display(self.units().into_iter().take_while(|unit| *unit != 0), f)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateTime({self})")
    }
}

/// Why a text is no [`DateTime`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DateTimeError {
    /// Byte offset in the text of the first fault.
    pub offset: usize,
}

impl fmt::Display for DateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "byte {} does not fit `yyyymmddHHMMSS.mmmmmmsUUU`; give 25 characters, `*` for unused \
             digits",
            self.offset
        )
    }
}

impl core::error::Error for DateTimeError {}

#[diagnostic::do_not_recommend]
impl Element for DateTime {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl WmiField for DateTime {
    const CIM_TYPE: CimType = CimType::Datetime;
    const ALIGN: usize = 2;
    const ZERO: Self = Self::ZERO;

    type Wire = Self;
    type Value = Self;
    type Itself = Self;

    #[inline]
    fn value(&self) -> Self {
        *self
    }

    #[inline]
    fn encode(value: Self) -> Self {
        value
    }

    #[inline]
    fn decode(wire: &Self) -> Self {
        *wire
    }
}
