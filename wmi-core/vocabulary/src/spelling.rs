//! Misspelt names of standard qualifiers. Owns when a name is taken for another one.

use crate::near::distance;

/// Returns the standard qualifier that a misspelt name probably means: the first one that differs in
/// one letter or in the order of two neighbours. `None` for the name of a standard qualifier.
///
/// Short names are left alone, as too many words are near them.
#[must_use]
pub fn meant_qualifier(name: &str) -> Option<&'static str> {
    const SHORTEST: usize = 4;
    let known = |standard: &&str| standard.eq_ignore_ascii_case(name);
    if name.len() < SHORTEST || STANDARD_QUALIFIERS.iter().any(known) {
        return None;
    }
    let near = |standard: &&&str| standard.len() >= SHORTEST && distance(name, standard) == Some(1);
    STANDARD_QUALIFIERS.iter().find(near).copied()
}

/// The qualifiers of WMI, of its tools and of performance data. Sources: "WMI Class Qualifiers",
/// "WMI Property Qualifiers", "WMI Method Qualifiers", windows-driver-docs; "Standard Qualifiers",
/// "WMI-Specific Qualifiers", Win32 documentation.
pub const STANDARD_QUALIFIERS: &[&str] = &[
    "WMI",
    "Dynamic",
    "Static",
    "abstract",
    "guid",
    "Provider",
    "Locale",
    "Description",
    "DisplayName",
    "HeaderName",
    "GuidName1",
    "GuidName2",
    "cpp_quote",
    "WmiExpense",
    "WmiGenerateHeader",
    "HiPerf",
    "PerfDetail",
    "PerfDefault",
    "CounterType",
    "DefaultScale",
    "key",
    "read",
    "write",
    "WmiDataId",
    "WmiMethodId",
    "WmiSizeIs",
    "WmiTimeStamp",
    "WmiScale",
    "WmiComplexity",
    "WmiVolatility",
    "WmiVersion",
    "WmiEventTrigger",
    "WmiEventRate",
    "MaxLen",
    "MAX",
    "DisplayInHex",
    "Values",
    "ValueMap",
    "DefineValues",
    "BitValues",
    "BitMap",
    "BitValueMap",
    "DefineDataId",
    "Implemented",
    "in",
    "out",
    "id",
    "retval",
    "optional",
    "amendment",
    "Association",
    "Singleton",
    "SubType",
    "Units",
    "MaxValue",
    "MinValue",
    "Version",
    "Terminal",
    "Aggregation",
    "Aggregate",
    "Alias",
    "ArrayType",
    "Indexed",
    "Indication",
    "Override",
    "Propagated",
    "Required",
    "Schema",
    "Source",
    "Volatile",
    "Weak",
    "UUID",
    "MappingStrings",
    "ModelCorrespondence",
    "Deprecated",
    "Experimental",
    "Costly",
    "EventType",
    "EventTypeName",
    "EventVersion",
    "Format",
    "Pointer",
    "StringTermination",
    "Extension",
    "BitMask",
    "Level",
    "Channel",
    "Opcode",
    "Hidden",
    "MissingValue",
    "PerfIndex",
    "HelpIndex",
    "Cooked",
    "BaseClass",
    "ObjectIs",
    "PropertyList",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_seen() {
        for (name, meant) in [
            ("raed", "read"),
            ("rea", ""),
            ("reads", "read"),
            ("Wmi_DataId", "WmiDataId"),
            ("wmidataid", ""),
            ("WmiDatId", "WmiDataId"),
            ("Dinamic", "Dynamic"),
            ("Descripton", "Description"),
            ("wrtie", "write"),
            ("Vendor", ""),
            ("keyy", ""),
            ("Implemente", "Implemented"),
        ] {
            let expected = Some(meant).filter(|meant| !meant.is_empty());
            assert_eq!(meant_qualifier(name), expected, "{name}");
        }
    }

    #[test]
    fn no_standard_qualifier_is_taken_for_another() {
        for name in STANDARD_QUALIFIERS {
            assert_eq!(meant_qualifier(name), None, "{name}");
        }
    }
}
