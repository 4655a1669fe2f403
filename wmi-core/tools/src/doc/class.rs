//! The card of a class.

use maud::{Markup, html};
use wmi_core::schema::{Method, Property, Qualifiers, Value};
use wmi_core::{CounterType, Guid};

use super::client;
use super::index::{Entry, Group, Index};
use super::link;
use crate::Severity;
use crate::cooking::ClassCounters;
use crate::html::Shown;
use crate::layout::{BlockItem, BlockLayout};
use crate::picture;
use crate::values::{named_bits, named_values};

pub(super) fn card(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    let class = entry.class;
    html! {
        article id=(entry.anchor) data-name=(Shown(class.name)) {
            h3 {
                (Shown(class.name))
                a.permalink href={ "#" (entry.anchor) } aria-label="Link to this class" { "#" }
            }
            p.badges {
                @for badge in badges(entry) { span.badge { (badge) } " " }
            }
            (description(class.qualifiers))
            (facts(index, entry))
            (findings(index, entry))
            (data(index, entry))
            @if let Some(counters) = &entry.counters { (performance(entry, counters)) }
            (methods(index, entry))
            (client::lines(index.namespace(entry), entry))
            details {
                summary { "MOF" }
                pre.copy tabindex="0" { code { (Shown(&class.mof().to_string())) } }
            }
        }
    }
}

/// Returns the properties of a class that a reader should see at once.
fn badges(entry: &Entry<'_>) -> Vec<&'static str> {
    let qualifiers = entry.class.qualifiers;
    let mut badges = Vec::new();
    let mut add = |is: bool, badge| badges.extend(is.then_some(badge));
    add(entry.group == Group::Events, "event");
    add(entry.group == Group::Performance, "counters");
    add(is_writable(entry), "writable");
    add(!entry.class.methods.is_empty(), "methods");
    for (qualifier, badge) in [
        ("abstract", "abstract"),
        ("Static", "static"),
        ("HiPerf", "HiPerf"),
        ("Singleton", "singleton"),
        ("WmiExpense", "expensive"),
        ("Costly", "costly"),
    ] {
        add(qualifiers.flag(qualifier), badge);
    }
    badges
}

/// Returns whether a client can set an item of the class.
pub(super) fn is_writable(entry: &Entry<'_>) -> bool {
    let mut properties = entry.class.properties.iter();
    properties.any(|property| property.data_id().is_some() && property.qualifiers.flag("write"))
}

fn description(qualifiers: Qualifiers<'_>) -> Markup {
    html! {
        @if let Some(text) = qualifiers.text("Description").filter(|text| !text.is_empty()) {
            p.description { (Shown(text)) }
        }
    }
}

fn facts(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    let class = entry.class;
    let display = class.qualifiers.text("DisplayName");
    let several = index.namespaces().nth(1).is_some();
    html! {
        dl.facts {
            @if let Some(display) = display.filter(|display| *display != class.name) {
                div { dt { "Shown as" } dd { (Shown(display)) } }
            }
            @if several {
                div { dt { "Namespace" } dd { code { (Shown(index.namespace(entry))) } } }
            }
            @if let Some(guid) = class.guid() {
                div { dt { "GUID" } dd { code { (guid.to_string()) } } }
            }
            @if let Some(base) = class.superclass {
                div {
                    dt { "Base" }
                    dd {
                        @match index.class(entry, base) {
                            Some(base) => (link(base)),
                            None => code { (Shown(base)) },
                        }
                    }
                }
            }
            (references("Derived", &index.at(&entry.derived)))
            (references("Part of", &index.at(&entry.used_by)))
            @if entry.kind.is_registered() {
                div { dt { "Rights" } dd { (rights(entry)) } }
            }
        }
        @if let Some(guid) = class.guid() {
            details {
                summary { "GUID in C and in an INF" }
                pre.copy tabindex="0" { code { (guid_forms(class.name, guid)) } }
            }
        }
    }
}

fn references(what: &str, entries: &[&Entry<'_>]) -> Markup {
    html! {
        @if !entries.is_empty() {
            div {
                dt { (what) }
                dd {
                    @for (number, entry) in entries.iter().enumerate() {
                        @if number > 0 { ", " }
                        (link(entry))
                    }
                }
            }
        }
    }
}

/// The rights that a client needs, by their names in `wmistr.h`.
fn rights(entry: &Entry<'_>) -> Markup {
    let mut rights = Vec::new();
    if entry.group == Group::Events {
        rights.push("WMIGUID_NOTIFICATION");
    } else {
        rights.push("WMIGUID_QUERY");
    }
    if is_writable(entry) {
        rights.push("WMIGUID_SET");
    }
    if !entry.class.methods.is_empty() {
        rights.push("WMIGUID_EXECUTE");
    }
    html! {
        @for (number, right) in rights.iter().enumerate() {
            @if number > 0 { ", " }
            code { (right) }
        }
        "; administrators have them unless the INF says otherwise"
    }
}

fn guid_forms(class: &str, guid: Guid) -> Markup {
    let (data1, data2, data3, data4) = guid.to_fields();
    let bytes = data4.map(|byte| format!("{byte:#04x}")).join(", ");
    html! {
        "DEFINE_GUID(" (Shown(class)) "Guid, "
        (format!("{data1:#010x}, {data2:#06x}, {data3:#06x}, {bytes});\n"))
        (format!("WMIInterface = {{{guid}}}, 1, "))
        (Shown(class)) "_Security\n"
    }
}

fn findings(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    let findings = index.findings(entry);
    html! {
        @if !findings.is_empty() {
            ul.findings aria-label="Findings" {
                @for finding in findings {
                    li class=(severity(finding.severity())) {
                        strong { (finding.severity().to_string()) ": " }
                        @if let Some(member) = finding.member {
                            code { (Shown(member)) } ": "
                        }
                        (prose(&finding.message)) " [" (finding.rule.id()) "]"
                    }
                }
            }
        }
    }
}

/// A message, with what it quotes in backticks as code.
fn prose(message: &str) -> Markup {
    html! {
        @for (number, part) in message.split('`').enumerate() {
            @if number % 2 == 0 { (Shown(part)) } @else { code { (Shown(part)) } }
        }
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        _ => "warning",
    }
}

/// The data block: its picture and its items.
fn data(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    let class = entry.class;
    let others = class.properties.iter();
    let others: Vec<_> = others.filter(|item| item.data_id().is_none()).collect();
    html! {
        @match &entry.layout {
            Ok(block) if block.items.is_empty() && others.is_empty() => {}
            Ok(block) => {
                @if !block.items.is_empty() {
                    h4 { "Data block" }
                    (figure(&block_size(block), block, |item| entry.item(item.property.name)))
                }
                (items(index, entry, block, &others))
            }
            Err(why) => {
                h4 { "Items" }
                p.findings { strong { "No layout: " } (prose(&why.to_string())) }
                (bare_items(index, entry))
            }
        }
    }
}

fn block_size(block: &BlockLayout<'_>) -> String {
    match block.size {
        Some(1) => "1 byte".to_owned(),
        Some(size) => format!("{size} bytes"),
        None => "variable size".to_owned(),
    }
}

fn figure(
    caption: &str,
    block: &BlockLayout<'_>,
    anchor: impl Fn(&BlockItem<'_>) -> String,
) -> Markup {
    html! {
        figure {
            div.scroll tabindex="0" { (picture::inline("Layout", block, anchor)) }
            figcaption { (caption) ", aligned to " (block.align) }
        }
    }
}

fn items(
    index: &Index<'_>,
    entry: &Entry<'_>,
    block: &BlockLayout<'_>,
    others: &[&Property<'_>],
) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table.items {
                thead {
                    tr {
                        th scope="col" { "Item" }
                        th scope="col" { "Type" }
                        th scope="col" { "Access" }
                        th scope="col" { "Id" }
                        th scope="col" { "Offset" }
                        th scope="col" { "Size" }
                    }
                }
                tbody {
                    @for item in &block.items {
                        tr id=(entry.item(item.property.name))
                            data-name=(Shown(item.property.name)) {
                            th scope="row" { (about(item.property)) }
                            td.type { (typed(index, entry, item.property, &block.type_text(item))) }
                            td.access { (access(item.property)) }
                            td.number { (item.id) }
                            td.number { (in_words(item.offset)) }
                            td.number { (in_words(item.size())) }
                        }
                    }
                    @for item in others {
                        tr id=(entry.item(item.name)) data-name=(Shown(item.name)) {
                            th scope="row" { (about(item)) }
                            td.type { (typed(index, entry, item, item.type_name)) }
                            td.access { (access(item)) }
                            td.number { "–" } td.number { "–" } td.number { "–" }
                        }
                    }
                }
            }
        }
    }
}

/// The properties of a class without a layout.
fn bare_items(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table.items {
                thead {
                    tr {
                        th scope="col" { "Item" }
                        th scope="col" { "Type" }
                        th scope="col" { "Access" }
                    }
                }
                tbody {
                    @for item in entry.class.properties {
                        tr id=(entry.item(item.name)) data-name=(Shown(item.name)) {
                            th scope="row" { (about(item)) }
                            td.type { (typed(index, entry, item, item.type_name)) }
                            td.access { (access(item)) }
                        }
                    }
                }
            }
        }
    }
}

fn typed(index: &Index<'_>, entry: &Entry<'_>, item: &Property<'_>, text: &str) -> Markup {
    html! {
        @match index.embedded(entry, item) {
            Some(class) => a href={ "#" (class.anchor) } { code { (Shown(text)) } },
            None => code { (Shown(text)) },
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

/// The name of an item, and all that is known of its values.
fn about(item: &Property<'_>) -> Markup {
    let qualifiers = item.qualifiers;
    let shown = qualifiers.text("DisplayName");
    let mut notes = Vec::new();
    if let Some(units) = qualifiers.text("Units") {
        notes.push(format!("in {units}"));
    }
    if let Some(scale) = number(qualifiers, "WmiScale") {
        notes.push(format!("times 10 to the {scale}"));
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
        @if let Some(counter) = item.counter_type().and_then(CounterType::name) {
            " " code.counter-type { (counter) }
        }
        @if let Some(shown) = shown.filter(|shown| *shown != item.name) {
            " " span.shown { "“" (Shown(shown)) "”" }
        }
        @if !notes.is_empty() { p.notes { (Shown(&notes.join("; "))) } }
        (description(qualifiers))
        (named(item))
    }
}

fn number(qualifiers: Qualifiers<'_>, name: &str) -> Option<i64> {
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
                table.named {
                    thead { tr { th scope="col" { "Value" } th scope="col" { "Meaning" } } }
                    tbody {
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
                    }
                }
            }
        }
        @if !bits.is_empty() {
            details open[bits.len() <= FEW] {
                summary { (bits.len()) " bits" }
                table.named {
                    thead {
                        tr {
                            th scope="col" { "Bit" }
                            th scope="col" { "Mask" }
                            th scope="col" { "Meaning" }
                        }
                    }
                    tbody {
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
                    }
                }
            }
        }
    }
}

/// As many values as are shown without a click.
const FEW: usize = 8;

fn in_words(bytes: Option<usize>) -> String {
    bytes.map_or("varies".to_owned(), |bytes| bytes.to_string())
}

/// What PerfMon makes of the counters.
fn performance(entry: &Entry<'_>, counters: &ClassCounters<'_>) -> Markup {
    let shown = counters.counters().iter();
    let shown = shown.filter(|counter| !counter.counter_type.is_base());
    html! {
        h4 { "What PerfMon shows" }
        div.scroll tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { "Counter" }
                        th scope="col" { "Shows" }
                        th scope="col" { "Unit" }
                        th scope="col" { "Base" }
                        th scope="col" { "Samples" }
                        th scope="col" { "Graph scale" }
                    }
                }
                tbody {
                    @for counter in shown {
                        @let counter_type = counter.counter_type;
                        tr {
                            td {
                                a href={ "#" (entry.item(counter.property.name)) } {
                                    (Shown(counter.name()))
                                }
                            }
                            td { (counter_type.formula().in_words()) }
                            td { (counter_type.suffix().text()) }
                            td {
                                @match counter.base {
                                    Some(base) => a href={ "#" (entry.item(base.name)) } {
                                        (Shown(base.name))
                                    },
                                    None if counter.lacks_base() => strong { "missing" },
                                    None => "–",
                                }
                            }
                            td.number { @if counter_type.needs_two_samples() { "2" } @else { "1" } }
                            td.number { "10" sup { (counter.scale()) } }
                        }
                    }
                }
            }
        }
    }
}

fn methods(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    html! {
        @for method in entry.class.methods {
            section.method id=(entry.method(method.name)) data-name=(Shown(method.name)) {
                h4 {
                    (Shown(method.name))
                    @if let Some(id) = method.method_id() { " " span.badge { "id " (id) } }
                }
                (description(method.qualifiers))
                p.signature { code { (Shown(&signature(method))) } }
                @if !method.parameters.is_empty() {
                    div.scroll tabindex="0" {
                        table.items {
                            thead {
                                tr {
                                    th scope="col" { "Parameter" }
                                    th scope="col" { "Type" }
                                    th scope="col" { "Direction" }
                                }
                            }
                            tbody {
                                @for item in method.parameters {
                                    tr {
                                        th scope="row" { (about(item)) }
                                        td.type { (typed(index, entry, item, item.type_name)) }
                                        td.access { (direction(item)) }
                                    }
                                }
                            }
                        }
                    }
                }
                (parameter_blocks(index, entry, method))
            }
        }
    }
}

fn signature(method: &Method<'_>) -> String {
    let parameters = method
        .parameters
        .iter()
        .map(|item| format!("[{}] {} {}", direction(item), item.type_name, item.name));
    let parameters: Vec<_> = parameters.collect();
    let returns = method.returns.map_or("void", |(_, name)| name);
    format!("{returns} {}({})", method.name, parameters.join(", "))
}

fn direction(item: &Property<'_>) -> &'static str {
    match (item.is_input(), item.is_output()) {
        (true, true) => "in, out",
        (false, _) => "out",
        _ => "in",
    }
}

/// The layouts of the input and the output of a method.
fn parameter_blocks(index: &Index<'_>, entry: &Entry<'_>, method: &Method<'_>) -> Markup {
    let Some(classes) = index.classes(entry) else {
        return Markup::default();
    };
    let anchor = entry.method(method.name);
    html! {
        @for (caption, block) in [
            ("Input", BlockLayout::of_input(method, classes)),
            ("Output", BlockLayout::of_output(method, classes)),
        ] {
            @match block {
                Ok(block) if block.items.is_empty() => {}
                Ok(block) => {
                    (figure(&format!("{caption}: {}", block_size(&block)), &block, |_| anchor.clone()))
                }
                Err(why) => p.findings { strong { "No layout: " } (prose(&why.to_string())) },
            }
        }
    }
}
