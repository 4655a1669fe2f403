//! The class as `schema::Class` data.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::LitStr;

use super::{around, at, checked, generics, variable};
use crate::attribute::{FreeProperty, FreeValue};
use crate::fault::Faults;
use crate::model::{Base, Class, Order, Qualifier, QualifierValue, of_free};
use crate::text::unraw;

pub(super) fn expand(class: &Class<'_>) -> TokenStream {
    let ident = &class.input.ident;
    let name = &class.name;
    let lifetime = class.lifetime.iter();
    let (impl_generics, type_generics) = (quote!(<#(#lifetime)*>), generics(class));
    let superclass = class.base.iter().map(|base| match base {
        Base::Name(name) => quote!(.with_superclass(#name)),
        Base::Class(path) => quote! {
            .with_superclass(<#path as __wmi::WmiClass>::CLASS.name)
        },
    });
    let qualifiers = &class.qualifiers;
    let added = match &class.properties {
        Some(properties) => quote!(#(#properties,)*),
        None if class.added_properties() > 0 => quote!(__wmi::INSTANCE_NAME, __wmi::ACTIVE,),
        None => TokenStream::new(),
    };
    let properties = class.fields.iter().map(|field| {
        let (name, qualifiers) = (&field.name, item_qualifiers(&field.qualifiers));
        let after = quote!(>(#name, &#qualifiers));
        let property = if class.variable {
            let (function, ty) = variable::property(class, field);
            around(field, quote!(__wmi::#function::<), ty, after)
        } else {
            let ty = checked(field);
            around(field, quote!(__wmi::property::<), ty, after)
        };
        let (order, type_name) = (field.order.as_ref(), field.type_name.as_ref());
        declared(property, order, type_name, field.default.as_ref())
    });
    let methods = (!class.methods.is_empty()).then(|| {
        let methods = &class.methods;
        quote!(.with_methods(&[#(<#methods as __wmi::WmiMethod>::METHOD),*]))
    });
    let method_check = (!class.methods.is_empty()).then(|| {
        let any_lifetime = class.lifetime.as_ref().map(|_| quote!(<'_>));
        quote! {
            const _: () = __wmi::check_methods(<#ident #any_lifetime as __wmi::WmiClass>::CLASS);
        }
    });
    let registered = class.guid.iter().map(|guid| {
        let writable = writable(class);
        quote! {
            #[automatically_derived]
            impl #impl_generics __wmi::DataBlock for #ident #type_generics {
                const GUID: __wmi::Guid = __wmi::guid(#guid);
                const WRITABLE: &'static [__wmi::bool] = &#writable;
            }
        }
    });
    let count = class.added_properties() + class.fields.len();
    let idle_counts = class.variable.then(|| idle_counts(class));
    quote! {
        // Not a constant: the compiler emits all that a constant refers to wherever it is used, and
        // each item refers to its property.
        static __WMI_PROPERTIES: [__wmi::Property<'static>; #count] = [#added #(#properties),*];

        #[automatically_derived]
        impl #impl_generics __wmi::WmiClass for #ident #type_generics {
            const __DERIVED: __wmi::Derived = __wmi::Derived;
            const CLASS: &'static __wmi::Class<'static> = &__wmi::class(#name)
                #(#superclass)*
                .with_qualifiers(&[#(#qualifiers),*])
                .with_properties(&__WMI_PROPERTIES)
                #methods;
        }

        #(#registered)*
        #method_check
        #idle_counts
    }
}

/// The check that an array names every count of a class of variable size.
fn idle_counts(class: &Class<'_>) -> TokenStream {
    let added = class.added_properties();
    let places = (added..).zip(&class.fields);
    let mut items = places
        .filter(|(_, field)| field.counts.is_empty() && field.size_is.is_none())
        .map(|(place, field)| {
            let is_count = variable::constant(class, field, &quote!(IS_COUNT));
            quote!((#place, #is_count))
        })
        .peekable();
    if items.peek().is_none() {
        return TokenStream::new();
    }
    quote!(const _: () = __wmi::no_idle_count(&__WMI_PROPERTIES, &[#(#items),*]);)
}

/// Whether each item can be set, in id order.
fn writable(class: &Class<'_>) -> TokenStream {
    let mut fields: Vec<_> = class.fields.iter().collect();
    fields.sort_by_key(|field| field.id);
    let count = fields.len();
    let writable: Vec<_> = fields.iter().map(|field| field.is_writable()).collect();
    if writable.contains(&true) {
        quote!([#(#writable),*])
    } else {
        quote!([false; #count])
    }
}

/// The qualifiers of an item. The usual qualifiers of a counter are one call, as every call in a
/// constant costs as much compile time as a method.
fn item_qualifiers(qualifiers: &[Qualifier]) -> TokenStream {
    use QualifierValue::{Flag, Number, Text};
    const NAMES: [&str; 7] = [
        "read",
        "WmiDataId",
        "CounterType",
        "DefaultScale",
        "PerfDetail",
        "Description",
        "cpp_quote",
    ];
    let usual = qualifiers.iter().zip(NAMES).all(|(qualifier, name)| {
        let amended = qualifier.flavors == ["AMENDED"];
        let flavored = !qualifier.flavors.is_empty();
        qualifier.name == name
            && (if name == "Description" {
                amended
            } else {
                !flavored
            })
    });
    let values: Vec<_> = qualifiers
        .iter()
        .map(|qualifier| &qualifier.value)
        .collect();
    match *values {
        [
            Flag,
            Number(id),
            Number(ty),
            Number(scale),
            Number(detail),
            Text(text),
        ] if usual => {
            quote!(__wmi::counter(#id, #ty, #scale, #detail, #text))
        }
        [
            Flag,
            Number(id),
            Number(ty),
            Number(scale),
            Number(detail),
            Text(text),
            Text(quoted),
        ] if usual => {
            quote!(__wmi::quoted_counter(#id, #ty, #scale, #detail, #text, #quoted))
        }
        _ => quote!([#(#qualifiers),*]),
    }
}

/// Adds the parts of a property's declaration that its type and qualifiers do not determine.
pub(crate) fn declared(
    mut property: TokenStream,
    order: Option<&Order>,
    type_name: Option<&LitStr>,
    default: Option<&(FreeValue, Span)>,
) -> TokenStream {
    if let Some(order) = order {
        let count = order.names.len();
        let names = order.names.iter().map(|named| {
            let (name, flavors) = (unraw(&named.name), flavors(&named.flavors));
            quote!((#name, #flavors))
        });
        // The compiler then reports its faults there.
        let arranged = at(
            order.span,
            quote!(__wmi::arrange(&__WMI_PROPERTY, &[#(#names),*])),
        );
        property = quote!(const {
            const __WMI_PROPERTY: __wmi::Property<'static> = #property;
            const __WMI_QUALIFIERS: [__wmi::Qualifier<'static>; #count] = #arranged;
            __wmi::ordered(&__WMI_PROPERTY, &__WMI_QUALIFIERS)
        });
    }
    if let Some(name) = type_name {
        property = at(name.span(), quote!(__wmi::spelled(#property, #name)));
    }
    match default {
        // The compiler then reports a wrong type there.
        Some((default, place)) => at(*place, quote!(__wmi::defaulted(#property, #default))),
        None => property,
    }
}

impl ToTokens for FreeProperty {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (name, type_name, reference) =
            (unraw(&self.name), unraw(&self.type_name), self.reference);
        // Their faults were reported when they were read.
        let qualifiers = self
            .qualifiers
            .iter()
            .map(|free| of_free(free, &mut Faults::default()));
        let array = self.array.map(|length| match length {
            Some(length) => quote!(.with_array(__wmi::Array::Fixed(#length))),
            None => quote!(.with_array(__wmi::Array::Variable)),
        });
        let default = self
            .default
            .as_ref()
            .map(|default| quote!(.with_default(#default)));
        tokens.extend(quote! {
            __wmi::Property::new(#name, __wmi::cim_type(#type_name, #reference), #type_name)
                #array
                .with_qualifiers(&[#(#qualifiers),*])
                #default
        });
    }
}

impl ToTokens for Qualifier {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (name, flavors) = (&*self.name, flavors(&self.flavors));
        tokens.extend(match (&self.value, &*self.flavors) {
            (QualifierValue::Flag, []) => quote!(__wmi::flag(#name)),
            (QualifierValue::False, []) => quote!(__wmi::boolean(#name, false)),
            (QualifierValue::Number(number), []) => quote!(__wmi::number(#name, #number)),
            (QualifierValue::Text(text), []) => quote!(__wmi::text(#name, #text)),
            (QualifierValue::Text(text), ["AMENDED"]) => quote!(__wmi::amended(#name, #text)),
            (value, _) => quote!(__wmi::Qualifier::new(#name, #value).with_flavor(#flavors)),
        });
    }
}

impl ToTokens for QualifierValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Flag => quote!(__wmi::Value::Boolean(true)),
            Self::False => quote!(__wmi::Value::Boolean(false)),
            Self::Number(number) => quote!(__wmi::Value::Integer(#number)),
            Self::Text(text) => quote!(__wmi::Value::String(#text)),
            Self::Free(value) => quote!(#value),
        });
    }
}

fn flavors(names: &[&str]) -> TokenStream {
    let names = names
        .iter()
        .map(|name| Ident::new(name, Span::mixed_site()));
    quote!(__wmi::Flavor::NONE #(.union(__wmi::Flavor::#names))*)
}

impl ToTokens for FreeValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Null => quote!(__wmi::Value::Null),
            Self::Boolean(on) => quote!(__wmi::Value::Boolean(#on)),
            Self::Char(unit) => quote!(__wmi::Value::Char(#unit)),
            Self::Number(number) => quote!(__wmi::Value::Integer(#number)),
            Self::Real(number) => quote!(__wmi::Value::Real(#number)),
            Self::Text(text) => quote!(__wmi::Value::String(#text)),
            Self::Array(values) => quote!(__wmi::Value::Array(&[#(#values),*])),
        });
    }
}
