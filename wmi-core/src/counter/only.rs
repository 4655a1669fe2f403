//! Counters of a width that their type does not have otherwise. Private, as only the derive names
//! them.

use core::sync::atomic::{AtomicI32, AtomicU32};
#[cfg(target_has_atomic = "64")]
use core::sync::atomic::{AtomicI64, AtomicU64};

use super::Counter;

/// A counter of 32 bits, for counter types without a 64-bit form in `winperf.h`.
#[diagnostic::on_unimplemented(
    message = "this counter type needs a 32-bit counter, not `{Self}`",
    label = "use `AtomicU32` here",
    note = "winperf.h has no 64-bit form of it; \
            `allow(counter_width)` keeps a published class as it is"
)]
pub trait OnlyCounter32: Counter {
    /// `Self`; see [`WmiField::Itself`](crate::WmiField::Itself).
    type Itself;
}

/// A counter of 64 bits, for counter types without a 32-bit form in `winperf.h`.
#[diagnostic::on_unimplemented(
    message = "this counter type needs a 64-bit counter, not `{Self}`",
    label = "use `AtomicU64` here",
    note = "winperf.h has no 32-bit form of it; \
            `allow(counter_width)` keeps a published class as it is"
)]
pub trait OnlyCounter64: Counter {
    /// `Self`; see [`WmiField::Itself`](crate::WmiField::Itself).
    type Itself;
}

macro_rules! only {
    ($($atomic:ident: $only:ident,)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $only for $atomic {
            type Itself = Self;
        }
    )*};
}

only! {
    AtomicI32: OnlyCounter32,
    AtomicU32: OnlyCounter32,
}

#[cfg(target_has_atomic = "64")]
only! {
    AtomicI64: OnlyCounter64,
    AtomicU64: OnlyCounter64,
}
