//! Qualifiers, their flavors and values, and instances as values.

use core::fmt;
use core::ops::{BitOr, BitOrAssign};

/// A qualifier: `name`, `name(value)` or `name{value, ..}`, with flavors.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Qualifier<'a> {
    /// The name as spelled.
    pub name: &'a str,
    /// The value; a qualifier without one is `TRUE`.
    pub value: Value<'a>,
    /// The flavors.
    pub flavor: Flavor,
}

impl<'a> Qualifier<'a> {
    /// Creates a qualifier without flavors.
    #[must_use]
    pub const fn new(name: &'a str, value: Value<'a>) -> Self {
        Self {
            name,
            value,
            flavor: Flavor::NONE,
        }
    }

    /// Returns the qualifier with these flavors.
    #[must_use]
    pub const fn with_flavor(mut self, flavor: Flavor) -> Self {
        self.flavor = flavor;
        self
    }
}

/// A literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// `NULL`.
    Null,
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// A character.
    Char(u16),
    /// An integer.
    Integer(i64),
    /// A real number.
    Real(f64),
    /// Text.
    String(&'a str),
    /// Several literals of the same kind.
    Array(&'a [Value<'a>]),
    /// An embedded instance.
    Instance(&'a Instance<'a>),
    /// `$Alias`, without the `$`.
    Alias(&'a str),
}

/// An instance of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Instance<'a> {
    /// The class.
    pub class: &'a str,
    /// `as $Alias`, without the `$`.
    pub alias: Option<&'a str>,
    /// The namespace of an embedded instance; for an instance that is an object, see
    /// [`Object`](super::Object::namespace).
    pub namespace: Option<&'a str>,
    /// The qualifiers.
    pub qualifiers: Qualifiers<'a>,
    /// The values in source order.
    pub values: &'a [PropertyValue<'a>],
}

impl<'a> Instance<'a> {
    /// Creates an instance without alias and qualifiers.
    #[must_use]
    pub const fn new(class: &'a str, values: &'a [PropertyValue<'a>]) -> Self {
        Self {
            class,
            alias: None,
            namespace: None,
            qualifiers: Qualifiers::NONE,
            values,
        }
    }

    /// Returns the instance with this alias, without the `$`.
    #[must_use]
    pub const fn with_alias(mut self, alias: Option<&'a str>) -> Self {
        self.alias = alias;
        self
    }

    /// Returns the embedded instance with this namespace.
    #[must_use]
    pub const fn with_namespace(mut self, namespace: Option<&'a str>) -> Self {
        self.namespace = namespace;
        self
    }

    /// Returns the instance with these qualifiers.
    #[must_use]
    pub const fn with_qualifiers(mut self, qualifiers: &'a [Qualifier<'a>]) -> Self {
        self.qualifiers = Qualifiers::new(qualifiers);
        self
    }
}

/// The value of a property in an instance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PropertyValue<'a> {
    /// The property.
    pub name: &'a str,
    /// The qualifiers.
    pub qualifiers: Qualifiers<'a>,
    /// The value.
    pub value: Value<'a>,
}

impl<'a> PropertyValue<'a> {
    /// Creates a value without qualifiers.
    #[must_use]
    pub const fn new(name: &'a str, value: Value<'a>) -> Self {
        Self {
            name,
            qualifiers: Qualifiers::NONE,
            value,
        }
    }

    /// Returns the value with these qualifiers.
    #[must_use]
    pub const fn with_qualifiers(mut self, qualifiers: &'a [Qualifier<'a>]) -> Self {
        self.qualifiers = Qualifiers::new(qualifiers);
        self
    }
}

/// The flavors of a qualifier, as stored in binary MOF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Flavor(u8);

impl Flavor {
    /// No flavor.
    pub const NONE: Self = Self(0);
    /// `ToInstance`.
    pub const TO_INSTANCE: Self = Self(0x01);
    /// `ToSubclass`.
    pub const TO_SUBCLASS: Self = Self(0x02);
    /// `DisableOverride`.
    pub const DISABLE_OVERRIDE: Self = Self(0x10);
    /// `Amended`: localised text, which is written to the MFL instead of the neutral MOF.
    pub const AMENDED: Self = Self(0x80);

    /// The keywords of the flavors in their usual spelling. Keywords for the opposites have no
    /// flavor, as they name the defaults.
    pub const KEYWORDS: [(Self, &'static str); 4] = [
        (Self::AMENDED, "amended"),
        (Self::TO_INSTANCE, "ToInstance"),
        (Self::TO_SUBCLASS, "ToSubclass"),
        (Self::DISABLE_OVERRIDE, "DisableOverride"),
    ];
    const OPPOSITES: [&'static str; 4] = [
        "EnableOverride",
        "NotToInstance",
        "NotToSubclass",
        "Restricted",
    ];

    /// Returns the flavor of a keyword in any case; [`NONE`](Self::NONE) for keywords that name a
    /// default.
    #[must_use]
    pub fn from_keyword(keyword: &str) -> Option<Self> {
        let is = |known: &str| known.eq_ignore_ascii_case(keyword);
        if Self::OPPOSITES.iter().any(|opposite| is(opposite)) {
            return Some(Self::NONE);
        }
        let known = Self::KEYWORDS.iter().find(|(_, known)| is(known));
        known.map(|(flavor, _)| *flavor)
    }

    /// Returns the flavors of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the flavors of these bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Returns whether all flavors of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the bits, as stored in the flavor section of binary MOF.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }
}

impl BitOr for Flavor {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitOrAssign for Flavor {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

/// The qualifiers of a class, property or method, in source order.
///
/// They are stored in two groups, as those implied by a Rust type (`MaxLen`, `Values`) are defined
/// with the type; readers see a single list.
#[derive(Clone, Copy, Default)]
pub struct Qualifiers<'a> {
    written: &'a [Qualifier<'a>],
    of_type: &'a [Qualifier<'a>],
}

impl<'a> Qualifiers<'a> {
    /// None.
    pub const NONE: Self = Self::new(&[]);

    /// Creates a list of these qualifiers.
    #[must_use]
    pub const fn new(written: &'a [Qualifier<'a>]) -> Self {
        Self {
            written,
            of_type: &[],
        }
    }

    /// Creates a list of the qualifiers written at an item and those implied by its type.
    pub(crate) const fn of_item(
        written: &'a [Qualifier<'a>],
        of_type: &'a [Qualifier<'a>],
    ) -> Self {
        Self { written, of_type }
    }

    /// Returns the qualifiers written at the item, for constant functions, which cannot iterate.
    pub(super) const fn written(&self) -> &'a [Qualifier<'a>] {
        self.written
    }

    /// Returns the qualifiers implied by the type of an item.
    pub(super) const fn of_type(&self) -> &'a [Qualifier<'a>] {
        self.of_type
    }

    /// Returns the qualifiers in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a Qualifier<'a>> + Clone + use<'a> {
        self.written.iter().chain(self.of_type)
    }

    /// Returns the qualifier of this name, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Qualifier<'a>> {
        self.iter()
            .find(|qualifier| qualifier.name.eq_ignore_ascii_case(name))
    }

    /// Returns whether the qualifier of this name exists and is not `FALSE`.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|qualifier| qualifier.value != Value::Boolean(false))
    }

    /// Returns the value of the qualifier of this name, if it is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'a str> {
        match self.get(name)?.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl PartialEq for Qualifiers<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Qualifiers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Returns the integer of the qualifier of this name that is written, in any case.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a loop"
)]
pub(super) const fn integer(qualifiers: Qualifiers<'_>, name: &str) -> Option<i64> {
    let mut index = 0;
    while index < qualifiers.written.len() {
        let qualifier = &qualifiers.written[index];
        if let Value::Integer(number) = qualifier.value {
            if super::same_name(qualifier.name, name) {
                return Some(number);
            }
        }
        index += 1;
    }
    None
}
