use wmi_core::{Count, WmiClass};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", variable)]
struct Stats<'a> {
    #[wmi(data_id = 1, size_is = "count")]
    ports: &'a [u16],
    #[wmi(data_id = 2)]
    count: Count<u32>,
}

fn main() {}
