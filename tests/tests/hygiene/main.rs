//! The derives in surroundings that would break a careless expansion. Most of the proof is that
//! the modules compile.

// Public, so that the lints on what others can see look at it.
pub mod lints;
mod macros;
mod no_prelude;
mod places;
mod shadowed;
