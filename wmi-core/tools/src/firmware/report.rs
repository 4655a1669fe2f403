//! The entries of firmware beside the classes of its binary MOFs, and what is wrong.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use wmi_core::Guid;
use wmi_core::schema::{CimType, Class};
use wmi_vocabulary::sample_guid;

use super::{AcpiValue, Firmware, WdgEntry, WdgFlags, WdgKind, WmiDevice};
use crate::Classes;
use crate::Severity;
use crate::classes::items;
use crate::identified::identified;
use crate::kind::Uses;

macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident, $docs:literal;)*) => {
        identified! {
            /// A rule that firmware breaks.
            FirmwareRule { $(#[doc = $docs] $name = $id,)* }
        }

        impl FirmwareRule {
            /// Returns the severity.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }
        }
    };
}

rules! {
    TableSum = "table-sum", Warning, "The bytes of a table do not add up to zero.";
    MethodWdg = "method-wdg", Warning, "`_WDG` is a method, whose result can differ from what is shown.";
    NoEntries = "no-entries", Error, "`_WDG` has no entry.";
    ExcessBytes = "excess-bytes", Error, "`_WDG` is longer than its entries of 20 bytes.";
    NotMapper = "not-mapper", Error, "A device with a `_WDG` is not a `PNP0C14`, so the mapper ignores it.";
    SharedUid = "shared-uid", Error, "Two mapper devices have the same `_UID`.";
    UnknownFlags = "unknown-flags", Warning, "An entry has flags that are not defined.";
    TwoKinds = "two-kinds", Error, "The flags of an entry say that it has methods and is an event.";
    ObjectId = "object-id", Error, "The object id of an entry cannot be the end of a name.";
    NotifyCode = "notify-code", Warning, "The notify code of an event is below 0x80, which ACPI uses itself.";
    SharedObject = "shared-object", Error, "Two entries are served by one object.";
    SharedId = "shared-id", Warning, "Two entries have the same object id, for different objects.";
    MissingObject = "missing-object", Error, "An object that must serve an entry is not there.";
    Arguments = "arguments", Error, "An object has another number of arguments than WMI passes.";
    DuplicateGuid = "duplicate-guid", Error, "Two entries of a device have the same GUID.";
    SharedGuid = "shared-guid", Warning, "Entries of two devices have the same GUID, so clients see the instances of both as one class.";
    SampleGuid = "sample-guid", Warning, "The GUID was copied from a published sample, so other vendors have it too.";
    NoEntry = "no-entry", Warning, "A class with a GUID has no entry, so nobody serves it.";
    Kind = "kind", Error, "The flags of an entry do not fit its class.";
    StringBlock = "string-block", Error, "A string block has another layout than one string.";
    Writable = "writable", Warning, "The class and the object `WSxx` disagree whether clients can set the block.";
    EventData = "event-data", Warning, "An event has items, and the device has no `_WED` that returns them.";
}

/// What is wrong in firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FirmwareFinding {
    /// The rule.
    pub rule: FirmwareRule,
    /// The path of the device, the table, or the class.
    pub place: String,
    /// The number of the entry, from 0.
    pub entry: Option<usize>,
    /// The fault, and the remedy.
    pub message: String,
}

impl fmt::Display for FirmwareFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule.severity(), self.place)?;
        if let Some(entry) = self.entry {
            write!(f, " entry {entry}")?;
        }
        write!(f, ": {} [{}]", self.message, self.rule)
    }
}

/// The classes of a firmware's GUIDs, and its findings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// The class of each GUID; of several, the first.
    classes: BTreeMap<[u8; 16], &'a Class<'a>>,
    /// The classes with a GUID and without an entry.
    pub without_entry: Vec<&'a Class<'a>>,
    /// The findings, by device.
    pub findings: Vec<FirmwareFinding>,
}

/// The class of an entry: what is compared with its flags.
#[derive(Clone, Copy, Debug)]
struct Facts {
    is_event: bool,
    has_methods: bool,
    has_items: bool,
    is_string: bool,
    is_writable: bool,
}

/// Finds faults.
struct Finder<'r> {
    findings: Vec<FirmwareFinding>,
    facts: &'r BTreeMap<[u8; 16], Facts>,
}

impl<'a> Report<'a> {
    /// Compares firmware with the classes of each of its binary MOFs, or of a MOF that is meant for it.
    #[must_use]
    pub fn new(firmware: &Firmware<'_>, mofs: &[Classes<'a>]) -> Self {
        let mut classes = BTreeMap::new();
        let mut facts = BTreeMap::new();
        let mut order = Vec::new();
        for mof in mofs {
            for (_, classes_of) in mof.by_namespace() {
                let uses = Uses::new(&classes_of);
                for class in classes_of.iter() {
                    let Some(guid) = class.guid().map(Guid::to_bytes) else {
                        continue;
                    };
                    if classes.contains_key(&guid) {
                        continue;
                    }
                    classes.insert(guid, class);
                    order.push((guid, class));
                    let of_kind = uses.facts(class, &classes_of);
                    let items = items(class);
                    facts.insert(
                        guid,
                        Facts {
                            is_event: of_kind.is_event,
                            has_methods: of_kind.has_methods,
                            has_items: of_kind.has_items,
                            is_string: matches!(&*items, [(_, item)] if item.cim_type == CimType::String),
                            is_writable: items.iter().any(|(_, item)| item.qualifiers.flag("write")),
                        },
                    );
                }
            }
        }
        let mut finder = Finder {
            findings: Vec::new(),
            facts: &facts,
        };
        finder.firmware(firmware);
        let entries = firmware.devices.iter().flat_map(|device| &device.entries);
        let served: BTreeSet<_> = entries.map(|entry| entry.guid.to_bytes()).collect();
        let without_entry = order.into_iter().filter(|(guid, _)| !served.contains(guid));
        let without_entry: Vec<_> = without_entry.map(|(_, class)| class).collect();
        if !served.is_empty() {
            for class in &without_entry {
                let message =
                    "no entry has its GUID, so nobody serves it; add one, or remove the class";
                finder.add(FirmwareRule::NoEntry, class.name, None, message.to_owned());
            }
        }
        Self {
            findings: finder.findings,
            classes,
            without_entry,
        }
    }

    /// Returns the class of a GUID.
    #[must_use]
    pub fn class(&self, guid: Guid) -> Option<&'a Class<'a>> {
        self.classes.get(&guid.to_bytes()).copied()
    }
}

impl Finder<'_> {
    fn add(&mut self, rule: FirmwareRule, place: &str, entry: Option<usize>, message: String) {
        self.findings.push(FirmwareFinding {
            rule,
            place: place.to_owned(),
            entry,
            message,
        });
    }

    fn firmware(&mut self, firmware: &Firmware<'_>) {
        for table in firmware.tables.iter().filter(|table| !table.is_sum_right) {
            let place = format!("{} {}", table.signature, table.oem_table_id);
            let message = "its bytes do not add up to zero; it was changed or cut off".to_owned();
            self.add(FirmwareRule::TableSum, &place, None, message);
        }
        let mut uids = BTreeMap::new();
        let mut guids = BTreeMap::new();
        for device in &firmware.devices {
            if let (Some(uid), Some(true)) = (&device.uid, device.is_mapper) {
                if let Some(other) = uids.insert(uid.as_str(), device.path.as_str()) {
                    let message = format!(
                        "its `_UID` {uid} is also that of {other}; give each device its own"
                    );
                    self.add(FirmwareRule::SharedUid, &device.path, None, message);
                }
            }
            self.device(device, &mut guids);
        }
    }

    fn device<'d>(
        &mut self,
        device: &'d WmiDevice<'_>,
        guids: &mut BTreeMap<[u8; 16], (&'d str, usize)>,
    ) {
        let place = device.path.as_str();
        if device.is_method {
            let message =
                "`_WDG` is a method; the entries are those of its first buffer".to_owned();
            self.add(FirmwareRule::MethodWdg, place, None, message);
        }
        if device.entries.is_empty() {
            let message = "`_WDG` has no entry; list 20 bytes for each GUID".to_owned();
            self.add(FirmwareRule::NoEntries, place, None, message);
        } else if device.excess > 0 {
            let bytes = match device.excess {
                1 => "1 byte".to_owned(),
                several => format!("{several} bytes"),
            };
            let message = format!("`_WDG` has {bytes} after its last entry; each entry has 20");
            self.add(FirmwareRule::ExcessBytes, place, None, message);
        }
        if device.is_mapper == Some(false) {
            let message =
                "its `_HID` is not `PNP0C14`, so the mapper ignores its `_WDG`".to_owned();
            self.add(FirmwareRule::NotMapper, place, None, message);
        }
        let mut objects = BTreeMap::new();
        let mut ids = BTreeMap::new();
        for (number, entry) in device.entries.iter().enumerate() {
            let first = guids.insert(entry.guid.to_bytes(), (place, number));
            // Each device may have a binary MOF of its own.
            if let Some((other, index)) = first.filter(|_| !entry.is_binary_mof()) {
                let (rule, remedy) = match other == place {
                    true => (FirmwareRule::DuplicateGuid, "make a fresh one"),
                    false => (
                        FirmwareRule::SharedGuid,
                        "make a fresh one unless both serve the same class",
                    ),
                };
                let message = format!(
                    "the GUID {} is also that of {other} entry {index}; {remedy}",
                    entry.guid
                );
                self.add(rule, place, Some(number), message);
            }
            let names = entry.required_objects();
            if let Some(name) = names.into_iter().next() {
                let other = objects.insert(name.clone(), number);
                let other_id = match entry.kind() {
                    WdgKind::Event => None,
                    _ => ids.insert(entry.id, number),
                };
                if let Some(other) = other {
                    let message = format!("`{name}` also serves entry {other}; use another id");
                    self.add(FirmwareRule::SharedObject, place, Some(number), message);
                } else if let Some(other) = other_id {
                    let message = format!(
                        "the object id {} is also that of entry {other}; give each its own",
                        entry.object_id()
                    );
                    self.add(FirmwareRule::SharedId, place, Some(number), message);
                }
            }
            self.entry(device, number, entry);
        }
    }

    fn entry(&mut self, device: &WmiDevice<'_>, number: usize, entry: &WdgEntry) {
        let place = device.path.as_str();
        let mut add = |rule, message: String| self.add(rule, place, Some(number), message);
        let unknown = entry.flags.0 & !WdgFlags::ALL.0;
        if unknown != 0 {
            add(
                FirmwareRule::UnknownFlags,
                format!("the flags {unknown:#04x} are not defined; clear them"),
            );
        }
        if entry
            .flags
            .contains(WdgFlags(WdgFlags::METHOD.0 | WdgFlags::EVENT.0))
        {
            add(
                FirmwareRule::TwoKinds,
                "the flags say both `method` and `event`; clear one".to_owned(),
            );
        }
        if let Some(origin) = sample_guid::origin(entry.guid) {
            add(
                FirmwareRule::SampleGuid,
                format!("the GUID is that of {origin}; make a fresh one with `cargo wmi guid`"),
            );
        }
        match entry.notify_code() {
            Some(code) if code < 0x80 => add(
                FirmwareRule::NotifyCode,
                format!("the notify code {code:#04x} is one of ACPI's own; use 0x80 or above"),
            ),
            None if entry.object_id().contains('?') => add(
                FirmwareRule::ObjectId,
                format!(
                    "the object id {:#04x} {:#04x} cannot end a name; use two of A to Z, 0 to 9 and _",
                    entry.id[0], entry.id[1]
                ),
            ),
            _ => self.objects(device, number, entry),
        }
        self.class(device, number, entry);
    }

    /// Checks that the objects of an entry are there and take what WMI passes.
    fn objects(&mut self, device: &WmiDevice<'_>, number: usize, entry: &WdgEntry) {
        if device.objects.is_none() {
            return;
        }
        let place = device.path.as_str();
        for name in entry.required_objects() {
            if device.object(&name).is_none() {
                let message = format!("there is no object `{name}`, which must serve it; add it");
                self.add(FirmwareRule::MissingObject, place, Some(number), message);
            }
        }
        let id = entry.object_id();
        for (start, expected) in [("WQ", 1), ("WS", 2), ("WC", 1), ("WM", 3), ("WE", 1)] {
            let is_of_kind = matches!(
                (entry.kind(), start),
                (WdgKind::Data, "WQ" | "WS" | "WC")
                    | (WdgKind::Method, "WM")
                    | (WdgKind::Event, "WE")
            );
            let object = device.object(&format!("{start}{id}"));
            let arguments = match object.filter(|_| is_of_kind).map(|object| &object.value) {
                Some(AcpiValue::Method { arguments, .. }) => *arguments,
                _ => None,
            };
            let Some(arguments) = arguments else {
                continue;
            };
            // The instance may be left out where there is one.
            let is_alone = start == "WQ" && arguments == 0 && entry.instances <= 1;
            if arguments != expected && !is_alone {
                let message = format!(
                    "`{start}{id}` has {arguments} arguments, and WMI passes {expected}; declare these"
                );
                self.add(FirmwareRule::Arguments, place, Some(number), message);
            }
        }
    }

    /// Compares an entry with its class.
    fn class(&mut self, device: &WmiDevice<'_>, number: usize, entry: &WdgEntry) {
        let Some(facts) = self.facts.get(&entry.guid.to_bytes()).copied() else {
            return;
        };
        let place = device.path.as_str();
        let kind = entry.kind();
        let expected = if facts.is_event {
            Some(WdgKind::Event)
        } else if facts.has_methods && !facts.has_items {
            Some(WdgKind::Method)
        } else if facts.has_items && !facts.has_methods {
            Some(WdgKind::Data)
        } else {
            None
        };
        if let Some(expected) = expected.filter(|expected| *expected != kind) {
            let message = format!(
                "the flags say `{}`, and its class is one of kind `{}`; correct the flags",
                kind.word(),
                expected.word()
            );
            self.add(FirmwareRule::Kind, place, Some(number), message);
            return;
        }
        if entry.flags.contains(WdgFlags::STRING) && kind == WdgKind::Data && !facts.is_string {
            let message = "the flag `string` is set, and the class has other items than one string; \
                           clear the flag";
            self.add(
                FirmwareRule::StringBlock,
                place,
                Some(number),
                message.to_owned(),
            );
        }
        let Some(_) = device.objects else {
            return;
        };
        if kind == WdgKind::Data {
            let name = format!("WS{}", entry.object_id());
            let is_set = device.object(&name).is_some();
            let message = match (facts.is_writable, is_set) {
                (true, false) => format!("its class can be set, and there is no `{name}`; add it"),
                (false, true) => {
                    format!("there is `{name}`, and no item of its class has `write`; add it")
                }
                _ => return,
            };
            self.add(FirmwareRule::Writable, place, Some(number), message);
        }
        if kind == WdgKind::Event && facts.has_items && device.object("_WED").is_none() {
            let message = "its class has items, and there is no `_WED` that returns them; add it";
            self.add(
                FirmwareRule::EventData,
                place,
                Some(number),
                message.to_owned(),
            );
        }
    }
}
