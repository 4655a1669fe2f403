//! Any requests, at any time, to a KMDF device that answers them before the framework. Nothing outside
//! of the buffers is accessed, each request is completed once, and nothing is left.

#![no_main]

#[path = "../../../wmi-core/driver/tests/any/bytes.rs"]
mod bytes;
#[path = "../../../wmi-core/driver/tests/any/preprocess.rs"]
mod preprocess;
#[path = "../../../wmi-core/driver/tests/common/preprocess.rs"]
mod preprocess_driver;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| preprocess::run(input));
