//! The firmware that serves the classes. [`Report`] owns which objects serve which class, and what is
//! wrong.

use std::collections::BTreeMap;

use maud::{Markup, Render, html};
use wmi_core::Guid;

use super::class::{prose, severity};
use super::index::{Entry, Index};
use super::{link, scrolled, table};
use crate::Classes;
use crate::Severity;
use crate::firmware::{Firmware, FirmwareFinding, MappedEntry, Report, WdgKind, WmiDevice};
use crate::html::{Shown, anchor};

/// The devices of some firmware with their entries.
#[derive(Default)]
pub(super) struct Served<'a> {
    devices: Vec<(&'a WmiDevice<'a>, Vec<MappedEntry<'a>>)>,
    /// The places of the entries of each GUID: of the device, and within that.
    by_guid: BTreeMap<[u8; 16], Vec<(usize, usize)>>,
    findings: Vec<FirmwareFinding>,
}

impl<'a> Served<'a> {
    pub(super) fn new(firmware: &'a Firmware<'a>, classes: &Classes<'a>) -> Self {
        let report = Report::new(firmware, core::slice::from_ref(classes));
        let devices = firmware.devices.iter();
        let devices: Vec<_> = devices
            .map(|device| (device, report.entries(device)))
            .collect();
        let mut by_guid: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (place, (_, rows)) in devices.iter().enumerate() {
            for (number, row) in rows.iter().enumerate() {
                let of_guid = by_guid.entry(row.entry.guid.to_bytes());
                of_guid.or_default().push((place, number));
            }
        }
        Self {
            devices,
            by_guid,
            findings: report.findings,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// Returns the severities of all findings of the firmware.
    pub(super) fn severities(&self) -> impl Iterator<Item = Severity> {
        let findings = self.findings.iter();
        findings.map(|finding| finding.rule.severity())
    }

    /// Returns the entries that serve a class, each with its device and its number. Of several classes
    /// with one GUID, they serve the first.
    pub(super) fn of_class(&self, index: &Index<'_>, class: &Entry<'_>) -> Vec<ServedBy<'_>> {
        let guid = class.class.guid();
        let is_first = |guid: &Guid| {
            let first = index.with_guid(*guid);
            first.is_some_and(|first| first.anchor == class.anchor)
        };
        let places = guid.filter(is_first).map(Guid::to_bytes);
        let places = places.and_then(|guid| self.by_guid.get(&guid));
        let served = places.into_iter().flatten().filter_map(|(place, number)| {
            let (device, rows) = self.devices.get(*place)?;
            Some(ServedBy {
                device,
                number: *number,
                row: rows.get(*number)?,
            })
        });
        served.collect()
    }
}

/// An entry that serves a class.
pub(super) struct ServedBy<'s> {
    device: &'s WmiDevice<'s>,
    number: usize,
    row: &'s MappedEntry<'s>,
}

impl ServedBy<'_> {
    pub(super) const fn instances(&self) -> u8 {
        self.row.entry.instances
    }
}

/// Names what serves a class: `WQAA, WSAA: entry 1 of \_SB.WMI1`.
impl Render for ServedBy<'_> {
    fn render(&self) -> Markup {
        let Self {
            device,
            number,
            row,
        } = self;
        html! {
            (objects(row)) ": " a href={ "#" (id(device)) } {
                "entry " (number) " of " (Shown(&device.path))
            }
            @if let Some(code) = row.entry.notify_code() {
                ", notify code " code { (format!("{code:#04x}")) }
            }
        }
    }
}

fn id(device: &WmiDevice<'_>) -> String {
    format!("~firmware.{}", anchor(&device.path))
}

/// The objects that serve an entry.
fn objects(row: &MappedEntry<'_>) -> Markup {
    html! {
        @for (number, object) in row.objects.iter().enumerate() {
            @if number > 0 { ", " }
            code { (object.name) }
            @if !object.exists { " " strong.missing { "missing" } }
        }
    }
}

pub(super) fn section(index: &Index<'_>) -> Markup {
    let served = index.served();
    html! {
        @if !served.is_empty() {
            section.group id="~firmware" {
                h2 { "Firmware" }
                p.about {
                    "The entries of " code { "_WDG" } ": the ACPI objects of a device that serve each GUID. "
                    code { "WQ" } " queries a data block, " code { "WS" } " sets it, " code { "WC" }
                    " switches its collection on and off; " code { "WM" } " runs methods; " code { "WE" }
                    " switches an event on and off, and " code { "_WED" } " returns its data."
                }
                @for (device, rows) in &served.devices {
                    h3 id=(id(device)) {
                        (Shown(&device.path))
                        @if let Some(uid) = &device.uid { " " span.badge { "_UID " (Shown(uid)) } }
                    }
                    @if !rows.is_empty() { (entries(index, rows)) }
                }
                (findings(&served.findings))
            }
        }
    }
}

fn entries(index: &Index<'_>, rows: &[MappedEntry<'_>]) -> Markup {
    let columns = [
        "Entry",
        "Class and GUID",
        "Kind",
        "Instances",
        "Objects",
        "Notify code",
    ];
    scrolled(&table(
        "codes",
        &columns,
        html! {
            @for (number, row) in rows.iter().enumerate() {
                @let entry = row.entry;
                @let flags = entry.flags.to_string();
                tr {
                    th scope="row" { (number) }
                    td { (class(index, row)) p.notes { code { (entry.guid.to_string()) } } }
                    td {
                        (entry.kind().word())
                        // The flag of the kind says the same.
                        @if !flags.is_empty() && flags != entry.kind().word() {
                            p.notes { (flags) }
                        }
                    }
                    td.number { (entry.instances) }
                    td { (objects(row)) }
                    td.number {
                        @match entry.notify_code() {
                            Some(code) => (format!("{code:#04x}")),
                            None => "–",
                        }
                    }
                }
            }
        },
    ))
}

/// The class of an entry, with the methods that its object runs.
fn class(index: &Index<'_>, row: &MappedEntry<'_>) -> Markup {
    let entry = row.entry;
    let Some(class) = index.with_guid(entry.guid) else {
        return match entry.is_binary_mof() {
            true => html! { "the binary MOF" },
            false => html! { "none" },
        };
    };
    html! {
        (link(class))
        @if entry.kind() == WdgKind::Method {
            @for method in class.class.methods {
                p.notes {
                    @if let Some(id) = method.method_id() { (id) " " }
                    a href={ "#" (class.method(method.name)) } { (Shown(method.name)) }
                }
            }
        }
    }
}

fn findings(findings: &[FirmwareFinding]) -> Markup {
    html! {
        @if !findings.is_empty() {
            ul.findings aria-label="Findings of the firmware" {
                @for finding in findings {
                    li class=(severity(finding.rule.severity())) {
                        strong { (finding.rule.severity().to_string()) ": " }
                        (Shown(&finding.place))
                        @if let Some(entry) = finding.entry { " entry " (entry) }
                        ": " (prose(&finding.message)) " [" (finding.rule.id()) "]"
                    }
                }
            }
        }
    }
}
