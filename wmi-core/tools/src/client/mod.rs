//! Values by name: decodes the replies of a provider and encodes requests, using only the schema.
//!
//! A [`DataObject`] is decoded from and encoded to a data block by its [`layout`](crate::layout),
//! whether the class comes from a derive, MOF text or binary MOF. A [`Client`] finds the class of a
//! WNODE by its GUID and decodes everything in it: the instances of a reply, the output of a
//! method, or an event. It also decodes chains of WNODEs, the replies of several providers. For a
//! request, [`SingleWnodeWriter`](wmi_core::wnode::SingleWnodeWriter) writes the WNODE around the
//! bytes of a [`DataObject`] or [`Datum`].
//!
//! ```
//! use wmi_core::WmiClass;
//! use wmi_tools::client::DataObject;
//! use wmi_tools::layout::BlockLayout;
//! use wmi_tools::Classes;
//!
//! /// The lamp of a disk.
//! #[derive(WmiClass)]
//! #[wmi(name = "Vendor_Lamp", guid = "b4b1f0de-0c64-4b0e-93bb-2c5be9e10bd7")]
//! pub struct Lamp {
//!     /// Whether it is lit.
//!     #[wmi(data_id = 1)]
//!     pub lit: bool,
//!     /// From 0 to 100.
//!     #[wmi(data_id = 2, write)]
//!     pub percent: u16,
//! }
//!
//! let layout = BlockLayout::of(Lamp::CLASS, &Classes::default()).unwrap();
//! let lamp = DataObject::decode(&layout, &[1, 0, 80, 0]).unwrap();
//! assert_eq!(lamp.get("Percent").unwrap().as_u64(), Some(80));
//!
//! let darker = lamp.with("Percent", 20u16);
//! assert_eq!(darker.encode(&layout).unwrap(), [1, 0, 20, 0]);
//! ```

mod datum;
mod decode;
mod encode;
mod error;
mod object;
mod place;
mod reply;
mod utf16;

pub use datum::Datum;
pub use error::{ItemDecodeError, ReplyError, ValueError, ValueFault};
pub use object::DataObject;
pub use place::{PlacedBlock, PlacedValue};
#[cfg(feature = "simulator")]
pub(crate) use reply::Extent;
pub use reply::{Client, QueryReply, ReplyContent, ReplyInstance};
pub use utf16::Utf16;
