//! The index of the page: the classes by their GUIDs, and all names.

use std::collections::BTreeMap;

use maud::{Markup, html};
use wmi_core::schema::{Method, Property};

use super::index::{Entry, Index};
use super::{link, scrolled, table};
use crate::classes::Name;
use crate::html::Shown;

/// What a name is of.
enum Named<'a> {
    Class,
    /// An item with its `WmiDataId`.
    Item(&'a Property<'a>, u32),
    Method(&'a Method<'a>),
}

pub(super) fn section(index: &Index<'_>) -> Markup {
    html! {
        @if index.entries().next().is_some() {
            section.group id="~index" {
                h2 { "Index" }
                (guids(index))
                details {
                    summary { "Classes, items and methods by name" }
                    (names(index))
                }
            }
        }
    }
}

/// The classes by their GUIDs, as they are found in traces and in the registry.
fn guids(index: &Index<'_>) -> Markup {
    let with_guid = index.entries();
    let with_guid = with_guid.filter_map(|entry| Some((entry.class.guid()?.to_string(), entry)));
    let mut with_guid: Vec<_> = with_guid.collect();
    with_guid.sort_by(|(one, _), (other, _)| one.cmp(other));
    html! {
        @if !with_guid.is_empty() {
            (scrolled(&table("", &["GUID", "Class"], html! {
                @for (guid, entry) in &with_guid {
                    tr { td { code { (guid) } } td { (link(entry)) } }
                }
            })))
        }
    }
}

/// Each name with the places that have it. Items that every instance has are left out.
fn names(index: &Index<'_>) -> Markup {
    let mut names: BTreeMap<Name<'_>, Vec<(&Entry<'_>, Named<'_>)>> = BTreeMap::new();
    for entry in index.entries() {
        let mut add = |name, named| names.entry(Name(name)).or_default().push((entry, named));
        let class = entry.class;
        add(class.name, Named::Class);
        for item in class.properties {
            if let Some(id) = item.data_id() {
                add(item.name, Named::Item(item, id));
            }
        }
        for method in class.methods {
            add(method.name, Named::Method(method));
        }
    }
    scrolled(&table(
        "names",
        &["Name", "Class and id"],
        html! {
            @for (Name(name), places) in &names {
                tr {
                    th scope="row" { (Shown(name)) }
                    td {
                        @for (number, (entry, named)) in places.iter().enumerate() {
                            @if number > 0 { ", " }
                            (place(entry, named))
                        }
                    }
                }
            }
        },
    ))
}

/// A link to what has a name, by its class and its id.
fn place(entry: &Entry<'_>, named: &Named<'_>) -> Markup {
    let (anchor, what) = match named {
        Named::Class => return html! { a href={ "#" (entry.anchor) } { "class" } },
        Named::Item(item, id) => (entry.item(item.name), format!(" {id}")),
        Named::Method(method) => {
            let id = method.method_id().map(|id| format!(" {id}"));
            let what = format!(" method{}", id.unwrap_or_default());
            (entry.method(method.name), what)
        }
    };
    html! { a href={ "#" (anchor) } { (Shown(entry.class.name)) } (what) }
}
