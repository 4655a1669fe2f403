//! The WMI devices of a Linux machine: `/sys/bus/wmi/devices`.
//!
//! Source: `Documentation/ABI/testing/sysfs-bus-wmi` and `sysfs-platform-wmi-bmof` of Linux.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use wmi_core::Guid;

use super::{Firmware, FirmwareMof, WdgEntry, WdgFlags, WmiDevice};

impl Firmware<'static> {
    /// Reads the folder `/sys/bus/wmi/devices`, or a copy of it: one folder for each entry, by its GUID.
    /// Its binary MOFs can be read by root only; those that cannot are left out.
    ///
    /// The folders tell neither the objects of a device nor the order of its entries, so the entries are
    /// sorted by GUID.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if the folder cannot be read.
    pub fn read_sysfs(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = folder.as_ref();
        let mut entries = Vec::new();
        let mut firmware = Firmware::default();
        let mut folders = Vec::new();
        for found in fs::read_dir(folder)? {
            folders.push(found?.path());
        }
        folders.sort();
        for path in folders {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            let guid = name.get(..36).and_then(|text| Guid::parse(text).ok());
            let Some(guid) = guid else {
                continue;
            };
            entries.push(entry(&path, guid));
            if guid == WdgEntry::BINARY_MOF {
                if let Ok(bytes) = fs::read(path.join("bmof")) {
                    firmware.binary_mofs.push(FirmwareMof {
                        path: format!("{name}/bmof"),
                        bytes: Cow::Owned(bytes),
                    });
                }
            }
        }
        if !entries.is_empty() {
            firmware.devices.push(WmiDevice {
                path: folder.display().to_string(),
                uid: None,
                is_mapper: None,
                entries,
                excess: 0,
                is_method: false,
                objects: None,
            });
        }
        Ok(firmware)
    }
}

fn entry(folder: &Path, guid: Guid) -> WdgEntry {
    let text = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).ok();
        text.map(|text| text.trim().to_owned())
    };
    let mut flags = 0;
    if text("expensive").as_deref() == Some("1") {
        flags |= WdgFlags::EXPENSIVE.0;
    }
    let mut id = [0; 2];
    if let Some(code) = text("notify_id") {
        flags |= WdgFlags::EVENT.0;
        id = [u8::from_str_radix(&code, 16).unwrap_or(0), 0];
    } else if let Some(&[first, second]) = text("object_id").as_deref().map(str::as_bytes) {
        id = [first, second];
        // Linux has the file `setable` for data blocks only.
        if text("setable").is_none() {
            flags |= WdgFlags::METHOD.0;
        }
    }
    let instances = text("instance_count").and_then(|count| count.parse().ok());
    WdgEntry {
        guid,
        id,
        instances: instances.unwrap_or(0),
        flags: WdgFlags(flags),
    }
}
