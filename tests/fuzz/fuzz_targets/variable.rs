//! A block of variable size: what any values write is read, and any bytes are read as the naive
//! reader reads them.

#![no_main]

#[path = "../../tests/variable/agree.rs"]
mod agree;
#[path = "../../tests/variable/classes.rs"]
mod classes;
#[path = "../../tests/variable/naive.rs"]
mod naive;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    agree::bytes(input);
    let block = agree::Source(input).tree(agree::values);
    // Cut off, and with a byte that is another, at places that the input chooses.
    let [first, second, byte, ..] = *input else {
        return;
    };
    let place = usize::from(u16::from_le_bytes([first, second])) % block.bytes.len();
    agree::cut(&block, place);
    let mut bytes = block.bytes;
    bytes[place] = byte;
    agree::bytes(&bytes);
});
