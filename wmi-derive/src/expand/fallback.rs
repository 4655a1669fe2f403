//! What a struct with faults expands to: its faults, and stand-ins, so that code which uses the
//! class does not fail a second time.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::model::Rejected;

pub(crate) fn fallback(input: &DeriveInput, rejected: &Rejected) -> TokenStream {
    let errors = rejected.faults.to_compile_errors();
    let krate = &rejected.krate;
    let ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    // The traits ask for `'static`, which a parameter may not be.
    if !input.generics.params.is_empty() {
        return errors;
    }
    let used_as = if rejected.embedded {
        quote! {
            impl #impl_generics __wmi::Element for #ident #type_generics #where_clause {}
            impl #impl_generics __wmi::WmiField for #ident #type_generics #where_clause {
                const CIM_TYPE: __wmi::CimType = __wmi::CimType::Object;
                const ZERO: Self = __wmi::core::panic!();
                type Wire = [__wmi::core::primitive::u8; 0];
                type Value = ();
                fn value(&self) {}
                fn encode(_: ()) -> Self::Wire {
                    []
                }
                fn decode(_: &Self::Wire) {}
            }
        }
    } else {
        quote! {
            impl #impl_generics __wmi::DataBlock for #ident #type_generics #where_clause {
                const GUID: __wmi::Guid = __wmi::Guid::NIL;
            }
        }
    };
    quote! {
        #errors
        const _: () = {
            use #krate::__private as __wmi;

            impl #impl_generics __wmi::WmiClass for #ident #type_generics #where_clause {
                const CLASS: &'static __wmi::Class<'static> = &__wmi::Class::new("");
            }
            impl #impl_generics __wmi::FixedClass for #ident #type_generics #where_clause {
                type Bytes = [__wmi::core::primitive::u8; 0];
                const ITEMS: &'static [__wmi::ItemLayout] = &[];
                fn store(&self, _: &mut __wmi::Wire<Self>) {}
            }
            #used_as
        };
    }
}
