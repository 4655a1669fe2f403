//! The kinds of classes. Owns the list of kinds, the qualifiers each implies, and the facts that
//! determine the kind of a class. The tools find these facts in a schema. The derive takes the kind
//! from attributes, and writes a class for which [`Facts::kind`] returns the same kind.

use crate::qualifier::{Implied, ImpliedValue};

/// The purpose of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// A class that WMI queries by its GUID.
    Registered,
    /// A registered class whose blocks a driver sends as events.
    Event,
    /// A class whose instances are in the repository; no driver provides them.
    Static,
    /// A class that is a part of others.
    Embedded,
    /// A base class with the qualifier `abstract`.
    Abstract,
    /// A base class without that qualifier.
    Bare,
    /// The parameters of a method in one direction.
    Parameters,
}

impl ClassKind {
    /// Returns whether a driver registers the class under its GUID.
    #[must_use]
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::Registered | Self::Event)
    }

    /// Returns whether the class is only a base of others, without its own items or instances.
    #[must_use]
    pub const fn is_base(self) -> bool {
        matches!(self, Self::Abstract | Self::Bare)
    }

    /// Returns whether the class has the properties `InstanceName` and `Active`.
    #[must_use]
    pub const fn has_instances(self) -> bool {
        matches!(self, Self::Registered | Self::Event | Self::Static)
    }

    /// Returns the implied qualifiers, which precede all others.
    #[must_use]
    pub const fn implied(self) -> &'static [Implied] {
        const DYNAMIC: Implied = Implied::first("Dynamic", ImpliedValue::True);
        const STATIC: Implied = Implied::first("Static", ImpliedValue::True);
        const PROVIDER: Implied = Implied::first("Provider", ImpliedValue::Text(PROVIDER_NAME));
        const WMI: Implied = Implied::first("WMI", ImpliedValue::True);
        match self {
            Self::Registered | Self::Event => &[DYNAMIC, PROVIDER, WMI],
            Self::Static => &[STATIC, WMI],
            Self::Embedded | Self::Parameters => &[WMI],
            Self::Abstract | Self::Bare => &[],
        }
    }

    /// Returns the qualifiers determined by the struct, which cannot be written as free qualifiers.
    #[must_use]
    pub const fn own(self) -> &'static [&'static str] {
        match self {
            // A base is not registered, so its other qualifiers are free.
            Self::Abstract | Self::Bare => &["abstract"],
            Self::Static => &["WMI", "Static", "abstract"],
            _ => &["WMI", "Dynamic", "Provider", "guid", "abstract"],
        }
    }
}

/// The facts that determine the kind of a class of any origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The class has the qualifier `abstract`.
    pub is_abstract: bool,
    /// It has the qualifier `Static`.
    pub is_static: bool,
    /// It has the qualifier `Dynamic` or `Provider`.
    pub is_provided: bool,
    /// It has the qualifier `WMI`.
    pub is_wmi: bool,
    /// It has the qualifier `guid`, whatever its value.
    pub has_guid: bool,
    /// It declares `InstanceName` or `Active`.
    pub has_instances: bool,
    /// It declares a property with `WmiDataId`.
    pub has_items: bool,
    /// It declares a method with `WmiMethodId`.
    pub has_methods: bool,
    /// One of its bases is among [`EVENT_BASES`].
    pub is_event: bool,
    /// Another class, or a method, has a property or parameter of it.
    pub is_part: bool,
    /// Another class derives from it.
    pub is_base: bool,
}

impl Facts {
    /// Returns whether any fact shows that the class belongs to a driver.
    #[must_use]
    pub const fn is_of_driver(&self) -> bool {
        self.is_named() || self.has_items || self.has_methods
    }

    /// Returns the kind of the class. A class that does not belong to a driver is a base.
    #[must_use]
    pub const fn kind(&self) -> ClassKind {
        if self.is_abstract {
            ClassKind::Abstract
        } else if self.is_static {
            ClassKind::Static
        } else if !self.is_of_driver() || !self.is_named() && self.is_base {
            ClassKind::Bare
        } else if self.is_part && !self.has_instances {
            ClassKind::Embedded
        } else if self.is_event {
            ClassKind::Event
        } else if self.is_provided || self.has_instances || self.has_methods {
            ClassKind::Registered
        } else {
            ClassKind::Embedded
        }
    }

    /// Returns whether a qualifier marks the class as one of WMI.
    const fn is_named(&self) -> bool {
        self.is_provided || self.is_static || self.is_wmi || self.has_guid
    }
}

/// Returns whether the name is `InstanceName` or `Active`, the properties that WMI fills in for
/// every class with instances; they are not items of the data block.
#[must_use]
pub fn is_of_instances(name: &str) -> bool {
    name.eq_ignore_ascii_case("InstanceName") || name.eq_ignore_ascii_case("Active")
}

/// The provider of all drivers' classes.
pub const PROVIDER_NAME: &str = "WMIProv";

/// The system's base classes of events.
pub const EVENT_BASES: &[&str] = &["WMIEvent", "__ExtrinsicEvent"];

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [ClassKind; 6] = [
        ClassKind::Registered,
        ClassKind::Event,
        ClassKind::Static,
        ClassKind::Embedded,
        ClassKind::Abstract,
        ClassKind::Bare,
    ];

    /// The facts of a class written by the derive.
    fn written(kind: ClassKind) -> Facts {
        let implies = |name| kind.implied().iter().any(|implied| implied.name == name);
        Facts {
            is_abstract: kind == ClassKind::Abstract,
            is_static: implies("Static"),
            is_provided: implies("Dynamic"),
            is_wmi: implies("WMI"),
            has_guid: kind.is_registered(),
            has_instances: kind.has_instances(),
            has_items: !kind.is_base(),
            is_event: kind == ClassKind::Event,
            is_base: kind.is_base(),
            ..Facts::default()
        }
    }

    #[test]
    fn the_kind_is_told_from_what_it_implies() {
        for kind in KINDS {
            assert_eq!(written(kind).kind(), kind);
        }
    }

    #[test]
    fn parts_with_instances_are_registered() {
        let mut facts = written(ClassKind::Registered);
        facts.is_part = true;
        assert_eq!(facts.kind(), ClassKind::Registered);
        facts.has_instances = false;
        assert_eq!(facts.kind(), ClassKind::Embedded);
    }

    #[test]
    fn classes_without_qualifiers_are_known_by_their_members() {
        let items = Facts {
            has_items: true,
            ..Facts::default()
        };
        assert!(!Facts::default().is_of_driver() && items.is_of_driver());
        assert_eq!(Facts::default().kind(), ClassKind::Bare);
        assert_eq!(items.kind(), ClassKind::Embedded);
        let base = Facts {
            is_base: true,
            ..items
        };
        assert_eq!(base.kind(), ClassKind::Bare);
        let methods = Facts {
            has_methods: true,
            ..items
        };
        assert_eq!(methods.kind(), ClassKind::Registered);
    }
}
