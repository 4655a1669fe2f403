//! The items of data blocks and the parameters of methods: their tables, types and named values.

use std::collections::BTreeMap;

use maud::{Markup, html};
use wmi_core::schema::{Class, Method, Property, Qualifiers, Value};

use super::index::{Entry, Index};
use super::{description, scrolled, table};
use crate::Classes;
use crate::header;
use crate::html::Shown;
use crate::import::name::type_name;
use crate::layout::{BlockItem, BlockLayout, ElementType, Elements};
use crate::values::{named_bits, named_values};

/// The types of an item in each language.
#[derive(Clone, Debug, Default)]
struct Types {
    mof: String,
    /// As the corrected C header declares it, and as a driver in Rust may: only items of a block have
    /// these.
    native: Option<(String, String)>,
}

impl Types {
    /// Returns the types of a property without a layout.
    fn of(item: &Property<'_>) -> Self {
        Self {
            mof: item.type_name.to_owned(),
            native: None,
        }
    }

    /// Returns the types of all items of a block, whose counters count if `counts`.
    fn of_block(classes: &Classes<'_>, block: &BlockLayout<'_>, counts: bool) -> Vec<Self> {
        let c = header::c_types(classes, block);
        let items = block.items.iter().zip(0usize..).zip(c);
        let types = items.map(|((item, position), c)| Self {
            mof: block.type_text(item),
            native: Some((c, rust_type(block, item, position, counts))),
        });
        types.collect()
    }
}

/// Returns the type of a field that the derive turns into the item.
fn rust_type(
    block: &BlockLayout<'_>,
    item: &BlockItem<'_>,
    position: usize,
    counts: bool,
) -> String {
    let is_counter = counts && block.size.is_some() && item.property.counter_type().is_some();
    let one = match &item.element {
        ElementType::Boolean => "bool".to_owned(),
        ElementType::Integer(integer) => match integer.rust_type() {
            name if is_counter => format!("Atomic{}", name.to_uppercase()),
            name if block.counts(position) => format!("Count<{name}>"),
            name => name.to_owned(),
        },
        ElementType::Char16 => "Char16".to_owned(),
        ElementType::Text { max: Some(max) } => format!("Text<{max}>"),
        ElementType::Text { max: None } => "&'a str".to_owned(),
        ElementType::DateTime => "DateTime".to_owned(),
        ElementType::Class(class) => type_name(class.name),
    };
    match item.elements {
        Elements::One => one,
        Elements::Fixed(length) => format!("[{one}; {length}]"),
        Elements::Counted { .. } => format!("&'a [{one}]"),
    }
}

/// The items of a data block, then the properties that are not in it.
pub(super) fn of_block(
    index: &Index<'_>,
    entry: &Entry<'_>,
    block: &BlockLayout<'_>,
    others: &[&Property<'_>],
) -> Markup {
    let types = match index.classes(entry) {
        Some(classes) => Types::of_block(classes, block, entry.counters.is_some()),
        None => Vec::new(),
    };
    let columns = ["Item", "Type", "Access", "Id", "Offset", "Size", "Align"];
    scrolled(&table(
        "items",
        &columns,
        html! {
            @for (item, types) in block.items.iter().zip(&types) {
                tr id=(entry.item(item.property.name)) data-name=(Shown(item.property.name)) {
                    (row(index, entry, item.property, types))
                    td.number { (item.id) }
                    td.number { (in_words(item.offset)) }
                    td.number { (in_words(item.size())) }
                    td.number { (item.align()) }
                }
            }
            @for item in others {
                tr id=(entry.item(item.name)) data-name=(Shown(item.name)) {
                    (row(index, entry, item, &Types::of(item)))
                    @for _ in 0..4 { td.number { "–" } }
                }
            }
        },
    ))
}

/// The properties of a class without a layout.
pub(super) fn without_block(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    scrolled(&table(
        "items",
        &["Item", "Type", "Access"],
        html! {
            @for item in entry.class.properties {
                tr id=(entry.item(item.name)) data-name=(Shown(item.name)) {
                    (row(index, entry, item, &Types::of(item)))
                }
            }
        },
    ))
}

/// The cells of an item: its name with all that is known of it, its types and its access.
fn row(index: &Index<'_>, entry: &Entry<'_>, item: &Property<'_>, types: &Types) -> Markup {
    let name = item.name;
    html! {
        th scope="row" { (about(index, entry, item, |class| Some(class.property(name)?.qualifiers))) }
        td.type { (typed(index, entry, item, types)) }
        td.access { (access(item)) }
    }
}

/// A parameter in the block of a method's input, and in that of its output.
#[derive(Default)]
struct Placed<'b> {
    types: Types,
    items: [Option<&'b BlockItem<'b>>; 2],
}

impl Placed<'_> {
    /// Returns where the parameter is: `8`, or `in 0, out 8` if it is in both blocks.
    fn offset(&self) -> String {
        match self.items.map(|item| Some(in_words(item?.offset))) {
            [Some(input), Some(output)] => format!("in {input}, out {output}"),
            [Some(offset), None] | [None, Some(offset)] => offset,
            [None, None] => "–".to_owned(),
        }
    }

    fn size(&self) -> String {
        let item = self.items.into_iter().flatten().next();
        item.map_or("–".to_owned(), |item| in_words(item.size()))
    }
}

/// The parameters of a method, with the blocks of its input and its output if they have a layout.
pub(super) fn parameters(
    index: &Index<'_>,
    entry: &Entry<'_>,
    method: &Method<'_>,
    blocks: [Option<&BlockLayout<'_>>; 2],
) -> Markup {
    let mut known: BTreeMap<&str, Placed<'_>> = BTreeMap::new();
    for (direction, block) in blocks.into_iter().enumerate() {
        let (Some(block), Some(classes)) = (block, index.classes(entry)) else {
            continue;
        };
        let types = Types::of_block(classes, block, false);
        for (item, types) in block.items.iter().zip(types) {
            let placed = known.entry(item.property.name).or_default();
            placed.types = types;
            if let Some(place) = placed.items.get_mut(direction) {
                *place = Some(item);
            }
        }
    }
    let row = |item: &Property<'_>| {
        let unknown = Placed {
            types: Types::of(item),
            ..Placed::default()
        };
        let placed = known.get(item.name).unwrap_or(&unknown);
        html! {
            td.type { (typed(index, entry, item, &placed.types)) }
            td.access { (direction(item)) }
            td.number { (placed.offset()) }
            td.number { (placed.size()) }
        }
    };
    scrolled(&table(
        "items",
        &["Parameter", "Type", "Direction", "Offset", "Size"],
        html! {
            @for item in method.parameters {
                tr {
                    th scope="row" {
                        (about(index, entry, item, |class| {
                            let mut methods = class.methods.iter();
                            let method = methods.find(|it| it.name.eq_ignore_ascii_case(method.name))?;
                            let mut items = method.parameters.iter();
                            let item = items.find(|it| it.name.eq_ignore_ascii_case(item.name))?;
                            Some(item.qualifiers)
                        }))
                    }
                    (row(item))
                }
            }
        },
    ))
}

fn typed(index: &Index<'_>, entry: &Entry<'_>, item: &Property<'_>, types: &Types) -> Markup {
    html! {
        @match index.embedded(entry, item) {
            Some(class) => a href={ "#" (class.anchor) } { code { (Shown(&types.mof)) } },
            None => code { (Shown(&types.mof)) },
        }
        @if let Some((c, rust)) = &types.native {
            p.native { "C " code { (Shown(c)) } }
            p.native { "Rust " code { (Shown(rust)) } }
        }
    }
}

/// What a client may do with an item.
fn access(item: &Property<'_>) -> &'static str {
    let has = |name| item.qualifiers.flag(name);
    match (has("key"), has("read"), has("write")) {
        (true, ..) => "key",
        (_, true, true) => "read, write",
        (_, true, false) => "read",
        (_, false, true) => "write",
        _ => "–",
    }
}

pub(super) fn direction(item: &Property<'_>) -> &'static str {
    match (item.is_input(), item.is_output()) {
        (true, true) => "in, out",
        (false, _) => "out",
        _ => "in",
    }
}

/// The name of an item, and all that is known of its values. `of` finds it in another language.
fn about<'q>(
    index: &Index<'q>,
    entry: &Entry<'_>,
    item: &Property<'_>,
    of: impl Fn(&Class<'q>) -> Option<Qualifiers<'q>>,
) -> Markup {
    let qualifiers = item.qualifiers;
    let shown = qualifiers.text("DisplayName");
    let mut notes = Vec::new();
    if let Some(units) = qualifiers.text("Units") {
        notes.push(format!("in {units}"));
    }
    if let Some(scale) = number(qualifiers, "WmiScale") {
        notes.push(format!("times 10 to the {scale}"));
    }
    for (limit, words) in [("MinValue", "at least"), ("MaxValue", "at most")] {
        if let Some(limit) = number(qualifiers, limit) {
            notes.push(format!("{words} {limit}"));
        }
    }
    if qualifiers.flag("WmiTimeStamp") {
        notes.push("time in units of 100 ns since 1601".to_owned());
    }
    if qualifiers.flag("DisplayInHex") {
        notes.push("shown in hexadecimal".to_owned());
    }
    if let Some(default) = item.default {
        if let Some(default) = literal(default) {
            notes.push(format!("default {default}"));
        }
    }
    html! {
        span.name { (Shown(item.name)) }
        @if let Some(counter) = item.counter_type() {
            @if let Some(name) = counter.name() { " " code.counter-type { (name) } }
            " " span.hex { (format!("{:#010x}", counter.value())) }
        }
        @if let Some(shown) = shown.filter(|shown| *shown != item.name) {
            " " span.shown { "“" (Shown(shown)) "”" }
        }
        @if !notes.is_empty() { p.notes { (Shown(&notes.join("; "))) } }
        (description(index, entry, qualifiers, of))
        (named(item))
    }
}

pub(super) fn number(qualifiers: Qualifiers<'_>, name: &str) -> Option<i64> {
    match qualifiers.get(name)?.value {
        Value::Integer(number) => Some(number),
        _ => None,
    }
}

fn literal(value: Value<'_>) -> Option<String> {
    match value {
        Value::Boolean(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Real(value) => Some(value.to_string()),
        Value::String(text) => Some(format!("\"{text}\"")),
        _ => None,
    }
}

/// The named values and bits of an item.
fn named(item: &Property<'_>) -> Markup {
    let (values, bits) = (named_values(item), named_bits(item));
    html! {
        @if !values.is_empty() {
            details open[values.len() <= FEW] {
                summary { (values.len()) " values" }
                (table("named", &["Value", "Meaning"], html! {
                    @for value in &values {
                        tr {
                            td.number {
                                (Shown(&value.spelled))
                                @if let Some(number) = value.number.filter(|it| *it > 9) {
                                    " " span.hex { (format!("{number:#x}")) }
                                }
                            }
                            td { (Shown(value.name.unwrap_or("–"))) }
                        }
                    }
                }))
            }
        }
        @if !bits.is_empty() {
            details open[bits.len() <= FEW] {
                summary { (bits.len()) " bits" }
                (table("named", &["Bit", "Mask", "Meaning"], html! {
                    @for bit in &bits {
                        tr {
                            td.number {
                                @match bit.position() {
                                    Some(position) => (position),
                                    None => "–",
                                }
                            }
                            td.number { (format!("{:#x}", bit.mask)) }
                            td { (Shown(bit.name.unwrap_or("–"))) }
                        }
                    }
                }))
            }
        }
    }
}

/// As many values as are shown without a click.
const FEW: usize = 8;

fn in_words(bytes: Option<usize>) -> String {
    bytes.map_or("varies".to_owned(), |bytes| bytes.to_string())
}
