//! The expansion of a faulty struct: stand-ins, so that code which uses the class does not fail as
//! well.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::model::Rejected;

pub(crate) fn fallback(input: &DeriveInput, rejected: &Rejected) -> TokenStream {
    // The traits require `'static`, which a generic parameter may not be.
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let krate = &rejected.krate;
    let ident = &input.ident;
    quote! {
        const _: () = {
            use #krate::__private as __wmi;

            #[automatically_derived]
            impl __wmi::WmiClass for #ident {
                const __DERIVED: __wmi::Derived = __wmi::Derived;
                const CLASS: &'static __wmi::Class<'static> = &__wmi::Class::new("");
            }

            #[automatically_derived]
            impl __wmi::FixedClass for #ident {
                type Bytes = [__wmi::u8; 0];
                const ITEMS: &'static [__wmi::ItemLayout] = &[];
                fn store(&self, _: &mut __wmi::Wire<Self>) {}
            }

            #[automatically_derived]
            impl __wmi::DataBlock for #ident {
                const GUID: __wmi::Guid = __wmi::Guid::NIL;
                const WRITABLE: &'static [__wmi::bool] = &[];
            }

            #[automatically_derived]
            impl __wmi::Element for #ident {
                type Itself = Self;
            }

            #[automatically_derived]
            impl __wmi::WmiField for #ident {
                const CIM_TYPE: __wmi::CimType = __wmi::CimType::Object;
                const ZERO: Self = loop {};
                type Wire = [__wmi::u8; 1];
                type Value = ();
                type Itself = Self;
                fn value(&self) {}
                fn encode(_: ()) -> Self::Wire {
                    [0]
                }
                fn decode(_: &Self::Wire) {}
                fn from_value(_: ()) -> __wmi::core::option::Option<Self> {
                    __wmi::core::option::Option::None
                }
            }
        };
    }
}
