//! The checked class: what the struct and its attributes say, in types that hold no contradiction.
//!
//! Checks that need one attribute alone stand in [`attribute`](crate::attribute); those that need
//! several, or several fields, stand here.

mod field;
mod qualifier;

use std::collections::HashSet;

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, FieldsNamed, Lifetime, LitStr, Path};
pub(crate) use wmi_vocabulary::attribute::ClassKind as Kind;
use wmi_vocabulary::rust_name::{BLOCK_METHODS, CLASS_CONSTANTS, CLASS_METHODS};
use wmi_vocabulary::{Guid, NameError, check_class_name, check_item_name, sample_guid};

pub(crate) use field::{Counter, Field};
pub(crate) use qualifier::{
    Order, Qualifier, QualifierValue, name_count, of_free, of_method, of_parameter,
};

use crate::attribute::{Arguments, CLASS_KEYS, FIELD_KEYS, FreeProperty, Value, read};
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
    pub(crate) base: Option<Base>,
    pub(crate) kind: Kind,
    /// The GUID of a registered class.
    pub(crate) guid: Option<String>,
    /// Whether other classes may contain it: an embedded one, or one whose kind is at fault.
    pub(crate) embedded: bool,
    /// Whether the data block has no fixed size.
    pub(crate) variable: bool,
    /// The lifetime of what a class of variable size borrows.
    pub(crate) lifetime: Option<Lifetime>,
    /// Whether WMI limits the data block as that of an event.
    pub(crate) event: bool,
    /// The types of its methods.
    pub(crate) methods: Vec<Path>,
    /// The properties that are no items, where they are not the usual ones.
    pub(crate) properties: Option<Vec<FreeProperty>>,
    pub(crate) qualifiers: Vec<Qualifier>,
    /// In declaration order.
    pub(crate) fields: Vec<Field<'a>>,
}

/// The base of a class.
pub(crate) enum Base {
    /// By name, which the schema need not define.
    Name(String),
    /// A class of the schema.
    Class(Path),
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
        let krate = arguments.krate();
        let name = class_name(input, &arguments, faults);
        let base = base(&arguments, faults);
        let (kind, guid) = kind(input, &arguments, faults);
        let variable = arguments.flag("variable").unwrap_or(false);
        let event = arguments.flag("event").unwrap_or(false);
        let methods = arguments.paths("methods").to_vec();
        let properties = properties(&arguments, faults);
        let qualifiers = qualifier::of_class(&arguments, &input.attrs, kind, faults);

        // The compiler would repeat these faults in the expansion, in its own words.
        let mut fatal = Faults::default();
        let lifetime = check_shape(input, variable, &mut fatal);
        let may_be_empty =
            event || !methods.is_empty() || kind == Kind::Abstract || arguments.allows("empty");
        let fields = named_fields(input, may_be_empty, &mut fatal)
            .map(|fields| {
                let properties = properties.as_deref();
                Field::all(fields, &arguments, kind, properties, faults, &mut fatal)
            })
            .unwrap_or_default();
        if kind == Kind::Abstract && !fields.is_empty() {
            let fault = match arguments.get("bare") {
                Some(_) => message::bare_items(),
                None => message::abstract_items(),
            };
            fatal.push(input.ident.span(), fault);
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
            embedded: kind == Kind::Embedded
                || (kind == Kind::Registered && guid.is_none())
                || arguments.flag("registered").unwrap_or(false),
            guid: (kind == Kind::Registered).then(|| guid.unwrap_or_else(|| Guid::NIL.to_string())),
            variable,
            lifetime,
            event,
            methods,
            properties,
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
        match (&self.properties, self.kind) {
            (Some(properties), _) => properties.len(),
            (None, Kind::Registered | Kind::Static) => 2,
            (None, Kind::Embedded | Kind::Abstract | Kind::Parameters) => 0,
        }
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
    // Parameters have the name that WMI gives them.
    if arguments.get("parameters").is_none() {
        if let Err(why) = check_class_name(&name).or_else(|why| allow_keyword(why, arguments)) {
            faults.push(span, message::class_name(&name, why));
        }
    }
    name
}

/// A published class may have names that are keywords.
pub(crate) fn allow_keyword(why: NameError, arguments: &Arguments) -> Result<(), NameError> {
    let is_keyword = matches!(why, NameError::CKeyword | NameError::MofKeyword);
    if is_keyword && arguments.allows("keyword") {
        Ok(())
    } else {
        Err(why)
    }
}

/// The properties that are no items, where they are declared.
fn properties(arguments: &Arguments, faults: &mut Faults) -> Option<Vec<FreeProperty>> {
    let Value::Properties(properties) = &arguments.get("properties")?.value else {
        return None;
    };
    for property in properties {
        let name = unraw(&property.name);
        if let Err(why) = check_item_name(&name).or_else(|why| allow_keyword(why, arguments)) {
            faults.push(property.name.span(), message::item_name(name, why));
        }
        for free in &property.qualifiers {
            of_free(free, faults);
        }
    }
    Some(properties.clone())
}

fn base(arguments: &Arguments, faults: &mut Faults) -> Option<Base> {
    match &arguments.get("base")?.value {
        Value::Path(path) => Some(Base::Class(path.clone())),
        Value::Text(literal) => {
            // A base of the system may start with underscores, as `__ExtrinsicEvent` does.
            if let Err(why) = check_item_name(&literal.value()) {
                faults.push(literal.span(), message::base_name(literal.value(), why));
            }
            Some(Base::Name(literal.value()))
        }
        _ => None,
    }
}

/// What the class is for, and its GUID if it has a good one.
fn kind(input: &DeriveInput, arguments: &Arguments, faults: &mut Faults) -> (Kind, Option<String>) {
    let is = |flag| arguments.flag(flag).unwrap_or(false);
    let mut refuse = |names: &[&str], fault: fn(&str) -> String| {
        for argument in names.iter().filter_map(|name| arguments.get(name)) {
            faults.push(argument.name, fault(argument.key.name));
        }
    };
    let guid = arguments.text("guid");
    if is("parameters") {
        return (Kind::Parameters, None);
    }
    if is("abstract") || is("bare") {
        let others = [
            "guid",
            "embedded",
            "variable",
            "event",
            "hi_perf",
            "perf_detail",
        ];
        if is("bare") {
            refuse(&["abstract"], |name| message::bare_only(name));
            refuse(&others, |name| message::bare_only(name));
        } else {
            refuse(&others, |name| message::abstract_only(name));
        }
        return (Kind::Abstract, None);
    }
    if is("static") {
        let others = ["guid", "embedded", "event", "methods", "provider"];
        refuse(&others, |name| message::static_only(name));
        return (Kind::Static, None);
    }
    let registered = is("registered");
    if registered && !is("embedded") {
        refuse(&["registered"], |name| message::registered_only(name));
    }
    if is("embedded") && !registered {
        let others = ["hi_perf", "perf_detail", "event", "methods", "provider"];
        refuse(&others, |name| message::embedded_only(name));
    }
    if let Some(literal) = guid {
        check_guid(literal, arguments, faults);
    }
    if is("embedded") && !registered {
        return (Kind::Embedded, None);
    }
    let good = guid.filter(|literal| Guid::parse(&literal.value()).is_ok());
    // With a wrong value they have their faults already.
    if arguments.get("guid").is_none() && (registered || arguments.get("embedded").is_none()) {
        faults.push(input.ident.span(), message::no_guid());
    }
    (Kind::Registered, good.map(LitStr::value))
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

/// Checks what is around the fields; the lifetime, which only a class of variable size may have.
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

/// The lifetime of a class or method, or the fault of its parameters.
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

/// Two fields must not generate one name, nor one of the names that every class has.
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
