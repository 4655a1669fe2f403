//! The classes of a page and how they refer to each other. Owns the groups of the page, the anchors,
//! and the cross references; each is found in one pass over the classes.

use std::collections::{BTreeMap, BTreeSet};

use wmi_core::Guid;
use wmi_core::schema::{CimType, Class, Property};
use wmi_vocabulary::kind::ClassKind;

use super::SchemaPage;
use super::firmware::Served;
use crate::Classes;
use crate::Severity;
use crate::check::{Finding, check};
use crate::classes::Name;
use crate::client_source;
use crate::cooking::ClassCounters;
use crate::html::anchor;
use crate::kind::Uses;
use crate::layout::{BlockLayout, LayoutError};
use crate::namespace::normal;

/// The groups of classes, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Data,
    Performance,
    Methods,
    Events,
    Static,
    Embedded,
    Bases,
}

impl Group {
    pub(super) const ALL: [Self; 7] = [
        Self::Data,
        Self::Performance,
        Self::Methods,
        Self::Events,
        Self::Static,
        Self::Embedded,
        Self::Bases,
    ];

    /// Returns the words of the group: its anchor, which no class can have, its title, the noun for
    /// one class and for several, and what clients do with them.
    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::Data => &Words {
                anchor: "~data",
                title: "Data blocks",
                nouns: ["data block", "data blocks"],
                about: "A client queries these classes; each instance is one data block.",
            },
            Self::Performance => &Words {
                anchor: "~performance",
                title: "Performance counters",
                nouns: ["class of counters", "classes of counters"],
                about: "A client samples these classes; tools compute values from two samples.",
            },
            Self::Methods => &Words {
                anchor: "~methods",
                title: "Methods",
                nouns: ["class of methods", "classes of methods"],
                about: "A client calls the methods of an instance of these classes.",
            },
            Self::Events => &Words {
                anchor: "~events",
                title: "Events",
                nouns: ["event", "events"],
                about: "A client subscribes to these classes; the driver sends their data blocks.",
            },
            Self::Static => &Words {
                anchor: "~static",
                title: "Static classes",
                nouns: ["static class", "static classes"],
                about: "The instances of these classes are in the repository of WMI.",
            },
            Self::Embedded => &Words {
                anchor: "~embedded",
                title: "Embedded classes",
                nouns: ["embedded class", "embedded classes"],
                about: "These classes are parts of others and have no instances of their own.",
            },
            Self::Bases => &Words {
                anchor: "~bases",
                title: "Base classes",
                nouns: ["base class", "base classes"],
                about: "Other classes derive from these.",
            },
        }
    }
}

/// The words of a [`Group`].
pub(super) struct Words {
    pub(super) anchor: &'static str,
    pub(super) title: &'static str,
    pub(super) nouns: [&'static str; 2],
    pub(super) about: &'static str,
}

/// A class of the page.
pub(super) struct Entry<'a> {
    pub(super) class: &'a Class<'a>,
    pub(super) kind: ClassKind,
    pub(super) group: Group,
    pub(super) anchor: String,
    pub(super) layout: Result<BlockLayout<'a>, LayoutError>,
    pub(super) counters: Option<ClassCounters<'a>>,
    /// The classes that embed it, and those that derive from it.
    pub(super) used_by: BTreeSet<usize>,
    pub(super) derived: BTreeSet<usize>,
    /// Its place among the namespaces.
    pub(super) namespace: usize,
}

impl Entry<'_> {
    /// Returns the anchor of an item.
    pub(super) fn item(&self, name: &str) -> String {
        format!("{}.{}", self.anchor, anchor(name))
    }

    /// Returns the anchor of a method.
    pub(super) fn method(&self, name: &str) -> String {
        format!("{}.{}()", self.anchor, anchor(name))
    }
}

/// All classes of the page.
pub(super) struct Index<'a> {
    namespaces: Vec<Namespace<'a>>,
    entries: Vec<Entry<'a>>,
    /// The classes of each other language by namespace and name.
    translations: Vec<(u32, ByName<'a>)>,
    /// Rust source of the classes with methods by namespace and name.
    rust: BTreeMap<(String, Name<'a>), String>,
    /// The first class of each GUID.
    by_guid: BTreeMap<[u8; 16], usize>,
    served: Served<'a>,
}

/// Classes by namespace and name.
type ByName<'a> = BTreeMap<(String, Name<'a>), &'a Class<'a>>;

struct Namespace<'a> {
    name: String,
    classes: Classes<'a>,
    /// The first class of each name.
    by_name: BTreeMap<Name<'a>, usize>,
    findings: BTreeMap<&'a str, Vec<Finding<'a>>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(page: &SchemaPage<'a>) -> Self {
        let SchemaPage {
            classes,
            translations,
            firmware,
            ..
        } = page;
        let mut index = Self {
            namespaces: Vec::new(),
            entries: Vec::new(),
            translations: translations.iter().map(by_name).collect(),
            rust: client_source::rust_with_methods(classes),
            by_guid: BTreeMap::new(),
            served: firmware
                .map_or_else(Served::default, |firmware| Served::new(firmware, classes)),
        };
        let mut anchors = BTreeSet::new();
        for (name, classes) in classes.by_namespace() {
            let uses = Uses::new(&classes);
            let number = index.namespaces.len();
            let mut namespace = Namespace {
                name: namespace_name(name),
                classes,
                by_name: BTreeMap::new(),
                findings: BTreeMap::new(),
            };
            for finding in check(namespace.classes.clone()) {
                let of_class = namespace.findings.entry(finding.class);
                of_class.or_default().push(finding);
            }
            for class in namespace.classes.iter() {
                let place = index.entries.len();
                let by_name = namespace.by_name.entry(Name(class.name));
                by_name.or_insert(place);
                if let Some(guid) = class.guid() {
                    index.by_guid.entry(guid.to_bytes()).or_insert(place);
                }
                let mut entry = Entry::new(class, &namespace.classes, &uses);
                entry.namespace = number;
                if anchors.contains(&entry.anchor) {
                    entry.anchor = format!("{}.{}", anchor(&namespace.name), entry.anchor);
                }
                while !anchors.insert(entry.anchor.clone()) {
                    entry.anchor.push('~');
                }
                index.entries.push(entry);
            }
            index.namespaces.push(namespace);
        }
        index.refer();
        index
    }

    /// Notes at each class those that embed it or derive from it.
    fn refer(&mut self) {
        for place in 0..self.entries.len() {
            let Some(entry) = self.entries.get(place) else {
                continue;
            };
            let (class, namespace) = (entry.class, entry.namespace);
            let base = class
                .superclass
                .and_then(|base| self.place(namespace, base));
            let parameters = class.methods.iter().flat_map(|method| method.parameters);
            let items = class.properties.iter().chain(parameters);
            let parts = items
                .filter(|item| item.cim_type == CimType::Object)
                .filter_map(|item| self.place(namespace, item.type_name));
            let parts: Vec<_> = parts.collect();
            if let Some(base) = base.and_then(|base| self.entries.get_mut(base)) {
                base.derived.insert(place);
            }
            for part in parts {
                if let Some(part) = self.entries.get_mut(part) {
                    part.used_by.insert(place);
                }
            }
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter()
    }

    pub(super) fn of_group(&self, group: Group) -> impl Iterator<Item = &Entry<'a>> {
        self.entries
            .iter()
            .filter(move |entry| entry.group == group)
    }

    /// Returns the names of the namespaces.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(|namespace| &*namespace.name)
    }

    pub(super) fn namespace(&self, entry: &Entry<'_>) -> &str {
        let namespace = self.namespaces.get(entry.namespace);
        namespace.map_or("", |namespace| &namespace.name)
    }

    /// Returns the classes of the namespace of a class.
    pub(super) fn classes(&self, entry: &Entry<'_>) -> Option<&Classes<'a>> {
        let namespace = self.namespaces.get(entry.namespace)?;
        Some(&namespace.classes)
    }

    /// Returns a class in the other languages that have it.
    pub(super) fn translations(
        &self,
        entry: &Entry<'_>,
    ) -> impl Iterator<Item = (u32, &'a Class<'a>)> {
        let namespace = self.namespace(entry);
        let name = Name(entry.class.name);
        self.translations
            .iter()
            .filter_map(move |(language, classes)| {
                Some((*language, *classes.get(&(namespace.to_owned(), name))?))
            })
    }

    /// Returns the source of a Rust client of a class with methods.
    pub(super) fn rust<'s>(&'s self, entry: &Entry<'s>) -> Option<&'s str> {
        let key = (self.namespace(entry).to_owned(), Name(entry.class.name));
        self.rust.get(&key).map(String::as_str)
    }

    /// Returns the class of a GUID; of several, the first.
    pub(super) fn with_guid(&self, guid: Guid) -> Option<&Entry<'a>> {
        self.entries.get(*self.by_guid.get(&guid.to_bytes())?)
    }

    /// Returns the firmware that serves the classes.
    pub(super) const fn served(&self) -> &Served<'a> {
        &self.served
    }

    pub(super) fn findings(&self, entry: &Entry<'_>) -> &[Finding<'a>] {
        let namespace = self.namespaces.get(entry.namespace);
        let findings = namespace.and_then(|it| it.findings.get(entry.class.name));
        findings.map_or(&[], |findings| findings)
    }

    /// Returns the severities of all findings of classes.
    pub(super) fn severities(&self) -> impl Iterator<Item = Severity> {
        let findings = self.namespaces.iter().flat_map(|it| it.findings.values());
        findings.flatten().map(Finding::severity)
    }

    /// Returns the class of this name in the namespace of another class.
    pub(super) fn class(&self, beside: &Entry<'_>, name: &str) -> Option<&Entry<'a>> {
        self.entries.get(self.place(beside.namespace, name)?)
    }

    /// Returns the class of this name in the first namespace that has one.
    pub(super) fn named(&self, name: &str) -> Option<&Entry<'a>> {
        let mut namespaces = 0..self.namespaces.len();
        let place = namespaces.find_map(|namespace| self.place(namespace, name))?;
        self.entries.get(place)
    }

    /// Returns the class that an item embeds.
    pub(super) fn embedded(&self, beside: &Entry<'_>, item: &Property<'_>) -> Option<&Entry<'a>> {
        match item.cim_type {
            CimType::Object => self.class(beside, item.type_name),
            _ => None,
        }
    }

    pub(super) fn at(&self, places: &BTreeSet<usize>) -> Vec<&Entry<'a>> {
        let entries = places.iter().filter_map(|place| self.entries.get(*place));
        entries.collect()
    }

    /// Returns the locales of the classes, such as `ms_409`.
    pub(super) fn locales(&self) -> String {
        let locales = self.entries.iter().map(|entry| entry.class.locale());
        let translations = self.translations.iter().map(|(language, _)| *language);
        let locales: BTreeSet<_> = locales.chain(translations).collect();
        let locales = locales.iter().map(|locale| format!("ms_{locale:x}"));
        locales.collect::<Vec<_>>().join(", ")
    }

    fn place(&self, namespace: usize, name: &str) -> Option<usize> {
        let namespace = self.namespaces.get(namespace)?;
        namespace.by_name.get(&Name(name)).copied()
    }
}

/// Returns the name of a namespace; drivers' classes without one are in `root\wmi`.
fn namespace_name(name: Option<String>) -> String {
    name.unwrap_or_else(|| normal("root\\wmi"))
}

/// Returns the classes of a language by namespace and name.
fn by_name<'a>((language, classes): &(u32, Classes<'a>)) -> (u32, ByName<'a>) {
    let namespaces = classes.by_namespace().into_iter();
    let classes = namespaces.flat_map(|(name, classes)| {
        let name = namespace_name(name);
        let classes: Vec<_> = classes.iter().collect();
        let key = move |class: &'a Class<'a>| ((name.clone(), Name(class.name)), class);
        classes.into_iter().map(key)
    });
    (*language, classes.collect())
}

impl<'a> Entry<'a> {
    fn new(class: &'a Class<'a>, classes: &Classes<'a>, uses: &Uses<'a>) -> Self {
        let facts = uses.facts(class, classes);
        let kind = facts.kind();
        let counters = ClassCounters::of(class, classes).ok();
        let counters = counters.filter(|counters| !counters.counters().is_empty());
        let group = match kind {
            ClassKind::Event => Group::Events,
            ClassKind::Static => Group::Static,
            ClassKind::Embedded | ClassKind::Parameters => Group::Embedded,
            ClassKind::Abstract | ClassKind::Bare => Group::Bases,
            ClassKind::Registered if counters.is_some() => Group::Performance,
            ClassKind::Registered if facts.has_methods && !facts.has_items => Group::Methods,
            ClassKind::Registered => Group::Data,
        };
        Self {
            class,
            kind,
            group,
            anchor: anchor(class.name),
            layout: BlockLayout::of(class, classes),
            counters,
            used_by: BTreeSet::new(),
            derived: BTreeSet::new(),
            namespace: 0,
        }
    }
}
