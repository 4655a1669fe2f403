//! Misspelt names of standard qualifiers. Owns when a name is taken for another one.

/// The standard qualifier that was probably meant by a name that is not one: of those that differ
/// in one letter, or in two that have changed places, the first.
///
/// Short names are left alone, as too many words are near them.
#[must_use]
pub fn meant_qualifier(name: &str) -> Option<&'static str> {
    const SHORTEST: usize = 4;
    let known = |standard: &&str| standard.eq_ignore_ascii_case(name);
    if name.len() < SHORTEST || STANDARD_QUALIFIERS.iter().any(known) {
        return None;
    }
    let near = |standard: &&&str| standard.len() >= SHORTEST && differ_once(name, standard);
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

/// Whether two texts differ in one letter that is added, left out or another, or in two
/// neighbours that have changed places; case does not count.
fn differ_once(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let same = |(a, b): (&u8, &u8)| a.eq_ignore_ascii_case(b);
    let start = one.iter().zip(other).take_while(|&pair| same(pair)).count();
    let (one, other) = (
        one.get(start..).unwrap_or_default(),
        other.get(start..).unwrap_or_default(),
    );
    match (one, other) {
        ([a, b, one @ ..], [c, d, other @ ..])
            if same((a, d)) && same((b, c)) && one.eq_ignore_ascii_case(other) =>
        {
            true
        }
        ([_, rest_of_one @ ..], [_, rest_of_other @ ..]) => {
            rest_of_one.eq_ignore_ascii_case(rest_of_other)
                || one.eq_ignore_ascii_case(rest_of_other)
                || rest_of_one.eq_ignore_ascii_case(other)
        }
        ([_], []) | ([], [_]) => true,
        _ => false,
    }
}

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
