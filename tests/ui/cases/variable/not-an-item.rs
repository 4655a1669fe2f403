use wmi_core::{Text, WmiClass};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", variable)]
struct Stats<'a> {
    #[wmi(data_id = 1, write)]
    name: &'a str,
    #[wmi(data_id = 2)]
    kind: Text<8>,
    #[wmi(data_id = 3)]
    speed: Option<u32>,
}

fn main() {}
