//! The one model of a WMI schema: plain borrowed data, no behaviour beyond look-ups.
//!
//! `#[derive(WmiClass)]` makes it as constants; MOF text, layout tables and replies are read from
//! it. Everything borrows, so the same types hold a `'static` constant and a parsed file.

mod check;
mod class;
mod file;
mod flags;
mod index;
mod method;
mod name;
mod order;
mod property;
mod qualifier;

pub(crate) use check::{
    Message, idle_count, large_event, methods as check_methods, refuse, wrong_default,
};
pub use class::{Class, Edition, Schema};
pub use file::{File, Object, ObjectKind};
pub use flags::ChangeFlags;
pub use method::Method;
pub(crate) use name::{same_guid, same_name};
pub(crate) use order::{arrange, ordered};
pub use property::{Array, CimType, Property};
pub use qualifier::{Flavor, Instance, InstanceValue, Qualifier, Qualifiers, Value};
