//! Without `guid` and `embedded` a class is taken for what it is used as.

use wmi_core::{DataBlock, WmiClass};

#[derive(WmiClass)]
struct Origin {
    #[wmi(data_id = 1)]
    port: u16,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    origin: Origin,
}

fn main() {
    let _ = Origin::GUID;
}
