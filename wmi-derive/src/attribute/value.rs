//! The values of attributes. Each type owns the syntax of its value, its checks, and its qualifier.
//! The types are named like the variants of [`Takes`].

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token};
use wmi_vocabulary::attribute::{self, Key, Takes};
use wmi_vocabulary::qualifier::PERF_DETAILS;
use wmi_vocabulary::text::c_comment;
use wmi_vocabulary::{CounterType, has_nul, qualifier};

use super::free::{FreeProperty, FreeQualifier, FreeValue, Named};
use crate::fault::{Faults, message};
use crate::model::QualifierValue;

/// The value of an attribute.
pub(crate) trait Value: Sized {
    /// Whether the attribute may be repeated.
    const REPEATS: bool = false;

    /// Reads the tokens after the name: nothing, `= value` or `(list)`.
    fn parse(key: &'static Key, input: ParseStream<'_>) -> syn::Result<Self>;

    /// Returns the message for a value with the wrong syntax.
    fn usage(name: &str) -> String;

    /// Checks the value by itself.
    fn check(&self, _key: &'static Key, _span: Span, _faults: &mut Faults) {}

    /// Returns the value of the qualifier, if there is one.
    fn qualifier(&self, _documentation: Option<&str>) -> Result<Option<QualifierValue>, String> {
        Ok(None)
    }
}

/// Reads `= value`.
fn equals<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// Reads `(list)`.
fn list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let content;
    syn::parenthesized!(content in input);
    let items = content.parse_terminated(T::parse, Token![,])?;
    Ok(items.into_iter().collect())
}

/// A number, which may be negative.
struct Integer(i64);

impl Parse for Integer {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let negative = input.parse::<Option<Token![-]>>()?.is_some();
        let number: syn::LitInt = input.parse()?;
        // A number too large for this is too large for every attribute.
        let number = number.base10_parse().unwrap_or(i64::MAX);
        Ok(Self(if negative { -number } else { number }))
    }
}

/// A path without arguments.
struct ModPath(syn::Path);

impl Parse for ModPath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        syn::Path::parse_mod_style(input).map(Self)
    }
}

fn check_text(text: &LitStr, key: &Key, span: Span, faults: &mut Faults) {
    if has_nul(&text.value()) {
        faults.push(span, message::nul(key.name));
    }
}

/// Nothing, `= true` or `= false`.
pub(crate) struct Flag(pub(crate) bool);

impl Value for Flag {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Ok(Self(true));
        }
        equals::<syn::LitBool>(input).map(|on| Self(on.value))
    }

    fn usage(name: &str) -> String {
        message::takes_flag(name)
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        Ok(self.0.then_some(QualifierValue::Flag))
    }
}

/// A flag that gives a qualifier even when it is off.
pub(crate) struct Switch(Flag);

impl Value for Switch {
    fn parse(key: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        Flag::parse(key, input).map(Self)
    }

    fn usage(name: &str) -> String {
        Flag::usage(name)
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        Ok(Some(match self.0.0 {
            true => QualifierValue::Flag,
            false => QualifierValue::False,
        }))
    }
}

/// `= ".."`.
pub(crate) struct Text(pub(crate) LitStr);

impl Value for Text {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        equals(input).map(Self)
    }

    fn usage(name: &str) -> String {
        message::takes_text(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        check_text(&self.0, key, span, faults);
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        Ok(Some(QualifierValue::Text(self.0.value())))
    }
}

/// A text for people. An empty text gives no qualifier.
pub(crate) struct Caption(pub(crate) LitStr);

impl Value for Caption {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        equals(input).map(Self)
    }

    fn usage(name: &str) -> String {
        message::takes_text(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        check_text(&self.0, key, span, faults);
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        let text = self.0.value();
        Ok((!text.is_empty()).then_some(QualifierValue::Text(text)))
    }
}

/// A text for the C header; by default the description as a comment.
pub(crate) struct Quote(Option<LitStr>);

impl Value for Quote {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        optional(input).map(Self)
    }

    fn usage(name: &str) -> String {
        message::takes_text(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        if let Some(text) = &self.0 {
            check_text(text, key, span, faults);
        }
    }

    fn qualifier(&self, documentation: Option<&str>) -> Result<Option<QualifierValue>, String> {
        let text = match (&self.0, documentation) {
            (Some(text), _) => text.value(),
            (None, Some(documentation)) => c_comment(documentation).collect(),
            (None, None) => return Err(message::cpp_quote_empty()),
        };
        Ok(Some(QualifierValue::Text(text)))
    }
}

/// Reads nothing, or `= ".."`.
fn optional(input: ParseStream<'_>) -> syn::Result<Option<LitStr>> {
    if input.is_empty() {
        return Ok(None);
    }
    equals(input).map(Some)
}

/// The name of a counter type; without it, the field is a counter without the qualifier.
pub(crate) struct Counter(pub(crate) Option<LitStr>);

impl Value for Counter {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        optional(input).map(Self)
    }

    fn usage(name: &str) -> String {
        message::takes_text(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        if let Some(text) = &self.0 {
            check_text(text, key, span, faults);
        }
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        let name = self.0.as_ref().map(LitStr::value);
        let known = name.as_deref().and_then(CounterType::from_name);
        Ok(known.map(|counter| QualifierValue::Number(counter.value().into())))
    }
}

/// `= 1`.
pub(crate) struct Number(pub(crate) i64);

impl Value for Number {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        equals(input).map(|Integer(number)| Self(number))
    }

    fn usage(name: &str) -> String {
        message::takes_number(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        if let (Takes::Number(range), false) = (key.takes, key.takes.number(self.0)) {
            let fault = message::out_of_range(key.name, range.least, range.greatest);
            faults.push(span, fault);
        }
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        Ok(Some(QualifierValue::Number(self.0)))
    }
}

/// A level of `PerfDetail`.
pub(crate) struct Detail(pub(crate) i64);

impl Value for Detail {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        equals(input).map(|Integer(number)| Self(number))
    }

    fn usage(name: &str) -> String {
        message::takes_number(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        if !key.takes.number(self.0) {
            let levels = PERF_DETAILS.map(|(level, name)| format!("{level} ({name})"));
            faults.push(span, message::perf_detail(key.name, levels.join(", ")));
        }
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        Ok(Some(QualifierValue::Number(self.0)))
    }
}

/// The number of a locale, or its text.
pub(crate) enum Locale {
    Number(i64),
    Text(LitStr),
}

impl Value for Locale {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![=]>()?;
        if input.peek(LitStr) {
            return input.parse().map(Self::Text);
        }
        input.parse().map(|Integer(number)| Self::Number(number))
    }

    fn usage(name: &str) -> String {
        message::takes_locale(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        match self {
            Self::Text(text) => check_text(text, key, span, faults),
            Self::Number(number) if key.takes.number(*number) => {}
            Self::Number(_) => {
                let range = qualifier::Range::U32;
                let fault = message::out_of_range(key.name, range.least, range.greatest);
                faults.push(span, fault);
            }
        }
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        Ok(Some(QualifierValue::Text(match self {
            Self::Text(text) => text.value(),
            Self::Number(number) => {
                let number = u32::try_from(*number).unwrap_or(0);
                qualifier::Locale::from_value(number).to_string()
            }
        })))
    }
}

/// The path of a crate, bare or in a string.
pub(crate) struct Path(pub(crate) syn::Path);

impl Value for Path {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![=]>()?;
        if input.peek(LitStr) {
            let text: LitStr = input.parse()?;
            return text.parse_with(syn::Path::parse_mod_style).map(Self);
        }
        input.parse().map(|ModPath(path)| Self(path))
    }

    fn usage(name: &str) -> String {
        message::takes_path(name)
    }
}

/// A class, or its name.
pub(crate) enum Class {
    Name(LitStr),
    Path(syn::Path),
}

impl Value for Class {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![=]>()?;
        if input.peek(LitStr) {
            return input.parse().map(Self::Name);
        }
        input.parse().map(|ModPath(path)| Self::Path(path))
    }

    fn usage(name: &str) -> String {
        message::takes_class(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        if let Self::Name(text) = self {
            check_text(text, key, span, faults);
        }
    }
}

/// A field, or the name of a field or item.
#[derive(Clone)]
pub(crate) enum Field {
    Ident(Ident),
    Name(LitStr),
}

impl Value for Field {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![=]>()?;
        if input.peek(LitStr) {
            return input.parse().map(Self::Name);
        }
        input.call(Ident::parse_any).map(Self::Ident)
    }

    fn usage(name: &str) -> String {
        message::takes_field(name)
    }

    fn check(&self, key: &'static Key, span: Span, faults: &mut Faults) {
        if let Self::Name(text) = self {
            check_text(text, key, span, faults);
        }
    }

    fn qualifier(&self, _: Option<&str>) -> Result<Option<QualifierValue>, String> {
        Ok(Some(QualifierValue::Text(self.name())))
    }
}

impl Field {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Ident(ident) => ident.unraw().to_string(),
            Self::Name(name) => name.value(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Ident(ident) => ident.span(),
            Self::Name(name) => name.span(),
        }
    }

    /// Returns whether it may be the name of an item.
    pub(crate) fn is_name(&self) -> bool {
        matches!(self, Self::Name(_))
    }
}

/// Types, perhaps with `<'_>`, which a Rust lint requires.
pub(crate) struct Types(pub(crate) Vec<syn::Path>);

impl Value for Types {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        list(input).map(Self)
    }

    fn usage(name: &str) -> String {
        message::takes_types(name)
    }
}

/// A value in MOF syntax.
pub(crate) type Literal = FreeValue;

impl Value for FreeValue {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![=]>()?;
        Self::one_or_list(input)
    }

    fn usage(name: &str) -> String {
        message::takes_literal(name)
    }
}

/// A qualifier in MOF syntax.
pub(crate) type Qualifier = FreeQualifier;

impl Value for FreeQualifier {
    const REPEATS: bool = true;

    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        syn::parenthesized!(content in input);
        content.parse()
    }

    fn usage(name: &str) -> String {
        message::takes_qualifier(name)
    }
}

/// The names of qualifiers.
pub(crate) struct Order(pub(crate) Vec<Named>);

impl Value for Order {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        list(input).map(Self)
    }

    fn usage(name: &str) -> String {
        message::takes_order(name)
    }
}

/// Properties in MOF syntax.
pub(crate) struct Properties(pub(crate) Vec<FreeProperty>);

impl Value for Properties {
    fn parse(_: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        list(input).map(Self)
    }

    fn usage(name: &str) -> String {
        message::takes_properties(name)
    }
}

/// Rules that may be broken.
pub(crate) struct Allow {
    pub(crate) words: Vec<attribute::Allow>,
    /// Unknown words.
    unknown: Vec<Ident>,
}

impl Allow {
    fn known(key: &Key) -> &'static [attribute::Allow] {
        match key.takes {
            Takes::Allow(known) => known,
            _ => &[],
        }
    }
}

impl Value for Allow {
    fn parse(key: &'static Key, input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        syn::parenthesized!(content in input);
        let idents = content.parse_terminated(Ident::parse_any, Token![,])?;
        let known = Self::known(key);
        let (mut words, mut unknown) = (Vec::new(), Vec::new());
        for ident in idents {
            match known.iter().find(|known| ident == known.name()) {
                Some(known) => words.push(*known),
                None => unknown.push(ident),
            }
        }
        Ok(Self { words, unknown })
    }

    fn usage(name: &str) -> String {
        message::takes_list(name)
    }

    fn check(&self, key: &'static Key, _: Span, faults: &mut Faults) {
        for ident in &self.unknown {
            let known = Self::known(key).iter().map(|known| known.name());
            let known = known.collect::<Vec<_>>().join(", ");
            faults.push(ident.span(), message::unknown_allow(ident, known));
        }
    }
}
