//! Text: doc comments as descriptions, and WMI names from Rust names.

use proc_macro2::Span;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta};

use crate::fault::{Faults, message};

/// The description that doc comments make: the lines of a paragraph joined by spaces, paragraphs
/// by a line end. `None` where there is none.
pub(crate) fn description(attributes: &[Attribute], faults: &mut Faults) -> Option<(String, Span)> {
    let mut text = String::new();
    let mut span = None;
    let mut paragraph_ended = false;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
    {
        let Meta::NameValue(meta) = &attribute.meta else {
            continue; // `#[doc(hidden)]` and the like
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        }) = &meta.value
        else {
            faults.push_under(&meta.value, message::doc_macro());
            continue;
        };
        for line in literal.value().split('\n').map(str::trim) {
            if line.is_empty() {
                paragraph_ended = !text.is_empty();
                continue;
            }
            if paragraph_ended {
                text.push('\n');
            } else if !text.is_empty() {
                text.push(' ');
            }
            paragraph_ended = false;
            text.push_str(line);
            span.get_or_insert(literal.span());
        }
    }
    span.map(|span| (text, span))
}

/// A Rust name without `r#`.
pub(crate) fn unraw(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").unwrap_or(&text).to_owned()
}

/// `acquire_failures` becomes `AcquireFailures`.
pub(crate) fn pascal_case(snake: &str) -> String {
    let mut pascal = String::with_capacity(snake.len());
    for word in snake.split('_') {
        let mut letters = word.chars();
        pascal.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        pascal.push_str(letters.as_str());
    }
    pascal
}
