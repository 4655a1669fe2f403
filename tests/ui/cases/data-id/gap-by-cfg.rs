//! A field that is configured away leaves its id unused, and the layout of the block differs.

use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
    #[cfg(any())]
    #[wmi(data_id = 2)]
    writes: u32,
    #[wmi(data_id = 3)]
    errors: u32,
}

fn main() {}
