//! The entries of `_WDG`.

use core::fmt;

use wmi_core::Guid;

/// The bytes of an entry.
const ENTRY: usize = 20;

/// An entry of `_WDG`, 20 bytes: a GUID at 0, the object id or the notify code at 16, the number of
/// instances at 18, the flags at 19.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WdgEntry {
    /// The GUID.
    pub guid: Guid,
    /// Two characters, the end of the names of the objects; for an event, the notify code and a
    /// reserved byte.
    pub id: [u8; 2],
    /// The number of instances.
    pub instances: u8,
    /// The flags.
    pub flags: WdgFlags,
}

/// The flags of a [`WdgEntry`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WdgFlags(pub u8);

impl WdgFlags {
    /// Data is expensive to collect; the object `WCxx` switches the collection on and off.
    pub const EXPENSIVE: Self = Self(0x01);
    /// The GUID is that of a class of methods, which the object `WMxx` serves.
    pub const METHOD: Self = Self(0x02);
    /// The data block is one string.
    pub const STRING: Self = Self(0x04);
    /// The GUID is that of an event.
    pub const EVENT: Self = Self(0x08);
    /// The flags that are known.
    pub const ALL: Self = Self(0x0f);

    /// Returns whether all flags of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Writes the flags in words.
impl fmt::Display for WdgFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = [
            (Self::EXPENSIVE, "expensive"),
            (Self::METHOD, "method"),
            (Self::STRING, "string"),
            (Self::EVENT, "event"),
        ];
        let words = known.iter().filter(|(flag, _)| self.contains(*flag));
        let mut words: Vec<_> = words.map(|(_, word)| (*word).to_owned()).collect();
        let unknown = self.0 & !Self::ALL.0;
        if unknown != 0 {
            words.push(format!("{unknown:#04x}"));
        }
        f.write_str(&words.join(", "))
    }
}

/// What the GUID of a [`WdgEntry`] is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WdgKind {
    /// A data block.
    Data,
    /// Methods.
    Method,
    /// An event.
    Event,
}

impl WdgKind {
    /// Returns the kind in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Method => "method",
            Self::Event => "event",
        }
    }
}

impl WdgEntry {
    /// The GUID of the binary MOF.
    pub const BINARY_MOF: Guid = Guid::from_fields(
        0x0590_1221,
        0xd566,
        0x11d1,
        [0xb2, 0xf0, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10],
    );

    /// Returns whether the GUID is that of the binary MOF.
    #[must_use]
    pub fn is_binary_mof(&self) -> bool {
        self.guid == Self::BINARY_MOF
    }

    /// Returns what the GUID is of.
    #[must_use]
    pub const fn kind(&self) -> WdgKind {
        if self.flags.contains(WdgFlags::EVENT) {
            WdgKind::Event
        } else if self.flags.contains(WdgFlags::METHOD) {
            WdgKind::Method
        } else {
            WdgKind::Data
        }
    }

    /// Returns the notify code of an event.
    #[must_use]
    pub const fn notify_code(&self) -> Option<u8> {
        match (self.kind(), self.id) {
            (WdgKind::Event, [code, _]) => Some(code),
            _ => None,
        }
    }

    /// Returns the two characters with which the names of the objects end: the object id, or the
    /// notify code in hexadecimal. Bytes that a name cannot have are shown as `?`.
    #[must_use]
    pub fn object_id(&self) -> String {
        if let Some(code) = self.notify_code() {
            return format!("{code:02X}");
        }
        let shown = |byte: u8| match byte {
            b'A'..=b'Z' | b'0'..=b'9' | b'_' => char::from(byte),
            _ => '?',
        };
        self.id.map(shown).iter().collect()
    }

    /// Returns the names of the objects that must serve the entry: `WQxx` for data, `WMxx` for
    /// methods, `WExx` for an event, `WCxx` for expensive data.
    #[must_use]
    pub fn required_objects(&self) -> Vec<String> {
        let id = self.object_id();
        let letter = match self.kind() {
            WdgKind::Data => 'Q',
            WdgKind::Method => 'M',
            WdgKind::Event => 'E',
        };
        let mut names = vec![format!("W{letter}{id}")];
        if self.kind() == WdgKind::Data && self.flags.contains(WdgFlags::EXPENSIVE) {
            names.push(format!("WC{id}"));
        }
        names
    }
}

/// Returns the entries in a buffer, and the number of bytes after them.
pub(super) fn entries(buffer: &[u8]) -> (Vec<WdgEntry>, usize) {
    let entries = buffer.chunks_exact(ENTRY);
    let excess = entries.remainder().len();
    let entry = |bytes: &[u8]| {
        let (guid, rest) = bytes.split_first_chunk::<16>()?;
        let &[first, second, instances, flags] = rest else {
            return None;
        };
        Some(WdgEntry {
            guid: Guid::from_bytes(*guid),
            id: [first, second],
            instances,
            flags: WdgFlags(flags),
        })
    };
    (entries.filter_map(entry).collect(), excess)
}
