//! A fault of an embedded class is none of the classes that contain it.

use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(embeded)]
struct Origin {
    #[wmi(data_id = 2)]
    port: u16,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    origin: Origin,
    #[wmi(data_id = 2)]
    all: [Origin; 2],
}

fn main() {}
