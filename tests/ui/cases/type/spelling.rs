use wmi_core::{WmiClass, WmiMethod};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", methods(Reset))]
struct Stats {
    #[wmi(data_id = 1, type = "UINT64")]
    reads: u32,
}

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset {
    #[wmi(in, type = "Integer")]
    reads: u32,
}

fn main() {}
