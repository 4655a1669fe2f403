//! The class as `schema::Class` data.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{around, checked};
use crate::model::{Class, Qualifier, QualifierValue};

pub(super) fn expand(class: &Class<'_>) -> TokenStream {
    let ident = &class.input.ident;
    let name = &class.name;
    let superclass = class
        .base
        .iter()
        .map(|base| quote!(.with_superclass(#base)));
    let qualifiers = &class.qualifiers;
    let added = class
        .guid
        .iter()
        .map(|_| quote!(__wmi::INSTANCE_NAME, __wmi::ACTIVE,));
    let properties = class.fields.iter().map(|field| {
        let ty = checked(&quote!(__wmi), field);
        let (name, qualifiers) = (&field.name, &field.qualifiers);
        let after = quote!(>(#name, &[#(#qualifiers),*]));
        around(field, quote!(__wmi::property::<), ty, after)
    });
    let data_block = class.guid.iter().map(|guid| {
        quote! {
            #[automatically_derived]
            impl __wmi::DataBlock for #ident {
                const GUID: __wmi::Guid = __wmi::guid(#guid);
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl __wmi::WmiClass for #ident {
            const CLASS: &'static __wmi::Class<'static> = &__wmi::Class::new(#name)
                #(#superclass)*
                .with_qualifiers(&[#(#qualifiers),*])
                .with_properties(&[#(#added)* #(#properties),*]);
        }

        #(#data_block)*
    }
}

impl ToTokens for Qualifier {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let name = self.name;
        tokens.extend(match &self.value {
            QualifierValue::Flag => quote!(__wmi::flag(#name)),
            QualifierValue::False => quote!(__wmi::boolean(#name, false)),
            QualifierValue::Number(number) => quote!(__wmi::number(#name, #number)),
            QualifierValue::Text(text) => quote!(__wmi::text(#name, #text)),
            QualifierValue::Amended(text) => quote!(__wmi::amended(#name, #text)),
        });
    }
}
