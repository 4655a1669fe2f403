//! Text: doc comments as descriptions, and WMI names from Rust names.

use proc_macro2::Span;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta};
use wmi_vocabulary::rust_name;
use wmi_vocabulary::text::join_lines;

use crate::fault::{Faults, message};

/// Returns the description in doc comments: lines of a paragraph joined by spaces, paragraphs by a
/// line end. `None` without doc comments.
pub(crate) fn description(attributes: &[Attribute], faults: &mut Faults) -> Option<(String, Span)> {
    let mut texts = Vec::new();
    let mut span = None;
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
        let text = literal.value();
        if !text.trim().is_empty() {
            span.get_or_insert(literal.span());
        }
        texts.push(text);
    }
    let lines = texts.iter().flat_map(|text| text.split('\n'));
    let text = join_lines(lines).collect();
    span.map(|span| (text, span))
}

/// Returns the doc comments as Markdown, for the documentation of generated items. Ends before the
/// first block of code, which would be tested once per generated item.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    let mut documentation = String::new();
    for attribute in attributes {
        let Meta::NameValue(meta) = &attribute.meta else {
            continue;
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        }) = &meta.value
        else {
            continue;
        };
        if !meta.path.is_ident("doc") {
            continue;
        }
        for line in literal.value().split('\n') {
            let line = line.strip_prefix(' ').unwrap_or(line);
            let is_code = ["```", "~~~"]
                .iter()
                .any(|fence| line.trim_start().starts_with(fence));
            if is_code || line.starts_with("    ") {
                return documentation.trim().to_owned();
            }
            documentation.push_str(line);
            documentation.push('\n');
        }
    }
    documentation.trim().to_owned()
}

/// Returns two paragraphs of documentation, or one if the other is empty.
pub(crate) fn paragraphs(first: &str, second: &str) -> String {
    match (first, second) {
        (text, "") | ("", text) => text.to_owned(),
        (first, second) => format!("{first}\n\n{second}"),
    }
}

/// Returns a Rust name without `r#`.
pub(crate) fn unraw(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").unwrap_or(&text).to_owned()
}

/// Converts `acquire_failures` to `AcquireFailures`.
pub(crate) fn pascal_case(snake: &str) -> String {
    rust_name::pascal_case(snake).collect()
}

/// `latency_base` becomes `Latency_Base`.
pub(crate) fn base_name(snake: &str) -> String {
    rust_name::base_name(snake).collect()
}
