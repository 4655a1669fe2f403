//! Misspelt names of standard qualifiers. Owns the rule for recognising them.

use crate::near::distance;
use crate::standard;

/// Returns the standard qualifier that a misspelt name probably means: the first one that differs
/// in one letter or in the order of two adjacent letters. `None` for the name of a standard
/// qualifier.
///
/// Short names are ignored, as too many words are near them.
#[must_use]
pub fn meant_qualifier(name: &str) -> Option<&'static str> {
    const SHORTEST: usize = 4;
    if name.len() < SHORTEST || standard::qualifier(name).is_some() {
        return None;
    }
    let near = |standard: &&str| standard.len() >= SHORTEST && distance(name, standard) == Some(1);
    standard::names().find(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_misspellings_are_recognised() {
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
    fn standard_qualifiers_are_not_misspellings() {
        for name in standard::names() {
            assert_eq!(meant_qualifier(name), None, "{name}");
        }
    }
}
