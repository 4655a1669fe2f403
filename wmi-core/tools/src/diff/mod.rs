//! Compares two editions of a schema, and reports which changes break clients.
//!
//! ```
//! use wmi_tools::diff::{Kind, diff};
//! use wmi_tools::mof::Reader;
//! use wmi_tools::Arena;
//!
//! let arena = Arena::new();
//! let read = |mof: &str| Reader::new(&arena).read("queue.mof", mof.as_bytes()).file;
//! let old = read("class Queue { [WmiDataId(1)] uint32 Length; [WmiDataId(2)] uint32 Limit; };");
//! let new = read("class Queue { [WmiDataId(1)] uint64 Length; [WmiDataId(2)] uint32 Limit; };");
//! let changes = diff(&old, &new);
//! assert!(changes.iter().all(|change| change.is_breaking()));
//! assert_eq!(changes[0].kind, Kind::TypeChanged);
//! assert_eq!(
//!     changes[1].to_string(),
//!     "breaking: `Queue.Limit`: at byte 8, was at 4 [offset-changed]",
//! );
//! ```
//!
//! # Who the clients are
//!
//! Clients are scripts and programs that know classes, properties and methods by name, and programs
//! and drivers that know a GUID and the C structure of its block. A change is breaking if it breaks
//! either kind. Collisions of new names in the C header with a client's own names are not compared.
//!
//! WMI has no versions: the documentation asks for a new class with a new GUID whenever a published
//! class changes ("Implementing Custom WMI Blocks", windows-driver-docs). That is the safe way even
//! for changes that are not breaking, because an old driver may meet the new MOF: WMI then decodes
//! its shorter blocks by the longer class.
//!
//! Text for people (`Description`, `DisplayName`, `cpp_quote`) is not compared.

mod classes;
mod items;
mod kind;
mod methods;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use core::fmt;

pub use kind::Kind;

use crate::{Classes, classes::Name, namespace::normal, place::Place};

/// A change from the old edition to the new.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change<'a> {
    /// The kind of the change, which determines whether it breaks clients.
    pub kind: Kind,
    /// The class, as the old edition spells it; a new class as the new edition does.
    pub class: &'a str,
    /// The property or method, `None` if the whole class has changed.
    pub member: Option<&'a str>,
    /// The parameter of the method.
    pub parameter: Option<&'a str>,
    /// The new state, and the old one.
    pub message: String,
}

impl Change<'_> {
    /// Returns whether a client of the old classes fails with the new ones, or misreads data.
    #[must_use]
    pub const fn is_breaking(&self) -> bool {
        self.kind.is_breaking()
    }
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let breaking = match self.is_breaking() {
            true => "breaking",
            false => "compatible",
        };
        let place = Place {
            class: self.class,
            member: self.member,
            parameter: self.parameter,
        };
        write!(f, "{breaking}: `{place}`: {} [{}]", self.message, self.kind)
    }
}

/// Returns the changes from `old` to `new` in the order of the old classes. New classes follow, and
/// then the changes of namespaces.
///
/// If two namespaces have a class of the same name, each namespace is compared for itself: a class
/// that moves to another one is then removed here and new there.
#[must_use]
pub fn diff<'a>(old: impl Into<Classes<'a>>, new: impl Into<Classes<'a>>) -> Vec<Change<'a>> {
    let (old, new) = (old.into(), new.into());
    if !old.shares_names() && !new.shares_names() {
        return compare(&old, &new);
    }
    let mut rest = new.by_namespace();
    let mut changes = Vec::new();
    for (namespace, old) in old.by_namespace() {
        let same = rest.iter().position(|(other, _)| *other == namespace);
        let new = same.map(|place| rest.remove(place).1);
        changes.extend(compare(&old, &new.unwrap_or_default()));
    }
    for (_, new) in rest {
        changes.extend(compare(&Classes::default(), &new));
    }
    changes
}

/// Compares classes by their names.
fn compare<'a>(old: &Classes<'a>, new: &Classes<'a>) -> Vec<Change<'a>> {
    let mut diff = Diff::new(old, new);
    diff.classes();
    diff.namespaces();
    diff.changes
}

impl<'a> Change<'a> {
    const fn new(kind: Kind, class: &'a str, message: String) -> Self {
        Self {
            kind,
            class,
            member: None,
            parameter: None,
            message,
        }
    }
}

/// Two editions being compared.
struct Diff<'c, 'a> {
    old: &'c Classes<'a>,
    new: &'c Classes<'a>,
    changes: Vec<Change<'a>>,
    /// The new names of classes, by the old ones.
    classes_renamed: Renamed<'a>,
}

/// New names by old ones.
#[derive(Default)]
struct Renamed<'a>(BTreeMap<Name<'a>, &'a str>);

impl<'a> Renamed<'a> {
    fn insert(&mut self, old: &'a str, new: &'a str) {
        self.0.insert(Name(old), new);
    }

    /// Returns the new name for an old one.
    fn now(&self, old: &'a str) -> &'a str {
        self.0.get(&Name(old)).copied().unwrap_or(old)
    }

    /// Returns whether a name is new only because of a renaming.
    fn gives(&self, new: &str) -> bool {
        self.0.values().any(|name| name.eq_ignore_ascii_case(new))
    }
}

impl<'c, 'a> Diff<'c, 'a> {
    const fn new(old: &'c Classes<'a>, new: &'c Classes<'a>) -> Self {
        Self {
            old,
            new,
            changes: Vec::new(),
            classes_renamed: Renamed(BTreeMap::new()),
        }
    }

    /// Reports a renaming, with the alternative.
    fn renamed(&mut self, kind: Kind, place: Place<'a>, new: &str, instead: &str) {
        self.report(kind, place, format!("renamed to `{new}`; {instead}"));
    }

    fn namespaces(&mut self) {
        let names: BTreeSet<_> = self.old.iter().map(|class| Name(class.name)).collect();
        for Name(class) in names {
            let namespaces = (self.old.namespace(class), self.new.namespace(class));
            if let (Some(old), Some(new)) = namespaces {
                if normal(old) != normal(new) {
                    let message = format!("in namespace `{new}`, was in `{old}`");
                    let change = Change::new(Kind::NamespaceChanged, class, message);
                    self.changes.push(change);
                }
            }
        }
    }

    fn report(&mut self, kind: Kind, place: Place<'a>, message: impl Into<String>) {
        self.changes.push(Change {
            kind,
            class: place.class,
            member: place.member,
            parameter: place.parameter,
            message: message.into(),
        });
    }
}
