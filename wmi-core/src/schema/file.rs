//! The objects of a MOF file, and the pragmas in force at each.

use super::{ChangeFlags, Class, Edition, Instance, Schema};

/// The objects of a MOF file, text or binary, in order.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct File<'a> {
    /// The objects.
    pub objects: &'a [Object<'a>],
    /// The edition of binary MOF that the file was read from, and that is written.
    pub edition: Edition,
}

impl<'a> File<'a> {
    /// Creates a file of these objects.
    #[must_use]
    pub const fn new(objects: &'a [Object<'a>]) -> Self {
        Self {
            objects,
            edition: Edition::Current,
        }
    }

    /// Returns the file in this edition of binary MOF.
    #[must_use]
    pub const fn with_edition(mut self, edition: Edition) -> Self {
        self.edition = edition;
        self
    }

    /// Returns the classes among the objects.
    pub fn classes(&self) -> impl Iterator<Item = &'a Class<'a>> + use<'a> {
        self.objects.iter().filter_map(|object| match &object.kind {
            ObjectKind::Class(class) => Some(class),
            ObjectKind::Instance(_) => None,
        })
    }
}

/// A class or instance with the pragmas in force at it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Object<'a> {
    /// `#pragma namespace`, unescaped but otherwise as spelled; `root\default` without one.
    pub namespace: &'a str,
    /// `#pragma classflags`.
    pub class_flags: Option<ChangeFlags>,
    /// `#pragma instanceflags`.
    pub instance_flags: Option<ChangeFlags>,
    /// `class Name as $Alias`, without the `$`; an instance has its own
    /// [`alias`](Instance::alias).
    pub class_alias: Option<&'a str>,
    /// The class or instance.
    pub kind: ObjectKind<'a>,
}

impl<'a> Object<'a> {
    /// The namespace of a file without `#pragma namespace`.
    pub const DEFAULT_NAMESPACE: &'static str = r"root\default";

    /// Creates an object in a namespace, without flags.
    #[must_use]
    pub const fn new(namespace: &'a str, kind: ObjectKind<'a>) -> Self {
        Self {
            namespace,
            class_flags: None,
            instance_flags: None,
            class_alias: None,
            kind,
        }
    }

    /// Returns the object with these flags of `#pragma classflags`.
    #[must_use]
    pub const fn with_class_flags(mut self, flags: Option<ChangeFlags>) -> Self {
        self.class_flags = flags;
        self
    }

    /// Returns the object with these flags of `#pragma instanceflags`.
    #[must_use]
    pub const fn with_instance_flags(mut self, flags: Option<ChangeFlags>) -> Self {
        self.instance_flags = flags;
        self
    }

    /// Returns the object with this alias of its class, without the `$`.
    #[must_use]
    pub const fn with_class_alias(mut self, alias: Option<&'a str>) -> Self {
        self.class_alias = alias;
        self
    }

    /// Creates the object of a schema's class.
    #[must_use]
    pub fn from_schema(schema: &Schema<'a>, class: &Class<'a>) -> Self {
        Self {
            class_flags: schema.class_flags,
            ..Self::new(schema.namespace, ObjectKind::Class(*class))
        }
    }
}

/// A class or an instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObjectKind<'a> {
    /// A class.
    Class(Class<'a>),
    /// An instance of a class.
    Instance(Instance<'a>),
}
