//! The layout of classes of any origin: derived, from binary MOF, and without a layout.
//! `layout` compares every shape with the derive's.

use iscsi_schema::*;
use wmi_core::schema::{Array, CimType, Class, Method, Property, Qualifier, Value};
use wmi_core::{FixedClass, Text, WmiField};
use wmi_tests::corpus;
use wmi_tools::bmf;
use wmi_tools::layout::{
    BlockLayout, ElementType, Elements, Integer, LayoutError, LayoutFault, MAX_DEPTH,
};
use wmi_tools::{Arena, Classes};

fn offsets(block: &BlockLayout<'_>) -> Vec<Option<usize>> {
    block.items.iter().map(|item| item.offset).collect()
}

/// Asserts that offsets and size equal the derive's.
fn same<C: FixedClass>(classes: &Classes<'_>) {
    let block = BlockLayout::of(C::CLASS, classes).unwrap();
    assert_eq!(block.items.len(), C::ITEMS.len());
    for (item, derived) in block.items.iter().zip(C::ITEMS) {
        assert_eq!(item.property, derived.property);
        assert_eq!(
            (item.id, item.offset, item.size(), item.align()),
            (
                derived.id,
                Some(derived.offset),
                Some(derived.size),
                derived.align
            ),
        );
    }
    assert_eq!((block.size, block.align), (Some(C::SIZE), C::ALIGN));
}

#[test]
fn iscsi_layouts_agree_for_derive_and_binary_mof() {
    let file = bmf::encode_schema(&SCHEMA, bmf::Packing::Greedy).unwrap();
    let arena = Arena::new();
    let file = bmf::decode(&arena, &file).unwrap();
    for classes in [&Classes::from(&SCHEMA), &Classes::from(&file)] {
        same::<ISCSI_IP_Address>(classes);
        same::<ISCSI_TargetPortal>(classes);
        same::<ISCSI_LoginOptions>(classes);
        same::<ISCSI_LUNList>(classes);
        same::<MSiSCSI_MMIPSECStats>(classes);
        same::<MSiSCSI_QMIPSECStats>(classes);
        same::<MSiSCSI_ConnectionStatistics>(classes);
        same::<MSiSCSI_SessionStatistics>(classes);
        same::<MSiSCSI_InitiatorLoginStatistics>(classes);
        same::<MSiSCSI_InitiatorInstanceStatistics>(classes);
        same::<MSiSCSI_NICPerformance>(classes);
        same::<MSiSCSI_RequestTimeStatistics>(classes);

        let mapping = classes.get("iscsi_targetmapping").unwrap();
        let mapping = BlockLayout::of(mapping, classes).unwrap();
        let list = mapping.item("lunlist").unwrap();
        assert_eq!(list.elements, Elements::Counted { by: 3 });
        assert_eq!(list.element.size(), Some(<ISCSI_LUNList as WmiField>::SIZE));
        assert_eq!((list.size(), mapping.size), (None, None));
        // The array is the last item, so every item has an offset.
        assert!(mapping.items.iter().all(|item| item.offset.is_some()));
        assert_eq!(
            mapping.item_by_id(5).unwrap().element,
            ElementType::Text { max: Some(223) }
        );
        assert_eq!(
            mapping.item_by_id(5).unwrap().size(),
            Some(<Text<223> as WmiField>::SIZE)
        );
    }
}

#[test]
fn items_after_a_variable_item_have_no_offset() {
    let leaf = Class::new("Leaf");
    let text = [item("Text", CimType::String, "string", 1)];
    let leaf = leaf.with_properties(&text);
    let items = [
        item("Byte", CimType::Uint8, "uint8", 1),
        item("Leaf", CimType::Object, "leaf", 2),
        item("Long", CimType::Uint64, "uint64", 3),
    ];
    let class = Class::new("Tree").with_properties(&items);
    let block = BlockLayout::of(&class, &[&leaf].into_iter().collect()).unwrap();
    assert_eq!(offsets(&block), [Some(0), Some(2), None]);
    assert_eq!((block.size, block.align, block.depth), (None, 8, 1));
    let leaf = block.items[1].element.class().unwrap();
    assert_eq!((leaf.name, leaf.size, leaf.align), ("Leaf", None, 2));
}

#[test]
fn parameters_keep_declaration_order_in_each_direction() {
    let (input, output, both) = ([flag("in")], [flag("out")], [flag("In"), flag("OUT")]);
    let counted = [
        flag("out"),
        Qualifier::new("WmiSizeIs", Value::String("COUNT")),
    ];
    let parameters = [
        Property::new("Port", CimType::Uint8, "uint8").with_qualifiers(&input),
        Property::new("Status", CimType::Uint16, "uint16").with_qualifiers(&output),
        Property::new("Count", CimType::Uint64, "uint64").with_qualifiers(&both),
        Property::new("Values", CimType::Sint8, "sint8")
            .with_array(Array::Variable)
            .with_qualifiers(&counted),
    ];
    let method = Method::new("Set").with_parameters(&parameters);
    let classes = Classes::default();
    let (input, output) = (
        BlockLayout::of_input(&method, &classes).unwrap(),
        BlockLayout::of_output(&method, &classes).unwrap(),
    );
    let ids = |block: &BlockLayout<'_>| block.items.iter().map(|item| item.id).collect::<Vec<_>>();
    assert_eq!(
        (ids(&input), offsets(&input)),
        (vec![1, 3], vec![Some(0), Some(8)])
    );
    assert_eq!(input.size, Some(16));
    assert_eq!(ids(&output), [2, 3, 4]);
    assert_eq!(offsets(&output), [Some(0), Some(8), Some(16)]);
    assert_eq!(output.items[2].elements, Elements::Counted { by: 1 });
    assert_eq!(output.size, None);
    let reset = Method::new("Reset");
    assert_eq!(
        BlockLayout::of_input(&reset, &classes).unwrap().size,
        Some(0)
    );
}

#[test]
fn base_class_items_are_part_of_the_block() {
    let base_items = [
        item("A", CimType::Uint32, "uint32", 1),
        item("B", CimType::Uint8, "uint8", 2),
    ];
    let items = [
        item("b", CimType::Uint64, "uint64", 2),
        item("C", CimType::Uint8, "uint8", 3),
    ];
    let base = Class::new("Base").with_properties(&base_items);
    let class = Class::new("Derived")
        .with_superclass("BASE")
        .with_properties(&items);
    let block = BlockLayout::of(&class, &[&base].into_iter().collect()).unwrap();
    let names: Vec<_> = block.items.iter().map(|item| item.property.name).collect();
    assert_eq!(names, ["A", "b", "C"]);
    assert_eq!(offsets(&block), [Some(0), Some(8), Some(16)]);
}

#[test]
fn four_spellings_give_an_array_length() {
    let of = |array, qualifiers: &[Qualifier<'_>]| {
        let mut qualifiers = qualifiers.to_vec();
        qualifiers.push(id(2));
        let items = [
            item("Count", CimType::Uint8, "uint8", 1),
            Property::new("Array", CimType::Uint16, "uint16")
                .with_array(array)
                .with_qualifiers(&qualifiers),
        ];
        let class = Class::new("Class").with_properties(&items);
        let block = BlockLayout::of(&class, &Classes::default()).map_err(|why| why.fault)?;
        Ok(block.items[1].elements)
    };
    let max = Qualifier::new("Max", Value::Integer(5));
    let size_is = Qualifier::new("WmiSizeIs", Value::String("count"));
    assert_eq!(of(Array::Fixed(5), &[]), Ok(Elements::Fixed(5)));
    assert_eq!(of(Array::Variable, &[max]), Ok(Elements::Fixed(5)));
    let counted = Ok(Elements::Counted { by: 0 });
    assert_eq!(of(Array::Variable, &[max, size_is]), counted);
    assert_eq!(of(Array::Scalar, &[size_is]), counted);
    assert_eq!(of(Array::Scalar, &[max]), Ok(Elements::One));
    assert_eq!(of(Array::Variable, &[]), Err(LayoutFault::UnknownLength));
    assert_eq!(of(Array::Fixed(0), &[]), Err(LayoutFault::EmptyArray));
    let size_is = |name| Qualifier::new("WmiSizeIs", Value::String(name));
    for name in ["Array", "Nothing"] {
        let fault = LayoutFault::UnknownCount {
            name: name.to_owned(),
        };
        assert_eq!(of(Array::Variable, &[size_is(name)]), Err(fault));
    }
}

#[test]
fn char16_takes_two_bytes() {
    let items = [
        item("Byte", CimType::Uint8, "uint8", 1),
        item("Units", CimType::Char16, "char16", 2).with_array(Array::Fixed(3)),
    ];
    let class = Class::new("Class").with_properties(&items);
    let block = BlockLayout::of(&class, &Classes::default()).unwrap();
    assert_eq!(offsets(&block), [Some(0), Some(2)]);
    assert_eq!((block.size, block.align), (Some(8), 2));
    assert_eq!(block.items[1].element, ElementType::Char16);
}

#[test]
fn classes_without_a_layout_say_why() {
    let fault = |properties: &[Property<'_>]| fault_among(properties, &[]);
    let byte = |id| item("Byte", CimType::Uint8, "uint8", id);
    for (ids, unexpected, expected) in [
        (&[1, 3][..], 3, 2),
        (&[2], 2, 1),
        (&[0], 0, 1),
        (&[1, 2, 2], 2, 3),
        (&[3, 1, 1], 1, 2),
    ] {
        let items: Vec<_> = ids.iter().map(|id| byte(*id)).collect();
        let id = unexpected;
        assert_eq!(
            fault(&items),
            LayoutFault::UnexpectedId { id, expected },
            "{ids:?}"
        );
    }
    for cim_type in [CimType::Real32, CimType::Real64, CimType::Reference] {
        let items = [item("Item", cim_type, cim_type.keyword(), 1)];
        assert_eq!(fault(&items), LayoutFault::UnsupportedType { cim_type });
    }
    let any = [item("Any", CimType::Object, "object", 1)];
    let cim_type = CimType::Object;
    assert_eq!(fault(&any), LayoutFault::UnsupportedType { cim_type });
    let other = [item("Other", CimType::Object, "Other", 1)];
    let name = "Other".to_owned();
    assert_eq!(fault(&other), LayoutFault::UnknownClass { name });
    let empty = Class::new("Other");
    assert_eq!(fault_among(&other, &[&empty]), LayoutFault::NoItems);

    let mine = [item("Mine", CimType::Object, "CLASS", 1)];
    assert_eq!(fault(&mine), LayoutFault::Recursive);
    let other_class = Class::new("Other").with_properties(&mine);
    assert_eq!(fault_among(&other, &[&other_class]), LayoutFault::Recursive);

    for units in [32768, u32::MAX] {
        let qualifiers = [
            id(1),
            Qualifier::new("MaxLen", Value::Integer(units.into())),
        ];
        let items = [Property::new("Text", CimType::String, "string").with_qualifiers(&qualifiers)];
        assert_eq!(fault(&items), LayoutFault::MaxLen { units });
    }
    let huge = [
        byte(1),
        item("Array", CimType::Uint64, "uint64", 2).with_array(Array::Fixed(0x2000_0000)),
    ];
    assert_eq!(fault(&huge), LayoutFault::TooLarge);

    let qualifiers = [id(2), Qualifier::new("WmiSizeIs", Value::String("Flag"))];
    let counted = [
        item("Flag", CimType::Boolean, "boolean", 1),
        Property::new("Array", CimType::Uint16, "uint16")
            .with_array(Array::Variable)
            .with_qualifiers(&qualifiers),
    ];
    assert_eq!(
        fault(&counted),
        LayoutFault::NoCount {
            name: "Flag".to_owned()
        }
    );

    let base = Class::new("Base").with_superclass("base");
    let class = Class::new("Class").with_superclass("Base");
    let why = BlockLayout::of(&class, &[&base].into_iter().collect()).unwrap_err();
    assert_eq!((&*why.class, why.fault), ("Base", LayoutFault::Recursive));
}

#[test]
fn errors_name_the_class_and_the_item() {
    let items = [item("Ratio", CimType::Real32, "real32", 1)];
    let inner = Class::new("Inner").with_properties(&items);
    let items = [item("Part", CimType::Object, "Inner", 1)];
    let outer = Class::new("Outer").with_properties(&items);
    let why: LayoutError = BlockLayout::of(&outer, &[&inner].into_iter().collect()).unwrap_err();
    assert_eq!(
        why.to_string(),
        "`Inner.Ratio`: a data block cannot hold `real32`"
    );
}

/// A chain of classes that each embed the next twice is laid out once per class, up to a limit.
#[test]
fn depth_is_bounded() {
    for (links, fits) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false)] {
        let names: Vec<_> = (0..=links).map(|link| format!("C{link}")).collect();
        let pairs: Vec<_> = (0..=links)
            .map(|link| match names.get(link + 1) {
                Some(next) => [
                    item("A", CimType::Object, next, 1),
                    item("B", CimType::Object, next, 2),
                ],
                None => [
                    item("A", CimType::Uint8, "uint8", 1),
                    item("B", CimType::String, "string", 2),
                ],
            })
            .collect();
        let classes: Vec<_> = names
            .iter()
            .zip(&pairs)
            .map(|(name, pair)| Class::new(name).with_properties(pair))
            .collect();
        let block = BlockLayout::of(&classes[0], &classes.iter().collect());
        assert_eq!(block.is_ok(), fits);
        assert_eq!(
            block.map_or(0, |block| block.depth),
            if fits { MAX_DEPTH } else { 0 }
        );
    }
}

/// Every firmware and Windows class has a layout, except for two that break the rules.
#[test]
fn published_classes_have_layouts() {
    let (mut laid_out, mut refused) = (0, Vec::new());
    for folder in ["bmf", "pairs", "expected"] {
        let Some(files) = corpus::files(folder, "bmf") else {
            return;
        };
        for (name, bytes) in files {
            let arena = Arena::new();
            let file = bmf::decode(&arena, &bytes).unwrap();
            let classes = Classes::from(&file);
            for class in classes.iter() {
                match BlockLayout::of(class, &classes) {
                    Ok(_) => laid_out += 1,
                    Err(why) => refused.push(format!("{name}: {why}")),
                }
                for method in class.methods {
                    for parameters in [
                        BlockLayout::of_input(method, &classes),
                        BlockLayout::of_output(method, &classes),
                    ] {
                        match parameters {
                            Ok(_) => laid_out += 1,
                            Err(why) => refused.push(format!("{name}: {why}")),
                        }
                    }
                }
            }
        }
    }
    // An array without a length.
    assert!(
        laid_out > 5000 && refused.len() == 1,
        "{laid_out}, {refused:#?}"
    );
    assert!(refused.iter().all(|why| why.contains("Prerequisites")));
}

fn fault_among(properties: &[Property<'_>], others: &[&Class<'_>]) -> LayoutFault {
    let class = Class::new("Class").with_properties(properties);
    let classes = others.iter().copied().chain([&class]).collect();
    BlockLayout::of(&class, &classes).unwrap_err().fault
}

fn flag(name: &str) -> Qualifier<'_> {
    Qualifier::new(name, Value::Boolean(true))
}

fn id(id: u32) -> Qualifier<'static> {
    Qualifier::new("WmiDataId", Value::Integer(id.into()))
}

fn item<'a>(name: &'a str, cim_type: CimType, type_name: &'a str, data_id: u32) -> Property<'a> {
    let qualifiers = Box::leak(Box::new([id(data_id)]));
    Property::new(name, cim_type, type_name).with_qualifiers(qualifiers)
}

#[test]
fn integer_types_follow_cim_types() {
    assert_eq!(Integer::from_cim_type(CimType::Sint32), Some(Integer::I32));
    assert_eq!(Integer::from_cim_type(CimType::Boolean), None);
}
