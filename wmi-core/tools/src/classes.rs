//! Classes by name, with the namespaces that declare them. Owns the look-up of bases and embedded
//! classes.

use std::collections::BTreeMap;
use std::sync::Arc;

use core::cmp::Ordering;

use wmi_core::schema::{CimType, Class, File, ObjectKind, Property, Schema};

/// Classes in declaration order with their namespaces, found by name in any case. Amendments, which
/// hold only localised text, are left out.
///
/// ```
/// use wmi_core::schema::{Class, Schema};
/// use wmi_tools::Classes;
///
/// let settings = Class::new("Vendor_Settings");
/// let list = [&settings];
/// let classes = Classes::from(&Schema::new(&list));
/// assert_eq!(classes.get("VENDOR_SETTINGS"), Some(&settings));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Classes<'a> {
    list: Vec<Declared<'a>>,
    by_name: BTreeMap<Name<'a>, Declared<'a>>,
    /// The classes of all namespaces of the file, if `self` holds those of one.
    all: Option<Arc<BTreeMap<Name<'a>, Declared<'a>>>>,
}

/// A class and the namespace that declares it; classes without a schema or file have none.
#[derive(Clone, Copy, Debug)]
struct Declared<'a> {
    class: &'a Class<'a>,
    namespace: Option<&'a str>,
}

impl<'a> Classes<'a> {
    fn new(declared: impl IntoIterator<Item = Declared<'a>>) -> Self {
        let own = |it: &Declared<'_>| !it.class.is_amendment();
        let list: Vec<_> = declared.into_iter().filter(own).collect();
        let mut by_name = BTreeMap::new();
        for declared in &list {
            by_name
                .entry(Name(declared.class.name))
                .or_insert(*declared);
        }
        Self {
            list,
            by_name,
            all: None,
        }
    }

    /// Returns the classes in the order of their declaration.
    pub fn iter(&self) -> impl Iterator<Item = &'a Class<'a>> + Clone + '_ {
        self.list.iter().map(|declared| declared.class)
    }

    /// Returns the class of this name; of several, the first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Class<'a>> {
        Some(self.by_name.get(&Name(name))?.class)
    }

    /// Returns the namespace of the class of this name, as spelled, if the class comes from a
    /// schema or a file.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&'a str> {
        self.by_name.get(&Name(name))?.namespace
    }

    /// Returns the base of a class, if it is among these.
    #[must_use]
    pub fn base(&self, class: &Class<'_>) -> Option<&'a Class<'a>> {
        self.get(class.superclass?)
    }

    /// Returns the bases of a class among these, each once, and at most [`MAX_BASES`].
    #[cfg(any(feature = "check", feature = "firmware", feature = "import"))]
    pub(crate) fn bases(&self, class: &Class<'_>) -> Vec<&'a Class<'a>> {
        let mut known = std::collections::BTreeSet::from([Name(class.name)]);
        let mut bases = Vec::new();
        let mut next = self.base(class);
        while let Some(base) = next.filter(|base| known.insert(Name(base.name))) {
            if bases.len() >= MAX_BASES {
                break;
            }
            bases.push(base);
            next = self.base(base);
        }
        bases
    }

    /// Returns whether the class, or one of its bases among these, names `base` as its base.
    #[cfg(any(feature = "check", feature = "firmware", feature = "import"))]
    pub(crate) fn derives_from(&self, class: &Class<'_>, base: &str) -> bool {
        let is = |class: &Class<'_>| class.superclass.is_some_and(|it| Name(it) == Name(base));
        is(class) || self.bases(class).into_iter().any(is)
    }

    /// Returns the class that a property or parameter embeds, if it is among these.
    #[must_use]
    pub fn embedded(&self, property: &Property<'_>) -> Option<&'a Class<'a>> {
        match property.cim_type {
            CimType::Object => self.get(property.type_name),
            _ => None,
        }
    }

    /// Returns the namespace that declares a class of this name, if these classes do not include
    /// it and another namespace of the file does.
    pub(crate) fn elsewhere(&self, name: &str) -> Option<&'a str> {
        let all = self.all.as_ref()?;
        match self.get(name) {
            Some(_) => None,
            None => all.get(&Name(name))?.namespace,
        }
    }

    /// Returns each class with those of its namespace, which bases and embedded classes are of.
    ///
    /// The classes are in the order of their declaration. However a namespace is spelled, it is one;
    /// classes that come without a schema or a file are of one namespace as well.
    pub fn with_namespaces(&self) -> impl Iterator<Item = (&'a Class<'a>, Arc<Self>)> + '_ {
        let (places, namespaces) = self.split();
        let namespaces: Vec<_> = namespaces
            .into_iter()
            .map(|(_, classes)| Arc::new(classes))
            .collect();
        let classes = places.into_iter().zip(self.iter());
        classes.filter_map(move |(place, class)| Some((class, Arc::clone(namespaces.get(place)?))))
    }

    /// Returns the classes of each namespace with its normal spelling; spellings of one namespace
    /// are merged. The namespaces are in the order of their first classes.
    #[cfg(any(
        feature = "check",
        feature = "diff",
        feature = "firmware",
        feature = "import"
    ))]
    pub(crate) fn by_namespace(&self) -> Vec<(Option<String>, Self)> {
        self.split().1
    }

    /// Returns whether two namespaces have a class of the same name.
    #[cfg(feature = "diff")]
    pub(crate) fn shares_names(&self) -> bool {
        let namespace = |declared: &Declared<'_>| declared.namespace.map(crate::namespace::normal);
        self.list.iter().any(|declared| {
            let first = self.by_name.get(&Name(declared.class.name));
            first.is_some_and(|first| namespace(first) != namespace(declared))
        })
    }

    /// Returns the place of each class's namespace, and the namespaces.
    fn split(&self) -> (Vec<usize>, Vec<(Option<String>, Self)>) {
        let mut known = BTreeMap::new();
        let mut namespaces: Vec<(_, Vec<Declared<'a>>)> = Vec::new();
        let mut places = Vec::with_capacity(self.list.len());
        for declared in &self.list {
            let namespace = declared.namespace.map(crate::namespace::normal);
            let place = *known.entry(namespace.clone()).or_insert(namespaces.len());
            match namespaces.get_mut(place) {
                Some((_, classes)) => classes.push(*declared),
                None => namespaces.push((namespace, vec![*declared])),
            }
            places.push(place);
        }
        let all = Arc::new(self.by_name.clone());
        let classes = |(namespace, list)| {
            let mut classes = Self::new(list);
            classes.all = Some(Arc::clone(&all));
            (namespace, classes)
        };
        (places, namespaces.into_iter().map(classes).collect())
    }
}

impl<'a> FromIterator<&'a Class<'a>> for Classes<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Class<'a>>>(classes: I) -> Self {
        Self::new(classes.into_iter().map(|class| Declared {
            class,
            namespace: None,
        }))
    }
}

impl<'a, const N: usize> From<[&'a Class<'a>; N]> for Classes<'a> {
    fn from(classes: [&'a Class<'a>; N]) -> Self {
        classes.into_iter().collect()
    }
}

impl<'a> From<&'a [Class<'a>]> for Classes<'a> {
    fn from(classes: &'a [Class<'a>]) -> Self {
        classes.iter().collect()
    }
}

impl<'a> From<&File<'a>> for Classes<'a> {
    fn from(file: &File<'a>) -> Self {
        Self::new(file.objects.iter().filter_map(|object| match &object.kind {
            ObjectKind::Class(class) => Some(Declared {
                class,
                namespace: Some(object.namespace),
            }),
            ObjectKind::Instance(_) => None,
        }))
    }
}

impl<'a> From<&Schema<'a>> for Classes<'a> {
    fn from(schema: &Schema<'a>) -> Self {
        Self::new(schema.classes.iter().map(|class| Declared {
            class,
            namespace: Some(schema.namespace),
        }))
    }
}

/// The most bases of one class that are followed.
#[cfg(any(feature = "check", feature = "firmware", feature = "import"))]
const MAX_BASES: usize = 64;

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

/// Returns whether MOF text can spell a name: letters, digits and underscores, not starting with a
/// digit.
pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(starts_name) && name.chars().all(continues_name)
}

/// Returns whether a name can start with a character.
pub(crate) fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Returns whether a name can hold a character after its first.
pub(crate) fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the items of a class's data block: the properties with a `WmiDataId`, ordered by id.
pub(crate) fn items<'a>(class: &Class<'a>) -> Vec<(u32, &'a Property<'a>)> {
    let items = class.properties.iter();
    let mut items: Vec<_> = items
        .filter_map(|property| Some((property.data_id()?, property)))
        .collect();
    items.sort_by_key(|(id, _)| *id);
    items
}
