//! The card of a class.

use maud::{Markup, html};
use wmi_core::Guid;
use wmi_core::schema::{Class, Method, Qualifiers};
use wmi_vocabulary::qualifier::PERF_DETAILS;

use super::firmware::ServedBy;
use super::index::{Entry, Group, Index};
use super::items::{self, direction, number};
use super::{client, description, in_bytes, link, mof, scrolled, table};
use crate::Severity;
use crate::cooking::ClassCounters;
use crate::header::{GuidNames, guid_names, is_written, structure_name};
use crate::html::Shown;
use crate::layout::{BlockItem, BlockLayout};
use crate::picture;

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
            (description(index, entry, class.qualifiers, |class| Some(class.qualifiers)))
            (facts(index, entry))
            (findings(index, entry))
            (data(index, entry))
            @if let Some(counters) = &entry.counters { (performance(entry, counters)) }
            (methods(index, entry))
            (client::lines(index, entry))
            details {
                summary { "MOF" }
                (mof::block(&class.mof().to_string()))
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
        ("Dynamic", "dynamic"),
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
            @let served = index.served().of_class(index, entry);
            @if let Some((count, why)) = instances(entry, &served) {
                div { dt { "Instances" } dd { (count) ", as " code { (why) } " says" } }
            }
            @for served in served {
                div { dt { "Firmware" } dd { (served) } }
            }
            @let names = c_names(entry);
            @if !names.is_empty() {
                div {
                    dt { "C header" }
                    dd {
                        @for (number, (what, name)) in names.iter().enumerate() {
                            @if number > 0 { ", " }
                            (what) " " code { (Shown(name)) }
                        }
                    }
                }
            }
            @if entry.kind.is_registered() {
                div { dt { "Rights" } dd { (rights(entry)) } }
            }
        }
        @if let Some(guid) = class.guid() {
            details {
                summary { "GUID in C and in the registry" }
                pre.copy tabindex="0" { code { (guid_forms(class, guid)) } }
            }
        }
    }
}

/// Returns the number of instances, if it is known, and what tells it.
fn instances(entry: &Entry<'_>, served: &[ServedBy<'_>]) -> Option<(usize, &'static str)> {
    if !served.is_empty() {
        let counts = served.iter().map(|it| usize::from(it.instances()));
        return Some((counts.sum(), "_WDG"));
    }
    let is_one = entry.kind.has_instances() && entry.class.qualifiers.flag("Singleton");
    is_one.then_some((1, "Singleton"))
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

/// Returns the names of a class in the C header, with what they are of.
fn c_names(entry: &Entry<'_>) -> Vec<(&'static str, String)> {
    let class = entry.class;
    let mut names = Vec::new();
    if !is_written(class) {
        return names;
    }
    // A class without items has no structure.
    if entry
        .layout
        .as_ref()
        .map_or(true, |block| !block.items.is_empty())
    {
        names.push(("structure", structure_name(class).to_owned()));
    }
    if class.guid().is_some() {
        let GuidNames {
            initialiser,
            symbol,
        } = guid_names(class);
        names.extend([("GUID", symbol), ("initialiser", initialiser)]);
    }
    names
}

/// The rights that a client needs for each use, by their names in `wmistr.h`.
fn rights(entry: &Entry<'_>) -> Markup {
    let is_event = entry.group == Group::Events;
    let uses = [
        (is_event, "WMIGUID_NOTIFICATION", "to receive events"),
        (!is_event, "WMIGUID_QUERY", "to query"),
        (is_writable(entry), "WMIGUID_SET", "to set"),
        (
            !entry.class.methods.is_empty(),
            "WMIGUID_EXECUTE",
            "to call methods",
        ),
    ];
    html! {
        @for (number, (_, right, purpose)) in uses.iter().filter(|(is, ..)| *is).enumerate() {
            @if number > 0 { ", " }
            code { (right) } " " (purpose)
        }
        "; administrators have them unless the INF says otherwise"
    }
}

/// The GUID as the C header defines it, and as the registry names the class's security descriptor.
/// Source: `REGSTR_PATH_WMI_SECURITY` of `regstr.h`; the INF of Microsoft's sample MSDSM.
fn guid_forms(class: &Class<'_>, guid: Guid) -> Markup {
    let (data1, data2, data3, data4) = guid.to_fields();
    let bytes = data4.map(|byte| format!("{byte:#04x}")).join(", ");
    html! {
        "DEFINE_GUID(" (Shown(&guid_names(class).symbol)) ", "
        (format!("{data1:#010x}, {data2:#06x}, {data3:#06x}, {bytes});\n"))
        (format!("HKLM\\SYSTEM\\CurrentControlSet\\Control\\WMI\\Security, value {guid}\n"))
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
pub(super) fn prose(message: &str) -> Markup {
    html! {
        @for (number, part) in message.split('`').enumerate() {
            @if number % 2 == 0 { (Shown(part)) } @else { code { (Shown(part)) } }
        }
    }
}

pub(super) const fn severity(severity: Severity) -> &'static str {
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
                (items::of_block(index, entry, block, &others))
            }
            Err(why) => {
                h4 { "Items" }
                p.findings { strong { "No layout: " } (prose(&why.to_string())) }
                (items::without_block(index, entry))
            }
        }
    }
}

fn block_size(block: &BlockLayout<'_>) -> String {
    match block.size {
        Some(size) => in_bytes(size),
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
            (scrolled(&picture::inline("Layout", block, anchor)))
            figcaption {
                (caption) ", aligned to " (block.align)
                @let padding = padding(block);
                @if padding > 0 { ", with " (in_bytes(padding)) " of padding" }
            }
        }
    }
}

/// Returns the number of bytes between the items of a block, as far as their offsets are constant.
fn padding(block: &BlockLayout<'_>) -> usize {
    let ends = block
        .items
        .iter()
        .map(|item| item.offset?.checked_add(item.size()?));
    let starts = block.items.iter().skip(1).map(|item| item.offset);
    let gaps = ends.zip(starts);
    let gaps = gaps.map(|(end, start)| start?.checked_sub(end?));
    gaps.flatten().sum()
}

/// What PerfMon makes of the counters.
fn performance(entry: &Entry<'_>, counters: &ClassCounters<'_>) -> Markup {
    let shown = counters.counters().iter();
    let shown = shown.filter(|counter| !counter.counter_type.is_base());
    let columns = [
        "Counter",
        "Shows",
        "Unit",
        "Base",
        "Samples",
        "Graph scale",
        "Detail",
    ];
    let paths = client::counter_paths(entry.class, counters);
    html! {
        h4 { "What PerfMon shows" }
        (scrolled(&table("", &columns, html! {
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
                    td { (detail(entry, counter.property.qualifiers)) }
                }
            }
        })))
        @if !paths.is_empty() {
            details {
                summary { "Paths of the counters" }
                pre.copy tabindex="0" { code { (Shown(&paths.join("\n"))) } }
            }
        }
    }
}

/// The level of users to whom PerfMon shows a counter. Source: "PerfDetail" in the WMI documentation.
fn detail(entry: &Entry<'_>, counter: Qualifiers<'_>) -> String {
    let detail = |qualifiers| number(qualifiers, "PerfDetail");
    let Some(level) = detail(counter).or_else(|| detail(entry.class.qualifiers)) else {
        return "–".to_owned();
    };
    let known = PERF_DETAILS.iter().find(|(known, _)| *known == level);
    known.map_or_else(|| level.to_string(), |(_, name)| (*name).to_owned())
}

fn methods(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    html! {
        @for method in entry.class.methods {
            section.method id=(entry.method(method.name)) data-name=(Shown(method.name)) {
                h4 {
                    (Shown(method.name))
                    @if let Some(id) = method.method_id() { " " span.badge { "id " (id) } }
                }
                (description(index, entry, method.qualifiers, |class| {
                    let mut methods = class.methods.iter();
                    let method = methods.find(|it| it.name.eq_ignore_ascii_case(method.name))?;
                    Some(method.qualifiers)
                }))
                p.signature { code { (Shown(&signature(method))) } }
                (parameters(index, entry, method))
            }
        }
    }
}

fn signature(method: &Method<'_>) -> String {
    let parameters = method.parameters.iter();
    let parameters =
        parameters.map(|it| format!("[{}] {} {}", direction(it), it.type_name, it.name));
    let parameters: Vec<_> = parameters.collect();
    let returns = method.returns.map_or("void", |(_, name)| name);
    format!("{returns} {}({})", method.name, parameters.join(", "))
}

/// The parameters of a method, and the layouts of its input and output.
fn parameters(index: &Index<'_>, entry: &Entry<'_>, method: &Method<'_>) -> Markup {
    let Some(classes) = index.classes(entry) else {
        return Markup::default();
    };
    let blocks = [
        ("Input", BlockLayout::of_input(method, classes)),
        ("Output", BlockLayout::of_output(method, classes)),
    ];
    let known = blocks.each_ref().map(|(_, block)| block.as_ref().ok());
    let anchor = entry.method(method.name);
    html! {
        @if !method.parameters.is_empty() {
            (items::parameters(index, entry, method, known))
        }
        @for (caption, block) in &blocks {
            @match block {
                Ok(block) if block.items.is_empty() => {}
                Ok(block) => {
                    (figure(&format!("{caption}: {}", block_size(block)), block, |_| anchor.clone()))
                }
                Err(why) => p.findings { strong { "No layout: " } (prose(&why.to_string())) },
            }
        }
    }
}
