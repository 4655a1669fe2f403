//! Qualifiers, their values and flavors.

/// A qualifier: `name`, `name(value)` or `name{value, ..}`, with flavors.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Qualifier<'a> {
    /// The name as it is spelled.
    pub name: &'a str,
    /// The value; a qualifier without one is `TRUE`.
    pub value: Value<'a>,
    /// The flavors.
    pub flavor: Flavor,
}

impl<'a> Qualifier<'a> {
    /// A qualifier without flavors.
    #[must_use]
    pub const fn new(name: &'a str, value: Value<'a>) -> Self {
        Self {
            name,
            value,
            flavor: Flavor::NONE,
        }
    }

    /// The same qualifier with these flavors.
    #[must_use]
    pub const fn with_flavor(mut self, flavor: Flavor) -> Self {
        self.flavor = flavor;
        self
    }
}

/// A literal.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// Text.
    String(&'a str),
    /// Several literals of one kind.
    Array(&'a [Value<'a>]),
}

/// The flavors of a qualifier, as the bits that binary MOF stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Flavor(u8);

impl Flavor {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// `ToInstance`.
    pub const TO_INSTANCE: Self = Self(0x01);
    /// `ToSubclass`.
    pub const TO_SUBCLASS: Self = Self(0x02);
    /// `DisableOverride`.
    pub const DISABLE_OVERRIDE: Self = Self(0x10);
    /// `Amended`: localised text, which a neutral MOF leaves to its MFL.
    pub const AMENDED: Self = Self(0x80);

    /// The flavors of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all flavors of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The bits, as the flavor section of a binary MOF stores them.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }
}
