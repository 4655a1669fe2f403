//! [`DateTime`]: the 25 characters of a CIM `datetime`. Owns their format and the calendar.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use zerocopy::little_endian::U16;
use zerocopy_derive::*;

use super::field::{Element, WmiField};
use super::string::Str;
use crate::schema::CimType;

/// A CIM `datetime`: a date `yyyymmddHHMMSS.mmmmmmsUUU`, where `s` is a sign and `UUU` the minutes
/// from UTC, or an interval `ddddddddHHMMSS.mmmmmm:000`.
///
/// A field of a date may consist of `*`, which leaves it unset; the last digits of the microseconds
/// may be `*` too. An item that holds intervals has the qualifier `SubType("interval")`. Sources:
/// "CIM_DATETIME" and "Interval Format", WMI documentation.
///
/// On the wire 25 UTF-16 units, 50 bytes, neither counted nor terminated. A block may hold any
/// bytes, so check a value that was read with [`to_system_time`](Self::to_system_time) or
/// [`to_interval`](Self::to_interval). Source: "Driver-Defined WMI Data Items",
/// windows-driver-docs.
///
/// ```
/// use core::time::Duration;
/// use wmi_core::DateTime;
///
/// let built: DateTime = "20240229134501.250000+060".parse()?;
/// assert_eq!(built.to_string(), "20240229134501.250000+060");
/// assert_eq!(DateTime::parse("20241329000000.000000+000").unwrap_err().offset, 4);
///
/// // A time from KeQuerySystemTimePrecise.
/// let now = DateTime::from_system_time(133_536_000_900_000_000).unwrap();
/// assert_eq!(now.to_string(), "20240228132130.000000+000");
/// assert_eq!(now.to_system_time(), Some(133_536_000_900_000_000));
///
/// let uptime = DateTime::from_interval(Duration::from_secs(483_276)).unwrap();
/// assert_eq!(uptime.to_string(), "00000005141436.000000:000");
/// assert_eq!(uptime.to_interval(), Some(Duration::from_secs(483_276)));
/// # Ok::<(), wmi_core::DateTimeError>(())
/// ```
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(transparent)]
pub struct DateTime([U16; LENGTH]);

const LENGTH: usize = 25;

/// The forms of a date and of an interval, as messages name them.
pub(crate) const FORMS: &str = "`yyyymmddHHMMSS.mmmmmmsUUU` or `ddddddddHHMMSS.mmmmmm:000`";

impl DateTime {
    /// 25 NULs, the value of a new class. Neither a date nor an interval.
    ///
    /// WMI passes the units on unchanged. Microsoft does not document how clients show them: expect
    /// an empty string, a null, or an error when a client converts the value to a date. For an
    /// unknown date, use [`UNSET`](Self::UNSET).
    pub const ZERO: Self = Self([U16::ZERO; LENGTH]);

    /// A date with all fields unset, `**************.******+***`.
    pub const UNSET: Self = Self::of_ascii(*b"**************.******+***");

    /// Reads a date or an interval from its 25 characters.
    ///
    /// # Errors
    ///
    /// [`DateTimeError`] at the first character that does not match the format, or at the first
    /// field out of range: a month is 01 to 12, a day exists in its month, an interval ends in
    /// `:000` and has no `*`.
    pub const fn parse(text: &str) -> Result<Self, DateTimeError> {
        let mut ascii = [0; LENGTH];
        let mut rest = text.as_bytes();
        let mut slots: &mut [u8] = &mut ascii;
        let mut offset = 0_usize;
        while let [slot, more @ ..] = slots {
            let (byte, tail) = match rest {
                [byte, tail @ ..] => (*byte, tail),
                [] => return Err(DateTimeError::at(offset, "25 characters")),
            };
            if let Some(expected) = form_fault(offset, byte) {
                return Err(DateTimeError::at(offset, expected));
            }
            *slot = byte;
            slots = more;
            rest = tail;
            offset = offset.saturating_add(1);
        }
        if !rest.is_empty() {
            return Err(DateTimeError::at(offset, "the end"));
        }
        match Fields::of(&ascii) {
            Ok(_) => Ok(Self::of_ascii(ascii)),
            Err(error) => Err(error),
        }
    }

    /// Returns the date of a system time: 100-nanosecond units since 1 January 1601, UTC, as from
    /// `KeQuerySystemTimePrecise`. Rounds down to microseconds.
    ///
    /// Returns `None` before 1601 and after 9999.
    #[must_use]
    pub fn from_system_time(ticks: i64) -> Option<Self> {
        let microseconds = u64::try_from(ticks).ok()? / TICKS_PER_MICROSECOND;
        let days = microseconds / MICROSECONDS_PER_DAY;
        let (year, month, day) = calendar_date(days);
        if year > 9999 {
            return None;
        }
        let mut ascii = *b"00000000000000.000000+000";
        write(&mut ascii, YEAR, year);
        write(&mut ascii, MONTH, month);
        write(&mut ascii, DAY, day);
        write_time(&mut ascii, microseconds % MICROSECONDS_PER_DAY);
        Some(Self::of_ascii(ascii))
    }

    /// Returns the date as a system time, in 100-nanosecond units since 1 January 1601, UTC.
    ///
    /// Unset digits of the microseconds count as zero. Returns `None` for an interval, for a date
    /// with another unset field, for a date before 1601, and if the units are not a date.
    #[must_use]
    pub fn to_system_time(self) -> Option<i64> {
        let Ok(Fields::Date(date)) = Fields::of(&self.ascii()?) else {
            return None;
        };
        let days = days_since_1601(date.year?, date.month?, date.day?)?;
        let local = date
            .time
            .microseconds()?
            .checked_add(u64::from(days).checked_mul(MICROSECONDS_PER_DAY)?)?;
        let offset = u64::from(date.minutes_from_utc?).checked_mul(60_000_000)?;
        let utc = if date.is_behind_utc {
            local.checked_add(offset)?
        } else {
            local.checked_sub(offset)?
        };
        i64::try_from(utc.checked_mul(TICKS_PER_MICROSECOND)?).ok()
    }

    /// Returns the interval of a duration. Rounds down to microseconds.
    ///
    /// Returns `None` from 100,000,000 days on.
    #[must_use]
    pub fn from_interval(interval: Duration) -> Option<Self> {
        let microseconds = u64::try_from(interval.as_micros()).ok()?;
        let days = microseconds / MICROSECONDS_PER_DAY;
        if days > 99_999_999 {
            return None;
        }
        let mut ascii = *b"00000000000000.000000:000";
        write(&mut ascii, DAYS, days);
        write_time(&mut ascii, microseconds % MICROSECONDS_PER_DAY);
        Some(Self::of_ascii(ascii))
    }

    /// Returns the interval; `None` for a date, and if the units are not an interval.
    #[must_use]
    pub fn to_interval(self) -> Option<Duration> {
        let Ok(Fields::Interval { days, time }) = Fields::of(&self.ascii()?) else {
            return None;
        };
        let microseconds = u64::from(days).checked_mul(MICROSECONDS_PER_DAY)?;
        Some(Duration::from_micros(
            microseconds.checked_add(time.microseconds()?)?,
        ))
    }

    /// Returns the 25 UTF-16 units.
    #[must_use]
    pub fn units(self) -> [u16; LENGTH] {
        self.0.map(U16::get)
    }

    const fn of_ascii(ascii: [u8; LENGTH]) -> Self {
        let mut units = [U16::ZERO; LENGTH];
        let mut rest: &[u8] = &ascii;
        let mut slots: &mut [U16] = &mut units;
        while let ([byte, more @ ..], [slot, others @ ..]) = (rest, slots) {
            *slot = U16::from_bytes([*byte, 0]);
            rest = more;
            slots = others;
        }
        Self(units)
    }

    fn ascii(self) -> Option<[u8; LENGTH]> {
        let mut ascii = [0; LENGTH];
        for (offset, (byte, unit)) in ascii.iter_mut().zip(self.units()).enumerate() {
            *byte = u8::try_from(unit).ok()?;
            if form_fault(offset, *byte).is_some() {
                return None;
            }
        }
        Some(ascii)
    }
}

impl FromStr for DateTime {
    type Err = DateTimeError;

    fn from_str(text: &str) -> Result<Self, DateTimeError> {
        Self::parse(text)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Str::until_nul(&self.0).fmt(f)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateTime({self})")
    }
}

const TICKS_PER_MICROSECOND: u64 = 10;
const MICROSECONDS_PER_DAY: u64 = 86_400_000_000;

/// A field of the text: the offset of its first digit, and its number of digits.
type Place = (usize, usize);

const YEAR: Place = (0, 4);
const MONTH: Place = (4, 2);
const DAY: Place = (6, 2);
const DAYS: Place = (0, 8);
const HOUR: Place = (8, 2);
const MINUTE: Place = (10, 2);
const SECOND: Place = (12, 2);
const MICROSECOND: Place = (15, 6);

/// Returns what is expected at this offset, if `byte` does not match.
const fn form_fault(offset: usize, byte: u8) -> Option<&'static str> {
    match offset {
        14 if byte != b'.' => Some("`.`"),
        21 if !matches!(byte, b'+' | b'-' | b':') => Some("`+`, `-` or `:`"),
        14 | 21 => None,
        _ if byte.is_ascii_digit() || byte == b'*' => None,
        _ => Some("a digit or `*`"),
    }
}

/// The fields of 25 characters in the right format. An unset field is `None`.
enum Fields {
    Date(Date),
    Interval { days: u32, time: Time },
}

struct Date {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    time: Time,
    is_behind_utc: bool,
    minutes_from_utc: Option<u32>,
}

struct Time {
    hour: Option<u32>,
    minute: Option<u32>,
    second: Option<u32>,
    /// Unset digits are zero.
    microsecond: u32,
}

impl Time {
    fn microseconds(&self) -> Option<u64> {
        let minutes = self.hour?.checked_mul(60)?.checked_add(self.minute?)?;
        let seconds = minutes.checked_mul(60)?.checked_add(self.second?)?;
        u64::from(seconds)
            .checked_mul(1_000_000)?
            .checked_add(u64::from(self.microsecond))
    }
}

/// `?` for constant functions.
macro_rules! attempt {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return Err(error),
        }
    };
}

impl Fields {
    /// Returns the fields of characters in the right format.
    const fn of(text: &[u8; LENGTH]) -> Result<Self, DateTimeError> {
        let [y0, y1, y2, y3, m0, m1, d0, d1, rest @ ..] = *text;
        let [h0, h1, n0, n1, s0, s1, _, fraction @ .., sign, u0, u1, u2] = rest;
        if sign == b':' {
            return Self::of_interval(text);
        }
        let year = attempt!(field(&[y0, y1, y2, y3], YEAR, 0, 9999, "a year or `****`"));
        let month = attempt!(field(
            &[m0, m1],
            MONTH,
            1,
            12,
            "a month from 01 to 12 or `**`"
        ));
        let last = last_day(year, month);
        let day = attempt!(field(&[d0, d1], DAY, 1, last, "a day of the month or `**`"));
        let hour = attempt!(field(
            &[h0, h1],
            HOUR,
            0,
            23,
            "an hour from 00 to 23 or `**`"
        ));
        let minute = attempt!(field(
            &[n0, n1],
            MINUTE,
            0,
            59,
            "a minute from 00 to 59 or `**`"
        ));
        let second = attempt!(field(
            &[s0, s1],
            SECOND,
            0,
            59,
            "a second from 00 to 59 or `**`"
        ));
        let microsecond = attempt!(microsecond(fraction));
        let offset = "the minutes from UTC or `***`";
        let minutes_from_utc = attempt!(field(&[u0, u1, u2], (22, 3), 0, 999, offset));
        Ok(Self::Date(Date {
            year,
            month,
            day,
            time: Time {
                hour,
                minute,
                second,
                microsecond,
            },
            is_behind_utc: sign == b'-',
            minutes_from_utc,
        }))
    }

    const fn of_interval(text: &[u8; LENGTH]) -> Result<Self, DateTimeError> {
        let mut offset = 0_usize;
        let mut rest: &[u8] = text;
        while let [byte, more @ ..] = rest {
            if *byte == b'*' {
                return Err(DateTimeError::at(offset, "a digit, as this is an interval"));
            }
            offset = offset.saturating_add(1);
            rest = more;
        }
        let [d0, d1, d2, d3, d4, d5, d6, d7, rest @ ..] = *text;
        let [h0, h1, n0, n1, s0, s1, _, fraction @ .., _, u0, u1, u2] = rest;
        let days = [d0, d1, d2, d3, d4, d5, d6, d7];
        let days = attempt!(field(&days, DAYS, 0, 99_999_999, "days"));
        let hour = attempt!(field(&[h0, h1], HOUR, 0, 23, "an hour from 00 to 23"));
        let minute = attempt!(field(&[n0, n1], MINUTE, 0, 59, "a minute from 00 to 59"));
        let second = attempt!(field(&[s0, s1], SECOND, 0, 59, "a second from 00 to 59"));
        let microsecond = attempt!(microsecond(fraction));
        attempt!(field(
            &[u0, u1, u2],
            (22, 3),
            0,
            0,
            "`000`, as this is an interval"
        ));
        Ok(Self::Interval {
            days: match days {
                Some(days) => days,
                None => 0,
            },
            time: Time {
                hour,
                minute,
                second,
                microsecond,
            },
        })
    }
}

/// Returns the value of a field, or `None` if it consists of `*`.
const fn field(
    mut digits: &[u8],
    (offset, length): Place,
    least: u32,
    most: u32,
    expected: &'static str,
) -> Result<Option<u32>, DateTimeError> {
    let error = Err(DateTimeError::at(offset, expected));
    let (mut value, mut unset) = (0_u32, 0_usize);
    while let [digit, rest @ ..] = digits {
        match digit_value(*digit) {
            Some(digit) => value = value.saturating_mul(10).saturating_add(digit),
            None => unset = unset.saturating_add(1),
        }
        digits = rest;
    }
    if unset == length {
        return Ok(None);
    }
    if unset > 0 || value < least || value > most {
        return error;
    }
    Ok(Some(value))
}

/// Returns the microseconds, whose last digits may be `*`, as in Microsoft's drivers.
const fn microsecond(digits: [u8; 6]) -> Result<u32, DateTimeError> {
    let mut rest: &[u8] = &digits;
    let (mut value, mut unset) = (0_u32, false);
    while let [digit, more @ ..] = rest {
        let digit = match digit_value(*digit) {
            Some(_) if unset => {
                let expected = "microseconds with `*` in the last digits only";
                return Err(DateTimeError::at(MICROSECOND.0, expected));
            }
            Some(digit) => digit,
            None => {
                unset = true;
                0
            }
        };
        value = value.saturating_mul(10).saturating_add(digit);
        rest = more;
    }
    Ok(value)
}

#[expect(clippy::as_conversions, reason = "`From` is not constant")]
const fn digit_value(digit: u8) -> Option<u32> {
    match digit {
        b'0'..=b'9' => Some((digit & 0xf) as u32),
        _ => None,
    }
}

/// Returns the last day of a month, or its latest possible last day if year or month are unset.
const fn last_day(year: Option<u32>, month: Option<u32>) -> u32 {
    match (month, year) {
        (Some(2), Some(year)) if !is_leap(year) => 28,
        (Some(2), _) => 29,
        (Some(4 | 6 | 9 | 11), _) => 30,
        _ => 31,
    }
}

const fn is_leap(year: u32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days in 400 years, after which the calendar repeats; 1601 begins such a cycle.
const CYCLE: u64 = 146_097;

/// Returns year, month and day of the date that is `days` after 1 January 1601.
fn calendar_date(days: u64) -> (u64, u64, u64) {
    let mut year = (days / CYCLE).saturating_mul(400).saturating_add(1601);
    let mut rest = days % CYCLE;
    // The last century of a cycle and the last year of a leap cycle are a day longer.
    let centuries = (rest / 36_524).min(3);
    rest = rest.saturating_sub(centuries.saturating_mul(36_524));
    let leaps = rest / 1_461;
    rest %= 1_461;
    let years = (rest / 365).min(3);
    rest = rest.saturating_sub(years.saturating_mul(365));
    year = year
        .saturating_add(centuries.saturating_mul(100))
        .saturating_add(leaps.saturating_mul(4))
        .saturating_add(years);
    let mut month = 1_u32;
    loop {
        let length = u64::from(last_day(u32::try_from(year).ok(), Some(month)));
        if rest < length || month == 12 {
            return (year, u64::from(month), rest.saturating_add(1));
        }
        rest = rest.saturating_sub(length);
        month = month.saturating_add(1);
    }
}

fn days_since_1601(year: u32, month: u32, day: u32) -> Option<u32> {
    let years = year.checked_sub(1601)?;
    let leaps = (years / 4)
        .checked_sub(years / 100)?
        .checked_add(years / 400)?;
    let before = (1..month).map(|month| last_day(Some(year), Some(month)));
    years
        .checked_mul(365)?
        .checked_add(leaps)?
        .checked_add(before.sum())?
        .checked_add(day.checked_sub(1)?)
}

/// Writes the time of a day.
fn write_time(text: &mut [u8; LENGTH], microseconds: u64) {
    let seconds = microseconds / 1_000_000;
    write(text, HOUR, seconds / 3600);
    write(text, MINUTE, seconds / 60 % 60);
    write(text, SECOND, seconds % 60);
    write(text, MICROSECOND, microseconds % 1_000_000);
}

/// Writes the last digits of `value` into a field.
fn write(text: &mut [u8; LENGTH], (offset, length): Place, mut value: u64) {
    let digits = text.iter_mut().skip(offset).take(length);
    for digit in digits.rev() {
        *digit = match value % 10 {
            0 => b'0',
            1 => b'1',
            2 => b'2',
            3 => b'3',
            4 => b'4',
            5 => b'5',
            6 => b'6',
            7 => b'7',
            8 => b'8',
            _ => b'9',
        };
        value /= 10;
    }
}

/// The reason why a text is not a [`DateTime`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DateTimeError {
    /// Byte offset in the text of the first fault.
    pub offset: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl DateTimeError {
    const fn at(offset: usize, expected: &'static str) -> Self {
        Self { offset, expected }
    }
}

impl fmt::Display for DateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected {} at byte {} of the `datetime`; write {FORMS}",
            self.expected, self.offset
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

    #[inline]
    fn from_value(value: Self) -> Option<Self> {
        Some(value)
    }
}
