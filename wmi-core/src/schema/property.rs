//! Properties and their types.

use super::{Qualifier, Qualifiers, Value};
use crate::{CounterType, DateTime};

/// A property of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Property<'a> {
    /// The name as spelled.
    pub name: &'a str,
    /// The type.
    pub cim_type: CimType,
    /// The type as spelled: a keyword, or the name of the embedded class.
    pub type_name: &'a str,
    /// Whether the property is an array, and its length.
    pub array: Array,
    /// The qualifiers in source order.
    pub qualifiers: Qualifiers<'a>,
    /// The default value.
    pub default: Option<Value<'a>>,
}

const I32_MIN: i64 = -0x8000_0000;
const U32_MAX: i64 = 0xffff_ffff;

impl<'a> Property<'a> {
    /// Creates a property with a name and a type.
    #[must_use]
    pub const fn new(name: &'a str, cim_type: CimType, type_name: &'a str) -> Self {
        Self {
            name,
            cim_type,
            type_name,
            array: Array::Scalar,
            qualifiers: Qualifiers::NONE,
            default: None,
        }
    }

    /// Returns the property as an array.
    #[must_use]
    pub const fn with_array(mut self, array: Array) -> Self {
        self.array = array;
        self
    }

    /// Returns the property with these qualifiers.
    #[must_use]
    pub const fn with_qualifiers(mut self, qualifiers: &'a [Qualifier<'a>]) -> Self {
        self.qualifiers = Qualifiers::new(qualifiers);
        self
    }

    /// Returns the property with this default value.
    #[must_use]
    pub const fn with_default(mut self, default: Value<'a>) -> Self {
        self.default = Some(default);
        self
    }

    /// Returns the qualifier of this name, in any case.
    #[must_use]
    pub fn qualifier(&self, name: &str) -> Option<&'a Qualifier<'a>> {
        self.qualifiers.get(name)
    }

    /// Returns the value of `WmiDataId`: the item's position in the data block, from 1.
    #[must_use]
    pub fn data_id(&self) -> Option<u32> {
        self.number("WmiDataId")
    }

    /// Returns the value of `CounterType`.
    #[must_use]
    #[expect(
        clippy::as_conversions,
        reason = "binary MOF stores 32 bits, which are read as signed"
    )]
    pub const fn counter_type(&self) -> Option<CounterType> {
        match super::qualifier::integer(self.qualifiers, "CounterType") {
            Some(number @ I32_MIN..=U32_MAX) => Some(CounterType::from_value(number as u32)),
            _ => None,
        }
    }

    /// Returns whether the item is an array, and its length: `[MAX(n)] T x[]` means `T x[n]`, and
    /// `[WmiSizeIs("n")] T x` means `[WmiSizeIs("n")] T x[]`.
    #[must_use]
    pub fn dimension(&self) -> Array {
        match (self.array, self.size_is(), self.number("MAX")) {
            (Array::Scalar, Some(_), _) => Array::Variable,
            (Array::Variable, None, Some(length)) => Array::Fixed(length),
            (array, ..) => array,
        }
    }

    /// Returns the value of `MaxLen`, the maximum length of a string in UTF-16 units; `None` for 0,
    /// which means no maximum.
    #[must_use]
    pub fn max_len(&self) -> Option<u32> {
        self.number("MaxLen").filter(|units| *units > 0)
    }

    /// Returns the value of `WmiSizeIs`: the item with the array's number of elements.
    #[must_use]
    pub fn size_is(&self) -> Option<&'a str> {
        self.qualifiers.text("WmiSizeIs")
    }

    /// Returns whether the parameter is an input: it is `in`, or has no direction, which means
    /// both.
    #[must_use]
    pub fn is_input(&self) -> bool {
        self.qualifiers.flag("in") || !self.qualifiers.flag("out")
    }

    /// Returns whether the parameter is an output: it is `out`, or has no direction, which means
    /// both.
    #[must_use]
    pub fn is_output(&self) -> bool {
        self.qualifiers.flag("out") || !self.qualifiers.flag("in")
    }

    /// Returns whether the default value, if there is one, has the type of the property. An integer
    /// may be in the signed or the unsigned range; an array needs a list.
    #[must_use]
    pub const fn default_fits(&self) -> bool {
        let Some(value) = self.default else {
            return true;
        };
        match (value, self.array) {
            (Value::Null, _) => true,
            (Value::Array(_), Array::Scalar) => false,
            (value, Array::Scalar) => self.cim_type.holds(value),
            (Value::Array(mut values), _) => {
                while let [first, rest @ ..] = values {
                    if !self.cim_type.holds(*first) {
                        return false;
                    }
                    values = rest;
                }
                true
            }
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        match self.qualifier(name)?.value {
            Value::Integer(number) => u32::try_from(number).ok(),
            _ => None,
        }
    }
}

/// Whether a property is an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Array {
    /// Not an array.
    Scalar,
    /// `T x[n]`: this number of elements.
    Fixed(u32),
    /// `T x[]`: the item named by `WmiSizeIs` holds the number of elements.
    Variable,
}

/// The CIM type of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CimType {
    /// One byte, zero or not.
    Boolean,
    /// 8-bit signed.
    Sint8,
    /// 8-bit unsigned.
    Uint8,
    /// 16-bit signed.
    Sint16,
    /// 16-bit unsigned.
    Uint16,
    /// 32-bit signed.
    Sint32,
    /// 32-bit unsigned.
    Uint32,
    /// 64-bit signed.
    Sint64,
    /// 64-bit unsigned.
    Uint64,
    /// 32-bit floating point; not possible in a driver's data block.
    Real32,
    /// 64-bit floating point; not possible in a driver's data block.
    Real64,
    /// A UTF-16 unit, two bytes.
    Char16,
    /// Counted UTF-16 text.
    String,
    /// 25 UTF-16 units of date and time.
    Datetime,
    /// An embedded class.
    Object,
    /// A reference to an instance; not possible in a driver's data block.
    Reference,
}

impl CimType {
    /// The types named by a keyword.
    pub const OF_KEYWORDS: [Self; 15] = [
        Self::Boolean,
        Self::Sint8,
        Self::Uint8,
        Self::Sint16,
        Self::Uint16,
        Self::Sint32,
        Self::Uint32,
        Self::Sint64,
        Self::Uint64,
        Self::Real32,
        Self::Real64,
        Self::Char16,
        Self::String,
        Self::Datetime,
        Self::Object,
    ];

    /// Returns the type of a MOF keyword in any case; any other name is that of a class, an
    /// [`Object`](Self::Object).
    #[must_use]
    pub const fn from_keyword(name: &str) -> Self {
        let mut known: &[Self] = &Self::OF_KEYWORDS;
        while let [first, rest @ ..] = known {
            if super::name::same_name(first.keyword(), name) {
                return *first;
            }
            known = rest;
        }
        Self::Object
    }

    /// Returns whether a value has this type. Integers may be written as bit patterns, such as
    /// `0xff` for a `sint8`. Strings may stand for 64-bit integers, as decimal or `0x` numbers, for
    /// dates and intervals that [`DateTime::parse`] accepts, and for references; integers for reals.
    #[must_use]
    pub const fn holds(self, value: Value<'_>) -> bool {
        let (least, greatest) = match self {
            Self::Sint8 | Self::Uint8 => (-0x80, 0xff),
            Self::Sint16 | Self::Uint16 | Self::Char16 => (-0x8000, 0xffff),
            Self::Sint32 | Self::Uint32 => (-0x8000_0000, 0xffff_ffff),
            _ => (i64::MIN, i64::MAX),
        };
        match (self, value) {
            (_, Value::Null)
            | (Self::Boolean, Value::Boolean(_))
            | (Self::Char16, Value::Char(_))
            | (Self::Real32 | Self::Real64, Value::Real(_) | Value::Integer(_))
            | (Self::String | Self::Reference, Value::String(_))
            | (Self::Object | Self::Reference, Value::Instance(_) | Value::Alias(_)) => true,
            (
                Self::Sint8
                | Self::Uint8
                | Self::Sint16
                | Self::Uint16
                | Self::Char16
                | Self::Sint32
                | Self::Uint32
                | Self::Sint64
                | Self::Uint64,
                Value::Integer(number),
            ) => least <= number && number <= greatest,
            (Self::Sint64 | Self::Uint64, Value::String(text)) => is_number_of_64_bits(text),
            (Self::Datetime, Value::String(text)) => DateTime::parse(text).is_ok(),
            _ => false,
        }
    }

    /// Returns the MOF keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Sint8 => "sint8",
            Self::Uint8 => "uint8",
            Self::Sint16 => "sint16",
            Self::Uint16 => "uint16",
            Self::Sint32 => "sint32",
            Self::Uint32 => "uint32",
            Self::Sint64 => "sint64",
            Self::Uint64 => "uint64",
            Self::Real32 => "real32",
            Self::Real64 => "real64",
            Self::Char16 => "char16",
            Self::String => "string",
            Self::Datetime => "datetime",
            Self::Object => "object",
            Self::Reference => "ref",
        }
    }
}

/// Returns whether a text is a decimal or `0x` number, with or without a sign, of at most 64 bits.
const fn is_number_of_64_bits(text: &str) -> bool {
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let (radix, digits) = match digits {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits),
        _ => (10, digits),
    };
    // `from_str_radix` would accept a second sign.
    if let [b'+', ..] = digits {
        return false;
    }
    let Ok(digits) = core::str::from_utf8(digits) else {
        return false;
    };
    match u64::from_str_radix(digits, radix) {
        Ok(number) => !is_negative || number <= i64::MIN.unsigned_abs(),
        Err(_) => false,
    }
}
