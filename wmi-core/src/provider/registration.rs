//! Registration: writes the `WMIREGINFO` that lists a driver's blocks.

use core::mem::offset_of;

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, IntoBytes};

use super::call::count;
use super::check::{blocks as check, distinct_from, first_named, served_by_ndis};
use super::dispatch::Model;
use super::names::Names;
use super::refused::RefusedRequest;
use super::registered::Listing;
use super::request::Refusal;
use super::{Block, Minor, Provider, Response};
use crate::NtStatus;
use crate::schema::refuse;
use crate::wnode::flags::{
    WMIREG_FLAG_INSTANCE_BASENAME, WMIREG_FLAG_INSTANCE_LIST, WMIREG_FLAG_INSTANCE_PDO,
    WMIREG_FLAG_REMOVE_GUID,
};
use crate::wnode::{self, DATA_ALIGNMENT, WmiRegGuid, WmiRegInfo};

/// The padding before the entries, which 64-bit targets have.
const PADDING: [u8; WmiRegInfo::GUIDS_OFFSET - size_of::<WmiRegInfo>()] =
    [0; WmiRegInfo::GUIDS_OFFSET - size_of::<WmiRegInfo>()];

/// Bytes of a reply that holds only the size needed.
const SIZE_NEEDED: usize = size_of::<U32>();

/// Number of attempts to read a device that changes while it is read.
const ATTEMPTS: u32 = 4;

impl<A: Sync> Provider<A> {
    /// Creates a provider whose blocks do not take their names from the physical device object.
    ///
    /// # Panics
    ///
    /// If two blocks have the same GUID, a class has methods that are not served, or a block is
    /// named by the physical device object. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn new(blocks: &'static [&'static Block<A>]) -> Self {
        check(blocks);
        if let Some(class) = first_named(blocks, true) {
            refuse(
                class,
                " is named by the physical device object: use `Provider::with_pdo`, or name its \
                 instances by `base_name`, `list` or `dynamic`",
            );
        }
        Self::unchecked(blocks, Model::Wdm(None))
    }

    /// Creates a provider with these blocks. `pdo` returns the address of a device's physical
    /// device object.
    ///
    /// Registration takes references on the object; see [`Response::pdo_references`].
    ///
    /// # Panics
    ///
    /// If two blocks have the same GUID, or a class has methods that are not served. In a constant,
    /// this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn with_pdo(blocks: &'static [&'static Block<A>], pdo: fn(&A) -> usize) -> Self {
        check(blocks);
        Self::unchecked(blocks, Model::Wdm(Some(pdo)))
    }

    /// Creates the provider of a Storport miniport. The port driver forwards registration to the
    /// system and knows the physical device object and the registry path. The crate `wmi-driver`
    /// has the rest of a miniport's WMI.
    ///
    /// # Panics
    ///
    /// As [`with_pdo`](Self::with_pdo).
    #[must_use]
    #[track_caller]
    pub const fn storport(blocks: &'static [&'static Block<A>]) -> Self {
        check(blocks);
        Self::unchecked(blocks, Model::Storport)
    }

    /// Creates the provider of a KMDF driver. The framework names all blocks by the physical device
    /// object. The crate `wmi-driver` has the rest of a KMDF driver's WMI.
    ///
    /// # Panics
    ///
    /// If two blocks have the same GUID, a class has methods that are not served, or a block is
    /// named in another way. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn kmdf(blocks: &'static [&'static Block<A>]) -> Self {
        check(blocks);
        if let Some(class) = first_named(blocks, false) {
            refuse(
                class,
                " has names of its own, but the framework names all instances by the physical \
                 device object: leave out `base_name`, `list` and `dynamic`",
            );
        }
        Self::unchecked(blocks, Model::Wdm(None))
    }

    /// Returns an NDIS miniport with these blocks. NDIS registers them and names the one instance of
    /// each adapter. The crate `wmi-driver` has the rest of such a driver.
    ///
    /// # Panics
    ///
    /// If two blocks have the same GUID, a class has methods that are not served, or a block is an
    /// event, is expensive, or sets its names or the number of its instances. In a constant, this is a
    /// compile error.
    #[must_use]
    #[track_caller]
    pub const fn ndis(blocks: &'static [&'static Block<A>]) -> Self {
        check(blocks);
        served_by_ndis(blocks);
        Self::unchecked(blocks, Model::Wdm(None))
    }

    /// Returns a driver whose class driver takes a `WMILIB_CONTEXT`, with these blocks. All are named
    /// by the physical device object. The crate `wmi-driver` has the rest of such a driver.
    ///
    /// # Panics
    ///
    /// If two blocks have the same GUID, a class has methods that are not served, or a block has names
    /// of its own. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn wmilib(blocks: &'static [&'static Block<A>]) -> Self {
        check(blocks);
        if let Some(class) = first_named(blocks, false) {
            refuse(
                class,
                " has names of its own, but the table of WMILIB names all instances by the physical \
                 device object: leave out `base_name`, `list` and `dynamic`",
            );
        }
        Self::unchecked(blocks, Model::Wdm(None))
    }

    const fn unchecked(blocks: &'static [&'static Block<A>], model: Model<A>) -> Self {
        Self {
            blocks,
            model,
            mof_resource: None,
            registry_path: None,
            next: None,
            on_refusal: None,
        }
    }

    /// Sets the name of the `MOFDATA` resource in the driver's image, which holds the binary MOF.
    ///
    /// # Panics
    ///
    /// If the name is not valid for a resource. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn mof_resource(mut self, name: &'static str) -> Self {
        if !wmi_vocabulary::is_resource_name(name) {
            refuse(
                name,
                " is not a valid resource name; use letters, digits and `_`",
            );
        }
        self.mof_resource = Some(name);
        self
    }

    /// Sets the path of the driver's service key in the registry. It must be a copy of the path
    /// passed to `DriverEntry`: the system frees the original when `DriverEntry` returns, but WMI
    /// asks for the path at each registration. WMI uses the path to find the image with the
    /// [resource](Self::mof_resource), so a driver that registers itself must set it.
    #[must_use]
    pub const fn registry_path(mut self, path: fn(&A) -> &[u16]) -> Self {
        self.registry_path = Some(path);
        self
    }

    /// Calls `report` for each request that fails, with the cause: for a driver author, who sees on the
    /// target nothing but a status. A debug build may print it:
    ///
    /// ```
    /// # use wmi_core::provider::{Block, Provider};
    /// # struct Device;
    /// # const BLOCKS: &[&Block<Device>] = &[];
    /// # macro_rules! debug_print { ($($text:tt)*) => { format!($($text)*) } }
    /// static PROVIDER: Provider<Device> = if cfg!(debug_assertions) {
    ///     Provider::new(BLOCKS).on_refusal(|refused| {
    ///         debug_print!("WMI: {refused}");
    ///     })
    /// } else {
    ///     Provider::new(BLOCKS)
    /// };
    /// ```
    ///
    /// It runs at the IRQL of the request, with its buffer borrowed, and does not wait. A request that
    /// succeeds never reads whether there is one. KMDF, NDIS and WMILIB refuse some requests
    /// themselves, without a call of the driver; those are not reported.
    #[must_use]
    pub const fn on_refusal(mut self, report: fn(&RefusedRequest)) -> Self {
        self.on_refusal = Some(report);
        self
    }

    /// Registers the blocks of another provider after these, with its own registry path and
    /// resource, as a class driver does for itself and its miniport. Both get the context of the
    /// same device.
    ///
    /// Only a driver that answers registration itself has such a list: under WDM, Storport, and KMDF
    /// before the framework. KMDF's own objects, NDIS and WMILIB take the first provider alone.
    ///
    /// # Panics
    ///
    /// If a block of both has the same GUID. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn followed_by(mut self, next: &'static Self) -> Self {
        let mut provider = Some(next);
        while let Some(following) = provider {
            let mut blocks = self.blocks;
            while let [block, rest @ ..] = blocks {
                distinct_from(block, following.blocks);
                blocks = rest;
            }
            provider = following.next;
        }
        self.next = Some(next);
        self
    }

    /// Writes the `WMIREGINFO`, or the size it needs.
    pub(super) fn register(
        &self,
        context: &A,
        action: usize,
        buffer: &mut [u8],
    ) -> Result<Registered, Refusal> {
        let is_update = match action {
            0 => false,
            1 => true,
            _ => return Err(NtStatus::INVALID_PARAMETER.into()),
        };
        // WMI is not known to repeat the request, so a device that changes while it is read is read
        // again here.
        for _ in 1..ATTEMPTS {
            match self.register_once(context, is_update, &mut *buffer) {
                Err(Refusal::Status(NtStatus::WMI_TRY_AGAIN)) => {}
                done => return done,
            }
        }
        self.register_once(context, is_update, buffer)
    }

    fn register_once(
        &self,
        context: &A,
        is_update: bool,
        buffer: &mut [u8],
    ) -> Result<Registered, Refusal> {
        let (mut start, mut needed, mut pdo_references) = (0_usize, 0_usize, 0_usize);
        for provider in self.chain() {
            let mut out = Output {
                buffer: buffer.get_mut(start..).unwrap_or_default(),
                end: 0,
            };
            let references = provider.write_info(context, is_update, &mut out)?;
            pdo_references = pdo_references.saturating_add(references);
            needed = start.saturating_add(out.end);
            if provider.next.is_some() {
                start = start.saturating_add(out.link());
            }
        }
        if needed > buffer.len() {
            // The documentation asks for a failure status with the size in the buffer. `classpnp`,
            // with which every Windows registers its disks, has always returned success with four
            // bytes.
            let start = buffer.first_chunk_mut::<SIZE_NEEDED>();
            *start.ok_or(NtStatus::BUFFER_TOO_SMALL)? = count(needed).to_bytes();
            return Ok(Registered {
                size: SIZE_NEEDED,
                pdo_references: 0,
            });
        }
        for block in self.chain().flat_map(Self::blocks) {
            block.registered(context);
        }
        Ok(Registered {
            size: needed,
            pdo_references,
        })
    }

    /// Writes as much as fits, and returns the number of entries that name the physical device
    /// object.
    fn write_info(
        &self,
        context: &A,
        is_update: bool,
        out: &mut Output<'_>,
    ) -> Result<usize, Refusal> {
        let listed = self.blocks.iter();
        let listed = listed.filter(|block| block.listing(context, is_update) != Listing::Absent);
        let guids = listed.count();
        let entries = guids.saturating_mul(size_of::<WmiRegGuid>());
        let strings = WmiRegInfo::GUIDS_OFFSET.saturating_add(entries);
        out.end = strings;
        let mut info = WmiRegInfo {
            buffer_size: U32::ZERO,
            next_wmi_reg_info: U32::ZERO,
            registry_path: U32::ZERO,
            mof_resource_name: U32::ZERO,
            guid_count: count(guids),
        };
        if !is_update {
            // A missing name is an empty string, as in Microsoft's drivers.
            let path = self.registry_path.map(|path| path(context));
            if path.is_some() || !matches!(self.model, Model::Storport) {
                let units = path.unwrap_or_default().iter().copied();
                info.registry_path = count(out.counted(units)?);
            }
            let name = self.mof_resource.unwrap_or_default();
            info.mof_resource_name = count(out.counted(name.encode_utf16())?);
        }
        let mut entry = WmiRegInfo::GUIDS_OFFSET;
        let mut pdo_references = 0_usize;
        for block in self.blocks {
            let guid = match block.list(context, is_update) {
                Listing::Present => self.entry(block, context, out)?,
                Listing::Removed => removed(block),
                Listing::Absent => continue,
            };
            if entry < strings {
                out.at(entry, guid.as_bytes());
            }
            entry = entry.saturating_add(size_of::<WmiRegGuid>());
            if guid.flags.get() & WMIREG_FLAG_INSTANCE_PDO != 0 && self.model.names_pdo() {
                pdo_references = pdo_references.saturating_add(1);
            }
        }
        if entry != strings {
            // A block was added or removed since they were counted.
            return Err(NtStatus::WMI_TRY_AGAIN.into());
        }
        info.buffer_size = count(out.end);
        out.at(0, info.as_bytes());
        out.at(size_of::<WmiRegInfo>(), &PADDING);
        Ok(pdo_references)
    }

    /// Returns the entry of a block that the device has.
    fn entry(
        &self,
        block: &Block<A>,
        context: &A,
        out: &mut Output<'_>,
    ) -> Result<WmiRegGuid, Refusal> {
        let mut flags = block.registration_flags();
        let (mut instances, mut info) = (0, 0);
        match block.names {
            Names::Pdo(_) => {
                flags |= WMIREG_FLAG_INSTANCE_PDO;
                instances = block.names.count(context);
                if let Model::Wdm(Some(pdo)) = self.model {
                    info = pdo(context);
                }
            }
            Names::Base(name, _) => {
                flags |= WMIREG_FLAG_INSTANCE_BASENAME;
                instances = block.names.count(context);
                info = out.counted(name.encode_utf16())?;
            }
            Names::List(name) => {
                flags |= WMIREG_FLAG_INSTANCE_LIST;
                info = out.end;
                while let Some(name) = name(context, instances) {
                    out.counted(name.encode_utf16())?;
                    instances = instances.saturating_add(1);
                }
            }
            Names::Dynamic(_) => {
                if let Model::Storport = self.model {
                    instances = usize::MAX;
                }
            }
        }
        Ok(WmiRegGuid {
            guid: block.guid.to_bytes(),
            flags: U32::new(flags),
            instance_count: count(instances),
            instance_info: info.into(),
        })
    }
}

/// Returns the entry of a removed block in an update.
fn removed<A>(block: &Block<A>) -> WmiRegGuid {
    WmiRegGuid {
        guid: block.guid.to_bytes(),
        flags: U32::new(block.registration_flags() | WMIREG_FLAG_REMOVE_GUID),
        instance_count: U32::ZERO,
        instance_info: 0.into(),
    }
}

/// A written registration.
pub(super) struct Registered {
    /// Its size in bytes.
    pub(super) size: usize,
    /// Number of its entries that name the physical device object.
    pub(super) pdo_references: usize,
}

impl Registered {
    /// Returns the response to the request for registration.
    pub(super) fn response(self, minor: Minor) -> Response {
        let mut response = Response::new(NtStatus::SUCCESS, self.size);
        if minor == Minor::RegInfoEx {
            response.pdo_references = self.pdo_references;
        }
        response
    }
}

/// The buffer from the start of a `WMIREGINFO`, and the offset of the next string. Bytes past the
/// end of the buffer are counted but not written.
struct Output<'b> {
    buffer: &'b mut [u8],
    end: usize,
}

impl Output<'_> {
    fn at(&mut self, start: usize, bytes: &[u8]) {
        let end = start.saturating_add(bytes.len());
        if let Some(slot) = self.buffer.get_mut(start..end) {
            // Cannot fail: the lengths are equal.
            let _ = bytes.write_to(slot);
        }
    }

    /// Appends a counted string and returns its offset.
    fn counted(&mut self, units: impl Iterator<Item = u16>) -> Result<usize, Refusal> {
        let start = self.end;
        let text = start.saturating_add(size_of::<U16>());
        let room = self.buffer.get_mut(text..).unwrap_or_default();
        let mut slots = match <[U16]>::mut_from_prefix(room) {
            Ok((slots, _)) => slots.iter_mut(),
            Err(_) => Default::default(),
        };
        let units = units.map(|unit| {
            if let Some(slot) = slots.next() {
                slot.set(unit);
            }
        });
        let length = units.count().saturating_mul(size_of::<U16>());
        let length = u16::try_from(length).map_err(|_| NtStatus::INTERNAL_ERROR)?;
        self.at(start, U16::new(length).as_bytes());
        self.end = text.saturating_add(length.into());
        Ok(start)
    }

    /// Writes the offset of the next `WMIREGINFO` into this one, clears the bytes between them, and
    /// returns the offset.
    fn link(&mut self) -> usize {
        let next = wnode::stride(self.end).unwrap_or(usize::MAX);
        let padding = next.saturating_sub(self.end);
        self.at(
            self.end,
            [0; DATA_ALIGNMENT].get(..padding).unwrap_or_default(),
        );
        self.at(
            offset_of!(WmiRegInfo, next_wmi_reg_info),
            count(next).as_bytes(),
        );
        next
    }
}
