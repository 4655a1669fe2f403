//! Data blocks without a fixed size: strings without a maximum and arrays with a count.
//!
//! A class with `#[wmi(variable)]` has no constant offsets after its first variable item, so it is
//! not a [`Wire`](crate::Wire) but is written by an [`Encoder`] into a caller's buffer and read,
//! item by item, by a [`Decoder`] into a view that borrows the bytes. Nothing here allocates.
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
//!     /// Its host name, which has no fixed length and so is last.
//!     #[wmi(data_id = 2)]
//!     pub host: &'a str,
//! }
//!
//! /// The portals of a target.
//! #[derive(WmiClass)]
//! #[wmi(variable, name = "Vendor_Portals", guid = "5b0f2f0e-64a1-4f6d-9d36-b8b6a2f0c7d4")]
//! pub struct Portals<'a> {
//!     /// How many.
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
//! size counted from the start of the block; a string is a byte count and as many bytes; an array
//! has as many elements as the item that `WmiSizeIs` names says.

#[cfg(feature = "alloc")]
mod alloc;
mod array;
mod decode;
mod encode;
mod error;
mod item;
mod string;

pub use array::{Array, ArrayIter};
pub use decode::Decoder;
pub use encode::Encoder;
pub use error::{DecodeError, DecodeFault, EncodeError};
pub use item::{Count, CountType, Length, VariableElement, VariableItem};
pub(crate) use item::{decode_count, encode_count};
pub use string::Str;

use core::fmt;

use crate::WmiClass;

/// A class whose data block has no fixed size.
///
/// Implemented by the derive for a class with `#[wmi(variable)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no WMI class of variable size",
    label = "not a WMI class of variable size",
    note = "such a class has `#[derive(wmi_core::WmiClass)]` and `#[wmi(variable)]`",
    note = "a class of fixed size is a block of `Block::fixed` or `Block::counters`"
)]
pub trait VariableClass: WmiClass {
    /// What a reader gets: the items, borrowed from the bytes of the block.
    type View<'a>: Copy + fmt::Debug;

    /// Bytes that the block may have.
    const LIMIT: usize = 0xffff_ffff;

    /// The largest alignment of an item, and so that of the class inside another.
    const ALIGN: usize;

    /// Bytes of the block at least: all of them, where no item is a string or array without a
    /// maximum.
    const MIN_SIZE: usize;

    /// Whether every block has as many bytes, as no item is a string or array without a maximum.
    /// Inside another class it then has the padding at its end that C's `sizeof` has.
    const IS_FIXED: bool;

    /// Writes all items.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] where a value cannot be expressed.
    fn encode_items(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError>;

    /// Reads all items.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] at the first item that does not lie within the bytes.
    fn decode_items<'a>(input: &mut Decoder<'a>) -> Result<Self::View<'a>, DecodeError>;

    /// Whether some items have `write` and others do not, so that a set needs
    /// [`keep_read_only`](Self::keep_read_only).
    #[doc(hidden)]
    const HAS_BOTH: bool = false;

    /// The items with `write` of `sent`, with the counts of their arrays, and all others of
    /// `current`; `None` where arrays of both kinds have one count and differ in length.
    #[doc(hidden)]
    fn keep_read_only<'a>(sent: Self::View<'a>, current: Self::View<'a>) -> Option<Self::View<'a>> {
        let _ = current;
        Some(sent)
    }

    /// Bytes of the block.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] where a value cannot be expressed.
    fn encoded_size(&self) -> Result<usize, EncodeError> {
        let mut out = Encoder::measure();
        self.encode_items(&mut out)?;
        let size = out.finish()?;
        if size > Self::LIMIT {
            return Err(EncodeError::OverLimit {
                size,
                limit: Self::LIMIT,
            });
        }
        Ok(size)
    }

    /// Writes the block to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; where the buffer is too small it is as it was.
    fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let needed = self.encoded_size()?;
        let bytes = buffer
            .get_mut(..needed)
            .ok_or(EncodeError::BufferTooSmall { needed })?;
        let mut out = Encoder::new(bytes);
        self.encode_items(&mut out)?;
        out.finish()
    }

    /// Reads the block in `bytes`, which may be longer than it.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] at the first item that does not lie within the bytes.
    fn decode(bytes: &[u8]) -> Result<Self::View<'_>, DecodeError> {
        Self::decode_items(&mut Decoder::new(bytes))
    }
}
