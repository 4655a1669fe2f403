//! The types of values as plain types: `u64` for a field of type `AtomicU64`. Owns which spellings
//! of a field's type determine the type of its value, for the signatures that an editor shows.
//!
//! Traits decide the type of a value, not names. An unknown name keeps the form with the trait; for
//! a known one, the body of each function proves the type: a mismatch does not compile.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// The types that are their own value type.
pub(crate) const NUMBERS: [&str; 9] =
    ["bool", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];

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

/// Returns the value type of an item of fixed size, if its spelling determines it.
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
                        quote!(#private::#number)
                    })
                }
                (_, Some(atomic)) if segment.ident == "SingleWriter" => value(private, atomic),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Returns the type in a view of an item of a class of variable size, if its spelling determines
/// it. `forget` removes the lifetime of the class from a type.
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

/// Returns the number type of a count, if its spelling determines it.
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

/// Returns the only argument of a generic type.
fn argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) if arguments.args.len() == 1 => Some(ty),
        _ => None,
    }
}
