//! Rules about names that C cannot declare, or that the header would declare twice.

use std::collections::BTreeMap;

use super::Rule;
use super::context::{Context, Role};
use crate::classes::items;
use crate::header::{defined_values, is_written, method_stem, structure_name};
use crate::place::Place;
use wmi_core::schema::{Class, Property};
use wmi_vocabulary::check_item_name;

/// The names declared by the header so far.
#[derive(Default)]
struct Declared<'a> {
    /// The class or member that declares each.
    names: BTreeMap<&'a str, Place<'a>>,
    values: BTreeMap<&'a str, String>,
}

impl<'a> Context<'_, 'a> {
    pub(super) fn header(&mut self) {
        let mut declared = Declared::default();
        for class in self.classes.iter() {
            if self.role(class) == Role::Foreign || !is_written(class) {
                continue;
            }
            let place = Place::class(class);
            if items(class).is_empty() {
                declared.names.entry(structure_name(class)).or_insert(place);
            } else {
                self.declare(&mut declared, structure_name(class), place);
            }
            self.names(&mut declared, class.properties, place);
            self.method_names(&mut declared, class);
        }
    }

    fn method_names(&mut self, declared: &mut Declared<'a>, class: &'a Class<'a>) {
        for method in class.methods {
            let place = Place::class(class).inner(method.name);
            self.item_name(method.name, place);
            if method.method_id().is_some() {
                self.declare(declared, method.name, place);
                let stem = method_stem(method);
                if stem != method.name {
                    self.declare(declared, stem, place);
                }
            }
            self.names(declared, method.parameters, place);
        }
    }

    /// Checks the names of properties or parameters, and of their values.
    fn names(&mut self, declared: &mut Declared<'a>, items: &'a [Property<'a>], place: Place<'a>) {
        for item in items {
            let place = place.inner(item.name);
            self.item_name(item.name, place);
            for defined in defined_values(item) {
                let is_written = defined.is_written();
                let (name, value) = (defined.name, defined.value);
                if let Err(why) = check_item_name(name) {
                    let message =
                        format!("`{name}` of `DefineValues` is not a C identifier: {why}");
                    self.report(Rule::DefineName, place, message);
                } else if !is_written {
                    let message = format!("`{value}`, the value of `{name}`, is not one of C");
                    self.report(Rule::DefineName, place, message);
                }
                match declared.values.get(name) {
                    Some(other) if *other != value => {
                        let message = format!("`{name}` is defined as {other} and as {value}");
                        self.report(Rule::DefineName, place, message);
                    }
                    Some(_) => {}
                    None => {
                        declared.values.insert(name, value);
                    }
                }
            }
        }
    }

    fn item_name(&mut self, name: &str, place: Place<'a>) {
        if let Err(why) = check_item_name(name) {
            let message = format!("{why}; rename it");
            self.report(Rule::ItemName, place, message);
        }
    }

    fn declare(&mut self, declared: &mut Declared<'a>, name: &'a str, place: Place<'a>) {
        let Some(other) = declared.names.get(name) else {
            declared.names.insert(name, place);
            return;
        };
        let other = match other.member {
            Some(member) => format!("`{}.{member}`", other.class),
            None => format!("`{}`", other.class),
        };
        let message = format!("the C header also declares `{name}` for {other}");
        self.report(Rule::HeaderName, place, message);
    }
}
