//! Any bytes as the payload of a binary MOF. A schema that was read can be written; reading it
//! again gives an equal schema, and writing that gives equal bytes. (The target `ds01` covers
//! packing.)

#![no_main]

use libfuzzer_sys::fuzz_target;
use wmi_tools::Arena;
use wmi_tools::bmf::{decode_payload, encode_payload};

/// The start of a payload with one object, which few random inputs would have.
const START: [u8; 20] = *b"FOMB\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0";

fuzz_target!(|bytes: &[u8]| {
    let mut payload = [&START, bytes].concat();
    let length = payload.len() as u32;
    payload[4..8].copy_from_slice(&length.to_le_bytes());
    let arena = Arena::new();
    let file = match decode_payload(&arena, &payload) {
        Ok(file) => file,
        Err(error) => return assert!(error.offset <= payload.len(), "{error}"),
    };
    let Ok(written) = encode_payload(&file) else {
        return;
    };
    let read = decode_payload(&arena, &written).expect("what was written is read");
    // A NaN is not equal to itself, but its text is.
    assert!(read == file || format!("{read:?}") == format!("{file:?}"));
    assert!(encode_payload(&read).as_ref() == Ok(&written));
});
