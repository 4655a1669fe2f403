//! Items used by the expansions of the derives. Not public API: it may change in any release.
//!
//! Expansions hold only data and one-line calls into this module, so that the work is compiled
//! once. Functions that may panic at compile time are `#[track_caller]`, so that the error points
//! at the user's code. Field descriptions are built by a single literal each: the compiler
//! interprets these functions for every field, and copies the whole value at every nested call.

use crate::block::CountType;
use crate::block::layout::{self, ItemSpec};
use crate::schema::Qualifiers;

pub use crate::block::class::BlockBytes;
pub use crate::block::enumeration::{Enumerated, Plain, Repr, WmiEnum, WmiFlags};
pub use crate::block::field::{Element, TimeStamp};
pub use crate::block::layout::ItemLayout;
pub use crate::block::sealed::Derived;
pub use crate::block::{
    DecodeError, Decoder, EncodeError, EncodeView, Encoder, VariableClass, VariableElement,
    VariableItem,
};
pub use crate::counter::only::{OnlyCounter32, OnlyCounter64};
pub use crate::schema::{Array, CimType, Class, Flavor, Method, Property, Qualifier, Value};
pub use crate::{
    Counter, Counter32, Counter64, CounterClass, DataBlock, FixedClass, FromBlock, Guid, Item,
    NtStatus, Wire, WmiClass, WmiField, WmiMethod,
};
pub use core;
// A path of few segments: it stands in every signature.
pub use core::primitive::*;

/// The value type of a field, for signatures.
pub type ValueOf<T> = <T as WmiField>::Value;

/// `T`, if it can be a field; otherwise a single error.
pub type FieldOf<T> = <T as WmiField>::Itself;

/// `T`, if it can be an item of a class of variable size.
pub type ItemOf<T> = <T as VariableItem>::Itself;

/// `T`, if it can be a counter.
pub type CounterOf<T> = <T as Counter>::Itself;

/// `T`, if it can be a counter of 32 bits.
pub type Counter32Of<T> = <T as Counter32>::Itself;

/// `T`, if it can be a counter of 64 bits.
pub type Counter64Of<T> = <T as Counter64>::Itself;

/// `T`, if it can be a counter of 32 bits, for counter types without a 64-bit form.
pub type OnlyCounter32Of<T> = <T as OnlyCounter32>::Itself;

/// `T`, if it can be a counter of 64 bits, for counter types without a 32-bit form.
pub type OnlyCounter64Of<T> = <T as OnlyCounter64>::Itself;

/// Makes a class that the derive has checked.
pub const fn class(name: &'static str) -> Class<'static> {
    Class::derived(name)
}

macro_rules! qualifier {
    ($name:expr, $kind:ident($value:expr), $flavor:ident) => {
        Qualifier {
            name: $name,
            value: Value::$kind($value),
            flavor: Flavor::$flavor,
        }
    };
}

/// Returns the qualifier `name`.
pub const fn flag(name: &'static str) -> Qualifier<'static> {
    qualifier!(name, Boolean(true), NONE)
}

/// Returns the qualifier `name(value)`.
pub const fn number(name: &'static str, value: i64) -> Qualifier<'static> {
    qualifier!(name, Integer(value), NONE)
}

/// Returns the qualifier `name(TRUE)` or `name(FALSE)`.
pub const fn boolean(name: &'static str, value: bool) -> Qualifier<'static> {
    qualifier!(name, Boolean(value), NONE)
}

/// Returns the qualifier `name("text")`.
pub const fn text(name: &'static str, text: &'static str) -> Qualifier<'static> {
    qualifier!(name, String(text), NONE)
}

/// Returns the qualifier `name("text") : amended`.
pub const fn amended(name: &'static str, text: &'static str) -> Qualifier<'static> {
    qualifier!(name, String(text), AMENDED)
}

/// Returns the qualifiers of a counter, in the implied order.
pub const fn counter(
    data_id: i64,
    counter_type: i64,
    default_scale: i64,
    perf_detail: i64,
    description: &'static str,
) -> [Qualifier<'static>; 6] {
    [
        qualifier!("read", Boolean(true), NONE),
        qualifier!("WmiDataId", Integer(data_id), NONE),
        qualifier!("CounterType", Integer(counter_type), NONE),
        qualifier!("DefaultScale", Integer(default_scale), NONE),
        qualifier!("PerfDetail", Integer(perf_detail), NONE),
        qualifier!("Description", String(description), AMENDED),
    ]
}

/// Returns the qualifiers of a counter with a `cpp_quote`.
pub const fn quoted_counter(
    data_id: i64,
    counter_type: i64,
    default_scale: i64,
    perf_detail: i64,
    description: &'static str,
    cpp_quote: &'static str,
) -> [Qualifier<'static>; 7] {
    let [a, b, c, d, e, f] = counter(
        data_id,
        counter_type,
        default_scale,
        perf_detail,
        description,
    );
    [a, b, c, d, e, f, text("cpp_quote", cpp_quote)]
}

/// The `InstanceName` property of every registered class.
pub const INSTANCE_NAME: Property<'static> =
    Property::new("InstanceName", CimType::String, "String")
        .with_qualifiers(&[flag("read"), flag("key")]);

/// The `Active` property of every registered class.
pub const ACTIVE: Property<'static> =
    Property::new("Active", CimType::Boolean, "boolean").with_qualifiers(&[flag("read")]);

/// Returns `array`, after checking that it has an element and that its elements have bytes.
#[track_caller]
const fn filled(array: Array, size: usize) -> Array {
    assert!(
        !matches!(array, Array::Fixed(0)),
        "a WMI array needs at least one element"
    );
    assert!(
        !matches!(array, Array::Fixed(_)) || size > 0,
        "the elements of an array must have at least one byte; give their class an item"
    );
    array
}

/// Returns the property with a default value, which must match the property's type.
#[track_caller]
pub const fn defaulted(property: Property<'static>, default: Value<'static>) -> Property<'static> {
    let property = property.with_default(default);
    if !property.default_fits() {
        crate::schema::wrong_default(&property);
    }
    property
}

/// Returns the property of a field of type `T`.
#[track_caller]
pub const fn property<T: WmiField>(
    name: &'static str,
    qualifiers: &'static [Qualifier<'static>],
) -> Property<'static> {
    Property {
        name,
        cim_type: T::CIM_TYPE,
        type_name: T::TYPE_NAME,
        array: filled(T::ARRAY, T::SIZE),
        qualifiers: Qualifiers::of_item(qualifiers, T::QUALIFIERS),
        default: None,
    }
}

/// Returns the qualifiers of an item in an explicit order.
#[track_caller]
pub const fn arrange<const N: usize>(
    property: &Property<'static>,
    order: &[(&'static str, Flavor); N],
) -> [Qualifier<'static>; N] {
    crate::schema::arrange(property, order)
}

/// Returns the property with its qualifiers in an explicit order.
pub const fn ordered(
    property: &Property<'static>,
    qualifiers: &'static [Qualifier<'static>],
) -> Property<'static> {
    crate::schema::ordered(property, qualifiers)
}

/// Returns the CIM type of a MOF keyword; any other name is an embedded class.
pub const fn cim_type(name: &str, reference: bool) -> CimType {
    if reference {
        CimType::Reference
    } else {
        CimType::from_keyword(name)
    }
}

/// Returns the property with its type spelled as `type_name`.
#[expect(clippy::panic, reason = "runs at compile time")]
#[track_caller]
pub const fn spelled(
    mut property: Property<'static>,
    type_name: &'static str,
) -> Property<'static> {
    if !crate::schema::same_name(property.type_name, type_name) {
        panic!("`type` may differ from the MOF type of the field only in case");
    }
    property.type_name = type_name;
    property
}

/// Returns the item of a field of type `T`, before layout; its property is at `index`.
#[expect(clippy::indexing_slicing, reason = "runs at compile time")]
pub const fn spec<T: WmiField>(properties: &'static [Property<'static>], index: usize) -> ItemSpec {
    ItemSpec::new::<T>(&properties[index])
}

/// Asserts that a field can hold a time stamp.
pub const fn time_stamp<T: TimeStamp>() {}

/// Lays out items in id order.
#[track_caller]
pub const fn items<const N: usize>(specs: [ItemSpec; N]) -> [ItemLayout; N] {
    layout::fixed(specs)
}

/// Returns the size of the block, in bytes.
pub const fn block_size(items: &[ItemLayout]) -> usize {
    layout::size(items)
}

/// Returns the size of the block as a member of another block, in bytes: with the trailing padding
/// of C's `sizeof`.
#[expect(clippy::panic, reason = "runs at compile time")]
pub const fn padded_size(items: &[ItemLayout]) -> usize {
    match layout::padded(layout::size(items), layout::align(items)) {
        Some(size) => size,
        None => panic!("the data block is larger than the address space"),
    }
}

/// Returns the item at a position in id order.
pub const fn item<C: FixedClass, T: WmiField>(index: usize) -> Item<C, T> {
    Item::at(index)
}

/// Returns the value of a field.
#[inline]
pub fn value<T: WmiField>(field: &T) -> T::Value {
    field.value()
}

/// Clears the padding of a block.
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

/// Returns the field with the value of an item.
#[inline]
pub fn load<C: FixedClass, T: WmiField>(item: Item<C, T>, block: &Wire<C>) -> Result<T, NtStatus> {
    T::from_value(block.get(item)).ok_or(NtStatus::WMI_SET_FAILURE)
}

/// Supertrait of the traits that read a class's items. Only [`Wire`] implements it.
pub trait Block<C: FixedClass> {
    /// Returns the block.
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

/// Returns the block of a class as a member of another block, padded to `N` bytes.
#[inline]
pub fn embed<C: FixedClass, const N: usize>(block: Wire<C>) -> [u8; N] {
    let mut padded = [0; N];
    if let Some(bytes) = padded.get_mut(..C::SIZE) {
        bytes.copy_from_slice(block.as_bytes());
    }
    padded
}

/// Returns the block of a class from a member of another block.
#[inline]
pub fn unembed<C: FixedClass>(padded: &[u8]) -> Wire<C> {
    use zerocopy::FromBytes;
    Wire::read_from_prefix(padded).map_or_else(|_| Wire::zeroed(), |(block, _)| block)
}

/// Returns the current values of a class.
#[inline]
pub fn snapshot<C: FixedClass>(class: &C) -> Wire<C> {
    let mut block = Wire::zeroed();
    class.store(&mut block);
    block
}

/// Returns the GUID in an attribute, which the derive has already checked.
#[expect(clippy::panic, reason = "runs at compile time")]
pub const fn guid(text: &str) -> Guid {
    match Guid::parse(text) {
        Ok(guid) => guid,
        Err(_) => panic!("not a GUID"),
    }
}

/// Asserts that no two methods of a class share a name or id.
#[track_caller]
pub const fn check_methods(class: &Class<'_>) {
    crate::schema::check_methods(class);
}

/// Largest data of an event in bytes: WMI limits the whole WNODE to 1 KB.
pub const EVENT_DATA_LIMIT: usize = crate::wnode::EVENT_LIMIT.saturating_sub(64);

/// Asserts that a block fits in an event.
#[track_caller]
pub const fn event_size(items: &[ItemLayout]) {
    let size = layout::size(items);
    if size > EVENT_DATA_LIMIT {
        crate::schema::large_event(size, EVENT_DATA_LIMIT);
    }
}

/// Returns whether any item holds a string.
pub const fn has_text(items: &[ItemLayout]) -> bool {
    layout::has_text(items)
}

/// Reads an embedded class from a block whose strings may be shorter than their maximum.
pub fn read_embedded<C: FixedClass>(
    input: &mut Decoder<'_>,
    padded: &mut [u8],
) -> Result<(), DecodeError> {
    layout::read(C::ITEMS, input, padded)?;
    input.align(C::ALIGN)
}

/// Returns whether every string of an embedded class is padded to its maximum.
pub fn is_regular<C: FixedClass>(padded: &[u8]) -> bool {
    layout::is_regular(C::ITEMS, padded)
}

/// `T`, if it can be a count.
pub type CountOf<T> = <T as CountType>::Itself;

/// The number type of a count of type `T`.
pub type NumberOf<T> = <T as CountType>::Number;

/// Returns a parameter of type `T`. The struct of a direction has checked it.
pub const fn parameter<T: VariableItem>(
    name: &'static str,
    qualifiers: &'static [Qualifier<'static>],
) -> Property<'static> {
    Property {
        name,
        cim_type: T::CIM_TYPE,
        type_name: T::TYPE_NAME,
        array: T::ARRAY,
        qualifiers: Qualifiers::of_item(qualifiers, T::QUALIFIERS),
        default: None,
    }
}

/// Returns the property of a field of type `T` in a class of variable size.
#[track_caller]
pub const fn variable_property<T: VariableItem>(
    name: &'static str,
    qualifiers: &'static [Qualifier<'static>],
) -> Property<'static> {
    assert!(
        !matches!(T::ARRAY, Array::Variable),
        "an array of variable length needs `size_is`, which names the field with its count"
    );
    filled(T::ARRAY, T::MIN_SIZE);
    parameter::<T>(name, qualifiers)
}

/// Returns the property of a field of type `T` with `size_is`.
#[track_caller]
pub const fn array_property<T: VariableItem>(
    name: &'static str,
    qualifiers: &'static [Qualifier<'static>],
) -> Property<'static> {
    assert!(
        matches!(T::ARRAY, Array::Variable),
        "`size_is` needs an array of variable length: `&[T]`"
    );
    filled(T::ARRAY, T::MIN_SIZE);
    parameter::<T>(name, qualifiers)
}

/// Returns the largest of some alignments.
pub const fn largest(mut aligns: &[usize]) -> usize {
    let mut largest = 1;
    while let [first, rest @ ..] = aligns {
        if *first > largest {
            largest = *first;
        }
        aligns = rest;
    }
    largest
}

/// Returns the least end offset of items, given the least size and the alignment of each.
#[expect(clippy::panic, reason = "runs at compile time")]
pub const fn least_size(mut items: &[(usize, usize)]) -> usize {
    let mut end = 0usize;
    while let [(size, align), rest @ ..] = items {
        end = match layout::align_up(end, *align) {
            // An item that may be empty then needs no padding.
            Some(_) if *size == 0 => end,
            Some(start) => start.saturating_add(*size),
            None => panic!("the data block is larger than the address space"),
        };
        items = rest;
    }
    end
}

/// Asserts that every [`Count`](crate::Count) is named by an array's `size_is`; `items` are those
/// that are not. Reads the properties first, so that an invalid property causes no second error.
#[expect(clippy::indexing_slicing, reason = "runs at compile time")]
#[expect(clippy::arithmetic_side_effects, reason = "runs at compile time")]
#[track_caller]
pub const fn no_idle_count(properties: &[Property<'static>], items: &[(usize, bool)]) {
    let mut index = 0;
    while index < items.len() {
        let (property, is_count) = items[index];
        if is_count {
            crate::schema::idle_count(properties[property].name);
        }
        index += 1;
    }
}

/// Returns whether all elements are `true`.
pub const fn all(mut are: &[bool]) -> bool {
    while let [first, rest @ ..] = are {
        if !*first {
            return false;
        }
        are = rest;
    }
    true
}

/// Writes an item.
pub fn encode<T: VariableItem>(item: &T, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
    item.encode(out)
}

/// Reads an item; an array has `count` elements.
pub fn decode<'a, T: VariableItem>(
    input: &mut Decoder<'a>,
    count: usize,
) -> Result<T::View<'a>, DecodeError> {
    T::decode(input, count)
}

/// Returns the number of elements of an array.
pub fn length<T: VariableItem>(array: &T) -> usize {
    array.length()
}

/// Writes the count of arrays with these lengths. `_field` is passed only so that the compiler sees
/// it used.
pub fn encode_count<C: CountType>(
    _field: &C,
    out: &mut Encoder<'_>,
    count: &'static str,
    lengths: &[usize],
) -> Result<(), EncodeError> {
    crate::block::variable::encode_count::<C>(out, count, lengths)
}

/// Reads a count: as its own type, and as a number of elements.
pub fn decode_count<C: CountType>(
    input: &mut Decoder<'_>,
) -> Result<(C::Number, usize), DecodeError> {
    crate::block::variable::decode_count::<C>(input)
}

/// Writes an embedded class.
pub fn encode_embedded<C: VariableClass>(
    class: &C,
    out: &mut Encoder<'_>,
) -> Result<(), EncodeError> {
    out.align(C::ALIGN)?;
    class.encode_items(out)?;
    if C::IS_FIXED {
        out.align(C::ALIGN)?;
    }
    Ok(())
}

/// Writes an item as it was read.
pub fn encode_view<T: VariableItem>(
    view: T::View<'_>,
    out: &mut Encoder<'_>,
) -> Result<(), EncodeError> {
    T::encode_view(view, out)
}

/// Writes an embedded class as it was read.
pub fn encode_embedded_view<C: EncodeView>(
    view: C::View<'_>,
    out: &mut Encoder<'_>,
) -> Result<(), EncodeError> {
    out.align(C::ALIGN)?;
    C::encode_view(view, out)?;
    if C::IS_FIXED {
        out.align(C::ALIGN)?;
    }
    Ok(())
}

/// Reads an embedded class.
pub fn decode_embedded<'a, C: VariableClass>(
    input: &mut Decoder<'a>,
) -> Result<C::View<'a>, DecodeError> {
    input.align(C::ALIGN)?;
    let view = C::decode_items(input)?;
    if C::IS_FIXED {
        input.align(C::ALIGN)?;
    }
    Ok(view)
}

/// Asserts that an enum is `Copy` and `Debug`.
pub const fn plain<E: Plain>() {}

/// Returns the bytes of an enumerated value.
#[inline]
pub fn encode_enum<E: WmiEnum>(value: Enumerated<E>) -> <E::Repr as WmiField>::Wire {
    <E::Repr as WmiField>::encode(value.repr())
}

/// Returns the enumerated value of these bytes.
#[inline]
pub fn decode_enum<E: WmiEnum>(wire: &<E::Repr as WmiField>::Wire) -> Enumerated<E> {
    let value = <E::Repr as WmiField>::decode(wire);
    E::from_repr(value).map_or(Enumerated::Other(value), Enumerated::Known)
}
