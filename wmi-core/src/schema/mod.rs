//! The model of a WMI schema: plain borrowed data with look-ups.
//!
//! `#[derive(WmiClass)]` generates it as constants; MOF text, layout tables and replies are derived
//! from it. As everything is borrowed, the same types hold a `'static` constant and a parsed file.

mod check;
mod class;
mod file;
mod flags;
mod index;
mod locale;
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
pub(crate) use locale::base_of_texts;
pub use locale::{parse_locale, parse_locale_namespace};
pub use method::Method;
pub(crate) use name::{same_guid, same_name};
pub(crate) use order::{arrange, ordered};
pub use property::{Array, CimType, Property};
pub use qualifier::{Flavor, Instance, PropertyValue, Qualifier, Qualifiers, Value};
