use wmi_core::{WmiClass, WmiMethod};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", order(guid("a")), methods(Reset))]
struct Stats {
    #[wmi(data_id = 1, order(read : always))]
    reads: u32,
}

#[derive(WmiMethod)]
#[wmi(id = 1, order)]
struct Reset;

fn main() {}
