//! `CounterClass`, `new`, `Default` and the methods that count. Which methods a counter has is the rule
//! of [`wmi_vocabulary::count`].

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use wmi_vocabulary::TimeBase;
use wmi_vocabulary::count::Counting;

use super::wire::zeros;
use super::{around, checked, deprecated, documented, generated, item_documentation, value_of};
use crate::model::{Class, Counter, Field};
use crate::text::unraw;

pub(super) fn expand(class: &Class<'_>) -> TokenStream {
    if !class.has_counters() {
        return TokenStream::new();
    }
    let ident = &class.input.ident;
    let zeros = zeros(class);
    let counters = || {
        class
            .fields
            .iter()
            .filter_map(|field| Some((field, field.counter?)))
    };
    let methods = counters().map(|(field, counter)| methods(class, field, counter));
    quote! {
        use __wmi::Counter as __Counter;

        #[automatically_derived]
        impl __wmi::CounterClass for #ident {
            const ZERO: Self = #zeros;
        }

        #[automatically_derived]
        impl #ident {
            /// Creates the class with all counters zero.
            pub const fn new() -> Self {
                <Self as __wmi::CounterClass>::ZERO
            }

            #(#methods)*
        }

        #[automatically_derived]
        impl __wmi::core::default::Default for #ident {
            fn default() -> Self {
                Self::new()
            }
        }
    }
}

fn methods(class: &Class<'_>, field: &Field<'_>, counter: Counter) -> TokenStream {
    let (ident, vis, name) = (field.ident(), &field.original.vis, &field.name);
    let (ty, value) = (checked(field), value_of(&quote!(__wmi), field));
    let value_of_field = around(field, quote!(__wmi::value::<), ty, quote!(>(&self.#ident)));
    let deprecated = deprecated(field.original);
    let get = generated(&ident.to_string(), ident);
    let get_doc = item_documentation(field);
    let call = |verb: &str, arguments: TokenStream| {
        let verb = Ident::new(verb, Span::mixed_site());
        quote!(<#ty as __Counter>::#verb(&self.#ident #arguments);)
    };
    let base = counter.base.and_then(|base| class.fields.get(base));
    let base_call = |verb: &str, arguments: TokenStream| {
        let base = base?;
        let (ty, ident) = (checked(base), base.ident());
        let verb = Ident::new(verb, Span::mixed_site());
        Some(quote!(<#ty as __Counter>::#verb(&self.#ident #arguments);))
    };
    let base_value = base.map(|base| value_of(&quote!(__wmi), base));
    let amount = || call("add", quote!(, amount));
    let bodies: Vec<Method> = match counter.counting {
        Counting::Up => up(name, &value, call).into(),
        Counting::UpAndDown => {
            let mut methods = Vec::from(up(name, &value, call));
            methods.extend(down(name, &value, call));
            methods.push((
                format!("Sets `{name}`."),
                quote!(, value: #value),
                call("set", quote!(, value)),
            ));
            methods
        }
        Counting::Time(time) => vec![(
            format!(
                "Adds a duration to `{name}`, in {}; wraps on overflow.",
                unit(time)
            ),
            quote!(, amount: #value),
            amount(),
        )],
        Counting::IdleTime(time) => vec![(
            format!(
                "Adds idle time to `{name}`, in {}; tools show the time that is not idle.",
                unit(time)
            ),
            quote!(, amount: #value),
            amount(),
        )],
        Counting::TimeUntil(time) => {
            let set = base_call("set", quote!(, now));
            let amount = amount();
            vec![(
                format!(
                    "Adds a duration that ends `now` to `{name}` and sets its base; both in {}.",
                    unit(time)
                ),
                quote!(, amount: #value, now: #base_value),
                quote!(#amount #set),
            )]
        }
        Counting::Average => {
            let (amount, base) = (amount(), base_call("increment", TokenStream::new()));
            vec![(
                format!("Adds `amount` to `{name}` and one to its base: one more operation."),
                quote!(, amount: #value),
                quote!(#base #amount),
            )]
        }
        Counting::AverageTime => {
            let (amount, base) = (amount(), base_call("increment", TokenStream::new()));
            vec![(
                format!(
                    "Adds a duration to `{name}`, in {}, and one to its base: one more operation.",
                    unit(TimeBase::PerformanceCounter)
                ),
                quote!(, amount: #value),
                quote!(#base #amount),
            )]
        }
        Counting::Samples => {
            let one = call("increment", TokenStream::new());
            let base = base_call("increment", TokenStream::new());
            let (some, of) = (
                call("add", quote!(, hits)),
                base_call("add", quote!(, samples)),
            );
            vec![
                (
                    format!("Adds one to the base of `{name}`, and to `{name}` if it is a hit."),
                    quote!(, hit: __wmi::bool),
                    quote!(#base if hit { #one }),
                ),
                (
                    format!("Adds `hits` to `{name}`, and `samples` to its base."),
                    quote!(, hits: #value, samples: #base_value),
                    quote!(#of #some),
                ),
            ]
        }
        Counting::Fraction => {
            let mut methods = Vec::from(up(name, &value, call));
            methods.extend(down(name, &value, call));
            let (part, whole) = (
                call("set", quote!(, part)),
                base_call("set", quote!(, whole)),
            );
            methods.push((
                format!("Sets `{name}` to `part`, and its base to `whole`."),
                quote!(, part: #value, whole: #base_value),
                quote!(#whole #part),
            ));
            methods
        }
        Counting::Start => vec![(
            format!("Sets `{name}` to the time `now`, in the units of the object's clock."),
            quote!(, now: #value),
            call("set", quote!(, now)),
        )],
        Counting::WithCounter => Vec::new(),
    };
    let names = counter.counting.methods().iter();
    let methods = names
        .zip(bodies)
        .map(|((before, behind), (doc, arguments, body))| {
            let method = generated(&format!("{before}{}{behind}", unraw(ident)), ident);
            let doc = documented(&doc, field);
            quote! {
                #[doc = #doc]
                #(#deprecated)*
                #[inline]
                #vis fn #method(&self #arguments) {
                    #body
                }
            }
        });
    quote! {
        #[doc = #get_doc]
        #(#deprecated)*
        #[inline]
        #vis fn #get(&self) -> #value {
            #value_of_field
        }

        #(#methods)*
    }
}

/// The text of a method, its parameters, its body.
type Method = (String, TokenStream, TokenStream);

fn up(
    name: &str,
    value: &TokenStream,
    call: impl Fn(&str, TokenStream) -> TokenStream,
) -> [Method; 2] {
    [
        (
            format!("Adds one to `{name}`, wrapping on overflow."),
            TokenStream::new(),
            call("increment", TokenStream::new()),
        ),
        (
            format!("Adds `amount` to `{name}`, wrapping on overflow."),
            quote!(, amount: #value),
            call("add", quote!(, amount)),
        ),
    ]
}

fn down(
    name: &str,
    value: &TokenStream,
    call: impl Fn(&str, TokenStream) -> TokenStream,
) -> [Method; 2] {
    [
        (
            format!("Subtracts one from `{name}`, wrapping below zero."),
            TokenStream::new(),
            call("decrement", TokenStream::new()),
        ),
        (
            format!("Subtracts `amount` from `{name}`, wrapping below zero."),
            quote!(, amount: #value),
            call("sub", quote!(, amount)),
        ),
    ]
}

/// The unit of a clock, as the text of a method names it.
fn unit(time: TimeBase) -> &'static str {
    match time {
        TimeBase::PerformanceCounter => "ticks of the performance counter",
        TimeBase::SystemTime => "units of 100 ns",
        TimeBase::Object => "units of the object's clock",
    }
}
