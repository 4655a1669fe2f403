//! Classes of variable size: bytes by hand, a naive reader and writer, every fault, any input.

mod agree;
mod any;
mod by_hand;
mod by_schema;
mod classes;
mod faults;
mod naive;
