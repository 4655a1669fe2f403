//! [`Oids`]: the custom OIDs of a provider's blocks, and the table by which NDIS finds them.

use core::fmt;

use wmi_core::provider::{Block, Provider};

use crate::layout::NdisGuid;

/// `OID_GEN_SUPPORTED_GUIDS`, whose query NDIS sends for the table. Source: `ntddndis.h`.
pub const OID_GEN_SUPPORTED_GUIDS: u32 = 0x0001_0117;

/// Flags of `NDIS_GUID`. Source: `ntddndis.h`.
const TO_OID: u32 = 0x01;
const ALLOW_READ: u32 = 0x20;
const METHOD: u32 = 0x80;

/// `Size` of a class whose data has no fixed size, or of one without data.
const ANY_SIZE: u32 = u32::MAX;

/// The top byte of custom OIDs.
const CUSTOM: u32 = 0xff00_0000;

/// The custom OIDs of a provider's blocks: consecutive numbers in the order of the blocks.
///
/// The numbers are known to NDIS and the driver alone, so they may change from one build to the next.
pub struct Oids<A: 'static> {
    provider: &'static Provider<A>,
    first: u32,
    flags: u32,
}

impl<A> fmt::Debug for Oids<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oids")
            .field("first", &format_args!("{:#010x}", self.first))
            .field("provider", self.provider)
            .finish_non_exhaustive()
    }
}

impl<A: Sync> Oids<A> {
    /// Returns the OIDs from `first` on, whose top byte is 0xff as for all custom OIDs.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Panics
    ///
    /// If `first` or the last OID is not a custom one. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    #[expect(clippy::as_conversions, reason = "compared before")]
    pub const fn new(provider: &'static Provider<A>, first: u32) -> Self {
        let count = provider.block_list().len();
        assert!(
            first >= CUSTOM && count <= u32::MAX.saturating_sub(first) as usize,
            "custom OIDs are 0xff000000 and above: start lower, such as at 0xff010200"
        );
        Self {
            provider,
            first,
            flags: TO_OID,
        }
    }

    /// Lets all users read the blocks. By default only administrators may. Changes and methods stay
    /// with administrators.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub const fn readable_by_all(mut self) -> Self {
        self.flags |= ALLOW_READ;
        self
    }

    /// Returns the number of OIDs: [`OID_GEN_SUPPORTED_GUIDS`], and one for each block.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.provider.block_list().len().saturating_add(1)
    }

    /// Returns `others`, the OIDs that the driver serves itself, followed by those of WMI: the
    /// `SupportedOidList` of the general attributes.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Panics
    ///
    /// If `N` is not `others.len() + self.count()`. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "a panic while a constant is evaluated is a compile error"
    )]
    pub const fn supported<const N: usize>(&self, others: &[u32]) -> [u32; N] {
        assert!(
            N == others.len() + self.count(),
            "the list has as many OIDs as `others.len() + oids.count()`"
        );
        let mut list = [0; N];
        let mut index = 0;
        while index < others.len() {
            list[index] = others[index];
            index += 1;
        }
        list[index] = OID_GEN_SUPPORTED_GUIDS;
        let mut oid = self.first;
        while index + 1 < N {
            index += 1;
            list[index] = oid;
            oid += 1;
        }
        list
    }

    /// Returns the table of all blocks, for a driver that answers [`OID_GEN_SUPPORTED_GUIDS`] itself.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Panics
    ///
    /// If `N` is not the number of blocks. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "a panic while a constant is evaluated is a compile error"
    )]
    pub const fn guids<const N: usize>(&self) -> [NdisGuid; N] {
        let blocks = self.provider.block_list();
        assert!(
            N == blocks.len(),
            "the table has one element for each block"
        );
        let mut table = [const { NdisGuid::NONE }; N];
        let mut index = 0;
        while index < N {
            table[index] = self.guid(blocks[index], index);
            index += 1;
        }
        table
    }

    /// The element of a block with this place in the list.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "compared before, and by `new`"
    )]
    const fn guid(&self, block: &Block<A>, index: usize) -> NdisGuid {
        let size = match block.instance_size() {
            Some(size) if size > 0 && size < ANY_SIZE as usize => size as u32,
            _ => ANY_SIZE,
        };
        let method = if block.has_methods() { METHOD } else { 0 };
        NdisGuid {
            guid: block.guid().to_bytes(),
            oid: self.first + index as u32,
            size,
            flags: self.flags | method,
        }
    }

    pub(super) const fn provider(&self) -> &'static Provider<A> {
        self.provider
    }

    /// Returns the elements of the blocks that the adapter has.
    pub(super) fn present<'a>(&'a self, context: &'a A) -> impl Iterator<Item = NdisGuid> + 'a {
        let blocks = self.provider.blocks().enumerate();
        blocks
            .filter(|(_, block)| block.is_present(context))
            .map(|(index, block)| self.guid(block, index))
    }

    /// Returns the block of an OID, whether the adapter has it or not.
    pub(super) fn block(&self, oid: u32) -> Option<&'static Block<A>> {
        let index = usize::try_from(oid.checked_sub(self.first)?).ok()?;
        self.provider.blocks().nth(index)
    }
}
