//! The checked class: the struct and its attributes, in types that cannot contradict each other.
//!
//! Owns the checks of several attributes or fields against each other;
//! [`attribute`](crate::attribute) checks single attributes.

mod field;
mod qualifier;

use std::collections::HashSet;

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, FieldsNamed, Lifetime, LitStr, Path};
use wmi_vocabulary::attribute::Allow;
pub(crate) use wmi_vocabulary::kind::ClassKind as Kind;
use wmi_vocabulary::rust_name::{BLOCK_METHODS, CLASS_CONSTANTS, CLASS_METHODS};
use wmi_vocabulary::{Guid, NameError, check_class_name, check_item_name, sample_guid};

pub(crate) use field::{Counter, Field, ends};
pub(crate) use qualifier::{
    Order, Qualifier, QualifierValue, name_count, of_free, of_method, of_parameter,
};

use crate::attribute::{
    Attributes, ClassAttributes, FieldAttributes, FreeProperty, Slot, read, value,
};
use crate::fault::{Faults, message};
use crate::text::unraw;

/// A class that can be expanded.
///
/// It may have faults that are reported besides the expansion, so that code which uses the class
/// does not fail as well, and faults of its types show at the same time.
pub(crate) struct Class<'a> {
    pub(crate) input: &'a DeriveInput,
    /// The path of `wmi_core`.
    pub(crate) krate: TokenStream,
    pub(crate) name: String,
    pub(crate) base: Option<Base>,
    pub(crate) kind: Kind,
    /// The GUID of a registered class.
    pub(crate) guid: Option<String>,
    /// Whether other classes may contain it: it is embedded, or its kind is faulty.
    pub(crate) is_part: bool,
    /// Whether the data block varies in size.
    pub(crate) variable: bool,
    /// The lifetime of a class of variable size.
    pub(crate) lifetime: Option<Lifetime>,
    /// The types of its methods.
    pub(crate) methods: Vec<Path>,
    /// The properties that are not items, if they are declared.
    pub(crate) properties: Option<Vec<FreeProperty>>,
    pub(crate) qualifiers: Vec<Qualifier>,
    /// In declaration order.
    pub(crate) fields: Vec<Field<'a>>,
}

/// The base of a class.
pub(crate) enum Base {
    /// A name, not necessarily defined in the schema.
    Name(String),
    /// A class of the schema.
    Class(Path),
}

/// A struct that cannot be expanded.
pub(crate) struct Rejected {
    pub(crate) krate: TokenStream,
}

impl<'a> Class<'a> {
    pub(crate) fn from_input(
        input: &'a DeriveInput,
        faults: &mut Faults,
    ) -> Result<Self, Rejected> {
        let attributes: ClassAttributes = read::<_, FieldAttributes>(&input.attrs, faults);
        let krate = attributes.krate.krate();
        let name = class_name(input, &attributes, faults);
        let base = base(&attributes, faults);
        let kind = kind(&attributes, faults);
        let guid = guid(input, &attributes, kind, faults);
        let variable = attributes.variable.is_on();
        let methods = attributes.methods.value();
        let methods = methods.map_or_else(Vec::new, |types| types.0.clone());
        let properties = properties(&attributes, faults);
        let qualifiers = qualifier::of_class(&attributes, &input.attrs, kind, faults);

        // In an expansion, the compiler would report these faults again.
        let mut fatal = Faults::default();
        let lifetime = check_shape(input, variable, &mut fatal);
        let may_be_empty = kind == Kind::Event
            || kind.is_base()
            || !methods.is_empty()
            || attributes.allow.has(Allow::Empty);
        let fields = named_fields(input, may_be_empty, &mut fatal)
            .map(|fields| {
                let properties = properties.as_deref();
                Field::all(fields, &attributes, kind, properties, faults, &mut fatal)
            })
            .unwrap_or_default();
        if kind.is_base() && !fields.is_empty() {
            fatal.push(input.ident.span(), message::base_items(noun(kind)));
        }
        check_generated_names(&fields, variable, &mut fatal);
        for field in fields.iter().filter(|field| field.mentions(&input.ident)) {
            fatal.push(field.ty().span(), message::recursion(unraw(&input.ident)));
        }
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
            kind,
            is_part: kind == Kind::Embedded
                || (kind.is_registered() && guid.is_none())
                || attributes.registered.is_on(),
            guid: kind
                .is_registered()
                .then(|| guid.unwrap_or_else(|| Guid::NIL.to_string())),
            variable,
            lifetime,
            methods,
            properties,
            qualifiers,
            fields,
        })
    }

    /// Returns the fields in id order, the order of the data block.
    pub(crate) fn in_id_order(&self) -> Vec<&Field<'a>> {
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort_by_key(|field| field.id);
        fields
    }

    /// Returns the number of properties before those of the fields.
    pub(crate) fn added_properties(&self) -> usize {
        match &self.properties {
            Some(properties) => properties.len(),
            None if self.kind.has_instances() => 2,
            None => 0,
        }
    }

    /// Whether values from a client can be taken: an item has `write`, or other classes contain it.
    pub(crate) fn can_be_set(&self) -> bool {
        self.is_part || self.fields.iter().any(Field::is_writable)
    }

    pub(crate) fn has_counters(&self) -> bool {
        self.fields.iter().any(|field| field.counter.is_some())
    }
}

fn class_name(input: &DeriveInput, attributes: &ClassAttributes, faults: &mut Faults) -> String {
    let (name, span) = match attributes.name.value() {
        Some(value::Text(literal)) => (literal.value(), literal.span()),
        None => (unraw(&input.ident), input.ident.span()),
    };
    // The name of a parameter class is set by WMI.
    if !attributes.parameters.is_on() {
        let legal = check_class_name(&name);
        if let Err(why) = legal.or_else(|why| allow_keyword(why, &attributes.allow)) {
            faults.push(span, message::class_name(&name, why));
        }
    }
    name
}

/// Accepts a keyword as a name if `allow(keyword)` is given.
pub(crate) fn allow_keyword(why: NameError, allow: &Slot<value::Allow>) -> Result<(), NameError> {
    let is_keyword = matches!(why, NameError::CKeyword | NameError::MofKeyword);
    if is_keyword && allow.has(Allow::Keyword) {
        Ok(())
    } else {
        Err(why)
    }
}

/// Returns the declared properties that are not items.
fn properties(attributes: &ClassAttributes, faults: &mut Faults) -> Option<Vec<FreeProperty>> {
    let value::Properties(properties) = attributes.properties.value()?;
    for property in properties {
        let name = unraw(&property.name);
        let legal = check_item_name(&name);
        if let Err(why) = legal.or_else(|why| allow_keyword(why, &attributes.allow)) {
            faults.push(property.name.span(), message::item_name(name, why));
        }
        for free in &property.qualifiers {
            of_free(free, faults);
        }
    }
    Some(properties.clone())
}

fn base(attributes: &ClassAttributes, faults: &mut Faults) -> Option<Base> {
    Some(match attributes.base.value()? {
        value::Class::Path(path) => Base::Class(path.clone()),
        value::Class::Name(literal) => {
            // A system base may start with underscores, for example `__ExtrinsicEvent`.
            if let Err(why) = check_item_name(&literal.value()) {
                faults.push(literal.span(), message::base_name(literal.value(), why));
            }
            Base::Name(literal.value())
        }
    })
}

/// Returns the kind given by the attributes. Refuses attributes that do not apply to it.
fn kind(attributes: &ClassAttributes, faults: &mut Faults) -> Kind {
    let is_registered = attributes.registered.is_on();
    let kinds = [
        (&attributes.is_abstract, Kind::Abstract),
        (&attributes.bare, Kind::Bare),
        (&attributes.is_static, Kind::Static),
        (&attributes.parameters, Kind::Parameters),
        (&attributes.embedded, Kind::Embedded),
        (&attributes.event, Kind::Event),
    ];
    let mut stated: Vec<_> = kinds
        .into_iter()
        // With `registered`, an embedded class counts as registered.
        .filter(|(_, kind)| *kind != Kind::Embedded || !is_registered)
        .filter(|(slot, _)| slot.is_on())
        .filter_map(|(slot, kind)| Some((slot.given()?, slot.key.name, kind)))
        .collect();
    stated.sort_by_key(|(given, ..)| given.position);
    let first = stated.first().copied();
    for ((_, first, _), (again, name, _)) in first.into_iter().cycle().zip(stated.iter().skip(1)) {
        faults.push(again.name, message::exclusive(first, name));
    }
    let kind = first.map_or(Kind::Registered, |(.., kind)| kind);
    let given = attributes.slots();
    let given = given
        .iter()
        .filter_map(|slot| Some((slot.key(), slot.name()?)));
    for (key, name) in given.filter(|(key, _)| !key.is_for(kind)) {
        faults.push(name, message::not_for_kind(key.name, noun(kind)));
    }
    if let ([(event, _, Kind::Event)], false) = (&stated[..], attributes.base.is_given()) {
        faults.push(event.name, message::event_base());
    }
    if let Some(given) = attributes.registered.given() {
        if is_registered && kind.is_registered() && !attributes.embedded.is_on() {
            faults.push(given.name, message::registered_only());
        }
    }
    kind
}

/// Returns the kind as named in messages.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Registered => "a registered class",
        Kind::Event => "an `event`",
        Kind::Static => "a `static` class",
        Kind::Embedded => "an `embedded` class",
        Kind::Abstract => "an `abstract` class",
        Kind::Bare => "a `bare` class",
        Kind::Parameters => "the parameters of a method",
    }
}

/// Returns the GUID of a registered class, if it is valid.
fn guid(
    input: &DeriveInput,
    attributes: &ClassAttributes,
    kind: Kind,
    faults: &mut Faults,
) -> Option<String> {
    // Attributes with an invalid value have already been reported.
    let is_known = attributes.registered.is_on() || !attributes.embedded.is_given();
    if kind.is_registered() && !attributes.guid.is_given() && is_known {
        faults.push(input.ident.span(), message::no_guid());
    }
    let value::Text(literal) = attributes.guid.value()?;
    if attributes.guid.key.is_for(kind) {
        check_guid(literal, attributes, faults);
    }
    let good = Guid::parse(&literal.value()).is_ok() && kind.is_registered();
    good.then(|| literal.value())
}

fn check_guid(literal: &LitStr, attributes: &ClassAttributes, faults: &mut Faults) {
    let fault = match Guid::parse(&literal.value()) {
        Err(why) => message::malformed_guid(why),
        Ok(guid) if guid.is_nil() => message::nil_guid(),
        Ok(guid) => match sample_guid::origin(guid) {
            Some(origin) if !attributes.allow.has(Allow::SampleGuid) => {
                message::sample_guid(origin)
            }
            _ => return,
        },
    };
    faults.push(literal.span(), fault);
}

/// Checks generics and `repr`. Returns the lifetime, which only a class of variable size may have.
fn check_shape(input: &DeriveInput, variable: bool, faults: &mut Faults) -> Option<Lifetime> {
    let lifetime = check_generics(input, variable).unwrap_or_else(|fault| {
        faults.push_under(&input.generics.params, fault);
        None
    });
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
    lifetime
}

/// Returns the lifetime of a class or method, or the fault of its generics.
pub(crate) fn check_generics(
    input: &DeriveInput,
    variable: bool,
) -> Result<Option<Lifetime>, String> {
    let lifetimes: Vec<_> = input.generics.lifetimes().collect();
    match lifetimes[..] {
        _ if lifetimes.len() < input.generics.params.len() => Err(message::generic()),
        [] => Ok(None),
        _ if !variable => Err(message::borrows()),
        [param] => Ok(Some(param.lifetime.clone())),
        _ => Err(message::lifetimes()),
    }
}

fn named_fields<'a>(
    input: &'a DeriveInput,
    may_be_empty: bool,
    faults: &mut Faults,
) -> Option<&'a FieldsNamed> {
    let (span, kind) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => return Some(fields),
            Fields::Unnamed(fields) => (fields.span(), "a tuple struct"),
            Fields::Named(_) | Fields::Unit => {
                if !may_be_empty {
                    faults.push(input.ident.span(), message::empty());
                }
                return None;
            }
        },
        Data::Enum(data) => (data.enum_token.span, "an enum"),
        Data::Union(data) => (data.union_token.span, "a union"),
    };
    faults.push(span, message::not_a_struct(kind));
    None
}

/// Checks that two fields do not generate the same name, or a name that every class has.
fn check_generated_names(fields: &[Field<'_>], variable: bool, faults: &mut Faults) {
    // The view of a class of variable size has fields, not methods.
    if variable {
        return;
    }
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<HashSet<_>>()
    };
    let mut methods = set(CLASS_METHODS);
    let mut readers = set(BLOCK_METHODS);
    let mut constants = set(CLASS_CONSTANTS);
    for field in fields {
        let mut own = field.method_names().into_iter();
        let reader = Some(unraw(field.ident()));
        let constant = Some(field.constant_name());
        let repeated = own
            .find(|name| !methods.insert(name.clone()))
            .or_else(|| reader.filter(|name| !readers.insert(name.clone())))
            .or_else(|| constant.filter(|name| !constants.insert(name.clone())));
        if let Some(name) = repeated {
            let span = field.ident().span();
            faults.push(span, message::generated_name(name, unraw(field.ident())));
        }
    }
}
