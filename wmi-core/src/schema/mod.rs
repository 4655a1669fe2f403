//! The one model of a WMI schema: plain borrowed data, no behaviour beyond look-ups.
//!
//! `#[derive(WmiClass)]` makes it as constants; MOF text, layout tables and replies are read from
//! it. Everything borrows, so the same types hold a `'static` constant and a parsed file.

mod class;
mod property;
mod qualifier;

pub use class::{Class, Schema};
pub use property::{Array, CimType, Property};
pub use qualifier::{Flavor, Qualifier, Value};

/// The qualifier that names a class, a property's id and so on; names compare without case.
fn find<'q, 'a>(qualifiers: &'q [Qualifier<'a>], name: &str) -> Option<&'q Qualifier<'a>> {
    qualifiers
        .iter()
        .find(|qualifier| qualifier.name.eq_ignore_ascii_case(name))
}
