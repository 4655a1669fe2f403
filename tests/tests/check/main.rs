//! The checker of classes: every rule by an example that breaks it, and real files.

mod agree;
mod corpus;
mod large;
mod rules;
