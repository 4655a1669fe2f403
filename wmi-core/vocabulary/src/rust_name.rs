//! WMI names from Rust names, and the names that the derive generates.

/// Returns the WMI name of a field: `acquire_failures` becomes `AcquireFailures`.
pub fn pascal_case(snake: &str) -> impl Iterator<Item = char> + '_ {
    snake.split('_').flat_map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters)
    })
}

/// Methods of every class, which those of a counter must not hide.
pub const CLASS_METHODS: &[&str] = &["new", "snapshot", "mof", "store"];

/// Methods of every block, which would hide that of an item.
pub const BLOCK_METHODS: &[&str] = &[
    "get", "set", "as_bytes", "clone", "eq", "ne", "into", "try_into",
];

/// Constants of every class, which that of an item must not hide.
pub const CLASS_CONSTANTS: &[&str] = &["CLASS", "GUID", "SIZE", "ALIGN", "ITEMS"];

/// Returns the prefixes of a counter's methods, except the one that reads it.
#[must_use]
pub const fn counter_verbs(settable: bool) -> &'static [&'static str] {
    if settable {
        &["increment", "add", "decrement", "sub", "set"]
    } else {
        &["increment", "add"]
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::String;

    #[test]
    fn snake_case_becomes_pascal_case() {
        let pascal = |snake| pascal_case(snake).collect::<String>();
        assert_eq!(pascal("acquire_failures"), "AcquireFailures");
        assert_eq!(pascal("i_scsi_name"), "IScsiName");
        assert_eq!(pascal("time2_wait"), "Time2Wait");
        assert_eq!(pascal("_a__b_"), "AB");
        assert_eq!(pascal("ß_x"), "SSX");
    }
}
