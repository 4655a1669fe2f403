//! Data blocks of variable size: strings of any length, and arrays with a count.
//!
//! A class with `#[wmi(variable)]` has no constant offsets after its first variable item, so it is
//! not a [`Wire`](crate::Wire). An [`Encoder`] writes it to a caller's buffer, and a [`Decoder`]
//! reads it, item by item, into a view that borrows the bytes. Nothing here allocates.
//!
//! ```
//! # #[cfg(feature = "derive")] {
//! use wmi_core::{Count, VariableClass, WmiClass};
//!
//! /// A portal of a target.
//! #[derive(WmiClass)]
//! #[wmi(embedded, variable, name = "Vendor_Portal")]
//! pub struct Portal<'a> {
//!     /// Its socket.
//!     #[wmi(data_id = 1)]
//!     pub socket: u16,
//!     /// Its host name, last as it varies in length.
//!     #[wmi(data_id = 2)]
//!     pub host: &'a str,
//! }
//!
//! /// The portals of a target.
//! #[derive(WmiClass)]
//! #[wmi(variable, name = "Vendor_Portals", guid = "5b0f2f0e-64a1-4f6d-9d36-b8b6a2f0c7d4")]
//! pub struct Portals<'a> {
//!     /// Number of portals.
//!     #[wmi(data_id = 1)]
//!     pub portal_count: Count<u32>,
//!     /// The portals.
//!     #[wmi(data_id = 2, size_is = "portal_count")]
//!     pub portals: &'a [Portal<'a>],
//! }
//!
//! let portals = [Portal { socket: 3260, host: "storage" }];
//! let portals = Portals { portal_count: Count::NEW, portals: &portals };
//! let mut buffer = [0; 64];
//! let written = portals.encode(&mut buffer).unwrap();
//!
//! let view = Portals::decode(&buffer[..written]).unwrap();
//! assert_eq!(view.portal_count, 1);
//! let first = view.portals.iter().next().unwrap();
//! assert!(first.host == *"storage" && first.socket == 3260);
//! # }
//! ```
//!
//! Source: "Driver-Defined WMI Data Items", windows-driver-docs: every item is aligned to its own
//! size, relative to the start of the block; a string is a byte count followed by that many bytes;
//! the item named by `WmiSizeIs` holds an array's number of elements.

#[cfg(feature = "alloc")]
mod alloc;
mod array;
pub(crate) mod char16;
pub(crate) mod class;
pub(crate) mod datetime;
mod decode;
mod encode;
pub(crate) mod enumeration;
mod error;
pub(crate) mod field;
pub(crate) mod item;
pub mod layout;
mod place;
pub(crate) mod sealed;
mod string;
mod sum;
pub(crate) mod text;
pub(crate) mod variable;
pub(crate) mod wire;

pub use array::{ArrayIter, ArrayView};
pub use class::{EncodeView, VariableClass};
pub use decode::Decoder;
pub use encode::Encoder;
pub use error::{DecodeError, DecodeFault, EncodeError};
pub use string::Str;
pub use variable::{Count, CountType, VariableElement, VariableItem};

pub(crate) use sum::{add, clamp};
