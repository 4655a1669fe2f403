//! [`DataObject`]: the values of a class by name.

use std::borrow::Cow;

use core::fmt;

use super::Datum;

/// The values of a class, or the parameters of a method, by name.
///
/// [`Display`](fmt::Display) writes it as a MOF instance, as `wbemtest` shows it.
///
/// ```
/// use wmi_tools::client::DataObject;
///
/// let portal = DataObject::new("Vendor_Portal").with("Host", "storage").with("Socket", 3260u16);
/// assert_eq!(portal.get("host").unwrap().as_text().unwrap(), "storage");
/// assert_eq!(
///     portal.to_string(),
///     "instance of Vendor_Portal\n{\n    Host = \"storage\";\n    Socket = 3260;\n}",
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DataObject<'a> {
    class: Cow<'a, str>,
    values: Vec<(Cow<'a, str>, Datum<'a>)>,
}

impl<'a> DataObject<'a> {
    /// Creates an object of this class or method, without values.
    #[must_use]
    pub fn new(class: impl Into<Cow<'a, str>>) -> Self {
        Self {
            class: class.into(),
            values: Vec::new(),
        }
    }

    /// Adds a value, or replaces the value of this name in any case.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Datum<'a>>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a value. It replaces the value of this name in any case.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Datum<'a>>) {
        let name = name.into();
        let mut values = self.values.iter_mut();
        match values.find(|(other, _)| other.eq_ignore_ascii_case(&name)) {
            Some((_, old)) => *old = value.into(),
            None => self.values.push((name, value.into())),
        }
    }

    /// Adds a value with a new name.
    pub(super) fn push(&mut self, name: &'a str, value: Datum<'a>) {
        self.values.push((name.into(), value));
    }

    /// Returns the name of the class or method.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Returns the value of this name, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Datum<'a>> {
        let mut values = self.values.iter();
        let (_, value) = values.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Returns the value of the item at this position in the class.
    pub(super) fn at(&self, position: usize) -> Option<&Datum<'a>> {
        self.values.get(position).map(|(_, value)| value)
    }

    /// Returns the names and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Datum<'a>)> {
        self.values.iter().map(|(name, value)| (&**name, value))
    }

    /// Returns the number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Copies values borrowed from the bytes or the schema.
    #[must_use]
    pub fn into_owned(self) -> DataObject<'static> {
        let values = self.values.into_iter();
        DataObject {
            class: self.class.into_owned().into(),
            values: values
                .map(|(name, value)| (name.into_owned().into(), value.into_owned()))
                .collect(),
        }
    }

    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, indent: usize) -> fmt::Result {
        writeln!(f, "instance of {}", self.class)?;
        writeln!(f, "{:indent$}{{", "")?;
        let inner = indent.saturating_add(4);
        for (name, value) in self.iter() {
            write!(f, "{:inner$}{name} = ", "")?;
            value.write(f, inner)?;
            f.write_str(";\n")?;
        }
        write!(f, "{:indent$}}}", "")
    }
}

impl fmt::Display for DataObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
