//! The classes around the checked class, and the findings so far.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Rule};
use crate::kind::Uses;
use crate::{Classes, classes::Name, place::Place};
use wmi_core::Guid;
use wmi_core::schema::Class;
use wmi_vocabulary::kind::{ClassKind, PROVIDER_NAME};
use wmi_vocabulary::near::nearest;
use wmi_vocabulary::system_class::is_base;

pub(super) struct Context<'c, 'a> {
    /// The classes of the checked namespace.
    pub(super) classes: &'c Classes<'a>,
    uses: Uses<'a>,
    /// The classes declared before the current one.
    pub(super) before: BTreeSet<Name<'a>>,
    pub(super) guids: BTreeMap<Guid, &'a str>,
    pub(super) findings: Vec<Finding<'a>>,
    /// Whether the classes are Windows' own, like those of `wmicore.mof`.
    pub(super) is_windows: bool,
}

/// The part that a class has in the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Not a driver's class: a qualifier says so, or nothing makes it one.
    Foreign,
    /// The settings of a trace provider, whose properties are not items. No derive makes them.
    TraceControl,
    /// A driver's class of this kind.
    Driver(ClassKind),
}

impl Role {
    /// Whether the class has instances of its own.
    pub(super) const fn has_instances(self) -> bool {
        matches!(self, Self::Driver(kind) if kind.has_instances())
    }

    /// Whether the class is only a base of others.
    pub(super) const fn is_base(self) -> bool {
        matches!(self, Self::Driver(kind) if kind.is_base())
    }
}

impl<'c, 'a> Context<'c, 'a> {
    pub(super) fn new(classes: &'c Classes<'a>) -> Self {
        Self {
            classes,
            uses: Uses::new(classes),
            before: BTreeSet::new(),
            guids: BTreeMap::new(),
            findings: Vec::new(),
            is_windows: classes.iter().filter(|class| is_base(class.name)).count() > MAX_OWN_BASES,
        }
    }

    /// Returns a message that a name is not a class here; `what` is its use, and `others` are names that
    /// it may mean besides those of the classes.
    pub(super) fn undeclared(&self, what: &str, name: &str, others: &[&'static str]) -> String {
        let message = match self.classes.elsewhere(name) {
            Some(other) => format!(
                "the {what} `{name}` is declared in another namespace, `{other}`; declare it in \
                 that of the class"
            ),
            None => format!("the file does not declare the {what} `{name}`"),
        };
        let known = self.classes.iter().map(|class| class.name);
        match nearest(name, others.iter().copied().chain(known)) {
            Some(near) => format!("{message}; did you mean `{near}`?"),
            None => message,
        }
    }

    pub(super) fn report(&mut self, rule: Rule, place: Place<'a>, message: impl Into<String>) {
        self.findings.push(Finding {
            rule,
            class: place.class,
            member: place.member,
            parameter: place.parameter,
            message: message.into(),
        });
    }

    pub(super) fn role(&self, class: &Class<'_>) -> Role {
        let facts = self.uses.facts(class, self.classes);
        if !is_of_wmiprov(class) || !facts.is_of_driver() {
            Role::Foreign
        } else if self.classes.derives_from(class, "EventTrace") {
            Role::TraceControl
        } else {
            Role::Driver(facts.kind())
        }
    }

    pub(super) fn is_embedded(&self, class: &Class<'_>) -> bool {
        self.uses.is_part(class)
    }

    /// Whether all bases are known: among the classes, or present on every machine.
    pub(super) fn knows_bases(&self, class: &Class<'_>) -> bool {
        let last = self.classes.bases(class).last().copied();
        let root = last.map_or(class.superclass, |base| base.superclass);
        root.is_none_or(|root| self.classes.get(root).is_some() || is_base(root))
    }
}

/// The number of Windows' base classes that a driver's file may declare itself, as a sample does.
const MAX_OWN_BASES: usize = 2;

/// Whether the class belongs to the provider of drivers' classes, or names no provider.
pub(super) fn is_of_wmiprov(class: &Class<'_>) -> bool {
    let provider = class.qualifiers.text("Provider");
    provider.is_none_or(|name| name.eq_ignore_ascii_case(PROVIDER_NAME))
}
