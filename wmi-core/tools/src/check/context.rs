//! The classes around the checked class, and the findings so far.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Rule};
use crate::{Classes, classes::Name, place::Place};
use wmi_core::Guid;
use wmi_core::schema::{CimType, Class, Property};
use wmi_vocabulary::system_class::is_base;

pub(super) struct Context<'c, 'a> {
    /// The classes of the checked namespace.
    pub(super) classes: &'c Classes<'a>,
    /// The classes that are the type of a property or parameter.
    embedded: BTreeSet<Name<'a>>,
    /// The classes that are the base of another.
    bases: BTreeSet<Name<'a>>,
    /// The classes declared before the current one.
    pub(super) before: BTreeSet<Name<'a>>,
    pub(super) guids: BTreeMap<Guid, &'a str>,
    pub(super) findings: Vec<Finding<'a>>,
    /// Whether the classes are Windows' own, like those of `wmicore.mof`.
    pub(super) is_windows: bool,
}

/// The role of a class in WMI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Not a driver's class: a qualifier says so, or no qualifier makes it one.
    Foreign,
    /// A base without instances of its own.
    Abstract,
    /// The settings of a trace provider, whose properties are not items.
    TraceControl,
    /// A part of other classes.
    Embedded,
    /// A block of its own, with instances.
    Registered,
}

impl<'c, 'a> Context<'c, 'a> {
    pub(super) fn new(classes: &'c Classes<'a>) -> Self {
        let embedded = classes.iter().flat_map(|class| {
            let parameters = class.methods.iter().flat_map(|method| method.parameters);
            let items = class.properties.iter().chain(parameters);
            items
                .filter(|item| item.cim_type == CimType::Object)
                .map(|item| Name(item.type_name))
        });
        Self {
            classes,
            embedded: embedded.collect(),
            bases: classes
                .iter()
                .filter_map(|class| class.superclass)
                .map(Name)
                .collect(),
            before: BTreeSet::new(),
            guids: BTreeMap::new(),
            findings: Vec::new(),
            is_windows: classes.iter().filter(|class| is_base(class.name)).count() > MAX_OWN_BASES,
        }
    }

    /// Returns a message that a name is not a class here; `what` is its use.
    pub(super) fn undeclared(&self, what: &str, name: &str) -> String {
        match self.classes.elsewhere(name) {
            Some(other) => format!(
                "the {what} `{name}` is declared in another namespace, `{other}`; declare it in \
                 that of the class"
            ),
            None => format!("the file does not declare the {what} `{name}`"),
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
        let has = |name| class.qualifiers.flag(name);
        if !is_of_drivers(class) {
            return Role::Foreign;
        }
        let provided = ["Dynamic", "Static", "Provider"].into_iter().any(has);
        let pair = class.properties.iter().any(is_instance_pair);
        let numbered = class.properties.iter().any(|item| item.data_id().is_some());
        let methods = class.methods.iter().any(|it| it.method_id().is_some());
        let named = provided || has("WMI") || has("guid");
        if !(named || numbered || methods) {
            Role::Foreign
        } else if self.derives_from(class, "EventTrace") {
            Role::TraceControl
        } else if has("abstract") || !named && self.bases.contains(&Name(class.name)) {
            Role::Abstract
        } else if self.is_embedded(class) && !pair || !(provided || pair || methods) {
            Role::Embedded
        } else {
            Role::Registered
        }
    }

    pub(super) fn is_embedded(&self, class: &Class<'_>) -> bool {
        self.embedded.contains(&Name(class.name))
    }

    /// Returns the bases of a class that are among the classes, each once, at most [`MAX_BASES`].
    pub(super) fn bases(&self, class: &Class<'_>) -> Vec<&'a Class<'a>> {
        let mut known = BTreeSet::from([Name(class.name)]);
        let mut bases = Vec::new();
        let mut next = self.classes.base(class);
        while let Some(base) = next.filter(|base| known.insert(Name(base.name))) {
            if bases.len() >= MAX_BASES {
                break;
            }
            bases.push(base);
            next = self.classes.base(base);
        }
        bases
    }

    /// Whether a base of this name is declared by the class or its bases.
    pub(super) fn derives_from(&self, class: &Class<'_>, name: &str) -> bool {
        let is = |class: &Class<'_>| {
            let base = class.superclass;
            base.is_some_and(|base| base.eq_ignore_ascii_case(name))
        };
        is(class) || self.bases(class).into_iter().any(is)
    }

    /// Whether all bases are known: among the classes, or present on every machine.
    pub(super) fn knows_bases(&self, class: &Class<'_>) -> bool {
        let last = self.bases(class).last().copied();
        let root = last.map_or(class.superclass, |base| base.superclass);
        root.is_none_or(|root| self.classes.get(root).is_some() || is_base(root))
    }
}

/// The number of Windows' base classes that a driver's file may declare itself, as a sample does.
const MAX_OWN_BASES: usize = 2;

/// The most bases of one class that are followed.
const MAX_BASES: usize = 64;

/// Whether the class may be one of the WDM provider's, `WMIProv`.
pub(super) fn is_of_drivers(class: &Class<'_>) -> bool {
    let provider = class.qualifiers.text("Provider");
    provider.is_none_or(|name| name.eq_ignore_ascii_case("WMIProv"))
}

/// Whether a property is `InstanceName` or `Active`, which are not items.
pub(super) fn is_instance_pair(property: &Property<'_>) -> bool {
    let is = |name| property.name.eq_ignore_ascii_case(name);
    is("InstanceName") || is("Active")
}
