//! Layouts, as the compilers of Rust and of C have them.

mod c;
mod driver;
mod rust;
