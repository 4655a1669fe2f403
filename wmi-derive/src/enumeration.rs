//! `#[derive(WmiEnum)]` and `#[derive(WmiFlags)]`: integers with named values.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use syn::{BinOp, Data, DeriveInput, Expr, ExprLit, ExprUnary, Lit, UnOp};
use wmi_vocabulary::attribute::AMENDED;
use wmi_vocabulary::has_nul;

use crate::attribute::{
    AnySlot, Attributes, EnumAttributes, FlagsAttributes, Slot, VariantAttributes, read, value,
};
use crate::fault::{Faults, message};
use crate::text::{description, unraw};

/// One of the two derives.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Enum,
    Flags,
}

/// The notation of a variant's value in MOF.
#[derive(Clone, Copy, PartialEq)]
enum Notation {
    /// As a string: `"12"`.
    Decimal,
    /// As a string of all digits: `"0x0000000C"`.
    Hex,
    /// As a string, the position of the bit.
    Position,
    /// As a number.
    Integer,
}

/// The attributes of the enum.
struct Style {
    notation: Notation,
    /// Whether the texts of the values are localised.
    amended: bool,
}

impl Style {
    fn new(notation: Notation, amended: &Slot<value::Flag>) -> Self {
        Self {
            notation,
            amended: amended.flag().unwrap_or(AMENDED),
        }
    }
}

pub(crate) fn expand(input: &DeriveInput, kind: Kind, faults: &mut Faults) -> TokenStream {
    let (krate, style, variants) = match kind {
        Kind::Enum => {
            let attributes: EnumAttributes = read::<_, VariantAttributes>(&input.attrs, faults);
            let (hex, integers) = (&attributes.hex, &attributes.integers);
            let notation = match (hex.is_on(), integers.is_on()) {
                (false, false) => Notation::Decimal,
                (true, false) => Notation::Hex,
                (false, true) => Notation::Integer,
                (true, true) => {
                    let fault = message::exclusive(hex.key.name, integers.key.name);
                    faults.push(integers.name().unwrap_or_else(Span::call_site), fault);
                    Notation::Integer
                }
            };
            let style = Style::new(notation, &attributes.amended);
            let variants = variants::<EnumAttributes>(input, faults);
            (attributes.krate.krate(), style, variants)
        }
        Kind::Flags => {
            let attributes: FlagsAttributes = read::<_, VariantAttributes>(&input.attrs, faults);
            let notation = match attributes.positions.is_on() {
                true => Notation::Position,
                false => Notation::Hex,
            };
            let style = Style::new(notation, &attributes.amended);
            let variants = variants::<FlagsAttributes>(input, faults);
            (attributes.krate.krate(), style, variants)
        }
    };
    let variants = variants.unwrap_or_default();
    let repr = (!variants.is_empty())
        .then(|| repr(input, faults))
        .flatten();
    if let (Kind::Flags, Some((_, bits))) = (kind, &repr) {
        check_masks(&variants, *bits, faults);
    }
    let implementation = match repr {
        Some((repr, bits)) if faults.is_empty() => {
            let qualifiers = qualifiers(&variants, &style, kind, bits);
            match kind {
                Kind::Enum => enumeration(input, &repr, &variants, &qualifiers),
                Kind::Flags => flags(input, &repr, &variants, &qualifiers),
            }
        }
        _ => fallback(input, kind),
    };
    quote! {
        const _: () = {
            use #krate::__private as __wmi;
            #implementation
        };
    }
}

struct Variant<'a> {
    ident: &'a Ident,
    value: i128,
    text: String,
    define: Option<String>,
}

/// Returns the integer type of the `#[repr]`, and its width in bits.
fn repr(input: &DeriveInput, faults: &mut Faults) -> Option<(Ident, u32)> {
    let mut found = None;
    for attribute in input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("repr"))
    {
        let _ = attribute.parse_nested_meta(|meta| {
            let bits = match meta.path.get_ident().map(Ident::to_string).as_deref() {
                Some("u8" | "i8") => 8,
                Some("u16" | "i16") => 16,
                Some("u32" | "i32") => 32,
                Some("u64" | "i64") => 64,
                _ => return Ok(()),
            };
            found = meta.path.get_ident().cloned().zip(Some(bits));
            Ok(())
        });
    }
    if found.is_none() {
        faults.push(input.ident.span(), message::enum_repr());
    }
    found
}

/// Returns the variants of an enum with the attributes `Enum`.
fn variants<'a, Enum: Attributes>(
    input: &'a DeriveInput,
    faults: &mut Faults,
) -> Option<Vec<Variant<'a>>> {
    let Data::Enum(data) = &input.data else {
        faults.push(input.ident.span(), message::not_an_enum());
        return None;
    };
    if data.variants.is_empty() {
        faults.push(input.ident.span(), message::empty_enum());
        return None;
    }
    let mut next = 0;
    let mut variants = Vec::with_capacity(data.variants.len());
    for variant in &data.variants {
        let attributes: VariantAttributes = read::<_, Enum>(&variant.attrs, faults);
        if !variant.fields.is_empty() {
            faults.push(variant.ident.span(), message::variant_fields());
        }
        if let Some((_, expression)) = &variant.discriminant {
            match integer(expression) {
                Some(value) => next = value,
                None => faults.push(variant.ident.span(), message::variant_value()),
            }
        }
        let text = match attributes.value.value() {
            Some(value::Text(literal)) => literal.value(),
            None => match description(&variant.attrs, faults) {
                Some((text, span)) if has_nul(&text) => {
                    faults.push(span, message::nul("value"));
                    text
                }
                Some((text, _)) => text,
                None => unraw(&variant.ident),
            },
        };
        let define = attributes.define.value().map(|define| define.0.value());
        variants.push(Variant {
            ident: &variant.ident,
            value: next,
            text,
            define,
        });
        next += 1;
    }
    let defined = variants
        .iter()
        .filter(|variant| variant.define.is_some())
        .count();
    if defined > 0 {
        for variant in variants.iter().filter(|variant| variant.define.is_none()) {
            faults.push(variant.ident.span(), message::no_define());
        }
    }
    Some(variants)
}

/// Returns the value of a literal, which may be negative or shifted.
fn integer(expression: &Expr) -> Option<i128> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse().ok(),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => Some(-integer(expr)?),
        Expr::Binary(shift) if matches!(shift.op, BinOp::Shl(_)) => {
            let bits = u32::try_from(integer(&shift.right)?).ok()?;
            integer(&shift.left)?.checked_mul(1i128.checked_shl(bits)?)
        }
        Expr::Paren(inner) => integer(&inner.expr),
        // An argument of a macro.
        Expr::Group(inner) => integer(&inner.expr),
        _ => None,
    }
}

/// Returns the bits of a value on the wire.
fn wire_bits(value: i128, bits: u32) -> u128 {
    value as u128 & (u128::MAX >> (128 - bits))
}

fn check_masks(variants: &[Variant<'_>], bits: u32, faults: &mut Faults) {
    for variant in variants
        .iter()
        .filter(|variant| wire_bits(variant.value, bits).count_ones() != 1)
    {
        faults.push(variant.ident.span(), message::not_one_bit(variant.value));
    }
}

fn qualifiers(variants: &[Variant<'_>], style: &Style, kind: Kind, bits: u32) -> TokenStream {
    let (map, values) = match kind {
        Kind::Enum => ("ValueMap", "Values"),
        Kind::Flags => ("BitMap", "BitValues"),
    };
    let numbers = variants.iter().map(|variant| {
        let value = variant.value;
        let text = match style.notation {
            Notation::Integer => {
                let value = literal(value);
                return quote!(__wmi::Value::Integer(#value));
            }
            Notation::Decimal => value.to_string(),
            Notation::Position => value.trailing_zeros().to_string(),
            Notation::Hex => {
                let digits = (bits / 4) as usize;
                format!("0x{:0digits$X}", wire_bits(value, bits))
            }
        };
        quote!(__wmi::Value::String(#text))
    });
    let texts = variants.iter().map(|variant| &variant.text);
    let defines: Vec<_> = variants
        .iter()
        .filter_map(|variant| variant.define.as_ref())
        .collect();
    let amended = style
        .amended
        .then(|| quote!(.with_flavor(__wmi::Flavor::AMENDED)));
    let define_values = (!defines.is_empty()).then(|| {
        quote!(__wmi::Qualifier::new(
            "DefineValues",
            __wmi::Value::Array(&[#(__wmi::Value::String(#defines)),*]),
        ),)
    });
    quote! {
        &[
            __wmi::Qualifier::new(
                #values,
                __wmi::Value::Array(&[#(__wmi::Value::String(#texts)),*]),
            ) #amended,
            __wmi::Qualifier::new(
                #map,
                __wmi::Value::Array(&[#(#numbers),*]),
            ),
            #define_values
        ]
    }
}

/// Returns the value as a literal of the wire type.
fn literal(value: i128) -> TokenStream {
    let digits = Literal::u128_unsuffixed(value.unsigned_abs());
    if value < 0 {
        quote!(-#digits)
    } else {
        quote!(#digits)
    }
}

fn enumeration(
    input: &DeriveInput,
    repr: &Ident,
    variants: &[Variant<'_>],
    qualifiers: &TokenStream,
) -> TokenStream {
    let ident = &input.ident;
    let repr = Ident::new(&repr.to_string(), Span::mixed_site());
    let zero = variants
        .iter()
        .find(|variant| variant.value == 0)
        .unwrap_or(&variants[0])
        .ident;
    let names: Vec<_> = variants.iter().map(|variant| variant.ident).collect();
    let values: Vec<_> = variants
        .iter()
        .map(|variant| literal(variant.value))
        .collect();
    let value = quote!(__wmi::Enumerated::Known(match self { #(Self::#names => Self::#names,)* }));
    let field = field(ident, &repr, &quote!(Self::#zero), &value);
    quote! {
        const _: () = __wmi::plain::<#ident>();

        #[automatically_derived]
        impl __wmi::WmiEnum for #ident {
            const __DERIVED: __wmi::Derived = __wmi::Derived;
            type Repr = __wmi::#repr;
            const QUALIFIERS: &'static [__wmi::Qualifier<'static>] = #qualifiers;
            const ZERO: Self = Self::#zero;

            fn from_repr(value: Self::Repr) -> __wmi::core::option::Option<Self> {
                __wmi::core::option::Option::Some(match value {
                    #(#values => Self::#names,)*
                    _ => return __wmi::core::option::Option::None,
                })
            }

            fn to_repr(self) -> Self::Repr {
                match self {
                    #(Self::#names => #values,)*
                }
            }
        }

        #field
    }
}

/// Implements the field traits. `zero` is the variant of zero, `value` the value of `self`.
fn field(ident: &Ident, repr: &Ident, zero: &TokenStream, value: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl __wmi::Element for #ident {
            type Itself = Self;
        }

        #[automatically_derived]
        impl __wmi::WmiField for #ident {
            const CIM_TYPE: __wmi::CimType =
                <__wmi::#repr as __wmi::WmiField>::CIM_TYPE;
            const ZERO: Self = #zero;
            const QUALIFIERS: &'static [__wmi::Qualifier<'static>] =
                <Self as __wmi::WmiEnum>::QUALIFIERS;

            type Wire = <__wmi::#repr as __wmi::WmiField>::Wire;
            type Value = __wmi::Enumerated<Self>;
            type Itself = Self;

            fn value(&self) -> __wmi::Enumerated<Self> {
                #value
            }

            fn encode(value: __wmi::Enumerated<Self>) -> Self::Wire {
                __wmi::encode_enum(value)
            }

            fn decode(wire: &Self::Wire) -> __wmi::Enumerated<Self> {
                __wmi::decode_enum(wire)
            }

            fn from_value(
                value: __wmi::Enumerated<Self>,
            ) -> __wmi::core::option::Option<Self> {
                value.known()
            }
        }
    }
}

fn flags(
    input: &DeriveInput,
    repr: &Ident,
    variants: &[Variant<'_>],
    qualifiers: &TokenStream,
) -> TokenStream {
    let ident = &input.ident;
    let repr = Ident::new(&repr.to_string(), Span::mixed_site());
    let names: Vec<_> = variants.iter().map(|variant| variant.ident).collect();
    let values = variants.iter().map(|variant| literal(variant.value));
    quote! {
        #[automatically_derived]
        impl __wmi::WmiFlags for #ident {
            const __DERIVED: __wmi::Derived = __wmi::Derived;
            type Repr = __wmi::#repr;
            const QUALIFIERS: &'static [__wmi::Qualifier<'static>] = #qualifiers;
            const VARIANTS: &'static [Self] = &[#(Self::#names),*];

            fn mask(self) -> Self::Repr {
                match self {
                    #(Self::#names => #values,)*
                }
            }
        }
    }
}

/// Stand-ins for a faulty enum, so that classes which use it do not fail as well.
fn fallback(input: &DeriveInput, kind: Kind) -> TokenStream {
    // A struct or a generic type may not meet the bounds of the traits.
    let Data::Enum(data) = &input.data else {
        return TokenStream::new();
    };
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    if kind == Kind::Flags {
        return quote! {
            #[automatically_derived]
            impl __wmi::WmiFlags for #ident {
                const __DERIVED: __wmi::Derived = __wmi::Derived;
                type Repr = __wmi::u32;
                const QUALIFIERS: &'static [__wmi::Qualifier<'static>] = &[];
                const VARIANTS: &'static [Self] = &[];

                fn mask(self) -> Self::Repr {
                    0
                }
            }
        };
    }
    let mut variants = data.variants.iter();
    let zero = match variants.find(|variant| variant.fields.is_empty()) {
        Some(variant) => {
            let variant = &variant.ident;
            quote!(Self::#variant)
        }
        None => quote!(loop {}),
    };
    let field = field(
        ident,
        &Ident::new("u32", Span::mixed_site()),
        &zero,
        &quote!(loop {}),
    );
    quote! {
        #[automatically_derived]
        impl __wmi::WmiEnum for #ident {
            const __DERIVED: __wmi::Derived = __wmi::Derived;
            type Repr = __wmi::u32;
            const QUALIFIERS: &'static [__wmi::Qualifier<'static>] = &[];
            const ZERO: Self = #zero;

            fn from_repr(_: Self::Repr) -> __wmi::core::option::Option<Self> {
                __wmi::core::option::Option::None
            }

            fn to_repr(self) -> Self::Repr {
                0
            }
        }

        #field
    }
}
