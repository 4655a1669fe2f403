use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(WmiDataId = 1, DisplayInHex)]
    reads: u32,
}

fn main() {}
