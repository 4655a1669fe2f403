//! WMI in firmware: the `_WDG` objects of ACPI tables, the objects that serve their GUIDs, and the
//! binary MOFs beside them.
//!
//! [`Firmware::read`] takes tables as they are in `/sys/firmware/acpi/tables`, or text that lists them:
//! the output of `acpidump`, the listings of `iasl -d`, ASL, hex dumps and C arrays.
//! [`Firmware::read_sysfs`] takes what Linux made of them. [`Report`] compares the entries with the
//! classes.
//!
//! ```
//! use wmi_tools::firmware::{Firmware, WdgKind};
//!
//! let asl = r#"
//!     Device (WMI1)
//!     {
//!         Name (_WDG, Buffer (0x14)
//!         {
//!             0x6B, 0x2A, 0x1F, 0x0E, 0xC4, 0x5D, 0x33, 0x4A,
//!             0x91, 0x20, 0x0D, 0x5C, 0x7E, 0x88, 0x41, 0xF2,
//!             0x41, 0x41, 0x02, 0x02 // AA, 2 instances, methods
//!         })
//!         Method (WMAA, 3) {}
//!     }
//! "#;
//! let firmware = Firmware::read(asl.as_bytes())?;
//! let device = &firmware.devices[0];
//! assert_eq!(device.path, "\\WMI1");
//! assert_eq!(device.entries[0].kind(), WdgKind::Method);
//! assert!(device.object("WMAA").is_some());
//! # Ok::<(), wmi_tools::firmware::FirmwareError>(())
//! ```
//!
//! Sources: "Windows Instrumentation: WMI and ACPI" (the white paper `wmi-acpi.htm`), whose structure
//! has entries of 22 bytes while its listing and all tables have 20; the ACPI specification, "ACPI
//! Machine Language Specification"; `Documentation/wmi` and `Documentation/ABI` of Linux.

mod aml;
mod asl;
mod listing;
mod report;
mod row;
mod sysfs;
mod wdg;

use core::fmt;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub use listing::listed_bytes;
pub use report::{FirmwareFinding, FirmwareRule, Report};
pub use row::{MappedEntry, ServingObject};
pub use wdg::{WdgEntry, WdgFlags, WdgKind};

use crate::bmf;

/// The WMI devices of some tables.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Firmware<'a> {
    /// The tables in order; none if the input is a listing without headers.
    pub tables: Vec<AcpiTable>,
    /// The devices with a `_WDG`, in order.
    pub devices: Vec<WmiDevice<'a>>,
    /// The binary MOFs in buffers of any device, in order.
    pub binary_mofs: Vec<FirmwareMof<'a>>,
}

/// The header of an ACPI table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcpiTable {
    /// The signature, `DSDT` or `SSDT`.
    pub signature: String,
    /// The OEM ID, without its padding.
    pub oem_id: String,
    /// The OEM Table ID, without its padding.
    pub oem_table_id: String,
    /// Whether the bytes add up to zero, as they must.
    pub is_sum_right: bool,
}

/// A device that maps WMI GUIDs to ACPI objects.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WmiDevice<'a> {
    /// The path of the device in the ACPI namespace, such as `\_SB.WMI1`.
    pub path: String,
    /// The `_UID`, if it is a constant.
    pub uid: Option<String>,
    /// Whether `_HID` or `_CID` is `PNP0C14`; `None` if neither is a constant.
    pub is_mapper: Option<bool>,
    /// The entries of `_WDG`.
    pub entries: Vec<WdgEntry>,
    /// The bytes after the last whole entry, given or declared.
    pub excess: usize,
    /// Whether `_WDG` is a method; the entries are then those of the first buffer in it.
    pub is_method: bool,
    /// The objects whose names WMI uses, by name, each once; `None` if the source does not tell them.
    pub objects: Option<Vec<AcpiObject<'a>>>,
}

impl<'a> WmiDevice<'a> {
    /// Returns the object of this name.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&AcpiObject<'a>> {
        let objects = self.objects.as_deref()?;
        let found = objects.binary_search_by(|object| object.name.as_str().cmp(name));
        objects.get(found.ok()?)
    }
}

/// A named object of a device.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AcpiObject<'a> {
    /// The name, four characters.
    pub name: String,
    /// Its value.
    pub value: AcpiValue<'a>,
}

/// The value of an [`AcpiObject`].
#[derive(Clone, Debug, PartialEq)]
pub enum AcpiValue<'a> {
    /// A method.
    Method {
        /// The number of its arguments, if it is known.
        arguments: Option<u8>,
        /// The first buffer in its body.
        buffer: Option<Cow<'a, [u8]>>,
    },
    /// A buffer.
    Buffer {
        /// The bytes of its initialiser.
        bytes: Cow<'a, [u8]>,
        /// The size that it declares, if that is a constant; bytes behind the initialiser are zero.
        size: Option<u64>,
    },
    /// An integer.
    Integer(u64),
    /// A string.
    String(String),
    /// Any other value.
    Other,
}

/// A binary MOF in a buffer of the firmware.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FirmwareMof<'a> {
    /// The path of the buffer, such as `\_SB.WMI1.WQBA`.
    pub path: String,
    /// The binary MOF, which the rest of the buffer may follow.
    pub bytes: Cow<'a, [u8]>,
}

/// Why no WMI was found in firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirmwareError {
    /// The input is empty.
    Empty,
    /// It is neither a table nor a listing.
    Unknown,
    /// The tables have neither a `_WDG` nor a binary MOF.
    NoWmi,
    /// A table is longer than the input.
    Truncated {
        /// The byte at which the table starts.
        offset: usize,
    },
}

impl fmt::Display for FirmwareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the input is empty"),
            Self::Unknown => f.write_str(
                "this is neither an ACPI table nor a listing of one; pass a file of \
                 `/sys/firmware/acpi/tables`, or the output of `acpidump` or `iasl -d`",
            ),
            Self::NoWmi => f.write_str(
                "the tables have neither a `_WDG` nor a binary MOF; the other tables of the machine \
                 may have them",
            ),
            Self::Truncated { offset } => write!(
                f,
                "the table at byte {offset:#x} is longer than the input; dump it again"
            ),
        }
    }
}

impl core::error::Error for FirmwareError {}

impl<'a> Firmware<'a> {
    /// Reads tables, one after another, or text that lists them.
    ///
    /// Memory and time grow with the input alone.
    ///
    /// # Errors
    ///
    /// [`FirmwareError::Empty`], [`Unknown`](FirmwareError::Unknown) if the input is neither a table
    /// nor a listing, [`Truncated`](FirmwareError::Truncated) if a table is cut off, and
    /// [`NoWmi`](FirmwareError::NoWmi) if nothing in the tables is about WMI.
    pub fn read(bytes: &'a [u8]) -> Result<Self, FirmwareError> {
        if bytes.is_empty() {
            return Err(FirmwareError::Empty);
        }
        if let Some(text) = listing::text(bytes) {
            if let Some(rows) = listing::rows(&text) {
                return Ok(Firmware::of_tables(&rows)?.into_owned());
            }
            let mut objects = Objects::default();
            asl::walk(&text, &mut objects);
            let firmware = Self::of_objects(Vec::new(), objects);
            if firmware.is_found() {
                return Ok(firmware.into_owned());
            }
            return match listing::lists(&text) {
                Some(lists) => Ok(Firmware::of_tables(&lists)?.into_owned()),
                None => Err(FirmwareError::Unknown),
            };
        }
        Self::of_tables(bytes)
    }

    fn of_tables(bytes: &'a [u8]) -> Result<Self, FirmwareError> {
        let mut objects = Objects::default();
        let mut tables = Vec::new();
        let is_table = aml::header(bytes).is_some();
        let mut offset = 0usize;
        while let Some(rest) = bytes.get(offset..).filter(|rest| !rest.is_empty()) {
            let Some((table, length)) = aml::header(rest).filter(|_| is_table) else {
                // Padding behind the last table, or an image that holds tables somewhere.
                aml::walk(rest, &mut objects);
                break;
            };
            let whole = rest.get(..length);
            let whole = whole.ok_or(FirmwareError::Truncated { offset })?;
            if aml::is_aml(&table.signature) {
                let body = whole.get(aml::HEADER..).unwrap_or_default();
                aml::walk(body, &mut objects);
                tables.push(table);
            }
            offset = offset.saturating_add(length);
        }
        let mut firmware = Self::of_objects(tables, objects);
        if bmf::is_container(bytes) {
            firmware.binary_mofs.push(FirmwareMof {
                path: "\\".to_owned(),
                bytes: Cow::Borrowed(bytes),
            });
        }
        match firmware.is_found() {
            true => Ok(firmware),
            false if is_table => Err(FirmwareError::NoWmi),
            false => Err(FirmwareError::Unknown),
        }
    }

    fn is_found(&self) -> bool {
        !self.devices.is_empty() || !self.binary_mofs.is_empty()
    }

    /// Sorts the objects of all tables by their devices: a table may add objects to a device of
    /// another.
    fn of_objects(tables: Vec<AcpiTable>, objects: Objects<'a>) -> Self {
        let mut firmware = Self {
            tables,
            ..Self::default()
        };
        let mut scopes: BTreeMap<&str, Vec<AcpiObject<'a>>> = BTreeMap::new();
        let mut order = Vec::new();
        for (scope, object) in objects.list {
            let Some(path) = objects.scopes.get(scope) else {
                continue;
            };
            if let AcpiValue::Buffer { bytes: buffer, .. } = &object.value {
                if bmf::is_container(buffer) {
                    firmware.binary_mofs.push(FirmwareMof {
                        path: format!(
                            "{path}{}{}",
                            if path == "\\" { "" } else { "." },
                            object.name
                        ),
                        bytes: buffer.clone(),
                    });
                }
            }
            if object.name == "_WDG" {
                order.push(path.as_str());
            }
            scopes.entry(path).or_default().push(object);
        }
        for path in order {
            // Of several `_WDG` of one device, the first counts.
            if let Some(objects) = scopes.remove(path) {
                firmware.devices.extend(WmiDevice::new(path, objects));
            }
        }
        firmware
    }

    /// Returns the firmware with copies of its buffers.
    #[must_use]
    pub fn into_owned(self) -> Firmware<'static> {
        let owned = |device: WmiDevice<'a>| WmiDevice {
            path: device.path,
            uid: device.uid,
            is_mapper: device.is_mapper,
            entries: device.entries,
            excess: device.excess,
            is_method: device.is_method,
            objects: device.objects.map(|objects| {
                let objects = objects.into_iter();
                objects.map(AcpiObject::into_owned).collect()
            }),
        };
        Firmware {
            tables: self.tables,
            devices: self.devices.into_iter().map(owned).collect(),
            binary_mofs: self
                .binary_mofs
                .into_iter()
                .map(|mof| FirmwareMof {
                    path: mof.path,
                    bytes: Cow::Owned(mof.bytes.into_owned()),
                })
                .collect(),
        }
    }
}

impl<'a> WmiDevice<'a> {
    /// Makes the device of the objects of one scope, if they have a `_WDG` that can be read.
    fn new(path: &str, mut objects: Vec<AcpiObject<'a>>) -> Option<Self> {
        // Of several objects of one name, the first counts.
        objects.sort_by(|a, b| a.name.cmp(&b.name));
        objects.dedup_by(|again, first| again.name == first.name);
        let wdg = objects.iter().find(|object| object.name == "_WDG")?;
        let (buffer, size, is_method) = match &wdg.value {
            AcpiValue::Buffer { bytes, size } => (&**bytes, *size, false),
            AcpiValue::Method { buffer, .. } => (buffer.as_deref().unwrap_or_default(), None, true),
            _ => (&[][..], None, false),
        };
        let (entries, excess) = wdg::entries(buffer);
        let size = size.map_or(0, |size| usize::try_from(size).unwrap_or(usize::MAX));
        let excess = excess.saturating_add(size.saturating_sub(buffer.len()));
        let value = |name: &str| {
            let object = objects.iter().find(|object| object.name == name);
            object.map(|object| &object.value)
        };
        let uid = match value("_UID") {
            Some(AcpiValue::Integer(number)) => Some(number.to_string()),
            Some(AcpiValue::String(text)) => Some(text.clone()),
            _ => None,
        };
        let ids = [value("_HID"), value("_CID")];
        let ids = ids.into_iter().flatten().filter_map(|id| match id {
            AcpiValue::Integer(number) => Some(*number == MAPPER_EISA),
            AcpiValue::String(text) => Some(is_mapper(text)),
            _ => None,
        });
        Some(Self {
            path: path.to_owned(),
            uid,
            is_mapper: ids.reduce(|one, other| one || other),
            entries,
            excess,
            is_method,
            objects: Some(objects),
        })
    }
}

impl AcpiObject<'_> {
    fn into_owned(self) -> AcpiObject<'static> {
        let value = match self.value {
            AcpiValue::Method { arguments, buffer } => AcpiValue::Method {
                arguments,
                buffer: buffer.map(|buffer| Cow::Owned(buffer.into_owned())),
            },
            AcpiValue::Buffer { bytes, size } => AcpiValue::Buffer {
                bytes: Cow::Owned(bytes.into_owned()),
                size,
            },
            AcpiValue::Integer(number) => AcpiValue::Integer(number),
            AcpiValue::String(text) => AcpiValue::String(text),
            AcpiValue::Other => AcpiValue::Other,
        };
        AcpiObject {
            name: self.name,
            value,
        }
    }
}

/// `PNP0C14`, the hardware id of the WMI mapper, as the integer of `EisaId`.
const MAPPER_EISA: u64 = 0x140c_d041;

fn is_mapper(id: &str) -> bool {
    let id = id.strip_prefix('*').unwrap_or(id);
    id.eq_ignore_ascii_case("PNP0C14")
}

/// The objects of some tables, with the scopes that they are in.
#[derive(Debug, Default)]
struct Objects<'a> {
    /// The paths of the scopes.
    scopes: Vec<String>,
    /// Each object and the place of its scope.
    list: Vec<(usize, AcpiObject<'a>)>,
}

/// The longest path of a scope that is followed, more than any table has. As every object may be in a
/// scope of its own, this bounds the memory.
const LONGEST_PATH: usize = 256;
/// The deepest nesting of scopes that is followed.
const DEEPEST: usize = 64;

impl<'a> Objects<'a> {
    /// Adds the scope of a name within another; `None` if its path is too long.
    fn scope(&mut self, within: usize, name: &str) -> Option<usize> {
        let outer = self.scopes.get(within).map_or("\\", String::as_str);
        let mut outer = outer;
        let mut inner = name;
        if let Some(rest) = inner.strip_prefix('\\') {
            (outer, inner) = ("\\", rest);
        }
        while let Some(rest) = inner.strip_prefix('^') {
            inner = rest;
            outer = match outer.rsplit_once('.') {
                Some((parent, _)) => parent,
                None => "\\",
            };
        }
        // Written as iasl does: without the underscores that pad a name.
        let segments = inner.split('.');
        let segments = segments.map(|segment| segment.trim_end_matches('_'));
        let inner = segments.collect::<Vec<_>>().join(".");
        let path = match (outer, &*inner) {
            (outer, "") => outer.to_owned(),
            ("\\", inner) => format!("\\{inner}"),
            (outer, inner) => format!("{outer}.{inner}"),
        };
        if path.len() > LONGEST_PATH {
            return None;
        }
        self.scopes.push(path);
        self.scopes.len().checked_sub(1)
    }

    /// Adds an object if WMI may use it.
    fn add(&mut self, scope: usize, name: &str, value: AcpiValue<'a>) {
        let is_mof = |value: &AcpiValue<'_>| matches!(value, AcpiValue::Buffer { bytes, .. } if bmf::is_container(bytes));
        // A name in another scope is the object of that scope.
        let (path, last) = match name.rfind(['.', '\\', '^']) {
            Some(at) => name.split_at(at.saturating_add(1)),
            None => ("", name),
        };
        let is_used = last.starts_with('W')
            || matches!(last, "_WDG" | "_WED" | "_HID" | "_CID" | "_UID")
            || is_mof(&value);
        if !is_used || last.len() != 4 {
            return;
        }
        let scope = match path {
            "" => Some(scope),
            path => self.scope(scope, path.strip_suffix('.').unwrap_or(path)),
        };
        if let Some(scope) = scope {
            let name = last.to_owned();
            self.list.push((scope, AcpiObject { name, value }));
        }
    }
}
