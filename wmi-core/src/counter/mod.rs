#![cfg_attr(feature = "derive", doc = include_str!("which.md"))]
#![cfg_attr(
    not(feature = "derive"),
    doc = "Counters: fields that many threads update at once."
)]

pub(crate) mod only;
mod per_cpu;
mod single_writer;

pub use per_cpu::PerCpu;
pub use single_writer::SingleWriter;

use core::sync::atomic::{
    AtomicI8, AtomicI16, AtomicI32, AtomicU8, AtomicU16, AtomicU32, Ordering,
};
#[cfg(target_has_atomic = "64")]
use core::sync::atomic::{AtomicI64, AtomicU64};

use crate::WmiField;

/// A counter field.
///
/// All operations are relaxed: each is atomic, but does not order other memory accesses. They wrap
/// on overflow, as readers of performance counters expect.
///
/// | form | on x86-64 | for |
/// |---|---|---|
/// | the atomic itself | one locked instruction | counting anywhere |
/// | [`SingleWriter`] | one plain instruction | code that is already serialised |
/// | [`PerCpu`] | an index, then either of the above | counting on many processors at once |
///
/// # 32-bit Windows
///
/// Drivers for 32-bit Windows are not supported. On `i686-pc-windows-msvc` a query reads a 64-bit
/// counter through an XMM register (`movq`), and an increment is a loop of `lock cmpxchg8b`. A 32-bit
/// kernel does not preserve XMM registers for a driver, which must save them first: source "Using
/// Floating Point in a WDM Driver", windows-driver-docs. 32-bit counters need no XMM register, but
/// the compiler may use one in any other code of that target.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a counter",
    label = "not an atomic integer",
    note = "a `counter` field is an `AtomicU32` or `AtomicU64`, or a signed or narrower atomic integer"
)]
pub trait Counter: WmiField {
    /// `Self`; see [`WmiField::Itself`].
    #[doc(hidden)]
    type Itself;

    /// Adds one.
    fn increment(&self);
    /// Adds `amount`.
    fn add(&self, amount: Self::Value);
    /// Subtracts one.
    fn decrement(&self);
    /// Subtracts `amount`.
    fn sub(&self, amount: Self::Value);
    /// Replaces the value.
    fn set(&self, value: Self::Value);
}

/// A counter of 32 bits, for `PERF_SIZE_DWORD` counter types.
#[diagnostic::on_unimplemented(
    message = "a 32-bit counter type needs a 32-bit atomic, not `{Self}`",
    label = "use `AtomicU32` here",
    note = "or take the counter type's 64-bit form; \
            `allow(counter_width)` keeps a published class as it is"
)]
pub trait Counter32: Counter {
    /// `Self`; see [`WmiField::Itself`].
    #[doc(hidden)]
    type Itself;
}

/// A counter of 64 bits, for `PERF_SIZE_LARGE` counter types.
#[diagnostic::on_unimplemented(
    message = "a 64-bit counter type needs a 64-bit atomic, not `{Self}`",
    label = "use `AtomicU64` here",
    note = "or take the counter type's 32-bit form; \
            `allow(counter_width)` keeps a published class as it is"
)]
pub trait Counter64: Counter {
    /// `Self`; see [`WmiField::Itself`].
    #[doc(hidden)]
    type Itself;
}

macro_rules! counters {
    ($($atomic:ident $(: $width:ident)?,)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Counter for $atomic {
            type Itself = Self;

            #[inline]
            fn increment(&self) {
                self.fetch_add(1, Ordering::Relaxed);
            }

            #[inline]
            fn add(&self, amount: Self::Value) {
                self.fetch_add(amount, Ordering::Relaxed);
            }

            #[inline]
            fn decrement(&self) {
                self.fetch_sub(1, Ordering::Relaxed);
            }

            #[inline]
            fn sub(&self, amount: Self::Value) {
                self.fetch_sub(amount, Ordering::Relaxed);
            }

            #[inline]
            fn set(&self, value: Self::Value) {
                self.store(value, Ordering::Relaxed);
            }
        }

        $(
            #[diagnostic::do_not_recommend]
            impl $width for $atomic {
                type Itself = Self;
            }
        )?
    )*};
}

counters! {
    AtomicI8,
    AtomicU8,
    AtomicI16,
    AtomicU16,
    AtomicI32: Counter32,
    AtomicU32: Counter32,
}

#[cfg(target_has_atomic = "64")]
counters! {
    AtomicI64: Counter64,
    AtomicU64: Counter64,
}
