//! The atomics of stored values. The tests of every interleaving of threads put others in their place.

pub(crate) use core::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering, fence};
