//! What a provider has registered: its blocks, and the names of their instances.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem::offset_of;

use zerocopy::FromBytes;

use super::Rule;
use super::send::wide;
use crate::Guid;
use crate::wnode::flags::{
    WMIREG_FLAG_EVENT_ONLY_GUID, WMIREG_FLAG_EXPENSIVE, WMIREG_FLAG_INSTANCE_BASENAME,
    WMIREG_FLAG_INSTANCE_LIST, WMIREG_FLAG_INSTANCE_PDO, WMIREG_FLAG_REMOVE_GUID,
};
use crate::wnode::{WmiRegGuid, WmiRegInfo};

/// What a provider has registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registration {
    /// The path of the driver's service key.
    pub registry_path: String,
    /// The name of the resource that holds the binary MOF; empty where there is none.
    pub mof_resource: String,
    /// The blocks in order.
    pub blocks: Vec<Registered>,
}

/// A block that a provider has registered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// The GUID of its class.
    pub guid: Guid,
    /// `WMIREG_FLAG_*`; see [`flags`](crate::wnode::flags).
    pub flags: u32,
    /// How many instances it has; not used where names are dynamic.
    pub instance_count: u32,
    /// How they are named.
    pub names: Names,
}

/// How the instances of a block are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// Each reply says.
    Dynamic,
    /// A name and a number after it.
    Base(String),
    /// One each.
    List(Vec<String>),
    /// The device instance path of a physical device object, and a number after it.
    Pdo {
        /// The address of the device object; zero where the port driver is to fill it in.
        device: usize,
    },
}

impl Registration {
    /// The block with this GUID.
    #[must_use]
    pub fn block(&self, guid: Guid) -> Option<&Registered> {
        self.blocks.iter().find(|block| block.guid == guid)
    }

    /// A block that has names from a physical device object, where none is given.
    pub(super) fn without_pdo(&self) -> Option<&Registered> {
        let mut blocks = self.blocks.iter();
        blocks.find(|block| block.names == Names::Pdo { device: 0 })
    }

    /// Reads the `WMIREGINFO` at the start of the bytes, and those chained to it.
    ///
    /// # Errors
    ///
    /// [`Rule`] where the bytes break one.
    pub fn read(bytes: &[u8]) -> Result<Self, Rule> {
        let mut read = Self::default();
        let (mut start, mut first) = (0usize, true);
        loop {
            let info = bytes.get(start..).unwrap_or_default();
            let next = read.read_one(info, first)?;
            if next == 0 {
                return Ok(read);
            }
            // Forward only, so this ends.
            start = start.saturating_add(next);
            first = false;
        }
    }

    /// Reads one, and returns where the next is from its start, or zero.
    fn read_one(&mut self, bytes: &[u8], first: bool) -> Result<usize, Rule> {
        let outside = |member, at| Rule::RegistrationOutside { member, at };
        let (info, _) = WmiRegInfo::ref_from_prefix(bytes).map_err(|_| outside("WMIREGINFO", 0))?;
        let size = wide(info.buffer_size.get());
        let bytes = bytes.get(..size).ok_or(outside("BufferSize", 0))?;
        let text = |member, at: u32| text(bytes, member, wide(at));
        if first {
            self.registry_path = match info.registry_path.get() {
                0 => String::new(),
                at => text("RegistryPath", at)?,
            };
            self.mof_resource = match info.mof_resource_name.get() {
                0 => String::new(),
                at => text("MofResourceName", at)?,
            };
        }
        let guids = bytes.get(WmiRegInfo::GUIDS_OFFSET..).unwrap_or_default();
        let count = wide(info.guid_count.get());
        let (guids, _) = <[WmiRegGuid]>::ref_from_prefix_with_elems(guids, count)
            .map_err(|_| outside("GuidCount", offset_of!(WmiRegInfo, guid_count)))?;
        for entry in guids {
            let registered = Registered::read(entry, bytes)?;
            if self.block(registered.guid).is_some() {
                let guid = registered.guid;
                return Err(Rule::RegisteredTwice { guid });
            }
            self.blocks.push(registered);
        }
        Ok(wide(info.next_wmi_reg_info.get()))
    }
}

/// The flags that say how instances are named; without any of them they have dynamic names.
const NAMING: u32 =
    WMIREG_FLAG_INSTANCE_LIST | WMIREG_FLAG_INSTANCE_BASENAME | WMIREG_FLAG_INSTANCE_PDO;

impl Registered {
    fn read(entry: &WmiRegGuid, info: &[u8]) -> Result<Self, Rule> {
        let (guid, flags) = (Guid::from_bytes(entry.guid), entry.flags.get());
        let instance_info = entry.instance_info.get();
        let count = entry.instance_count.get();
        let names = match flags & NAMING {
            0 => Names::Dynamic,
            // What is to be removed needs no instances.
            _ if flags & WMIREG_FLAG_REMOVE_GUID != 0 => Names::Dynamic,
            WMIREG_FLAG_INSTANCE_BASENAME => {
                Names::Base(text(info, "BaseNameOffset", instance_info)?)
            }
            WMIREG_FLAG_INSTANCE_LIST => {
                let mut names = Vec::new();
                let mut at = instance_info;
                for _ in 0..count {
                    let name = text(info, "InstanceNameList", at)?;
                    let bytes = name.encode_utf16().count().saturating_mul(2);
                    at = at.saturating_add(bytes).saturating_add(size_of::<u16>());
                    names.push(name);
                }
                Names::List(names)
            }
            WMIREG_FLAG_INSTANCE_PDO => Names::Pdo {
                device: instance_info,
            },
            _ => return Err(Rule::SeveralNamings { guid, flags }),
        };
        Ok(Self {
            guid,
            flags,
            instance_count: count,
            names,
        })
    }

    /// A block of no instances with dynamic names.
    pub(super) const fn dynamic(guid: Guid) -> Self {
        Self {
            guid,
            flags: 0,
            instance_count: 0,
            names: Names::Dynamic,
        }
    }

    /// Whether the names are known from registration.
    #[must_use]
    pub const fn has_static_names(&self) -> bool {
        !matches!(self.names, Names::Dynamic)
    }

    /// Whether the block is an event and nothing else.
    #[must_use]
    pub const fn is_event_only(&self) -> bool {
        self.flags & WMIREG_FLAG_EVENT_ONLY_GUID != 0
    }

    /// Whether an update removes it.
    #[must_use]
    pub const fn is_removed(&self) -> bool {
        self.flags & WMIREG_FLAG_REMOVE_GUID != 0
    }

    /// Whether WMI says when it is read.
    #[must_use]
    pub const fn is_expensive(&self) -> bool {
        self.flags & WMIREG_FLAG_EXPENSIVE != 0
    }

    /// The static name of an instance, counted from zero; `None` where names are dynamic, or there
    /// are fewer. `device` is the device instance path of the physical device object.
    ///
    /// A base name is followed by the number, a device instance path by `_` and the number: how
    /// Windows joins them is not documented.
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

/// A counted string.
fn text(bytes: &[u8], member: &'static str, at: usize) -> Result<String, Rule> {
    let outside = Rule::RegistrationOutside { member, at };
    if at % 2 != 0 {
        return Err(Rule::RegistrationMisaligned { member, at });
    }
    let read = |at: usize| {
        let (count, rest) = bytes.get(at..)?.split_first_chunk::<2>()?;
        rest.get(..usize::from(u16::from_le_bytes(*count)))
    };
    let bytes = read(at).ok_or(outside)?;
    let units = bytes.chunks_exact(2).map(|unit| {
        let unit = unit.first_chunk().copied().unwrap_or_default();
        u16::from_le_bytes(unit)
    });
    let decoded: Result<String, _> = char::decode_utf16(units).collect();
    match decoded {
        Ok(text) if bytes.len() % 2 == 0 => Ok(text),
        _ => Err(Rule::RegistrationText { member, at }),
    }
}
