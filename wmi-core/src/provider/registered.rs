//! The state of registration that a device keeps: which blocks are registered, and whether WMI knows
//! the names of their instances. It owns neither the blocks nor the names.

use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// Whether a device has a block that comes and goes, and whether WMI knows of it.
///
/// It stands in the device; [`Block::present_if`](super::Block::present_if) connects it with the
/// block. After [`set`](Self::set) the driver tells WMI of the change by
/// `WMIREG_ACTION_UPDATE_GUIDS`. The update that follows names the block if it is there, and removes
/// it if it was registered and is gone.
#[derive(Debug)]
pub struct Presence {
    state: AtomicU8,
}

/// Bit of the state: the device has the block.
const PRESENT: u8 = 1;

/// Bit of the state: a registration has named the block.
const REGISTERED: u8 = 2;

/// Bit of the state: the update that is being written removes the block.
const REMOVED: u8 = 4;

/// How a registration names a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// With its instances.
    Present,
    /// As removed.
    Removed,
    /// Not at all.
    Absent,
}

impl Presence {
    /// A block that the device has, or has not yet.
    #[must_use]
    pub const fn new(is_present: bool) -> Self {
        let state = if is_present { PRESENT } else { 0 };
        Self {
            state: AtomicU8::new(state),
        }
    }

    /// Whether the device has the block.
    #[must_use]
    pub fn get(&self) -> bool {
        self.state.load(Ordering::Relaxed) & PRESENT != 0
    }

    /// The device has the block from now on, or has it no longer.
    pub fn set(&self, is_present: bool) {
        self.change(PRESENT, is_present);
    }

    /// How a registration, or an update of it, names the block now.
    pub(super) fn listing(&self, is_update: bool) -> Listing {
        let state = self.state.load(Ordering::Relaxed);
        if state & PRESENT != 0 {
            Listing::Present
        } else if is_update && state & REGISTERED != 0 {
            Listing::Removed
        } else {
            Listing::Absent
        }
    }

    /// As [`listing`](Self::listing), and remembers it for the registration that is being written.
    pub(super) fn list(&self, is_update: bool) -> Listing {
        let listing = self.listing(is_update);
        self.change(REMOVED, listing == Listing::Removed);
        match listing {
            Listing::Present => self.change(REGISTERED, true),
            // Until the update is complete, for WMI may have to ask for it again.
            Listing::Removed => {}
            Listing::Absent => self.change(REGISTERED, false),
        }
        listing
    }

    /// The registration that was written is complete.
    pub(super) fn complete(&self) {
        if self.state.load(Ordering::Relaxed) & REMOVED != 0 {
            self.change(REMOVED | REGISTERED, false);
        }
    }

    fn change(&self, bits: u8, on: bool) {
        if on {
            self.state.fetch_or(bits, Ordering::Relaxed);
        } else {
            self.state.fetch_and(!bits, Ordering::Relaxed);
        }
    }
}

/// Whether the dynamic names of a block's instances have changed since WMI queried them.
///
/// It stands in the device; [`Block::name_changes`](super::Block::name_changes) connects it with the
/// block. The driver calls [`record`](Self::record) after an instance has come, gone or got another
/// name. A query of all instances then says whether number and names are those of the query before:
/// `WNODE_FLAG_INSTANCES_SAME`, by which WMI knows that it need not read them again.
///
/// Source: "IRP_MN_QUERY_ALL_DATA", windows-driver-docs.
#[derive(Debug)]
pub struct NameChanges {
    /// Counts the changes.
    revision: AtomicU32,
    /// The revision that the last query has given; another one before the first.
    told: AtomicU32,
}

impl NameChanges {
    /// Names that no query has given yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            revision: AtomicU32::new(1),
            told: AtomicU32::new(0),
        }
    }

    /// An instance has come, gone or got another name.
    pub fn record(&self) {
        self.revision.fetch_add(1, Ordering::Release);
    }

    /// The revision of the names that are read after this.
    pub(super) fn revision(&self) -> u32 {
        self.revision.load(Ordering::Acquire)
    }

    /// Whether the last query has given the names of this revision.
    pub(super) fn is_told(&self, revision: u32) -> bool {
        self.told.load(Ordering::Relaxed) == revision
    }

    /// A query has given the names of this revision.
    pub(super) fn tell(&self, revision: u32) {
        self.told.store(revision, Ordering::Relaxed);
    }

    /// WMI registers the block anew, so that the next query is the first.
    pub(super) fn forget(&self) {
        let revision = self.revision.load(Ordering::Relaxed);
        self.tell(revision.wrapping_sub(1));
    }
}

impl Default for NameChanges {
    fn default() -> Self {
        Self::new()
    }
}
