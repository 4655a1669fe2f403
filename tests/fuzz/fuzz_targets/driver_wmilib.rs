//! Any callbacks of a table of WMILIB. Each completes its IRP once, and nothing outside of its buffer is
//! accessed.

#![no_main]

#[path = "../../../wmi-core/driver/tests/common/battery.rs"]
mod battery;
#[path = "../../../wmi-core/driver/tests/any/bytes.rs"]
mod bytes;
#[path = "../../../wmi-core/driver/tests/any/table.rs"]
mod table;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| table::run(input));
