//! Reads `#[wmi(..)]` by the tables of [`wmi_vocabulary::attribute`].

mod free;

use core::mem;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Lit, LitStr, Meta, Path, Token};

use wmi_vocabulary::attribute::Takes::{Flag, List, Locale, Number, Text, TextOrNothing};
pub(crate) use wmi_vocabulary::attribute::{
    Becomes, CLASS_KEYS, ENUM_KEYS, FIELD_KEYS, FLAGS_KEYS, Key, METHOD_KEYS, PARAMETER_KEYS,
    SYNONYMS, Takes, VARIANT_KEYS,
};

pub(crate) use free::{FreeProperty, FreeQualifier, FreeValue, Named};

use crate::fault::{Faults, message, nearest};

/// The row of a name, which is known to be there.
pub(crate) fn row(keys: &'static [Key], name: &str) -> (usize, &'static Key) {
    keys.iter()
        .enumerate()
        .find(|(_, key)| key.name == name)
        .expect("the table has this row")
}

/// A value as it was written.
pub(crate) enum Value {
    Nothing,
    Flag(bool),
    Text(LitStr),
    Number(i64),
    Path(Path),
    List(Vec<Ident>),
    Paths(Vec<Path>),
    Literal(FreeValue),
    Qualifier(FreeQualifier),
    Order(Vec<Named>),
    Properties(Vec<FreeProperty>),
    /// Not what the attribute takes; its fault is reported.
    Wrong,
}

/// One attribute as it was written.
pub(crate) struct Argument {
    pub(crate) key: &'static Key,
    /// The name, where faults of the attribute are shown.
    pub(crate) name: Span,
    /// The value, where faults of the value are shown; the name where there is none.
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// The attributes of one struct or field, each at most once, in the order they are written.
pub(crate) struct Arguments(Vec<Argument>);

impl Arguments {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Argument> {
        self.0.iter()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|argument| argument.key.name == name)
    }

    /// The path of `wmi_core`.
    pub(crate) fn krate(&self) -> TokenStream {
        match self.get("crate").map(|argument| &argument.value) {
            Some(Value::Path(path)) => path.to_token_stream(),
            _ => quote!(::wmi_core),
        }
    }

    pub(crate) fn paths(&self, name: &str) -> &[Path] {
        match self.get(name).map(|argument| &argument.value) {
            Some(Value::Paths(paths)) => paths,
            _ => &[],
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&LitStr> {
        match &self.get(name)?.value {
            Value::Text(literal) => Some(literal),
            _ => None,
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        match self.get(name)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A flag as it is written, or `None` where it is not.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)?.value {
            Value::Flag(on) => Some(on),
            _ => None,
        }
    }

    pub(crate) fn allows(&self, what: &str) -> bool {
        self.0.iter().any(|argument| match &argument.value {
            Value::List(names) => names.iter().any(|name| name == what),
            _ => false,
        })
    }
}

/// Reads all `#[wmi(..)]` among `attributes` by the table `keys`; `other` is the table of the
/// other place, for attributes that stand in the wrong one.
pub(crate) fn read(
    attributes: &[Attribute],
    keys: &'static [Key],
    other: &'static [Key],
    faults: &mut Faults,
) -> Arguments {
    let mut arguments: Vec<Argument> = Vec::new();
    let mut guesses = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("wmi"))
    {
        let Meta::List(list) = &attribute.meta else {
            faults.push_under(&attribute.meta, message::no_list());
            continue;
        };
        for (entry, comma) in split_at_commas(list.tokens.clone()) {
            let name = match entry.clone().into_iter().next() {
                Some(TokenTree::Ident(name)) => name,
                other => {
                    let place = other.map(|token| token.span()).or(comma);
                    let place = place.expect("an empty entry ends in a comma");
                    faults.push(place, message::no_attribute_name());
                    continue;
                }
            };
            let Some(key) = keys.iter().find(|key| name == key.name) else {
                // Taken for what was probably meant, so that it is no second fault that this is
                // missing.
                let guess = unknown(&name, keys, other, faults);
                guesses
                    .extend(guess.map(|key| read_entry(key, &name, entry, &mut Faults::default())));
                continue;
            };
            let argument = read_entry(key, &name, entry, faults);
            match arguments.iter().find(|earlier| earlier.key == key) {
                Some(earlier) if key.takes != Takes::Qualifier => {
                    faults.push(argument.name, message::duplicate(key.name));
                    faults.push(earlier.name, message::first_given(key.name));
                }
                _ => arguments.push(argument),
            }
        }
    }
    for guess in guesses {
        if arguments.iter().all(|argument| argument.key != guess.key) {
            arguments.push(guess);
        }
    }
    Arguments(arguments)
}

/// The entries of a list, so that a fault in one does not hide the others; each with the place of
/// the comma that ends it.
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
    // A comma may end the list.
    if !entry.is_empty() {
        entries.push((entry, None));
    }
    entries
}

fn read_entry(
    key: &'static Key,
    name: &Ident,
    entry: TokenStream,
    faults: &mut Faults,
) -> Argument {
    let value = entry.into_iter().skip(1).collect::<TokenStream>();
    let span = value
        .clone()
        .into_iter()
        .nth(1)
        .map_or(name.span(), |token| token.span());
    let value = (|input: ParseStream<'_>| read_value(key, input))
        .parse2(value)
        .ok()
        .and_then(|value| fit(key, value));
    match &value {
        Some(value) => check_value(key, value, span, faults),
        None => faults.push(span, wrong_value(key)),
    }
    Argument {
        key,
        name: name.span(),
        span,
        value: value.unwrap_or(Value::Wrong),
    }
}

/// Reports an unknown name; the row that was probably meant.
fn unknown(
    name: &Ident,
    keys: &'static [Key],
    other: &'static [Key],
    faults: &mut Faults,
) -> Option<&'static Key> {
    let text = name.to_string();
    let names = || keys.iter().map(|key| key.name);
    let near = nearest(&text, names()).or_else(|| synonym(&text, names()));
    let message = if other.iter().any(|key| key.name == text) {
        message::misplaced(text, place(other), place(keys))
    } else if let Some(near) = near {
        message::unknown_attribute_near(text, near)
    } else if names().any(|name| name == "qualifier") {
        message::unknown_attribute_or_qualifier(text)
    } else {
        let known: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        message::unknown_attribute(text, known.join(", "))
    };
    faults.push(name.span(), message);
    near.map(|near| row(keys, near).1)
}

/// The attribute that `name` was written for, where its own name is another word.
fn synonym(name: &str, mut known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let (_, meant) = SYNONYMS.iter().find(|(synonym, _)| *synonym == name)?;
    known.find(|known| known == meant)
}

/// Where the attributes of a table stand.
fn place(keys: &'static [Key]) -> &'static str {
    if keys == FIELD_KEYS || keys == PARAMETER_KEYS {
        "a field"
    } else if keys == VARIANT_KEYS {
        "a variant"
    } else if keys == ENUM_KEYS || keys == FLAGS_KEYS {
        "the enum"
    } else {
        "the struct"
    }
}

/// What follows the name: nothing, `= value`, or `(list)`.
fn read_value(key: &Key, input: ParseStream<'_>) -> syn::Result<Value> {
    if input.is_empty() {
        return Ok(Value::Nothing);
    }
    if input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        match key.takes {
            Takes::Qualifier => return content.parse().map(Value::Qualifier),
            Takes::Order => return list(&content).map(Value::Order),
            Takes::Properties => return list(&content).map(Value::Properties),
            Takes::Paths => {
                // Perhaps with `<'_>`, for which a lint of Rust asks.
                return list(&content).map(Value::Paths);
            }
            _ => {}
        }
        let names = content.parse_terminated(Ident::parse_any, Token![,])?;
        return Ok(Value::List(names.into_iter().collect()));
    }
    input.parse::<Token![=]>()?;
    if key.takes == Takes::Literal {
        return input.call(FreeValue::one_or_list).map(Value::Literal);
    }
    let negative = input.parse::<Option<Token![-]>>()?.is_some();
    if !input.peek(Lit) {
        return Path::parse_mod_style(input).map(Value::Path);
    }
    match input.parse()? {
        Lit::Int(number) => {
            // What is too large for this is too large for every attribute.
            let number = number.base10_parse().unwrap_or(i64::MAX);
            Ok(Value::Number(if negative { -number } else { number }))
        }
        Lit::Str(literal) if !negative => Ok(Value::Text(literal)),
        Lit::Bool(on) if !negative => Ok(Value::Flag(on.value)),
        literal => Err(syn::Error::new(literal.span(), "")),
    }
}

fn list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let items = input.parse_terminated(T::parse, Token![,])?;
    Ok(items.into_iter().collect())
}

/// The value as the row takes it, if it does.
fn fit(key: &Key, value: Value) -> Option<Value> {
    match (key.takes, value) {
        (Flag, Value::Nothing) => Some(Value::Flag(true)),
        (Takes::Path, Value::Text(literal)) => literal
            .parse_with(Path::parse_mod_style)
            .ok()
            .map(Value::Path),
        (Flag, value @ Value::Flag(_))
        | (Text | TextOrNothing | Locale, value @ Value::Text(_))
        | (TextOrNothing, value @ Value::Nothing)
        | (Number | Locale, value @ Value::Number(_))
        | (Takes::Path | Takes::TextOrPath, value @ Value::Path(_))
        | (Takes::TextOrPath, value @ Value::Text(_))
        | (Takes::Paths, value @ Value::Paths(_))
        | (Takes::Literal, value @ Value::Literal(_))
        | (Takes::Qualifier, value @ Value::Qualifier(_))
        | (Takes::Order, value @ Value::Order(_))
        | (Takes::Properties, value @ Value::Properties(_))
        | (List(_), value @ Value::List(_)) => Some(value),
        _ => None,
    }
}

fn wrong_value(key: &Key) -> String {
    match key.takes {
        Flag => message::takes_flag(key.name),
        Text | TextOrNothing => message::takes_text(key.name),
        Number => message::takes_number(key.name),
        Locale => message::takes_locale(key.name),
        Takes::Path => message::takes_path(key.name),
        Takes::TextOrPath => message::takes_text_or_path(key.name),
        Takes::Literal => message::takes_literal(key.name),
        Takes::Qualifier => message::takes_qualifier(key.name),
        Takes::Order => message::takes_order(key.name),
        Takes::Properties => message::takes_properties(key.name),
        List(_) | Takes::Paths => message::takes_list(key.name),
    }
}

/// The checks that need nothing but the value itself.
fn check_value(key: &Key, value: &Value, span: Span, faults: &mut Faults) {
    match value {
        Value::Text(literal) if wmi_vocabulary::has_nul(&literal.value()) => {
            faults.push(span, message::nul(key.name));
        }
        Value::Number(number) => {
            let (low, high) = match key.name {
                "default_scale" | "scale" => (i64::from(i32::MIN), i64::from(i32::MAX)),
                "data_id" => (1, i64::from(u32::MAX)),
                _ => (0, i64::from(u32::MAX)),
            };
            if key.name == "perf_detail" && ![100, 200, 300, 400].contains(number) {
                faults.push(span, message::perf_detail());
            } else if !(low..=high).contains(number) {
                faults.push(span, message::out_of_range(key.name, low, high));
            }
        }
        Value::List(names) => {
            let List(known) = key.takes else { return };
            for name in names {
                if known.iter().all(|known| name != known) {
                    faults.push(name.span(), message::unknown_allow(name, known.join(", ")));
                }
            }
        }
        _ => {}
    }
}
