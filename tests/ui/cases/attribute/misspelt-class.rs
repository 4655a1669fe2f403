//! The class is read as if it were spelled right: there is no second fault.

use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(giud = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
