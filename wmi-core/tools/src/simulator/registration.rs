//! The registration of a provider: its blocks, and the names of their instances.

use std::collections::BTreeSet;

use core::mem::offset_of;

use zerocopy::FromBytes;

use super::ProtocolRule;
use super::send::wide;
use wmi_core::Guid;
use wmi_core::wnode::flags::{
    WMIREG_FLAG_EVENT_ONLY_GUID, WMIREG_FLAG_EXPENSIVE, WMIREG_FLAG_INSTANCE_BASENAME,
    WMIREG_FLAG_INSTANCE_LIST, WMIREG_FLAG_INSTANCE_PDO, WMIREG_FLAG_REMOVE_GUID,
};
use wmi_core::wnode::{WmiRegGuid, WmiRegInfo};

/// The registration of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registration {
    /// The path of the driver's service key.
    pub registry_path: String,
    /// The name of the resource with the binary MOF; may be empty.
    pub mof_resource: String,
    /// The blocks in order.
    pub blocks: Vec<Registered>,
}

/// A registered block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// The GUID of its class.
    pub guid: Guid,
    /// `WMIREG_FLAG_*`; see [`flags`](wmi_core::wnode::flags).
    pub flags: u32,
    /// The number of its instances; unused for dynamic names.
    pub instance_count: u32,
    /// The kind of its instance names.
    pub names: Names,
}

/// The kind of a block's instance names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// Each reply contains the names.
    Dynamic,
    /// A base name followed by a number.
    Base(String),
    /// A name for each.
    List(Vec<String>),
    /// The device instance path of a physical device object followed by a number.
    Pdo {
        /// The address of the device object; zero if another driver fills it in.
        device: usize,
    },
}

impl Registration {
    /// An empty registration.
    pub(super) const NONE: &'static Self = &Self {
        registry_path: String::new(),
        mof_resource: String::new(),
        blocks: Vec::new(),
    };

    /// Returns the block with this GUID.
    #[must_use]
    pub fn block(&self, guid: Guid) -> Option<&Registered> {
        self.blocks.iter().find(|block| block.guid == guid)
    }

    /// Returns a block that needs a physical device object for its names and has none.
    pub(super) fn lacks_pdo(&self) -> Option<&Registered> {
        let mut blocks = self.blocks.iter();
        blocks.find(|block| block.names == Names::Pdo { device: 0 })
    }

    /// Decodes the `WMIREGINFO` at the start of the bytes, and those chained to it.
    ///
    /// Takes time and memory linear in the bytes, whatever they contain.
    ///
    /// # Errors
    ///
    /// The [`ProtocolRule`] that the bytes break.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProtocolRule> {
        let mut read = Self::default();
        let mut guids = BTreeSet::new();
        let mut start = 0usize;
        loop {
            let info = bytes.get(start..).unwrap_or_default();
            let next = read.decode_one(info, start == 0)?;
            let from = read.blocks.iter().skip(guids.len());
            for guid in from.map(|block| block.guid) {
                if !guids.insert(guid) {
                    return Err(ProtocolRule::RegisteredTwice { guid });
                }
            }
            if next == 0 {
                return Ok(read);
            }
            start = start.saturating_add(next);
        }
    }

    /// Decodes one, and returns the offset of the next from its start, or zero.
    fn decode_one(&mut self, bytes: &[u8], first: bool) -> Result<usize, ProtocolRule> {
        let outside = |member, at| ProtocolRule::RegistrationOutside {
            member,
            guid: None,
            at,
        };
        let (info, _) = WmiRegInfo::ref_from_prefix(bytes).map_err(|_| outside("WMIREGINFO", 0))?;
        let size = wide(info.buffer_size.get());
        let whole = bytes
            .get(..size)
            .filter(|_| size >= size_of::<WmiRegInfo>());
        let bytes = whole.ok_or(outside("BufferSize", 0))?;
        let mut texts = Texts::new(bytes);
        let mut text = |member, at: u32| match wide(at) {
            0 => Ok(String::new()),
            at => texts.decode(member, None, at),
        };
        if first {
            self.registry_path = text("RegistryPath", info.registry_path.get())?;
            self.mof_resource = text("MofResourceName", info.mof_resource_name.get())?;
        }
        let guids = bytes.get(WmiRegInfo::GUIDS_OFFSET..).unwrap_or_default();
        let count = wide(info.guid_count.get());
        let (guids, _) = <[WmiRegGuid]>::ref_from_prefix_with_elems(guids, count)
            .map_err(|_| outside("GuidCount", offset_of!(WmiRegInfo, guid_count)))?;
        for entry in guids {
            self.blocks.push(Registered::decode(entry, &mut texts)?);
        }
        let next = wide(info.next_wmi_reg_info.get());
        if next != 0 && next < size {
            return Err(ProtocolRule::RegistrationChain { next, size });
        }
        Ok(next)
    }
}

/// The flags of static names. Without any of them, names are dynamic.
const NAMING: u32 =
    WMIREG_FLAG_INSTANCE_LIST | WMIREG_FLAG_INSTANCE_BASENAME | WMIREG_FLAG_INSTANCE_PDO;

/// The maximum plausible number of a device's instances with static names.
const LIKELY_COUNT: u32 = 1 << 20;

impl Registered {
    fn decode(entry: &WmiRegGuid, texts: &mut Texts<'_>) -> Result<Self, ProtocolRule> {
        let (guid, flags) = (Guid::from_bytes(entry.guid), entry.flags.get());
        let instance_info = entry.instance_info.get();
        let count = entry.instance_count.get();
        let names = match flags & NAMING {
            0 => Names::Dynamic,
            // A removed block needs no instances.
            _ if flags & WMIREG_FLAG_REMOVE_GUID != 0 => Names::Dynamic,
            WMIREG_FLAG_INSTANCE_BASENAME => {
                Names::Base(texts.decode("BaseNameOffset", Some(guid), instance_info)?)
            }
            WMIREG_FLAG_INSTANCE_LIST => {
                let (mut names, mut distinct) = (Vec::new(), BTreeSet::new());
                let mut at = instance_info;
                for _ in 0..count {
                    let name = texts.decode("InstanceNameList", Some(guid), at)?;
                    let bytes = name.encode_utf16().count().saturating_mul(2);
                    at = at.saturating_add(bytes).saturating_add(size_of::<u16>());
                    if !distinct.insert(name.to_ascii_lowercase()) {
                        return Err(ProtocolRule::RepeatedName { name });
                    }
                    names.push(name);
                }
                Names::List(names)
            }
            WMIREG_FLAG_INSTANCE_PDO => Names::Pdo {
                device: instance_info,
            },
            _ => return Err(ProtocolRule::SeveralNamings { guid, flags }),
        };
        let has_static_names = !matches!(names, Names::Dynamic);
        if has_static_names && count > LIKELY_COUNT {
            return Err(ProtocolRule::UnlikelyCount { guid, count });
        }
        Ok(Self {
            guid,
            flags,
            instance_count: count,
            names,
        })
    }

    /// Makes a block with dynamic names, without instances.
    pub(super) const fn dynamic(guid: Guid) -> Self {
        Self {
            guid,
            flags: 0,
            instance_count: 0,
            names: Names::Dynamic,
        }
    }

    /// Returns whether the names are known from registration.
    #[must_use]
    pub const fn has_static_names(&self) -> bool {
        !matches!(self.names, Names::Dynamic)
    }

    /// Returns whether the block can only be sent as an event.
    #[must_use]
    pub const fn is_event_only(&self) -> bool {
        self.flags & WMIREG_FLAG_EVENT_ONLY_GUID != 0
    }

    /// Returns whether an update removes the block.
    #[must_use]
    pub const fn is_removed(&self) -> bool {
        self.flags & WMIREG_FLAG_REMOVE_GUID != 0
    }

    /// Returns whether WMI notifies the provider when the block is read.
    #[must_use]
    pub const fn is_expensive(&self) -> bool {
        self.flags & WMIREG_FLAG_EXPENSIVE != 0
    }

    /// Returns the static name of the instance with this index, or `None` if names are dynamic or
    /// there are fewer instances. `device` is the device instance path of the physical device
    /// object.
    ///
    /// The number follows a base name directly, and a device instance path after `_`. How Windows
    /// joins them is not documented.
    #[must_use]
    pub fn static_name(&self, index: u32, device: &str) -> Option<String> {
        if index >= self.instance_count {
            return None;
        }
        match &self.names {
            Names::Dynamic => None,
            Names::Base(base) => Some(format!("{base}{index}")),
            Names::Pdo { .. } => Some(format!("{device}_{index}")),
            Names::List(names) => names.get(wide(index)).map(ToString::to_string),
        }
    }
}

/// The counted strings of a `WMIREGINFO`.
struct Texts<'a> {
    info: &'a [u8],
    /// The remaining number of bytes to decode.
    left: usize,
}

impl<'a> Texts<'a> {
    /// Blocks may share a name or a list. Thousands of blocks could turn a few bytes into names
    /// that fill the memory, so the total is limited to this multiple of the bytes.
    const SHARED: usize = 16;

    const fn new(info: &'a [u8]) -> Self {
        let left = info.len().saturating_mul(Self::SHARED);
        Self { info, left }
    }

    /// Decodes a counted string of the entry with this GUID, or of the `WMIREGINFO` itself.
    fn decode(
        &mut self,
        member: &'static str,
        guid: Option<Guid>,
        at: usize,
    ) -> Result<String, ProtocolRule> {
        if at % 2 != 0 {
            return Err(ProtocolRule::RegistrationMisaligned { member, guid, at });
        }
        let read = |at: usize| {
            let (count, rest) = self.info.get(at..)?.split_first_chunk::<2>()?;
            rest.get(..usize::from(u16::from_le_bytes(*count)))
        };
        let bytes = read(at).ok_or(ProtocolRule::RegistrationOutside { member, guid, at })?;
        let size = bytes.len().saturating_add(size_of::<u16>());
        let left = self.left.checked_sub(size);
        self.left = left.ok_or(ProtocolRule::RegistrationShared { member })?;
        let units = bytes.chunks_exact(2).map(|unit| {
            let unit = unit.first_chunk().copied().unwrap_or_default();
            u16::from_le_bytes(unit)
        });
        let decoded: Result<String, _> = char::decode_utf16(units).collect();
        match decoded {
            Ok(text) if bytes.len() % 2 == 0 => Ok(text),
            _ => Err(ProtocolRule::RegistrationText { member, guid, at }),
        }
    }
}
