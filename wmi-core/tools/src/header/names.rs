//! Names that the corrected header changes because C cannot declare them, or not twice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use wmi_vocabulary::is_c_keyword;

use super::member::structure_name;
use crate::entries::{list, spelled, text};
use wmi_core::schema::{Class, Method, Property, Qualifiers};

/// The global names of a header.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// The number of structures and methods with each name.
    uses: BTreeMap<&'a str, usize>,
    /// The value of each name, `None` if it has several.
    values: BTreeMap<&'a str, Option<String>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(classes: impl IntoIterator<Item = &'a Class<'a>>) -> Self {
        let mut uses = BTreeMap::new();
        let mut values: BTreeMap<_, Option<String>> = BTreeMap::new();
        let mut count = |name| {
            let uses: &mut usize = uses.entry(name).or_default();
            *uses = uses.saturating_add(1);
        };
        for class in classes {
            count(structure_name(class));
            let methods = class.methods.iter();
            for method in methods.filter(|method| method.method_id().is_some()) {
                count(method.name);
                if let Some(stem) = name_of(method.qualifiers, "HeaderName") {
                    count(stem);
                }
            }
            let parameters = class.methods.iter().flat_map(|method| method.parameters);
            for item in class.properties.iter().chain(parameters) {
                for DefinedValue { name, value, .. } in written_values(item) {
                    values
                        .entry(name)
                        .and_modify(|other| *other = other.take().filter(|other| *other == value))
                        .or_insert(Some(value));
                }
            }
        }
        Self { uses, values }
    }

    /// Returns the name of a method or of its structures, with the class if the name is not unique.
    pub(super) fn method(&self, class: &Class<'_>, name: &'a str) -> Cow<'a, str> {
        let single = self.uses.get(name).is_none_or(|uses| *uses < 2);
        if single && !self.values.contains_key(name) {
            Cow::Borrowed(name)
        } else {
            Cow::Owned(format!("{}_{name}", class.name))
        }
    }

    /// Returns the name of a value, with the structure if the name has other values elsewhere.
    pub(super) fn value(&self, structure: &str, name: &'a str) -> Cow<'a, str> {
        match self.values.get(name) {
            Some(None) => Cow::Owned(format!("{structure}_{name}")),
            _ => Cow::Borrowed(name),
        }
    }

    /// Returns the name of a member, with a `_` if it is a keyword or a macro.
    pub(super) fn member(&self, name: &'a str) -> Cow<'a, str> {
        let is_macro = self.uses.contains_key(name) || self.values.contains_key(name);
        if is_macro || is_c_keyword(name) {
            Cow::Owned(format!("{name}_"))
        } else {
            Cow::Borrowed(name)
        }
    }
}

/// Returns the stem of the names of a method's structures.
pub(crate) fn method_stem<'a>(method: &Method<'a>) -> &'a str {
    name_of(method.qualifiers, "HeaderName").unwrap_or(method.name)
}

/// The names of a class's GUID.
pub(crate) struct GuidNames {
    /// The macro with the initialiser of a `GUID`.
    pub(crate) initialiser: String,
    /// The variable that `DEFINE_GUID` declares.
    pub(crate) symbol: String,
}

/// Returns the names of a class's GUID.
pub(crate) fn guid_names(class: &Class<'_>) -> GuidNames {
    let named = |qualifier, ending| match name_of(class.qualifiers, qualifier) {
        Some(name) => name.to_owned(),
        None => format!("{}{ending}", class.name),
    };
    GuidNames {
        initialiser: named("GuidName1", "Guid"),
        symbol: named("GuidName2", "_GUID"),
    }
}

/// Returns the name in a qualifier, which stands in the header as it is, if it
/// [stays in its line](stays_in_line).
pub(super) fn name_of<'a>(qualifiers: Qualifiers<'a>, qualifier: &str) -> Option<&'a str> {
    let name = qualifiers.text(qualifier)?;
    stays_in_line(name).then_some(name)
}

/// Returns whether a text ends where its line of C ends, and shows all that it has: letters, digits and
/// ASCII alone. It opens no comment, and does not continue in the next line.
fn stays_in_line(text: &str) -> bool {
    let continues = ["\\", "??/"].iter().any(|end| text.ends_with(end));
    let is_shown = |c: char| matches!(c, ' '..='~') || c.is_alphanumeric();
    text.chars().all(is_shown) && !text.contains("/*") && !continues
}

/// An entry of `DefineValues`.
pub(crate) struct DefinedValue<'a> {
    pub(crate) comment: Option<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) value: String,
}

impl DefinedValue<'_> {
    /// Returns whether the header has the entry: name and value [stay in their line](stays_in_line).
    pub(crate) fn is_written(&self) -> bool {
        stays_in_line(self.name) && stays_in_line(&self.value)
    }
}

/// Returns the `DefineValues` that the header has.
pub(super) fn written_values<'a>(item: &Property<'a>) -> impl Iterator<Item = DefinedValue<'a>> {
    defined_values(item)
        .into_iter()
        .filter(DefinedValue::is_written)
}

/// Returns the `DefineValues` of an item, which count from 0 without a `ValueMap`.
pub(crate) fn defined_values<'a>(item: &Property<'a>) -> Vec<DefinedValue<'a>> {
    let (values, map) = (list(item, "Values"), list(item, "ValueMap"));
    let names = list(item, "DefineValues").iter().enumerate();
    let defined = names.filter_map(|(index, name)| {
        let value = map.get(index).and_then(|entry| spelled(*entry));
        Some(DefinedValue {
            comment: text(values.get(index)),
            name: text(Some(name))?,
            value: value.map_or_else(|| index.to_string(), Cow::into_owned),
        })
    });
    defined.collect()
}
