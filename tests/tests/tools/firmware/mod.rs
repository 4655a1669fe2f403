//! WMI in ACPI tables. The tables of `cases/firmware` are iasl's.

mod findings;
mod forms;
mod hostile;

use wmi_tools::firmware::Firmware;

pub(super) const VENDOR: &[u8] = include_bytes!("../../../cases/firmware/vendor.aml");
pub(super) const BROKEN: &[u8] = include_bytes!("../../../cases/firmware/broken.aml");
const ASL: &[u8] = include_bytes!("../../../cases/firmware/vendor.asl");
const LISTING: &[u8] = include_bytes!("../../../cases/firmware/vendor.dsl");
const DUMP: &[u8] = include_bytes!("../../../cases/firmware/vendor.acpidump");

/// Returns the firmware.
#[track_caller]
fn read(bytes: &[u8]) -> Firmware<'_> {
    Firmware::read(bytes).unwrap_or_else(|why| panic!("{why}"))
}
