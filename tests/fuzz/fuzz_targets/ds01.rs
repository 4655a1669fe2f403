//! Any bytes as a packed stream and as a payload. Unpacking agrees with the naive reader, packing
//! with the naive packer. Memory is bounded by the input, whatever size it claims.

#![no_main]

#[path = "../../tests/tools/ds01/naive.rs"]
mod naive;

use libfuzzer_sys::fuzz_target;
use wmi_tools::bmf::{Packing, decode_container, pack, unpack};

/// The longest payload for the naive packers, whose time grows at least with its square.
const SHORT: usize = 48;

fuzz_target!(|bytes: &[u8]| {
    let [low, high, bytes @ ..] = bytes else {
        return;
    };
    let stream = [b"DS\x00\x01", bytes].concat();
    let size = usize::from(u16::from_le_bytes([*low, *high]));
    let read = unpack(&stream, size);
    if let Err(error) = &read {
        assert!(error.offset <= stream.len(), "{error}");
    }
    assert_eq!(read.ok(), naive::unpack(&stream, size));
    lies(&stream, bytes);

    let greedy = pack(bytes, Packing::Greedy);
    let optimal = pack(bytes, Packing::Optimal);
    assert_eq!(unpack(&greedy, bytes.len()).as_deref(), Ok(bytes));
    assert_eq!(unpack(&optimal, bytes.len()).as_deref(), Ok(bytes));
    if bytes.len() <= SHORT {
        assert_eq!(greedy, naive::greedy(bytes));
        assert_eq!(optimal.len(), naive::shortest(bytes));
    }
});

/// Decodes a file whose header claims any size. A stream expands to at most 512 bytes per 5 bytes.
fn lies(stream: &[u8], claims: &[u8]) {
    let mut file = b"FOMB\x01\0\0\0".to_vec();
    file.extend((stream.len() as u32).to_le_bytes());
    file.extend(claims.first_chunk().unwrap_or(&[0xff; 4]));
    file.extend(stream);
    match decode_container(&file) {
        Ok(payload) => assert!(payload.capacity() <= 16 + stream.len() * 256),
        Err(error) => assert!(error.offset <= file.len(), "{error}"),
    }
}
