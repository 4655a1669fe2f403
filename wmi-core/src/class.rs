//! The traits that `#[derive(WmiClass)]` implements: what a class is, and what it can do.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::layout::ItemLayout;
use crate::mof::ClassMof;
use crate::schema::Class;
use crate::{Guid, Wire};

/// A Rust type that is a WMI class.
///
/// Implemented by [`#[derive(WmiClass)]`](derive@crate::WmiClass) only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no WMI class",
    label = "not a WMI class",
    note = "add `#[derive(wmi_core::WmiClass)]` to `{Self}`"
)]
pub trait WmiClass: Sized {
    /// The class as the schema describes it.
    const CLASS: &'static Class<'static>;

    /// The class declaration as MOF text; see [`mof::Style`](crate::mof::Style).
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
    message = "`{Self}` is no WMI class of fixed size",
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
    const ALIGN: usize = crate::layout::align(Self::ITEMS);

    /// Writes every item into `block`. Padding becomes zero.
    ///
    /// Each item is read once; counters are read with relaxed loads, so a block taken while
    /// others count is a mix of moments, each value right.
    fn store(&self, block: &mut Wire<Self>);
}

/// A class of fixed size that counts: one that has a counter field, and so a `new()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no WMI class with counters",
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
    message = "`{Self}` is no registered WMI class",
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
    message = "`{Self}` is no registered WMI class of fixed size",
    label = "not a registered class, or of variable size",
    note = "such a class has `#[derive(wmi_core::WmiClass)]` and a `guid`",
    note = "a class with `#[wmi(variable)]` is a block of `Block::variable`"
)]
pub trait FixedBlock: DataBlock + FixedClass {}

#[diagnostic::do_not_recommend]
impl<C: DataBlock + FixedClass> FixedBlock for C {}

/// `[u8; N]`, the only implementor.
pub trait BlockBytes:
    Copy + Send + Sync + FromBytes + IntoBytes + KnownLayout + Immutable + Unaligned + 'static
{
}

impl<const N: usize> BlockBytes for [u8; N] {}
