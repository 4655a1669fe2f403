//! Reads `#[wmi(..)]` into typed slots, one for each row of the table in
//! [`wmi_vocabulary::attribute`]. A slot reports its own faults; [`model`](crate::model) checks
//! several attributes together.

mod free;
pub(crate) mod value;

use core::mem;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Meta};
use wmi_vocabulary::attribute::{
    Allow, CLASS_KEYS, ENUM_KEYS, FIELD_KEYS, FLAGS_KEYS, Key, METHOD_KEYS, PARAMETER_KEYS,
    SYNONYMS, VARIANT_KEYS, row_of_qualifier,
};
use wmi_vocabulary::near::nearest;

use crate::fault::{Faults, message};
use crate::model::QualifierValue;
pub(crate) use free::{FreeProperty, FreeQualifier, FreeValue, Named};
use value::Value;

/// An attribute as written.
pub(crate) struct Given<T> {
    /// The name, for faults of the attribute.
    pub(crate) name: Span,
    /// The value, for faults of the value; the name if there is no value.
    pub(crate) span: Span,
    /// `None` if the value is invalid, which has been reported.
    pub(crate) value: Option<T>,
    /// The position among the attributes of a place, in source order.
    pub(crate) position: usize,
}

/// The slot of an attribute, which has a row in the table.
pub(crate) struct Slot<T> {
    pub(crate) key: &'static Key,
    /// At most one, unless the attribute may be repeated.
    given: Vec<Given<T>>,
}

impl<T> Slot<T> {
    /// Returns the attribute as written, even if its value is invalid.
    pub(crate) fn given(&self) -> Option<&Given<T>> {
        self.given.first()
    }

    pub(crate) fn is_given(&self) -> bool {
        !self.given.is_empty()
    }

    pub(crate) fn value(&self) -> Option<&T> {
        self.given()?.value.as_ref()
    }

    /// Returns every given attribute with a valid value.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Given<T>, &T)> {
        let given = self.given.iter();
        given.filter_map(|given| Some((given, given.value.as_ref()?)))
    }
}

impl Slot<value::Flag> {
    /// Returns the flag, or `None` if it is not given.
    pub(crate) fn flag(&self) -> Option<bool> {
        self.value().map(|flag| flag.0)
    }

    pub(crate) fn is_on(&self) -> bool {
        self.flag().unwrap_or(false)
    }
}

impl Slot<value::Allow> {
    pub(crate) fn has(&self, what: Allow) -> bool {
        self.value()
            .is_some_and(|allow| allow.words.contains(&what))
    }
}

impl Slot<FreeValue> {
    /// Returns the value and its span.
    pub(crate) fn located(&self) -> Option<(FreeValue, Span)> {
        let given = self.given()?;
        Some((given.value.clone()?, given.span))
    }
}

impl Slot<value::Path> {
    /// The path of `wmi_core`.
    pub(crate) fn krate(&self) -> TokenStream {
        match self.value() {
            Some(value::Path(path)) => path.to_token_stream(),
            None => quote!(::wmi_core),
        }
    }
}

/// A written attribute that becomes a qualifier.
pub(crate) struct Written {
    pub(crate) key: &'static Key,
    pub(crate) name: Span,
    pub(crate) position: usize,
    /// The value of the qualifier, or the fault.
    pub(crate) value: Result<QualifierValue, String>,
}

/// A slot of any type.
pub(crate) trait AnySlot {
    fn key(&self) -> &'static Key;
    /// Returns the span of the attribute's name, if it was written.
    fn name(&self) -> Option<Span>;
    /// Reads the attribute from the tokens after its name.
    fn read(&mut self, entry: &Entry, faults: &mut Faults);
    /// Returns the attribute as a qualifier, if it becomes one; `documentation` is the description
    /// of the place.
    fn written(&self, documentation: Option<&str>) -> Option<Written>;
}

impl<T: Value> AnySlot for Slot<T> {
    fn key(&self) -> &'static Key {
        self.key
    }

    fn name(&self) -> Option<Span> {
        self.given().map(|given| given.name)
    }

    fn read(&mut self, entry: &Entry, faults: &mut Faults) {
        if let Some(earlier) = self.given().filter(|_| !T::REPEATS) {
            faults.push(entry.name, message::duplicate(self.key.name));
            faults.push(earlier.name, message::first_given(self.key.name));
            return;
        }
        let span = entry.value_span();
        let parser = |input: ParseStream<'_>| T::parse(self.key, input);
        let value = parser.parse2(entry.value.clone()).ok();
        match &value {
            Some(value) => value.check(self.key, span, faults),
            None => faults.push(span, T::usage(self.key.name)),
        }
        self.given.push(Given {
            name: entry.name,
            span,
            value,
            position: entry.position,
        });
    }

    fn written(&self, documentation: Option<&str>) -> Option<Written> {
        self.key.qualifier()?;
        let given = self.given()?;
        let value = given.value.as_ref()?.qualifier(documentation).transpose()?;
        Some(Written {
            key: self.key,
            name: given.name,
            position: given.position,
            value,
        })
    }
}

/// The attributes of one place.
pub(crate) trait Attributes {
    const KEYS: &'static [Key];
    /// The place, as named in messages.
    const PLACE: &'static str;

    /// Returns the attributes of a place without any.
    fn none() -> Self;
    /// In the order of the table.
    fn slots(&self) -> Vec<&dyn AnySlot>;
    fn slot(&mut self, name: &str) -> Option<&mut dyn AnySlot>;
}

macro_rules! slots {
    ($(
        $(#[$doc:meta])*
        $keys:ident $attributes:ident $place:literal {
            $(
                $slot:ident $name:literal $takes:ident $(($($takes_arg:ident)+))?
                $becomes:ident $(($qualifier:literal))? $(on $($kind:ident)+)?;
            )*
        }
    )*) => {$(
        $(#[$doc])*
        pub(crate) struct $attributes {
            $(pub(crate) $slot: Slot<value::$takes>,)*
        }

        impl Attributes for $attributes {
            const KEYS: &'static [Key] = $keys;
            const PLACE: &'static str = $place;

            fn none() -> Self {
                let mut keys = $keys.iter();
                let mut key = || keys.next().expect("each slot has a row");
                Self {
                    $($slot: Slot { key: key(), given: Vec::new() },)*
                }
            }

            fn slots(&self) -> Vec<&dyn AnySlot> {
                vec![$(&self.$slot),*]
            }

            fn slot(&mut self, name: &str) -> Option<&mut dyn AnySlot> {
                match name {
                    $($name => Some(&mut self.$slot),)*
                    _ => None,
                }
            }
        }
    )*};
}

wmi_vocabulary::attributes!(slots);

/// The attributes of a place with qualifiers.
pub(crate) trait Qualified: Attributes {
    fn allow(&self) -> &Slot<value::Allow>;
    fn amended(&self) -> &Slot<value::Flag>;
    fn order(&self) -> &Slot<value::Order>;
    fn description(&self) -> &Slot<value::Caption>;
    fn free(&self) -> &Slot<FreeQualifier>;
}

macro_rules! qualified {
    ($($attributes:ident)*) => {$(
        impl Qualified for $attributes {
            fn allow(&self) -> &Slot<value::Allow> {
                &self.allow
            }

            fn amended(&self) -> &Slot<value::Flag> {
                &self.amended
            }

            fn order(&self) -> &Slot<value::Order> {
                &self.order
            }

            fn description(&self) -> &Slot<value::Caption> {
                &self.description
            }

            fn free(&self) -> &Slot<FreeQualifier> {
                &self.qualifier
            }
        }
    )*};
}

qualified!(ClassAttributes FieldAttributes MethodAttributes ParameterAttributes);

/// One entry of a list: a name, and the tokens after it.
pub(crate) struct Entry {
    name: Span,
    value: TokenStream,
    position: usize,
}

impl Entry {
    /// Returns the span of the value's first token, which follows the `=`.
    fn value_span(&self) -> Span {
        let second = self.value.clone().into_iter().nth(1);
        second.map_or(self.name, |token| token.span())
    }
}

/// Reads all `#[wmi(..)]` among `attributes`. `Other` are the attributes of the place around or
/// inside this one, to report misplaced attributes.
pub(crate) fn read<A: Attributes, Other: Attributes>(
    attributes: &[Attribute],
    faults: &mut Faults,
) -> A {
    let mut read = A::none();
    let mut guesses = Vec::new();
    let mut position = 0;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("wmi"))
    {
        let Meta::List(list) = &attribute.meta else {
            faults.push_under(&attribute.meta, message::no_list());
            continue;
        };
        for (entry, comma) in split_at_commas(list.tokens.clone()) {
            let mut tokens = entry.into_iter();
            let name = match tokens.next() {
                Some(TokenTree::Ident(name)) => name,
                other => {
                    let place = other.map(|token| token.span()).or(comma);
                    let place = place.expect("an empty entry ends in a comma");
                    faults.push(place, message::no_attribute_name());
                    continue;
                }
            };
            let entry = Entry {
                name: name.span(),
                value: tokens.collect(),
                position,
            };
            position += 1;
            match read.slot(&name.to_string()) {
                Some(slot) => slot.read(&entry, faults),
                None => guesses.extend(unknown::<A, Other>(&name, faults).zip(Some(entry))),
            }
        }
    }
    // A misspelt attribute is read as the one that was probably meant, so that its absence is not a
    // second fault.
    for (meant, entry) in guesses {
        if let Some(slot) = read.slot(meant).filter(|slot| slot.name().is_none()) {
            slot.read(&entry, &mut Faults::default());
        }
    }
    read
}

/// Splits a list into entries, so that a fault in one does not hide the others; each with the span
/// of the comma that ends it.
fn split_at_commas(tokens: TokenStream) -> Vec<(TokenStream, Option<Span>)> {
    let mut entries = Vec::new();
    let mut entry = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                entries.push((mem::take(&mut entry), Some(punct.span())));
            }
            token => entry.extend([token]),
        }
    }
    // A trailing comma is allowed.
    if !entry.is_empty() {
        entries.push((entry, None));
    }
    entries
}

/// Reports an unknown name, and returns the attribute that was probably meant.
fn unknown<A: Attributes, Other: Attributes>(
    name: &Ident,
    faults: &mut Faults,
) -> Option<&'static str> {
    let text = name.to_string();
    let names = || A::KEYS.iter().map(|key| key.name);
    let of_qualifier = || row_of_qualifier(A::KEYS, &text).map(|(_, key)| key.name);
    let near = nearest(&text, names())
        .or_else(|| synonym(&text, names()))
        .or_else(of_qualifier);
    let message = if Other::KEYS.iter().any(|key| key.name == text) {
        message::misplaced(text, Other::PLACE, A::PLACE)
    } else if let Some(near) = near {
        message::unknown_attribute_near(text, near)
    } else if names().any(|name| name == "qualifier") {
        message::unknown_attribute_or_qualifier(text)
    } else {
        let known: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        message::unknown_attribute(text, known.join(", "))
    };
    faults.push(name.span(), message);
    near
}

/// Returns the attribute that a common misnomer means.
fn synonym(name: &str, mut known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let (_, meant) = SYNONYMS.iter().find(|(synonym, _)| *synonym == name)?;
    known.find(|known| known == meant)
}
