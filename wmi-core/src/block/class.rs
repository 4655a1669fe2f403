//! The traits that `#[derive(WmiClass)]` implements: what a class is, and what it can do.

use core::fmt;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::layout::{self, ItemLayout};
use super::sealed::Sealed;
use super::wire::Wire;
use super::{DecodeError, Decoder, EncodeError, Encoder};
use crate::Guid;
use crate::mof::ClassMof;
use crate::schema::Class;

/// A Rust type that is a WMI class.
///
/// Implemented by [`#[derive(WmiClass)]`](derive@crate::WmiClass) only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class",
    label = "not a WMI class",
    note = "add `#[derive(wmi_core::WmiClass)]` to `{Self}`"
)]
pub trait WmiClass: Sized {
    /// The class as the schema describes it.
    const CLASS: &'static Class<'static>;

    /// Returns the class declaration as MOF text; see [`mof::Style`](crate::mof::Style).
    fn mof() -> ClassMof<'static> {
        Self::CLASS.mof()
    }
}

/// A class whose data block has the same size in every instance.
///
/// The block holds the items in order of their `WmiDataId`, each at its natural alignment, and
/// ends with the last item: `SIZE` is the `X_SIZE` of a generated C header, not `sizeof`.
/// Source: "Driver-Defined WMI Data Items", windows-driver-docs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class of fixed size",
    label = "not a WMI class of fixed size",
    note = "such a class has `#[derive(wmi_core::WmiClass)]` and not `#[wmi(variable)]`"
)]
pub trait FixedClass: WmiClass + 'static {
    /// The bytes of one data block, `[u8; SIZE]`.
    type Bytes: BlockBytes;

    /// The items in order of their ids.
    const ITEMS: &'static [ItemLayout];

    /// Bytes of the data block, without padding after the last item.
    const SIZE: usize = size_of::<Self::Bytes>();

    /// The largest alignment of an item, and so that of the class inside another.
    const ALIGN: usize = layout::align(Self::ITEMS);

    /// Writes every item into `block`. Padding becomes zero.
    ///
    /// Each item is read once; counters are read with relaxed loads, so a block taken while
    /// others count is a mix of moments, each value right.
    fn store(&self, block: &mut Wire<Self>);
}

/// A class whose data block has no fixed size.
///
/// Implemented by the derive for a class with `#[wmi(variable)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class of variable size",
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

    /// Returns the items with `write` of `sent`, with the counts of their arrays, and all others of
    /// `current`; `None` where arrays of both kinds have one count and differ in length.
    #[doc(hidden)]
    fn keep_read_only<'a>(sent: Self::View<'a>, current: Self::View<'a>) -> Option<Self::View<'a>> {
        let _ = current;
        Some(sent)
    }

    /// Returns the size of the block, in bytes.
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

/// A class of fixed size that counts: one that has a counter field, and so a `new()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class with counters",
    label = "has no `counter` field",
    note = "give an atomic field `#[wmi(counter)]` or `#[wmi(counter = \"..\")]`"
)]
pub trait CounterClass: FixedClass {
    /// All counts zero.
    const ZERO: Self;
}

/// A class that is registered with WMI under its GUID and so can be queried.
///
/// Implemented by the derive for every class that has a `guid` and is not `embedded`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a registered WMI class",
    label = "not a registered class",
    note = "such a class has `#[derive(wmi_core::WmiClass)]` and a `guid`; an `embedded` class is \
            only a part of others and cannot be queried"
)]
pub trait DataBlock: WmiClass {
    /// The GUID of the class.
    const GUID: Guid;
    /// Whether each item can be set, in order of their ids, from 1. All that a driver asks of its
    /// schema to answer a query, so that a class which is only read leaves no texts in the driver.
    #[doc(hidden)]
    const WRITABLE: &'static [bool];
}

/// A registered class of fixed size: what a WNODE carries as it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a registered WMI class of fixed size",
    label = "not a registered class, or of variable size",
    note = "such a class has `#[derive(wmi_core::WmiClass)]` and a `guid`",
    note = "a class with `#[wmi(variable)]` is a block of `Block::variable`"
)]
pub trait FixedBlock: DataBlock + FixedClass {}

#[diagnostic::do_not_recommend]
impl<C: DataBlock + FixedClass> FixedBlock for C {}

/// `[u8; N]`, the only implementor.
pub trait BlockBytes:
    Sealed + Copy + Send + Sync + FromBytes + IntoBytes + KnownLayout + Immutable + Unaligned + 'static
{
}

impl<const N: usize> Sealed for [u8; N] {}

impl<const N: usize> BlockBytes for [u8; N] {}
