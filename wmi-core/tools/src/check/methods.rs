//! Rules about methods and their parameters.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use super::context::{Context, Role};
use crate::{classes::Name, place::Place};
use wmi_core::schema::{Class, Method, Property};

impl<'a> Context<'_, 'a> {
    pub(super) fn methods(&mut self, class: &'a Class<'a>) {
        let place = Place::class(class);
        let role = self.role(class);
        let (mut names, mut ids) = (BTreeSet::new(), BTreeMap::new());
        for method in class.methods {
            let place = place.inner(method.name);
            self.qualifiers(place, method.qualifiers);
            if !names.insert(Name(method.name)) {
                let message = "the class has two methods of this name; rename one";
                self.report(Rule::DuplicateMember, place, message);
            }
            if role == Role::Foreign {
                continue;
            }
            match method.method_id() {
                Some(id) => {
                    let other = *ids.entry(id).or_insert(method.name);
                    if other != method.name {
                        let message = format!("`{other}` also has `WmiMethodId({id})`");
                        self.report(Rule::DuplicateMethodId, place, message);
                    }
                }
                None if method.qualifiers.get("WmiMethodId").is_none() => {
                    let message = "add the qualifier `WmiMethodId`";
                    self.report(Rule::MissingMethodId, place, message);
                }
                None => {}
            }
            if !method.qualifiers.flag("Implemented") {
                self.report(
                    Rule::MissingImplemented,
                    place,
                    "add the qualifier `Implemented`",
                );
            }
            if let Some((_, type_name)) = method.returns {
                let message = format!("return `void`, and `{type_name}` as an `out` parameter");
                self.report(Rule::MethodResult, place, message);
            }
            self.parameters(method, place);
        }
    }

    fn parameters(&mut self, method: &'a Method<'a>, place: Place<'a>) {
        let mut names = BTreeSet::new();
        let all: Vec<_> = method.parameters.iter().collect();
        for parameter in method.parameters {
            let place = place.inner(parameter.name);
            self.qualifiers(place, parameter.qualifiers);
            if !names.insert(Name(parameter.name)) {
                let message = "the method has two parameters of this name; rename one";
                self.report(Rule::DuplicateMember, place, message);
            }
            let says = |direction| parameter.qualifiers.flag(direction);
            if !says("in") && !says("out") {
                let message = "add the qualifier `in` or `out`";
                self.report(Rule::ParameterDirection, place, message);
            }
            self.item(place, parameter);
            self.array(place, parameter, &all, |counter: &Property<'_>| {
                (!parameter.is_input() || counter.is_input())
                    && (!parameter.is_output() || counter.is_output())
            });
        }
    }
}
