//! Rust names for WMI names.

use std::collections::{BTreeMap, BTreeSet};

use wmi_core::schema::Property;
use wmi_vocabulary::rust_name::{
    BLOCK_METHODS, CLASS_CONSTANTS, CLASS_METHODS, base_name, pascal_case,
};

/// Returns the words of a name in lower case: `OSBus` gives `os` and `bus`, `GetLUNs2` gives `get`
/// and `luns2`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (index, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.extend(some(core::mem::take(&mut word)));
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| chars.get(before));
        let after = |distance| index.checked_add(distance).and_then(|at| chars.get(at));
        let is_lower = |c: Option<&char>| c.is_some_and(|c| c.is_lowercase());
        // `LUNs`: the plural s belongs to the acronym.
        let plural = after(1) == Some(&'s') && !is_lower(after(2));
        let starts = c.is_uppercase()
            && (!before.is_some_and(|c| c.is_uppercase()) || (is_lower(after(1)) && !plural));
        if starts {
            words.extend(some(core::mem::take(&mut word)));
        }
        word.extend(c.to_lowercase());
    }
    words.extend(some(word));
    words
}

fn some(word: String) -> Option<String> {
    (!word.is_empty()).then_some(word)
}

/// Returns the name of a type.
pub(crate) fn type_name(name: &str) -> String {
    let pascal: String = pascal_case(&words(name).join("_")).collect();
    if pascal.starts_with(|c: char| c.is_alphabetic()) {
        pascal
    } else {
        format!("N{pascal}")
    }
}

/// Returns the name of a field.
pub(crate) fn field_name(name: &str) -> String {
    let snake = words(name).join("_");
    if snake.starts_with(|c: char| c.is_alphabetic()) {
        snake
    } else {
        format!("n{snake}")
    }
}

/// Returns whether the derive makes the WMI name from a field of this name, which may be the base of a
/// counter.
pub(super) fn restores(field: &str, name: &str, is_base: bool) -> bool {
    if is_base {
        base_name(field).eq(name.chars())
    } else {
        pascal_case(field).eq(name.chars())
    }
}

/// Returns the name as written in the source: a Rust keyword becomes a raw identifier.
pub(crate) fn ident(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_string()
    }
}

/// Keywords of Rust 2024. `crate`, `self` and `super` cannot be raw and are avoided.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

const NEVER_RAW: &[&str] = &["crate", "self", "super"];

/// The type names in use.
pub(super) struct Types {
    taken: BTreeSet<String>,
    /// The claimed names in order.
    claimed: Vec<String>,
    /// The last number of each numbered name.
    numbers: BTreeMap<String, u32>,
}

impl Types {
    pub(super) fn new() -> Self {
        // Names that the source imports, or that readers would mistake.
        let known = [
            "AtomicBool",
            "AtomicI16",
            "AtomicI32",
            "AtomicI64",
            "AtomicI8",
            "AtomicU16",
            "AtomicU32",
            "AtomicU64",
            "AtomicU8",
            "Box",
            "ChangeFlags",
            "Char16",
            "Class",
            "Count",
            "DateTime",
            "Edition",
            "Err",
            "Flags",
            "None",
            "Ok",
            "Option",
            "Result",
            "Schema",
            "Self",
            "Some",
            "String",
            "Text",
            "Vec",
            "WmiClass",
            "WmiEnum",
            "WmiFlags",
            "WmiMethod",
        ];
        Self {
            taken: known.into_iter().map(ToString::to_string).collect(),
            claimed: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// Returns the number of claimed names.
    pub(super) fn count(&self) -> usize {
        self.claimed.len()
    }

    /// Frees the names that were claimed after the first `count`.
    pub(super) fn release_after(&mut self, count: usize) {
        for name in self.claimed.split_off(count.min(self.claimed.len())) {
            self.taken.remove(&name);
        }
    }

    /// Claims the first of these names that is free, together with the names that the derive makes
    /// of it. If none is free, claims the last one with a number.
    pub(super) fn claim(&mut self, candidates: &[String], made: &[&str]) -> String {
        let last = candidates.last().map_or("", String::as_str);
        let start = self.numbers.get(last).copied().unwrap_or(2);
        let numbered = (start..).map(|number| format!("{last}{number}"));
        let mut names = candidates.iter().cloned().chain(numbered).zip(0..);
        let all = |name: &str| -> Vec<String> {
            let made = made.iter().map(|suffix| format!("{name}{suffix}"));
            core::iter::once(name.to_string()).chain(made).collect()
        };
        let is_free = |(name, _): &(String, usize)| {
            let mut all = all(name).into_iter();
            all.all(|name| !self.taken.contains(&name))
        };
        let (name, tried) = names.find(is_free).unwrap_or_default();
        if let Some(number) = tried.checked_sub(candidates.len()) {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            self.numbers
                .insert(last.to_string(), start.saturating_add(number));
        }
        for name in all(&name) {
            self.claimed.push(name.clone());
            self.taken.insert(name);
        }
        name
    }
}

/// The field names in use in a struct.
pub(super) struct Fields {
    names: BTreeSet<String>,
}

impl Fields {
    /// Creates the names for a struct with or without methods of its own.
    pub(super) fn new(has_methods: bool) -> Self {
        let mut names: BTreeSet<_> = NEVER_RAW.iter().map(ToString::to_string).collect();
        if has_methods {
            let constants = CLASS_CONSTANTS.iter().map(|name| name.to_lowercase());
            names.extend(constants);
            names.extend(
                [CLASS_METHODS, BLOCK_METHODS]
                    .concat()
                    .iter()
                    .map(ToString::to_string),
            );
        }
        Self { names }
    }

    /// Reserves the names by which arrays spell their counts in another case: `size_is` with a
    /// field's name means the field, and would lose the spelling.
    pub(super) fn avoid_counts<'a>(&mut self, properties: &[&Property<'a>]) {
        let counts = properties.iter().filter_map(|property| property.size_is());
        let is_exact = |count: &&str| properties.iter().any(|other| other.name == *count);
        let misspelt = counts.filter(|count| !is_exact(count));
        self.names.extend(misspelt.map(ToString::to_string));
    }

    /// Claims a name for this property, together with the names of its methods, of which it gets what
    /// stands before and behind the name.
    pub(super) fn claim(&mut self, name: &str, methods: &[(&str, &str)]) -> String {
        let field = field_name(name);
        // A trailing underscore does not change the derived WMI name.
        let numbered = (2u32..).map(|number| format!("{field}_{number}"));
        let mut candidates = [field.clone(), format!("{field}_")]
            .into_iter()
            .chain(numbered);
        let all = |name: &str| -> Vec<String> {
            let made = methods.iter();
            let made = made.map(|(before, behind)| format!("{before}{name}{behind}"));
            core::iter::once(name.to_string()).chain(made).collect()
        };
        let is_free = |name: &String| all(name).iter().all(|name| !self.names.contains(name));
        let name = candidates.find(is_free).unwrap_or_default();
        self.names.extend(all(&name));
        name
    }
}
