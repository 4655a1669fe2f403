//! A class of variable size with items of every kind, its table for the naive reader and writer,
//! and its values as flat lists.

use wmi_core::block::{ArrayView, Str};
use wmi_core::{Count, Text, Wire, WmiClass};

use super::naive::{Shape, Value};

/// A fixed class with padding at its end.
#[derive(WmiClass)]
#[wmi(embedded, name = "Vendor_Pair")]
pub(crate) struct Pair {
    #[wmi(data_id = 1)]
    pub(crate) long: u32,
    #[wmi(data_id = 2)]
    pub(crate) tag: u8,
}

/// A fixed class with an item after a string.
#[derive(WmiClass)]
#[wmi(embedded, name = "Vendor_Port")]
pub(crate) struct Port {
    #[wmi(data_id = 1)]
    pub(crate) number: u16,
    #[wmi(data_id = 2)]
    pub(crate) label: Text<3>,
    #[wmi(data_id = 3)]
    pub(crate) speed: u32,
}

/// A class of variable size, embedded in [`Branch`].
#[derive(WmiClass)]
#[wmi(embedded, variable, name = "Vendor_Leaf")]
pub(crate) struct Leaf<'a> {
    #[wmi(data_id = 1)]
    pub(crate) name: &'a str,
    #[wmi(data_id = 2)]
    pub(crate) weight: i64,
    #[wmi(data_id = 3)]
    pub(crate) end: u8,
}

/// A class of variable size, embedded in [`Tree`].
#[derive(WmiClass)]
#[wmi(embedded, variable, name = "Vendor_Branch")]
pub(crate) struct Branch<'a> {
    #[wmi(data_id = 1)]
    pub(crate) leaf_count: Count<u8>,
    #[wmi(data_id = 2, size_is = "leaf_count")]
    pub(crate) leaves: &'a [Leaf<'a>],
    #[wmi(data_id = 3)]
    pub(crate) title: &'a str,
}

#[derive(WmiClass)]
#[wmi(
    variable,
    name = "Vendor_Tree",
    guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a02"
)]
pub(crate) struct Tree<'a> {
    #[wmi(data_id = 1)]
    pub(crate) head: &'a str,
    #[wmi(data_id = 2)]
    pub(crate) flag: bool,
    #[wmi(data_id = 3)]
    pub(crate) count: Count<u16>,
    #[wmi(data_id = 4, size_is = "count")]
    pub(crate) numbers: &'a [u64],
    #[wmi(data_id = 5, size_is = "count")]
    pub(crate) names: &'a [&'a str],
    #[wmi(data_id = 6)]
    pub(crate) middle: u32,
    #[wmi(data_id = 7)]
    pub(crate) port_count: Count<i8>,
    #[wmi(data_id = 8, size_is = "port_count")]
    pub(crate) ports: &'a [Port],
    #[wmi(data_id = 9, size_is = "port_count")]
    pub(crate) labels: &'a [Text<2>],
    #[wmi(data_id = 10, size_is = "port_count")]
    pub(crate) pairs: &'a [Pair],
    #[wmi(data_id = 11)]
    pub(crate) branch_count: Count<u32>,
    #[wmi(data_id = 12, size_is = "branch_count")]
    pub(crate) branches: &'a [Branch<'a>],
    #[wmi(data_id = 13)]
    pub(crate) branch: Branch<'a>,
    #[wmi(data_id = 14)]
    pub(crate) pair: Pair,
    #[wmi(data_id = 15)]
    pub(crate) words: [i16; 3],
    #[wmi(data_id = 16)]
    pub(crate) tail: &'a str,
    #[wmi(data_id = 17)]
    pub(crate) last: Pair,
}

use Shape::{Bool, Bounded, Counted, Fixed, FixedClass, Signed, Unsigned, VariableClass};

const PAIR: Shape = FixedClass(&[Unsigned(4), Unsigned(1)]);
const PORT: Shape = FixedClass(&[Unsigned(2), Bounded(3), Unsigned(4)]);
const LEAF: Shape = VariableClass(&[Shape::Text, Signed(8), Unsigned(1)]);
const BRANCH: Shape = VariableClass(&[Unsigned(1), Counted(0, &LEAF), Shape::Text]);
pub(crate) const TREE: Shape = VariableClass(&[
    Shape::Text,
    Bool,
    Unsigned(2),
    Counted(2, &Unsigned(8)),
    Counted(2, &Shape::Text),
    Unsigned(4),
    Signed(1),
    Counted(6, &PORT),
    Counted(6, &Bounded(2)),
    Counted(6, &PAIR),
    Unsigned(4),
    Counted(10, &BRANCH),
    BRANCH,
    PAIR,
    Fixed(3, &Signed(2)),
    Shape::Text,
    PAIR,
]);

/// Appends values in the order of a block.
pub(crate) trait Flat {
    fn flat(&self, out: &mut Vec<Value>);

    fn values(&self) -> Vec<Value> {
        let mut out = Vec::new();
        self.flat(&mut out);
        out
    }
}

macro_rules! numbers {
    ($($number:ident)*) => {$(
        impl Flat for $number {
            fn flat(&self, out: &mut Vec<Value>) {
                out.push(Value::Number(i128::from(*self)));
            }
        }
    )*};
}

numbers!(bool u8 u16 u32 u64 i8 i16 i64);

impl Flat for &str {
    fn flat(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(self.encode_utf16().collect()));
    }
}

impl Flat for Str<'_> {
    fn flat(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(self.units().collect()));
    }
}

impl<const MAX: usize> Flat for Text<MAX> {
    fn flat(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(self.units().collect()));
    }
}

impl<T: Flat> Flat for [T] {
    fn flat(&self, out: &mut Vec<Value>) {
        self.iter().for_each(|element| element.flat(out));
    }
}

impl<T> Flat for ArrayView<'_, T>
where
    T: wmi_core::block::VariableElement,
    for<'a> T::View<'a>: Flat,
{
    fn flat(&self, out: &mut Vec<Value>) {
        let (mut rest, count) = (self.iter(), self.len());
        for left in (1..=count).rev() {
            assert_eq!(rest.len(), left);
            let element = rest.next().expect("the elements were checked");
            element.flat(out);
        }
        assert!(rest.next().is_none() && rest.next().is_none());
        assert_eq!(self.is_empty(), count == 0);
    }
}

/// Implements [`Flat`] for classes and views with the values of these items, in this order.
macro_rules! flat {
    ($($class:ty: |$this:ident| $($item:expr),*;)*) => {$(
        impl Flat for $class {
            fn flat(&self, out: &mut Vec<Value>) {
                let $this = self;
                $($item.flat(out);)*
            }
        }
    )*};
}

flat! {
    Pair: |pair| pair.long, pair.tag;
    Wire<Pair>: |pair| pair.long(), pair.tag();
    Port: |port| port.number, port.label, port.speed;
    Wire<Port>: |port| port.number(), port.label(), port.speed();
    Leaf<'_>: |leaf| leaf.name, leaf.weight, leaf.end;
    LeafView<'_>: |leaf| leaf.name, leaf.weight, leaf.end;
    // A `Count` has no value; the length of the array is the count.
    Branch<'_>: |branch| (branch.leaves.len() as u64), branch.leaves, branch.title;
    BranchView<'_>: |branch| branch.leaf_count, branch.leaves, branch.title;
    Tree<'_>: |tree| tree.head, tree.flag,
        (tree.numbers.len() as u64), tree.numbers, tree.names, tree.middle,
        (tree.ports.len() as u64), tree.ports, tree.labels, tree.pairs,
        (tree.branches.len() as u64), tree.branches, tree.branch,
        tree.pair, tree.words, tree.tail, tree.last;
    TreeView<'_>: |tree| tree.head, tree.flag,
        tree.count, tree.numbers, tree.names, tree.middle,
        tree.port_count, tree.ports, tree.labels, tree.pairs,
        tree.branch_count, tree.branches, tree.branch,
        tree.pair, tree.words, tree.tail, tree.last;
}
