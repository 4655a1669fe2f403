//! The Rust types of items and parameters.

use super::Importer;
use super::enumeration::{Enumeration, Kind};
use super::item::Owner;
use super::name::{type_name, words};
use super::sample::{Of, Sample};
use crate::layout::{BlockItem, ElementType, Elements, Integer};
use wmi_core::CounterSize;
use wmi_core::schema::{Flavor, Property, Value};
use wmi_vocabulary::qualifier::Range;

/// The most bytes of a text of variable length in a test.
const LONGEST_TEXT: usize = 16;

/// The type of a field.
pub(super) struct Typed {
    pub(super) ty: String,
    /// Qualifiers that the derive makes from the type, with their flavors.
    pub(super) of_type: Vec<(String, Flavor)>,
    /// The counter type, if the item is a counter.
    pub(super) counter: Option<&'static str>,
    /// Whether it is an atomic, or contains one.
    pub(super) counts: bool,
    pub(super) sample: Sample,
}

impl<'a> Importer<'a> {
    /// Returns the type of an item; `counted` if it counts the elements of another.
    pub(super) fn typed(
        &mut self,
        item: &BlockItem<'a>,
        counted: bool,
        owner: &Owner<'_>,
    ) -> Result<Typed, String> {
        let property = item.property;
        let mut of_type = Vec::new();
        let mut counter = None;
        let mut counts = false;
        let mut size = item.element.size().unwrap_or(LONGEST_TEXT);
        let (one, of) = match &item.element {
            ElementType::Boolean => ("bool".to_string(), Of::values("true", "false")),
            ElementType::Integer(integer) if counted => {
                self.uses.insert("Count");
                let count = format!("Count<{}>", integer.rust_type());
                let of = Of::Value {
                    one: "wmi_core::Count::NEW".to_string(),
                    other: None,
                };
                (count, of)
            }
            ElementType::Integer(integer) => {
                counter = counter_name(property, owner, item)?;
                let enumeration = Enumeration::of(property, *integer);
                match enumeration.filter(|_| counter.is_none()) {
                    Some(enumeration) => {
                        of_type = enumeration.qualifiers();
                        let kind = enumeration.kind();
                        let other = enumeration.other();
                        let name = self.enumeration(enumeration, property.name, owner.name);
                        match kind {
                            Kind::Values => {
                                let path = format!("<schema::{name} as wmi_core::WmiEnum>");
                                let other = other
                                    .map(|number| format!("{path}::from_repr({number}).unwrap()"));
                                let one = format!("{path}::ZERO");
                                (name, Of::Value { one, other })
                            }
                            Kind::Flags => {
                                let bits = |bits| format!("wmi_core::Flags::from_bits({bits})");
                                let of = Of::values(&bits(1), &bits(2));
                                (format!("Flags<{name}>"), of)
                            }
                        }
                    }
                    None if counter.is_some() && !owner.variable => {
                        counts = true;
                        let atomic = self.atomic(*integer);
                        let of = Of::numbers(item.id, |number| {
                            format!("core::sync::atomic::{atomic}::new({number})")
                        });
                        (atomic, of)
                    }
                    None => {
                        let of = Of::numbers(item.id, |number| number.to_string());
                        (integer.rust_type().to_string(), of)
                    }
                }
            }
            ElementType::Char16 => {
                self.uses.insert("Char16");
                let of = |letter| format!("wmi_core::Char16::new({letter})");
                ("Char16".to_string(), Of::values(&of("0x57"), &of("0x4d")))
            }
            ElementType::Text { max: Some(max) } => {
                of_type.push(("MaxLen".to_string(), Flavor::NONE));
                self.uses.insert("Text");
                let text = |text| format!("wmi_core::Text::truncated({text:?})");
                let of = Of::values(&text("text"), &text("other"));
                (format!("Text<{max}>"), of)
            }
            ElementType::Text { max: None } => {
                let of = Of::values(r#""text""#, r#""other""#);
                ("&'a str".to_string(), of)
            }
            ElementType::DateTime => {
                self.uses.insert("DateTime");
                let date = |year| {
                    let text = format!("{year}0229120000.000000+000");
                    format!("wmi_core::DateTime::parse({text:?}).unwrap()")
                };
                let of = Of::values(&date("2024"), &date("2028"));
                ("DateTime".to_string(), of)
            }
            ElementType::Class(block) => {
                let class = self.space.structs.get(&block.name.to_lowercase());
                let class = class.ok_or_else(|| format!("`{}` has no typed block", block.name))?;
                counts = class.counts;
                size = class.room;
                (class.ty(), Of::Class(class.name.clone()))
            }
        };
        let ty = match item.elements {
            Elements::One => one,
            Elements::Fixed(length) => format!("[{one}; {length}]"),
            Elements::Counted { .. } => format!("&'a [{one}]"),
        };
        Ok(Typed {
            ty,
            of_type,
            counter,
            counts,
            sample: Sample {
                of,
                elements: item.elements,
                size,
            },
        })
    }

    /// Returns the name of the enum of these values; writes the enum if it is new.
    fn enumeration(&mut self, enumeration: Enumeration, of: &str, owner: &str) -> String {
        let kind = enumeration.kind();
        let mut source = String::new();
        enumeration.write("", "", &mut source);
        let name = if let Some(name) = self.enums.get(&source) {
            name.clone()
        } else {
            let (short, long) = (type_name(of), format!("{owner}{}", type_name(of)));
            // A single word such as `Status` is too vague.
            let candidates = match words(of).len() {
                1 => [long.clone(), long],
                _ => [short, long],
            };
            let name = self.types.claim(&candidates, &[]);
            enumeration.write(&name, of, &mut self.out);
            self.out.push('\n');
            self.enums.insert(source.clone(), name.clone());
            self.new_enums.push(source);
            name
        };
        match kind {
            Kind::Values => {
                self.uses.insert("WmiEnum");
                name
            }
            Kind::Flags => {
                self.uses.insert("WmiFlags");
                self.uses.insert("Flags");
                name
            }
        }
    }

    fn atomic(&mut self, integer: Integer) -> String {
        let name = match integer {
            Integer::I8 => "AtomicI8",
            Integer::U8 => "AtomicU8",
            Integer::I16 => "AtomicI16",
            Integer::U16 => "AtomicU16",
            Integer::I32 => "AtomicI32",
            Integer::U32 => "AtomicU32",
            Integer::I64 => "AtomicI64",
            Integer::U64 => "AtomicU64",
        };
        self.uses.insert(name);
        name.to_string()
    }
}

/// Returns the name of the counter type, if the item is a counter.
fn counter_name(
    property: &Property<'_>,
    owner: &Owner<'_>,
    item: &BlockItem<'_>,
) -> Result<Option<&'static str>, String> {
    if owner.perf_detail.is_none() || property.qualifier("CounterType").is_none() {
        return Ok(None);
    }
    let counter = property
        .counter_type()
        .ok_or("`CounterType` is not a number")?;
    let scale = property.qualifier("DefaultScale");
    let scale = scale.map_or(Value::Integer(0), |scale| scale.value);
    let range = Range::DEFAULT_SCALE;
    if !matches!(scale, Value::Integer(scale) if range.contains(scale)) {
        let (least, greatest) = (range.least, range.greatest);
        return Err(format!(
            "the `DefaultScale` of a counter is not an integer from {least} to {greatest}"
        ));
    }
    let name = counter
        .name()
        .ok_or_else(|| format!("winperf.h has no counter type {:#x}", counter.value()))?;
    let has_data = matches!(counter.size(), CounterSize::Bits32 | CounterSize::Bits64);
    if !has_data || item.elements != Elements::One {
        return Err(format!("`{name}` counts nothing here"));
    }
    Ok(Some(name))
}
