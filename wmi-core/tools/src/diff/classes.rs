//! Changes of classes as a whole.

use std::collections::BTreeMap;

use super::{Diff, Kind};
use crate::{Classes, classes::Name, place::Place};
use wmi_core::Guid;
use wmi_core::schema::Class;

impl<'a> Diff<'_, 'a> {
    pub(super) fn classes(&mut self) {
        let mut guids: BTreeMap<Guid, &'a str> = BTreeMap::new();
        for class in self.old.iter() {
            if let Some(guid) = class.guid() {
                guids.entry(guid).or_insert(class.name);
            }
        }
        for (old, new) in self.renamed_classes() {
            self.classes_renamed.insert(old, new);
        }
        for old in firsts(self.old) {
            let place = Place::class(old);
            let now = self.classes_renamed.now(old.name);
            match self.new.get(now) {
                Some(new) => {
                    if Name(now) != Name(old.name) {
                        let instead = "keep the name, or give the new class a fresh GUID";
                        self.renamed(Kind::ClassRenamed, place, now, instead);
                    }
                    self.class(old, new, place);
                }
                None => self.report(Kind::ClassRemoved, place, "the class is gone"),
            }
        }
        for new in firsts(self.new) {
            if self.classes_renamed.gives(new.name) {
                continue;
            }
            let place = Place::class(new);
            let old = self.old.get(new.name);
            if old.is_none() {
                self.report(Kind::ClassAdded, place, "the class is new");
            }
            let Some(guid) = new.guid() else { continue };
            let kept = old.is_some_and(|old| old.guid() == Some(guid));
            match guids.get(&guid) {
                Some(other) if !kept && Name(other) != Name(new.name) => {
                    let message = format!("its GUID {guid} was that of `{other}`");
                    self.report(Kind::GuidReused, place, message);
                }
                _ => {}
            }
        }
    }

    /// Returns the old and new names of classes that have the same GUID under another name.
    fn renamed_classes(&self) -> Vec<(&'a str, &'a str)> {
        let lacks = |classes: &Classes<'a>, class: &Class<'a>| classes.get(class.name).is_none();
        let mut added = BTreeMap::new();
        for new in firsts(self.new).filter(|new| lacks(self.old, new)) {
            if let Some(guid) = new.guid() {
                added.entry(guid).or_insert(new.name);
            }
        }
        let gone = firsts(self.old).filter(|old| lacks(self.new, old));
        gone.filter_map(|old| Some((old.name, added.remove(&old.guid()?)?)))
            .collect()
    }

    fn class(&mut self, old: &'a Class<'a>, new: &'a Class<'a>, place: Place<'a>) {
        // Clients did not open a class without a GUID by its GUID.
        if old.guid().is_some() && old.guid() != new.guid() {
            let message = format!("GUID {}, was {}", text(new.guid()), text(old.guid()));
            self.report(Kind::GuidChanged, place, message);
        }
        let base = |class: &Class<'a>| class.superclass.unwrap_or("none");
        if Name(self.classes_renamed.now(base(old))) != Name(base(new)) {
            let message = format!("base {}, was {}", base(new), base(old));
            self.report(Kind::BaseChanged, place, message);
        }
        for flag in ["abstract", "Dynamic", "Static"] {
            match (old.qualifiers.flag(flag), new.qualifiers.flag(flag)) {
                (false, true) => {
                    self.report(Kind::ProvisionChanged, place, format!("now `{flag}`"));
                }
                (true, false) => {
                    self.report(Kind::ProvisionChanged, place, format!("no longer `{flag}`"));
                }
                _ => {}
            }
        }
        let provider = |class: &Class<'a>| class.qualifiers.text("Provider").unwrap_or("none");
        if Name(provider(old)) != Name(provider(new)) {
            let message = format!("provider {}, was {}", provider(new), provider(old));
            self.report(Kind::ProvisionChanged, place, message);
        }
        self.properties(old, new, place);
        self.methods(old, new, place);
    }
}

/// Returns the classes; of several with one name only the first, which look-ups find.
fn firsts<'a>(classes: &Classes<'a>) -> impl Iterator<Item = &'a Class<'a>> {
    let first = |class: &&Class<'a>| {
        let found = classes.get(class.name);
        found.is_some_and(|found| core::ptr::eq(found, *class))
    };
    classes.iter().filter(first)
}

fn text(guid: Option<Guid>) -> String {
    guid.map_or_else(|| "none".into(), |guid| format!("{guid}"))
}
