//! INTERNAL: the derive behind `wmi_core::WmiClass`. Depend on `wmi-core` with the feature
//! `derive`, where it is documented.
//!
//! Tokens pass through three stages, each of which reports all its faults before the next one runs:
//! `attribute` reads `#[wmi(..)]` by a table, `model` builds the class and checks its parts against
//! each other, and `expand` writes data and one-line calls into `wmi_core::__private`. All messages
//! are in `fault`.

mod attribute;
mod enumeration;
mod expand;
mod fault;
mod method;
mod model;
mod plain;
mod text;

use fault::Faults;
use proc_macro::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_macro_input};

/// Implements `wmi_core::WmiClass` and related traits; documented there.
#[proc_macro_derive(WmiClass, attributes(wmi))]
pub fn derive_wmi_class(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut faults = Faults::default();
    let expansion = match model::Class::from_input(&input, &mut faults) {
        Ok(class) => expand::class(&class),
        Err(rejected) => expand::fallback(&input, &rejected),
    };
    let errors = faults.to_compile_errors();
    quote!(#errors #expansion).into()
}

/// Implements `wmi_core::WmiMethod` and generates the structs of its parameters; documented there.
#[proc_macro_derive(WmiMethod, attributes(wmi))]
pub fn derive_wmi_method(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut faults = Faults::default();
    let expansion = method::expand(&input, &mut faults);
    let errors = faults.to_compile_errors();
    quote!(#errors #expansion).into()
}

/// Implements `wmi_core::WmiEnum`; documented there.
#[proc_macro_derive(WmiEnum, attributes(wmi))]
pub fn derive_wmi_enum(input: TokenStream) -> TokenStream {
    derive_enumeration(input, enumeration::Kind::Enum)
}

/// Implements `wmi_core::WmiFlags`; documented there.
#[proc_macro_derive(WmiFlags, attributes(wmi))]
pub fn derive_wmi_flags(input: TokenStream) -> TokenStream {
    derive_enumeration(input, enumeration::Kind::Flags)
}

fn derive_enumeration(input: TokenStream, kind: enumeration::Kind) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut faults = Faults::default();
    let expansion = enumeration::expand(&input, kind, &mut faults);
    let errors = faults.to_compile_errors();
    quote!(#errors #expansion).into()
}
