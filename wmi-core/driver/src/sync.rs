//! The atomics of [`later`](crate::later) and of the rundown. The tests of every interleaving of
//! threads put others in their place.

pub(crate) use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
