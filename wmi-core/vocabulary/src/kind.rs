//! The kinds of classes. Owns which kinds there are, what each implies, and by which facts a class
//! is of which; does not own how the facts are found, for which see the schema of each crate.

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

/// The provider of all drivers' classes.
pub const PROVIDER_NAME: &str = "WMIProv";

/// The classes that events derive from.
pub const EVENT_BASES: &[&str] = &["WMIEvent", "__ExtrinsicEvent"];
