//! Blocks of variable size. Any written values are read back, and reading any bytes agrees with the
//! naive reader.

#![no_main]

#[path = "../../tests/block/variable/agree.rs"]
mod agree;
#[path = "../../tests/block/variable/classes.rs"]
mod classes;
#[path = "../../tests/block/variable/naive.rs"]
mod naive;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    agree::bytes(input);
    let block = agree::Source(input).tree(agree::values);
    // Cuts the block off, and changes a byte, at places that the input chooses.
    let [first, second, byte, ..] = *input else {
        return;
    };
    let place = usize::from(u16::from_le_bytes([first, second])) % block.bytes.len();
    agree::cut(&block, place);
    let mut bytes = block.bytes;
    bytes[place] = byte;
    agree::bytes(&bytes);
});
