//! INTERNAL: the closed vocabularies of driver WMI, shared by [`wmi-core`] and its derive.
//!
//! A proc macro cannot depend on the crate that re-exports it, so this crate holds the tables that
//! both need: counter types, GUID syntax, name rules. `wmi-core` re-exports everything a user
//! needs; depend on that instead.
//!
//! [`wmi-core`]: https://docs.rs/wmi-core

#![no_std]
#![warn(missing_debug_implementations)]

pub mod attribute;
pub mod base;
pub mod count;
mod counter_type;
mod guid;
pub mod kind;
mod name;
pub mod near;
pub mod qualifier;
pub mod rust_name;
pub mod sample_guid;
pub mod spelling;
pub mod standard;
pub mod system_class;
pub mod text;

pub use counter_type::{CounterFormula, CounterSize, CounterSuffix, CounterType, TimeBase};
pub use guid::{Guid, GuidError};
pub use name::{
    NameError, check_class_name, check_item_name, has_nul, is_c_keyword, is_resource_name,
};
