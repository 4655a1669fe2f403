//! All messages of the derive, and the collector that reports all faults of a struct at once.
//!
//! The table of messages is a file of its own, so that a test can include it and prove that each
//! message has a compile-fail case.

use core::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The faults found so far.
#[derive(Default)]
#[must_use = "faults must be reported"]
pub(crate) struct Faults(Option<syn::Error>);

impl Faults {
    pub(crate) fn push(&mut self, span: Span, message: String) {
        self.combine(syn::Error::new(span, message));
    }

    /// Adds a fault that is shown under all of `tokens`.
    pub(crate) fn push_under(&mut self, tokens: impl ToTokens, message: String) {
        self.combine(syn::Error::new_spanned(tokens, message));
    }

    fn combine(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    pub(crate) fn append(&mut self, other: Self) {
        if let Some(errors) = other.0 {
            self.combine(errors);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The faults as `compile_error!` invocations.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.0
            .as_ref()
            .map(syn::Error::to_compile_error)
            .unwrap_or_default()
    }
}

macro_rules! messages {
    ($($name:ident($($argument:ident),*) => $text:literal;)*) => {
        /// One function per message.
        pub(crate) mod message {
            use super::Display;
            $(pub(crate) fn $name($($argument: impl Display),*) -> String { format!($text) })*
        }
    };
}

include!("messages.rs");
