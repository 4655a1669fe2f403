//! Every link of a page leads to an element of it, and every anchor is there once.

use std::collections::BTreeSet;

use super::{EXAMPLE, attributes, page};
use crate::firmware::{BROKEN, VENDOR};
use wmi_tests::corpus;
use wmi_tools::doc::SchemaPage;
use wmi_tools::firmware::Firmware;
use wmi_tools::{Arena, bmf};

#[track_caller]
fn check(page: &str, what: &str) {
    let ids = attributes(page, "id");
    let known: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "{what}: an anchor is there twice");
    let links = attributes(page, "href");
    assert!(links.len() > 2, "{what}");
    for link in links {
        let anchor = link.strip_prefix('#');
        let leads = anchor.is_some_and(|anchor| known.contains(anchor));
        assert!(leads, "{what}: `{link}` leads nowhere");
    }
}

#[test]
fn links_lead_to_anchors() {
    check(&page(EXAMPLE), "the example");
    check(
        &SchemaPage::new("iscsi", &iscsi_schema::SCHEMA).to_string(),
        "iSCSI",
    );
    check(
        &page(include_str!("../import/everything.mof")),
        "everything",
    );
    check(&super::hostile::page_of("a\"b <c>#%20.d"), "hostile");
    for (name, bytes) in [("vendor", VENDOR), ("broken", BROKEN)] {
        let firmware = Firmware::read(bytes).unwrap();
        check(&super::firmware::page_of(&firmware), name);
    }
}

#[test]
fn links_lead_to_anchors_in_pages_of_firmware() {
    let Some(files) = corpus::files("bmf", "bmf") else {
        return;
    };
    for (name, bytes) in files {
        let arena = Arena::new();
        let file = bmf::decode(&arena, &bytes).unwrap();
        if file.classes().next().is_some() {
            check(&SchemaPage::new(&name, &file).to_string(), &name);
        }
    }
}
