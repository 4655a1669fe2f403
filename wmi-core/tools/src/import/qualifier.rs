//! Writes qualifiers as attributes: their own attribute if they have one, doc comments for
//! descriptions, `qualifier(..)` for the rest, and `order(..)` if the order differs.

use wmi_vocabulary::attribute::{Key, Takes, row_of_qualifier};
use wmi_vocabulary::has_nul;
use wmi_vocabulary::qualifier::{FIRST, Implied, ImpliedValue, Locale, place};
use wmi_vocabulary::spelling::meant_qualifier;
use wmi_vocabulary::text::c_comment;

use super::declaration::{flavors, free, identifier};
use super::meta::Meta;
use super::text::{exact_lines, readable_lines};
use wmi_core::schema::{Flavor, Qualifier, Qualifiers, Value};

/// The position of a list of qualifiers.
pub(super) struct Place<'p> {
    /// The attributes of the place.
    pub(super) keys: &'static [Key],
    /// Qualifiers made from the struct, which the derive refuses as free ones.
    pub(super) own: &'static [&'static str],
    /// Implied qualifiers, in the order the derive adds them.
    pub(super) implied: Vec<Implied>,
    /// Qualifiers that the derive makes from the item's type, with their flavors.
    pub(super) of_type: Vec<(String, Flavor)>,
    /// Whether texts are localised here, and whether they are by default.
    pub(super) amended: bool,
    pub(super) usually_amended: bool,
    /// Columns before the lines of a doc comment.
    pub(super) indent: usize,
    /// The exceptions to the general rule.
    pub(super) special: &'p dyn Fn(&Qualifier<'_>) -> Special,
}

/// How a qualifier is written.
pub(super) enum Special {
    /// By the general rule.
    General,
    /// As this attribute.
    Attribute(Meta),
    /// As a free qualifier.
    Free,
    /// Only by its name in the order.
    Ordered,
}

/// The attributes and the doc comment of one position.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) docs: Vec<String>,
    pub(super) metas: Vec<Meta>,
}

/// A qualifier that the derive would generate.
#[derive(Clone)]
struct Predicted {
    rank: usize,
    name: String,
    flavor: Flavor,
    meta: Option<Meta>,
}

/// Writes a list of qualifiers, or returns why Rust cannot express it.
pub(super) fn write(qualifiers: Qualifiers<'_>, place: &Place<'_>) -> Result<Written, String> {
    let wanted: Vec<&Qualifier<'_>> = qualifiers.iter().collect();
    for (index, qualifier) in wanted.iter().enumerate() {
        identifier(qualifier.name)?;
        if matches!(qualifier.value, Value::String(text) if has_nul(text)) {
            return Err(format!("`{}` contains a NUL", qualifier.name));
        }
        let earlier = wanted.iter().take(index);
        if earlier
            .copied()
            .any(|other| same(other.name, qualifier.name))
        {
            return Err(format!("the qualifier `{}` occurs twice", qualifier.name));
        }
    }
    let mut written = Written::default();
    let amended = localised(place.amended, place.usually_amended);
    let docs = documentation(&wanted, place, &mut written);
    let writer = Writer {
        place,
        wanted: &wanted,
        docs,
    };
    // Write implied qualifiers explicitly only if their position requires it.
    for explicit in [false, true] {
        let predicted = writer.predict(explicit, true)?;
        if writer.is_wanted(&predicted) {
            let metas = predicted.into_iter().filter_map(|item| item.meta);
            written.metas = metas.chain(amended).collect();
            return Ok(written);
        }
    }
    let predicted = writer.predict(false, false)?;
    let order = writer.order(&predicted)?;
    let metas = predicted.into_iter().filter_map(|item| item.meta);
    written.metas = metas.chain(amended).chain([order]).collect();
    Ok(written)
}

/// Returns `amended` or `amended = false` if the localisation differs from the default.
pub(super) fn localised(amended: bool, usually: bool) -> Option<Meta> {
    let attribute = if amended {
        "amended"
    } else {
        "amended = false"
    };
    (amended != usually).then(|| Meta::Leaf(attribute.to_string()))
}

/// Returns whether the derive would reject some qualifier as misspelt.
pub(super) fn misspelt(qualifiers: Qualifiers<'_>) -> bool {
    let mut names = qualifiers.iter().map(|qualifier| qualifier.name);
    names.any(|name| meant_qualifier(name).is_some())
}

/// Returns whether all texts are localised, or `None` without texts.
pub(super) fn amended(qualifiers: Qualifiers<'_>) -> Option<bool> {
    let mut texts = qualifiers
        .iter()
        .filter(|qualifier| is_text(qualifier))
        .map(|qualifier| qualifier.flavor.contains(Flavor::AMENDED))
        .peekable();
    texts.peek()?;
    Some(texts.all(|amended| amended))
}

/// Returns whether the derive localises the qualifier.
fn is_text(qualifier: &Qualifier<'_>) -> bool {
    let is = |name| same(qualifier.name, name);
    let has_text = matches!(qualifier.value, Value::String(text) if !text.is_empty());
    has_text && (is("Description") || is("DisplayName"))
}

/// Writes the doc comment; returns whether it is the complete description.
fn documentation(wanted: &[&Qualifier<'_>], place: &Place<'_>, written: &mut Written) -> bool {
    let description = wanted.iter().find(|other| same(other.name, "Description"));
    let Some(Value::String(text)) = description.map(|description| description.value) else {
        return false;
    };
    match exact_lines(text, place.indent) {
        Some(lines) => {
            written.docs = lines;
            true
        }
        None => {
            written.docs = readable_lines(text, place.indent);
            false
        }
    }
}

struct Writer<'w, 'p> {
    place: &'w Place<'p>,
    wanted: &'w [&'w Qualifier<'w>],
    /// Whether the description is the doc comment.
    docs: bool,
}

impl Writer<'_, '_> {
    /// Predicts the qualifiers that the derive generates from the attributes. `explicit` writes
    /// implied qualifiers; `switch_off` removes unwanted ones, as an order would.
    fn predict(&self, explicit: bool, switch_off: bool) -> Result<Vec<Predicted>, String> {
        let mut predicted = Vec::new();
        let mut silent = Vec::new();
        for qualifier in self.wanted {
            let implied = self.implied(qualifier.name);
            let is_implied = implied.is_some_and(|implied| value(implied.value) == qualifier.value);
            let is_doc = self.docs && same(qualifier.name, "Description");
            if self.is_of_type(qualifier.name) {
                continue;
            }
            let has_key = self.key(qualifier.name).is_some();
            if is_doc || (is_implied && !(explicit && has_key)) {
                silent.push(qualifier.name);
                continue;
            }
            predicted.push(self.written(qualifier)?);
        }
        for implied in &self.place.implied {
            let is_wanted = self
                .wanted
                .iter()
                .any(|other| same(other.name, implied.name));
            if is_wanted && !silent.iter().any(|name| same(name, implied.name)) {
                continue;
            }
            let key = self.key(implied.name);
            let mut item = Predicted {
                rank: implied.rank,
                name: implied.name.to_string(),
                flavor: Flavor::NONE,
                meta: None,
            };
            if let (false, true, Some((_, key))) = (is_wanted, switch_off, key) {
                if key.takes == Takes::Flag {
                    item.meta = Some(Meta::Leaf(format!("{} = false", key.name)));
                    item.name.clear();
                    predicted.push(item);
                    continue;
                }
            }
            insert(&mut predicted, item);
        }
        if self.docs {
            let (rank, flavor) = (self.rank("Description"), self.flavor_of_texts());
            let name = "Description".to_string();
            insert(
                &mut predicted,
                Predicted {
                    rank,
                    name,
                    flavor,
                    meta: None,
                },
            );
        }
        let of_type = self.place.of_type.iter().map(|(name, flavor)| Predicted {
            rank: usize::MAX,
            name: name.clone(),
            flavor: *flavor,
            meta: None,
        });
        predicted.extend(of_type);
        Ok(predicted)
    }

    fn is_wanted(&self, predicted: &[Predicted]) -> bool {
        let predicted = predicted.iter().filter(|item| !item.name.is_empty());
        let predicted = predicted.map(|item| (item.name.as_str(), item.flavor));
        predicted.eq(self.wanted.iter().map(|other| (other.name, other.flavor)))
    }

    /// Returns `order(..)` with all qualifiers, and the flavors that differ from the predicted
    /// ones.
    fn order(&self, predicted: &[Predicted]) -> Result<Meta, String> {
        let names = self.wanted.iter().map(|qualifier| {
            let usual = predicted
                .iter()
                .find(|item| same(&item.name, qualifier.name));
            let usual = usual.map_or(Flavor::NONE, |item| item.flavor);
            if usual == qualifier.flavor {
                return Ok(Meta::Leaf(qualifier.name.to_string()));
            }
            if qualifier.flavor == Flavor::NONE {
                return Err(format!("`{}` cannot be without flavors", qualifier.name));
            }
            let flavors = flavors(qualifier.flavor)?;
            Ok(Meta::Leaf(format!("{}{flavors}", qualifier.name)))
        });
        Ok(Meta::list("order", names.collect::<Result<Vec<_>, _>>()?))
    }

    /// Returns the attribute of a qualifier.
    fn written(&self, qualifier: &Qualifier<'_>) -> Result<Predicted, String> {
        let key = self.key(qualifier.name);
        let predicted = |rank, name: &str, flavor, meta| Predicted {
            rank,
            name: name.to_string(),
            flavor,
            meta,
        };
        let meta = match (self.place.special)(qualifier) {
            Special::Attribute(meta) => Some(meta),
            Special::General => self.attribute(qualifier),
            Special::Free => None,
            // An empty name is never wanted, so the order must name the qualifier.
            Special::Ordered => return Ok(predicted(usize::MAX, "", Flavor::NONE, None)),
        };
        if let (Some(meta), Some((rank, key))) = (meta, key) {
            let flavor = match key.is_amended() {
                true => self.flavor_of_texts(),
                false => Flavor::NONE,
            };
            let name = key.qualifier().unwrap_or_default();
            return Ok(predicted(rank, name, flavor, Some(meta)));
        }
        let is_own = self.place.own.iter().any(|own| same(own, qualifier.name));
        if is_own || self.implied(qualifier.name).is_some() {
            return Err(format!(
                "the qualifier `{}` has no such value",
                qualifier.name
            ));
        }
        let (rank, flavor) = (self.place.keys.len(), qualifier.flavor);
        Ok(predicted(
            rank,
            qualifier.name,
            flavor,
            Some(free(qualifier)?),
        ))
    }

    /// Returns the attribute from the table, if it accepts the value.
    fn attribute(&self, qualifier: &Qualifier<'_>) -> Option<Meta> {
        let (_, key) = self.key(qualifier.name)?;
        let name = key.name;
        Some(match (key.takes, qualifier.value) {
            (Takes::Flag | Takes::Switch, Value::Boolean(true)) => Meta::Leaf(name.to_string()),
            (Takes::Switch, Value::Boolean(false)) => Meta::Leaf(format!("{name} = false")),
            (Takes::Number(_) | Takes::Detail, Value::Integer(number))
                if key.takes.number(number) =>
            {
                Meta::Leaf(format!("{name} = {number}"))
            }
            (Takes::Locale, Value::String(text)) => match Locale::from_text(text) {
                Some(locale) => Meta::Leaf(format!("{name} = {:#x}", locale.value())),
                None => Meta::text(name, text),
            },
            (Takes::Quote, Value::String(text)) => {
                let documentation = self
                    .wanted
                    .iter()
                    .find(|other| same(other.name, "Description"));
                let repeats = documentation.is_some_and(|other| {
                    matches!(other.value, Value::String(shown) if !shown.is_empty()
                        && c_comment(shown).collect::<String>() == text)
                });
                if repeats {
                    Meta::Leaf(name.to_string())
                } else {
                    Meta::text(name, text)
                }
            }
            (Takes::Caption, Value::String(text)) if !text.is_empty() => Meta::text(name, text),
            (Takes::Text | Takes::Field, Value::String(text)) => Meta::text(name, text),
            _ => return None,
        })
    }

    fn implied(&self, name: &str) -> Option<&Implied> {
        self.place
            .implied
            .iter()
            .find(|implied| same(implied.name, name))
    }

    fn is_of_type(&self, name: &str) -> bool {
        self.place
            .of_type
            .iter()
            .any(|(other, _)| same(other, name))
    }

    /// Returns the row of a qualifier, and its rank.
    fn key(&self, name: &str) -> Option<(usize, &'static Key)> {
        row_of_qualifier(self.place.keys, name)
    }

    fn rank(&self, name: &str) -> usize {
        self.key(name).map_or(FIRST, |(rank, _)| rank)
    }

    fn flavor_of_texts(&self) -> Flavor {
        if self.place.amended {
            Flavor::AMENDED
        } else {
            Flavor::NONE
        }
    }
}

fn insert(predicted: &mut Vec<Predicted>, item: Predicted) {
    let at = place(predicted.iter().map(|other| other.rank), item.rank);
    predicted.insert(at, item);
}

/// Returns the value of an implied qualifier in the schema.
fn value(value: ImpliedValue) -> Value<'static> {
    match value {
        ImpliedValue::True => Value::Boolean(true),
        ImpliedValue::Number(number) => Value::Integer(number),
        ImpliedValue::Text(text) => Value::String(text),
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
