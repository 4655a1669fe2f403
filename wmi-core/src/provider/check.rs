//! Compile-time checks of a provider's blocks against each other.
use super::Block;
use super::names::Names;
use crate::Guid;
use crate::schema::{Message, refuse, same_guid, same_name};

/// Asserts that no two blocks share a GUID, that all methods are served, and that `name_changes`
/// has dynamic names.
#[track_caller]
pub(super) const fn blocks<A>(mut all: &[&Block<A>]) {
    while let [block, rest @ ..] = all {
        if block.lacks_methods {
            refuse(
                block.name,
                " has methods that are not served: add `.methods::<(..)>()` to its block",
            );
        }
        distinct_from(block, rest);
        if block.name_changes.is_some() && !block.names.are_dynamic() {
            refuse(
                block.name,
                " has static names, which do not change: leave out `.name_changes(..)`, or name \
                 its instances by `dynamic`",
            );
        }
        all = rest;
    }
}

/// Asserts that no other block has the GUID of this one.
#[track_caller]
pub(super) const fn distinct_from<A>(block: &Block<A>, mut others: &[&Block<A>]) {
    while let [other, rest @ ..] = others {
        distinct_blocks(block.name, block.guid, other.name, other.guid);
        others = rest;
    }
}

/// Returns the class of the first block whose instances are named by the physical device object
/// (`by_pdo`), or in another way.
pub(super) const fn first_named<A>(mut blocks: &[&Block<A>], by_pdo: bool) -> Option<&'static str> {
    while let [block, rest @ ..] = blocks {
        if matches!(block.names, Names::Pdo(_)) == by_pdo {
            return Some(block.name);
        }
        blocks = rest;
    }
    None
}

/// Panics at the first block that NDIS cannot serve: NDIS queries one instance of each adapter,
/// with one OID per class, and does not report readers and subscribers.
#[track_caller]
pub(super) const fn served_by_ndis<A>(mut blocks: &[&Block<A>]) {
    while let [block, rest @ ..] = blocks {
        if block.is_event_only {
            refuse(
                block.name,
                " is an event, but NDIS does not report whether anyone listens: leave it out \
                 of the list, and send it as a status indication",
            );
        }
        if !matches!(block.names, Names::Pdo(None)) {
            refuse(
                block.name,
                " has names or a count of instances, but NDIS asks each adapter for one instance \
                 and names it: leave out `pdo`, `base_name`, `list` and `dynamic`",
            );
        }
        if block.is_expensive() {
            refuse(
                block.name,
                " is expensive, but NDIS does not say when a reader comes: leave out `expensive`",
            );
        }
        blocks = rest;
    }
}

/// Panics if two blocks of a driver have the same GUID.
#[track_caller]
const fn distinct_blocks(first: &str, guid: Guid, other: &str, other_guid: Guid) {
    if !same_guid(guid, other_guid) {
        return;
    }
    if same_name(first, other) {
        refuse(
            first,
            " has two blocks: merge them into one block with all instances",
        );
    }
    Message::new("two blocks have the same GUID: ")
        .pair(first, other)
        .push("; generate a fresh one")
        .panic();
}
