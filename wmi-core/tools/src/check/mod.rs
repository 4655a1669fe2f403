//! Checks classes by the documented rules for drivers: those that `wmimofck` and `mofcomp -WMI`
//! check, and those that they accept violations of although the header, the driver or its clients
//! break.
//!
//! ```
//! use wmi_tools::check::{Rule, check};
//! use wmi_core::schema::{Class, File, Object, ObjectKind, Qualifier, Value};
//!
//! let qualifiers = [
//!     Qualifier::new("WMI", Value::Boolean(true)),
//!     Qualifier::new("guid", Value::String("{00000000-0000-0000-0000-000000000000}")),
//! ];
//! let class = Class::new("Vendor_Queue").with_qualifiers(&qualifiers);
//! let objects = [Object::new(r"root\wmi", ObjectKind::Class(class))];
//! let findings = check(&File::new(&objects));
//! assert_eq!(findings[0].rule, Rule::NilGuid);
//! assert_eq!(
//!     findings[0].to_string(),
//!     "error: `Vendor_Queue`: the GUID is all zeros; make a fresh one [nil-guid]",
//! );
//! ```
//!
//! For a class that does not belong to a driver, only its relations to other classes are checked:
//! names, bases, embedded classes. A [`Schema`](wmi_core::schema::Schema) of derived classes keeps
//! most rules at compile time already.
//!
//! MOF does not mark embedded classes. A class counts as embedded if it is the type of a property
//! or parameter, or if it has neither qualifiers nor properties of a registered class.

mod classes;
mod context;
mod example;
mod header;
mod items;
mod methods;
mod qualifiers;
mod rule;

use core::fmt;

pub use rule::Rule;

use crate::Classes;
use crate::Severity;
use crate::place::Place;
use context::Context;

/// A violation of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding<'a> {
    /// The rule, which gives the severity and the reason.
    pub rule: Rule,
    /// The class at fault.
    pub class: &'a str,
    /// The property or method at fault, `None` if the whole class is.
    pub member: Option<&'a str>,
    /// The parameter of the method at fault.
    pub parameter: Option<&'a str>,
    /// The fault, and the remedy.
    pub message: String,
}

impl Finding<'_> {
    /// Returns the severity of the rule.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.rule.severity()
    }
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity();
        let place = Place {
            class: self.class,
            member: self.member,
            parameter: self.parameter,
        };
        write!(f, "{severity}: `{place}`: {} [{}]", self.message, self.rule)
    }
}

/// Checks classes, each namespace by itself. The findings are in declaration order, those about the
/// C header last.
#[must_use]
pub fn check<'a>(classes: impl Into<Classes<'a>>) -> Vec<Finding<'a>> {
    let namespaces = classes.into().by_namespace().into_iter();
    namespaces.flat_map(|(_, classes)| one(&classes)).collect()
}

/// Checks the classes of one namespace.
fn one<'a>(classes: &Classes<'a>) -> Vec<Finding<'a>> {
    let mut context = Context::new(classes);
    for class in classes.iter() {
        context.class(class);
        context.items(class);
        context.methods(class);
    }
    context.header();
    context.findings
}
