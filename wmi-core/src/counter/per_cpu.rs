//! [`PerCpu`]: a copy of a class's counters for each processor.

use core::fmt;

use crate::block::{add, clamp};
use crate::wnode::InstanceData;
use crate::{CounterClass, Wire};

/// A copy of the counters of class `C` for each of `N` processors, summed when they are queried.
///
/// Processors that update the same counter wait for its cache line. Here each processor has its own
/// group of counters, aligned to 128 bytes, as processors fetch pairs of cache lines. Nothing is
/// allocated and no thread-local storage is used: the caller passes its processor number.
///
/// ```
/// use core::sync::atomic::AtomicU64;
/// use wmi_core::{PerCpu, WmiClass};
///
/// /// Statistics of the adapter.
/// #[derive(WmiClass)]
/// #[wmi(name = "Vendor_Requests", base = "Win32_PerfRawData")]
/// #[wmi(guid = "4f5e1d36-92ab-4c08-b7d0-3a18c65e0f72")]
/// pub struct Requests {
///     /// Completed requests.
///     #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
///     pub completed: AtomicU64,
///     /// Requests waiting now.
///     #[wmi(data_id = 2, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
///     pub waiting: AtomicU64,
/// }
///
/// static REQUESTS: PerCpu<Requests, 64> = PerCpu::new();
///
/// // In a driver: KeGetCurrentProcessorNumberEx(null_mut()).
/// let processor = 3;
/// REQUESTS.on(processor).increment_waiting();
/// // Another processor may decrement what this one incremented.
/// REQUESTS.on(processor + 1).decrement_waiting();
/// REQUESTS.on(processor + 1).increment_completed();
///
/// let block = REQUESTS.snapshot();
/// assert_eq!((block.completed(), block.waiting()), (1, 0));
/// ```
///
/// It is an [`InstanceData`] of its class, for a WNODE or a [provider's
/// block](crate::provider::Block::counters).
///
/// # What a query sees
///
/// A sum includes every increment that happened before the query: in the querying thread, or
/// ordered by a lock or a message between the threads. Other increments may be missed: counters are
/// `Relaxed`. Sums wrap, as the counters do.
///
/// For a gauge (unsigned, with an [instantaneous](crate::CounterType::is_instantaneous) counter
/// type or none), a query may see one processor's decrement but miss another's earlier increment. A
/// sum that would be below zero is reported as zero. A gauge therefore has only the lower half of
/// its range, up to 2<sup>63</sup> - 1, or 2<sup>31</sup> - 1 with 32 bits; larger sums also read
/// as zero. A narrow counter that only grows needs a counter type for that, such as
/// [`PERF_COUNTER_COUNTER`](crate::CounterType::PERF_COUNTER_COUNTER), to use its whole range. With
/// a single group, all values are reported unchanged.
///
/// `set_..()` replaces the value of one processor only. Fields that are not atomic integers are not
/// summed: the block has the value of processor 0.
///
/// # What it costs
///
/// Counting costs the index and the instruction of the counter. A thread that moves to another
/// processor in between loses no counts, as the counters are atomic; a
/// [`SingleWriter`](super::SingleWriter) has its own rule, and needs a group for each processor. A
/// query reads each group once, so its time grows with `N`. The memory is `N` times the size of the
/// class, rounded up to 128 bytes.
pub struct PerCpu<C, const N: usize> {
    groups: [Group<C>; N],
}

/// Two cache lines of 64 bytes: processors also fetch the adjacent line.
#[repr(align(128))]
struct Group<C>(C);

impl<C: CounterClass, const N: usize> PerCpu<C, N> {
    const SOME: () = assert!(N > 0, "`PerCpu` needs at least one group");

    /// Creates counters that are zero.
    #[must_use]
    pub const fn new() -> Self {
        let () = Self::SOME;
        Self {
            groups: [const { Group(C::ZERO) }; N],
        }
    }

    /// Returns the counters of a processor, numbered from zero.
    ///
    /// If there are more processors than [`groups`](Self::groups), some share a group: processor
    /// `N` uses that of processor 0, and so on. Atomic counters lose no counts then; a
    /// [`SingleWriter`](super::SingleWriter) has two writers and does.
    #[must_use]
    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing,
        reason = "`N` is not zero, and the remainder is less than `N`"
    )]
    pub const fn on(&self, processor: u32) -> &C {
        let () = Self::SOME;
        &self.groups[processor as usize % N].0
    }

    /// Returns the number of groups: `N`.
    ///
    /// When it is loaded, a driver whose groups hold a [`SingleWriter`](super::SingleWriter) must
    /// compare it with `KeQueryMaximumProcessorCountEx(ALL_PROCESSOR_GROUPS)`: with fewer groups it
    /// must not count.
    #[must_use]
    pub const fn groups(&self) -> usize {
        N
    }

    /// Returns the sums as a data block.
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
        // A single group needs no sum, so no value can miss an increment.
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
