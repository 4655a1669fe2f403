//! A hash table of the positions of a schema's classes, by name or GUID, which keeps the schema
//! check linear. Owns no rule.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "a panic in a constant is a compile error"
)]

use crate::Guid;

/// Slots of the table. A constant function cannot allocate, so their number is fixed.
const SLOTS: usize = 4096;

/// Positions that the table holds. Later positions are compared one by one.
const HELD: usize = SLOTS / 4 * 3;

/// Positions 0, 1, … by their hashes.
pub(super) struct Index {
    /// The upper half of the hash, and in the lower half the position + 1; 0 is an empty slot.
    slots: [u32; SLOTS],
    length: usize,
}

impl Index {
    pub(super) const fn new() -> Self {
        Self {
            slots: [0; SLOTS],
            length: 0,
        }
    }

    /// Adds the next position under its hash, if it has one.
    pub(super) const fn push(&mut self, hash: Option<u32>) {
        if let (Some(hash), true) = (hash, self.length < HELD) {
            let mut slot = hash as usize % SLOTS;
            while self.slots[slot] != 0 {
                slot = (slot + 1) % SLOTS;
            }
            self.slots[slot] = hash & UPPER | (self.length as u32 + 1);
        }
        self.length += 1;
    }

    /// Returns the positions that may have this hash.
    pub(super) const fn candidates(&self, hash: u32) -> Candidates<'_> {
        Candidates {
            index: self,
            hash,
            slot: hash as usize % SLOTS,
            beyond: HELD,
        }
    }
}

const UPPER: u32 = 0xffff_0000;

/// The positions of an [`Index`] to compare with, in order of addition.
pub(super) struct Candidates<'a> {
    index: &'a Index,
    hash: u32,
    slot: usize,
    beyond: usize,
}

impl Candidates<'_> {
    pub(super) const fn next(&mut self) -> Option<usize> {
        loop {
            let entry = self.index.slots[self.slot];
            if entry == 0 {
                break;
            }
            self.slot = (self.slot + 1) % SLOTS;
            if entry & UPPER == self.hash & UPPER {
                return Some((entry & !UPPER) as usize - 1);
            }
        }
        if self.beyond < self.index.length {
            self.beyond += 1;
            return Some(self.beyond - 1);
        }
        None
    }
}

/// Hashes a name case-insensitively with FNV-1a.
pub(super) const fn hash_name(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let mut hash = 0x811c_9dc5;
    let mut index = 0;
    while index < bytes.len() {
        // Also folds some characters that are not letters, which only costs a comparison.
        hash = step(hash, (bytes[index] | 0x20) as u32);
        index += 1;
    }
    spread(hash)
}

pub(super) const fn hash_guid(guid: Guid) -> u32 {
    let (first, second, third, [a, b, c, d, e, f, g, h]) = guid.to_fields();
    let mut hash = step(0x811c_9dc5, first);
    hash = step(hash, (second as u32) << 16 | third as u32);
    hash = step(hash, u32::from_le_bytes([a, b, c, d]));
    hash = step(hash, u32::from_le_bytes([e, f, g, h]));
    spread(hash)
}

const fn step(hash: u32, value: u32) -> u32 {
    (hash ^ value).wrapping_mul(0x0100_0193)
}

/// Mixes all bits into the lower half, which selects the slot.
const fn spread(hash: u32) -> u32 {
    (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b)
}
