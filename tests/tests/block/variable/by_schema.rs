//! Blocks read and written using only the schema, compared with the derive.

use proptest::prelude::*;
use wmi_core::{Count, VariableClass, WmiClass};
use wmi_tools::Classes;
use wmi_tools::client::{DataObject, Datum, ItemDecodeError, ValueFault};
use wmi_tools::layout::{BlockLayout, ElementType};

use super::agree::Source;
use super::any::input;
use super::classes::{Branch, Flat, Leaf, Pair, Port, TREE, Tree};
use super::naive::{self, Value};

fn tree() -> BlockLayout<'static> {
    let classes = [Pair::CLASS, Port::CLASS, Leaf::CLASS, Branch::CLASS];
    BlockLayout::of(Tree::CLASS, &Classes::from_iter(classes)).unwrap()
}

/// Appends the values in block order. A bounded string keeps as many units as fit, like the
/// derive's.
fn flat(block: &BlockLayout<'_>, object: &DataObject<'_>, out: &mut Vec<Value>) {
    fn one(element: &ElementType<'_>, value: &Datum<'_>, out: &mut Vec<Value>) {
        match (element, value) {
            (ElementType::Text { max }, Datum::Text(text)) => {
                let max = max.map_or(usize::MAX, usize::from);
                out.push(Value::Text(text.units().take(max).collect()));
            }
            (ElementType::Class(block), Datum::Object(object)) => flat(block, object, out),
            (ElementType::Boolean, Datum::Boolean(value)) => {
                out.push(Value::Number(i128::from(*value)));
            }
            (ElementType::Integer(_), value) => {
                out.push(Value::Number(value.as_integer().unwrap()))
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(object.len(), block.items.len());
    for (item, (name, value)) in block.items.iter().zip(object.iter()) {
        assert_eq!(item.property.name, name);
        match value {
            Datum::Array(elements) => {
                elements
                    .iter()
                    .for_each(|value| one(&item.element, value, out));
            }
            value => one(&item.element, value, out),
        }
    }
}

/// Asserts that the values or the error equal the derive's.
fn same(block: &BlockLayout<'static>, bytes: &[u8]) {
    let read = DataObject::decode(block, bytes).map(|object| {
        let mut values = Vec::new();
        flat(block, &object, &mut values);
        values
    });
    let expected = Tree::decode(bytes).map(|view| view.values());
    assert_eq!(read.map_err(|why| why.error), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn derived_blocks_round_trip(
        input in input(400),
    ) {
        let block = tree();
        let bytes = Source(&input).tree(|tree| naive::write(&TREE, tree.values())).bytes;
        same(&block, &bytes);
        let object = DataObject::decode(&block, &bytes).unwrap();
        prop_assert_eq!(object.encode(&block).unwrap(), &bytes[..]);
        let object = object.into_owned();
        prop_assert_eq!(object.encode(&block).unwrap(), &bytes[..]);

        // The encoder counts arrays itself.
        let mut uncounted = DataObject::new("Tree");
        for (position, (name, value)) in object.iter().enumerate() {
            if !block.counts(position) {
                uncounted.set(name.to_owned(), value.clone());
            }
        }
        prop_assert_eq!(uncounted.len(), object.len() - 3);
        prop_assert_eq!(uncounted.encode(&block).unwrap(), &bytes[..]);
        for length in 0..bytes.len() {
            same(&block, &bytes[..length]);
        }
    }

    #[test]
    fn arbitrary_bytes_match_the_derive(
        bytes in input(400),
    ) {
        same(&tree(), &bytes);
    }

    #[test]
    fn damaged_blocks_match_the_derive(
        input in input(400),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = Source(&input).tree(|tree| naive::write(&TREE, tree.values())).bytes;
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        same(&tree(), &bytes);
    }
}

#[test]
fn errors_name_the_item_by_its_path() {
    let block = tree();
    let mut bytes = [0; 52];
    // Item `PortCount`.
    bytes[12] = 0xff;
    let why = DataObject::decode(&block, &bytes).unwrap_err();
    assert_eq!(
        why.to_string(),
        "`PortCount`: the item at byte 12: a count cannot be negative"
    );
    // Two ports, the second of which has a string with an odd number of bytes.
    bytes[12] = 2;
    bytes[26] = 1;
    let why: ItemDecodeError = DataObject::decode(&block, &bytes).unwrap_err();
    assert_eq!(
        why.to_string(),
        "`Ports[1].Label`: the item at byte 26: 1 bytes are not a whole number of UTF-16 units",
    );
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let classes = Classes::from_iter([Pair::CLASS, Port::CLASS, Leaf::CLASS]);
    let fault = |object: DataObject<'_>| {
        let class = [Port::CLASS, Branch::CLASS, Leaf::CLASS]
            .into_iter()
            .find(|class| class.name == object.class());
        let block = BlockLayout::of(class.unwrap(), &classes).unwrap();
        let why = object.encode(&block).unwrap_err();
        (why.item, why.fault)
    };
    let at = |item: &str, fault| (item.to_owned(), fault);
    let port = || {
        DataObject::new("Vendor_Port")
            .with("Number", 1u64)
            .with("label", "a")
            .with("Speed", 5i8)
    };
    assert!(
        port()
            .encode(&BlockLayout::of(Port::CLASS, &classes).unwrap())
            .is_ok()
    );
    let value = 65536;
    assert_eq!(
        fault(port().with("number", 65536u32)),
        at("Number", ValueFault::OutOfRange { value })
    );
    let (found, expected) = ("a boolean", "an integer");
    assert_eq!(
        fault(port().with("number", true)),
        at("Number", ValueFault::WrongType { found, expected })
    );
    let (units, max) = (4, 3);
    assert_eq!(
        fault(port().with("label", "abcd")),
        at("Label", ValueFault::TextTooLong { units, max })
    );
    assert_eq!(
        fault(port().with("label", "a\0")),
        at("Label", ValueFault::Nul { unit: 1 })
    );
    assert_eq!(
        fault(port().with("Sped", 1u8)),
        at("Sped", ValueFault::UnknownItem)
    );
    assert_eq!(
        fault(DataObject::new("Vendor_Port")),
        at("Number", ValueFault::Missing)
    );

    let leaf = DataObject::new("Vendor_Leaf").with("Name", "x".repeat(32768));
    let leaf = leaf.with("Weight", 0u8).with("End", 0u8);
    let (units, max) = (32768, 32767);
    assert_eq!(
        fault(leaf.clone()),
        at("Name", ValueFault::TextTooLong { units, max })
    );
    let branch = DataObject::new("Vendor_Branch").with("Title", "");
    assert_eq!(fault(branch.clone()), at("Leaves", ValueFault::Missing));
    let branch = branch.with("Leaves", [leaf.clone().with("Name", ""), leaf]);
    assert_eq!(
        fault(branch.clone()),
        at("Leaves[1].Name", ValueFault::TextTooLong { units, max })
    );
    let (given, count) = (3, 2);
    assert_eq!(
        fault(branch.clone().with("LeafCount", 3u8)),
        at("LeafCount", ValueFault::WrongCount { given, count })
    );
    let leaves = Datum::from_iter([(); 256].map(|()| DataObject::new("Vendor_Leaf")));
    let value = 256;
    assert_eq!(
        fault(branch.with("Leaves", leaves)),
        at("LeafCount", ValueFault::OutOfRange { value })
    );
}

#[test]
fn errors_of_single_values_name_the_item() {
    let classes = Classes::from_iter([Pair::CLASS, Port::CLASS, Leaf::CLASS]);
    let block = BlockLayout::of(Branch::CLASS, &classes).unwrap();
    let message = |item, value: Datum<'_>| {
        let item = block.item(item).unwrap();
        value.encode(item).unwrap_err().to_string()
    };
    assert_eq!(
        message("Title", 5u8.into()),
        "`Title`: cannot be an integer; give a string"
    );
    let leaves = [DataObject::new("Vendor_Leaf").with("Name", 5u8)];
    assert_eq!(
        message("Leaves", leaves.into()),
        "`Leaves[0].Name`: cannot be an integer; give a string"
    );
    assert_eq!(
        message("Leaves", "".into()),
        "`Leaves`: cannot be a string; give an array"
    );
}

/// The schema has no attribute `variable`, so a class without variable items ends like a C
/// structure, with its padding.
#[test]
fn variable_class_without_variable_items_is_fixed() {
    #[derive(WmiClass)]
    #[wmi(embedded, variable, name = "Vendor_Cell")]
    struct Cell {
        #[wmi(data_id = 1)]
        long: u32,
        #[wmi(data_id = 2)]
        byte: u8,
    }
    #[derive(WmiClass)]
    #[wmi(embedded, variable, name = "Vendor_Cells")]
    struct Cells<'a> {
        #[wmi(data_id = 1)]
        count: Count<u8>,
        #[wmi(data_id = 2, size_is = "count")]
        cells: &'a [Cell],
        #[wmi(data_id = 3)]
        end: u8,
    }
    const { assert!(Cell::IS_FIXED && !Cells::IS_FIXED) };
    let cells = Cells {
        count: Count::NEW,
        cells: &[Cell { long: 1, byte: 2 }],
        end: 9,
    };
    let mut bytes = [0xff; 13];
    assert_eq!(cells.encode(&mut bytes), Ok(13));
    assert_eq!(bytes, [1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 9]);
    assert_eq!(Cells::decode(&bytes).unwrap().end, 9);
    let layout = BlockLayout::of(Cells::CLASS, &Classes::from_iter([Cell::CLASS])).unwrap();
    let object = DataObject::decode(&layout, &bytes).unwrap();
    assert_eq!(object.get("End"), Some(&Datum::U8(9)));
    assert_eq!(object.encode(&layout).unwrap(), bytes);
}
