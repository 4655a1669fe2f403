//! Offsets of items, compared with rustc's `#[repr(C)]`. `layout_c` compares with a C compiler.

use core::mem::offset_of;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, AtomicU8, AtomicU16, AtomicU64};

use wmi_core::{DateTime, FixedClass, Text, Wire, WmiClass, WmiField};
use wmi_tools::Classes;
use wmi_tools::layout::BlockLayout;
use zerocopy::FromBytes;

/// The type of an item's member in a C structure.
trait Item {
    type InC;
}

type C<T> = <T as Item>::InC;

macro_rules! in_c {
    ($($item:ty => $c:ty,)*) => {$(
        impl Item for $item {
            type InC = $c;
        }
    )*};
}

in_c! {
    bool => bool,
    i8 => i8,
    u8 => u8,
    i16 => i16,
    u16 => u16,
    i32 => i32,
    u32 => u32,
    i64 => i64,
    u64 => u64,
    AtomicBool => bool,
    AtomicU8 => u8,
    AtomicU16 => u16,
    AtomicI32 => i32,
    AtomicI64 => i64,
    AtomicU64 => u64,
    DateTime => [u16; 25],
    Label => [u16; 6],
    Tail => TailInC,
    Nest => NestInC,
}

impl<T: Item, const N: usize> Item for [T; N] {
    type InC = [T::InC; N];
}

/// A bounded string, which consists of a byte count and units.
type Label = Text<5>;

/// An embedded class with padding at its end.
#[derive(WmiClass)]
#[wmi(embedded)]
struct Tail {
    #[wmi(data_id = 1)]
    a: u64,
    #[wmi(data_id = 2)]
    b: u8,
}

/// An embedded class with padding everywhere.
#[derive(WmiClass)]
#[wmi(embedded)]
struct Nest {
    #[wmi(data_id = 1)]
    a: u16,
    #[wmi(data_id = 2)]
    b: Tail,
    #[wmi(data_id = 3)]
    c: [DateTime; 2],
    #[wmi(data_id = 4)]
    d: u8,
}

#[repr(C)]
struct TailInC {
    a: u64,
    b: u8,
}

#[repr(C)]
struct NestInC {
    a: u16,
    b: TailInC,
    c: [[u16; 25]; 2],
    d: u8,
}

/// Declares a class with its fields in reverse order; each field keeps its id.
macro_rules! reversed {
    ([$($id:literal $field:ident: $ty:tt,)*]) => {
        #[derive(WmiClass)]
        #[wmi(embedded)]
        struct Reversed {
            $(
                #[wmi(data_id = $id)]
                $field: $ty,
            )*
        }
    };
    ([$($done:tt)*] $id:literal $field:ident: $ty:tt, $($rest:tt)*) => {
        reversed!([$id $field: $ty, $($done)*] $($rest)*);
    };
}

/// Makes a test for each shape, whose items are in the order of their ids. It asserts that the
/// class, the class declared in reverse, and the C structure agree.
macro_rules! shapes {
    ($($name:ident { $($id:literal $field:ident: $ty:tt,)* })*) => {$(
        #[test]
        fn $name() {
            #[derive(WmiClass)]
            #[wmi(embedded)]
            struct Declared {
                $(
                    #[wmi(data_id = $id)]
                    $field: $ty,
                )*
            }

            reversed!([] $($id $field: $ty,)*);

            #[repr(C)]
            struct InC {
                $($field: C<$ty>,)*
            }

            let members = [$((
                stringify!($field).to_uppercase(),
                offset_of!(InC, $field),
                size_of::<C<$ty>>(),
                align_of::<C<$ty>>(),
            )),*];
            check::<Declared, InC>(&members);
            check::<Reversed, InC>(&members);
        }
    )*};
}

/// Compares the items of `T` with the members (name, offset, size, alignment) of the structure `C`.
fn check<T: FixedClass + WmiField, C>(members: &[(String, usize, usize, usize)]) {
    let items: Vec<_> = T::ITEMS
        .iter()
        .map(|item| {
            (
                item.property.name.to_owned(),
                item.offset,
                item.size,
                item.align,
            )
        })
        .collect();
    assert_eq!(items, members);
    for (item, id) in T::ITEMS.iter().zip(1..) {
        assert_eq!((item.id, item.property.data_id()), (id, Some(id)));
    }

    // The layout by the schema alone agrees.
    let classes = Classes::from_iter([Tail::CLASS, Nest::CLASS]);
    let block = BlockLayout::of(T::CLASS, &classes).unwrap();
    let read: Vec<_> = block
        .items
        .iter()
        .map(|item| {
            let (offset, size) = (item.offset.unwrap(), item.size().unwrap());
            (item.property.name.to_owned(), offset, size, item.align())
        })
        .collect();
    assert_eq!(read, members);
    assert!(
        block
            .items
            .iter()
            .map(|item| item.id)
            .eq(1..=read.len() as u32)
    );
    assert_eq!(block.size, Some(<T as FixedClass>::SIZE));
    assert_eq!(block.padded_size(), Some(<T as WmiField>::SIZE));
    assert_eq!(block.align, <T as FixedClass>::ALIGN);

    // A block ends with its last item. Embedded in another class it also has C's padding at its
    // end.
    let (_, last, size, _) = members.last().expect("a member");
    assert_eq!(<T as FixedClass>::SIZE, last + size);
    assert_eq!(size_of::<Wire<T>>(), last + size);
    assert_eq!(<T as WmiField>::SIZE, size_of::<C>());
    assert_eq!(<T as FixedClass>::ALIGN, align_of::<C>());
    assert_eq!(<T as WmiField>::ALIGN, align_of::<C>());

    // Storing overwrites the whole block, including its padding.
    let [used, zero] = [0xff, 0].map(|byte| {
        let bytes = vec![byte; <T as FixedClass>::SIZE];
        let mut block = Wire::<T>::read_from_bytes(&bytes).expect("the right length");
        T::ZERO.store(&mut block);
        block
    });
    assert_eq!(used, zero);
}

shapes! {
    one_byte { 1 a: u8, }
    ascending { 1 a: u8, 2 b: u16, 3 c: u32, 4 d: u64, }
    descending { 1 a: u64, 2 b: u32, 3 c: u16, 4 d: u8, }
    alternating { 1 a: u8, 2 b: u64, 3 c: u8, 4 d: u32, 5 e: u8, 6 f: u16, 7 g: u8, }
    signed { 1 a: i8, 2 b: i16, 3 c: i8, 4 d: i64, 5 e: i16, 6 f: i32, 7 g: i8, }
    booleans { 1 a: bool, 2 b: u16, 3 c: bool, 4 d: u64, 5 e: bool, 6 f: u32, 7 g: bool, }
    atomics { 1 a: AtomicBool, 2 b: AtomicU16, 3 c: AtomicU8, 4 d: AtomicI64, 5 e: AtomicI32, 6 f: AtomicU64, }
    arrays { 1 a: [u8; 3], 2 b: [u16; 3], 3 c: [bool; 1], 4 d: [u64; 2], 5 e: [i32; 5], 6 f: u8, }
    packed { 1 a: [u8; 7], 2 b: bool, 3 c: i8, 4 d: u8, }
    dates { 1 a: u8, 2 b: DateTime, 3 c: u8, 4 d: DateTime, 5 e: u64, 6 f: DateTime, }
    arrays_of_dates { 1 a: u8, 2 b: [DateTime; 3], 3 c: u8, 4 d: u32, }
    texts {
        1 a: u8,
        2 b: Label,
        3 c: u8,
        4 d: [Label; 2],
        5 e: u64,
        6 f: Label,
    }
    tail { 1 a: u64, 2 b: u8, }
    byte_after_tail { 1 a: Tail, 2 b: u8, }
    array_of_tails { 1 a: u8, 2 b: [Tail; 3], 3 c: u8, }
    tail_at_the_end { 1 a: u16, 2 b: Tail, }
    nest { 1 a: u16, 2 b: Tail, 3 c: [DateTime; 2], 4 d: u8, }
    array_of_nests { 1 a: u8, 2 b: [Nest; 2], 3 c: Tail, 4 d: u8, 5 e: u32, }
}

#[test]
fn trailing_embedded_class_keeps_its_padding() {
    #[derive(WmiClass)]
    #[wmi(embedded)]
    struct TailLast {
        #[wmi(data_id = 1)]
        a: u16,
        #[wmi(data_id = 2)]
        b: Tail,
    }
    // Like `X_SIZE` in a generated header, which adds the last member's `sizeof` to its offset.
    assert_eq!(<Tail as FixedClass>::SIZE, 9);
    assert_eq!(<TailLast as FixedClass>::SIZE, 8 + 16);
}
