//! `CounterClass`, `new`, `Default` and the methods that count.

use proc_macro2::TokenStream;
use quote::quote;

use super::wire::zeros;
use super::{around, checked, deprecated, documented, generated, item_documentation, value_of};
use crate::model::{Class, Counter, Field};
use crate::text::unraw;

pub(super) fn expand(class: &Class<'_>) -> TokenStream {
    if !class.has_counters() {
        return TokenStream::new();
    }
    let ident = &class.input.ident;
    let zeros = zeros(class);
    let counters = || {
        class
            .fields
            .iter()
            .filter_map(|field| Some((field, field.counter?)))
    };
    let methods = counters().map(|(field, counter)| methods(field, counter));
    quote! {
        #[automatically_derived]
        impl __wmi::CounterClass for #ident {
            const ZERO: Self = #zeros;
        }

        #[automatically_derived]
        impl #ident {
            /// Creates the class with all counters zero.
            pub const fn new() -> Self {
                <Self as __wmi::CounterClass>::ZERO
            }

            #(#methods)*
        }

        #[automatically_derived]
        impl __wmi::core::default::Default for #ident {
            fn default() -> Self {
                Self::new()
            }
        }
    }
}

fn methods(field: &Field<'_>, counter: Counter) -> TokenStream {
    let (ident, vis, name) = (field.ident(), &field.original.vis, &field.name);
    let (ty, value) = (checked(field), value_of(&quote!(__wmi), field));
    let value_of_field = around(field, quote!(__wmi::value::<), ty, quote!(>(&self.#ident)));
    let deprecated = deprecated(field.original);
    let get = generated(&ident.to_string(), ident);
    let get_doc = item_documentation(field);
    let [increment, add, decrement, sub, set] = ["increment", "add", "decrement", "sub", "set"]
        .map(|verb| generated(&format!("{verb}_{}", unraw(ident)), ident));
    let [increment_doc, add_doc, decrement_doc, sub_doc, set_doc] = [
        format!("Adds one to `{name}`, wrapping on overflow."),
        format!("Adds `amount` to `{name}`, wrapping on overflow."),
        format!("Subtracts one from `{name}`, wrapping below zero."),
        format!("Subtracts `amount` from `{name}`, wrapping below zero."),
        format!("Sets `{name}`."),
    ]
    .map(|own| documented(&own, field));
    let settable = counter.settable.then(|| {
        quote! {
            #[doc = #decrement_doc]
            #(#deprecated)*
            #[inline]
            #vis fn #decrement(&self) {
                <#ty as __wmi::Counter>::decrement(&self.#ident);
            }

            #[doc = #sub_doc]
            #(#deprecated)*
            #[inline]
            #vis fn #sub(&self, amount: #value) {
                <#ty as __wmi::Counter>::sub(&self.#ident, amount);
            }

            #[doc = #set_doc]
            #(#deprecated)*
            #[inline]
            #vis fn #set(&self, value: #value) {
                <#ty as __wmi::Counter>::set(&self.#ident, value);
            }
        }
    });
    quote! {
        #[doc = #get_doc]
        #(#deprecated)*
        #[inline]
        #vis fn #get(&self) -> #value {
            #value_of_field
        }

        #[doc = #increment_doc]
        #(#deprecated)*
        #[inline]
        #vis fn #increment(&self) {
            <#ty as __wmi::Counter>::increment(&self.#ident);
        }

        #[doc = #add_doc]
        #(#deprecated)*
        #[inline]
        #vis fn #add(&self, amount: #value) {
            <#ty as __wmi::Counter>::add(&self.#ident, amount);
        }

        #settable
    }
}
