//! Writes the expansion: the class as constant data, its layout, and one-line methods.
//!
//! Expansions have no loops, formatting, `unsafe` or `allow`: `wmi_core::__private`, which is
//! compiled once, does the work. User code appears only as types and `self.field`.

mod counters;
mod data;
mod fallback;
#[cfg(test)]
mod shown;
mod variable;
mod wire;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
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
    let aliases = (!class.variable).then(|| aliases(class));
    let data = data::expand(class);
    // The part inside an anonymous constant, and the part that users can name.
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
            #aliases
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

/// Names the checked type of each field, once for equal types, so that [`checked`] is a short path:
/// the compiler spends most of its time on an expansion with resolving paths.
fn aliases(class: &Class<'_>) -> TokenStream {
    let mut known: Vec<(String, Ident)> = Vec::new();
    let mut aliases = TokenStream::new();
    for field in &class.fields {
        if field.mentions(&class.input.ident) {
            continue;
        }
        let ty = checked_at(&quote!(__wmi), field);
        let text = ty.to_string();
        let alias = match known.iter().find(|(other, _)| *other == text) {
            Some((_, alias)) => alias.clone(),
            None => {
                let alias = Ident::new(&format!("__T{}", known.len()), Span::mixed_site());
                aliases.extend(quote!(type #alias = #ty;));
                known.push((text, alias.clone()));
                alias
            }
        };
        // The brackets carry the end of the field's type.
        let ty = around(field, quote!(#alias), TokenStream::new(), quote!(<>));
        let _ = field.expanded.set(ty);
    }
    aliases
}

/// The type of a field, as an alias that rejects unsuitable types. Built once per field, as copying
/// tokens is a large part of the derive's cost.
fn checked<'a>(field: &'a Field<'_>) -> &'a TokenStream {
    let make = || checked_at(&quote!(__wmi), field);
    field.expanded.get_or_init(make)
}

/// As [`checked`], with another path of `__private`.
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

/// The type of a field's value, plain where the spelling of the field's type determines it.
fn value_of(private: &TokenStream, field: &Field<'_>) -> TokenStream {
    plain::value(private, field.ty())
        .unwrap_or_else(|| around(field, quote!(#private::ValueOf<), field.ty(), quote!(>)))
}

/// Returns the documentation of a generated item: its own text, then that of the field.
fn documented(own: &str, field: &Field<'_>) -> String {
    paragraphs(own, &field.documentation)
}

/// Returns the documentation of a reader of an item: the text of the field, then name and id.
fn item_documentation(field: &Field<'_>) -> String {
    let own = format!("`{}`, `WmiDataId` {}.", field.name, field.id);
    paragraphs(&field.documentation, &own)
}

/// `before ty after`, with the span of the field's type, so that the compiler reports faults of the
/// type there, and only once.
fn around(
    field: &Field<'_>,
    before: TokenStream,
    ty: impl ToTokens,
    after: TokenStream,
) -> TokenStream {
    between(field.type_ends(), before, ty, after)
}

/// As [`around`], with these ends of the type.
pub(crate) fn between(
    (start, end): (Span, Span),
    before: TokenStream,
    ty: impl ToTokens,
    after: TokenStream,
) -> TokenStream {
    let (before, after) = (at(start, before), at(end, after));
    quote!(#before #ty #after)
}

fn at(place: Span, tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), at(place, group.stream())).into();
        }
        // The type may come from a macro of the user, which does not see the variables.
        let is_variable = matches!(&token, TokenTree::Ident(name) if is_variable(name));
        token.set_span(match is_variable {
            true => token.span().located_at(place),
            false => place,
        });
        token
    });
    moved.collect()
}

/// Returns whether a name is a parameter of generated code, or a variable that the code of several
/// fields uses.
fn is_variable(name: &Ident) -> bool {
    const PARAMETERS: [&str; 6] = ["self", "out", "input", "view", "sent", "current"];
    PARAMETERS.iter().any(|known| name == known) || name.to_string().starts_with("__wmi_count_")
}

/// A generated name with the span of a user's name: it resolves like the user's own, but lints
/// treat it as generated.
fn generated(name: &str, at: &Ident) -> Ident {
    let span = at.span().resolved_at(Span::mixed_site());
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(name, span),
    }
}

/// The `deprecated` attributes of a field, which its methods inherit.
fn deprecated(field: &syn::Field) -> Vec<&Attribute> {
    field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("deprecated"))
        .collect()
}
