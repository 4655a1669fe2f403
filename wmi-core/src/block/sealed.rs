//! [`Sealed`]: the supertrait of traits that only this crate implements.

/// Implemented for types of this crate and of `core` only.
pub trait Sealed {}

/// The mark of an implementation that a derive wrote. Expansions reach it by a hidden path, so traits
/// that ask for it have no other implementations.
#[derive(Debug)]
pub struct Derived;
