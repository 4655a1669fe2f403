//! Any IRPs to a WDM device, with events, updates and removal at any time. The fake kernel finds no
//! violation of Driver Verifier's rules, each request is completed once, and nothing is left.

#![no_main]

#[path = "../../../wmi-core/driver/tests/any/bytes.rs"]
mod bytes;
#[path = "../../../wmi-core/driver/tests/common/mod.rs"]
mod common;
#[path = "../../../wmi-core/driver/tests/any/irp.rs"]
mod irp;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| irp::run(input));
