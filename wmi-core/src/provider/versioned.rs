//! Bytes that are replaced as a whole while others read them: a sequence lock that nobody waits for.
//!
//! Owns the bytes and their version. It does not own how often a reader or a writer tries.

use crate::sync::{AtomicU8, AtomicU32, AtomicUsize, Ordering, fence};

/// Bytes and their version, which is odd while they are being replaced.
///
/// A reader that finds the same even version before and after has read the bytes of one writer: 2^32
/// replacements during one read do not happen.
pub(crate) struct Versioned<B> {
    version: AtomicU32,
    length: AtomicUsize,
    bytes: B,
}

impl<B: AsRef<[AtomicU8]>> Versioned<B> {
    /// Creates the bytes, of which the first `length` are used.
    pub(crate) fn new(bytes: B, length: usize) -> Self {
        Self {
            version: AtomicU32::new(0),
            length: AtomicUsize::new(length),
            bytes,
        }
    }

    /// Reads the bytes into `to`, which has room for all, and returns how many there are; `None` if they
    /// are being replaced, or were while they were read.
    pub(crate) fn try_read(&self, to: &mut [u8]) -> Option<usize> {
        let before = self.version.load(Ordering::Acquire);
        if !is_stable(before) {
            return None;
        }
        let length = self.length.load(Ordering::Relaxed);
        let from = self.bytes.as_ref().iter().take(length);
        for (to, from) in to.iter_mut().zip(from) {
            *to = from.load(Ordering::Relaxed);
        }
        // The loads above come before the next.
        fence(Ordering::Acquire);
        let is_same = self.version.load(Ordering::Relaxed) == before;
        is_same.then_some(length)
    }

    /// Replaces the bytes by these, for which there is room; `None` if another thread is replacing them.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> Option<()> {
        let before = self.version.load(Ordering::Relaxed);
        if !is_stable(before) {
            return None;
        }
        let odd = before.wrapping_add(1);
        let version = &self.version;
        version
            .compare_exchange(before, odd, Ordering::Acquire, Ordering::Relaxed)
            .ok()?;
        // The odd version comes before the stores below.
        fence(Ordering::Release);
        self.length.store(bytes.len(), Ordering::Relaxed);
        for (to, from) in self.bytes.as_ref().iter().zip(bytes) {
            to.store(*from, Ordering::Relaxed);
        }
        version.store(odd.wrapping_add(1), Ordering::Release);
        Some(())
    }
}

const fn is_stable(version: u32) -> bool {
    version & 1 == 0
}
