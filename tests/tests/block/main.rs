//! A Rust type as a data block: fields, layout, text, enumerations, and the codec of classes of
//! variable size.

mod enumerations;
mod fields;
mod layout_block;
mod text;
mod variable;
mod variable_no_alloc;
