//! Classes of variable size: bytes counted by hand, a naive reader and writer, every fault, and
//! arbitrary input.

mod agree;
mod any;
mod by_hand;
mod by_schema;
mod classes;
mod faults;
mod naive;
