//! Changes of methods and their parameters.

use std::collections::BTreeMap;

use super::items::Blocks;
use super::{Diff, Kind, Renamed};
use crate::layout::BlockLayout;
use crate::{classes::Name, place::Place};
use wmi_core::schema::{Class, Method, Property};

impl<'a> Diff<'_, 'a> {
    pub(super) fn methods(&mut self, old: &'a Class<'a>, new: &'a Class<'a>, place: Place<'a>) {
        let find = |class: &'a Class<'a>, name: &str| {
            class
                .methods
                .iter()
                .find(|method| Name(method.name) == Name(name))
        };
        let mut ids = BTreeMap::new();
        let mut renamed = Renamed::default();
        for method in old.methods {
            let place = place.inner(method.name);
            if let Some(id) = method.method_id() {
                ids.entry(id).or_insert(method.name);
            }
            let heir = || {
                let mut methods = new.methods.iter();
                methods.find(|other| {
                    other.method_id().is_some()
                        && other.method_id() == method.method_id()
                        && find(old, other.name).is_none()
                })
            };
            let found = find(new, method.name).or_else(heir);
            match found {
                Some(other) => {
                    if Name(other.name) != Name(method.name) {
                        renamed.insert(method.name, other.name);
                        let instead = "keep the name, or give the new method a fresh id";
                        self.renamed(Kind::MethodRenamed, place, other.name, instead);
                    }
                    self.method(method, other, place);
                }
                None => self.report(Kind::MethodRemoved, place, "the method is gone"),
            }
        }
        for method in new.methods {
            if renamed.gives(method.name) {
                continue;
            }
            let place = place.inner(method.name);
            if find(old, method.name).is_none() {
                self.report(Kind::MethodAdded, place, "the method is new");
            }
            let owner = method.method_id().and_then(|id| ids.get(&id).copied());
            match owner {
                Some(owner) if Name(owner) != Name(method.name) => {
                    let message = format!("its `WmiMethodId` was that of `{owner}`");
                    self.report(Kind::MethodIdReused, place, message);
                }
                _ => {}
            }
        }
    }

    fn method(&mut self, old: &'a Method<'a>, new: &'a Method<'a>, place: Place<'a>) {
        if old.method_id() != new.method_id() {
            let text = |id: Option<u32>| id.map_or("none".into(), |id| format!("{id}"));
            let (new, old) = (text(new.method_id()), text(old.method_id()));
            let message = format!("`WmiMethodId` {new}, was {old}");
            self.report(Kind::MethodIdChanged, place, message);
        }
        let implemented = |method: &Method<'_>| method.qualifiers.flag("Implemented");
        if implemented(old) && !implemented(new) {
            self.report(Kind::MethodUnimplemented, place, "no longer `Implemented`");
        }
        let result = |method: &Method<'a>| method.returns.map_or("void", |(_, name)| name);
        if Name(result(old)) != Name(result(new)) {
            let message = format!("returns `{}`, was `{}`", result(new), result(old));
            self.report(Kind::ResultChanged, place, message);
        }
        self.parameters(old, new, place);
    }

    fn parameters(&mut self, old: &'a Method<'a>, new: &'a Method<'a>, place: Place<'a>) {
        let find = |method: &'a Method<'a>, name: &str| {
            let mut parameters = method.parameters.iter();
            parameters.find(|parameter| Name(parameter.name) == Name(name))
        };
        let inputs = Blocks::new(
            BlockLayout::of_input(old, self.old),
            BlockLayout::of_input(new, self.new),
        );
        let outputs = Blocks::new(
            BlockLayout::of_output(old, self.old),
            BlockLayout::of_output(new, self.new),
        );
        let mut renamed = Renamed::default();
        for (parameter, heir) in old.parameters.iter().zip(new.parameters) {
            let is_gone = find(new, parameter.name).is_none() && find(old, heir.name).is_none();
            let type_name = self.classes_renamed.now(parameter.type_name);
            let is_alike = Name(type_name) == Name(heir.type_name)
                && parameter.dimension() == heir.dimension()
                && direction(parameter) == direction(heir);
            if is_gone && is_alike {
                renamed.insert(parameter.name, heir.name);
            }
        }
        for parameter in old.parameters {
            let place = place.inner(parameter.name);
            let now = renamed.now(parameter.name);
            let Some(other) = find(new, now) else {
                self.report(Kind::ParameterRemoved, place, "the parameter is gone");
                continue;
            };
            if Name(now) != Name(parameter.name) {
                self.renamed(Kind::ParameterRenamed, place, now, "keep the name");
            }
            if direction(parameter) != direction(other) {
                let message = format!("`{}`, was `{}`", direction(other), direction(parameter));
                self.report(Kind::DirectionChanged, place, message);
            }
            // Report the own changes of a parameter in both directions once.
            let blocks = if parameter.is_input() {
                &inputs
            } else {
                &outputs
            };
            self.item(parameter, other, blocks, &renamed, place);
            if parameter.is_input() && parameter.is_output() {
                self.place(parameter, other, &outputs, place);
            }
        }
        let kept = |parameter: &Property<'_>| {
            find(old, parameter.name).is_some() || renamed.gives(parameter.name)
        };
        let outputs = |parameter: &Property<'a>| parameter.is_output() && kept(parameter);
        let last = new.parameters.iter().rposition(outputs);
        for (index, parameter) in new.parameters.iter().enumerate() {
            if kept(parameter) {
                continue;
            }
            let place = place.inner(parameter.name);
            if !parameter.is_input() && last.is_none_or(|last| index > last) {
                let message = "the output is new, after all others";
                self.report(Kind::OutputAppended, place, message);
            } else {
                self.report(Kind::ParameterAdded, place, "the parameter is new");
            }
        }
    }
}

fn direction(parameter: &Property<'_>) -> &'static str {
    match (parameter.is_input(), parameter.is_output()) {
        (true, false) => "in",
        (false, true) => "out",
        _ => "in, out",
    }
}
