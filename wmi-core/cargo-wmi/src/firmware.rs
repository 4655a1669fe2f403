//! `cargo wmi firmware`: the WMI devices of ACPI tables beside their classes.

use core::fmt::Write;

use clap::Args;
use serde::Serialize;
use wmi_tools::firmware::{
    self, FirmwareFinding, FirmwareMof, MappedEntry, Report, ServingObject, WmiDevice,
};
use wmi_tools::{Arena, Classes, Severity, bmf};

use crate::failure::{Failure, Result};
use crate::input::{self, counted};
use crate::output::Output;
use crate::place::Place;
use crate::style::{ERROR, FAINT, HEADING, WARNING, printable};

const EXAMPLES: &str = "\
Examples:
  cargo wmi firmware /sys/firmware/acpi/tables/SSDT1
  cat /sys/firmware/acpi/tables/[DS]SDT* | cargo wmi firmware -
  acpidump | cargo wmi firmware -
  cargo wmi firmware ssdt1.dsl
  cargo wmi firmware /sys/bus/wmi/devices
  cargo wmi firmware dsdt.dat --json | jq '.devices[].entries[].guid'";

/// Show the WMI devices of firmware: the entries of `_WDG` beside the classes
///
/// For each entry: its GUID, the objects that serve it, its class in the binary MOF with the methods,
/// and what is wrong. An object that is missing has a `!` before its name. The tables are given as they
/// are in `/sys/firmware/acpi/tables`, one after another, or as text: the output of `acpidump`, a listing
/// of `iasl -d`, ASL, a hex dump, a C array.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Firmware {
    /// Tables or their listing, or the folder `/sys/bus/wmi/devices`; `-` for standard input
    #[arg(value_name = "IN")]
    place: Place,
    #[command(flatten)]
    output: Output,
    /// Write JSON for scripts
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    tables: Vec<Table<'a>>,
    devices: Vec<Device<'a>>,
    binary_mofs: Vec<Mof<'a>>,
    /// The classes with a GUID and without an entry.
    without_entry: Vec<&'a str>,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Table<'a> {
    signature: &'a str,
    oem_id: &'a str,
    oem_table_id: &'a str,
}

#[derive(Serialize)]
struct Device<'a> {
    path: &'a str,
    uid: Option<&'a str>,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    guid: String,
    kind: &'static str,
    flags: String,
    instances: u8,
    notify_code: Option<u8>,
    objects: Vec<Object>,
    class: Option<&'a str>,
    #[serde(skip)]
    is_binary_mof: bool,
    methods: Vec<Method<'a>>,
}

/// An object that serves an entry, or must.
#[derive(Serialize)]
struct Object {
    name: String,
    exists: bool,
}

#[derive(Serialize)]
struct Method<'a> {
    id: Option<u32>,
    name: &'a str,
}

#[derive(Serialize)]
struct Mof<'a> {
    path: &'a str,
    size: usize,
    classes: Option<usize>,
    /// Why it cannot be read.
    damage: Option<String>,
}

#[derive(Serialize)]
struct Found<'a> {
    rule: &'static str,
    severity: String,
    place: &'a str,
    entry: Option<usize>,
    message: &'a str,
}

impl Firmware {
    pub(crate) fn run(self) -> Result {
        self.output
            .differs_from(core::slice::from_ref(&self.place))?;
        let folder = self.place.file().filter(|path| path.is_dir());
        let bytes;
        let firmware = match folder {
            Some(folder) => firmware::Firmware::read_sysfs(folder)
                .map_err(|why| Failure::File(self.place.clone(), why))?,
            None => {
                bytes = input::bytes(&self.place)?;
                firmware::Firmware::read(&bytes).map_err(|why| Failure::input(&self.place, why))?
            }
        };
        if firmware.devices.is_empty() && firmware.binary_mofs.is_empty() {
            return Err(Failure::input(
                &self.place,
                "this folder has no WMI devices; name `/sys/bus/wmi/devices` or a copy of it, or pass \
                 tables by `cat FOLDER/* | cargo wmi firmware -`",
            ));
        }
        let arena = Arena::new();
        let decoded = firmware.binary_mofs.iter();
        let decoded: Vec<_> = decoded.map(|mof| bmf::decode(&arena, &mof.bytes)).collect();
        let mofs: Vec<_> = decoded.iter().flatten().map(Classes::from).collect();
        let report = Report::new(&firmware, &mofs);
        let mofs = firmware.binary_mofs.iter().zip(&decoded);
        let shown = Shown {
            tables: firmware
                .tables
                .iter()
                .map(|table| Table {
                    signature: &table.signature,
                    oem_id: &table.oem_id,
                    oem_table_id: &table.oem_table_id,
                })
                .collect(),
            devices: firmware
                .devices
                .iter()
                .map(|device| Device::new(device, &report))
                .collect(),
            binary_mofs: mofs.map(|(mof, decoded)| Mof::new(mof, decoded)).collect(),
            without_entry: report
                .without_entry
                .iter()
                .map(|class| class.name)
                .collect(),
            findings: report.findings.iter().map(Found::new).collect(),
        };
        if self.json {
            self.output.json(&shown)
        } else {
            self.output.styled(&shown.text())
        }
    }
}

impl<'a> Device<'a> {
    fn new(device: &'a WmiDevice<'_>, report: &Report<'a>) -> Self {
        let entries = report.entries(device).into_iter();
        Self {
            path: &device.path,
            uid: device.uid.as_deref(),
            entries: entries.map(Entry::new).collect(),
        }
    }
}

impl<'a> Entry<'a> {
    fn new(row: MappedEntry<'a>) -> Self {
        let MappedEntry {
            entry,
            objects,
            class,
            ..
        } = row;
        let objects = objects.into_iter();
        let methods = class.map_or(&[][..], |class| class.methods);
        Self {
            guid: entry.guid.to_string(),
            kind: entry.kind().word(),
            flags: entry.flags.to_string(),
            instances: entry.instances,
            notify_code: entry.notify_code(),
            objects: objects
                .map(|ServingObject { name, exists, .. }| Object { name, exists })
                .collect(),
            class: class.map(|class| class.name),
            is_binary_mof: entry.is_binary_mof(),
            methods: methods
                .iter()
                .map(|method| Method {
                    id: method.method_id(),
                    name: method.name,
                })
                .collect(),
        }
    }

    fn cells(&self, number: usize) -> [String; 7] {
        let objects = self.objects.iter().map(|object| {
            let missing = if object.exists { "" } else { "!" };
            format!("{missing}{}", object.name)
        });
        let methods = self.methods.iter().map(|method| match method.id {
            Some(id) => format!("{id} {}", method.name),
            None => method.name.to_owned(),
        });
        let methods: Vec<_> = methods.collect();
        let class = match self.class {
            Some(class) if methods.is_empty() => class.to_owned(),
            Some(class) => format!("{class}: {}", methods.join(", ")),
            None if self.is_binary_mof => "the binary MOF".to_owned(),
            None => "none".to_owned(),
        };
        [
            number.to_string(),
            self.guid.clone(),
            self.kind.to_owned(),
            self.flags.clone(),
            self.instances.to_string(),
            objects.collect::<Vec<_>>().join(" "),
            class,
        ]
    }
}

impl<'a> Mof<'a> {
    fn new(
        mof: &'a FirmwareMof<'_>,
        decoded: &core::result::Result<wmi_core::schema::File<'_>, bmf::BmfDecodeError>,
    ) -> Self {
        Self {
            path: &mof.path,
            size: mof.bytes.len(),
            classes: decoded.as_ref().ok().map(|file| file.classes().count()),
            damage: decoded.as_ref().err().map(ToString::to_string),
        }
    }
}

impl<'a> Found<'a> {
    fn new(finding: &'a FirmwareFinding) -> Self {
        Self {
            rule: finding.rule.id(),
            severity: finding.rule.severity().to_string(),
            place: &finding.place,
            entry: finding.entry,
            message: &finding.message,
        }
    }
}

const HEADS: [&str; 7] = ["#", "GUID", "kind", "flags", "count", "objects", "class"];

impl Shown<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        for table in &self.tables {
            let line = format!(
                "{} {} {}",
                table.signature, table.oem_id, table.oem_table_id
            );
            let _ = writeln!(text, "{FAINT}{}{FAINT:#}", printable(line.trim()));
        }
        for mof in &self.binary_mofs {
            let what = match (&mof.classes, &mof.damage) {
                (Some(classes), _) => counted(*classes, "class", "classes"),
                (None, Some(why)) => format!("damaged {why}"),
                (None, None) => String::new(),
            };
            let line = format!("{}: binary MOF, {what}", mof.path);
            let _ = writeln!(text, "{}", printable(&line));
        }
        for device in &self.devices {
            let uid = device.uid.map(|uid| format!(", _UID {uid}"));
            let _ = writeln!(
                text,
                "\n{HEADING}{}{HEADING:#}{FAINT}{}{FAINT:#}",
                printable(device.path),
                printable(&uid.unwrap_or_default())
            );
            table(&mut text, &device.entries);
        }
        if !self.findings.is_empty() {
            text.push('\n');
        }
        for found in &self.findings {
            let style = match found.severity == Severity::Error.to_string() {
                true => ERROR,
                false => WARNING,
            };
            let entry = found.entry.map(|entry| format!(" entry {entry}"));
            let _ = writeln!(
                text,
                "{style}{}{style:#}: {}{}: {} [{}]",
                found.severity,
                printable(found.place),
                entry.unwrap_or_default(),
                printable(found.message),
                found.rule
            );
        }
        text
    }
}

/// Writes the entries of a device in columns.
fn table(text: &mut String, entries: &[Entry<'_>]) {
    let rows: Vec<_> = entries
        .iter()
        .enumerate()
        .map(|(number, entry)| entry.cells(number))
        .collect();
    let heads = HEADS.map(ToOwned::to_owned);
    let lines = || core::iter::once(&heads).chain(&rows);
    let widths: [usize; 7] = core::array::from_fn(|column| {
        let cells = lines().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    for (number, row) in lines().enumerate() {
        let cells = row.iter().zip(widths);
        let cells = cells.map(|(cell, width)| format!("{:width$}", printable(cell)));
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        let _ = match number {
            0 => writeln!(text, "  {FAINT}{line}{FAINT:#}"),
            _ => writeln!(text, "  {line}"),
        };
    }
}
