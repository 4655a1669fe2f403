//! Any requests to a provider with all kinds of blocks. The provider never panics, writes nothing
//! past the reported size, and agrees with the naive dispatcher on status, bytes and effects.

#![no_main]

#[path = "../../tests/provider/agree.rs"]
mod agree;
#[path = "../../tests/provider/device.rs"]
mod device;
#[path = "../../tests/provider/naive/mod.rs"]
mod naive;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| agree::agree(input));
