//! Any callbacks of the framework to a KMDF device whose blocks come and go. Nothing outside of the
//! buffers is accessed, and no answer is larger than its buffer.

#![no_main]

#[path = "../../../wmi-core/driver/tests/any/bytes.rs"]
mod bytes;
#[path = "../../../wmi-core/driver/tests/common/framework.rs"]
mod framework;
#[path = "../../../wmi-core/driver/tests/common/requests.rs"]
mod requests;
#[path = "../../../wmi-core/driver/tests/any/wdf.rs"]
mod wdf;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| wdf::run(input));
