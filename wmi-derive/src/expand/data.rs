//! The class as `schema::Class` data.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use super::{around, checked, generics, variable};
use crate::attribute::FreeValue;
use crate::model::{Base, Class, Qualifier, QualifierValue};

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
    let added =
        (class.added_properties() > 0).then(|| quote!(__wmi::INSTANCE_NAME, __wmi::ACTIVE,));
    let properties = class.fields.iter().map(|field| {
        let (name, qualifiers) = (&field.name, item_qualifiers(&field.qualifiers));
        let after = quote!(>(#name, &#qualifiers));
        if class.variable {
            let (function, ty) = variable::property(class, field);
            return around(field, quote!(__wmi::#function::<), ty, after);
        }
        let ty = checked(field);
        around(field, quote!(__wmi::property::<), ty, after)
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
        quote! {
            #[automatically_derived]
            impl #impl_generics __wmi::DataBlock for #ident #type_generics {
                const GUID: __wmi::Guid = __wmi::guid(#guid);
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics __wmi::WmiClass for #ident #type_generics {
            const CLASS: &'static __wmi::Class<'static> = &__wmi::Class::new(#name)
                #(#superclass)*
                .with_qualifiers(&[#(#qualifiers),*])
                .with_properties(&[#added #(#properties),*])
                #methods;
        }

        #(#registered)*
        #method_check
    }
}

/// The qualifiers of an item. Those that most counters have are one call: each call in a constant
/// costs the compiler as much as a method.
fn item_qualifiers(qualifiers: &[Qualifier]) -> TokenStream {
    use QualifierValue::{Amended, Flag, Number, Text};
    const NAMES: [&str; 7] = [
        "read",
        "WmiDataId",
        "CounterType",
        "DefaultScale",
        "PerfDetail",
        "Description",
        "cpp_quote",
    ];
    let usual = qualifiers
        .iter()
        .zip(NAMES)
        .all(|(qualifier, name)| qualifier.name == name);
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
            Amended(text),
        ] if usual => {
            quote!(__wmi::counter(#id, #ty, #scale, #detail, #text))
        }
        [
            Flag,
            Number(id),
            Number(ty),
            Number(scale),
            Number(detail),
            Amended(text),
            Text(quoted),
        ] if usual => {
            quote!(__wmi::quoted_counter(#id, #ty, #scale, #detail, #text, #quoted))
        }
        _ => quote!([#(#qualifiers),*]),
    }
}

impl ToTokens for Qualifier {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let name = &*self.name;
        tokens.extend(match &self.value {
            QualifierValue::Flag => quote!(__wmi::flag(#name)),
            QualifierValue::False => quote!(__wmi::boolean(#name, false)),
            QualifierValue::Number(number) => quote!(__wmi::number(#name, #number)),
            QualifierValue::Text(text) => quote!(__wmi::text(#name, #text)),
            QualifierValue::Amended(text) => quote!(__wmi::amended(#name, #text)),
            QualifierValue::Free(value, flavors) => {
                let flavors = flavors
                    .iter()
                    .map(|flavor| Ident::new(flavor, Span::mixed_site()));
                quote! {
                    __wmi::Qualifier::new(#name, #value)
                        .with_flavor(__wmi::Flavor::NONE #(.union(__wmi::Flavor::#flavors))*)
                }
            }
        });
    }
}

impl ToTokens for FreeValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Boolean(on) => quote!(__wmi::Value::Boolean(#on)),
            Self::Number(number) => quote!(__wmi::Value::Integer(#number)),
            Self::Text(text) => quote!(__wmi::Value::String(#text)),
            Self::Array(values) => quote!(__wmi::Value::Array(&[#(#values),*])),
        });
    }
}
