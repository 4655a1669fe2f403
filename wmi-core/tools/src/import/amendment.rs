//! Merges localised texts into the classes they amend.

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
    Class, File, Flavor, Instance, Method, Object, ObjectKind, Property, Qualifier, Qualifiers,
    Value,
};

/// Returns the schema with the texts of its amendments moved to their classes.
///
/// The binary MOF of a localised driver has its classes without texts, and again with only the
/// texts in the namespace of the language (`\\.\root\wmi\ms_409`). The result has the texts at the
/// classes themselves, like the MOF before it was split, so [`rust`](super::rust) writes them as
/// doc comments. The binary MOF of that source therefore differs from the driver's. If there are
/// several languages, English is used, or else the first one. Other languages, and amendments of
/// missing classes, are kept as they are.
///
/// Source: "Compiling a Driver's MOF File" and `mofcomp -amendment`.
#[must_use]
pub fn amended<'a>(arena: &'a Arena, file: &File<'a>) -> File<'a> {
    let Some(language) = language(file) else {
        return *file;
    };
    // If a class has several amendments, use the first.
    let mut count = 0usize;
    let mut amendments: BTreeMap<(String, Name<'a>), (usize, &Class<'a>)> = BTreeMap::new();
    for (index, object) in file.objects.iter().enumerate() {
        let Some(locale) = Locale::of(object).filter(|locale| locale.language == language) else {
            continue;
        };
        count = count.saturating_add(1);
        let key = (locale.namespace, Name(locale.class.name));
        amendments.entry(key).or_insert((index, locale.class));
    }
    let mut used = BTreeSet::new();
    let mut objects = Vec::with_capacity(file.objects.len());
    for object in file.objects {
        let mut object = *object;
        if let ObjectKind::Class(class) = &mut object.kind {
            let key = (normal(object.namespace), Name(class.name));
            if let Some((index, texts)) = amendments.get(&key) {
                *class = merge(arena, class, texts);
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
            ObjectKind::Instance(instance) => !(all_used && is_namespace(instance, &language)),
        }
    });
    let kept: Vec<_> = kept.map(|(_, object)| *object).collect();
    File::new(arena.list(&kept)).with_edition(file.edition)
}

/// Returns the last part of the namespace whose texts are used: `ms_409`.
fn language(file: &File<'_>) -> Option<String> {
    let mut languages = file.objects.iter().filter_map(Locale::of);
    let first = languages.next()?.language;
    let is_english = first == "ms_409" || languages.any(|other| other.language == "ms_409");
    Some(if is_english {
        "ms_409".to_string()
    } else {
        first
    })
}

/// The class that an amendment is for, and its language.
struct Locale<'a> {
    /// The namespace of the amended class, in its normal spelling.
    namespace: String,
    language: String,
    class: &'a Class<'a>,
}

impl<'a> Locale<'a> {
    fn of(object: &'a Object<'a>) -> Option<Self> {
        let ObjectKind::Class(class) = &object.kind else {
            return None;
        };
        if !class.qualifiers.flag("AMENDMENT") {
            return None;
        }
        let whole = normal(object.namespace);
        let (namespace, language) = whole.rsplit_once('\\')?;
        language.starts_with("ms_").then(|| Self {
            namespace: namespace.to_string(),
            language: language.to_string(),
            class,
        })
    }
}

fn is_namespace(instance: &Instance<'_>, language: &str) -> bool {
    let named = |value: &Value<'_>| matches!(value, Value::String(name) if same(name, language));
    same(instance.class, "__Namespace") && instance.values.iter().any(|value| named(&value.value))
}

fn merge<'a>(arena: &'a Arena, class: &Class<'a>, texts: &Class<'a>) -> Class<'a> {
    let properties = class.properties.iter().map(|property| {
        let texts = texts.property(property.name).map(|texts| texts.qualifiers);
        merge_property(arena, property, texts, FIELD_KEYS)
    });
    let methods = class.methods.iter().map(|method| {
        let is = |other: &&Method<'_>| same(other.name, method.name);
        match texts.methods.iter().find(is) {
            Some(texts) => merge_method(arena, method, texts),
            None => *method,
        }
    });
    let mut merged = class
        .with_properties(arena.list(&properties.collect::<Vec<_>>()))
        .with_methods(arena.list(&methods.collect::<Vec<_>>()));
    merged.qualifiers = merge_qualifiers(arena, class.qualifiers, texts.qualifiers, CLASS_KEYS);
    merged
}

fn merge_method<'a>(arena: &'a Arena, method: &Method<'a>, texts: &Method<'a>) -> Method<'a> {
    let parameters = method.parameters.iter().map(|parameter| {
        let is = |other: &&Property<'_>| same(other.name, parameter.name);
        let texts = texts.parameters.iter().find(is);
        let texts = texts.map(|texts| texts.qualifiers);
        merge_property(arena, parameter, texts, PARAMETER_KEYS)
    });
    let mut merged = method.with_parameters(arena.list(&parameters.collect::<Vec<_>>()));
    merged.qualifiers = merge_qualifiers(arena, method.qualifiers, texts.qualifiers, METHOD_KEYS);
    merged
}

fn merge_property<'a>(
    arena: &'a Arena,
    property: &Property<'a>,
    texts: Option<Qualifiers<'a>>,
    keys: &'static [Key],
) -> Property<'a> {
    let mut merged = *property;
    if let Some(texts) = texts {
        merged.qualifiers = merge_qualifiers(arena, property.qualifiers, texts, keys);
    }
    merged
}

/// Adds the localised qualifiers among `texts` where they are missing, in their usual positions.
fn merge_qualifiers<'a>(
    arena: &'a Arena,
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
    for text in texts
        .iter()
        .filter(|text| text.flavor.contains(Flavor::AMENDED))
    {
        if qualifiers.get(text.name).is_some() {
            continue;
        }
        // Splitting adds `ToSubclass`, so that derived classes inherit the text.
        let split = Flavor::AMENDED.union(Flavor::TO_SUBCLASS);
        let flavor = if text.flavor == split {
            Flavor::AMENDED
        } else {
            text.flavor
        };
        let at = place(merged.iter().map(|other| rank(other.name)), rank(text.name));
        merged.insert(at, text.with_flavor(flavor));
    }
    Qualifiers::new(arena.list(&merged))
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
