//! What a driver tells WMI about its blocks: `WMIREGINFO`.

use zerocopy::IntoBytes;
use zerocopy::little_endian::{U16, U32};

use super::call::count;
use super::dispatch::Model;
use super::names::Names;
use super::request::Failure;
use super::{Block, Minor, Provider, Response};
use crate::NtStatus;
use crate::schema::distinct_blocks;
use crate::wnode::flags::{
    WMIREG_FLAG_EVENT_ONLY_GUID, WMIREG_FLAG_EXPENSIVE, WMIREG_FLAG_INSTANCE_BASENAME,
    WMIREG_FLAG_INSTANCE_LIST, WMIREG_FLAG_INSTANCE_PDO, WMIREG_FLAG_REMOVE_GUID,
};
use crate::wnode::{WmiRegGuid, WmiRegInfo};

/// What stands before the entries where pointers have 64 bits.
const PADDING: [u8; WmiRegInfo::GUIDS_OFFSET - size_of::<WmiRegInfo>()] =
    [0; WmiRegInfo::GUIDS_OFFSET - size_of::<WmiRegInfo>()];

/// Bytes of the reply that says how large a buffer is needed.
const SIZE_NEEDED: usize = size_of::<U32>();

impl<A: Sync> Provider<A> {
    /// A driver with these blocks, none of which is named by the physical device object.
    ///
    /// # Panics
    ///
    /// In a constant, an error of the compiler: where two blocks have one GUID, a class has methods
    /// that are not served, or a block is named by the physical device object.
    #[must_use]
    #[track_caller]
    #[expect(
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )]
    pub const fn new(blocks: &'static [&'static Block<A>]) -> Self {
        check(blocks);
        let mut index = 0;
        while index < blocks.len() {
            if matches!(blocks[index].names, Names::Pdo(_)) {
                panic!(
                    "a block is named by the physical device object: use `Provider::with_pdo`, \
                     or name it by `base_name`, `list` or `dynamic`"
                );
            }
            index += 1;
        }
        Self::unchecked(blocks, Model::Wdm(None))
    }

    /// A driver with these blocks, and the address of the physical device object of a device.
    ///
    /// Registration needs references on the object; see [`pdo_references`](Self::pdo_references).
    ///
    /// # Panics
    ///
    /// In a constant, an error of the compiler: where two blocks have one GUID, or a class has
    /// methods that are not served.
    #[must_use]
    #[track_caller]
    pub const fn with_pdo(blocks: &'static [&'static Block<A>], pdo: fn(&A) -> usize) -> Self {
        check(blocks);
        Self::unchecked(blocks, Model::Wdm(Some(pdo)))
    }

    /// A miniport of Storport with these blocks: the port driver, which passes registration on to
    /// the system, knows the physical device object and the registry path. See
    /// [`storport`](super::storport).
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

    const fn unchecked(blocks: &'static [&'static Block<A>], model: Model<A>) -> Self {
        Self {
            blocks,
            model,
            mof_resource: None,
            registry_path: None,
        }
    }

    /// The name of the `MOFDATA` resource in the driver's image, which tells WMI of the classes.
    #[must_use]
    pub const fn mof_resource(mut self, name: &'static str) -> Self {
        self.mof_resource = Some(name);
        self
    }

    /// The path of the driver's service key in the registry: what `DriverEntry` was given.
    #[must_use]
    pub const fn registry_path(mut self, path: fn(&A) -> &[u16]) -> Self {
        self.registry_path = Some(path);
        self
    }

    /// How many references on the physical device object the reply to this request needs, by
    /// `ObReferenceObject`, before the request is completed: in
    /// [`Minor::RegInfoEx`](super::Minor::RegInfoEx) one for each time that the reply names it. The
    /// system gives them back.
    #[must_use]
    pub fn pdo_references(&self, context: &A, minor: Minor, response: Response) -> usize {
        let names_it = matches!(self.model, Model::Wdm(Some(_)))
            && minor == Minor::RegInfoEx
            && response.status.is_success()
            && response.information > SIZE_NEEDED;
        if !names_it {
            return 0;
        }
        let is_named_by_it =
            |block: &&&Block<A>| matches!(block.names, Names::Pdo(_)) && block.is_present(context);
        self.blocks.iter().filter(is_named_by_it).count()
    }

    /// Writes the `WMIREGINFO`.
    pub(super) fn register(
        &self,
        context: &A,
        action: usize,
        buffer: &mut [u8],
    ) -> Result<usize, Failure> {
        let is_update = match action {
            0 => false,
            1 => true,
            _ => return Err(NtStatus::INVALID_PARAMETER.into()),
        };
        let listed = |block: &&&Block<A>| is_update || block.is_present(context);
        let guids = self.blocks.iter().filter(listed).count();
        let entries = guids.saturating_mul(size_of::<WmiRegGuid>());
        let strings = WmiRegInfo::GUIDS_OFFSET.saturating_add(entries);

        let write = |buffer| -> Result<usize, Failure> {
            let end = strings;
            let mut out = Output { buffer, end };
            let mut info = WmiRegInfo {
                buffer_size: U32::ZERO,
                next_wmi_reg_info: U32::ZERO,
                registry_path: U32::ZERO,
                mof_resource_name: U32::ZERO,
                guid_count: count(guids),
            };
            if !is_update {
                if let Some(path) = self.registry_path {
                    let units = path(context).iter().copied();
                    info.registry_path = count(out.counted(units)?);
                }
                if let Some(name) = self.mof_resource {
                    info.mof_resource_name = count(out.counted(name.encode_utf16())?);
                }
            }
            let mut entry = WmiRegInfo::GUIDS_OFFSET;
            for block in self.blocks.iter().filter(listed).take(guids) {
                let guid = self.entry(block, context, &mut out)?;
                out.at(entry, guid.as_bytes());
                entry = entry.saturating_add(size_of::<WmiRegGuid>());
            }
            if entry != strings {
                // A block has gone since they were counted.
                return Err(NtStatus::WMI_TRY_AGAIN.into());
            }
            info.buffer_size = count(out.end);
            out.at(0, info.as_bytes());
            out.at(size_of::<WmiRegInfo>(), &PADDING);
            Ok(out.end)
        };

        let needed = write(&mut [])?;
        let Some(whole) = buffer.get_mut(..needed) else {
            // Documented is a failure with the size in the buffer; `classpnp`, which every Windows
            // registers its disks with, has always succeeded with four bytes.
            let start = buffer.first_chunk_mut::<SIZE_NEEDED>();
            *start.ok_or(NtStatus::BUFFER_TOO_SMALL)? = count(needed).to_bytes();
            return Ok(SIZE_NEEDED);
        };
        match write(whole)? {
            written if written == needed => Ok(written),
            // Names have come or gone since they were measured.
            _ => Err(NtStatus::WMI_TRY_AGAIN.into()),
        }
    }

    fn entry(
        &self,
        block: &Block<A>,
        context: &A,
        out: &mut Output<'_>,
    ) -> Result<WmiRegGuid, Failure> {
        let mut flags = 0;
        if block.collect.is_some() {
            flags |= WMIREG_FLAG_EXPENSIVE;
        }
        if block.is_event_only {
            flags |= WMIREG_FLAG_EVENT_ONLY_GUID;
        }
        let (mut instances, mut info) = (0, 0);
        if block.is_present(context) {
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
        } else {
            flags |= WMIREG_FLAG_REMOVE_GUID;
        }
        Ok(WmiRegGuid {
            guid: block.guid.to_bytes(),
            flags: U32::new(flags),
            instance_count: count(instances),
            instance_info: info.into(),
        })
    }
}

/// The buffer of a registration, and where the next string goes; what lies past the end of the
/// buffer is not written.
struct Output<'b> {
    buffer: &'b mut [u8],
    end: usize,
}

impl Output<'_> {
    fn at(&mut self, start: usize, bytes: &[u8]) {
        let end = start.saturating_add(bytes.len());
        if let Some(slot) = self.buffer.get_mut(start..end) {
            // They have one length.
            let _ = bytes.write_to(slot);
        }
    }

    /// Appends a counted string, and says where.
    fn counted(&mut self, units: impl Iterator<Item = u16> + Clone) -> Result<usize, Failure> {
        let start = self.end;
        let length = units.clone().count().saturating_mul(2);
        let length = u16::try_from(length).map_err(|_| NtStatus::INTERNAL_ERROR)?;
        self.append(U16::new(length));
        units.for_each(|unit| self.append(U16::new(unit)));
        Ok(start)
    }

    fn append(&mut self, unit: U16) {
        self.at(self.end, unit.as_bytes());
        self.end = self.end.saturating_add(size_of::<U16>());
    }
}

/// Proves that no GUID stands twice and that all methods are served.
#[track_caller]
#[expect(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
const fn check<A>(blocks: &[&Block<A>]) {
    let mut index = 0;
    while index < blocks.len() {
        let block = blocks[index];
        if block.lacks_methods {
            panic!(
                "a class has methods that are not served: add `.methods::<(..)>()` to its block"
            );
        }
        let mut other = 0;
        while other < index {
            let before = blocks[other];
            distinct_blocks(before.name, before.guid, block.name, block.guid);
            other += 1;
        }
        index += 1;
    }
}
