use wmi_core::{Count, WmiClass};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", variable)]
struct Stats<'a> {
    #[wmi(data_id = 1)]
    count: Count<u32>,
    #[wmi(data_id = 2, size_is = "count")]
    name: &'a str,
}

fn main() {}
