//! [`PerCpu`]: the counters of a class once for each processor.

use core::fmt;

use crate::block::{add, clamp};
use crate::wnode::InstanceData;
use crate::{CounterClass, Wire};

/// The counters of class `C` once for each of `N` processors, added up when they are queried.
///
/// Where many processors count in one counter, they wait for its cache line. Here each has a group
/// of its own, apart from the others by 128 bytes, which processors fetch at once. Nothing is
/// allocated and no thread-local storage is used: the caller says on which processor it runs.
///
/// ```
/// use core::sync::atomic::AtomicU64;
/// use wmi_core::{PerCpu, WmiClass};
///
/// /// What the adapter has done.
/// #[derive(WmiClass)]
/// #[wmi(name = "Vendor_Requests", base = "Win32_PerfRawData")]
/// #[wmi(guid = "4f5e1d36-92ab-4c08-b7d0-3a18c65e0f72")]
/// pub struct Requests {
///     /// Requests that were completed.
///     #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
///     pub completed: AtomicU64,
///     /// Requests that wait now.
///     #[wmi(data_id = 2, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
///     pub waiting: AtomicU64,
/// }
///
/// static REQUESTS: PerCpu<Requests, 64> = PerCpu::new();
///
/// // In a driver: KeGetCurrentProcessorNumberEx(null_mut()).
/// let processor = 3;
/// REQUESTS.on(processor).increment_waiting();
/// // Another processor may count down what this one has counted up.
/// REQUESTS.on(processor + 1).decrement_waiting();
/// REQUESTS.on(processor + 1).increment_completed();
///
/// let block = REQUESTS.snapshot();
/// assert_eq!((block.completed(), block.waiting()), (1, 0));
/// ```
///
/// It is an [`InstanceData`] of its class, which a WNODE or a
/// [provider's block](crate::provider::Block::counters) is filled with.
///
/// # What a query sees
///
/// An increment is in the sum if it happened before the query: in the querying thread, or ordered
/// by a lock or a message between the threads. Other increments may be missed: counters are
/// `Relaxed`. Sums wrap, as the counters do.
///
/// A value that may go down (unsigned, with an
/// [instantaneous](crate::CounterType::is_instantaneous) counter type or none) may be seen as it
/// is counted down on one processor and not yet as it was counted up on another. Its sum would be
/// below zero for a moment, so it is zero then. For that the value has its upper half for negative
/// sums: it may grow to 2<sup>63</sup> - 1, with 32 bits to 2<sup>31</sup> - 1; beyond, it reads
/// as zero. A narrow count that only grows needs a counter type that says so, such as
/// [`PERF_COUNTER_COUNTER`](crate::CounterType::PERF_COUNTER_COUNTER): it has its whole range. Of
/// one group there is no sum, and every value is reported as it is.
///
/// `set_..()` replaces the part of one processor alone. A field that is not an atomic integer is
/// not added up: the block has the value of processor 0.
///
/// # What it costs
///
/// To count: the index, and the instruction of the counter. A thread that moves to another
/// processor meanwhile loses nothing, as the counters are atomic; those that are a
/// [`SingleWriter`](super::SingleWriter) have a rule to keep, and need a group for each processor.
/// To query: each group is read once, so the time grows with `N`. Memory: `N` times the size of
/// the class, rounded up to 128 bytes.
pub struct PerCpu<C, const N: usize> {
    groups: [Group<C>; N],
}

/// Two cache lines of 64 bytes: processors fetch the neighbour of a line as well.
#[repr(align(128))]
struct Group<C>(C);

impl<C: CounterClass, const N: usize> PerCpu<C, N> {
    const SOME: () = assert!(N > 0, "there is at least one processor");

    /// Makes counters that are zero.
    #[must_use]
    pub const fn new() -> Self {
        let () = Self::SOME;
        Self {
            groups: [const { Group(C::ZERO) }; N],
        }
    }

    /// Returns the counters of a processor, counted from zero.
    ///
    /// Where there are more processors than [`groups`](Self::groups), some share one: processor
    /// `N` has that of processor 0, and so on. Atomic counters lose nothing by that; a
    /// [`SingleWriter`](super::SingleWriter) has two writers then, and loses counts.
    #[must_use]
    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing,
        reason = "there is a group, and the remainder is less than their number"
    )]
    pub const fn on(&self, processor: u32) -> &C {
        let () = Self::SOME;
        &self.groups[processor as usize % N].0
    }

    /// Returns how many groups there are: `N`.
    ///
    /// A driver whose groups hold a [`SingleWriter`](super::SingleWriter) compares it, when it is
    /// loaded, with `KeQueryMaximumProcessorCountEx(ALL_PROCESSOR_GROUPS)`: with fewer groups it
    /// must not count.
    #[must_use]
    pub const fn groups(&self) -> usize {
        N
    }

    /// Returns the sums as the data block that travels.
    #[must_use]
    pub fn snapshot(&self) -> Wire<C> {
        let mut block = Wire::zeroed();
        self.store(&mut block);
        block
    }
}

impl<C: CounterClass, const N: usize> InstanceData<C> for PerCpu<C, N> {
    fn store(&self, block: &mut Wire<C>) {
        let mut groups = self.groups.iter();
        if let Some(Group(first)) = groups.next() {
            first.store(block);
        }
        let mut part = Wire::<C>::zeroed();
        for Group(group) in groups {
            group.store(&mut part);
            add(block, &part);
        }
        // Where all count in one group, no sum can have missed a part.
        if const { N > 1 } {
            clamp(block);
        }
    }
}

impl<C: CounterClass, const N: usize> InstanceData<C> for &PerCpu<C, N> {
    fn store(&self, block: &mut Wire<C>) {
        (*self).store(block);
    }
}

impl<C: CounterClass, const N: usize> Default for PerCpu<C, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: CounterClass, const N: usize> fmt::Debug for PerCpu<C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerCpu")
            .field("processors", &N)
            .field("sums", &self.snapshot())
            .finish()
    }
}
