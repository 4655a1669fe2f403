//! The parts of attributes in MOF syntax: qualifiers without their own attribute
//! (`qualifier(WmiEnum{"0=A", "1=B"} : ToSubclass)`), names of qualifiers (`order(Dynamic :
//! ToInstance, guid)`), properties (`properties([key] string InstanceName)`) and default values.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Lit, LitInt, Token, token};

/// A qualifier as written.
#[derive(Clone)]
pub(crate) struct FreeQualifier {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) value: FreeValue,
    /// The names of `Flavor` constants.
    pub(crate) flavors: Vec<&'static str>,
}

/// A literal.
#[derive(Clone)]
pub(crate) enum FreeValue {
    Null,
    Boolean(bool),
    Char(u16),
    Number(i64),
    Real(f64),
    Text(String),
    Array(Vec<FreeValue>),
}

/// The name of a qualifier in `order`, with its spelling and flavors.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) name: Ident,
    pub(crate) flavors: Vec<&'static str>,
}

/// A property that is not an item.
#[derive(Clone)]
pub(crate) struct FreeProperty {
    pub(crate) qualifiers: Vec<FreeQualifier>,
    pub(crate) type_name: Ident,
    /// Whether it refers to an instance of that class.
    pub(crate) reference: bool,
    pub(crate) name: Ident,
    /// `Some(None)` for `[]`.
    pub(crate) array: Option<Option<u32>>,
    pub(crate) default: Option<FreeValue>,
}

impl Parse for FreeQualifier {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            content.parse()?
        } else if input.peek(token::Brace) {
            FreeValue::one_or_list(input)?
        } else {
            FreeValue::Boolean(true)
        };
        Ok(Self {
            name: name.to_string(),
            span: name.span(),
            value,
            flavors: flavors(input)?,
        })
    }
}

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            name: input.call(Ident::parse_any)?,
            flavors: flavors(input)?,
        })
    }
}

impl Parse for FreeProperty {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut qualifiers = Punctuated::<_, Token![,]>::new();
        if input.peek(token::Bracket) {
            let content;
            syn::bracketed!(content in input);
            qualifiers = content.parse_terminated(FreeQualifier::parse, Token![,])?;
        }
        let type_name = input.call(Ident::parse_any)?;
        let reference = input.parse::<Option<Token![ref]>>()?.is_some();
        let name = input.call(Ident::parse_any)?;
        let mut array = None;
        if input.peek(token::Bracket) {
            let content;
            syn::bracketed!(content in input);
            let length: Option<LitInt> = content.parse()?;
            array = Some(length.map(|length| length.base10_parse()).transpose()?);
        }
        let default = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(FreeValue::one_or_list(input)?),
            None => None,
        };
        Ok(Self {
            qualifiers: qualifiers.into_iter().collect(),
            type_name,
            reference,
            name,
            array,
            default,
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
                "null" => Ok(Self::Null),
                _ => Err(syn::Error::new(word.span(), "not a value of MOF")),
            };
        }
        let negative = input.parse::<Option<Token![-]>>()?.is_some();
        match input.parse()? {
            Lit::Int(number) => {
                let number = number.base10_parse::<i64>()?;
                Ok(Self::Number(if negative { -number } else { number }))
            }
            Lit::Float(number) => {
                let number = number.base10_parse::<f64>()?;
                Ok(Self::Real(if negative { -number } else { number }))
            }
            Lit::Str(text) if !negative => Ok(Self::Text(text.value())),
            Lit::Bool(on) if !negative => Ok(Self::Boolean(on.value)),
            Lit::Char(char) if !negative => match u16::try_from(u32::from(char.value())) {
                Ok(unit) => Ok(Self::Char(unit)),
                Err(_) => Err(syn::Error::new(char.span(), "not one UTF-16 unit")),
            },
            other => Err(syn::Error::new(other.span(), "not a value of MOF")),
        }
    }
}

impl FreeValue {
    /// Parses a value, or several in braces.
    pub(crate) fn one_or_list(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(token::Brace) {
            return input.parse();
        }
        let content;
        syn::braced!(content in input);
        let values = Punctuated::<Self, Token![,]>::parse_terminated(&content)?;
        Ok(Self::Array(values.into_iter().collect()))
    }

    /// Returns whether any text has a NUL.
    pub(crate) fn has_nul(&self) -> bool {
        match self {
            Self::Text(text) => wmi_vocabulary::has_nul(text),
            Self::Array(values) => values.iter().any(Self::has_nul),
            Self::Null | Self::Boolean(_) | Self::Char(_) | Self::Number(_) | Self::Real(_) => {
                false
            }
        }
    }
}

/// Parses the flavors up to a comma, and returns the names of their constants.
fn flavors(input: ParseStream<'_>) -> syn::Result<Vec<&'static str>> {
    let mut flavors = Vec::new();
    if input.parse::<Option<Token![:]>>()?.is_some() {
        flavors.push(flavor(&input.call(Ident::parse_any)?)?);
        while !input.is_empty() && !input.peek(Token![,]) {
            flavors.push(flavor(&input.call(Ident::parse_any)?)?);
        }
    }
    Ok(flavors)
}

/// Returns the constant of a flavor, which MOF accepts in any case.
fn flavor(name: &Ident) -> syn::Result<&'static str> {
    match name.to_string().to_ascii_lowercase().as_str() {
        "amended" => Ok("AMENDED"),
        "toinstance" => Ok("TO_INSTANCE"),
        "tosubclass" => Ok("TO_SUBCLASS"),
        "disableoverride" => Ok("DISABLE_OVERRIDE"),
        _ => Err(syn::Error::new(name.span(), "not a flavor")),
    }
}
