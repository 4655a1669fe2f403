//! Comparison of names and GUIDs in constant functions.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a panic in a constant is a compile error"
)]

use crate::Guid;

/// Compares names case-insensitively.
pub(crate) const fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        // Avoids most calls, which count towards the compiler's step limit.
        if a[index] != b[index] && !a[index].eq_ignore_ascii_case(&b[index]) {
            return false;
        }
        index += 1;
    }
    true
}

pub(crate) const fn same_guid(a: Guid, b: Guid) -> bool {
    u128::from_le_bytes(a.to_bytes()) == u128::from_le_bytes(b.to_bytes())
}
