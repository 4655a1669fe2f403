//! [`SingleWriter`]: a counter updated by one thread at a time.

use core::num::Wrapping;
use core::ops::{Add, Sub};

use super::only::{OnlyCounter32, OnlyCounter64};
use super::{Counter, Counter32, Counter64};
use crate::WmiField;
use crate::block::field::Element;
use crate::schema::CimType;

/// A counter updated by one thread at a time, at the cost of a plain addition.
///
/// [`increment`](Counter::increment), [`add`](Counter::add), [`decrement`](Counter::decrement) and
/// [`sub`](Counter::sub) are a relaxed load and a relaxed store instead of one atomic operation. On
/// x86-64 both are one `add` without the lock prefix, which takes a fraction of the time.
///
/// # The rule
///
/// Two threads must not change the same counter at the same time. If they do, the store of one
/// overwrites everything the other stored since the load: those counts are lost, and a
/// [`set`](Counter::set) is undone. If load and store are two instructions, as on ARM64 and in
/// debug builds, a thread may be preempted between them, so many counts can be lost, and a reader
/// sees the value go back. Nothing else goes wrong: values are never torn, and reading is allowed
/// at any time.
///
/// Code that is already serialised keeps the rule: under a lock, in one worker thread, in the DPC
/// of one queue. So does a [`PerCpu`](super::PerCpu) in which each processor updates its own group
/// at `DISPATCH_LEVEL`, where only interrupts can preempt it, and they must not update the group.
/// This requires at least as many [`groups`](super::PerCpu::groups) as the machine may have
/// processors; with fewer, two processors share a group and break the rule.
///
/// ```
/// use core::sync::atomic::AtomicU64;
/// use wmi_core::{SingleWriter, WmiClass};
///
/// /// Statistics of a receive queue, updated only by its DPC.
/// #[derive(WmiClass)]
/// #[wmi(name = "Vendor_ReceiveQueue", base = "Win32_PerfRawData")]
/// #[wmi(guid = "90c3d5a1-6a2e-4b7f-8d14-e2b60f5c7a93")]
/// pub struct ReceiveQueue {
///     /// Frames received.
///     #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
///     pub frames: SingleWriter<AtomicU64>,
/// }
///
/// static QUEUE: ReceiveQueue = ReceiveQueue::new();
/// QUEUE.increment_frames();
/// assert_eq!(QUEUE.frames(), 1);
/// ```
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct SingleWriter<A>(A);

impl<A> SingleWriter<A> {
    /// Creates a counter with the initial value of `counter`.
    #[must_use]
    pub const fn new(counter: A) -> Self {
        Self(counter)
    }
}

#[diagnostic::do_not_recommend]
impl<A> Counter for SingleWriter<A>
where
    A: Counter<Value: From<bool>>,
    Wrapping<A::Value>: Add<Output = Wrapping<A::Value>> + Sub<Output = Wrapping<A::Value>>,
{
    type Itself = Self;

    #[inline]
    fn increment(&self) {
        self.add(true.into());
    }

    #[inline]
    fn add(&self, amount: A::Value) {
        self.set((Wrapping(self.value()) + Wrapping(amount)).0);
    }

    #[inline]
    fn decrement(&self) {
        self.sub(true.into());
    }

    #[inline]
    fn sub(&self, amount: A::Value) {
        self.set((Wrapping(self.value()) - Wrapping(amount)).0);
    }

    #[inline]
    fn set(&self, value: A::Value) {
        self.0.set(value);
    }
}

#[diagnostic::do_not_recommend]
impl<A: Counter32> Counter32 for SingleWriter<A>
where
    Self: Counter,
{
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<A: Counter64> Counter64 for SingleWriter<A>
where
    Self: Counter,
{
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<A: OnlyCounter32> OnlyCounter32 for SingleWriter<A>
where
    Self: Counter,
{
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<A: OnlyCounter64> OnlyCounter64 for SingleWriter<A>
where
    Self: Counter,
{
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<A: Counter> Element for SingleWriter<A> {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<A: Counter> WmiField for SingleWriter<A> {
    const CIM_TYPE: CimType = A::CIM_TYPE;
    const ZERO: Self = Self(A::ZERO);
    const IS_COUNTER: bool = A::IS_COUNTER;

    type Wire = A::Wire;
    type Value = A::Value;
    type Itself = Self;

    #[inline]
    fn value(&self) -> A::Value {
        self.0.value()
    }

    #[inline]
    fn encode(value: A::Value) -> A::Wire {
        A::encode(value)
    }

    #[inline]
    fn decode(wire: &A::Wire) -> A::Value {
        A::decode(wire)
    }

    #[inline]
    fn from_value(value: A::Value) -> Option<Self> {
        A::from_value(value).map(Self)
    }
}
