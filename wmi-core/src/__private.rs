//! What an expansion of the derive may name. Not public API: it changes in any release.
//!
//! Expansions hold data and one-line calls into here, so that the work is compiled once.

use crate::layout::{self, ItemSpec};
use crate::schema::{Array, Flavor, Property, Qualifier, Value};

pub use crate::class::BlockBytes;
pub use crate::field::{Element, TimeStamp};
pub use crate::layout::ItemLayout;
pub use crate::schema::{CimType, Class};
pub use crate::{
    Counter, Counter32, Counter64, DataBlock, FixedClass, Guid, Item, Wire, WmiClass, WmiField,
};
pub use core;

/// The value type of a field, for signatures.
pub type ValueOf<T> = <T as WmiField>::Value;

/// `T`, if it can be a field; an error, if it cannot, which makes no other error.
pub type FieldOf<T> = <T as WmiField>::Itself;

/// `T`, if it can be a counter.
pub type CounterOf<T> = <T as Counter>::Itself;

/// `T`, if it can be a counter of 32 bits.
pub type Counter32Of<T> = <T as Counter32>::Itself;

/// `T`, if it can be a counter of 64 bits.
pub type Counter64Of<T> = <T as Counter64>::Itself;

/// `name`.
pub const fn flag(name: &'static str) -> Qualifier<'static> {
    Qualifier::new(name, Value::Boolean(true))
}

/// `name(value)`.
pub const fn number(name: &'static str, value: i64) -> Qualifier<'static> {
    Qualifier::new(name, Value::Integer(value))
}

/// `name(TRUE)` or `name(FALSE)`.
pub const fn boolean(name: &'static str, value: bool) -> Qualifier<'static> {
    Qualifier::new(name, Value::Boolean(value))
}

/// `name("text")`.
pub const fn text(name: &'static str, text: &'static str) -> Qualifier<'static> {
    Qualifier::new(name, Value::String(text))
}

/// `name("text") : amended`.
pub const fn amended(name: &'static str, value: &'static str) -> Qualifier<'static> {
    text(name, value).with_flavor(Flavor::AMENDED)
}

/// The `InstanceName` property of every registered class.
pub const INSTANCE_NAME: Property<'static> =
    Property::new("InstanceName", CimType::String, "String")
        .with_qualifiers(&[flag("read"), flag("key")]);

/// The `Active` property of every registered class.
pub const ACTIVE: Property<'static> =
    Property::new("Active", CimType::Boolean, "boolean").with_qualifiers(&[flag("read")]);

/// The property that a field of type `T` is.
pub const fn property<T: WmiField>(
    name: &'static str,
    qualifiers: &'static [Qualifier<'static>],
) -> Property<'static> {
    assert!(
        !matches!(T::ARRAY, Array::Fixed(0)),
        "a WMI array has at least one element"
    );
    Property::new(name, T::CIM_TYPE, T::TYPE_NAME)
        .with_array(T::ARRAY)
        .with_qualifiers(qualifiers)
        .with_type_qualifiers(T::QUALIFIERS)
}

/// The item that a field of type `T` is, before it is laid out. `index` counts the properties of
/// `class`.
#[expect(clippy::indexing_slicing, reason = "runs at compile time")]
pub const fn spec<T: WmiField>(class: &'static Class<'static>, index: usize) -> ItemSpec {
    ItemSpec::new::<T>(&class.properties[index])
}

/// Proves that a field can hold a time stamp.
pub const fn time_stamp<T: TimeStamp>() {}

/// Lays out items in id order.
pub const fn items<const N: usize>(specs: [ItemSpec; N]) -> [ItemLayout; N] {
    layout::fixed(specs)
}

/// Bytes of the block.
pub const fn block_size(items: &[ItemLayout]) -> usize {
    layout::size(items)
}

/// Bytes of the block as a member of another: with the padding at its end that C's `sizeof` has.
#[expect(clippy::panic, reason = "runs at compile time")]
pub const fn padded_size(items: &[ItemLayout]) -> usize {
    match layout::align_up(layout::size(items), layout::align(items)) {
        Some(size) => size,
        None => panic!("the data block is larger than the address space"),
    }
}

/// The item at a position in id order.
pub const fn item<C: FixedClass, T: WmiField>(index: usize) -> Item<C, T> {
    Item::at(index)
}

/// The value of a field.
#[inline]
pub fn value<T: WmiField>(field: &T) -> T::Value {
    field.value()
}

/// Writes the padding of a block.
#[inline]
pub fn clear_padding<C: FixedClass>(block: &mut Wire<C>) {
    if const { layout::has_padding(C::ITEMS) } {
        block.as_mut_bytes().fill(0);
    }
}

/// Writes one item of a block.
#[inline]
pub fn store<C: FixedClass, T: WmiField>(item: Item<C, T>, field: &T, block: &mut Wire<C>) {
    item.set(block, field.value());
}

/// [`Wire`], its only implementor, as the supertrait of the trait that reads a class's items.
pub trait Block<C: FixedClass> {
    /// The block.
    fn block(&self) -> &Wire<C>;
}

impl<C: FixedClass> Block<C> for Wire<C> {
    #[inline]
    fn block(&self) -> &Self {
        self
    }
}

/// Reads one item of a block.
#[inline]
pub fn get<B: Block<C> + ?Sized, C: FixedClass, T: WmiField>(
    block: &B,
    item: Item<C, T>,
) -> T::Value {
    block.block().get(item)
}

/// The block of a class as a member of another.
#[inline]
pub fn embed<C: FixedClass, const N: usize>(block: Wire<C>) -> [u8; N] {
    let mut padded = [0; N];
    if let Some(bytes) = padded.get_mut(..C::SIZE) {
        bytes.copy_from_slice(block.as_bytes());
    }
    padded
}

/// The block of a class that is a member of another.
#[inline]
pub fn unembed<C: FixedClass>(padded: &[u8]) -> Wire<C> {
    use zerocopy::FromBytes;
    Wire::read_from_prefix(padded).map_or_else(|_| Wire::zeroed(), |(block, _)| block)
}

/// The current values of a class.
#[inline]
pub fn snapshot<C: FixedClass>(class: &C) -> Wire<C> {
    let mut block = Wire::zeroed();
    class.store(&mut block);
    block
}

/// The GUID in an attribute, which the derive has already checked.
#[expect(clippy::panic, reason = "runs at compile time")]
pub const fn guid(text: &str) -> Guid {
    match Guid::parse(text) {
        Ok(guid) => guid,
        Err(_) => panic!("not a GUID"),
    }
}
