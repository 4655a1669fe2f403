//! Writes the expansion: the class as constant data, its layout, and one-line methods.
//!
//! No loops, no formatting, no `unsafe`, no `allow`: the work is done by `wmi_core::__private`,
//! which is compiled once. User code appears only as types and `self.field`.

mod counters;
mod data;
mod fallback;
mod wire;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use crate::model::Class;
pub(crate) use fallback::fallback;

/// The expansion of a class without faults.
pub(crate) fn class(class: &Class<'_>) -> TokenStream {
    let krate = &class.krate;
    let data = data::expand(class);
    let wire = wire::expand(class);
    let counters = counters::expand(class);
    let items = wire::items_trait(class);
    quote! {
        const _: () = {
            use #krate::__private as __wmi;
            #data
            #wire
            #counters
        };
        #items
    }
}

/// A generated name at the place of a user's one: found by name like the user's own, but known to
/// lints as generated.
fn generated(name: &str, at: &Ident) -> Ident {
    let span = at.span().resolved_at(Span::mixed_site());
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(name, span),
    }
}

/// The `deprecated` attribute of a field, which its methods inherit.
fn deprecated(field: &syn::Field) -> TokenStream {
    field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("deprecated"))
        .map(ToTokens::to_token_stream)
        .collect()
}
