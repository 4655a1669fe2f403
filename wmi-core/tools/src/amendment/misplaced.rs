//! Localised texts that have no place at a class. Owns why a text is lost by
//! [`merge`](super::merge).

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use super::{Amendment, by_name, is_text};
use crate::classes::Name;
use crate::namespace::normal;
use crate::place::Place;
use wmi_core::schema::{Class, File, Method, ObjectKind, Property, Qualifiers, Value};

/// A localised text that [`merge`](super::merge) does not move to its class, so that no client
/// sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MisplacedText<'a> {
    /// The language, a `LANGID`.
    pub language: u32,
    /// The class.
    pub class: &'a str,
    /// The property or method, `None` if the text is that of the class.
    pub member: Option<&'a str>,
    /// The parameter of the method.
    pub parameter: Option<&'a str>,
    /// Why the text has no place.
    pub reason: Misplacement<'a>,
}

/// Why a localised text has no place at a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misplacement<'a> {
    /// The namespace above that of the language has no class of this name.
    Class,
    /// The class has texts in this language twice; the first are used.
    Repeated,
    /// The class itself declares no such property or method.
    Member,
    /// The method has no such parameter.
    Parameter,
    /// This qualifier lacks the flavor `Amended`, by which WMI knows localised texts.
    Flavor(&'a str),
}

impl fmt::Display for MisplacedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            language,
            class,
            member,
            parameter,
            reason,
        } = *self;
        let place = Place {
            class,
            member,
            parameter,
        };
        write!(f, "`{place}`: ")?;
        match reason {
            Misplacement::Class => write!(
                f,
                "the texts of MS_{language:X} belong to no class; read them together with the MOF \
                 that declares it"
            ),
            Misplacement::Repeated => write!(
                f,
                "the class has texts of MS_{language:X} twice, and the first are used; make them one"
            ),
            Misplacement::Member => write!(
                f,
                "the texts of MS_{language:X} belong to no property or method that the class \
                 declares; correct the name, or remove them"
            ),
            Misplacement::Parameter => write!(
                f,
                "the texts of MS_{language:X} belong to no parameter of the method; correct the \
                 name, or remove them"
            ),
            Misplacement::Flavor(qualifier) => write!(
                f,
                "`{qualifier}` is not a localised text of MS_{language:X}; add `: amended` to it"
            ),
        }
    }
}

/// Returns the texts, of all languages, that [`merge`](super::merge) does not move to a class, in
/// the order of the file.
///
/// WMI accepts such texts and shows them to nobody: mostly a name is misspelt, or was changed in
/// the classes alone.
#[must_use]
pub fn misplaced<'a>(file: &File<'a>) -> Vec<MisplacedText<'a>> {
    let mut classes = BTreeMap::new();
    for object in file.objects {
        if let ObjectKind::Class(class) = &object.kind {
            if Amendment::of(object).is_none() {
                let key = (normal(object.namespace), Name(class.name));
                classes.entry(key).or_insert(class);
            }
        }
    }
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for Amendment {
        namespace,
        language,
        class: texts,
    } in file.objects.iter().filter_map(Amendment::of)
    {
        let mut finder = Finder {
            language,
            place: Place::class(texts),
            found: &mut found,
        };
        let key = (normal(namespace), Name(texts.name));
        match classes.get(&key) {
            None => finder.report(Misplacement::Class),
            Some(_) if !known.insert((language, key.clone())) => {
                finder.report(Misplacement::Repeated);
            }
            Some(class) => finder.class(class, texts),
        }
    }
    found
}

/// Compares one class with its texts.
struct Finder<'f, 'a> {
    language: u32,
    /// The place of the texts that are compared.
    place: Place<'a>,
    found: &'f mut Vec<MisplacedText<'a>>,
}

impl<'a> Finder<'_, 'a> {
    fn report(&mut self, reason: Misplacement<'a>) {
        let Place {
            class,
            member,
            parameter,
        } = self.place;
        self.found.push(MisplacedText {
            language: self.language,
            class,
            member,
            parameter,
            reason,
        });
    }

    /// Returns the finder for a member of the class, or for a parameter of the method.
    fn inner(&mut self, name: &'a str) -> Finder<'_, 'a> {
        Finder {
            language: self.language,
            place: self.place.inner(name),
            found: self.found,
        }
    }

    fn class(&mut self, class: &Class<'a>, texts: &Class<'a>) {
        self.qualifiers(class.qualifiers, texts.qualifiers);
        self.properties(class.properties, texts.properties, Misplacement::Member);
        let methods = by_name(class.methods, |it| it.name);
        for texts in texts.methods {
            let mut inner = self.inner(texts.name);
            match methods.get(&Name(texts.name)) {
                Some(method) => inner.method(method, texts),
                None => inner.report(Misplacement::Member),
            }
        }
    }

    fn method(&mut self, method: &Method<'a>, texts: &Method<'a>) {
        self.qualifiers(method.qualifiers, texts.qualifiers);
        self.properties(method.parameters, texts.parameters, Misplacement::Parameter);
    }

    /// Compares properties or parameters; `reason` is for those that are not declared.
    fn properties(
        &mut self,
        declared: &[Property<'a>],
        texts: &[Property<'a>],
        reason: Misplacement<'a>,
    ) {
        let declared = by_name(declared, |it| it.name);
        for texts in texts {
            let mut inner = self.inner(texts.name);
            match declared.get(&Name(texts.name)) {
                Some(property) => inner.qualifiers(property.qualifiers, texts.qualifiers),
                None => inner.report(reason),
            }
        }
    }

    /// Finds texts without the flavor of localised ones, unless they only repeat the declaration.
    fn qualifiers(&mut self, declared: Qualifiers<'a>, texts: Qualifiers<'a>) {
        let is_locale = |name| Name(name) == Name("Locale");
        let texts = texts
            .iter()
            .filter(|it| !is_text(it) && !is_locale(it.name));
        for text in texts {
            let is_readable = match text.value {
                Value::String(_) => true,
                Value::Array(values) => values.iter().any(|it| matches!(it, Value::String(_))),
                _ => false,
            };
            let repeats = declared
                .get(text.name)
                .is_some_and(|it| it.value == text.value);
            if is_readable && !repeats {
                self.report(Misplacement::Flavor(text.name));
            }
        }
    }
}
