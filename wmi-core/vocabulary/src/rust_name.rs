//! WMI names from Rust names, and the names that the derive generates.

use crate::base::SUFFIX;

/// Returns the WMI name of a field: `acquire_failures` becomes `AcquireFailures`.
pub fn pascal_case(snake: &str) -> impl Iterator<Item = char> + '_ {
    snake.split('_').flat_map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters)
    })
}

/// `latency_base` becomes `Latency_Base`: the WMI name of the base of a counter. Without `_base` at
/// its end, the name is that of any other field.
pub fn base_name(snake: &str) -> impl Iterator<Item = char> + '_ {
    let (stem, suffix) = match snake.strip_suffix("_base") {
        Some(stem) => (stem, SUFFIX),
        None => (snake, ""),
    };
    pascal_case(stem).chain(suffix.chars())
}

/// Methods of every class, which those of a counter must not hide.
pub const CLASS_METHODS: &[&str] = &["new", "snapshot", "mof", "store"];

/// Methods of every block, which would hide that of an item.
pub const BLOCK_METHODS: &[&str] = &[
    "get", "set", "as_bytes", "clone", "eq", "ne", "into", "try_into",
];

/// Constants of every class, which that of an item must not hide.
pub const CLASS_CONSTANTS: &[&str] = &["CLASS", "GUID", "SIZE", "ALIGN", "ITEMS"];

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
        let base = |snake| base_name(snake).collect::<String>();
        assert_eq!(base("disk_latency_base"), "DiskLatency_Base");
        assert_eq!(base("total"), "Total");
    }
}
