//! [`Place`]: the schema element that a message is about.

use core::fmt;

use wmi_core::schema::Class;

/// A class, a member of the class, or a parameter of a method.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) class: &'a str,
    pub(crate) member: Option<&'a str>,
    pub(crate) parameter: Option<&'a str>,
}

impl<'a> Place<'a> {
    pub(crate) const fn class(class: &Class<'a>) -> Self {
        Self {
            class: class.name,
            member: None,
            parameter: None,
        }
    }

    /// Returns the place of a member of this class, or of a parameter of this method.
    pub(crate) const fn inner(self, name: &'a str) -> Self {
        match self.member {
            None => Self {
                member: Some(name),
                ..self
            },
            Some(_) => Self {
                parameter: Some(name),
                ..self
            },
        }
    }
}

impl fmt::Display for Place<'_> {
    /// Writes `Class.Member.Parameter`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class)?;
        for inner in [self.member, self.parameter].into_iter().flatten() {
            write!(f, ".{inner}")?;
        }
        Ok(())
    }
}
