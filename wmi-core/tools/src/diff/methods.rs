//! Changes of methods and their parameters.

use std::collections::BTreeMap;

use super::items::Blocks;
use super::{Diff, Kind};
use crate::layout::Block;
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
        for method in old.methods {
            let place = place.inner(method.name);
            if let Some(id) = method.method_id() {
                ids.entry(id).or_insert(method.name);
            }
            match find(new, method.name) {
                Some(other) => self.method(method, other, place),
                None => self.report(Kind::MethodRemoved, place, "the method is gone"),
            }
        }
        for method in new.methods {
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
            let message = format!("`WmiMethodId` {new}, before {old}");
            self.report(Kind::MethodIdChanged, place, message);
        }
        let implemented = |method: &Method<'_>| method.qualifiers.flag("Implemented");
        if implemented(old) && !implemented(new) {
            self.report(Kind::MethodUnimplemented, place, "no longer `Implemented`");
        }
        let result = |method: &Method<'a>| method.returns.map_or("void", |(_, name)| name);
        if Name(result(old)) != Name(result(new)) {
            let message = format!("returns `{}`, before `{}`", result(new), result(old));
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
            Block::of_input(old, self.old),
            Block::of_input(new, self.new),
        );
        let outputs = Blocks::new(
            Block::of_output(old, self.old),
            Block::of_output(new, self.new),
        );
        for parameter in old.parameters {
            let place = place.inner(parameter.name);
            let Some(other) = find(new, parameter.name) else {
                self.report(Kind::ParameterRemoved, place, "the parameter is gone");
                continue;
            };
            if direction(parameter) != direction(other) {
                let message = format!("`{}`, before `{}`", direction(other), direction(parameter));
                self.report(Kind::DirectionChanged, place, message);
            }
            // Where it goes both ways, what differs in itself is told once.
            let blocks = if parameter.is_input() {
                &inputs
            } else {
                &outputs
            };
            self.item(parameter, other, blocks, place);
            if parameter.is_input() && parameter.is_output() {
                self.place(parameter, other, &outputs, place);
            }
        }
        let kept = |parameter: &Property<'_>| find(old, parameter.name).is_some();
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
