//! The checker of classes: every rule by an example that breaks it, and real files.

mod agree;
mod cases;
mod corpus;
mod large;
mod rules;
