//! Any OID requests to an adapter of NDIS. Each is completed once, and nothing outside of its buffer is
//! accessed.

#![no_main]

#[path = "../../../wmi-core/driver/tests/common/adapter.rs"]
mod adapter;
#[path = "../../../wmi-core/driver/tests/any/bytes.rs"]
mod bytes;
#[path = "../../../wmi-core/driver/tests/any/oid.rs"]
mod oid;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| oid::run(input));
