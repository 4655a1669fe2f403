//! Any bytes as a binary MOF: a file, a packed stream, a payload. What is read can be written, and
//! is then read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wmi_core::bmf::{Parse, decode, decode_payload, encode_payload, pack, unpack};
use wmi_core::schema::Arena;

fuzz_target!(|bytes: &[u8]| {
    let arena = Arena::new();
    let _ = decode(&arena, bytes);
    let _ = unpack(bytes, 4096);
    assert_eq!(
        unpack(&pack(bytes, Parse::Greedy), bytes.len()).as_deref(),
        Ok(bytes)
    );

    // Few inputs start as a payload does, so the start is given.
    let mut payload = b"FOMB\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0".to_vec();
    payload.extend(bytes);
    let length = u32::try_from(payload.len()).unwrap_or(0);
    payload[4..8].copy_from_slice(&length.to_le_bytes());
    let Ok(file) = decode_payload(&arena, &payload) else {
        return;
    };
    let Ok(again) = encode_payload(&file) else {
        return;
    };
    // Not a number is not equal to itself, but its text is.
    let read = decode_payload(&arena, &again).expect("what was written is read");
    assert_eq!(format!("{file:?}"), format!("{read:?}"));
});
