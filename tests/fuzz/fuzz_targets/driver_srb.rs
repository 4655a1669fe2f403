//! Any SRBs of both kinds to an adapter. Each is completed once, and nothing outside of it is read.

#![no_main]

#[path = "../../../wmi-core/driver/tests/any/bytes.rs"]
mod bytes;
#[path = "../../../wmi-core/driver/tests/common/miniport.rs"]
mod miniport;
#[path = "../../../wmi-core/driver/tests/any/srb.rs"]
mod srb;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| srb::run(input));
