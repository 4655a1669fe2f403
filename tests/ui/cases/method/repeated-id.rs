use wmi_core::{WmiClass, WmiMethod};

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Start;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Stop;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", methods(Start, Stop))]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
