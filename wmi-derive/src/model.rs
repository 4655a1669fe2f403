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
use syn::{Data, DeriveInput, Fields, FieldsNamed, LitStr};
use wmi_vocabulary::{Guid, check_class_name, check_item_name, sample_guid};

pub(crate) use field::{Counter, Field};
pub(crate) use qualifier::{Qualifier, QualifierValue};

use crate::attribute::{Arguments, CLASS_KEYS, FIELD_KEYS, Value, read};
use crate::fault::{Faults, message};
use crate::text::unraw;

/// A class that can be expanded.
///
/// It may have faults, which are reported beside it: code that uses the class should not fail as
/// well, and faults of its types should show at the same time.
pub(crate) struct Class<'a> {
    pub(crate) input: &'a DeriveInput,
    /// The path of `wmi_core`.
    pub(crate) krate: TokenStream,
    pub(crate) name: String,
    pub(crate) base: Option<String>,
    /// Registered with WMI under this GUID.
    pub(crate) guid: Option<String>,
    /// A part of other classes. Without faults a class is either this or registered.
    pub(crate) embedded: bool,
    pub(crate) qualifiers: Vec<Qualifier>,
    /// In declaration order.
    pub(crate) fields: Vec<Field<'a>>,
}

/// What is left of a struct that cannot be expanded.
pub(crate) struct Rejected {
    pub(crate) krate: TokenStream,
}

impl<'a> Class<'a> {
    pub(crate) fn from_input(
        input: &'a DeriveInput,
        faults: &mut Faults,
    ) -> Result<Self, Rejected> {
        let arguments = read(&input.attrs, CLASS_KEYS, FIELD_KEYS, faults);
        let krate = match arguments.get("crate").map(|argument| &argument.value) {
            Some(Value::Path(path)) => path.to_token_stream(),
            _ => quote!(::wmi_core),
        };
        let name = class_name(input, &arguments, faults);
        let base = base_name(&arguments, faults);
        let (guid, embedded) = kind(input, &arguments, faults);
        let qualifiers = qualifier::of_class(&arguments, &input.attrs, embedded, faults);

        // The compiler would repeat these faults in the expansion, in its own words.
        let mut fatal = Faults::default();
        check_shape(input, &mut fatal);
        let fields = named_fields(input, &mut fatal)
            .map(|fields| Field::all(fields, &arguments, embedded, faults))
            .unwrap_or_default();
        check_generated_names(&fields, &mut fatal);
        let fits = fatal.is_empty();
        faults.append(fatal);
        if !fits {
            return Err(Rejected { krate });
        }
        Ok(Self {
            input,
            krate,
            name,
            base,
            guid,
            embedded,
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
        if self.guid.is_some() { 2 } else { 0 }
    }

    pub(crate) fn has_counters(&self) -> bool {
        self.fields.iter().any(|field| field.counter.is_some())
    }
}

fn class_name(input: &DeriveInput, arguments: &Arguments, faults: &mut Faults) -> String {
    let (name, span) = match arguments.text("name") {
        Some(literal) => (literal.value(), literal.span()),
        None => (unraw(&input.ident), input.ident.span()),
    };
    if let Err(why) = check_class_name(&name) {
        faults.push(span, message::class_name(&name, why));
    }
    name
}

fn base_name(arguments: &Arguments, faults: &mut Faults) -> Option<String> {
    let literal = arguments.text("base")?;
    // A base of the system may start with underscores, as `__ExtrinsicEvent` does.
    if let Err(why) = check_item_name(&literal.value()) {
        faults.push(literal.span(), message::base_name(literal.value(), why));
    }
    Some(literal.value())
}

/// The GUID of a registered class, and whether the class is embedded.
fn kind(input: &DeriveInput, arguments: &Arguments, faults: &mut Faults) -> (Option<String>, bool) {
    let embedded = arguments.flag("embedded").unwrap_or(false);
    if embedded {
        for name in ["base", "hi_perf", "perf_detail"] {
            if let Some(argument) = arguments.get(name) {
                faults.push(argument.name, message::embedded_only(name));
            }
        }
    }
    let guid = arguments.text("guid");
    if let Some(literal) = guid {
        check_guid(literal, arguments, faults);
    }
    if embedded {
        return (None, true);
    }
    if let Some(literal) = guid {
        let valid = Guid::parse(&literal.value()).is_ok();
        let guid = if valid {
            literal.value()
        } else {
            Guid::NIL.to_string()
        };
        return (Some(guid), false);
    }
    // With a wrong value they have their faults already.
    if arguments.get("guid").is_none() && arguments.get("embedded").is_none() {
        faults.push(input.ident.span(), message::no_guid());
    }
    // Whichever it was meant to be, it can be used so.
    (Some(Guid::NIL.to_string()), true)
}

fn check_guid(literal: &LitStr, arguments: &Arguments, faults: &mut Faults) {
    let fault = match Guid::parse(&literal.value()) {
        Err(why) => message::malformed_guid(why),
        Ok(guid) if guid.is_nil() => message::nil_guid(),
        Ok(guid) => match sample_guid::origin(guid) {
            Some(origin) if !arguments.allows("sample_guid") => message::sample_guid(origin),
            _ => return,
        },
    };
    faults.push(literal.span(), fault);
}

fn check_shape(input: &DeriveInput, faults: &mut Faults) {
    if !input.generics.params.is_empty() {
        faults.push_under(&input.generics.params, message::generic());
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
