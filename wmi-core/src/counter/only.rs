//! Counters of a width that their type does not have otherwise. Private, as only the derive names
//! them.

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
