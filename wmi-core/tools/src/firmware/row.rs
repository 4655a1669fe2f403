//! The entries of a device as rows of a table.

use wmi_core::schema::Class;

use super::{Report, WdgEntry, WdgKind, WmiDevice};

/// An entry of `_WDG` with the objects that serve it and its class.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MappedEntry<'a> {
    /// The entry.
    pub entry: WdgEntry,
    /// The objects that must serve it, then those that may and exist.
    pub objects: Vec<ServingObject>,
    /// The class of its GUID, if one is known.
    pub class: Option<&'a Class<'a>>,
}

/// An object that serves an entry, or must.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServingObject {
    /// The name, four characters.
    pub name: String,
    /// Whether the device has it; `true` if the source does not tell the objects.
    pub exists: bool,
}

impl<'a> Report<'a> {
    /// Returns the entries of a device in order.
    #[must_use]
    pub fn entries(&self, device: &WmiDevice<'_>) -> Vec<MappedEntry<'a>> {
        let entries = device.entries.iter();
        let entries = entries.map(|entry| MappedEntry {
            entry: *entry,
            objects: device.serving(entry),
            class: self.class(entry.guid),
        });
        entries.collect()
    }
}

impl WmiDevice<'_> {
    /// Returns the objects that must serve an entry, then those that may and exist.
    fn serving(&self, entry: &WdgEntry) -> Vec<ServingObject> {
        let required = entry.required_objects();
        let mut objects: Vec<_> = required
            .into_iter()
            .map(|name| ServingObject {
                exists: self.objects.is_none() || self.object(&name).is_some(),
                name,
            })
            .collect();
        // What makes a block writable, and what returns the data of events, is optional.
        let optional = match entry.kind() {
            WdgKind::Data => Some(format!("WS{}", entry.object_id())),
            WdgKind::Event => Some("_WED".to_owned()),
            WdgKind::Method => None,
        };
        let optional = optional.filter(|name| self.object(name).is_some());
        objects.extend(optional.map(|name| ServingObject { exists: true, name }));
        objects
    }
}
