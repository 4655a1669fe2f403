//! The changes against an earlier edition. [`diff`](mod@crate::diff) owns what a change is.

use maud::{Markup, html};

use super::class::prose;
use super::index::Index;
use super::link;
use crate::diff::Change;
use crate::html::Shown;

/// The changes against the edition of this name.
pub(super) struct Changes<'a> {
    pub(super) against: &'a str,
    pub(super) list: Vec<Change<'a>>,
}

pub(super) fn section(index: &Index<'_>, changes: &Changes<'_>) -> Markup {
    html! {
        section.group id="~changes" {
            h2 { "Changes" }
            p.about {
                "Against the earlier edition " code { (Shown(changes.against)) }
                ". A breaking change makes clients of that edition fail or misread data."
            }
            @if changes.list.is_empty() {
                p { "The classes are the same, apart from texts for people." }
            } @else {
                ul.findings aria-label="Changes" {
                    @for change in &changes.list { (item(index, change)) }
                }
            }
        }
    }
}

fn item(index: &Index<'_>, change: &Change<'_>) -> Markup {
    let (class, word) = match change.is_breaking() {
        true => ("error", "breaking"),
        false => ("warning", "compatible"),
    };
    html! {
        li class=(class) {
            strong { (word) ": " }
            @match index.named(change.class) {
                Some(entry) => (link(entry)),
                None => code { (Shown(change.class)) },
            }
            @for part in [change.member, change.parameter].into_iter().flatten() {
                "." code { (Shown(part)) }
            }
            ": " (prose(&change.message)) " [" (change.kind.to_string()) "]"
        }
    }
}
