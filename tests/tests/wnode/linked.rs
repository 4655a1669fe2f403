//! Chains of WNODEs: `Linkage`, at offset 12, is the distance to the next one.

use wmi_core::wnode::Wnode;

use crate::by_hand;

/// A WNODE with this `Linkage`, and these bytes after it.
fn chained(linkage: u32, after: &[u8]) -> Vec<u8> {
    let mut bytes = by_hand::two_static().bytes();
    bytes[12..16].copy_from_slice(&linkage.to_le_bytes());
    bytes.extend_from_slice(after);
    bytes
}

#[test]
fn last_wnode_of_a_chain_has_no_next() {
    let alone = chained(0, &[]);
    assert_eq!(Wnode::linked(&alone), Ok(None));
    assert_eq!(Wnode::linked(&chained(0, &alone)), Ok(None));
}

#[test]
fn next_wnode_starts_at_the_linkage() {
    let next = chained(0, &[]);
    let size = next.len();
    assert_eq!(
        Wnode::linked(&chained(size as u32, &next)),
        Ok(Some(&next[..]))
    );
    let apart = [&[0xa5; 8][..], &next].concat();
    let bytes = chained(size as u32 + 8, &apart);
    assert_eq!(Wnode::linked(&bytes), Ok(Some(&next[..])));
    // A header is enough; the next one is checked when it is read.
    let bytes = chained(size as u32, &next[..48]);
    assert_eq!(Wnode::linked(&bytes), Ok(Some(&next[..48])));
}

#[test]
fn linkages_into_the_wnode_or_behind_the_bytes_are_refused() {
    let next = chained(0, &[]);
    let size = next.len() as u32;
    for (linkage, after) in [
        (1, &next[..]),
        (48, &next),
        (size - 1, &next),
        (size, &next[..47]),
        (size, &[]),
        (size + 48, &next[..48]),
        (u32::MAX, &next),
    ] {
        let error = Wnode::linked(&chained(linkage, after))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("`Linkage` at byte 12: "),
            "{linkage}: {error}"
        );
    }
}
