//! Locales, and the namespaces that hold their texts: `ms_409` below the namespace of the classes.

use super::{Instance, Object, ObjectKind, Value};

/// The namespace that WMI gives a driver's classes without `#pragma namespace`.
const OF_DRIVERS: &str = r"\\.\root\wmi";

/// Returns the `LANGID` of a locale's name, such as `MS_409`, in any case. No language is 0.
///
/// Source: "pragma amendment", Win32 documentation.
#[must_use]
pub fn parse_locale(name: &str) -> Option<u32> {
    let (prefix, digits) = name.split_at_checked(3)?;
    let is_locale = prefix.eq_ignore_ascii_case("ms_")
        && digits.len() <= 4
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let id = u32::from_str_radix(digits, 16).ok().filter(|_| is_locale)?;
    is_langid(id).then_some(id)
}

/// Returns whether a number can be a `LANGID`: 16 bits, and not 0.
pub(super) const fn is_langid(id: u32) -> bool {
    matches!(id, 1..=0xffff)
}

/// Returns the namespace of the classes and the `LANGID` from the namespace of a locale, such as
/// `root\wmi\ms_409`.
#[must_use]
pub fn parse_locale_namespace(namespace: &str) -> Option<(&str, u32)> {
    let (base, last) = namespace.rsplit_once(['\\', '/'])?;
    Some((base, parse_locale(last)?))
}

/// Returns the namespace below which the texts of a namespace's classes are.
pub(crate) fn base_of_texts(namespace: &str) -> &str {
    match namespace {
        Object::DEFAULT_NAMESPACE => OF_DRIVERS,
        other => other,
    }
}

impl<'a> Object<'a> {
    /// Returns the namespace of the classes and the `LANGID`, if the object is in the namespace of
    /// a locale, such as `root\wmi\ms_409`.
    #[must_use]
    pub fn locale(&self) -> Option<(&'a str, u32)> {
        parse_locale_namespace(self.namespace)
    }

    /// Returns whether the object belongs to the localised texts and not to the classes: a class of
    /// texts, or an instance that declares the namespace of a locale.
    #[must_use]
    pub fn is_amendment(&self) -> bool {
        match &self.kind {
            ObjectKind::Class(class) => class.is_amendment(),
            ObjectKind::Instance(instance) => instance.locale().is_some(),
        }
    }
}

impl Instance<'_> {
    /// Returns the `LANGID`, if the instance declares the namespace of a locale.
    #[must_use]
    pub fn locale(&self) -> Option<u32> {
        if !self.class.eq_ignore_ascii_case("__Namespace") {
            return None;
        }
        self.values.iter().find_map(|value| match value.value {
            Value::String(name) if value.name.eq_ignore_ascii_case("Name") => parse_locale(name),
            _ => None,
        })
    }
}
