//! Writes named values and bits of an integer as Rust enums.

use std::collections::BTreeSet;

use wmi_vocabulary::attribute::AMENDED;
use wmi_vocabulary::has_nul;

use super::meta::{Meta, attributes, push_spaces};
use super::name::type_name;
use super::qualifier::localised;
use super::text::{comment, exact_lines, readable_lines};
use crate::entries::{list, text};
use crate::layout::Integer;
use wmi_core::schema::{Flavor, Property, Value};

/// Columns before a variant.
const INDENT: usize = 4;

/// The named values or bits of an integer, from the qualifiers of an item.
#[derive(Clone, PartialEq)]
pub(super) struct Enumeration {
    kind: Kind,
    integer: Integer,
    style: Style,
    amended: bool,
    variants: Vec<Variant>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Values,
    Flags,
}

/// The notation of the numbers.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Decimal,
    Hex,
    Integers,
    Masks,
    Positions,
}

#[derive(Clone, PartialEq)]
struct Variant {
    value: i128,
    text: String,
    define: Option<String>,
}

impl Enumeration {
    /// Returns the enumeration that the derive turns into exactly these qualifiers, if one exists.
    pub(super) fn of(property: &Property<'_>, integer: Integer) -> Option<Self> {
        let values = Self::values(property, integer);
        values.or_else(|| Self::flags(property, integer))
    }

    fn values(property: &Property<'_>, integer: Integer) -> Option<Self> {
        let numbers = list(property, "ValueMap");
        let style = [Style::Integers, Style::Decimal, Style::Hex]
            .into_iter()
            .find(|style| {
                numbers
                    .iter()
                    .all(|number| style.read(number, integer).is_some())
            })?;
        let defines = match property.qualifier("DefineValues") {
            Some(_) => Some(texts(property, "DefineValues")?),
            None => None,
        };
        Self::new(
            property,
            Kind::Values,
            integer,
            style,
            "Values",
            numbers,
            defines,
        )
    }

    fn flags(property: &Property<'_>, integer: Integer) -> Option<Self> {
        let numbers = list(property, "BitMap");
        let is_mask = |number: &Value<'_>| {
            let mask = Style::Masks.read(number, integer);
            mask.is_some_and(|mask| bits(mask, integer).count_ones() == 1)
        };
        // Small numbers may also be masks; numbers that count up from zero are positions.
        let counted = numbers.iter().enumerate().all(|(position, number)| {
            matches!(number, Value::String(text) if *text == position.to_string())
        });
        let style = if numbers.iter().all(is_mask) {
            Style::Masks
        } else if counted && numbers.len() <= integer.size().saturating_mul(8) {
            Style::Positions
        } else {
            return None;
        };
        Self::new(
            property,
            Kind::Flags,
            integer,
            style,
            "BitValues",
            numbers,
            None,
        )
    }

    fn new(
        property: &Property<'_>,
        kind: Kind,
        integer: Integer,
        style: Style,
        names: &str,
        numbers: &[Value<'_>],
        defines: Option<Vec<&str>>,
    ) -> Option<Self> {
        let texts = texts(property, names)?;
        let mut all = texts.iter().chain(defines.iter().flatten());
        if all.any(|text| has_nul(text)) {
            return None;
        }
        let all_defined = defines
            .as_ref()
            .is_none_or(|defines| defines.len() == numbers.len());
        if texts.len() != numbers.len() || numbers.is_empty() || !all_defined {
            return None;
        }
        let mut variants = Vec::with_capacity(numbers.len());
        for (index, (number, text)) in numbers.iter().zip(texts).enumerate() {
            let define = defines.as_ref().and_then(|defines| defines.get(index));
            variants.push(Variant {
                value: style.read(number, integer)?,
                text: text.to_string(),
                define: define.map(ToString::to_string),
            });
        }
        let distinct: BTreeSet<_> = variants.iter().map(|variant| variant.value).collect();
        let amended = property.qualifier(names)?.flavor.contains(Flavor::AMENDED);
        (distinct.len() == variants.len()).then_some(Self {
            kind,
            integer,
            style,
            amended,
            variants,
        })
    }

    /// Returns the qualifiers that the derive generates from it, with their flavors.
    pub(super) fn qualifiers(&self) -> Vec<(String, Flavor)> {
        let (names, numbers) = match self.kind {
            Kind::Values => ("Values", "ValueMap"),
            Kind::Flags => ("BitValues", "BitMap"),
        };
        let flavor = if self.amended {
            Flavor::AMENDED
        } else {
            Flavor::NONE
        };
        let mut qualifiers = vec![
            (names.to_string(), flavor),
            (numbers.to_string(), Flavor::NONE),
        ];
        if self.variants.iter().any(|variant| variant.define.is_some()) {
            qualifiers.push(("DefineValues".to_string(), Flavor::NONE));
        }
        qualifiers
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the number of a value that is not `WmiEnum::ZERO`.
    pub(super) fn other(&self) -> Option<i128> {
        let numbers = || self.variants.iter().map(|variant| variant.value);
        let zero = numbers()
            .find(|number| *number == 0)
            .or_else(|| numbers().next());
        numbers().find(|number| Some(*number) != zero)
    }

    /// Writes the enum with this name; `of` is the item it was made for.
    pub(super) fn write(&self, name: &str, of: &str, out: &mut String) {
        let (docs, derive) = match self.kind {
            Kind::Values => (format!("Values of `{of}`."), "WmiEnum"),
            Kind::Flags => (format!("Flags of `{of}`."), "WmiFlags"),
        };
        comment(&[docs], out, 0);
        out.push_str(&format!(
            "#[derive(Clone, Copy, Debug, PartialEq, Eq, {derive})]\n"
        ));
        let style = match self.style {
            Style::Hex => Some("hex"),
            Style::Integers => Some("integers"),
            Style::Positions => Some("positions"),
            Style::Decimal | Style::Masks => None,
        };
        let style = style.map(|flag| Meta::Leaf(flag.to_string()));
        let metas: Vec<_> = style
            .into_iter()
            .chain(localised(self.amended, AMENDED))
            .collect();
        attributes(&metas, out, 0);
        out.push_str(&format!(
            "#[repr({})]\npub enum {name} {{\n",
            self.integer.rust_type()
        ));
        let mut names = BTreeSet::new();
        for variant in &self.variants {
            let number = self.number(variant.value);
            let mut metas = Vec::new();
            let docs = exact_lines(&variant.text, INDENT).unwrap_or_else(|| {
                metas.push(Meta::text("value", &variant.text));
                readable_lines(&variant.text, INDENT)
            });
            if let Some(define) = &variant.define {
                metas.push(Meta::text("define", define));
            }
            comment(&docs, out, INDENT);
            attributes(&metas, out, INDENT);
            push_spaces(out, INDENT);
            let name = variant_name(variant, &mut names);
            out.push_str(&format!("{name} = {number},\n"));
        }
        out.push_str("}\n");
    }

    fn number(&self, value: i128) -> String {
        match self.style {
            Style::Positions => format!("1 << {}", bits(value, self.integer).trailing_zeros()),
            Style::Hex | Style::Masks if value >= 0 => format!("{value:#x}"),
            _ => value.to_string(),
        }
    }
}

impl Style {
    /// Returns the number, if the derive writes it identically in this style.
    fn read(self, number: &Value<'_>, integer: Integer) -> Option<i128> {
        let digits = integer.size().saturating_mul(2);
        let value = match (self, number) {
            (Self::Integers, Value::Integer(number)) => i128::from(*number),
            (Self::Decimal, Value::String(text)) => {
                let value: i128 = text.parse().ok()?;
                Some(value).filter(|value| value.to_string() == **text)?
            }
            (Self::Hex | Self::Masks, Value::String(text)) => {
                let unsigned = u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()?;
                let written = format!("0x{unsigned:0digits$X}");
                let value = Some(unsigned).filter(|_| written == **text)?;
                signed(value, integer)?
            }
            (Self::Positions, Value::String(text)) => {
                let position: u32 = text.parse().ok()?;
                signed(1u64.checked_shl(position)?, integer)?
            }
            _ => return None,
        };
        range(integer).contains(&value).then_some(value)
    }
}

/// Returns the value range of an integer.
fn range(integer: Integer) -> core::ops::RangeInclusive<i128> {
    match integer {
        Integer::I8 => i8::MIN.into()..=i8::MAX.into(),
        Integer::U8 => u8::MIN.into()..=u8::MAX.into(),
        Integer::I16 => i16::MIN.into()..=i16::MAX.into(),
        Integer::U16 => u16::MIN.into()..=u16::MAX.into(),
        Integer::I32 => i32::MIN.into()..=i32::MAX.into(),
        Integer::U32 => u32::MIN.into()..=u32::MAX.into(),
        Integer::I64 => i64::MIN.into()..=i64::MAX.into(),
        Integer::U64 => u64::MIN.into()..=u64::MAX.into(),
    }
}

/// Returns the value of these bits.
fn signed(bits: u64, integer: Integer) -> Option<i128> {
    Some(match integer {
        Integer::I8 => i8::from_le_bytes(u8::try_from(bits).ok()?.to_le_bytes()).into(),
        Integer::I16 => i16::from_le_bytes(u16::try_from(bits).ok()?.to_le_bytes()).into(),
        Integer::I32 => i32::from_le_bytes(u32::try_from(bits).ok()?.to_le_bytes()).into(),
        Integer::I64 => i64::from_le_bytes(bits.to_le_bytes()).into(),
        _ => bits.into(),
    })
}

/// Returns the bits of a value.
fn bits(value: i128, integer: Integer) -> u128 {
    let width = u32::try_from(integer.size().saturating_mul(8)).unwrap_or(u32::MAX);
    let unused = 128u32.saturating_sub(width);
    let bits = u128::from_le_bytes(value.to_le_bytes());
    bits.wrapping_shl(unused).wrapping_shr(unused)
}

/// Returns a name for a value, made from its text if that is short and free.
fn variant_name(variant: &Variant, names: &mut BTreeSet<String>) -> String {
    const LONGEST: usize = 40;
    let ascii: String = variant
        .text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let of_text = type_name(&ascii);
    let sign = if variant.value < 0 { "Minus" } else { "" };
    let by_number = format!("Value{sign}{}", variant.value.unsigned_abs());
    let is_fit = ascii.starts_with(|c: char| c.is_ascii_alphabetic())
        && of_text.len() <= LONGEST
        && of_text != "Self";
    let name = if is_fit && !names.contains(&of_text) {
        of_text
    } else {
        by_number
    };
    names.insert(name.clone());
    name
}

/// Returns the entries of a qualifier if all are texts.
fn texts<'a>(property: &Property<'a>, name: &str) -> Option<Vec<&'a str>> {
    let entries = list(property, name).iter();
    entries.map(|entry| text(Some(entry))).collect()
}
