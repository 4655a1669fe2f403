//! [`Sealed`]: what keeps a trait to the types that this crate implements it for.

/// A type of this crate or of `core`, of which a trait knows all.
pub trait Sealed {}
