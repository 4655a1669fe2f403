//! Tests of what an editor shows for generated items: plain types, and the text of the field.

use proc_macro2::TokenStream;
use syn::parse_quote;

use super::class;
use crate::fault::Faults;
use crate::model::Class;
use crate::plain::NUMBERS;

/// Returns the expansion, with primitive types by their short names.
fn expanded(input: &syn::DeriveInput) -> String {
    let mut faults = Faults::default();
    let tokens: TokenStream = match Class::from_input(input, &mut faults) {
        Ok(model) => class(&model),
        Err(_) => TokenStream::new(),
    };
    assert!(faults.is_empty(), "{}", faults.to_compile_errors());
    let mut text = tokens.to_string();
    for number in NUMBERS {
        for path in [":: wmi_core :: __private", "__wmi"] {
            text = text.replace(&format!("{path} :: {number}"), number);
        }
    }
    text
}

/// Returns the number of functions with this signature.
fn functions(expansion: &str, signature: &str) -> usize {
    expansion.matches(&format!("fn {signature} {{")).count()
}

#[test]
fn values_have_plain_types() {
    let expansion = expanded(&parse_quote! {
        #[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
        struct Stats {
            #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
            reads: AtomicU64,
            #[wmi(data_id = 2, counter)]
            writes: SingleWriter<core::sync::atomic::AtomicI32>,
            #[wmi(data_id = 3)]
            online: AtomicBool,
            #[wmi(data_id = 4)]
            address: [u8; 6],
            #[wmi(data_id = 5)]
            ports: [AtomicU16; 2],
        }
    });
    for (signature, count) in [
        ("reads (& self) -> u64", 2),
        ("add_reads (& self , amount : u64)", 1),
        ("set_reads (& self , value : u64)", 1),
        ("writes (& self) -> i32", 2),
        ("online (& self) -> bool", 1),
        ("address (& self) -> [u8 ; 6]", 1),
        ("ports (& self) -> [u16 ; 2]", 1),
    ] {
        assert_eq!(functions(&expansion, signature), count, "{signature}");
    }
    assert!(!expansion.contains("ValueOf"));
}

#[test]
fn traits_give_the_types_of_other_names() {
    let expansion = expanded(&parse_quote! {
        #[wmi(embedded)]
        struct Pair {
            #[wmi(data_id = 1)]
            alias: Alias,
            #[wmi(data_id = 2)]
            all: [Alias; 2],
            #[wmi(data_id = 3)]
            made: bytes!(),
        }
    });
    for ty in ["Alias", "[Alias ; 2]", "bytes ! ()"] {
        let value = format!("-> :: wmi_core :: __private :: ValueOf < {ty} >");
        assert_eq!(expansion.matches(&value).count(), 1, "{ty}");
    }
}

#[test]
fn views_have_plain_types() {
    let expansion = expanded(&parse_quote! {
        #[wmi(variable, guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
        struct Names<'a> {
            #[wmi(data_id = 1)]
            count: Count<u16>,
            #[wmi(data_id = 2)]
            level: u32,
            #[wmi(data_id = 3, size_is = count)]
            names: &'a [&'a str],
            #[wmi(data_id = 4)]
            title: &'a str,
            #[wmi(data_id = 5)]
            other: Alias,
        }
    });
    let (_, view) = expansion.split_once("struct NamesView").unwrap();
    for field in [
        "count : u16 ,",
        "level : u32 ,",
        "names : :: wmi_core :: block :: ArrayView < '__wmi , & 'static str > ,",
        "title : :: wmi_core :: block :: Str < '__wmi > ,",
        "ItemOf < Alias > as",
    ] {
        assert!(view.contains(field), "{field}");
    }
    assert_eq!(view.matches("VariableItem").count(), 1);
}

#[test]
fn generated_items_have_the_text_of_the_field() {
    let expansion = expanded(&parse_quote! {
        #[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
        struct Stats {
            /// Reads so far,
            /// in sectors.
            ///
            /// ```
            /// not_copied();
            /// ```
            #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
            reads: AtomicU64,
        }
    });
    let words = r"Reads so far,\nin sectors.";
    for (documentation, count) in [
        (format!(r"{words}\n\n`Reads`, `WmiDataId` 1."), 2),
        (format!(r"The item `Reads`, `WmiDataId` 1.\n\n{words}"), 1),
        (
            format!(r"Adds one to `Reads`, wrapping on overflow.\n\n{words}"),
            1,
        ),
        (format!(r"Sets `Reads`.\n\n{words}"), 1),
    ] {
        let attribute = format!("# [doc = \"{documentation}\"]");
        assert_eq!(
            expansion.matches(&attribute).count(),
            count,
            "{documentation}"
        );
    }
}
