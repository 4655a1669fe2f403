//! A class of variable size: its encoding, and the view that reads it.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Lifetime, Type};

use super::{around, deprecated, generated, generics, item_documentation};
use crate::model::{Class, Field, Kind};
use crate::plain;
use crate::text::unraw;

pub(super) fn expand(class: &Class<'_>) -> TokenStream {
    let ident = &class.input.ident;
    let lifetime = class.lifetime.iter();
    let (impl_generics, type_generics) = (quote!(<#(#lifetime)*>), generics(class));
    let view = view_name(class);
    let marker = marker(&quote!(__wmi), class)
        .map(|(name, _)| quote!(#name: __wmi::core::marker::PhantomData,));
    let by_id = class.in_id_order();
    let constant = |field, name| constant(class, field, &name);
    let aligns = by_id.iter().map(|field| constant(field, quote!(ALIGN)));
    let sizes = by_id.iter().map(|field| {
        let (size, align) = (
            constant(field, quote!(MIN_SIZE)),
            constant(field, quote!(ALIGN)),
        );
        quote!((#size, #align))
    });
    let fixed = by_id.iter().map(|field| constant(field, quote!(IS_FIXED)));
    let limit = (class.kind == Kind::Event).then(|| {
        quote!(
            const LIMIT: __wmi::usize = __wmi::EVENT_DATA_LIMIT;
        )
    });
    let encodes = by_id.iter().map(|field| encode(class, field));
    let decodes = by_id.iter().map(|field| decode(class, field));
    let values = by_id.iter().map(|field| {
        let (name, value) = (field.ident(), local("value", field.ident()));
        around(field, quote!(#name:), TokenStream::new(), quote!(#value))
    });
    let element = class.is_part.then(|| embedded(class));
    let encode_view = class.can_be_set().then(|| encode_view(class));
    let keep = keep_read_only(class, &marker);
    quote! {
        #[automatically_derived]
        impl #impl_generics __wmi::VariableClass for #ident #type_generics {
            type View<'__wmi> = #view<'__wmi>;
            const ALIGN: __wmi::usize = __wmi::largest(&[#(#aligns),*]);
            const MIN_SIZE: __wmi::usize = __wmi::least_size(&[#(#sizes),*]);
            const IS_FIXED: __wmi::bool = __wmi::all(&[#(#fixed),*]);
            #limit

            fn encode_items(
                &self,
                out: &mut __wmi::Encoder<'_>,
            ) -> __wmi::core::result::Result<(), __wmi::EncodeError> {
                #(#encodes)*
                __wmi::core::result::Result::Ok(())
            }

            fn decode_items<'__wmi>(
                input: &mut __wmi::Decoder<'__wmi>,
            ) -> __wmi::core::result::Result<#view<'__wmi>, __wmi::DecodeError> {
                #(#decodes)*
                __wmi::core::result::Result::Ok(#view {
                    #(#values,)*
                    #marker
                })
            }

            #keep
        }

        #element
        #encode_view
    }
}

/// Implements the trait that writes the items as they were read.
fn encode_view(class: &Class<'_>) -> TokenStream {
    let ident = &class.input.ident;
    let lifetime = class.lifetime.iter();
    let (impl_generics, type_generics) = (quote!(<#(#lifetime)*>), generics(class));
    let encodes = class.in_id_order().into_iter().map(|field| {
        let (name, ty) = (field.ident(), item_type(class, field));
        around(
            field,
            quote!(__wmi::encode_view::<),
            ty,
            quote!(>((view).#name, out)?;),
        )
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics __wmi::EncodeView for #ident #type_generics {
            fn encode_view(
                view: Self::View<'_>,
                out: &mut __wmi::Encoder<'_>,
            ) -> __wmi::core::result::Result<(), __wmi::EncodeError> {
                #(#encodes)*
                __wmi::core::result::Result::Ok(())
            }
        }
    }
}

/// The struct returned to readers.
pub(super) fn view(class: &Class<'_>) -> TokenStream {
    let (ident, vis, krate) = (&class.input.ident, &class.input.vis, &class.krate);
    let name = view_name(class);
    let doc = format!("The items of a data block of [`{ident}`], borrowed from its bytes.");
    let private = quote!(#krate::__private);
    let fields = class.fields.iter().map(|field| {
        let (name, vis) = (field.ident(), &field.original.vis);
        let doc = item_documentation(field);
        let deprecated = deprecated(field.original);
        let ty = view_type(krate, class, field);
        quote! {
            #[doc = #doc]
            #(#deprecated)*
            #vis #name: #ty,
        }
    });
    let marker = marker(&private, class);
    let marker_copy = marker.iter().map(|(name, _)| quote!(#name: self.#name));
    let marker_copy = quote!(#(#marker_copy),*);
    let marker = marker.map(|(name, ty)| quote!(#name: #ty,));
    // One by one, so that a fault of a type is reported at its field alone. The parentheses have the
    // place of the type, which `self` cannot have: a type may come from a macro, which has no `self`.
    let copies = class.fields.iter().map(|field| {
        let name = field.ident();
        around(
            field,
            quote!(#name: (self).),
            TokenStream::new(),
            quote!(#name),
        )
    });
    let title = name.to_string();
    let shown = class.fields.iter().map(|field| {
        let (name, title) = (field.ident(), unraw(field.ident()));
        let value = around(field, quote!(&(self).), TokenStream::new(), quote!(#name));
        quote!(.field(#title, #value))
    });
    quote! {
        #[doc = #doc]
        #vis struct #name<'__wmi> {
            #(#fields)*
            #marker
        }

        impl #private::core::marker::Copy for #name<'_> {}

        impl #private::core::clone::Clone for #name<'_> {
            fn clone(&self) -> Self {
                Self { #(#copies,)* #marker_copy }
            }
        }

        // Neither derived nor marked as such, so that all fields count as read, whichever a user
        // reads.
        impl #private::core::fmt::Debug for #name<'_> {
            fn fmt(
                &self,
                f: &mut #private::core::fmt::Formatter<'_>,
            ) -> #private::core::fmt::Result {
                f.debug_struct(#title)#(#shown)*.finish()
            }
        }
    }
}

/// A constant of the type of an item.
pub(super) fn constant(class: &Class<'_>, field: &Field<'_>, name: &TokenStream) -> TokenStream {
    let ty = item_type(class, field);
    around(field, quote!(<), ty, quote!(as __wmi::VariableItem>::#name))
}

/// The function that returns the property of a field, and its type argument.
pub(super) fn property(class: &Class<'_>, field: &Field<'_>) -> (Ident, TokenStream) {
    let function = if field.size_is.is_some() {
        "array_property"
    } else {
        "variable_property"
    };
    (
        Ident::new(function, Span::mixed_site()),
        item_type(class, field),
    )
}

/// Returns the name and type of the last field of a view, if it needs one: it uses the lifetime,
/// unless an item does; and it has a size, whatever the type of the last item, which is then
/// reported at its field alone.
fn marker(private: &TokenStream, class: &Class<'_>) -> Option<(Ident, TokenStream)> {
    let lifetime = Lifetime::new("'__wmi", Span::mixed_site());
    let mut fields = class.fields.iter();
    let is_borrowed =
        fields.any(|field| mentions(view_type(&class.krate, class, field), &lifetime));
    let is_sized = |field: &Field<'_>| {
        plain::view(&class.krate, field.ty(), ToTokens::to_token_stream).is_some()
    };
    let is_sized = class.fields.last().is_some_and(is_sized);
    let name = Ident::new("__wmi_nothing", Span::mixed_site());
    let ty = quote!(#private::core::marker::PhantomData<&'__wmi ()>);
    (!is_borrowed || !is_sized).then_some((name, ty))
}

fn view_name(class: &Class<'_>) -> Ident {
    let ident = &class.input.ident;
    generated(&format!("{}View", unraw(ident)), ident)
}

/// The type of an item for any lifetime: that of the field, or the number of a count.
fn item_type(class: &Class<'_>, field: &Field<'_>) -> TokenStream {
    item_type_at(&quote!(__wmi), class, field)
}

fn item_type_at(private: &TokenStream, class: &Class<'_>, field: &Field<'_>) -> TokenStream {
    let ty = forget_lifetime(field.ty(), class.lifetime.as_ref());
    if field.counts.is_empty() {
        around(field, quote!(#private::ItemOf<), ty, quote!(>))
    } else {
        around(field, quote!(#private::NumberOf<), ty, quote!(>))
    }
}

/// The type of an item in the view, plain where its spelling determines it.
fn view_type(krate: &TokenStream, class: &Class<'_>, field: &Field<'_>) -> TokenStream {
    let forget = |ty: &Type| forget_lifetime(ty, class.lifetime.as_ref());
    let plain = if field.counts.is_empty() {
        plain::view(krate, field.ty(), forget)
    } else {
        // A type that is not a count is reported where it is read and written.
        let count = plain::count(field.ty()).map(ToTokens::to_token_stream);
        count.or_else(|| plain::view(krate, field.ty(), forget))
    };
    plain.unwrap_or_else(|| {
        let private = quote!(#krate::__private);
        let ty = item_type_at(&private, class, field);
        let view = quote!(as #private::VariableItem>::View<'__wmi>);
        around(field, quote!(<), ty, view)
    })
}

/// The type with `'static` in place of the lifetime.
pub(crate) fn forget_lifetime(ty: &Type, lifetime: Option<&Lifetime>) -> TokenStream {
    match lifetime {
        Some(lifetime) => forget(ty.to_token_stream(), &lifetime.ident),
        None => ty.to_token_stream(),
    }
}

/// The tokens with `'static` in place of the lifetime.
fn forget(tokens: TokenStream, lifetime: &Ident) -> TokenStream {
    let mut after_quote = false;
    let replace = |token| {
        let in_lifetime = after_quote;
        after_quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        match token {
            TokenTree::Ident(name) if in_lifetime && name == *lifetime => {
                TokenTree::Ident(Ident::new("static", name.span()))
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), forget(group.stream(), lifetime));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token => token,
        }
    };
    tokens.into_iter().map(replace).collect()
}

/// Returns whether the tokens contain the lifetime.
pub(crate) fn mentions(tokens: TokenStream, lifetime: &Lifetime) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => name == lifetime.ident,
        TokenTree::Group(group) => mentions(group.stream(), lifetime),
        _ => false,
    })
}

fn encode(class: &Class<'_>, field: &Field<'_>) -> TokenStream {
    let ident = field.ident();
    if field.counts.is_empty() {
        let ty = checked(field, &quote!(ItemOf));
        return around(
            field,
            quote!(__wmi::encode::<),
            ty,
            quote!(>(&(self).#ident, out)?;),
        );
    }
    let arrays = class.fields.iter();
    let arrays = arrays.filter(|array| field.counts.contains(array.ident()));
    let lengths = arrays.map(|array| {
        let (name, ty) = (array.ident(), checked(array, &quote!(ItemOf)));
        around(
            array,
            quote!(__wmi::length::<),
            ty,
            quote!(>(&(self).#name)),
        )
    });
    let ty = checked(field, &quote!(CountOf));
    let encode = around(field, quote!(__wmi::encode_count::<), ty, quote!(>));
    let name = &field.name;
    quote!(#encode(&self.#ident, out, #name, &[#(#lengths),*])?;)
}

fn decode(class: &Class<'_>, field: &Field<'_>) -> TokenStream {
    let value = local("value", field.ident());
    if !field.counts.is_empty() {
        let count = local("count", field.ident());
        let ty = checked(field, &quote!(CountOf));
        let before = quote!(let (#value, #count) = __wmi::decode_count::<);
        return around(field, before, ty, quote!(>(input)?;));
    }
    let count = match &field.size_is {
        Some(count) => local("count", count).to_token_stream(),
        None => quote!(0),
    };
    let ty = item_type(class, field);
    let before = quote!(let #value = __wmi::decode::<);
    around(field, before, ty, quote!(>(input, #count)?;))
}

/// The type of a field, as an alias that rejects unsuitable types.
fn checked(field: &Field<'_>, alias: &TokenStream) -> TokenStream {
    around(field, quote!(__wmi::#alias<), field.ty(), quote!(>))
}

/// The override for a registered class with writable and read-only items.
fn keep_read_only(class: &Class<'_>, marker: &Option<TokenStream>) -> Option<TokenStream> {
    let is_writable = |name: &Ident| {
        let mut fields = class.fields.iter();
        fields.any(|field| field.ident() == name && field.is_writable())
    };
    // A count is taken with its arrays, whether it has `write` or not.
    let is_sent = |field: &Field<'_>| match &*field.counts {
        [] => field.is_writable(),
        arrays => arrays.iter().any(is_writable),
    };
    let sent = class.fields.iter().filter(|field| is_sent(field)).count();
    if class.guid.is_none() || sent == 0 || sent == class.fields.len() {
        return None;
    }
    let view = view_name(class);
    let values = class.fields.iter().map(|field| {
        let name = field.ident();
        let from = if is_sent(field) {
            quote!((sent))
        } else {
            quote!((current))
        };
        around(
            field,
            quote!(#name: #from.),
            TokenStream::new(),
            quote!(#name),
        )
    });
    let shared = class.fields.iter().filter(|field| {
        let mut arrays = field.counts.iter();
        is_sent(field) && arrays.any(|array| !is_writable(array))
    });
    let shared = shared.map(|field| {
        let name = field.ident();
        quote! {
            if sent.#name != current.#name {
                return __wmi::core::option::Option::None;
            }
        }
    });
    Some(quote! {
        const HAS_BOTH: __wmi::bool = true;

        fn keep_read_only<'__wmi>(
            sent: Self::View<'__wmi>,
            current: Self::View<'__wmi>,
        ) -> __wmi::core::option::Option<Self::View<'__wmi>> {
            #(#shared)*
            __wmi::core::option::Option::Some(#view {
                #(#values,)*
                #marker
            })
        }
    })
}

fn local(what: &str, field: &Ident) -> Ident {
    format_ident!("__wmi_{what}_{}", unraw(field), span = Span::mixed_site())
}

/// Implements the traits that make the class an item of others.
fn embedded(class: &Class<'_>) -> TokenStream {
    let (ident, name) = (&class.input.ident, &class.name);
    let lifetime = class.lifetime.iter();
    let (impl_generics, type_generics) = (quote!(<#(#lifetime)*>), generics(class));
    let view = view_name(class);
    quote! {
        #[automatically_derived]
        impl #impl_generics __wmi::VariableElement for #ident #type_generics {}

        #[automatically_derived]
        impl #impl_generics __wmi::VariableItem for #ident #type_generics {
            const CIM_TYPE: __wmi::CimType = __wmi::CimType::Object;
            const TYPE_NAME: &'static __wmi::str = #name;
            const ALIGN: __wmi::usize = <Self as __wmi::VariableClass>::ALIGN;
            const MIN_SIZE: __wmi::usize =
                <Self as __wmi::VariableClass>::MIN_SIZE;
            const IS_FIXED: __wmi::bool =
                <Self as __wmi::VariableClass>::IS_FIXED;

            type View<'__wmi> = #view<'__wmi>;
            type Itself = Self;

            fn encode(
                &self,
                out: &mut __wmi::Encoder<'_>,
            ) -> __wmi::core::result::Result<(), __wmi::EncodeError> {
                __wmi::encode_embedded(self, out)
            }

            fn decode<'__wmi>(
                input: &mut __wmi::Decoder<'__wmi>,
                _: __wmi::usize,
            ) -> __wmi::core::result::Result<#view<'__wmi>, __wmi::DecodeError> {
                __wmi::decode_embedded::<Self>(input)
            }

            fn encode_view(
                view: #view<'_>,
                out: &mut __wmi::Encoder<'_>,
            ) -> __wmi::core::result::Result<(), __wmi::EncodeError> {
                __wmi::encode_embedded_view::<Self>(view, out)
            }
        }
    }
}
