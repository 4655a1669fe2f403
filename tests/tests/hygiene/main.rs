//! The derives in code that would break careless generated code. Most modules only have to compile.

// Public, so that lints on the public API apply.
pub mod lints;
mod macros;
mod no_prelude;
mod places;
mod shadowed;
