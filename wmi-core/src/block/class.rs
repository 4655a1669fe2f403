//! The traits that `#[derive(WmiClass)]` implements.

use core::fmt;
use core::sync::atomic::AtomicU8;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::layout::{self, ItemLayout};
use super::sealed::{Derived, Sealed};
use super::wire::Wire;
use super::{DecodeError, Decoder, EncodeError, Encoder};
use crate::mof::ClassMof;
use crate::schema::Class;
use crate::{Guid, NtStatus};

/// A Rust type that is a WMI class.
///
/// Implemented by [`#[derive(WmiClass)]`](derive@crate::WmiClass) only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class",
    label = "not a WMI class",
    note = "add `#[derive(wmi_core::WmiClass)]` to `{Self}`"
)]
pub trait WmiClass: Sized {
    /// Seals the trait: only the derive has a [`Derived`].
    #[doc(hidden)]
    const __DERIVED: Derived;

    /// The class's description in the schema.
    const CLASS: &'static Class<'static>;

    /// Returns the class declaration as MOF text; see [`mof::Style`](crate::mof::Style).
    fn mof() -> ClassMof<'static> {
        Self::CLASS.mof()
    }
}

/// A class whose data block has the same size in every instance.
///
/// The block holds the items in `WmiDataId` order, each at its natural alignment, and ends after
/// the last item: `SIZE` is the `X_SIZE` of a generated C header, not `sizeof`. Source:
/// "Driver-Defined WMI Data Items", windows-driver-docs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class of fixed size",
    label = "not a WMI class of fixed size",
    note = "a class of fixed size has `#[derive(wmi_core::WmiClass)]` without `#[wmi(variable)]`"
)]
pub trait FixedClass: WmiClass + 'static {
    /// The bytes of one data block, `[u8; SIZE]`.
    type Bytes: BlockBytes;

    /// The items in id order.
    const ITEMS: &'static [ItemLayout];

    /// Bytes of the data block, without padding after the last item.
    const SIZE: usize = size_of::<Self::Bytes>();

    /// The largest alignment of an item, which is also that of the class as a member of another.
    const ALIGN: usize = layout::align(Self::ITEMS);

    /// Writes every item to `block`, and zeros to its padding.
    ///
    /// Reads each item once. Counters are read with relaxed loads: in a block taken while others
    /// count, each value is correct, but they may be from different moments.
    fn store(&self, block: &mut Wire<Self>);
}

/// A class of fixed size whose values can be taken from a block.
///
/// Implemented by the derive for a class that has an item with `write`, and for a class that is part
/// of others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class that clients can set",
    label = "has no item with `write`",
    note = "add `#[wmi(write)]` to the items that clients may set"
)]
pub trait FromBlock: FixedClass {
    /// Returns the values of a block.
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_SET_FAILURE`] if an item is an enumeration and has a number without a variant.
    fn from_block(block: &Wire<Self>) -> Result<Self, NtStatus>;
}

/// A class whose data block varies in size.
///
/// Implemented by the derive for a class with `#[wmi(variable)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class of variable size",
    label = "not a WMI class of variable size",
    note = "a class of variable size has `#[derive(wmi_core::WmiClass)]` and `#[wmi(variable)]`",
    note = "for a class of fixed size, use `Block::fixed` or `Block::counters`"
)]
pub trait VariableClass: WmiClass {
    /// The items as read, borrowed from the bytes of the block.
    type View<'a>: Copy + fmt::Debug;

    /// The largest size of the block in bytes.
    const LIMIT: usize = 0xffff_ffff;

    /// The largest alignment of an item, which is also that of the class as a member of another.
    const ALIGN: usize;

    /// The smallest size of the block in bytes; its only size if [`IS_FIXED`](Self::IS_FIXED).
    const MIN_SIZE: usize;

    /// Whether every block has the same size: no item is a string or array of any length. As a
    /// member of another class, the block then has the trailing padding of C's `sizeof`.
    const IS_FIXED: bool;

    /// Writes all items.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if a value cannot be encoded: a string is too long or has a NUL, or arrays
    /// do not match their count.
    fn encode_items(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError>;

    /// Reads all items.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] at the first item that does not lie within the bytes, or whose count is
    /// invalid.
    fn decode_items<'a>(input: &mut Decoder<'a>) -> Result<Self::View<'a>, DecodeError>;

    /// Whether some items have `write` and others do not, so that a set needs
    /// [`keep_read_only`](Self::keep_read_only).
    #[doc(hidden)]
    const HAS_BOTH: bool = false;

    /// Returns the items with `write` and their counts from `sent`, and all other items from
    /// `current`; `None` if arrays of both kinds share a count and differ in length.
    #[doc(hidden)]
    fn keep_read_only<'a>(sent: Self::View<'a>, current: Self::View<'a>) -> Option<Self::View<'a>> {
        let _ = current;
        Some(sent)
    }

    /// Returns the size of the block, in bytes.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if a value cannot be encoded: a string is too long or has a NUL, or arrays
    /// do not match their count.
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
    /// [`EncodeError::BufferTooSmall`], which leaves the buffer unchanged, or another
    /// [`EncodeError`] if a value cannot be encoded.
    fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let needed = self.encoded_size()?;
        let bytes = buffer
            .get_mut(..needed)
            .ok_or(EncodeError::BufferTooSmall { needed })?;
        let mut out = Encoder::new(bytes);
        self.encode_items(&mut out)?;
        out.finish()
    }

    /// Reads the block at the start of `bytes`.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] at the first item that does not lie within the bytes, or whose count is
    /// invalid.
    fn decode(bytes: &[u8]) -> Result<Self::View<'_>, DecodeError> {
        Self::decode_items(&mut Decoder::new(bytes))
    }
}

/// A class of variable size whose items can be written as they were read.
///
/// Implemented by the derive for a class that has an item with `write`, and for a class that is part
/// of others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class of variable size that clients can set",
    label = "has no item with `write`",
    note = "add `#[wmi(write)]` to the items that clients may set"
)]
pub trait EncodeView: VariableClass {
    /// Writes all items.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BufferTooSmall`] if the buffer is too short.
    fn encode_view(view: Self::View<'_>, out: &mut Encoder<'_>) -> Result<(), EncodeError>;
}

/// A class of fixed size with a counter field, and therefore a `new()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI class with counters",
    label = "has no `counter` field",
    note = "add `#[wmi(counter)]` or `#[wmi(counter = \"..\")]` to an atomic field"
)]
pub trait CounterClass: FixedClass {
    /// All counts zero.
    const ZERO: Self;
}

/// A class registered with WMI under its GUID, which can be queried.
///
/// Implemented by the derive for every class that has a `guid` and is not `embedded`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a registered WMI class",
    label = "not a registered class",
    note = "a registered class has `#[derive(wmi_core::WmiClass)]` and a `guid`; an `embedded` class is \
            only a part of others and cannot be queried"
)]
pub trait DataBlock: WmiClass {
    /// The GUID of the class.
    const GUID: Guid;
    /// Whether each item can be set, in id order from 1. Answering requests needs no other part of
    /// the schema, so a driver does not contain the texts of its classes.
    #[doc(hidden)]
    const WRITABLE: &'static [bool];
}

/// A registered class of fixed size.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a registered WMI class of fixed size",
    label = "not a registered class, or of variable size",
    note = "a registered class has `#[derive(wmi_core::WmiClass)]` and a `guid`",
    note = "for a class with `#[wmi(variable)]`, use `Block::variable`"
)]
pub trait FixedBlock: DataBlock + FixedClass {}

#[diagnostic::do_not_recommend]
impl<C: DataBlock + FixedClass> FixedBlock for C {}

/// `[u8; N]`, the only implementor.
pub trait BlockBytes:
    Sealed + Copy + Send + Sync + FromBytes + IntoBytes + KnownLayout + Immutable + Unaligned + 'static
{
    /// As many bytes that can be replaced while others read them.
    #[doc(hidden)]
    type Shared: AsRef<[AtomicU8]>;

    /// Returns these bytes, to be shared.
    #[doc(hidden)]
    fn share(self) -> Self::Shared;
}

impl<const N: usize> Sealed for [u8; N] {}

impl<const N: usize> BlockBytes for [u8; N] {
    type Shared = [AtomicU8; N];

    fn share(self) -> [AtomicU8; N] {
        self.map(AtomicU8::new)
    }
}
