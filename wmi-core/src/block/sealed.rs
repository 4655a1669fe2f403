//! [`Sealed`]: the supertrait of traits that only this crate implements.

/// Implemented for types of this crate and of `core` only.
pub trait Sealed {}
