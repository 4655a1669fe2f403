//! The types of values in plain words: `u64` for a field of type `AtomicU64`. Owns which spellings
//! of a field's type tell the type of its value, for the signatures that an editor shows.
//!
//! Traits decide what a type is, not its name. So a name that is not known here keeps the form that
//! names the trait, and the body of each function proves that the type of a known name is right.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// The types that are their own value.
const NUMBERS: [&str; 9] = ["bool", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];

const ATOMICS: [(&str, &str); 9] = [
    ("AtomicBool", "bool"),
    ("AtomicU8", "u8"),
    ("AtomicU16", "u16"),
    ("AtomicU32", "u32"),
    ("AtomicU64", "u64"),
    ("AtomicI8", "i8"),
    ("AtomicI16", "i16"),
    ("AtomicI32", "i32"),
    ("AtomicI64", "i64"),
];

/// The type of the value of an item of fixed size, where its spelling tells it.
pub(crate) fn value(private: &TokenStream, ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Group(group) => value(private, &group.elem),
        Type::Paren(paren) => value(private, &paren.elem),
        Type::Array(array) => {
            let (element, length) = (value(private, &array.elem)?, &array.len);
            Some(quote!([#element; #length]))
        }
        Type::Path(path) if path.qself.is_none() => {
            let segment = path.path.segments.last()?;
            match (&segment.arguments, argument(segment)) {
                (PathArguments::None, _) if NUMBERS.iter().any(|name| segment.ident == name) => {
                    Some(ty.to_token_stream())
                }
                (PathArguments::None, _) => {
                    let atomic = ATOMICS.iter().find(|(name, _)| segment.ident == name);
                    atomic.map(|(_, number)| {
                        let number = Ident::new(number, Span::mixed_site());
                        quote!(#private::core::primitive::#number)
                    })
                }
                (_, Some(atomic)) if segment.ident == "SingleWriter" => value(private, atomic),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The type in a view of an item of a class of variable size, where its spelling tells it. `forget`
/// writes types without the lifetime of the class.
pub(crate) fn view(
    krate: &TokenStream,
    ty: &Type,
    forget: impl Fn(&Type) -> TokenStream,
) -> Option<TokenStream> {
    let text = || quote!(#krate::block::Str<'__wmi>);
    let array = |element| {
        let element = forget(element);
        quote!(#krate::block::ArrayView<'__wmi, #element>)
    };
    match ty {
        Type::Group(group) => view(krate, &group.elem, forget),
        Type::Paren(paren) => view(krate, &paren.elem, forget),
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => Some(text()),
            Type::Slice(slice) => Some(array(&slice.elem)),
            _ => None,
        },
        Type::Path(path) if path.path.is_ident("String") => Some(text()),
        Type::Path(path) if path.path.segments.last()?.ident == "Vec" => {
            argument(path.path.segments.last()?).map(array)
        }
        _ => value(&quote!(#krate::__private), ty),
    }
}

/// The number that a count is, where its spelling tells it.
pub(crate) fn count(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Group(group) => count(&group.elem),
        Type::Paren(paren) => count(&paren.elem),
        Type::Path(path) if path.qself.is_none() => {
            let segment = path.path.segments.last()?;
            argument(segment).filter(|_| segment.ident == "Count")
        }
        _ => None,
    }
}

/// The one argument of a generic type.
fn argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) if arguments.args.len() == 1 => Some(ty),
        _ => None,
    }
}
