//! The checked class: what the struct and its attributes say, in types that hold no contradiction.
//!
//! Checks that need one attribute alone stand in [`attribute`](crate::attribute); those that need
//! several, or several fields, stand here.

mod field;
mod qualifier;

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, FieldsNamed};
use wmi_vocabulary::{Guid, check_class_name, check_item_name, sample_guid};

pub(crate) use field::{Counter, Field};
pub(crate) use qualifier::{Qualifier, QualifierValue};

use crate::attribute::{Arguments, CLASS_KEYS, FIELD_KEYS, Value, read};
use crate::fault::{Faults, message};
use crate::text::unraw;

/// A class without faults.
pub(crate) struct Class<'a> {
    pub(crate) input: &'a DeriveInput,
    /// The path of `wmi_core`.
    pub(crate) krate: TokenStream,
    pub(crate) name: String,
    pub(crate) base: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) qualifiers: Vec<Qualifier>,
    /// In declaration order.
    pub(crate) fields: Vec<Field<'a>>,
}

/// Where the class is used.
pub(crate) enum Kind {
    /// Registered with WMI under this GUID.
    Registered { guid: String },
    /// Only a part of other classes.
    Embedded,
}

/// What is left of a struct with faults.
pub(crate) struct Rejected {
    pub(crate) faults: Faults,
    pub(crate) krate: TokenStream,
    pub(crate) embedded: bool,
}

impl<'a> Class<'a> {
    pub(crate) fn from_input(input: &'a DeriveInput) -> Result<Self, Rejected> {
        let mut faults = Faults::default();
        let arguments = read(&input.attrs, CLASS_KEYS, FIELD_KEYS, &mut faults);
        let krate = match arguments.get("crate").map(|argument| &argument.value) {
            Some(Value::Path(path)) => path.to_token_stream(),
            _ => quote!(::wmi_core),
        };
        let embedded = arguments.flag("embedded").unwrap_or(false);
        let class = Self::build(input, &arguments, krate.clone(), embedded, &mut faults);
        match class {
            Some(class) if faults.is_empty() => Ok(class),
            _ => Err(Rejected {
                faults,
                krate,
                embedded,
            }),
        }
    }

    fn build(
        input: &'a DeriveInput,
        arguments: &Arguments,
        krate: TokenStream,
        embedded: bool,
        faults: &mut Faults,
    ) -> Option<Self> {
        let (name, name_span) = match arguments.text("name") {
            Some(literal) => (literal.value(), literal.span()),
            None => (unraw(&input.ident), input.ident.span()),
        };
        if let Err(why) = check_class_name(&name) {
            faults.push(name_span, message::class_name(&name, why));
        }
        // An external base may start with underscores, as `__ExtrinsicEvent` does.
        let base = arguments.text("base");
        if let Some(literal) = base {
            if let Err(why) = check_item_name(&literal.value()) {
                faults.push(literal.span(), message::base_name(literal.value(), why));
            }
        }
        let kind = kind(input, arguments, embedded, faults);
        check_shape(input, faults);
        let qualifiers = qualifier::of_class(arguments, &input.attrs, embedded, faults);
        let fields = Field::all(named_fields(input, faults)?, arguments, embedded, faults);
        check_generated_names(&fields, faults);
        Some(Self {
            input,
            krate,
            name,
            base: base.map(syn::LitStr::value),
            kind: kind?,
            qualifiers,
            fields,
        })
    }

    /// The fields in order of their ids, which is that of the data block.
    pub(crate) fn in_id_order(&self) -> Vec<&Field<'a>> {
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort_by_key(|field| field.id);
        fields
    }

    /// Properties that stand before the first field's.
    pub(crate) fn added_properties(&self) -> usize {
        match self.kind {
            Kind::Registered { .. } => 2,
            Kind::Embedded => 0,
        }
    }

    pub(crate) fn has_counters(&self) -> bool {
        self.fields.iter().any(|field| field.counter.is_some())
    }
}

fn kind(
    input: &DeriveInput,
    arguments: &Arguments,
    embedded: bool,
    faults: &mut Faults,
) -> Option<Kind> {
    if embedded {
        for name in ["base", "hi_perf", "perf_detail"] {
            if let Some(argument) = arguments.get(name) {
                faults.push(argument.name, message::embedded_only(name));
            }
        }
    }
    let Some(literal) = arguments.text("guid") else {
        if embedded {
            return Some(Kind::Embedded);
        }
        // A `guid` with a wrong value has its fault already.
        if faults.is_empty() || arguments.get("guid").is_none() {
            faults.push(input.ident.span(), message::no_guid());
        }
        return None;
    };
    match Guid::parse(&literal.value()) {
        Err(why) => faults.push(literal.span(), message::malformed_guid(why)),
        Ok(guid) if guid.is_nil() => faults.push(literal.span(), message::nil_guid()),
        Ok(guid) => {
            let copied = sample_guid::origin(guid).filter(|_| !arguments.allows("sample_guid"));
            if let Some(origin) = copied {
                faults.push(literal.span(), message::sample_guid(origin));
            }
        }
    }
    Some(if embedded {
        Kind::Embedded
    } else {
        Kind::Registered {
            guid: literal.value(),
        }
    })
}

fn check_shape(input: &DeriveInput, faults: &mut Faults) {
    if !input.generics.params.is_empty() {
        faults.push(input.generics.params.span(), message::generic());
    }
    for attribute in input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("repr"))
    {
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("packed") {
                faults.push(meta.path.span(), message::packed());
            }
            // `packed(2)`, `align(8)`
            if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<TokenStream>()?;
            }
            Ok(())
        });
    }
}

fn named_fields<'a>(input: &'a DeriveInput, faults: &mut Faults) -> Option<&'a FieldsNamed> {
    let (span, kind) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if fields.named.is_empty() => {
                faults.push(input.ident.span(), message::empty());
                return None;
            }
            Fields::Named(fields) => return Some(fields),
            Fields::Unnamed(fields) => (fields.span(), "a tuple struct"),
            Fields::Unit => {
                faults.push(input.ident.span(), message::empty());
                return None;
            }
        },
        Data::Enum(data) => (data.enum_token.span, "an enum"),
        Data::Union(data) => (data.union_token.span, "a union"),
    };
    faults.push(span, message::not_a_struct(kind));
    None
}

/// Two fields must not generate one name, nor one of the names that every class has.
fn check_generated_names(fields: &[Field<'_>], faults: &mut Faults) {
    let mut names = HashMap::from([(String::from("new"), ()), (String::from("snapshot"), ())]);
    let mut constants = HashMap::new();
    for field in fields {
        let repeated = field
            .method_names()
            .into_iter()
            .find(|name| names.insert(name.clone(), ()).is_some())
            .or_else(|| {
                let constant = field.constant_name();
                constants
                    .insert(constant.clone(), ())
                    .is_some()
                    .then_some(constant)
            });
        if let Some(name) = repeated {
            let span: Span = field.ident().span();
            faults.push(span, message::generated_name(name, unraw(field.ident())));
        }
    }
}
