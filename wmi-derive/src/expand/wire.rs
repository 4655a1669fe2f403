//! The data block: its layout, writing it, and reading its items.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    around, checked, checked_at, deprecated, documented, generated, item_documentation, value_of,
};
use crate::model::{Class, Field, Kind};
use crate::text::unraw;

pub(super) fn expand(class: &Class<'_>) -> TokenStream {
    let ident = &class.input.ident;
    let by_id = class.in_id_order();
    let added = class.added_properties();
    let specs = by_id.iter().map(|field| {
        let position = class.fields.iter().position(|other| other.id == field.id);
        let index = Literal::usize_unsuffixed(position.expect("a field of the class") + added);
        let ty = checked(field);
        quote!(__wmi::spec::<#ty>(&__WMI_PROPERTIES, #index))
    });
    let stores = by_id.iter().map(|field| {
        let (name, constant, ty) = (field.ident(), constant(field), checked(field));
        quote!(__wmi::store::<_, #ty>(Self::#constant, &self.#name, block);)
    });
    let constants = by_id
        .iter()
        .enumerate()
        .map(|(index, field)| item_constant(index, field));
    let embedded = class.is_part.then(|| embedded(class));
    let from_block = class.can_be_set().then(|| from_block(class));
    let time_stamps = class
        .fields
        .iter()
        .filter(|field| field.time_stamp)
        .map(|field| {
            let ty = checked(field);
            quote!(const _: () = __wmi::time_stamp::<#ty>();)
        });
    let event = (class.kind == Kind::Event).then(|| {
        quote!(
            const _: () = __wmi::event_size(__WMI_ITEMS);
        )
    });
    quote! {
        const __WMI_ITEMS: &[__wmi::ItemLayout] = &__wmi::items([#(#specs),*]);

        #[automatically_derived]
        impl __wmi::FixedClass for #ident {
            type Bytes = [__wmi::u8; __wmi::block_size(__WMI_ITEMS)];
            const ITEMS: &'static [__wmi::ItemLayout] = __WMI_ITEMS;

            fn store(&self, block: &mut __wmi::Wire<Self>) {
                __wmi::clear_padding(block);
                #(#stores)*
            }
        }

        #[automatically_derived]
        impl #ident {
            #(#constants)*

            /// Returns the current values as a data block.
            pub fn snapshot(&self) -> __wmi::Wire<Self> {
                __wmi::snapshot(self)
            }
        }

        #embedded
        #from_block
        #event
        #(#time_stamps)*
    }
}

fn constant(field: &Field<'_>) -> syn::Ident {
    generated(&field.constant_name(), field.ident())
}

fn item_constant(index: usize, field: &Field<'_>) -> TokenStream {
    let (constant, ty, vis) = (constant(field), field.ty(), &field.original.vis);
    let checked = checked(field);
    let index = Literal::usize_unsuffixed(index);
    let own = format!("The item `{}`, `WmiDataId` {}.", field.name, field.id);
    let doc = documented(&own, field);
    quote! {
        #[doc = #doc]
        #vis const #constant: __wmi::Item<Self, #ty> = __wmi::item::<_, #checked>(#index);
    }
}

/// Implements the traits that make the class a field of others.
fn embedded(class: &Class<'_>) -> TokenStream {
    let ident = &class.input.ident;
    let name = &class.name;
    let zeros = zeros(class);
    quote! {
        #[automatically_derived]
        impl __wmi::Element for #ident {
            type Itself = Self;
        }

        #[automatically_derived]
        impl __wmi::WmiField for #ident {
            const CIM_TYPE: __wmi::CimType = __wmi::CimType::Object;
            const TYPE_NAME: &'static __wmi::str = #name;
            const ALIGN: __wmi::usize = <Self as __wmi::FixedClass>::ALIGN;
            const ZERO: Self = #zeros;

            type Wire = [__wmi::u8; __wmi::padded_size(__WMI_ITEMS)];
            type Value = __wmi::Wire<Self>;
            type Itself = Self;

            fn value(&self) -> __wmi::Wire<Self> {
                __wmi::snapshot(self)
            }

            fn encode(value: __wmi::Wire<Self>) -> <Self as __wmi::WmiField>::Wire {
                __wmi::embed(value)
            }

            fn decode(wire: &<Self as __wmi::WmiField>::Wire) -> __wmi::Wire<Self> {
                __wmi::unembed(wire)
            }

            fn from_value(
                value: __wmi::Wire<Self>,
            ) -> __wmi::core::option::Option<Self> {
                <Self as __wmi::FromBlock>::from_block(&value).ok()
            }

            const HAS_TEXT: __wmi::bool = __wmi::has_text(__WMI_ITEMS);
            const NESTED: &'static [__wmi::ItemLayout] = __WMI_ITEMS;

            fn read(
                input: &mut __wmi::Decoder<'_>,
                wire: &mut <Self as __wmi::WmiField>::Wire,
            ) -> __wmi::core::result::Result<(), __wmi::DecodeError> {
                __wmi::read_embedded::<Self>(input, wire)
            }

            fn is_regular(
                wire: &<Self as __wmi::WmiField>::Wire,
            ) -> __wmi::bool {
                __wmi::is_regular::<Self>(wire)
            }
        }
    }
}

/// Implements the trait that takes the values of a block.
fn from_block(class: &Class<'_>) -> TokenStream {
    let ident = &class.input.ident;
    let fields = class.fields.iter().map(|field| {
        let (name, constant, ty) = (field.ident(), constant(field), checked(field));
        quote!(#name: __wmi::load::<_, #ty>(Self::#constant, block)?)
    });
    quote! {
        #[automatically_derived]
        impl __wmi::FromBlock for #ident {
            fn from_block(
                block: &__wmi::Wire<Self>,
            ) -> __wmi::core::result::Result<Self, __wmi::NtStatus> {
                __wmi::core::result::Result::Ok(Self { #(#fields),* })
            }
        }
    }
}

/// The struct with every field zero.
pub(super) fn zeros(class: &Class<'_>) -> TokenStream {
    let fields = class.fields.iter().map(|field| {
        let (name, ty) = (field.ident(), checked(field));
        quote!(#name: <#ty as __wmi::WmiField>::ZERO)
    });
    quote!(Self { #(#fields),* })
}

/// The trait with a reading method per item for `Wire<Class>`.
///
/// A trait, as `Wire` is not the user's type; its methods have the names of the fields.
pub(super) fn items_trait(class: &Class<'_>) -> TokenStream {
    let ident = &class.input.ident;
    let vis = &class.input.vis;
    let krate = &class.krate;
    let private = quote!(#krate::__private);
    let name = generated(&format!("{}Items", unraw(ident)), ident);
    let doc = format!(
        "Reads the items of a [`Wire`]({}::Wire) block of [`{ident}`].",
        quote!(#krate)
            .to_string()
            .replace(' ', "")
            .trim_start_matches(':'),
    );
    let methods = class.in_id_order().into_iter().map(|field| {
        let method = generated(&field.ident().to_string(), field.ident());
        let (ty, value) = (checked_at(&private, field), value_of(&private, field));
        let doc = item_documentation(field);
        let deprecated = deprecated(field.original);
        let constant = constant(field);
        let get = around(
            field,
            quote!(#private::get::<_, _,),
            ty,
            quote!(>(self, #ident::#constant)),
        );
        quote! {
            #[doc = #doc]
            #(#deprecated)*
            #[inline]
            fn #method(&self) -> #value {
                #get
            }
        }
    });
    quote! {
        #[doc = #doc]
        #vis trait #name: #private::Block<#ident> {
            #(#methods)*
        }

        #[automatically_derived]
        impl #name for #krate::Wire<#ident> {}
    }
}
