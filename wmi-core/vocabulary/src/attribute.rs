//! The attributes of the derives: their names, values and qualifiers. Owns their only table. The
//! derive owns the syntax of values, and [`qualifier`](crate::qualifier) the meaning of qualifiers.
//!
//! The table is a macro, [`attributes!`](crate::attributes): this crate expands it to constants,
//! the derive to a typed slot for each attribute.

use crate::kind::ClassKind;
use crate::qualifier::{PERF_DETAILS, Range};

/// The kind of value that an attribute takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    /// Nothing, `= true` or `= false`. Only `true` gives a qualifier.
    Flag,
    /// As [`Flag`](Self::Flag), but `false` also gives a qualifier.
    Switch,
    /// A string.
    Text,
    /// A text for people. An empty text gives no qualifier.
    Caption,
    /// A text for the C header; by default the description as a C comment.
    Quote,
    /// The name of a counter type, or nothing.
    Counter,
    /// An integer in this range.
    Number(Range),
    /// A level of detail, one of [`PERF_DETAILS`].
    Detail,
    /// The number of a locale, or its text.
    Locale,
    /// The path of a crate, bare or in a string.
    Path,
    /// A class as a path, or its name as a string.
    Class,
    /// A field, or the name of a field or item as a string.
    Field,
    /// Types in parentheses.
    Types,
    /// A value in MOF syntax.
    Literal,
    /// A qualifier in MOF syntax, in parentheses. The attribute may be repeated.
    Qualifier,
    /// Names of qualifiers with their flavors, in parentheses.
    Order,
    /// Properties in MOF syntax, in parentheses.
    Properties,
    /// Some of these words in parentheses.
    Allow(&'static [Allow]),
}

impl Takes {
    /// Returns whether the attribute takes this number.
    #[must_use]
    pub fn number(self, number: i64) -> bool {
        match self {
            Self::Number(range) => range.contains(number),
            Self::Detail => PERF_DETAILS.iter().any(|(detail, _)| *detail == number),
            Self::Locale => Range::U32.contains(number),
            _ => false,
        }
    }
}

/// The qualifier that an attribute becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Becomes {
    /// No qualifier: the attribute is for the derive itself.
    Nothing,
    /// A qualifier of this name, with the attribute's value.
    Qualifier(&'static str),
    /// A qualifier of this name, with the flavor `amended` if texts are localised.
    Amended(&'static str),
}

/// Whether texts are localised without `amended`, in all derives.
pub const AMENDED: bool = true;

/// A row of the table.
#[derive(Debug, PartialEq)]
pub struct Key {
    /// The name of the attribute.
    pub name: &'static str,
    /// The value that it takes.
    pub takes: Takes,
    /// The qualifier that it becomes.
    pub becomes: Becomes,
    /// The kinds of class to which it applies; empty for all kinds.
    pub kinds: &'static [ClassKind],
}

impl Key {
    /// Returns the name of the qualifier, if the attribute becomes one.
    #[must_use]
    pub const fn qualifier(&self) -> Option<&'static str> {
        match self.becomes {
            Becomes::Nothing => None,
            Becomes::Qualifier(name) | Becomes::Amended(name) => Some(name),
        }
    }

    /// Returns whether the qualifier is a localised text.
    #[must_use]
    pub const fn is_amended(&self) -> bool {
        matches!(self.becomes, Becomes::Amended(_))
    }

    /// Returns whether the attribute applies to a class of this kind.
    #[must_use]
    pub fn is_for(&self, kind: ClassKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// Returns the row of an attribute with its rank: its row number, from 1.
#[must_use]
pub fn row(keys: &'static [Key], name: &str) -> Option<(usize, &'static Key)> {
    (1..).zip(keys).find(|(_, key)| key.name == name)
}

/// Returns the row of the attribute for a qualifier of this name, in any case, with its rank.
#[must_use]
pub fn row_of_qualifier(keys: &'static [Key], name: &str) -> Option<(usize, &'static Key)> {
    let is = |key: &Key| {
        key.qualifier()
            .is_some_and(|other| other.eq_ignore_ascii_case(name))
    };
    (1..).zip(keys).find(|(_, key)| is(key))
}

macro_rules! allow {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A rule that a published class may break with `allow(..)`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Allow {
            $($(#[$doc])* $variant,)*
        }

        impl Allow {
            /// Returns the word in parentheses.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

allow! {
    /// The class has the GUID of sample code, because it is that sample.
    SampleGuid = "sample_guid",
    /// The GUID has no braces.
    BareGuid = "bare_guid",
    /// The name is a keyword of MOF, C or C++.
    Keyword = "keyword",
    /// The class has neither items nor methods.
    Empty = "empty",
    /// The counter does not have the width that its type requires.
    CounterWidth = "counter_width",
    /// Clients can set a counter that only counts up.
    CounterWrite = "counter_write",
    /// The counter does not have its base behind it, or the base its counter before it.
    CounterBase = "counter_base",
    /// A qualifier is spelled almost like a standard one.
    Spelling = "spelling",
}

/// Passes the table of all attributes to a macro.
///
/// The rows of a place are in the usual order of their qualifiers. A row has the slot's name in
/// Rust, the attribute's name, its [`Takes`] and its [`Becomes`]; `on` lists the kinds of class to
/// which the attribute applies.
#[doc(hidden)]
#[macro_export]
macro_rules! attributes {
    ($macro:ident) => {
        $macro! {
            /// The attributes of a class.
            CLASS_KEYS ClassAttributes "the struct" {
                krate "crate" Path Nothing;
                name "name" Text Nothing;
                base "base" Class Nothing;
                embedded "embedded" Flag Nothing;
                registered "registered" Flag Nothing on Registered Event Embedded;
                variable "variable" Flag Nothing on Registered Event Static Embedded Parameters;
                event "event" Flag Nothing;
                methods "methods" Types Nothing on Registered Event Abstract Bare;
                parameters "parameters" Flag Nothing;
                allow "allow" Allow(SampleGuid BareGuid Keyword Empty Spelling) Nothing;
                amended "amended" Flag Nothing;
                order "order" Order Nothing;
                properties "properties" Properties Nothing;
                bare "bare" Flag Nothing;
                is_abstract "abstract" Flag Qualifier("abstract");
                is_static "static" Flag Nothing;
                provider "provider" Text Qualifier("Provider") on Registered Event Abstract Bare;
                guid "guid" Text Qualifier("guid") on Registered Event Embedded;
                perf_detail "perf_detail" Detail Qualifier("PerfDetail") on Registered Event Static;
                hi_perf "hi_perf" Flag Qualifier("HiPerf") on Registered Event Static;
                expense "expense" Number(U32) Qualifier("WmiExpense");
                locale "locale" Locale Qualifier("Locale");
                header_name "header_name" Text Qualifier("HeaderName");
                guid_name1 "guid_name1" Text Qualifier("GuidName1");
                guid_name2 "guid_name2" Text Qualifier("GuidName2");
                generate_header "generate_header" Switch Qualifier("WmiGenerateHeader");
                display_name "display_name" Caption Amended("DisplayName");
                description "description" Caption Amended("Description");
                cpp_quote "cpp_quote" Quote Qualifier("cpp_quote");
                qualifier "qualifier" Qualifier Nothing;
            }

            /// The attributes of an item.
            FIELD_KEYS FieldAttributes "a field" {
                name "name" Text Nothing;
                type_name "type" Text Nothing;
                default "default" Literal Nothing;
                allow "allow" Allow(CounterWidth CounterWrite CounterBase Keyword Spelling) Nothing;
                amended "amended" Flag Nothing;
                order "order" Order Nothing;
                read "read" Flag Qualifier("read");
                write "write" Flag Qualifier("write");
                data_id "data_id" Number(ID) Qualifier("WmiDataId");
                size_is "size_is" Field Qualifier("WmiSizeIs");
                version "version" Number(U32) Qualifier("WmiVersion");
                counter "counter" Counter Qualifier("CounterType");
                default_scale "default_scale" Number(DEFAULT_SCALE) Qualifier("DefaultScale");
                perf_default "perf_default" Flag Qualifier("PerfDefault");
                perf_detail "perf_detail" Detail Qualifier("PerfDetail");
                time_stamp "time_stamp" Flag Qualifier("WmiTimeStamp");
                event_trigger "event_trigger" Text Qualifier("WmiEventTrigger");
                event_rate "event_rate" Text Qualifier("WmiEventRate");
                ref_class "ref_class" Text Qualifier("WmiRefClass");
                ref_property "ref_property" Text Qualifier("WmiRefProperty");
                scale "scale" Number(I32) Qualifier("WmiScale");
                complexity "complexity" Number(U32) Qualifier("WmiComplexity");
                volatility "volatility" Number(U32) Qualifier("WmiVolatility");
                display_in_hex "display_in_hex" Flag Qualifier("DisplayInHex");
                display_name "display_name" Caption Amended("DisplayName");
                description "description" Caption Amended("Description");
                cpp_quote "cpp_quote" Quote Qualifier("cpp_quote");
                qualifier "qualifier" Qualifier Nothing;
            }

            /// The attributes of a method.
            METHOD_KEYS MethodAttributes "the struct" {
                krate "crate" Path Nothing;
                name "name" Text Nothing;
                allow "allow" Allow(Keyword Spelling) Nothing;
                amended "amended" Flag Nothing;
                order "order" Order Nothing;
                returns "returns" Text Nothing;
                id "id" Number(U32) Qualifier("WmiMethodId");
                read "read" Flag Qualifier("read");
                write "write" Flag Qualifier("write");
                header_name "header_name" Text Qualifier("HeaderName");
                display_name "display_name" Caption Amended("DisplayName");
                description "description" Caption Amended("Description");
                cpp_quote "cpp_quote" Quote Qualifier("cpp_quote");
                qualifier "qualifier" Qualifier Nothing;
            }

            /// The attributes of a parameter.
            PARAMETER_KEYS ParameterAttributes "a field" {
                name "name" Text Nothing;
                type_name "type" Text Nothing;
                default "default" Literal Nothing;
                allow "allow" Allow(Keyword Spelling) Nothing;
                amended "amended" Flag Nothing;
                order "order" Order Nothing;
                is_in "in" Flag Qualifier("in");
                is_out "out" Flag Qualifier("out");
                size_is "size_is" Field Qualifier("WmiSizeIs");
                display_in_hex "display_in_hex" Flag Qualifier("DisplayInHex");
                display_name "display_name" Caption Amended("DisplayName");
                description "description" Caption Amended("Description");
                cpp_quote "cpp_quote" Quote Qualifier("cpp_quote");
                qualifier "qualifier" Qualifier Nothing;
            }

            /// The attributes of an enum of values.
            ENUM_KEYS EnumAttributes "the enum" {
                krate "crate" Path Nothing;
                hex "hex" Flag Nothing;
                integers "integers" Flag Nothing;
                amended "amended" Flag Nothing;
            }

            /// The attributes of an enum of flags.
            FLAGS_KEYS FlagsAttributes "the enum" {
                krate "crate" Path Nothing;
                positions "positions" Flag Nothing;
                amended "amended" Flag Nothing;
            }

            /// The attributes of a variant.
            VARIANT_KEYS VariantAttributes "a variant" {
                value "value" Text Nothing;
                define "define" Text Nothing;
            }
        }
    };
}

macro_rules! constants {
    ($(
        $(#[$doc:meta])*
        $keys:ident $attributes:ident $place:literal {
            $(
                $slot:ident $name:literal $takes:ident $(($($takes_arg:ident)+))?
                $becomes:ident $(($qualifier:literal))? $(on $($kind:ident)+)?;
            )*
        }
    )*) => {
        $(
            $(#[$doc])*
            pub const $keys: &[Key] = &[$(
                Key {
                    name: $name,
                    takes: takes!($takes $($($takes_arg)+)?),
                    becomes: Becomes::$becomes $(($qualifier))?,
                    kinds: &[$($(ClassKind::$kind),+)?],
                },
            )*];
        )*
    };
}

macro_rules! takes {
    (Number $range:ident) => {
        Takes::Number(Range::$range)
    };
    (Allow $($allow:ident)+) => {
        Takes::Allow(&[$(Allow::$allow),+])
    };
    ($takes:ident) => {
        Takes::$takes
    };
}

attributes!(constants);

/// Common misnomers and the attributes they mean.
pub const SYNONYMS: &[(&str, &str)] = &[
    ("id", "data_id"),
    ("readable", "read"),
    ("writable", "write"),
    ("writeable", "write"),
];
