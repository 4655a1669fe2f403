//! Writes the expansion: the class as constant data, its layout, and one-line methods.
//!
//! No loops, no formatting, no `unsafe`, no `allow`: the work is done by `wmi_core::__private`,
//! which is compiled once. User code appears only as types and `self.field`.

mod counters;
mod data;
mod fallback;
#[cfg(test)]
mod shown;
mod variable;
mod wire;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Attribute;

use crate::model::{Class, Counter, Field};
use crate::plain;
use crate::text::paragraphs;
pub(crate) use data::declared;
pub(crate) use fallback::fallback;
pub(crate) use variable::{forget_lifetime, mentions};

/// The expansion of a class.
pub(crate) fn class(class: &Class<'_>) -> TokenStream {
    let krate = &class.krate;
    let data = data::expand(class);
    // What stands in a constant of its own, and what the user can name.
    let (hidden, named) = if class.kind.is_base() {
        Default::default()
    } else if class.variable {
        (variable::expand(class), variable::view(class))
    } else {
        let (wire, counters) = (wire::expand(class), counters::expand(class));
        (quote!(#wire #counters), wire::items_trait(class))
    };
    quote! {
        const _: () = {
            use #krate::__private as __wmi;
            #data
            #hidden
        };
        #named
    }
}

/// The lifetime of the class in angle brackets, if it has one.
fn generics(class: &Class<'_>) -> Option<TokenStream> {
    class.lifetime.as_ref().map(|lifetime| quote!(<#lifetime>))
}

/// The type of a field, as an alias that the compiler rejects where the type is not fit. Made once
/// for each field: moving tokens is a good part of what the derive costs.
fn checked<'a>(field: &'a Field<'_>) -> &'a TokenStream {
    let make = || checked_at(&quote!(__wmi), field);
    field.expanded.get_or_init(make)
}

/// The same, where `__private` has another path.
fn checked_at(private: &TokenStream, field: &Field<'_>) -> TokenStream {
    let alias = match field.counter {
        None => quote!(FieldOf),
        Some(Counter { bits: None, .. }) => quote!(CounterOf),
        Some(Counter {
            bits: Some(32),
            has_other_width,
            ..
        }) => match has_other_width {
            true => quote!(Counter32Of),
            false => quote!(OnlyCounter32Of),
        },
        Some(counter) => match counter.has_other_width {
            true => quote!(Counter64Of),
            false => quote!(OnlyCounter64Of),
        },
    };
    around(field, quote!(#private::#alias<), field.ty(), quote!(>))
}

/// The type of a field's value, in plain words where its spelling tells it.
fn value_of(private: &TokenStream, field: &Field<'_>) -> TokenStream {
    plain::value(private, field.ty())
        .unwrap_or_else(|| around(field, quote!(#private::ValueOf<), field.ty(), quote!(>)))
}

/// The documentation of a generated item: its own words, then those of the field.
fn documented(own: &str, field: &Field<'_>) -> String {
    paragraphs(own, &field.documentation)
}

/// The documentation of what reads an item: the words of the field, then its name and id.
fn item_documentation(field: &Field<'_>) -> String {
    let own = format!("`{}`, `WmiDataId` {}.", field.name, field.id);
    paragraphs(&field.documentation, &own)
}

/// `before ty after`, all at the place of the field's type: there the compiler shows the faults
/// of the type, and what it has shown in one place it does not show again.
fn around(
    field: &Field<'_>,
    before: TokenStream,
    ty: impl ToTokens,
    after: TokenStream,
) -> TokenStream {
    let (start, end) = field.type_ends();
    let (before, after) = (at(start, before), at(end, after));
    quote!(#before #ty #after)
}

fn at(place: Span, tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(place);
        token
    });
    moved.collect()
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
fn deprecated(field: &syn::Field) -> Vec<&Attribute> {
    field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("deprecated"))
        .collect()
}
