//! A device's registration state: which blocks are registered, and whether WMI has read the current
//! names of their instances. It owns neither the blocks nor the names.

use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// Whether a device has an optional block, and whether the block is registered with WMI.
///
/// The device holds it; [`Block::present_if`](super::Block::present_if) connects it with the block.
/// After [`set`](Self::set) the driver tells WMI of the change with `WMIREG_ACTION_UPDATE_GUIDS`.
/// The update that follows lists the block if it is present, and removes it if it was registered
/// and no longer is present.
#[derive(Debug)]
pub struct Presence {
    state: AtomicU8,
}

/// Bit of the state: the device has the block.
const PRESENT: u8 = 1;

/// Bit of the state: a registration has listed the block.
const REGISTERED: u8 = 2;

/// Bit of the state: the update that is being written removes the block.
const REMOVED: u8 = 4;

/// How a registration lists a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// Listed with its instances.
    Present,
    /// Listed as removed.
    Removed,
    /// Not listed.
    Absent,
}

impl Presence {
    /// Creates the state of a block that the device has, or does not have.
    #[must_use]
    pub const fn new(is_present: bool) -> Self {
        let state = if is_present { PRESENT } else { 0 };
        Self {
            state: AtomicU8::new(state),
        }
    }

    /// Returns whether the device has the block.
    #[must_use]
    pub fn get(&self) -> bool {
        self.state.load(Ordering::Relaxed) & PRESENT != 0
    }

    /// Sets whether the device has the block.
    pub fn set(&self, is_present: bool) {
        self.change(PRESENT, is_present);
    }

    /// Returns how a registration or an update should list the block now.
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

    /// As [`listing`](Self::listing), and records the result: the registration is being written.
    pub(super) fn list(&self, is_update: bool) -> Listing {
        let listing = self.listing(is_update);
        self.change(REMOVED, listing == Listing::Removed);
        match listing {
            Listing::Present => self.change(REGISTERED, true),
            // Stays registered until the update is complete, as WMI may have to request it again.
            Listing::Removed => {}
            Listing::Absent => self.change(REGISTERED, false),
        }
        listing
    }

    /// Records that the registration is complete.
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

/// Records whether the dynamic names of a block's instances have changed since WMI last queried
/// them.
///
/// The device holds it; [`Block::name_changes`](super::Block::name_changes) connects it with the
/// block. The driver calls [`record`](Self::record) after an instance was added, removed or
/// renamed. If number and names of the instances are those of the previous query, a query of all
/// instances sets `WNODE_FLAG_INSTANCES_SAME`, so that WMI need not read the names again.
///
/// Source: "IRP_MN_QUERY_ALL_DATA", windows-driver-docs.
#[derive(Debug)]
pub struct NameChanges {
    /// The number of changes.
    revision: AtomicU32,
    /// The revision returned by the last query; a different one before the first query.
    told: AtomicU32,
}

impl NameChanges {
    /// Creates the record for names that no query has returned yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            revision: AtomicU32::new(1),
            told: AtomicU32::new(0),
        }
    }

    /// Records that an instance was added, removed or renamed.
    pub fn record(&self) {
        self.revision.fetch_add(1, Ordering::Release);
    }

    /// Returns the revision of names that are read after this call.
    pub(super) fn revision(&self) -> u32 {
        self.revision.load(Ordering::Acquire)
    }

    /// Returns whether the last query returned the names of this revision.
    pub(super) fn is_told(&self, revision: u32) -> bool {
        self.told.load(Ordering::Relaxed) == revision
    }

    /// Records that a query returned the names of this revision.
    pub(super) fn tell(&self, revision: u32) {
        self.told.store(revision, Ordering::Relaxed);
    }

    /// Resets the record on a new registration: the next query is the first.
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
