//! Classes and the schema that lists them.

use super::locale::is_langid;
use super::{ChangeFlags, Method, Property, Qualifier, Qualifiers, Value};
use crate::Guid;

/// A WMI class: its name, base, qualifiers and properties in source order.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Class<'a> {
    /// The class name, unique in its namespace.
    pub name: &'a str,
    /// The base class, not necessarily defined in the same file.
    pub superclass: Option<&'a str>,
    /// The qualifiers in source order.
    pub qualifiers: Qualifiers<'a>,
    /// The properties in source order, including `InstanceName` and `Active`.
    pub properties: &'a [Property<'a>],
    /// The methods in source order.
    pub methods: &'a [Method<'a>],
    pub(super) derived: Derived,
}

/// Whether the derive made a class: it has checked the counters, or the source allows them to be
/// as they are. Not part of the declaration, so classes that differ in it alone are equal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Derived(pub(super) bool);

impl PartialEq for Derived {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<'a> Class<'a> {
    /// Creates a class without base, qualifiers or properties.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self {
            name,
            superclass: None,
            qualifiers: Qualifiers::NONE,
            properties: &[],
            methods: &[],
            derived: Derived(false),
        }
    }

    /// Makes a class whose counters the derive has checked.
    pub(crate) const fn derived(name: &'a str) -> Self {
        let mut class = Self::new(name);
        class.derived = Derived(true);
        class
    }

    /// Returns the class with this base.
    #[must_use]
    pub const fn with_superclass(mut self, superclass: &'a str) -> Self {
        self.superclass = Some(superclass);
        self
    }

    /// Returns the class with these qualifiers.
    #[must_use]
    pub const fn with_qualifiers(mut self, qualifiers: &'a [Qualifier<'a>]) -> Self {
        self.qualifiers = Qualifiers::new(qualifiers);
        self
    }

    /// Returns the class with these properties.
    #[must_use]
    pub const fn with_properties(mut self, properties: &'a [Property<'a>]) -> Self {
        self.properties = properties;
        self
    }

    /// Returns the class with these methods.
    #[must_use]
    pub const fn with_methods(mut self, methods: &'a [Method<'a>]) -> Self {
        self.methods = methods;
        self
    }

    /// Returns the qualifier of this name, in any case.
    #[must_use]
    pub fn qualifier(&self, name: &str) -> Option<&'a Qualifier<'a>> {
        self.qualifiers.get(name)
    }

    /// Returns the value of the `guid` qualifier, if there is one and it is a GUID.
    #[must_use]
    pub fn guid(&self) -> Option<Guid> {
        match self.qualifier("guid")?.value {
            Value::String(text) => Guid::parse(text).ok(),
            _ => None,
        }
    }

    /// Returns the property of this name, in any case.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property<'a>> {
        self.properties
            .iter()
            .find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// Returns whether the class has the qualifier `Amendment`: it holds nothing but the localised
    /// text of the class of the same name, in the namespace of a locale such as `ms_409`.
    #[must_use]
    pub fn is_amendment(&self) -> bool {
        self.qualifiers.flag("Amendment")
    }

    /// Returns the locale of the amended text: the number in the `Locale` qualifier (`"MS\0x409"`
    /// or `0x409`), or US English without a `LANGID`.
    #[must_use]
    pub fn locale(&self) -> u32 {
        let parsed = match self.qualifier("Locale").map(|qualifier| qualifier.value) {
            Some(Value::Integer(number)) => u32::try_from(number).ok(),
            Some(Value::String(text)) => text
                .rsplit_once(['x', 'X', '_'])
                .and_then(|(_, digits)| u32::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        match parsed {
            Some(id) if is_langid(id) => id,
            _ => 0x409,
        }
    }
}

/// The classes of one driver, in declaration order, and their namespace.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use wmi_core::WmiClass;
/// use wmi_core::mof::Style;
/// use wmi_core::schema::Schema;
///
/// /// Settings of the adapter.
/// #[derive(WmiClass)]
/// #[wmi(name = "Vendor_Settings", guid = "e93b6c40-7a1f-4d25-b8e7-0c5d92f13a68")]
/// pub struct Settings {
///     /// Milliseconds between two probes.
///     #[wmi(data_id = 1, write)]
///     pub probe_interval: u32,
/// }
///
/// pub const SCHEMA: Schema<'static> = Schema::new(&[Settings::CLASS]);
///
/// println!("{}", SCHEMA.mof().style(Style::Neutral)); // the .mof
/// println!("{}", SCHEMA.mof().style(Style::Mfl)); // the .mfl
/// # }
/// ```
///
/// A schema is a constant, and the rules for several classes are checked when it is evaluated:
/// names and GUIDs are unique, an embedded class is listed before the classes that contain it, a
/// base is listed earlier or is external, and a hierarchy has at most one abstract class. A schema
/// that breaks a rule does not compile:
///
/// ```compile_fail
/// use wmi_core::schema::{Class, Schema};
/// // error: two classes have the same name: `Vendor_A` and `VENDOR_A`
/// const SCHEMA: Schema<'static> =
///     Schema::new(&[&Class::new("Vendor_A"), &Class::new("VENDOR_A")]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Schema<'a> {
    /// The namespace as a path, `\\.\root\wmi` for drivers.
    pub namespace: &'a str,
    /// `#pragma classflags`, such as `forceupdate`.
    pub class_flags: Option<ChangeFlags>,
    /// The edition of binary MOF to write.
    pub edition: Edition,
    /// The classes in declaration order.
    pub classes: &'a [&'a Class<'a>],
}

/// An edition of binary MOF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// The edition of every `mofcomp` since Windows XP.
    #[default]
    Current,
    /// The edition of `mofcomp` in Windows 2000 and early Windows XP: without padding and without
    /// qualifier flavors.
    Old,
}

impl<'a> Schema<'a> {
    /// Base classes on every machine: those of `wmicore.mof`, of the performance provider and of
    /// trace settings.
    pub const SYSTEM_BASES: &'static [&'static str] = wmi_vocabulary::system_class::BASES;

    /// Creates a schema of published classes in `\\.\root\wmi` without checking the rules.
    ///
    /// For an existing schema that clients already use: its faults can only be fixed by classes
    /// with new names.
    #[must_use]
    pub const fn published(classes: &'a [&'a Class<'a>]) -> Self {
        Self {
            namespace: r"\\.\root\wmi",
            class_flags: None,
            edition: Edition::Current,
            classes,
        }
    }

    /// Returns the schema with this namespace.
    #[must_use]
    pub const fn with_namespace(mut self, namespace: &'a str) -> Self {
        self.namespace = namespace;
        self
    }

    /// Returns the schema with these flags of `#pragma classflags`, such as `forceupdate`.
    #[must_use]
    pub const fn with_class_flags(mut self, flags: ChangeFlags) -> Self {
        self.class_flags = Some(flags);
        self
    }

    /// Returns the schema in this edition of binary MOF.
    #[must_use]
    pub const fn with_edition(mut self, edition: Edition) -> Self {
        self.edition = edition;
        self
    }
}
