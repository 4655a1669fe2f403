//! `#[derive(WmiMethod)]`: a struct whose fields are the parameters of a method.
//!
//! The parameters of each direction become a separate struct, which is derived as a class of
//! variable size, so the class derive does layout, encoding and reading.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Fields, Lifetime, LitStr};
use wmi_vocabulary::attribute::Allow;
use wmi_vocabulary::check_item_name;

use crate::attribute::{FreeValue, MethodAttributes, ParameterAttributes, read, value};
use crate::expand::{between, declared, mentions};
use crate::fault::{Faults, message};
use crate::model::{
    Order, Qualifier, allow_keyword, check_generics, ends, name_count, of_method, of_parameter,
};
use crate::plain;
use crate::text::{documentation, paragraphs, pascal_case, unraw};

pub(crate) fn expand(input: &DeriveInput, faults: &mut Faults) -> TokenStream {
    let attributes: MethodAttributes = read::<_, ParameterAttributes>(&input.attrs, faults);
    let krate = attributes.krate.krate();
    let (name, span) = match attributes.name.value() {
        Some(value::Text(literal)) => (literal.value(), literal.span()),
        None => (unraw(&input.ident), input.ident.span()),
    };
    let legal = check_item_name(&name);
    if let Err(why) = legal.or_else(|why| allow_keyword(why, &attributes.allow)) {
        faults.push(span, message::item_name(&name, why));
    }
    if !attributes.id.is_given() {
        faults.push(input.ident.span(), message::no_method_id());
    }
    let qualifiers = of_method(&attributes, &input.attrs, faults);
    let Some(parameters) = Parameter::all(input, &attributes, faults) else {
        return TokenStream::new();
    };
    let lifetime = match check_generics(input, true) {
        Ok(lifetime) => lifetime,
        Err(fault) => {
            faults.push_under(&input.generics.params, fault);
            return TokenStream::new();
        }
    };
    let ident = &input.ident;
    let id = attributes.id.value().map_or(0, |id| id.0);
    let id = u32::try_from(id).unwrap_or(0);
    let input_block = block(input, &krate, &lifetime, &parameters, "in");
    let output_block = block(input, &krate, &lifetime, &parameters, "out");
    let (in_type, in_struct) = (input_block.ty, input_block.definition);
    let (out_type, out_struct) = (output_block.ty, output_block.definition);
    let properties = parameters.iter().map(|parameter| {
        let (name, qualifiers) = (&parameter.name, &parameter.qualifiers);
        let ty = parameter.type_in_schema(&lifetime);
        let property = quote!(__wmi::parameter::<#ty>(#name, &[#(#qualifiers),*]));
        let (order, type_name) = (parameter.order.as_ref(), parameter.type_name.as_ref());
        declared(property, order, type_name, parameter.default.as_ref())
    });
    let returns = attributes
        .returns
        .value()
        .map(|value::Text(name)| quote!(.with_returns(__wmi::cim_type(#name, false), #name)));
    let generics = lifetime.as_ref().map(|lifetime| quote!(<#lifetime>));
    let any_lifetime = lifetime.as_ref().map(|_| quote!(<'_>));
    let fields = parameters.iter().map(Parameter::ident);
    quote! {
        const _: () = {
            use #krate::__private as __wmi;

            // The struct is never constructed; this marks its fields as used.
            const _: fn(&#ident #any_lifetime) = |_method| {
                #(let _ = &_method.#fields;)*
            };

            #[automatically_derived]
            impl #generics __wmi::WmiMethod for #ident #generics {
                const __DERIVED: __wmi::Derived = __wmi::Derived;
                const METHOD: __wmi::Method<'static> = __wmi::Method::new(#name)
                    .with_qualifiers(&[#(#qualifiers),*])
                    .with_parameters(&[#(#properties),*])
                    #returns;
                const ID: __wmi::u32 = #id;
                type In<'__wmi> = #in_type;
                type Out<'__wmi> = #out_type;
            }
        };
        #in_struct
        #out_struct
    }
}

/// A parameter.
struct Parameter<'a> {
    original: &'a syn::Field,
    /// With its span, so that the class derive reports faults of the name there.
    name: LitStr,
    /// In which directions it goes.
    is_in: bool,
    is_out: bool,
    /// The field with the count of this array.
    size_is: Option<value::Field>,
    /// Whether it is the count of an array.
    counts: bool,
    qualifiers: Vec<Qualifier>,
    /// The order of the qualifiers, including those of the type.
    order: Option<Order>,
    /// The MOF spelling of the type.
    type_name: Option<LitStr>,
    /// The default value in MOF.
    default: Option<(FreeValue, Span)>,
    /// Whether the name may be a keyword.
    any_name: bool,
}

impl<'a> Parameter<'a> {
    fn all(
        input: &'a DeriveInput,
        method: &MethodAttributes,
        faults: &mut Faults,
    ) -> Option<Vec<Self>> {
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => fields.named.iter().collect(),
                Fields::Unit => Vec::new(),
                Fields::Unnamed(_) => {
                    faults.push(input.ident.span(), message::not_a_method("a tuple struct"));
                    return None;
                }
            },
            Data::Enum(_) => {
                faults.push(input.ident.span(), message::not_a_method("an enum"));
                return None;
            }
            Data::Union(_) => {
                faults.push(input.ident.span(), message::not_a_method("a union"));
                return None;
            }
        };
        let mut parameters: Vec<Self> = fields
            .into_iter()
            .map(|field| Self::new(field, method, faults))
            .collect();
        // Expanding an array without its count would repeat its faults as compiler errors.
        let mut sizes = Faults::default();
        resolve_sizes(&mut parameters, &mut sizes);
        for parameter in &mut parameters {
            parameter.select_qualifiers(faults);
        }
        check_names(&parameters, faults);
        let fit = sizes.is_empty();
        faults.append(sizes);
        fit.then_some(parameters)
    }

    fn new(original: &'a syn::Field, method: &MethodAttributes, faults: &mut Faults) -> Self {
        let attributes: ParameterAttributes = read::<_, MethodAttributes>(&original.attrs, faults);
        let ident = original.ident.as_ref().expect("the fields have names");
        let name = match attributes.name.value() {
            Some(value::Text(literal)) => literal.clone(),
            None => LitStr::new(&pascal_case(&unraw(ident)), ident.span()),
        };
        let legal = check_item_name(&name.value());
        if let Err(why) = legal.or_else(|why| allow_keyword(why, &attributes.allow)) {
            faults.push(name.span(), message::item_name(name.value(), why));
        }
        let (is_in, is_out) = (attributes.is_in.is_on(), attributes.is_out.is_on());
        // An invalid direction has already been reported.
        let has_fault = attributes.is_in.is_given() || attributes.is_out.is_given();
        if !is_in && !is_out && !has_fault {
            faults.push(ident.span(), message::no_direction(unraw(ident)));
        }
        Self {
            original,
            name,
            is_in,
            is_out,
            size_is: attributes.size_is.value().cloned(),
            counts: false,
            qualifiers: of_parameter(&attributes, method, &original.attrs, faults),
            order: Order::new(&attributes.order),
            type_name: attributes.type_name.value().map(|name| name.0.clone()),
            default: attributes.default.located(),
            any_name: attributes.allow.has(Allow::Keyword),
        }
    }

    /// Keeps the qualifiers listed in the order. For a parameter in both directions the order may
    /// list neither direction, which means both in MOF.
    fn select_qualifiers(&mut self, faults: &mut Faults) {
        let Some(order) = &self.order else { return };
        let directions = ["in", "out"];
        if self.is_in && self.is_out && !directions.iter().any(|name| order.names(name)) {
            self.qualifiers
                .retain(|qualifier| !directions.contains(&&*qualifier.name));
        }
        order.select(&mut self.qualifiers, faults);
    }

    fn ident(&self) -> &Ident {
        self.original.ident.as_ref().expect("the fields have names")
    }

    fn goes(&self, direction: &str) -> bool {
        if direction == "in" {
            self.is_in
        } else {
            self.is_out
        }
    }

    fn type_in_schema(&self, lifetime: &Option<Lifetime>) -> TokenStream {
        let ty = crate::expand::forget_lifetime(&self.original.ty, lifetime.as_ref());
        let alias = if self.counts {
            quote!(__wmi::NumberOf<)
        } else {
            quote!(__wmi::ItemOf<)
        };
        between(ends(&self.original.ty), alias, ty, quote!(>))
    }
}

/// Checks the names of all parameters, which share one list in MOF, without regard to case. The
/// struct of each direction checks those inside it.
fn check_names(parameters: &[Parameter<'_>], faults: &mut Faults) {
    let (only_in, only_out): (Vec<_>, Vec<_>) = parameters
        .iter()
        .filter(|parameter| parameter.is_in != parameter.is_out)
        .partition(|parameter| parameter.is_in);
    for parameter in only_out {
        let name = parameter.name.value();
        let other = only_in
            .iter()
            .map(|other| &other.name)
            .find(|other| other.value().eq_ignore_ascii_case(&name));
        if let Some(other) = other {
            let first = other.value();
            faults.push(parameter.name.span(), message::repeated_name(name, &first));
            faults.push(other.span(), message::first_name(first));
        }
    }
}

/// Resolves the `size_is` of each array, and marks the parameters that are counts.
fn resolve_sizes(parameters: &mut [Parameter<'_>], faults: &mut Faults) {
    for array in 0..parameters.len() {
        let Some(size_is) = parameters[array].size_is.clone() else {
            continue;
        };
        let wanted = size_is.name();
        let by_field = |other: &Parameter<'_>| unraw(other.ident()) == wanted;
        let by_name = |other: &Parameter<'_>| {
            size_is.is_name() && other.name.value().eq_ignore_ascii_case(&wanted)
        };
        let field = parameters.iter().position(by_field);
        let count = field.or_else(|| parameters.iter().position(by_name));
        let span = size_is.span();
        match count {
            None => faults.push(span, message::size_is_unknown(&wanted)),
            Some(count) if count >= array => {
                faults.push(span, message::parameter_order(&wanted));
            }
            Some(count) => {
                let (first, second) = (&parameters[count], &parameters[array]);
                if (second.is_in && !first.is_in) || (second.is_out && !first.is_out) {
                    faults.push(span, message::parameter_direction(&wanted));
                }
                // If `size_is` gives the parameter's name, the qualifier keeps its spelling.
                let name = match field {
                    Some(_) => first.name.value(),
                    None => wanted,
                };
                // The structs of the directions refer to it by field.
                let mut field = first.ident().clone();
                field.set_span(field.span().located_at(span));
                parameters[array].size_is = Some(value::Field::Ident(field));
                parameters[count].counts = true;
                name_count(&mut parameters[array].qualifiers, name);
            }
        }
    }
}

/// The parameters of one direction.
struct Block {
    /// The type, for the lifetime `'__wmi`.
    ty: TokenStream,
    definition: TokenStream,
}

fn block(
    input: &DeriveInput,
    krate: &TokenStream,
    lifetime: &Option<Lifetime>,
    parameters: &[Parameter<'_>],
    direction: &str,
) -> Block {
    let own: Vec<_> = parameters
        .iter()
        .filter(|parameter| parameter.goes(direction))
        .collect();
    if own.is_empty() {
        return Block {
            ty: quote!(#krate::NoParameters),
            definition: TokenStream::new(),
        };
    }
    let method = unraw(&input.ident);
    let name = Ident::new(
        &format!("{method}{}", pascal_case(direction)),
        input.ident.span().resolved_at(Span::mixed_site()),
    );
    let borrows = lifetime.as_ref().filter(|lifetime| {
        own.iter()
            .any(|parameter| mentions(parameter.original.ty.to_token_stream(), lifetime))
    });
    let (generics, ty) = match borrows {
        Some(lifetime) => (Some(quote!(<#lifetime>)), quote!(#name<'__wmi>)),
        None => (None, quote!(#name)),
    };
    let vis = &input.vis;
    let doc = format!("The `{direction}` parameters of [`{method}`].");
    let fields = own.iter().zip(1..).map(|(parameter, id)| {
        let (ident, vis, ty, name) = (
            parameter.ident(),
            &parameter.original.vis,
            &parameter.original.ty,
            &parameter.name,
        );
        // In a direction without its arrays, a count is a plain number.
        let field = unraw(ident);
        let counts_here = own
            .iter()
            .any(|other| matches!(&other.size_is, Some(count) if count.name() == field));
        let ty = if parameter.counts && !counts_here {
            match plain::count(ty) {
                Some(number) => number.to_token_stream(),
                None => {
                    let alias = quote!(#krate::__private::NumberOf<);
                    between(ends(ty), alias, ty, quote!(>))
                }
            }
        } else {
            ty.to_token_stream()
        };
        let own = format!("`{}`.", name.value());
        let doc = paragraphs(&documentation(&parameter.original.attrs), &own);
        let id = proc_macro2::Literal::i64_unsuffixed(id);
        let size_is = parameter.size_is.iter().map(|count| {
            let count = count.name();
            quote!(, size_is = #count)
        });
        let any_name = parameter.any_name.then(|| quote!(, allow(keyword)));
        quote! {
            #[doc = #doc]
            #[wmi(data_id = #id, name = #name, description = "" #(#size_is)* #any_name)]
            #vis #ident: #ty,
        }
    });
    let definition = quote! {
        #[doc = #doc]
        #[derive(#krate::WmiClass)]
        #[wmi(crate = #krate, parameters, variable, name = "__PARAMETERS")]
        #vis struct #name #generics {
            #(#fields)*
        }
    };
    Block { ty, definition }
}
