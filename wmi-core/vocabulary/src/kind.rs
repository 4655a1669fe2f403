//! The kinds of classes. Owns which kinds there are, what each implies, and by which facts a class
//! is of which. Does not own how the facts are found: the tools read them from a schema. The derive
//! is told the kind, and writes a class of which [`Facts::kind`] tells the same.

use crate::qualifier::{Implied, Plain};

/// The purpose of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// WMI queries it by its GUID.
    Registered,
    /// A registered class whose blocks a driver sends as events.
    Event,
    /// Its instances are in the repository; no driver provides them.
    Static,
    /// A part of other classes.
    Embedded,
    /// A base of other classes with the qualifier `abstract`.
    Abstract,
    /// A base of other classes without that qualifier.
    Bare,
    /// The parameters of a method in one direction.
    Parameters,
}

impl ClassKind {
    /// Whether WMI knows the class by its GUID, so that a driver registers it.
    #[must_use]
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::Registered | Self::Event)
    }

    /// Whether the class is only a base of others, without items or instances of its own.
    #[must_use]
    pub const fn is_base(self) -> bool {
        matches!(self, Self::Abstract | Self::Bare)
    }

    /// Whether the class has the properties `InstanceName` and `Active`.
    #[must_use]
    pub const fn has_instances(self) -> bool {
        matches!(self, Self::Registered | Self::Event | Self::Static)
    }

    /// The qualifiers that are implied, before all others.
    #[must_use]
    pub const fn implied(self) -> &'static [Implied] {
        const DYNAMIC: Implied = Implied::first("Dynamic", Plain::True);
        const STATIC: Implied = Implied::first("Static", Plain::True);
        const PROVIDER: Implied = Implied::first("Provider", Plain::Text(PROVIDER_NAME));
        const WMI: Implied = Implied::first("WMI", Plain::True);
        match self {
            Self::Registered | Self::Event => &[DYNAMIC, PROVIDER, WMI],
            Self::Static => &[STATIC, WMI],
            Self::Embedded | Self::Parameters => &[WMI],
            Self::Abstract | Self::Bare => &[],
        }
    }

    /// The qualifiers that follow from the struct, so that none of them can be written as a free
    /// one.
    #[must_use]
    pub const fn own(self) -> &'static [&'static str] {
        match self {
            // No driver provides a base, whatever its qualifiers say.
            Self::Abstract | Self::Bare => &["abstract"],
            Self::Static => &["WMI", "Static", "abstract"],
            _ => &["WMI", "Dynamic", "Provider", "guid", "abstract"],
        }
    }
}

/// The facts that tell the kind of a class of any origin.
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
    /// Whether anything tells that the class is one of a driver.
    #[must_use]
    pub const fn is_of_driver(&self) -> bool {
        self.is_named() || self.has_items || self.has_methods
    }

    /// The kind of the class. A class that is not one of a driver is a base.
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

    /// Whether a qualifier says that the class is one of WMI.
    const fn is_named(&self) -> bool {
        self.is_provided || self.is_static || self.is_wmi || self.has_guid
    }
}

/// Whether a property of this name is one of the two that WMI fills for every class with instances;
/// they are not items of the data block.
#[must_use]
pub fn is_of_instances(name: &str) -> bool {
    name.eq_ignore_ascii_case("InstanceName") || name.eq_ignore_ascii_case("Active")
}

/// The provider of all drivers' classes.
pub const PROVIDER_NAME: &str = "WMIProv";

/// The classes that events derive from.
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

    /// The facts of a class as the derive writes it.
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
