//! What is wrong with classes, by the rules of drivers' documentation: what `wmimofck` and
//! `mofcomp -WMI` check, and what they let pass but break the header, the driver or its clients.
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
//! Classes that are none of a driver, without any qualifier that says so, are looked at only for
//! what they are to others: names, bases, embedded classes. A [`Schema`](wmi_core::schema::Schema) of derived classes keeps
//! most rules already when it is compiled.
//!
//! Which classes are embedded is not written anywhere in MOF: it is those that another class has
//! as the type of a property or parameter, or that have nothing of a registered class.

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

/// A rule that something breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding<'a> {
    /// The rule, by which severity and reasons are known.
    pub rule: Rule,
    /// The class at fault.
    pub class: &'a str,
    /// Its property or method at fault, `None` where it is the class as a whole.
    pub member: Option<&'a str>,
    /// The parameter of the method at fault.
    pub parameter: Option<&'a str>,
    /// What is wrong, and the remedy.
    pub message: String,
}

impl Finding<'_> {
    /// How bad it is.
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

/// Checks classes, those of each namespace by themselves. The findings are in the order in which
/// the classes are declared, those about the C header last.
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
