//! Qualifiers without an attribute of their own, as MOF writes them:
//! `qualifier(HBAType("HBA_WWN"))`, `qualifier(WmiEnum{"0=A", "1=B"} : ToSubclass)`.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Lit, Token, token};

/// A qualifier as it was written.
#[derive(Clone)]
pub(crate) struct FreeQualifier {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) value: FreeValue,
    /// The names of `Flavor` constants.
    pub(crate) flavors: Vec<&'static str>,
}

/// The value of a [`FreeQualifier`].
#[derive(Clone)]
pub(crate) enum FreeValue {
    Boolean(bool),
    Number(i64),
    Text(String),
    Array(Vec<FreeValue>),
}

impl Parse for FreeQualifier {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            content.parse()?
        } else if input.peek(token::Brace) {
            let content;
            syn::braced!(content in input);
            let values = Punctuated::<FreeValue, Token![,]>::parse_terminated(&content)?;
            if values.is_empty() {
                return Err(content.error("MOF has no empty lists"));
            }
            FreeValue::Array(values.into_iter().collect())
        } else {
            FreeValue::Boolean(true)
        };
        let mut flavors = Vec::new();
        if input.parse::<Option<Token![:]>>()?.is_some() {
            flavors.push(flavor(&input.call(Ident::parse_any)?)?);
            while !input.is_empty() {
                flavors.push(flavor(&input.call(Ident::parse_any)?)?);
            }
        }
        Ok(Self {
            name: name.to_string(),
            span: name.span(),
            value,
            flavors,
        })
    }
}

impl Parse for FreeValue {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::Ident) {
            let word: Ident = input.parse()?;
            return match word.to_string().to_ascii_lowercase().as_str() {
                "true" => Ok(Self::Boolean(true)),
                "false" => Ok(Self::Boolean(false)),
                _ => Err(syn::Error::new(word.span(), "not a value of MOF")),
            };
        }
        let negative = input.parse::<Option<Token![-]>>()?.is_some();
        match input.parse()? {
            Lit::Int(number) => {
                let number = number.base10_parse::<i64>()?;
                Ok(Self::Number(if negative { -number } else { number }))
            }
            Lit::Str(text) if !negative => Ok(Self::Text(text.value())),
            Lit::Bool(on) if !negative => Ok(Self::Boolean(on.value)),
            other => Err(syn::Error::new(other.span(), "not a value of MOF")),
        }
    }
}

impl FreeValue {
    /// Whether some text holds a NUL.
    pub(crate) fn has_nul(&self) -> bool {
        match self {
            Self::Text(text) => wmi_vocabulary::has_nul(text),
            Self::Array(values) => values.iter().any(Self::has_nul),
            Self::Boolean(_) | Self::Number(_) => false,
        }
    }
}

/// The constant of a flavor, which MOF writes in any case.
fn flavor(name: &Ident) -> syn::Result<&'static str> {
    match name.to_string().to_ascii_lowercase().as_str() {
        "amended" => Ok("AMENDED"),
        "toinstance" => Ok("TO_INSTANCE"),
        "tosubclass" => Ok("TO_SUBCLASS"),
        "disableoverride" => Ok("DISABLE_OVERRIDE"),
        _ => Err(syn::Error::new(name.span(), "not a flavor")),
    }
}
