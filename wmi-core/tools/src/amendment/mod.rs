//! Localised texts that a schema keeps apart from its classes. Owns how they come back to the
//! classes, and which of them cannot; [`FileMof`](wmi_core::mof::FileMof) owns how they are split off.
//!
//! A localised driver has its classes without texts, and again with nothing but texts in the
//! namespace of each language (`\\\\.\\root\\wmi\\ms_409`).
//!
//! ```
//! use wmi_tools::mof::Reader;
//! use wmi_tools::{Arena, amendment};
//!
//! let neutral = br"[WMI] class Vendor_Disk { [WmiDataId(1)] uint64 Size; };";
//! let german = br#"
//!     #pragma namespace("\\\\.\\root\\wmi\\ms_407")
//!     [AMENDMENT, LOCALE(0x407), Description("Eine Platte") : amended] class Vendor_Disk {};
//! "#;
//! let arena = Arena::new();
//! let reading = Reader::new(&arena).read_all(&[("a.mof", neutral), ("de.mfl", german)]);
//! assert_eq!(amendment::languages(&reading.file), [0x407]);
//! let file = amendment::merge(&arena, &reading.file, None);
//! let class = file.classes().next().unwrap();
//! assert_eq!(class.qualifiers.text("Description"), Some("Eine Platte"));
//! ```

mod misplaced;

pub use misplaced::{MisplacedText, Misplacement, misplaced};

use std::collections::{BTreeMap, BTreeSet};

use wmi_vocabulary::attribute::{
    CLASS_KEYS, FIELD_KEYS, Key, METHOD_KEYS, PARAMETER_KEYS, row_of_qualifier,
};
use wmi_vocabulary::kind::ClassKind;
use wmi_vocabulary::qualifier::{FIRST, IMPLIED_BY_METHOD, place};

use crate::Arena;
use crate::classes::Name;
use crate::namespace::normal;
use wmi_core::schema::{
    Class, File, Flavor, Method, Object, ObjectKind, Property, Qualifier, Qualifiers,
};

/// US English, the fallback of WMI.
const ENGLISH: u32 = 0x409;

/// Returns the languages of a file's amendments as `LANGID`s, each once, in order.
#[must_use]
pub fn languages(file: &File<'_>) -> Vec<u32> {
    let mut known = BTreeSet::new();
    let amendments = file.objects.iter().filter_map(Amendment::of);
    let languages = amendments.map(|amendment| amendment.language);
    languages
        .filter(|language| known.insert(*language))
        .collect()
}

/// Returns the file with the texts of one language moved to the classes that they amend.
///
/// The result has the texts at the classes themselves, like the MOF before `mofcomp -AMENDMENT`
/// split it, in the usual positions. Without a language, English is used, or else the first one,
/// and texts that a class already has stay. The texts of a given language also replace those.
/// Other languages, and amendments of missing classes, are kept as they are. [`misplaced`] returns
/// the texts that have no place at a class.
///
/// Source: "Compiling a Driver's MOF File" and `mofcomp -AMENDMENT`.
#[must_use]
pub fn merge<'a>(arena: &'a Arena, file: &File<'a>, language: Option<u32>) -> File<'a> {
    merge_as(arena, file, language, |flavor| flavor)
}

/// Returns the file once for each of its [`languages`], with the texts of that one at the classes.
#[must_use]
pub fn merge_each<'a>(arena: &'a Arena, file: &File<'a>) -> Vec<(u32, File<'a>)> {
    let languages = languages(file).into_iter();
    let merged = languages.map(|language| (language, merge(arena, file, Some(language))));
    merged.collect()
}

/// Merges like [`merge`], with the flavor of each moved text passed through `flavor`.
pub(crate) fn merge_as<'a>(
    arena: &'a Arena,
    file: &File<'a>,
    language: Option<u32>,
    flavor: fn(Flavor) -> Flavor,
) -> File<'a> {
    let chosen = match language {
        Some(language) => language,
        None => match *languages(file) {
            [] => return *file,
            ref several if several.contains(&ENGLISH) => ENGLISH,
            [first, ..] => first,
        },
    };
    let merger = Merger {
        arena,
        replaces: language.is_some(),
        flavor,
    };
    // If a class has several amendments, use the first.
    let mut count = 0usize;
    let mut amendments: BTreeMap<(String, Name<'a>), (usize, &Class<'a>)> = BTreeMap::new();
    for (index, object) in file.objects.iter().enumerate() {
        let Some(amendment) = Amendment::of(object).filter(|it| it.language == chosen) else {
            continue;
        };
        count = count.saturating_add(1);
        let key = (normal(amendment.namespace), Name(amendment.class.name));
        amendments.entry(key).or_insert((index, amendment.class));
    }
    if amendments.is_empty() {
        return *file;
    }
    let mut used = BTreeSet::new();
    let mut objects = Vec::with_capacity(file.objects.len());
    for object in file.objects {
        let mut object = *object;
        if let ObjectKind::Class(class) = &mut object.kind {
            let key = (normal(object.namespace), Name(class.name));
            if let Some((index, texts)) = amendments.get(&key) {
                *class = merger.class(class, texts);
                used.insert(*index);
            }
        }
        objects.push(object);
    }
    let all_used = used.len() == count;
    let kept = objects.iter().enumerate().filter(|(index, object)| {
        match &object.kind {
            ObjectKind::Class(_) => !used.contains(index),
            // Drop the instance that creates the namespace of the language.
            ObjectKind::Instance(instance) => !(all_used && instance.locale() == Some(chosen)),
        }
    });
    let kept: Vec<_> = kept.map(|(_, object)| *object).collect();
    File::new(arena.list(&kept)).with_edition(file.edition)
}

/// The texts of a class, the namespace of that class, and their language.
struct Amendment<'a> {
    namespace: &'a str,
    language: u32,
    class: &'a Class<'a>,
}

impl<'a> Amendment<'a> {
    fn of(object: &'a Object<'a>) -> Option<Self> {
        let ObjectKind::Class(class) = &object.kind else {
            return None;
        };
        let (namespace, language) = object.locale().filter(|_| class.is_amendment())?;
        Some(Self {
            namespace,
            language,
            class,
        })
    }
}

/// Adds texts to classes.
struct Merger<'a> {
    arena: &'a Arena,
    /// Whether the texts replace those that a class already has.
    replaces: bool,
    flavor: fn(Flavor) -> Flavor,
}

impl<'a> Merger<'a> {
    fn class(&self, class: &Class<'a>, texts: &Class<'a>) -> Class<'a> {
        let methods_of_texts = by_name(texts.methods, |it| it.name);
        let methods =
            class
                .methods
                .iter()
                .map(|method| match methods_of_texts.get(&Name(method.name)) {
                    Some(texts) => self.method(method, texts),
                    None => *method,
                });
        let mut merged = class
            .with_properties(self.properties(class.properties, texts.properties, FIELD_KEYS))
            .with_methods(self.arena.list(&methods.collect::<Vec<_>>()));
        merged.qualifiers = self.qualifiers(class.qualifiers, texts.qualifiers, CLASS_KEYS);
        merged
    }

    fn method(&self, method: &Method<'a>, texts: &Method<'a>) -> Method<'a> {
        let parameters = self.properties(method.parameters, texts.parameters, PARAMETER_KEYS);
        let mut merged = method.with_parameters(parameters);
        merged.qualifiers = self.qualifiers(method.qualifiers, texts.qualifiers, METHOD_KEYS);
        merged
    }

    /// Adds the texts to properties or parameters.
    fn properties(
        &self,
        properties: &[Property<'a>],
        texts: &[Property<'a>],
        keys: &'static [Key],
    ) -> &'a [Property<'a>] {
        let texts = by_name(texts, |it| it.name);
        let merged = properties.iter().map(|property| {
            let mut merged = *property;
            if let Some(texts) = texts.get(&Name(property.name)) {
                merged.qualifiers = self.qualifiers(property.qualifiers, texts.qualifiers, keys);
            }
            merged
        });
        self.arena.list(&merged.collect::<Vec<_>>())
    }

    /// Adds the localised qualifiers among `texts`, in their usual positions.
    fn qualifiers(
        &self,
        qualifiers: Qualifiers<'a>,
        texts: Qualifiers<'a>,
        keys: &'static [Key],
    ) -> Qualifiers<'a> {
        let of_classes = [ClassKind::Registered, ClassKind::Static].map(ClassKind::implied);
        let rank = |name: &str| {
            let mut implied = of_classes.into_iter().chain([IMPLIED_BY_METHOD]).flatten();
            if implied.any(|implied| same(implied.name, name)) {
                return FIRST;
            }
            let after_all = keys.len().saturating_add(1);
            row_of_qualifier(keys, name).map_or(after_all, |(rank, _)| rank)
        };
        let mut merged: Vec<Qualifier<'a>> = qualifiers.iter().copied().collect();
        for text in texts.iter().filter(|text| is_text(text)) {
            let text = text.with_flavor((self.flavor)(text.flavor));
            let known = merged.iter_mut().find(|known| same(known.name, text.name));
            match known {
                Some(known) if self.replaces => {
                    known.value = text.value;
                    known.flavor = known.flavor.union(Flavor::AMENDED);
                }
                Some(_) => {}
                None => {
                    let at = place(merged.iter().map(|other| rank(other.name)), rank(text.name));
                    merged.insert(at, text);
                }
            }
        }
        Qualifiers::new(self.arena.list(&merged))
    }
}

/// Returns members by name; of several, the first.
fn by_name<'l, 'a, T>(list: &'l [T], name: impl Fn(&T) -> &'a str) -> BTreeMap<Name<'a>, &'l T> {
    let mut members = BTreeMap::new();
    for member in list {
        members.entry(Name(name(member))).or_insert(member);
    }
    members
}

fn is_text(qualifier: &Qualifier<'_>) -> bool {
    qualifier.flavor.contains(Flavor::AMENDED)
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
