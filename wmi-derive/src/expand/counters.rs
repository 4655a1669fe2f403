//! `new`, `Default` and the methods that count.

use proc_macro2::TokenStream;
use quote::quote;

use super::wire::zeros;
use super::{deprecated, generated};
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
    let checks = counters().map(|(field, counter)| check(field, counter));
    let methods = counters().map(|(field, counter)| methods(field, counter));
    quote! {
        #(#checks)*

        #[automatically_derived]
        impl #ident {
            /// All counts zero.
            pub const fn new() -> Self {
                #zeros
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

/// The proof that the field is a counter of the right width.
fn check(field: &Field<'_>, counter: Counter) -> TokenStream {
    let ty = field.ty();
    let check = match counter.bits {
        Some(32) => quote!(counter32),
        Some(_) => quote!(counter64),
        None => quote!(counter),
    };
    quote!(const _: () = __wmi::#check::<#ty>();)
}

fn methods(field: &Field<'_>, counter: Counter) -> TokenStream {
    let (ident, ty, vis, name) = (field.ident(), field.ty(), &field.original.vis, &field.name);
    let deprecated = deprecated(field.original);
    let get = generated(&ident.to_string(), ident);
    let [increment, add, decrement, set] = ["increment", "add", "decrement", "set"]
        .map(|verb| generated(&format!("{verb}_{}", unraw(ident)), ident));
    let [get_doc, increment_doc, add_doc, decrement_doc, set_doc] = [
        format!("The current `{name}`."),
        format!("Adds one to `{name}`, wrapping on overflow."),
        format!("Adds `amount` to `{name}`, wrapping on overflow."),
        format!("Takes one from `{name}`, wrapping below zero."),
        format!("Sets `{name}`."),
    ];
    let settable = counter.settable.then(|| {
        quote! {
            #[doc = #decrement_doc]
            #deprecated
            #[inline]
            #vis fn #decrement(&self) {
                __wmi::Counter::decrement(&self.#ident);
            }

            #[doc = #set_doc]
            #deprecated
            #[inline]
            #vis fn #set(&self, value: __wmi::ValueOf<#ty>) {
                __wmi::Counter::set(&self.#ident, value);
            }
        }
    });
    quote! {
        #[doc = #get_doc]
        #deprecated
        #[inline]
        #vis fn #get(&self) -> __wmi::ValueOf<#ty> {
            __wmi::WmiField::value(&self.#ident)
        }

        #[doc = #increment_doc]
        #deprecated
        #[inline]
        #vis fn #increment(&self) {
            __wmi::Counter::increment(&self.#ident);
        }

        #[doc = #add_doc]
        #deprecated
        #[inline]
        #vis fn #add(&self, amount: __wmi::ValueOf<#ty>) {
            __wmi::Counter::add(&self.#ident, amount);
        }

        #settable
    }
}
