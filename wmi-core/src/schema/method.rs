//! Methods.

use super::{CimType, Property, Qualifier, Qualifiers, Value};

/// A method of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Method<'a> {
    /// The name as spelled.
    pub name: &'a str,
    /// The qualifiers.
    pub qualifiers: Qualifiers<'a>,
    /// The parameters in declaration order, each with the qualifier `in`, `out` or both.
    pub parameters: &'a [Property<'a>],
    /// The type of the result and its spelling, `None` for `void`. Drivers' methods return `void`
    /// and pass results in `out` parameters.
    pub returns: Option<(CimType, &'a str)>,
}

impl<'a> Method<'a> {
    /// Creates a method without qualifiers and parameters.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self {
            name,
            qualifiers: Qualifiers::NONE,
            parameters: &[],
            returns: None,
        }
    }

    /// Returns the method with these qualifiers.
    #[must_use]
    pub const fn with_qualifiers(mut self, qualifiers: &'a [Qualifier<'a>]) -> Self {
        self.qualifiers = Qualifiers::new(qualifiers);
        self
    }

    /// Returns the method with these parameters.
    #[must_use]
    pub const fn with_parameters(mut self, parameters: &'a [Property<'a>]) -> Self {
        self.parameters = parameters;
        self
    }

    /// Returns the method with this type of result.
    #[must_use]
    pub const fn with_returns(mut self, cim_type: CimType, type_name: &'a str) -> Self {
        self.returns = Some((cim_type, type_name));
        self
    }

    /// Returns the input parameters, each with its position among all parameters, from 1.
    pub fn inputs(&self) -> impl Iterator<Item = (u32, &'a Property<'a>)> + use<'a> {
        self.numbered()
            .filter(|(_, parameter)| parameter.is_input())
    }

    /// Returns the output parameters, numbered as by [`inputs`](Self::inputs).
    pub fn outputs(&self) -> impl Iterator<Item = (u32, &'a Property<'a>)> + use<'a> {
        self.numbered()
            .filter(|(_, parameter)| parameter.is_output())
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &'a Property<'a>)> + use<'a> {
        (1..).zip(self.parameters)
    }

    /// Returns the value of `WmiMethodId`, which identifies the method in requests.
    #[must_use]
    pub fn method_id(&self) -> Option<u32> {
        match self.qualifiers.get("WmiMethodId")?.value {
            Value::Integer(id) => u32::try_from(id).ok(),
            _ => None,
        }
    }
}
