//! The iSCSI classes, compared with Microsoft's file and golden files.

use core::fmt::Write;

use iscsi_schema::*;
use wmi_core::mof::Style;
use wmi_core::schema::Array;
use wmi_core::{FixedClass, Text};
use wmi_tests::mof::{self, Class, Value, facts};
use wmi_tests::{corpus, golden};

fn neutral() -> String {
    SCHEMA.mof().style(Style::Neutral).to_string()
}

/// Returns pairs of Microsoft's class and ours, in order.
fn both() -> Option<Vec<(Class, Class)>> {
    let file = corpus::read("mof/iscsiprf.mof")?;
    let theirs = mof::classes(&mof::decode(&file));
    let ours = mof::classes(&neutral());
    assert_eq!(theirs.len(), 14);
    assert_eq!(ours.len(), 14);
    Some(theirs.into_iter().zip(ours).collect())
}

#[test]
fn classes_equal_microsofts() {
    let Some(both) = both() else {
        return;
    };
    let mut differing = Vec::new();
    for (theirs, ours) in &both {
        let name = theirs.name.as_str();
        let [theirs, ours] = [theirs, ours].map(|class| facts(class, &["bitmap"]));
        assert_eq!(theirs.lines().count(), ours.lines().count(), "{name}");
        for (theirs, ours) in theirs.lines().zip(ours.lines()) {
            if theirs != ours {
                differing.push((
                    name,
                    theirs.trim_start().to_owned(),
                    ours.trim_start().to_owned(),
                ));
            }
        }
    }
    // Microsoft's declaration does not make this class readable.
    let class = "MSiSCSI_NICPerformance";
    let known = [
        (
            "string InstanceName [key]",
            "string InstanceName [key, read]",
        ),
        ("boolean Active []", "boolean Active [read]"),
    ];
    let known = known.map(|(theirs, ours)| (class, theirs.to_owned(), ours.to_owned()));
    assert_eq!(differing, known);
}

#[test]
fn flags_start_with_microsofts() {
    let Some(both) = both() else {
        return;
    };
    let maps = |class: &Class| -> Vec<Vec<Value>> {
        let qualifiers = class.properties.iter().flat_map(|item| &item.qualifiers);
        qualifiers
            .filter(|qualifier| qualifier.name == "BitMap")
            .map(|qualifier| match &qualifier.value {
                Value::Many(masks) => masks.clone(),
                other => panic!("{other:?}"),
            })
            .collect()
    };
    let [theirs, ours] = [
        both.iter()
            .flat_map(|(theirs, _)| maps(theirs))
            .collect::<Vec<_>>(),
        both.iter().flat_map(|(_, ours)| maps(ours)).collect(),
    ];
    assert_eq!(theirs.iter().map(Vec::len).collect::<Vec<_>>(), [5, 4]);
    assert_eq!(ours.iter().map(Vec::len).collect::<Vec<_>>(), [8, 6]);
    for (theirs, ours) in theirs.iter().zip(&ours) {
        assert!(ours.starts_with(theirs), "{theirs:?}");
    }
}

#[test]
fn neutral_text_matches_the_golden_file() {
    golden::check("schema", "iscsi.neutral.mof", &neutral());
}

/// Lists the classes with one line per item.
macro_rules! layout {
    ($($class:ident)*) => {{
        let mut text = String::new();
        $(describe::<$class>(&mut text);)*
        text
    }};
}

fn describe<C: FixedClass>(text: &mut String) {
    let (name, size, align) = (C::CLASS.name, C::SIZE, C::ALIGN);
    writeln!(text, "{name}: {size} bytes, aligned to {align}").unwrap();
    for item in C::ITEMS {
        let property = item.property;
        let length = match property.array {
            Array::Fixed(length) => format!("[{length}]"),
            _ => String::new(),
        };
        let (id, offset, size) = (item.id, item.offset, item.size);
        let (type_name, name) = (property.type_name, property.name);
        writeln!(text, "{id:4}{offset:5}{size:5}  {type_name} {name}{length}").unwrap();
    }
}

#[test]
fn layouts_of_fixed_classes_match_the_golden_file() {
    let text = layout!(
        ISCSI_IP_Address
        ISCSI_TargetPortal
        ISCSI_LoginOptions
        ISCSI_LUNList
        MSiSCSI_MMIPSECStats
        MSiSCSI_QMIPSECStats
        MSiSCSI_ConnectionStatistics
        MSiSCSI_SessionStatistics
        MSiSCSI_InitiatorLoginStatistics
        MSiSCSI_InitiatorInstanceStatistics
        MSiSCSI_NICPerformance
        MSiSCSI_RequestTimeStatistics
    );
    golden::check("schema", "iscsi.layout.txt", &text);
}

#[test]
fn plain_items_keep_their_initial_values() {
    let connection = MSiSCSI_ConnectionStatistics {
        iscsi_name: Text::new("iqn.1991-05.com.example:disk").unwrap(),
        cid: 1,
        ..MSiSCSI_ConnectionStatistics::new()
    };
    connection.add_bytes_sent(512);
    let block = connection.snapshot();
    assert_eq!(block.iscsi_name(), *"iqn.1991-05.com.example:disk");
    assert_eq!((block.cid(), block.bytes_sent()), (1, 512));
}
