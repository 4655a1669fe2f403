//! Any requests to a provider of all kinds of blocks: no panic, nothing written past what is
//! reported, and the status, bytes and effects that the naive dispatcher says.

#![no_main]

#[path = "../../tests/provider/agree.rs"]
mod agree;
#[path = "../../tests/provider/device.rs"]
mod device;
#[path = "../../tests/provider/naive/mod.rs"]
mod naive;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| agree::agree(input));
