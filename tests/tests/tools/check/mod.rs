//! The class checker: an example for every rule, and real files.

mod agree;
mod cases;
mod corpus;
mod large;
mod rules;
