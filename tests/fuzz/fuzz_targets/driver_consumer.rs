//! Any replies and events to a consumer in the kernel. Nothing outside of them is read.

#![no_main]
#![allow(non_camel_case_types)]

#[path = "../../../wmi-core/driver/tests/any/bytes.rs"]
mod bytes;
#[path = "../../../wmi-core/driver/tests/any/reply.rs"]
mod reply;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| reply::run(input));
