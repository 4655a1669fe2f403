//! The standard qualifiers. Owns their names and the types of their values; for qualifiers with an
//! attribute in the derive, both come from the [table of attributes](crate::attribute).

use crate::attribute::{
    CLASS_KEYS, FIELD_KEYS, Key, METHOD_KEYS, PARAMETER_KEYS, Takes, row_of_qualifier,
};
use crate::qualifier::Range;

/// The type of a qualifier's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `TRUE` or `FALSE`.
    Flag,
    /// An integer in this range.
    Number(Range),
    /// A level of `PerfDetail`, which is a number.
    Detail,
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A list of numbers, usually spelled as strings in MOF.
    Numbers,
}

impl Form {
    /// Returns the type of the value of an attribute's qualifier, if it has a single type.
    const fn of(takes: Takes) -> Option<Self> {
        Some(match takes {
            Takes::Flag | Takes::Switch => Self::Flag,
            Takes::Text | Takes::Caption | Takes::Quote | Takes::Field => Self::Text,
            Takes::Counter => Self::Number(Range::U32),
            Takes::Number(range) => Self::Number(range),
            Takes::Detail => Self::Detail,
            _ => return None,
        })
    }
}

/// Returns the usual spelling of a standard qualifier, and the type of its value if known; `None`
/// for other names. Ignores case.
#[must_use]
pub fn qualifier(name: &str) -> Option<(&'static str, Option<Form>)> {
    let rows = TABLES
        .iter()
        .find_map(|keys| row_of_qualifier(keys, name))
        .and_then(|(_, key)| Some((key.qualifier()?, Form::of(key.takes))));
    let is = |other: &&(&str, _)| other.0.eq_ignore_ascii_case(name);
    rows.or_else(|| OTHERS.iter().find(is).copied())
}

/// Returns the names of the standard qualifiers, WMI's first.
pub fn names() -> impl Iterator<Item = &'static str> {
    let of_attributes = TABLES.into_iter().flatten().filter_map(Key::qualifier);
    of_attributes.chain(OTHERS.iter().map(|(name, _)| *name))
}

const TABLES: [&[Key]; 4] = [CLASS_KEYS, FIELD_KEYS, METHOD_KEYS, PARAMETER_KEYS];

/// The qualifiers of WMI, its tools and performance data without an attribute. Sources: "WMI Class
/// Qualifiers", "WMI Property Qualifiers", "WMI Method Qualifiers", windows-driver-docs; "Standard
/// Qualifiers", "WMI-Specific Qualifiers", Win32 documentation.
const OTHERS: &[(&str, Option<Form>)] = &[
    ("WMI", Some(Form::Flag)),
    ("Dynamic", Some(Form::Flag)),
    ("Static", Some(Form::Flag)),
    ("key", Some(Form::Flag)),
    ("MaxLen", Some(Form::Number(Range::I32))),
    ("MAX", Some(Form::Number(Range::U32))),
    ("Values", Some(Form::Texts)),
    ("ValueMap", Some(Form::Numbers)),
    ("DefineValues", Some(Form::Texts)),
    ("BitValues", Some(Form::Texts)),
    ("BitMap", Some(Form::Numbers)),
    ("BitValueMap", Some(Form::Numbers)),
    ("DefineDataId", None),
    ("Implemented", Some(Form::Flag)),
    ("id", None),
    ("retval", None),
    ("optional", None),
    ("amendment", None),
    ("Association", None),
    ("Singleton", None),
    ("SubType", None),
    ("Units", None),
    ("MaxValue", None),
    ("MinValue", None),
    ("Version", None),
    ("Terminal", None),
    ("Aggregation", None),
    ("Aggregate", None),
    ("Alias", None),
    ("ArrayType", None),
    ("Indexed", None),
    ("Indication", None),
    ("Override", None),
    ("Propagated", None),
    ("Required", None),
    ("Schema", None),
    ("Source", None),
    ("Volatile", None),
    ("Weak", None),
    ("UUID", None),
    ("MappingStrings", None),
    ("ModelCorrespondence", None),
    ("Deprecated", None),
    ("Experimental", None),
    ("Costly", None),
    ("EventType", None),
    ("EventTypeName", None),
    ("EventVersion", None),
    ("Format", None),
    ("Pointer", None),
    ("StringTermination", None),
    ("Extension", None),
    ("BitMask", None),
    ("Level", None),
    ("Channel", None),
    ("Opcode", None),
    ("Hidden", None),
    ("MissingValue", None),
    ("PerfIndex", None),
    ("HelpIndex", None),
    ("Cooked", None),
    ("BaseClass", None),
    ("ObjectIs", None),
    ("PropertyList", None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_the_attributes() {
        for (name, standard) in [
            ("wmidataid", ("WmiDataId", Some(Form::Number(Range::ID)))),
            ("Description", ("Description", Some(Form::Text))),
            ("WMIGENERATEHEADER", ("WmiGenerateHeader", Some(Form::Flag))),
            ("PerfDetail", ("PerfDetail", Some(Form::Detail))),
            ("wmi", ("WMI", Some(Form::Flag))),
            // A number, or text with the number in it.
            ("Locale", ("Locale", None)),
        ] {
            assert_eq!(qualifier(name), Some(standard), "{name}");
        }
        assert_eq!(qualifier("Vendor"), None);
    }

    #[test]
    fn other_qualifiers_have_one_row_and_no_attribute() {
        for (name, _) in OTHERS {
            let same = |other: &&str| other.eq_ignore_ascii_case(name);
            assert_eq!(names().filter(same).count(), 1, "{name}");
        }
    }
}
