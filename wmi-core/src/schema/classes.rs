//! Classes by name, for readers that follow a class to its base or to those that it embeds.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{Class, File, Method, Property, Schema};

/// Classes in the order they are declared, each found by its name in any case. Amendments, which
/// hold the text of a language and nothing else, are not among them.
///
/// ```
/// use wmi_core::schema::{Class, Classes, Schema};
///
/// let settings = Class::new("Vendor_Settings");
/// let list = [&settings];
/// let classes = Classes::from(&Schema::new(&list));
/// assert_eq!(classes.get("VENDOR_SETTINGS"), Some(&settings));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Classes<'a> {
    list: Vec<&'a Class<'a>>,
    by_name: BTreeMap<Name<'a>, &'a Class<'a>>,
}

impl<'a> Classes<'a> {
    /// The classes in the order they are declared.
    pub fn iter(&self) -> impl Iterator<Item = &'a Class<'a>> + Clone + '_ {
        self.list.iter().copied()
    }

    /// The class of this name; of several, the first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Class<'a>> {
        self.by_name.get(&Name(name)).copied()
    }

    /// The base of a class, if it is among these.
    #[must_use]
    pub fn base(&self, class: &Class<'_>) -> Option<&'a Class<'a>> {
        self.get(class.superclass?)
    }

    /// The class that a property or parameter embeds, if it is among these.
    #[must_use]
    pub fn embedded(&self, property: &Property<'_>) -> Option<&'a Class<'a>> {
        match property.cim_type {
            super::CimType::Object => self.get(property.type_name),
            _ => None,
        }
    }
}

impl<'a> FromIterator<&'a Class<'a>> for Classes<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Class<'a>>>(classes: I) -> Self {
        let own = |class: &&Class<'_>| !class.qualifiers.flag("amendment");
        let list: Vec<_> = classes.into_iter().filter(own).collect();
        let mut by_name = BTreeMap::new();
        for class in &list {
            by_name.entry(Name(class.name)).or_insert(*class);
        }
        Self { list, by_name }
    }
}

impl<'a> From<&File<'a>> for Classes<'a> {
    fn from(file: &File<'a>) -> Self {
        file.classes().collect()
    }
}

impl<'a> From<&Schema<'a>> for Classes<'a> {
    fn from(schema: &Schema<'a>) -> Self {
        schema.classes.iter().copied().collect()
    }
}

/// A name of MOF, which compares without case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a>(pub(crate) &'a str);

impl Name<'_> {
    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for Name<'_> {}

impl Ord for Name<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'a> Class<'a> {
    /// The items of the data block: the properties with a `WmiDataId`, in the order of the ids.
    #[must_use]
    pub fn items(&self) -> Vec<(u32, &'a Property<'a>)> {
        let items = self.properties.iter();
        let mut items: Vec<_> = items
            .filter_map(|property| Some((property.data_id()?, property)))
            .collect();
        items.sort_by_key(|(id, _)| *id);
        items
    }
}

impl<'a> Method<'a> {
    /// The parameters that a request carries, each with its number: its place among all
    /// parameters, from 1.
    #[must_use]
    pub fn inputs(&self) -> Vec<(u32, &'a Property<'a>)> {
        self.directed(Property::is_input)
    }

    /// The parameters that the reply carries, numbered as [`inputs`](Self::inputs).
    #[must_use]
    pub fn outputs(&self) -> Vec<(u32, &'a Property<'a>)> {
        self.directed(Property::is_output)
    }

    fn directed(&self, goes: fn(&Property<'a>) -> bool) -> Vec<(u32, &'a Property<'a>)> {
        let numbered = (1..).zip(self.parameters);
        numbered.filter(|(_, parameter)| goes(parameter)).collect()
    }
}
