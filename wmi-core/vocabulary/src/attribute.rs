//! The attributes of the derives: names, what each takes, and the qualifier that each becomes. Owns
//! the one table, whose rows stand in the order in which the qualifiers are usually written, and
//! the rule by which a qualifier that goes without saying finds its place.

/// What an attribute takes.
#[derive(Clone, Copy, PartialEq)]
pub enum Takes {
    /// Nothing, `= true` or `= false`.
    Flag,
    /// A string.
    Text,
    /// A string or nothing.
    TextOrNothing,
    /// A whole number.
    Number,
    /// A number, or a string.
    Locale,
    /// A path, bare or in a string.
    Path,
    /// A string, or a path.
    TextOrPath,
    /// Paths in parentheses.
    Paths,
    /// A literal as MOF writes it.
    Literal,
    /// Any qualifier as MOF writes it, in parentheses; may be given several times.
    Qualifier,
    /// Names of qualifiers with their flavors, in parentheses.
    Order,
    /// Properties as MOF declares them, in parentheses.
    Properties,
    /// These names in parentheses.
    List(&'static [&'static str]),
}

/// The qualifier that an attribute becomes.
#[derive(Clone, Copy, PartialEq)]
pub enum Becomes {
    /// None: it is for the derive itself.
    Nothing,
    /// One of this name, with the attribute's value.
    Qualifier(&'static str),
    /// The same with the flavor `amended`, unless it is switched off.
    Amended(&'static str),
}

/// One row of the table.
#[derive(PartialEq)]
pub struct Key {
    /// The name of the attribute.
    pub name: &'static str,
    /// Its value.
    pub takes: Takes,
    /// Its qualifier.
    pub becomes: Becomes,
}

impl Key {
    /// The name of the qualifier, if the attribute becomes one.
    #[must_use]
    pub const fn qualifier(&self) -> Option<&'static str> {
        match self.becomes {
            Becomes::Nothing => None,
            Becomes::Qualifier(name) | Becomes::Amended(name) => Some(name),
        }
    }
}

const fn key(name: &'static str, takes: Takes, becomes: Becomes) -> Key {
    Key {
        name,
        takes,
        becomes,
    }
}

use Becomes::{Amended, Nothing, Qualifier};
use Takes::{Flag, List, Locale, Number, Text, TextOrNothing};

/// The attributes of a class.
pub const CLASS_KEYS: &[Key] = &[
    key("crate", Takes::Path, Nothing),
    key("name", Text, Nothing),
    key("base", Takes::TextOrPath, Nothing),
    key("embedded", Flag, Nothing),
    key("registered", Flag, Nothing),
    key("variable", Flag, Nothing),
    key("event", Flag, Nothing),
    key("methods", Takes::Paths, Nothing),
    key("parameters", Flag, Nothing),
    key(
        "allow",
        List(&["sample_guid", "bare_guid", "keyword", "empty"]),
        Nothing,
    ),
    key("amended", Flag, Nothing),
    key("order", Takes::Order, Nothing),
    key("properties", Takes::Properties, Nothing),
    key("bare", Flag, Nothing),
    key("abstract", Flag, Qualifier("abstract")),
    key("static", Flag, Nothing),
    key("provider", Text, Qualifier("Provider")),
    key("guid", Text, Qualifier("guid")),
    key("perf_detail", Number, Qualifier("PerfDetail")),
    key("hi_perf", Flag, Qualifier("HiPerf")),
    key("expense", Number, Qualifier("WmiExpense")),
    key("locale", Locale, Qualifier("Locale")),
    key("header_name", Text, Qualifier("HeaderName")),
    key("guid_name1", Text, Qualifier("GuidName1")),
    key("guid_name2", Text, Qualifier("GuidName2")),
    key("generate_header", Flag, Qualifier("WmiGenerateHeader")),
    key("display_name", Text, Amended("DisplayName")),
    key("description", Text, Amended("Description")),
    key("cpp_quote", TextOrNothing, Qualifier("cpp_quote")),
    key("qualifier", Takes::Qualifier, Nothing),
];

/// The attributes of an item.
pub const FIELD_KEYS: &[Key] = &[
    key("name", Text, Nothing),
    key("type", Text, Nothing),
    key("default", Takes::Literal, Nothing),
    key("allow", List(&["counter_width", "keyword"]), Nothing),
    key("amended", Flag, Nothing),
    key("order", Takes::Order, Nothing),
    key("read", Flag, Qualifier("read")),
    key("write", Flag, Qualifier("write")),
    key("data_id", Number, Qualifier("WmiDataId")),
    key("size_is", Text, Qualifier("WmiSizeIs")),
    key("version", Number, Qualifier("WmiVersion")),
    key("counter", TextOrNothing, Qualifier("CounterType")),
    key("default_scale", Number, Qualifier("DefaultScale")),
    key("perf_default", Flag, Qualifier("PerfDefault")),
    key("perf_detail", Number, Qualifier("PerfDetail")),
    key("time_stamp", Flag, Qualifier("WmiTimeStamp")),
    key("event_trigger", Text, Qualifier("WmiEventTrigger")),
    key("event_rate", Text, Qualifier("WmiEventRate")),
    key("ref_class", Text, Qualifier("WmiRefClass")),
    key("ref_property", Text, Qualifier("WmiRefProperty")),
    key("scale", Number, Qualifier("WmiScale")),
    key("complexity", Number, Qualifier("WmiComplexity")),
    key("volatility", Number, Qualifier("WmiVolatility")),
    key("display_in_hex", Flag, Qualifier("DisplayInHex")),
    key("display_name", Text, Amended("DisplayName")),
    key("description", Text, Amended("Description")),
    key("cpp_quote", TextOrNothing, Qualifier("cpp_quote")),
    key("qualifier", Takes::Qualifier, Nothing),
];

/// The attributes of a method.
pub const METHOD_KEYS: &[Key] = &[
    key("crate", Takes::Path, Nothing),
    key("name", Text, Nothing),
    key("allow", List(&["keyword"]), Nothing),
    key("amended", Flag, Nothing),
    key("order", Takes::Order, Nothing),
    key("returns", Text, Nothing),
    key("id", Number, Qualifier("WmiMethodId")),
    key("read", Flag, Qualifier("read")),
    key("write", Flag, Qualifier("write")),
    key("header_name", Text, Qualifier("HeaderName")),
    key("display_name", Text, Amended("DisplayName")),
    key("description", Text, Amended("Description")),
    key("cpp_quote", TextOrNothing, Qualifier("cpp_quote")),
    key("qualifier", Takes::Qualifier, Nothing),
];

/// The attributes of a parameter.
pub const PARAMETER_KEYS: &[Key] = &[
    key("name", Text, Nothing),
    key("type", Text, Nothing),
    key("allow", List(&["keyword"]), Nothing),
    key("amended", Flag, Nothing),
    key("order", Takes::Order, Nothing),
    key("in", Flag, Qualifier("in")),
    key("out", Flag, Qualifier("out")),
    key("size_is", Text, Qualifier("WmiSizeIs")),
    key("display_in_hex", Flag, Qualifier("DisplayInHex")),
    key("display_name", Text, Amended("DisplayName")),
    key("description", Text, Amended("Description")),
    key("cpp_quote", TextOrNothing, Qualifier("cpp_quote")),
    key("qualifier", Takes::Qualifier, Nothing),
];

/// The attributes of an enum of values.
pub const ENUM_KEYS: &[Key] = &[
    key("crate", Takes::Path, Nothing),
    key("hex", Flag, Nothing),
    key("integers", Flag, Nothing),
    key("amended", Flag, Nothing),
];

/// The attributes of an enum of flags.
pub const FLAGS_KEYS: &[Key] = &[
    key("crate", Takes::Path, Nothing),
    key("positions", Flag, Nothing),
    key("amended", Flag, Nothing),
];

/// The attributes of a variant.
pub const VARIANT_KEYS: &[Key] = &[key("value", Text, Nothing), key("define", Text, Nothing)];

/// What is written for an attribute, by those who know its meaning and not its name.
pub const SYNONYMS: &[(&str, &str)] = &[
    ("id", "data_id"),
    ("readable", "read"),
    ("writable", "write"),
    ("writeable", "write"),
];

/// What a class is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// WMI queries it by its GUID.
    Registered,
    /// Its instances are in the repository, not a driver's.
    Static,
    /// A part of other classes.
    Embedded,
    /// A base of other classes, `abstract` or `bare`.
    Abstract,
    /// The parameters of a method in one direction.
    Parameters,
}

impl ClassKind {
    /// The qualifiers that go without saying, before all others.
    #[must_use]
    pub const fn implied(self) -> &'static [&'static str] {
        match self {
            Self::Registered => &["Dynamic", "Provider", "WMI"],
            Self::Static => &["Static", "WMI"],
            Self::Embedded | Self::Parameters => &["WMI"],
            Self::Abstract => &[],
        }
    }

    /// The qualifiers that say what the struct says: two sayings could disagree, so none of them
    /// can be written as a free one.
    #[must_use]
    pub const fn own(self) -> &'static [&'static str] {
        match self {
            // No driver provides it, whatever its qualifiers say.
            Self::Abstract => &["abstract"],
            Self::Static => &["WMI", "Static", "abstract"],
            _ => &["WMI", "Dynamic", "Provider", "guid", "abstract"],
        }
    }
}

/// The same for an item.
pub const OWN_OF_ITEM: &[&str] = &[
    "key",
    "read",
    "write",
    "WmiDataId",
    "CounterType",
    "WmiSizeIs",
    "MAX",
    "MaxLen",
    "CIMTYPE",
];

/// The same for a method.
pub const OWN_OF_METHOD: &[&str] = &["WmiMethodId"];

/// The same for a parameter.
pub const OWN_OF_PARAMETER: &[&str] = &["in", "out", "WmiSizeIs", "MAX", "MaxLen", "CIMTYPE"];

/// The rank of a qualifier that stands before those of all attributes; that of an attribute is its
/// row, counted from 1.
pub const FIRST: usize = 0;

/// Where a qualifier that goes without saying stands among those that are written: before the
/// first one that usually follows it. So the usual order of attributes gives the usual order of
/// qualifiers.
pub fn place(written: impl IntoIterator<Item = usize>, rank: usize) -> usize {
    let before = written.into_iter().take_while(|other| *other <= rank);
    before.count()
}
